//! `.ssoenv`: whatever a repository brings, the answer is a name that can be shown, or a line that
//! is wrong.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ssoenv::domain::dotfile::{Dotfile, MAX_BYTES};
use ssoenv::domain::label::sanitize;
use ssoenv::domain::names::AccountId;

fuzz_target!(|bytes: &[u8]| {
    let shown = |name: &str| !name.is_empty() && sanitize(name) == name;
    match Dotfile::parse(bytes, "f") {
        Ok(Dotfile::Profile(name)) => {
            assert!(bytes.len() <= MAX_BYTES, "longer files are refused");
            assert!(shown(&name), "{name:?} can be shown");
            let text = std::str::from_utf8(bytes).expect("other text is refused");
            assert!(text.contains(&name), "the name stands in the file as it is");
        }
        Ok(Dotfile::Role { account_id, role, session }) => {
            assert!(AccountId::is_valid(&account_id), "{account_id:?} is an account");
            assert!(shown(&role), "{role:?} can be shown");
            assert!(session.is_none_or(|session| shown(&session)), "a session can be shown");
        }
        Err(error) => {
            let (_, line) = error.what.rsplit_once("`f:").expect("the place is named");
            let line: usize = line.trim_end_matches('`').parse().expect("a line");
            assert!((1..=bytes.split(|&b| b == b'\n').count()).contains(&line), "{line}");
            assert_eq!(error.hints.len(), 1, "there is a way to mend it");
        }
    }
});
