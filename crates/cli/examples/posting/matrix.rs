//! The fault matrix: every network and step, whatever goes wrong there, many posts at a time.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, bail};
use testkit::strict::matrix::{self, Column, Row, Trouble};
use testkit::strict::{Fault, Posting, tiktok, x, youtube};

use crate::cell::{self, Ended};
use crate::{studio, table};

/// How many posts are under way at a time: most of each is waiting.
const AT_ONCE: usize = 24;

/// A row of a network, and how many calls come before its step.
pub(crate) struct Line {
    pub(crate) network: &'static str,
    pub(crate) row: Row,
    columns: Vec<Column>,
    file: PathBuf,
    before: OnceLock<usize>,
    reference: fn(&Path, &Path, Row) -> Result<usize>,
    run: fn(&Path, &Path, (Row, Trouble), usize) -> Result<Ended>,
}

/// What one cell came to: the row's number, the column's name.
pub(crate) type Results = BTreeMap<(usize, &'static str), Ended>;

/// Runs the matrix, or that of the networks and steps that are named, and prints it.
pub(crate) fn run(program: &Path, wanted: &[&str]) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut lines = of::<youtube::Desk>(folder.path(), (8 << 20) + (64 << 10))?;
    lines.extend(of::<x::Desk>(folder.path(), (2 << 20) + (64 << 10))?);
    lines.extend(of::<tiktok::Desk>(folder.path(), 20_001_000)?);
    let is_wanted = |line: &Line| {
        let step = format!("{:?}", line.row.step).to_lowercase();
        let names = [line.network.to_owned(), format!("{}:{step}", line.network)];
        wanted.is_empty() || names.iter().any(|name| wanted.contains(&name.as_str()))
    };
    lines.retain(is_wanted);
    if lines.is_empty() {
        bail!("none of {wanted:?}: a network, or network:step such as x:post");
    }
    let began = Instant::now();
    let results = all(program, &lines)?;
    println!(
        "{} cells, {AT_ONCE} at a time, in {:.0} s",
        results.len(),
        began.elapsed().as_secs_f64()
    );
    println!("{}", table::shown(&lines, &results)?);
    if table::Sums::of(&results).are_clean() {
        Ok(())
    } else {
        Err(anyhow!("the matrix is not clean"))
    }
}

/// Returns the rows of a network, for a file of so many bytes that it goes out in several parts.
fn of<D: Posting>(folder: &Path, bytes: u64) -> Result<Vec<Line>> {
    let file = studio::reel(folder, bytes)?;
    let line = |row: Row| Line {
        network: D::NETWORK,
        row,
        columns: matrix::columns::<D>(row.step),
        file: file.clone(),
        before: OnceLock::new(),
        reference: cell::calls_before::<D>,
        run: cell::run::<D>,
    };
    Ok(matrix::rows::<D>().into_iter().map(line).collect())
}

/// Runs all cells, those that wait longest first.
fn all(program: &Path, lines: &[Line]) -> Result<Results> {
    let mut cells: Vec<(usize, Column)> = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        cells.extend(line.columns.iter().map(|column| (number, *column)));
    }
    cells.sort_by_key(|(_, (_, trouble))| !is_long(*trouble));
    let count = cells.len();
    let queue = Mutex::new(VecDeque::from(cells));
    let results = Mutex::new(Results::new());
    let next = || {
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.pop_front()
    };
    let work = || -> Result<()> {
        while let Some((number, (name, trouble))) = next() {
            let line = lines.get(number).context("a row of the matrix")?;
            let what = || format!("{} {:?} {name}", line.network, line.row.step);
            let ended = line.ended(program, trouble).with_context(what)?;
            let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
            results.insert((number, name), ended);
            if results.len().is_multiple_of(20) {
                println!("{} of {count} cells", results.len());
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter().map(|worker| match worker.join() {
            Ok(outcome) => outcome,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        ended.collect::<Result<Vec<()>>>()
    })?;
    Ok(results.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// Returns whether a cell takes minutes: as long as a call may take, or X's window of rates.
fn is_long(trouble: Trouble) -> bool {
    trouble.outlasts() || matches!(trouble, Trouble::At(Fault::Refused(429, _)))
}

impl Line {
    fn ended(&self, program: &Path, trouble: Trouble) -> Result<Ended> {
        let calls = match trouble {
            Trouble::At(_) => 0,
            Trouble::NoConnection | Trouble::Killed(_) => self.calls_before(program)?,
        };
        (self.run)(program, &self.file, (self.row, trouble), calls)
    }

    fn calls_before(&self, program: &Path) -> Result<usize> {
        if let Some(calls) = self.before.get() {
            return Ok(*calls);
        }
        let calls = (self.reference)(program, &self.file, self.row)?;
        Ok(*self.before.get_or_init(|| calls))
    }
}
