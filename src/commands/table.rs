//! Aligned columns for people.

use unicode_width::UnicodeWidthStr;

/// Lines of `N` columns under their titles, as wide as the widest cell. Cells are sanitised by the
/// caller.
pub fn render<const N: usize>(
    titles: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut lines = vec![titles.map(str::to_owned)];
    lines.extend(rows);
    let mut widths = [0; N];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.width());
        }
    }
    let mut text = String::new();
    for line in &lines {
        for (at, (cell, width)) in line.iter().zip(widths).enumerate() {
            text.push_str(cell);
            if at + 1 < N {
                text.extend(std::iter::repeat_n(' ', width + 2 - cell.width()));
            }
        }
        text.push('\n');
    }
    text
}
