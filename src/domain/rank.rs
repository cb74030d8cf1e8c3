//! Which rows of a list a person means while typing, best first.
//!
//! The words of a query may stand in any order, and every one must be found: as it is, or its
//! characters in their order. A whole field counts more than the start of a word, that more than
//! the middle of one, and all of these more than scattered characters. Case never counts. One pass
//! over a row, whatever the query: lists have thousands.

use std::cmp::Reverse;

/// Between the fields of a row; no field and no word of a query holds it.
const SEPARATOR: char = '\n';

const WHOLE_FIELD: i64 = 1400;
const FIELD_START: i64 = 1300;
const WORD_START: i64 = 1200;
const INSIDE: i64 = 1000;
/// Scattered characters begin here and lose for every gap.
const SCATTERED: i64 = 800;
const GAP: i64 = 8;
/// A field loses this for each field before it: names come first.
const LATER_FIELD: i64 = 10;
/// What frequent use can add: never more than one of the steps above.
const USE: f64 = 99.0;

/// One row of the list.
#[derive(Clone, Debug)]
struct Row {
    /// The fields in lower case.
    text: String,
    /// 0 to 99: how much it was used lately.
    used: i64,
}

/// The rows of a list, and how well each fits a query.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    rows: Vec<Row>,
    /// All rows, the most used first.
    order: Vec<u32>,
    query: String,
    matches: Vec<u32>,
}

impl Ranking {
    /// Rows as their fields and a weight for recent use, from 0 upwards. All of them match, the
    /// most used first, the others in the order given.
    pub fn new<'a, F>(rows: impl IntoIterator<Item = (F, f64)>) -> Self
    where
        F: IntoIterator<Item = &'a str>,
    {
        let (texts, weights): (Vec<String>, Vec<f64>) =
            rows.into_iter().map(|(fields, weight)| (folded(fields), weight)).unzip();
        let most = weights.iter().copied().fold(0.0, f64::max);
        let scale = |weight: f64| {
            let used = if most > 0.0 { (weight / most * USE).ceil() } else { 0.0 };
            #[allow(clippy::cast_possible_truncation, reason = "0 to 99")]
            let used = used.clamp(0.0, USE) as i64;
            used
        };
        let used: Vec<i64> = weights.iter().map(|&weight| scale(weight)).collect();
        let mut order: Vec<u32> = (0..).take(texts.len()).collect();
        order.sort_by(|&a, &b| weights[b as usize].total_cmp(&weights[a as usize]));
        let rows = texts.into_iter().zip(used).map(|(text, used)| Row { text, used }).collect();
        Self { rows, matches: order.clone(), order, query: String::new() }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows that match, best first.
    pub fn matches(&self) -> &[u32] {
        &self.matches
    }

    /// Narrows, or widens, the matches to those of `query`.
    pub fn search(&mut self, query: &str) {
        let query = query.to_lowercase();
        let words: Vec<&str> = query.split_whitespace().collect();
        if words.is_empty() {
            self.matches.clone_from(&self.order);
        } else {
            // Whatever matches a longer query matches the shorter one.
            let narrower = query.starts_with(&self.query) && !self.query.trim().is_empty();
            let among = if narrower { &self.matches } else { &self.order };
            let score = |&at: &u32| {
                let row = &self.rows[at as usize];
                Some((score(&row.text, &words)? + row.used, at))
            };
            let mut found: Vec<(i64, u32)> = among.iter().filter_map(score).collect();
            found.sort_unstable_by_key(|&(score, at)| {
                (Reverse(score), self.rows[at as usize].text.len(), at)
            });
            self.matches = found.into_iter().map(|(_, at)| at).collect();
        }
        self.query = query;
    }
}

fn folded<'a>(fields: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for field in fields {
        text.push(SEPARATOR);
        text.extend(field.chars().filter(|&c| c != SEPARATOR).flat_map(char::to_lowercase));
    }
    text.push(SEPARATOR);
    text
}

fn score(text: &str, words: &[&str]) -> Option<i64> {
    words.iter().map(|word| whole(text, word).or_else(|| scattered(text, word))).sum()
}

