//! Every way to credentials against every answer that the guard may get. A command, or a flag of one
//! that gives credentials, has to stand here.

use clap::CommandFactory;
use identity_center::{Operation, Reply, Trust};
use ssoenv::cli::args::Cli;

use crate::support::tty::Tty;
use crate::support::world::{CONFIG, Outcome, SYSTEM, path, sh};
use crate::support::{World, find, run};

/// A way to credentials: a line of shell with `TARGET` for whose they are. What it prints and its exit
/// code say whether anything came out.
struct Way {
    line: &'static str,
    /// Whether it takes names of profiles alone.
    by_name: bool,
}

const fn way(line: &'static str) -> Way {
    Way { line, by_name: false }
}

const fn by_name(line: &'static str) -> Way {
    Way { line, by_name: true }
}

/// Ends once the server has written its file, with 0; or with the server's code.
const SERVE: &str = "rm -f lines; ssoenv serve TARGET FLAGS --write lines YES & p=$!; \
    while [ ! -s lines ] && kill -0 $p 2>/dev/null; do sleep 0.02; done; \
    [ -s lines ] || { wait $p; exit; }; kill -TERM $p; wait $p; true";

const WAYS: &[Way] = &[
    way("ssoenv use TARGET --shell sh YES"),
    way("ssoenv use TARGET --shell sh --fresh --no-login --region eu-west-1 YES"),
    by_name("ssoenv use TARGET --shell sh --mode profile YES"),
    by_name("SSOENV_PREV=TARGET ssoenv use - --shell sh YES"),
    way("ssoenv exec TARGET YES -- env"),
    way("ssoenv exec --min-ttl 1m --no-login TARGET YES -- env"),
    way("ssoenv exec --serve TARGET YES -- env"),
    by_name("ssoenv exec --all 'TARGET' YES -- env"),
    by_name("echo TARGET | ssoenv exec --each - --parallel 2 YES -- env"),
    way("ssoenv use TARGET --role-arn arn:aws:iam::444455556666:role/Deploy --shell sh YES"),
    way(
        "ssoenv use TARGET --role-arn arn:aws:iam::444455556666:role/Deploy --policy {} --shell sh YES",
    ),
    way(
        "ssoenv exec TARGET --role-arn arn:aws:iam::444455556666:role/Deploy --policy-arn arn:x YES -- env",
    ),
    way(
        "ssoenv exec TARGET --role-arn arn:aws:iam::444455556666:role/Deploy --policy {} YES -- env",
    ),
    way(
        "ssoenv credentials TARGET --role-arn arn:aws:iam::444455556666:role/Deploy --policy {} YES",
    ),
    way("ssoenv credentials TARGET YES"),
    way("ssoenv credentials TARGET --format env --login YES"),
    way("ssoenv credentials TARGET --format json YES"),
    way("ssoenv credentials TARGET --write written YES >&2 && cat .aws/credentials"),
    way(SERVE),
    way("ssoenv console TARGET --print YES"),
    way("ssoenv console TARGET YES"),
    way("ssoenv console TARGET --federate --print YES"),
    by_name("ssoenv profile use-process TARGET --as new$$ YES"),
];

/// Flags that do not decide whether credentials come out, of the commands that give them.
const HARMLESS: &[(&str, &str)] = &[
    ("use", "account role sso-session device-code no-browser port policy-arn"),
    ("exec", "account role sso-session region mfa-token port"),
    ("credentials", "account role sso-session mfa-token remove port policy-arn"),
    ("serve", "account role sso-session port docker"),
    ("console", "account role sso-session service destination region duration logout-first port"),
    ("profile use-process", "dry-run"),
    // The hook's: `directory` is below, and `refresh` renews what a shell uses into the cache.
    ("directory", "shell foreground"),
    ("refresh", "foreground"),
];

/// Commands that give nobody credentials.
const OTHERS: &str = "accounts allow clear completions configure deny doctor init list login logout \
    profile prompt roles settings setup status sync whoami";

const GLOBAL: [&str; 6] = ["color", "verbose", "yes", "help", "version", "question"];

