//! The packed forms of what is kept of a picture.
//!
//! Two parts: the readings, which are all that judging needs, and the details, which reports show
//! besides: evidence, facts of the file, faces, marks and attributes.

use palette::Lab;

use super::packed::{Packed, pack, structs};
use super::reads_pixels;
use crate::body::{Marks, Shoulders};
use crate::check::{self, Check, Look};
use crate::face::{Face, Pose};
use crate::framing::Geometry;
use crate::gist::{Gist, Seam, Tone};
use crate::model::attributes::Attributes;
use crate::photo::{ColourSpace, FileFacts, Format, JpegFacts};
use crate::pipeline::{Judged, Seen};
use crate::verdict::{Evidence, Measured, Reading, Unreadable, Value};

structs! {
    Geometry { picture, crown, chin, pupils, cheeks }
    Pose { yaw, pitch, roll }
    Face { score, presence, bounds, mesh, pose }
    Shoulders { right, left, angle, confidence }
    Marks { crown, hairline, shoulders }
    Attributes {
        right_ear, left_ear, forehead, brows, glasses, mouth, eyes, headwear, earring, necklace,
        neckline, pattern,
    }
    JpegFacts { quality, quality_exact, progressive, subsampling, restart_interval }
    FileFacts {
        format, extension, bytes, width, height, dpi, bits_per_channel, channels, bits_per_pixel,
        colour_space, icc_description, icc_problem, orientation, jpeg, raw_preview,
    }
}

const FORMATS: [Format; 15] = [
    Format::Jpeg,
    Format::Png,
    Format::WebP,
    Format::Tiff,
    Format::Bmp,
    Format::Dng,
    Format::Cr2,
    Format::Cr3,
    Format::Nef,
    Format::Arw,
    Format::Orf,
    Format::Rw2,
    Format::Pef,
    Format::Raf,
    Format::OtherRaw,
];

impl Packed for Format {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(FORMATS.iter().position(|f| f == self).map_or(u8::MAX, |i| i as u8));
    }
    fn get(from: &mut &[u8]) -> Option<Self> {
        FORMATS.get(usize::from(u8::get(from)?)).copied()
    }
}

impl Packed for ColourSpace {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(match self {
            ColourSpace::Srgb => 0,
            ColourSpace::UntaggedRgb => 1,
            ColourSpace::AdobeRgb => 2,
            ColourSpace::DisplayP3 => 3,
            ColourSpace::OtherRgb(_) => 4,
            ColourSpace::Grey => 5,
            ColourSpace::Cmyk => 6,
        });
        if let ColourSpace::OtherRgb(name) = self {
            name.put(out);
        }
    }
    fn get(from: &mut &[u8]) -> Option<Self> {
        Some(match u8::get(from)? {
            0 => ColourSpace::Srgb,
            1 => ColourSpace::UntaggedRgb,
            2 => ColourSpace::AdobeRgb,
            3 => ColourSpace::DisplayP3,
            4 => ColourSpace::OtherRgb(String::get(from)?),
            5 => ColourSpace::Grey,
            6 => ColourSpace::Cmyk,
            _ => return None,
        })
    }
}

impl Packed for Evidence {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Evidence::Points(points) => {
                out.push(0);
                points.put(out);
            }
            Evidence::Line(a, b) => {
                out.push(1);
                (*a, *b).put(out);
            }
            Evidence::Region(outline) => {
                out.push(2);
                outline.put(out);
            }
        }
    }
    fn get(from: &mut &[u8]) -> Option<Self> {
        Some(match u8::get(from)? {
            0 => Evidence::Points(Packed::get(from)?),
            1 => {
                let (a, b) = Packed::get(from)?;
                Evidence::Line(a, b)
            }
            2 => Evidence::Region(Packed::get(from)?),
            _ => return None,
        })
    }
}

