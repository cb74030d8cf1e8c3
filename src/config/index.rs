//! One line about each profile in a file of their own, for completion and `list`.
//!
//! Reading 10,000 profiles costs milliseconds; this file is sorted by name, searched without reading
//! it whole, and read whole in a third of the time. It is written by commands that read the
//! configuration anyway and carries the stamps (device, inode, size, times) of all files that it was
//! made from: when one differs, it does not count. A scanner that looks for one section in the AWS files would be as fast, but it
//! could not see what makes the AWS CLI refuse the whole file further down.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::kept;
use super::profiles::Config;
use super::settings::Settings;
use crate::domain::Result;
use crate::io::App;
use crate::io::files::{self, Stamp};

/// What the first line starts with; the number changes with the format.
const MAGIC: &str = "ssoenv-profiles 5";

/// What the first line ends with: the rows say all that the files do, or something had to be left out
/// or bent (tabs, line ends, values that are empty but there).
const WHOLE: &[u8; 3] = b" =\n";
const BENT: &[u8; 3] = b" ~\n";

/// Below this many bytes a binary search reads on line by line.
const BLOCK: u64 = 4096;

/// One profile of the index. Absent values are empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The profile.
    pub name: &'a str,
    pub account_id: &'a str,
    /// Account name, where it is known.
    pub account_name: &'a str,
    pub role: &'a str,
    /// Named session.
    pub session: &'a str,
    /// The word of `list --json`.
    pub source: &'a str,
    /// The profile's region.
    pub region: &'a str,
    /// Its place among all profiles, in the order of the files.
    pub place: u32,
}

/// An index that is true of the files as they are now.
#[derive(Debug)]
pub struct Index {
    file: File,
    body: u64,
    end: u64,
    whole: bool,
}

/// Names of accounts, with the stamps of the files that they come from: they are part of what the
/// index is made from.
#[derive(Clone, Debug, Default)]
pub struct AccountNames {
    /// By account ID.
    pub by_id: HashMap<String, String>,
    /// Stamps of the files, always of the same ones in the same order.
    pub stamps: Vec<Option<Stamp>>,
}

impl AccountNames {
    /// The account's name.
    pub fn get(&self, account_id: &str) -> Option<&str> {
        self.by_id.get(account_id).map(String::as_str)
    }
}

/// The files that the index is made from.
fn sources(app: &App) -> Result<[PathBuf; 3]> {
    Ok([app.paths.aws_config()?, app.paths.aws_credentials()?, Settings::file(app)?])
}

/// Where the index of these files is.
fn place(app: &App, sources: &[PathBuf]) -> Result<PathBuf> {
    kept::path(app, "index", sources, "profiles")
}

/// Opens the index if it was made from the files as they are; `names` are the stamps of
/// [`AccountNames`] as they are.
pub fn open(app: &App, names: &[Option<Stamp>]) -> Option<Index> {
    let sources = sources(app).ok()?;
    let mut stamps = sources.each_ref().map(|path| files::stamp(path)).to_vec();
    stamps.push(files::stamp(app.paths.system_config()));
    stamps.extend_from_slice(names);
    Index::open(&place(app, &sources).ok()?, &header(&stamps)).ok()?
}

/// Writes the index of a configuration that was read. It is left unwritten where the cache cannot be
/// written, or a file may still change unseen.
pub fn write(app: &App, config: &Config, names: &AccountNames) {
    let Ok(sources) = sources(app) else { return };
    let Ok(path) = place(app, &sources) else { return };
    let [aws_config, aws_credentials] = config.stamps();
    let [_, _, settings] = &sources;
    let system = files::stamp(app.paths.system_config());
    let mut stamps = vec![aws_config, aws_credentials, files::stamp(settings), system];
    stamps.extend_from_slice(&names.stamps);
    let header = header(&stamps);
    if matches!(Index::open(&path, &header), Ok(Some(_))) {
        return;
    }
    if !files::are_settled(&stamps, config.looked()) {
        return;
    }
    let (body, whole) = body(config, names);
    let end = String::from_utf8_lossy(if whole { WHOLE } else { BENT });
    kept::write(&path, &format!("{header}{end}{body}"));
}

fn header(stamps: &[Option<Stamp>]) -> String {
    let mut line = MAGIC.to_owned();
    for stamp in stamps {
        line.push(' ');
        match stamp {
            None => line.push('-'),
            Some(stamp) => stamp.add_to(&mut line),
        }
    }
    line
}

