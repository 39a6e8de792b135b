//! A background that was painted in afterwards.

use super::{Check, Measure, face_confidence, fault, good, text};
use crate::scene::Portrait;
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

/// The check.
pub(super) const CHECK: Check = Check {
    id: "background_painted",
    title: text("PS背景", "Edited background"),
    unit: "%",
    names: &[],
    clause: "99号: no technical processing; exam desks reject PS背景 (edited background). Collectors themselves replace the background of the standard file (SCAU), so it is held against captures alone (采集单位会自行替换标准照的背景，所以只查原片)",
    method: text(
        "背景像素（离人物超过 0.3 倍瞳孔间距）中，颜色与背景的颜色中位数完全相同的像素所占的比例。实拍背景因灯光衰减、噪点和布面褶皱，只有 0～45%；画上去的背景有 80～100%。250 及以上的白色不计：灯光把墙面打到过曝，颜色也会同样一致。",
        "Share of the background's own pixels (more than 0.3 eye distances from the person) that have exactly its median colour. A lamp's fall-off, noise and folds leave 0 to 45 % in photographs, a painted background 80 to 100 %. White of 250 and more does not count: a lamp blows a wall out as evenly.",
    ),
    low: good("background_real", text("背景自然", "photographed background")),
    high: fault(
        "background_painted",
        text("PS背景，有抠图痕迹", "the background looks painted in"),
        text(
            "这张背景像修过，请交没改过的原图，或现场重拍。",
            "The background looks edited; send the untouched file or shoot again.",
        ),
    ),
    suspicion: true,
    measure: Measure::Portrait(measure),
};

/// Nearer to the person, eye distances, its edge goes over into the background.
const CLEAR: f32 = 0.3;

/// From this level on, of 255, a channel may be at its end.
const WHITE: u8 = 250;

fn measure(portrait: &Portrait) -> Measured {
    let backdrop = &portrait.person.body.backdrop;
    let samples = backdrop.samples()?;
    let photo = &portrait.scene.photo.pixels;
    let within = |v: f32, n: u32| v.round().clamp(0.0, n as f32 - 1.0) as u32;
    let places: Vec<[f32; 2]> = (samples.iter().filter(|s| s.away > CLEAR))
        .map(|s| backdrop.place([s.x as f32, s.y as f32]))
        .collect();
    let colours: Vec<[u8; 3]> = places
        .iter()
        .map(|p| photo.get_pixel(within(p[0], photo.width()), within(p[1], photo.height())).0)
        .collect();
    if colours.len() < 200 {
        return Err(Unreadable::because(text(
            "画面里背景太少",
            "too little of the background is in the picture",
        )));
    }
    let median: [u8; 3] = std::array::from_fn(|k| {
        let mut channel: Vec<u8> = colours.iter().map(|c| c[k]).collect();
        let middle = channel.len() / 2;
        *channel.select_nth_unstable(middle).1
    });
    let blown = median.iter().all(|v| *v >= WHITE);
    let same = colours.iter().filter(|c| **c == median && !blown).count();
    let step = (places.len() / 24).max(1);
    Ok(Reading {
        value: Value::Number(100.0 * same as f64 / colours.len() as f64),
        confidence: face_confidence(portrait) * backdrop.certainty(&samples),
        evidence: vec![Evidence::Points(places.into_iter().step_by(step).collect())],
    })
}