#[test]
fn every_command_stands_in_the_table() {
    let command = Cli::command();
    for verb in command.get_subcommands().filter(|verb| verb.get_name() != "help") {
        let name = verb.get_name().to_owned();
        if OTHERS.split_whitespace().any(|other| other == name) {
            continue;
        }
        let (_, harmless) = HARMLESS
            .iter()
            .find(|(known, _)| *known == name)
            .unwrap_or_else(|| panic!("`{name}`: does it give credentials? Add it to this table"));
        let tried: Vec<_> =
            WAYS.iter().filter(|w| w.line.contains(&format!("ssoenv {name} "))).collect();
        for flag in verb.get_arguments().filter_map(clap::Arg::get_long) {
            let known = harmless.split_whitespace().any(|known| known == flag)
                || tried.iter().any(|way| way.line.contains(&format!("--{flag}")))
                || (GLOBAL.contains(&flag) || flag == "from-cache");
            assert!(
                known,
                "`{name} --{flag}`: can credentials come out by it? Add a way, or say no"
            );
        }
    }
}

/// What the settings guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guard {
    Profile,
    AccountId,
    AccountName,
    Role,
}

impl Guard {
    fn settings(self) -> &'static str {
        match self {
            Self::Profile => "[match \"prod\"]\non = profile\nconfirm = true\n",
            Self::AccountId => "[match \"111122*\"]\non = account\nconfirm = true\n",
            Self::AccountName => "[match \"Acme Prod\"]\non = account\nconfirm = true\n",
            Self::Role => "[match \"Admin\"]\non = role\nconfirm = true\n",
        }
    }
}

/// Whose credentials are wanted, and by which settings they are guarded.
const TARGETS: &[(&str, &[Guard])] = {
    use Guard::{AccountId, AccountName, Profile, Role};
    &[
        ("prod", &[Profile, AccountId, AccountName, Role]),
        ("again", &[AccountId, AccountName]),
        ("--account 111122223333 --role ReadOnly", &[AccountId, AccountName]),
        ("--account 'Acme Prod' --role ReadOnly", &[AccountId, AccountName]),
        // A profile has that role.
        ("--account 111122223333 --role Admin", &[Profile, AccountId, AccountName, Role]),
        // Another account's, taken with the production role.
        ("top", &[Profile, AccountId, AccountName, Role]),
        ("dev", &[]),
    ]
};

const DEPLOY: &str = "arn:aws:iam::444455556666:role/Deploy";

/// Logged in, with names known; nothing is guarded yet.
fn world() -> World {
    let world = World::empty();
    world.ic.add_iam_role(DEPLOY, Trust::anyone());
    let more = format!(
        "[profile again]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n\
         [profile twice]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n\
         [profile top]\nrole_arn = {DEPLOY}\nsource_profile = prod\nregion = us-east-1\n"
    );
    world.write(".aws/config", &format!("{CONFIG}\n{more}"));
    world.ok("login");
    world
}

fn guard(world: &World, settings: &str) {
    world.write(".config/ssoenv/config.ini", settings);
}

fn line(way: &Way, target: &str, yes: &str) -> String {
    let flags = way.line.replace("FLAGS", "");
    // What stands for a profile is one word; a role's words replace it.
    flags.replace("TARGET", target).replace("YES", yes)
}

fn fits(way: &Way, target: &str) -> bool {
    !(way.by_name && target.starts_with("--"))
}

/// No credential came out, and none was fetched.
#[track_caller]
fn refused(world: &World, line: &str, code: i32, outcome: &Outcome, fetched: usize) {
    assert_eq!(outcome.code, code, "{line}: {outcome:?}");
    let summary = line.contains("--all") || line.contains("--each");
    assert!(outcome.out.is_empty(), "{line}: {outcome:?}");
    assert!(summary || outcome.err.starts_with("error: "), "{line}: {outcome:?}");
    assert_eq!(world.ic.count(Operation::GetRoleCredentials), fetched, "{line}");
    assert!(!world.path("lines").exists() && !world.path(".aws/credentials").exists(), "{line}");
    assert!(!world.read(".aws/config").contains("credential_process"), "{line}");
}

/// Takes away what a way leaves behind.
fn clean(world: &World, config: &str) {
    drop(std::fs::remove_file(world.path(".aws/credentials")));
    world.write(".aws/config", config);
}

