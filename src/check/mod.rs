//! The checks: each one a static of plain data and one function that measures.
//!
//! A check never compares its value with anything: what is good and what is not stands in a
//! profile, and `judge` alone brings the two together.

mod aspect_ratio;
mod background_colour;
mod background_evenness;
mod background_objects;
mod background_painted;
mod background_shadow;
mod bit_depth;
mod body_turned;
mod border;
mod brows;
mod centring;
mod chin_bottom;
mod collar;
mod colour_cast;
mod compression;
mod cosmetic_lenses;
mod dpi;
mod ear_symmetry;
mod earring;
mod exposure;
mod expression;
mod eye_distance;
mod eye_line;
mod eyes_open;
mod face_aspect;
mod face_count;
mod face_covered;
mod face_width;
mod file_extension;
mod file_format;
mod file_size;
mod forehead;
mod frame_over_eye;
mod garment_colour;
mod garment_contrast;
mod garment_skin;
mod gaze;
mod glasses;
mod hair_area;
mod hair_over_eyes;
mod head_height;
mod head_top;
mod headwear;
mod highlights;
mod inter_ocular_distance;
mod jpeg_quality;
mod left_ear;
mod lens_reflection;
mod lips_closed;
mod loose_hair;
mod makeup;
mod mirrored;
mod monochrome;
mod motion_blur;
mod neck_covered;
mod necklace;
mod neckline;
mod noise;
mod overlay_text;
mod pattern;
mod pitch;
mod pixel_height;
mod pixel_width;
mod pupil_line;
mod recaptured;
mod red_eye;
mod retouch;
mod right_ear;
mod roll;
mod sharpness;
mod shoulder_tilt;
mod shoulders_visible;
mod split_light;
mod teeth;
mod tinted_lenses;
mod upscaling;
mod yaw;

use std::collections::VecDeque;

use crate::framing::{self, Plan};
use crate::gist::Gist;
use crate::model::attributes::{Attributer, region};
use crate::scene::{Portrait, Scene};
use crate::target::Target;
use crate::verdict::{Evidence, Fault, Measured, Reading, Text, Unreadable, Value, text};

/// One check.
#[derive(Debug)]
pub struct Check {
    /// Stable id, used in profiles, records and on the command line.
    pub id: &'static str,
    /// Name for people.
    pub title: Text,
    /// Unit of the value; empty for a plain number or a name.
    pub unit: &'static str,
    /// The names that the value may be; empty where it is a number.
    pub names: &'static [&'static str],
    /// The clause of the specification, or the desk's practice, that asks for it.
    pub clause: &'static str,
    /// What is measured, and how, for `photogate explain`.
    pub method: Text,
    /// What is wrong when the value lies below the pass band; nothing, where the side [`is_good`].
    pub low: Fault,
    /// The same when it lies above, or is not one of the accepted names.
    pub high: Fault,
    /// A reading that can only raise a suspicion: what would fail goes to a person instead.
    pub suspicion: bool,
    /// The measurement.
    pub measure: Measure,
}

/// What a measurement needs.
#[derive(Clone, Copy, Debug)]
pub enum Measure {
    /// The whole scene, with any number of faces.
    Scene(fn(&Scene) -> Measured),
    /// Exactly one face.
    Portrait(fn(&Portrait) -> Measured),
    /// What is kept of exactly one face, and what the profile wants the picture to become.
    Target(fn(&Gist, &Target) -> Measured),
    /// What is kept of exactly one face, and the crop that is planned around it.
    Framed(fn(&Gist, &Plan) -> Measured),
    /// Nothing would do: it cannot be measured honestly yet, because of this.
    NotYet(Text),
}

