//! The profiles that come with the program.

use image::Rgb;
use photogate::check::{self, Measure};
use photogate::framing::{self, Geometry, Plan};
use photogate::judge::judge;
use photogate::pixels::{delta_e00, lab};
use photogate::profile::{BASES, BUILT_IN, Profile, Stage, parse};
use photogate::verdict::{Accept, Band, Limit, Reading};

use super::{photogate, text};

fn all() -> Vec<Profile> {
    BUILT_IN.iter().map(|(name, _)| Profile::load(name).unwrap()).collect()
}

/// A head in usual proportions with much room around it.
fn roomy() -> Geometry {
    let (x, crown, width) = (3000.0, 3000.0, 1500.0);
    Geometry {
        picture: [6000.0, 9000.0],
        crown: Ok([x, crown]),
        chin: [x, crown + 1.5 * width],
        pupils: [
            [x - 0.215 * width, crown + 0.75 * width],
            [x + 0.215 * width, crown + 0.75 * width],
        ],
        cheeks: [x - width / 2.0, x + width / 2.0],
    }
}

fn measured(plan: &Plan, id: &str) -> f64 {
    let value = match id {
        "head_top" => plan.head_top().unwrap(),
        "head_height" => plan.head_height().unwrap(),
        "eye_line" => plan.eye_line(),
        "face_width" => plan.face_width(),
        "eye_distance" => plan.eye_distance(),
        "chin_bottom" => plan.chin_bottom(),
        "centring" => plan.centring(),
        other => panic!("{other}: say here how it is read from a plan"),
    };
    value.into()
}

#[test]
fn a_head_with_room_around_it_satisfies_every_band_of_every_frame() {
    for profile in all() {
        let target = profile.target(Stage::Capture);
        let plan = framing::plan(roomy(), &target).unwrap();
        for (id, limit) in &profile.capture {
            let Accept::Range { pass, .. } = &limit.accept else { continue };
            let framed = matches!(check::find(id).unwrap().measure, Measure::Framed(_));
            if !framed || !limit.required {
                continue;
            }
            let value = measured(&plan, id);
            let inside =
                pass.min.is_none_or(|min| value >= min) && pass.max.is_none_or(|max| value <= max);
            assert!(inside, "{}: {id} is {value}, wanted {pass:?}", profile.name);
        }
        let [x0, y0, x1, y1] = plan.crop;
        assert!(x0 >= 0.0 && y0 >= 0.0 && x1 <= 6000.0 && y1 <= 9000.0, "{}", profile.name);
        let head = measured(&plan, "head_height") / plan.size[1] as f64;
        assert!((0.3..0.9).contains(&head), "{}: the head is {head} of the height", profile.name);
    }
}

#[test]
fn a_head_a_little_too_small_is_still_put_where_it_belongs() {
    for profile in all() {
        let target = profile.target(Stage::Capture);
        let aims = target.frame.as_ref().unwrap().aims;
        // 3 % below what the bands of size need, at the scale of the capture, which is the last.
        let width = [(aims.face_width, 1.0), (aims.head_height, 1.5), (aims.eye_distance, 0.43)]
            .map(|(band, share)| 0.97 * band.min.unwrap_or(0.0) / share)
            .into_iter()
            .fold(0.0, f64::max);
        let by = width as f32 / 1500.0;
        let scaled = |p: [f32; 2]| p.map(|v| v * by);
        let Geometry { picture, crown, chin, pupils, cheeks } = roomy();
        let small = Geometry {
            picture: scaled(picture),
            crown: crown.map(scaled),
            chin: scaled(chin),
            pupils: pupils.map(scaled),
            cheeks: scaled(cheeks),
        };
        let plan = framing::plan(small, &target).unwrap();
        for id in ["head_top", "eye_line", "chin_bottom", "centring"] {
            let Some(limit) = profile.capture.get(id).filter(|l| l.required) else { continue };
            let Accept::Range { pass, .. } = &limit.accept else { panic!() };
            let value = measured(&plan, id);
            let inside =
                pass.min.is_none_or(|min| value >= min) && pass.max.is_none_or(|max| value <= max);
            assert!(inside, "{}: {id} is {value}, wanted {pass:?}", profile.name);
        }
    }
}

