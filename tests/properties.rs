//! What must hold whatever the numbers and names are: framing, judging, names of files, and the size of a file.

use std::collections::HashSet;
use std::path::PathBuf;

use image::RgbImage;
use jpeg_encoder::{ColorType, Encoder, PixelDensity, SamplingFactor};
use photogate::capture::Capture;
use photogate::check::{self, Measurement};
use photogate::framing::{Geometry, plan};
use photogate::judge::judge;
use photogate::naming::{Subjects, Taken, Template, variants};
use photogate::profile::{self, BUILT_IN, Profile, Stage};
use photogate::standardise::encode::{Band, encode};
use photogate::target::Target;
use photogate::verdict::{self, Measured, Outcome, Reading, Unreadable, Value, Verdict};
use proptest::prelude::*;
use proptest::sample::Index;

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, ..ProptestConfig::default() }
}

/// A face anywhere on, or partly off, a picture of any shape: shares of the picture.
fn geometry() -> impl Strategy<Value = Geometry> {
    let picture = (64.0f32..9000.0, 64.0f32..9000.0);
    let place = (-0.2f32..1.2, -0.2f32..1.2, 0.001f32..1.5);
    (picture, place, any::<bool>()).prop_map(|((w, h), (x, y, size), crown)| {
        let size = size * w.min(h);
        let at = |dx: f32, dy: f32| [x * w + dx * size, y * h + dy * size];
        let crown = crown.then(|| at(0.0, -0.7));
        Geometry {
            picture: [w, h],
            crown: crown
                .ok_or_else(|| Unreadable::because(verdict::text("看不到", "it is not seen"))),
            chin: at(0.0, 0.6),
            pupils: [at(-0.25, 0.0), at(0.25, 0.01)],
            cheeks: [at(-0.5, 0.0)[0], at(0.5, 0.0)[0]],
        }
    })
}

fn target(which: Index) -> Target {
    let (name, _) = which.get(BUILT_IN);
    Profile::load(name).unwrap().target(Stage::Capture)
}

/// A face on a photo that is so many times as large.
fn times(geometry: &Geometry, k: f32) -> Geometry {
    let point = |p: [f32; 2]| p.map(|v| v * k);
    Geometry {
        picture: point(geometry.picture),
        crown: geometry.crown.clone().map(point),
        chin: point(geometry.chin),
        pupils: geometry.pupils.map(point),
        cheeks: point(geometry.cheeks),
    }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn a_crop_lies_inside_has_the_frame_s_shape_and_is_not_enlarged(
        geometry in geometry(), which in any::<Index>(),
    ) {
        let target = target(which);
        let frame = target.frame.clone().unwrap();
        let [w, h] = geometry.picture;
        let plan = plan(geometry, &target).unwrap();
        let [x0, y0, x1, y1] = plan.crop;
        let some = 1e-3 * w.max(h);
        prop_assert!(x0 >= 0.0 && y0 >= 0.0 && x1 <= w + some && y1 <= h + some, "{:?}", plan.crop);
        prop_assert!(x1 - x0 > 0.0 && y1 - y0 > 0.0);
        prop_assert_eq!(plan.scale[0], plan.scale[1]);
        let size = [frame.width as f32, frame.height as f32];
        prop_assert_eq!(plan.size, size);
        prop_assert!(((x1 - x0) * plan.scale[0] - size[0]).abs() < 1e-3 * size[0] + 0.01);
        prop_assert!(((y1 - y0) * plan.scale[1] - size[1]).abs() < 1e-3 * size[1] + 0.01);
        let least = (size[0] / w).max(size[1] / h);
        prop_assert!(plan.scale[0] <= (frame.enlarge as f32).max(least) * 1.0001);
    }

    #[test]
    fn a_photo_of_twice_the_pixels_is_cropped_alike(geometry in geometry(), which in any::<Index>()) {
        let mut target = target(which);
        let one = plan(geometry.clone(), &target).unwrap();
        target.frame.as_mut().unwrap().enlarge /= 2.0;
        let two = plan(times(&geometry, 2.0), &target).unwrap();
        for (a, b) in one.crop.iter().zip(two.crop) {
            prop_assert!((2.0 * a - b).abs() <= 1e-4 * geometry.picture[0].max(geometry.picture[1]),
                "{:?} {:?}", one.crop, two.crop);
        }
    }

    #[test]
    fn a_standard_picture_is_cropped_to_itself(geometry in geometry(), which in any::<Index>()) {
        let mut target = target(which);
        target.frame.as_mut().unwrap().enlarge = 1.0;
        let first = plan(geometry.clone(), &target).unwrap();
        let standard = Geometry {
            picture: first.size,
            crown: geometry.crown.clone().map(|p| first.place(p)),
            chin: first.place(geometry.chin),
            pupils: geometry.pupils.map(|p| first.place(p)),
            cheeks: geometry.cheeks.map(|x| first.place([x, 0.0])[0]),
        };
        let again = plan(standard, &target).unwrap();
        let whole = [0.0, 0.0, first.size[0], first.size[1]];
        for (a, b) in again.crop.iter().zip(whole) {
            prop_assert!((a - b).abs() < 0.01, "{:?}", again.crop);
        }
    }
}

