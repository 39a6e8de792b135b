//! The profiles that come with the program: name and text.

macro_rules! texts {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../profiles/", $name, ".toml")))),*]
    };
}

/// Those to judge by, in the order in which they are listed.
pub const BUILT_IN: &[(&str, &str)] = texts![
    "chsi-degree",
    "chsi-degree-31-39",
    "chsi-degree-blue",
    "chsi-degree-white",
    "chsi-xinhua",
    "chsi-aopeng",
    "chsi-yingmaji",
    "chsi-yinglong",
    "chsi-white-shirt",
    "chsi-no-glasses",
    "cn-id-card",
    "cn-social-security",
    "cn-driving-licence",
    "cn-exit-entry",
    "cn-passport-consulate",
    "kaoyan",
    "ncre",
    "icao",
    "us-visa",
    "schengen",
    "de",
    "uk",
    "japan",
    "korea",
    "india",
];

/// Those that only others extend.
pub const BASES: &[(&str, &str)] = texts!["portrait-base"];

/// The text of a built-in profile or base.
pub(super) fn text(name: &str) -> Option<&'static str> {
    BUILT_IN.iter().chain(BASES).find(|(n, _)| *n == name).map(|(_, text)| *text)
}
