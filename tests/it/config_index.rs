//! The name index: the same answer as the files, or none.

use std::fs;
use std::time::Duration;

use ssoenv::config::Config;
use ssoenv::config::index::{self, AccountNames};
use ssoenv::io::App;

use crate::config_botocore::random_file;
use crate::support::{Dice, Home, World};

/// Name, account, account's name, role, session, source and region of a profile.
type Fields = [String; 7];

/// What the files say, by the slow way.
fn slow(app: &App, names: &AccountNames, prefix: &str) -> Vec<Fields> {
    let config = Config::load(app).expect("readable");
    let clean = |text: Option<&str>| text.unwrap_or_default().replace(['\t', '\n', '\r'], " ");
    let mut rows: Vec<_> = config
        .summaries()
        .filter(|row| row.profile.as_str().starts_with(prefix))
        .filter(|row| !row.profile.as_str().contains(['\t', '\n', '\r']))
        .map(|row| {
            let name = row.account_id.and_then(|id| names.get(id));
            let (account, role) = (clean(row.account_id), clean(row.role));
            let rest = [clean(row.session), row.source.to_owned(), clean(row.region)];
            let [session, source, region] = rest;
            [row.profile.to_string(), account, clean(name), role, session, source, region]
        })
        .collect();
    rows.sort();
    rows
}

fn fast(app: &App, names: &AccountNames, prefix: &str) -> Option<Vec<Fields>> {
    let mut index = index::open(app, &names.stamps)?;
    let mut rows = Vec::new();
    index
        .starting_with(prefix, |row| {
            let fields = [
                row.name,
                row.account_id,
                row.account_name,
                row.role,
                row.session,
                row.source,
                row.region,
            ];
            rows.push(fields.map(str::to_owned));
            true
        })
        .expect("readable");
    Some(rows)
}

/// Writes the index as soon as the files have stood still long enough.
fn settle(app: &App, names: &AccountNames) {
    for _ in 0..200 {
        let config = Config::load(app).expect("readable");
        index::write(app, &config, names);
        if index::open(app, &names.stamps).is_some() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("no index was written");
}

fn names() -> AccountNames {
    let mut names = AccountNames::default();
    names.by_id.insert("111122223333".into(), "Acme\tProd\n".into());
    names
}

#[test]
fn random_files_give_the_same_answer() {
    let mut dice = Dice::new(2);
    let names = names();
    let mut compared = 0;
    while compared < 60 {
        let home = Home::new(Some(&random_file(&mut dice)), None);
        let app = home.app(&[]);
        if Config::load(&app).is_err() {
            continue;
        }
        settle(&app, &names);
        for prefix in ["", "p", "p1", "q", "zzz", "default"] {
            let rows = fast(&app, &names, prefix);
            assert_eq!(rows, Some(slow(&app, &names, prefix)), "{prefix:?}");
        }
        compared += 1;
    }
}

#[test]
fn read_whole_it_says_all_that_the_files_do_or_nothing() {
    let mut dice = Dice::new(3);
    let names = AccountNames::default();
    let (mut whole, mut bent) = (0, 0);
    while whole < 40 || bent < 5 {
        let home = Home::new(Some(&random_file(&mut dice)), Some("[p1]\naws_access_key_id = A\n"));
        let app = home.app(&[]);
        let Ok(config) = Config::load(&app) else { continue };
        settle(&app, &names);
        let Some(text) = index::open(&app, &names.stamps).expect("an index").read() else {
            bent += 1;
            continue;
        };
        whole += 1;
        let known = |text: &'static str| Some(text).filter(|text| !text.is_empty());
        let text: &'static str = text.leak();
        let rows = index::rows(text).expect("good rows");
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                let (account, role) = (known(row.account_id), known(row.role));
                (row.name, account, role, known(row.session), row.source, known(row.region))
            })
            .collect();
        let files: Vec<_> = config
            .summaries()
            .map(|row| {
                let name = row.profile.as_str();
                (name, row.account_id, row.role, row.session, row.source, row.region)
            })
            .collect();
        assert_eq!(rows, files);
    }
}

