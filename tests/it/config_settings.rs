//! `settings get|set|list|path`.

use serde_json::{Value as Json, json};

use ssoenv::config::settings::key::Key;
use ssoenv::config::settings::{General, Rules};

use crate::support::World;

const FILE: &str = ".config/ssoenv/config.ini";

#[test]
fn set_keeps_every_other_line() {
    let world = World::empty();
    let path = world.ok("settings path");
    assert_eq!(path.trim_end(), world.path(FILE).display().to_string());
    assert_eq!(world.ok("settings get mode"), "keys\n");
    assert_eq!(world.ok("settings get browser"), "\n");
    let text =
        "# mine\n[ssoenv]\n; why\nmode = keys\n\n[match \"*prod*\"]\ncolor = red # no comment\n";
    world.write(FILE, &text.replace(" # no comment", ""));
    world.ok("settings set mode profile");
    world.ok("settings set refresh_lead_minutes 7");
    let expected = "# mine\n[ssoenv]\n; why\nmode = profile\nrefresh_lead_minutes = 7\n\n[match \"*prod*\"]\ncolor = red\n";
    assert_eq!(world.read(FILE), expected);
    assert_eq!(world.ok("settings get mode"), "profile\n");
    let all = world.json("settings list --json");
    assert_eq!((&all["mode"], &all["refresh_lead_minutes"]), (&json!("profile"), &json!(7)));
    assert_eq!(all["browser"], Json::Null);
    assert_eq!(
        all["match"],
        json!([{"match": "*prod*", "on": "any", "color": "red",
        "origin": {"file": world.path(FILE), "line": 7}}])
    );
    world.ok("settings set refresh_lead_minutes");
    assert_eq!(world.ok("settings get refresh_lead_minutes"), "10\n");
    world.write(FILE, text);
    let outcome = world.run("settings set mode keys");
    assert_eq!((outcome.code, &*outcome.out), (6, ""), "{outcome:?}");
    world.says("config_settings/set_keeps_every_other_line", &outcome);
    assert_eq!(world.read(FILE), text);
}

#[test]
fn wrong_keys_and_values_are_named() {
    let world = World::empty();
    for (words, hint) in [
        ("settings get mod", "did you mean `mode`?"),
        ("settings set login_flo x", "did you mean `login_flow`?"),
        ("settings set mode key", "`keys`, `profile`"),
        ("settings set prompt_format {rol}", "{role}"),
        ("settings set prompt_warn_minutes a[$(id)]", "a number of minutes"),
        ("settings set default_region eu_west", "a Region"),
    ] {
        let outcome = world.run(words);
        assert_eq!((outcome.code, &*outcome.out), (2, ""), "{outcome:?}");
        assert!(outcome.err.contains(hint), "{words}: {outcome:?}");
    }
    assert!(!world.path(FILE).exists());
    world.write(FILE, "[ssoenv]\nmoed = keys\n");
    let outcome = world.run("settings get mode");
    assert_eq!((outcome.code, &*outcome.out), (0, "keys\n"));
    world.says("config_settings/wrong_keys_and_values_are_named", &outcome);
}

#[test]
fn every_setting_is_documented() {
    fn rows<S: Default>(keys: &[Key<S>]) -> Vec<String> {
        let default = |key: &Key<S>| match key.text(&S::default()) {
            text if text.is_empty() => String::new(),
            text => format!("`{text}`"),
        };
        keys.iter()
            .map(|key| {
                let (name, expected) = (key.name, (key.expected)());
                format!("| `{name}` | {expected} | {} | {} |", default(key), key.help)
            })
            .collect()
    }
    let docs = include_str!("../../docs/settings.md");
    let documented: Vec<&str> = docs.lines().filter(|line| line.starts_with("| `")).collect();
    let rows = [rows(General::KEYS), rows(Rules::KEYS)].concat();
    assert!(documented == rows, "docs/settings.md should have\n{}", rows.join("\n"));
}

#[test]
fn completion_and_the_list_know_every_setting() {
    let world = World::empty();
    let list = world.ok("settings list");
    for key in General::KEYS {
        assert!(list.contains(&format!("{} = {}", key.name, key.text(&General::default()))));
        assert_eq!(world.ok(&format!("settings get {}", key.name)).lines().count(), 1);
        for (value, _) in (key.proposals)() {
            assert!((key.set)(&mut General::default(), value).is_ok(), "{}: {value}", key.name);
        }
    }
    for key in Rules::KEYS {
        for (value, _) in (key.proposals)() {
            assert!((key.set)(&mut Rules::default(), value).is_ok(), "{}: {value}", key.name);
        }
    }
}
