//! The crown: where the hair ends at the top.
//!
//! The matte tells the row to a few pixels, but of hair that stands on end it shows the tips too faintly.
//! Before a quiet backdrop they are then searched for in the photo: a pixel's share of hair is
//! read off its colour by the compositing equation (as in `crate::unmix`), and the hair ends where
//! the shares of a row no longer add up to a thin strand's breadth. Before a textured backdrop the
//! matte's word stands.

use nalgebra::{Matrix3, Matrix3x1, Vector3};

use super::View;
use super::parts::OVAL;
use crate::pixels::quantile;
use crate::verdict::{Unreadable, text};

/// Share of a pixel from which on it belongs to the hair's tips.
const TIPS: f32 = 0.25;

/// Breadth of hair with which the head begins by the matte, eye distances.
const BREADTH: f32 = 0.05;

/// Breadth of hair below which the search upwards ends, eye distances: what is left is a thin strand or two.
/// Five times as much ended 1.4 % of the head lower than the highest hair of short rough renders, and left
/// five of 47 renders off by more than 2 %, of which this leaves two.
const STRAND: f32 = 0.01;

/// How far above the matte's crown strands are looked for, eye distances: a twentieth of the head's
/// height. What goes on beyond is a shadow or a thing behind the head.
const REACH: f32 = 0.2;

/// The backdrop is learnt from this far to this near above the hair, eye distances.
const LEARNT: (f32, f32) = (0.9, 0.25);

/// Noise of the backdrop, as a share of its distance to the hair's colour, beyond which strands
/// cannot be told from it.
const QUIET: f32 = 0.05;

/// Share of hair that counts, at least, and as a multiple of that noise. A first form with a multiple of
/// one, and without the limits above and the row's own quiet part, raised the crown by more than 1 % of the
/// head on about a tenth of the validation portraits, mostly into plain canvas where it was looked at.
const SEEN: (f32, f32) = (0.03, 4.0);

/// Eye distance in photo pixels below which a photo shows no strands: enlarged, they would be blur.
const FINE: f32 = 40.0;

/// Top of the hair, matte pixels.
pub(super) fn crown(view: &View) -> Result<[f32; 2], Unreadable> {
    let (columns, eyes) = (columns(view), view.eyes);
    // The tips of short hair cover a part of each pixel.
    let breadth = (BREADTH * eyes).max(2.0) as usize;
    let some = |x, y| view.matte.alpha.get_pixel(x, y).0[0] >= TIPS;
    let row = (view.inside[1]..=view.inside[3])
        .find(|&y| columns.clone().filter(|&x| some(x, y)).count() >= breadth)
        .ok_or_else(|| Unreadable::because(text("抠图里找不到头部", "the matte shows no head")))?;
    if row <= view.inside[1] + 1 {
        return Err(Unreadable::because(text(
            "头顶被画面边缘裁掉",
            "the top of the head is cut off by the picture's edge",
        )));
    }
    let there: Vec<u32> = columns.filter(|&x| some(x, row)).collect();
    let middle = there.iter().sum::<u32>() as f32 / there.len() as f32;
    // Between this row and the one above, where alpha crosses the limit.
    let alpha = |y| there.iter().map(|&x| view.matte.alpha.get_pixel(x, y).0[0]).sum::<f32>();
    let (here, above) = (alpha(row) / there.len() as f32, alpha(row - 1) / there.len() as f32);
    let part = if here > above { ((here - TIPS) / (here - above)).clamp(0.0, 1.0) } else { 0.0 };
    let solid = row as f32 - part;
    Ok([middle, tips(view, solid).map_or(solid, |y| y.min(solid))])
}

/// Whether the picture's upper edge surely cuts the head off: over less than half an eye distance it may be a
/// strand, or the matte's mistake.
pub(super) fn cut_off(view: &View) -> bool {
    let row = (view.inside[1] + 1).min(view.inside[3]);
    let head = columns(view).filter(|&x| view.matte.alpha.get_pixel(x, row).0[0] >= 0.9);
    head.count() as f32 >= 0.5 * view.eyes
}

/// Columns of the matte over the head.
fn columns(view: &View) -> std::ops::RangeInclusive<u32> {
    let xs = OVAL.iter().map(|&i| view.mesh[i][0]);
    let (left, right) = xs.fold((f32::MAX, f32::MIN), |(a, b), x| (a.min(x), b.max(x)));
    let cut = |v: f32| v.clamp(view.inside[0] as f32, view.inside[2] as f32) as u32;
    cut(left - 0.25 * view.eyes)..=cut(right + 0.25 * view.eyes)
}

/// Where strands end above the row of the matte's crown; `None` where the photo does not tell.
fn tips(view: &View, solid: f32) -> Option<f32> {
    if view.eyes / view.matte.to_matte.scale() < FINE {
        return None;
    }
    let tops: Vec<(u32, u32)> = columns(view).map(|x| (x, top_of(view, x))).collect();
    let backdrop = Backdrop::learn(view, &tops, solid)?;
    let hair = hair_colour(view, &tops, solid)?;
    let apart = (hair - backdrop.at(tops[tops.len() / 2].0 as f32, solid)).norm();
    let noise = backdrop.noise / apart.max(1e-3);
    if noise > QUIET {
        return None;
    }
    let seen = SEEN.0.max(SEEN.1 * noise);
    let breadth = |y: u32| row_breadth(view, &tops, &backdrop, hair, seen, y) / view.eyes;
    let start = solid as u32;
    let end = (solid - REACH * view.eyes).max(view.inside[1] as f32 + 1.0) as u32;
    let mut below = breadth(start);
    if below < BREADTH {
        return None;
    }
    for y in (end..start).rev() {
        let here = breadth(y);
        if here < STRAND {
            return Some((y + 1) as f32 - (below - STRAND) / (below - here));
        }
        below = here;
    }
    None
}

