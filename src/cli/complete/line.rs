//! A line of bash as typed: its words, and how what is chosen is put behind the cursor.
//!
//! bash hands over words that are split at every character of `COMP_WORDBREAKS` (`team:web` is three)
//! and keeps their quotes, so the line is read again here. What bash will replace begins behind the
//! last of these characters, or behind a quote that is open.

/// The words of the command that the cursor is in, as the command would get them.
#[derive(Debug, PartialEq, Eq)]
pub struct Typed {
    /// The words before the one at the cursor; the command itself is the first.
    pub words: Vec<String>,
    /// In how many pieces bash has each of them in `COMP_WORDS`.
    pub pieces: Vec<usize>,
    /// The word at the cursor, up to the cursor.
    pub current: Current,
}

/// The word at the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Current {
    /// Without its quotes.
    pub text: String,
    /// The quote that is open.
    pub quote: Option<char>,
    /// How many bytes of `text` stay: bash replaces only what is behind them.
    pub kept: usize,
}

#[derive(Default)]
struct Word {
    text: String,
    pieces: usize,
    /// Bytes up to the last unquoted character that bash splits at.
    broken: usize,
    /// Bytes up to the last quote that was opened.
    quoted: usize,
    /// Whether the last character was one that bash splits at.
    at_break: bool,
    begun: bool,
}

#[derive(Default)]
struct Command {
    words: Vec<String>,
    pieces: Vec<usize>,
    word: Word,
    redirected: bool,
    /// The quote or bracket that this command stands in ends with it.
    end: Option<char>,
    /// The quote that was open around it.
    quote: Option<char>,
}

/// Reads the line up to the cursor. `None` where no word of a command is being typed.
pub fn read(line: &str, breaks: &str) -> Option<Typed> {
    let mut outer: Vec<Command> = Vec::new();
    let mut command = Command::default();
    let mut quote: Option<char> = None;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('\''), c) => command.word.push(c),
            (_, '\\') => match chars.next() {
                Some('\n') => {}
                Some(next) => {
                    if quote.is_some() && !"\"$`\\".contains(next) {
                        command.word.push('\\');
                    }
                    command.word.push(next);
                }
                None => command.word.begin(),
            },
            (_, '$') if chars.peek() == Some(&'(') => {
                chars.next();
                let inner = Command { end: Some(')'), quote: quote.take(), ..Command::default() };
                outer.push(std::mem::replace(&mut command, inner));
            }
            (_, '`') if command.end == Some('`') => {
                quote = command.quote;
                command = outer.pop()?;
                command.word.begin();
            }
            (_, '`') => {
                let inner = Command { end: Some('`'), quote: quote.take(), ..Command::default() };
                outer.push(std::mem::replace(&mut command, inner));
            }
            (Some(_), c) => command.word.push(c),
            (None, '\'' | '"') => {
                command.word.begin();
                command.word.quoted = command.word.text.len();
                quote = Some(c);
            }
            (None, ')') if command.end == Some(')') => {
                quote = command.quote;
                command = outer.pop()?;
                command.word.begin();
            }
            (None, ' ' | '\t') => command.next_word(),
            (None, ';' | '|' | '&' | '(' | ')' | '\n') => {
                let (end, quote) = (command.end, command.quote);
                command = Command { end, quote, ..Command::default() };
            }
            (None, '<' | '>') => {
                if command.word.text.bytes().all(|b| b.is_ascii_digit()) {
                    command.word = Word::default();
                }
                command.next_word();
                command.redirected = true;
                while chars.next_if(|c| matches!(c, '<' | '>' | '&' | '|')).is_some() {}
            }
            (None, c) => command.word.push_unquoted(c, breaks.contains(c)),
        }
    }
    command.done(quote)
}

impl Word {
    fn begin(&mut self) {
        if !self.begun {
            self.begun = true;
            self.pieces = 1;
        }
    }

    fn push(&mut self, c: char) {
        self.push_unquoted(c, false);
    }

    fn push_unquoted(&mut self, c: char, is_break: bool) {
        if self.begun && self.at_break != is_break {
            self.pieces += 1;
        }
        self.begin();
        self.at_break = is_break;
        self.text.push(c);
        if is_break {
            // readline counts an `@` to what it replaces (`rl_special_prefixes`).
            self.broken = self.text.len() - usize::from(c == '@');
        }
    }
}

impl Command {
    fn next_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        if !word.begun {
            return;
        }
        let assignment = self.words.is_empty() && is_assignment(&word.text);
        if !assignment && !self.redirected {
            self.words.push(word.text);
            self.pieces.push(word.pieces);
        }
        self.redirected = false;
    }

    fn done(self, quote: Option<char>) -> Option<Typed> {
        if self.words.is_empty() || self.redirected {
            return None;
        }
        let Word { text, broken, quoted, .. } = self.word;
        let kept = if quote.is_some() { quoted } else { broken };
        Some(Typed {
            words: self.words,
            pieces: self.pieces,
            current: Current { text, quote, kept },
        })
    }
}

