//! The backdrop: what the photo shows behind head and shoulders, at half the matte's size.
//!
//! Looked at is as much as the standard picture can show: at the smallest face that 99号 allows
//! (180 of 480 px) it is 2.67 face widths wide, with 110 px above the hair. What a wide capture shows
//! beside that will be cut off, and is no fault.

use image::{GrayImage, Luma};
use imageproc::distance_transform::euclidean_squared_distance_transform;
use palette::Lab;

use super::{Part, Parts, View};
use crate::pixels::{self, Similarity, labs};
use crate::verdict::{Unreadable, text};

/// How far to each side it is looked at, face widths from the middle of the face.
const SIDEWAYS: f32 = 1.34;

/// How far above the crown, face widths.
const ABOVE: f32 = 0.62;

/// Nearer to the person than this, eye distances, a pixel may hold some of its hair.
const CLEAR: f32 = 0.12;

/// Area that tells something, squared eye distances.
const ENOUGH: f32 = 0.5;

/// Side of the [`Backdrop::cells`], eye distances: larger than a fold, smaller than a shadow.
const CELL: f32 = 0.5;

/// The backdrop around one person.
#[derive(Clone, Debug)]
pub struct Backdrop {
    /// Width and height of the grid.
    pub size: (u32, u32),
    /// Colours, row by row, slightly smoothed.
    pub colours: Vec<Lab>,
    /// Distance of each pixel from the person, eye distances; 0 for what is not looked at.
    pub distance: Vec<f32>,
    /// Distance between the pupils, pixels of the grid.
    pub eyes: f32,
    /// From the grid to the photo.
    pub to_photo: Similarity,
}

/// One pixel of the backdrop.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Column of the grid.
    pub x: u32,
    /// Row of the grid.
    pub y: u32,
    /// Its colour.
    pub colour: Lab,
    /// Its distance from the person, eye distances.
    pub away: f32,
}

impl Backdrop {
    pub(super) fn of(view: &View, parts: &Parts, crown: Option<[f32; 2]>) -> Backdrop {
        let (w, h) = (view.size.0 / 2, view.size.1 / 2);
        let half = pixels::means(&view.matte.guide, [0, 0], 2, (w, h));
        let colours = labs(&pixels::blurred_rgb(&half, 1.0));
        let ends = super::parts::OVAL.iter().map(|&i| view.mesh[i][0]);
        let (left, right) = ends.fold((f32::MAX, f32::MIN), |(a, b), x| (a.min(x), b.max(x)));
        let (middle, width) = (f32::midpoint(left, right), right - left);
        let top = crown.map_or(view.mesh[10][1] - 0.3 * width, |c| c[1]) - ABOVE * width;
        let [x0, y0, x1, y1] = view.inside;
        let in_photo = |x: u32, y: u32| (x0 + 1..x1).contains(&x) && (y0 + 1..y1).contains(&y);
        let seen = |x: u32, y: u32| {
            (x as f32 - middle).abs() <= SIDEWAYS * width && y as f32 >= top && in_photo(x, y)
        };
        let is = |x: u32, y: u32| parts.at(x, y) == Part::Background;
        let both = |x: u32, y: u32| is(2 * x, 2 * y) && is(2 * x + 1, 2 * y + 1);
        let person = GrayImage::from_fn(w, h, |x, y| {
            Luma([if in_photo(2 * x, 2 * y) && !both(x, y) { 255 } else { 0 }])
        });
        let eyes = view.eyes / 2.0;
        let far = euclidean_squared_distance_transform(&person);
        let distance = far
            .enumerate_pixels()
            .map(|(x, y, d)| {
                let there = both(x, y) && seen(2 * x, 2 * y) && seen(2 * x + 1, 2 * y + 1);
                if there { d.0[0].sqrt().min(1e4) as f32 / eyes } else { 0.0 }
            })
            .collect();
        let back = view.matte.to_matte.inverse();
        let [tx, ty] = back.apply([0.5, 0.5]);
        let to_photo = Similarity { a: 2.0 * back.a, b: 2.0 * back.b, tx, ty };
        Backdrop { size: (w, h), colours, distance, eyes, to_photo }
    }

    /// The pixels that are surely backdrop, row by row.
    ///
    /// # Errors
    /// Where there are too few to tell anything.
    pub fn samples(&self) -> Result<Vec<Sample>, Unreadable> {
        let all = self.colours.iter().zip(&self.distance).enumerate();
        let clear = all.filter(|(_, (_, away))| **away > CLEAR).map(|(i, (&colour, &away))| {
            Sample { x: i as u32 % self.size.0, y: i as u32 / self.size.0, colour, away }
        });
        let samples: Vec<Sample> = clear.collect();
        if (samples.len() as f32) < ENOUGH * self.eyes * self.eyes {
            return Err(Unreadable::because(text(
                "画面里背景太少",
                "too little of the background is in the picture",
            )));
        }
        Ok(samples)
    }

    /// Middle (grid) and median colour of every square of [`CELL`] that is at least a quarter backdrop.
    pub fn cells(&self, samples: &[Sample]) -> Vec<([f32; 2], Lab)> {
        let side = (CELL * self.eyes).max(2.0);
        let place = |v: u32| (v as f32 / side) as usize;
        let across = place(self.size.0) + 1;
        let mut cells = vec![Vec::<&Sample>::new(); across * (place(self.size.1) + 1)];
        for s in samples {
            cells[place(s.y) * across + place(s.x)].push(s);
        }
        let whole = cells.into_iter().filter(|c| c.len() as f32 >= 0.25 * side * side);
        whole
            .filter_map(|c| {
                let n = c.len() as f32;
                let mean = |of: fn(&Sample) -> u32| c.iter().map(|s| of(s) as f32).sum::<f32>() / n;
                let middle = [mean(|s| s.x), mean(|s| s.y)];
                Some((middle, pixels::median(c.iter().map(|s| s.colour))?))
            })
            .collect()
    }

    /// A place of the grid on the photo.
    pub fn place(&self, at: [f32; 2]) -> [f32; 2] {
        self.to_photo.apply(at)
    }

    /// How far there is enough of it for a sure reading: 1 from two squared eye distances on.
    pub fn certainty(&self, samples: &[Sample]) -> f64 {
        f64::from(samples.len() as f32 / (2.0 * self.eyes * self.eyes)).min(1.0)
    }
}
