//! Text from elsewhere made fit for a terminal.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Cells that a prompt label may take.
pub const LABEL_CELLS: usize = 40;

/// Marks on a character take no cell; a name of thousands of them is cut as well.
const CHARS_PER_CELL: usize = 4;

/// Drops what can steer a terminal or reorder its text: C0, DEL, C1, bidirectional controls,
/// zero-width characters, line separators, private use, and characters that are no characters. White
/// space controls (tab, newline) become one blank.
pub fn sanitize(text: &str) -> String {
    clean(text).into_owned()
}

/// [`sanitize`] without a copy of what is clean already, as nearly every name is.
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

/// Cells that a clean text takes on a terminal.
pub fn cell_width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// The start of a clean text that takes no more than so many cells.
pub fn cut(text: &str, cells: usize) -> &str {
    if text.is_ascii() {
        return &text[..text.len().min(cells)];
    }
    let first = |count| &text[..text.char_indices().nth(count).map_or(text.len(), |(at, _)| at)];
    let mut count = text.chars().count().min(cells.saturating_mul(CHARS_PER_CELL));
    loop {
        // Of it all, and again: what follows a character may widen it.
        let start = first(count);
        let excess = cell_width(start).saturating_sub(cells);
        if excess == 0 || count == 0 {
            return start;
        }
        // No character takes more than two cells.
        count -= excess.div_ceil(2).min(count);
    }
}

/// The end of a clean text that takes no more than so many cells; no mark without its character.
fn tail(text: &str, cells: usize) -> &str {
    if text.is_ascii() {
        return &text[text.len() - text.len().min(cells)..];
    }
    let last = text.char_indices().rev().take(cells.saturating_mul(CHARS_PER_CELL));
    let starts = last.map(|(at, _)| &text[at..]);
    let fits = starts.take_while(|end| cell_width(end) <= cells).last().unwrap_or_default();
    fits.trim_start_matches(|c: char| c.width() == Some(0))
}

/// A clean text, with `..` in place of its middle where it takes more than so many cells: names that
/// differ do so at their ends.
pub fn middle(text: &str, cells: usize) -> String {
    if cut(text, cells).len() == text.len() {
        return text.to_owned();
    }
    let kept = cells.saturating_sub(2);
    format!("{}..{}", cut(text, kept / 2).trim_end(), tail(text, kept - kept / 2).trim_start())
}

/// A clean text for terminals outside of UTF-8 locales.
pub fn ascii(text: &str) -> String {
    let shown = text.chars().filter(|c| c.width() != Some(0));
    shown.map(|c| if c.is_ascii() { c } else { '?' }).collect()
}

/// [`sanitize`], then cut to `cells` terminal cells with `..` at the end of what was cut.
pub fn label(text: &str, cells: usize) -> String {
    let clean = clean(text);
    let clean = clean.trim();
    if cut(clean, cells).len() == clean.len() {
        return clean.to_owned();
    }
    format!("{}..", cut(clean, cells.saturating_sub(2)))
}

/// The first character of a text that a terminal does not show, as `U+200B`.
pub fn invisible(text: &str) -> Option<String> {
    let hidden = |c: &char| c.is_control() || is_invisible(*c);
    text.chars().find(hidden).map(|c| format!("U+{:04X}", u32::from(c)))
}

fn is_invisible(c: char) -> bool {
    // The last two of each plane are no characters.
    (c as u32) & 0xfffe == 0xfffe
        || matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::{ascii, label, middle, sanitize};

    #[test]
    fn nothing_that_steers_a_terminal_is_left() {
        assert_eq!(sanitize("a\x1b]52;c;eA==\x07b"), "a]52;c;eA==b");
        assert_eq!(sanitize("x\u{202e}y\u{200b}z\u{9b}31m\n2"), "xyz31m 2");
        assert_eq!(sanitize("a\u{34f}b\u{e0041}c\u{1fffe}d\u{100000}e\u{10ffff}"), "abcde");
        assert_eq!(sanitize("$(touch x) `y` %n 😀 ünï"), "$(touch x) `y` %n 😀 ünï");
    }

    #[test]
    fn both_ends_of_a_name_stay() {
        assert_eq!(middle("acme-checkout-prod", 18), "acme-checkout-prod");
        assert_eq!(middle("acme-checkout-prod", 12), "acme-..-prod");
        assert_eq!(middle("acme checkout prod", 12), "acme..prod");
        assert_eq!(middle("日本語日本語", 8), "日..語");
        assert_eq!(
            middle(&format!("abc{}", "e\u{301}".repeat(9)), 8),
            "abc..e\u{301}e\u{301}e\u{301}"
        );
        assert_eq!(middle("abc", 2), "..");
    }

    #[test]
    fn ascii_has_one_sign_for_each_letter() {
        assert_eq!(ascii("Zu\u{308}rich 日本"), "Zurich ??");
        assert_eq!(ascii("München"), "M?nchen");
    }

    #[test]
    fn cut_at_cells_not_bytes() {
        assert_eq!(label("short", 40), "short");
        assert_eq!(label(&"ä".repeat(41), 40), format!("{}..", "ä".repeat(38)));
        assert_eq!(label("日本語日本語", 8), "日本語..");
        // A selector that makes two cells of one.
        assert_eq!(label(&"\u{2601}\u{fe0f}".repeat(4), 6), "\u{2601}\u{fe0f}".repeat(2) + "..");
        let marked = label(&format!("a{}", "\u{301}".repeat(9_000)), 10);
        assert_eq!((marked.chars().count(), marked.ends_with("..")), (34, true));
    }
}