#[test]
fn without_a_terminal_every_way_needs_yes() {
    let world = world();
    let config = world.read(".aws/config");
    for (target, guards) in TARGETS {
        for way in WAYS.iter().filter(|way| fits(way, target)) {
            let plain = line(way, target, "");
            // Before the settings guard it everything is let out, and into the caches.
            guard(&world, "");
            let open = sh(&world, &plain);
            assert_eq!(open.code, 0, "{plain}: {open:?}");
            clean(&world, &config);
            for by in [Guard::Profile, Guard::AccountId, Guard::AccountName, Guard::Role] {
                guard(&world, by.settings());
                let fetched = world.ic.count(Operation::GetRoleCredentials);
                let outcome = sh(&world, &plain);
                if guards.contains(&by) {
                    refused(&world, &format!("{by:?}: {plain}"), 2, &outcome, fetched);
                } else {
                    assert_eq!(outcome.code, 0, "{by:?}: {plain}: {outcome:?}");
                }
                clean(&world, &config);
            }
            if !guards.is_empty() {
                guard(&world, guards[0].settings());
                for yes in
                    [line(way, target, "--yes"), format!("export SSOENV_ASSUME_YES=1; {plain}")]
                {
                    let outcome = sh(&world, &yes);
                    assert_eq!(outcome.code, 0, "{yes}: {outcome:?}");
                    clean(&world, &config);
                }
            }
        }
    }
}

/// The line on a terminal, its output in a file, and the answer to its question.
fn answered(world: &World, line: &str, answer: &str) -> Option<(i32, String, String)> {
    drop(std::fs::remove_file(world.path("out")));
    world.write("way.sh", &format!("{line}\n"));
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_ssoenv")).parent().expect("a folder");
    let search = format!("PATH={}:{}", bin.display(), path());
    let mut tty = Tty::start(world, &format!("env '{search}' sh -c '. ./way.sh > out'"))?;
    tty.wait_for("Use `");
    tty.wait_for("(y/N)");
    tty.type_in(answer);
    let (code, said) = tty.end();
    Some((code, world.read("out"), said))
}

#[test]
fn on_a_terminal_every_way_asks() {
    let world = world();
    let config = world.read(".aws/config");
    if find("script", "SSOENV_TEST_CLIENTS").is_none() {
        return;
    }
    for way in WAYS {
        let plain = line(way, "prod", "");
        guard(&world, "");
        let open = sh(&world, &plain);
        assert_eq!(open.code, 0, "{plain}: {open:?}");
        clean(&world, &config);
        guard(&world, Guard::AccountName.settings());
        let fetched = world.ic.count(Operation::GetRoleCredentials);
        for no in ["n\r", "\r"] {
            let (code, out, said) = answered(&world, &plain, no).expect("there is `script`");
            // The question stands before it.
            let err = said.find("error: ").map_or("", |at| &said[at..]).to_owned();
            let outcome = Outcome { code, out, err };
            refused(&world, &plain, 1, &outcome, fetched);
        }
        let (code, out, said) = answered(&world, &plain, "y\r").expect("there is `script`");
        assert_eq!(code, 0, "{plain}: {out} {said}");
        clean(&world, &config);
    }
}

/// What this shell uses was agreed to; what it does not use is asked about.
#[test]
fn what_the_shell_uses_is_not_asked_again() {
    let world = world();
    let config = world.read(".aws/config");
    guard(&world, Guard::AccountId.settings());
    let using = format!("eval \"$(ssoenv use prod --yes)\"; {}", "rm -f lines; LINE");
    for way in WAYS.iter().filter(|way| !way.line.contains("use-process")) {
        let same = line(way, "prod", "");
        let fetched = world.ic.count(Operation::GetRoleCredentials);
        let outcome = sh(&world, &using.replace("LINE", &same));
        if way.line.contains("--role-arn") {
            // Another role than the one that the shell has.
            refused(&world, &same, 2, &outcome, fetched);
        } else {
            assert_eq!(outcome.code, 0, "{same}: {outcome:?}");
        }
        clean(&world, &config);
        let other = line(way, "again", "");
        let fetched = world.ic.count(Operation::GetRoleCredentials);
        let outcome = sh(&world, &using.replace("LINE", &other));
        refused(&world, &other, 2, &outcome, fetched);
    }
    // The new profile would say yes in every shell.
    let process = sh(&world, &using.replace("LINE", "ssoenv profile use-process prod"));
    assert_eq!(process.code, 2, "{process:?}");
    // A shell whose keys are no longer what `use` gave it uses something else.
    let changed = "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE; ssoenv credentials prod";
    assert_eq!(sh(&world, &using.replace("LINE", changed)).code, 2);
}

