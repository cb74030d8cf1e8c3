//! `profile remove|rename|copy|default|use-process`, and many writers at once.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use serde_json::{Value as Json, json};
use ssoenv::config::edit::Name;
use ssoenv::config::store::Editing;

use crate::config_botocore::botocore;
use crate::support::run::Running;
use crate::support::world::{CONFIG, Outcome};
use crate::support::{Dice, Home, World};

fn values(world: &World, profile: &str) -> Json {
    let shown = world.ok(&format!("profile show {profile} --json"));
    let shown: Json = serde_json::from_str(&shown).expect("JSON");
    shown["values"].clone()
}

#[test]
fn remove_takes_sections_of_both_files_and_warns_of_what_refers_to_it() {
    let world = World::new();
    let chain =
        "\n[profile chain]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = prod\n";
    world.write(".aws/config", &format!("{CONFIG}{chain}"));
    world.write(
        ".aws/credentials",
        "[prod]\naws_access_key_id = A\naws_secret_access_key = S3CRET\n\n[x]\n",
    );
    world.write(".ssoenv", "profile = \"prod\"\n");
    let outcome = world.run("profile remove prod");
    assert_eq!((outcome.code, &*outcome.out), (0, ""), "{outcome:?}");
    let config = world.read(".aws/config");
    let gone = "[profile prod]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\nregion = eu-west-1\n\n";
    assert_eq!(config, format!("{CONFIG}{chain}").replace(gone, ""));
    assert_eq!(world.read(".aws/credentials"), "[x]\n");
    for part in ["`chain`", "/.aws/config:19", "/.ssoenv names"] {
        assert!(outcome.err.contains(part), "{part} in {outcome:?}");
    }
    // The version with the static keys is not kept.
    assert!(!world.path(".aws/credentials.ssoenv.bak").exists());
    assert_eq!(world.read(".aws/config.ssoenv.bak"), format!("{CONFIG}{chain}"));
    assert_eq!(world.run("profile remove prod").code, 6);
}

#[test]
fn add_writes_a_role_that_another_profile_may_assume() {
    const ROLE: &str = "arn:aws:iam::123456789012:role/ci/Deploy";
    let world = World::new();
    let broken = "\n# kept\n[profile waits]\r\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = new\n";
    let before = format!("{CONFIG}{broken}");
    world.write(".aws/config", &before);
    let add = |rest: &str| world.run(&format!("profile add {rest}"));
    for (name, rest, code) in [
        ("taken", format!("prod --role-arn {ROLE} --source-profile dev"), 2),
        ("no_source", format!("new --role-arn {ROLE} --source-profile prd"), 6),
        ("itself", format!("new --role-arn {ROLE} --source-profile new"), 6),
        ("loop", format!("new --role-arn {ROLE} --source-profile waits"), 6),
        ("no_arn", "new --role-arn Deploy --source-profile dev".to_owned(), 2),
    ] {
        let outcome = add(&rest);
        assert_eq!((outcome.code, &*outcome.out), (code, ""), "{name}: {outcome:?}");
        world.says(&format!("edit_profiles/add_{name}"), &outcome);
    }
    let all = format!(
        "new --role-arn {ROLE} --source-profile prod --region eu-west-1 --role-session-name jane \
         --external-id ext-1 --mfa-serial arn:aws:iam::123456789012:mfa/jane"
    );
    let diff = add(&format!("{all} --dry-run"));
    assert!(diff.out.contains("+[profile new]"), "{diff:?}");
    assert_eq!(world.read(".aws/config"), before);
    let outcome = add(&all);
    assert_eq!((outcome.code, &*outcome.out), (0, ""), "{outcome:?}");
    world.says("edit_profiles/add", &outcome);
    assert!(world.read(".aws/config").starts_with(&before));
    let expected = json!({
        "role_arn": ROLE,
        "source_profile": "prod",
        "role_session_name": "jane",
        "external_id": "ext-1",
        "mfa_serial": "arn:aws:iam::123456789012:mfa/jane",
        "region": "eu-west-1",
    });
    assert_eq!(values(&world, "new"), expected);
}

