//! The preview as the studio sees it: one sequence at a time, in a worker of its own.
//!
//! The worker starts with the first sequence that is shown and ends a minute after the last one. A
//! decoder that crashes takes the worker along and nothing else: it is started again where it was,
//! once; when it dies again within seconds, the preview has failed in words, and the next command
//! tries again.

mod keeper;

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use media::preview::{Opening, Sound};
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::calls::{self, OpenPreview, PreviewAction};
use protocol::studio::event::{Event, PreviewState, PreviewStatus};
use protocol::studio::view::ProjectId;
use timeline::ids::SequenceId;
use timeline::time::{SequenceRange, SequenceTime};

use crate::worker::wire::Command;
use crate::{Engine, Error};
use keeper::{Keeper, Order};

pub use media::preview::PreviewRequest;

/// Orders that wait for the keeper: it takes them far faster than a hand can give them.
const ORDERS: usize = 1024;

/// Whoever takes the frames: [`protocol::studio::frame`].
type Frames = Arc<dyn Fn(Vec<u8>) + Send + Sync>;
/// Whoever takes the events.
type Events = Arc<dyn Fn(Event) + Send + Sync>;

/// Shows one sequence at a time. No call waits for the worker.
pub struct Preview {
    view: Arc<View>,
    orders: SyncSender<Order>,
    keeper: Option<JoinHandle<()>>,
}

/// What the threads share.
struct View {
    events: Events,
    frames: Mutex<Option<Frames>>,
    session: Mutex<Session>,
}

#[derive(Default)]
struct Session {
    shown: Option<Shown>,
    /// The number of the last preview.
    previews: u32,
    note: Option<String>,
    /// The worker's process.
    worker: Option<u32>,
}

/// What is shown, with all that is needed to show it again.
struct Shown {
    project: ProjectId,
    sequence: SequenceId,
    request: PreviewRequest,
    opening: Opening,
    /// Where it is: the last frame of what plays, or the moment that was asked for.
    at: SequenceTime,
    rate: Option<f64>,
    range: Option<SequenceRange>,
    told: Option<PreviewState>,
}

impl Preview {
    /// Returns a preview that shows nothing. `events` hears of changes of state and of restarts.
    pub fn new(engine: Engine, events: Events) -> Self {
        let (orders, taken) = sync_channel(ORDERS);
        let view = Arc::new(View {
            events,
            frames: Mutex::new(None),
            session: Mutex::new(Session::default()),
        });
        let keeper = Keeper::new(engine, Arc::clone(&view), orders.clone());
        Self {
            view,
            orders,
            // The worker dies with the thread that started it, so that one stays.
            keeper: Some(std::thread::spawn(move || keeper.run(&taken))),
        }
    }

    /// Shows a sequence in place of what was shown, standing still. What is wrong with its files is
    /// told by an event.
    ///
    /// # Errors
    /// For a height of 0.
    pub fn open(&self, call: &OpenPreview, request: PreviewRequest) -> Result<(), Error> {
        if call.height == 0 {
            let message = "a preview has a height above 0";
            return Err(ApiError::new(ErrorCode::Usage, message).into());
        }
        let mut session = self.view.session();
        session.previews += 1;
        let opening = Opening {
            preview: session.previews,
            at: call.at,
            height: call.height,
            sound: match call.sound {
                calls::Sound::On => Sound::On,
                calls::Sound::Off => Sound::Off,
            },
        };
        session.shown = Some(Shown {
            project: call.project,
            sequence: call.sequence,
            request,
            opening,
            at: call.at,
            rate: None,
            range: None,
            told: None,
        });
        drop(session);
        self.view
            .tell(opening.preview, PreviewState::Loading, call.at);
        self.order(Order::Show);
        Ok(())
    }

    /// Shows the sequence as it is now, where it was, and goes on playing. Does nothing when nothing
    /// is shown.
    pub fn update(&self, request: PreviewRequest) {
        let mut session = self.view.session();
        let Some(shown) = session.shown.as_mut() else {
            return;
        };
        shown.request.clone_from(&request);
        drop(session);
        self.order(Order::Tell(Command::Update(Box::new(request))));
    }

    /// Returns what is shown.
    pub fn shows(&self) -> Option<(ProjectId, SequenceId)> {
        let session = self.view.session();
        let shown = session.shown.as_ref()?;
        Some((shown.project, shown.sequence))
    }

    /// Plays, pauses, seeks. Does nothing when nothing is shown.
    pub fn control(&self, action: PreviewAction) {
        let mut session = self.view.session();
        let Some(shown) = session.shown.as_mut() else {
            return;
        };
        let command = match action {
            PreviewAction::Play { rate } => {
                shown.rate = Some(rate);
                Command::Play(rate)
            }
            PreviewAction::Pause => {
                shown.rate = None;
                Command::Pause
            }
            PreviewAction::Seek { at } => {
                shown.at = at;
                Command::Seek(at)
            }
            PreviewAction::Loop { range } => {
                shown.range = range;
                Command::Loop(range)
            }
        };
        drop(session);
        self.order(Order::Tell(command));
    }

    /// Shows nothing any more.
    pub fn close(&self) {
        self.view.session().shown = None;
        self.order(Order::Tell(Command::Close));
    }

    /// Sets who takes the frames.
    pub fn set_frames(&self, frames: Frames) {
        *self.view.listener() = Some(frames);
    }

    /// Notes that the window has drawn a frame: there is room for another.
    pub fn frame_shown(&self, preview: u32, at: i64) {
        self.order(Order::Tell(Command::Shown(preview, SequenceTime(at))));
    }

    /// Returns the worker's last remark, such as why nothing is heard.
    pub fn note(&self) -> Option<String> {
        self.view.session().note.clone()
    }

    /// Returns the number of the worker's process while there is one.
    pub fn worker(&self) -> Option<u32> {
        self.view.session().worker
    }

    fn order(&self, order: Order) {
        // The keeper only ends with this value.
        drop(self.orders.send(order));
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        self.view.session().shown = None;
        self.order(Order::Quit);
        if let Some(keeper) = self.keeper.take() {
            // A panic has been printed where it happened.
            drop(keeper.join());
        }
    }
}

impl View {
    fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn listener(&self) -> MutexGuard<'_, Option<Frames>> {
        self.frames.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells a state of the preview with this number, if that is the one shown and the state is new.
    fn tell(&self, preview: u32, state: PreviewState, at: SequenceTime) {
        let mut session = self.session();
        let Some(shown) = &mut session.shown else {
            return;
        };
        if shown.opening.preview != preview || shown.told.as_ref() == Some(&state) {
            return;
        }
        let played = matches!(shown.told, Some(PreviewState::Playing { .. }));
        if played && matches!(state, PreviewState::Paused | PreviewState::Ended) {
            shown.at = at;
        }
        shown.told = Some(state.clone());
        shown.rate = match &state {
            PreviewState::Playing { rate } => Some(*rate),
            PreviewState::Loading => shown.rate,
            PreviewState::Paused | PreviewState::Ended | PreviewState::Failed(_) => None,
        };
        let status = PreviewStatus {
            project: shown.project,
            sequence: shown.sequence,
            state,
            at,
        };
        drop(session);
        (self.events)(Event::Preview(status));
    }
}
