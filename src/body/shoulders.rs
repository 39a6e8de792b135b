//! The shoulder line: the tilt of the axis about which both sides of the body's upper edge agree.
//!
//! Garments hide the joints, and pictures cut the arms off; what every portrait shows is the edge
//! from the neck outwards. Under a tilted trunk that edge is the mirror image of itself about a tilted
//! axis, so the axis is searched for (angle and place) that makes both sides fall together.

use super::{Part, Parts, View};
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
    /// 0 to 1: how well the two sides fall together, and on how much of their length.
    pub confidence: f64,
}

/// Directions in which the edge is looked for, degrees from straight up: over the trapezius and the shoulder. Lower
/// down arms hang as they like: on the renders, by their true outlines, the mean error grows from 0.30 to 0.40
/// degrees when the upper arms (104 degrees) count as well.
const SECTOR: (f32, f32) = (32.0, 92.0);

/// Step of the directions, degrees.
const STEP: f32 = 1.0;

/// Confidence below which the angle is not worth saying: on renders it is then off by many degrees.
const READABLE: f32 = 0.15;

/// Degrees to both sides that are searched coarsely; what fits best beyond is not believed.
const MOST: f32 = 16.0;

/// How far below the chin the middle of the search lies, eye distances: inside the chest.
const BELOW_CHIN: f32 = 1.5;

/// The shoulder line on matte pixels.
pub(super) fn of(view: &View, parts: &Parts) -> Result<Shoulders, Unreadable> {
    let chin = view.mesh[152];
    let chest = [chin[0], chin[1] + BELOW_CHIN * view.eyes];
    // Hair that falls over a shoulder hides its edge; where it falls alike on both sides, its own edge
    // tells the same. Whichever fits better.
    let steps = edges(view, parts);
    let deep = deep(view, &steps);
    let around = |shift: f32| radii(view, &steps, &deep, [chest[0] + shift * view.eyes, chest[1]]);
    let coarse: Vec<(f32, Vec<Option<Radius>>)> =
        range(0.0, 0.08, 10).into_iter().map(|shift| (shift, around(shift))).collect();
    let both = [true, false].map(|tell_hair| search(&coarse, around, tell_hair));
    let few = text("画面里双肩露得太少", "too little of both shoulders is in the picture");
    let fit = both
        .into_iter()
        .flatten()
        .min_by(|a, b| a.cost.total_cmp(&b.cost))
        .ok_or_else(|| Unreadable::because(few))?;
    // Two thirds of the sector tell as much as all of it.
    let length = (fit.share / 0.66).min(1.0);
    let agreement = 1.0 - (fit.cost / 0.12).min(1.0);
    // Beyond the coarse search the two sides may fall together still better further on.
    if length * agreement < READABLE || fit.angle.abs() > MOST {
        return Err(Unreadable::because(text(
            "两肩边缘对不上，被头发、衣领或画面边缘挡住了",
            "the edges of the two shoulders do not match: hair, a collar or the picture's edge hides them",
        )));
    }
    let centre = [chest[0] + fit.shift * view.eyes, chest[1]];
    let end = |side: f32| {
        let way = (fit.angle + side * fit.at).to_radians();
        let reach = fit.radius * view.eyes;
        [centre[0] + reach * way.sin(), centre[1] - reach * way.cos()]
    };
    Ok(Shoulders {
        right: end(-1.0),
        left: end(1.0),
        angle: f64::from(fit.angle),
        confidence: f64::from(length * agreement),
    })
}

/// What a pixel means on the way out of the body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Outside,
    Inside,
    Hair,
    /// Of the person, and of what is beside it.
    Edge,
}

/// What every pixel of the matte means, row by row.
fn edges(view: &View, parts: &Parts) -> Vec<Step> {
    const EDGE: u8 = Part::Edge as u8;
    const HAIR: u8 = Part::Hair as u8;
    let all = view.matte.alpha.as_raw().iter().zip(parts.map.as_raw());
    all.map(|(&alpha, &part)| match part {
        // As `View::person` has it.
        _ if alpha < 0.5 => Step::Outside,
        EDGE => Step::Edge,
        HAIR => Step::Hair,
        _ => Step::Inside,
    })
    .collect()
}