/// First row of a column that shows the person.
fn top_of(view: &View, x: u32) -> u32 {
    let [_, y0, _, y1] = view.inside;
    (y0..=y1).find(|&y| view.matte.alpha.get_pixel(x, y).0[0] >= TIPS).unwrap_or(y1)
}

/// Breadth of hair in a row, pixels: the shares of its pixels, over what the row's quieter part
/// shows of a shadow or a gradient.
fn row_breadth(
    view: &View,
    tops: &[(u32, u32)],
    backdrop: &Backdrop,
    hair: Vector3<f32>,
    seen: f32,
    y: u32,
) -> f32 {
    let shares: Vec<f32> = tops
        .iter()
        .map(|&(x, _)| {
            let behind = backdrop.at(x as f32, y as f32);
            let way = hair - behind;
            (colour(view, x, y) - behind).dot(&way) / way.norm_squared().max(1e-6)
        })
        .collect();
    let quiet = quantile(&mut shares.clone(), 0.25).unwrap_or(0.0);
    shares.iter().map(|s| (s - quiet).min(1.0)).filter(|&s| s >= seen).sum()
}

/// Median colour of the hair just below its edge.
fn hair_colour(view: &View, tops: &[(u32, u32)], solid: f32) -> Option<Vector3<f32>> {
    let mut channels = [Vec::new(), Vec::new(), Vec::new()];
    for &(x, top) in tops.iter().filter(|t| (t.1 as f32) < solid + 0.3 * view.eyes) {
        let from = top as f32 + 0.1 * view.eyes;
        let to = (from + 0.25 * view.eyes).min(view.inside[3] as f32);
        for y in from as u32..to as u32 {
            if view.matte.alpha.get_pixel(x, y).0[0] > 0.97 {
                let c = colour(view, x, y);
                channels.iter_mut().zip(c.iter()).for_each(|(channel, v)| channel.push(*v));
            }
        }
    }
    if channels[0].len() < 30 {
        return None;
    }
    let [r, g, b] = channels.map(|mut c| quantile(&mut c, 0.5).unwrap_or(0.0));
    Some(Vector3::new(r, g, b))
}

fn colour(view: &View, x: u32, y: u32) -> Vector3<f32> {
    let [r, g, b] = view.matte.guide.get_pixel(x, y).0.map(|v| f32::from(v) / 255.0);
    Vector3::new(r, g, b)
}

/// The colours above the head: a plane in x and y for each channel.
struct Backdrop {
    /// Rows: constant, slope to the right and down (per eye distance); columns: red, green, blue.
    planes: Matrix3<f32>,
    /// Distance from it within which nine pixels in ten lie.
    noise: f32,
    origin: [f32; 2],
    eyes: f32,
}

impl Backdrop {
    /// Fitted in three rounds, each of which trusts the pixels less that lie off the last.
    fn learn(view: &View, tops: &[(u32, u32)], solid: f32) -> Option<Backdrop> {
        let eyes = view.eyes;
        let from = (solid - LEARNT.0 * eyes).max(view.inside[1] as f32) as u32;
        let mut places = Vec::new();
        for &(x, top) in tops {
            let to = (top as f32).min(solid + eyes) - LEARNT.1 * eyes;
            places.extend(
                (from..to.max(0.0) as u32).map(|y| (x as f32, y as f32, colour(view, x, y))),
            );
        }
        if (places.len() as f32) < 0.1 * eyes * eyes {
            return None;
        }
        let origin = [tops[0].0 as f32, solid];
        let mut fit = Backdrop { planes: Matrix3::zeros(), noise: f32::MAX, origin, eyes };
        let mut off = vec![0.0; places.len()];
        for _ in 0..3 {
            let spread = quantile(&mut off.clone(), 0.5).unwrap_or(0.0).max(1.0 / 255.0);
            let (mut normal, mut right) = (Matrix3::zeros(), Matrix3::zeros());
            for (&(x, y, c), off) in places.iter().zip(&off) {
                let weight = (1.0 + (off / (2.0 * spread)).powi(2)).powi(-4);
                let terms = fit.terms(x, y);
                normal += weight * terms * terms.transpose();
                right += weight * terms * c.transpose();
            }
            fit.planes = normal.try_inverse()? * right;
            for (&(x, y, c), off) in places.iter().zip(&mut off) {
                *off = (c - fit.at(x, y)).norm();
            }
        }
        fit.noise = quantile(&mut off, 0.9)?;
        Some(fit)
    }

    fn terms(&self, x: f32, y: f32) -> Matrix3x1<f32> {
        let [x0, y0] = self.origin;
        Vector3::new(1.0, (x - x0) / self.eyes, (y - y0) / self.eyes)
    }

    fn at(&self, x: f32, y: f32) -> Vector3<f32> {
        self.planes.transpose() * self.terms(x, y)
    }
}
