//! Writing laid over the picture: a date, a watermark, a caption.

use std::ops::Range;

use image::{GrayImage, RgbImage};

use super::{Check, Measure, fault, good, text};
use crate::pixels::{self, Similarity};
use crate::scene::Portrait;
use crate::spans::{Region, Spans, numbers, regions};
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};
use crate::windows::window_sums;

/// The check.
pub(super) const CHECK: Check = Check {
    id: "overlay_text",
    title: text("文字水印", "Writing on the picture"),
    unit: "heights",
    names: &[],
    clause: "99号: nothing added, no text or pattern (无文字、图案)",
    method: text(
        "背景上大小、高度、间距都像印刷字符的记号连成的最长一行：其长度与高度之比，乘以这一行占全部此类记号的比例（杂乱的背景到处都有这种记号）；在 720 px 或更小的照片上计算。人物身上的文字和单个的大字不检查。",
        "Longest line of marks before the backdrop that have the size, the common height and the distance of printed characters, with the picture at 720 px or smaller: its length over its height, times its share of all such marks (a busy backdrop has marks everywhere). Writing over the person, and single large letters, are not looked for.",
    ),
    low: good("no_writing", text("没有文字", "no writing")),
    high: fault(
        "writing",
        text("照片上有文字或水印", "writing or a watermark on the picture"),
        text("照片上的边框字样要去掉。", "No frame or text on it."),
    ),
    suspicion: true,
    measure: Measure::Portrait(measure),
};

/// Longer side of the picture that is looked at.
const SIDE: u32 = 720;

/// How far the person must be, pixels there.
const AROUND: usize = 6;

/// Radius of the window whose mean a stroke stands out from, pixels there.
const RADIUS: usize = 7;

/// How far it stands out, luma.
const CONTRAST: f32 = 16.0;

/// Left, top, right, bottom (inclusive) of a mark.
type Mark = [u32; 4];

