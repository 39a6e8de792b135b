//! Cases of the checks of what the person wears and shows.

use image::imageops::{FilterType, flip_horizontal, resize};
use image::{Rgb, RgbImage};

use super::cases::{Case, Picture::*};

pub const CASES: &[Case] = &[
    Case {
        check: "left_ear",
        code: "left_ear_hidden",
        fails: Fixture("v01_left_ear_covered"),
        // Long hair that is kept behind the ears.
        passes: Fixture("c06"),
        with: &["loose_hair", "ear_symmetry", "hair_area"],
    },
    Case {
        check: "right_ear",
        code: "right_ear_hidden",
        fails: Made("v01_left_ear_covered", |p| flip_horizontal(&p)),
        passes: Fixture("c08"),
        with: &["loose_hair", "ear_symmetry", "hair_area"],
    },
    Case {
        check: "forehead",
        code: "forehead_covered",
        fails: Fixture("v03_fringe"),
        passes: Fixture("c12"),
        with: &["brows", "left_ear", "right_ear", "loose_hair", "hair_area", "ear_symmetry"],
    },
    Case {
        check: "brows",
        code: "brows_hidden",
        fails: Fixture("fringe_brows"),
        passes: Fixture("c05"),
        with: &[
            "hair_over_eyes",
            "exposure",
            "forehead",
            "left_ear",
            "right_ear",
            "loose_hair",
            "hair_area",
            "ear_symmetry",
        ],
    },
    Case {
        check: "hair_over_eyes",
        code: "hair_over_eye",
        fails: Made("c06", |p| fringe(p, 345)),
        // It ends above the brow.
        passes: Made("c06", |p| fringe(p, 270)),
        // A straight black edge across an eye looks like a rim.
        with: &["brows", "frame_over_eye", "eyes_open"],
    },
    Case {
        check: "tinted_lenses",
        code: "lenses_tinted",
        fails: Fixture("v06_tinted"),
        passes: Fixture("v07_clear_round"),
        with: &["eyes_open", "gaze", "frame_over_eye"],
    },
    Case {
        check: "lens_reflection",
        code: "lens_reflection",
        fails: Fixture("v08_glare"),
        passes: Fixture("v07_clear_round"),
        with: &["highlights", "gaze", "eyes_open"],
    },
    Case {
        check: "frame_over_eye",
        code: "frame_over_eye",
        // The glasses have slipped: their upper rims lie across the eyes.
        fails: Fixture("rims_36"),
        // Those of somebody else not as far: the rims reach the upper lids.
        passes: Fixture("rims_0"),
        // Of lids behind a rim a person decides.
        with: &["eyes_open"],
    },
    Case {
        check: "glasses",
        code: "glasses",
        fails: Fixture("v07_clear_round"),
        passes: Fixture("c01"),
        with: &[],
    },
    Case {
        check: "headwear",
        code: "headwear",
        fails: Fixture("v11_headband"),
        passes: Fixture("c12"),
        with: &["forehead"],
    },
    Case {
        check: "earring",
        code: "earring",
        fails: Fixture("v12_hoops"),
        passes: Fixture("c04"),
        with: &[],
    },
    Case {
        check: "necklace",
        code: "necklace",
        fails: Fixture("v14_necklace"),
        passes: Fixture("c10"),
        with: &[],
    },
    Case {
        check: "neckline",
        code: "neckline_low",
        fails: Fixture("v19_tank"),
        // An open collar.
        passes: Fixture("c09"),
        with: &["necklace"],
    },
    Case {
        check: "collar",
        code: "no_collar",
        fails: Fixture("v14_necklace"),
        passes: Fixture("c11"),
        with: &["necklace"],
    },
    Case {
        check: "pattern",
        code: "patterned",
        fails: Fixture("v18_checks"),
        // A jacket, a tie, a shirt: three colours without a pattern.
        passes: Fixture("c03"),
        with: &[],
    },
    Case {
        check: "teeth",
        code: "teeth",
        fails: Fixture("v24_teeth"),
        passes: Fixture("c13"),
        with: &["lips_closed", "expression"],
    },
    Case {
        check: "expression",
        code: "smiling",
        fails: Fixture("v24_teeth"),
        // A smile with closed lips.
        passes: Fixture("smile_wide"),
        with: &["teeth", "lips_closed"],
    },
    Case {
        check: "face_aspect",
        code: "too_tall",
        fails: Made("c01", |p| resize(&p, 600, 1160, FilterType::CatmullRom)),
        passes: Made("c01", |p| resize(&p, 700, 987, FilterType::CatmullRom)),
        with: &[],
    },
    Case {
        check: "face_covered",
        code: "face_covered",
        fails: Fixture("hand_over_mouth"),
        passes: Fixture("hand_below_chin"),
        with: &[],
    },
    Case {
        check: "face_covered",
        code: "face_covered",
        fails: Made("c01", |p| mask(p, 0)),
        // A mask that hangs under the chin.
        passes: Made("c01", |p| mask(p, 150)),
        with: &[
            "face_aspect",
            "lips_closed",
            "teeth",
            "expression",
            "pitch",
            "sharpness",
            "neck_covered",
            "necklace",
        ],
    },
];

/// A fringe over the subject's right eye, from the hair down to a row.
fn fringe(mut picture: RgbImage, down_to: u32) -> RgbImage {
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        if (286..340).contains(&x) && (205..down_to).contains(&y) {
            *pixel = Rgb([24, 20, 20]);
        }
    }
    picture
}

/// A pale blue mask over the lower face, `lower` pixels down.
fn mask(mut picture: RgbImage, lower: i32) -> RgbImage {
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let (dx, dy) = ((x as f32 - 362.0) / 110.0, (y as f32 - 440.0 - lower as f32) / 75.0);
        if dx.powi(4) + dy.powi(4) < 1.0 {
            *pixel = Rgb([170, 200, 225]);
        }
    }
    picture
}
