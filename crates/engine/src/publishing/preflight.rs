//! What is checked before a post begins: its account and its file a day and an hour ahead, and the
//! machine's clock against the network's.

use std::time::UNIX_EPOCH;

use posts::outbox::{State, Timing, UnixMs};
use protocol::error::{ApiError, ErrorCode};
use store::outbox::EntryRow;
use task::Cancel;

use super::executor::{Case, Memory, unchanged};
use super::moment::rfc3339;
use super::tokens::system_time;
use super::{Marks, Publishing, documents, error_of, millis, outcome};
use crate::Error;

/// How far the machine's clock may be off the network's, in seconds: answers take their time.
const CLOCK_SECS: u64 = 5 * 60;
/// How long a post is put off whose time has come by a wrong clock alone, in milliseconds.
const CLOCK_WAIT_MS: u64 = 60_000;
/// How much later than now something may have been written down, in milliseconds: clocks are
/// corrected by little all the time.
const SET_BACK_MS: u64 = 60_000;

impl Publishing {
    /// Checks a post that waits for its time, or was to begin a while ago, and writes down what would
    /// keep it from going out.
    pub(super) fn check_ahead(
        &self,
        case: &Case,
        memory: &mut Memory,
        cancel: &Cancel,
    ) -> Result<EntryRow, Error> {
        memory.is_checked = true;
        let trouble = match self.check(&case.account, cancel) {
            Ok(_) => match unchanged(case, memory) {
                Err(error) => Some(error),
                // After the check, which may have got new tokens.
                Ok(()) => match self.ends_before(case)? {
                    Some(error) => Some(error),
                    None => Self::wrong_clock(case),
                },
            },
            Err(error @ (Error::Cancelled | Error::Store(_))) => return Err(error),
            // A vault that stays shut is told, too, while there is time to open it.
            Err(error) => Some(error.to_api()),
        };
        let now = self.now();
        let what = match &trouble {
            None => "checked ahead".to_owned(),
            Some(trouble) => format!("checked ahead: {}", trouble.code.name()),
        };
        let (row, _) = self.change_with(case.row.id, &what, |row, entry| {
            let marks = Marks {
                error: trouble,
                ..Marks::of(row)
            };
            (entry.state == State::Scheduled).then(|| (entry.after_preflight(now), marks))
        })?;
        Ok(row)
    }

    /// Puts a post off whose time has come only because the machine's clock is ahead; `None` when it
    /// has come, as far as the network's clock is known.
    pub(super) fn put_off(&self, case: &Case) -> Result<Option<EntryRow>, Error> {
        if !case.entry.is_early(self.true_now(case)) {
            return Ok(None);
        }
        let now = self.now();
        let trouble = Self::wrong_clock(case);
        let (row, _) = self.change_with(case.row.id, "put off: a wrong clock", |row, entry| {
            let marks = Marks {
                error: trouble,
                ..Marks::of(row)
            };
            let entry = entry.put_off(UnixMs(now.0 + CLOCK_WAIT_MS));
            Some((entry, marks))
        })?;
        Ok(Some(row))
    }

    /// Writes down that nobody posted in time.
    pub(super) fn miss(&self, case: &Case) -> Result<EntryRow, Error> {
        let now = self.true_now(case);
        let id = case.row.id;
        let (row, _) = self.change_with(id, "missed", |row, entry| {
            let missed = entry.is_missed(now).then(|| entry.missed(now))?;
            let marks = Marks {
                error: outcome::told(case.network, id, &missed, None),
                ..Marks::of(row)
            };
            Some((missed, marks))
        })?;
        Ok(row)
    }

    /// Corrects what was written down by a clock that was set back since: a wait of seconds would
    /// otherwise be one of a day.
    pub(super) fn heed_clock(&self, now: UnixMs) -> Result<(), Error> {
        for row in self
            .outbox
            .entries_after(millis(now) + SET_BACK_MS as i64)?
        {
            let by = row.updated_at.abs_diff(millis(now));
            let told = error_of(&row).filter(|error| error.code != ErrorCode::ClockWrong);
            if super::read(&row).is_err() {
                self.put_out_of_reach(&row)?;
                continue;
            }
            self.change_with(row.id, "the clock was set back", |row, entry| {
                let marks = Marks {
                    error: told,
                    ..Marks::of(row)
                };
                Some((entry.set_back(by), marks))
            })?;
        }
        Ok(())
    }

    /// Forgets what kept posts of an account from going out that is connected again.
    pub(super) fn clear_trouble(&self, account: i64) -> Result<(), Error> {
        for row in self.outbox.unfinished_entries()? {
            let is_told = error_of(&row).is_some_and(|error| error.code.ends_consent());
            if row.account != account || !is_told || super::read(&row).is_err() {
                continue;
            }
            self.change_with(row.id, "connected again", |row, entry| {
                let marks = Marks {
                    error: None,
                    ..Marks::of(row)
                };
                (entry.state == State::Scheduled).then_some((entry, marks))
            })?;
        }
        Ok(())
    }

    /// Returns the time by the network's clock where the machine's is wrong.
    pub(super) fn true_now(&self, case: &Case) -> UnixMs {
        let ahead_ms = Self::clock_error_secs(case).unwrap_or_default() * 1_000;
        UnixMs(self.now().0.saturating_add_signed(-ahead_ms))
    }

    /// Returns by how much the machine's clock is ahead of the network's, when it is wrong.
    pub(super) fn clock_error_secs(case: &Case) -> Option<i64> {
        let ahead = case.port.clock_ahead_secs()?;
        (ahead.unsigned_abs() > CLOCK_SECS).then_some(ahead)
    }

    /// Returns whether a post begins at a moment that its user chose, and this process has heard
    /// nothing of the network yet: each run that a timer starts begins so.
    pub(super) fn is_clock_unknown(case: &Case) -> bool {
        case.entry.timing == Timing::Chosen && case.port.clock_ahead_secs().is_none()
    }

    /// Returns that the consent ends before the post's time, if it does.
    fn ends_before(&self, case: &Case) -> Result<Option<ApiError>, Error> {
        let Some(due) = case.entry.due else {
            return Ok(None);
        };
        let ends = self
            .kept(&case.account)?
            .and_then(|kept| kept.consent_ends());
        let Some(ends) = ends.filter(|ends| *ends <= system_time(due)) else {
            return Ok(None);
        };
        let since = ends.duration_since(UNIX_EPOCH).unwrap_or_default();
        let network = case.network;
        let message = format!(
            "the consent for {} on {network} ends at {}, before the post's time",
            documents::short_name(&case.account),
            rfc3339(UnixMs(since.as_millis() as u64))
        );
        let hint = format!(
            "connect it again before that: `crealia accounts connect {}`",
            network.id()
        );
        Ok(Some(
            ApiError::new(ErrorCode::NotConnected, message).hint(hint),
        ))
    }

    fn wrong_clock(case: &Case) -> Option<ApiError> {
        let ahead = Self::clock_error_secs(case)?;
        let side = if ahead > 0 { "ahead of" } else { "behind" };
        let minutes = ahead.unsigned_abs() / 60;
        let message = format!(
            "this machine's clock is {} h {:02} min {side} that of {}",
            minutes / 60,
            minutes % 60,
            case.network
        );
        let hint = "set the clock right: posts go out by it";
        Some(ApiError::new(ErrorCode::ClockWrong, message).hint(hint))
    }
}