/// A reading without its evidence, which is among the details.
impl Packed for Reading {
    fn put(&self, out: &mut Vec<u8>) {
        match &self.value {
            Value::Number(n) => {
                out.push(0);
                n.put(out);
            }
            Value::Name(name) => {
                out.push(1);
                name.put(out);
            }
        }
        self.confidence.put(out);
    }
    fn get(from: &mut &[u8]) -> Option<Self> {
        let value = match u8::get(from)? {
            0 => Value::Number(f64::get(from)?),
            1 => Value::Name(String::get(from)?),
            _ => return None,
        };
        Some(Reading { value, confidence: f64::get(from)?, evidence: Vec::new() })
    }
}

/// A tone without its evidence.
impl Packed for Tone {
    fn put(&self, out: &mut Vec<u8>) {
        [self.colour.l, self.colour.a, self.colour.b].put(out);
        self.confidence.put(out);
    }
    fn get(from: &mut &[u8]) -> Option<Self> {
        let [l, a, b] = Packed::get(from)?;
        let confidence = f64::get(from)?;
        Some(Tone { colour: Lab::new(l, a, b), confidence, evidence: Vec::new() })
    }
}

structs! {
    Seam { difference, garment }
    Gist { geometry, cut_off, presence, nose, cheeks, background, garment }
}

/// The two parts of what is kept of a picture.
pub(super) struct Parts {
    pub(super) readings: Vec<u8>,
    pub(super) details: Vec<u8>,
}

/// Pack what was seen of a judged picture.
pub(super) fn parts(judged: &Judged) -> Parts {
    let mut out = Parts { readings: Vec::new(), details: Vec::new() };
    for (_, measured) in judged.measurements.iter().filter(|(c, _)| reads_pixels(c)) {
        measured.put(&mut out.readings);
        measured.as_ref().map_or(&Vec::new(), |r| &r.evidence).put(&mut out.details);
    }
    judged.gist.put(&mut out.readings);
    let none = Vec::new();
    let background = judged.gist.as_ref().ok().and_then(|g| g.background.as_ref().ok());
    background.map_or(&none, |t| &t.evidence).put(&mut out.details);
    let garment = judged.gist.as_ref().ok().and_then(|g| g.garment.as_ref().ok());
    garment.map_or(&none, |s| &s.garment.evidence).put(&mut out.details);
    judged.facts.put(&mut out.details);
    judged.faces.put(&mut out.details);
    out.details.extend(pack(&judged.person));
    out
}

/// The checks of a maker's list, in its order; none for one that this program does not have.
pub(super) fn checks_of(list: &str) -> Vec<Option<&'static Check>> {
    list.split_ascii_whitespace().map(check::find).collect()
}

/// What was measured, from the readings alone: without evidence.
pub(super) fn look(mut readings: &[u8], checks: &[Option<&'static Check>]) -> Option<Look> {
    let from = &mut readings;
    let mut measurements = Vec::with_capacity(checks.len());
    for check in checks {
        let measured = Measured::get(from)?;
        measurements.extend(check.map(|c| (c, measured)));
    }
    let gist = Result::<Gist, Unreadable>::get(from)?;
    from.is_empty().then_some(Look { measurements, gist })
}

/// Everything that is kept of a picture.
pub(super) fn seen(
    readings: &[u8],
    mut details: &[u8],
    checks: &[Option<&'static Check>],
) -> Option<Seen> {
    let mut look = look(readings, checks)?;
    let from = &mut details;
    let mut into = look.measurements.iter_mut();
    for check in checks {
        let evidence = Packed::get(from)?;
        if let (Some(_), Some((_, Ok(reading)))) = (check, check.and_then(|_| into.next())) {
            reading.evidence = evidence;
        }
    }
    let (background, garment) = (Packed::get(from)?, Packed::get(from)?);
    if let Ok(gist) = &mut look.gist {
        if let Ok(tone) = &mut gist.background {
            tone.evidence = background;
        }
        if let Ok(seam) = &mut gist.garment {
            seam.garment.evidence = garment;
        }
    }
    let (facts, faces, person) = (Packed::get(from)?, Packed::get(from)?, Packed::get(from)?);
    from.is_empty().then_some(Seen { facts, faces, person, look })
}
