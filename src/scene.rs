//! A photo with every face in it, and the portrait: a scene with exactly one.

use image::RgbImage;

use crate::body::Body;
use crate::closeup::CloseUp;
use crate::face::{self, Face};
use crate::framing::Geometry;
use crate::model::attributes::Attributes;
use crate::photo::Photo;
use crate::pixels::Similarity;
use crate::verdict::Unreadable;

/// Outlines of skin that glasses, hair and beards rarely cover: cheeks and middle of the forehead.
pub const SKIN: [&[usize]; 3] =
    [face::part::RIGHT_CHEEK, face::part::LEFT_CHEEK, face::part::FOREHEAD];

/// A photo and its faces.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The photo.
    pub photo: Photo,
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
}

impl Scene {
    /// The portrait, where there is exactly one face.
    ///
    /// # Errors
    /// The number of faces, as the reason why a check of a person has nothing to measure.
    pub fn portrait(&self) -> Result<Portrait<'_>, Unreadable> {
        match (&self.faces[..], &self.person) {
            ([], _) => Err(Unreadable::because("no face was found")),
            ([_], None) => Err(Unreadable::because("the person around the face was not looked at")),
            ([face], Some(person)) => Ok(Portrait {
                scene: self,
                face,
                person,
                chip: face.chip(&self.photo.pixels),
                to_chip: face.to_chip(),
            }),
            (many, _) => Err(Unreadable::because(format!(
                "{} faces were found, so it is not clear whose to measure",
                many.len()
            ))),
        }
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

    /// The face at the grain of its file, with a margin of `margin` eye distances.
    pub fn close_up(&self, margin: f32) -> CloseUp {
        CloseUp::of(&self.scene.photo.pixels, self.face, margin)
    }

    /// The [`SKIN`] of the face as a mask on the chip.
    pub fn skin(&self) -> image::GrayImage {
        let polygons = SKIN.map(|p| self.on_chip(p));
        crate::pixels::region(self.chip.dimensions(), &polygons, &[])
    }
}
