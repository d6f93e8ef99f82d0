use crate::outbox::entry::{
    Asks, Call, Cancelled, Cover, Doubt, Entry, Failure, Outcome, Place, Refusal, State, Token,
    UnixMs, Verdict,
};
use crate::outbox::way::{Posting, ReadBack};
use crate::outbox::{
    CHECK_WAIT_MS, CHECKS, FIRST_WAIT_MS, FIRST_WORK_WAIT_MS, LONGEST_CHECK_WAIT_MS, LOOK_WAIT_MS,
    LOOKS, MISSING, RETRIES, WORK_WAIT_MS, WORKS,
};

impl Entry {
    /// Returns it with a call begun: what is written down before the call is made.
    #[must_use]
    pub fn begun(self, call: Call) -> Self {
        let state = match self.state {
            State::Scheduled => State::Publishing,
            other => other,
        };
        Self {
            state,
            in_flight: Some(call),
            ..self
        }
    }

    /// Returns it after the program ended in the middle: a call that was begun has an outcome that
    /// nobody knows.
    #[must_use]
    pub fn restarted(self, now: UnixMs, jitter: u16) -> Self {
        if self.in_flight.is_some() {
            self.after(Outcome::Unknown, now, jitter)
        } else {
            self
        }
    }

    /// Returns it as it is in a restored or copied profile: what is not over may be done by another
    /// copy as well, so that the user decides.
    #[must_use]
    pub fn restored(self) -> Self {
        match self.state {
            State::Scheduled | State::Publishing => Self {
                state: State::Uncertain,
                in_flight: None,
                not_before: None,
                ..self
            },
            // Somebody may have chosen another one there since.
            State::Published => Self {
                cover: self.cover.given_up(),
                ..self
            },
            _ => self,
        }
    }

    /// Returns it once its time has passed for too long.
    #[must_use]
    pub fn missed(self, now: UnixMs) -> Self {
        if self.is_missed(now) {
            self.failed(Failure::Missed)
        } else {
            self
        }
    }

    /// Returns it when it cannot be gone on with: what belongs to it cannot be used, and will not be
    /// by itself. What may be on the network is left to the user.
    #[must_use]
    pub fn broken(mut self) -> Self {
        if self.is_settled() {
            return self;
        }
        let call = self.in_flight.take();
        if call.is_some_and(|call| self.may_post(call)) {
            self.doubt = Doubt::Possible;
        }
        self.gave_up(Failure::Broken)
    }

    /// Returns it when what belongs to it could not be had just now: the same later, and not for
    /// ever.
    #[must_use]
    pub fn held_up(self, now: UnixMs, jitter: u16) -> Self {
        if self.is_settled() {
            self
        } else if self.in_flight.is_some() {
            self.after(Outcome::Unknown, now, jitter)
        } else {
            self.tried(now, jitter, 0)
        }
    }

    /// Returns whether nothing is done about it any more.
    fn is_settled(&self) -> bool {
        match self.state {
            State::Draft | State::Failed | State::Cancelled | State::Uncertain => true,
            State::Scheduled | State::Publishing | State::Published => false,
        }
    }

    /// Calls it off, as long as nothing can be on the network.
    #[must_use]
    pub fn cancelled(self) -> (Self, Cancelled) {
        match self.state {
            State::Published | State::Failed | State::Cancelled => return (self, Cancelled::Over),
            State::Uncertain => return (self, Cancelled::TooLate),
            State::Draft | State::Scheduled | State::Publishing => {}
        }
        let may_post = self.in_flight.is_some_and(|call| self.may_post(call));
        if self.doubt == Doubt::Possible || may_post {
            return (self, Cancelled::TooLate);
        }
        let entry = Self {
            state: State::Cancelled,
            not_before: None,
            ..self
        };
        (entry, Cancelled::Yes)
    }

    /// Returns an uncertain entry after the user looked: with the post's name when it is there.
    #[must_use]
    pub fn resolved(self, remote: Option<String>) -> Self {
        if self.state != State::Uncertain {
            return self;
        }
        if let Some(remote) = remote {
            return Self {
                state: State::Published,
                place: Place::Posted { remote },
                doubt: Doubt::None,
                not_before: None,
                // What is posted by the user's word alone is not gone on with.
                cover: self.cover.given_up(),
                ..self
            };
        }
        let entry = Self {
            place: Place::New,
            doubt: Doubt::None,
            asks: Asks::Nothing,
            ..self
        };
        entry.failed(Failure::NotPublished)
    }

