//! Which places hang together.

use std::ops::Range;

use super::runs;

/// Places that hang together: rows with runs of their columns, from top to bottom.
pub type Region = Vec<(usize, Range<usize>)>;

/// The regions of the places that `is` says, asked by row and column; with `corners` also what touches by a
/// corner hangs together. In the order of their first places, row by row.
///
/// By runs and not by pixels as `imageproc` does it, which has its 24 bytes for every pixel of a mask that is nearly
/// empty or nearly full.
pub fn regions(
    (width, height): (usize, usize),
    corners: bool,
    is: impl Fn(usize, usize) -> bool,
) -> Vec<Region> {
    let mut row = vec![false; width];
    let mut all: Vec<(usize, Range<usize>)> = Vec::new();
    // Of each run an earlier one that it hangs together with, or itself.
    let mut earlier: Vec<usize> = Vec::new();
    let reach = usize::from(corners);
    let mut above = 0..0;
    for y in 0..height {
        row.iter_mut().enumerate().for_each(|(x, to)| *to = is(x, y));
        let (first, mut near) = (all.len(), above.start);
        for run in runs(&row) {
            let this = all.len();
            earlier.push(this);
            while near < above.end && all[near].1.end + reach <= run.start {
                near += 1;
            }
            let touch = |other: &Range<usize>| other.start < run.end + reach;
            for other in (near..above.end).take_while(|&other| touch(&all[other].1)) {
                let (a, b) = (oldest(&mut earlier, other), oldest(&mut earlier, this));
                earlier[a.max(b)] = a.min(b);
            }
            all.push((y, run));
        }
        above = first..all.len();
    }
    let mut regions: Vec<Region> = Vec::new();
    let mut number = vec![usize::MAX; all.len()];
    for (i, run) in all.into_iter().enumerate() {
        let root = oldest(&mut earlier, i);
        if root == i {
            number[i] = regions.len();
            regions.push(Vec::new());
        }
        regions[number[root]].push(run);
    }
    regions
}

/// The first run that a run hangs together with.
fn oldest(earlier: &mut [usize], mut run: usize) -> usize {
    while earlier[run] != run {
        // Half the way for the next to ask.
        earlier[run] = earlier[earlier[run]];
        run = earlier[run];
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_hang_together_by_sides_or_corners() {
        let rows = [
            "##..#...#", //
            "..#.#...#",
            "....#####",
            "#........",
        ];
        let is = |x: usize, y: usize| rows[y].as_bytes()[x] == b'#';
        let found = regions((9, 4), false, is);
        let u = vec![(0, 4..5), (0, 8..9), (1, 4..5), (1, 8..9), (2, 4..9)];
        let wanted = [vec![(0, 0..2)], u.clone(), vec![(1, 2..3)], vec![(3, 0..1)]];
        assert_eq!(found, wanted);
        let found = regions((9, 4), true, is);
        assert_eq!(found, [vec![(0, 0..2), (1, 2..3)], u, vec![(3, 0..1)]]);
    }

    #[test]
    fn regions_are_those_of_imageproc() {
        use imageproc::region_labelling::{Connectivity, connected_components};
        let size = (61, 47);
        for (share, salt) in [(3, 1_u32), (5, 2), (6, 3), (8, 4)] {
            let is = |x: usize, y: usize| {
                let mixed =
                    (x as u32 * 7919 + y as u32 * 104_729 + salt).wrapping_mul(2_654_435_761);
                (mixed >> 20) % 10 < share
            };
            let mask = image::GrayImage::from_fn(size.0, size.1, |x, y| {
                image::Luma([u8::from(is(x as usize, y as usize))])
            });
            for (corners, way) in [(false, Connectivity::Four), (true, Connectivity::Eight)] {
                let labels = connected_components(&mask, way, image::Luma([0]));
                let ours = regions((size.0 as usize, size.1 as usize), corners, is);
                let theirs = labels.pixels().map(|p| p.0[0]).max().unwrap() as usize;
                assert_eq!(ours.len(), theirs, "{share} {corners}");
                for region in ours {
                    let label = |(y, run): &(usize, Range<usize>)| {
                        let of = |x: usize| labels.get_pixel(x as u32, *y as u32).0[0];
                        run.clone().map(of).collect::<Vec<u32>>()
                    };
                    let all: Vec<u32> = region.iter().flat_map(label).collect();
                    assert!(all.iter().all(|l| *l == all[0] && *l > 0));
                }
            }
        }
    }
}
