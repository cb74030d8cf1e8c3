//! Thousands of random files, and all that the fuzzer has found, read by this program and by
//! botocore.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

use crate::config_vectors::{profiles, sessions};
use crate::support::files::Home;
use crate::support::run::{self, Running};
use crate::support::{Dice, find, skip};

const FILES: u64 = 3000;

/// Reads files in hexadecimal digits, one a line, and answers with what botocore makes of each.
const READER: &str = r"
import json, os, sys, tempfile
import botocore.configloader
folder = tempfile.mkdtemp()
path = os.path.join(folder, 'config')
for line in sys.stdin:
    with open(path, 'wb') as file:
        file.write(bytes.fromhex(line))
    try:
        read = botocore.configloader.load_config(path)
        print(json.dumps({'profiles': read['profiles'], 'sessions': read['sso_sessions']}))
    except Exception as error:
        print(json.dumps({'error': type(error).__name__}))
os.remove(path)
os.rmdir(folder)
";

/// What botocore makes of each file; `None` where it is not installed.
pub fn botocore(files: &[impl AsRef<[u8]>]) -> Option<Vec<Json>> {
    let python = find("python3", "SSOENV_TEST_CLIENTS")?;
    let imports = run::output(Command::new(&python).args(["-c", "import botocore"]));
    if !imports.status.success() {
        let required = std::env::var("SSOENV_TEST_CLIENTS").unwrap_or_default();
        assert!(!required.contains("botocore"), "SSOENV_TEST_CLIENTS names botocore");
        skip("botocore is not installed");
        return None;
    }
    let mut command = Command::new(&python);
    command.args(["-c", READER]).env("PYTHONUTF8", "1");
    let mut child = Running::start(command.stdin(Stdio::piped()).stdout(Stdio::piped()));
    let mut stdin = child.stdin.take().expect("piped");
    let lines: Vec<_> = files.iter().map(|file| hex(file.as_ref())).collect();
    let writer = std::thread::spawn(move || {
        for line in lines {
            std::io::Write::write_all(&mut stdin, format!("{line}\n").as_bytes())
                .expect("python reads");
        }
    });
    let output = child.end();
    writer.join().expect("all was written");
    let answers = String::from_utf8(output.stdout).expect("UTF-8");
    let answers: Vec<_> =
        answers.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(answers.len(), files.len());
    Some(answers)
}

/// A file that is mostly in order, with every oddity that the AWS CLI treats in its own way.
pub fn random_file(dice: &mut Dice) -> String {
    let end = dice.pick(&["\n", "\n", "\n", "\r\n", "\r"]);
    let mut text = String::new();
    for at in 0..dice.below(7) {
        for _ in 0..dice.below(2) {
            text.push_str(dice.pick(&["# note", "", "  ; note", "\t", "#", "\u{b}"]));
            text.push_str(end);
        }
        let name = match dice.below(12) {
            0 => "default".to_owned(),
            1 => format!("sso-session s{}", at / 2),
            2 => format!("profile \"p {at}\""),
            3 => format!("profile  'q{at}' "),
            4 => dice
                .pick(&["DEFAULT", "profile default", "services x", "[x]", "profile a b"])
                .to_owned(),
            5 => dice
                .pick(&["profile a\\b", "profile \"x", "profile x\\", "profile ''", "preview"])
                .to_owned(),
            _ => format!("profile p{at}"),
        };
        let lead = dice.pick(&["", "", "", "", " ", "\t"]);
        let tail = dice.pick(&["", "", "", "", " ", " # c", " # [c]", "x", " ]"]);
        write!(text, "{lead}[{name}]{tail}{end}").expect("a string");
        let indent = dice.pick(&["", "", "", "", "  "]);
        for at in 0..dice.below(6) {
            let key =
                dice.pick(&["region", "Output", "sso_region", "s3", "a key", "ünï", "x.y", "İ"]);
            let number = if dice.happens(90) { at.to_string() } else { String::new() };
            let delimiter = dice.pick(&[" = ", "=", ":", " : ", "= ", "\t=\t", " ", " =\u{a0}"]);
            let delimiter = if dice.happens(95) { delimiter } else { "" };
            let value = dice.pick(&[
                "eu-west-1",
                "us-east-1 # home",
                "",
                "a=b",
                "\"quoted\"",
                "100%",
                "[x]",
                "zoë ",
                ";x",
                "\u{1c}v\u{85}",
                "C:\\dir\\",
            ]);
            let more =
                if dice.happens(85) { indent } else { dice.pick(&["", "   ", "\t", "\u{a0}"]) };
            write!(text, "{more}{key}{number}{delimiter}{value}{end}").expect("a string");
            if dice.happens(15) {
                for _ in 0..=dice.below(3) {
                    let line = dice.pick(&[
                        "    a = 1",
                        "    b=2 # c",
                        "",
                        "    # note",
                        "    --flag",
                        "\t\tc = ",
                        "    [profile z]",
                        "    k\u{2028} = v",
                        "    = x",
                    ]);
                    write!(text, "{line}{end}").expect("a string");
                }
            }
        }
    }
    if dice.happens(10) {
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
    }
    if dice.happens(2) {
        text.insert(0, '\u{feff}');
    }
    text
}

/// Reads each file with both; how many botocore refuses.
fn compare(files: &[impl AsRef<[u8]>]) -> Option<usize> {
    let answers = botocore(files)?;
    let home = Home::new(None, None);
    let mut refused = 0;
    for (file, expected) in files.iter().zip(answers) {
        let file = file.as_ref();
        fs::write(home.path(".aws/config"), file).expect("a file");
        let read = match home.config() {
            Ok(config) => json!({ "profiles": profiles(&config), "sessions": sessions(&config) }),
            Err(_) => json!({ "error": "ConfigParseError" }),
        };
        refused += usize::from(!expected["error"].is_null());
        assert_eq!(read.to_string(), expected.to_string(), "{:?}", String::from_utf8_lossy(file));
    }
    Some(refused)
}

#[test]
fn random_files_are_read_as_by_botocore() {
    let mut dice = Dice::new(1);
    let texts: Vec<_> = (0..FILES).map(|_| random_file(&mut dice)).collect();
    let Some(refused) = compare(&texts) else { return };
    assert!((100..2500).contains(&refused), "{refused} of {FILES} were refused");
}

/// `fuzz/seeds`, and `fuzz/corpus` where `fuzz/run` has left what it found.
#[test]
fn what_the_fuzzer_found_is_read_as_by_botocore() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let mut files = Vec::new();
    for folder in ["seeds/config", "corpus/config"] {
        let Ok(entries) = fs::read_dir(fuzz.join(folder)) else { continue };
        files.extend(entries.flatten().map(|entry| fs::read(entry.path()).expect("a file")));
    }
    assert!(files.len() >= 4, "the seeds are there");
    compare(&files);
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a string");
    }
    text
}
