//! The rows of a list, as the picker asks for them.

use crate::domain::rank::Ranking;

/// The rows of a list. Texts need not be fit for a terminal: the picker sees to that.
pub trait Rows {
    /// What is chosen, where the list alone does not say it.
    fn title(&self) -> Option<&str> {
        None
    }
    /// The cells of a row. Called for rows that are shown, so it may look things up.
    fn cells(&mut self, row: usize) -> Vec<String>;
    /// The greatest width that each cell has, in terminal cells.
    fn widths(&self) -> Vec<usize>;
    /// All about a row, for the line below the list.
    fn preview(&mut self, row: usize) -> String;
    /// Whether more rows may come while the list is open.
    fn is_growing(&self) -> bool {
        false
    }
    /// Looks for more rows: how all of them are ranked now, and which of them is the one that was
    /// `chosen`; `None` where nothing has come.
    fn grown(&mut self, _chosen: Option<usize>) -> Option<(Ranking, Option<usize>)> {
        None
    }
}
