//! Variables that anyone may have set: what `use`, `clear` and `prompt` read from them.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use ssoenv::domain::active::{Active, OWN_VARIABLES, Recall};
use ssoenv::domain::env_delta::{EnvDelta, REGION_VARIABLES, TOUCH_LIST};
use ssoenv::domain::saved::Saved;
use ssoenv::domain::timestamp::Timestamp;

fuzz_target!(|text: &str| {
    // Lines `NAME=value`, NAME being the number of one of the variables that are read.
    let names: Vec<&str> =
        OWN_VARIABLES.into_iter().chain(TOUCH_LIST).chain(REGION_VARIABLES).collect();
    let get = |name: &str| {
        let at = names.iter().position(|n| *n == name)?;
        text.lines().find_map(|line| {
            let (number, value) = line.split_once('=')?;
            (number.parse() == Ok(at)).then(|| value.to_owned())
        })
    };
    if let Some(active) = Active::read(get) {
        drop(active.recall());
        active.is_shadowed(get);
        active.write(&mut EnvDelta::new());
    }
    let recall = Recall::parse(text);
    assert_eq!(recall.text(), text, "`use -` names what was written");
    if let Some(back) = Saved::restoration(get) {
        for (name, _) in back.delta.changes() {
            assert!(names.contains(&name.as_ref()), "`clear` touches `{name}`");
        }
    }
    // After `use` and `clear` the user has what the user had.
    let before: BTreeMap<&str, String> = TOUCH_LIST
        .into_iter()
        .chain(REGION_VARIABLES)
        .filter_map(|name| Some((name, get(name)?)))
        .collect();
    let mut now: BTreeMap<String, String> =
        before.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let saved = Saved::capture(|name| now.get(name).cloned());
    let mut delta = EnvDelta::new();
    delta.set("AWS_PROFILE", text);
    delta.unset("AWS_REGION");
    saved.write(&mut delta);
    apply(&mut now, &delta);
    let back = Saved::restoration(|name| now.get(name).cloned()).expect("something is in use");
    assert!(back.changed.is_empty(), "nobody changed {:?}", back.changed);
    apply(&mut now, &back.delta);
    assert!(
        now.iter()
            .map(|(name, value)| (name.as_str(), value))
            .eq(before.iter().map(|(n, v)| (*n, v)))
    );
    if let Some(time) = Timestamp::parse(text) {
        let written = time.to_rfc3339();
        assert!(written.is_empty() || Timestamp::parse(&written) == Some(time), "{written}");
    }
});

fn apply(shell: &mut BTreeMap<String, String>, delta: &EnvDelta) {
    for (name, value) in delta.changes() {
        match value {
            Some(value) => shell.insert(name.to_string(), value.clone()),
            None => shell.remove(name.as_ref()),
        };
    }
}
