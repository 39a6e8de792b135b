//! Values for some places of a picture.

use std::ops::Range;

use super::Spans;

/// A value for each place of some spans: of an edge, a tenth of a picture's memory.
#[derive(Clone, Debug)]
pub struct Over<T> {
    spans: Spans,
    /// Of each row: how many values the rows above it have.
    above: Vec<usize>,
    values: Vec<T>,
}

impl<T: Clone + Default> Over<T> {
    /// The default for each place.
    pub fn new(spans: &Spans) -> Over<T> {
        let mut count = 0;
        let above = spans.rows.iter().map(|runs| {
            let before = count;
            count += runs.iter().map(Range::len).sum::<usize>();
            before
        });
        let above = above.collect();
        Over { spans: spans.clone(), above, values: vec![T::default(); count] }
    }

    /// Where the values of a part of a run stand; `None` of what is in no run.
    fn place(&self, y: usize, part: &Range<usize>) -> Option<Range<usize>> {
        let mut first = *self.above.get(y)?;
        for run in &self.spans.rows[y] {
            if run.start <= part.start && part.end <= run.end {
                first += part.start - run.start;
                return Some(first..first + part.len());
            }
            first += run.len();
        }
        None
    }

    /// The values of a part of one of a row's runs; none where it does not lie within one.
    pub fn get(&self, y: usize, part: Range<usize>) -> &[T] {
        self.place(y, &part).map_or(&[], |place| &self.values[place])
    }

    /// The same, to write to.
    pub fn get_mut(&mut self, y: usize, part: Range<usize>) -> &mut [T] {
        self.place(y, &part).map_or(&mut [], |place| &mut self.values[place])
    }

    /// Every run: its row, its columns, and its values.
    pub fn runs(&self) -> impl Iterator<Item = (usize, Range<usize>, &[T])> {
        let mut rest = &self.values[..];
        let rows = self.spans.rows.iter().enumerate();
        rows.flat_map(|(y, runs)| runs.iter().map(move |run| (y, run))).map(move |(y, run)| {
            let (values, others) = rest.split_at(run.len());
            rest = others;
            (y, run.clone(), values)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_at_the_places_of_their_spans() {
        let spans = Spans::of((60, 3), |i| [3, 4, 5, 40, 41, 130].contains(&i));
        let mut over = Over::<u8>::new(&spans);
        over.get_mut(0, 40..42).copy_from_slice(&[7, 8]);
        over.get_mut(2, 10..11)[0] = 9;
        assert_eq!((over.get(0, 3..6), over.get(0, 41..42)), (&[0; 3][..], &[8][..]));
        assert!(over.get(0, 5..7).is_empty() && over.get(1, 3..4).is_empty());
        let runs: Vec<_> = over.runs().map(|(y, run, v)| (y, run, v.to_vec())).collect();
        assert_eq!(runs, [(0, 3..6, vec![0; 3]), (0, 40..42, vec![7, 8]), (2, 10..11, vec![9])]);
    }
}
