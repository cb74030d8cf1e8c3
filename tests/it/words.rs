//! WORD…: profiles, accounts and roles by parts of their names, where people type them; exact names
//! alone where programs do.

use std::fmt::Write as _;

use crate::support::shells::path;
use crate::support::tmux::Terminal;
use crate::support::world::{CONFIG, Outcome};
use crate::support::{World, find};

/// All accounts and roles are known.
fn world() -> World {
    let world = World::new();
    world.ok("roles");
    world
}

#[test]
fn parts_that_fit_one_row_are_taken_and_it_is_said() {
    let world = world();
    let table = [
        ("ACME adm", "SSOENV_PROFILE=prod"),
        ("adm 1111", "SSOENV_PROFILE=prod"),
        ("developer", "SSOENV_PROFILE=dev"),
        ("dev only", "SSOENV_ROLE=ReadOnly"),
        ("--account tool --role ReadOnly", "SSOENV_PROFILE=tools"),
        ("--account ACME\u{a0}dev --role Developer", "SSOENV_PROFILE=dev"),
    ];
    for (at, (words, wanted)) in table.into_iter().enumerate() {
        let words: Vec<_> = words.split(' ').map(|word| word.replace('\u{a0}', " ")).collect();
        let script = ["use", "--shell", "sh"].into_iter().map(str::to_owned).chain(words.clone());
        let outcome = Outcome::of(&mut world.ssoenv(script));
        let text = outcome.out.replace('\'', "");
        assert!(outcome.code == 0 && text.contains(wanted), "{words:?}: {outcome:?}");
        world.says(&format!("words/taken_{at}"), &outcome);
    }
}

#[test]
fn an_exact_name_wins() {
    let world = world();
    let more = "[profile 'my prod']\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n";
    world.write(".aws/config", &format!("{CONFIG}\n{more}"));
    for (words, profile) in
        [(&["prod"][..], "prod"), (&["my", "prod"], "my prod"), (&["my prod"], "my prod")]
    {
        let words = ["use", "--shell", "sh"].iter().chain(words);
        let outcome = Outcome::of(&mut world.ssoenv(words));
        let wanted = format!("SSOENV_PROFILE='{profile}'");
        assert!(outcome.out.contains(&wanted) && outcome.err.is_empty(), "{outcome:?}");
    }
}

#[test]
fn several_rows_without_a_terminal_are_listed_and_none_names_the_nearest() {
    let world = world();
    let mut config = CONFIG.to_owned();
    for n in 0..12 {
        let keys = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin";
        writeln!(config, "[profile pay-{n:02}]\n{keys}\n").expect("a String");
    }
    world.write(".aws/config", &config);
    for (at, (words, code)) in [
        ("use pay acme", 2),
        ("use readonly acme", 2),
        ("use paymnt", 6),
        ("use acme develper", 6),
        ("use pay developer", 6),
        ("use xyzzy", 6),
        ("use --account acme --role ReadOnly", 2),
        ("whoami readonly", 2),
        ("console acme xyzzy", 6),
        ("login xyzzy plugh", 6),
        ("list prdo", 6),
        ("accounts tols", 6),
        ("roles acme prdo", 6),
    ]
    .into_iter()
    .enumerate()
    {
        let outcome = world.run(words);
        assert_eq!((outcome.code, outcome.out.as_str()), (code, ""), "{words}: {outcome:?}");
        world.says(&format!("words/refused_{at:02}"), &outcome);
    }
}

#[test]
fn programs_name_what_they_mean() {
    let world = world();
    for words in [
        "exec pro -- true",
        "credentials pro",
        "serve pro",
        "credentials --account acme --role Admin",
    ] {
        let outcome = world.run(words);
        assert!([4, 6].contains(&outcome.code) && outcome.out.is_empty(), "{words}: {outcome:?}");
    }
    world.write(".ssoenv", "profile = pro\n");
    assert_eq!(world.run("allow").code, 6);
}

#[test]
fn lists_hold_what_the_words_fit() {
    let world = world();
    let lines = |words: &str| world.ok(words).lines().count() - 1;
    assert_eq!((lines("list acme"), lines("list ACME adm"), lines("list")), (2, 1, 3));
    assert_eq!(
        (lines("accounts acme"), lines("accounts dev@ acme"), lines("accounts 0123")),
        (2, 1, 1)
    );
    assert_eq!((lines("roles acme"), lines("roles acme prod"), lines("roles Tools")), (4, 2, 1));
    let rows = world.json("list dev --json");
    assert_eq!(rows[0]["profile"], "dev");
}

