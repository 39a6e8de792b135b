//! The bits of a scan: codes are looked up, what they announce is skipped.

use std::ops::RangeInclusive;

use super::huffman::Huffman;
use crate::photo::raster::Fault;

const SHORT: &str = "the picture data end early";
const UNDEFINED: &str = "the picture data contain an undefined Huffman code";
const TOO_MANY: &str = "the picture data contain a block with too many coefficients";

/// Reads the coded data of a scan, up to the next marker.
pub struct Bits<'a> {
    bytes: &'a [u8],
    /// The next byte to take into `buffer`; a marker's 0xff once one is reached.
    pub at: usize,
    /// Left-aligned; zeros behind the valid bits.
    buffer: u64,
    valid: u32,
}

/// The next four bytes, if they are there and none of them is 0xff.
#[inline(always)]
fn plain(bytes: &[u8], at: usize) -> Option<u32> {
    let word = u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?);
    // A byte of 0xff: its complement is zero, which borrows.
    let inverse = !word;
    (inverse.wrapping_sub(0x0101_0101) & word & 0x8080_8080 == 0).then_some(word)
}

/// See [`Bits::fill`].
#[inline(never)]
fn filled(bytes: &[u8], mut at: usize, mut buffer: u64, mut valid: u32) -> (usize, u64, u32) {
    while valid <= 32 {
        if let Some(word) = plain(bytes, at) {
            buffer |= u64::from(word) << (32 - valid);
            valid += 32;
            at += 4;
            continue;
        }
        let (byte, taken) = match bytes.get(at..) {
            Some([0xff, 0, ..]) => (0xff, 2),
            Some([0xff, ..] | []) | None => break,
            Some([byte, ..]) => (*byte, 1),
        };
        buffer |= u64::from(byte) << (56 - valid);
        valid += 8;
        at += taken;
    }
    (at, buffer, valid)
}

