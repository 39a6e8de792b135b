//! What a profile wants a picture to become: the frame and the colour behind the person.
//!
//! A few checks measure against it (where the crown will lie in the standard picture, how far the
//! background is from the wanted colour). They still compare nothing with a limit.

use image::Rgb;

use crate::verdict::Band;

/// The standard picture that a profile asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Target {
    /// Its frame; a profile may have none.
    pub frame: Option<Frame>,
    /// The picture is the standard file itself: it is measured whole, and nothing will be cropped.
    pub finished: bool,
    /// Accepted colours of the background, sRGB; empty where the profile names none.
    pub backgrounds: Vec<Rgb<u8>>,
    /// The colour that a replaced background gets; none where it stays as it is.
    pub replacement: Option<Rgb<u8>>,
}

/// The frame of the standard picture. Everything in pixels of that picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
    /// Most pixels of the standard picture that may be made of one of the capture (1: never enlarge).
    pub enlarge: f64,
    /// Where the crop is to bring the person, so that it lies in all bands with the most room.
    pub aims: Aims,
}

/// Bands that a crop is planned for; an open band does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Aims {
    /// From the top edge to the top of the hair.
    pub head_top: Band,
    /// From the top edge to the middle between the pupils.
    pub eye_line: Band,
    /// Cheek to cheek.
    pub face_width: Band,
    /// From the top of the hair to the chin.
    pub head_height: Band,
    /// Between the pupils.
    pub eye_distance: Band,
    /// From the chin to the bottom edge.
    pub chin_bottom: Band,
}
