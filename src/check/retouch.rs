//! Whether the skin was smoothed afterwards.

use image::GrayImage;

use super::{Check, Measure, face_confidence, fault, text};
use crate::closeup::CloseUp;
use crate::face::part;
use crate::pixels;
use crate::scene::{Portrait, SKIN};
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "retouch",
    title: text("修图痕迹", "Retouch suspected"),
    unit: "octaves",
    names: &[],
    clause: "99号: no technical processing of scars, moles, skin (不得对人像特征进行技术处理); rejected as PS美颜",
    method: text(
        "脸颊和额头的细节（像素与其周围平均值之差的中位数）与眼睛和眉毛的细节（该差的平均值）之比，取以 2 为底的对数（人脸的瞳孔间距为 90～180 px）：磨皮保留五官而抹掉皮肤的纹理。柔光、化妆和高压缩也会抹掉皮肤的纹理。",
        "log2 of the fine detail of cheeks and forehead (median distance from the mean of the pixels around) over that of eyes and brows (mean), at 90 to 180 px between the pupils: smoothing spares the features and takes the skin's texture. Soft light, make-up and strong compression take it too.",
    ),
    low: fault(
        "smoothed_skin",
        text("PS美颜", "the skin looks smoothed"),
        text("这张像修过，麻烦现场重拍。", "Looks edited; please shoot again."),
    ),
    high: fault(
        "rough_skin",
        text("皮肤纹理过强", "the skin looks sharpened"),
        text("这张像修过，麻烦现场重拍。", "Looks edited; please shoot again."),
    ),
    suspicion: true,
    measure: Measure::Portrait(measure),
};

/// Where a face has its sharpest detail.
const FEATURES: [&[usize]; 4] =
    [part::RIGHT_EYE, part::LEFT_EYE, part::RIGHT_BROW, part::LEFT_BROW];

fn measure(portrait: &Portrait) -> Measured {
    let close = portrait.close_up();
    let detail = detail(close);
    let on = |outlines: &[&[usize]]| {
        let mask = close.region(portrait.face, outlines, &[]);
        chosen(&detail, &mask)
    };
    let mut patches: Vec<f32> = SKIN
        .iter()
        .map(|p| on(&[p]))
        .filter(|v| v.len() > 50)
        .filter_map(|mut v| pixels::quantile(&mut v, 0.5))
        .collect();
    let features = on(&FEATURES);
    let Some(skin) = pixels::quantile(&mut patches, 0.5) else {
        return Err(Unreadable::because(text("皮肤像素太少", "the skin has too few pixels")));
    };
    if features.len() < 50 {
        return Err(Unreadable::because(text("眼睛像素太少", "the eyes have too few pixels")));
    }
    let sharp = features.iter().sum::<f32>() / features.len() as f32;
    // A twentieth of a grey level: less is no detail at all.
    let value = ((skin + 0.05) / (sharp + 0.05)).log2();
    // Below 60 px between the pupils no pore is seen anyway.
    let size = f64::from(close.eyes / 60.0).min(1.0);
    let evidence = SKIN.map(|p| Evidence::Region(portrait.face.outline(p))).to_vec();
    let confidence = face_confidence(portrait) * size;
    Ok(Reading { value: Value::Number(value.into()), confidence, evidence })
}

/// How far each pixel lies from the Gaussian mean (1.2 px) around it, luma.
fn detail(close: &CloseUp) -> Vec<f32> {
    let mean = pixels::blurred(&close.luma, close.size().0, 1.2);
    close.luma.iter().zip(mean).map(|(own, mean)| (own - mean).abs()).collect()
}

fn chosen(values: &[f32], mask: &GrayImage) -> Vec<f32> {
    values.iter().zip(mask.pixels()).filter(|(_, m)| m.0[0] > 0).map(|(v, _)| *v).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage};

    #[test]
    fn detail_is_what_a_blur_takes() {
        let close = |f: &dyn Fn(u32, u32) -> u8| {
            let picture = RgbImage::from_fn(60, 60, |x, y| Rgb([f(x, y); 3]));
            let luma = picture.pixels().map(|p| pixels::luma(*p)).collect();
            CloseUp { picture, luma, by: 1, origin: [0.0; 2], eyes: 90.0 }
        };
        let middle = |v: Vec<f32>| v[30 * 60 + 30];
        assert!(middle(detail(&close(&|x, _| 2 * x as u8))) < 0.05);
        let checks = |x: u32, y: u32| if (x + y).is_multiple_of(2) { 110 } else { 90 };
        assert!(middle(detail(&close(&checks))) > 8.0);
    }
}
