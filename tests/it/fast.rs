//! A fast call says what the slow one says, whatever the world is like: each is made as it is, and
//! with a word before it that the fast path does not know.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;
use std::time::{Duration, SystemTime};

use identity_center::Trust;

use crate::config_index::kept;
use crate::support::world::{CONFIG, Outcome};
use crate::support::{World, find};

/// A role on top of `prod`.
const ON_TOP: &str = "
[profile top]
role_arn = arn:aws:iam::777788889999:role/Deploy
source_profile = prod
region = eu-west-3
";

const FORMS: [&str; 18] = [
    "use NAME",
    "use NAME --no-login",
    "use NAME --shell bash",
    "use NAME --shell powershell",
    "use --shell fish NAME",
    "credentials NAME",
    "credentials NAME --format env",
    "credentials NAME --format json",
    "credentials NAME --format powershell",
    "prompt",
    "prompt --shell zsh",
    "init bash",
    "init zsh",
    "init fish",
    "init bash --full",
    "exec NAME -- env",
    "exec NAME --no-login -- env",
    "exec NAME env -u HOME",
];

/// Commands that do not start, and words that are no command.
const NOT_STARTED: [&str; 4] = [
    "exec NAME -- /nonexistent/command",
    "exec NAME -- /dev/null",
    "exec NAME -- script.ps1",
    "exec NAME --",
];

type Step = fn(&World);

/// What is odd about a world, before everything has been used there and after, and around a call.
struct Case {
    name: &'static str,
    before: Step,
    after: Step,
    env: &'static [(&'static str, &'static str)],
}

const fn case(name: &'static str, before: Step, after: Step) -> Case {
    Case { name, before, after, env: &[] }
}

const fn around(name: &'static str, env: &'static [(&'static str, &'static str)]) -> Case {
    Case { name, before: nothing, after: nothing, env }
}

const CASES: &[Case] = &[
    case("as always", nothing, nothing),
    around("a chain of processes", &[("SSOENV_CHAIN", "prod")]),
    around("another home", &[("HOME", "/nonexistent")]),
    around("another state folder", &[("XDG_STATE_HOME", "/nonexistent")]),
    around("in use already", &[("USED", "dev")]),
    around("own variables", &[("AWS_REGION", "sa-east-1"), ("AWS_PROFILE", "dev")]),
    around("the hook calls", &[("SSOENV_SHELL", "bash")]),
    around("yes to all", &[("SSOENV_ASSUME_YES", "1")]),
    case("others may write plans", nothing, |world| open(world, ".cache/ssoenv/plans")),
    case("others may write roles", nothing, |world| open(world, ".cache/ssoenv/roles")),
    case("others may write stamps", nothing, |world| open(world, ".local/state/ssoenv/stamps")),
    case("plans are links", nothing, |world| link(world, ".cache/ssoenv/plans")),
    case("roles are links", nothing, |world| link(world, ".cache/ssoenv/roles")),
    case("entries are links", nothing, |world| link(world, ".aws/cli/cache")),
    case("stamps are gone", nothing, |world| {
        fs::remove_dir_all(world.path(".local/state/ssoenv/stamps")).expect("the stamps");
    }),
    case("tokens are gone", nothing, |world| {
        fs::remove_dir_all(world.path(".aws/sso")).expect("the tokens");
    }),
    case("lists for objects", nothing, |world| {
        entries(world, |text| {
            let entry: serde_json::Value = serde_json::from_str(text).expect("JSON");
            let keys = entry["Credentials"].as_object().expect("keys");
            serde_json::json!({ "Credentials": keys.values().collect::<Vec<_>>() }).to_string()
        });
    }),
    case("half an entry", nothing, |world| {
        entries(world, |text| text[..text.len() / 2].to_owned());
    }),
    case("no entry", nothing, |world| entries(world, |_| String::new())),
    case("more in an entry", nothing, |world| {
        entries(world, |text| text.replacen('{', "{\"More\": {\"a\": [1, null]}, ", 1));
    }),
    case("dead keys", nothing, |world| {
        entries(world, |text| text.replace("\"20", "\"19"));
    }),
    case("unknown settings", |world| set(world, "modus = keys\n"), nothing),
    case(
        "settings for the profile",
        |world| {
            set(world, "prompt_format = {role}@{account_id} {left}\n[match \"*\"]\ncolor = red\n");
        },
        nothing,
    ),
    case("a question first", |world| set(world, "[match \"*\"]\nconfirm = true\n"), nothing),
    case("an audit log", |world| set(world, "audit = ~/audit\n"), nothing),
    Case {
        name: "not for agents",
        before: |world| set(world, "[match \"*\"]\nagents = deny\n"),
        after: nothing,
        env: &[("CLAUDECODE", "1")],
    },
    case("profile mode", |world| set(world, "mode = profile\n"), nothing),
    case("a broken config", nothing, |world| {
        world.write(".aws/config", &format!("{CONFIG}{ON_TOP}broken\n"));
    }),
    case("another region", nothing, |world| {
        let config = format!("{CONFIG}{ON_TOP}").replace("eu-west", "us-east");
        world.write(".aws/config", &config);
    }),
];