/// The command of the new profile says yes, because a person has; it is still found by its words.
#[test]
fn a_process_of_a_guarded_profile_says_yes() {
    let world = world();
    guard(&world, Guard::Profile.settings());
    let dry = world.ok("profile use-process prod --dry-run");
    assert!(dry.contains("credentials prod --yes"), "{dry}");
    world.ok("profile use-process prod --yes");
    world.ok("profile use-process dev");
    let config = world.read(".aws/config");
    assert!(config.contains(" credentials prod --yes\n"), "{config}");
    assert!(config.contains(" credentials dev\n"), "{config}");
    let process: Vec<_> = config.lines().filter(|l| l.starts_with("credential_process")).collect();
    let command = process[0].split_once('=').expect("a value").1;
    let printed = Outcome::of(world.command("/bin/sh").args(["-c", command]));
    assert_eq!(printed.code, 0, "{printed:?}");
    // Whose credentials the process gives is known when they are there.
    guard(&world, Guard::AccountId.settings());
    for words in ["use prod-process --shell sh", "credentials prod-process"] {
        let outcome = world.run(words);
        assert_eq!((outcome.code, &*outcome.out), (2, ""), "{words}: {outcome:?}");
    }
    world.ok("profile rename prod live");
    assert!(world.read(".aws/config").contains(" credentials live --yes\n"));
}

/// A directory was allowed before its profile was guarded.
#[test]
fn a_directory_needs_to_be_allowed_for_production() {
    let world = world();
    for target in ["profile = prod", "profile = top", "account = 111122223333\nrole = ReadOnly"] {
        guard(&world, "");
        world.write("work/.ssoenv", &format!("{target}\n"));
        let file = world.path("work/.ssoenv").canonicalize().expect("a file");
        let enter = format!("directory {} --shell sh", file.display());
        world.ok("allow work");
        assert!(world.ok(&enter).contains("AWS_ACCESS_KEY_ID="), "{target}");
        guard(&world, Guard::AccountId.settings());
        for words in [&*enter, &format!("{enter} --yes"), "allow work"] {
            let outcome = world.run(words);
            assert_eq!((outcome.code, &*outcome.out), (2, ""), "{words}: {outcome:?}");
        }
        world.ok("allow work --production");
        assert!(world.ok(&enter).contains("AWS_ACCESS_KEY_ID="), "{target}");
    }
}

/// The class of a directory's profile goes by the name of its account, and nobody has asked for that.
#[test]
fn a_class_by_name_does_not_fail_open() {
    for listed in [true, false] {
        let world = world();
        world.ok("credentials prod");
        world.ok("credentials dev");
        let forget = || {
            for folder in ["directory", "account-names", "plans"] {
                let path = world.path(".cache/ssoenv").join(folder);
                drop(std::fs::remove_dir_all(&path));
                drop(std::fs::remove_file(&path));
            }
        };
        if !listed {
            world.ic.always(Operation::ListAccounts, Some(Reply::Status(400)));
        }
        for mode in ["keys", "profile"] {
            for (profile, is_refused) in [("prod", true), ("dev", !listed)] {
                let why = if listed { "of class `production`" } else { "may be guarded" };
                guard(&world, "");
                world.write("work/.ssoenv", &format!("profile = {profile}\n"));
                let file = world.path("work/.ssoenv").canonicalize().expect("a file");
                world.ok("allow work");
                guard(
                    &world,
                    &format!("[ssoenv]\nmode = {mode}\n[match \"* prod\"]\nclass = production\n"),
                );
                let enter = format!("directory {} --shell sh", file.display());
                for words in [&*enter, "allow work", &format!("{enter} --yes")] {
                    forget();
                    let outcome = world.run(words);
                    let code = if is_refused { 2 } else { 0 };
                    assert_eq!(
                        outcome.code, code,
                        "{listed} {mode} {profile} {words}: {outcome:?}"
                    );
                    assert_eq!(outcome.err.contains(why), is_refused, "{words}: {outcome:?}");
                    assert!(!is_refused || outcome.out.is_empty(), "{words}: {outcome:?}");
                }
                forget();
                world.ok("allow work --production");
                assert!(world.ok(&enter).contains("AWS_PROFILE"), "{profile}");
            }
        }
    }
}

