//! `profile show`.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};

use crate::config::syntax::is_secret;
use crate::config::{Config, Value, Values};
use crate::domain::Result;
use crate::domain::label::sanitize;
use crate::io::App;

/// What stands for the value of a secret key.
const REDACTED: &str = "[redacted]";

/// Prints what the AWS CLI reads of a profile. Secret values are not shown on a terminal.
pub fn show(app: &App, name: &str, json: bool) -> Result<u8> {
    let config = Config::load(app)?;
    let values = config.values(name).ok_or_else(|| config.not_found(name))?;
    let session = values
        .text("sso_session")
        .and_then(|session| config.session_values(session).map(|values| (session, values)));
    let hide = app.term.stdout_is_terminal();
    if json {
        let session =
            session.map(|(name, values)| json!({ "name": name, "values": document(values, hide) }));
        let document =
            json!({ "profile": name, "values": document(values, hide), "sso_session": session });
        app.term.out_json(&document.to_string())?;
        return Ok(0);
    }
    let mut text = lines(values, hide);
    if let Some((name, values)) = session {
        put(&mut text, format_args!("\n# [sso-session {}]\n", sanitize(name)));
        text.push_str(&lines(values, hide));
    }
    app.term.out(&text)?;
    Ok(0)
}

fn document(values: Values, hide: bool) -> Json {
    let keys = values.list().into_iter().map(|(key, value)| {
        let value = match value {
            Value::Text(_) if hide && is_secret(key) => json!(REDACTED),
            Value::Text(text) => json!(text),
            Value::Map(map) => {
                Json::Object(map.into_iter().map(|(k, v)| (k.to_owned(), json!(v))).collect())
            }
        };
        (key.to_owned(), value)
    });
    Json::Object(keys.collect::<Map<_, _>>())
}

fn lines(values: Values, hide: bool) -> String {
    let mut text = String::new();
    for (key, value) in values.list() {
        match value {
            Value::Text(_) if hide && is_secret(key) => {
                put(&mut text, format_args!("{key} = {REDACTED}\n"));
            }
            Value::Text(value) => {
                let value = value.split('\n').map(sanitize).collect::<Vec<_>>().join("\n    ");
                put(&mut text, format_args!("{} = {value}\n", sanitize(key)));
            }
            Value::Map(map) => {
                put(&mut text, format_args!("{} =\n", sanitize(key)));
                for (key, value) in map {
                    put(&mut text, format_args!("    {} = {}\n", sanitize(key), sanitize(value)));
                }
            }
        }
    }
    text
}

fn put(text: &mut String, arguments: std::fmt::Arguments) {
    text.write_fmt(arguments).expect("writing to a string cannot fail");
}
