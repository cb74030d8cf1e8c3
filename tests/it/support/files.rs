//! The AWS files of a test that needs nothing else: no Identity Center, no processes.

use std::fs;
use std::path::PathBuf;

use ssoenv::config::Config;
use ssoenv::domain::Result;
use ssoenv::io::App;
use ssoenv::io::env::Env;
use ssoenv::io::term::{ColorChoice, Term};
use tempfile::TempDir;

/// A home folder with AWS files.
pub struct Home(TempDir);

impl Home {
    /// With the files that are given.
    pub fn new(config: Option<&str>, credentials: Option<&str>) -> Self {
        let home = Self(tempfile::tempdir().expect("temp home"));
        fs::create_dir(home.path(".aws")).expect("folder");
        home.write(config, credentials);
        home
    }

    /// Replaces the files.
    pub fn write(&self, config: Option<&str>, credentials: Option<&str>) {
        for (name, text) in [(".aws/config", config), (".aws/credentials", credentials)] {
            match text {
                Some(text) => fs::write(self.path(name), text).expect("file"),
                None => drop(fs::remove_file(self.path(name))),
            }
        }
    }

    /// A path below the home folder.
    pub fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    /// What commands are given here, with further variables.
    pub fn app(&self, env: &[(&str, &str)]) -> App {
        let home = self.0.path().display().to_string();
        let mut pairs = vec![("HOME", home.as_str())];
        pairs.extend_from_slice(env);
        let env = Env::fixed(pairs);
        let term = Term::new(&env, ColorChoice::Never);
        App::new(env, term, false)
    }

    /// Reads the files.
    pub fn config(&self) -> Result<Config> {
        Config::load(&self.app(&[]))
    }
}

/// The configuration in a text.
pub fn config(text: &str) -> Result<Config> {
    Home::new(Some(text), None).config()
}