/// A number, also such as a broken measurement may give.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => -100.0f64..100.0,
        1 => prop::sample::select(vec![0.0, -0.0, f64::MIN_POSITIVE, f64::MAX, f64::MIN]),
    ]
}

fn broken() -> impl Strategy<Value = f64> {
    prop::sample::select(vec![f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY])
}

/// A band of yaw, either end of which may be open, and a wider one around it.
fn bands() -> impl Strategy<Value = String> {
    let end = (0.0f64..40.0, 0.0f64..40.0, any::<bool>());
    (end.clone(), end).prop_filter_map("a band with an end", |(low, high)| {
        let (mut pass, mut review) = (Vec::new(), Vec::new());
        if low.2 {
            pass.push(format!("min={:?}", -low.0));
            review.push(format!("min={:?}", -low.0 - low.1));
        }
        if high.2 {
            pass.push(format!("max={:?}", high.0));
            review.push(format!("max={:?}", high.0 + high.1));
        }
        (!pass.is_empty()).then(|| {
            format!("pass={{{}}}\nreview={{{}}}\nclause='c'\n", pass.join(","), review.join(","))
        })
    })
}

fn rules(yaw: &str, roll: &str) -> Profile {
    let text = format!(
        "name='t'\ntitle={{zh='一',en='t'}}\nsource='s'\nmin_confidence=0.5\n[limits.yaw]\n{yaw}[limits.roll]\n{roll}"
    );
    profile::parse("t", &text).unwrap()
}

fn verdict(profile: &Profile, yaw: Measured, roll: Measured) -> Verdict {
    let one = |id, measured| -> Measurement { (check::find(id).unwrap(), measured) };
    judge(&[one("yaw", yaw), one("roll", roll)], profile, Stage::Capture)
}

