//! The report: a row for each finding, and the same for people, with alike findings as one.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::problem::{Problem, Status};
use crate::domain::label::sanitize;

/// How many names of alike findings are shown.
const NAMES: usize = 4;

/// How many findings that differ in more than one name stand by themselves.
const MOST_APART: usize = 10;

/// How many checks that were skipped for one reason are named.
const MOST_SKIPPED: usize = 5;

/// A finding, or a check that has none.
#[derive(Clone, Debug)]
pub struct Row {
    /// The check's name, in kebab-case.
    pub check: &'static str,
    /// `None`: the check found nothing.
    pub problem: Option<Problem>,
    /// What the check looks at.
    pub about: &'static str,
}

impl Row {
    /// How bad it is.
    pub fn status(&self) -> Status {
        self.problem.as_ref().map_or(Status::Ok, |problem| problem.status)
    }
}

/// `--json`: each finding by itself.
pub fn document(rows: &[Row]) -> String {
    let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    let rows = rows.iter().map(|row| {
        let problem = row.problem.as_ref();
        let place = problem.and_then(|problem| problem.place.as_ref());
        let what = problem.map_or("", |problem| &problem.what);
        json!({
            "check": row.check,
            "status": row.status(),
            "what": if what.is_empty() { row.about } else { what },
            "why": problem.map_or(Value::Null, |problem| text(&problem.why)),
            "fix": problem.map_or(Value::Null, |problem| text(&problem.fix)),
            "file": place.map(|(file, _)| file.display().to_string()),
            "line": place.and_then(|(_, line)| *line),
        })
    });
    Value::Array(rows.collect()).to_string()
}

/// For people: what is not ok, alike findings as one, and a line of counts. With `all` every check
/// and every finding.
pub fn text(rows: &[Row], all: bool) -> String {
    let mut lines: Vec<String> = Vec::new();
    let groups = groups(rows, all);
    for group in &groups {
        group.lines(&mut lines);
    }
    for (why, checks) in skipped(rows) {
        let shown = match checks.len() {
            count if count > MOST_SKIPPED && !all => format!("{count} checks"),
            _ => checks.join(", "),
        };
        lines.push(format!("skipped  {shown}: {}", sanitize(why)));
    }
    if all {
        let ok = rows.iter().filter(|row| row.problem.is_none());
        lines.extend(ok.map(|row| format!("ok  {}: {}", row.check, row.about)));
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(counts(rows, &groups) + "\n");
    lines.join("\n")
}

/// Findings that say the same of different things.
struct Group<'a> {
    row: &'a Row,
    problem: &'a Problem,
    /// The things, each once.
    names: Vec<&'a str>,
    count: usize,
    /// They say it with other words in literals too.
    mixed: bool,
}

impl<'a> Group<'a> {
    /// So many more like it, of these things.
    fn take(&mut self, count: usize, names: &[&'a str]) {
        self.count += count;
        for name in names {
            if self.names.len() < NAMES && self.names.last() != Some(name) {
                self.names.push(name);
            }
        }
    }

    fn lines(&self, lines: &mut Vec<String>) {
        let Problem { status, what, why, fix, place, .. } = self.problem;
        let more = self.count - 1;
        let others: Vec<_> =
            self.names.iter().skip(1).take(NAMES - 1).map(|name| format!("`{name}`")).collect();
        let what = match (more, others.join(", ")) {
            (0, _) => what.clone(),
            (_, names) if names.is_empty() => format!("{what}, and {more} more like it"),
            (_, names) if more > others.len() => format!("{what}, and {more} more: {names}, …"),
            (_, names) => format!("{what}, and {more} more: {names}"),
        };
        lines.push(format!("{}  {}: {}", status.word(), self.row.check, sanitize(&what)));
        if !why.is_empty() {
            lines.push(format!("      why: {}", sanitize(why)));
        }
        let own = self.names.first().is_some_and(|name| fix.contains(*name));
        let own = own || (self.mixed && fix.contains('`'));
        let likewise = if more > 0 && own { "; likewise for the others" } else { "" };
        if !fix.is_empty() {
            lines.push(format!("      fix: {}{likewise}", sanitize(fix)));
        }
        if let Some((file, line)) = place {
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            lines.push(format!("      at:  {}{line}", sanitize(&file.display().to_string())));
        }
    }
}

/// The findings in the order of the checks; alike ones as one unless each is wanted.
fn groups(rows: &[Row], each: bool) -> Vec<Group<'_>> {
    let mut groups: Vec<Group> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for row in rows {
        let Some(problem) = row.problem.as_ref().filter(|p| p.status > Status::Skipped) else {
            continue;
        };
        let name = problem.what.split('`').nth(1);
        let key = format!("{} {:?} {}", row.check, problem.status, blank(problem, name));
        let at = *known.entry(key).or_insert(groups.len());
        if each || at == groups.len() {
            let names = name.into_iter().collect();
            groups.push(Group { row, problem, names, count: 1, mixed: false });
            continue;
        }
        groups[at].take(1, name.as_slice());
    }
    if each { groups } else { folded(groups) }
}