/// The word as it is: the best place where it stands.
fn whole(text: &str, word: &str) -> Option<i64> {
    let place = |(at, _): (usize, &str)| {
        let before = text[..at].chars().next_back().unwrap_or(SEPARATOR);
        let after = text[at + word.len()..].chars().next().unwrap_or(SEPARATOR);
        let kind = match (before, after) {
            (SEPARATOR, SEPARATOR) => WHOLE_FIELD,
            (SEPARATOR, _) => FIELD_START,
            (before, _) if !before.is_alphanumeric() => WORD_START,
            _ => INSIDE,
        };
        kind - LATER_FIELD * fields_before(text, at)
    };
    text.match_indices(word).map(place).max()
}

fn fields_before(text: &str, at: usize) -> i64 {
    i64::try_from(text[..at].matches(SEPARATOR).count()).unwrap_or(i64::MAX)
}

/// The word's characters in their order: found from the left, then drawn together from the right.
fn scattered(text: &str, word: &str) -> Option<i64> {
    let mut rest = text.char_indices();
    let mut end = 0;
    for wanted in word.chars() {
        end = rest.find(|&(_, c)| c == wanted).map(|(at, c)| at + c.len_utf8())?;
    }
    let mut wanted = word.chars().rev().peekable();
    let mut gaps = 0;
    let mut adjacent = true;
    for c in text[..end].chars().rev() {
        match wanted.peek() {
            None => break,
            Some(&next) if next == c => {
                wanted.next();
                adjacent = true;
            }
            // A gap costs, a long one more, and one between fields most.
            Some(_) => {
                gaps += i64::from(adjacent) * 2 + 1 + i64::from(c == SEPARATOR) * 4;
                adjacent = false;
            }
        }
    }
    Some((SCATTERED - GAP * gaps).max(0))
}

#[cfg(test)]
mod tests {
    use super::Ranking;

    const ROWS: [[&str; 4]; 6] = [
        ["reproduction", "Print Shop", "111111111111", "Admin"],
        ["acme-prod", "Acme Production", "222222222222", "Admin"],
        ["prod", "Billing", "333333333333", "ReadOnly"],
        ["p-r-o-d", "Toys", "444444444444", "Admin"],
        ["Größe", "Maße", "055555555555", "Leser"],
        ["dev", "Prod", "666666666666", "Developer"],
    ];

    fn found(query: &str) -> Vec<&'static str> {
        found_with(query, [0.0; 6])
    }

    fn found_with(query: &str, used: [f64; 6]) -> Vec<&'static str> {
        let mut ranking = Ranking::new(ROWS.into_iter().zip(used));
        ranking.search(query);
        ranking.matches().iter().map(|&at| ROWS[at as usize][0]).collect()
    }

    #[test]
    fn the_nearest_comes_first() {
        assert_eq!(found("prod"), ["prod", "dev", "acme-prod", "reproduction", "p-r-o-d"]);
        assert_eq!(found("PROD adm"), ["acme-prod", "reproduction", "p-r-o-d"]);
        assert_eq!(found("3333"), ["prod"]);
        assert_eq!(found("readonly"), ["prod"]);
        assert_eq!(found("acmeadm"), ["acme-prod"]);
        assert_eq!(found("größe"), ["Größe"]);
        assert_eq!(found("GRÖ"), ["Größe"]);
        assert_eq!(found("xyz"), Vec::<&str>::new());
        assert_eq!(found("  ").len(), 6);
    }

    #[test]
    fn use_decides_where_nothing_is_typed_and_between_near_equals() {
        let used = [0.0, 0.5, 0.0, 2.0, 0.0, 1.0];
        assert_eq!(found_with("", used)[..4], ["p-r-o-d", "dev", "acme-prod", "reproduction"]);
        assert_eq!(found_with("admin", used)[0], "p-r-o-d");
        assert_eq!(found_with("prod", used)[0], "dev");
        assert_eq!(found_with("prod", used)[4], "p-r-o-d");
    }

    #[test]
    fn typing_on_gives_what_the_whole_query_gives() {
        for query in ["prod adm", "p r o d", "acmeadm", "reprod", "pdx", " prod"] {
            let mut ranking = Ranking::new(ROWS.into_iter().zip([0.0; 6]));
            let all = ranking.matches().to_vec();
            for (end, c) in query.char_indices() {
                ranking.search(&query[..end + c.len_utf8()]);
            }
            let names: Vec<_> = ranking.matches().iter().map(|&at| ROWS[at as usize][0]).collect();
            assert_eq!(names, found(query), "{query}");
            ranking.search("");
            assert_eq!(ranking.matches(), all);
        }
    }
}