#[test]
fn the_bands_of_a_frame_lie_inside_it_and_in_order() {
    for profile in all() {
        let frame = profile.target(Stage::Capture).frame.expect("a frame");
        let (w, h) = (f64::from(frame.width), f64::from(frame.height));
        let aims = frame.aims;
        let rows = [
            ("head_top", aims.head_top, h),
            ("eye_line", aims.eye_line, h),
            ("head_height", aims.head_height, h),
            ("chin_bottom", aims.chin_bottom, h),
            ("face_width", aims.face_width, w),
            ("eye_distance", aims.eye_distance, w),
        ];
        for (id, Band { min, max }, side) in rows {
            for end in [min, max].into_iter().flatten() {
                assert!((0.0..side).contains(&end), "{}: {id} {end} of {side}", profile.name);
            }
        }
        let below = |a: Option<f64>, b: Option<f64>| a.zip(b).is_none_or(|(a, b)| a < b);
        assert!(below(aims.head_top.min, aims.eye_line.min), "{}", profile.name);
        assert!(below(aims.head_top.max, aims.eye_line.max), "{}", profile.name);
        assert!(aims.face_width != Band::default() || aims.head_height != Band::default());
        let ratio = w / h;
        assert!((0.6..=1.0).contains(&ratio), "{}: {ratio}", profile.name);
    }
}

