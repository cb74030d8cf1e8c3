//! The editor of the AWS files: exactly the meant lines change.

use std::collections::BTreeMap;

use serde_json::json;
use ssoenv::config::edit::{Draft, Name, Place};
use ssoenv::config::file::AwsFile;
use ssoenv::config::header::{Header, classify};
use ssoenv::config::stray_comment;
use ssoenv::config::syntax::{Entry, Parsed, Span};

use crate::config_botocore::{botocore, random_file};
use crate::support::Dice;

fn draft(text: &str) -> Option<Draft> {
    let parsed = Parsed::parse(text.to_owned()).ok()?;
    let file = AwsFile { path: "/home/user/.aws/config".into(), stamp: None, parsed };
    Some(Draft::new(Place::Config, file).expect("it was read before"))
}

fn edited(text: &str, edit: impl FnOnce(&mut Draft)) -> String {
    let mut draft = draft(text).expect("readable");
    edit(&mut draft);
    draft.text().to_owned()
}

/// The name of a recorded section.
fn named(title: &str) -> Name {
    let mut words = shell_words::split(title).expect("recorded titles are well quoted");
    match (words.len(), words.pop()) {
        (2, Some(name)) if title.starts_with("sso-session") => Name::session(name),
        (_, Some(name)) => Name::profile(name),
        (_, None) => panic!("{title}"),
    }
}

fn meaning(text: &str) -> serde_json::Value {
    let mut sections = BTreeMap::new();
    let parsed = Parsed::parse(text.to_owned()).expect("readable");
    for section in parsed.sections() {
        let keys: BTreeMap<_, _> = parsed
            .entries(section)
            .iter()
            .map(|entry| (parsed.str(entry.key).to_owned(), parsed.str(entry.value).to_owned()))
            .collect();
        // Spellings of one name are one section here.
        let title = parsed.str(section.name).split_whitespace().collect::<Vec<_>>().join(" ");
        sections.insert(title.replace(['"', '\''], ""), keys);
    }
    json!(sections)
}

#[test]
fn edits_mean_what_the_aws_cli_means() {
    let all: serde_json::Value =
        serde_json::from_str(include_str!("../data/config_vectors.json")).expect("JSON");
    for vector in all["config_file_writing"].as_array().expect("vectors") {
        let about = vector["about"].as_str().expect("text");
        let before = vector["before"].as_str().unwrap_or_default();
        let values = vector["values"].as_object().expect("values");
        let name = named(values["__section__"].as_str().expect("a section"));
        let after = edited(before, |draft| {
            for (key, value) in values.iter().filter(|(key, _)| *key != "__section__") {
                draft.set(&name, key, value.as_str().expect("text")).expect("a good edit");
            }
        });
        let theirs = vector["after"].as_str().expect("text");
        match about {
            // The AWS CLI makes a second section or key here, which it then cannot read or
            // takes instead of the first; one is changed here.
            "header spelled with other spacing is not found" => {
                assert_eq!(after, "[profile  dev]\nregion = eu-west-1\n");
            }
            "key written in other case is not found" => {
                assert_eq!(after, "[profile dev]\nRegion = eu-west-1\n");
            }
            _ => assert_eq!(meaning(&after), meaning(theirs), "{about}"),
        }
        assert!(kept(before, &after), "{about}: {before:?} became {after:?}");
    }
}

/// Whether all but at most one line of the old text stands in the new one, in order.
fn kept(before: &str, after: &str) -> bool {
    let mut lines = after.split_inclusive('\n');
    let lost = before
        .split_inclusive('\n')
        .filter(|line| {
            let mut rest = lines.clone();
            let found = rest.any(|other| other == *line);
            if found {
                lines = rest;
            }
            !found
        })
        .count();
    lost <= 1
}

