//! A photo with every face in it, and the portrait: a scene with exactly one.

use std::cell::OnceCell;

use image::RgbImage;
use palette::Lab;

use crate::body::Body;
use crate::closeup::CloseUp;
use crate::face::{self, Face};
use crate::framing::Geometry;
use crate::model::attributes::{Attributes, Before};
use crate::model::gaze::Gaze;
use crate::model::lids::Opening;
use crate::model::rims::Covered;
use crate::photo::{self, Photo};
use crate::pixels::{Similarity, delta_e, lab};
use crate::pyramid::Overview;
use crate::verdict::{Unreadable, Words, text};

/// Outlines of skin that glasses, hair and beards rarely cover: cheeks and middle of the forehead.
pub const SKIN: [&[usize]; 3] =
    [face::part::RIGHT_CHEEK, face::part::LEFT_CHEEK, face::part::FOREHEAD];

/// A photo and its faces.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The photo.
    pub photo: Photo,
    /// The photo at a size at which it can be seen as a whole.
    pub overview: Overview,
    /// Every face, largest first.
    pub faces: Vec<Face>,
    /// Places that may be faces and may be none: too unsure to measure, too like to ignore.
    pub doubtful: usize,
    /// What is seen of the person around the face, where there is exactly one.
    pub person: Option<Person>,
}

/// The person around the only face.
#[derive(Clone, Debug)]
pub struct Person {
    /// Silhouette, crown, shoulders and parts.
    pub body: Body,
    /// What the attribute network says.
    pub attributes: Attributes,
    /// Where the eyes look.
    pub gaze: Gaze,
    /// What lies before the face.
    pub before: Before,
    /// What the rims of glasses, or what looks like one, cover of the right and the left eye.
    pub rims: [Covered; 2],
    /// How far the right and the left eye are open.
    pub lids: [Opening; 2],
}

/// A scene with exactly one face: what a check of a person needs.
#[derive(Clone, Debug)]
pub struct Portrait<'a> {
    /// The scene.
    pub scene: &'a Scene,
    /// Its only face.
    pub face: &'a Face,
    /// The person around it.
    pub person: &'a Person,
    /// The face upright at measuring size, [`face::CHIP_SIDE`] square.
    pub chip: RgbImage,
    /// From the photo to the chip.
    pub to_chip: Similarity,
    /// Cut out when a check first asks.
    close_ups: [OnceCell<CloseUp>; 2],
    /// How far colours of equal lightness differ (CIE a*, b*), where there are pixels enough: worked out when a
    /// check first asks.
    pub(crate) colour: OnceCell<Option<f64>>,
}

/// A scene's pixels are many: the next photo takes over their memory.
impl Drop for Scene {
    fn drop(&mut self) {
        photo::let_go(std::mem::take(&mut self.photo.pixels));
    }
}

impl Scene {
    /// The portrait, where there is exactly one face.
    ///
    /// # Errors
    /// The number of faces, as the reason why a check of a person has nothing to measure.
    pub fn portrait(&self) -> Result<Portrait<'_>, Unreadable> {
        match (&self.faces[..], &self.person) {
            ([], _) => Err(Unreadable::because(text("没找到人脸", "no face was found"))),
            ([_], None) => Err(Unreadable::because(text(
                "人脸周围的部分没有分析",
                "the person around the face was not looked at",
            ))),
            ([face], Some(person)) => Ok(Portrait {
                scene: self,
                face,
                person,
                chip: face.chip(&self.photo.pixels),
                to_chip: face.to_chip(),
                close_ups: Default::default(),
                colour: OnceCell::new(),
            }),
            (many, _) => Err(Unreadable::because(whose(many.len()))),
        }
    }
}

/// Why nothing of a person is measured where there are several.
fn whose(faces: usize) -> Words {
    Words {
        zh: format!("画面里有 {faces} 张人脸，不知道该测哪一张"),
        en: format!("{faces} faces were found, so it is not clear whose to measure"),
    }
}