fn is_assignment(word: &str) -> bool {
    let name = word.split('=').next().unwrap_or_default();
    name.len() < word.len()
        && !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

impl Current {
    /// What bash is to put in place of the part that it replaces; `None` where the value does not
    /// begin with the part that stays.
    pub fn insertion(&self, value: &str) -> Option<String> {
        let rest = value.strip_prefix(&self.text[..self.kept])?;
        let Some(quote) = self.quote else { return Some(bare(rest)) };
        let mut text =
            if quote == '\'' { rest.replace('\'', "'\\''") } else { in_double_quotes(rest) };
        // readline closes the quote unless it sees this character at the end.
        if text.is_empty() || text.ends_with(quote) {
            text.push(quote);
        }
        Some(text)
    }
}

/// Each character that means something to bash behind a backslash.
fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() && !c.is_ascii_alphanumeric() && !"_./:@%+=-".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn in_double_quotes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '$' | '`' | '\\' => out.extend(['\\', c]),
            // History would be expanded, and a backslash would stay.
            '!' => out.push_str("\"\\!\""),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Current, Typed, read};

    const BREAKS: &str = " \t\n\"'@><=;|&(:";

    fn typed(line: &str) -> Typed {
        read(line, BREAKS).unwrap_or_else(|| panic!("no word in {line}"))
    }

    #[test]
    fn words_are_what_the_command_would_get() {
        for (line, words, current) in [
            ("ssoenv use pr", vec!["ssoenv", "use"], "pr"),
            ("ssoenv use ", vec!["ssoenv", "use"], ""),
            ("ssoenv  use  a\\ b", vec!["ssoenv", "use"], "a b"),
            ("ssoenv use 'a b' --role \"x $y", vec!["ssoenv", "use", "a b", "--role"], "x $y"),
            ("ls; ssoenv us", vec!["ssoenv"], "us"),
            ("x | FOO=1 B='a b' ssoenv us", vec!["ssoenv"], "us"),
            ("echo \"$(ssoenv use pr", vec!["ssoenv", "use"], "pr"),
            ("ssoenv use $(cat x) pr", vec!["ssoenv", "use", ""], "pr"),
            ("echo `ssoenv us", vec!["ssoenv"], "us"),
            ("ssoenv list 2>/dev/null --js", vec!["ssoenv", "list"], "--js"),
            ("ssoenv use \u{fc}n", vec!["ssoenv", "use"], "\u{fc}n"),
            ("(ssoenv us", vec!["ssoenv"], "us"),
            ("ssoenv use ''", vec!["ssoenv", "use"], ""),
        ] {
            let typed = typed(line);
            assert_eq!(
                (typed.words, typed.current.text.as_str()),
                (words.into_iter().map(String::from).collect(), current),
                "{line}"
            );
        }
        assert_eq!(read("ssoenv list > fi", BREAKS), None);
        assert_eq!(read("ssoen", BREAKS), None);
        assert_eq!(read("", BREAKS), None);
    }

    #[test]
    fn pieces_are_counted_as_bash_splits() {
        let pieces = typed("ssoenv exec team:web --a=b@c '--x=y:z' a\\:b -- ls").pieces;
        assert_eq!(pieces, [1, 1, 3, 5, 1, 1, 1]);
    }

    #[test]
    fn only_what_bash_replaces_is_inserted() {
        for (line, value, expected) in [
            ("s use wi", "with space", Some("with\\ space")),
            ("s use it", "it's", Some("it\\'s")),
            ("s use d", "dollar$HOME", Some("dollar\\$HOME")),
            ("s use st", "star*", Some("star\\*")),
            ("s use te", "team:web", Some("team:web")),
            ("s use team:", "team:web", Some("web")),
            ("s use \"team:", "team:web", Some("team:web")),
            ("s use 'team:w", "team:web", Some("team:web")),
            ("s use team\\:w", "team:web", Some("team:web")),
            ("s use --account=1", "--account=111", Some("111")),
            ("s use --account='A", "--account=A b", Some("A b")),
            ("s use me@e", "me@example:x y", Some("@example:x\\ y")),
            ("s use 'it", "it's", Some("it'\\''s")),
            ("s use 'qu", "quote'", Some("quote'\\'''")),
            ("s use \"qu", "quote\"", Some("quote\\\"\"")),
            ("s use \"no", "now!", Some("now\"\\!\"\"")),
            ("s use 'quote'\\''", "quote'", Some("'")),
            ("s use \"d", "d$x!`\"\\", Some("d\\$x\"\\!\"\\`\\\"\\\\")),
            ("s use TEAM:", "team:web", None),
            ("s use ~", "~x", Some("\\~x")),
        ] {
            let current = typed(line).current;
            assert_eq!(current.insertion(value).as_deref(), expected, "{line}");
        }
        assert_eq!(Current::default().insertion("a").as_deref(), Some("a"));
    }
}
