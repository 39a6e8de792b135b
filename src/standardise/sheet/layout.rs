//! Where the photos and the crop marks are on a sheet, in pixels at [`DPI`].

use imageproc::rect::Rect;

use crate::error::{Error, Result};

/// Dots per inch of a sheet, as print shops expect.
pub const DPI: u16 = 300;

/// Free at each side, pixels: 3 mm and a bit. Printers enlarge borderless prints by about as much.
const MARGIN: u32 = 36;

/// Between two photos, pixels: 2 mm, so that a blade a little beside its mark cuts no other photo.
const GAP: u32 = 24;

/// From a photo to where its marks begin, pixels: 0.5 mm, so that no mark shows on a cut photo.
const CLEAR: u32 = 6;

/// Length of a mark that points to no other photo, pixels: 5 mm, enough to lay a ruler along.
const MARK: u32 = 59;

/// Thickness of a mark, pixels: 0.085 mm, which printers call a hairline (a quarter of a point).
const HAIRLINE: u32 = 1;

/// A sheet before there is a photo on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Width and height of the paper as it lies, mm.
    pub paper: [f64; 2],
    /// The same in pixels of the sheet.
    pub size: [u32; 2],
    /// Width and height of a photo, mm.
    pub photo: [f64; 2],
    /// Where the photos are, row by row, pixels of the sheet. There is at least one, and all are of one size.
    pub places: Vec<Rect>,
    /// The crop marks: hairlines that go on from the edges of the photos.
    pub marks: Vec<Rect>,
}

/// Columns and rows of photos on a sheet that lies one way.
struct Grid {
    paper: [f64; 2],
    size: [u32; 2],
    photo: [u32; 2],
    cells: [u32; 2],
}

impl Grid {
    fn of(paper: [f64; 2], photo: [f64; 2]) -> Grid {
        let [size, print] = [paper, photo].map(pixels);
        let cells = [0, 1].map(|k| (size[k] + GAP).saturating_sub(2 * MARGIN) / (print[k] + GAP));
        Grid { paper, size, photo: print, cells }
    }

    fn holds(&self) -> u32 {
        self.cells[0] * self.cells[1]
    }

    /// What is better of two ways to lie: more photos, then more room at the side that has less of it.
    fn merit(&self) -> (u32, u32) {
        let room = |k: usize| self.size[k].saturating_sub(self.cells[k] * (self.photo[k] + GAP));
        (self.holds(), room(0).min(room(1)))
    }

    /// The first `n` cells, row by row, in the middle of the sheet.
    fn places(&self, n: u32) -> Vec<Rect> {
        let columns = self.cells[0].min(n);
        let used = [columns, n.div_ceil(columns)];
        let [left, top] = [0, 1].map(|k| {
            let taken = used[k] * (self.photo[k] + GAP) - GAP;
            (self.size[k] - taken) / 2
        });
        let [w, h] = self.photo;
        let at = |i: u32| rect(left + i % columns * (w + GAP), top + i / columns * (h + GAP), w, h);
        (0..n).map(at).collect()
    }
}

/// Width and height in pixels of the sheet of a size in mm, no more than a JPEG may have.
fn pixels(mm: [f64; 2]) -> [u32; 2] {
    mm.map(|v| (v / 25.4 * f64::from(DPI)).round().clamp(1.0, 65535.0) as u32)
}

fn rect(x: u32, y: u32, w: u32, h: u32) -> Rect {
    Rect::at(x as i32, y as i32).of_size(w, h)
}

/// The layout of `copies` photos, or of as many as there is room for, on paper that lies the way that
/// holds more (or has wider margins, where both hold as many). Sizes are width and height, mm.
///
/// # Errors
/// [`Error::Usage`] with the numbers, where the paper does not hold them.
pub fn plan(paper: [f64; 2], photo: [f64; 2], copies: Option<u16>) -> Result<Layout> {
    let [w, h] = paper;
    let (given, turned) = (Grid::of([w, h], photo), Grid::of([h, w], photo));
    let grid = if turned.merit() > given.merit() { turned } else { given };
    let n = copies.map_or(grid.holds().max(1), u32::from);
    if n == 0 || n > grid.holds() {
        let margin = f64::from(MARGIN) / f64::from(DPI) * 25.4;
        let reason = format!(
            "a sheet of {} mm holds {} photos of {} mm, {margin:.1} mm from its edges: {n} are wanted",
            told(paper),
            grid.holds(),
            told(photo),
        );
        return Err(Error::Usage { reason });
    }
    let places = grid.places(n);
    let marks = marks(&places, grid.size);
    Ok(Layout { paper: grid.paper, size: grid.size, photo, places, marks })
}

