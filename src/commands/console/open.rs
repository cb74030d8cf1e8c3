//! From an address to a browser.

use std::time::Duration;

use crate::commands::serve;
use crate::config::settings::Settings;
use crate::domain::percent;
use crate::domain::plan::Plan;
use crate::domain::secret::Secret;
use crate::domain::{Error, Result};
use crate::io::door::Door;
use crate::io::{App, browser};

/// How long the browser may take to come for the address.
const PATIENCE: Duration = Duration::from_secs(120);

/// How the address is handed over.
pub struct Opening<'a> {
    /// The world.
    pub app: &'a App,
    /// `browser` and `browser_command`.
    pub settings: &'a Settings,
    /// The session whose browser opens it.
    pub session: Option<&'a str>,
    /// For the fields of `browser_command`.
    pub plan: &'a Plan,
    /// The page's region.
    pub region: Option<&'a str>,
    /// Whether it is printed instead.
    pub print: bool,
}

impl Opening<'_> {
    /// An address that anybody may see.
    pub fn plain(&self, url: &str) -> Result<u8> {
        if self.print {
            self.app.term.out(&format!("{url}\n"))?;
            return Ok(0);
        }
        self.app.term.say(&format!("Opening {url}"));
        self.browser(url)?;
        Ok(0)
    }

    /// An address that signs in whoever has it: the browser is told only where to fetch it, once.
    pub fn secret(&self, url: &Secret) -> Result<u8> {
        if self.print {
            self.app.term.out(&format!("{}\n", url.expose()))?;
            return Ok(0);
        }
        let listener = serve::bind(None)?;
        let door = Door::new(&listener, url.clone())?;
        self.app.term.say("Opening the console");
        self.browser(&door.address())?;
        let handed = async {
            let failed =
                |error| Error::failed("the console's address was not handed over").cause(error);
            door.pass(&listener).await.map_err(failed)
        };
        if self.app.run_within(PATIENCE, handed)?.is_none() {
            return Err(Error::failed("the browser did not come for the console's address")
                .hint("check `BROWSER` and the setting `browser_command`, or use `--print`"));
        }
        Ok(0)
    }

    fn browser(&self, url: &str) -> Result<()> {
        let general = &self.settings.general;
        let opened = if let Some(template) = &general.browser_command {
            browser::start(&self.words(template, url)?)
        } else {
            let own = self.session.map(|session| self.settings.browser(session));
            browser::open(self.app, own.as_ref().unwrap_or(&general.browser).as_deref(), url)
        };
        if opened {
            return Ok(());
        }
        Err(Error::failed("no browser could be started")
            .hint("set `BROWSER` or the setting `browser_command`, or use `--print`"))
    }

    /// The words of `browser_command` with its fields filled in; what a field holds never becomes
    /// more than a part of its word. `{url_encoded}` and the like are for addresses in addresses,
    /// such as those of Firefox containers.
    fn words(&self, template: &str, url: &str) -> Result<Vec<String>> {
        let words = shell_words::split(template).map_err(|error| {
            Error::config("the setting `browser_command` cannot be read")
                .cause(error)
                .hint("run `ssoenv settings set browser_command …`")
        })?;
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let account = self.plan.account_name.clone().or_else(|| self.plan.account_id.clone());
        let fields = [
            ("url", url.to_owned()),
            ("profile", text(&self.plan.profile)),
            ("account", text(&account)),
            ("account_id", text(&self.plan.account_id)),
            ("role", text(&self.plan.role)),
            ("region", self.region.unwrap_or_default().to_owned()),
            ("color", text(&self.plan.color)),
        ];
        Ok(words.iter().map(|word| filled(word, &fields)).collect())
    }
}

/// One word with its fields filled in, from left to right; what was filled in is not looked at.
fn filled(word: &str, fields: &[(&str, String)]) -> String {
    let mut out = String::new();
    let mut rest = word;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let found = fields.iter().find_map(|(name, value)| {
            let behind = rest[1..].strip_prefix(name)?;
            if let Some(behind) = behind.strip_prefix('}') {
                return Some((value.clone(), behind));
            }
            let behind = behind.strip_prefix("_encoded}")?;
            Some((percent::everything(value), behind))
        });
        if let Some((value, behind)) = found {
            out.push_str(&value);
            rest = behind;
        } else {
            out.push('{');
            rest = &rest[1..];
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn fields_are_filled_once_and_stay_one_word() {
        let fields = [("url", "http://x/?a={role}&b".to_owned()), ("profile", "a b".to_owned())];
        for (word, expected) in [
            ("{url}", "http://x/?a={role}&b"),
            ("--profile-directory={profile}", "--profile-directory=a b"),
            (
                "ext+container:name={profile_encoded}&url={url_encoded}",
                "ext+container:name=a%20b&url=http%3A%2F%2Fx%2F%3Fa%3D%7Brole%7D%26b",
            ),
            ("{unknown}{", "{unknown}{"),
        ] {
            assert_eq!(filled(word, &fields), expected);
        }
    }
}