/// Every check, in the order in which a fault is worth saying first: who is in the picture, face and
/// pose, light, hair, glasses, jewellery and clothes, focus and background, then pixels and framing, what
/// only a person can decide, and last what can be mended without another shot. A cause stands before what
/// it brings about: blown light takes the colours of skin and garment, too few pixels a small face.
pub const ALL: &[&Check] = &[
    &face_count::CHECK,
    &eyes_open::CHECK,
    &face_covered::CHECK,
    &lips_closed::CHECK,
    &teeth::CHECK,
    &expression::CHECK,
    &yaw::CHECK,
    &pitch::CHECK,
    &roll::CHECK,
    &pupil_line::CHECK,
    &gaze::CHECK,
    &body_turned::CHECK,
    &shoulder_tilt::CHECK,
    &exposure::CHECK,
    &split_light::CHECK,
    &highlights::CHECK,
    &colour_cast::CHECK,
    &monochrome::CHECK,
    &red_eye::CHECK,
    &headwear::CHECK,
    &hair_over_eyes::CHECK,
    &brows::CHECK,
    &forehead::CHECK,
    &right_ear::CHECK,
    &left_ear::CHECK,
    &ear_symmetry::CHECK,
    &loose_hair::CHECK,
    &hair_area::CHECK,
    &glasses::CHECK,
    &tinted_lenses::CHECK,
    &lens_reflection::CHECK,
    &frame_over_eye::CHECK,
    &earring::CHECK,
    &necklace::CHECK,
    &neckline::CHECK,
    &collar::CHECK,
    &neck_covered::CHECK,
    &garment_contrast::CHECK,
    &garment_colour::CHECK,
    &garment_skin::CHECK,
    &pattern::CHECK,
    &sharpness::CHECK,
    &motion_blur::CHECK,
    &noise::CHECK,
    &background_objects::CHECK,
    &background_shadow::CHECK,
    &background_evenness::CHECK,
    &background_colour::CHECK,
    &background_painted::CHECK,
    &pixel_width::CHECK,
    &pixel_height::CHECK,
    &aspect_ratio::CHECK,
    &face_width::CHECK,
    &head_height::CHECK,
    &eye_distance::CHECK,
    &head_top::CHECK,
    &eye_line::CHECK,
    &chin_bottom::CHECK,
    &centring::CHECK,
    &shoulders_visible::CHECK,
    &inter_ocular_distance::CHECK,
    &face_aspect::CHECK,
    &makeup::CHECK,
    &cosmetic_lenses::CHECK,
    &retouch::CHECK,
    &recaptured::CHECK,
    &mirrored::CHECK,
    &border::CHECK,
    &overlay_text::CHECK,
    &upscaling::CHECK,
    &compression::CHECK,
    &file_format::CHECK,
    &file_extension::CHECK,
    &bit_depth::CHECK,
    &dpi::CHECK,
    &jpeg_quality::CHECK,
    &file_size::CHECK,
];

/// The check of this id.
pub fn find(id: &str) -> Option<&'static Check> {
    ALL.iter().copied().find(|c| c.id == id)
}

/// The measurement of one check on one scene.
pub type Measurement = (&'static Check, Measured);

/// What was measured on one scene, whatever the profile: the rest follows from it without the pixels.
#[derive(Clone, Debug)]
pub struct Look {
    /// The measurements that do not depend on the profile, in the order of [`ALL`] or of the program that took them.
    pub measurements: Vec<Measurement>,
    /// What the others are taken from, or why there is nothing.
    pub gist: Result<Gist, Unreadable>,
}

/// Measure on the pixels everything that can be measured.
pub fn look(scene: &Scene) -> Look {
    let portrait = scene.portrait();
    let portrait = || portrait.as_ref().map_err(Clone::clone);
    let measure = |check: &&'static Check| {
        let measured = match check.measure {
            Measure::Scene(measure) => measure(scene),
            Measure::Portrait(measure) => portrait().and_then(measure),
            Measure::NotYet(reason) => Err(Unreadable::because(reason)),
            Measure::Target(_) | Measure::Framed(_) => return None,
        };
        Some((*check, measured))
    };
    Look { measurements: ALL.iter().filter_map(measure).collect(), gist: portrait().map(gist) }
}

