//! Which way a login takes, and which browser it opens: by environment, settings and real programs.

use identity_center::Operation;

use crate::support::world::{Outcome, path};
use crate::support::{World, skip};

/// A program of this name that opens its last argument as the person does.
fn program(world: &World, name: &str) -> String {
    let home = world.home().display().to_string();
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$0 $*\" | sed 's/http.*/URL/' >> {home}/ran\n\
         for last; do :; done; exec /bin/sh {home}/browser.sh \"$last\"\n"
    );
    world.program(&format!("bin/{name}"), &script);
    format!("{home}/bin:{}", path())
}

/// `login` with this `BROWSER`.
fn login(world: &World, browser: &str, env: &[(&str, &str)]) -> Outcome {
    let mut command = world.ssoenv(["login", "--force"]);
    command.env("BROWSER", browser).envs(env.iter().copied());
    Outcome::of(&mut command)
}

#[test]
fn the_first_of_several_that_starts_is_taken() {
    let world = World::new();
    let home = world.home().display().to_string();
    // One that is not there, one that fails at once, one that works, one that is not reached.
    let list = format!("no-such-browser %s:false:/bin/sh {home}/browser.sh:touch {home}/never");
    let outcome = login(&world, &list, &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(world.browser_opened(), 1);
    assert!(!world.path("never").exists());
}

#[test]
fn the_url_stands_where_it_is_wanted() {
    let world = World::new();
    let path = program(&world, "wslview");
    for (browser, ran) in [
        ("wslview", "wslview URL\n"),
        ("wslview --new %s", "wslview --new URL\n"),
        ("wslview '--app name' --url=%s", "wslview --app name --url=URL\n"),
    ] {
        world.write("ran", "");
        let outcome = login(&world, browser, &[("PATH", &path), ("SSOENV_LOGIN_TIMEOUT", "1")]);
        let all = world.read("ran");
        assert!(all.ends_with(ran), "{browser}: {all} {outcome:?}");
    }
}

#[test]
fn a_session_may_have_a_browser_of_its_own() {
    let world = World::new();
    let path = program(&world, "firefox");
    program(&world, "chrome");
    let opened = |call: &str| {
        world.write("ran", "");
        let mut command = world.ssoenv(call.split(' '));
        command.env("PATH", &path).env("SSOENV_LOGIN_TIMEOUT", "20");
        let outcome = Outcome::of(&mut command);
        assert_eq!(outcome.code, 0, "{call}: {outcome:?}");
        let home = format!("{}/bin/", world.home().display());
        (world.read("ran").replace(&home, ""), outcome.err)
    };
    let settings = |text: &str| world.write(".config/ssoenv/config.ini", text);
    let own = "[match \"CORP\"]\non = session\nbrowser = firefox -P corp\n";
    settings(&format!("[ssoenv]\nbrowser = chrome\n{own}"));
    for call in ["login --force", "login --force --device-code", "console prod"] {
        assert_eq!(opened(call).0, "firefox -P corp URL\n", "{call}");
    }
    // Other sessions, and an empty value, are for the general one; the last section counts.
    for text in
        [own.replace("CORP", "other"), format!("{own}[match \"c*\"]\non = session\nbrowser =\n")]
    {
        settings(&format!("[ssoenv]\nbrowser = chrome\n{text}"));
        assert_eq!(opened("login --force").0, "chrome URL\n", "{text}");
    }
    settings("[ssoenv]\nbrowser = chrome\n[match \"corp\"]\nbrowser = firefox\n");
    let (ran, said) = opened("login --force");
    assert_eq!(ran, "chrome URL\n");
    assert!(
        said.contains("config.ini:4: `browser` of a `[match]` section needs `on = session`"),
        "{said}"
    );
    let doctor = world.run("doctor");
    assert!(doctor.out.contains("needs `on = session`"), "{doctor:?}");
}

#[test]
fn a_session_has_rules_of_its_own() {
    let world = World::new();
    world.ok("login");
    let rules = "[match \"corp\"]\non = session\nregion = eu-north-1\nconfirm = true\n";
    world.write(".config/ssoenv/config.ini", rules);
    assert_eq!(world.run("credentials dev").code, 2);
    assert_eq!(world.json("credentials dev --format json --yes")["region"], "eu-north-1");
    // A later section for the profile wins.
    let later = format!("{rules}[match \"dev\"]\non = profile\nregion = us-west-1\nconfirm = no\n");
    world.write(".config/ssoenv/config.ini", &later);
    assert_eq!(world.json("credentials dev --format json")["region"], "us-west-1");
}

#[test]
fn the_url_is_never_shell_code() {
    let world = World::new();
    let home = world.home().display().to_string();
    // The authorize URL is full of `&`; a shell in between would cut it.
    let outcome = login(&world, &format!("/bin/sh {home}/browser.sh %s"), &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(world.ic.count(Operation::CreateToken), 1);
}

#[test]
fn the_setting_comes_before_the_variable() {
    let world = World::new();
    let path = program(&world, "own-browser");
    world.write(".config/ssoenv/config.ini", "[ssoenv]\nbrowser = own-browser --profile work\n");
    let outcome = login(&world, "false", &[("PATH", &path)]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(world.read("ran").ends_with("own-browser --profile work URL\n"));
}

#[test]
fn browser_is_believed_over_ssh_and_in_containers() {
    for env in [("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22"), ("CODESPACES", "true"), ("CI", "1")]
    {
        let world = World::new();
        let mut command = world.ssoenv(["login"]);
        let outcome = Outcome::of(command.env(env.0, env.1));
        assert_eq!(outcome.code, 0, "{env:?} {outcome:?}");
        assert_eq!(world.browser_opened(), 1);
    }
}

#[test]
fn nobody_there_is_3_at_once_whatever_the_machine() {
    for env in [
        ("CI", "true"),
        ("container", "podman"),
        ("KUBERNETES_SERVICE_HOST", "192.0.2.3"),
        ("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22"),
    ] {
        let world = World::new();
        for words in ["login", "use prod --shell sh", "credentials prod --login"] {
            let mut command = world.ssoenv(words.split(' '));
            let outcome =
                Outcome::of(command.env_remove("BROWSER").env(env.0, env.1).env("DISPLAY", ":99"));
            assert_eq!((outcome.code, outcome.out.as_str()), (3, ""), "{env:?} {outcome:?}");
            assert!(outcome.err.contains("neither a terminal nor a browser"), "{outcome:?}");
            assert!(outcome.err.contains("hint: run `ssoenv login"), "{outcome:?}");
        }
        assert_eq!(world.ic.requests().len(), 0);
    }
}

#[test]
fn browsers_that_all_fail_are_3_where_nobody_can_be_asked() {
    let world = World::new();
    let outcome = login(&world, "false:no-such-browser %s", &[]);
    assert_eq!(outcome.code, 3, "{outcome:?}");
    world.says("browser/browsers_that_all_fail_are_3_where_nobody_can_be_asked", &outcome);
}

/// The desktop's own opener; where this is no container, which could not be hidden from it.
#[cfg(target_os = "linux")]
#[test]
fn a_desktop_opens_by_itself() {
    if ["/.dockerenv", "/run/.containerenv"].iter().any(|f| std::path::Path::new(f).exists()) {
        skip("this is a container");
        return;
    }
    for display in [("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "wayland-0")] {
        let world = World::new();
        let path = program(&world, "xdg-open");
        let mut command = world.ssoenv(["login"]);
        let command = command.env_remove("BROWSER").env("PATH", path).env(display.0, display.1);
        let outcome = Outcome::of(command);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert!(world.read("ran").ends_with("xdg-open URL\n"));
    }
}
