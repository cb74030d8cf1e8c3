//! The wizard in a terminal: every question answered by keys.

use identity_center::{Operation, Reply};

use crate::support::tmux::Terminal;
use crate::support::world::{CONFIG, START_URL};
use crate::support::{World, find};

/// A wizard under way; `None` where tmux is not installed.
fn start(world: &World, words: &str) -> Option<Terminal> {
    find("tmux", "SSOENV_TEST_CLIENTS")?;
    let line = format!(
        "trap : INT; {} configure {words}; echo \"end=$?\"; sleep 600",
        env!("CARGO_BIN_EXE_ssoenv")
    );
    Some(Terminal::start(world, [("TERM", "screen".to_owned())], &["sh", "-c", &line]))
}

fn ask(terminal: &Terminal, question: &str) -> String {
    terminal.wait(question, |screen| {
        let last = screen.lines().rfind(|line| line.starts_with("? "));
        last.is_some_and(|line| line.contains(question))
    })
}

fn answer(terminal: &Terminal, question: &str, text: &str) {
    ask(terminal, question);
    terminal.text(text);
    // Suggestions are drawn before the line is taken.
    terminal.wait(text, |screen| screen.contains(text));
    terminal.keys(&["Enter"]);
}

fn end(terminal: &Terminal, code: i32) -> String {
    terminal.wait("the end", |screen| screen.contains(&format!("end={code}")))
}

#[test]
fn a_new_user_without_files() {
    let world = World::empty();
    let Some(terminal) = start(&world, "") else { return };
    answer(&terminal, "SSO session name", "corp");
    answer(&terminal, "SSO start URL", "https://example.awsapps.com/start/#/");
    answer(&terminal, "SSO region", "us-east-1");
    ask(&terminal, "account:");
    // Fuzzy: parts of the name are enough.
    terminal.text("acdev");
    terminal.wait("one account", |s| s.contains("> Acme Dev") && !s.contains("Acme Prod"));
    terminal.keys(&["Enter"]);
    ask(&terminal, "role:");
    terminal.text("read");
    terminal.wait("one role", |s| s.contains("> ReadOnly") && !s.contains("Developer"));
    terminal.keys(&["Enter"]);
    answer(&terminal, "default client Region", "eu-west-1");
    answer(&terminal, "output format", "");
    answer(&terminal, "profile name", "");
    answer(&terminal, "`ssoenv sync`", "");
    let screen = end(&terminal, 0);
    assert!(screen.contains("ssoenv use Acme-Dev-ReadOnly"), "{screen}");
    let expected = format!(
        "[sso-session corp]\nsso_start_url = {START_URL}\nsso_region = us-east-1\n\
         sso_registration_scopes = sso:account:access\n\n[profile Acme-Dev-ReadOnly]\n\
         sso_session = corp\nsso_account_id = 444455556666\nsso_role_name = ReadOnly\nregion = eu-west-1\n"
    );
    assert_eq!(world.read(".aws/config"), expected);
    assert_eq!(world.browser_opened(), 1);
}

#[test]
fn three_hundred_accounts() {
    let world = World::new();
    for number in 0..300 {
        let name = format!("Team {number:03} $(touch x) \u{1b}]0;x\u{7}");
        world.ic.add_account(
            &format!("{:012}", 200_000_000_000_u64 + number),
            &name,
            "t@example.com",
            &["Dev"],
        );
    }
    let Some(terminal) = start(&world, "--sso-session corp") else { return };
    ask(&terminal, "account:");
    terminal.text("team217");
    terminal.wait("one account", |s| s.contains("> Team 217") && !s.contains("Team 216"));
    terminal.keys(&["Enter"]);
    let screen = ask(&terminal, "Region");
    assert!(screen.contains("the only role is Dev"), "{screen}");
    terminal.keys(&["Enter"]);
    answer(&terminal, "output format", "");
    answer(&terminal, "profile name", "t217");
    answer(&terminal, "`ssoenv sync`", "");
    end(&terminal, 0);
    let config = world.read(".aws/config");
    assert!(config.starts_with(CONFIG), "{config}");
    assert!(
        config.contains("[profile t217]\nsso_session = corp\nsso_account_id = 200000000217\n"),
        "{config}"
    );
    assert!(!world.path("x").exists());
}

#[test]
fn interrupted_at_each_question_nothing_is_written() {
    let world = World::empty();
    world.ic.remove_account("012345678901");
    for stop in 0..8 {
        let Some(terminal) = start(&world, "") else { return };
        let steps: [(&str, &str); 8] = [
            ("SSO session name", "corp"),
            ("SSO start URL", START_URL),
            ("SSO region", "us-east-1"),
            ("account:", ""),
            ("role:", ""),
            ("default client Region", ""),
            ("output format", ""),
            ("profile name", ""),
        ];
        for (question, text) in &steps[..stop] {
            answer(&terminal, question, text);
        }
        ask(&terminal, steps[stop].0);
        terminal.keys(&[["C-c", "Escape", "C-\\"][stop % 3]]);
        end(&terminal, 130);
        assert!(!world.path(".aws/config").exists(), "after {}", steps[stop].0);
        assert!(!world.path(".local/state/ssoenv/configure.json").exists());
    }
}

