//! The system's settings: read first, not loosened by a user's, believed only if they are root's.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};

use serde_json::json;

use crate::support::world::{Outcome, SYSTEM};
use crate::support::{World, run};

const USER: &str = ".config/ssoenv/config.ini";

/// A world with settings of the system and of the user.
fn world(system: &str, user: &str) -> World {
    let world = World::new();
    world.write(SYSTEM, system);
    world.write(USER, user);
    world
}

#[test]
fn the_users_file_is_laid_over_the_systems() {
    let world = world(
        "[ssoenv]\nmode = profile\npicker = fzf\n[match \"prod\"]\nregion = ap-south-1\nmode = keys\n",
        "[ssoenv]\npicker = sk\n[match \"pr*\"]\ncolor = green\n",
    );
    assert!(world.ok("use dev --shell sh").contains("export AWS_PROFILE='dev'"));
    assert!(world.ok("use prod --shell sh").contains("export AWS_ACCESS_KEY_ID="));
    assert_eq!(world.ok("settings get picker"), "sk\n");
    let listed = world.run("settings list");
    assert_eq!((listed.code, &*listed.err), (0, ""));
    world.says("system_settings/list", &Outcome { err: listed.out.clone(), ..listed });
    let all = world.json("settings list --json");
    let origin = |file, line| json!({"file": world.path(file), "line": line});
    assert_eq!(all["origins"]["mode"], origin(SYSTEM, 2));
    assert_eq!(all["origins"]["picker"], origin(USER, 2));
    assert_eq!(all["origins"]["storage"], json!(null));
    assert_eq!(all["match"][0]["origin"], origin(SYSTEM, 4));
    assert_eq!(all["match"][1]["origin"], origin(USER, 3));
    assert_eq!(world.ok("settings path").trim_end(), world.path(USER).display().to_string());
}

#[test]
fn a_guard_of_the_system_stays() {
    let user = "[match \"*\"]\nconfirm = false\n[match \"prod\"]\nconfirm = no\n";
    let world = world("[match \"prod\"]\nconfirm = true\n", user);
    for _ in 0..2 {
        let outcome = world.run("use prod --shell sh");
        assert_eq!((outcome.code, &*outcome.out), (2, ""), "{outcome:?}");
    }
    assert!(world.ok("use dev --shell sh").contains("export AWS_ACCESS_KEY_ID="));
    assert!(world.ok("use prod --yes --shell sh").contains("export AWS_ACCESS_KEY_ID="));
    let doctor = world.json("doctor --json");
    let rows = doctor.as_array().expect("a list").iter();
    let ignored: Vec<_> = rows.filter(|row| row["check"] == "settings").collect();
    assert_eq!(ignored.len(), 2, "{ignored:?}");
    let said =
        "`confirm = false` is ignored where `[match \"prod\"]` of the system's settings matches";
    assert_eq!(ignored[0]["what"], said);
    assert_eq!((&ignored[0]["status"], &ignored[0]["line"]), (&json!("warn"), &json!(2)));
}

#[test]
fn what_is_stricter_is_the_users_to_say() {
    let world = world("[ssoenv]\nlock = confirm\n", "[match \"prod\"]\nconfirm = true\n");
    assert_eq!(world.run("use prod --shell sh").code, 2);
    world.write(USER, "[match \"prod\"]\nconfirm = false\n");
    assert_eq!(world.run("use prod --shell sh").code, 0);
}

#[test]
fn locked_keys_are_the_systems_alone() {
    let system = "[ssoenv]\nlock = mode, default_region region,color\ndefault_region = eu-west-3\n\
                  [match \"tools\"]\nmode = profile\n";
    let user = "[ssoenv]\nmode = profile\ndefault_region = us-east-1\n\
                [match \"*\"]\nmode = keys\nregion = us-west-1\nclass = mine\n";
    let world = world(system, user);
    assert_eq!(world.ok("settings get mode"), "keys\n");
    assert_eq!(world.ok("settings get default_region"), "eu-west-3\n");
    let dev = world.ok("use dev --shell sh");
    assert!(dev.contains("export AWS_ACCESS_KEY_ID=") && !dev.contains("us-west-1"), "{dev}");
    assert!(world.ok("use tools --shell sh").contains("export AWS_PROFILE='tools'"));
    for words in ["settings set mode profile", "settings set lock mode"] {
        let outcome = world.run(words);
        assert_eq!((outcome.code, &*outcome.out), (4, ""), "{outcome:?}");
        let name = words.replace(' ', "_");
        world.says(&format!("system_settings/{name}"), &outcome);
    }
    world.ok("settings set mode keys");
    world.ok("settings set mode");
    let doctor = world.run("doctor");
    let ignored: String =
        doctor.out.split_inclusive('\n').filter(|line| line.contains("settings")).collect();
    world.says("system_settings/doctor", &Outcome { err: ignored, ..doctor });
}

#[test]
fn what_locks_nothing_is_a_warning() {
    let world = world("[ssoenv]\nlock = confrim\n", "[ssoenv]\nlock = mode\n");
    let outcome = world.run("use dev --shell sh");
    assert_eq!(outcome.code, 0);
    assert!(outcome.err.contains("did you mean `confirm`?"), "{outcome:?}");
    assert!(outcome.err.contains("`lock` has no effect in a user's file"), "{outcome:?}");
    assert_eq!(world.ok("settings get lock"), "confrim\n");
}

