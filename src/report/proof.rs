//! Reading again what was written beside standard files and in records: whom it is about.

use std::collections::BTreeSet;

use serde_json::Value as Json;

/// Whether the proof of a standard file, or one line of records, is about one of these contents, or about a
/// capture of one of these names that could not be read. False also for what is neither.
pub fn is_about(text: &str, contents: &BTreeSet<String>, names: &BTreeSet<String>) -> bool {
    let Ok(json) = serde_json::from_str::<Json>(text) else { return false };
    if json["sha256"].is_null() && json["id"].as_str().is_some_and(|id| names.contains(id)) {
        return true;
    }
    let of = |hash: &Json| hash.as_str().is_some_and(|hash| contents.contains(hash));
    of(&json["sha256"]) || of(&json["file"]["sha256"]) || of(&json["standard"]["sha256"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proofs_and_records_are_about_their_capture_and_its_file() {
        let contents = BTreeSet::from(["aa".to_owned()]);
        let names = BTreeSet::from(["a.jpg".to_owned()]);
        for (text, wanted) in [
            (r#"{"sha256": "aa"}"#, true),
            (r#"{"sha256": "bb", "file": {"sha256": "aa"}}"#, true),
            (r#"{"sha256": "bb", "standard": {"sha256": "aa"}}"#, true),
            (r#"{"sha256": "bb"}"#, false),
            (r#"{"sha256": null}"#, false),
            (r#"{"id": "a.jpg", "sha256": null}"#, true),
            (r#"{"id": "a.jpg", "sha256": "bb"}"#, false),
            (r#"["aa"]"#, false),
            ("aa", false),
        ] {
            assert_eq!(is_about(text, &contents, &names), wanted, "{text}");
        }
    }
}
