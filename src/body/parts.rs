//! What each pixel of the matte shows: background, face, other skin, hair or garment.
//!
//! By colour and place: face skin and hair are known where the mesh says, the rest is given to the
//! nearest of them in colour where it hangs together with them, and what is left below the jaw is
//! garment. What is left above it, a hat or a beard, has no name.

use image::{GrayImage, Luma};
use palette::Lab;

use super::View;
use super::colours::{
    SKIN_LIKE, beside_jaw, hair_colour, low_garment, neck_skin, pale, skin_colour, tinge,
};
use crate::pixels::{self, delta_e};
use crate::spans::{numbers, regions};
use crate::verdict::{Unreadable, text};

pub(super) use crate::face::part::OVAL;

/// What a pixel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Part {
    /// Not the person.
    Background = 0,
    /// Between person and background, or outside the photo: belongs to nothing.
    Edge = 1,
    /// Inside the face's outline.
    Face = 2,
    /// Skin outside the face: ears, neck, bare shoulders.
    Skin = 3,
    /// Hair on the head and what falls from it.
    Hair = 4,
    /// Garment.
    Garment = 5,
    /// On the head, but neither skin nor of the hair's colour: a hat, a band, a beard, grey strands.
    Other = 6,
}

/// The parts of the matte's pixels.
#[derive(Clone, Debug)]
pub struct Parts {
    /// One byte per pixel of the matte: a [`Part`].
    pub map: GrayImage,
    /// Median colour of the skin of the face; absent where the matte shows none of it.
    pub skin: Option<Lab>,
    /// Median colour of the hair (or of the hat that covers it); absent on a bald head, and unreadable where
    /// the head is cut off or hair and skin are too alike to tell.
    pub hair: Result<Option<Lab>, Unreadable>,
}

impl Parts {
    /// The part at a pixel of the matte.
    pub fn at(&self, x: u32, y: u32) -> Part {
        match self.map.get_pixel(x, y).0[0] {
            0 => Part::Background,
            1 => Part::Edge,
            2 => Part::Face,
            3 => Part::Skin,
            4 => Part::Hair,
            5 => Part::Garment,
            _ => Part::Other,
        }
    }

    /// The pixels of one part, as a mask of 255 and 0.
    pub fn mask(&self, wanted: Part) -> GrayImage {
        GrayImage::from_fn(self.map.width(), self.map.height(), |x, y| {
            Luma([if self.at(x, y) == wanted { 255 } else { 0 }])
        })
    }

    /// Outline of the neck: skin below the jaw, row by row between its leftmost and rightmost pixel, as far
    /// down as a neck goes.
    ///
    /// # Errors
    /// Where no skin is seen under the chin.
    pub(super) fn neck(&self, view: &View) -> Result<Vec<[f32; 2]>, Unreadable> {
        let [x0, _, x1, y1] = view.inside;
        let chin = view.mesh[152];
        let (jaw_right, jaw_left) = (view.mesh[172][0], view.mesh[397][0]);
        let (low, high) = (jaw_right.min(jaw_left) as u32, jaw_right.max(jaw_left) as u32);
        let (mut right, mut left) = (Vec::new(), Vec::new());
        let end = (chin[1] + NECK * view.eyes).max(0.0) as u32;
        for y in chin[1].max(0.0) as u32..=y1.min(end) {
            let skin: Vec<u32> =
                (low.max(x0)..=high.min(x1)).filter(|&x| self.at(x, y) == Part::Skin).collect();
            let (Some(&first), Some(&last)) = (skin.first(), skin.last()) else { break };
            if (skin.len() as f32) < 0.15 * view.eyes {
                break;
            }
            right.push([first as f32, y as f32]);
            left.push([last as f32, y as f32]);
        }
        if right.len() < 2 {
            return Err(Unreadable::because(text(
                "下巴下面看不到皮肤",
                "no skin is seen under the chin",
            )));
        }
        left.reverse();
        right.extend(left);
        Ok(right)
    }
}

/// How far below the chin a neck goes at most, eye distances: what has the tinge of skin further down is chest,
/// or a shirt.
const NECK: f32 = 1.2;

/// Colour distance up to which a pixel may be the hair that it hangs together with.
const LIKE: f32 = 20.0;