/// A size in mm, for people.
pub fn told([w, h]: [f64; 2]) -> String {
    let one = |v: f64| format!("{}", (v * 10.0).round() / 10.0);
    format!("{} x {}", one(w), one(h))
}

/// Two marks go out from each corner of a photo, on the first pixel outside of it. Between two photos
/// they fill the gap but for what is clear at both ends, and are the marks of both.
fn marks(places: &[Rect], [width, height]: [u32; 2]) -> Vec<Rect> {
    let gap = GAP - 2 * CLEAR;
    let is_photo = |x: i32, y: i32| places.iter().any(|p| p.left() == x && p.top() == y);
    let mut all = Vec::new();
    for p in places {
        let [x, y, w, h] = [p.left() as u32, p.top() as u32, p.width(), p.height()];
        let (dx, dy) = ((w + GAP) as i32, (h + GAP) as i32);
        let alone = |room: u32| MARK.min(room - CLEAR);
        let up = if is_photo(p.left(), p.top() - dy) { gap } else { alone(y) };
        let left = if is_photo(p.left() - dx, p.top()) { gap } else { alone(x) };
        for column in [x - HAIRLINE, x + w] {
            all.push(rect(column, y - CLEAR - up, HAIRLINE, up));
            if !is_photo(p.left(), p.top() + dy) {
                all.push(rect(column, y + h + CLEAR, HAIRLINE, alone(height - y - h)));
            }
        }
        for row in [y - HAIRLINE, y + h] {
            all.push(rect(x - CLEAR - left, row, left, HAIRLINE));
            if !is_photo(p.left() + dx, p.top()) {
                all.push(rect(x + w + CLEAR, row, alone(width - x - w), HAIRLINE));
            }
        }
    }
    all
}

