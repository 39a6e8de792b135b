//! What the checks have in common that look closely at the eyes: whether these are to be seen, and how well.

use crate::face::part;
use crate::scene::Portrait;
use crate::verdict::{Unreadable, text};

/// That the corners of both eyes lie inside the picture, and the eyes behind no tint.
pub(crate) fn shown(portrait: &Portrait) -> Result<(), Unreadable> {
    let (w, h) = portrait.scene.photo.pixels.dimensions();
    let inside = |[x, y]: [f32; 2]| x >= 0.0 && y >= 0.0 && x < w as f32 && y < h as f32;
    let corners = [part::RIGHT_EYE_CORNERS, part::LEFT_EYE_CORNERS].concat();
    if !corners.iter().all(|&i| inside(portrait.face.at(i))) {
        return Err(Unreadable::because(text(
            "眼睛没拍全",
            "an eye is cut off by the picture's edge",
        )));
    }
    // Of eyes behind reflections the networks themselves say how sure they are.
    if portrait.person.attributes.glasses[3] > 0.5 {
        return Err(Unreadable::because(text(
            "镜片有色，看不清眼睛",
            "the tinted lenses hide the eyes",
        )));
    }
    Ok(())
}

/// Eye aspect ratio below which an eye counts as closed: closed lids read up to that.
pub(crate) const CLOSED: f32 = 0.08;

/// That both eyes are shown, and open.
pub(crate) fn seen(portrait: &Portrait) -> Result<(), Unreadable> {
    shown(portrait)?;
    let closed = portrait.person.lids.iter().any(|eye| eye.ratio < CLOSED);
    if closed || portrait.person.attributes.eyes[1] > 0.5 {
        return Err(Unreadable::because(text("眼睛闭着", "an eye is closed")));
    }
    Ok(())
}

/// How far a network's word is taken that learnt on large eyes alone, 0 to 1: by their size, and as [`within`].
pub(crate) fn told(portrait: &Portrait, enough: f64, expected: f32) -> f64 {
    sharp_enough(portrait.face.inter_ocular_distance().into()) * within(enough, expected.into())
}

/// By the distance between the pupils, photo pixels. At 42, the least that the gaze network learnt on, an iris is eight
/// pixels across and an opening four high; both networks also saw eyes blurred to seven tenths of that, where the
/// square of the ratio is one half.
fn sharp_enough(eyes: f64) -> f64 {
    (eyes / 42.0).min(1.0).powi(2)
}

/// In full up to the error `enough` that a network expects of itself, both in the unit of the reading; above that less, 0 to 1.
pub(crate) fn within(enough: f64, expected: f64) -> f64 {
    if expected > enough {
        enough / expected
    } else if expected >= 0.0 {
        1.0
    } else {
        0.0 // no number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_eyes_and_a_network_in_doubt_are_left_to_a_person() {
        assert_eq!(sharp_enough(90.0), 1.0);
        assert!(sharp_enough(30.0) > 0.5 && sharp_enough(25.0) < 0.5);
        assert_eq!([within(4.0, 2.5), within(4.0, f64::NAN)], [1.0, 0.0]);
        assert!(within(4.0, 7.0) > 0.5 && within(4.0, 9.0) < 0.5);
    }
}
