//! Which source file imports which: read from the text, without a compiler.
//!
//! A re-export (`pub use`) is a sign on a door and no import: who takes a name there imports the file
//! behind it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The sources as modules.
pub struct Sources {
    /// Module path (`identity::sources`) to file (`identity/sources/mod.rs`).
    files: BTreeMap<Vec<String>, String>,
    texts: BTreeMap<String, String>,
    /// What a module re-exports: name to path.
    doors: BTreeMap<(Vec<String>, String), Vec<String>>,
}

/// Every `.rs` file below a folder.
pub fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("the folder can be listed").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found
}

impl Sources {
    /// Reads everything below a folder.
    pub fn read(root: &Path) -> Self {
        let mut sources =
            Self { files: BTreeMap::new(), texts: BTreeMap::new(), doors: BTreeMap::new() };
        for file in rust_files(root) {
            let below = file.strip_prefix(root).expect("below the folder");
            let name = below.to_string_lossy().replace('\\', "/");
            let mut module: Vec<_> =
                name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
            if ["mod", "lib"].contains(&module.last().map_or("", String::as_str)) {
                module.pop();
            }
            let text = fs::read_to_string(&file).expect("a source file");
            sources.texts.insert(name.clone(), without_tests_and_words(&text));
            sources.files.insert(module, name);
        }
        let modules: Vec<_> = sources.files.clone().into_iter().collect();
        for (module, file) in modules {
            for (public, path) in sources.paths(&module, &file) {
                if let (true, Some(name)) = (public, path.last()) {
                    sources.doors.insert((module.clone(), name.clone()), path.clone());
                }
            }
        }
        sources
    }

    /// Every file with the files that it imports.
    pub fn imports(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let of = |module: &Vec<String>, file: &str| {
            let paths = self.paths(module, file).into_iter().filter(|(public, _)| !public);
            let files = paths.map(|(_, path)| self.file_of(&path));
            files.filter(|other| *other != file).collect()
        };
        self.files.iter().map(|(module, file)| (file.as_str(), of(module, file))).collect()
    }

    /// The file that a path from the crate's root leads to.
    fn file_of(&self, path: &[String]) -> &str {
        let mut module: Vec<String> = Vec::new();
        for (at, word) in path.iter().enumerate() {
            let mut below = module.clone();
            below.push(word.clone());
            let last = at + 1 == path.len();
            // A function may be called like its module: the path is read to its end as the module.
            if self.files.contains_key(&below) && !last {
                module = below;
                continue;
            }
            let door = self.doors.get(&(module.clone(), word.clone()));
            if let Some(door) = door.filter(|door| door.as_slice() != path) {
                let behind = door.iter().chain(&path[at + 1..]).cloned().collect::<Vec<_>>();
                return self.file_of(&behind);
            }
            if self.files.contains_key(&below) {
                module = below;
            }
            break;
        }
        &self.files[&module]
    }

    /// All paths in a file that lead into the crate, from its root; with whether it is a re-export.
    fn paths(&self, module: &[String], file: &str) -> Vec<(bool, Vec<String>)> {
        let mut found = Vec::new();
        let mut rest = self.texts[file].as_str();
        while let Some(at) = rest.find(|c: char| c.is_alphabetic() || c == '_') {
            let before = &rest[..at];
            let word = word_at(&rest[at..]);
            let behind = &rest[at + word.len()..];
            rest = behind;
            if before.ends_with("::") || before.ends_with('.') {
                continue;
            }
            if word == "use" {
                let end = behind.find(';').unwrap_or(behind.len());
                let line = self.texts[file].len() - behind.len();
                let start = &self.texts[file][..line];
                let statement = start.rsplit(['\n', ';', '}']).next().unwrap_or_default();
                let public = statement.trim_start().starts_with("pub");
                for path in expand(behind[..end].trim()) {
                    found.extend(self.rooted(module, &path).map(|path| (public, path)));
                }
                rest = &behind[end..];
            } else if behind.starts_with("::") {
                let tail = behind.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
                let path = format!("{word}{}", tail.clone().next().unwrap_or_default());
                let words: Vec<_> =
                    path.split("::").filter(|w| !w.is_empty()).map(str::to_owned).collect();
                found.extend(self.rooted(module, &words).map(|path| (false, path)));
            }
        }
        found
    }

    /// A path as it is written in a module, from the root; `None` if it leads out of the crate.
    fn rooted(&self, module: &[String], path: &[String]) -> Option<Vec<String>> {
        let mut base = module.to_vec();
        let mut words = path;
        match words.first()?.as_str() {
            "crate" => {
                base.clear();
                words = &words[1..];
            }
            "self" => words = &words[1..],
            "super" => {
                while words.first().is_some_and(|word| word == "super") {
                    base.pop()?;
                    words = &words[1..];
                }
            }
            child => {
                let mut below = base.clone();
                below.push(child.to_owned());
                self.files.get(&below)?;
            }
        }
        base.extend(words.iter().filter(|word| *word != "self" && *word != "*").cloned());
        Some(base)
    }
}

fn word_at(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// `a::{b, c::{d, e as f}}` as its paths.
fn expand(tree: &str) -> Vec<Vec<String>> {
    let Some(open) = tree.find('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        return vec![path.split("::").map(|word| word.trim().to_owned()).collect()];
    };
    let head: Vec<_> = tree[..open]
        .split("::")
        .map(str::trim)
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect();
    let inner = tree[open + 1..].trim_end().strip_suffix('}').unwrap_or_default();
    let mut depth = 0;
    let parts = inner.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    let parts = parts.map(str::trim).filter(|part| !part.is_empty());
    parts.flat_map(expand).map(|tail| head.iter().cloned().chain(tail).collect()).collect()
}

/// The code without comments, without what stands in quotes, and without the tests at its end.
fn without_tests_and_words(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut kept = String::new();
    for line in code.lines() {
        let mut quoted = false;
        let mut before = ' ';
        let line = line.split("//").next().unwrap_or_default();
        for c in line.chars() {
            if c == '"' && before != '\\' && before != '\'' {
                quoted = !quoted;
            } else if !quoted {
                kept.push(c);
            }
            before = c;
        }
        kept.push('\n');
    }
    kept
}