/// The parts of a view. `hairline` on matte pixels.
pub(super) fn of(view: &View, hairline: Option<[f32; 2]>) -> Parts {
    let (w, h) = view.size;
    let guide = &view.matte.guide;
    let polygon = |indices: &[usize]| indices.iter().map(|&i| view.mesh[i]).collect::<Vec<_>>();
    let face = pixels::region(view.size, &[polygon(OVAL)], &[]);
    let skin = skin_colour(view);
    let [x0, y0, x1, y1] = view.inside;

    let hair_colour = hair_colour(view, &face, hairline, skin);
    let hair = hair_colour.clone().ok().flatten();

    let jaw = jaw_line(view);
    let jaw: Vec<f32> = (0..w).map(|x| jaw(x as f32)).collect();
    let like = |c: Lab, to: Option<Lab>| to.map_or(f32::MAX, |to| delta_e(c, to));
    let shaded = skin.and_then(|skin| neck_skin(view, skin));
    let by_colour = |x: usize, y: usize, c: Lab| {
        let below = y as f32 > jaw[x];
        let to_shaded = shaded.filter(|_| below).map_or(f32::MAX, |neck| tinge(c, neck));
        let to_skin = match skin {
            Some(skin) if !(below && pale(c, skin)) => tinge(c, skin).min(to_shaded),
            _ => f32::MAX,
        };
        let to_hair = like(c, hair);
        match (to_skin < to_hair, below) {
            (true, false) if to_skin < 1.5 * SKIN_LIKE => Part::Skin,
            (_, false) if hair.is_some() && to_hair < 2.0 * LIKE => Part::Hair,
            (_, false) => Part::Other,
            (true, true) if to_skin < SKIN_LIKE => Part::Skin,
            (false, true) if to_hair < LIKE => Part::Hair,
            (_, true) => Part::Garment,
        }
    };
    let mut map = GrayImage::from_pixel(w, h, Luma([Part::Edge as u8]));
    let mut colours = vec![Lab::new(0.0, 0.0, 0.0); w as usize];
    for y in y0 as usize..=y1 as usize {
        let row = |x: usize| y * w as usize + x;
        let alpha = &view.matte.alpha.as_raw()[row(0)..row(w as usize)];
        let face = &face.as_raw()[row(0)..row(w as usize)];
        let is_body = |x: usize| alpha[x] >= 0.95 && face[x] == 0;
        // The colours from the first to the last pixel that is judged by its own.
        let (mut inside, mut back) = (x0 as usize..=x1 as usize, (x0 as usize..=x1 as usize).rev());
        if let (Some(first), Some(last)) =
            (inside.find(|&x| is_body(x)), back.find(|&x| is_body(x)))
        {
            let pixels = &guide.as_raw()[3 * row(first)..3 * row(last + 1)];
            pixels::labs_of(pixels, &mut colours[first..=last]);
        }
        for x in x0 as usize..=x1 as usize {
            let part = match alpha[x] {
                a if a < 0.05 => Part::Background,
                a if a < 0.95 => Part::Edge,
                _ if face[x] > 0 => Part::Face,
                _ => by_colour(x, y, colours[x]),
            };
            map.put_pixel(x as u32, y as u32, Luma([part as u8]));
        }
    }
    keep_skin(&mut map, view);
    keep_hair(&mut map, view);
    // A garment of the hair's colour cannot be told from hair that falls on it: all is garment there.
    let alike = hair.zip(low_garment(view)).is_some_and(|(h, g)| delta_e(h, g) < LIKE);
    for side in [-1.0, 1.0] {
        if !falls(&map, view, side) {
            crop_hair(&mut map, view, side, -0.2);
        } else if alike {
            crop_hair(&mut map, view, side, 0.5);
        }
    }
    Parts { map, skin, hair: hair_colour }
}

/// Height of the jaw's outline over x; level with the mouth outside the face.
fn jaw_line(view: &View) -> impl Fn(f32) -> f32 {
    let lower: Vec<[f32; 2]> =
        [132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361]
            .iter()
            .map(|&i: &usize| view.mesh[i])
            .collect();
    move |x| {
        let pair = lower.windows(2).find(|p| (p[0][0]..=p[1][0]).contains(&x));
        pair.map_or(f32::midpoint(lower[0][1], lower[lower.len() - 1][1]), |p| {
            let t = (x - p[0][0]) / (p[1][0] - p[0][0]).max(1e-3);
            p[0][1] + t * (p[1][1] - p[0][1])
        })
    }
}

/// Takes for something else what has the colour of skin but does not hang together with the face.
fn keep_skin(map: &mut GrayImage, view: &View) {
    const SKIN: u8 = Part::Skin as u8;
    const FACE: u8 = Part::Face as u8;
    keep(map, view, |v| v == SKIN || v == FACE, |row, _| row.contains(&FACE));
}

/// Takes for something else what has the colour of hair but does not hang together with the head above the jaw.
fn keep_hair(map: &mut GrayImage, view: &View) {
    const HAIR: u8 = Part::Hair as u8;
    let chin = view.mesh[152][1];
    keep(map, view, |v| v == HAIR, |_, y| (y as f32) < chin);
}

/// Turns the regions of what `is` says that are nowhere `sure`, asked by a run of it and its row, into garment,
/// or above the mouth into what has no name.
fn keep(
    map: &mut GrayImage,
    view: &View,
    is: impl Fn(u8) -> bool,
    sure: impl Fn(&[u8], usize) -> bool,
) {
    let w = map.width() as usize;
    let mouth = f32::midpoint(view.mesh[61][1], view.mesh[291][1]);
    let found = regions((w, map.height() as usize), false, |x, y| is(map.as_raw()[y * w + x]));
    let map: &mut [u8] = map;
    for region in found {
        if !region.iter().any(|(y, run)| sure(&map[numbers(w, *y, run)], *y)) {
            for (y, run) in region {
                let part = if (y as f32) < mouth { Part::Other } else { Part::Garment };
                map[numbers(w, y, &run)].fill(part as u8);
            }
        }
    }
}

/// Whether hair hangs down beside the jaw on this side of the picture (-1 left, 1 right). A dark
/// collar has the colour of dark hair: only hair that is there beside the jaw can go on below it.
fn falls(map: &GrayImage, view: &View, side: f32) -> bool {
    let hair = |x, y| map.get_pixel(x, y).0[0] == Part::Hair as u8;
    beside_jaw(view, side, hair) >= 0.12
}

/// Gives what was called hair on one side to the garment, from `below_chin` eye distances on.
fn crop_hair(map: &mut GrayImage, view: &View, side: f32, below_chin: f32) {
    let (chin, middle) = (view.mesh[152], view.mesh[1][0]);
    let level = chin[1] + below_chin * view.eyes;
    for (x, y, p) in map.enumerate_pixels_mut() {
        if p.0[0] == Part::Hair as u8 && y as f32 > level && (x as f32 - middle) * side >= 0.0 {
            p.0[0] = Part::Garment as u8;
        }
    }
}
