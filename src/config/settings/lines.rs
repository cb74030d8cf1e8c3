//! The lines of `config.ini`, made fit for rust-ini, and their numbers.

/// The same lines without indentation and comments, which rust-ini takes for parts of keys and
/// values, and without what it would silently join; `Err` is a line and what is wrong with it.
pub fn tidy(text: &str) -> std::result::Result<String, (usize, &'static str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut tidy = String::with_capacity(text.len());
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        let wrong = match line.as_bytes() {
            [] | [b'#' | b';', ..] | [b'[', .., b']'] => None,
            [b'[', ..] => Some("a section header must end with `]`"),
            [.., b'\\'] => Some("a value that ends with a backslash must stand in double quotes"),
            _ if !line.contains(['=', ':']) => Some("there is no `=` in it"),
            _ => None,
        };
        if let Some(wrong) = wrong {
            return Err((at + 1, wrong));
        }
        if !line.starts_with(['#', ';']) {
            tidy.push_str(line);
        }
        tidy.push('\n');
    }
    Ok(tidy)
}

/// A value may stand in double quotes, which keeps blanks at its ends.
pub fn unquoted(value: &str) -> &str {
    let value = value.trim();
    value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value)
}

/// Line numbers, which rust-ini does not keep: the same walk over the text once more.
pub struct Lines<'a> {
    text: Vec<&'a str>,
    at: usize,
    /// The line of the section that was found last.
    pub header: usize,
}

impl<'a> Lines<'a> {
    /// In front of the first line.
    pub fn new(text: &'a str) -> Self {
        Self { text: text.lines().map(str::trim).collect(), at: 0, header: 1 }
    }

    /// Goes to the next header of that name.
    pub fn section(&mut self, name: Option<&str>) {
        let Some(name) = name else { return };
        let is_it = |line: &&str| {
            let inner = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
            inner.is_some_and(|inner| inner.trim() == name.trim())
        };
        if let Some(found) = self.text[self.at..].iter().position(is_it) {
            self.header = self.at + found + 1;
            self.at = self.header;
        }
    }

    /// Goes to the next line with that key.
    pub fn key(&mut self, key: &str) -> usize {
        let is_it = |line: &&str| {
            let end = line.find(['=', ':']).unwrap_or(line.len());
            line[..end].trim() == key
        };
        match self.text[self.at..].iter().position(is_it) {
            Some(found) => {
                self.at += found + 1;
                self.at
            }
            None => self.header,
        }
    }
}
