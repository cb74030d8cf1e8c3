//! Where secrets live: the keyring that the settings name, and files of before.

use std::path::PathBuf;

use super::patient::Patient;
use super::problem::Problem;
use crate::domain::profile::Source;
use crate::identity::sources;
use crate::identity::store::document::Document;
use crate::identity::store::{keyring, tokens};

/// A keyring that cannot be used, and secrets that are left in files though it can.
pub fn storage(patient: &Patient) -> Vec<Problem> {
    let app = patient.app;
    // Settings that cannot be read are another check's.
    if !keyring::is_chosen(app).unwrap_or(false) {
        return Vec::new();
    }
    if let Err(error) = keyring::check(app) {
        return vec![Problem::of_error(&error)];
    }
    let mut found = Vec::new();
    for session in &patient.sessions {
        let (label, login) = (session.label(), session.login_command(None));
        let documents = [tokens::document(app, session), tokens::registration(app, session)];
        let path = documents.into_iter().flatten().find_map(|document| left_file(&document));
        let fix = format!("`ssoenv logout` removes it too, then `{login}`");
        found.extend(
            path.map(|path| left(format!("a login of `{label}` is left in a file"), fix, path)),
        );
    }
    for (profile, target) in &patient.targets {
        let source = target.as_ref().ok().map(|target| &target.source);
        let Some(source @ Source::Sso(_)) = source else { continue };
        let entry = sources::entry(app, source).and_then(|entry| entry.document(app).ok());
        let path = entry.and_then(|document| left_file(&document));
        let what = format!("credentials of `{profile}` are left in a file");
        let fix = "ssoenv logout".to_owned();
        found.extend(path.map(|path| left(what, fix, path)));
    }
    found
}

fn left_file(document: &Document) -> Option<PathBuf> {
    document.left_file().map(ToOwned::to_owned)
}

fn left(what: String, fix: String, path: PathBuf) -> Problem {
    let why = "every process of yours can read it, and `storage = keyring` is set";
    Problem::warn(what, why, fix).at(path, None)
}
