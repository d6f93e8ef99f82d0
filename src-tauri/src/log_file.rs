//! The log: `studio.log` in the folder of logs, kept small by starting anew.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use log::{Level, LevelFilter, Log, Metadata, Record};
use protocol::error::ApiError;

/// A file that is this large gets another name, and a new one begins.
const BYTES: u64 = 1 << 20;
/// How many files are kept beside the current one.
const OLD: u32 = 3;

/// Logs to the folder from now on, panics too.
pub(crate) fn start(folder: &Path) -> Result<(), ApiError> {
    let file = Rotating::open(folder, BYTES).map_err(|error| {
        let what = format!("the log in {}", folder.display());
        crate::internal(&what, &error).hint("make room, or make the folder writable")
    })?;
    // It lasts as long as the program.
    let logger = Box::leak(Box::new(Logger(Mutex::new(file))));
    log::set_logger(logger).map_err(|error| crate::internal("the log", &error))?;
    log::set_max_level(LevelFilter::Info);
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        log::error!("{panic}");
        before(panic);
    }));
    log::info!("Créalia Studio {} starts", env!("CARGO_PKG_VERSION"));
    Ok(())
}

struct Logger(Mutex<Rotating>);

impl Log for Logger {
    fn enabled(&self, about: &Metadata<'_>) -> bool {
        // Libraries speak only of what is wrong.
        about.level() <= Level::Warn || about.target().starts_with("crealia_studio")
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let time = moment(since.as_secs());
        let line = format!("{time} {} {}\n", record.level(), record.args());
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A log that cannot be written has nowhere to say so.
        drop(file.write(line.as_bytes()));
    }

    fn flush(&self) {}
}

/// A file that begins anew when it is large.
struct Rotating {
    folder: PathBuf,
    limit: u64,
    file: File,
    written: u64,
}

impl Rotating {
    fn open(folder: &Path, limit: u64) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join("studio.log");
        let file = File::options().create(true).append(true).open(path)?;
        let written = file.metadata()?.len();
        Ok(Self {
            folder: folder.to_owned(),
            limit,
            file,
            written,
        })
    }

    fn write(&mut self, line: &[u8]) -> std::io::Result<()> {
        if self.written > self.limit {
            for number in (1..OLD).rev() {
                let older = self.folder.join(format!("studio.{}.log", number + 1));
                let newer = self.folder.join(format!("studio.{number}.log"));
                if newer.exists() {
                    std::fs::rename(newer, older)?;
                }
            }
            let current = self.folder.join("studio.log");
            std::fs::rename(current, self.folder.join("studio.1.log"))?;
            *self = Self::open(&self.folder, self.limit)?;
        }
        self.file.write_all(line)?;
        self.written += line.len() as u64;
        Ok(())
    }
}

/// Returns a moment in UTC as ISO 8601 writes it.
fn moment(unix_secs: u64) -> String {
    let (days, secs) = (unix_secs / 86_400, unix_secs % 86_400);
    // Years are counted from March, so that the day that comes and goes is a year's last.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (secs / 3_600, secs / 60 % 60, secs % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_calendar() {
        // By `date --utc --date=@…`.
        for (secs, expect) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_827_696, "2000-02-29T12:34:56Z"),
            (1_767_225_599, "2025-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(moment(secs), expect);
        }
    }

    #[test]
    fn old_logs_go_away() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Rotating::open(folder.path(), 10).unwrap();
        for number in 0..20 {
            log.write(format!("line number {number}\n").as_bytes())
                .unwrap();
        }
        let mut names: Vec<String> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(
            names,
            ["studio.1.log", "studio.2.log", "studio.3.log", "studio.log"]
        );
        let last = std::fs::read_to_string(folder.path().join("studio.log")).unwrap();
        assert_eq!(last, "line number 19\n");
    }
}
