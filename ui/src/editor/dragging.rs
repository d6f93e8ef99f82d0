//! The drag that goes on: pointer in, what it would do shown, its edit done at the release.

use std::collections::BTreeSet;

use leptos::prelude::*;
use timeline::ids::ClipId;

use super::desk::{Desk, Held};
use crate::dom;
use crate::timeline::drag::{Drag, Grab, Mode, Pointer, Press, clips_in, with_linked};

/// How near the edge of the timeline a drag scrolls it, in pixels.
const SCROLL_ZONE_PX: f64 = 28.0;
/// Pixels that it scrolls with each picture of the page.
const SCROLL_STEP_PX: f64 = 14.0;

/// What a release of the pointer was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Released {
    /// The end of a drag, or of nothing.
    Dragged,
    /// A click on something.
    Clicked(Grab),
}

impl Desk {
    /// Takes hold of something.
    pub(crate) fn press(self, grab: Grab, held: Held, mode: Mode) {
        let project = self.document.project.get_untracked();
        let Some(sequence) = self.document.sequence.get_untracked() else {
            return;
        };
        let pointer = self.pointer(held, mode);
        let press = Press::new(
            grab,
            pointer,
            project,
            sequence,
            self.selection.clips.get_untracked(),
            self.playhead.at.get_untracked(),
        );
        self.drag.set_value(press.map_or(Drag::Idle, Drag::Pressed));
    }

    /// Goes on with the pointer elsewhere; several moves within a picture of the page are one.
    pub(crate) fn drag_to(self, held: Held, mode: Mode) {
        if self.drag.with_value(|drag| matches!(drag, Drag::Idle)) {
            return;
        }
        let is_waiting = self.latest.with_value(Option::is_some);
        self.latest.set_value(Some((held, mode)));
        if !is_waiting {
            self.follow_soon();
        }
    }

    fn follow_soon(self) {
        let asked = dom::next_frame(move || self.follow());
        if asked.is_none() {
            self.follow();
        }
    }

    fn follow(self) {
        let Some(Some((held, mode))) = self.latest.try_get_value() else {
            return;
        };
        self.latest.set_value(None);
        let scrolls = self.scroll_at_edges(held);
        self.go_on(held, mode);
        if scrolls {
            self.latest.set_value(Some((held, mode)));
            self.follow_soon();
        }
    }

    fn go_on(self, held: Held, mode: Mode) {
        let pointer = self.pointer(held, mode);
        let view = self.view.get_untracked();
        let rows = self.rows.get_untracked();
        let snapping = self.snapping.get_untracked();
        let moved = self.drag.try_update_value(|drag| {
            *drag = std::mem::take(drag).moved(pointer, view, &rows, snapping);
            let moving = drag.moving()?;
            let base = moving.press.selection.clone();
            Some((moving.gesture.clone(), base))
        });
        let Some(Some((gesture, base))) = moved else {
            return;
        };
        self.held.set(held);
        let is_same = self
            .gesture
            .with_untracked(|own| own.as_ref() == Some(&gesture));
        if is_same {
            return;
        }
        if let (Some(area), Some(sequence)) = (gesture.area, self.now()) {
            let mut found = with_linked(&sequence, clips_in(&sequence, &rows, view, area));
            found.extend(base);
            self.select(found);
        }
        // Before the edit is shown: what need not follow a drag keeps what it has.
        let shown = gesture.edit.clone();
        self.gesture.set(Some(gesture));
        let refusal = match shown {
            Ok(edit) => self.document.preview_edit(edit.as_ref()).err(),
            Err(error) => {
                drop(self.document.preview_edit(None));
                Some(error)
            }
        };
        if self.refusal.with_untracked(|own| *own != refusal) {
            self.refusal.set(refusal);
        }
    }

