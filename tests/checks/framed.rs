//! Cases of the checks on the planned crop. They cut a compliant capture so that no crop can follow the
//! frame any more.

use image::RgbImage;
use image::imageops::{FilterType, crop_imm, resize};

use super::cases::{Case, Picture::*};

pub const CASES: &[Case] = &[
    Case {
        check: "head_top",
        code: "head_too_high",
        // 2 pixels over the hair, and 80.
        fails: Made("c01", |p| part(p, [0, 116, 720, 844])),
        passes: Made("c01", |p| part(p, [0, 38, 720, 922])),
        with: &[],
    },
    Case {
        check: "eye_line",
        code: "eyes_too_low",
        // The picture ends at the chin, and well below it.
        fails: Made("c01", |p| enlarged(p, [0, 0, 720, 510])),
        passes: Made("c01", |p| enlarged(p, [0, 0, 720, 700])),
        with: &[
            "face_width",
            "head_top",
            "shoulder_tilt",
            "shoulders_visible",
            "body_turned",
            "garment_contrast",
            "garment_skin",
            "background_shadow",
            "necklace",
            "neckline",
            "pattern",
        ],
    },
    Case {
        check: "face_width",
        code: "face_too_wide",
        fails: Made("c01", |p| enlarged(p, [190, 90, 340, 454])),
        passes: Made("c01", |p| enlarged(p, [90, 40, 540, 720])),
        with: &[
            "head_top",
            "eye_line",
            "shoulder_tilt",
            "shoulders_visible",
            "body_turned",
            "garment_contrast",
            "garment_skin",
            "background_shadow",
            "necklace",
            "neckline",
            "pattern",
        ],
    },
    Case {
        check: "face_width",
        code: "face_too_narrow",
        fails: Fixture("v33_small"),
        passes: Fixture("c01"),
        with: &["inter_ocular_distance", "face_count", "head_top", "eye_line"],
    },
    Case {
        check: "centring",
        code: "off_to_the_left",
        fails: Made("c01", |p| part(p, [215, 0, 505, 960])),
        passes: Made("c01", |p| part(p, [70, 0, 650, 960])),
        with: &["shoulders_visible", "body_turned", "right_ear"],
    },
    Case {
        check: "head_height",
        code: "head_too_tall",
        fails: Made("c01", |p| enlarged(p, [190, 110, 340, 410])),
        passes: Fixture("c01"),
        with: &[
            "face_width",
            "head_top",
            "eye_line",
            "shoulder_tilt",
            "shoulders_visible",
            "body_turned",
            "garment_contrast",
            "garment_skin",
            "background_shadow",
            "necklace",
            "neckline",
            "pattern",
        ],
    },
    Case {
        check: "eye_distance",
        code: "eyes_too_far_apart",
        fails: Made("c01", |p| enlarged(p, [190, 90, 340, 454])),
        passes: Fixture("c02"),
        with: &[
            "face_width",
            "head_top",
            "eye_line",
            "shoulder_tilt",
            "shoulders_visible",
            "body_turned",
            "garment_contrast",
            "garment_skin",
            "background_shadow",
            "necklace",
            "neckline",
            "pattern",
        ],
    },
    Case {
        check: "chin_bottom",
        code: "shoulders_cut",
        fails: Made("c01", |p| enlarged(p, [0, 0, 720, 510])),
        passes: Fixture("c03"),
        with: &[
            "face_width",
            "head_top",
            "eye_line",
            "shoulder_tilt",
            "shoulders_visible",
            "body_turned",
            "garment_contrast",
            "garment_skin",
            "background_shadow",
            "necklace",
            "neckline",
            "pattern",
        ],
    },
];

/// A part of the capture: left, top, width, height.
fn part(picture: RgbImage, [x, y, w, h]: [u32; 4]) -> RgbImage {
    crop_imm(&picture, x, y, w, h).to_image()
}

/// A part of the capture at twice its size, so that it has pixels enough.
fn enlarged(picture: RgbImage, part_of: [u32; 4]) -> RgbImage {
    let part = part(picture, part_of);
    resize(&part, 2 * part.width(), 2 * part.height(), FilterType::CatmullRom)
}