fn measured() -> impl Strategy<Value = Measured> {
    let reading = (prop_oneof![6 => number(), 1 => broken()], 0.0f64..=1.0);
    prop_oneof![
        8 => reading.prop_map(|(n, confidence)| {
            Ok(Reading { value: Value::Number(n), confidence, evidence: Vec::new() })
        }),
        1 => Just(Err(Unreadable::because(verdict::text("没有人脸", "no face")))),
        1 => Just(Ok(Reading::name("JPEG"))),
    ]
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn nearer_to_the_band_is_never_judged_worse(band in bands(), a in number(), b in number()) {
        let profile = rules(&band, "pass={max=100}\nclause='c'\n");
        let yaw = |n| verdict(&profile, Ok(Reading::exact(n)), Ok(Reading::exact(0.0))).findings[0].clone();
        let (a, b) = (yaw(a), yaw(b));
        let (nearer, farther) = if a.slack >= b.slack { (a, b) } else { (b, a) };
        // On the same side: the review band need not be as wide on both.
        let side = |f: &photogate::verdict::Finding| f.fault.map(|f| f.code);
        if nearer.outcome == Outcome::Pass || side(&nearer) == side(&farther) {
            prop_assert!(nearer.outcome <= farther.outcome, "{nearer:?} {farther:?}");
        }
        prop_assert_eq!(nearer.outcome == Outcome::Pass, nearer.slack.unwrap() >= 0.0);
    }

    #[test]
    fn what_is_no_number_never_passes(band in bands(), broken in broken(), confidence in 0.0f64..=1.0) {
        let profile = rules(&band, "pass={max=100}\nclause='c'\n");
        let reading = Reading { confidence, ..Reading::exact(broken) };
        let v = verdict(&profile, Ok(reading), Ok(Reading::exact(0.0)));
        prop_assert!(v.outcome >= Outcome::Review && v.findings[0].outcome >= Outcome::Review, "{v:?}");
        prop_assert!(v.findings[0].slack.is_none());
        let unsure = Reading { confidence: broken.min(0.0), ..Reading::exact(0.0) };
        prop_assert!(verdict(&profile, Ok(unsure), Ok(Reading::exact(0.0))).outcome >= Outcome::Review);
    }

    #[test]
    fn the_worst_finding_is_the_verdict(
        (yaw, roll) in (bands(), bands()), (a, b) in (measured(), measured()),
    ) {
        let profile = rules(&yaw, &roll);
        let v = verdict(&profile, a.clone(), b);
        let worst = v.findings.iter().map(|f| f.outcome).max().unwrap();
        let said = if worst == Outcome::NotAssessed { Outcome::Review } else { worst };
        prop_assert_eq!(v.outcome, said);
        prop_assert_eq!(v.first.is_none(), v.outcome == Outcome::Pass);
        if let Some(first) = v.first {
            prop_assert_eq!(v.findings[first].outcome, worst);
        }
        // A second fault makes nothing better.
        let alone = verdict(&profile, a, Ok(Reading::exact(0.0)));
        prop_assert!(v.outcome >= alone.outcome.min(v.findings.iter().find(|f| f.check == "yaw").unwrap().outcome));
    }
}

/// Text as people, cameras and attackers write it.
fn text() -> impl Strategy<Value = String> {
    let parts = vec![
        "..",
        ".",
        "/",
        "\\",
        "../..",
        "C:",
        "con",
        "NUL",
        "aux",
        "COM1",
        "lpt9",
        "con.x",
        " ",
        "\t",
        "\n",
        "\0",
        "\u{1b}[2J",
        "\u{202e}",
        "\u{feff}",
        "张三",
        "é",
        "e\u{301}",
        "\u{10ffff}",
        "<>:\"|?*",
        "~",
        "$HOME",
        "`id`",
        "%00",
        "-rf",
        "a",
        "B",
        "1",
        "_",
        "-",
        "=cmd",
        "长长长长长长长长长长长长长长长长",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    ];
    let part = prop_oneof![
        3 => prop::sample::select(parts).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(part, 0..6).prop_map(|p| p.concat())
}

/// Names that no system gives to a file, whatever their ending.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_uppercase();
    let numbered = |device: &str| {
        stem.strip_prefix(device)
            .is_some_and(|n| n.len() == 1 && n.starts_with(|c: char| c.is_ascii_digit()))
    };
    ["CON", "PRN", "AUX", "NUL"].contains(&&*stem) || numbered("COM") || numbered("LPT")
}