/// What the hook renews is what the shell uses; a profile that has become another's is not.
#[test]
fn the_hook_renews_only_what_was_agreed_to() {
    let world = world();
    guard(&world, Guard::AccountId.settings());
    let used = "eval \"$(ssoenv use again --yes)\"; LINE ssoenv use --from-cache";
    let same = sh(&world, &used.replace("LINE", ""));
    assert!(same.code == 0 && same.out.contains("AWS_ACCESS_KEY_ID="), "{same:?}");
    let redefine = "sed -i '/profile again/,/role_name/s/ReadOnly/Admin/' .aws/config;";
    let other =
        sh(&world, &used.replace("LINE", &format!("ssoenv use prod --yes >/dev/null; {redefine}")));
    assert_eq!((other.code, &*other.out, &*other.err), (0, "", ""), "{other:?}");
}

/// Several commands ask one after the other, all of them before the first one starts.
#[test]
fn exec_asks_for_each_profile_before_any_starts() {
    let world = world();
    guard(&world, Guard::AccountId.settings());
    if find("script", "SSOENV_TEST_CLIENTS").is_none() {
        return;
    }
    world.write(
        "way.sh",
        "ssoenv exec --all '*a*' --parallel 1 -- sh -c 'echo ran $SSOENV_PROFILE' > out\n",
    );
    world
        .write(".aws/config", &world.read(".aws/config").replace("[profile dev]", "[profile abc]"));
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_ssoenv")).parent().expect("a folder");
    let search = format!("PATH={}:{}", bin.display(), path());
    let mut tty = Tty::start(&world, &format!("env '{search}' sh ./way.sh")).expect("`script`");
    tty.wait_for("Use `again`");
    assert_eq!(world.read("out"), "");
    tty.type_in("n\r");
    let (code, said) = tty.end();
    assert_eq!(code, 1, "{said}");
    assert_eq!(world.read("out"), "abc   | ran abc\n", "{said}");
    assert!(said.contains("again: exit code 1"), "{said}");
    let silent = run::output(&mut world.ssoenv(["exec", "--all", "*a*", "--", "true"]));
    assert_eq!(silent.status.code(), Some(2));
}

/// Everything that is guarded by `confirm` alone lets an agent through with `--yes`; `deny` does not.
#[test]
fn agents_get_nothing_where_they_are_denied() {
    let world = world();
    let config = world.read(".aws/config");
    let marked = |line: &str| format!("export CLAUDECODE=1; {line}");
    for (target, guards) in TARGETS {
        for way in WAYS.iter().filter(|way| fits(way, target)) {
            let plain = line(way, target, "");
            guard(&world, "[match \"acme PROD\"]\nagents = deny\n");
            // Whoever sets no marker gets them, into the caches and the plans that are kept.
            let person = sh(&world, &plain);
            assert_eq!(person.code, 0, "{plain}: {person:?}");
            clean(&world, &config);
            let fetched = world.ic.count(Operation::GetRoleCredentials);
            for asked in [plain, line(way, target, "--yes")] {
                let outcome = sh(&world, &marked(&asked));
                if guards.is_empty() {
                    assert_eq!(outcome.code, 0, "{asked}: {outcome:?}");
                } else {
                    refused(&world, &asked, 4, &outcome, fetched);
                    assert!(outcome.err.contains("`CLAUDECODE`"), "{outcome:?}");
                }
                clean(&world, &config);
            }
        }
    }
    world.says("guard/agents_are_denied", &sh(&world, &marked("ssoenv use prod")));
    // The shell was switched before the agent started in it: the hook renews nothing for it.
    let using = "eval \"$(ssoenv use prod)\"; export CLAUDECODE=1; ssoenv use --from-cache; \
                 ssoenv refresh --foreground";
    let hook = sh(&world, using);
    assert_eq!((hook.code, &*hook.out, &*hook.err), (0, "", ""), "{hook:?}");
    world.write("work/.ssoenv", "profile = prod\n");
    world.ok("allow work");
    let file = world.path("work/.ssoenv").canonicalize().expect("a file");
    let entered = sh(&world, &marked(&format!("ssoenv directory {} --shell sh", file.display())));
    assert_eq!((entered.code, &*entered.out), (4, ""), "{entered:?}");
    // Only what AWS says about them is shown.
    assert_eq!(sh(&world, &marked("ssoenv whoami prod")).code, 0);
}