/// Every measurement for this target, in the order of [`ALL`], and the crop that is planned. No pixel is
/// touched.
pub fn complete(look: Look, target: &Target) -> (Vec<Measurement>, Option<Plan>) {
    let gist = || look.gist.as_ref().map_err(Clone::clone);
    let plan = gist().and_then(|g| framing::plan(g.geometry.clone(), target));
    let mut taken = VecDeque::from(look.measurements);
    let mut measure = |check: &&'static Check| {
        let measured = match check.measure {
            Measure::Target(measure) => gist().and_then(|g| measure(g, target)),
            Measure::Framed(measure) => {
                gist().and_then(|g| measure(g, plan.as_ref().map_err(Clone::clone)?))
            }
            // What another program looked at and a ledger kept may lack this check, and has the order of that
            // program; else it is the first of the rest.
            _ => taken.remove(taken.iter().position(|(c, _)| c.id == check.id)?)?.1,
        };
        Some((*check, measured))
    };
    let measurements = ALL.iter().filter_map(&mut measure).collect();
    (measurements, plan.ok())
}

/// What the checks that depend on the profile need of a portrait.
fn gist(portrait: &Portrait) -> Gist {
    let face = portrait.face;
    Gist {
        geometry: portrait.geometry(),
        cut_off: portrait.person.body.cut_off,
        presence: face.presence,
        nose: face.at(1)[1],
        cheeks: [face.at(234)[1], face.at(454)[1]],
        background: background_colour::seen(portrait),
        garment: garment_contrast::seen(portrait),
    }
}

/// The basic colour term for a colour, as [`garment_colour`] names what is worn.
pub fn colour_name(colour: palette::Lab) -> &'static str {
    garment_colour::name(colour)
}

/// The same fault for a value that is too low and one that is too high.
const fn fault(code: &'static str, reason: Text, advice: Text) -> Fault {
    Fault { code, reason, advice }
}

/// What is said of a side that is good in itself, where only a profile of one's own sets a limit.
const NO_FAULT: Text = text(
    "这本身不是问题，请核对规格给这一项定的限值。",
    "No fault in itself: check the limit that the profile sets for this.",
);

/// The side of a check on which all is well: no built-in profile has a limit there.
const fn good(code: &'static str, reason: Text) -> Fault {
    fault(code, reason, NO_FAULT)
}

/// Whether nothing is wrong on this side of a check, unless a profile of one's own says so.
pub fn is_good(side: &Fault) -> bool {
    side.advice == NO_FAULT
}

/// How far a measurement on a face can be trusted: its presence, less for a face of few pixels.
fn face_confidence(portrait: &Portrait) -> f64 {
    let eyes = f64::from(portrait.face.inter_ocular_distance());
    // 20 px between the pupils: a lid is 3 px high, and nothing fine can be told.
    f64::from(portrait.face.presence) * (eyes / 20.0).clamp(0.0, 1.0)
}

/// That colours can be read off the picture: in a grey one all are alike. Grey pictures measure 0 to 0.1, a sepia
/// ramp 1.2, those with the palest colours 2.4 and more ([`monochrome`]).
fn in_colour(portrait: &Portrait) -> Result<(), Unreadable> {
    match monochrome::colour(portrait) {
        Some(spread) if spread < 1.5 => {
            Err(Unreadable::because(text("照片没有颜色", "the picture has no colour")))
        }
        _ => Ok(()),
    }
}

/// Share of a square that the network looks at which must lie inside the picture: beyond it there is
/// nothing but the picture's edge drawn out. (Over the hair of a standard picture a little is missing.)
const IN_PICTURE: f64 = 0.6;

/// The same of the square of neck and garment, which begins above the chin: a quarter of it ends
/// just below the chin.
const NECK_IN_PICTURE: f64 = 0.25;

/// The chance, 0 to 1, that the attribute network gives a fault, in percent. How sure it is stands in
/// the chance itself; the pixels that it looked at must be there.
fn chance(portrait: &Portrait, fault: f32, regions: &[usize]) -> Measured {
    let squares = Attributer::regions(&portrait.face.mesh);
    let size = portrait.scene.photo.pixels.dimensions();
    // Portraits end where they like below the chin: of the garment the network itself says whether too little
    // shows. But a neck must be there, and the shoulders must not be cut off at a side.
    let short = |i: usize| {
        let share = share_inside(squares[i], size);
        if region::TORSO.contains(&i) {
            let across = share_inside(squares[i], (size.0, u32::MAX));
            share < NECK_IN_PICTURE || across < IN_PICTURE
        } else {
            share < IN_PICTURE
        }
    };
    if regions.iter().any(|&i| short(i)) {
        return Err(Unreadable::because(text(
            "要看的部位没拍全",
            "too little of where it shows is in the picture",
        )));
    }
    Ok(Reading {
        value: Value::Number(100.0 * f64::from(fault.clamp(0.0, 1.0))),
        confidence: face_confidence(portrait),
        evidence: regions.iter().map(|&i| Evidence::Region(squares[i].to_vec())).collect(),
    })
}

