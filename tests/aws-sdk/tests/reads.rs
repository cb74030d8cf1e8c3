//! Random edits of files that the AWS SDK for Rust reads: it reads what was meant.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::env_config::section::EnvConfigSections;
use aws_runtime::env_config::source::load;
use aws_types::os_shim_internal::{Env, Fs};
use ssoenv::config::edit::{Draft, Name, Place};
use ssoenv::config::file::AwsFile;
use ssoenv::config::syntax::Parsed;
use ssoenv::config::{Config, Value};

/// Numbers that come out the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).expect("48 bits fit") % bound
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

const KEYS: [&str; 4] = ["region", "output", "sso_region", "cli_pager"];
const VALUES: [&str; 5] =
    ["eu-west-1", "", "a=b", "https://example.awsapps.com/start#/", "\"x y\""];
const NAMES: [&str; 5] = ["default", "dev", "prod-admin", "a/b@c", "team.1"];

/// A file as people write it, without what the SDK refuses.
fn random_file(dice: &mut Dice) -> String {
    let eol = dice.pick(&["\n", "\n", "\r\n"]);
    let mut text = String::new();
    let mut put = |line: &str| text.extend([line, eol]);
    if dice.below(2) == 0 {
        put("# mine");
        put("");
    }
    put("[sso-session corp]");
    put("sso_start_url = https://example.awsapps.com/start");
    put("sso_region=us-east-1");
    for name in NAMES {
        if dice.below(3) == 0 {
            continue;
        }
        put(dice.pick(&["", "# about it", "; old"]));
        put(&if name == "default" { "[default]".to_owned() } else { format!("[profile {name}]") });
        for key in KEYS {
            if dice.below(2) == 0 {
                put(&format!("{key}{}{}", dice.pick(&[" = ", "=", "  =\t"]), dice.pick(&VALUES)));
            }
            if dice.below(5) == 0 {
                put("# why");
            }
        }
        if dice.below(3) == 0 {
            put("s3 =");
            put("    max_concurrent_requests = 20");
            put("    addressing_style=path");
        }
    }
    text
}

fn random_edit(dice: &mut Dice, draft: &mut Draft) {
    let name = match dice.below(6) {
        0 => Name::session(dice.pick(&["corp", "new"])),
        _ => Name::profile(dice.pick(&NAMES)),
    };
    let key = dice.pick(&KEYS);
    // What would end in the wrong place, or is there already, is refused; nothing changes then.
    drop(match dice.below(8) {
        0 => draft.remove(&name).map(drop),
        1 => draft.remove_key(&name, key).map(drop),
        2 => draft.rename(&name, &Name::profile("renamed")).map(drop),
        3 => draft.copy(&name, &Name::profile("copied")),
        4 => draft.set_block(&name, "s3", &[("payload_signing_enabled", "true"), ("x", "1")]),
        _ => draft.set(&name, key, dice.pick(&VALUES)),
    });
}

fn draft(text: &str) -> Draft {
    let parsed = Parsed::parse(text.to_owned()).expect("a good file");
    Draft::new(Place::Config, AwsFile { parsed, ..AwsFile::default() }).expect("a good file")
}

fn sdk(text: &str) -> EnvConfigSections {
    let files = EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, text).build();
    let (env, fs) = (Env::from_slice(&[("HOME", "/home/user")]), Fs::from_slice(&[]));
    let mut reading = pin!(load(&env, &fs, &files));
    // Texts in memory are never waited for.
    let Poll::Ready(source) = reading.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("the SDK waits for something")
    };
    let read = EnvConfigSections::parse(source.expect("a text in memory"));
    read.unwrap_or_else(|error| panic!("{error:?}: {text:?}"))
}

#[test]
fn the_sdk_reads_what_was_meant() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut changed = 0;
    for _ in 0..5000 {
        let mut draft = draft(&random_file(&mut dice));
        for _ in 0..=dice.below(4) {
            random_edit(&mut dice, &mut draft);
        }
        changed += usize::from(draft.is_changed());
        let text = draft.text();
        let read = sdk(text);
        let parsed = Parsed::parse(text.to_owned()).expect("readable");
        let config = Config::merge(AwsFile { parsed, ..AwsFile::default() }, AwsFile::default());
        let mut names: Vec<_> = config.names().map(ToString::to_string).collect();
        let mut theirs: Vec<_> = read.profiles().map(str::to_owned).collect();
        names.sort();
        theirs.sort();
        assert_eq!(names, theirs, "{text:?}");
        for (name, values) in config.each() {
            let profile = read.get_profile(name.as_str()).expect("a listed profile");
            for (key, value) in values.list() {
                match value {
                    Value::Text(value) => assert_eq!(profile.get(key), Some(value), "{text:?}"),
                    Value::Map(map) => {
                        let block = profile.get(key).unwrap_or_default();
                        let lines: Vec<_> = block.lines().filter(|line| !line.is_empty()).collect();
                        assert_eq!(lines.len(), map.len(), "{text:?}");
                    }
                }
            }
        }
        for name in config.session_names() {
            let values = config.session_values(name.as_str()).expect("a listed session");
            let session = read.sso_session(name.as_str()).expect("the SDK has it too");
            for (key, value) in values.list() {
                let Value::Text(value) = value else { continue };
                assert_eq!(session.get(key), Some(value), "{text:?}");
            }
        }
    }
    assert!(changed > 3000, "{changed}");
}