/// A file that is there and cannot be understood must not count as absent.
#[test]
fn a_broken_file_is_an_error() {
    let world = world("[match \"prod\"]\nconfirm = ture\n", "");
    let outcome = world.run("use dev --shell sh");
    assert_eq!((outcome.code, &*outcome.out), (6, ""));
    world.says("system_settings/broken", &outcome);
}

#[test]
fn a_kept_plan_knows_the_systems_file() {
    let world = World::new();
    let settle = || std::thread::sleep(std::time::Duration::from_millis(100));
    let uses = |code: i32| {
        for _ in 0..2 {
            let outcome = world.run("use prod --shell sh");
            assert_eq!((outcome.code, outcome.out.is_empty()), (code, code != 0), "{outcome:?}");
            settle();
        }
    };
    uses(0);
    world.write(SYSTEM, "[match \"prod\"]\nconfirm = true\n");
    uses(2);
    world.write(SYSTEM, "[match \"dev\"]\nconfirm = true\n");
    uses(0);
    world.write(SYSTEM, "[match \"prod\"]\nconfirm = true\n");
    fs::set_permissions(world.path(SYSTEM), Permissions::from_mode(0o666)).expect("a mode");
    uses(0);
    // Nothing but the mode changes.
    fs::set_permissions(world.path(SYSTEM), Permissions::from_mode(0o644)).expect("a mode");
    uses(2);
    fs::remove_file(world.path(SYSTEM)).expect("it was there");
    uses(0);
}

#[test]
fn a_file_that_others_could_have_written_is_refused() {
    let system = "[match \"prod\"]\nconfirm = true\n";
    let refused = |world: &World, why: &str| {
        for _ in 0..2 {
            let outcome = world.run("use prod --shell sh");
            assert_eq!(outcome.code, 0, "{outcome:?}");
            assert!(outcome.err.contains("warning: "), "{why}: {outcome:?}");
            assert!(outcome.err.contains(why), "{why}: {outcome:?}");
        }
    };
    let world = world(system, "");
    let set = |below: &str, mode| {
        fs::set_permissions(world.path(below), Permissions::from_mode(mode)).expect("a mode");
    };
    set(SYSTEM, 0o646);
    refused(&world, "it can be written by others than root");
    world.says("system_settings/refused", &world.run("use prod --shell sh"));
    set(SYSTEM, 0o644);
    set("system", 0o777);
    refused(&world, "can be written by others than root");
    set("system", 0o755);
    assert_eq!(world.run("use prod --shell sh").code, 2);
    if chown(world.path(SYSTEM), Some(65534), Some(65534)).is_err() {
        crate::support::skip("another user's file: the tests do not run as root");
        return;
    }
    refused(&world, "it is not root's");
    chown(world.path(SYSTEM), Some(0), Some(65534)).expect("as before");
    set(SYSTEM, 0o664);
    refused(&world, "it can be written by others than root");
    chown(world.path(SYSTEM), Some(0), Some(0)).expect("as before");
    assert_eq!(world.run("use prod --shell sh").code, 2);
}

/// The real place, as root and as somebody else, in a file system that only this test sees.
#[test]
fn the_real_place_holds_for_every_user() {
    let world = world("", "[match \"prod\"]\nconfirm = false\n");
    let home = world.home().display();
    world.ok("use prod --shell sh");
    let set_up = format!(
        "cp -a /etc {home}/etc && mount --bind {home}/etc /etc && mkdir -p /etc/ssoenv && \
         printf '[match \"prod\"]\\nconfirm = true\\n' > /etc/ssoenv/config.ini && \
         chown -R root:root /etc/ssoenv && chmod 755 /etc/ssoenv && chmod 644 /etc/ssoenv/config.ini"
    );
    let tried = run::try_output(world.command("unshare").args(["--mount", "sh", "-c", &set_up]));
    if !tried.is_some_and(|tried| tried.status.success()) {
        crate::support::skip("the real system's settings: no mount namespace here");
        return;
    }
    let in_it = |user: &str| {
        let program = env!("CARGO_BIN_EXE_ssoenv");
        // For another user the home and the program are where that user can reach them.
        let script = format!(
            "{set_up} && mkdir {home}/other && cp {program} {home}/other/ssoenv && \
             cp -a {home}/.aws {home}/.config {home}/other/ && \
             chown -R {user}:{user} {home}/other && chmod 755 {home} && cd {home}/other && \
             for words in 'use prod --shell sh' 'use dev --shell sh --no-login'; do \
             HOME={home}/other setpriv --reuid={user} --regid={user} --clear-groups \
             {home}/other/ssoenv $words >/dev/null; echo $?; done; rm -rf {home}/other"
        );
        let mut command = world.command("unshare");
        command.args(["--mount", "sh", "-c", &script]).env_remove("SSOENV_TEST_SYSTEM");
        let outcome = Outcome::of(&mut command);
        assert_eq!(outcome.out, "2\n0\n", "{user}: {outcome:?}");
        assert!(!outcome.err.contains("warning"), "{user}: {outcome:?}");
    };
    in_it("0");
    in_it("65534");
}