/// Share of a square (its corners in turn) that lies inside the picture.
fn share_inside([a, b, _, d]: [[f32; 2]; 4], (w, h): (u32, u32)) -> f64 {
    let inside = |i: usize| {
        let (s, t) = ((i % 16) as f32 / 15.0, (i / 16) as f32 / 15.0);
        let at = |k: usize| a[k] + s * (b[k] - a[k]) + t * (d[k] - a[k]);
        (0.0..w as f32).contains(&at(0)) && (0.0..h as f32).contains(&at(1))
    };
    (0..256).filter(|&i| inside(i)).count() as f64 / 256.0
}

/// Area inside the face's outline, pixels of the matte.
fn face_area(portrait: &Portrait) -> f64 {
    let points: Vec<[f32; 2]> =
        crate::face::part::OVAL.iter().map(|&i| portrait.on_matte(i)).collect();
    f64::from(crate::pixels::area(&points)).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_is_complete_and_named_by_the_convention() {
        for c in ALL {
            assert!(c.id.chars().all(|ch| ch.is_ascii_lowercase() || ch == '_'), "{}", c.id);
            assert_eq!(ALL.iter().filter(|o| o.id == c.id).count(), 1, "{} is there twice", c.id);
            let texts = [c.title, c.low.reason, c.low.advice, c.high.reason, c.high.advice];
            let not_yet = if let Measure::NotYet(reason) = c.measure { Some(reason) } else { None };
            for t in texts.iter().chain([&c.method]).chain(&not_yet) {
                let plain = t.en.replace("ΔE00", "").is_ascii();
                assert!(!t.en.is_empty() && plain, "{}: English {:?}", c.id, t.en);
                let cjk = '\u{4e00}'..='\u{9fff}';
                assert!(t.zh.chars().any(|ch| cjk.contains(&ch)), "{}: Chinese {:?}", c.id, t.zh);
            }
            assert!(!c.clause.is_empty(), "{}", c.id);
            assert!(c.method.en.len() > 20 && c.method.zh.chars().count() > 10, "{}", c.id);
            assert!(c.method.zh.ends_with('。') && c.method.en.ends_with('.'), "{}", c.id);
            assert!(!c.low.code.is_empty() && !c.high.code.is_empty(), "{}", c.id);
        }
    }

    #[test]
    fn readings_are_found_whatever_the_order_they_were_kept_in() {
        let whole = ["yaw", "gaze", "sharpness"].map(|id| find(id).unwrap());
        let value = |c: &Check| Ok(Reading::exact(c.id.len() as f64));
        let kept = whole.iter().rev().map(|c| (*c, value(c))).collect();
        let gist = Err(Unreadable::because(NO_FAULT));
        let (found, _) = complete(Look { measurements: kept, gist }, &Target::default());
        let kept: Vec<_> = found.iter().filter(|(_, m)| m.is_ok()).cloned().collect();
        assert_eq!(kept.len(), 3);
        for ((found, measured), wanted) in kept.iter().zip(whole) {
            assert_eq!((found.id, measured), (wanted.id, &value(wanted)));
        }
    }

    #[test]
    fn a_square_half_outside_has_half_of_itself_inside() {
        let square = [[-10.0, 0.0], [10.0, 0.0], [10.0, 20.0], [-10.0, 20.0]];
        assert!((share_inside(square, (100, 100)) - 0.5).abs() < 0.04);
        assert_eq!(share_inside(square.map(|[x, y]| [x + 30.0, y]), (100, 100)), 1.0);
    }

    #[test]
    fn every_check_has_its_own_file_and_every_file_its_check() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/check");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .filter(|f| f != "mod")
            .collect();
        let mut ids: Vec<&str> = ALL.iter().map(|c| c.id).collect();
        files.sort();
        ids.sort_unstable();
        assert_eq!(files, ids);
    }
}
