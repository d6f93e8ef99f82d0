//! The one listener, and the order in which it hears.

use std::sync::{Arc, Mutex};

use protocol::studio::event::{Event, State};

use super::lock;
use crate::Error;

/// Hears events in their order.
pub type Listener = Arc<dyn Fn(&Event) + Send + Sync>;

/// Tells a listener what changes.
#[derive(Clone, Default)]
pub(crate) struct Events(Arc<Mutex<Ear>>);

#[derive(Default)]
enum Ear {
    /// Nobody listens.
    #[default]
    None,
    /// A listener waits for the state; what happens meanwhile follows it.
    Waiting(Vec<Event>),
    /// It hears.
    Hears(Listener),
}

impl Events {
    /// Tells one event.
    pub(crate) fn tell(&self, event: &Event) {
        match &mut *lock(&self.0) {
            Ear::None => {}
            Ear::Waiting(queue) => queue.push(event.clone()),
            Ear::Hears(listener) => listener(event),
        }
    }

    /// Puts a listener in the place of the one before. `state` is asked without the lock: what
    /// happens meanwhile is told after it, and saying twice what it holds does no harm.
    pub(crate) fn subscribe(
        &self,
        listener: Listener,
        state: impl FnOnce() -> Result<State, Error>,
    ) -> Result<(), Error> {
        *lock(&self.0) = Ear::Waiting(Vec::new());
        let state = state();
        let mut ear = lock(&self.0);
        let queue = match std::mem::take(&mut *ear) {
            Ear::Waiting(queue) => queue,
            Ear::None | Ear::Hears(_) => Vec::new(),
        };
        listener(&Event::State(Box::new(state?)));
        for event in &queue {
            listener(event);
        }
        *ear = Ear::Hears(listener);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::studio::settings::Settings;
    use protocol::studio::view::Named;

    fn state() -> State {
        State {
            settings: Settings::default(),
            projects: Vec::new(),
            jobs: Vec::new(),
            posting: protocol::studio::posting::Posting::default(),
            notices: Vec::new(),
            version: String::new(),
            system_language: None,
            has_demo: false,
            export_folder: String::new(),
        }
    }

    #[test]
    fn the_state_comes_first_and_nothing_is_lost_meanwhile() {
        let events = Events::default();
        events.tell(&Event::Projects(Vec::new()));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&heard);
        let listener: Listener = Arc::new(move |event| lock(&sink).push(event.clone()));
        let meanwhile = events.clone();
        events
            .subscribe(listener, || {
                meanwhile.tell(&Event::JobsCleared(Vec::new()));
                Ok(state())
            })
            .unwrap();
        events.tell(&Event::FilesGiven(Named::default()));
        let expected = [
            Event::State(Box::new(state())),
            Event::JobsCleared(Vec::new()),
            Event::FilesGiven(Named::default()),
        ];
        assert_eq!(*lock(&heard), expected);
    }
}
