//! Whether the irises have a colour that irises rarely have.

use super::{Check, Measure, face_confidence, fault, good, in_colour, text};
use crate::face::{distance, part};
use crate::pixels;
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "cosmetic_lenses",
    title: text("美瞳", "Coloured contact lenses"),
    unit: "C*ab",
    names: &[],
    clause: "99号: no tinted lenses, contact lenses included (不得佩戴有色隐形眼镜); rejected as 美瞳",
    method: text(
        "虹膜的彩度（从半径的一半到将近整个半径的圆环上 CIE a*、b* 的中位数，双眼取平均），只计棕色和橄榄色（色相角 20～130°）以外的色相，棕色和橄榄色记为 0。蓝眼睛和灰眼睛也会有一些读数；棕色的美瞳和只起放大作用的美瞳查不出。",
        "Chroma of the iris (median CIE a*, b* of the ring between half and nearly all of its radius, mean of both eyes) towards any hue but brown and olive (20 to 130 degrees); 0 for those. Blue and grey eyes read some; brown lenses and lenses that only enlarge are not found.",
    ),
    low: good("plain_iris", text("虹膜颜色正常", "usual colour of the irises")),
    high: fault(
        "coloured_iris",
        text("美瞳", "coloured contact lenses"),
        text("美瞳请摘掉再拍。", "Remove coloured lenses."),
    ),
    suspicion: true,
    measure: Measure::Portrait(measure),
};

/// Eyeball, pupil and rim of the iris of both eyes.
const EYES: [(&[usize], usize, &[usize]); 2] = [
    (part::RIGHT_EYEBALL, part::RIGHT_PUPIL, part::RIGHT_IRIS),
    (part::LEFT_EYEBALL, part::LEFT_PUPIL, part::LEFT_IRIS),
];

fn measure(portrait: &Portrait) -> Measured {
    in_colour(portrait)?;
    let colours: Vec<[f32; 2]> = EYES.iter().filter_map(|e| ring(portrait, e)).collect();
    if colours.is_empty() {
        return Err(Unreadable::because(text("眼珠像素太少", "the irises have too few pixels")));
    }
    let mean =
        |k: usize| f64::from(colours.iter().map(|c| c[k]).sum::<f32>()) / colours.len() as f64;
    let evidence = EYES.map(|e| Evidence::Region(portrait.face.outline(e.2))).to_vec();
    // An iris of less than 8 px across mixes with lashes and white.
    let size = f64::from(portrait.face.inter_ocular_distance() / 60.0).min(1.0);
    Ok(Reading {
        value: Value::Number(unusual(mean(0), mean(1))),
        confidence: face_confidence(portrait) * size,
        evidence,
    })
}

/// Chroma of a hue that is neither brown nor olive.
fn unusual(a: f64, b: f64) -> f64 {
    let hue = b.atan2(a).to_degrees();
    if (20.0..=130.0).contains(&hue) { 0.0 } else { a.hypot(b) }
}

/// Median a* and b* of the visible ring of an iris.
fn ring(portrait: &Portrait, (ball, pupil, rim): &(&[usize], usize, &[usize])) -> Option<[f32; 2]> {
    let mask = pixels::region(portrait.chip.dimensions(), &[portrait.on_chip(ball)], &[]);
    let centre = portrait.on_chip(&[*pupil])[0];
    let rim = portrait.on_chip(rim);
    let radius = rim.iter().map(|p| distance(*p, centre)).sum::<f32>() / rim.len() as f32;
    let (mut a, mut b): (Vec<f32>, Vec<f32>) = pixels::disc(mask.dimensions(), centre, radius)
        .filter(|&(x, y)| {
            let d = distance([x as f32, y as f32], centre) / radius;
            mask.get_pixel(x, y).0[0] > 0 && (0.45..0.85).contains(&d)
        })
        .map(|(x, y)| pixels::lab(*portrait.chip.get_pixel(x, y)))
        .map(|c| (c.a, c.b))
        .unzip();
    if a.len() < 6 {
        return None;
    }
    Some([pixels::quantile(&mut a, 0.5)?, pixels::quantile(&mut b, 0.5)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brown_and_olive_are_usual_and_violet_is_not() {
        assert_eq!(unusual(8.0, 10.0), 0.0);
        assert_eq!(unusual(-3.0, 9.0), 0.0);
        assert!(unusual(20.0, -25.0) > 30.0);
    }
}
