//! Any text becomes a profile or an error; what became one, written down again, means the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use photogate::profile;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(profile) = profile::parse("fuzz", text) {
        let again =
            profile::parse("again", &profile::to_toml(&profile)).expect("what it writes it reads");
        assert_eq!(again.sha256, profile.sha256);
    }
});
