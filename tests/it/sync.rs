//! `sync`: a profile for every account and role.

use std::time::Instant;

use serde_json::{Value as Json, json};

use crate::config_botocore::botocore;
use crate::support::World;
use crate::support::world::CONFIG;

const BLOCK: &str = "
# BEGIN ssoenv sync corp
# Written by `ssoenv sync`: what is added here is kept.

";

fn profiles(world: &World) -> Vec<(String, String, String)> {
    let rows = world.json("list --json");
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let rows = rows.as_array().expect("rows").iter();
    rows.map(|row| (text(&row["profile"]), text(&row["account_id"]), text(&row["role"]))).collect()
}

fn names(world: &World) -> Vec<String> {
    let mut names: Vec<_> = profiles(world).into_iter().map(|(name, ..)| name).collect();
    names.sort();
    names
}

#[test]
fn every_role_gets_a_profile_in_a_block_of_its_own() {
    let world = World::new();
    let outcome = world.run("sync --all");
    assert_eq!((outcome.code, &*outcome.out), (0, ""), "{outcome:?}");
    let config = world.read(".aws/config");
    assert!(config.starts_with(&format!("{CONFIG}{BLOCK}[profile ")), "{config}");
    assert!(config.ends_with("\n\n# END ssoenv sync corp\n"), "{config}");
    assert!(config.contains(
        "[profile Acme-Dev-Developer]\nsso_session = corp\nsso_account_id = 444455556666\nsso_role_name = Developer\n\n"
    ));
    let expected = [
        "Acme-Dev-Developer",
        "Acme-Dev-ReadOnly",
        "Acme-Prod-Admin",
        "Acme-Prod-ReadOnly",
        "Tools-ReadOnly",
        "dev",
        "prod",
        "tools",
    ];
    assert_eq!(names(&world), expected);
    assert_eq!(world.read(".aws/config.ssoenv.bak"), CONFIG);
    // The second run changes nothing.
    std::fs::remove_file(world.path(".aws/config.ssoenv.bak")).expect("a backup");
    let again = world.run("sync");
    assert!(again.code == 0 && again.err.contains("nothing to change"), "{again:?}");
    assert_eq!(world.read(".aws/config"), config);
    assert!(!world.path(".aws/config.ssoenv.bak").exists());
    assert_eq!(world.ok("sync --dry-run"), "");
    world.ok("use Acme-Dev-ReadOnly --shell sh");
    assert_eq!(world.browser_opened(), 1);
    // A second reader: one that knows nothing of the AWS CLI's rules.
    let ini = ini::Ini::load_from_str_noescape(&config).expect("plain INI");
    let tools = ini.section(Some("profile Tools-ReadOnly")).expect("a section");
    let keys: Vec<_> = tools.iter().collect();
    let expected = [
        ("sso_session", "corp"),
        ("sso_account_id", "012345678901"),
        ("sso_role_name", "ReadOnly"),
    ];
    assert_eq!(keys, expected);
    if let Some(read) = botocore(&[config]) {
        assert_eq!(read[0]["profiles"]["Tools-ReadOnly"]["sso_account_id"], json!("012345678901"));
        assert_eq!(read[0]["profiles"].as_object().map(serde_json::Map::len), Some(8));
    }
}

#[test]
fn a_role_that_has_a_profile_gets_no_second_one() {
    let world = World::new();
    let outcome = world.run("sync");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.says("sync/a_role_that_has_a_profile_gets_no_second_one", &outcome);
    let expected = ["Acme-Dev-ReadOnly", "Acme-Prod-ReadOnly", "dev", "prod", "tools"];
    assert_eq!(names(&world), expected);
    // What the block has stays there, whatever is outside.
    world.ok("sync --all");
    assert_eq!(names(&world).len(), 8);
    world.ok("sync");
    assert_eq!(names(&world).len(), 8);
}

/// Filters, rules and templates that do nothing are named.
#[test]
fn what_has_no_effect_is_said() {
    let world = World::new();
    world.ok("sync --all");
    let outcome = world.run(
        "sync --exclude nothing --region eu-west-1 --region eu-west-2 --region x*=eu-west-3 \
         --output Tools=json --template {account_name}",
    );
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.says("sync/what_has_no_effect_is_said", &outcome);
}