    /// Lets go: does what was shown.
    pub(crate) fn release(self) -> Released {
        if let Some(Some((held, mode))) = self.latest.try_get_value() {
            self.latest.set_value(None);
            self.go_on(held, mode);
        }
        let drag = self.drag.try_update_value(std::mem::take);
        let moving = match drag {
            None | Some(Drag::Idle) => return Released::Dragged,
            Some(Drag::Pressed(press)) => return Released::Clicked(press.grab),
            Some(Drag::Moving(moving)) => moving,
        };
        match moving.gesture.edit {
            Ok(Some(edit)) => {
                let created = match moving.press.grab {
                    Grab::Media(_) => edit.apply_with(&moving.press.project).ok(),
                    _ => None,
                };
                if self.document.commit(edit).is_ok()
                    && let Some(created) = created
                {
                    self.select(created.created.clips.into_iter().collect());
                }
            }
            Ok(None) => {}
            Err(error) => self.tell(&error),
        }
        self.end();
        Released::Dragged
    }

    /// Lets go of what came from the library: nothing is done unless it is over the timeline.
    pub(crate) fn release_over_timeline(self) {
        let held = self
            .latest
            .try_get_value()
            .flatten()
            .map_or(self.held.get_untracked(), |(held, _)| held);
        if self.is_over(held) {
            self.release();
        } else {
            self.cancel();
        }
    }

    /// Returns whether a point of the window lies over the tracks.
    fn is_over(self, held: Held) -> bool {
        self.layer.get_untracked().is_some_and(|layer| {
            let rect = layer.get_bounding_client_rect();
            (rect.left()..=rect.right()).contains(&held.x_px)
                && (rect.top() - 28.0..=rect.bottom() + 200.0).contains(&held.y_px)
        })
    }

    /// Lets go without doing anything.
    pub(crate) fn cancel(self) {
        self.drag.set_value(Drag::Idle);
        self.latest.set_value(None);
        self.end();
    }

    /// Returns whether something is held.
    pub(crate) fn is_dragging(self) -> bool {
        self.drag.with_value(|drag| !matches!(drag, Drag::Idle))
    }

    /// Selects clips in place of what was selected.
    pub(crate) fn select(self, clips: BTreeSet<ClipId>) {
        if self.selection.clips.with_untracked(|own| *own != clips) {
            self.selection.clips.set(clips);
        }
    }

    fn end(self) {
        // Showing what is kept is never refused.
        drop(self.document.preview_edit(None));
        if self.gesture.with_untracked(Option::is_some) {
            self.gesture.set(None);
        }
        if self.refusal.with_untracked(Option::is_some) {
            self.refusal.set(None);
        }
    }

    /// Returns where a point of the window lies on the timeline.
    pub(crate) fn pointer(self, held: Held, mode: Mode) -> Pointer {
        let corner = self.layer.get_untracked().map(|layer| {
            let rect = layer.get_bounding_client_rect();
            (rect.left(), rect.top())
        });
        let (left, top) = corner.unwrap_or_default();
        let view = self.view.get_untracked();
        Pointer {
            x_px: held.x_px - left + view.scroll_px,
            y_px: held.y_px - top,
            mode,
        }
    }

    /// Scrolls when the pointer is at an edge, and returns whether it did.
    fn scroll_at_edges(self, held: Held) -> bool {
        let Some(layer) = self.layer.get_untracked() else {
            return false;
        };
        if self.drag.with_value(|drag| drag.moving().is_none()) {
            return false;
        }
        let rect = layer.get_bounding_client_rect();
        let by = if held.x_px < rect.left() + SCROLL_ZONE_PX && held.x_px > rect.left() - 200.0 {
            -SCROLL_STEP_PX
        } else if held.x_px > rect.right() - SCROLL_ZONE_PX {
            SCROLL_STEP_PX
        } else {
            return false;
        };
        let view = self.view.get_untracked();
        let scrolled = view.scrolled(by, self.duration.get_untracked());
        if (scrolled.scroll_px - view.scroll_px).abs() < 0.5 {
            return false;
        }
        self.view.set(scrolled);
        true
    }
}
