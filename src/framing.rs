//! The planned crop: which part of the capture becomes the standard picture, at which scale.
//!
//! No pixel is touched here. A crop is upright and scaled alike in both directions, lies inside the
//! capture, and is not enlarged beyond what the frame allows (but for a capture smaller than the frame, whose
//! pixels are too few all the same); among those it is the one whose
//! least comfortable band (crown, eye line, face width, ...) has the most room.

use crate::body::Marks;
use crate::face::{Face, part};
use crate::target::{Aims, Frame, Target};
use crate::verdict::{Band, Unreadable, text};

/// What decides about a crop: a few points of the person, photo pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Geometry {
    /// Width and height of the upright photo.
    pub picture: [f32; 2],
    /// Top of the hair.
    pub crown: Result<[f32; 2], Unreadable>,
    /// Lowest point of the chin.
    pub chin: [f32; 2],
    /// Right and left pupil.
    pub pupils: [[f32; 2]; 2],
    /// Left and right end of the face's outline: x.
    pub cheeks: [f32; 2],
}

impl Geometry {
    /// Of a face and the marks of the person around it.
    pub fn of(picture: (u32, u32), face: &Face, marks: &Marks) -> Geometry {
        let outline = face.outline(part::OVAL);
        let ends = outline
            .iter()
            .fold([f32::MAX, f32::MIN], |[low, high], p| [low.min(p[0]), high.max(p[0])]);
        Geometry {
            picture: [picture.0 as f32, picture.1 as f32],
            crown: marks.crown.clone(),
            chin: face.at(152),
            pupils: [face.at(part::RIGHT_PUPIL), face.at(part::LEFT_PUPIL)],
            cheeks: ends,
        }
    }

    /// Height of the eyes: the middle between the pupils.
    fn eye_line(&self) -> f32 {
        f32::midpoint(self.pupils[0][1], self.pupils[1][1])
    }

    /// Distance between the pupils.
    fn eye_distance(&self) -> f32 {
        crate::face::distance(self.pupils[0], self.pupils[1])
    }
}

/// A crop, and where it brings the person.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Left, top, right, bottom of the crop on the photo, pixels.
    pub crop: [f32; 4],
    /// Pixels of the standard picture for one of the photo, across and down; alike but for a finished
    /// file of another shape.
    pub scale: [f32; 2],
    /// Width and height of the standard picture.
    pub size: [f32; 2],
    /// What the crop was planned by.
    pub geometry: Geometry,
}

impl Plan {
    /// A point of the photo in the standard picture.
    pub fn place(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [(x - self.crop[0]) * self.scale[0], (y - self.crop[1]) * self.scale[1]]
    }

    /// From the top edge to the top of the hair.
    ///
    /// # Errors
    /// Where the crown is not seen.
    pub fn head_top(&self) -> Result<f32, Unreadable> {
        self.geometry.crown.clone().map(|crown| self.place(crown)[1])
    }

    /// From the top edge to the middle between the pupils.
    pub fn eye_line(&self) -> f32 {
        self.place([0.0, self.geometry.eye_line()])[1]
    }

    /// Cheek to cheek.
    pub fn face_width(&self) -> f32 {
        let [left, right] = self.geometry.cheeks;
        (right - left) * self.scale[0]
    }

    /// From the top of the hair to the chin.
    ///
    /// # Errors
    /// Where the crown is not seen.
    pub fn head_height(&self) -> Result<f32, Unreadable> {
        self.geometry.crown.clone().map(|c| (self.geometry.chin[1] - c[1]) * self.scale[1])
    }

    /// Between the pupils.
    pub fn eye_distance(&self) -> f32 {
        let [a, b] = self.geometry.pupils.map(|p| self.place(p));
        crate::face::distance(a, b)
    }

    /// From the chin to the bottom edge.
    pub fn chin_bottom(&self) -> f32 {
        self.size[1] - self.place(self.geometry.chin)[1]
    }