    /// Returns it with the outcome of the call in flight. `jitter` is any number: entries that
    /// failed together do not come back together.
    #[must_use]
    pub fn after(mut self, outcome: Outcome, now: UnixMs, jitter: u16) -> Self {
        let Some(call) = self.in_flight.take() else {
            // An outcome of nothing, such as a second answer.
            return self;
        };
        if self.state == State::Cancelled {
            return self;
        }
        match outcome {
            Outcome::Posted(remote) => self.posted(remote, now),
            Outcome::Opened => {
                self.openings += 1;
                self.reached = 0;
                self.confirmed(Place::Opened { stored: 0 })
            }
            Outcome::Stored(stored) => self.stored(stored, now, jitter),
            Outcome::Uploaded => {
                if self.place != Place::Uploaded {
                    self.attempts = 0;
                }
                self.confirmed(Place::Uploaded)
            }
            Outcome::Working { after_ms } => self.working(after_ms, now),
            // Its address takes nothing more, as it does when all has come.
            Outcome::Gone if self.may_count_late() && matches!(call, Call::Send { .. }) => {
                self.asks = Asks::First;
                self.tried(now, jitter, 0)
            }
            // A part was sent that may have posted, and the one who could tell has forgotten.
            Outcome::Gone if self.doubt == Doubt::Possible => self.uncertain(),
            Outcome::Gone if self.openings > RETRIES => self.gave_up(Failure::Unreachable),
            Outcome::Gone => self.confirmed(Place::New).tried(now, jitter, 0),
            Outcome::NotFound => self.not_found(now),
            Outcome::Refreshed => {
                self.token = Token::New;
                self
            }
            Outcome::CoverSet => {
                self.cover = Cover::Set;
                self.checked_next(now)
            }
            Outcome::Checked(verdict) => self.checked(verdict, now),
            Outcome::Refused(refusal) => self.refused(call, refusal, now, jitter),
            Outcome::Unknown => self.unknown(call, now, jitter),
        }
    }

    /// The network says how far it is, and with it that nothing of the post can be seen.
    fn confirmed(mut self, place: Place) -> Self {
        self.looks = 0;
        self.not_before = None;
        self.token = Token::Good;
        self.doubt = Doubt::None;
        self.asks = Asks::Nothing;
        self.place = place;
        self
    }

    /// Only new bytes are progress: a network that answers every question and takes no part, or
    /// forgets the same part again and again, would be asked for ever.
    fn stored(mut self, stored: u64, now: UnixMs, jitter: u16) -> Self {
        let stored = stored.min(self.bytes);
        let is_progress = stored > self.reached;
        if is_progress {
            self.reached = stored;
            self.attempts = 0;
        }
        let is_whole = stored == self.bytes;
        let may_count_late = self.may_count_late();
        let mut entry = self.confirmed(Place::Opened { stored });
        if !is_whole && may_count_late {
            // Sent again, the last part is the same post; an upload opened anew would be another.
            entry.doubt = Doubt::Possible;
            entry.not_before = Some(now.plus(FIRST_WAIT_MS));
        }
        if !is_whole {
            return entry;
        }
        match entry.way.posting {
            // What comes next is a call of its own.
            Posting::ByCall if is_progress => return entry,
            Posting::ByCall => {}
            // All is there, and the network has not made up its mind.
            Posting::WithLastPart => entry.doubt = Doubt::Possible,
        }
        entry.tried(now, jitter, 0)
    }

    /// Returns whether the last part may be there although the network does not count it.
    fn may_count_late(&self) -> bool {
        self.doubt == Doubt::Possible && self.way.read_back == ReadBack::LateUpload
    }

    /// The network answers, so that this is no failure; but it may not last for ever.
    fn working(self, after_ms: u64, now: UnixMs) -> Self {
        let stored = self.bytes;
        let mut entry = self.confirmed(Place::Opened { stored });
        entry.reached = stored;
        entry.attempts = 0;
        entry.works += 1;
        if entry.works > WORKS {
            return entry.gave_up(Failure::Unreachable);
        }
        let wait = FIRST_WORK_WAIT_MS << (entry.works - 1).min(16);
        let wait = wait.min(WORK_WAIT_MS).max(after_ms);
        entry.not_before = Some(now.plus(wait));
        entry
    }

    fn posted(mut self, remote: String, now: UnixMs) -> Self {
        self.state = State::Published;
        self.place = Place::Posted { remote };
        self.doubt = Doubt::None;
        self.asks = Asks::Nothing;
        self.token = Token::Good;
        self.attempts = 0;
        self.works = 0;
        self.not_before = Some(now);
        self
    }

    /// Nothing of the cover is left to do.
    fn without_cover(mut self, now: UnixMs) -> Self {
        self.cover = self.cover.given_up();
        self.checked_next(now)
    }

    fn checked_next(mut self, now: UnixMs) -> Self {
        self.attempts = 0;
        self.token = Token::Good;
        self.not_before = Some(now);
        self
    }

