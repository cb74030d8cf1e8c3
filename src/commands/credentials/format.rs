//! The formats of `aws configure export-credentials`, with times that end in `Z` and values quoted
//! for the shell.

use std::fmt::Write;

use serde::Serialize;
use serde_json::{Value, json};

use crate::domain::credentials::Credentials;
use crate::domain::plan::Plan;
use crate::domain::secret::Secret;
use crate::domain::timestamp::Timestamp;
use crate::domain::words::words;
use crate::domain::{Error, Result};
use crate::io::term::ascii_json;
use crate::shell::Dialect;

words! {
    /// `--format`.
    #[derive(Default)]
    pub enum Format {
        #[default]
        Process = "process": "JSON for `credential_process`",
        Env = "env": "export NAME='value'",
        EnvNoExport = "env-no-export": "NAME=value, for `--env-file`",
        Fish = "fish": "fish",
        PowerShell = "powershell": "PowerShell",
        WindowsCmd = "windows-cmd": "cmd.exe",
        Json = "json": "ssoenv's own JSON",
    }
}

/// What there is to print.
#[derive(Clone, Copy, Debug)]
pub struct Printed<'a> {
    /// Whose they are.
    pub plan: &'a Plan,
    pub credentials: &'a Credentials,
    /// The region that `use` would export.
    pub region: Option<&'a str>,
}

/// What `credential_process` gives out.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Process<'a> {
    version: u8,
    access_key_id: &'a str,
    secret_access_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a str>,
}

impl Printed<'_> {
    /// The text in a format, with its last line end.
    ///
    /// # Errors
    /// Kind `Config` where a value cannot be written for cmd.exe.
    pub fn text(&self, format: Format) -> Result<String> {
        Ok(match format {
            Format::Process => pretty(&self.process()),
            Format::Json => pretty(&self.json()),
            Format::Env => {
                self.lines(|name, value| Ok(format!("export {name}={}", Dialect::Sh.quote(value))))?
            }
            Format::EnvNoExport => self.lines(plain)?,
            Format::Fish => self.lines(|name, value| {
                Ok(format!("set -gx {name} {}", Dialect::Fish.quote(value)))
            })?,
            Format::PowerShell => self.lines(|name, value| {
                Ok(format!("$Env:{name}={}", Dialect::PowerShell.quote(value)))
            })?,
            Format::WindowsCmd => self.lines(windows_cmd)?,
        })
    }

    fn process(&self) -> Process<'_> {
        let credentials = self.credentials;
        Process {
            version: 1,
            access_key_id: &credentials.access_key_id,
            secret_access_key: credentials.secret_access_key.expose(),
            session_token: credentials.session_token.as_ref().map(Secret::expose),
            expiration: credentials.expiration.map(Timestamp::to_rfc3339),
            account_id: self.account_id(),
        }
    }

    fn account_id(&self) -> Option<&str> {
        let known = self.credentials.account_id.as_ref().map(AsRef::as_ref);
        self.plan.account_id.as_deref().or(known)
    }

    fn json(&self) -> Value {
        let (plan, credentials) = (self.plan, self.credentials);
        json!({
            "profile": plan.profile,
            "account_id": self.account_id(),
            "account_name": plan.account_name,
            "role": plan.role,
            "region": self.region,
            "access_key_id": credentials.access_key_id,
            "secret_access_key": credentials.secret_access_key.expose(),
            "session_token": credentials.session_token.as_ref().map(Secret::expose),
            "expires_at": credentials.expiration.map(Timestamp::to_rfc3339),
        })
    }

    fn lines(&self, line: impl Fn(&str, &str) -> Result<String>) -> Result<String> {
        let credentials = self.credentials;
        let expiration = credentials.expiration.map(Timestamp::to_rfc3339);
        let variables = [
            ("AWS_ACCESS_KEY_ID", Some(&*credentials.access_key_id)),
            ("AWS_SECRET_ACCESS_KEY", Some(credentials.secret_access_key.expose())),
            ("AWS_SESSION_TOKEN", credentials.session_token.as_ref().map(Secret::expose)),
            ("AWS_CREDENTIAL_EXPIRATION", expiration.as_deref()),
        ];
        let mut text = String::new();
        for (name, value) in variables {
            if let Some(value) = value {
                let _ = writeln!(text, "{}", line(name, value)?);
            }
        }
        Ok(text)
    }
}

