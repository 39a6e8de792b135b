//! The quality a JPEG was encoded with, from its quantisation tables.
//!
//! libjpeg scales two example tables (ITU-T T.81, tables K.1 and K.2) by a
//! percentage that depends on the quality (`jcparam.c`, `jpeg_quality_scaling`
//! and `jpeg_add_quant_table`). We make the tables for all hundred qualities
//! and look for the file's. Encoders with tables of their own (Photoshop,
//! cameras, mozjpeg) get the quality whose tables have the nearest sum, which
//! is the idea of ImageMagick's `JPEGSetImageQuality` (`coders/jpeg.c`).

/// T.81 table K.1, luminance, in zigzag order.
const LUMA: [u16; 64] = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37,
    29, 40, 58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81,
    87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];

/// T.81 table K.2, chrominance, in zigzag order.
const CHROMA: [u16; 64] = [
    17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/// A quality on libjpeg's scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// 1 to 100.
    pub quality: u8,
    /// The tables are exactly libjpeg's for this quality.
    pub exact: bool,
}

/// The quality of tables in zigzag order; `chroma` is `None` for grey and CMYK.
pub fn estimate(luma: &[u16; 64], chroma: Option<&[u16; 64]>) -> Estimate {
    let sum = |table: &[u16; 64]| table.iter().map(|&value| u32::from(value)).sum::<u32>();
    let target = sum(luma) + chroma.map_or(0, sum);
    let mut nearest = (u32::MAX, 0);
    // From the top: where low qualities coincide, the better name wins.
    for quality in (1..=100).rev() {
        let (k1, k2) = (scaled(&LUMA, quality), scaled(&CHROMA, quality));
        if *luma == k1 && chroma.is_none_or(|chroma| *chroma == k2) {
            return Estimate { quality, exact: true };
        }
        let total = sum(&k1) + chroma.map_or(0, |_| sum(&k2));
        nearest = nearest.min((total.abs_diff(target), quality));
    }
    Estimate { quality: nearest.1, exact: false }
}

/// `jcparam.c`: scale in percent, rounded, kept within a baseline table's 8 bits.
fn scaled(table: &[u16; 64], quality: u8) -> [u16; 64] {
    let quality = u32::from(quality);
    let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
    table.map(|value| ((u32::from(value) * percent + 50) / 100).clamp(1, 255) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_libjpeg_quality_is_named_exactly() {
        for quality in 1..=100 {
            let luma = scaled(&LUMA, quality);
            let chroma = scaled(&CHROMA, quality);
            let found = estimate(&luma, Some(&chroma));
            assert!(found.exact);
            // Tables clamped at 255 coincide at the very bottom of the scale.
            assert!(found.quality == quality || quality < 3, "{quality}: {found:?}");
        }
    }

    #[test]
    fn foreign_tables_get_the_nearest_quality() {
        let mut luma = scaled(&LUMA, 85);
        luma[5] += 1;
        let found = estimate(&luma, Some(&scaled(&CHROMA, 85)));
        assert_eq!(found, Estimate { quality: 85, exact: false });
    }
}
