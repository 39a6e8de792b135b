//! Whether the garment stands out from the background.

use std::ops::Range;

use palette::Lab;

use super::{Check, Measure, face_confidence, fault, text};
use crate::body::Part;
use crate::gist::{Gist, Seam, Tone};
use crate::pixels::{delta_e00, lab, labs_of, means, quantile};
use crate::scene::Portrait;
use crate::spans::{Spans, numbers};
use crate::target::Target;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};
use crate::windows::window_means;

/// The check.
pub(super) const CHECK: Check = Check {
    id: "garment_contrast",
    title: text("服装与背景相近", "Clothes blend"),
    unit: "ΔE00",
    names: &[],
    clause: "99号: 着装与背景色区分明显 (clothing clearly different from the background); rejected as 上衣颜色接近背景色 and 黑边检测不合格 (black-edge check failed)",
    method: text(
        "服装与背景在交界线两侧的色差（CIEDE2000），两侧各取 0.6 倍瞳孔间距窗口内的平均值：交界线上有十分之一的位置色差小于此值。规格要求替换背景时，再求服装主色与新背景的色差，取两者中较小的：在标准照上服装也要看得清。",
        "Colour difference CIE DE2000 between garment and background, means over windows of 0.6 eye distances, along their common edge: a tenth of the edge differs by less. Where the profile replaces the background, the lesser of that and of the difference between the garment's commonest colour and the new background: the standard picture must show the garment too.",
    ),
    low: fault(
        "clothes_blend",
        text("上衣颜色接近背景色", "top blends with the background"),
        text(
            "上衣跟背景一个颜色，拍不出来，换件有领的深(浅)色。",
            "Your top matches the backdrop; change into a darker or lighter one with a collar.",
        ),
    ),
    high: fault(
        "clothes_stand_out",
        text("服装过于醒目", "clothes stand out too much"),
        text("换件素一点的上衣。", "A plainer top, please."),
    ),
    suspicion: false,
    measure: Measure::Target(measure),
};

/// Share of the edge that may differ by less than the reading.
const LEAST: f32 = 0.1;

fn measure(gist: &Gist, target: &Target) -> Measured {
    let Seam { difference, garment } = gist.garment.clone()?;
    let new = target.replacement.map_or(f32::MAX, |c| delta_e00(garment.colour, lab(c)));
    Ok(Reading {
        value: Value::Number(difference.min(new).into()),
        confidence: garment.confidence,
        evidence: garment.evidence,
    })
}

/// How the garment stands out from the background that is there.
pub(super) fn seen(portrait: &Portrait) -> Result<Seam, Unreadable> {
    let edge = edge(portrait);
    let mut differences: Vec<f32> = edge.iter().map(|e| e.1).collect();
    let Some(beside) = quantile(&mut differences, LEAST) else {
        return Err(Unreadable::because(text(
            "画面里衣服和背景没有挨着",
            "garment and background do not meet in the picture",
        )));
    };
    let garment = portrait.person.body.garment.clone()?;
    let worst = edge.iter().filter(|e| e.1 <= beside).step_by((edge.len() / 200).max(1));
    // One eye distance of edge is little to tell by.
    let length = 2.0 * edge.len() as f32 / portrait.matte_eyes();
    let garment = Tone {
        colour: garment.colour,
        confidence: face_confidence(portrait) * f64::from(length / 1.5).min(1.0),
        evidence: vec![Evidence::Points(worst.map(|e| e.0).collect())],
    };
    Ok(Seam { difference: beside, garment })
}

/// Places on the edge between garment and background (photo), and how far the colours differ there.
fn edge(portrait: &Portrait) -> Vec<([f32; 2], f32)> {
    let body = &portrait.person.body;
    let (w, h) = (body.parts.map.width() / 2, body.parts.map.height() / 2);
    let half = means(&body.matte.guide, [0, 0], 2, (w, h));
    let [x0, y0, x1, y1] = body.inside.map(|v| v / 2);
    let inside = |x: u32, y: u32| (x0 + 2..x1 - 1).contains(&x) && (y0 + 2..y1 - 1).contains(&y);
    // What has the colour of skin beside and below the neck is worn too, or bare: either way it is seen
    // against the background.
    let [cx, cy] = portrait.on_matte(152);
    let eyes = portrait.matte_eyes();
    let shoulder = |x: u32, y: u32| {
        2.0 * y as f32 > cy + 0.8 * eyes && (2.0 * x as f32 - cx).abs() > 0.9 * eyes
    };
    let part = |x: u32, y: u32| match body.parts.at(2 * x, 2 * y) {
        Part::Skin if shoulder(x, y) => Part::Garment,
        part => part,
    };
    let radius = (0.15 * eyes).max(2.0) as usize;
    // Of the garment, then of the background: how much, and its colour; above the chin nobody asks.
    let first = ((cy / 2.0).max(0.0) as usize).saturating_sub(radius).min(h as usize);
    let places = (first as u32..h).flat_map(|y| (0..w).map(move |x| (x, y)));
    let mut colours = vec![Lab::new(0.0, 0.0, 0.0); w as usize * (h as usize - first)];
    labs_of(&half.as_raw()[3 * w as usize * first..], &mut colours);
    let mut sums = vec![[0.0; 8]; (w * h) as usize];
    let below = sums[w as usize * first..].iter_mut();
    for ((all, (x, y)), c) in below.zip(places).zip(colours) {
        let colour = [1.0, c.l, c.a, c.b];
        match part(x, y) {
            Part::Garment if inside(x, y) => all[..4].copy_from_slice(&colour),
            Part::Background if inside(x, y) => all[4..].copy_from_slice(&colour),
            _ => {}
        }
    }
    let is_edge = |x: u32, y: u32| part(x, y) == Part::Edge && inside(x, y);
    let wanted = Spans::of((w as usize, h as usize), |i| {
        let (x, y) = (i as u32 % w, i as u32 / w);
        2.0 * y as f32 > cy && is_edge(x, y)
    });
    let of = |y: usize, run: Range<usize>| &sums[numbers(w as usize, y, &run)];
    let means = window_means(of, &wanted, radius);
    let back = body.matte.to_matte.inverse();
    let of_lab = |s: &[f32]| Lab::new(s[1] / s[0], s[2] / s[0], s[3] / s[0]);
    let mut edge = Vec::new();
    for (y, run, means) in means.runs() {
        for (x, s) in run.zip(means) {
            let (x, y) = (x as u32, y as u32);
            if is_edge(x, y) && s[0] > 0.12 && s[4] > 0.12 {
                let place = back.apply([2.0 * x as f32, 2.0 * y as f32]);
                edge.push((place, delta_e00(of_lab(&s[..4]), of_lab(&s[4..]))));
            }
        }
    }
    edge
}
