//! A photo and its overview: two levels of an image pyramid.
//!
//! What looks at the whole of a photo, or at a part of it that ends up small, has a tenth of a camera's pixels to
//! go through in the overview. A photo of no more than 1,440 px a side is its own overview.

use image::RgbImage;

use crate::pixels::{self, Similarity};

/// Longer side of an overview, pixels, at most: twice what the largest look at a whole photo needs.
const MOST: u32 = 1440;

/// A photo made smaller by a whole number.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Means of squares of [`Overview::by`] pixels of the photo; what is left over at its right and lower end
    /// is not seen.
    pub picture: RgbImage,
    /// How many pixels of the photo lie side by side in one of these; 1 for a small photo.
    pub by: u32,
}

impl Overview {
    /// The overview of a photo.
    pub fn of(photo: &RgbImage) -> Overview {
        let by = photo.width().max(photo.height()).div_ceil(MOST).clamp(1, pixels::MOST_MEANS);
        // A photo that is narrower than one pixel of the overview has none.
        if by == 1 || photo.width().min(photo.height()) < by {
            return Overview { picture: photo.clone(), by: 1 };
        }
        let size = (photo.width() / by, photo.height() / by);
        Overview { picture: pixels::means(photo, [0, 0], by, size), by }
    }
}

/// Both levels of one photo.
#[derive(Clone, Copy, Debug)]
pub struct Pyramid<'a> {
    /// The photo itself.
    pub photo: &'a RgbImage,
    /// Its overview.
    pub overview: &'a Overview,
}

impl Pyramid<'_> {
    /// The part that a similarity carries from the photo's pixels onto a crop of this size, taken from the
    /// overview where that is fine enough: see [`pixels::cut_out`].
    pub fn cut_out(&self, to_crop: &Similarity, size: (u32, u32)) -> RgbImage {
        let by = self.overview.by as f32;
        if self.overview.by == 1 || to_crop.scale() * by > 1.0 {
            return pixels::cut_out(self.photo, to_crop, size);
        }
        // Pixel centres stand at whole numbers on both levels.
        let [tx, ty] = to_crop.apply([(by - 1.0) / 2.0; 2]);
        let from_overview = Similarity { a: to_crop.a * by, b: to_crop.b * by, tx, ty };
        pixels::cut_out(&self.overview.picture, &from_overview, size)
    }

    /// [`Pyramid::cut_out`] for a square.
    pub fn cut(&self, to_square: &Similarity, side: u32) -> RgbImage {
        self.cut_out(to_square, (side, side))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    #[test]
    fn an_overview_has_the_means_of_squares() {
        let photo = RgbImage::from_fn(2900, 7, |x, y| Rgb([(x % 256) as u8, y as u8 * 30, 9]));
        let overview = Overview::of(&photo);
        assert_eq!((overview.by, overview.picture.dimensions()), (3, (966, 2)));
        // Columns 300 to 302 are 44 to 46; rows 3 to 5 are 90 to 150.
        assert_eq!(*overview.picture.get_pixel(100, 1), Rgb([45, 120, 9]));
        let small = RgbImage::from_pixel(1440, 3, Rgb([1, 2, 3]));
        assert_eq!((Overview::of(&small).by, Overview::of(&small).picture), (1, small.clone()));
        let line = RgbImage::new(9000, 1);
        assert_eq!(Overview::of(&line).by, 1);
    }

    #[test]
    fn a_crop_shows_the_same_from_either_level() {
        let photo = RgbImage::from_fn(3000, 2000, |x, y| Rgb([(x / 12) as u8, (y / 8) as u8, 0]));
        let overview = Overview::of(&photo);
        let pyramid = Pyramid { photo: &photo, overview: &overview };
        for (scale, angle) in [(0.3, 0.2), (0.11, -0.5)] {
            let to = Similarity::about([1500.0, 1000.0], angle, scale, [40.0, 40.0]);
            let (one, other) = (pyramid.cut(&to, 81), pixels::cut(&photo, &to, 81));
            let off = one.iter().zip(other.iter()).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(off <= Some(1), "{scale}: {off:?}");
        }
        // Finer than the overview: the photo itself.
        let fine = Similarity::about([1500.0, 1000.0], 0.0, 0.8, [40.0, 40.0]);
        assert_eq!(pyramid.cut(&fine, 81), pixels::cut(&photo, &fine, 81));
    }
}
