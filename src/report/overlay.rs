//! What the program sees of a person, drawn on the photo: for the eye of whoever trusts or doubts it.

use font8x8::UnicodeFonts;
use image::{Rgb, RgbImage};
use imageproc::drawing::{draw_filled_circle_mut, draw_line_segment_mut, draw_polygon_mut};
use imageproc::point::Point;

use crate::body::Part;
use crate::face::Face;
use crate::model::attributes::Attributer;
use crate::pixels;
use crate::scene::Scene;

/// Height of the drawn picture: enough to see a hair, little enough to look through hundreds.
const HEIGHT: u32 = 960;

/// Width of the panel with what was read, pixels.
const PANEL: u32 = 400;

const YELLOW: Rgb<u8> = Rgb([255, 214, 0]);
const CYAN: Rgb<u8> = Rgb([0, 229, 255]);
const MAGENTA: Rgb<u8> = Rgb([255, 0, 200]);
const WHITE: Rgb<u8> = Rgb([255, 255, 255]);
const GREEN: Rgb<u8> = Rgb([0, 200, 83]);
const AMBER: Rgb<u8> = Rgb([255, 171, 0]);
const RED: Rgb<u8> = Rgb([244, 67, 54]);
const GREY: Rgb<u8> = Rgb([150, 150, 150]);

/// The photo with mesh, silhouette, background, crown, hairline, shoulder line, neck, garment, ears and glasses
/// drawn on it, and a panel with `title` and the attributes beside it.
pub fn draw(scene: &Scene, title: &str) -> RgbImage {
    let photo = &scene.photo.pixels;
    let (w, h) = (photo.width() as f32, photo.height() as f32);
    // A strip of a picture is not to make a page of gigabytes.
    let scale = (HEIGHT as f32 / h).min(2.0 * HEIGHT as f32 / w).min(4.0);
    let width = ((photo.width() as f32 * scale).round() as u32).max(1);
    let height = ((photo.height() as f32 * scale).round() as u32).max(1);
    let mut page = RgbImage::from_pixel(width + PANEL, height.max(480), Rgb([24, 24, 28]));
    let small = pixels::resized(photo, width, height);
    image::imageops::replace(&mut page, &small, 0, 0);
    let place = |p: [f32; 2]| (p[0] * scale, p[1] * scale);
    tint_garment(&mut page, scene, scale, (width, height));
    for face in &scene.faces {
        for p in &face.mesh {
            let (x, y) = place([p[0], p[1]]);
            draw_filled_circle_mut(&mut page, (x as i32, y as i32), 1, CYAN);
        }
    }
    let mut lines = vec![(title.to_owned(), WHITE)];
    match scene.portrait() {
        Err(reason) => lines.push((reason.because.en, RED)),
        Ok(portrait) => {
            let (face, person) = (portrait.face, portrait.person);
            outline(&mut page, &person.body.silhouette, YELLOW, place, true);
            if let Ok(neck) = &person.body.neck {
                outline(&mut page, neck, AMBER, place, true);
            }
            for edge in person.body.outlines(Part::Background, face.frontal_eye_distance()) {
                outline(&mut page, &edge, GREY, place, true);
            }
            regions(&mut page, face, &person.attributes, place);
            let body = &person.body;
            if let Ok(s) = &body.marks.shoulders {
                outline(&mut page, &[s.right, s.left], MAGENTA, place, false);
            }
            for (found, colour) in [(&body.marks.crown, WHITE), (&body.marks.hairline, AMBER)] {
                if let Ok([x, y]) = found {
                    let half = 0.5 * face.inter_ocular_distance();
                    outline(&mut page, &[[x - half, *y], [x + half, *y]], colour, place, false);
                }
            }
            lines.extend(words(&portrait));
        }
    }
    for (i, (line, colour)) in lines.iter().enumerate() {
        write(&mut page, width + 12, 12 + 22 * i as u32, line, *colour);
    }
    page
}

