//! The garment's own colour: the commonest of what is worn below the neck.

use std::collections::BTreeMap;

use palette::Lab;

use super::{Part, Parts, View};
use crate::pixels::lab;
use crate::verdict::Unreadable;

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
        return Err(Unreadable::because("too little of the garment is in the picture"));
    }
    let colours: Vec<Lab> = seen.iter().map(|s| s.0).collect();
    let (colour, share) = commonest(&colours);
    let n = seen.len() as f32;
    let mean = |k: usize| seen.iter().map(|s| s.1[k]).sum::<f32>() / n;
    Ok(Garment { colour, share, area, middle: [mean(0), mean(1)] })
}

/// The mean of the fullest box of colours with its neighbours, and its share of all (at least one).
fn commonest(colours: &[Lab]) -> (Lab, f32) {
    let place = |c: &Lab| [c.l, c.a, c.b].map(|v| (v / BOX).floor() as i32);
    let mut boxes = BTreeMap::<[i32; 3], u32>::new();
    for c in colours {
        *boxes.entry(place(c)).or_default() += 1;
    }
    let around = |&[l, a, b]: &[i32; 3]| -> u32 {
        let near =
            (-1..=1).flat_map(|i| (-1..=1).flat_map(move |j| (-1..=1).map(move |k| (i, j, k))));
        near.filter_map(|(i, j, k)| boxes.get(&[l + i, a + j, b + k])).sum()
    };
    let fullest = boxes.keys().max_by_key(|k| around(k)).copied().unwrap_or_default();
    let near = |c: &Lab| place(c).iter().zip(fullest).all(|(p, f)| (p - f).abs() <= 1);
    let (mut sum, mut n) = ([0.0_f32; 3], 0.0_f32);
    for c in colours.iter().filter(|c| near(c)) {
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
