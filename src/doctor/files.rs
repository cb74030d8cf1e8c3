//! The AWS files and ssoenv's settings: what cannot be read, and what is read differently than it
//! was meant.

use std::cell::LazyCell;
use std::path::PathBuf;

use super::mend::Mend;
use super::patient::Patient;
use super::problem::Problem;
use crate::config::Config;
use crate::config::finding::Kind;
use crate::config::settings::Settings;
use crate::config::syntax::Parsed;
use crate::domain::Result;
use crate::io::files;
use crate::io::unwritable::way_in;

/// Files that the AWS CLI refuses: duplicates, a byte order mark, broken headers.
pub fn config_file(patient: &Patient) -> Vec<Problem> {
    // What was read is not refused.
    if patient.config.is_some() {
        return Vec::new();
    }
    let paths = &patient.app.paths;
    [paths.aws_config(), paths.aws_credentials()].into_iter().filter_map(refused).collect()
}

fn refused(path: Result<PathBuf>) -> Option<Problem> {
    let path = match path {
        Ok(path) => path,
        Err(error) => return Some(Problem::of_error(&error)),
    };
    let bytes = match files::read(&path) {
        Ok(bytes) => bytes?,
        Err(error) => {
            let what = format!("`{}` cannot be read", path.display());
            let fix = way_in(&path);
            return Some(Problem::fail(what, error.to_string(), fix).at(path, None));
        }
    };
    let marked = bytes.starts_with(b"\xef\xbb\xbf");
    let refusal = Parsed::read(bytes).err()?;
    let why = "every AWS tool refuses the whole file";
    let problem = Problem::fail(refusal.what, why, refusal.hint).at(&path, Some(refusal.line));
    Some(if marked { problem.mended_by(Mend::StripMark(path)) } else { problem })
}

/// `[profile default]` beside `[default]`, or instead of it.
pub fn profile_default(patient: &Patient, config: &Config) -> Vec<Problem> {
    let mend = LazyCell::new(|| Mend::one_default(config));
    let found = of(patient, &[Kind::ProfileDefault]).map(|problem| match &*mend {
        Ok(mend) => problem.mended_by(mend.clone()),
        Err(lost) => {
            let fix = format!(
                "by hand: put the keys that you need into one `[default]`, and remove the other \
                 section; they do not agree on `{}`",
                lost.join("`, `")
            );
            Problem { fix, ..problem }
        }
    });
    found.collect()
}

/// `[dev]` for `[profile dev]` and the like.
pub fn section_prefix(patient: &Patient, config: &Config) -> Vec<Problem> {
    let kinds = [Kind::MissingPrefix, Kind::PrefixInCredentials];
    let found = of(patient, &kinds).map(|problem| {
        let place = problem.place.as_ref();
        let mend = place.and_then(|(path, line)| Mend::prefix(config, path, (*line)?));
        Problem { mend, ..problem }
    });
    found.collect()
}

/// Sections that no tool reads, or that a later one replaces.
pub fn dropped_section(patient: &Patient, _: &Config) -> Vec<Problem> {
    of(patient, &[Kind::DroppedSection, Kind::ReplacedSection]).collect()
}

/// Names that only some AWS tools read.
pub fn names(patient: &Patient, _: &Config) -> Vec<Problem> {
    of(patient, &[Kind::NameNotPortable]).collect()
}

/// ` # …` behind a value becomes part of it.
pub fn inline_comment(patient: &Patient, _: &Config) -> Vec<Problem> {
    of(patient, &[Kind::InlineComment]).collect()
}

/// Colons, indentation, `[DEFAULT]`.
pub fn syntax(patient: &Patient, _: &Config) -> Vec<Problem> {
    of(patient, &[Kind::ColonDelimiter, Kind::Indentation, Kind::UppercaseDefault]).collect()
}

/// ssoenv's own settings.
pub fn settings(patient: &Patient) -> Vec<Problem> {
    match &patient.settings {
        Some(settings) => {
            settings.warnings.iter().chain(&settings.overruled).map(Problem::from).collect()
        }
        None => Settings::load(patient.app).err().iter().map(Problem::of_error).collect(),
    }
}

fn of<'a>(patient: &'a Patient, kinds: &'a [Kind]) -> impl Iterator<Item = Problem> + 'a {
    patient.findings.iter().filter(|found| kinds.contains(&found.kind)).map(Problem::from)
}