/// In ASCII, as the AWS CLI writes it: not every reader takes a program's output for UTF-8.
fn pretty(value: &impl Serialize) -> String {
    // What has texts as keys always becomes JSON.
    let text = serde_json::to_string_pretty(value).unwrap_or_default() + "\n";
    if text.is_ascii() { text } else { ascii_json(&text) }
}

/// For `--env-file`, which takes each line as it is.
fn plain(name: &str, value: &str) -> Result<String> {
    if value.contains(['\r', '\n']) {
        return Err(Error::config(format!("the value of `{name}` has several lines"))
            .cause("an environment file has one line for each variable")
            .hint("use `--format env`"));
    }
    Ok(format!("{name}={value}"))
}

/// cmd.exe has no way to quote these inside of quotation marks.
fn windows_cmd(name: &str, value: &str) -> Result<String> {
    if value.contains(['"', '%', '!', '\r', '\n']) {
        return Err(Error::config(format!("the value of `{name}` cannot be written for cmd.exe"))
            .cause("it holds a quotation mark, `%`, `!` or a line end")
            .hint("use `--format powershell`"));
    }
    Ok(format!("set \"{name}={value}\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::active::Mode;

    fn plan() -> Plan {
        serde_json::from_value(json!({
            "profile": "prod", "account_id": null, "account_name": null, "role": null,
            "session": null, "region": null, "mode": Mode::Keys, "prompt_format": null,
            "color": null, "class": null, "confirm": false, "prompt_warn": 600,
            "refresh_lead": 600, "key": null, "cache": null,
        }))
        .expect("a plan")
    }

    /// The AWS CLI's text with the three differences: `Z`, quotes, and cmd's form of them.
    fn adapted(format: Format, text: &str) -> String {
        let text = text.replace("+00:00", "Z");
        let quoted = |line: &str| match (format, line.split_once('=')) {
            (Format::Process | Format::EnvNoExport, _) | (_, None) => line.to_owned(),
            (Format::WindowsCmd, Some((name, value))) => {
                format!("set \"{}={value}\"", name.trim_start_matches("set "))
            }
            (Format::PowerShell, Some((name, value))) => {
                format!("{name}='{}'", value.trim_matches('"'))
            }
            (_, Some((name, value))) => format!("{name}='{value}'"),
        };
        text.lines().map(quoted).fold(String::new(), |all, line| all + &line + "\n")
    }

    #[test]
    fn json_is_ascii() {
        let text = pretty(&json!({"account_name": "B\u{fc}ro \u{1f600}"}));
        assert_eq!(text, "{\n  \"account_name\": \"B\\u00fcro \\ud83d\\ude00\"\n}\n");
    }

    #[test]
    fn lines_of_the_aws_cli_quoted() {
        let all: Value = serde_json::from_str(include_str!("../../../tests/data/credentials.json"))
            .expect("the vectors are JSON");
        let plan = plan();
        for vector in all["export_credentials"]["vectors"].as_array().expect("a list") {
            let text = |name: &str| vector["input"][name].as_str();
            let credentials = Credentials {
                access_key_id: text("access_key").expect("a key").to_owned(),
                secret_access_key: Secret::new(text("secret_key").expect("a key")),
                session_token: text("token").map(Secret::new),
                expiration: text("expiry_time").and_then(Timestamp::parse),
                account_id: None,
            };
            let word = vector["format"].as_str().expect("a word");
            let format = Format::from_name(word).expect("a format");
            let printed = Printed { plan: &plan, credentials: &credentials, region: None };
            let expected = adapted(format, vector["stdout"].as_str().expect("a text"));
            assert_eq!(printed.text(format).as_deref(), Ok(&*expected), "{word}");
        }
    }

    #[test]
    fn values_are_quoted_whatever_they_hold() {
        let credentials = Credentials {
            access_key_id: "a'b$(x)".to_owned(),
            secret_access_key: Secret::new("%PATH%"),
            session_token: None,
            expiration: None,
            account_id: None,
        };
        let plan = plan();
        let printed = Printed { plan: &plan, credentials: &credentials, region: None };
        let text = |format| printed.text(format).expect("a text");
        assert!(text(Format::Env).starts_with("export AWS_ACCESS_KEY_ID='a'\\''b$(x)'\n"));
        assert!(text(Format::Fish).starts_with("set -gx AWS_ACCESS_KEY_ID 'a\\'b$(x)'\n"));
        assert!(printed.text(Format::WindowsCmd).is_err());
        assert!(text(Format::EnvNoExport).starts_with("AWS_ACCESS_KEY_ID=a'b$(x)\n"));
        assert!(text(Format::Json).contains("\"expires_at\": null"));
    }
}
