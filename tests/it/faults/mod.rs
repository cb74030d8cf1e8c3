//! Faults from outside, one at a time: whatever happens, the right exit code and words, nothing
//! lost, and the next run works. `docs/faults.md` has the table.

mod answers;
mod changing;
mod clock;
mod commands;
mod disk;
mod kill;
mod machine;
mod many;
mod report;
mod service;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use identity_center::Session;

use crate::support::world::START_URL;
use crate::support::{TOKEN as TOKEN_FILE, World};

/// Puts a token of the session `corp` in place that lives for `left`.
fn token(world: &World, session: &Session, left: Duration) {
    let time = |at: SystemTime| {
        let at = jiff::Timestamp::try_from(at).expect("a near time");
        at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    };
    let text = serde_json::json!({
        "startUrl": START_URL,
        "region": "us-east-1",
        "accessToken": session.access_token,
        "expiresAt": time(SystemTime::now() + left),
        "clientId": session.client_id,
        "clientSecret": session.client_secret,
        "registrationExpiresAt": time(session.registration_expires),
        "refreshToken": session.refresh_token,
        "madeBy": "another tool",
    });
    world.write(TOKEN_FILE, &text.to_string());
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(world.path(TOKEN_FILE), mode).expect("a mode");
}

/// A world that is logged in for eight hours.
fn logged_in() -> World {
    let world = World::new();
    token(&world, &world.ic.session(), Duration::from_secs(8 * 3600));
    world
}

/// A world whose token has ended and can be refreshed.
fn refreshable() -> World {
    let world = World::new();
    token(&world, &world.ic.session(), Duration::from_secs(60));
    world
}

/// Whether a JSON file was left half written.
fn is_torn(name: &str, bytes: &[u8]) -> bool {
    let json = Path::new(name).extension().is_some_and(|extension| extension == "json");
    json && serde_json::from_slice::<serde_json::Value>(bytes).is_err()
}

/// Whether a file is one that was to be renamed.
fn is_temporary(name: &str) -> bool {
    name.contains("/.ssoenv.tmp.") || name.contains("/.tmp")
}

/// All files below a folder of the home with their bytes.
fn files(world: &World, below: &str) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    collect(&world.path(below), &mut found);
    found
}

fn collect(folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found);
        } else {
            found.insert(path.display().to_string(), fs::read(&path).unwrap_or_default());
        }
    }
}