impl<'a> Bits<'a> {
    pub fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, buffer: 0, valid: 0 }
    }

    /// Makes more than 32 bits valid, unless a marker or the end is near: a
    /// code (16) and its extra bits (16) then need no further look.
    #[inline(always)]
    fn fill(&mut self) {
        if self.valid <= 32 {
            self.refill();
        }
    }

    fn refill(&mut self) {
        (self.at, self.buffer, self.valid) = filled(self.bytes, self.at, self.buffer, self.valid);
    }

    #[inline]
    fn consume(&mut self, count: u32) -> Result<(), &'static str> {
        if count > self.valid {
            return Err(SHORT);
        }
        // Never 64: a code and its extra bits are at most 32.
        self.buffer <<= count;
        self.valid -= count;
        Ok(())
    }

    #[inline]
    fn symbol(&mut self, table: &Huffman) -> Result<u8, &'static str> {
        self.fill();
        match table.look_up(self.buffer) {
            Some((length, symbol)) => self.consume(length).map(|()| symbol),
            None if self.valid < 16 => Err(SHORT),
            None => Err(UNDEFINED),
        }
    }

    /// Skips up to 16 bits.
    #[inline]
    pub fn skip(&mut self, count: u32) -> Result<(), &'static str> {
        self.fill();
        self.consume(count)
    }

    fn take(&mut self, count: u32) -> Result<u32, &'static str> {
        self.fill();
        // Two shifts, since a shift by 64 (count = 0) is not allowed.
        let value = (self.buffer >> 1 >> (63 - count)) as u32;
        self.consume(count).map(|()| value)
    }

    /// A DC difference: its size in bits, then the bits (F.2.2.1).
    pub fn dc_difference(&mut self, table: &Huffman) -> Result<(), &'static str> {
        match self.symbol(table)? {
            size @ 0..=16 => self.consume(size.into()),
            _ => Err(UNDEFINED),
        }
    }

    /// A whole block of a sequential scan (F.2.2).
    pub fn sequential_block(&mut self, dc: &Huffman, ac: &Huffman) -> Result<(), &'static str> {
        self.dc_difference(dc)?;
        // In the processor's registers, but for rare bytes: of a camera's photo this loop takes millions of turns.
        let Self { bytes, mut at, mut buffer, mut valid } = *self;
        let mut k = 1;
        let done = loop {
            if k >= 64 {
                break if k == 64 { Ok(()) } else { Err(TOO_MANY) };
            }
            if valid <= 32 {
                match plain(bytes, at) {
                    Some(word) => {
                        buffer |= u64::from(word) << (32 - valid);
                        valid += 32;
                        at += 4;
                    }
                    None => (at, buffer, valid) = filled(bytes, at, buffer, valid),
                }
            }
            let Some((coefficients, bits)) = ac.step(buffer) else {
                break Err(if valid < 16 { SHORT } else { UNDEFINED });
            };
            if bits > valid {
                break Err(SHORT);
            }
            buffer <<= bits;
            valid -= bits;
            if coefficients == 0 {
                break Ok(()); // end of block
            }
            k += coefficients;
        };
        *self = Self { bytes, at, buffer, valid };
        done
    }

    /// The first scan of a band of AC coefficients (G.1.2.2).
    pub fn ac_first(
        &mut self,
        table: &Huffman,
        band: RangeInclusive<usize>,
        nonzero: &mut u64,
        eob_run: &mut u32,
    ) -> Result<(), &'static str> {
        if *eob_run > 0 {
            *eob_run -= 1;
            return Ok(());
        }
        let mut k = *band.start();
        while k <= *band.end() {
            let symbol = self.symbol(table)?;
            let (run, size) = (usize::from(symbol >> 4), symbol & 15);
            if size == 0 && run < 15 {
                *eob_run = (1 << run) - 1 + self.take(run as u32)?;
                return Ok(());
            }
            k += run;
            if size > 0 {
                if k > *band.end() {
                    return Err(TOO_MANY);
                }
                self.consume(size.into())?;
                *nonzero |= 1 << k;
            }
            k += 1;
        }
        Ok(())
    }

    /// A later scan that adds one bit to a band of AC coefficients (G.1.2.3):
    /// every coefficient that is already not zero takes one correction bit.
    pub fn ac_refine(
        &mut self,
        table: &Huffman,
        band: RangeInclusive<usize>,
        nonzero: &mut u64,
        eob_run: &mut u32,
    ) -> Result<(), &'static str> {
        let mut k = *band.start();
        while *eob_run == 0 && k <= *band.end() {
            let symbol = self.symbol(table)?;
            let (mut run, size) = (u32::from(symbol >> 4), symbol & 15);
            match size {
                0 if run < 15 => {
                    *eob_run = (1 << run) + self.take(run)?;
                    break;
                }
                0 => {}
                1 => self.skip(1)?, // the new coefficient's sign
                _ => return Err(UNDEFINED),
            }
            loop {
                if k > *band.end() {
                    // A run of zeros may end with the band, a value may not.
                    if size > 0 {
                        return Err(TOO_MANY);
                    }
                    break;
                }
                if *nonzero >> k & 1 == 1 {
                    self.skip(1)?;
                } else if run == 0 {
                    *nonzero |= u64::from(size > 0) << k;
                    k += 1;
                    break;
                } else {
                    run -= 1;
                }
                k += 1;
            }
        }
        if *eob_run > 0 {
            for k in k..=*band.end() {
                if *nonzero >> k & 1 == 1 {
                    self.skip(1)?;
                }
            }
            *eob_run -= 1;
        }
        Ok(())
    }

    /// Passes the restart marker that must stand here (F.2.2.4).
    pub fn restart(&mut self, number: u8) -> Result<(), Fault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let fill = rest.iter().take_while(|&&byte| byte == 0xff).count();
        if self.valid >= 8 || fill == 0 || rest.get(fill) != Some(&(0xd0 + number)) {
            return Err(Fault::corrupt("a restart marker is missing or out of turn"));
        }
        *self = Self::new(self.bytes, self.at + fill + 1);
        Ok(())
    }

    /// Whole bytes between here and the next marker or the end; none if they
    /// are all zero, which some encoders pad with.
    pub fn left_over(&self) -> usize {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let is_marker = |pair: &[u8]| pair[0] == 0xff && pair[1] != 0;
        let unread = rest.windows(2).position(is_marker).unwrap_or(rest.len());
        // The bits that fill up the last byte (ones, by F.1.2.3) do not count.
        let buffered = self.buffer << (self.valid % 8);
        if buffered == 0 && rest[..unread].iter().all(|&byte| byte == 0) {
            0
        } else {
            self.valid as usize / 8 + unread
        }
    }
}