    fn not_found(mut self, now: UnixMs) -> Self {
        self.looks += 1;
        if self.looks < LOOKS {
            self.not_before = Some(now.plus(LOOK_WAIT_MS));
            return self;
        }
        let place = if self.bytes == 0 {
            Place::New
        } else {
            Place::Uploaded
        };
        self.confirmed(place)
    }

    fn checked(mut self, verdict: Verdict, now: UnixMs) -> Self {
        self.attempts = 0;
        self.missing = match verdict {
            Verdict::Missing => self.missing + 1,
            Verdict::Processing | Verdict::Live | Verdict::Rejected => 0,
        };
        match verdict {
            // It was taken, so it stays published whatever a list says: who posted it again on the
            // word of a list that lags behind would have made two.
            Verdict::Missing if self.missing >= MISSING => self.not_before = None,
            Verdict::Missing => self.not_before = Some(now.plus(CHECK_WAIT_MS)),
            Verdict::Processing => {
                self.works += 1;
                let wait = CHECK_WAIT_MS << (self.works - 1).min(16);
                let next = now.plus(wait.min(LONGEST_CHECK_WAIT_MS));
                self.not_before = (self.works < CHECKS).then_some(next);
            }
            Verdict::Live => self.not_before = None,
            Verdict::Rejected => return self.failed(Failure::Rejected),
        }
        self
    }

    fn refused(mut self, call: Call, refusal: Refusal, now: UnixMs, jitter: u16) -> Self {
        match refusal {
            Refusal::Later { after_ms } => self.tried(now, jitter, after_ms),
            Refusal::At(moment) => {
                self.not_before = Some(moment.max(now));
                self
            }
            // A token that is refused although it is new will not get better.
            Refusal::Token if call == Call::Refresh || self.token == Token::New => {
                self.gave_up(Failure::Reconnect)
            }
            Refusal::Token => {
                self.token = Token::Refused;
                self
            }
            Refusal::Never if call == Call::Check => {
                self.not_before = None;
                self
            }
            Refusal::Never if call == Call::SetCover => self.without_cover(now),
            Refusal::Never if call == Call::Refresh => self.gave_up(Failure::Reconnect),
            Refusal::Never => self.gave_up(Failure::Refused),
        }
    }

    fn unknown(mut self, call: Call, now: UnixMs, jitter: u16) -> Self {
        if self.may_post(call) {
            self.doubt = Doubt::Possible;
            if self.way.read_back == ReadBack::User {
                return self.uncertain();
            }
        }
        if let Call::Send { .. } = call {
            self.asks = Asks::First;
            if self.attempts == 0 {
                // The first question after a lost answer need not wait.
                self.attempts = 1;
                return self;
            }
        }
        self.tried(now, jitter, 0)
    }

    /// Returns whether a call may make the post visible.
    fn may_post(&self, call: Call) -> bool {
        match call {
            Call::Post => true,
            Call::Send { from } => {
                let is_last = from.saturating_add(self.part) >= self.bytes;
                is_last && self.way.posting == Posting::WithLastPart
            }
            Call::Open | Call::Ask | Call::Look | Call::Refresh | Call::SetCover | Call::Check => {
                false
            }
        }
    }

    /// Waits before the same is tried again: four times as long each time, up to half as long again
    /// by chance, and at least as long as the network asks.
    fn tried(mut self, now: UnixMs, jitter: u16, at_least_ms: u64) -> Self {
        self.attempts += 1;
        if self.attempts > RETRIES {
            if self.state == State::Published && self.cover == Cover::Wanted {
                return self.without_cover(now);
            }
            if self.state == State::Published {
                // It is there; only what became of it is not known.
                self.not_before = None;
                return self;
            }
            return self.gave_up(Failure::Unreachable);
        }
        let wait = FIRST_WAIT_MS << (2 * (self.attempts - 1));
        let chance = wait / 2 * u64::from(jitter) / u64::from(u16::MAX);
        self.not_before = Some(now.plus((wait + chance).max(at_least_ms)));
        self
    }

    /// Ends it without the post, unless the post may be there.
    fn gave_up(self, failure: Failure) -> Self {
        if self.state == State::Published {
            return Self {
                not_before: None,
                cover: self.cover.given_up(),
                ..self
            };
        }
        match self.doubt {
            Doubt::Possible => self.uncertain(),
            Doubt::None => self.failed(failure),
        }
    }

    fn failed(self, failure: Failure) -> Self {
        Self {
            state: State::Failed,
            failure: Some(failure),
            not_before: None,
            ..self
        }
    }

    fn uncertain(self) -> Self {
        Self {
            state: State::Uncertain,
            not_before: None,
            ..self
        }
    }
}