/// Pixels, dpi and kilobytes as the sources have them.
#[test]
fn files_are_as_the_sources_say() {
    type Row = (&'static str, [u32; 2], u32, Option<f64>, Option<f64>);
    let rows: [Row; 25] = [
        // 99号 is soft about its 20-40 KB, and the profile takes a KB as 1024 bytes.
        ("chsi-degree", [480, 640], 300, Some(20.0), Some(40.96)),
        ("chsi-degree-31-39", [480, 640], 300, Some(30.0), Some(40.0)),
        ("chsi-degree-blue", [480, 640], 300, Some(20.0), Some(40.96)),
        ("chsi-degree-white", [480, 640], 300, Some(20.0), Some(40.96)),
        ("chsi-xinhua", [480, 640], 300, Some(30.0), Some(900.0)),
        ("chsi-aopeng", [480, 640], 300, Some(30.0), Some(60.0)),
        ("chsi-yingmaji", [480, 640], 300, Some(20.0), Some(40.96)),
        ("chsi-yinglong", [480, 640], 300, Some(20.0), Some(40.96)),
        ("chsi-white-shirt", [480, 640], 300, Some(20.0), Some(40.96)),
        ("chsi-no-glasses", [480, 640], 300, Some(20.0), Some(40.96)),
        ("cn-id-card", [358, 441], 350, Some(14.0), Some(20.0)),
        ("cn-social-security", [358, 441], 350, Some(14.0), Some(40.0)),
        ("cn-driving-licence", [260, 378], 300, Some(14.0), Some(30.0)),
        ("cn-exit-entry", [390, 567], 300, Some(40.0), Some(50.0)),
        ("cn-passport-consulate", [354, 472], 300, Some(40.0), Some(80.0)),
        ("kaoyan", [480, 640], 300, None, Some(10000.0)),
        ("ncre", [390, 567], 300, Some(20.0), Some(200.0)),
        ("icao", [413, 531], 300, None, None),
        ("us-visa", [600, 600], 300, None, Some(240.0)),
        ("schengen", [413, 531], 300, None, None),
        ("de", [827, 1063], 600, None, None),
        ("uk", [600, 771], 435, Some(50.0), Some(10000.0)),
        ("japan", [413, 531], 300, None, None),
        ("korea", [413, 531], 300, None, Some(500.0)),
        ("india", [630, 810], 457, None, Some(250.0)),
    ];
    let names: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
    assert_eq!(rows.map(|r| r.0)[..], names[..]);
    for (name, [width, height], dpi, least, most) in rows {
        let profile = Profile::load(name).unwrap();
        let frame = profile.frame.unwrap();
        assert_eq!(([frame.width, frame.height], frame.dpi), ([width, height], dpi), "{name}");
        assert_eq!(frame.enlarge, 1.0, "{name}");
        let Some(limit) = profile.finished.get("file_size") else {
            assert_eq!((least, most), (None, None), "{name}");
            continue;
        };
        let Accept::Range { pass, .. } = &limit.accept else { panic!() };
        // Inside both ways to count: of 1000 bytes at most, of 1024 at least.
        assert!(least.is_none_or(|kb| pass.min >= Some(kb)), "{name}: {pass:?}");
        assert!(
            most.is_none_or(|kb| pass.max.unwrap() * 1024.0 <= kb * 1000.0),
            "{name}: {pass:?}"
        );
        let used = pass.max.zip(most).is_none_or(|(max, kb)| max * 1024.0 > kb * 965.0);
        assert!(used, "{name}: leaves more unused than the two ways to count need: {pass:?}");
    }
}

/// Millimetres as the sources have them; without any, the pixels at the dpi of the file.
#[test]
fn prints_are_as_large_as_the_sources_say() {
    for profile in all() {
        let frame = profile.frame.unwrap();
        let mm = match profile.name.as_str() {
            "cn-id-card" | "cn-social-security" => Some([26.0, 32.0]),
            "cn-driving-licence" => Some([22.0, 32.0]),
            "cn-exit-entry" | "ncre" => Some([33.0, 48.0]),
            "us-visa" => Some([51.0, 51.0]),
            "icao" | "schengen" | "de" | "uk" | "japan" | "korea" | "india" => Some([35.0, 45.0]),
            // 99号 and 考研 give pixels alone; the consulates' 33 x 48 mm are not the shape of their pixels.
            _ => None,
        };
        assert_eq!(frame.print, mm, "{}", profile.name);
        let [w, h] = frame.print_mm();
        assert!((20.0..=60.0).contains(&w) && (20.0..=60.0).contains(&h), "{}", profile.name);
    }
    let degree = Profile::load("chsi-degree").unwrap().frame.unwrap().print_mm();
    assert_eq!(degree.map(|v| (v * 10.0).round()), [406.0, 542.0]);
}

/// Of such a side is only said that the profile's own limit is to blame.
#[test]
fn none_limits_a_side_on_which_all_is_well() {
    for profile in all() {
        for (id, limit) in profile.capture.iter().chain(&profile.finished) {
            let Accept::Range { pass, .. } = limit.accept else { continue };
            let check = check::find(id).unwrap();
            for (end, side) in [(pass.min, check.low), (pass.max, check.high)] {
                assert!(end.is_none() || !check::is_good(&side), "{}: {id}", profile.name);
            }
        }
    }
}

fn range(limit: &Limit) -> (Band, Band) {
    match limit.accept {
        Accept::Range { pass, review } => (pass, review),
        Accept::OneOf(_) => panic!("a name"),
    }
}

/// What stands behind the person stays there: a backdrop of another colour must not pass.
#[test]
fn where_no_background_is_replaced_its_colour_decides() {
    let off = |wanted: &[[u8; 3]], seen: [u8; 3]| {
        let off = wanted.iter().map(|c| f64::from(delta_e00(lab(Rgb(*c)), lab(Rgb(seen)))));
        off.fold(f64::INFINITY, f64::min)
    };
    let (white, blue) = ([255, 255, 255], [100, 197, 255]);
    let mut judged = 0;
    for profile in all() {
        let background = profile.background.as_ref().unwrap();
        let colours = &background.colours;
        if background.replace {
            continue;
        }
        judged += 1;
        for stage in [Stage::Capture, Stage::Finished] {
            let limit = &profile.limits(stage)["background_colour"];
            let (pass, review) = range(limit);
            assert!(limit.required, "{}", profile.name);
            for named in colours {
                assert_eq!(off(colours, *named), 0.0);
            }
            // A lit white wall, one in the shade, and what nobody calls white, grey or blue.
            let light = colours.iter().any(|c| *c == white || *c == [240; 3]);
            let passes = |seen| pass.max.unwrap() >= off(colours, seen);
            assert_eq!(passes([225; 3]), light, "{}", profile.name);
            assert_eq!(passes(blue), colours.contains(&blue), "{}", profile.name);
            assert!(!passes([150; 3]) && !passes([200, 20, 30]), "{}", profile.name);
            // Where one colour alone is named, another is certain enough for a retake.
            if let Some(most) = review.max {
                let other = if light { blue } else { white };
                assert!(off(colours, other) > most, "{}", profile.name);
            }
        }
        let named = matches!(
            &profile.name[..],
            "cn-id-card"
                | "cn-social-security"
                | "cn-driving-licence"
                | "cn-passport-consulate"
                | "ncre"
                | "us-visa"
                | "korea"
        );
        let (_, review) = range(&profile.capture["background_colour"]);
        assert_eq!(review.max.is_some(), named, "{}: its source names one colour", profile.name);
    }
    assert_eq!(judged, 15);
}

/// Limits of width and of height cannot say which goes with which.
#[test]
fn a_finished_file_has_the_shape_of_its_frame() {
    for profile in all() {
        let frame = profile.frame.unwrap();
        let shape = f64::from(frame.width) / f64::from(frame.height);
        let exact = ["pixel_width", "pixel_height"].iter().all(|id| {
            let (pass, _) = range(&profile.finished[*id]);
            pass.min == pass.max
        });
        let limit = profile.finished.get("aspect_ratio");
        // The digital picture of the UK is not to be cut, so that it has any shape.
        assert_eq!(limit.is_some() || exact, profile.name != "uk", "{}", profile.name);
        assert!(!profile.capture.contains_key("aspect_ratio"), "{}", profile.name);
        let Some(limit) = limit else { continue };
        let Band { min: Some(min), max: Some(max) } = range(limit).0 else { panic!() };
        let widths = match &profile.name[..] {
            // 33 x 48 mm and 3:4 are both in the source.
            "ncre" | "cn-passport-consulate" => [33.0 / 48.0, 3.0 / 4.0],
            _ => [shape; 2],
        };
        assert!((min / widths[0] - 0.99).abs() < 1e-3, "{}: {min}", profile.name);
        assert!((max / widths[1] - 1.01).abs() < 1e-3, "{}: {max}", profile.name);
        assert!((min..=max).contains(&shape), "{}", profile.name);
    }
}

/// The frame of 600 x 771 px is ours; what the source asks for is 600 x 750.
#[test]
fn the_uk_takes_every_size_that_its_source_takes() {
    let uk = Profile::load("uk").unwrap();
    for limits in [&uk.capture, &uk.finished] {
        let least = ["pixel_width", "pixel_height"].map(|id| range(&limits[id]).0.min);
        assert_eq!(least, [Some(600.0), Some(750.0)]);
    }
}

/// The first thing that is said of a fault reads as the upload would reject it.
#[test]
fn xinhua_says_first_what_its_upload_says() {
    let xinhua = Profile::load("chsi-xinhua").unwrap();
    let said = |readings: &[(&str, f64)]| {
        let measured =
            |(id, value): &(&str, f64)| (check::find(id).unwrap(), Ok(Reading::exact(*value)));
        let measurements: Vec<_> = readings.iter().map(measured).collect();
        let verdict = judge(&measurements, &xinhua, Stage::Capture);
        let first = &verdict.findings[verdict.first.unwrap()];
        (first.check, first.reason.as_ref().unwrap().zh.clone())
    };
    let level = "瞳孔平行角度不合格".to_owned();
    assert_eq!(said(&[("roll", 9.0), ("pupil_line", 9.0)]), ("roll", level.clone()));
    assert_eq!(said(&[("roll", -9.0), ("pupil_line", -9.0)]), ("roll", level.clone()));
    assert_eq!(said(&[("roll", 0.0), ("pupil_line", 9.0)]), ("pupil_line", level));
    let sharp = "照片清晰度不合格".to_owned();
    for (id, few) in [("sharpness", 0.1), ("pixel_width", 400.0), ("inter_ocular_distance", 50.0)] {
        assert_eq!(said(&[(id, few)]), (id, sharp.clone()));
    }
}

#[test]
fn a_variant_keeps_every_required_limit_of_the_degree_photo() {
    let degree = Profile::load("chsi-degree").unwrap();
    for variant in all().iter().filter(|p| p.parents.contains(&degree.name)) {
        for (stage, limits) in
            [(Stage::Capture, &degree.capture), (Stage::Finished, &degree.finished)]
        {
            let mut needed = limits.iter().filter(|(_, l)| l.required).map(|(id, _)| id);
            let lost = needed.find(|id| !variant.limits(stage).contains_key(*id));
            assert_eq!(lost, None, "{}", variant.name);
        }
    }
}

#[test]
fn they_are_listed_and_shown_as_files_of_their_own() {
    let list = text(&photogate(&["profiles"]).stdout);
    for profile in all() {
        let frame = profile.frame.unwrap();
        let line =
            format!("{}  {} x {} px, {} dpi\n", profile.name, frame.width, frame.height, frame.dpi);
        assert!(list.contains(&line) && list.contains(&profile.source), "{line}{list}");
    }
    for (base, _) in BASES {
        assert!(!list.contains(base), "a base is not to judge by");
    }
    for name in ["chsi-aopeng", "uk"] {
        let shown = text(&photogate(&["profiles", "show", name]).stdout);
        let (again, profile) = (parse("shown", &shown).unwrap(), Profile::load(name).unwrap());
        assert_eq!(again.sha256, profile.sha256, "{shown}");
        assert!(shown.contains(&profile.sha256) && !shown.contains("extends"), "{shown}");
    }
}

fn table_of_profiles() -> String {
    let mut table =
        "| name | for | picture | background | file, KB |\n|---|---|---|---|---|\n".to_owned();
    for p in all() {
        let frame = p.frame.unwrap();
        let picture = format!("{} x {} px, {} dpi", frame.width, frame.height, frame.dpi);
        let colours = p.background.iter().flat_map(|b| &b.colours);
        let colours: Vec<String> =
            colours.map(|[r, g, b]| format!("`#{r:02x}{g:02x}{b:02x}`")).collect();
        let file = match p.finished.get("file_size").map(|l| &l.accept) {
            Some(Accept::Range { pass, .. }) => match (pass.min, pass.max) {
                (Some(min), Some(max)) => format!("{min:.0}-{:.0}", max.floor()),
                (_, Some(max)) => format!("≤ {:.0}", max.floor()),
                _ => String::new(),
            },
            _ => String::new(),
        };
        let title = format!("{} {}", p.title.0, p.title.1);
        table +=
            &format!("| `{}` | {title} | {picture} | {} | {file} |\n", p.name, colours.join(" "));
    }
    table
}

#[test]
fn readme_lists_every_profile() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once("<!-- profiles -->\n").unwrap();
    let (table, after) = rest.split_once("<!-- /profiles -->").unwrap();
    let wanted = table_of_profiles();
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        let text = format!("{before}<!-- profiles -->\n{wanted}<!-- /profiles -->{after}");
        std::fs::write(path, text).unwrap();
    } else {
        assert!(table == wanted, "UPDATE_FIXTURES=1 cargo test --test profiles writes it anew");
    }
}
