//! The hooks of bash, zsh and fish: plain files that shells and linters can read, put together
//! here. PowerShell's is in `powershell_hook`, because it needs a file beside it.

use super::Dialect;
use super::powershell_hook::{self, Parts};

/// A line that begins a part which only counts with the segment.
const PROMPT: &str = "# {prompt}";
/// The line that ends it.
const END: &str = "# {end}";

/// The hook's file; `None` for shells without one of this kind.
const fn file(dialect: Dialect) -> Option<&'static str> {
    match dialect {
        Dialect::Bash => Some(include_str!("../../shell/ssoenv.bash")),
        Dialect::Zsh => Some(include_str!("../../shell/ssoenv.zsh")),
        Dialect::Fish => Some(include_str!("../../shell/ssoenv.fish")),
        Dialect::Sh | Dialect::PowerShell => None,
    }
}

/// The completion script, as packagers install it; nothing for POSIX sh.
pub const fn completions(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Bash => include_str!("../../completions/ssoenv.bash"),
        Dialect::Zsh => include_str!("../../completions/_ssoenv"),
        Dialect::Fish => include_str!("../../completions/ssoenv.fish"),
        Dialect::PowerShell => powershell_hook::COMPLETIONS,
        Dialect::Sh => "",
    }
}

/// What takes the hook out of a running shell; nothing for POSIX sh.
pub const fn removal(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Bash => include_str!("../../shell/remove.bash"),
        Dialect::Zsh => include_str!("../../shell/remove.zsh"),
        Dialect::Fish => include_str!("../../shell/remove.fish"),
        Dialect::PowerShell => powershell_hook::REMOVE,
        Dialect::Sh => "",
    }
}

/// The hook as text for `eval` or `source`; `None` for shells without one of this kind.
pub fn text(dialect: Dialect, parts: Parts) -> Option<String> {
    let mut text = String::new();
    let mut inside = false;
    for line in file(dialect)?.lines() {
        match line.trim_start() {
            PROMPT => inside = true,
            END => inside = false,
            _ if inside && !parts.prompt => {}
            _ => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    if parts.completions {
        text.push_str(completions(dialect));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::{Dialect, END, PROMPT, Parts, file, text};

    #[test]
    fn parts_are_left_out() {
        for dialect in [Dialect::Bash, Dialect::Zsh, Dialect::Fish] {
            let all = text(dialect, Parts { prompt: true, completions: true }).expect("a hook");
            let bare = text(dialect, Parts { prompt: false, completions: false }).expect("a hook");
            assert!(all.contains("__ssoenv_segment") && all.contains("SSOENV_COMPLETE"));
            assert!(!bare.contains("__ssoenv_segment") && !bare.contains("SSOENV_COMPLETE"));
            assert!(bare.contains("__ssoenv_refresh") && !all.contains(PROMPT));
        }
        assert_eq!(text(Dialect::Sh, Parts { prompt: true, completions: true }), None);
    }

    #[test]
    fn every_part_has_an_end() {
        for dialect in Dialect::ALL {
            let Some(file) = file(dialect) else { continue };
            let marks: Vec<_> =
                file.lines().map(str::trim_start).filter(|l| [PROMPT, END].contains(l)).collect();
            assert!(marks.len() >= 4, "{dialect:?}");
            for pair in marks.chunks(2) {
                assert_eq!(pair, [PROMPT, END], "{dialect:?}");
            }
        }
    }
}
