//! Near misses of checks whose faults are renders of their own (`FAULTS` of `main.rs`): a compliant capture,
//! changed until its reading has most of the way to the limit behind it, and still passes.

use image::imageops::{FilterType, blur, resize};
use image::{Rgb, RgbImage};
use photogate::verdict::Outcome;

use super::cases::Picture::{self, *};
use super::common::{finding, number};
use super::shown;

/// A check, a picture, and the end of the pass band that its reading must lie in.
struct Near {
    check: &'static str,
    picture: Picture,
    within: [f64; 2],
}

/// A near miss.
const fn near(check: &'static str, picture: Picture, within: [f64; 2]) -> Near {
    Near { check, picture, within }
}

const NEAR: &[Near] = &[
    // What is round and has the colour of skin is no second person.
    near("face_count", Made("c01", ball), [1.0, 1.0]),
    near("yaw", Made("c01", |p| pushed(p, [28.0, 0.0])), [4.5, 8.0]),
    near("yaw", Made("c01", |p| pushed(p, [-24.0, 0.0])), [-8.0, -4.5]),
    near("pitch", Made("c01", |p| pushed(p, [0.0, -20.0])), [5.0, 8.0]),
    near("pitch", Made("c01", |p| pushed(p, [0.0, 30.0])), [-11.0, -6.0]),
    near("roll", Made("c01", |p| tilted(p, 4.2)), [3.5, 5.0]),
    near("pupil_line", Made("c01", |p| tilted(p, 3.5)), [2.8, 4.0]),
    near("eyes_open", Fixture("lids_low"), [0.16, 0.24]),
    near("lips_closed", Made("c01", parted), [0.04, 0.08]),
    near("sharpness", Made("c01", |p| blur(&p, 1.0)), [0.45, 0.55]),
    near("split_light", Made("c01", |p| lit_aside(p, 0.15)), [7.0, 12.0]),
    near("exposure", Made("c07", |p| exposed(p, 0.55)), [30.0, 36.0]),
    near("exposure", Made("c02", |p| exposed(p, 1.08)), [88.5, 92.0]),
    near("highlights", Made("c02", |p| exposed(p, 1.08)), [0.1, 1.0]),
    near("inter_ocular_distance", Made("c01", small), [78.0, 83.0]),
];

#[test]
fn what_comes_near_a_limit_passes() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for Near { check, picture, within: [from, to] } in NEAR {
        let judged = shown(&folder, *picture);
        let (found, value) = (finding(&judged, check), number(&judged, check));
        if found.outcome != Outcome::Pass || !(*from..=*to).contains(&value) {
            wrong.push(format!("{check}: {value} ({:?}), wanted {from} to {to}", found.outcome));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The picture with each pixel from another place, between four pixels.
fn from(picture: &RgbImage, place: impl Fn([f32; 2]) -> [f32; 2]) -> RgbImage {
    let (w, h) = picture.dimensions();
    RgbImage::from_fn(w, h, |x, y| {
        let [px, py] = place([x as f32, y as f32]);
        let (px, py) = (px.clamp(0.0, w as f32 - 1.01), py.clamp(0.0, h as f32 - 1.01));
        let (left, top) = (px as u32, py as u32);
        let (right, down) = (px - left as f32, py - top as f32);
        let at = |x: u32, y: u32, k: usize| f32::from(picture.get_pixel(x, y).0[k]);
        Rgb(std::array::from_fn(|k| {
            let row = |y| at(left, y, k) * (1.0 - right) + at(left + 1, y, k) * right;
            (row(top) * (1.0 - down) + row(top + 1) * down + 0.5) as u8
        }))
    })
}

/// 1 in the middle of an ellipse, smoothly 0 at its edge and beyond.
fn bump([x, y]: [f32; 2], middle: [f32; 2], radii: [f32; 2]) -> f32 {
    let r = ((x - middle[0]) / radii[0]).powi(2) + ((y - middle[1]) / radii[1]).powi(2);
    (1.0 - r).max(0.0).powi(2)
}

/// c01's nose and what is around it moved, and the edge of its face not: as a turned or nodding head shows it.
fn pushed(picture: RgbImage, [right, down]: [f32; 2]) -> RgbImage {
    from(&picture, |p| {
        let by = bump(p, [360.0, 390.0], [150.0, 190.0]);
        [p[0] - right * by, p[1] - down * by]
    })
}

/// Turned around c01's face, to its left shoulder.
fn tilted(picture: RgbImage, degrees: f32) -> RgbImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    from(&picture, |[x, y]| {
        let (x, y) = (x - 360.0, y - 380.0);
        [360.0 + cos * x + sin * y, 380.0 - sin * x + cos * y]
    })
}

/// c01's lips parted by 6 px, dark between them.
fn parted(picture: RgbImage) -> RgbImage {
    let gap = |x: f32| 6.0 * (1.0 - ((x - 359.0) / 36.0).powi(2)).max(0.0);
    let below = 434.0;
    let mut parted = from(&picture, |[x, y]| {
        let fades = (1.0 - (y - below) / 60.0).clamp(0.0, 1.0);
        [x, if y < below { y } else { (y - gap(x) * fades).max(below) }]
    });
    for (x, y, p) in parted.enumerate_pixels_mut() {
        if (below..below + gap(x as f32)).contains(&(y as f32)) {
            *p = Rgb([70, 30, 30]);
        }
    }
    parted
}

/// With a share of the light, which is linear.
fn lit(c: u8, share: f32) -> u8 {
    let linear = (f32::from(c) / 255.0).powf(2.2) * share;
    (255.0 * linear.min(1.0).powf(1.0 / 2.2) + 0.5) as u8
}

/// The whole picture with this share of its light.
pub fn exposed(mut picture: RgbImage, share: f32) -> RgbImage {
    for p in picture.pixels_mut() {
        p.0 = p.0.map(|c| lit(c, share));
    }
    picture
}

/// c01's face with more light on its left than on its right.
fn lit_aside(mut picture: RgbImage, by: f32) -> RgbImage {
    for (x, y, p) in picture.enumerate_pixels_mut() {
        if (190..530).contains(&x) && (180..520).contains(&y) {
            let share = 1.0 + by * ((x as f32 - 360.0) / 100.0).clamp(-1.0, 1.0);
            p.0 = p.0.map(|c| lit(c, share));
        }
    }
    picture
}

/// At 585 x 780 px, where c01's pupils are 79 px apart.
fn small(picture: RgbImage) -> RgbImage {
    resize(&picture, 585, 780, FilterType::Lanczos3)
}

/// A ball beside the head, as large as a face.
fn ball(mut picture: RgbImage) -> RgbImage {
    for (x, y, p) in picture.enumerate_pixels_mut() {
        if ((x as f32 - 600.0) / 60.0).hypot((y as f32 - 200.0) / 80.0) < 1.0 {
            *p = Rgb([224, 180, 150]);
        }
    }
    picture
}