fn measure(portrait: &Portrait) -> Measured {
    let photo = &portrait.scene.photo.pixels;
    let (w, h) = photo.dimensions();
    let by = (w.max(h) as f32 / SIDE as f32).max(1.0);
    let size = |n: u32| ((n as f32 / by).round() as u32).max(1);
    let overview = &portrait.scene.overview.picture;
    let small = match by {
        1.0 => overview,
        _ => {
            // From pixels of the overview, whose centres stand at whole numbers, as those of the small picture.
            let scale = size(w) as f32 / overview.width() as f32;
            let shift = 0.5 * (scale - 1.0);
            let to_small = Similarity { a: scale, b: 0.0, tx: shift, ty: shift };
            &pixels::cut_out(overview, &to_small, (size(w), size(h)))
        }
    };
    let backdrop = backdrop(portrait, small, by);
    let seen = backdrop.pixels().filter(|p| p.0[0] > 0).count();
    if (seen as f32) < 0.02 * (small.width() * small.height()) as f32 {
        return Err(Unreadable::because(text("看不到背景", "there is no backdrop to look at")));
    }
    let marks = marks(&strokes(small, &backdrop));
    let all = marks.len().max(1) as f32;
    let row = longest_row(marks);
    let length = match (row.first(), row.last()) {
        (Some(first), Some(last)) => {
            let height = row.iter().map(|m| m[3] - m[1] + 1).max().unwrap_or(1);
            (last[2] - first[0] + 1) as f32 / height as f32
        }
        _ => 0.0,
    };
    let to_photo = |v: u32| (v as f32 + 0.5) * by;
    let evidence = row.iter().map(|m| {
        let [x0, y0, x1, y1] = m.map(to_photo);
        Evidence::Region(vec![[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    });
    Ok(Reading {
        value: Value::Number((length * row.len() as f32 / all).into()),
        confidence: f64::from(portrait.face.presence),
        evidence: evidence.collect(),
    })
}

/// Where the matte shows no trace of the person within a few pixels.
fn backdrop(portrait: &Portrait, small: &RgbImage, by: f32) -> GrayImage {
    let matte = &portrait.person.body.matte;
    let (w, h) = (matte.alpha.width() as usize, matte.alpha.height() as usize);
    // Rounded: what is left of zero is zero.
    let place = |v: f32, n: usize| ((v + 0.5) as usize).min(n - 1);
    // With a margin, for the neighbours of the pixels at the ends. The matte is upright with the photo: a
    // column is one of its columns, a row a row.
    let (across, down) = (small.width() as usize, small.height() as usize);
    let all = |n: usize| (0..n + 2 * AROUND).map(|v| (v as f32 - AROUND as f32) * by);
    let columns: Vec<usize> =
        all(across).map(|x| place(matte.to_matte.apply([x, 0.0])[0], w)).collect();
    let mut clear = Vec::with_capacity(columns.len() * (down + 2 * AROUND));
    for y in all(down) {
        let row = place(matte.to_matte.apply([0.0, y])[1], h);
        let alpha = &matte.alpha.as_raw()[row * w..(row + 1) * w];
        clear.extend(columns.iter().map(|&x| alpha[x] < 0.05));
    }
    let row = |y: usize, x: usize| &clear[(y + AROUND) * columns.len() + x..][..across];
    let mut values = Vec::with_capacity(across * down);
    for y in 0..down {
        let (here, before, behind) = (row(y, AROUND), row(y, 0), row(y, 2 * AROUND));
        let (above, below) = (&clear[y * columns.len() + AROUND..], row(y + AROUND, AROUND));
        values.extend((0..across).map(|x| {
            let all = here[x] & before[x] & behind[x] & above[x] & below[x];
            if all { 255 } else { 0 }
        }));
    }
    GrayImage::from_vec(small.width(), small.height(), values).expect("one value a pixel")
}

/// Pixels that stand out from the mean of the backdrop around them.
fn strokes(small: &RgbImage, backdrop: &GrayImage) -> GrayImage {
    let (w, h) = (small.width() as usize, small.height() as usize);
    let lumas = pixels::lumas(small);
    let seen = backdrop.as_raw();
    // Of the backdrop: luma, and how many pixels.
    let fill = |y: usize, run: Range<usize>, to: &mut [[f64; 4]]| {
        let places = numbers(w, y, &run);
        for ((to, luma), &b) in to.iter_mut().zip(&lumas[places.clone()]).zip(&seen[places]) {
            *to = if b > 0 { [f64::from(*luma), 1.0, 0.0, 0.0] } else { [0.0; 4] };
        }
    };
    let mut out = vec![0; w * h];
    let wanted = Spans::of((w, h), |i| seen[i] > 0);
    window_sums(&wanted, RADIUS, fill, |y, run, sums, _| {
        let places = numbers(w, y, &run);
        let all = lumas[places.clone()].iter().zip(&seen[places.clone()]).zip(sums);
        for (to, ((luma, &b), [sum, n, ..])) in out[places].iter_mut().zip(all) {
            let stands_out = b > 0 && (luma - (sum / n) as f32).abs() > CONTRAST;
            *to = if stands_out { 255 } else { 0 };
        }
    });
    GrayImage::from_vec(small.width(), small.height(), out).expect("one value a pixel")
}

/// The connected strokes that have the size and shape of characters.
fn marks(strokes: &GrayImage) -> Vec<Mark> {
    let (w, h) = (strokes.width() as usize, strokes.height() as usize);
    let connected = regions((w, h), true, |x, y| strokes.as_raw()[y * w + x] > 0);
    let is_mark = |(m, n): &(Mark, usize)| {
        let (width, height) = (m[2] - m[0] + 1, m[3] - m[1] + 1);
        let filled = *n as f32 / (width * height) as f32;
        (6..=60).contains(&height) && (2..=5 * height).contains(&width) && filled > 0.15
    };
    connected.iter().map(bounds).filter(is_mark).map(|m| m.0).collect()
}

/// The bounds of a region, and of how many pixels it is.
fn bounds(region: &Region) -> (Mark, usize) {
    let start = ([u32::MAX, u32::MAX, 0, 0], 0);
    region.iter().fold(start, |(m, n), (y, run)| {
        let (y, first, last) = (*y as u32, run.start as u32, run.end as u32 - 1);
        ([m[0].min(first), m[1].min(y), m[2].max(last), m[3].max(y)], n + run.len())
    })
}

/// The longest row of marks alike in height, level, and near each other.
fn longest_row(mut marks: Vec<Mark>) -> Vec<Mark> {
    marks.sort_unstable();
    let follows = |a: &Mark, b: &Mark| {
        let height = |m: &Mark| (m[3] - m[1] + 1) as f32;
        let middle = |m: &Mark| (m[3] + m[1]) as f32 / 2.0;
        let (low, high) = (height(a).min(height(b)), height(a).max(height(b)));
        let gap = b[0] as f32 - a[2] as f32;
        low > 0.6 * high
            && (middle(a) - middle(b)).abs() < 0.3 * high
            && (0.0..1.6 * high).contains(&gap)
    };
    // Marks are sorted from left to right: the longest chain that ends in each, by the width of its
    // marks, since characters that touch are one mark.
    let mut chains: Vec<(u32, Option<usize>)> = Vec::new();
    for (i, mark) in marks.iter().enumerate() {
        let before = (0..i).filter(|&j| follows(&marks[j], mark)).max_by_key(|&j| chains[j].0);
        chains.push((mark[2] - mark[0] + 1 + before.map_or(0, |j| chains[j].0), before));
    }
    let mut at = (0..chains.len()).max_by_key(|&i| chains[i].0);
    let mut row = Vec::new();
    while let Some(i) = at {
        row.push(marks[i]);
        at = chains[i].1;
    }
    row.reverse();
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    #[test]
    fn marks_are_connected_also_across_corners() {
        // A slanting stroke, a block beside it, and one that is too low for a character.
        let is = |x: u32, y: u32| {
            (x == y && (3..12).contains(&x))
                || ((20..24).contains(&x) && (5..14).contains(&y))
                || ((30..34).contains(&x) && (5..8).contains(&y))
        };
        let strokes = GrayImage::from_fn(40, 20, |x, y| Luma([if is(x, y) { 255 } else { 0 }]));
        // The slanting one fills too little of its square.
        assert_eq!(marks(&strokes), [[20, 5, 23, 13]]);
        let wide = |x: u32, y: u32| is(x, y) || is(x.wrapping_sub(1), y);
        let strokes = GrayImage::from_fn(40, 20, |x, y| Luma([if wide(x, y) { 255 } else { 0 }]));
        assert_eq!(marks(&strokes), [[3, 3, 12, 11], [20, 5, 24, 13]]);
    }

    #[test]
    fn a_row_is_made_of_marks_alike_level_and_near() {
        let mark = |x: u32, y: u32, h: u32| [x, y, x + 7, y + h - 1];
        let line = [mark(10, 50, 12), mark(20, 50, 12), mark(31, 51, 11), mark(42, 50, 12)];
        let strays = [mark(60, 90, 12), mark(54, 40, 40), mark(120, 50, 12)];
        let row = longest_row([&line[..], &strays].concat());
        assert_eq!(row, line);
        assert!(longest_row(Vec::new()).is_empty());
    }
}