/// All rows, and whether they say everything.
fn body(config: &Config, names: &AccountNames) -> (String, bool) {
    let breaks = |text: &str| text.contains(['\t', '\n', '\r']);
    let mut rows: Vec<_> = config.summaries().enumerate().collect();
    let all = rows.len();
    rows.retain(|(_, row)| !breaks(row.profile.as_str()));
    let mut whole = rows.len() == all;
    rows.sort_unstable_by(|(_, a), (_, b)| a.profile.cmp(b.profile));
    let mut text = String::with_capacity(rows.len() * 96);
    for (place, row) in rows {
        let name = row.account_id.and_then(|id| names.get(id));
        let fields = [
            Some(row.profile.as_str()),
            row.account_id,
            name,
            row.role,
            row.session,
            Some(row.source),
            row.region,
        ];
        for field in fields {
            let shown = field.unwrap_or_default();
            if breaks(shown) {
                whole = false;
                text.extend(
                    shown.chars().map(|c| if breaks(c.encode_utf8(&mut [0; 4])) { ' ' } else { c }),
                );
            } else {
                whole &= field != Some("");
                text.push_str(shown);
            }
            text.push('\t');
        }
        writeln!(text, "{place}").expect("writing to a string cannot fail");
    }
    (text, whole)
}

impl Index {
    fn open(path: &Path, header: &str) -> io::Result<Option<Self>> {
        let mut file = File::open(path)?;
        let mut first = vec![0; header.len() + WHOLE.len()];
        file.read_exact(&mut first)?;
        let body = first.len() as u64;
        let end = file.metadata()?.len();
        let whole = match first.strip_prefix(header.as_bytes()) {
            Some(last) if last == WHOLE => true,
            Some(last) if last == BENT => false,
            _ => return Ok(None),
        };
        Ok(Some(Self { file, body, end, whole }))
    }

    /// The text of all rows, for [`rows`]; `None` where they do not say everything.
    pub fn read(mut self) -> Option<String> {
        if !self.whole {
            return None;
        }
        self.file.seek(SeekFrom::Start(self.body)).ok()?;
        let mut text = String::with_capacity(usize::try_from(self.end - self.body).ok()?);
        self.file.read_to_string(&mut text).ok()?;
        Some(text)
    }

    /// Calls `each` for every profile whose name starts with `prefix`, ordered by name, until it
    /// answers `false`.
    pub fn starting_with(
        &mut self,
        prefix: &str,
        mut each: impl FnMut(Row) -> bool,
    ) -> io::Result<()> {
        let start = self.lower_bound(prefix)?;
        self.file.seek(SeekFrom::Start(start))?;
        let mut reader = BufReader::with_capacity(1 << 16, &self.file);
        let mut line = String::new();
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let Some(row) = row(line.trim_end_matches('\n')) else { continue };
            let sorted_below = row.name < prefix;
            if sorted_below {
                continue;
            }
            if !row.name.starts_with(prefix) || !each(row) {
                return Ok(());
            }
        }
    }

    /// Calls `found` with the profile of that name; whether it is there. Names with tabs or line
    /// ends never are.
    pub fn find(&mut self, name: &str, found: impl FnOnce(Row)) -> io::Result<bool> {
        let mut found = Some(found);
        self.starting_with(name, |row| {
            if row.name == name
                && let Some(found) = found.take()
            {
                found(row);
            }
            false
        })?;
        Ok(found.is_none())
    }

    /// Start of a line at or before the first one whose name is not below `name`.
    fn lower_bound(&mut self, name: &str) -> io::Result<u64> {
        let (mut low, mut high) = (self.body, self.end);
        let mut buffer = Vec::new();
        while high - low > BLOCK {
            let middle = low + (high - low) / 2;
            self.file.seek(SeekFrom::Start(middle))?;
            let mut reader = BufReader::with_capacity(1024, &self.file);
            buffer.clear();
            let skipped = reader.read_until(b'\n', &mut buffer)? as u64;
            let line = middle + skipped;
            buffer.clear();
            reader.read_until(b'\t', &mut buffer)?;
            let known = buffer.strip_suffix(b"\t").unwrap_or(&buffer);
            if line >= high || buffer.is_empty() || known >= name.as_bytes() {
                high = middle;
            } else {
                low = line;
            }
        }
        Ok(low)
    }
}

/// The rows of a text from [`Index::read`], in the order of the files; `None` where one is broken.
pub fn rows(text: &str) -> Option<Vec<Row<'_>>> {
    let mut rows: Vec<Row> = text.lines().map(row).collect::<Option<_>>()?;
    rows.sort_unstable_by_key(|row| row.place);
    Some(rows)
}

fn row(line: &str) -> Option<Row<'_>> {
    let mut fields = line.split('\t');
    let mut next = || fields.next();
    Some(Row {
        name: next()?,
        account_id: next()?,
        account_name: next()?,
        role: next()?,
        session: next()?,
        source: next()?,
        region: next()?,
        place: next()?.parse().ok()?,
    })
}