fn nothing(_: &World) {}

fn set(world: &World, text: &str) {
    world.write(".config/ssoenv/config.ini", &format!("[ssoenv]\n{text}"));
}

fn open(world: &World, folder: &str) {
    fs::set_permissions(world.path(folder), fs::Permissions::from_mode(0o777)).expect("a mode");
}

/// Puts a link in the place of every file of a folder.
fn link(world: &World, folder: &str) {
    let moved = world.path("moved");
    fs::create_dir_all(&moved).expect("a folder");
    for entry in fs::read_dir(world.path(folder)).expect("a folder").flatten() {
        let target = moved.join(entry.file_name());
        fs::rename(entry.path(), &target).expect("moved");
        symlink(&target, entry.path()).expect("a link");
    }
}

fn entries(world: &World, change: impl Fn(&str) -> String) {
    for folder in [".aws/cli/cache", ".cache/ssoenv/roles"] {
        for entry in fs::read_dir(world.path(folder)).expect("a cache").flatten() {
            let text = fs::read_to_string(entry.path()).expect("an entry");
            world.write(&format!("{folder}/{}", entry.file_name().display()), &change(&text));
        }
    }
}

/// `ssoenv WORDS`, in a shell that uses `USED` already if the case says so.
fn call(world: &World, case: &Case, online: bool, words: &[&str]) -> Command {
    let home = world.home().display().to_string();
    let program = env!("CARGO_BIN_EXE_ssoenv");
    let script =
        "[ -z \"$USED\" ] || eval \"$(\"$0\" use \"$USED\" --shell sh)\"; exec \"$0\" \"$@\"";
    let mut command = world.command("sh");
    command.args(["-c", script, program]).args(words);
    for (name, below) in [
        ("AWS_CONFIG_FILE", ".aws/config"),
        ("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials"),
        ("XDG_CONFIG_HOME", ".config"),
        ("XDG_CACHE_HOME", ".cache"),
        ("XDG_STATE_HOME", ".local/state"),
    ] {
        command.env(name, format!("{home}/{below}"));
    }
    if !online {
        // Nothing can be fetched, so that the second of two calls finds what the first one found.
        for service in ["SSO", "SSO_OIDC", "STS"] {
            command.env(format!("AWS_ENDPOINT_URL_{service}"), "http://127.0.0.1:1");
        }
        command.env("AWS_MAX_ATTEMPTS", "1").env_remove("BROWSER");
        command.envs(case.env.iter().copied());
    }
    command
}

/// A world of this case in which every profile has been used, so that all plans are kept.
fn world(case: &Case) -> World {
    let world = World::new();
    world.write(".aws/config", &format!("{CONFIG}{ON_TOP}"));
    world.ic.add_iam_role("arn:aws:iam::777788889999:role/Deploy", Trust::anyone());
    (case.before)(&world);
    for _ in 0..3 {
        // A plan is kept only of files that have not changed for a moment.
        std::thread::sleep(Duration::from_millis(60));
        for profile in ["prod", "dev", "top"] {
            let words = ["use", profile, "--shell", "sh", "--mode", "keys", "--yes"];
            let outcome = Outcome::of(&mut call(&world, case, true, &words));
            assert_eq!(outcome.code, 0, "{}: {outcome:?}", case.name);
        }
    }
    (case.after)(&world);
    world
}

#[test]
fn a_fast_call_says_what_the_slow_one_says() {
    for case in CASES {
        let world = world(case);
        for (profile, forms) in [("prod", &FORMS[..]), ("top", &FORMS), ("nope", &FORMS[4..6])] {
            for form in forms.iter().chain(&NOT_STARTED) {
                let words: Vec<_> = form
                    .split(' ')
                    .map(|word| if word == "NAME" { profile } else { word })
                    .collect();
                let slowly = [&["--color", "never"], &*words].concat();
                let says = |words: &[&str]| Outcome::of(&mut call(&world, case, false, words));
                let (mut fast, mut slow) = (says(&words), says(&slowly));
                if fast.out != slow.out {
                    // A minute may have ended between the two.
                    (fast, slow) = (says(&words), says(&slowly));
                }
                let about = format!("{}: {words:?}", case.name);
                assert_eq!((fast.code, &fast.out), (slow.code, &slow.out), "{about}");
                assert_eq!(fast.err, slow.err, "{about}");
            }
        }
    }
}

