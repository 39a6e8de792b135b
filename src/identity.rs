//! Numbers of identity cards in names: masked in everything that the program says.
//!
//! Collectors in China call files by the 18 digits of the resident identity number, which tell birthday and
//! sex and open accounts. What is printed, recorded, reported and exported is sent on; so such a
//! number is shown as `1101**********4514` there. Files are called as the user wants them, and the ledger
//! keeps paths as they are, since it must find the files again.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};

/// Characters of a number that stay at its beginning (the prefecture) and at its end.
const STAY: usize = 4;

/// First two digits of the number: the provinces of GB/T 2260, with 71, 81, 82, 83 for Taiwan, Hong Kong and
/// Macao and their residents' permits, and 91 for foreigners.
const PROVINCES: [u8; 36] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52,
    53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83, 91,
];

/// Whether the user asked for whole numbers. Of the process: names are said in too many places to
/// carry it to each, and one that is forgotten must mask.
static WHOLE: AtomicBool = AtomicBool::new(false);

/// Say identity numbers whole from now on.
pub fn show_whole() {
    WHOLE.store(true, Ordering::Relaxed);
}

/// A name or message as it may be said: [`masked`], unless the user asked for whole numbers.
pub fn shown(text: &str) -> Cow<'_, str> {
    if WHOLE.load(Ordering::Relaxed) { text.into() } else { masked(text) }
}

/// The text with the middle of every resident identity number (GB 11643-1999, 18 characters; before 1999
/// 15 digits) as stars. Digits that have no province and no date of birth in their places are none.
///
/// ```
/// use photogate::identity::masked;
/// assert_eq!(masked("in/11010519491231002X_1.jpg"), "in/1101**********002X_1.jpg");
/// assert_eq!(masked("IMG_20260521103045123.jpg"), "IMG_20260521103045123.jpg");
/// ```
pub fn masked(text: &str) -> Cow<'_, str> {
    // Digits are single bytes, and no other character has one of them in its code.
    let bytes = text.as_bytes();
    let mut out: Option<Vec<u8>> = None;
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        let last = bytes.get(at + digits).is_some_and(|b| matches!(b, b'x' | b'X'));
        let number = &bytes[at..at + digits];
        let length = match digits {
            17 if last && born(number) => 18,
            18 if born(number) => 18,
            15 if born_before_1999(number) => 15,
            _ => 0,
        };
        if length > 0 {
            out.get_or_insert_with(|| bytes.to_owned())[at + STAY..at + length - STAY].fill(b'*');
        }
        at += digits.max(1);
    }
    // Only digits became stars.
    out.and_then(|out| String::from_utf8(out).ok()).map_or(text.into(), Cow::Owned)
}

/// Whether province and year, month and day of birth stand where they must.
fn born(number: &[u8]) -> bool {
    province(number) && matches!(value(&number[6..8]), 18..=20) && date(&number[10..14])
}

fn born_before_1999(number: &[u8]) -> bool {
    province(number) && date(&number[8..12])
}

fn province(number: &[u8]) -> bool {
    PROVINCES.contains(&value(&number[..2]))
}

fn date(month_day: &[u8]) -> bool {
    (1..=12).contains(&value(&month_day[..2])) && (1..=31).contains(&value(&month_day[2..4]))
}

/// Two digits as a number.
fn value(two: &[u8]) -> u8 {
    two.iter().fold(0, |sum, digit| sum * 10 + (digit - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_numbers_lose_their_middle_and_nothing_else_does() {
        // 110105 is the example of GB 11643; none of these belongs to a person we know of.
        for (said, wanted) in [
            ("110105194912310021", "1101**********0021"),
            ("张三11010519491231002x李四.jpg", "张三1101**********002x李四.jpg"),
            (
                "a/810000199408230021/b_11010519491231002X",
                "a/8100**********0021/b_1101**********002X",
            ),
            ("110105491231002.jpg", "1101*******1002.jpg"),
            // Longer and shorter numbers, dates of cameras, student numbers, and what has no date.
            ("1101051949123100211", "1101051949123100211"),
            ("11010519491231002.jpg", "11010519491231002.jpg"),
            ("202605211030451234", "202605211030451234"),
            ("110105194913310021", "110105194913310021"),
            ("IMG_20260521_103045", "IMG_20260521_103045"),
            ("202605211030451", "202605211030451"),
            ("", ""),
        ] {
            assert_eq!(masked(said), wanted);
            assert_eq!(masked(wanted), wanted, "a second time nothing changes");
        }
    }
}