#[test]
fn a_dry_run_is_a_diff() {
    let world = World::new();
    // As with every name that people type, the case of letters says nothing.
    let diff = world.ok("sync --all --dry-run --include tOOls --region TOOLS=eu-west-1");
    assert!(diff.contains("\n+region = eu-west-1\n"), "{diff}");
    let none = world.run("sync --all --dry-run --exclude acme* --exclude TOOLS");
    assert!(none.out.is_empty() && none.err.contains("nothing to change"), "{none:?}");
    let diff = world.ok("sync --all --dry-run --include Tools");
    assert!(diff.contains("+[profile Tools-ReadOnly]\n+sso_session = corp\n"), "{diff}");
    assert_eq!(world.read(".aws/config"), CONFIG);
}

#[test]
fn names_in_use_are_left_alone() {
    let world = World::empty();
    for id in ["111122223333", "444455556666", "012345678901"] {
        world.ic.remove_account(id);
    }
    for (id, name) in [
        ("100000000001", "Acme"),
        ("100000000002", "acme"),
        ("100000000003", "default"),
        ("100000000004", "Own"),
        ("100000000005", "Keys"),
        ("100000000006", "$(touch x)\n`y` \u{1b}[31m"),
        ("100000000007", ""),
        ("100000000008", "日本"),
    ] {
        world.ic.add_account(id, name, "a@example.com", &["R"]);
    }
    let session = "[sso-session corp]\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n\n[profile own]\nregion = eu-west-1\n";
    world.write(".aws/config", session);
    world.write(".aws/credentials", "[KEYS]\naws_access_key_id = A\n");
    world.ok("sync --template {account_name}");
    let by_account = |id: &str| {
        let all = profiles(&world);
        all.into_iter().find(|(_, account, _)| account == id).map(|(name, ..)| name).expect(id)
    };
    let acme = [by_account("100000000001"), by_account("100000000002")];
    assert!(
        acme == ["Acme", "acme-100000000002"] || acme == ["Acme-100000000001", "acme"],
        "{acme:?}"
    );
    assert_eq!(by_account("100000000003"), "default-100000000003");
    assert_eq!(by_account("100000000004"), "Own-100000000004");
    assert_eq!(by_account("100000000005"), "Keys-100000000005");
    assert_eq!(by_account("100000000006"), "touch-x-y-31m");
    assert_eq!(by_account("100000000007"), "100000000007");
    assert_eq!(by_account("100000000008"), "100000000008");
    assert!(world.read(".aws/config").starts_with(session));
}

#[test]
fn a_name_once_given_keeps_its_role() {
    let world = World::new();
    world.ok("sync --all --include Tools");
    world.ic.remove_account("012345678901");
    world.ic.add_account("012345678901", "Renamed", "t@example.com", &["ReadOnly", "Admin"]);
    world.ok("sync --include Renamed --template {account_name|lower}.{role}");
    let tools: Vec<_> =
        profiles(&world).into_iter().filter(|(_, id, _)| id == "012345678901").collect();
    let tools: Vec<_> =
        tools.iter().map(|(name, _, role)| (name.as_str(), role.as_str())).collect();
    assert_eq!(
        tools,
        [("tools", "ReadOnly"), ("Tools-ReadOnly", "ReadOnly"), ("renamed.Admin", "Admin")]
    );
}

#[test]
fn what_was_written_into_the_block_stays() {
    let world = World::new();
    world.ok("sync --all");
    let config = world.read(".aws/config");
    let edited = config.replace(
        "[profile Tools-ReadOnly]\n",
        "# for reports\n[profile Tools-ReadOnly]\nregion = ap-south-1\ns3 =\n    max_bandwidth = 1\n",
    );
    assert_ne!(config, edited);
    world.write(".aws/config", &edited);
    world.ok("sync");
    assert_eq!(world.read(".aws/config"), edited);
    // What flags ask for replaces it, and is said.
    let outcome =
        world.run("sync --region eu-west-1 --region Tools=eu-west-2 --output */Admin=text");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(
        outcome
            .err
            .contains("`region` of `Tools-ReadOnly` was `ap-south-1`, and is now `eu-west-2`"),
        "{outcome:?}"
    );
    let after = world.read(".aws/config");
    assert!(after.contains("# for reports\n[profile Tools-ReadOnly]\nregion = eu-west-2\ns3 =\n    max_bandwidth = 1\n"), "{after}");
    assert!(
        after.contains("sso_role_name = Admin\nregion = eu-west-1\noutput = text\n"),
        "{after}"
    );
    assert!(after.starts_with(CONFIG));
}

