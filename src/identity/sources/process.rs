//! `credential_process`: a program that prints credentials, and the line that makes ssoenv one.

use std::io::IsTerminal;
use std::process::{ExitStatus, Stdio};

use serde_json::{Map, Value};

use crate::domain::credentials::Credentials;
use crate::domain::label::sanitize;
use crate::domain::names::{AccountId, ProfileName};
use crate::domain::percent;
use crate::domain::secret::Secret;
use crate::domain::timestamp::Timestamp;
use crate::domain::{Error, Result};
use crate::identity::policy::patience;
use crate::io::App;
use crate::io::captured::{self, Captured};
use crate::io::env::Env;
use crate::io::{limits, process};

/// The variable that names the profiles met on the way, separated by commas.
pub const CHAIN: &str = "SSOENV_CHAIN";

/// What a program that is not found lacks.
const PATH: &str = "write the program's absolute path, without `~` or `$NAME`";

/// Refuses a profile whose credentials are being fetched by a process above this one.
pub fn refuse_loop(env: &Env, profile: &ProfileName) -> Result<()> {
    let chain = chain(env);
    if !chain.iter().any(|name| name == profile.as_str()) {
        return Ok(());
    }
    let way: Vec<_> =
        chain.iter().map(String::as_str).chain([profile.as_str()]).map(quoted).collect();
    Err(Error::config(format!("the profile `{profile}` leads back to itself"))
        .cause(format!("`credential_process` was followed through {}", way.join(" → ")))
        .hint(format!("let `credential_process` in `{profile}` name another profile")))
}

fn quoted(name: &str) -> String {
    format!("`{name}`")
}

fn chain(env: &Env) -> Vec<String> {
    let text = env.non_empty(CHAIN).unwrap_or_default();
    let names = text.split(',').filter(|name| !name.is_empty());
    names.map(percent::decoded).collect()
}

/// Runs the profile's command line, as botocore does: split into words, no shell. It has as much
/// time as a login, and prints no more than [`captured::MOST`] bytes.
///
/// # Errors
/// Kind `Config` where the line or what it prints is wrong, or the program fails; `Interrupted`
/// where it was.
pub fn credentials(app: &App, profile: Option<&ProfileName>, line: &str) -> Result<Credentials> {
    let label = profile.map_or_else(|| "default".to_owned(), ToString::to_string);
    let wrong =
        |what: &str| Error::config(format!("`credential_process` of the profile `{label}` {what}"));
    let words = if cfg!(windows) { split_windows(line) } else { split_posix(line) };
    let words = words.ok_or_else(|| {
        wrong("has a quotation mark that nothing closes").hint("edit that line of the profile")
    })?;
    let Some((program, arguments)) = words.split_first() else {
        return Err(wrong("is empty").hint("edit that line of the profile, or remove it"));
    };
    log::info!("credential_process of `{label}`: running `{program}`");
    let mut command = process::command(program);
    command.args(arguments);
    // A terminal may be asked something; data for the command after `exec` is not for it to read.
    let terminal = std::io::stdin().is_terminal();
    command.stdin(if terminal { Stdio::inherit() } else { Stdio::null() });
    if let Some(profile) = profile {
        let mut names = chain(&app.env);
        names.push(profile.to_string());
        let names: Vec<_> = names.iter().map(|name| percent::list_word(name)).collect();
        command.env(CHAIN, names.join(","));
    }
    // It may ask a person, as a login does.
    let patience = patience(app);
    let what = format!("`{program}`, the `credential_process` of the profile `{label}`");
    let captured = app.capture(command, patience, &what)?.map_err(|error| {
        wrong(&format!("cannot run `{program}`"))
            .cause(&error)
            .hint(limits::hint_of_start(&error).unwrap_or(PATH))
    })?;
    let stdout = match captured {
        Captured::Ended { status, stdout, .. } if status.success() => stdout,
        Captured::Ended { status, stderr, .. } => return Err(failed(status, &stderr, wrong)),
        Captured::Late => {
            return Err(wrong(&format!("did not end within {} seconds", patience.as_secs()))
                .hint("run its command line by hand; see `ssoenv profile show`")
                .hint("set `SSOENV_LOGIN_TIMEOUT` (seconds) if it needs longer"));
        }
        Captured::TooMuch => {
            return Err(wrong(&format!("printed more than {} KiB", captured::MOST / 1024))
                .hint("run its command line by hand; see `ssoenv profile show`"));
        }
    };
    let credentials = parse(&stdout).map_err(|why| {
        wrong("did not print credentials")
            .cause(why)
            .hint("run its command line by hand; see `ssoenv profile show`")
    })?;
    if credentials.expiration.is_some_and(|expires| expires <= app.clock.now()) {
        return Err(wrong("printed credentials that have expired")
            .hint("log in with the tool that it runs"));
    }
    Ok(credentials)
}

fn failed(status: ExitStatus, stderr: &[u8], wrong: impl Fn(&str) -> Error) -> Error {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        const SIGINT: i32 = 2;
        if status.signal() == Some(SIGINT) {
            return Error::interrupted();
        }
    }
    let error = wrong(&format!("failed with {status}"));
    // What it says about it; a secret does not belong on standard error.
    let words = String::from_utf8_lossy(stderr);
    let mut error = words
        .lines()
        .map(sanitize)
        .filter(|line| !line.trim().is_empty())
        .take(8)
        .fold(error, |error, line| error.cause(line.trim()));
    if error.causes.is_empty() {
        error = error.cause("it says nothing on standard error");
    }
    error.hint("run its command line by hand; see `ssoenv profile show`")
}