/// Pixels per inch that prints of a photo of this size (pixels) will have, across or down, where there
/// are fewer.
pub fn ppi(layout: &Layout, [width, height]: [u32; 2]) -> f64 {
    let inches = layout.photo.map(|mm| mm / 25.4);
    (f64::from(width) / inches[0]).min(f64::from(height) / inches[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIX: [f64; 2] = [152.4, 101.6];
    const FIVE: [f64; 2] = [127.0, 88.9];
    const A4: [f64; 2] = [210.0, 297.0];
    const ONE_INCH: [f64; 2] = [25.0, 35.0];
    const DEGREE: [f64; 2] = [40.64, 54.187];

    /// How many, and which way the sheet lies.
    fn count(paper: [f64; 2], photo: [f64; 2]) -> (usize, [u32; 2]) {
        let layout = plan(paper, photo, None).unwrap();
        (layout.places.len(), layout.size)
    }

    #[test]
    fn the_papers_of_the_trade_hold_what_they_should() {
        let (six, upright) = ([1800, 1200], [1200, 1800]);
        // 3 x (413 + 24) + 413 + 2 x 36 = 1796 of 1800 down; only 5 x 2 with the sheet lying.
        assert_eq!(count(SIX, ONE_INCH), (12, upright));
        assert_eq!(count(FIVE, ONE_INCH), (9, [1050, 1500]));
        // 4 x 1 fit with the sheet lying, 2 x 2 upright with far wider margins.
        assert_eq!(count(SIX, [35.0, 49.0]), (4, upright));
        assert_eq!(count(FIVE, [35.0, 49.0]), (4, [1050, 1500]));
        assert_eq!(count(SIX, [35.0, 53.0]), (4, upright));
        assert_eq!(count(SIX, [26.0, 32.0]), (12, upright));
        assert_eq!(count(SIX, [35.0, 45.0]), (8, six));
        assert_eq!(count(SIX, DEGREE), (4, upright));
        assert_eq!(count(A4, ONE_INCH), (50, [3508, 2480]));
    }

    #[test]
    fn photos_keep_their_distances_and_no_mark_touches_one() {
        let wide = |p: &Rect, by: u32| {
            let by_i = by as i32;
            Rect::at(p.left() - by_i, p.top() - by_i)
                .of_size(p.width() + 2 * by, p.height() + 2 * by)
        };
        for paper in [SIX, FIVE, A4, [177.8, 127.0], [90.0, 300.0]] {
            for photo in [ONE_INCH, [35.0, 53.0], [26.0, 32.0], [51.0, 51.0], DEGREE] {
                for copies in [None, Some(1), Some(2)] {
                    let Ok(layout) = plan(paper, photo, copies) else { continue };
                    let [w, h] = layout.size;
                    let free = rect(MARGIN, MARGIN, w - 2 * MARGIN, h - 2 * MARGIN);
                    for (i, p) in layout.places.iter().enumerate() {
                        assert_eq!(p.intersect(free), Some(*p), "{layout:?}");
                        let others = layout.places[i + 1..].iter();
                        assert!(others.clone().all(|o| wide(p, GAP).intersect(*o).is_none()));
                        let marks = layout.marks.iter();
                        assert!(marks.clone().all(|m| wide(p, CLEAR).intersect(*m).is_none()));
                    }
                    let all = rect(0, 0, w, h);
                    assert!(layout.marks.iter().all(|m| m.intersect(all) == Some(*m)));
                    // In the middle, to a pixel.
                    let right = layout.places.iter().map(Rect::right).max().unwrap();
                    let bottom = layout.places.iter().map(Rect::bottom).max().unwrap();
                    let [x, y] = [layout.places[0].left(), layout.places[0].top()];
                    assert!((w as i32 - 1 - right - x).abs() <= 1);
                    assert!((h as i32 - 1 - bottom - y).abs() <= 1);
                }
            }
        }
    }

    /// A ruler laid along two marks on opposite sides lies on the edge of the photo.
    #[test]
    fn every_edge_of_every_photo_has_a_mark_at_both_ends() {
        for copies in [None, Some(1), Some(7)] {
            let layout = plan(SIX, ONE_INCH, copies).unwrap();
            let vertical = |x: i32, y: i32| {
                layout.marks.iter().any(|m| {
                    m.width() == HAIRLINE && m.left() == x && m.top() <= y && m.bottom() >= y
                })
            };
            let horizontal = |x: i32, y: i32| {
                layout.marks.iter().any(|m| {
                    m.height() == HAIRLINE && m.top() == y && m.left() <= x && m.right() >= x
                })
            };
            let out = CLEAR as i32 + 3;
            for p in &layout.places {
                for x in [p.left() - 1, p.right() + 1] {
                    assert!(vertical(x, p.top() - out) && vertical(x, p.bottom() + out), "{p:?}");
                }
                for y in [p.top() - 1, p.bottom() + 1] {
                    assert!(horizontal(p.left() - out, y) && horizontal(p.right() + out, y));
                }
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_one_error_with_the_numbers() {
        let said = plan([50.0, 40.0], [33.0, 48.0], None).unwrap_err().to_string();
        for word in ["50 x 40", "holds 0", "33 x 48", "3.0 mm from", "1 are wanted"] {
            assert!(said.contains(word), "{said}");
        }
        let said = plan(SIX, ONE_INCH, Some(16)).unwrap_err().to_string();
        assert!(said.contains("holds 12") && said.contains("16 are wanted"), "{said}");
        assert!(plan(SIX, ONE_INCH, Some(12)).is_ok());
        assert!(plan(SIX, [f64::INFINITY, 10.0], None).is_err());
    }

    #[test]
    fn too_few_pixels_are_counted_by_the_worse_side() {
        let layout = plan(SIX, [25.4, 50.8], None).unwrap();
        assert_eq!(ppi(&layout, [300, 600]), 300.0);
        assert_eq!(ppi(&layout, [300, 400]), 200.0);
    }
}