/// What the panel says: pose, shoulders, and each attribute's likeliest class.
fn words(portrait: &crate::scene::Portrait) -> Vec<(String, Rgb<u8>)> {
    let pose = portrait.face.pose;
    let body = &portrait.person.body.marks;
    let mut lines =
        vec![(format!("yaw {:.0} pitch {:.0} roll {:.0}", pose.yaw, pose.pitch, pose.roll), WHITE)];
    let gaze = portrait.person.gaze;
    lines.push((format!("gaze {:.0} deg (+-{:.0})", gaze.beside, gaze.error), WHITE));
    let [right, left] = portrait.person.rims.map(|eye| eye.share);
    lines.push((format!("rims over the eyes {right:.0}% {left:.0}%"), WHITE));
    let [right, left] = portrait.person.lids.map(|eye| eye.ratio);
    lines.push((format!("eyes open by {right:.2} {left:.2}"), WHITE));
    let before = portrait.person.before;
    let [frame, covered] = [before.frame, before.covered].map(|p| 100.0 * p);
    lines.push((format!("a frame {frame:.0}%, something before the face {covered:.0}%"), WHITE));
    match &body.shoulders {
        Ok(s) => lines.push((
            format!("shoulders {:.1} deg ({:.0}%)", s.angle, 100.0 * s.confidence),
            MAGENTA,
        )),
        Err(_) => lines.push(("shoulders unreadable".to_owned(), GREY)),
    }
    if body.crown.is_err() {
        lines.push(("crown unreadable".to_owned(), GREY));
    }
    if body.hairline.is_err() {
        lines.push(("hairline unreadable".to_owned(), GREY));
    }
    for (name, classes, row) in portrait.person.attributes.named() {
        let best = (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap_or(0);
        let name = name.replace('_', " ");
        let class = classes[best].replace('_', " ");
        let percent = 100.0 * row[best];
        lines.push((format!("{name:10}{class:12}{percent:3.0}%"), colour_of(best, row)));
    }
    lines
}

/// Green for the first class, red for another, amber where none is likely.
fn colour_of(best: usize, row: &[f32]) -> Rgb<u8> {
    match (best, row[best]) {
        (_, p) if p < 0.7 => AMBER,
        (0, _) => GREEN,
        _ => RED,
    }
}

/// Frames around the ears, and around the glasses where there are some.
fn regions(
    page: &mut RgbImage,
    face: &Face,
    attributes: &crate::model::attributes::Attributes,
    place: impl Fn([f32; 2]) -> (f32, f32) + Copy,
) {
    let squares = Attributer::regions(&face.mesh);
    for (square, row) in squares.iter().zip([attributes.right_ear, attributes.left_ear]) {
        let best = (0..3).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap_or(0);
        outline(page, square, colour_of(best, &row), place, true);
    }
    if attributes.glasses[0] < 0.5 {
        outline(page, &face.glasses(), RED, place, true);
    }
}

/// Lays a light blue over the garment.
fn tint_garment(page: &mut RgbImage, scene: &Scene, scale: f32, size: (u32, u32)) {
    let Some(person) = &scene.person else { return };
    let to_matte = &person.body.matte.to_matte;
    let (w, h) = person.body.parts.map.dimensions();
    for y in 0..size.1 {
        for x in 0..size.0 {
            let [mx, my] = to_matte.apply([x as f32 / scale, y as f32 / scale]);
            let inside = mx >= 0.0 && my >= 0.0 && mx < w as f32 && my < h as f32;
            if inside && person.body.parts.at(mx as u32, my as u32) == Part::Garment {
                let p = page.get_pixel_mut(x, y);
                p.0 = [p.0[0] / 4 * 3, p.0[1] / 4 * 3 + 20, p.0[2] / 4 * 3 + 60];
            }
        }
    }
}

fn outline(
    page: &mut RgbImage,
    points: &[[f32; 2]],
    colour: Rgb<u8>,
    place: impl Fn([f32; 2]) -> (f32, f32),
    closed: bool,
) {
    let ends = points.windows(2).map(|w| (w[0], w[1]));
    let last = points.last().zip(points.first()).filter(|_| closed && points.len() > 2);
    for (a, b) in ends.chain(last.map(|(a, b)| (*a, *b))) {
        let ((ax, ay), (bx, by)) = (place(a), place(b));
        draw_line_segment_mut(page, (ax, ay), (bx, by), colour);
        draw_line_segment_mut(page, (ax, ay + 1.0), (bx, by + 1.0), colour);
    }
}

/// Plain text of 8 x 8 letters, drawn twice as high as the font has them.
fn write(page: &mut RgbImage, left: u32, top: u32, text: &str, colour: Rgb<u8>) {
    for (i, letter) in text.chars().enumerate() {
        // The font has Latin letters alone; any other sign becomes a question mark.
        let rows = font8x8::BASIC_FONTS.get(letter).or_else(|| font8x8::BASIC_FONTS.get('?'));
        for (y, row) in rows.unwrap_or_default().into_iter().enumerate() {
            for x in (0..8).filter(|x| row >> x & 1 == 1) {
                let (px, py) = ((left + 9 * i as u32 + x) as i32, (top + 2 * y as u32) as i32);
                let corners = [(px, py), (px + 1, py), (px + 1, py + 2), (px, py + 2)];
                if px + 1 < page.width() as i32 && py + 2 < page.height() as i32 {
                    draw_polygon_mut(page, &corners.map(|(x, y)| Point::new(x, y)), colour);
                }
            }
        }
    }
}
