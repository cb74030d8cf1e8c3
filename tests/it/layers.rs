//! The layer rule of `src/lib.rs`, held by reading the sources.

use std::fs;
use std::path::{Path, PathBuf};

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

/// Crates that stand in few files only.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("reqwest", &["io/http.rs", "io/client.rs"]),
    ("tokio::runtime", &["io/runtime.rs"]),
    ("clap", &["cli/"]),
    ("ini::", &["config/settings.rs"]),
    ("keyring_core", &["io/keyring/"]),
    ("secret_service", &["io/keyring/"]),
];

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("src can be listed").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn each_line(mut check: impl FnMut(&str, &str) -> Option<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
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
fn some_crates_stand_in_few_files() {
    each_line(|file, code| {
        ONLY_IN.iter().find_map(|(word, files)| {
            let used = code.contains(&format!("use {word}"))
                || (word.len() > 4 && code.contains(&format!("{}::", word.trim_end_matches(':'))));
            let here = files.iter().any(|allowed| file.starts_with(allowed));
            (used && !here).then(|| format!("{word} belongs in {}", files.join(", ")))
        })
    });
}
