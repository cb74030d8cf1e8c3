//! Hard cases of the AWS files, each with what the user reads.

use ssoenv::config::edit::{Draft, Name, Place};
use ssoenv::config::file::AwsFile;
use ssoenv::config::finding::Kind as Finding;
use ssoenv::config::syntax::Parsed;
use ssoenv::domain::names::{ProfileName, SessionName};
use ssoenv::domain::profile::Source;
use ssoenv::domain::{Error, Kind};

use crate::support::files::{Home, config};
use crate::support::world::Outcome;
use crate::support::{World, skip};

const SESSION: &str = "[sso-session corp]\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n";
const ROLE: &str = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Dev\n";

fn refused(text: &str, profile: &str) -> Error {
    let error = config(text).expect("readable").target(&ProfileName::new(profile));
    let error = error.map(|target| target.source.word()).expect_err(text);
    assert_eq!(error.kind, Kind::Config, "{error}");
    error
}

fn findings(text: &str) -> Vec<(Finding, usize)> {
    let config = config(text).expect("readable");
    config.warnings().into_iter().map(|finding| (finding.kind, finding.line)).collect()
}

#[test]
fn case_1_duplicate_key_names_the_line_and_both_values() {
    let world = World::empty();
    world.write(".aws/config", "[profile dev]\nregion = us-east-1\n\nRegion = us-east-2\n");
    let listed = world.run("list");
    assert_eq!((listed.code, &*listed.out), (6, ""));
    for part in ["/.aws/config:4", "us-east-1", "us-east-2", "line 2", "hint: "] {
        assert!(listed.err.contains(part), "{part} in {listed:?}");
    }
    // Nothing is written into a file that no tool can read.
    let before = world.read(".aws/config");
    for words in ["profile copy dev other", "doctor --fix --yes --offline"] {
        assert_ne!(world.run(words).code, 0, "{words}");
        assert_eq!(world.read(".aws/config"), before, "{words}");
    }
    world.write(
        ".aws/credentials",
        "[a]\naws_secret_access_key = one\naws_secret_access_key = two\n",
    );
    world.write(".aws/config", "");
    let listed = world.run("list");
    assert_eq!(listed.code, 6);
    assert!(!listed.err.contains("one") && !listed.err.contains("two"), "{listed:?}");
}

#[test]
fn case_2_both_default_sections() {
    let text = "[default]\nregion = us-west-2\n[profile default]\nregion = us-east-1\n";
    let read = config(text).expect("readable");
    assert_eq!(read.values("default").and_then(|v| v.text("region")), Some("us-east-1"));
    assert!(findings(text).contains(&(Finding::ProfileDefault, 1)));
    assert!(findings(text).contains(&(Finding::ProfileDefault, 3)));
}

#[test]
fn case_3_inline_comment_in_a_region() {
    let text = format!("{SESSION}[profile dev]\n{ROLE}region = eu-west-1 # prod\n");
    let target = config(&text).expect("readable").target(&"dev".into()).expect("credentials");
    let error = target.region.needed().expect_err("for those who need a Region");
    assert!(error.what.contains("eu-west-1 # prod"), "{error}");
    assert!(error.hints[0].contains("region = eu-west-1`"), "{error:?}");
    assert_eq!(findings(&text), [(Finding::InlineComment, 8)]);
}

#[test]
fn case_4_byte_order_mark() {
    let error = config("\u{feff}[default]\n").expect_err("a BOM");
    assert!(error.causes[0].contains("BOM"), "{error}");
    assert!(error.what.contains("config:1"), "{error}");
    // Stripped when that is asked for.
    let world = World::empty();
    world.write(".aws/config", "\u{feff}[default]\nregion = eu-west-1\n");
    assert_eq!(world.run("doctor --fix --yes --offline").code, 0);
    assert_eq!(world.read(".aws/config"), "[default]\nregion = eu-west-1\n");
}