#[test]
fn headers_are_written_as_by_the_aws_cli() {
    let all: serde_json::Value =
        serde_json::from_str(include_str!("../data/config_vectors.json")).expect("JSON");
    for vector in all["section_headers_written"].as_array().expect("vectors") {
        let name = vector["name"].as_str().expect("text");
        let text = edited("", |draft| {
            draft.add(&Name::profile(name)).expect("a profile");
            draft.add(&Name::session(name)).expect("a session");
        });
        // Names with quotes in them are quoted here: the AWS CLI writes what it cannot read.
        if name.contains('"') && !name.contains(' ') {
            continue;
        }
        let (profile, session) = (&vector["profile_header"], &vector["sso_session_header"]);
        let theirs =
            format!("[{}]\n\n[{}]\n", profile.as_str().unwrap(), session.as_str().unwrap());
        assert_eq!(text, theirs);
    }
}

#[test]
fn what_stays_and_where_things_go() {
    let dev = Name::profile("dev");
    let set = |text: &str, key: &str, value: &str| {
        edited(text, |draft| draft.set(&dev, key, value).expect(text))
    };
    for (before, after) in [
        // Spacing, comments, blank lines, blocks and line ends are the user's.
        ("[profile dev]\r\nregion=a\r\n\r\n# z\r\n", "[profile dev]\r\nregion=b\r\n\r\n# z\r\n"),
        ("[profile dev]\nregion\t= a  \n", "[profile dev]\nregion\t= b  \n"),
        ("[profile dev]\ns3 =\n  x = 1\n", "[profile dev]\ns3 =\n  x = 1\nregion = b\n"),
        (
            "[profile dev]\n# only\n\n[profile z]\n",
            "[profile dev]\nregion = b\n# only\n\n[profile z]\n",
        ),
        ("[profile dev]\nx = 1", "[profile dev]\nx = 1\nregion = b"),
        ("[profile dev]", "[profile dev]\nregion = b"),
        ("# c\n\n", "# c\n\n[profile dev]\nregion = b\n\n"),
        ("[default]\ra = 1\r", "[default]\ra = 1\r\r[profile dev]\rregion = b\r"),
        // Line ends of several systems: two of them never become one.
        ("[default]\na = 1\r", "[default]\na = 1\r\r\n[profile dev]\nregion = b\n"),
        ("[profile dev]\rx = 1\n\n# c\r", "[profile dev]\rx = 1\nregion = b\r\n\n# c\r"),
        ("[profile dev]\rregion = a\n  c\n\nx = 1\n", "[profile dev]\rregion = b\r\n\nx = 1\n"),
        // A comment that was none for the AWS CLI goes on a line of its own.
        ("[profile dev]\nregion = a # home\n", "[profile dev]\n# home\nregion = b\n"),
        ("[profile dev]\nregion: a\n", "[profile dev]\nregion = b\n"),
        ("[profile dev]\nregion =\noutput = x\n", "[profile dev]\nregion = b\noutput = x\n"),
        ("[profile dev]\n  x = 1\n", "[profile dev]\n  x = 1\n  region = b\n"),
        // The last section of a name is the one that counts.
        (
            "[profile dev]\na = 1\n[profile \"dev\"]\n",
            "[profile dev]\na = 1\n[profile \"dev\"]\nregion = b\n",
        ),
        ("[profile 'dev' ] # c\nregion = a\n", "[profile 'dev' ] # c\nregion = b\n"),
        ("[profile dev]\nregion = a\n    more\nx = 1\n", "[profile dev]\nregion = b\nx = 1\n"),
    ] {
        assert_eq!(set(before, "region", "b"), after, "{before:?}");
    }
}

