//! The transport: play, pause, seek, step, loop. Time goes on between frames, so that the playhead
//! never lags behind the sound.

use leptos::prelude::*;
use protocol::studio::calls::{ControlPreview, PreviewAction};
use protocol::studio::event::PreviewState;
use timeline::Ticks;
use timeline::time::{SequenceRange, SequenceTime};

use crate::editor::desk::{Desk, use_desk};
use crate::timeline::actions::{last_frame, stepped};
use crate::{dom, ipc, task};

/// The fastest that J and L go.
const FASTEST: f64 = 8.0;
/// Time runs on without a frame for at most so long.
const FREE_RUN_MS: f64 = 400.0;

/// When the playhead was where, to go on from.
#[derive(Debug, Clone, Copy, Default)]
struct Anchor {
    at: SequenceTime,
    ms: f64,
}

/// The transport of the preview.
#[derive(Clone, Copy)]
pub(crate) struct Player {
    desk: Desk,
    anchor: StoredValue<Anchor>,
    runs: StoredValue<bool>,
    /// A seek that is under way, and the one to do after it.
    seeks: StoredValue<Seeks>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Seeks {
    under_way: bool,
    next: Option<SequenceTime>,
}

/// Returns the transport.
pub(crate) fn use_player() -> Player {
    expect_context::<Player>()
}

impl Player {
    /// Returns the transport of the editor, and follows what the engine says of the preview.
    pub(crate) fn new() -> Self {
        let own = Self {
            desk: use_desk(),
            anchor: StoredValue::new(Anchor::default()),
            runs: StoredValue::new(false),
            seeks: StoredValue::new(Seeks::default()),
        };
        let playhead = own.desk.playhead;
        // Leaves Leptos: time goes on by animation frames from when the engine plays.
        Effect::new(move |_| {
            if playhead.rate.get() != 0.0 {
                own.set_anchor(playhead.at.get_untracked());
                own.run();
            }
        });
        // Where playing stopped, sound and picture stand still there.
        Effect::new(move |was_playing: Option<bool>| {
            let Some(status) = playhead.status.get() else {
                return false;
            };
            let is_of_this = Some(status.sequence) == own.desk.document.sequence.get_untracked();
            match status.state {
                PreviewState::Playing { .. } => is_of_this,
                PreviewState::Paused | PreviewState::Ended => {
                    let is_settled = own.seeks.with_value(|seeks| !seeks.under_way);
                    if was_playing == Some(true) && is_of_this && is_settled {
                        own.put(status.at);
                    }
                    false
                }
                PreviewState::Loading | PreviewState::Failed(_) => was_playing.unwrap_or(false),
            }
        });
        own
    }

    /// Plays, or pauses.
    pub(crate) fn toggle(self) {
        if self.rate() == 0.0 {
            self.play(1.0);
        } else {
            self.pause();
        }
    }

    /// Plays at a rate; from the beginning when it stands at the end.
    pub(crate) fn play(self, rate: f64) {
        let at = self.desk.playhead.at.get_untracked();
        let last = self.last();
        if rate > 0.0 && at >= last {
            let start = self.marked().filter(|_| self.is_looped());
            self.seek(start.map_or(SequenceTime::ZERO, |range| range.start));
        }
        self.send(PreviewAction::Play { rate });
    }

    /// Stops where it is.
    pub(crate) fn pause(self) {
        self.send(PreviewAction::Pause);
    }

    /// Plays on, twice as fast each time.
    pub(crate) fn faster(self) {
        let rate = self.rate();
        self.play(if rate > 0.0 {
            (rate * 2.0).min(FASTEST)
        } else {
            1.0
        });
    }

    /// Plays backwards, twice as fast each time.
    pub(crate) fn backwards(self) {
        let rate = self.rate();
        self.play(if rate < 0.0 {
            (rate * 2.0).max(-FASTEST)
        } else {
            -1.0
        });
    }

    /// Goes to a moment; of several in a row only the last one is waited for.
    pub(crate) fn seek(self, at: SequenceTime) {
        let at = at.clamp(SequenceTime::ZERO, self.last());
        self.put(at);
        self.set_anchor(at);
        let goes_now = self.seeks.try_update_value(|seeks| {
            if seeks.under_way {
                seeks.next = Some(at);
                return false;
            }
            seeks.under_way = true;
            true
        });
        if goes_now == Some(true) {
            self.go(at);
        }
    }

    /// Goes to a moment while the pointer drags the playhead.
    pub(crate) fn scrub(self, at: SequenceTime) {
        self.seek(at);
    }

