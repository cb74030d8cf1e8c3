//! Both AWS files read and merged: which profiles and sessions there are, and their keys.
//!
//! What a profile means for credentials is decided in [`super::resolve`].

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::file::AwsFile;
use super::header::{self, Header};
use super::syntax::{DEFAULTS, Section};
use super::values::Values;
use crate::domain::Result;
use crate::domain::names::{ProfileName, SessionName};
use crate::io::App;
use crate::io::env::Env;
use crate::io::files::Stamp;

/// So many names are looked for one by one: to order a million takes longer.
const FEW: usize = 4;

/// `~/.aws/config` and `~/.aws/credentials` as the AWS CLI reads them.
#[derive(Debug, Default)]
#[allow(clippy::struct_field_names, reason = "the files are called config and credentials")]
pub struct Config {
    pub(super) config: AwsFile,
    pub(super) credentials: AwsFile,
    profiles: Vec<Profile>,
    /// Places in `profiles`, ordered by name: made where more than a few are looked for.
    by_name: OnceLock<Vec<u32>>,
    looked_for: AtomicUsize,
    sessions: Vec<(SessionName, usize)>,
    services: Vec<(String, usize)>,
    /// When they were looked at, in nanoseconds of the epoch; 0 for files that are not on the disk.
    looked: i128,
}

#[derive(Debug)]
struct Profile {
    name: ProfileName,
    config: Option<usize>,
    credentials: Option<usize>,
}

impl Config {
    /// Reads both files. Absent ones are empty; one that the AWS CLI refuses, or that cannot be
    /// read, is a configuration error with path and line.
    pub fn load(app: &App) -> Result<Self> {
        let looked = app.clock.now_nanoseconds();
        let config = AwsFile::load(app.paths.aws_config()?)?;
        let credentials = AwsFile::load(app.paths.aws_credentials()?)?;
        log::debug!(
            "{}: {} sections; {}: {} sections",
            config.path.display(),
            config.parsed.sections().len(),
            credentials.path.display(),
            credentials.parsed.sections().len()
        );
        Ok(Self { looked, ..Self::merge(config, credentials) })
    }

    /// Merges two files that were read.
    pub fn merge(config: AwsFile, credentials: AwsFile) -> Self {
        let mut profiles: Vec<Profile> = Vec::with_capacity(config.parsed.sections().len());
        let mut places: HashMap<Cow<str>, usize> = HashMap::with_capacity(profiles.capacity());
        let mut sessions = Vec::new();
        let mut services = Vec::new();
        for (at, section) in config.parsed.sections().iter().enumerate() {
            match header::classify(config.parsed.str(section.name)) {
                Header::Profile(name) => {
                    // Another spelling of the same name replaces the earlier section whole.
                    if let Some(&place) = places.get(&name) {
                        profiles[place].config = Some(at);
                    } else {
                        let known = ProfileName::new(name.as_ref());
                        places.insert(name, profiles.len());
                        profiles.push(Profile { name: known, config: Some(at), credentials: None });
                    }
                }
                Header::Session(name) => replace(&mut sessions, SessionName::new(name), at),
                Header::Services(name) => replace(&mut services, name.into_owned(), at),
                Header::Defaults | Header::Dropped | Header::Other => {}
            }
        }
        for (at, section) in credentials.parsed.sections().iter().enumerate() {
            // Names are literal here: `[profile dev]` is a profile called `profile dev`.
            let name = credentials.parsed.str(section.name);
            if name == DEFAULTS {
                continue;
            }
            if let Some(&place) = places.get(name) {
                profiles[place].credentials = Some(at);
            } else {
                let name = ProfileName::new(name);
                profiles.push(Profile { name, config: None, credentials: Some(at) });
            }
        }
        drop(places);
        Self { config, credentials, profiles, sessions, services, ..Self::default() }
    }

    /// All profiles: those of the config file in its order, then those that only the credentials
    /// file has.
    pub fn profile_names(&self) -> Vec<ProfileName> {
        self.names().cloned().collect()
    }

    /// [`Config::profile_names`] without copies.
    pub fn names(&self) -> impl Iterator<Item = &ProfileName> {
        self.profiles.iter().map(|profile| &profile.name)
    }

    /// Whether either file has the profile.
    pub fn has_profile(&self, name: &str) -> bool {
        self.profile(name).is_some()
    }

