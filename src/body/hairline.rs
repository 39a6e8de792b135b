//! The hairline.

use palette::Lab;

use super::View;
use crate::pixels::{delta_e, lab};
use crate::verdict::{Unreadable, text};

/// Where skin turns into hair on the way from between the brows up to the crown, at row `crown` (or up to
/// the picture's edge, where that cuts the head), matte pixels.
///
/// The place that best parts the colours of the way into two; unreadable where the two hardly
/// differ, as on a bald head.
pub(super) fn hairline(view: &View, crown: f32) -> Result<[f32; 2], Unreadable> {
    let from = view.mesh[9];
    let top = view.mesh[10];
    // Up the face's own axis, as far as the crown.
    let (dx, dy) = (top[0] - from[0], top[1] - from[1]);
    let length = dx.hypot(dy).max(1.0);
    let up = [dx / length, dy / length];
    let way = ((from[1] - crown) / -up[1]).max(0.0);
    let steps = way.floor() as usize;
    if up[1] > -0.5 || steps < 12 {
        return Err(Unreadable::because(text(
            "眉毛到头顶的距离太短",
            "the way from the brows to the crown is too short",
        )));
    }
    let across = [-up[1], up[0]];
    let half = (0.16 * view.eyes).max(1.0) as i32;
    let colours: Vec<Lab> =
        (0..steps).map(|s| row_colour(view, from, up, across, s, half)).collect();
    let (split, difference) = best_split(&colours);
    // Two skin tones of one forehead, in shadow and in light, differ by less.
    if difference < 14.0 {
        return Err(Unreadable::because(text(
            "额头上方分不清头发和皮肤",
            "hair and skin do not differ above the forehead",
        )));
    }
    let s = split as f32;
    Ok([from[0] + s * up[0], from[1] + s * up[1]])
}

/// Median colour of a short row across the way.
fn row_colour(
    view: &View,
    from: [f32; 2],
    up: [f32; 2],
    across: [f32; 2],
    s: usize,
    half: i32,
) -> Lab {
    let (w, h) = view.size;
    let mut channels = [Vec::new(), Vec::new(), Vec::new()];
    for i in -half..=half {
        let at = |k: usize| from[k] + s as f32 * up[k] + i as f32 * across[k];
        let x = at(0).round().clamp(0.0, w as f32 - 1.0) as u32;
        let y = at(1).round().clamp(0.0, h as f32 - 1.0) as u32;
        let c = lab(*view.matte.guide.get_pixel(x, y));
        for (channel, v) in channels.iter_mut().zip([c.l, c.a, c.b]) {
            channel.push(v);
        }
    }
    let [l, a, b] = channels.map(|mut c| crate::pixels::quantile(&mut c, 0.5).unwrap_or(0.0));
    Lab::new(l, a, b)
}

/// The index that splits the colours into two groups of least spread, and how far the means of the
/// eight colours on either side of it lie apart.
fn best_split(colours: &[Lab]) -> (usize, f32) {
    let n = colours.len();
    let mut sums = vec![[0.0_f32; 4]];
    for c in colours {
        let last = sums[sums.len() - 1];
        let square = c.l * c.l + c.a * c.a + c.b * c.b;
        sums.push([last[0] + c.l, last[1] + c.a, last[2] + c.b, last[3] + square]);
    }
    let spread = |i: usize, j: usize| {
        let d: Vec<f32> = (0..4).map(|k| sums[j][k] - sums[i][k]).collect();
        d[3] - (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]) / (j - i) as f32
    };
    let split = (4..n - 4)
        .min_by(|&a, &b| (spread(0, a) + spread(a, n)).total_cmp(&(spread(0, b) + spread(b, n))))
        .unwrap_or(n / 2);
    let mean = |i: usize, j: usize| {
        let m = |k: usize| (sums[j][k] - sums[i][k]) / (j - i) as f32;
        Lab::new(m(0), m(1), m(2))
    };
    let below = mean(split.saturating_sub(8), split);
    let above = mean(split, (split + 8).min(n));
    (split, delta_e(below, above))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_split_is_where_the_colour_changes() {
        let skin = Lab::new(70.0, 12.0, 15.0);
        let hair = Lab::new(20.0, 3.0, 4.0);
        let colours: Vec<Lab> = (0..40).map(|i| if i < 27 { skin } else { hair }).collect();
        let (split, difference) = best_split(&colours);
        assert_eq!(split, 27);
        assert!(difference > 40.0);
        let (_, none) = best_split(&[skin; 40]);
        assert!(none < 0.1);
    }
}
