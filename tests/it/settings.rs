//! `settings`: ssoenv's own settings.

use crate::support::World;

const FILE: &str = ".config/ssoenv/config.ini";

#[test]
fn one_value_changes_and_every_other_byte_stays() {
    let world = World::new();
    let before = "; mine\n[match \"prod*\"]\nclass = production\n\n[ssoenv]\n# keep\nmode=keys\n";
    world.write(FILE, before);
    assert_eq!(world.ok("settings set mode profile"), "");
    assert_eq!(world.read(FILE), before.replace("mode=keys", "mode=profile"));
    assert_eq!(world.ok("settings get mode"), "profile\n");
    world.ok("settings set mode");
    assert_eq!(world.ok("settings get mode"), "keys\n");
    assert!(world.read(FILE).contains("# keep"));
}

#[test]
fn settings_change_what_use_does() {
    let world = World::new();
    world.ok("settings set mode profile");
    assert!(world.ok("use prod --shell sh").contains("export AWS_PROFILE='prod'"));
    world.write(
        FILE,
        "[match \"prod\"]\nmode = keys\nregion = ap-south-1\n[ssoenv]\nmode = profile\n",
    );
    assert!(world.ok("use prod --shell sh").contains("export AWS_ACCESS_KEY_ID="));
}

#[test]
fn a_changed_setting_counts_at_once() {
    let world = World::new();
    world.ok("use prod --shell sh");
    std::thread::sleep(std::time::Duration::from_millis(100));
    world.ok("use prod --shell sh");
    world.ok("settings set prompt_format {role}!");
    assert!(world.ok("use prod --shell sh").contains("SSOENV_LABEL='Admin!'"));
}

#[test]
fn unknown_keys_and_bad_values_are_named() {
    let world = World::new();
    let unknown = world.run("settings get mod");
    assert_eq!((unknown.code, unknown.out.as_str()), (2, ""));
    assert!(unknown.err.contains("did you mean `mode`?"), "{unknown:?}");
    assert_eq!(world.run("settings set mode nothing").code, 2);
    world.write(FILE, "[ssoenv]\nmdoe = keys\n");
    let warned = world.run("settings get mode");
    assert_eq!(warned.code, 0);
    assert!(warned.err.contains("mdoe") && warned.err.contains("`mode`"), "{warned:?}");
    world.write(FILE, "[ssoenv]\nmode = nothing\n");
    assert_eq!(world.run("use prod").code, 6);
}

#[test]
fn list_has_every_setting() {
    let world = World::new();
    let all: serde_json::Value =
        serde_json::from_str(&world.ok("settings list --json")).expect("one JSON document");
    assert_eq!(all["mode"], "keys");
    assert_eq!(all["prompt_format"], serde_json::Value::Null);
    assert!(world.ok("settings path").ends_with("ssoenv/config.ini\n"));
}