#[test]
fn whoami_console_and_login_take_parts_too() {
    let world = world();
    let outcome = world.run("whoami acme adm --json");
    assert!(outcome.code == 0 && outcome.out.contains("\"profile\":\"prod\""), "{outcome:?}");
    let outcome = world.run("console develop --print");
    assert!(outcome.code == 0 && outcome.out.contains("444455556666"), "{outcome:?}");
    // All of one session: nothing to choose.
    let outcome = world.run("login acme");
    assert!(outcome.code == 0 && outcome.err.contains("`corp`"), "{outcome:?}");
}

#[test]
fn several_rows_open_the_picker_filled_with_the_words() {
    if find("tmux", "SSOENV_TEST_CLIENTS").is_none() {
        return;
    }
    let world = world();
    for (command, query) in [
        ("ssoenv use acme readonly", "> acme readonly "),
        ("ssoenv use --account acme --role ReadOnly", "> acme ReadOnly "),
    ] {
        let script = format!("eval \"$({command})\"; echo \"role=$SSOENV_ROLE.\"; sleep 600");
        let terminal = Terminal::start(&world, [("PATH", path())], &["sh", "-c", &script]);
        let screen = terminal.wait("the list", |screen| screen.contains("enter to choose"));
        assert!(screen.starts_with(query) && screen.contains(" 2/5\n"), "{screen}");
        terminal.keys(&["Enter"]);
        terminal.wait("the end", |screen| screen.contains("role=ReadOnly."));
    }
}

/// Nobody has typed the name: what is guarded is asked for also where this shell uses it.
#[test]
fn parts_of_a_guarded_name_are_always_asked_about() {
    let world = world();
    world.write(".config/ssoenv/config.ini", "[match \"prod\"]\nconfirm = true\n");
    let script = "eval \"$(ssoenv use prod --yes)\"; for words in prod 'acme adm'; do\n\
                  ssoenv use $words --shell sh >/dev/null </dev/null; echo $?; done";
    let outcome = crate::support::world::sh(&world, script);
    assert_eq!(outcome.out, "0\n2\n", "{outcome:?}");
}

/// Right after the first login nobody knows the accounts: where to choose from all is said.
#[test]
fn without_a_list_of_accounts_the_way_to_one_is_said() {
    let world = World::new();
    world.ok("login");
    let outcome = world.run("use acme readonly --shell sh");
    assert_eq!(outcome.code, 6, "{outcome:?}");
    world.says("words/nothing_is_listed_yet", &outcome);
    world.ok("roles");
    let outcome = world.run("use acme nobody --shell sh");
    assert!(outcome.code == 6 && !outcome.err.contains("not listed yet"), "{outcome:?}");
}

/// The accounts of a session that was not meant count nowhere.
#[test]
fn a_session_narrows_accounts_too() {
    let world = world();
    let start_url = world.ic.start_url();
    let lab = format!("[sso-session lab]\nsso_start_url = {start_url}\nsso_region = us-east-1\n");
    world.write(".aws/config", &format!("{CONFIG}\n{lab}"));
    let words = "use --account tool --role ReadOnly --shell sh --sso-session lab --no-login";
    let outcome = world.run(words);
    // Nothing of `lab` is known, and nobody may log in to it.
    assert!(outcome.code == 3 && !outcome.err.contains("is Tools"), "{outcome:?}");
}

/// A legacy portal has no name that a row could give.
#[test]
fn login_by_parts_reaches_a_legacy_portal() {
    let world = World::empty();
    let portal = format!("sso_start_url = {}\nsso_region = us-east-1\n", world.ic.start_url());
    let profile = "sso_account_id = 111122223333\nsso_role_name = Admin\n";
    world.write(".aws/config", &format!("[profile old]\n{portal}{profile}"));
    world.ok("login old");
    world.ok("roles");
    let outcome = world.run("login tool");
    assert!(outcome.code == 0 && outcome.err.contains("Already logged in"), "{outcome:?}");
}