impl Portrait<'_> {
    /// An outline of mesh points on the chip.
    pub fn on_chip(&self, indices: &[usize]) -> Vec<[f32; 2]> {
        self.face.outline(indices).into_iter().map(|p| self.to_chip.apply(p)).collect()
    }

    /// A mesh point on the matte's pixels.
    pub fn on_matte(&self, index: usize) -> [f32; 2] {
        self.person.body.matte.to_matte.apply(self.face.at(index))
    }

    /// Distance between the pupils on the matte's pixels, as if the face were not turned away.
    pub fn matte_eyes(&self) -> f32 {
        self.face.frontal_eye_distance() * self.person.body.matte.to_matte.scale()
    }

    /// Left and right end of the face's outline on the matte's pixels: x.
    pub fn matte_cheeks(&self) -> [f32; 2] {
        let ends = face::part::OVAL.iter().map(|&i| self.on_matte(i)[0]);
        ends.fold([f32::MAX, f32::MIN], |[a, b], x| [a.min(x), b.max(x)])
    }

    /// What a crop is planned by.
    pub fn geometry(&self) -> Geometry {
        let size = self.scene.photo.pixels.dimensions();
        Geometry::of(size, self.face, &self.person.body.marks)
    }

    /// The face at the grain of its file, as far as its mesh goes.
    pub fn close_up(&self) -> &CloseUp {
        self.close_ups[0].get_or_init(|| CloseUp::of(&self.scene.photo.pixels, self.face, 0.0))
    }

    /// The same with a margin of a tenth of the eye distance.
    pub fn wide_close_up(&self) -> &CloseUp {
        self.close_ups[1].get_or_init(|| CloseUp::of(&self.scene.photo.pixels, self.face, 0.1))
    }

    /// Share, 0 to 1, of the columns of a box on the chip (left, top, right, bottom) that show hair in
    /// all but a tenth of their pixels: a fringe comes down from above, so that no skin shows over what
    /// it hides. Skin is what is nearer to the face's or to the colour of the `cheek` (mesh points) on the same side,
    /// which lies in the same light: in the shadow of a hard lamp a brow and its eye socket are as dark as hair. A cheek
    /// that hair or the picture's edge hides has nothing to say.
    ///
    /// # Errors
    /// Where the hair's colour is not known, or too like the skin's to be told apart.
    pub fn hair_across(&self, over: [f32; 4], cheek: &[usize]) -> Result<f64, Unreadable> {
        let parts = &self.person.body.parts;
        let Some(skin) = parts.skin else {
            return Err(Unreadable::because(text(
                "看不到脸上的皮肤",
                "the skin of the face is out of sight",
            )));
        };
        // A bald head has no fringe.
        let Some(hair) = parts.hair.clone()? else { return Ok(0.0) };
        if delta_e(skin, hair) < TELL_APART {
            return Err(Unreadable::because(text(
                "头发和皮肤颜色太接近",
                "hair and skin have too similar colours",
            )));
        }
        let found = hair_columns(&self.chip, over, [skin, skin], hair);
        match self.shaded(cheek, skin) {
            // That much at most is no fringe, whatever it is.
            _ if found <= STRAND => Ok(found),
            None => Ok(found),
            Some(shaded) if delta_e(shaded, hair) < TELL_APART => Err(Unreadable::because(text(
                "这一侧脸在阴影里，和头发一样深，分不清",
                "that side of the face lies in a shadow as dark as the hair",
            ))),
            Some(shaded) => Ok(hair_columns(&self.chip, over, [skin, shaded], hair)),
        }
    }

    /// Median colour of a cheek where it is in the picture, and may be skin in less light: by its hue or, in mixed light, since
    /// the attribute network sees the brows, which hair over eye and cheek would hide.
    fn shaded(&self, cheek: &[usize], skin: Lab) -> Option<Lab> {
        let (w, h) = self.scene.photo.pixels.dimensions();
        let seen =
            |p: &[f32; 2]| (0.0..w as f32).contains(&p[0]) && (0.0..h as f32).contains(&p[1]);
        if !self.face.outline(cheek).iter().all(seen) {
            return None;
        }
        let mask = crate::pixels::region(self.chip.dimensions(), &[self.on_chip(cheek)], &[]);
        let colour = crate::pixels::median(crate::pixels::masked(&self.chip, &mask).map(lab))?;
        let [_, hidden] = self.person.attributes.brows;
        (is_shaded(colour, skin) || hidden < CLEAR).then_some(colour)
    }

    /// The [`SKIN`] of the face as a mask on the chip.
    pub fn skin(&self) -> image::GrayImage {
        let polygons = SKIN.map(|p| self.on_chip(p));
        crate::pixels::region(self.chip.dimensions(), &polygons, &[])
    }
}

