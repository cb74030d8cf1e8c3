//! With the grammar `tree-sitter-pwsh`.

#[test]
fn ours_is_understood() {
    powershell_grammar::check(&tree_sitter_pwsh::LANGUAGE.into());
}