#[test]
fn roles_no_longer_granted_are_told_and_pruned() {
    let world = World::new();
    world.ok("sync --all");
    let before = world.read(".aws/config");
    world.ic.remove_role("111122223333", "Admin");
    let outcome = world.run("sync");
    world.says("sync/roles_no_longer_granted_are_told_and_pruned", &outcome);
    assert_eq!(world.read(".aws/config"), before);
    world.ok("sync --prune");
    let gone = "[profile Acme-Prod-Admin]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n\n";
    assert_eq!(world.read(".aws/config"), before.replace(gone, ""));
    // A profile that the user wrote outside the block is not touched.
    assert!(names(&world).contains(&"prod".to_owned()));
}

#[test]
fn a_listing_that_fails_writes_nothing() {
    use identity_center::{Operation, Reply};
    let world = World::new();
    world.ic.always(Operation::ListAccountRoles, Some(Reply::Status(403)));
    let outcome = world.run("sync --prune");
    assert_ne!(outcome.code, 0, "{outcome:?}");
    assert_eq!(world.read(".aws/config"), CONFIG);
}

#[test]
fn marks_that_do_not_fit_are_refused() {
    let world = World::new();
    let text = format!("{CONFIG}\n# BEGIN ssoenv sync corp\n");
    world.write(".aws/config", &text);
    let outcome = world.run("sync");
    assert_eq!((outcome.code, &*outcome.out), (6, ""), "{outcome:?}");
    world.says("sync/marks_that_do_not_fit_are_refused", &outcome);
    assert_eq!(world.read(".aws/config"), text);
}

#[test]
fn wrong_words() {
    let world = World::new();
    world.ok("login");
    for (words, hint) in [
        ("sync --template {rol}", "did you mean `role`?"),
        ("sync --include [", "pattern"),
        ("sync --region us-east1", "did you mean `us-east-1`?"),
        ("sync --region */Admin=us-east1", "did you mean `us-east-1`?"),
        ("sync --output jsno", "did you mean `json`?"),
    ] {
        let outcome = world.run(words);
        assert_eq!((outcome.code, &*outcome.out), (2, ""), "{outcome:?}");
        assert!(outcome.err.contains(hint), "{words}: {outcome:?}");
    }
    let outcome = world.run("sync --sso-session corb");
    assert_eq!(outcome.code, 6);
    world.says("sync/wrong_words", &outcome);
    world.write(".aws/config", &format!("{CONFIG}\n[sso-session b]\nsso_start_url = https://b.awsapps.com/start\nsso_region = us-east-1\n"));
    assert_eq!(world.run("sync").code, 2);
}

#[test]
fn three_thousand_roles() {
    let world = World::new();
    for account in 0..30_u64 {
        let roles: Vec<_> = (0..100).map(|role| format!("Role{role:03}")).collect();
        let roles: Vec<_> = roles.iter().map(String::as_str).collect();
        let id = format!("{:012}", 300_000_000_000 + account);
        world.ic.add_account(&id, &format!("Account {account:02}"), "a@example.com", &roles);
    }
    world.ok("login");
    let start = Instant::now();
    world.ok("roles --refresh --json");
    let network = start.elapsed();
    let start = Instant::now();
    world.ok("sync");
    let all = start.elapsed();
    // A build without optimization, beside other tests.
    assert!(all.as_secs_f64() < network.as_secs_f64() + 4.0, "{all:?}, {network:?} of it network");
    let config = world.read(".aws/config");
    assert_eq!(config.matches("\n[profile Account-").count(), 3000);
    assert!(world.run("sync").err.contains("nothing to change"));
    if let Some(read) = botocore(&[config]) {
        assert_eq!(read[0]["profiles"].as_object().map(serde_json::Map::len), Some(3005));
    }
}
