//! The garment's own colour: the commonest of what is worn below the neck.

use palette::Lab;

use super::{Part, Parts, View};
use crate::pixels::lab;
use crate::verdict::{Unreadable, text};

/// Side of the boxes in L*a*b* in which colours are counted; a colour is a box with its neighbours.
const BOX: f32 = 10.0;

/// Area that tells something, squared eye distances.
const ENOUGH: f32 = 0.4;

/// The colour of what is worn.
#[derive(Clone, Debug, PartialEq)]
pub struct Garment {
    /// The commonest colour.
    pub colour: Lab,
    /// Share of the garment that has it.
    pub share: f32,
    /// How much of it is seen, squared eye distances.
    pub area: f32,
    /// The middle of what is seen of it, matte pixels.
    pub middle: [f32; 2],
}

/// What is worn below the neck.
///
/// Beside the neck everything counts that is not hair, also what has the colour of skin: a
/// garment of that colour cannot be told from a bare shoulder by its colour.
pub(super) fn of(view: &View, parts: &Parts) -> Result<Garment, Unreadable> {
    let chin = view.mesh[152];
    let [x0, _, x1, y1] = view.inside;
    let mut seen: Vec<(Lab, [f32; 2])> = Vec::new();
    for y in (chin[1].max(0.0) as u32..=y1).step_by(2) {
        for x in (x0..=x1).step_by(2) {
            let below = (y as f32 - chin[1]) / view.eyes;
            let off = (x as f32 - chin[0]).abs() / view.eyes;
            let worn = match parts.at(x, y) {
                Part::Garment => below > 0.2,
                Part::Skin => below > 0.8 && off > 0.9,
                _ => false,
            };
            if worn {
                seen.push((lab(*view.matte.guide.get_pixel(x, y)), [x as f32, y as f32]));
            }
        }
    }
    let area = 4.0 * seen.len() as f32 / (view.eyes * view.eyes);
    if area < ENOUGH {
        return Err(Unreadable::because(text(
            "画面里衣服太少",
            "too little of the garment is in the picture",
        )));
    }
    let colours: Vec<Lab> = seen.iter().map(|s| s.0).collect();
    let (colour, share) = commonest(&colours);
    let n = seen.len() as f32;
    let mean = |k: usize| seen.iter().map(|s| s.1[k]).sum::<f32>() / n;
    Ok(Garment { colour, share, area, middle: [mean(0), mean(1)] })
}

/// The mean of the fullest box of colours with its neighbours, and its share of all (at least one).
fn commonest(colours: &[Lab]) -> (Lab, f32) {
    // Boxes of lightness, a* and b*, all that sRGB has and one more at every end.
    const SIDES: [usize; 3] = [13, 24, 24];
    const FIRST: [i32; 3] = [-1, -11, -12];
    let place = |c: &Lab| {
        let k = [c.l, c.a, c.b].map(|v| (v / BOX).floor() as i32);
        let at = |i: usize| (k[i] - FIRST[i]).clamp(1, SIDES[i] as i32 - 2) as usize;
        [at(0), at(1), at(2)]
    };
    let index = |[l, a, b]: [usize; 3]| (l * SIDES[1] + a) * SIDES[2] + b;
    let mut boxes = vec![0_u32; SIDES[0] * SIDES[1] * SIDES[2]];
    let places: Vec<[usize; 3]> = colours.iter().map(place).collect();
    places.iter().for_each(|p| boxes[index(*p)] += 1);
    let around = |[l, a, b]: [usize; 3]| -> u32 {
        let rows = (l - 1..=l + 1).flat_map(|l| (a - 1..=a + 1).map(move |a| [l, a, b - 1]));
        rows.map(|first| boxes[index(first)..][..3].iter().sum::<u32>()).sum()
    };
    let mut fullest = ([1; 3], 0);
    for l in 1..SIDES[0] - 1 {
        for a in 1..SIDES[1] - 1 {
            for b in 1..SIDES[2] - 1 {
                let n = if boxes[index([l, a, b])] > 0 { around([l, a, b]) } else { 0 };
                if n >= fullest.1 {
                    fullest = ([l, a, b], n);
                }
            }
        }
    }
    let near = |p: &[usize; 3]| p.iter().zip(fullest.0).all(|(p, f)| p.abs_diff(f) <= 1);
    let (mut sum, mut n) = ([0.0_f32; 3], 0.0_f32);
    for (c, _) in colours.iter().zip(&places).filter(|(_, place)| near(place)) {
        sum = [sum[0] + c.l, sum[1] + c.a, sum[2] + c.b];
        n += 1.0;
    }
    let [l, a, b] = sum.map(|v| v / n.max(1.0));
    (Lab::new(l, a, b), n / (colours.len() as f32).max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commonest_colour_is_not_the_mean() {
        let white = Lab::new(92.0, 0.0, 1.0);
        let tie = Lab::new(30.0, 50.0, 20.0);
        let colours: Vec<Lab> = (0..100).map(|i| if i < 70 { white } else { tie }).collect();
        let (colour, share) = commonest(&colours);
        assert!((colour.l - 92.0).abs() < 0.1 && (share - 0.7).abs() < 1e-6);
    }
}
