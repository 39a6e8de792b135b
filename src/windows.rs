//! Sums over the window around every pixel, several values a pixel.
//!
//! Two running sums: rows come into and go out of the sums of columns, and along these slides the window. So
//! a large window costs no more than a small one, and only what is near a wanted place costs anything.

use std::ops::{Add, Range, Sub};

use crate::simd::{self, Simd, WithSimd};
use crate::spans::{Over, Spans};

/// A kind of number that is summed up: whole ones, which come out of a running sum to the last bit, or
/// doubles, since a running sum of floats drifts.
pub trait Number: Copy + Default + std::fmt::Debug {
    /// The sum; whole numbers go round, so that what is taken out again leaves what was there.
    fn plus(self, other: Self) -> Self;
    /// The difference.
    fn minus(self, other: Self) -> Self;
    /// Sums along a row over the windows of `2 radius + 1` vectors around each of a run of its vectors.
    fn slide<S: Simd, const N: usize>(
        simd: S,
        row: &[[Self; N]],
        run: Range<usize>,
        sums: &mut [[Self; N]],
        radius: usize,
    );
}

/// Written once for both: only the names of the registers differ. The sum stays in registers all along the row,
/// which a plain loop over arrays does not bring about.
macro_rules! number {
    ($number:ty, $plus:ident, $minus:ident, $lanes:ident, $of:ident, $of_mut:ident, $splat:ident, $add:ident, $sub:ident) => {
        impl Number for $number {
            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self.$plus(other)
            }

            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                self.$minus(other)
            }

            #[inline(always)]
            fn slide<S: Simd, const N: usize>(
                simd: S,
                row: &[[Self; N]],
                run: Range<usize>,
                sums: &mut [[Self; N]],
                radius: usize,
            ) {
                const { assert!(N.is_multiple_of(S::$lanes)) };
                let (n, registers) = (row.len(), N / S::$lanes);
                let (row, _) = S::$of(row.as_flattened());
                let (sums, _) = S::$of_mut(sums.as_flattened_mut());
                let at = |x: usize| &row[x * registers..][..registers];
                let mut sum = [simd.$splat(Self::default()); N];
                for x in run.start.saturating_sub(radius)..(run.start + radius).min(n) {
                    for (sum, v) in sum.iter_mut().zip(at(x)) {
                        *sum = simd.$add(*sum, *v);
                    }
                }
                let first = run.start;
                for (x, to) in run.zip(sums.chunks_exact_mut(registers)) {
                    if x + radius < n {
                        for (sum, v) in sum.iter_mut().zip(at(x + radius)) {
                            *sum = simd.$add(*sum, *v);
                        }
                    }
                    if x > first.max(radius) {
                        for (sum, v) in sum.iter_mut().zip(at(x - radius - 1)) {
                            *sum = simd.$sub(*sum, *v);
                        }
                    }
                    to.copy_from_slice(&sum[..registers]);
                }
            }
        }
    };
}

number!(
    u32,
    wrapping_add,
    wrapping_sub,
    U32_LANES,
    as_simd_u32s,
    as_mut_simd_u32s,
    splat_u32s,
    add_u32s,
    sub_u32s
);
number!(f64, add, sub, F64_LANES, as_simd_f64s, as_mut_simd_f64s, splat_f64s, add_f64s, sub_f64s);

/// Sums over the windows around the wanted places, cut off at the border, run by run and row by row.
///
/// `fill` gives the values of a run of a row (it is asked twice for each), `each` gets a run's sums and of how
/// many pixels each is. A sum of whole numbers over a window must stay below 2^32. `N` must fill registers: a
/// multiple of 8 whole numbers, or of 4 doubles.
pub(crate) fn window_sums<T: Number, const N: usize>(
    wanted: &Spans,
    radius: usize,
    fill: impl Fn(usize, Range<usize>, &mut [[T; N]]),
    mut each: impl FnMut(usize, Range<usize>, &[[T; N]], &[f32]),
) {
    let (width, height) = (wanted.width, wanted.rows.len());
    let empty = vec![[T::default(); N]; width];
    // Over the window's rows, of every column; then over its columns as well.
    let (mut line, mut columns, mut sums) = (empty.clone(), empty.clone(), empty);
    let count = |i: usize, n: usize| (i + radius + 1).min(n) - i.saturating_sub(radius);
    let across: Vec<f32> = (0..width).map(|x| count(x, width) as f32).collect();
    let mut counts = vec![0.0; width];
    // What no wanted window holds is not looked at.
    let held = wanted.around(radius);
    let mut next = 0;
    for (y, wanted) in wanted.rows.iter().enumerate() {
        let mut passes = |row: usize, comes: bool| {
            for run in &held.rows[row] {
                fill(row, run.clone(), &mut line[run.clone()]);
                let (line, columns) = (&line[run.clone()], &mut columns[run.clone()]);
                simd::wide(Row { line, columns, comes });
            }
        };
        while next < (y + radius + 1).min(height) {
            passes(next, true);
            next += 1;
        }
        if let Some(gone) = y.checked_sub(radius + 1) {
            passes(gone, false);
        }
        let rows = count(y, height) as f32;
        for run in wanted {
            let (sums, counts) = (&mut sums[run.clone()], &mut counts[run.clone()]);
            simd::wide(Slide { row: &columns, run: run.clone(), sums, radius });
            counts.iter_mut().zip(&across[run.clone()]).for_each(|(to, n)| *to = rows * n);
            each(y, run.clone(), sums, counts);
        }
    }
}

/// A row that comes into the sums of columns or goes out of them.
struct Row<'a, T, const N: usize> {
    line: &'a [[T; N]],
    columns: &'a mut [[T; N]],
    comes: bool,
}

