//! The body around the face, from the matte: silhouette, crown, hairline, shoulders, neck, and what
//! each pixel shows.
//!
//! Everything is found on the matte's pixels (about 65 px between the eyes) and given in pixels of
//! the photo. Right and left are the subject's own: the right shoulder is on the left of the picture.

mod backdrop;
mod colours;
mod crown;
mod garment;
mod hairline;
mod parts;
mod shoulders;

pub use backdrop::{Backdrop, Sample};
pub use colours::tinge;
pub use garment::Garment;
pub use parts::{Part, Parts};
pub use shoulders::Shoulders;

use imageproc::contours::{BorderType, find_contours};

use crate::face::Face;
use crate::model::matte::Matte;
use crate::model::shoulders::Line;
use crate::pixels::area;
use crate::verdict::Unreadable;

/// Points and lines of the body, photo pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Marks {
    /// Top of the hair (of the hat, where there is one).
    pub crown: Result<[f32; 2], Unreadable>,
    /// Where the hair begins above the middle of the forehead.
    pub hairline: Result<[f32; 2], Unreadable>,
    /// The shoulder line.
    pub shoulders: Result<Shoulders, Unreadable>,
}

/// What the matte shows of the person.
#[derive(Clone, Debug)]
pub struct Body {
    /// The matte itself.
    pub matte: Matte,
    /// Part of the matte's pixels that lies inside the photo: left, top, right, bottom (inclusive).
    pub inside: [u32; 4],
    /// Outline of the person, photo pixels.
    pub silhouette: Vec<[f32; 2]>,
    /// Crown, hairline and shoulder line.
    pub marks: Marks,
    /// Outline of the neck between jaw and collar, photo pixels.
    pub neck: Result<Vec<[f32; 2]>, Unreadable>,
    /// Whether the picture's upper edge surely cuts the head off.
    pub cut_off: bool,
    /// What each pixel shows.
    pub parts: Parts,
    /// What lies behind the person.
    pub backdrop: Backdrop,
    /// The colour of what is worn.
    pub garment: Result<Garment, Unreadable>,
}

/// The body in this matte, whose photo has `size`, around this face, with its shoulders on `line`.
pub fn of(matte: Matte, face: &Face, size: (u32, u32), line: &Line) -> Body {
    let view = View::new(&matte, face, size);
    let crown = crown::crown(&view);
    // Of a head that the picture cuts off, the hair may still begin inside it.
    let top = crown.as_ref().map_or(view.inside[1] as f32, |crown| crown[1]);
    let hairline = hairline::hairline(&view, top);
    let parts = parts::of(&view, hairline.as_ref().ok().copied());
    let shoulders = shoulders::of(&view, line);
    let backdrop = Backdrop::of(&view, &parts, crown.as_ref().ok().copied());
    let garment = garment::of(&view, &parts);
    let back = matte.to_matte.inverse();
    let silhouette = outline(&view).into_iter().map(|p| back.apply(p)).collect();
    let neck = parts.neck(&view).map(|n| n.into_iter().map(|p| back.apply(p)).collect());
    let inside = view.inside;
    let place = |p: [f32; 2]| back.apply(p);
    Body {
        inside,
        silhouette,
        marks: Marks {
            crown: crown.map(place),
            hairline: hairline.map(place),
            shoulders: shoulders.map(|s| Shoulders {
                right: place(s.right),
                left: place(s.left),
                ..s
            }),
        },
        neck,
        cut_off: crown::cut_off(&view),
        parts,
        backdrop,
        garment,
        matte,
    }
}

/// Matte and mesh on the matte's pixels.
struct View<'a> {
    matte: &'a Matte,
    mesh: Vec<[f32; 2]>,
    /// Distance between the pupils; for a turned head as if it faced us.
    eyes: f32,
    /// Left, top, right, bottom of the photo, inclusive: beyond it nothing is known.
    inside: [u32; 4],
    /// Width and height of the matte.
    size: (u32, u32),
}

impl View<'_> {
    fn new<'a>(matte: &'a Matte, face: &Face, photo: (u32, u32)) -> View<'a> {
        let to = &matte.to_matte;
        let size = matte.alpha.dimensions();
        let [x0, y0] = to.apply([0.0, 0.0]);
        let [x1, y1] = to.apply([photo.0 as f32 - 1.0, photo.1 as f32 - 1.0]);
        let cut = |v: f32, n: u32| v.round().clamp(0.0, n as f32 - 1.0) as u32;
        let inside = [cut(x0, size.0), cut(y0, size.1), cut(x1, size.0), cut(y1, size.1)];
        let mesh = face.mesh.iter().map(|p| to.apply([p[0], p[1]])).collect();
        View { matte, mesh, eyes: face.frontal_eye_distance() * to.scale(), inside, size }
    }

    /// Whether the pixel shows more of the person than of the background.
    fn person(&self, x: u32, y: u32) -> bool {
        self.matte.alpha.get_pixel(x, y).0[0] >= 0.5
    }
}

impl Body {
    /// Outlines of what shows one part, photo pixels; holes in it are not among them, nor what is smaller
    /// than a tenth of a squared eye distance.
    pub fn outlines(&self, part: Part, eye_distance: f32) -> Vec<Vec<[f32; 2]>> {
        let to_matte = &self.matte.to_matte;
        let least = 0.1 * (eye_distance * to_matte.scale()).powi(2);
        let back = to_matte.inverse();
        let contours = find_contours::<u32>(&self.parts.mask(part));
        let outer = contours.into_iter().filter(|c| c.border_type == BorderType::Outer);
        let places = outer.map(|c| c.points.iter().map(|p| [p.x as f32, p.y as f32]).collect());
        let large = places.filter(|p: &Vec<[f32; 2]>| area(p) >= least);
        large.map(|p| p.into_iter().step_by(2).map(|p| back.apply(p)).collect()).collect()
    }
}

/// The longest outline of the person.
fn outline(view: &View) -> Vec<[f32; 2]> {
    let [x0, y0, x1, y1] = view.inside.map(|v| v as usize);
    let mut mask = image::GrayImage::new(view.size.0, view.size.1);
    let w = view.size.0 as usize;
    let rows = mask.chunks_exact_mut(w).zip(view.matte.alpha.chunks_exact(w));
    for (mask, alpha) in rows.take(y1 + 1).skip(y0) {
        for (to, alpha) in mask[x0..=x1].iter_mut().zip(&alpha[x0..=x1]) {
            // As `View::person` has it.
            *to = if *alpha >= 0.5 { 255 } else { 0 };
        }
    }
    let contours = find_contours::<u32>(&mask);
    let outer = contours.into_iter().filter(|c| c.border_type == BorderType::Outer);
    let longest = outer.max_by_key(|c| c.points.len()).map(|c| c.points).unwrap_or_default();
    // Every second point: half a hundredth of the eye distance is finer than the matte is.
    longest.iter().step_by(2).map(|p| [p.x as f32, p.y as f32]).collect()
}
