//! The layer rule of `src/lib.rs`, held by reading the sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::imports::{Sources, rust_files};

/// Which layers a layer may use, itself included.
const MAY_USE: &[(&str, &[&str])] = &[
    ("cli", &["cli", "commands", "identity", "config", "shell", "doctor", "domain", "io"]),
    ("commands", &["commands", "identity", "config", "shell", "doctor", "domain", "io"]),
    ("doctor", &["doctor", "identity", "config", "shell", "domain", "io"]),
    ("identity", &["identity", "config", "shell", "domain", "io"]),
    ("config", &["identity", "config", "shell", "domain", "io"]),
    ("shell", &["identity", "config", "shell", "domain", "io"]),
    ("domain", &["domain"]),
    ("io", &["io", "domain"]),
];

/// Where a crate may be used: nowhere else.
const ROOMS: &[(&str, &[&str])] = &[
    ("clap", &["cli/", "commands/"]),
    ("clap_complete", &["cli/"]),
    ("crossterm", &["io/line.rs", "io/picker/", "io/term.rs", "io/typed.rs"]),
    ("hyper", &["io/server.rs", "io/service.rs"]),
    ("indicatif", &["io/progress.rs"]),
    ("ini", &["config/settings/reader.rs"]),
    ("keyring_core", &["io/keyring/"]),
    ("reqwest", &["io/http.rs", "io/client.rs"]),
    ("rustls", &["io/client.rs"]),
    ("secret_service", &["io/keyring/"]),
    ("tokio", &["identity/", "doctor/network.rs", "io/"]),
    ("tokio::runtime", &["io/runtime.rs"]),
];

/// What gives credentials away: named in these files of the commands alone. The guard stands before
/// all of them, or nothing leaves the program there.
const DOORS: &[(&str, &[&str])] = &[
    // Wants the guard's leave.
    ("sources::credentials", &["commands/shared/after_login.rs"]),
    ("sources::living", &["commands/shared/after_login.rs"]),
    ("Permit {", &["commands/shared/guard.rs"]),
    ("Offer {", &["commands/shared/guard.rs"]),
    ("portal_shortcut(", &["commands/console/mod.rs"]),
    // A plan that wants a question is not kept for it.
    ("load_plain(", &["fast.rs"]),
    // The hook's, which has the leave, and two that show when credentials end.
    ("sources::cached(", &["commands/refresh.rs", "commands/shared/pick.rs", "commands/status.rs"]),
];

fn each_line(mut check: impl FnMut(&str, &str) -> Option<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = rust_files(&root);
    assert!(files.len() > 20, "the sources were found");
    let mut wrong = Vec::new();
    for file in files {
        let name = file.strip_prefix(&root).expect("below src").display().to_string();
        let name = name.replace('\\', "/");
        for (number, line) in fs::read_to_string(&file).expect("a source file").lines().enumerate()
        {
            let code = line.split("//").next().unwrap_or_default();
            if let Some(what) = check(&name, code) {
                wrong.push(format!("src/{name}:{}: {what}", number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_layer_uses_one_above_it() {
    each_line(|file, code| {
        let layer = file.split('/').next().filter(|_| file.contains('/'))?;
        let (_, allowed) = MAY_USE.iter().find(|(name, _)| *name == layer)?;
        code.split("crate::").skip(1).find_map(|rest| {
            let used = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
            let known = MAY_USE.iter().any(|(name, _)| *name == used);
            (known && !allowed.contains(&used)).then(|| format!("{layer} uses {used}"))
        })
    });
}

#[test]
fn credentials_leave_by_guarded_doors() {
    each_line(|file, code| {
        DOORS.iter().find_map(|(door, files)| {
            let outside = file.starts_with("commands/") || file == "fast.rs";
            let opened = outside && code.contains(door) && !code.contains("impl ");
            (opened && !files.contains(&file)).then(|| format!("`{door}` is for {files:?}"))
        })
    });
}

/// The rooms of `identity`: each uses only itself and the ones after it.
const IDENTITY: [&str; 8] =
    ["accounts", "container_endpoint", "sources", "session", "store", "instance", "policy", "wire"];

#[test]
fn no_room_of_identity_uses_one_above_it() {
    let sources = Sources::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let imports = sources.imports();
    let rank = |file: &str| {
        let room = file.strip_prefix("identity/")?.split(['/', '.']).next()?;
        IDENTITY.iter().position(|name| *name == room)
    };
    let (mut seen, mut wrong) = (0, Vec::new());
    for (file, imported) in &imports {
        for (above, below) in imported.iter().filter_map(|b| rank(file).zip(rank(b))) {
            seen += 1;
            if below < above {
                wrong.push(format!("{file}: `{}` uses `{}`", IDENTITY[above], IDENTITY[below]));
            }
        }
    }
    assert!(seen > 100, "the imports were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_crate_stays_in_its_room() {
    each_line(|file, code| {
        ROOMS.iter().find_map(|(name, rooms)| {
            let used = code.match_indices(name).any(|(at, _)| {
                let (before, behind) = (&code[..at], &code[at + name.len()..]);
                let whole = !before.ends_with(|c: char| c.is_alphanumeric() || "_:.".contains(c));
                whole && (behind.starts_with("::") || (before.trim() == "use" && behind == ";"))
            });
            let here = rooms.iter().any(|room| file.starts_with(room));
            (used && !here).then(|| format!("{name} belongs in {}", rooms.join(", ")))
        })
    });
}

#[test]
fn no_two_files_import_each_other() {
    let sources = Sources::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let imports = sources.imports();
    let each = |a: &str, b: &str| imports.get(a).is_some_and(|files| files.contains(b));
    let mut pairs = Vec::new();
    for (file, imported) in &imports {
        pairs.extend(imported.iter().filter(|b| file < *b && each(b, file)).map(|b| (*file, *b)));
    }
    assert!(imports.values().map(BTreeSet::len).sum::<usize>() > 500, "the imports were found");
    assert!(pairs.is_empty(), "these import each other: {pairs:?}");
}
