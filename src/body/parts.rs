//! What each pixel of the matte shows: background, face, other skin, hair or garment.
//!
//! By colour and place: face skin and hair are known where the mesh says, the rest is given to the
//! nearest of them in colour where it hangs together with them, and what is left below the jaw is
//! garment.

use image::{GrayImage, Luma, Rgb};
use palette::Lab;

use super::View;
use crate::face::part;
use crate::pixels::{self, delta_e, lab};
use crate::spans::{numbers, regions};

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
}

/// The parts of the matte's pixels.
#[derive(Clone, Debug)]
pub struct Parts {
    /// One byte per pixel of the matte: a [`Part`].
    pub map: GrayImage,
    /// Median colour of the skin of the face; absent where the matte shows none of it.
    pub skin: Option<Lab>,
    /// Median colour of the hair; absent on a bald or covered head.
    pub hair: Option<Lab>,
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
            _ => Part::Garment,
        }
    }

    /// The pixels of one part, as a mask of 255 and 0.
    pub fn mask(&self, wanted: Part) -> GrayImage {
        GrayImage::from_fn(self.map.width(), self.map.height(), |x, y| {
            Luma([if self.at(x, y) == wanted { 255 } else { 0 }])
        })
    }

    /// Outline of the neck: skin below the jaw, row by row between its leftmost and rightmost pixel.
    pub(super) fn neck(&self, view: &View) -> Vec<[f32; 2]> {
        let [x0, _, x1, y1] = view.inside;
        let chin = view.mesh[152];
        let (jaw_right, jaw_left) = (view.mesh[172][0], view.mesh[397][0]);
        let (low, high) = (jaw_right.min(jaw_left) as u32, jaw_right.max(jaw_left) as u32);
        let (mut right, mut left) = (Vec::new(), Vec::new());
        for y in chin[1].max(0.0) as u32..=y1 {
            let skin: Vec<u32> =
                (low.max(x0)..=high.min(x1)).filter(|&x| self.at(x, y) == Part::Skin).collect();
            let (Some(&first), Some(&last)) = (skin.first(), skin.last()) else { break };
            if (skin.len() as f32) < 0.15 * view.eyes {
                break;
            }
            right.push([first as f32, y as f32]);
            left.push([last as f32, y as f32]);
        }
        left.reverse();
        right.extend(left);
        right
    }
}

/// Colour distance up to which a pixel may be the hair that it hangs together with.
const LIKE: f32 = 20.0;

/// Tinge distance ([`tinge`]) up to which it may be the skin.
const SKIN_LIKE: f32 = 16.0;

/// Colour distance that forgives shading: a neck lies in the shadow of its chin.
pub fn tinge(a: Lab, b: Lab) -> f32 {
    let (l, a, b) = (0.35 * (a.l - b.l), a.a - b.a, a.b - b.b);
    (l * l + a * a + b * b).sqrt()
}

