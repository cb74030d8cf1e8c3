//! One setting changed in the text of `config.ini`: every other line stays.

use super::table::SECTION;

/// The text with `key` set, or removed where `value` is `None`.
pub fn edited(text: &str, key: &str, value: Option<&str>) -> String {
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut inside = false;
    let mut found = None;
    let mut end = None;
    for (at, line) in lines.iter().enumerate() {
        let content = line.trim_start_matches('\u{feff}').trim();
        if content.starts_with('[') {
            inside = content.strip_prefix('[').and_then(|c| c.strip_suffix(']')).map(str::trim)
                == Some(SECTION);
            end = if inside { Some(at + 1) } else { end };
        } else if inside && !content.is_empty() && !content.starts_with(['#', ';']) {
            end = Some(at + 1);
            if content.split(['=', ':']).next().map(str::trim) == Some(key) {
                found = Some(at);
            }
        }
    }
    let line = value.map(|value| match found {
        Some(at) => with_value(lines[at], &quoted(value)),
        None => format!("{key} = {}{eol}", quoted(value)),
    });
    let mut out: Vec<&str> = lines;
    let fresh;
    match (found, end, &line) {
        (Some(at), _, Some(line)) => out[at] = line,
        (Some(at), _, None) => drop(out.remove(at)),
        (None, _, None) => {}
        (None, Some(at), Some(line)) => out.insert(at, line),
        (None, None, Some(line)) => {
            let gap = if text.trim().is_empty() { "" } else { eol };
            fresh = format!("{gap}[{SECTION}]{eol}{line}");
            out.push(&fresh);
        }
    }
    let mut text = String::new();
    for line in out {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push_str(eol);
        }
        text.push_str(line);
    }
    text
}

/// The line with another value: what stands in front of it and behind it stays.
fn with_value(line: &str, value: &str) -> String {
    let start = line.find(['=', ':']).map_or(line.len(), |at| at + 1);
    let start = line.len() - line[start..].trim_start_matches([' ', '\t']).len();
    let end = line.trim_end().len().max(start);
    format!("{}{value}{}", &line[..start], &line[end..])
}

/// Quotes keep blanks at the ends, and a backslash there.
fn quoted(value: &str) -> String {
    if value.trim() != value || value.ends_with('\\') || value.starts_with('"') {
        format!("\"{value}\"")
    } else {
        value.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::edited;

    #[test]
    fn only_the_setting_changes() {
        for (before, value, after) in [
            ("", Some("keys"), "[ssoenv]\nmode = keys\n"),
            (
                "# c\n[match \"x\"]\nmode = keys",
                Some("profile"),
                "# c\n[match \"x\"]\nmode = keys\n\n[ssoenv]\nmode = profile\n",
            ),
            (
                "[ssoenv]\n# why\nmode=keys\r\n\n[match \"*\"]\n",
                Some("profile"),
                "[ssoenv]\n# why\nmode=profile\r\n\n[match \"*\"]\n",
            ),
            (
                "[ssoenv]\npicker = fzf\n# end\n\n[match \"*\"]\n",
                Some("keys"),
                "[ssoenv]\npicker = fzf\nmode = keys\n# end\n\n[match \"*\"]\n",
            ),
            ("[ssoenv]\nmode = keys\npicker = fzf\n", None, "[ssoenv]\npicker = fzf\n"),
            ("[ssoenv]\npicker = fzf\n", None, "[ssoenv]\npicker = fzf\n"),
            ("[ssoenv]", Some(" x "), "[ssoenv]\nmode = \" x \"\n"),
        ] {
            assert_eq!(edited(before, "mode", value), after, "{before:?}");
        }
    }
}
