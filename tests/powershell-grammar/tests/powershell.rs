//! With the grammar `tree-sitter-powershell`.

#[test]
fn ours_is_understood() {
    powershell_grammar::check(&tree_sitter_powershell::LANGUAGE.into());
}
