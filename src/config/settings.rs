//! ssoenv's own settings: `<config>/ssoenv/config.ini`, read with rust-ini.
//!
//! Which keys there are and what their values may be stands in [`super::setting_keys`].

use std::path::{Path, PathBuf};

use ini::{Ini, ParseOption};

use super::finding::{Finding, Kind};
use super::setting_keys::{self as keys, Match, MatchResult};
use super::setting_lines::{Lines, tidy, unquoted};
use crate::domain::active::Mode;
use crate::domain::names::Region;
use crate::domain::nearest::nearest;
use crate::domain::words::{Flow, Storage};
use crate::domain::{Error, Result};
use crate::io::App;
use crate::io::files::{self, Stamp};

/// The section of the general settings.
pub const SECTION: &str = "ssoenv";

/// All settings, defaults where nothing is said.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `mode`: what `use` exports when `--mode` is left out.
    pub mode: Mode,
    /// `prompt_format`.
    pub prompt_format: Option<String>,
    /// `prompt_warn_minutes`: below this the prompt shows what is left in a warning colour.
    pub prompt_warn_minutes: u32,
    /// `refresh_lead_minutes`: so long before the end a refresh is due.
    pub refresh_lead_minutes: u32,
    /// `browser`: command that opens the sign-in page; comes before `BROWSER`.
    pub browser: Option<String>,
    /// `browser_command`: template that opens the console (`{url}`, `{profile}`, …).
    pub browser_command: Option<String>,
    /// `login_flow`.
    pub login_flow: Flow,
    /// `default_region`: what `configure` and `sync` propose.
    pub default_region: Option<Region>,
    /// `picker`: the command that lets a person choose; `None` for the built-in list.
    pub picker: Option<String>,
    /// `storage`.
    pub storage: Storage,
    /// `[match "…"]` sections in the order of the file.
    pub matches: Vec<Match>,
    /// Where the settings are, or would be.
    pub path: PathBuf,
    /// The version that was read; `None` where there is none.
    pub stamp: Option<Stamp>,
    /// What is not known.
    pub warnings: Vec<Finding>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mode: Mode::Keys,
            prompt_format: None,
            prompt_warn_minutes: 10,
            refresh_lead_minutes: 10,
            browser: None,
            browser_command: None,
            login_flow: Flow::Auto,
            default_region: None,
            picker: None,
            storage: Storage::Files,
            matches: Vec::new(),
            path: PathBuf::new(),
            stamp: None,
            warnings: Vec::new(),
        }
    }
}

/// One `key = value` with its place.
struct Property<'a> {
    key: &'a str,
    value: &'a str,
    line: usize,
}

impl Settings {
    /// Where the settings are.
    pub fn file(app: &App) -> Result<PathBuf> {
        Ok(app.paths.config_dir()?.join("config.ini"))
    }

    /// Reads the settings; defaults where there is no file. A value that cannot be is a
    /// configuration error with path and line; an unknown key is a warning.
    pub fn load(app: &App) -> Result<Self> {
        let path = Self::file(app)?;
        let stamp = files::stamp(&path);
        let unreadable = |cause: String| {
            Error::config(format!("`{}` cannot be read", path.display())).cause(cause)
        };
        let bytes = files::read(&path).map_err(|error| unreadable(error.to_string()))?;
        let Some(bytes) = bytes else { return Ok(Self { path, ..Self::default() }) };
        let text = String::from_utf8(bytes)
            .map_err(|_| unreadable("it is not UTF-8".to_owned()).hint("save the file as UTF-8"))?;
        let settings = Self::parse(&text, &path)?;
        log::debug!("{}: {} match sections", path.display(), settings.matches.len());
        Ok(Self { stamp, ..settings })
    }

    /// [`Settings::load`], with the warnings said on standard error.
    pub fn load_warning(app: &App) -> Result<Self> {
        let settings = Self::load(app)?;
        for finding in &settings.warnings {
            let place = format!("{}:{}", finding.path.display(), finding.line);
            app.term.warn(&format!("{place}: {}; {}", finding.what, finding.fix));
        }
        Ok(settings)
    }