    /// From the middle of the picture to the middle of the face, + to the right in the picture.
    pub fn centring(&self) -> f32 {
        let [left, right] = self.geometry.cheeks;
        self.place([f32::midpoint(left, right), 0.0])[0] - self.size[0] / 2.0
    }

    /// Corners of the crop on the photo, for a report to draw.
    pub fn outline(&self) -> Vec<[f32; 2]> {
        let [x0, y0, x1, y1] = self.crop;
        vec![[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
    }
}

/// The crop for this target.
///
/// # Errors
/// Where the target has no frame.
pub fn plan(geometry: Geometry, target: &Target) -> Result<Plan, Unreadable> {
    let Some(frame) = &target.frame else {
        return Err(Unreadable::because(text(
            "规格没有规定成品尺寸，没法裁切",
            "the profile has no frame to plan a crop for",
        )));
    };
    let size = [frame.width as f32, frame.height as f32];
    let [w, h] = geometry.picture;
    if target.finished {
        let scale = [size[0] / w, size[1] / h];
        return Ok(Plan { crop: [0.0, 0.0, w, h], scale, size, geometry });
    }
    // Below this scale the crop would be wider or higher than the capture.
    let least = (size[0] / w).max(size[1] / h);
    let most = (frame.enlarge as f32).max(least);
    let comfort = |s: f32| best_top(&geometry, frame, s).1;
    let scale = highest(least, most, comfort);
    let top = best_top(&geometry, frame, scale).0;
    let middle = f32::midpoint(geometry.cheeks[0], geometry.cheeks[1]);
    let width = size[0] / scale;
    let left = (middle - width / 2.0).clamp(0.0, (w - width).max(0.0));
    let crop = [left, top, left + width, top + size[1] / scale];
    Ok(Plan { crop, scale: [scale; 2], size, geometry })
}

/// The top of the crop (photo pixels) that suits this scale best, and the room that it leaves.
fn best_top(geometry: &Geometry, frame: &Frame, scale: f32) -> (f32, f32) {
    let last = (geometry.picture[1] - frame.height as f32 / scale).max(0.0);
    let top = best_place(&lines(geometry, frame, scale), last.into()) as f32;
    (top, room(geometry, frame, scale, top))
}

/// The room at one end of a band: with the crop at the top of the photo, and what each pixel further
/// down adds to it.
type Line = (f64, f64);

/// The room at the ends of the bands of place. Bands of size do not change with it: were they asked
/// here, a head that is too small for its band would make every place as good that is no worse.
fn lines(geometry: &Geometry, frame: &Frame, scale: f32) -> [Option<Line>; 6] {
    let (scale, height) = (f64::from(scale), f64::from(frame.height));
    let crown = geometry.crown.as_ref().ok().map(|c| f64::from(c[1]));
    let both = |band: Band, at: f64, down: f64| {
        let half = half(band, frame);
        let above = band.min.map(|min| ((at - min) / half, down / half));
        let below = band.max.map(|max| ((max - at) / half, -down / half));
        [above, below]
    };
    let crown = crown.map_or([None; 2], |c| both(frame.aims.head_top, c * scale, -scale));
    let eyes = both(frame.aims.eye_line, f64::from(geometry.eye_line()) * scale, -scale);
    let chin = height - f64::from(geometry.chin[1]) * scale;
    let chin = both(frame.aims.chin_bottom, chin, scale);
    [crown[0], crown[1], eyes[0], eyes[1], chin[0], chin[1]]
}

/// Where, from 0 to `last`, the lowest of the lines is highest: of places as good the topmost.
///
/// The lowest of rising and falling lines is highest where two of them cross, or at an end; the best
/// that can be had of all of them is the least that can be had of any two.
fn best_place(lines: &[Option<Line>; 6], last: f64) -> f64 {
    let rising = || lines.iter().flatten().filter(|l| l.1 > 0.0);
    let falling = || lines.iter().flatten().filter(|l| l.1 < 0.0);
    let ends = rising().map(|l| l.0 + l.1 * last).chain(falling().map(|l| l.0));
    let crossing = |a: &Line, b: &Line| a.0 + a.1 * (b.0 - a.0) / (a.1 - b.1);
    let crossings = rising().flat_map(|a| falling().map(move |b| crossing(a, b)));
    // More room than half a band has nothing to be better by.
    let best = ends.chain(crossings).fold(1.0, f64::min);
    rising().map(|l| (best - l.0) / l.1).fold(0.0, f64::max).min(last)
}

/// Half the width of a band; an open end is given the room of a tenth of the picture.
fn half(band: Band, frame: &Frame) -> f64 {
    match (band.min, band.max) {
        (Some(min), Some(max)) => ((max - min) / 2.0).max(0.5),
        _ => f64::from(frame.height) / 10.0,
    }
}

/// Room in the least comfortable band, as a share of half its width: 1 in the middle of all, 0 at an
/// end of one, negative outside.
fn room(geometry: &Geometry, frame: &Frame, scale: f32, top: f32) -> f32 {
    let Aims { head_top, eye_line, face_width, head_height, eye_distance, chin_bottom } =
        frame.aims;
    let down = |y: f32| (y - top) * scale;
    let chin = geometry.chin[1];
    let crown = geometry.crown.as_ref().ok().map(|c| c[1]);
    let rows = [
        Some((eye_line, down(geometry.eye_line()))),
        Some((face_width, (geometry.cheeks[1] - geometry.cheeks[0]) * scale)),
        Some((eye_distance, geometry.eye_distance() * scale)),
        Some((chin_bottom, frame.height as f32 - down(chin))),
        crown.map(|crown| (head_top, down(crown))),
        crown.map(|crown| (head_height, (chin - crown) * scale)),
    ];
    let in_band = |(band, value): (Band, f32)| {
        let value = f64::from(value);
        let above = band.min.map_or(f64::INFINITY, |min| value - min);
        let below = band.max.map_or(f64::INFINITY, |max| max - value);
        (above.min(below) / half(band, frame)) as f32
    };
    rows.into_iter().flatten().map(in_band).fold(1.0, f32::min)
}

/// Where a concave function is highest between two ends, to a thousandth of their distance and
/// better: both the room in a band and the least of several are concave in scale and place.
fn highest(mut low: f32, mut high: f32, of: impl Fn(f32) -> f32) -> f32 {
    for _ in 0..40 {
        let third = (high - low) / 3.0;
        let (a, b) = (low + third, high - third);
        // Of equals the lower half is kept: the smaller scale, the higher crop.
        if of(a) < of(b) { low = a } else { high = b }
    }
    f32::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn band(min: f64, max: f64) -> Band {
        Band { min: Some(min), max: Some(max) }
    }

    /// 教毕指〔2017〕99号.
    fn degree() -> Target {
        let aims = Aims {
            head_top: band(50.0, 110.0),
            eye_line: band(200.0, 300.0),
            face_width: band(180.0, 300.0),
            ..Aims::default()
        };
        let frame = Frame { width: 480, height: 640, enlarge: 1.0, aims };
        Target { frame: Some(frame), ..Target::default() }
    }

    /// A head of `width` at `x`, its crown at `y`, in proportions of the usual one.
    fn person(picture: [f32; 2], x: f32, y: f32, width: f32) -> Geometry {
        Geometry {
            picture,
            crown: Ok([x, y]),
            chin: [x, y + 1.55 * width],
            pupils: [[x - 0.21 * width, y + 0.75 * width], [x + 0.21 * width, y + 0.75 * width]],
            cheeks: [x - width / 2.0, x + width / 2.0],
        }
    }

    #[test]
    fn a_roomy_capture_gets_every_band_with_room_and_the_face_in_the_middle() {
        let plan = plan(person([3000.0, 4000.0], 1400.0, 900.0, 800.0), &degree()).unwrap();
        let top = plan.head_top().unwrap();
        assert!((60.0..100.0).contains(&top), "{top}");
        assert!((215.0..285.0).contains(&plan.eye_line()), "{}", plan.eye_line());
        assert!((200.0..280.0).contains(&plan.face_width()), "{}", plan.face_width());
        assert!(plan.centring().abs() < 0.1);
        assert!((plan.scale[0] - plan.scale[1]).abs() < 1e-6 && plan.scale[0] < 1.0);
        let [x0, y0, x1, y1] = plan.crop;
        assert!(x0 >= 0.0 && y0 >= 0.0 && x1 <= 3000.0 && y1 <= 4000.0);
        assert!(((x1 - x0) / (y1 - y0) - 0.75).abs() < 1e-4);
    }

    #[test]
    fn what_the_capture_does_not_hold_shows_in_the_band_that_lacks_it() {
        // The hair touches the top of the picture.
        let cut = plan(person([1500.0, 2000.0], 750.0, 5.0, 500.0), &degree()).unwrap();
        assert!(cut.head_top().unwrap() < 50.0 && cut.crop[1] < 1.0);
        // A head that fills the picture.
        let close = plan(person([600.0, 800.0], 300.0, 60.0, 420.0), &degree()).unwrap();
        assert!(close.face_width() > 300.0);
        // A small head in a small picture: never enlarged.
        let far = plan(person([600.0, 800.0], 300.0, 200.0, 120.0), &degree()).unwrap();
        assert!(far.face_width() < 180.0 && far.scale[0] <= 1.0);
        // A head at the side.
        let aside = plan(person([800.0, 900.0], 150.0, 200.0, 240.0), &degree()).unwrap();
        assert!(aside.centring() < -20.0 && aside.crop[0] < 1.0, "{}", aside.centring());
    }

    #[test]
    fn a_finished_file_is_taken_as_it_is() {
        let target = Target { finished: true, ..degree() };
        let plan = plan(person([960.0, 1280.0], 500.0, 100.0, 480.0), &target).unwrap();
        assert_eq!(plan.crop, [0.0, 0.0, 960.0, 1280.0]);
        assert!((plan.head_top().unwrap() - 50.0).abs() < 1e-3);
        assert!((plan.centring() - 10.0).abs() < 1e-3);
    }

    #[test]
    fn the_best_place_is_where_the_lowest_line_is_highest() {
        let many = |k: u32| {
            let v = |i: u32| f64::from((k * 7919 + i * 104_729) % 1000) / 100.0 - 5.0;
            let line =
                |i, down| (v(i) > -3.0).then(|| (v(i), down * (0.01 + v(i + 9).abs() / 50.0)));
            [line(1, 1.0), line(2, -1.0), line(3, 1.0), line(4, -1.0), line(5, 1.0), line(6, -1.0)]
        };
        for k in 0..500 {
            let lines = many(k);
            let low = |t: f64| lines.iter().flatten().map(|l| l.0 + l.1 * t).fold(1.0, f64::min);
            let found = best_place(&lines, 300.0);
            let seen = (0..=3000).map(|i| low(f64::from(i) / 10.0)).fold(f64::MIN, f64::max);
            assert!((0.0..=300.0).contains(&found) && low(found) > seen - 1e-9, "{k}: {found}");
            assert!(found < 0.1 || low(found - 0.1) < low(found), "{k}: a higher place is as good");
        }
    }

    #[test]
    fn a_crown_out_of_sight_leaves_the_other_bands_to_plan_by() {
        let mut person = person([3000.0, 4000.0], 1500.0, 900.0, 800.0);
        person.crown = Err(Unreadable::because(text("被裁掉", "cut off")));
        let plan = plan(person, &degree()).unwrap();
        assert!(plan.head_top().is_err());
        assert!((200.0..300.0).contains(&plan.eye_line()));
    }
}