/// Otherwise the comparison would be of the slow path with itself.
#[test]
fn it_is_the_fast_path_that_speaks() {
    if find("strace", "SSOENV_TEST_CLIENTS").is_none() {
        return;
    }
    let case = &CASES[0];
    let world = world(case);
    let reads_config =
        |words: &[&str]| opened(&world, &call(&world, case, false, words)).contains(".aws/config");
    for profile in ["prod", "top"] {
        for form in FORMS {
            let words: Vec<_> =
                form.split(' ').map(|word| if word == "NAME" { profile } else { word }).collect();
            assert!(!reads_config(&words), "{words:?}");
        }
        assert!(reads_config(&["--color", "never", "use", profile]));
    }
}

/// The files that a call opens, as `strace` tells it.
fn opened(world: &World, call: &Command) -> String {
    let log = world.path("trace");
    let mut traced = world.command("strace");
    traced.args(["-f", "-e", "trace=open,openat", "-o"]).arg(&log);
    traced.arg(call.get_program()).args(call.get_args());
    traced.envs(call.get_envs().filter_map(|(name, value)| Some((name, value?))));
    traced.current_dir(call.get_current_dir().unwrap_or(world.home()));
    let outcome = Outcome::of(&mut traced);
    assert_eq!(outcome.code, 0, "{call:?}: {outcome:?}");
    fs::read_to_string(log).expect("a trace")
}

/// As direnv changes a variable with the folder, also to a path that only means something there.
#[test]
fn two_configurations_in_turn_do_not_take_each_others_plans() {
    if find("strace", "SSOENV_TEST_CLIENTS").is_none() {
        return;
    }
    let world = World::new();
    world.ok("login");
    let other = CONFIG.replace("444455556666", "111122223333").replace("Developer", "ReadOnly");
    for (folder, config) in [("one", CONFIG), ("two", &other)] {
        world.write(&format!("{folder}/aws/config"), config);
        world.write(
            &format!("{folder}/ssoenv/config.ini"),
            "[ssoenv]\ndefault_region = eu-west-1\n",
        );
    }
    std::thread::sleep(Duration::from_millis(60));
    let absolute = |folder: &str| world.path(folder).display().to_string();
    for (case, variable, value) in [
        ("a path", "AWS_CONFIG_FILE", &|folder: &str| absolute(folder) + "/aws/config"),
        ("a relative path", "AWS_CONFIG_FILE", &|_: &str| "aws/config".to_owned()),
        ("settings", "XDG_CONFIG_HOME", &absolute),
    ] as [(&str, &str, &dyn Fn(&str) -> String); 3]
    {
        let call = |folder: &str, words: &str| {
            let mut call = world.ssoenv(words.split(' '));
            call.env(variable, value(folder)).current_dir(world.path(folder));
            call
        };
        for words in ["use dev --shell sh", "list"] {
            let says = |folder| Outcome::of(&mut call(folder, words)).out;
            let first = ["one", "two"].map(says);
            assert_eq!(first[0] == first[1], case == "settings", "{case}: {words}");
            // The first calls may have learned what is part of the next plan.
            let _ = ["one", "two"].map(says);
            for (folder, first) in ["one", "two", "one", "two"].iter().zip(first.iter().cycle()) {
                let opened = opened(&world, &call(folder, words));
                assert!(!opened.contains("aws/config\""), "{case}: {folder}: {words}: {opened}");
                assert_eq!(says(folder), *first);
            }
        }
    }
}

#[test]
fn plans_that_nobody_uses_any_more_go() {
    let world = World::new();
    world.ok("login");
    world.ok("use prod --shell sh");
    std::thread::sleep(Duration::from_millis(60));
    world.ok("use prod --shell sh");
    world.ok("list");
    let old = SystemTime::now() - Duration::from_secs(31 * 24 * 3600);
    let files = [kept(&world, "plans"), kept(&world, "index")].concat();
    for file in &files {
        let file = fs::File::options().write(true).open(world.path(file)).expect("a file");
        file.set_modified(old).expect("a time");
    }
    // They serve for as long as nothing new comes.
    world.ok("use prod --shell sh");
    world.write("other", CONFIG);
    std::thread::sleep(Duration::from_millis(60));
    for words in ["use prod --shell sh", "list"] {
        assert!(files.iter().any(|file| world.path(file).exists()));
        let mut call = world.ssoenv(words.split(' '));
        assert_eq!(Outcome::of(call.env("AWS_CONFIG_FILE", world.path("other"))).code, 0);
    }
    assert_eq!(files.len(), 2);
    assert!(!files.iter().any(|file| world.path(file).exists()), "{files:?}");
}