    /// Reads settings from text; `path` is for messages.
    pub fn parse(text: &str, path: &Path) -> Result<Self> {
        // Flat and literal: nothing is unquoted, unescaped or joined behind our back.
        let options = ParseOption {
            enabled_quote: false,
            enabled_escape: false,
            enabled_indented_mutiline_value: false,
            enabled_preserve_key_leading_whitespace: false,
        };
        let no_setting = |line: usize, cause: &str| {
            let place = format!("{}:{line}", path.display());
            Error::config(format!("`{place}` is no setting"))
                .cause(cause)
                .hint(format!("edit `{place}`: write `key = value` or `[section]`"))
        };
        let tidy = tidy(text).map_err(|(line, cause)| no_setting(line, cause))?;
        let ini = Ini::load_from_str_opt(&tidy, options)
            .map_err(|error| no_setting(error.line + 1, &error.msg))?;
        let mut settings = Self { path: path.to_owned(), ..Self::default() };
        let mut lines = Lines::new(&tidy);
        for (section, properties) in &ini {
            lines.section(section);
            let properties: Vec<Property> = properties
                .iter()
                .map(|(key, value)| Property { key, value: unquoted(value), line: lines.key(key) })
                .collect();
            settings.section(section, &properties, lines.header)?;
        }
        Ok(settings)
    }

    fn section(&mut self, name: Option<&str>, list: &[Property], header: usize) -> Result<()> {
        match name.map(str::trim) {
            Some(SECTION) => list.iter().try_for_each(|property| self.general(property)),
            Some(name) if name.starts_with("match") && keys::glob_of(name).is_some() => {
                let glob = keys::glob_of(name).unwrap_or_default();
                let mut section = Match::new(glob).map_err(|cause| {
                    self.bad(header, &format!("`[{name}]` is no pattern")).cause(cause)
                })?;
                for property in list {
                    self.matching(&mut section, property)?;
                }
                self.matches.push(section);
                Ok(())
            }
            None if list.is_empty() => Ok(()),
            None => {
                let line = list[0].line;
                self.warn(
                    line,
                    "keys above the first section".to_owned(),
                    format!("put them below `[{SECTION}]`"),
                );
                Ok(())
            }
            Some(name) => {
                let fix = match nearest(name, [SECTION, "match"]) {
                    Some(SECTION) => format!("did you mean `[{SECTION}]`?"),
                    _ => format!("write `[{SECTION}]` or `[match \"GLOB\"]`"),
                };
                self.warn(header, format!("the section `[{name}]` is not known"), fix);
                Ok(())
            }
        }
    }

    fn general(&mut self, property: &Property) -> Result<()> {
        let value = property.value;
        let text = || (!value.is_empty()).then(|| value.to_owned());
        let checked = keys::check(property.key, value);
        match (property.key, checked) {
            (key, Err(expected)) => return Err(self.bad_value(property, key, &expected)),
            ("mode", _) => self.mode = Mode::from_name(value).unwrap_or(self.mode),
            ("prompt_format", _) => self.prompt_format = text(),
            ("prompt_warn_minutes", _) => self.prompt_warn_minutes = keys::minutes(value),
            ("refresh_lead_minutes", _) => self.refresh_lead_minutes = keys::minutes(value),
            ("browser", _) => self.browser = text(),
            ("browser_command", _) => self.browser_command = text(),
            ("login_flow", _) => self.login_flow = Flow::from_name(value).unwrap_or_default(),
            ("default_region", _) => self.default_region = text().map(Region::new),
            ("picker", _) => self.picker = text().filter(|word| word != keys::PICKERS[0]),
            ("storage", _) => self.storage = Storage::from_name(value).unwrap_or_default(),
            (key, _) => self.unknown(property, key, &keys::GENERAL),
        }
        Ok(())
    }

    fn matching(&mut self, section: &mut Match, property: &Property) -> Result<()> {
        match keys::check_match(property.key, property.value) {
            Err(expected) => Err(self.bad_value(property, property.key, &expected)),
            Ok(true) => {
                section.set(property.key, property.value);
                Ok(())
            }
            Ok(false) => {
                self.unknown(property, property.key, &keys::MATCH);
                Ok(())
            }
        }
    }

    /// What the `[match]` sections say about a profile, or an account and role; later sections win
    /// per key.
    pub fn for_target(
        &self,
        profile: Option<&str>,
        account_id: Option<&str>,
        account_name: Option<&str>,
        role: Option<&str>,
    ) -> MatchResult {
        let mut result = MatchResult::default();
        for section in &self.matches {
            if section.fits(profile, account_id, account_name, role) {
                section.apply(&mut result);
            }
        }
        result
    }

