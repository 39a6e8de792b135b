//! Samples as stored → 8-bit sRGB over white.
//!
//! Conversion by `moxcms`, the colour engine `image` itself uses, with the
//! *relative colorimetric* intent: what lies inside sRGB keeps its measured
//! colour, and the medium's white becomes white. Perceptual tables would shift
//! every colour to make room for those outside, and the stages after this one
//! measure backgrounds and skin. 16-bit samples are converted as such, and
//! rounded to 8 bits last.

mod flatten;

use image::RgbImage;
use moxcms::{ColorProfile, DataColorSpace, Layout, ProfileText};

use super::ColourSpace;
use super::raster::{Declared, Model, Raster, Samples};
use flatten::{Sample, flatten};

/// A picture in sRGB, not yet turned upright, and what its colours were.
pub struct Converted {
    pub pixels: RgbImage,
    pub colour_space: ColourSpace,
    pub icc_description: Option<String>,
    pub icc_problem: Option<String>,
}

/// How the samples are to be read.
struct Meaning {
    /// `None` for samples that are sRGB already, or untagged.
    profile: Option<ColorProfile>,
    colour_space: ColourSpace,
    description: Option<String>,
    problem: Option<String>,
}

/// Converts a raster to sRGB. A profile that cannot be used is recorded, and
/// the samples are then treated as untagged.
pub fn to_srgb(raster: Raster) -> Converted {
    let mut meaning = meaning(&raster);
    let (width, height) = (raster.width, raster.height);
    let (model, premultiplied) = (raster.model, raster.premultiplied);
    let rgb = match raster.samples {
        Samples::Eight(samples) => flatten(samples, model, premultiplied, &mut meaning),
        Samples::Sixteen(samples) => flatten(samples, model, premultiplied, &mut meaning),
    };
    // The readers have checked the number of samples.
    let pixels = RgbImage::from_raw(width, height, rgb)
        .expect("three bytes for each pixel of a checked raster");
    Converted {
        pixels,
        colour_space: meaning.colour_space,
        icc_description: meaning.description,
        icc_problem: meaning.problem,
    }
}

fn meaning(raster: &Raster) -> Meaning {
    let untagged = |problem| {
        let (colour_space, profile) = match (raster.model, raster.declared) {
            (Model::Grey | Model::GreyAlpha, _) => (ColourSpace::Grey, None),
            (Model::Cmyk, _) => (ColourSpace::Cmyk, None),
            (_, Declared::Nothing) => (ColourSpace::UntaggedRgb, None),
            (_, Declared::Srgb) => (ColourSpace::Srgb, None),
            (_, Declared::AdobeRgb) => {
                let profile = ColorProfile::new_adobe_rgb();
                (ColourSpace::AdobeRgb, Some(profile))
            }
        };
        Meaning { profile, colour_space, description: None, problem }
    };
    let Some(icc) = &raster.icc else {
        return untagged(None);
    };
    let profile = match ColorProfile::new_from_slice(icc) {
        Ok(profile) => profile,
        Err(error) => return untagged(Some(format!("unreadable profile: {error}"))),
    };
    let description = description(&profile);
    let wanted = match raster.model {
        Model::Grey | Model::GreyAlpha => DataColorSpace::Gray,
        Model::Rgb | Model::Rgba => DataColorSpace::Rgb,
        Model::Cmyk => DataColorSpace::Cmyk,
    };
    if profile.color_space != wanted {
        let problem = format!(
            "profile for {:?} samples in a picture of {wanted:?} samples",
            profile.color_space
        );
        return Meaning { description, ..untagged(Some(problem)) };
    }
    let colour_space = match wanted {
        DataColorSpace::Gray => ColourSpace::Grey,
        DataColorSpace::Cmyk => ColourSpace::Cmyk,
        _ => rgb_space(&profile, description.as_deref()),
    };
    Meaning {
        // Converting sRGB to sRGB would cost time and a rounding error.
        profile: (colour_space != ColourSpace::Srgb).then_some(profile),
        colour_space,
        description,
        problem: None,
    }
}

/// The profile's own name. Version 4 profiles have one in each language.
fn description(profile: &ColorProfile) -> Option<String> {
    let text = match profile.description.as_ref()? {
        ProfileText::PlainString(text) => text,
        ProfileText::Description(text) => &text.ascii_string,
        ProfileText::Localizable(texts) => {
            let english = texts.iter().find(|text| text.language == "en");
            &english.or(texts.first())?.value
        }
    };
    let text = text.trim_end_matches('\0').trim();
    (!text.is_empty()).then(|| text.to_string())
}

/// Names an RGB profile by what it does, not by what it calls itself: profiles
/// with the same effect on a grid of colours are the same space.
fn rgb_space(profile: &ColorProfile, description: Option<&str>) -> ColourSpace {
    let grid = grid();
    let effect = |profile: &ColorProfile| {
        let transform = u8::transform(profile, Layout::Rgb, Layout::Rgb).ok()?;
        let mut converted = vec![0; grid.len()];
        transform.transform(&grid, &mut converted).ok()?;
        Some(converted)
    };
    let Some(found) = effect(profile) else {
        return ColourSpace::OtherRgb(description.unwrap_or_default().into());
    };
    let close = |other: &[u8]| found.iter().zip(other).all(|(a, b)| a.abs_diff(*b) <= 2);
    if close(&grid) {
        ColourSpace::Srgb
    } else if effect(&ColorProfile::new_adobe_rgb()).is_some_and(|other| close(&other)) {
        ColourSpace::AdobeRgb
    } else if effect(&ColorProfile::new_display_p3()).is_some_and(|other| close(&other)) {
        ColourSpace::DisplayP3
    } else {
        ColourSpace::OtherRgb(description.unwrap_or_default().into())
    }
}

/// 6 × 6 × 6 RGB colours.
fn grid() -> Vec<u8> {
    let level = |index: u32| (index % 6 * 51) as u8;
    (0..216).flat_map(|index| [level(index), level(index / 6), level(index / 36)]).collect()
}