    /// Goes some frames on or back.
    pub(crate) fn step(self, frames: i64) {
        if self.rate() != 0.0 {
            self.pause();
        }
        let desk = self.desk;
        let at = stepped(
            desk.playhead.at.get_untracked(),
            frames,
            desk.rate.get_untracked(),
            desk.duration.get_untracked(),
        );
        self.seek(at);
        self.desk.follow_playhead(at);
    }

    /// Goes to a moment and shows it on the timeline.
    pub(crate) fn go_to(self, at: SequenceTime) {
        self.seek(at);
        self.desk
            .follow_playhead(self.desk.playhead.at.get_untracked());
    }

    /// Returns the start of the last frame.
    pub(crate) fn last(self) -> SequenceTime {
        last_frame(
            self.desk.rate.get_untracked(),
            self.desk.duration.get_untracked(),
        )
    }

    /// Plays the marked range over and over, or all of it; or not any more.
    pub(crate) fn toggle_loop(self) {
        self.desk.marks.update(|marks| marks.looped = !marks.looped);
        self.send_loop();
    }

    /// Tells a preview that was opened anew what is played over and over.
    pub(crate) fn send_loop_if_on(self) {
        if self
            .desk
            .marks
            .try_get_untracked()
            .is_some_and(|marks| marks.looped)
        {
            self.send_loop();
        }
    }

    /// Tells the engine which range is played over and over.
    pub(crate) fn send_loop(self) {
        let marks = self.desk.marks.get_untracked();
        let duration = self.desk.duration.get_untracked();
        let whole = SequenceRange::new(SequenceTime::ZERO, SequenceTime::ZERO + duration);
        let range = marks
            .looped
            .then(|| marks.range(duration).unwrap_or(whole))
            .filter(|range| !range.is_empty());
        self.send(PreviewAction::Loop { range });
    }

    /// Notes that a frame is shown.
    pub(crate) fn shown(self, at: SequenceTime) {
        if self.desk.playhead.rate.try_get_untracked().unwrap_or(0.0) != 0.0 {
            self.set_anchor(at);
        }
    }

    fn rate(self) -> f64 {
        self.desk.playhead.rate.get_untracked()
    }

    fn is_looped(self) -> bool {
        self.desk.marks.with_untracked(|marks| marks.looped)
    }

    fn marked(self) -> Option<SequenceRange> {
        let duration = self.desk.duration.get_untracked();
        self.desk.marks.get_untracked().range(duration)
    }

    fn put(self, at: SequenceTime) {
        if self.desk.playhead.at.get_untracked() != at {
            self.desk.playhead.at.set(at);
        }
    }

    fn set_anchor(self, at: SequenceTime) {
        let ms = dom::now_ms();
        self.anchor.try_set_value(Anchor { at, ms });
    }

    /// Lets time go on with each picture of the page, until it stands still.
    fn run(self) {
        if self.runs.get_value() {
            return;
        }
        self.runs.set_value(true);
        self.tick();
    }

    fn tick(self) {
        dom::next_frame(move || {
            // The editor may be gone.
            let Some(rate) = self
                .desk
                .view
                .try_get_untracked()
                .and(self.desk.playhead.rate.try_get_untracked())
            else {
                return;
            };
            let Some(anchor) = self.anchor.try_get_value() else {
                return;
            };
            if rate == 0.0 {
                self.runs.set_value(false);
                return;
            }
            let elapsed_ms = (dom::now_ms() - anchor.ms).clamp(0.0, FREE_RUN_MS);
            let at = anchor.at + Ticks::from_secs(elapsed_ms / 1000.0 * rate);
            let at = at.clamp(SequenceTime::ZERO, self.last());
            self.put(at);
            self.desk.follow_playhead(at);
            self.tick();
        });
    }

    fn go(self, at: SequenceTime) {
        task::spawn(async move {
            let mut at = at;
            loop {
                let action = PreviewAction::Seek { at };
                // A preview that cannot be reached says so by its status.
                drop(ipc::call(ControlPreview { action }).await);
                let next = self.seeks.try_update_value(|seeks| {
                    let next = seeks.next.take();
                    seeks.under_way = next.is_some();
                    next
                });
                match next {
                    Some(Some(next)) => at = next,
                    Some(None) | None => break,
                }
            }
        });
    }

    fn send(self, action: PreviewAction) {
        let told = self.desk.told;
        task::spawn(async move {
            if let Err(error) = ipc::call(ControlPreview { action }).await {
                told.failed(&error);
            }
        });
    }
}
