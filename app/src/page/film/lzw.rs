//! The compression of GIF files (GIF89a specification, appendix F): variable-length-code LZW.

/// The longest code, in bits, and how many codes that makes.
const LONGEST: u32 = 12;
const MOST: u16 = 1 << LONGEST;

/// Places of the table of strings: twice as many as there are strings, so that most are found at
/// once.
const PLACES: usize = 2 * MOST as usize;

/// No string here.
const EMPTY: u32 = u32::MAX;

/// Colours of 8 bits, one after the other, into codes packed from the lowest bit.
#[derive(Debug)]
pub struct Lzw {
    /// Strings, each as the code of all but its last colour, shifted by 8, and that colour.
    strings: Vec<u32>,
    codes: Vec<u16>,
    next: u16,
    width: u32,
    /// The code of the string that is being read.
    string: Option<u16>,
    bits: u32,
    count: u32,
    packed: Vec<u8>,
}

/// Forgets all strings.
const CLEAR: u16 = 256;
/// Nothing follows.
const END: u16 = 257;

impl Default for Lzw {
    fn default() -> Self {
        let mut lzw = Self {
            strings: vec![EMPTY; PLACES],
            codes: vec![0; PLACES],
            next: END + 1,
            width: 9,
            string: None,
            bits: 0,
            count: 0,
            packed: Vec::new(),
        };
        lzw.write(CLEAR);
        lzw
    }
}

impl Lzw {
    /// Takes colours in.
    pub fn push(&mut self, colours: impl IntoIterator<Item = u8>) {
        for colour in colours {
            let Some(string) = self.string else {
                self.string = Some(u16::from(colour));
                continue;
            };
            let longer = u32::from(string) << 8 | u32::from(colour);
            let place = self.place(longer);
            if self.strings[place] == longer {
                self.string = Some(self.codes[place]);
                continue;
            }
            self.write(string);
            if self.next == MOST {
                self.write(CLEAR);
                self.strings.fill(EMPTY);
                (self.next, self.width) = (END + 1, 9);
            } else {
                (self.strings[place], self.codes[place]) = (longer, self.next);
                // Whoever reads learns of a string one code later.
                if self.next == 1 << self.width && self.width < LONGEST {
                    self.width += 1;
                }
                self.next += 1;
            }
            self.string = Some(u16::from(colour));
        }
    }

    /// All that was taken in, packed.
    pub fn end(mut self) -> Vec<u8> {
        if let Some(string) = self.string {
            self.write(string);
            if self.next == 1 << self.width && self.width < LONGEST {
                self.width += 1;
            }
        }
        self.write(END);
        if self.count > 0 {
            self.packed.push(self.bits as u8);
        }
        self.packed
    }

    /// Where a string is, or would be.
    fn place(&self, string: u32) -> usize {
        let mut place = (string.wrapping_mul(2_654_435_761) >> 19) as usize % PLACES;
        while self.strings[place] != EMPTY && self.strings[place] != string {
            place = (place + 1) % PLACES;
        }
        place
    }

    fn write(&mut self, code: u16) {
        self.bits |= u32::from(code) << self.count;
        self.count += self.width;
        while self.count >= 8 {
            self.packed.push(self.bits as u8);
            self.bits >>= 8;
            self.count -= 8;
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    /// What was packed, by the specification's own description of a decoder.
    pub(in super::super) fn unpacked(packed: &[u8]) -> Vec<u8> {
        let bit = |at: usize| u32::from(packed[at / 8] >> (at % 8) & 1);
        let (mut at, mut width) = (0, 9);
        let mut strings: Vec<Vec<u8>> = Vec::new();
        let mut colours = Vec::new();
        let mut before: Option<Vec<u8>> = None;
        loop {
            let code: u32 = (0..width).map(|i| bit(at + i) << i).sum();
            at += width;
            match code as u16 {
                CLEAR => {
                    strings = (0..258).map(|c| vec![c as u8]).collect();
                    (width, before) = (9, None);
                    continue;
                }
                END => return colours,
                _ => {}
            }
            let known = strings.get(code as usize).cloned();
            let string = known.unwrap_or_else(|| {
                let mut string = before.clone().unwrap();
                string.push(string[0]);
                string
            });
            if let Some(mut longer) = before.take()
                && strings.len() < 4096
            {
                longer.push(string[0]);
                strings.push(longer);
            }
            if strings.len() == 1 << width && width < 12 {
                width += 1;
            }
            colours.extend(&string);
            before = Some(string);
        }
    }

    fn packed(colours: &[u8]) -> Vec<u8> {
        let mut lzw = Lzw::default();
        lzw.push(colours.iter().copied());
        lzw.end()
    }

    #[test]
    fn a_flat_picture_is_packed_small() {
        let flat = vec![7; 100_000];
        let small = packed(&flat);
        assert!(small.len() < 1000, "{}", small.len());
        assert_eq!(unpacked(&small), flat);
    }

    #[test]
    fn what_fills_the_table_of_strings_comes_back() {
        // No string comes twice for long.
        let mut state = 1u32;
        let noise = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        let noise: Vec<u8> = noise.take(40_000).collect();
        assert_eq!(unpacked(&packed(&noise)), noise);
    }

    proptest! {
        #[test]
        fn all_comes_back(colours in prop::collection::vec(0u8..5, 0..3000), cut in 0usize..3000) {
            let mut lzw = Lzw::default();
            let cut = cut.min(colours.len());
            lzw.push(colours[..cut].iter().copied());
            lzw.push(colours[cut..].iter().copied());
            prop_assert_eq!(unpacked(&lzw.end()), colours);
        }
    }
}
