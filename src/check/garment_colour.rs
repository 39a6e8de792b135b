//! The colour of the garment, by name.

use palette::Lab;

use super::{Check, Measure, face_confidence, fault, text};
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "garment_colour",
    title: text("服装颜色", "Garment colour"),
    unit: "",
    names: &[
        "white",
        "grey",
        "black",
        "red",
        "pink",
        "orange",
        "brown",
        "beige",
        "yellow",
        "green",
        "cyan",
        "light_blue",
        "blue",
        "navy",
        "purple",
        "multi",
    ],
    clause: "99号: 着装与背景色区分明显 (clothing clearly different from the background); desks differ (各校要求不同; blue: S1, SXLY and AHUT refuse it; white: NJAU refuses it, NJMU and NJTECH require it)",
    method: text(
        "颈部以下服装的主色（L*a*b* 空间中边长为 10 的方格及其相邻方格里出现最多的颜色），按明度、彩度和色相命名；分界值由人工目视标注的人像拟合得出。主色占不到 35% 时为 multi（多色）。",
        "The commonest colour (box of 10 L*a*b* units with its neighbours) of what is worn below the neck, named by lightness, chroma and hue; the bounds are fitted to portraits labelled by eye. multi where it covers less than 35 %.",
    ),
    low: fault(
        "garment_colour",
        text("服装颜色不符合要求", "garment of a colour that is not accepted"),
        text("换一件颜色合适的上衣。", "Please change into a top of an accepted colour."),
    ),
    high: fault(
        "garment_colour",
        text("服装颜色不符合要求", "garment of a colour that is not accepted"),
        text("换一件颜色合适的上衣。", "Please change into a top of an accepted colour."),
    ),
    suspicion: false,
    measure: Measure::Portrait(measure),
};

fn measure(portrait: &Portrait) -> Measured {
    let body = &portrait.person.body;
    let garment = body.garment.clone()?;
    let name = if garment.share < 0.35 { "multi" } else { name(garment.colour) };
    let middle = body.matte.to_matte.inverse().apply(garment.middle);
    // A garment of which a third of the pixels agree is named as surely as one of which all do.
    let confidence = f64::from(garment.area).min(1.0) * face_confidence(portrait);
    let evidence = vec![Evidence::Points(vec![middle])];
    Ok(Reading { value: Value::Name(name.to_owned()), confidence, evidence })
}

/// The basic colour term for a colour: by chroma first, then by hue and lightness.
pub(super) fn name(colour: Lab) -> &'static str {
    let chroma = colour.a.hypot(colour.b);
    let hue = colour.b.atan2(colour.a).to_degrees().rem_euclid(360.0);
    let l = colour.l;
    let bluish = (235.0..305.0).contains(&hue);
    match hue {
        // A dark cloth is called navy from little chroma on; a light one is not called blue.
        _ if l < 14.0 && chroma < 8.0 => "black",
        _ if bluish && l < 30.0 && chroma >= 8.0 => "navy",
        _ if l < 24.0 && chroma < 9.0 => "black",
        _ if l >= 78.0 && chroma < 10.0 => "white",
        _ if chroma < if bluish { 11.0 } else { 9.0 } => "grey",
        h if (335.0..360.0).contains(&h) || h < 48.0 => match (l, chroma) {
            (l, c) if l >= 55.0 && c < 50.0 => "pink",
            (l, _) if l >= 45.0 && h >= 335.0 => "pink",
            (l, c) if l < 45.0 && c < if (35.0..=335.0).contains(&h) { 22.0 } else { 14.0 } => {
                "brown"
            }
            (l, c) if l >= 50.0 && c >= 35.0 && h >= 40.0 => "orange",
            _ => "red",
        },
        h if h < 72.0 => match (l, chroma) {
            (l, c) if l >= 50.0 && c >= 35.0 => "orange",
            (l, _) if l >= 58.0 => "beige",
            _ => "brown",
        },
        h if h < 110.0 => match (l, chroma) {
            (_, c) if c >= 32.0 => "yellow",
            (l, _) if l >= 58.0 => "beige",
            (_, _) if h < 90.0 => "brown",
            _ => "green",
        },
        h if h < 190.0 => "green",
        h if h < 225.0 => "cyan",
        h if h < 300.0 && l >= 60.0 => "light_blue",
        h if h < 300.0 => "blue",
        h if h < 320.0 || l < 50.0 => "purple",
        _ => "pink",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixels::lab;
    use image::Rgb;

    #[test]
    fn plain_colours_have_their_names() {
        for (rgb, wanted) in [
            ([250, 250, 250], "white"),
            ([128, 128, 128], "grey"),
            ([18, 18, 20], "black"),
            ([200, 30, 40], "red"),
            ([240, 170, 185], "pink"),
            ([235, 60, 140], "pink"),
            ([240, 130, 30], "orange"),
            ([95, 60, 40], "brown"),
            ([220, 205, 170], "beige"),
            ([245, 215, 50], "yellow"),
            ([40, 130, 60], "green"),
            ([60, 190, 190], "cyan"),
            ([150, 190, 235], "light_blue"),
            ([100, 197, 255], "light_blue"),
            ([40, 80, 190], "blue"),
            ([25, 32, 66], "navy"),
            ([110, 50, 140], "purple"),
        ] {
            assert_eq!(name(lab(Rgb(rgb))), wanted, "{rgb:?} {:?}", lab(Rgb(rgb)));
        }
    }
}
