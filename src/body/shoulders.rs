//! The shoulder line, and how much its angle can be believed.
//!
//! Garments and hair hide the joints, and pictures cut the arms off: a network tells the line from what shows
//! ([`crate::model::shoulders`]).

use super::View;
use crate::model::shoulders::Line;
use crate::verdict::{Unreadable, text};

/// The shoulder line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shoulders {
    /// Its end on the subject's right shoulder (left in the picture).
    pub right: [f32; 2],
    /// Its end on the subject's left shoulder.
    pub left: [f32; 2],
    /// Degrees against the level of the picture, + where the subject's left shoulder is lower.
    pub angle: f64,
    /// 0 to 1, by the error that the network expects of the angle.
    pub confidence: f64,
}

/// Error that the network expects of itself, degrees, up to which its word is taken in full.
const SURE: f64 = 1.5;

/// From this error on the angle is not worth saying.
const LOST: f32 = 4.5;

/// The shoulder line on matte pixels.
pub(super) fn of(view: &View, line: &Line) -> Result<Shoulders, Unreadable> {
    let confidence = believed(line).ok_or_else(|| {
        Unreadable::because(text(
            "双肩露得太少，被头发、衣领或画面边缘挡住了",
            "too little of both shoulders shows: hair, a collar or the picture's edge hides them",
        ))
    })?;
    let [right, left] = within(line.ends, view.inside.map(|v| v as f32));
    Ok(Shoulders { right, left, angle: f64::from(line.angle), confidence })
}

/// How much the angle can be believed, 0 to 1; `None` where not at all.
fn believed(line: &Line) -> Option<f64> {
    (line.error <= LOST).then(|| (SURE / f64::from(line.error)).min(1.0))
}

/// The part of a line between the sides of the picture (left, top, right, bottom), moved up where it lies below: where
/// the picture ends above the shoulders, the line is drawn at its end. A line beside the picture stays there.
fn within([right, left]: [[f32; 2]; 2], [x0, _, x1, y1]: [f32; 4]) -> [[f32; 2]; 2] {
    let along = [left[0] - right[0], left[1] - right[1]];
    if left[0] <= x0 || right[0] >= x1 {
        return [right, left];
    }
    let at = |x: f32| {
        let share = (x.clamp(x0, x1) - right[0]) / along[0].max(1.0);
        [right[0] + share * along[0], right[1] + share * along[1]]
    };
    let [right, left] = [at(right[0]), at(left[0])];
    let below = (right[1].max(left[1]) - y1).max(0.0);
    [[right[0], right[1] - below], [left[0], left[1] - below]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_in_the_picture_and_keeps_its_tilt() {
        let picture = [10.0, 0.0, 110.0, 50.0];
        assert_eq!(within([[20.0, 30.0], [100.0, 40.0]], picture), [[20.0, 30.0], [100.0, 40.0]]);
        assert_eq!(within([[0.0, 20.0], [120.0, 32.0]], picture), [[10.0, 21.0], [110.0, 31.0]]);
        assert_eq!(within([[20.0, 60.0], [100.0, 52.0]], picture), [[20.0, 50.0], [100.0, 42.0]]);
        assert_eq!(within([[-90.0, 30.0], [5.0, 40.0]], picture), [[-90.0, 30.0], [5.0, 40.0]]);
    }

    #[test]
    fn the_less_the_network_is_sure_the_less_it_is_believed() {
        let said = |error| believed(&Line { angle: 4.0, error, ends: [[0.0; 2], [9.0, 0.0]] });
        assert_eq!([said(0.5), said(3.0), said(9.0)], [Some(1.0), Some(0.5), None]);
    }
}