#[test]
fn case_5_unquoted_name_with_a_blank_is_a_near_miss() {
    let text = "[profile my dev]\nregion = us-east-1\n";
    let error = refused(text, "my dev");
    assert!(error.hints.iter().any(|h| h.contains("[profile 'my dev']")), "{error:?}");
    assert_eq!(findings(text), [(Finding::DroppedSection, 1)]);
}

#[test]
fn case_6_quoted_name_is_read() {
    let text = "[profile 'my dev']\nregion = us-east-1\n";
    assert!(config(text).expect("readable").has_profile("my dev"));
    assert_eq!(findings(text), [(Finding::NameNotPortable, 1)]);
    // Its section is edited, and no second one made.
    let parsed = Parsed::parse(text.to_owned()).expect("readable");
    let file = AwsFile { path: "config".into(), stamp: None, parsed };
    let mut draft = Draft::new(Place::Config, file).expect("a draft");
    draft.set(&Name::profile("my dev"), "region", "eu-west-1").expect("set");
    assert_eq!(draft.text(), "[profile 'my dev']\nregion = eu-west-1\n");
}

#[test]
fn case_7_backslash_in_a_name() {
    let text = "[profile corp\\dev]\nregion = us-east-1\n";
    assert!(config(text).expect("readable").has_profile("corpdev"));
    let error = refused(text, "corp\\dev");
    assert!(error.hints.iter().any(|h| h.contains("`corpdev`")), "{error:?}");
}

#[test]
fn case_8_session_keys_in_the_profile() {
    let equal = format!("{SESSION}[profile dev]\n{ROLE}sso_region = us-east-1\n");
    assert!(config(&equal).expect("readable").target(&"dev".into()).is_ok());
    let other = format!("{SESSION}[profile dev]\n{ROLE}sso_region = eu-west-1\n");
    let error = refused(&other, "dev");
    let cause = "the value for sso_region is inconsistent between profile (eu-west-1) and sso-session (us-east-1)";
    assert!(error.causes.iter().any(|c| c == cause), "{error:?}");
}

#[test]
fn case_9_sso_region_only_in_the_profile() {
    let session = "[sso-session corp]\nsso_start_url = https://example.awsapps.com/start\n";
    let text = format!("{session}[profile dev]\n{ROLE}sso_region = us-east-1\n");
    let error = refused(&text, "dev");
    assert!(error.hints[0].contains("[sso-session corp]"), "{error:?}");
}

#[test]
fn chains_end_in_their_session_and_loops_are_told() {
    let arn = "role_arn = arn:aws:iam::123456789012:role/path/x\n";
    let text = format!(
        "{SESSION}[profile base]\n{ROLE}[profile m]\n{arn}source_profile = base\n\
         [profile p]\n{arn}source_profile = m\nduration_seconds = soon\nexternal_id = e\n\
         [profile a]\n{arn}source_profile = b\n[profile b]\n{arn}source_profile = a\n\
         [profile self]\n{arn}{ROLE}source_profile = self\n"
    );
    let config = config(&text).expect("readable");
    let target = config.target(&"p".into()).expect("a chain");
    assert_eq!(target.source.sso_root().map(|r| r.account_id.as_str()), Some("111122223333"));
    let Source::AssumeRole(role) = &target.source else { panic!("{target:?}") };
    assert_eq!((role.duration_seconds, role.external_id.as_deref()), (None, Some("e")));
    assert_eq!(role.source_profile, Some("m".into()));
    let summary = config.summary("p").expect("a summary");
    assert_eq!(summary.session, Some("corp"));
    assert_eq!((summary.account_id, summary.role), (Some("123456789012"), Some("x")));
    for (name, chain) in [("a", "`a` → `b` → `a`"), ("self", "`self` → `self`")] {
        let error = config.target(&name.into()).expect_err("a loop");
        assert!(error.what.contains(chain), "{error}");
        assert!(error.causes.iter().any(|c| c.contains("infinite loop")), "{error:?}");
    }
}

