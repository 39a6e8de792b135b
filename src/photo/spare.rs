//! Memory for pixels, used again from one photo to the next.
//!
//! The system clears every page of fresh memory when it is first written to, which for a camera's photo takes a
//! tenth of the time of a whole check. Each thread keeps the memory of one photo that was let go.

use std::cell::Cell;

/// Largest memory that is kept, bytes: of a photo of 40 megapixels.
const MOST: usize = 120_000_000;

thread_local! {
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// So many zeros.
pub fn take(length: usize) -> Vec<u8> {
    let mut spare = SPARE.take();
    // What is far too large waits for the next large photo.
    if spare.capacity() / 2 > length || spare.capacity() < length {
        SPARE.set(spare);
        return vec![0; length];
    }
    // Wiped, though a decoder writes over all of it: whatever a file does to that, nobody's face shows in another's
    // photo.
    spare.clear();
    spare.resize(length, 0);
    spare
}

/// Keeps this memory for the next photo, if there is not more already.
pub fn keep(memory: Vec<u8>) {
    let kept = SPARE.take();
    let larger = memory.capacity() > kept.capacity() && memory.capacity() <= MOST;
    SPARE.set(if larger { memory } else { kept });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_used_again_where_it_fits() {
        let first = take(1000);
        let place = first.as_ptr();
        keep(first);
        assert_eq!(take(100).len(), 100);
        // A smaller one does not take its place.
        keep(vec![7; 100]);
        let mut again = take(900);
        assert_eq!((again.len(), again.as_ptr()), (900, place));
        again.fill(9);
        keep(again);
        let again = take(950);
        assert_eq!((again.as_ptr(), again.iter().any(|v| *v > 0)), (place, false));
        keep(again);
        let larger = take(2000);
        assert_eq!((larger.len(), larger[1999]), (2000, 0));
        assert_ne!(larger.as_ptr(), place);
    }
}
