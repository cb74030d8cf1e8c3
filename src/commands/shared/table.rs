//! Aligned columns for people.

use crate::domain::label::cell_width;

/// Lines of `N` columns under their titles, as wide as the widest cell. Cells are sanitized by the
/// caller.
pub fn render<T: AsRef<str>, const N: usize>(
    titles: [&str; N],
    rows: impl IntoIterator<Item = [T; N]>,
) -> String {
    let rows: Vec<[T; N]> = rows.into_iter().collect();
    let mut widths = titles.map(cell_width);
    for row in &rows {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(cell_width(cell.as_ref()));
        }
    }
    let line = widths.iter().sum::<usize>() + 2 * N;
    let mut text = String::with_capacity(line * (rows.len() + 1));
    write(&mut text, titles.iter().copied(), &widths);
    for row in &rows {
        write(&mut text, row.iter().map(AsRef::as_ref), &widths);
    }
    text
}

fn write<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>, widths: &[usize]) {
    for (at, (cell, widest)) in cells.zip(widths).enumerate() {
        text.push_str(cell);
        if at + 1 < widths.len() {
            pad(text, widest + 2 - cell_width(cell));
        }
    }
    text.push('\n');
}

/// Blanks, many at once.
fn pad(text: &mut String, mut cells: usize) {
    const BLANKS: &str = "                                ";
    while cells > 0 {
        let some = cells.min(BLANKS.len());
        text.push_str(&BLANKS[..some]);
        cells -= some;
    }
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let text = render(["A", "NAME", "Z"], [["1", "ünï", "x"], ["22", "日本語日", "y"]]);
        assert_eq!(text, "A   NAME      Z\n1   ünï       x\n22  日本語日  y\n");
        let wide = "w".repeat(70);
        let text = render(["A", "B"], [["", ""], [&wide, "x"]]);
        assert_eq!(text.lines().map(str::len).collect::<Vec<_>>(), [73, 72, 73]);
    }
}