/// Side of the blocks of [`deep`], pixels of the matte.
const BLOCK: usize = 8;

/// Of every block of pixels, row by row: whether this and all blocks around it are nothing but the person, in the
/// photo. From there a whole block's length leads to no edge.
fn deep(view: &View, steps: &[Step]) -> Vec<bool> {
    let (w, h) = (view.size.0 as usize, view.size.1 as usize);
    let (across, down) = (w.div_ceil(BLOCK), h.div_ceil(BLOCK));
    let [x0, y0, x1, y1] = view.inside.map(|v| v as usize);
    let mut whole = vec![true; across * down];
    for (y, row) in steps.chunks_exact(w).enumerate() {
        let in_rows = (y0 + 2..y1.saturating_sub(1)).contains(&y);
        let blocks = whole[y / BLOCK * across..][..across].iter_mut().zip(row.chunks(BLOCK));
        for (x, (whole, row)) in (0..).step_by(BLOCK).zip(blocks) {
            let inside = in_rows && x >= x0 + 2 && x + BLOCK < x1;
            *whole &= inside && row.iter().all(|s| matches!(s, Step::Inside | Step::Hair));
        }
    }
    let near = |i: usize, n: usize| i.saturating_sub(1)..(i + 2).min(n);
    let all = |x, y| near(y, down).all(|y| near(x, across).all(|x| whole[y * across + x]));
    (0..down).flat_map(|y| (0..across).map(move |x| (x, y))).map(|(x, y)| all(x, y)).collect()
}

/// So many values to both sides of a middle one.
fn range(middle: f32, step: f32, n: i32) -> Vec<f32> {
    (-n..=n).map(|i| middle + step * i as f32).collect()
}

/// The best axis: first by whole degrees, then finely about the best of those. Where hair is told, its edges
/// are left out. `coarse` has the radii around shifted middles, `around` gives those of others.
fn search(
    coarse: &[(f32, Vec<Option<Radius>>)],
    around: impl Fn(f32) -> Vec<Option<Radius>>,
    tell_hair: bool,
) -> Option<Fit> {
    let mut best: Option<Fit> = None;
    let look = |best: &mut Option<Fit>, shift: f32, radii: &[Option<Radius>], angles: &[f32]| {
        let seen = |r: &Option<Radius>| match r {
            Some(r) if !(tell_hair && r.hair) => r.to,
            _ => f32::NAN,
        };
        let radii: Vec<f32> = radii.iter().map(seen).collect();
        let fits = angles.iter().filter_map(|&angle| compare(&radii, angle, shift));
        *best = best.take().into_iter().chain(fits).min_by(|a, b| a.cost.total_cmp(&b.cost));
    };
    for (shift, radii) in coarse {
        look(&mut best, *shift, radii, &range(0.0, 1.0, MOST as i32));
    }
    if let Some((angle, shift)) = best.as_ref().map(|b| (b.angle, b.shift)) {
        for shift in range(shift, 0.02, 4) {
            look(&mut best, shift, &around(shift), &range(angle, 0.25, 5));
        }
    }
    best
}

/// The body's edge in one direction.
struct Radius {
    /// How far away, eye distances.
    to: f32,
    /// It is the edge of hair.
    hair: bool,
}