/// Reads the JSON of version 1; `Err` says what is wrong with it, without any of it.
fn parse(bytes: &[u8]) -> std::result::Result<Credentials, String> {
    let Ok(Value::Object(fields)) = serde_json::from_slice::<Value>(bytes) else {
        return Err("standard output is not one JSON object".to_owned());
    };
    if fields.get("Version").and_then(Value::as_f64) != Some(1.0) {
        return Err("`Version` is not the number 1".to_owned());
    }
    let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
    let needed = |name: &str| text(name).ok_or_else(|| format!("`{name}` is missing"));
    Ok(Credentials {
        access_key_id: needed("AccessKeyId")?.to_owned(),
        secret_access_key: Secret::new(needed("SecretAccessKey")?),
        session_token: text("SessionToken").map(Secret::new),
        expiration: expiration(&fields)?,
        account_id: text("AccountId").filter(|id| AccountId::is_valid(id)).map(AccountId::from),
    })
}

fn expiration(fields: &Map<String, Value>) -> std::result::Result<Option<Timestamp>, String> {
    match fields.get("Expiration") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let time = value.as_str().and_then(Timestamp::parse);
            time.map(Some).ok_or_else(|| "`Expiration` is not a time".to_owned())
        }
    }
}

/// Python's `shlex.split`: no comments, and in double quotes a backslash escapes only `"` and
/// itself, which is not how the `shell-words` crate reads a line. `None` where a quote stays open.
fn split_posix(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = line.chars();
    while let Some(c) = letters.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().push(letters.next()?),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '"' => break,
                        '\\' => {
                            let next = letters.next()?;
                            if !matches!(next, '"' | '\\') {
                                word.push('\\');
                            }
                            word.push(next);
                        }
                        c => word.push(c),
                    }
                }
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Some(words)
}

/// The C runtime's rules: only double quotes quote, and backslashes count only in front of one.
fn split_windows(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let (mut backslashes, mut open) = (0, false);
    for c in line.chars() {
        if c == '\\' {
            backslashes += 1;
            continue;
        }
        let kept = if c == '"' { backslashes / 2 } else { backslashes };
        let escaped = c == '"' && backslashes % 2 == 1;
        if backslashes > 0 {
            word.get_or_insert_default().extend(std::iter::repeat_n('\\', kept));
            backslashes = 0;
        }
        match c {
            '"' if !escaped => {
                open = !open;
                word.get_or_insert_default();
            }
            ' ' | '\t' if !open => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    if backslashes > 0 {
        word.get_or_insert_default().extend(std::iter::repeat_n('\\', backslashes));
    }
    words.extend(word);
    (!open).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_as_botocore_splits_them() {
        let all: Value = serde_json::from_str(include_str!("../../../tests/data/credentials.json"))
            .expect("the vectors are JSON");
        for vector in all["credential_process_splitting"]["vectors"].as_array().expect("a list") {
            let raw = vector["raw"].as_str().expect("a text");
            for (platform, words) in [("linux", split_posix(raw)), ("win32", split_windows(raw))] {
                let expected = vector[platform]["ok"].as_array().expect("a list");
                let expected: Vec<_> = expected.iter().filter_map(Value::as_str).collect();
                assert_eq!(words.expect("words"), expected, "{platform}: {raw}");
            }
        }
        for open in ["x 'y", "x \"y", "x \\"] {
            assert_eq!(split_posix(open), None, "{open}");
        }
        assert_eq!(split_windows("x \"y"), None);
        let empty = ["x".to_owned(), String::new()];
        assert_eq!(split_posix("x ''"), Some(empty.to_vec()));
        assert_eq!(split_windows("x \"\""), Some(empty.to_vec()));
    }

    #[test]
    fn only_version_1_with_both_keys_will_do() {
        let full = br#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T",
            "Expiration":"2025-01-02T03:04:05+00:00","AccountId":"123456789012","More":[]}"#;
        let credentials = parse(full).expect("credentials");
        assert_eq!(credentials.expiration, Some(Timestamp::from_seconds(1_735_787_045)));
        assert_eq!(credentials.account_id, Some("123456789012".into()));
        let plain = parse(br#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"S"}"#);
        assert_eq!(plain.expect("credentials").expiration, None);
        for (text, why) in [
            ("hello", "not one JSON object"),
            ("[]", "not one JSON object"),
            (r#"{"Version":"1","AccessKeyId":"A","SecretAccessKey":"S"}"#, "`Version`"),
            (r#"{"AccessKeyId":"A","SecretAccessKey":"S"}"#, "`Version`"),
            (r#"{"Version":1,"AccessKeyId":"A"}"#, "`SecretAccessKey`"),
            (r#"{"Version":1,"accessKeyId":"A","SecretAccessKey":"S"}"#, "`AccessKeyId`"),
            (
                r#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"S","Expiration":5}"#,
                "`Expiration`",
            ),
        ] {
            let refused = parse(text.as_bytes()).expect_err(text);
            assert!(refused.contains(why), "{text}: {refused}");
        }
    }

    #[test]
    fn loops_are_told_with_their_way() {
        let env = Env::fixed([(CHAIN, "a,b%2Cc")]);
        assert!(refuse_loop(&env, &"b".into()).is_ok());
        let error = refuse_loop(&env, &"b,c".into()).expect_err("a loop");
        assert!(error.causes[0].ends_with("`a` → `b,c` → `b,c`"), "{error}");
        assert!(refuse_loop(&Env::fixed([]), &"a".into()).is_ok());
    }
}
