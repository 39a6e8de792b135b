//! Samples of either depth and any model → RGB over white, 8 bits.

use std::sync::Arc;

use moxcms::{
    CmsError, ColorProfile, Layout, RenderingIntent, TransformExecutor, TransformOptions,
};

use super::super::raster::Model;
use super::Meaning;

/// Samples of either depth.
pub trait Sample: Copy + Default + 'static {
    const MAX: u32;
    fn get(self) -> u32;
    fn of(value: u32) -> Self;
    fn transform(
        profile: &ColorProfile,
        from: Layout,
        to: Layout,
    ) -> Result<Arc<dyn TransformExecutor<Self> + Send + Sync>, CmsError>;
    /// Rounds to 8 bits.
    fn eight(samples: Vec<Self>) -> Vec<u8>;
}

fn options() -> TransformOptions {
    TransformOptions {
        rendering_intent: RenderingIntent::RelativeColorimetric,
        ..TransformOptions::default()
    }
}

impl Sample for u8 {
    const MAX: u32 = 255;
    fn get(self) -> u32 {
        self.into()
    }
    fn of(value: u32) -> Self {
        value as u8
    }
    fn transform(
        profile: &ColorProfile,
        from: Layout,
        to: Layout,
    ) -> Result<Arc<dyn TransformExecutor<u8> + Send + Sync>, CmsError> {
        profile.create_transform_8bit(from, &ColorProfile::new_srgb(), to, options())
    }
    fn eight(samples: Vec<u8>) -> Vec<u8> {
        samples
    }
}

impl Sample for u16 {
    const MAX: u32 = 65_535;
    fn get(self) -> u32 {
        self.into()
    }
    fn of(value: u32) -> Self {
        value as u16
    }
    fn transform(
        profile: &ColorProfile,
        from: Layout,
        to: Layout,
    ) -> Result<Arc<dyn TransformExecutor<u16> + Send + Sync>, CmsError> {
        profile.create_transform_16bit(from, &ColorProfile::new_srgb(), to, options())
    }
    fn eight(samples: Vec<u16>) -> Vec<u8> {
        // 65535 = 257 × 255.
        let round = |sample: u16| ((u32::from(sample) + 128) / 257) as u8;
        samples.into_iter().map(round).collect()
    }
}

/// Samples of any model → RGB, 8 bits, over white. A profile that turns out to
/// be unusable is recorded in `meaning` and ignored.
pub fn flatten<T: Sample>(
    mut samples: Vec<T>,
    model: Model,
    premultiplied: bool,
    meaning: &mut Meaning,
) -> Vec<u8> {
    if premultiplied {
        divide_by_alpha(&mut samples, model);
    }
    let converted = meaning.profile.as_ref().map(|profile| by_profile(&samples, model, profile));
    let colours = match converted {
        Some(Ok(colours)) => colours,
        Some(Err(error)) => {
            meaning.problem = Some(format!("unusable profile: {error}"));
            by_definition(samples, model)
        }
        None => by_definition(samples, model),
    };
    T::eight(match model {
        Model::GreyAlpha | Model::Rgba => over_white(&colours),
        Model::Grey | Model::Rgb | Model::Cmyk => colours,
    })
}

/// Pre-multiplied colours are not colours: a profile cannot be applied to them.
fn divide_by_alpha<T: Sample>(samples: &mut [T], model: Model) {
    if !matches!(model, Model::GreyAlpha | Model::Rgba) {
        return;
    }
    for pixel in samples.chunks_exact_mut(model.channels()) {
        if let Some((alpha, colours)) = pixel.split_last_mut()
            && alpha.get() > 0
        {
            for colour in colours {
                *colour = T::of((colour.get() * T::MAX / alpha.get()).min(T::MAX));
            }
        }
    }
}

/// RGB, or RGBA where there is alpha, by an ICC profile.
fn by_profile<T: Sample>(
    samples: &[T],
    model: Model,
    profile: &ColorProfile,
) -> Result<Vec<T>, CmsError> {
    let (from, to, channels) = match model {
        Model::Grey => (Layout::Gray, Layout::Rgb, 3),
        Model::GreyAlpha => (Layout::GrayAlpha, Layout::Rgba, 4),
        Model::Rgb => (Layout::Rgb, Layout::Rgb, 3),
        Model::Rgba => (Layout::Rgba, Layout::Rgba, 4),
        // moxcms has no layout of its own for four inks.
        Model::Cmyk => (Layout::Rgba, Layout::Rgb, 3),
    };
    let transform = T::transform(profile, from, to)?;
    let mut converted = vec![T::default(); samples.len() / model.channels() * channels];
    transform.transform(samples, &mut converted)?;
    Ok(converted)
}

/// RGB, or RGBA where there is alpha, without a profile: grey and RGB are
/// taken to be sRGB, and inks to absorb independently (PostScript Language
/// Reference, 7.2.4, in its multiplicative form).
fn by_definition<T: Sample>(samples: Vec<T>, model: Model) -> Vec<T> {
    match model {
        Model::Rgb | Model::Rgba => samples,
        Model::Grey => samples.iter().flat_map(|&grey| [grey; 3]).collect(),
        Model::GreyAlpha => samples
            .chunks_exact(2)
            .flat_map(|pixel| [pixel[0], pixel[0], pixel[0], pixel[1]])
            .collect(),
        Model::Cmyk => {
            let light = |ink: T, black: T| {
                let product = u64::from(T::MAX - ink.get()) * u64::from(T::MAX - black.get());
                T::of(((product + u64::from(T::MAX / 2)) / u64::from(T::MAX)) as u32)
            };
            samples
                .chunks_exact(4)
                .flat_map(|ink| [0, 1, 2].map(|channel| light(ink[channel], ink[3])))
                .collect()
        }
    }
}

/// RGBA → RGB over white. In encoded sRGB, not in linear light: that is how
/// editors and browsers show it.
fn over_white<T: Sample>(samples: &[T]) -> Vec<T> {
    let max = u64::from(T::MAX);
    samples
        .chunks_exact(4)
        .flat_map(|pixel| {
            let alpha = u64::from(pixel[3].get());
            [pixel[0], pixel[1], pixel[2]].map(|colour| {
                let mixed = u64::from(colour.get()) * alpha + max * (max - alpha);
                T::of(((mixed + max / 2) / max) as u32)
            })
        })
        .collect()
}
