//! The studio's page: Leptos, built to WebAssembly, hosted by the shell's window.
//!
//! It holds no file and no rule of its own: it asks the engine ([`ipc`]), keeps a copy of the
//! opened project ([`state`]), and shows it. Terms: a *view* is what the rail opens, a *command* is
//! what a key or a menu calls ([`command`]), *words* are what the user reads ([`words`]).
//!
//! Map: [`app`] the frame · [`ipc`], [`task`], [`dom`] the outside · [`state`] · [`command`] ·
//! [`words`], [`mod@format`] · [`widget`] · the views.

#![expect(
    clippy::large_types_passed_by_value,
    reason = "a handle is a bundle of signals to copy; test builds add where each was made"
)]
#![expect(
    unreachable_pub,
    reason = "nothing sees a program from outside: `pub` marks what other modules use"
)]

mod actions;
mod app;
mod board;
mod command;
mod dom;
mod editor;
mod export;
mod format;
mod frame;
mod home;
mod inspector;
mod ipc;
mod jobs;
mod outbox;
mod preview;
mod publish;
mod settings;
mod state;
mod task;
mod timeline;
mod transcript;
mod welcome;
mod widget;
mod words;

fn main() {
    leptos::mount::mount_to_body(app::App);
}