#[test]
fn the_list_of_markers_is_a_setting() {
    let world = world();
    let deny = "[match \"prod\"]\nagents = deny\n";
    guard(&world, &format!("[ssoenv]\nagent_markers = ROBOT, DROID\n{deny}"));
    assert_eq!(sh(&world, "CLAUDECODE=1 ssoenv credentials prod").code, 0);
    for set in ["ROBOT=x", "DROID=1"] {
        assert_eq!(sh(&world, &format!("{set} ssoenv credentials prod")).code, 4, "{set}");
        let doctor = sh(&world, &format!("{set} ssoenv doctor --offline --json"));
        let row =
            format!("`{}` is set: a coding agent runs this", set.split('=').next().unwrap_or(""));
        assert!(doctor.out.contains(&row), "{doctor:?}");
    }
    assert_eq!(sh(&world, "ROBOT= ssoenv credentials prod").code, 0);
    // What the system denies to agents, a user's list does not take back.
    world.write(SYSTEM, deny);
    guard(&world, "[ssoenv]\nagent_markers = ROBOT\n[match \"*\"]\nagents = allow\n");
    for (set, code) in [("CLAUDECODE=1", 4), ("ROBOT=1", 4), ("OTHER=1", 0)] {
        assert_eq!(sh(&world, &format!("{set} ssoenv credentials prod")).code, code, "{set}");
    }
}

/// Without `on`, a pattern is compared with everything, whatever the case of its letters.
#[test]
fn patterns_fit_anything_in_any_case() {
    let world = world();
    for (glob, refused) in [
        ("PROD", "prod top"),
        ("*prod*", "prod again top"),
        ("ACME PROD", "prod again top"),
        ("111122*", "prod again top"),
        ("read*", "again tools"),
        ("nothing", ""),
    ] {
        guard(&world, &format!("[match \"{glob}\"]\nconfirm = true\n"));
        for profile in ["prod", "again", "top", "dev", "tools"] {
            let code = world.run(&format!("credentials {profile}")).code;
            let expected = if refused.split(' ').any(|one| one == profile) { 2 } else { 0 };
            assert_eq!(code, expected, "{glob}: {profile}");
        }
    }
}

/// Nobody has asked for the names of accounts yet, and the guard goes by them: they are asked for, and
/// where they cannot be had the question comes.
#[test]
fn a_guard_by_name_does_not_fail_open() {
    for listed in [true, false] {
        let world = world();
        world.ok("credentials prod");
        for folder in ["directory", "account-names", "plans"] {
            let path = world.path(".cache/ssoenv").join(folder);
            drop(std::fs::remove_dir_all(&path));
            drop(std::fs::remove_file(&path));
        }
        if !listed {
            world.ic.always(Operation::ListAccounts, Some(Reply::Status(400)));
        }
        guard(&world, "[match \"* prod\"]\nconfirm = true\n");
        let outcome = world.run("credentials prod");
        assert_eq!((outcome.code, &*outcome.out), (2, ""), "{listed}: {outcome:?}");
        let dev = world.run("credentials dev");
        assert_eq!(dev.code, if listed { 0 } else { 2 }, "{listed}: {dev:?}");
        assert_eq!(dev.err.contains("the name of its account is not known"), !listed, "{dev:?}");
        if !listed {
            for line in ["serve dev", "console dev --print"] {
                let outcome = world.run(line);
                assert_eq!((outcome.code, &*outcome.out), (2, ""), "{line}: {outcome:?}");
            }
        }
    }
}

/// A class that was probably meant to be `production` is not taken silently.
#[test]
fn a_class_near_production_is_a_warning() {
    let world = world();
    for (class, warned) in [
        ("prod", true),
        ("Production", true),
        ("prodcution", true),
        ("preproduction", false),
        ("staging", false),
    ] {
        guard(&world, &format!("[match \"dev\"]\nclass = {class}\n"));
        let outcome = world.run("exec dev -- true");
        assert_eq!(
            outcome.err.contains("did you mean `class = production`?"),
            warned,
            "{outcome:?}"
        );
    }
}