#[test]
fn a_second_list_reads_the_index_and_says_the_same() {
    let world = World::empty();
    world.write(".aws/config", &many(50));
    world.write(".aws/credentials", "[late]\naws_access_key_id = A\n");
    std::thread::sleep(Duration::from_millis(60));
    let first = [world.ok("list --json"), world.ok("list")];
    let [file] = &*kept(&world, "index") else { panic!("one index") };
    let index = world.read(file);
    assert_eq!([world.ok("list --json"), world.ok("list")], first);
    // It was the index that spoke: what is put there shows.
    world.write(file, &index.replace("\tReadOnly\t", "\tReadAlso\t"));
    assert_eq!(world.ok("list"), first[1].replace(" ReadOnly ", " ReadAlso "));
    // And no longer once a file is another one.
    world.write(".aws/credentials", "");
    assert!(!world.ok("list").contains("ReadAlso") && !world.ok("list").contains("late"));
    // A value that is there but empty is no absent one, whoever is asked.
    world.write(".aws/config", "[profile a]\nsso_account_id =\nregion = r\n");
    std::thread::sleep(Duration::from_millis(60));
    let first = world.ok("list --json");
    assert_eq!(world.ok("list --json"), first);
}

/// The files that are kept in a folder of the cache.
pub fn kept(world: &World, folder: &str) -> Vec<String> {
    let folder = format!(".cache/ssoenv/{folder}");
    let entries = fs::read_dir(world.path(&folder)).expect("a folder").flatten();
    let mut files: Vec<_> =
        entries.map(|entry| format!("{folder}/{}", entry.file_name().display())).collect();
    files.sort();
    files
}

/// A configuration with `count` profiles, their names not in order.
pub fn many(count: usize) -> String {
    use std::fmt::Write;
    let mut text = String::from(
        "[sso-session corp]\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n",
    );
    for at in 0..count {
        let number = (at * 7919) % count;
        write!(
            text,
            "\n[profile team{}-account{number:05}-ReadOnly]\nsso_session = corp\n\
             sso_account_id = {number:012}\nsso_role_name = ReadOnly\nregion = eu-west-1\n",
            number % 10
        )
        .expect("a string");
    }
    text
}

#[test]
fn ten_thousand_profiles() {
    let home = Home::new(Some(&many(10_000)), Some("[zz]\naws_access_key_id = A\n"));
    let (app, names) = (home.app(&[]), names());
    settle(&app, &names);
    let all = slow(&app, &names, "");
    for prefix in ["", "team3-account0042", "team3-account00423-ReadOnly", "zz", "zzz", "a"] {
        let wanted: Vec<_> = all.iter().filter(|row| row[0].starts_with(prefix)).cloned().collect();
        assert_eq!(fast(&app, &names, prefix), Some(wanted), "{prefix:?}");
    }
    let mut index = index::open(&app, &names.stamps).expect("an index");
    for row in all.iter().step_by(501) {
        let found = index.find(&row[0], |found| assert_eq!(found.account_id, row[1]));
        assert!(found.expect("readable"), "{}", row[0]);
    }
    assert!(!index.find("team3", |_| ()).expect("readable"));
}

#[test]
fn every_change_of_any_file_ends_it() {
    let home = Home::new(Some("[profile a]\nregion = eu-west-1\n"), None);
    let (app, names) = (home.app(&[]), names());
    settle(&app, &names);
    // Same size, new content.
    home.write(Some("[profile b]\nregion = eu-west-1\n"), None);
    assert_eq!(fast(&app, &names, ""), None);
    settle(&app, &names);
    home.write(Some("[profile b]\nregion = eu-west-1\n"), Some("[c]\n"));
    assert_eq!(fast(&app, &names, ""), None);
    settle(&app, &names);
    fs::create_dir_all(home.path(".config/ssoenv")).expect("folder");
    fs::write(home.path(".config/ssoenv/config.ini"), "").expect("settings");
    if cfg!(target_os = "linux") {
        assert_eq!(fast(&app, &names, ""), None);
    }
    settle(&app, &names);
    let other = AccountNames { stamps: vec![None], ..names.clone() };
    assert_eq!(fast(&app, &other, ""), None);
    assert!(fast(&app, &names, "").is_some());
}

#[test]
fn a_file_that_changed_just_now_is_not_indexed() {
    let home = Home::new(Some("[profile a]\n"), None);
    let app = home.app(&[]);
    let config = Config::load(&app).expect("readable");
    let stamp = config.stamps()[0].expect("a file");
    index::write(&app, &config, &AccountNames::default());
    // On a slow machine the file may be old enough already.
    if app.clock.now_nanoseconds() - stamp.changed < 50_000_000 {
        assert!(index::open(&app, &[]).is_none());
    }
}
