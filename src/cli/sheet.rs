//! `standardise --sheet`: papers by the names of the trade.

use clap::Args;

use crate::error::{Error, Result};
use crate::profile::Profile;
use crate::standardise::sheet::{self, Layout, told};

/// The longer side of a sheet may have no more, mm: 24 in, the widest photo paper on rolls. At 300 dpi
/// that is 150 MB of pixels.
const LONGEST: f64 = 609.6;

/// Prints of fewer pixels per inch look soft in the hand: print shops ask for 300 and take 250.
const SHARP: f64 = 250.0;

/// Names and sides, mm. 寸 and R both count inches: the longer side, and the shorter one rounded down.
const PAPERS: &[(&[&str], [f64; 2])] = &[
    (&["3r", "5寸"], [5.0 * INCH, 3.5 * INCH]),
    (&["4r", "6寸"], [6.0 * INCH, 4.0 * INCH]),
    (&["5r", "7寸"], [7.0 * INCH, 5.0 * INCH]),
    (&["6r", "8寸"], [8.0 * INCH, 6.0 * INCH]),
    (&["8r", "10寸"], [10.0 * INCH, 8.0 * INCH]),
    (&["a4"], [210.0, 297.0]),
    (&["a5"], [148.0, 210.0]),
    (&["a6"], [105.0, 148.0]),
    (&["letter"], [8.5 * INCH, 11.0 * INCH]),
];

const INCH: f64 = 25.4;

#[derive(Debug, Args)]
pub(super) struct SheetArgs {
    /// Also write NAME.sheet.jpg: a sheet of prints of the standard photo at 300 dpi, as many as it
    /// holds, with crop marks. SIZE is 6x4in (or 4R, 6寸), 5x3.5in (3R, 5寸), 7x5in (5R, 7寸), 8x6in,
    /// 10x8in, A4, A5, A6, letter, or any WIDTHxHEIGHT in in, mm or cm. The sheet is turned where it
    /// holds more so
    #[arg(long, value_name = "SIZE", value_parser = paper, requires = "standardise")]
    sheet: Option<Paper>,
    /// So many prints on the sheet, not as many as it holds
    #[arg(long, value_name = "N", requires = "sheet", value_parser = clap::value_parser!(u16).range(1..))]
    copies: Option<u16>,
}

/// Width and height, mm.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Paper([f64; 2]);

impl SheetArgs {
    /// How every sheet of the run is laid out, where sheets are wanted.
    ///
    /// # Errors
    /// When the paper does not hold the photos of the profile.
    pub(super) fn layout(&self, profile: &Profile) -> Result<Option<Layout>> {
        let Some(Paper(paper)) = self.sheet else { return Ok(None) };
        let Some(frame) = profile.frame else {
            let reason =
                format!("--sheet: the profile {} does not say how large a photo is", profile.name);
            return Err(Error::Usage { reason });
        };
        sheet::plan(paper, frame.print_mm(), self.copies).map(Some)
    }
}

/// What is said once of the sheets of a run.
pub(super) fn about(layout: &Layout, profile: &Profile) -> String {
    let [width, height] = layout.size;
    let mut text = format!(
        "each sheet: {} of {} mm on {} mm ({width} x {height} px, {} dpi)",
        layout.places.len(),
        told(layout.photo),
        told(layout.paper),
        sheet::DPI
    );
    let pixels = profile.frame.map(|f| sheet::ppi(layout, [f.width, f.height]));
    if let Some(ppi) = pixels.filter(|ppi| *ppi < SHARP) {
        text += &format!(
            "\nprints of this size look soft: the standard photo has {ppi:.0} pixels per inch of them, {SHARP} are wanted"
        );
    }
    text
}

/// A paper by its name or sides.
fn paper(text: &str) -> std::result::Result<Paper, String> {
    let wanted = text.trim().to_lowercase();
    if let Some((_, sides)) = PAPERS.iter().find(|(names, _)| names.contains(&wanted.as_str())) {
        return Ok(Paper(*sides));
    }
    let unknown = || {
        let names: Vec<&str> = PAPERS.iter().flat_map(|(names, _)| names.iter().copied()).collect();
        format!("6x4in, 102x152mm and the like are wanted, or one of {}", names.join(", "))
    };
    let (width, height) = wanted.split_once(['x', '×', '*']).ok_or_else(unknown)?;
    let (height, unit) = side(height).ok_or_else(unknown)?;
    let (width, own) = side(width).ok_or_else(unknown)?;
    let Some(unit) = unit else { return Err("say in what: in, mm or cm".to_owned()) };
    let sides = [width * own.unwrap_or(unit), height * unit];
    if sides.iter().any(|mm| !(1.0..=LONGEST).contains(mm)) {
        return Err(format!("a side must have 1 to {LONGEST} mm"));
    }
    Ok(Paper(sides))
}

/// A number and the mm of its unit, where it has one.
fn side(text: &str) -> Option<(f64, Option<f64>)> {
    let units =
        [("mm", 1.0), ("cm", 10.0), ("inch", INCH), ("in", INCH), ("\"", INCH), ("寸", INCH)];
    let text = text.trim();
    let unit = units.iter().find_map(|(name, mm)| Some((text.strip_suffix(name)?, *mm)));
    let (number, unit) = unit.map_or((text, None), |(number, mm)| (number, Some(mm)));
    Some((number.trim().parse().ok()?, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_paper_has_many_names() {
        let six = paper("6x4in").unwrap();
        for name in ["4R", "6寸", "6 x 4 in", "6×4寸", "6\"x4\"", "6in*4in", "152.4x101.6MM"] {
            let Paper(sides) = paper(name).unwrap();
            assert!((0..2).all(|k| (sides[k] - six.0[k]).abs() < 1e-9), "{name}: {sides:?}");
        }
        assert_eq!(paper("15.2x10.2cm").unwrap(), Paper([152.0, 102.0]));
        assert_eq!(paper("A4").unwrap(), Paper([210.0, 297.0]));
    }

    #[test]
    fn what_is_no_paper_says_what_is() {
        for (text, word) in [
            ("6x4", "in, mm or cm"),
            ("b5", "one of 3r, 5寸"),
            ("6in", "6x4in"),
            ("axbin", "6x4in"),
            ("9x9m", "6x4in"),
            ("-6x4in", "609.6 mm"),
            ("infxnanmm", "609.6 mm"),
            ("4x40in", "609.6 mm"),
        ] {
            let said = paper(text).unwrap_err();
            assert!(said.contains(word), "{text}: {said}");
        }
    }
}
