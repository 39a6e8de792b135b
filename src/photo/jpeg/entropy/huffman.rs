//! Huffman tables.

/// Codes up to this long are found by one look-up; they are nearly all.
const FAST: u32 = 11;

/// One Huffman table (T.81, annex C and F.2.2.3).
pub struct Huffman {
    /// By the next `FAST` bits: code length × 256 + symbol, or 0.
    fast: Box<[u16; 1 << FAST]>,
    /// The same for AC coefficients of a sequential scan: how many coefficients a code tells of × 256
    /// + its length with the bits that follow it; 0 × 256 + length at the end of a block, or 0.
    steps: Box<[u16; 1 << FAST]>,
    /// By code length: one more than the largest code, left-aligned in 16 bits.
    limit: [u32; 17],
    /// By code length: index of the first symbol minus the first code.
    offset: [i32; 17],
    symbols: Vec<u8>,
}

impl Huffman {
    /// Reads one table of a DHT segment, behind its class and number. Returns
    /// the table and how many bytes it took.
    pub fn read(content: &[u8]) -> Option<(Self, usize)> {
        let counts = content.get(..16)?;
        let total = counts.iter().map(|&count| usize::from(count)).sum::<usize>();
        let symbols = content.get(16..16 + total)?.to_vec();
        let mut table = Self {
            fast: Box::new([0; 1 << FAST]),
            steps: Box::new([0; 1 << FAST]),
            limit: [0; 17],
            offset: [0; 17],
            symbols,
        };
        let (mut code, mut index) = (0_u32, 0_usize);
        for length in 1..=16_u32 {
            let count = usize::from(counts[length as usize - 1]);
            table.offset[length as usize] = index as i32 - code as i32;
            for _ in 0..count {
                if code >= 1 << length {
                    return None; // more codes than this length has
                }
                if length <= FAST {
                    let first = (code << (FAST - length)) as usize;
                    let entry = (length as u16) << 8 | u16::from(table.symbols[index]);
                    table.fast[first..first + (1 << (FAST - length))].fill(entry);
                    let step = step(length, table.symbols[index]);
                    table.steps[first..first + (1 << (FAST - length))].fill(step);
                }
                code += 1;
                index += 1;
            }
            table.limit[length as usize] = code << (16 - length);
            code <<= 1;
        }
        Some((table, 16 + total))
    }

    /// Of the AC code that `next` (left-aligned) starts with: how many coefficients it tells of, none at
    /// the end of a block, and how many bits it takes with what follows it.
    #[inline]
    pub fn step(&self, next: u64) -> Option<(u32, u32)> {
        let entry = match self.steps[(next >> (64 - FAST)) as usize] {
            0 => self.long_step(next)?,
            entry => entry,
        };
        Some((u32::from(entry >> 8), u32::from(entry & 255)))
    }

    /// The entry of a code that is longer than [`FAST`]; few are, and what they need stays out of the loop.
    #[cold]
    #[inline(never)]
    fn long_step(&self, next: u64) -> Option<u16> {
        self.look_up(next).map(|(length, symbol)| step(length, symbol))
    }

    /// Length and symbol of the code that `next` (left-aligned) starts with.
    pub fn look_up(&self, next: u64) -> Option<(u32, u8)> {
        let entry = self.fast[(next >> (64 - FAST)) as usize];
        if entry != 0 {
            return Some((u32::from(entry >> 8), entry as u8));
        }
        let sixteen = (next >> 48) as u32;
        let length = (FAST + 1..=16).find(|&l| sixteen < self.limit[l as usize])?;
        let code = (sixteen >> (16 - length)) as i32;
        let symbol = self.symbols.get((code + self.offset[length as usize]) as usize)?;
        Some((length, *symbol))
    }
}

/// An entry of [`Huffman::steps`] (F.2.2.2): a symbol is a run of zeros and the size of what ends it.
fn step(length: u32, symbol: u8) -> u16 {
    let (run, size) = (u16::from(symbol >> 4), u16::from(symbol & 15));
    let coefficients = if size == 0 && run != 15 { 0 } else { run + 1 };
    coefficients << 8 | (length as u16 + size)
}