#[test]
fn removing_renaming_and_copying() {
    let (dev, new) = (Name::profile("dev"), Name::profile("new one"));
    let text =
        "# a\n\n[profile dev]\nregion = a\n# in\ns3 =\n    x = 1\n\n# about z\n[profile z]\n";
    let removed = edited(text, |draft| assert!(draft.remove(&dev).expect("an edit")));
    assert_eq!(removed, "# a\n\n# about z\n[profile z]\n");
    let renamed = edited(text, |draft| assert!(draft.rename(&dev, &new).expect("an edit")));
    assert_eq!(renamed, text.replace("[profile dev]", "[profile 'new one']"));
    let copied = edited(text, |draft| draft.copy(&dev, &new).expect("an edit"));
    let copy = "\n[profile 'new one']\nregion = a\n# in\ns3 =\n    x = 1\n";
    assert_eq!(copied, format!("{text}{copy}"));
    // A copy of other line ends than the file's first, behind a last line without one.
    let mixed = "\r[profile dev]\na = 1\n# after";
    let undone = edited(mixed, |draft| {
        draft.copy(&dev, &new).expect("an edit");
        assert!(draft.remove(&new).expect("an edit"));
    });
    assert_eq!(undone, mixed);
    let without = edited(text, |draft| assert!(draft.remove_key(&dev, "s3").expect("an edit")));
    assert_eq!(without, text.replace("s3 =\n    x = 1\n", ""));
    let block = edited(text, |draft| {
        draft.set_block(&dev, "s3", &[("y", "2"), ("z", "3")]).expect("an edit");
    });
    assert_eq!(block, text.replace("    x = 1\n", "    y = 2\n    z = 3\n"));
}

#[test]
fn nothing_is_written_twice_or_into_the_wrong_place() {
    let (a, b) = (Name::profile("a"), Name::profile("b"));
    let text = "[profile a]\n  [profile b]\nx = 1\n";
    let mut draft = draft(text).expect("readable");
    // The key would make the indented header a part of its value.
    draft.set(&a, "region", "eu-west-1").expect_err("refused");
    draft.rename(&a, &b).expect_err("the name is taken");
    draft.copy(&a, &b).expect_err("the name is taken");
    draft.add(&b).expect_err("the name is taken");
    for value in ["two\nlines", " blank", "blank\u{a0}", "a # b", "a ; b"] {
        draft.set(&b, "region", value).expect_err(value);
    }
    for key in ["", "a b", "a=b", "Region", "#x", "ü"] {
        draft.set(&b, key, "x").expect_err(key);
    }
    for name in ["a]b", "x\ny", "[x"] {
        draft.add(&Name::profile(name)).expect_err(name);
    }
    assert_eq!(draft.text(), text);
}

