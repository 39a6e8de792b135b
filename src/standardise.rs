//! The standard picture: crop, uniform scale, and where the profile allows it another background.
//!
//! Nothing turns, mirrors, warps or retouches the person (99号 forbids it): the picture is cut out as
//! [`crate::framing`] planned it, averaged in linear light, and re-encoded.

mod background;
mod doubt;
pub mod encode;
mod lanczos;
mod resample;
pub mod sheet;

use image::{Rgb, RgbImage};

pub use background::RADII;

use crate::framing::Plan;
use crate::scene::{Person, Scene};

/// What to do with the background.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    /// Leave its pixels.
    Keep,
    /// Fill it with the profile's colour.
    Replace,
    /// Replace it where the profile allows it and it is not as wanted.
    #[default]
    Auto,
}

/// What was done with it.
#[derive(Clone, Debug, PartialEq)]
pub enum Background {
    /// Its pixels are those of the capture.
    Kept,
    /// It was filled with this colour.
    Replaced(Rgb<u8>),
}

/// A standard picture.
#[derive(Clone, Debug)]
pub struct Standard {
    /// Its pixels, sRGB.
    pub picture: RgbImage,
    /// What was done with the background.
    pub background: Background,
}

/// The standard picture of a person. `fill` is what the background is filled with, or `None` to keep it.
pub fn render(scene: &Scene, person: &Person, plan: &Plan, fill: Option<Rgb<u8>>) -> Standard {
    let linear = resample::crop(&scene.photo.pixels, plan);
    let Some(colour) = fill else {
        return Standard { picture: resample::to_srgb(&linear), background: Background::Kept };
    };
    let picture = resample::to_srgb(&linear);
    // From the standard picture to the matte's pixels: back over the crop, then as the photo goes.
    let to_matte = resample::after(plan, &person.body.matte.to_matte);
    let alpha = person.body.matte.on(&picture, &to_matte);
    let eyes = plan.eye_distance();
    let alpha = doubt::settle(&picture, &alpha, eyes);
    let filled = background::replace(&linear, &alpha, colour, eyes);
    Standard { picture: resample::to_srgb(&filled), background: Background::Replaced(colour) }
}