/// Many groups that differ in literals alone as one: nobody reads them all.
fn folded(groups: Vec<Group<'_>>) -> Vec<Group<'_>> {
    let key = |group: &Group| {
        let Problem { status, what, why, fix, .. } = group.problem;
        let words = [&**what, why, fix].map(|text| text.split('`').step_by(2).collect::<String>());
        (group.row.check, *status, words)
    };
    let mut sizes: HashMap<_, usize> = HashMap::new();
    for group in &groups {
        *sizes.entry(key(group)).or_default() += 1;
    }
    sizes.retain(|_, size| *size > MOST_APART);
    if sizes.is_empty() {
        return groups;
    }
    let mut places: HashMap<_, usize> = HashMap::new();
    let mut found: Vec<Group> = Vec::new();
    for group in groups {
        let key = key(&group);
        if !sizes.contains_key(&key) {
            found.push(group);
            continue;
        }
        let at = *places.entry(key).or_insert(found.len());
        if at == found.len() {
            found.push(Group { mixed: true, ..group });
        } else {
            found[at].take(group.count, &group.names);
        }
    }
    found
}

/// What a finding says, without the name of what it says it of.
fn blank(problem: &Problem, name: Option<&str>) -> String {
    let text = [&*problem.what, &*problem.why, &*problem.fix].join("\n");
    let Some(name) = name else { return text };
    // Literals are the parts with an odd place; paths stand in commands without marks of their own.
    let parts = text.split('`').enumerate().map(|(at, part)| match at % 2 {
        1 if part == name => String::new(),
        1 => part.split(BREAKS).filter(|word| *word != name).collect::<Vec<_>>().join(" "),
        _ if name.contains('/') => part.replace(name, ""),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("`")
}

/// Stand around names in literals: `[profile NAME]`.
const BREAKS: [char; 4] = [' ', '[', ']', '='];

/// Why checks were skipped, and which.
fn skipped(rows: &[Row]) -> Vec<(&str, Vec<&'static str>)> {
    let mut found: Vec<(&str, Vec<&'static str>)> = Vec::new();
    for row in rows {
        let Some(problem) = row.problem.as_ref().filter(|p| p.status == Status::Skipped) else {
            continue;
        };
        match found.iter_mut().find(|(why, _)| *why == problem.why) {
            Some((_, checks)) => checks.push(row.check),
            None => found.push((&problem.why, vec![row.check])),
        }
    }
    found
}

/// Findings by how bad they are, and the checks without any.
fn counts(rows: &[Row], groups: &[Group]) -> String {
    let count = |status| groups.iter().filter(|group| group.problem.status == status).count();
    let (failed, warned) = (count(Status::Fail), count(Status::Warn));
    let ok = rows.iter().filter(|row| row.problem.is_none()).count();
    let skipped = rows.iter().filter(|row| row.status() == Status::Skipped).count();
    let plural = if warned == 1 { "" } else { "s" };
    let mended = rows.iter().filter_map(|row| row.problem.as_ref()).any(|p| p.mend.is_some());
    let fix = if mended { "; `ssoenv doctor --fix` fixes what is safe to fix" } else { "" };
    format!("{failed} failed, {warned} warning{plural}, {ok} ok, {skipped} skipped{fix}")
}

#[cfg(test)]
mod tests {
    use super::{MOST_APART, Problem, Row, text};

    fn rows(count: usize) -> Vec<Row> {
        let one = |at: usize| {
            let what = format!("account `{at:012}` of profile `p{at}` is not one of yours");
            Problem::warn(what, "the list does not have it", format!("did you mean `1{at:011}`?"))
        };
        let row = |at| Row { check: "account-role", problem: Some(one(at)), about: "accounts" };
        (0..count).map(row).collect()
    }

    #[test]
    fn many_that_differ_in_several_names_are_one() {
        let few = text(&rows(MOST_APART), false);
        assert_eq!(few.matches("not one of yours").count(), MOST_APART, "{few}");
        assert_eq!(
            text(&rows(3000), false),
            "warn  account-role: account `000000000000` of profile `p0` is not one of yours, and \
             2999 more: `000000000001`, `000000000002`, `000000000003`, …\n      \
             why: the list does not have it\n      \
             fix: did you mean `100000000000`?; likewise for the others\n\n\
             0 failed, 1 warning, 0 ok, 0 skipped\n"
        );
        assert_eq!(text(&rows(3000), true).matches("not one of yours").count(), 3000);
    }
}