    /// The profile's keys.
    pub fn values(&self, name: &str) -> Option<Values<'_>> {
        self.profile(name).map(|profile| self.values_of(profile))
    }

    /// The profile's own name and keys.
    pub(super) fn named(&self, name: &str) -> Option<(&ProfileName, Values<'_>)> {
        self.profile(name).map(|profile| (&profile.name, self.values_of(profile)))
    }

    /// Every profile with its keys, in the order of [`Config::profile_names`].
    pub fn each(&self) -> impl Iterator<Item = (&ProfileName, Values<'_>)> {
        self.profiles.iter().map(|profile| (&profile.name, self.values_of(profile)))
    }

    /// All `[sso-session]` names in the order of the file.
    pub fn session_names(&self) -> Vec<SessionName> {
        self.sessions.iter().map(|(name, _)| name.clone()).collect()
    }

    /// The keys of an `[sso-session]`.
    pub fn session_values(&self, name: &str) -> Option<Values<'_>> {
        let (_, at) = self.sessions.iter().find(|(known, _)| known.as_str() == name)?;
        Some(Values::new(Some((&self.config, self.section(*at))), None))
    }

    /// The keys of a `[services]` section.
    pub fn services_values(&self, name: &str) -> Option<Values<'_>> {
        let (_, at) = self.services.iter().find(|(known, _)| known == name)?;
        Some(Values::new(Some((&self.config, self.section(*at))), None))
    }

    /// File and line of the profile's header: in the config file if it is there.
    pub fn source_line(&self, name: &str) -> Option<(PathBuf, usize)> {
        let profile = self.profile(name)?;
        let (file, at) = match (profile.config, profile.credentials) {
            (Some(at), _) => (&self.config, at),
            (None, Some(at)) => (&self.credentials, at),
            (None, None) => return None,
        };
        Some((file.path.clone(), file.parsed.sections()[at].line as usize))
    }

    /// File and line of the session's header.
    pub fn session_line(&self, name: &str) -> Option<(PathBuf, usize)> {
        let (_, at) = self.sessions.iter().find(|(known, _)| known.as_str() == name)?;
        Some((self.config.path.clone(), self.section(*at).line as usize))
    }

    /// Whether a profile's section counts: not one that a later spelling replaces.
    pub fn counts(&self, name: &str, section: &Section) -> bool {
        self.profile(name)
            .and_then(|profile| profile.config)
            .is_some_and(|at| self.section(at).line == section.line)
    }

    pub fn config_file(&self) -> &AwsFile {
        &self.config
    }

    pub fn credentials_file(&self) -> &AwsFile {
        &self.credentials
    }

    /// When the files were looked at, in nanoseconds of the epoch.
    pub(super) fn looked(&self) -> i128 {
        self.looked
    }

    /// The versions that were read: config file, credentials file.
    pub fn stamps(&self) -> [Option<Stamp>; 2] {
        [self.config.stamp, self.credentials.stamp]
    }

    fn section(&self, at: usize) -> &Section {
        &self.config.parsed.sections()[at]
    }

    fn profile(&self, name: &str) -> Option<&Profile> {
        if self.looked_for.fetch_add(1, Ordering::Relaxed) < FEW {
            return self.profiles.iter().find(|profile| profile.name.as_str() == name);
        }
        let of = |at: u32| self.profiles[at as usize].name.as_str();
        let by_name = self.by_name.get_or_init(|| {
            let count = u32::try_from(self.profiles.len()).unwrap_or(u32::MAX);
            let mut places: Vec<u32> = (0..count).collect();
            places.sort_unstable_by(|&a, &b| of(a).cmp(of(b)));
            places
        });
        let at = by_name.binary_search_by(|&at| of(at).cmp(name)).ok()?;
        self.profiles.get(by_name[at] as usize)
    }

    fn values_of(&self, profile: &Profile) -> Values<'_> {
        Values::new(
            profile.config.map(|at| (&self.config, &self.config.parsed.sections()[at])),
            profile
                .credentials
                .map(|at| (&self.credentials, &self.credentials.parsed.sections()[at])),
        )
    }
}

/// The profiles that may be in use here, by the variables that name one: what `use` has set comes
/// first. Empty variables name none.
pub fn active_names(env: &Env) -> impl Iterator<Item = ProfileName> {
    let names = ["SSOENV_PROFILE", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"].into_iter();
    names.filter_map(|name| env.non_empty(name)).map(ProfileName::from)
}

/// The profile that a command is about when none was named to it: the one given, `AWS_PROFILE`,
/// `AWS_DEFAULT_PROFILE`. An empty variable counts as set, as for the AWS CLI.
pub fn select_profile(env: &Env, explicit: Option<&str>) -> Option<ProfileName> {
    explicit
        .map(str::to_owned)
        .or_else(|| env.get("AWS_PROFILE"))
        .or_else(|| env.get("AWS_DEFAULT_PROFILE"))
        .map(ProfileName::new)
}

fn replace<N: PartialEq>(list: &mut Vec<(N, usize)>, name: N, at: usize) {
    match list.iter_mut().find(|(known, _)| *known == name) {
        Some(known) => known.1 = at,
        None => list.push((name, at)),
    }
}