fn is_safe(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 200
        && !name.starts_with('.')
        && !name.ends_with(['.', ' '])
        && !name
            .contains(|c: char| c.is_control() || c.is_whitespace() || "<>:\"/\\|?*".contains(c))
        && !is_device(name)
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn a_name_is_safe_and_stays_where_the_template_puts_it(
        (id, a, b) in (text(), text(), text()), n in 0usize..2_000_000,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("list.csv");
        let mut out = csv::Writer::from_path(&list).unwrap();
        out.write_record(["file", "a", "b"]).unwrap();
        out.write_record(["x.jpg", &a, &b]).unwrap();
        out.flush().unwrap();
        let capture = Capture { id: format!("in/{id}.jpg"), path: PathBuf::from("in/x.jpg") };
        let list = Subjects::read(&list, std::slice::from_ref(&Capture { id: "x.jpg".into(), path: "in/x.jpg".into() }));
        let list = list.unwrap();
        for template in ["{stem}", "{a}", "{a}/{b}", "k_{a}/{stem}_{n:3}", "{n}", "{a}{b}"] {
            let parsed = Template::parse(template).unwrap();
            let Ok(name) = parsed.fill(&capture, &list, n) else { continue };
            let parts: Vec<&str> = name.split('/').collect();
            prop_assert_eq!(parts.len(), template.split('/').count(), "{}", name);
            prop_assert!(parts.iter().all(|p| is_safe(p)), "{template}: {name:?}");
        }
    }

    #[test]
    fn no_two_files_of_a_run_have_one_name(names in prop::collection::vec(alike(), 1..12)) {
        let mut taken = Taken::default();
        let mut seen = HashSet::new();
        for name in names {
            let given = variants(&name).find(|n| taken.is_free(n)).unwrap();
            taken.take(&given);
            for file in [given.to_lowercase(), format!("{given}.sheet").to_lowercase()] {
                prop_assert!(seen.insert(file.clone()), "{file} twice");
            }
        }
    }
}

/// Names that differ in capitals, numbers and the word that sheets have.
fn alike() -> impl Strategy<Value = String> {
    let stem = prop::sample::select(vec!["a", "A", "b", "a-2", "A-3", "b-2-2"]);
    let sheet = prop::sample::select(vec!["", "", ".sheet", "-2.sheet", ".SHEET-2"]);
    (stem, sheet).prop_map(|(stem, sheet)| format!("{stem}{sheet}"))
}

/// A small picture with as much detail as wanted.
fn picture(grain: u32, seed: u32) -> RgbImage {
    RgbImage::from_fn(48, 64, |x, y| {
        let mut n = (x * 73_856_093) ^ (y * 19_349_663) ^ seed;
        n ^= n >> 13;
        n = n.wrapping_mul(1_274_126_177);
        let noise = if grain == 0 { 0 } else { n % grain };
        image::Rgb([(60 + noise + x) as u8, (70 + noise + y) as u8, (80 + noise) as u8])
    })
}

fn size_at(picture: &RgbImage, quality: u8) -> u64 {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_density(PixelDensity::dpi(300));
    encoder.encode(picture.as_raw(), 48, 64, ColorType::Rgb).unwrap();
    bytes.len() as u64
}

proptest! {
    #![proptest_config(cases(120))]

    #[test]
    fn a_file_lies_in_its_band_or_none_could(
        (grain, seed) in (0u32..120, any::<u32>()), lowest in 1u8..=100,
        (least, more) in (0u64..6000, 0u64..3000), open in any::<bool>(),
    ) {
        let picture = picture(grain, seed);
        let most = if open { u64::MAX } else { least + more };
        match encode(&picture, &Band { bytes: (least, most), quality: lowest, dpi: 300 }) {
            Ok(file) => {
                let size = file.bytes.len() as u64;
                prop_assert!((least..=most).contains(&size), "{size} of {least}..{most}");
                prop_assert!((lowest..=100).contains(&file.quality));
                prop_assert_eq!(image::load_from_memory(&file.bytes).unwrap().width(), 48);
            }
            Err(e) => {
                // Sizes grow with quality but for a few bytes, and those may be missed.
                let inside = |s: u64| s >= least + 64 && s <= most.saturating_sub(64);
                let fits = (lowest..=100).find(|q| inside(size_at(&picture, *q)));
                prop_assert!(fits.is_none(), "{e}; quality {fits:?} fits {least}..{most}");
            }
        }
    }
}
