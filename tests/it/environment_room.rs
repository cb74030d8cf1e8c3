//! What an environment has no room for is refused before it makes every program fail.

use std::fs;

use crate::support::world::{CONFIG, sh};
use crate::support::{World, json};

/// Puts a token of this length into the cached credentials of `dev`.
fn lengthen(world: &World, length: usize) {
    world.ok("credentials dev");
    let folder = world.path(".aws/cli/cache");
    let entry = fs::read_dir(folder).expect("a cache").flatten().next().expect("an entry").path();
    let mut kept = json(&fs::read_to_string(&entry).expect("an entry"));
    kept["Credentials"]["SessionToken"] = "t".repeat(length).into();
    fs::write(entry, kept.to_string()).expect("written");
}

#[test]
fn keys_that_are_too_long_are_refused_with_the_way_out() {
    let world = World::new();
    world.ok("login");
    lengthen(&world, 150_000);
    for line in ["use dev --shell sh", "use dev", "exec dev -- true"] {
        let outcome = world.run(line);
        assert_eq!((outcome.code, &*outcome.out), (6, ""), "{line}: {outcome:?}");
        world.says("environment_room/keys_that_are_too_long", &outcome);
    }
    let all = world.run("exec --all dev -- true");
    assert_eq!(all.code, 6, "{all:?}");
    // The ways out are ways.
    world.ok("exec --serve dev -- true");
    world.ok("use dev --mode profile --shell sh");
    assert!(world.ok("credentials dev").contains("ttttt"));
    lengthen(&world, 60_000);
    world.ok("use dev --shell sh");
    world.ok("exec dev -- true");
}

#[test]
fn long_names_and_settings_are_refused_too() {
    let world = World::new();
    let long = "n".repeat(150_000);
    let config = CONFIG.replace("[profile dev]", &format!("[profile {long}]"));
    world.write(".aws/config", &config);
    world.ok("login");
    world.write("long", &long);
    let used = sh(&world, "read -r name <long; AWS_PROFILE= ssoenv list | grep -c nnnn");
    assert_eq!(used.out, "1\n", "{used:?}");
    let config = CONFIG.replace("= Developer\n", &format!("= Developer\nsdk_ua_app_id = {long}\n"));
    world.write(".aws/config", &config);
    for line in ["use dev --shell sh", "exec dev -- true"] {
        assert_eq!(world.run(line).code, 6, "{line}");
    }
}

#[test]
fn a_nul_is_named() {
    let world = World::new();
    world.ok("login");
    let config = CONFIG.replace("= Developer\n", "= Developer\nsdk_ua_app_id = a\0b\n");
    world.write(".aws/config", &config);
    for line in ["use dev --shell sh", "exec dev -- true", "exec --serve dev -- true"] {
        let outcome = world.run(line);
        assert_eq!((outcome.code, &*outcome.out), (6, ""), "{line}: {outcome:?}");
        assert!(outcome.err.contains("`AWS_SDK_UA_APP_ID` has a NUL"), "{outcome:?}");
    }
}