/// Distance of the body's edge from `centre`, eye distances, for every [`STEP`] of direction from
/// -180 to 180 degrees (0 is up, + to the right); `None` where the person goes on
/// to the picture's end.
fn radii(view: &View, steps: &[Step], deep: &[bool], centre: [f32; 2]) -> Vec<Option<Radius>> {
    let [x0, y0, x1, y1] = view.inside.map(|v| v as f32);
    let blocks = (view.size.0 as usize).div_ceil(BLOCK);
    let count = (360.0 / STEP) as usize;
    (0..count)
        .map(|i| {
            let degrees = i as f32 * STEP - 180.0;
            // No axis that is tried looks elsewhere.
            if !(SECTOR.0 - 18.0..=SECTOR.1 + 18.0).contains(&degrees.abs()) {
                return None;
            }
            let (sin, cos) = degrees.to_radians().sin_cos();
            // From inside outwards: the first pixel that is not the person's.
            let mut r = 0.3 * view.eyes;
            let mut hair = false;
            loop {
                let (x, y) = (centre[0] + r * sin, centre[1] - r * cos);
                if x <= x0 + 1.0 || x >= x1 - 1.0 || y <= y0 + 1.0 || y >= y1 - 1.0 {
                    return None;
                }
                // Rounded: both are above zero here.
                let (px, py) = ((x + 0.5) as usize, (y + 0.5) as usize);
                if deep[py / BLOCK * blocks + px / BLOCK] {
                    // One step less than a block: rounding to pixels may take one.
                    r += BLOCK as f32 - 1.0;
                    continue;
                }
                hair = match steps[py * view.size.0 as usize + px] {
                    Step::Outside => return Some(Radius { to: r / view.eyes, hair }),
                    Step::Edge => hair,
                    step => step == Step::Hair,
                };
                r += 1.0;
            }
        })
        .collect()
}

struct Fit {
    /// Degrees.
    angle: f32,
    /// Of the axis from below the chin, eye distances.
    shift: f32,
    /// Mean distance of the two sides, eye distances, with a fine for a short comparison and for an axis that does not
    /// lead to the chin.
    cost: f32,
    /// Share of the sector that both sides show.
    share: f32,
    /// Direction from the axis, degrees, and distance of the shoulder's highest point beyond the neck.
    at: f32,
    radius: f32,
}

/// How well both sides agree about an axis turned by `angle` degrees; `radii` as [`radii`] has them, NaN where
/// none is seen.
fn compare(radii: &[f32], angle: f32, shift: f32) -> Option<Fit> {
    // Between two directions; NaN, which spreads, where one of them is missing.
    let look = |degrees: f32| -> f32 {
        let place = (degrees + 180.0) / STEP;
        let (i, t) = (place as usize, place.fract());
        match radii.get(i..i + 2) {
            Some([a, b]) => a + t * (b - a),
            _ => f32::NAN,
        }
    };
    let count = ((SECTOR.1 - SECTOR.0) / STEP) as usize + 1;
    let (mut sum, mut seen) = (0.0, 0);
    let mut shoulder = (0.0, 0.0);
    for i in 0..count {
        let off = SECTOR.0 + i as f32 * STEP;
        let (right, left) = (look(angle - off), look(angle + off));
        let difference = (right - left).abs();
        if difference.is_nan() {
            continue;
        }
        sum += difference.min(0.4);
        seen += 1;
        if off < 62.0 {
            shoulder = (off, f32::midpoint(right, left));
        }
    }
    let share = seen as f32 / count as f32;
    if share < 0.25 || shoulder.1 == 0.0 {
        return None;
    }
    let mean = sum / seen as f32;
    // Of axes that fit alike, the one that uses more of the edge and leads to the chin is likelier: a trunk
    // tilts about the neck.
    let beside = shift + BELOW_CHIN * angle.to_radians().tan();
    let cost = mean + 0.03 * (1.0 - share) + 0.06 * beside.abs();
    Some(Fit { angle, shift, cost, share, at: shoulder.0, radius: shoulder.1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_body_is_levelled_by_its_own_angle() {
        // A symmetric radius with a shoulder at 60 degrees.
        let radius = |off: f32| 1.2 + 0.9 * (-((off.abs() - 60.0) / 25.0).powi(2)).exp();
        for degrees in [0.0, 6.0, -9.0] {
            let radii: Vec<f32> = (-180..180).map(|d| radius(d as f32 - degrees)).collect();
            let cost = |a: f32| compare(&radii, a, 0.0).map_or(9.0, |f| f.cost);
            let all = (-150..=150).map(|a| a as f32 / 10.0);
            let best = all.min_by(|a, b| cost(*a).total_cmp(&cost(*b))).unwrap();
            assert!((best - degrees).abs() < 0.3, "{best} for {degrees}");
        }
    }

    #[test]
    fn one_shoulder_alone_tells_nothing() {
        let radii: Vec<f32> = (-180..180).map(|d| if d > 0 { 1.5 } else { f32::NAN }).collect();
        assert!(compare(&radii, 0.0, 0.0).is_none());
    }
}