    /// The value of a general setting as text, default included; `None` where there is none.
    pub fn value(&self, key: &str) -> Option<String> {
        match key {
            "mode" => Some(self.mode.name().to_owned()),
            "prompt_format" => self.prompt_format.clone(),
            "prompt_warn_minutes" => Some(self.prompt_warn_minutes.to_string()),
            "refresh_lead_minutes" => Some(self.refresh_lead_minutes.to_string()),
            "browser" => self.browser.clone(),
            "browser_command" => self.browser_command.clone(),
            "login_flow" => Some(self.login_flow.name().to_owned()),
            "default_region" => self.default_region.as_ref().map(ToString::to_string),
            "picker" => Some(self.picker.clone().unwrap_or_else(|| keys::PICKERS[0].to_owned())),
            "storage" => Some(self.storage.name().to_owned()),
            _ => None,
        }
    }

    fn unknown(&mut self, property: &Property, key: &str, known: &[&str]) {
        let fix = match nearest(key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "run `ssoenv settings list` to see all".to_owned(),
        };
        self.warn(property.line, format!("the setting `{key}` is not known"), fix);
    }

    fn warn(&mut self, line: usize, what: String, fix: String) {
        self.warnings.push(Finding {
            kind: Kind::UnknownSetting,
            path: self.path.clone(),
            line,
            what,
            why: "it has no effect".to_owned(),
            fix,
        });
    }

    fn bad(&self, line: usize, what: &str) -> Error {
        Error::config(format!("{what} in `{}:{line}`", self.path.display()))
    }

    fn bad_value(&self, property: &Property, key: &str, expected: &str) -> Error {
        self.bad(property.line, &format!("`{key} = {}` is not a value", property.value))
            .hint(format!("write {expected} there, or run `ssoenv settings set {key} VALUE`"))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Settings;
    use crate::domain::active::Mode;
    use crate::domain::words::Flow;

    const TEXT: &str = "\
# mine
[ssoenv]
mode = profile
  ; indented comment
prompt_format = \" {profile} {left}\"
login_flow = device
refresh_laed_minutes = 5

[match \"*\"]
color = green
[match \"*prod*\"]
class = production
color = red
confirm = true
[match \"4444*\"]
on = account
region = eu-west-3
[match \"Read*\"]
on = role
confirm = false
";

    fn parse(text: &str) -> crate::domain::Result<Settings> {
        Settings::parse(text, Path::new("/c/config.ini"))
    }

    #[test]
    fn values_and_warnings() {
        let settings = parse(TEXT).expect("good settings");
        assert_eq!(settings.mode, Mode::Profile);
        assert_eq!(settings.prompt_format.as_deref(), Some(" {profile} {left}"));
        assert_eq!(settings.login_flow, Flow::Device);
        assert_eq!(settings.refresh_lead_minutes, 10);
        let [warning] = settings.warnings.as_slice() else { panic!("{:?}", settings.warnings) };
        assert_eq!((warning.line, &*warning.fix), (7, "did you mean `refresh_lead_minutes`?"));
    }

    #[test]
    fn later_matches_win_per_key() {
        let settings = parse(TEXT).expect("good settings");
        let prod = settings.for_target(Some("acme-prod"), Some("111122223333"), None, None);
        assert_eq!(prod.class.as_deref(), Some("production"));
        assert_eq!(prod.color.as_deref(), Some("red"));
        assert!(prod.confirm && prod.region.is_none());
        let read = settings.for_target(
            Some("acme-prod"),
            Some("444455556666"),
            Some("Acme"),
            Some("ReadOnly"),
        );
        assert!(!read.confirm);
        assert_eq!(read.region.as_ref().map(AsRef::as_ref), Some("eu-west-3"));
        assert_eq!(settings.for_target(None, None, None, None).color, None);
    }

    #[test]
    fn wrong_values_name_file_and_line() {
        for (text, line) in [
            ("[ssoenv]\n\nmode = key\n", 3),
            ("[ssoenv]\nrefresh_lead_minutes = soon\n", 2),
            ("[match \"a\"]\n[match \"b\"]\ncolor = rde\n", 3),
            ("[match \"[\"]\n", 1),
            ("[ssoenv]\nnonsense\n", 2),
            ("[ssoenv]\nregion\nmode = keys\n", 2),
        ] {
            let error = parse(text).expect_err(text);
            let place = format!("/c/config.ini:{line}");
            assert!(error.what.contains(&place), "{text}: {error}");
        }
    }
}
