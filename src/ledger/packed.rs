//! A compact, exact form of plain data: numbers as their little-endian bytes, one after the other.
//!
//! It says nothing about itself: what reads it must know what was written. So any change of a form
//! counts the ledger's version up (a test below holds a sample of it fast).

use crate::verdict::{Unreadable, Words};

/// What can be packed.
pub(super) trait Packed: Sized {
    /// Append it.
    fn put(&self, out: &mut Vec<u8>);

    /// Take it from the front; none where the bytes are something else.
    fn get(from: &mut &[u8]) -> Option<Self>;
}

/// Packed, alone.
pub(super) fn pack(thing: &impl Packed) -> Vec<u8> {
    let mut out = Vec::new();
    thing.put(&mut out);
    out
}

fn take<'a>(from: &mut &'a [u8], n: usize) -> Option<&'a [u8]> {
    let (taken, rest) = from.split_at_checked(n)?;
    *from = rest;
    Some(taken)
}

macro_rules! numbers {
    ($($number:ty),*) => { $(
        impl Packed for $number {
            fn put(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
            fn get(from: &mut &[u8]) -> Option<Self> {
                Some(<$number>::from_le_bytes(take(from, size_of::<$number>())?.try_into().ok()?))
            }
        }
    )* };
}
numbers!(u8, u16, u32, u64, f32, f64);

/// Structs, field by field: a field that is forgotten does not compile.
macro_rules! structs {
    ($($name:ident { $($field:ident),* $(,)? })*) => { $(
        impl Packed for $name {
            fn put(&self, out: &mut Vec<u8>) {
                $( self.$field.put(out); )*
            }
            fn get(from: &mut &[u8]) -> Option<Self> {
                Some($name { $( $field: Packed::get(from)?, )* })
            }
        }
    )* };
}
pub(super) use structs;

impl Packed for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn get(from: &mut &[u8]) -> Option<Self> {
        Some(u8::get(from)? != 0)
    }
}

impl Packed for String {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u32).put(out);
        out.extend_from_slice(self.as_bytes());
    }
    fn get(from: &mut &[u8]) -> Option<Self> {
        let n = u32::get(from)? as usize;
        Some(std::str::from_utf8(take(from, n)?).ok()?.to_owned())
    }
}

impl<T: Packed> Packed for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u32).put(out);
        self.iter().for_each(|thing| thing.put(out));
    }
    fn get(from: &mut &[u8]) -> Option<Self> {
        let n = u32::get(from)? as usize;
        // A damaged length must not ask for more memory than there can be things.
        let mut all = Vec::with_capacity(n.min(from.len()));
        for _ in 0..n {
            all.push(T::get(from)?);
        }
        Some(all)
    }
}

impl<T: Packed + Copy + Default, const N: usize> Packed for [T; N] {
    fn put(&self, out: &mut Vec<u8>) {
        self.iter().for_each(|thing| thing.put(out));
    }
    fn get(from: &mut &[u8]) -> Option<Self> {
        let mut all = [T::default(); N];
        for thing in &mut all {
            *thing = T::get(from)?;
        }
        Some(all)
    }
}

impl<A: Packed, B: Packed> Packed for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }
    fn get(from: &mut &[u8]) -> Option<Self> {
        Some((A::get(from)?, B::get(from)?))
    }
}

impl<T: Packed> Packed for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        self.iter().for_each(|thing| thing.put(out));
    }
    fn get(from: &mut &[u8]) -> Option<Self> {
        Some(if bool::get(from)? { Some(T::get(from)?) } else { None })
    }
}

structs! {
    Words { zh, en }
}

impl<T: Packed> Packed for Result<T, Unreadable> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_ok().put(out);
        match self {
            Ok(thing) => thing.put(out),
            Err(unreadable) => unreadable.because.put(out),
        }
    }
    fn get(from: &mut &[u8]) -> Option<Self> {
        Some(if bool::get(from)? {
            Ok(T::get(from)?)
        } else {
            Err(Unreadable { because: Packed::get(from)? })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::text;

    #[test]
    fn what_is_packed_comes_out_bit_for_bit_and_a_cut_is_noticed() {
        type Thing = (Vec<(f64, String)>, Result<Option<[f32; 2]>, Unreadable>);
        let things: [Thing; 2] = [
            (
                vec![(f64::MIN_POSITIVE, "眼".to_owned()), (-0.0, String::new())],
                Ok(Some([0.1, 1e9])),
            ),
            (
                vec![(f64::INFINITY, "x".to_owned())],
                Err(Unreadable::because(text("没有人脸", "no face"))),
            ),
        ];
        for thing in things {
            let bytes = pack(&thing);
            assert_eq!(Thing::get(&mut &bytes[..]).unwrap(), thing);
            for n in 0..bytes.len() {
                assert_eq!(Thing::get(&mut &bytes[..n]), None, "{n} bytes of it");
            }
        }
        let nan = pack(&f64::NAN);
        assert!(f64::get(&mut &nan[..]).unwrap().is_nan());
    }
}