/// The parts of a view. `hairline` on matte pixels.
pub(super) fn of(view: &View, hairline: Option<[f32; 2]>) -> Parts {
    let (w, h) = view.size;
    let guide = &view.matte.guide;
    let polygon = |indices: &[usize]| indices.iter().map(|&i| view.mesh[i]).collect::<Vec<_>>();
    let face = pixels::region(view.size, &[polygon(OVAL)], &[]);
    let patches = [part::RIGHT_CHEEK, part::LEFT_CHEEK, part::FOREHEAD].map(polygon);
    let skin = median(pixels::masked(guide, &pixels::region(view.size, &patches, &[])));
    let [x0, y0, x1, y1] = view.inside;
    let alpha = |x: u32, y: u32| view.matte.alpha.get_pixel(x, y).0[0];

    // Hair is known between hairline and crown, outside the face.
    let brow = view.mesh[part::FOREHEAD[0]][1];
    let top = hairline.map_or(f32::MIN, |p| p[1]);
    let over = |x: u32| (x as f32 - view.mesh[10][0]).abs() < 0.9 * view.eyes;
    let above = (y0..=y1).take_while(|&y| (y as f32) < top.min(brow));
    let places = above.flat_map(|y| (x0..=x1).filter(|&x| over(x)).map(move |x| (x, y)));
    let scalp = places.filter(|&(x, y)| alpha(x, y) > 0.95 && face.get_pixel(x, y).0[0] == 0);
    let hair = hairline.and_then(|_| median(scalp.map(|(x, y)| *guide.get_pixel(x, y))));

    let jaw = jaw_line(view);
    let jaw: Vec<f32> = (0..w).map(|x| jaw(x as f32)).collect();
    let like = |c: Lab, to: Option<Lab>| to.map_or(f32::MAX, |to| delta_e(c, to));
    let by_colour = |x: usize, y: usize, c: Lab| {
        let to_skin = skin.map_or(f32::MAX, |skin| tinge(c, skin));
        let to_hair = like(c, hair);
        match (to_skin < to_hair, y as f32 > jaw[x]) {
            // A bald or covered head has skin, or a hat, there; a hat counts as garment.
            (true, false) if to_skin < 1.5 * SKIN_LIKE => Part::Skin,
            (_, false) if hair.is_some() && to_hair < 2.0 * LIKE => Part::Hair,
            (true, true) if to_skin < SKIN_LIKE => Part::Skin,
            (false, true) if to_hair < LIKE => Part::Hair,
            _ => Part::Garment,
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
    keep_skin(&mut map);
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
    Parts { map, skin, hair }
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

/// Turns into garment what has the colour of skin but does not hang together with the face.
fn keep_skin(map: &mut GrayImage) {
    const SKIN: u8 = Part::Skin as u8;
    const FACE: u8 = Part::Face as u8;
    keep(map, |v| v == SKIN || v == FACE, |row, _| row.contains(&FACE));
}

/// Turns into garment what has the colour of hair but does not hang together with the head above the jaw.
fn keep_hair(map: &mut GrayImage, view: &View) {
    const HAIR: u8 = Part::Hair as u8;
    let chin = view.mesh[152][1];
    keep(map, |v| v == HAIR, |_, y| (y as f32) < chin);
}

/// Turns into garment the regions of what `is` says that are nowhere `sure`, asked by a run of it and its row.
fn keep(map: &mut GrayImage, is: impl Fn(u8) -> bool, sure: impl Fn(&[u8], usize) -> bool) {
    let w = map.width() as usize;
    let found = regions((w, map.height() as usize), false, |x, y| is(map.as_raw()[y * w + x]));
    let map: &mut [u8] = map;
    for region in found {
        if !region.iter().any(|(y, run)| sure(&map[numbers(w, *y, run)], *y)) {
            for (y, run) in region {
                map[numbers(w, y, &run)].fill(Part::Garment as u8);
            }
        }
    }
}

/// Whether hair hangs down beside the jaw on this side of the picture (-1 left, 1 right). A dark
/// collar has the colour of dark hair: only hair that is there beside the jaw can go on below it.
fn falls(map: &GrayImage, view: &View, side: f32) -> bool {
    let mouth = if side < 0.0 { view.mesh[61] } else { view.mesh[291] };
    let jaw = if side < 0.0 { view.mesh[58][0] } else { view.mesh[288][0] };
    let y = mouth[1].max(0.0) as u32;
    let reach = (1.2 * view.eyes) as i32;
    let hair = (0..reach).filter(|i| {
        let x = (jaw + side * *i as f32).round();
        x >= 0.0 && (x as u32) < map.width() && y < map.height() && {
            map.get_pixel(x as u32, y).0[0] == Part::Hair as u8
        }
    });
    hair.count() as f32 >= 0.12 * view.eyes
}

/// Median colour of the person low at both sides, where a garment is all that there can be.
fn low_garment(view: &View) -> Option<Lab> {
    let [_, y0, _, y1] = view.inside;
    let chin = view.mesh[152];
    let low = (y1.saturating_sub((0.4 * view.eyes) as u32)).max(y0);
    let beside = |x: u32| (0.9..2.0).contains(&((x as f32 - chin[0]).abs() / view.eyes));
    let rows = (low..=y1).filter(|&y| y as f32 > chin[1] + view.eyes);
    let places = rows.flat_map(|y| (0..view.size.0).filter(|&x| beside(x)).map(move |x| (x, y)));
    let worn = places.filter(|&(x, y)| view.person(x, y));
    median(worn.map(|(x, y)| *view.matte.guide.get_pixel(x, y)))
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

/// Median of some colours, if they are enough to tell by.
fn median(colours: impl Iterator<Item = Rgb<u8>>) -> Option<Lab> {
    let chosen: Vec<Lab> = colours.map(lab).collect();
    if chosen.len() < 30 {
        return None;
    }
    pixels::median(chosen.into_iter())
}
