//! Places of a picture as runs along its rows: where a stage looks, when it does not look everywhere, what is found
//! there, and which of them hang together.

mod over;
mod regions;

use std::ops::Range;

pub use over::Over;
pub use regions::{Region, regions};

/// Runs nearer than this are one: to go on costs less than to begin again.
const NEAR: usize = 16;

/// Places of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spans {
    /// Width of the picture, pixels.
    pub width: usize,
    /// Of each row of the picture: runs of columns, from left to right, apart.
    pub rows: Vec<Vec<Range<usize>>>,
}

impl Spans {
    /// Every place of a picture of this width and height.
    pub fn all((width, height): (usize, usize)) -> Spans {
        Spans { width, rows: vec![vec![0..width]; height] }
    }

    /// The wanted places, asked by their number row by row, and what lies between near ones.
    pub fn of((width, height): (usize, usize), wanted: impl Fn(usize) -> bool) -> Spans {
        let mut row = vec![false; width];
        let rows = (0..height).map(|y| {
            row.iter_mut().enumerate().for_each(|(x, to)| *to = wanted(y * width + x));
            joined(runs(&row).into_iter(), std::iter::empty())
        });
        let rows = rows.collect();
        Spans { width, rows }
    }

    /// The places of the squares of `2 radius + 1` pixels around these.
    pub fn around(&self, radius: usize) -> Spans {
        let widened = self.rows.iter().map(|runs| {
            let wide = |run: &Range<usize>| {
                run.start.saturating_sub(radius)..(run.end + radius).min(self.width)
            };
            joined(runs.iter().map(wide), std::iter::empty())
        });
        // With rows beyond both ends, so that each row of the answer is the union of as many.
        let beyond = || std::iter::repeat_n(Vec::new(), radius);
        let mut rows: Vec<Vec<Range<usize>>> = beyond().chain(widened).chain(beyond()).collect();
        // Unions of one row, of two, of four: two of these make up any number.
        let (wanted, mut of) = (2 * radius + 1, 1);
        while 2 * of <= wanted {
            rows = unions(&rows, of);
            of *= 2;
        }
        Spans { width: self.width, rows: unions(&rows, wanted - of) }
    }
}

/// The numbers of a run's places, counted row by row.
pub fn numbers(width: usize, y: usize, run: &Range<usize>) -> Range<usize> {
    y * width + run.start..y * width + run.end
}

/// Of each row the union with that so many rows further down, as long as there is one.
fn unions(rows: &[Vec<Range<usize>>], below: usize) -> Vec<Vec<Range<usize>>> {
    let both = |(a, b): (&Vec<Range<usize>>, &Vec<Range<usize>>)| {
        joined(a.iter().cloned(), b.iter().cloned())
    };
    rows.iter().zip(&rows[below..]).map(both).collect()
}

/// Two lists of runs, each sorted by its beginnings, as one; near ones are joined.
fn joined(
    a: impl Iterator<Item = Range<usize>>,
    b: impl Iterator<Item = Range<usize>>,
) -> Vec<Range<usize>> {
    let (mut a, mut b) = (a.peekable(), b.peekable());
    let mut all: Vec<Range<usize>> = Vec::new();
    loop {
        let from_a = match (a.peek(), b.peek()) {
            (Some(a), Some(b)) => a.start <= b.start,
            (a, _) => a.is_some(),
        };
        let Some(run) = (if from_a { a.next() } else { b.next() }) else { return all };
        match all.last_mut() {
            Some(last) if run.start < last.end + NEAR => last.end = last.end.max(run.end),
            _ => all.push(run),
        }
    }
}

/// The runs of a row.
fn runs(wanted: &[bool]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let next = |from: usize, is: bool| {
        let rest = wanted.get(from..)?;
        rest.iter().position(|w| *w == is).map(|n| from + n)
    };
    let mut at = 0;
    while let Some(start) = next(at, true) {
        at = next(start, false).unwrap_or(wanted.len());
        runs.push(start..at);
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_runs_are_one_and_far_ones_two() {
        let wanted = |i: usize| [3, 4, 10, 60].contains(&i);
        assert_eq!(Spans::of((100, 1), wanted).rows, [vec![3..11, 60..61]]);
        assert_eq!(Spans::of((4, 2), |_| false).rows, [Vec::<Range<usize>>::new(), vec![]]);
    }

    #[test]
    fn squares_around_places_end_at_the_border() {
        let spans = Spans::of((100, 5), |i| i == 102 || i == 180);
        let rows = spans.around(3).rows;
        assert!(rows.iter().all(|row| *row == [0..6, 77..84]), "{rows:?}");
        let lower = Spans::of((100, 9), |i| i == 850).around(2);
        assert!(lower.rows[..6].iter().all(Vec::is_empty));
        assert!(lower.rows[6..].iter().all(|row| row.len() == 1 && row[0] == (48..53)));
    }
}
