//! Rows as lines of one width: which cells there is room for, and how names are cut so that rows that
//! differ still do.
//!
//! Cells come with the names first, the least important last: those at the end go first. A row's first
//! cell may be empty; the cells behind it are its names then.

use crate::domain::label::{cell_width, clean, cut, label, middle};

/// Blanks between cells.
const SPACE: usize = 2;
/// Cells that are the names of a row; others go before one of these is cut.
pub const NAMES: usize = 3;
/// A name that is cut in its column keeps this many cells.
const LEAST: usize = 14;
/// Cells of a name's beginning, where what differs comes late.
const HEAD: usize = 4;

/// The lines of rows, none wider than `width`; `natural` are the greatest widths of all rows.
pub fn lay_out(rows: &[Vec<String>], natural: &[usize], width: usize) -> Vec<String> {
    let mut count = natural.len();
    while count > NAMES.min(natural.len()) && sum(&natural[..count]) > width {
        count -= 1;
    }
    let natural = &natural[..count];
    if let Some(widths) = fitted(natural, width) {
        return in_columns(rows, natural, &widths);
    }
    in_one(rows, width)
}

/// Where there is room for one text: a row's first name, or the other two, each with room of its own.
fn in_one(rows: &[Vec<String>], width: usize) -> Vec<String> {
    let name =
        |at: usize, row: &Vec<String>| clean(row.get(at).map_or("", |s| s)).trim().to_owned();
    let [first, second, third] =
        [0, 1, 2].map(|at| rows.iter().map(|row| name(at, row)).collect::<Vec<_>>());
    let widest = third.iter().map(|text| cell_width(text)).max().unwrap_or(0);
    let last = widest.min(width * 2 / 5);
    let short = [
        distinct(&first, width),
        distinct(&second, width.saturating_sub(last + 1)),
        distinct(&third, last),
    ];
    let line = |at: usize| {
        let whole = format!("{} {}", second[at], third[at]);
        if !first[at].is_empty() {
            short[0][at].clone()
        } else if cell_width(whole.trim()) <= width {
            whole.trim().to_owned()
        } else {
            format!("{} {}", short[1][at], short[2][at]).trim().to_owned()
        }
    };
    (0..rows.len()).map(line).collect()
}

/// Of columns; one that is empty in all rows takes no room.
fn sum(widths: &[usize]) -> usize {
    let there = widths.iter().filter(|&&width| width > 0);
    there.map(|width| width + SPACE).sum::<usize>().saturating_sub(SPACE)
}

/// The widths that columns get: their own where there is room, else the widest give way as far as they
/// can; `None` where that is not enough.
fn fitted(natural: &[usize], width: usize) -> Option<Vec<usize>> {
    let mut widths = natural.to_vec();
    while sum(&widths) > width {
        let widest = widths.iter_mut().max().filter(|widest| **widest > LEAST)?;
        *widest -= 1;
    }
    Some(widths)
}

fn in_columns(rows: &[Vec<String>], natural: &[usize], widths: &[usize]) -> Vec<String> {
    let mut lines = vec![String::new(); rows.len()];
    for (at, (&natural, &width)) in natural.iter().zip(widths).enumerate() {
        if natural == 0 {
            continue;
        }
        let cells = rows.iter().map(|row| clean(row.get(at).map_or("", String::as_str)));
        let cells: Vec<_> = cells.map(|cell| cell.trim().to_owned()).collect();
        for (line, cell) in lines.iter_mut().zip(distinct(&cells, width)) {
            line.push_str(&cell);
            let blanks = width.saturating_sub(cell_width(&cell)) + SPACE;
            line.extend(std::iter::repeat_n(' ', blanks));
        }
    }
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

/// Texts cut in their middle; those that would look the same are cut where they are the same instead.
fn distinct(texts: &[String], cells: usize) -> Vec<String> {
    let cut: Vec<_> = texts.iter().map(|text| middle(text, cells)).collect();
    let alike = |at: usize| {
        let same = |other: &usize| cut[*other] == cut[at] && texts[*other] != texts[at];
        (0..texts.len()).filter(same).map(|other| common(&texts[at], &texts[other])).max()
    };
    let shown = (0..texts.len()).map(|at| match alike(at) {
        Some(common) => from(&texts[at], common, cells),
        None => cut[at].clone(),
    });
    shown.collect()
}

/// Where two texts begin to differ, in bytes.
fn common(one: &str, other: &str) -> usize {
    let mut pairs = one.char_indices().zip(other.chars());
    let differs = pairs.find(|((_, a), b)| a != b);
    differs.map_or(one.len().min(other.len()), |((at, _), _)| at)
}

/// A text with `..` for what stands before `at`, as far as it has to go.
fn from(text: &str, at: usize, cells: usize) -> String {
    let rest = &text[at..];
    let room = cells.saturating_sub(2 + cell_width(rest)).max(HEAD.min(cells / 4));
    let head = cut(&text[..at], room);
    format!("{head}..{}", label(rest, cells.saturating_sub(2 + cell_width(head))))
}

#[cfg(test)]
mod tests {
    use super::{distinct, lay_out};

    fn rows(rows: &[[&str; 5]]) -> (Vec<Vec<String>>, Vec<usize>) {
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        let widths = (0..5).map(|at| rows.iter().map(|row| row[at].len()).max().unwrap_or(0));
        let widths = widths.collect();
        (rows, widths)
    }

    #[test]
    fn the_least_important_goes_first() {
        let (rows, widths) = rows(&[
            ["acme-checkout-prod", "Acme Checkout", "Admin", "eu-west-1", "53m"],
            ["", "Acme Tools", "ReadOnly", "", ""],
        ]);
        let first = |width| lay_out(&rows, &widths, width).swap_remove(0);
        assert_eq!(first(80), "acme-checkout-prod  Acme Checkout  Admin     eu-west-1  53m");
        assert_eq!(first(57), "acme-checkout-prod  Acme Checkout  Admin     eu-west-1");
        assert_eq!(first(50), "acme-checkout-prod  Acme Checkout  Admin");
        assert_eq!(first(40), "acme-c..ut-prod  Acme Checkout  Admin");
        assert_eq!(first(30), "acme-checkout-prod");
        assert_eq!(first(12), "acme-..-prod");
        assert_eq!(lay_out(&rows, &widths, 20)[1], "Acme Tools ReadOnly");
    }

    #[test]
    fn what_differs_stays() {
        let texts = ["acme-checkout-staging-eu-admin", "acme-checkout-preview-eu-admin"];
        let texts = texts.map(str::to_owned);
        assert_eq!(distinct(&texts, 40), texts);
        assert_eq!(distinct(&texts, 16), ["acme..staging-..", "acme..preview-.."]);
        assert_eq!(
            distinct(&texts, 26),
            ["acme-checkou..ing-eu-admin", "acme-checkou..iew-eu-admin"]
        );
    }

    #[test]
    fn empty_columns_take_no_room() {
        let (rows, widths) = rows(&[["", "Acme", "Admin", "", ""]]);
        assert_eq!(lay_out(&rows, &widths, 80), ["Acme  Admin"]);
    }
}
