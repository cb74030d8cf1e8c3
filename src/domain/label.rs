//! Text from elsewhere made fit for a terminal.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// Cells that a prompt label may take.
pub const LABEL_CELLS: usize = 40;

/// Drops what can steer a terminal or reorder its text: C0, DEL, C1, bidirectional controls,
/// zero-width characters, line separators, and characters that are no characters. White space
/// controls (tab, newline) become one blank.
pub fn sanitise(text: &str) -> String {
    clean(text).into_owned()
}

/// [`sanitise`] without a copy of what is clean already, as nearly every name is.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    text.chars()
        .filter_map(|c| match c {
            '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => Some(' '),
            c if c.is_control() || is_invisible(c) => None,
            c => Some(c),
        })
        .collect()
}

/// [`sanitise`], then cut to `cells` terminal cells with `..` at the end of what was cut.
pub fn label(text: &str, cells: usize) -> String {
    let clean = sanitise(text);
    let clean = clean.trim();
    let width = |c: char| c.width().unwrap_or(0);
    if clean.chars().map(width).sum::<usize>() <= cells {
        return clean.to_owned();
    }
    let mut used = 0;
    let mut cut: String = clean
        .chars()
        .take_while(|&c| {
            used += width(c);
            used + 2 <= cells
        })
        .collect();
    cut.push_str("..");
    cut
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{fdd0}'..='\u{fdef}'
        | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::{label, sanitise};

    #[test]
    fn nothing_that_steers_a_terminal_is_left() {
        assert_eq!(sanitise("a\x1b]52;c;eA==\x07b"), "a]52;c;eA==b");
        assert_eq!(sanitise("x\u{202e}y\u{200b}z\u{9b}31m\n2"), "xyz31m 2");
        assert_eq!(sanitise("$(touch x) `y` %n 😀 ünï"), "$(touch x) `y` %n 😀 ünï");
    }

    #[test]
    fn cut_at_cells_not_bytes() {
        assert_eq!(label("short", 40), "short");
        assert_eq!(label(&"ä".repeat(41), 40), format!("{}..", "ä".repeat(38)));
        assert_eq!(label("日本語日本語", 8), "日本語..");
    }
}
