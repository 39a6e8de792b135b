//! The colours of skin, hair and garment that the parts are told by.

use image::{GrayImage, Rgb};
use palette::Lab;

use super::View;
use crate::face::part;
use crate::pixels::{self, lab};
use crate::verdict::{Unreadable, text};

/// Breadth beside the jaw, eye distances, that no bald head has.
const FALLEN: f32 = 0.3;

/// Tinge distance ([`tinge`]) up to which it may be the skin.
pub(super) const SKIN_LIKE: f32 = 16.0;

/// Colour distance that forgives shading: a neck lies in the shadow of its chin.
pub fn tinge(a: Lab, b: Lab) -> f32 {
    let (l, a, b) = (0.35 * (a.l - b.l), a.a - b.a, a.b - b.b);
    (l * l + a * a + b * b).sqrt()
}

/// Median colour of the skin of cheeks and forehead.
pub(super) fn skin_colour(view: &View) -> Option<Lab> {
    let patches = [part::RIGHT_CHEEK, part::LEFT_CHEEK, part::FOREHEAD]
        .map(|indices| indices.iter().map(|&i| view.mesh[i]).collect());
    let guide = &view.matte.guide;
    median(pixels::masked(guide, &pixels::region(view.size, &patches, &[])))
}

/// Median colour of the hair.
///
/// With a hairline it is what lies between that and the crown. Without one, as where a fringe covers all or
/// the head has no hair, it is what lies over the face; if that has the tinge of skin, the head
/// is bald, unless something as wide as falling hair hangs beside the jaw.
pub(super) fn hair_colour(
    view: &View,
    face: &GrayImage,
    hairline: Option<[f32; 2]>,
    skin: Option<Lab>,
) -> Result<Option<Lab>, Unreadable> {
    let [x0, y0, x1, y1] = view.inside;
    let brow = view.mesh[part::FOREHEAD[0]][1];
    let top = hairline.map_or(f32::MAX, |p| p[1]).min(brow);
    let over = |x: u32| (x as f32 - view.mesh[10][0]).abs() < 0.9 * view.eyes;
    let above = (y0..=y1).take_while(|&y| (y as f32) < top);
    let places = above.flat_map(|y| (x0..=x1).filter(|&x| over(x)).map(move |x| (x, y)));
    let scalp = places.filter(|&(x, y)| sure(view, x, y) && face.get_pixel(x, y).0[0] == 0);
    let found = median(scalp.map(|(x, y)| *view.matte.guide.get_pixel(x, y)));
    let (Some(colour), Some(skin)) = (found, skin) else {
        return Err(Unreadable::because(text(
            "画面里脸以上的头部太少",
            "too little of the head above the face is in the picture",
        )));
    };
    if hairline.is_some() || tinge(colour, skin) > SKIN_LIKE {
        return Ok(Some(colour));
    }
    let beside = [-1.0, 1.0].map(|side| beside_jaw(view, side, |x, y| sure(view, x, y)));
    if beside[0].max(beside[1]) >= FALLEN {
        return Err(Unreadable::because(text(
            "头发和皮肤颜色太接近",
            "hair and skin have too similar colours",
        )));
    }
    Ok(None)
}

/// Whether a colour is paler than this skin ever is in light: white cloth has the tinge of fair skin.
pub(super) fn pale(c: Lab, skin: Lab) -> bool {
    c.l > skin.l + 8.0 && c.a.hypot(c.b) < 0.5 * skin.a.hypot(skin.b)
}

/// Median colour under the chin, where that is the same skin in shadow: of its hue and not brighter, nor that of
/// what is worn, which must be seen. Dark skin in shadow has another tinge than in light.
pub(super) fn neck_skin(view: &View, skin: Lab) -> Option<Lab> {
    let chin = view.mesh[152];
    let rows = (chin[1] + 0.08 * view.eyes).max(0.0) as u32..=(chin[1] + 0.3 * view.eyes) as u32;
    let columns =
        (chin[0] - 0.25 * view.eyes).max(0.0) as u32..=(chin[0] + 0.25 * view.eyes) as u32;
    let [x0, _, x1, y1] = view.inside;
    let places = rows.filter(|y| *y <= y1).flat_map(|y| columns.clone().map(move |x| (x, y)));
    let there = places.filter(|&(x, y)| (x0..=x1).contains(&x) && sure(view, x, y));
    let neck = median(there.map(|(x, y)| *view.matte.guide.get_pixel(x, y)))?;
    let (share, turn) =
        (neck.a.hypot(neck.b) / skin.a.hypot(skin.b).max(1.0), hue(neck) - hue(skin));
    let turn = (turn + 180.0).rem_euclid(360.0) - 180.0;
    let worn = tinge(neck, low_garment(view)?) < SKIN_LIKE;
    let skin_like = (0.4..1.5).contains(&share) && turn.abs() < 25.0 && neck.l < skin.l + 5.0;
    (skin_like && !worn).then_some(neck)
}

/// Degrees.
fn hue(c: Lab) -> f32 {
    c.b.atan2(c.a).to_degrees()
}

/// Whether the pixel shows nothing but the person.
fn sure(view: &View, x: u32, y: u32) -> bool {
    view.matte.alpha.get_pixel(x, y).0[0] > 0.95
}

/// Breadth, in eye distances, of what `is` says beside the jaw on this side, level with the mouth.
pub(super) fn beside_jaw(view: &View, side: f32, is: impl Fn(u32, u32) -> bool) -> f32 {
    let mouth = if side < 0.0 { view.mesh[61] } else { view.mesh[291] };
    let jaw = if side < 0.0 { view.mesh[58][0] } else { view.mesh[288][0] };
    let y = mouth[1].max(0.0) as u32;
    let reach = (1.2 * view.eyes) as i32;
    let there = (0..reach).filter(|i| {
        let x = (jaw + side * *i as f32).round();
        x >= 0.0 && (x as u32) < view.size.0 && y < view.size.1 && is(x as u32, y)
    });
    there.count() as f32 / view.eyes
}

/// Median colour of the person low at both sides, where a garment is all that there can be.
pub(super) fn low_garment(view: &View) -> Option<Lab> {
    let [_, y0, _, y1] = view.inside;
    let chin = view.mesh[152];
    let low = (y1.saturating_sub((0.4 * view.eyes) as u32)).max(y0);
    let beside = |x: u32| (0.9..2.0).contains(&((x as f32 - chin[0]).abs() / view.eyes));
    let rows = (low..=y1).filter(|&y| y as f32 > chin[1] + view.eyes);
    let places = rows.flat_map(|y| (0..view.size.0).filter(|&x| beside(x)).map(move |x| (x, y)));
    let worn = places.filter(|&(x, y)| view.person(x, y));
    median(worn.map(|(x, y)| *view.matte.guide.get_pixel(x, y)))
}

/// Median of some colours, if they are enough to tell by.
fn median(colours: impl Iterator<Item = Rgb<u8>>) -> Option<Lab> {
    let chosen: Vec<Lab> = colours.map(lab).collect();
    if chosen.len() < 30 {
        return None;
    }
    pixels::median(chosen.into_iter())
}
