//! The report for people: one page of HTML that works from disk, without any network.
//!
//! The page is static text (`html/`); what it shows are blocks of JSON that are no scripts to a browser:
//! one a capture with all that the large view needs, read when it is looked at, then the list of all
//! captures, then what they have in common. So rows can be written as they come, and a page of ten
//! thousand opens without reading most of itself. Nothing in it depends on the time or on the number of
//! workers, and no path of this machine is in it but the way from the page to the captures, which the
//! large view shows sharp where they still lie there.

mod about;
mod base64;
mod drawing;
mod row;
mod thumb;

use std::io::{self, Read, Write};

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

pub use row::{Places, Row, Rows};
pub use thumb::{Thumb, is_thumb_name, standard_name, thumb, thumb_name};

const PAGE: &str = include_str!("html/page.html");
const STYLE: &str = include_str!("html/page.css");

/// The parts of the page's only script, in their order.
const SCRIPT: &[&str] = &[
    include_str!("html/words.js"),
    include_str!("html/data.js"),
    include_str!("html/draw.js"),
    include_str!("html/charts.js"),
    include_str!("html/gallery.js"),
    include_str!("html/detail.js"),
    include_str!("html/page.js"),
];

/// Where the rows stand in the page.
const ROWS: &str = "<!--rows-->";

/// Write what stands before the captures.
///
/// # Errors
/// When `out` cannot be written to.
pub fn begin(out: &mut impl Write) -> io::Result<()> {
    let before = PAGE.split(ROWS).next().unwrap_or_default();
    // The browser runs this script and no other, whatever a file name might smuggle in.
    let hash = base64::encode(&Sha256::digest(script()));
    let page = before.replace("/*style*/", STYLE).replace("SCRIPT_HASH", &hash);
    out.write_all(page.as_bytes())
}

/// Write what stands behind the captures: the list of them, what they have in common, and the script.
///
/// # Errors
/// When `out` cannot be written to, or `index` not be read.
pub fn end(out: &mut impl Write, index: &mut impl Read, about: &Json) -> io::Result<()> {
    out.write_all(b"<script type=\"application/json\" id=\"index\">[")?;
    io::copy(index, out)?;
    out.write_all(b"]</script>\n")?;
    out.write_all(block("about", about).as_bytes())?;
    writeln!(out, "<script>{}</script>", script())?;
    let after = PAGE.split(ROWS).nth(1).unwrap_or_default();
    out.write_all(after.as_bytes())
}

fn script() -> String {
    SCRIPT.concat()
}

/// JSON that stays JSON inside of a page, whatever names are in it.
fn inert(json: &Json) -> String {
    // `<` can only stand in a string there: no `</script>`, no `<!--`.
    json.to_string().replace('<', "\\u003c")
}

/// A block of data in the page.
fn block(id: &str, json: &Json) -> String {
    format!("<script type=\"application/json\" id=\"{id}\">{}</script>\n", inert(json))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_name_leaves_its_block() {
        let hostile = json!({"id": "</script><img src=x onerror=alert(1)><!-- \u{2028}\"'"});
        let text = block("d0", &hostile);
        assert_eq!(text.matches("</").count(), 1, "{text}");
        let inside = text.split_once('>').unwrap().1.rsplit_once("</").unwrap().0;
        assert_eq!(serde_json::from_str::<Json>(inside).unwrap(), hostile);
    }

    #[test]
    fn the_page_has_its_places_and_no_address_of_the_network() {
        for place in ["/*style*/", "SCRIPT_HASH", ROWS] {
            assert_eq!(PAGE.matches(place).count(), 1, "{place}");
        }
        let script = script();
        assert!(!script.contains("</script") && !script.contains("innerHTML"));
        for text in [PAGE, STYLE, &script] {
            // The name of SVG's elements is an address that nobody visits.
            let text = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("http://") && !text.contains("https://"));
        }
    }
}