/// What a random edit did, for what botocore must then read.
enum Done {
    Set(String, String, &'static str),
    Gone(String, String),
    NoProfile(String),
}

fn random_edit(dice: &mut Dice, draft: &mut Draft) -> Option<Done> {
    let mut name = dice.pick(&["p1", "default", "p 3", "new"]).to_owned();
    let mut key = dice.pick(&["region", "output0", "sso_region1", "s32"]).to_owned();
    if dice.happens(80) && !draft.parsed().sections().is_empty() {
        let parsed = draft.parsed();
        let section = &parsed.sections()[dice.below(parsed.sections().len())];
        if let Header::Profile(known) = classify(parsed.str(section.name)) {
            name = known.into_owned();
            let keys = draft.keys(&Name::profile(&*name));
            if !keys.is_empty() && dice.happens(60) {
                key.clone_from(&keys[dice.below(keys.len())].0);
            }
        }
    }
    let value = dice.pick(&["eu-west-3", "", "a=b c"]);
    let profile = Name::profile(&*name);
    match dice.below(8) {
        0 => draft.remove(&profile).ok()?.then_some(Done::NoProfile(name)),
        1 => draft.remove_key(&profile, &key).ok()?.then_some(Done::Gone(name, key)),
        2 => {
            draft.rename(&profile, &Name::profile("renamed")).ok()?.then_some(Done::NoProfile(name))
        }
        _ => draft.set(&profile, &key, value).ok().map(|()| Done::Set(name, key, value)),
    }
}

/// Lines of the old text that are not in the new one, and the other way round.
fn changed_lines(before: &str, after: &str) -> (usize, usize) {
    let patch = diffy::create_patch(before, after);
    let lines = || patch.hunks().iter().flat_map(diffy::Hunk::lines);
    let deleted = lines().filter(|line| matches!(line, diffy::Line::Delete(_))).count();
    let inserted = lines().filter(|line| matches!(line, diffy::Line::Insert(_))).count();
    (deleted, inserted)
}

fn fresh(text: &str) -> Parsed {
    Parsed::parse(text.to_owned()).expect("readable")
}

/// All that a file says, and where: texts, lines, and spans that are not derived from it.
fn places(parsed: &Parsed) -> Vec<String> {
    let shown = |span: Span| {
        let text = parsed.str(span);
        let derived = span.end as usize > parsed.text().len();
        if derived { format!("{text:?}") } else { format!("{}: {text:?}", span.start) }
    };
    let mut all = Vec::new();
    for section in parsed.sections() {
        all.push(format!("{} {} {}", section.line, shown(section.name), shown(section.header)));
        for entry in parsed.entries(section) {
            let Entry { key, written, value, first, lines, line, nested } = *entry;
            let spans = [key, written, value, first, lines].map(shown).join(" ");
            all.push(format!("{line} {nested} {spans}"));
        }
    }
    all
}

#[test]
fn random_edits_of_random_files() {
    let mut dice = Dice::new(3);
    let mut texts = Vec::new();
    let mut done = Vec::new();
    let mut undone = 0;
    for _ in 0..30_000 {
        let before = random_file(&mut dice);
        let Some(mut draft) = draft(&before) else { continue };
        let old = draft.parsed().sections().len();
        let Some(what) = random_edit(&mut dice, &mut draft) else {
            assert_eq!(draft.text(), before, "a refused edit changed something");
            continue;
        };
        let after = draft.text().to_owned();
        assert_eq!(places(draft.parsed()), places(&fresh(&after)), "{before:?} became {after:?}");
        // At most the key's own lines, a header, and blank lines around it change.
        if let Done::Set(name, key, value) = &what {
            let (lost, new) = changed_lines(&before, &after);
            let name = Name::profile(&**name);
            let was = super::edit::draft(&before).expect("readable");
            let block = was.value(&name, key).is_some_and(|old| old.contains('\n'));
            assert!(block || lost <= 2, "{before:?} became {after:?}");
            assert!(new <= 4, "{before:?} became {after:?}");
            // The inverse edit of an addition gives the old bytes.
            if !was.has(&name) {
                draft.remove(&name).expect("an edit");
                assert_eq!(draft.text(), before, "{after:?}");
                undone += 1;
            } else if let Some(old) = was.value(&name, key).map(str::to_owned) {
                // Where the line had another form, its form is not brought back.
                let plain = !old.is_empty()
                    && !value.is_empty()
                    && !old.contains('\n')
                    && !before.contains(':');
                if plain && stray_comment(&old).is_none() {
                    draft.set(&name, key, &old).expect("it stood there before");
                    assert_eq!(draft.text(), before, "{after:?}");
                    undone += 1;
                }
            } else {
                assert!(draft.remove_key(&name, key).expect("an edit"));
                assert_eq!(draft.text(), before, "{after:?}");
                undone += 1;
            }
        }
        assert_eq!(places(draft.parsed()), places(&fresh(draft.text())), "{after:?} and back");
        assert!(old > 0 || matches!(what, Done::Set(..)));
        texts.push(after);
        done.push(what);
    }
    assert!(texts.len() > 4000 && undone > 1000, "{} edits, {undone} undone", texts.len());
    let Some(answers) = botocore(&texts) else { return };
    for ((text, what), read) in texts.iter().zip(&done).zip(answers) {
        assert!(read["error"].is_null(), "botocore refuses {text:?}");
        match what {
            Done::Set(name, key, value) => {
                assert_eq!(read["profiles"][name][key], json!(value), "{text:?}");
            }
            // A key of `[DEFAULT]` shows through.
            Done::Gone(..) if text.contains("[DEFAULT]") => {}
            Done::Gone(name, key) => {
                assert!(read["profiles"][name].get(key).is_none(), "{text:?}");
            }
            Done::NoProfile(name) => assert!(read["profiles"].get(name).is_none(), "{text:?}"),
        }
    }
}