#[test]
fn remove_takes_the_session_only_if_the_user_says_so() {
    let world = World::new();
    for name in ["prod", "dev"] {
        world.ok(&format!("profile remove {name}"));
    }
    let outcome = world.run("profile remove tools");
    world.says("edit_profiles/remove_takes_the_session_only_if_the_user_says_so", &outcome);
    assert!(world.read(".aws/config").contains("[sso-session corp]"));
    world.write(".aws/config", CONFIG);
    for name in ["prod", "dev", "tools"] {
        world.ok(&format!("--yes profile remove {name}"));
    }
    assert_eq!(world.read(".aws/config"), "");
}

#[test]
fn remove_takes_cached_credentials() {
    let world = World::new();
    world.ok("use prod --shell sh");
    let cache = world.path(".aws/cli/cache");
    let cached = || fs::read_dir(&cache).map_or(0, Iterator::count);
    assert_eq!(cached(), 1);
    world.ok("profile copy prod twin");
    world.ok("profile remove prod");
    assert_eq!(cached(), 1, "the twin still uses them");
    world.ok("profile remove twin");
    assert_eq!(cached(), 0);
}

#[test]
fn rename_follows_references() {
    let world = World::new();
    let chain =
        "\n[profile chain]\nrole_arn=arn:aws:iam::123456789012:role/x\nsource_profile=prod\n";
    world.write(".aws/config", &format!("{CONFIG}{chain}"));
    world.write(".aws/credentials", "# mine\r\n[prod]\r\nregion = us-east-1\r\n");
    let dry = world.ok("profile rename prod live --dry-run");
    assert!(dry.contains("-[profile prod]\n+[profile live]\n"), "{dry}");
    assert!(dry.contains("-source_profile=prod\n+source_profile=live\n"), "{dry}");
    assert_eq!(world.read(".aws/config"), format!("{CONFIG}{chain}"));
    world.ok("profile rename prod live");
    let expected = format!("{CONFIG}{chain}")
        .replace("[profile prod]", "[profile live]")
        .replace("source_profile=prod", "source_profile=live");
    assert_eq!(world.read(".aws/config"), expected);
    assert_eq!(world.read(".aws/credentials"), "# mine\r\n[live]\r\nregion = us-east-1\r\n");
    let taken = world.run("profile rename live dev");
    assert_eq!((taken.code, &*taken.out), (2, ""));
    assert_eq!(world.run("profile rename nope new").code, 6);
}

#[test]
fn default_makes_one_default_section() {
    let world = World::new();
    world.write(
        ".aws/config",
        &format!("{CONFIG}\n[profile default]\noutput = json\nrole_arn = x\n"),
    );
    let outcome = world.run("profile default dev");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    world.says("edit_profiles/default_makes_one_default_section", &outcome);
    let config = world.read(".aws/config");
    assert!(config.starts_with(CONFIG), "{config}");
    let section = "\n[default]\noutput = json\nsso_session = corp\nsso_account_id = 444455556666\nsso_role_name = Developer\n";
    assert_eq!(&config[CONFIG.len()..], section);
    let target = world.json("list --json");
    assert_eq!(target[3]["role"], "Developer");
    // Once more changes nothing, not even the backup.
    fs::remove_file(world.path(".aws/config.ssoenv.bak")).expect("a backup");
    world.ok("profile default dev");
    assert_eq!(world.read(".aws/config"), config);
    assert!(!world.path(".aws/config.ssoenv.bak").exists());
}

