//! Where files are. Nothing here touches the disk.

use std::path::{Path, PathBuf};

use super::env::Env;
use super::expand;
use crate::domain::{Error, Result};

/// All folders and files by name.
#[derive(Clone, Debug)]
pub struct Paths {
    home: Option<PathBuf>,
    aws_config: Option<PathBuf>,
    aws_credentials: Option<PathBuf>,
    xdg_config: Option<PathBuf>,
    xdg_cache: Option<PathBuf>,
    xdg_state: Option<PathBuf>,
    system_config: Option<PathBuf>,
}

/// The system's settings, but on Windows.
const SYSTEM_CONFIG: &str = if cfg!(target_os = "macos") {
    "/Library/Application Support/ssoenv/config.ini"
} else {
    "/etc/ssoenv/config.ini"
};

/// The variable that names another file for the system's settings, in debug builds.
const TEST_SYSTEM: &str = "SSOENV_TEST_SYSTEM";

impl Paths {
    /// Resolves what the environment says; nothing fails before it is asked for.
    pub fn new(env: &Env) -> Self {
        let expanded = |name: &str| env.non_empty(name).map(|value| expand::path(&value, env));
        let absolute =
            |name: &str| env.get_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        Self {
            aws_config: expanded("AWS_CONFIG_FILE"),
            aws_credentials: expanded("AWS_SHARED_CREDENTIALS_FILE"),
            xdg_config: absolute("XDG_CONFIG_HOME"),
            xdg_cache: absolute("XDG_CACHE_HOME"),
            xdg_state: absolute("XDG_STATE_HOME"),
            home: expand::home(env),
            system_config: system_config(env),
        }
    }

    /// The home folder.
    pub fn home(&self) -> Result<&Path> {
        self.home.as_deref().ok_or_else(|| {
            let variable = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
            Error::config(format!("the home folder is not known: `{variable}` is not set"))
                .hint(format!("set `{variable}` to your home folder"))
        })
    }

    /// `AWS_CONFIG_FILE` or `~/.aws/config`.
    pub fn aws_config(&self) -> Result<PathBuf> {
        match &self.aws_config {
            Some(path) => Ok(path.clone()),
            None => Ok(below(self.home()?, &[".aws", "config"])),
        }
    }

    /// `AWS_SHARED_CREDENTIALS_FILE` or `~/.aws/credentials`.
    pub fn aws_credentials(&self) -> Result<PathBuf> {
        match &self.aws_credentials {
            Some(path) => Ok(path.clone()),
            None => Ok(below(self.home()?, &[".aws", "credentials"])),
        }
    }

    /// `~/.aws/sso/cache`: no variable moves it.
    pub fn sso_cache(&self) -> Result<PathBuf> {
        Ok(below(self.home()?, &[".aws", "sso", "cache"]))
    }

    /// `~/.aws/cli/cache`: no variable moves it.
    pub fn cli_cache(&self) -> Result<PathBuf> {
        Ok(below(self.home()?, &[".aws", "cli", "cache"]))
    }

    /// `AWS_LOGIN_CACHE_DIRECTORY` or `~/.aws/login/cache`.
    pub fn login_cache(&self, env: &Env) -> Result<PathBuf> {
        match env.non_empty("AWS_LOGIN_CACHE_DIRECTORY") {
            Some(value) => Ok(expand::path(&value, env)),
            None => Ok(below(self.home()?, &[".aws", "login", "cache"])),
        }
    }

    /// The folder for documents, where Windows keeps PowerShell's profile.
    pub fn documents(&self) -> Option<PathBuf> {
        dirs::document_dir()
    }

    /// The folder for what programs keep for a user, as the system has it.
    pub fn data_dir(&self) -> Option<PathBuf> {
        dirs::data_dir()
    }

    /// `<config>/ssoenv`.
    pub fn config_dir(&self) -> Result<PathBuf> {
        self.own(self.xdg_config.as_deref(), dirs::config_dir, ".config")
    }

    /// The system's settings.
    pub fn system_config(&self) -> &Path {
        self.system_config.as_deref().unwrap_or(Path::new(SYSTEM_CONFIG))
    }

    /// `<cache>/ssoenv`.
    pub fn cache_dir(&self) -> Result<PathBuf> {
        self.own(self.xdg_cache.as_deref(), dirs::cache_dir, ".cache")
    }

    /// `<state>/ssoenv`.
    pub fn state_dir(&self) -> Result<PathBuf> {
        let platform = || dirs::state_dir().or_else(dirs::data_local_dir);
        self.own(self.xdg_state.as_deref(), platform, ".local/state")
    }

    fn own(
        &self,
        xdg: Option<&Path>,
        platform: fn() -> Option<PathBuf>,
        linux: &str,
    ) -> Result<PathBuf> {
        match xdg {
            Some(path) => Ok(below(path, &["ssoenv"])),
            None if cfg!(any(windows, target_os = "macos")) => match platform() {
                Some(path) => Ok(below(&path, &["ssoenv"])),
                None => Ok(below(self.home()?, &[linux, "ssoenv"])),
            },
            // The same answer as `dirs`, without its look into the password database.
            None => Ok(below(self.home()?, &[linux, "ssoenv"])),
        }
    }
}

/// Where the system's settings are, if not in the usual place.
fn system_config(env: &Env) -> Option<PathBuf> {
    if cfg!(debug_assertions)
        && let Some(file) = env.get_os(TEST_SYSTEM)
    {
        return Some(file.into());
    }
    if cfg!(windows) {
        let base = env.get_os("ProgramData").unwrap_or_else(|| r"C:\ProgramData".into());
        return Some(below(Path::new(&base), &["ssoenv", "config.ini"]));
    }
    None
}

/// A path further down, with room for a file's name behind it.
fn below(base: &Path, parts: &[&str]) -> PathBuf {
    let mut path = PathBuf::with_capacity(base.as_os_str().len() + 96);
    path.push(base);
    path.extend(parts);
    path
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::Paths;
    use crate::domain::Kind;
    use crate::io::env::Env;

    #[test]
    fn no_home_is_a_configuration_error() {
        let paths = Paths::new(&Env::fixed([("HOME", "")]));
        assert_eq!(paths.aws_config().map_err(|e| e.kind), Err(Kind::Config));
        assert_eq!(paths.state_dir().map_err(|e| e.kind), Err(Kind::Config));
    }

    #[test]
    fn relative_xdg_does_not_count() {
        let env = Env::fixed([("HOME", "/h"), ("XDG_CACHE_HOME", "rel"), ("XDG_STATE_HOME", "/s")]);
        let paths = Paths::new(&env);
        assert_eq!(paths.state_dir(), Ok(PathBuf::from("/s/ssoenv")));
        if cfg!(target_os = "linux") {
            assert_eq!(paths.cache_dir(), Ok(PathBuf::from("/h/.cache/ssoenv")));
        }
    }
}
