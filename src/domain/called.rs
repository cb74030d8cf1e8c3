//! Accounts as people call them: by ID, or by name.

/// Those that are called `text`: by ID or by exact name; where none is, by name in any letter case.
/// `names` gives an item's ID and name.
pub fn called<'a, T>(
    all: impl IntoIterator<Item = T>,
    text: &str,
    names: impl Fn(&T) -> (&'a str, Option<&'a str>),
) -> Vec<T> {
    let lower = text.to_lowercase();
    let (mut exact, mut loose) = (Vec::new(), Vec::new());
    for item in all {
        let (id, name) = names(&item);
        if id == text || name == Some(text) {
            exact.push(item);
        } else if name.is_some_and(|name| name.to_lowercase() == lower) {
            loose.push(item);
        }
    }
    if exact.is_empty() { loose } else { exact }
}

#[cfg(test)]
mod tests {
    use super::called;

    #[test]
    fn the_exact_name_wins() {
        let all = [("1", Some("DEV")), ("2", Some("dev")), ("3", Some("Prod")), ("4", None)];
        let ids = |text: &str| -> Vec<&str> {
            called(all, text, |(id, name)| (*id, *name)).into_iter().map(|(id, _)| id).collect()
        };
        assert_eq!(ids("dev"), ["2"]);
        assert_eq!(ids("DEV"), ["1"]);
        assert_eq!(ids("Dev"), ["1", "2"]);
        assert_eq!(ids("prod"), ["3"]);
        assert_eq!(ids("4"), ["4"]);
        assert!(ids("x").is_empty());
    }
}