#[test]
fn a_profile_that_calls_this_program() {
    let world = World::new();
    let outcome = world.run("profile use-process prod");
    assert_eq!((outcome.code, &*outcome.out), (0, ""), "{outcome:?}");
    let written = values(&world, "prod-process");
    let command = written["credential_process"].as_str().expect("a command");
    assert_eq!(written.as_object().map(serde_json::Map::len), Some(2), "{written}");
    assert_eq!(written["region"], "eu-west-1");
    let words = shell_words::split(command).expect("words");
    assert_eq!(words, [env!("CARGO_BIN_EXE_ssoenv"), "credentials", "prod"]);
    assert_eq!(world.run("profile use-process prod").code, 2);
    world.ok("profile use-process prod --as p2");
    world.ok("profile rename prod live");
    assert!(
        values(&world, "p2")["credential_process"]
            .as_str()
            .is_some_and(|c| c.ends_with("ssoenv credentials live"))
    );
    let removed = world.run("profile remove live --dry-run");
    world.says("edit_profiles/a_profile_that_calls_this_program", &removed);
    world.ok("profile rename live prod");
    // The error of a profile that is gone names what stands on it, and does not propose that.
    world.ok("profile use-process dev");
    world.ok("profile remove dev");
    let gone = world.run("credentials dev-process");
    assert_eq!((gone.code, &*gone.out), (6, ""), "{gone:?}");
    world.says("edit_profiles/a_profile_that_calls_this_program-2", &gone);
    assert!(!gone.err.contains("did you mean"), "{gone:?}");
    let odd = world.run("profile copy prod $(id)");
    assert_eq!(odd.code, 0, "{odd:?}");
    assert_eq!(world.run("profile use-process $(id)").code, 6);
}

/// Where and how to call is the same with it; where the credentials come from is not.
#[test]
fn a_profile_that_calls_this_program_keeps_the_other_settings() {
    let world = World::new();
    let more = "output = text\nservices = local\ns3 =\n  max_concurrent_requests = 4\n  \
                addressing_style = path\nca_bundle = ~/ca.pem\nmfa_serial = x\n";
    let config = CONFIG.replace("region = us-west-2\n", &format!("region = us-west-2\n{more}"));
    world.write(
        ".aws/config",
        &format!("{config}\n[services local]\ns3 =\n  endpoint_url = http://127.0.0.1:9\n"),
    );
    world.write(
        ".aws/credentials",
        "[tools]\ncli_pager = cat\naws_access_key_id = A\naws_secret_access_key = S\n",
    );
    world.ok("profile use-process tools");
    let mut written = values(&world, "tools-process");
    let command = written.as_object_mut().and_then(|all| all.remove("credential_process"));
    assert!(command.is_some_and(|command| command.to_string().contains("credentials tools")));
    assert_eq!(
        written,
        json!({
            "region": "us-west-2",
            "output": "text",
            "services": "local",
            "s3": { "max_concurrent_requests": "4", "addressing_style": "path" },
            "ca_bundle": "~/ca.pem",
            "cli_pager": "cat",
        })
    );
}

#[test]
fn links_modes_and_backups() {
    let world = World::new();
    world.write("dotfiles/aws", CONFIG);
    let (link, real) = (world.path(".aws/config"), world.path("dotfiles/aws"));
    fs::remove_file(&link).expect("a file");
    std::os::unix::fs::symlink(&real, &link).expect("a link");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).expect("chmod");
    world.ok("profile copy prod new");
    assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
    assert_eq!(fs::metadata(&real).expect("a file").permissions().mode() & 0o777, 0o640);
    assert_eq!(world.read(".aws/config.ssoenv.bak"), CONFIG);
    let backup = fs::metadata(world.path(".aws/config.ssoenv.bak")).expect("a backup");
    assert_eq!(backup.permissions().mode() & 0o777, 0o600);
    // Nothing is left behind.
    let names: Vec<_> = fs::read_dir(world.path(".aws")).expect("a folder").flatten().collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn a_file_that_the_aws_cli_refuses_is_not_edited() {
    let world = World::new();
    let text = format!("{CONFIG}region = x\n");
    world.write(".aws/config", &text);
    for words in ["profile remove prod", "profile copy prod x", "profile default prod"] {
        let outcome = world.run(words);
        assert_eq!((outcome.code, &*outcome.out), (6, ""), "{outcome:?}");
    }
    assert_eq!(world.read(".aws/config"), text);
}

