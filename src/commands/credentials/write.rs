//! `--write` and `--remove`: temporary keys in `~/.aws/credentials`, marked by a comment that says
//! when they end.

use crate::config::comment::Mark;
use crate::config::edit::Name;
use crate::config::store::Editing;
use crate::domain::credentials::Credentials;
use crate::domain::secret::Secret;
use crate::domain::speech::word;
use crate::domain::timestamp::Timestamp;
use crate::domain::{Error, Result};
use crate::io::{App, ask};

const MARK: Mark = Mark { start: "# expires ", end: ", written by ssoenv" };

const KEYS: [&str; 3] = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];

/// Writes the keys into a section; asks before keys that ssoenv has not written are lost.
pub fn write(app: &App, name: &str, credentials: &Credentials) -> Result<u8> {
    let section = Name::profile(name);
    // Looked at without keeping other writers waiting for a person's answer.
    if is_foreign(&Editing::begin(app)?, &section) {
        let question = format!(
            "the profile `{name}` is there already: replace its keys? No copy of them is kept."
        );
        if !ask::confirm(app, &question, false)? {
            return Err(
                Error::failed("nothing was written").hint("choose another name: `--write NAME`")
            );
        }
    }
    let mut editing = Editing::begin(app)?;
    let draft = &mut editing.credentials;
    let token = credentials.session_token.as_ref();
    let values = [
        Some(&*credentials.access_key_id),
        Some(credentials.secret_access_key.expose()),
        token.map(Secret::expose),
    ];
    for (key, value) in KEYS.into_iter().zip(values) {
        match value {
            Some(value) => draft.set(&section, key, value)?,
            None => drop(draft.remove_key(&section, key)?),
        }
    }
    // An old name of the session token, which botocore reads first.
    draft.remove_key(&section, "aws_security_token")?;
    let end = credentials.expiration.map_or_else(|| "never".to_owned(), Timestamp::to_rfc3339);
    draft.set_mark(&section, MARK, &end)?;
    editing.finish(app, false)?;
    app.term.say(&format!("wrote `[{name}]` to the credentials file; it expires {end}"));
    Ok(0)
}

/// Whether the name is taken by what ssoenv has not written, in either file.
fn is_foreign(editing: &Editing, section: &Name) -> bool {
    let keys = &editing.credentials;
    !keys.is_marked(section, MARK) && (keys.has(section) || editing.config.has(section))
}

/// Takes out what `write` put in.
pub fn remove(app: &App, name: &str) -> Result<u8> {
    let section = Name::profile(name);
    let mut editing = Editing::begin(app)?;
    let draft = &mut editing.credentials;
    if !draft.is_marked(&section, MARK) {
        let path = draft.file().path.display();
        return Err(if draft.has(&section) {
            Error::config(format!("`[{name}]` in `{path}` was not written by ssoenv"))
                .hint(format!("to remove it all the same: `ssoenv profile remove {}`", word(name)))
        } else {
            Error::config(format!("section `[{name}]` not found in `{path}`"))
                .hint("`ssoenv list` shows the profiles")
        });
    }
    draft.remove_mark(&section, MARK)?;
    for key in KEYS {
        draft.remove_key(&section, key)?;
    }
    if draft.keys(&section).is_empty() {
        draft.remove(&section)?;
    }
    editing.finish(app, false)?;
    app.term.say(&format!("removed the keys of `[{name}]` from the credentials file"));
    Ok(0)
}