/// Skin and hair that differ by less cannot be told apart in the shadow of a fringe.
const TELL_APART: f32 = 18.0;

/// Share of the columns up to which hair beside an eye or a shadow at its end is no matter (what `chsi-degree` passes).
const STRAND: f64 = 0.25;

/// Chance of a hidden brow below which both surely show: 91 % of the validation portraits with free brows have less.
const CLEAR: f32 = 0.05;

/// Whether a colour may be the skin in less light, which shrinks a*, b* and L* + 16 alike (cube roots of what CIE Lab is
/// made of): within half of the chroma that would be left.
fn is_shaded(colour: Lab, skin: Lab) -> bool {
    let left = (colour.l + 16.0) / (skin.l + 16.0);
    let off = (colour.a - left * skin.a).hypot(colour.b - left * skin.b);
    off < 0.5 * left * skin.a.hypot(skin.b)
}

fn hair_columns(picture: &RgbImage, [x0, y0, x1, y1]: [f32; 4], skin: [Lab; 2], hair: Lab) -> f64 {
    let clamp = |v: f32, n: u32| v.round().clamp(0.0, n as f32 - 1.0) as u32;
    let (x0, x1) = (clamp(x0, picture.width()), clamp(x1, picture.width()));
    let (y0, y1) = (clamp(y0, picture.height()), clamp(y1, picture.height()));
    let is_hair = |x, y| {
        let c = lab(*picture.get_pixel(x, y));
        skin.iter().all(|&skin| delta_e(c, hair) < delta_e(c, skin))
    };
    let covered = |x: &u32| {
        let there = (y0..=y1).filter(|&y| is_hair(*x, y)).count();
        there * 10 >= (y1 - y0 + 1) as usize * 9
    };
    (x0..=x1).filter(covered).count() as f64 / f64::from(x1 - x0 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn a_strand_counts_by_its_breadth_and_only_where_it_reaches_down() {
        let (skin, hair) = (Rgb([220, 180, 160]), Rgb([30, 25, 25]));
        let picture = RgbImage::from_fn(40, 40, |x, y| {
            let strand = (10..20).contains(&x);
            let short = (25..35).contains(&x) && y < 20;
            if strand || short { hair } else { skin }
        });
        let found = hair_columns(&picture, [0.0, 0.0, 39.0, 39.0], [lab(skin); 2], lab(hair));
        assert!((found - 0.25).abs() < 1e-6, "{found}");
    }

    #[test]
    fn skin_in_a_shadow_is_skin_beside_a_cheek_in_the_same_shadow() {
        let (skin, hair) = (Rgb([220, 170, 140]), Rgb([30, 25, 25]));
        let shadow = Rgb([88, 66, 53]);
        let picture = RgbImage::from_fn(40, 40, |x, _| match x {
            0..10 => shadow,
            10..20 => hair,
            _ => skin,
        });
        let of = |shaded: Rgb<u8>| {
            hair_columns(&picture, [0.0, 0.0, 39.0, 39.0], [lab(skin), lab(shaded)], lab(hair))
        };
        assert!((of(skin) - 0.5).abs() < 1e-6, "{}", of(skin));
        assert!((of(shadow) - 0.25).abs() < 1e-6, "{}", of(shadow));
        assert!(is_shaded(lab(shadow), lab(skin)) && !is_shaded(lab(hair), lab(skin)));
    }
}
