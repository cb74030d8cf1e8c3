//! The report: a row for each finding, and the same for people, with alike findings as one.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::problem::{Problem, Status};
use crate::domain::label::sanitise;

/// How many names of alike findings are shown.
const NAMES: usize = 4;

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
        lines.push(format!("skipped  {shown}: {}", sanitise(why)));
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
}

impl Group<'_> {
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
        lines.push(format!("{}  {}: {}", status.word(), self.row.check, sanitise(&what)));
        if !why.is_empty() {
            lines.push(format!("      why: {}", sanitise(why)));
        }
        let own = self.names.first().is_some_and(|name| fix.contains(*name));
        let likewise = if more > 0 && own { "; likewise for the others" } else { "" };
        if !fix.is_empty() {
            lines.push(format!("      fix: {}{likewise}", sanitise(fix)));
        }
        if let Some((file, line)) = place {
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            lines.push(format!("      at:  {}{line}", sanitise(&file.display().to_string())));
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
            groups.push(Group { row, problem, names: name.into_iter().collect(), count: 1 });
            continue;
        }
        let group = &mut groups[at];
        group.count += 1;
        if let Some(name) =
            name.filter(|name| group.names.len() < NAMES && group.names.last() != Some(name))
        {
            group.names.push(name);
        }
    }
    groups
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
