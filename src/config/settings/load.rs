//! The files of the settings, found and read.

use std::path::{Path, PathBuf};

use super::key;
use super::layer::Layer;
use super::reader;
use super::state::Settings;
use super::table::{General, Rules};
use crate::config::finding::{Finding, Kind};
use crate::domain::{Error, Result};
use crate::io::files::{self, Stamp};
use crate::io::system_file::{self, Found};
use crate::io::{App, expand};

impl Settings {
    /// Where the user's settings are.
    pub fn file(app: &App) -> Result<PathBuf> {
        Ok(app.paths.config_dir()?.join("config.ini"))
    }

    /// The versions of both files as they are.
    pub fn stamps(app: &App) -> Result<[Option<Stamp>; 2]> {
        Ok([files::stamp(app.paths.system_config()), files::stamp(&Self::file(app)?)])
    }

    /// Reads the settings; defaults where there is no file. A value that cannot be is a
    /// configuration error with path and line; an unknown key is a warning.
    pub fn load(app: &App) -> Result<Self> {
        let mut settings = Self { path: Self::file(app)?, ..Self::default() };
        let path = app.paths.system_config();
        match system_file::read(path).map_err(|error| unreadable(path, &error.to_string()))? {
            Found::Absent => {}
            Found::Open(why) => settings.warnings.push(refused(path, &why)),
            Found::Text(bytes) => settings.read(Layer::System, path, bytes)?,
        }
        let path = settings.path.clone();
        let bytes = files::read(&path).map_err(|error| unreadable(&path, &error.to_string()))?;
        if let Some(bytes) = bytes {
            settings.read(Layer::User, &path, bytes)?;
        }
        Ok(settings)
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

    /// The audit log, if there is to be one.
    ///
    /// # Errors
    /// Kind `Config` where the log is required and has no place.
    pub fn audit_file(&self, app: &App) -> Result<Option<PathBuf>> {
        match &self.general.audit {
            Some(path) => Ok(Some(expand::path(path, &app.env))),
            None if self.general.audit_required => {
                let system = app.paths.system_config().display();
                Err(Error::config("an audit log is required, and `audit` names no file")
                    .hint(format!("write `audit = PATH` into `{system}` as root")))
            }
            None => Ok(None),
        }
    }

    /// Reads a user's settings from text; `path` is for messages.
    pub fn parse(text: &str, path: &Path) -> Result<Self> {
        let mut settings = Self { path: path.to_owned(), ..Self::default() };
        reader::read(&mut settings, Layer::User, path, text)?;
        Ok(settings)
    }

    fn read(&mut self, layer: Layer, path: &Path, bytes: Vec<u8>) -> Result<()> {
        let text = String::from_utf8(bytes)
            .map_err(|_| unreadable(path, "it is not UTF-8").hint("save the file as UTF-8"))?;
        reader::read(self, layer, path, &text)?;
        if layer == Layer::System {
            self.system = self.general.clone();
            if self.system.audit_required {
                // Elsewhere nobody would look for the lines.
                self.system.lock.push("audit".to_owned());
            }
            self.check_lock(path);
        }
        log::debug!("{}: {} match sections", path.display(), self.matches.len());
        Ok(())
    }

    /// A misspelled name would lock nothing.
    fn check_lock(&mut self, path: &Path) {
        let line = self.origin("lock").map_or(1, |origin| origin.line);
        for name in &self.system.lock {
            let (Err(general), Err(rule)) =
                (key::find(General::KEYS, name), key::find(Rules::KEYS, name))
            else {
                continue;
            };
            self.warnings.push(Finding {
                kind: Kind::UnknownSetting,
                path: path.to_owned(),
                line,
                what: format!("`lock` names `{name}`, which is not a setting"),
                why: "it locks nothing".to_owned(),
                fix: if general.starts_with("did") { general } else { rule },
            });
        }
    }
}

fn unreadable(path: &Path, cause: &str) -> Error {
    Error::config(format!("`{}` cannot be read", path.display())).cause(cause)
}

fn refused(path: &Path, why: &str) -> Finding {
    Finding {
        kind: Kind::UnknownSetting,
        path: path.to_owned(),
        line: 1,
        what: format!("this file is ignored: {why}"),
        why: "whoever can change it decides for every user".to_owned(),
        fix: "only root may be able to write it and the folders above it".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::settings::{Names, Settings};
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
        assert_eq!(settings.general.mode, Mode::Profile);
        assert_eq!(settings.general.prompt_format.as_deref(), Some(" {profile} {left}"));
        assert_eq!(settings.general.login_flow, Flow::Device);
        assert_eq!(settings.general.refresh_lead_minutes, 10);
        let [warning] = settings.warnings.as_slice() else { panic!("{:?}", settings.warnings) };
        assert_eq!((warning.line, &*warning.fix), (7, "did you mean `refresh_lead_minutes`?"));
    }

    #[test]
    fn later_matches_win_per_key() {
        let settings = parse(TEXT).expect("good settings");
        let prod = Names {
            profile: Some("acme-prod"),
            account_id: Some("111122223333"),
            ..Names::default()
        };
        let read = Names {
            account_id: Some("444455556666"),
            account_name: Some("Acme"),
            role: Some("ReadOnly"),
            ..prod
        };
        let (prod, read) = (settings.rules(&prod), settings.rules(&read));
        assert_eq!(
            (prod.class.as_deref(), prod.color.as_deref()),
            (Some("production"), Some("red"))
        );
        assert!(prod.confirm && prod.region.is_none() && !read.confirm);
        assert_eq!(read.region.as_ref().map(AsRef::as_ref), Some("eu-west-3"));
        assert_eq!(settings.rules(&Names::default()).color, None);
    }

    #[test]
    fn wrong_values_name_file_and_line() {
        for (text, line) in [
            ("[ssoenv]\n\nmode = key\n", 3),
            ("[ssoenv]\nrefresh_lead_minutes = soon\n", 2),
            ("[match \"a\"]\n[match \"b\"]\ncolor = rde\n", 3),
            ("[match \"a\"]\nconfirm =\n", 2),
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
