//! Did you mean: the known name that a mistyped word is closest to.

/// The candidate that `word` probably stands for: equal but for case, else few edits away, else
/// the only one that starts with it. `None` where nothing is near.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    let mut best: Option<(usize, &str)> = None;
    let mut starting = Vec::new();
    for candidate in candidates {
        let other = candidate.to_lowercase();
        if candidate == word {
            continue;
        }
        if other == lower {
            return Some(candidate);
        }
        if !lower.is_empty() && other.starts_with(&lower) {
            starting.push(candidate);
        }
        if other.len().abs_diff(lower.len()) > allowed * 4 {
            continue;
        }
        let distance = strsim::osa_distance(&lower, &other);
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    match (best, starting.as_slice()) {
        (Some((_, candidate)), _) => Some(candidate),
        (None, [only]) => Some(only),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_misses() {
        let names = ["prod", "dev", "my dev", "staging-admin", "Data"];
        for (word, expected) in [
            ("Prod", Some("prod")),
            ("prdo", Some("prod")),
            ("stagin-admin", Some("staging-admin")),
            ("staging", Some("staging-admin")),
            ("data", Some("Data")),
            ("x", None),
            ("prod", None),
            ("completely-else", None),
        ] {
            assert_eq!(nearest(word, names), expected, "{word}");
        }
    }
}