impl<T: Number, const N: usize> WithSimd for Row<'_, T, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let pairs = self.columns.as_flattened_mut().iter_mut().zip(self.line.as_flattened());
        if self.comes {
            pairs.for_each(|(to, v)| *to = to.plus(*v));
        } else {
            pairs.for_each(|(to, v)| *to = to.minus(*v));
        }
    }
}

struct Slide<'a, T, const N: usize> {
    row: &'a [[T; N]],
    run: Range<usize>,
    sums: &'a mut [[T; N]],
    radius: usize,
}

impl<T: Number, const N: usize> WithSimd for Slide<'_, T, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        T::slide(simd, self.row, self.run, self.sums, self.radius);
    }
}

/// The means over the windows around the wanted places, cut off at the border, of the values that `of` gives for a
/// run of a row. `N` is a multiple of 4.
pub(crate) fn window_means<'a, const N: usize>(
    of: impl Fn(usize, Range<usize>) -> &'a [[f32; N]],
    wanted: &Spans,
    radius: usize,
) -> Over<[f32; N]>
where
    [f32; N]: Default,
{
    let mut means = Over::new(wanted);
    let fill = |y: usize, run: Range<usize>, to: &mut [[f64; N]]| {
        simd::wide(Doubles { values: of(y, run), to });
    };
    window_sums(wanted, radius, fill, |y, run, sums, counts| {
        simd::wide(Means { sums, counts, to: means.get_mut(y, run) });
    });
    means
}

struct Doubles<'a, const N: usize> {
    values: &'a [[f32; N]],
    to: &'a mut [[f64; N]],
}

impl<const N: usize> WithSimd for Doubles<'_, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let pairs = self.to.as_flattened_mut().iter_mut().zip(self.values.as_flattened());
        pairs.for_each(|(to, v)| *to = f64::from(*v));
    }
}

/// Sums over what they are of.
pub(crate) struct Means<'a, const N: usize> {
    /// The sums.
    pub sums: &'a [[f64; N]],
    /// Of how many values each is.
    pub counts: &'a [f32],
    /// Their means.
    pub to: &'a mut [[f32; N]],
}

impl<const N: usize> WithSimd for Means<'_, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for ((to, sums), count) in self.to.iter_mut().zip(self.sums).zip(self.counts) {
            let share = 1.0 / f64::from(*count);
            let mut means = [0.0; N];
            for k in 0..N {
                means[k] = (sums[k] * share) as f32;
            }
            *to = means;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn window_sums_are_those_of_the_pixels_that_are_there() {
        let fill = |y: usize, run: Range<usize>, row: &mut [[u32; 8]]| {
            run.zip(row).for_each(|(x, to)| *to = [(4 * y + x) as u32; 8]);
        };
        let (mut sums, mut counts) = (Vec::new(), Vec::new());
        window_sums(&Spans::all((4, 3)), 1, fill, |_, _, row, n| {
            sums.extend(row.iter().map(|s| s[0]));
            counts.extend_from_slice(n);
        });
        assert_eq!(sums, [10, 18, 24, 18, 27, 45, 54, 39, 26, 42, 48, 34]);
        assert_eq!(counts, [4.0, 6.0, 6.0, 4.0, 6.0, 9.0, 9.0, 6.0, 4.0, 6.0, 6.0, 4.0]);
    }

    #[test]
    fn window_means_are_those_of_the_pixels_that_are_there() {
        let values: Vec<[f32; 4]> = (0..12).map(|v| [v as f32, 0.0, 1.0, -(v as f32)]).collect();
        let of = |y: usize, run: Range<usize>| &values[4 * y + run.start..4 * y + run.end];
        let means = window_means(of, &Spans::all((4, 3)), 1);
        // Corner: 0, 1, 4, 5. Middle at (1, 1): 0 1 2 4 5 6 8 9 10.
        assert_eq!(means.get(0, 0..1), [[2.5, 0.0, 1.0, -2.5]]);
        assert_eq!(means.get(1, 1..2), [[5.0, 0.0, 1.0, -5.0]]);
        // A window larger than the picture sees all of it.
        let all = window_means(of, &Spans::all((4, 3)), 9);
        assert!(all.runs().all(|(_, _, row)| row.iter().all(|m| m[0] == 5.5)));
    }

    #[test]
    fn wanted_places_get_the_sums_that_they_get_among_all() {
        let size = (90, 70);
        let fill = |y: usize, run: Range<usize>, row: &mut [[u32; 8]]| {
            run.zip(row).for_each(|(x, to)| *to = [(x * 31 + y * 17) as u32 % 97; 8]);
        };
        let sums_of = |wanted: &Spans| {
            let mut all = vec![0; size.0 * size.1];
            window_sums(wanted, 5, fill, |y, run, sums, _| {
                let to = &mut all[y * size.0 + run.start..][..run.len()];
                to.iter_mut().zip(sums).for_each(|(to, s)| *to = s[7]);
            });
            all
        };
        // A ring, a corner, and rows in between that nobody asks for.
        let is_wanted = |i: usize| {
            let (x, y) = ((i % size.0) as f32, (i / size.0) as f32);
            ((x - 30.0).hypot(y - 20.0) - 15.0).abs() < 2.0 || x + y > 155.0
        };
        let (all, some) = (sums_of(&Spans::all(size)), sums_of(&Spans::of(size, is_wanted)));
        let mut seen = 0;
        for i in (0..all.len()).filter(|&i| is_wanted(i)) {
            assert_eq!(some[i], all[i], "{i}");
            seen += 1;
        }
        assert!(seen > 300 && some.contains(&0), "{seen}");
    }
}
