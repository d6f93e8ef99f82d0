//! Tests of the model as its callers see it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and clippy knows only test functions as tests"
)]

mod captions;
mod crops;
mod edits;
mod library;
mod mangled;
mod ops;
mod records;
mod speech;
mod stage;
mod unsound;