#[test]
fn what_was_probably_meant() {
    let text = format!(
        "{SESSION}[profile prod]\n{ROLE}[dev]\nregion = us-east-1\n[Profile qa]\n[profile odd] # [x]\n\
         [sso_session other]\nsso_region = us-east-1\n"
    );
    let config = config(&text).expect("readable");
    for (name, hint) in [
        ("Prod", "did you mean `prod`?"),
        ("prdo", "did you mean `prod`?"),
        ("dev", "write `[profile dev]`"),
        ("qa", "write `[profile qa]`"),
        ("odd", "write `[profile odd]`"),
        ("none", "run `ssoenv list`"),
    ] {
        let error = config.not_found(name);
        assert!(error.hints.iter().any(|h| h.contains(hint)), "{name}: {error:?}");
        assert!(error.causes[0].contains("/.aws/credentials"), "{error:?}");
    }
    let session = |name: &str| config.session(&SessionName::new(name)).expect_err(name);
    assert!(session("corb").hints.iter().any(|h| h.contains("did you mean `corp`?")));
    assert!(session("other").hints.iter().any(|h| h.contains("write `[sso-session other]`")));
    let wrong = Home::new(None, Some("[profile dev]\naws_access_key_id = A\n"));
    let error = wrong.config().expect("readable").not_found("dev");
    assert!(error.hints.iter().any(|h| h.contains("without `profile`")), "{error:?}");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::empty();
    world.write(".aws/config", "[profile dev]\n");
    let path = world.path(".aws/config");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o0)).expect("chmod");
    if std::fs::read(&path).is_ok() {
        skip("this user may read everything");
        return;
    }
    let listed = world.run("list");
    assert_eq!(listed.code, 6);
    assert!(listed.err.contains("/.aws/config") && listed.err.contains("chmod u+r"), "{listed:?}");
}

#[test]
fn list_shows_what_is_active_and_nothing_that_steers_the_terminal() {
    let world = World::new();
    let mut text = world.read(".aws/config");
    text.push_str("\n[profile 'a\u{1b}]52;c;eA==\u{7}b']\nregion = eu-west-1\n");
    world.write(".aws/config", &text);
    let mut command = world.ssoenv(["list"]);
    let listed = Outcome::of(command.env("AWS_PROFILE", "dev"));
    assert!(listed.out.contains("* dev ") && listed.out.contains("  prod "), "{listed:?}");
    assert!(!listed.out.contains(['\u{1b}', '\u{7}']), "{listed:?}");
    let mut command = world.ssoenv(["list", "--json"]);
    let listed = Outcome::of(command.env("AWS_DEFAULT_PROFILE", "prod"));
    let rows: serde_json::Value = serde_json::from_str(&listed.out).expect("JSON");
    let expected = serde_json::json!({
        "profile": "prod", "account_id": "111122223333", "account_name": null, "role": "Admin",
        "region": "eu-west-1", "sso_session": "corp", "source": "sso", "active": true,
    });
    assert_eq!(rows[0].to_string(), expected.to_string());
    assert_eq!(rows[1]["active"], serde_json::json!(false));
}

#[test]
fn profile_show() {
    let world = World::new();
    let shown = world.json("profile show prod --json");
    let expected = serde_json::json!({
        "profile": "prod",
        "values": {
            "sso_session": "corp", "sso_account_id": "111122223333", "sso_role_name": "Admin",
            "region": "eu-west-1",
        },
        "sso_session": { "name": "corp", "values": {
            "sso_start_url": "https://example.awsapps.com/start", "sso_region": "us-east-1",
            "sso_registration_scopes": "sso:account:access",
        }},
    });
    assert_eq!(shown.to_string(), expected.to_string());
    let lines = world.ok("profile show prod");
    assert!(lines.starts_with("sso_session = corp\nsso_account_id = 111122223333\n"), "{lines}");
    let missing = world.run("profile show prodd");
    assert_eq!((missing.code, &*missing.out), (6, ""));
    world.says("config_cases/profile_show", &missing);
}

#[test]
fn without_any_file_there_is_nothing_and_no_error() {
    let world = World::empty();
    assert_eq!(world.ok("list --json"), "[]\n");
    assert_eq!(world.ok("list"), "");
}
