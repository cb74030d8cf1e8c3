//! The reference pages say everything that the program has: commands, settings, exit codes and
//! environment variables. Links lead somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ssoenv::config::settings::{General, Rules};
use ssoenv::domain::Kind;

use crate::support::World;
use crate::support::imports::rust_files;

/// Variables in the sources that nobody outside needs to know.
const UNSAID: &[&str] = &[
    // Seams of debug builds.
    "SSOENV_TEST_CLOCK",
    "SSOENV_TEST_SYSTEM",
    // Made up in a unit test, to be refused.
    "AWS_ENDPOINT_URL_ELASTIC_X",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// README and the pages in docs/, each with its name.
fn pages() -> Vec<(String, String)> {
    let docs = fs::read_dir(root().join("docs")).expect("docs");
    let paths = docs.map(|entry| entry.expect("an entry").path());
    let paths = paths.filter(|path| path.extension().is_some_and(|end| end == "md"));
    let names = paths.filter_map(|path| Some(format!("docs/{}", path.file_name()?.to_str()?)));
    names.chain(["README.md".to_owned()]).map(|name| (name.clone(), page(&name))).collect()
}

/// The words of a text that are variables of this family.
fn variables(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
    let is_name = |word: &&str| {
        ["AWS_", "SSOENV_"].iter().any(|family| word.starts_with(family) && word != family)
    };
    words.filter(is_name).collect()
}

#[test]
fn every_variable_is_documented() {
    let page = page("docs/environment.md");
    let said = variables(&page);
    let mut missing = BTreeSet::new();
    for file in rust_files(&root().join("src")) {
        let text = fs::read_to_string(&file).expect("a source");
        // Whole literals: what a message says around a name is no use of it.
        let literals = text.split('"').filter(|literal| variables(literal).contains(literal));
        missing.extend(literals.filter(|name| !said.contains(name)).map(str::to_owned));
    }
    let unsaid: BTreeSet<String> = UNSAID.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(missing, unsaid, "docs/environment.md against the literals in src");
}

#[test]
fn every_variable_that_the_page_has_is_in_the_program() {
    let mut known = String::new();
    for file in rust_files(&root().join("src")) {
        known.push_str(&fs::read_to_string(&file).expect("a source"));
    }
    for entry in fs::read_dir(root().join("shell")).expect("shell") {
        let path = entry.expect("an entry").path();
        known.push_str(&fs::read_to_string(path).unwrap_or_default());
    }
    let page = page("docs/environment.md");
    // Endpoints of services are the prefix and the service's name.
    let is_known = |name: &&str| {
        let service = name.strip_prefix("AWS_ENDPOINT_URL_");
        known.contains(service.unwrap_or(name))
    };
    let made_up: Vec<_> = variables(&page).into_iter().filter(|name| !is_known(name)).collect();
    assert!(made_up.is_empty(), "{made_up:?}");
}

#[test]
fn every_command_is_in_the_readme() {
    let help = World::empty().ok("help");
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands = commands.take_while(|line| line.starts_with("  "));
    let commands: Vec<&str> = commands.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.contains(&"use") && commands.contains(&"help"), "{commands:?}");
    let readme = page("README.md");
    let table = readme.split("## What you type").nth(1).expect("a table of commands");
    let table = table.split("\n## ").next().expect("a first part");
    let words = |code: &str| code.split([' ', ',']).map(str::to_owned).collect::<Vec<_>>();
    let said: BTreeSet<String> = table.split('`').skip(1).step_by(2).flat_map(words).collect();
    let missing: Vec<_> = commands.iter().filter(|&&command| !said.contains(command)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_exit_code_has_a_row() {
    let page = page("docs/exit-codes.md");
    let codes = page.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    let codes: BTreeSet<u8> = codes.filter_map(|code| code.parse().ok()).collect();
    let source = self::page("src/domain/error.rs");
    let arms =
        source.lines().filter_map(|line| line.trim().strip_prefix("Self::")?.split_once(" => "));
    let kinds = arms.filter_map(|(_, code)| code.strip_suffix(',')?.parse().ok());
    // 0 is no error, 126 and 127 are what a shell says of a command.
    let wanted: BTreeSet<u8> = kinds.chain([0, 126, 127]).collect();
    assert!(wanted.contains(&Kind::Config.exit_code()), "the codes are no longer in that file");
    assert_eq!(codes, wanted);
}

#[test]
fn every_setting_has_a_row() {
    let page = page("docs/settings.md");
    let names = General::KEYS.iter().map(|key| key.name).chain(Rules::KEYS.iter().map(|k| k.name));
    for name in names {
        assert!(page.contains(&format!("\n| `{name}` |")), "{name}");
    }
}

#[test]
fn every_template_field_and_filter_has_a_row() {
    let page = page("docs/sync.md");
    let world = World::new();
    let wrong = |template: &str| {
        let outcome = world.run(&format!("sync --dry-run --template {template}"));
        assert_eq!(outcome.code, 2, "{outcome:?}");
    };
    wrong("{nothing}");
    wrong("{role|nothing}");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let cells: Vec<&str> = rows.filter_map(|row| row.split('`').next()).collect();
    let fields: Vec<&str> = cells.iter().copied().filter(|cell| cell.starts_with('{')).collect();
    assert_eq!(fields.len(), 5, "{fields:?}");
    for cell in cells {
        if cell.starts_with('{') {
            world.ok(&format!("sync --dry-run --template {cell}"));
        } else if let Some(filter) = cell.strip_prefix("\\|") {
            world.ok(&format!("sync --dry-run --template {{role|{filter}}}"));
        }
    }
}

#[test]
fn every_option_of_sync_is_documented() {
    let page = page("docs/sync.md");
    let help = World::empty().ok("help sync");
    let lines = help.lines().map(str::trim).filter(|line| line.starts_with("--"));
    let options: Vec<&str> = lines.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(options.contains(&"--prune"), "{help}");
    let missing: Vec<_> = options.iter().filter(|&&option| !page.contains(option)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The anchor of a heading, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase().replace(' ', "-");
    kept.chars().filter(|&c| c.is_alphanumeric() || c == '-' || c == '_').collect()
}

#[test]
fn links_between_the_pages_lead_somewhere() {
    let mut dead = Vec::new();
    for (name, text) in pages() {
        let folder = Path::new(&name).parent().expect("a folder");
        // What stands in fences is code.
        let prose: String = text.split("\n```").step_by(2).collect();
        for link in prose.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") {
                continue;
            }
            let (file, part) = link.split_once('#').unwrap_or((link, ""));
            let target = root().join(folder).join(file);
            let target = if file.is_empty() { root().join(&name) } else { target };
            let headings = fs::read_to_string(&target).unwrap_or_default();
            let has = || {
                let headings = headings.lines().filter(|line| line.starts_with('#'));
                headings.map(|line| anchor(line.trim_start_matches('#'))).any(|a| a == part)
            };
            if !target.exists() || (!part.is_empty() && !has()) {
                dead.push(format!("{name}: {link}"));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

#[test]
fn every_page_is_linked_from_the_readme() {
    let readme = page("README.md");
    for (name, _) in pages().into_iter().filter(|(name, _)| name != "README.md") {
        assert!(readme.contains(&format!("]({name}")), "{name}");
    }
}
