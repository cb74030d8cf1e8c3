//! What is parsed, and what counts as an error. For tests: what cannot be is a panic.
#![allow(clippy::missing_panics_doc, reason = "tests panic")]

use std::path::PathBuf;

use ssoenv::shell::entry::Parts;
use ssoenv::shell::powershell::hook::{COMPLETIONS, Command, REMOVE, hook, loader};
use tree_sitter::{Language, Node, Parser};

/// Every PowerShell text that ssoenv prints or writes, by name.
pub fn texts() -> Vec<(&'static str, String)> {
    let all = Parts::ALL;
    let script = Command::Script(PathBuf::from("/state/it\u{2019}s/ssoenv.ps1"));
    vec![
        ("hook", hook("/usr/bin/ssoenv", &script, all)),
        ("hook with a function", hook("/usr/bin/ssoenv", &Command::Function, all)),
        ("script", include_str!("../../../shell/ssoenv-command.ps1").to_owned()),
        ("completions", COMPLETIONS.to_owned()),
        ("remove", REMOVE.to_owned()),
        ("loader", loader("/usr/bin/it\u{2019}s/ssoenv", all)),
    ]
}

/// The first place that the grammar does not understand: line, column, text.
pub fn error(language: &Language, text: &str) -> Option<String> {
    let mut parser = Parser::new();
    parser.set_language(language).expect("the grammar fits the library");
    let tree = parser.parse(text, None).expect("no limit is set");
    first(tree.root_node(), text)
}

fn first(node: Node<'_>, text: &str) -> Option<String> {
    if node.is_error() || node.is_missing() {
        let at = node.start_position();
        let what: String = text[node.byte_range()].chars().take(80).collect();
        return Some(format!("{}:{}: {what}", at.row + 1, at.column + 1));
    }
    if !node.has_error() {
        return None;
    }
    let mut cursor = node.walk();
    node.children(&mut cursor).find_map(|child| first(child, text))
}

/// Runs both checks with one grammar: ours is understood, broken text is not.
pub fn check(language: &Language) {
    for (name, text) in texts() {
        assert_eq!(error(language, &text), None, "{name}");
        let at = text.rfind(')').expect("a bracket in every text");
        let broken = format!("{}{}", &text[..at], &text[at + 1..]);
        assert!(error(language, &broken).is_some(), "{name} without its last bracket");
    }
}