#[test]
fn secrets_are_not_in_diffs() {
    let world = World::new();
    world.write(
        ".aws/credentials",
        "[keys]\naws_access_key_id = AKID\naws_secret_access_key = S3CRET\nregion = x\n",
    );
    let diff = world.ok("profile remove keys --dry-run");
    assert!(diff.contains("-[keys]") && diff.contains("-region = x"), "{diff}");
    assert!(!diff.contains("S3CRET") && !diff.contains("AKID"), "{diff}");
}

#[test]
fn a_file_that_another_program_changed_is_not_written() {
    let home = Home::new(Some(CONFIG), None);
    let app = home.app(&[]);
    let mut editing = Editing::begin(&app).expect("both files");
    editing.config.set(&Name::profile("dev"), "region", "eu-west-3").expect("an edit");
    let theirs = format!("{CONFIG}\n[profile theirs]\n");
    home.write(Some(&theirs), None);
    let error = editing.finish(&app, false).expect_err("refused");
    assert!(error.what.contains("changed by another program"), "{error}");
    assert_eq!(fs::read_to_string(home.path(".aws/config")).expect("a file"), theirs);
    assert!(!home.path(".aws/config.ssoenv.bak").exists());
}

/// Four writers, 50 edits each, killed at any moment: the file is always whole, and what was
/// reported done is there.
#[test]
fn killed_writers_lose_nothing() {
    let world = World::new();
    let path = world.path(".aws/config");
    let stop = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut seen = 0;
            while !stop.load(std::sync::atomic::Ordering::SeqCst) {
                let text = fs::read_to_string(&path).expect("the file is always there");
                assert!(text.starts_with(CONFIG) && text.ends_with('\n'), "{text:?}");
                assert!(
                    ssoenv::config::syntax::Parsed::parse(text.clone()).is_ok(),
                    "half a file: {text:?}"
                );
                seen += 1;
                thread::sleep(Duration::from_micros(200));
            }
            seen
        });
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let world = &world;
                scope.spawn(move || {
                    let mut dice = Dice::new(10 + writer);
                    let mut done = Vec::new();
                    for edit in 0..50 {
                        let name = format!("w{writer}-{edit}");
                        let mut command = world.ssoenv(["profile", "copy", "prod", &name]);
                        command.stdout(Stdio::null()).stderr(Stdio::null());
                        let mut child = Running::start(&mut command);
                        if dice.happens(50) {
                            thread::sleep(Duration::from_micros(dice.below(30_000) as u64));
                            // It may have ended before.
                            drop(child.kill());
                        }
                        if child.wait().expect("it ends").code() == Some(0) {
                            done.push(name);
                        }
                    }
                    done
                })
            })
            .collect();
        let done: Vec<_> =
            writers.into_iter().flat_map(|writer| writer.join().expect("a writer")).collect();
        stop.store(true, std::sync::atomic::Ordering::SeqCst);
        assert!(watcher.join().expect("the watcher") > 10);
        assert!(done.len() >= 60, "only {} of 200 edits ended by themselves", done.len());
        let listed = world.json("list --json");
        let names: Vec<_> =
            listed.as_array().expect("rows").iter().filter_map(|r| r["profile"].as_str()).collect();
        for name in &done {
            assert!(names.contains(&name.as_str()), "{name} was reported and is lost");
        }
    });
    let leftovers = fs::read_dir(world.path(".aws")).expect("a folder").flatten();
    // Temporary files of killed writers may stay; they hold what the file holds.
    for entry in leftovers {
        assert_eq!(entry.metadata().expect("a file").permissions().mode() & 0o077 & !0o044, 0);
    }
    if let Some(answers) = botocore(&[world.read(".aws/config")]) {
        assert!(answers[0]["error"].is_null(), "{answers:?}");
    }
}

#[test]
fn two_words_of_help_where_there_is_no_profile() {
    let world = World::empty();
    let outcome = Outcome::of(&mut world.ssoenv(["profile", "rename", "a", "b"]));
    assert_eq!((outcome.code, &*outcome.out), (6, ""));
    world.says("edit_profiles/two_words_of_help_where_there_is_no_profile", &outcome);
}
