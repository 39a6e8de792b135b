//! Whether JPEG blocks show in the pixels, whatever the file says of itself.

use image::RgbImage;

use super::{Check, Measure, fault, text};
use crate::pixels;
use crate::scene::Scene;
use crate::verdict::{Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "compression",
    title: text("压缩痕迹", "Compression traces"),
    unit: "",
    names: &[],
    clause: "99号: quality factor >= 60, in focus; a file that was crushed once and stored again still shows it",
    method: "Blockiness: how much more neighbouring pixels differ every 8 pixels than between, against the mean curvature of the picture (after Wang, Sheikh and Bovik 2002, \"No-Reference Perceptual Quality Assessment of JPEG Compressed Images\", with the grid's place searched, since a crop moves it); the lesser of across and down, over the middle of the picture, up to 1024 px square, at the file's own pixels. 0 without a grid.",
    low: fault(
        "no_blocks",
        text("没有压缩痕迹", "no compression traces"),
        text("没有压缩痕迹，没问题。", "No compression traces, which is fine."),
    ),
    high: fault(
        "blocky",
        text("压缩过度", "over-compressed"),
        text("压得太狠了，请交原图。", "Over-compressed; send the original."),
    ),
    suspicion: false,
    measure: Measure::Scene(measure),
};

/// Side of JPEG's blocks.
const BLOCK: usize = 8;

/// Largest side of what is looked at.
const SIDE: u32 = 1024;

/// Differences beyond this, in luma, are edges of things and count no more than this.
const EDGE: f32 = 8.0;

fn measure(scene: &Scene) -> Measured {
    let picture = &scene.photo.pixels;
    let (w, h) = (picture.width().min(SIDE), picture.height().min(SIDE));
    if w.min(h) < 64 {
        return Err(Unreadable::because("the picture has too few pixels"));
    }
    let (x, y) = ((picture.width() - w) / 2, (picture.height() - h) / 2);
    let middle = pixels::part(picture, [x, y, w, h]);
    // A grid shows fully from some dozen blocks across on.
    let confidence = (f64::from(w.min(h)) / 96.0).min(1.0);
    let value = Value::Number(blockiness(&middle).into());
    Ok(Reading { value, confidence, evidence: Vec::new() })
}

fn blockiness(picture: &RgbImage) -> f32 {
    let (w, h) = (picture.width() as usize, picture.height() as usize);
    let luma: Vec<f32> = picture.pixels().map(|p| pixels::luma(*p)).collect();
    across(&luma, w).min(down(&luma, w, h))
}

/// How far each step between neighbours stands out from the two beside it, capped.
fn stands_out(before: f32, step: f32, after: f32) -> f32 {
    (step - f32::midpoint(before, after)).clamp(-EDGE, EDGE)
}

/// How the strongest of the eight places of a grid stands out along the rows.
fn across(luma: &[f32], w: usize) -> f32 {
    let (mut sums, mut all) = (vec![0.0_f32; w], vec![0.0_f32; w]);
    let mut steps = vec![0.0; w - 1];
    for row in luma.chunks_exact(w) {
        for (step, pair) in steps.iter_mut().zip(row.windows(2)) {
            *step = (pair[1] - pair[0]).abs();
        }
        let places = sums[1..].iter_mut().zip(&mut all[1..]);
        for ((sum, all), s) in places.zip(steps.windows(3)) {
            let out = stands_out(s[0], s[1], s[2]);
            *sum += out;
            *all += out.abs();
        }
    }
    grid(&sums[1..w - 2], &all[1..w - 2], luma.len() / w)
}

/// The same along the columns, whose steps lie row beside row.
fn down(luma: &[f32], w: usize, h: usize) -> f32 {
    let (mut sums, mut all) = (Vec::with_capacity(h), Vec::with_capacity(h));
    let mut outs = vec![0.0; w];
    let row = |y: usize| &luma[y * w..(y + 1) * w];
    for y in 1..h - 2 {
        let (a, b, c, d) = (row(y - 1), row(y), row(y + 1), row(y + 2));
        for (x, out) in outs.iter_mut().enumerate() {
            let (before, after) = ((b[x] - a[x]).abs(), (d[x] - c[x]).abs());
            *out = stands_out(before, (c[x] - b[x]).abs(), after);
        }
        let (mut sum, mut total) = ([0.0_f32; LANES], [0.0_f32; LANES]);
        for out in outs.chunks(LANES) {
            for ((sum, total), out) in sum.iter_mut().zip(&mut total).zip(out) {
                *sum += out;
                *total += out.abs();
            }
        }
        sums.push(sum.iter().sum());
        all.push(total.iter().sum());
    }
    grid(&sums, &all, w)
}

/// Sums that are kept side by side, so that the processor can work on several at a time.
const LANES: usize = 8;

/// From the sums over `lines` of how far each place stands out, with and without its sign.
fn grid(places: &[f32], all: &[f32], lines: usize) -> f32 {
    let (mut sums, mut counts) = ([0.0_f64; BLOCK], [0_usize; BLOCK]);
    for (i, sum) in places.iter().enumerate() {
        sums[i % BLOCK] += f64::from(*sum);
        counts[i % BLOCK] += lines;
    }
    let mut means: [f64; BLOCK] = std::array::from_fn(|k| sums[k] / counts[k].max(1) as f64);
    means.sort_by(f64::total_cmp);
    let usual = f64::midpoint(means[3], means[4]);
    let total = all.iter().map(|v| f64::from(*v)).sum::<f64>();
    let curvature = total / counts.iter().sum::<usize>().max(1) as f64;
    // A fifth of a grey level: a plain picture has no curvature to compare with.
    ((means[BLOCK - 1] - usual) / (curvature + 0.2)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn a_grid_of_blocks_shows_wherever_it_begins() {
        let slope = |x: u32, y: u32| 40.0 + 0.3 * x as f32 + 0.2 * y as f32;
        let smooth = RgbImage::from_fn(160, 160, |x, y| Rgb([slope(x, y) as u8; 3]));
        let blocky = |shift: u32| {
            RgbImage::from_fn(160, 160, |x, y| {
                let floor = |v: u32| (v + shift) / 8 * 8;
                Rgb([slope(floor(x), floor(y)) as u8; 3])
            })
        };
        assert!(blockiness(&smooth) < 0.3, "{}", blockiness(&smooth));
        for shift in [0, 3] {
            assert!(blockiness(&blocky(shift)) > 1.0, "{}", blockiness(&blocky(shift)));
        }
    }
}
