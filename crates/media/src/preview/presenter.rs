//! The thread that hands frames and changes of state to the screen, in time.

use super::stage::{Act, Shared};

/// Presents what the stage holds until it quits.
pub(super) fn run(shared: &Shared) {
    loop {
        match shared.wait_for_act() {
            Act::Quit => return,
            Act::Frame(frame) => shared.screen.frame(frame),
            Act::Status(status) => shared.screen.status(status),
        }
    }
}