#[test]
fn a_wrong_answer_is_asked_again() {
    let world = World::new();
    let Some(terminal) =
        start(&world, "--sso-session corp --account 444455556666 --role Developer")
    else {
        return;
    };
    ask(&terminal, "default client Region");
    terminal.text("eu-west1");
    terminal.keys(&["Enter"]);
    terminal.wait("the near miss", |screen| screen.contains("did you mean `eu-west-1`?"));
    // It stays, to be edited: the first letters, then all of it.
    terminal.keys(&["C-a", "C-d", "C-d", "C-e", "C-w"]);
    terminal.wait("an empty line", |screen| screen.trim_end().ends_with("(us-west-2)"));
    terminal.text("eu-west-3");
    terminal.wait("the answer", |screen| screen.contains("eu-west-3"));
    terminal.keys(&["Enter"]);
    answer(&terminal, "output format", "");
    // The name is taken by another role: it is not changed without a word.
    answer(&terminal, "profile name", "prod");
    ask(&terminal, "change it?");
    terminal.text("n");
    terminal.keys(&["Enter"]);
    answer(&terminal, "profile name", "dev3");
    answer(&terminal, "`ssoenv sync`", "");
    end(&terminal, 0);
    let added = "\n[profile dev3]\nsso_session = corp\nsso_account_id = 444455556666\nsso_role_name = Developer\nregion = eu-west-3\n";
    assert_eq!(world.read(".aws/config"), format!("{CONFIG}{added}"));
}

#[test]
fn a_failed_login_and_then_again() {
    let world = World::empty();
    world.ic.script(Operation::Authorize, [Reply::Denied]);
    let Some(terminal) = start(&world, "--profile p") else { return };
    answer(&terminal, "SSO session name", "corp");
    answer(&terminal, "SSO start URL", START_URL);
    answer(&terminal, "SSO region", "us-east-1");
    let screen = end(&terminal, 1);
    assert!(screen.contains("run `ssoenv configure` again"), "{screen}");
    drop(terminal);
    let Some(terminal) = start(&world, "") else { return };
    ask(&terminal, "Go on with the answers of the last time");
    terminal.keys(&["Enter"]);
    ask(&terminal, "account:");
    terminal.keys(&["Enter"]);
    ask(&terminal, "role:");
    terminal.keys(&["Enter"]);
    answer(&terminal, "Region", "");
    answer(&terminal, "output format", "");
    answer(&terminal, "`ssoenv sync`", "");
    end(&terminal, 0);
    assert!(world.read(".aws/config").contains("[profile p]\nsso_session = corp\n"));
}

#[test]
fn a_wrong_region_is_asked_again() {
    let world = World::empty();
    world.ic.always(Operation::RegisterClient, Some(Reply::InvalidRequestEmpty));
    let words = format!("--sso-session corp --start-url {START_URL} --scopes sso:account:access");
    let Some(terminal) = start(&world, &words) else { return };
    answer(&terminal, "SSO region", "eu-west-1");
    let screen = end(&terminal, 6);
    assert!(screen.contains("`sso_region`"), "{screen}");
    assert!(!world.path(".aws/config").exists());
    drop(terminal);
    world.ic.always(Operation::RegisterClient, None);
    let Some(terminal) = start(&world, "--account 012345678901 --profile t") else { return };
    ask(&terminal, "Go on with the answers of the last time (session `corp`");
    terminal.keys(&["Enter"]);
    answer(&terminal, "SSO region", "us-east-1");
    answer(&terminal, "default client Region", "");
    answer(&terminal, "output format", "");
    answer(&terminal, "`ssoenv sync`", "");
    end(&terminal, 0);
    assert!(world.read(".aws/config").contains("sso_region = us-east-1\n"));
}

#[test]
fn a_legacy_default_profile_with_one_account_and_one_role() {
    let world = World::empty();
    for id in ["111122223333", "444455556666"] {
        world.ic.remove_account(id);
    }
    let legacy = "\
# mine
[default]
sso_start_url = https://example.awsapps.com/start/
sso_region = us-east-1
sso_account_id = 012345678901
sso_role_name = ReadOnly
region = eu-west-1
";
    world.write(".aws/config", legacy);
    let Some(terminal) = start(&world, "") else { return };
    answer(&terminal, "SSO session name", "corp");
    // The portal of the legacy profile is proposed.
    let screen = ask(&terminal, "SSO start URL");
    assert!(screen.contains("(https://example.awsapps.com/start/)"), "{screen}");
    terminal.keys(&["Enter"]);
    let screen = ask(&terminal, "default client Region");
    assert!(screen.contains("the SSO Region is us-east-1"), "{screen}");
    assert!(screen.contains("the only account is 012345678901 (Tools): it is taken"), "{screen}");
    assert!(screen.contains("(eu-west-1)"), "what most profiles have is proposed: {screen}");
    terminal.keys(&["Enter"]);
    answer(&terminal, "output format", "json");
    answer(&terminal, "profile name", "default");
    ask(&terminal, "change it?");
    terminal.text("y");
    terminal.keys(&["Enter"]);
    end(&terminal, 0);
    let expected = "\
# mine
[default]
sso_account_id = 012345678901
sso_role_name = ReadOnly
region = eu-west-1
sso_session = corp
output = json

[sso-session corp]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
";
    assert_eq!(world.read(".aws/config"), expected);
}

#[test]
fn a_token_that_ends_in_the_middle() {
    let world = World::new();
    world.ok("use dev --shell sh");
    let Some(terminal) = start(&world, "--sso-session corp") else { return };
    ask(&terminal, "account:");
    world.ic.expire_tokens();
    terminal.text("acmedev");
    terminal.wait("one account", |s| s.contains("> Acme Dev") && !s.contains("Acme Prod"));
    terminal.keys(&["Enter"]);
    ask(&terminal, "role:");
    terminal.keys(&["Enter"]);
    answer(&terminal, "Region", "");
    answer(&terminal, "output format", "");
    answer(&terminal, "profile name", "again");
    answer(&terminal, "`ssoenv sync`", "");
    end(&terminal, 0);
    assert!(world.read(".aws/config").contains("[profile again]"));
    assert_eq!(world.browser_opened(), 1, "it was refreshed without a person");
}
