//! Tests of the model as its callers see it.

mod captions;
mod crops;
mod edits;
mod ops;
mod records;
mod stage;
mod unsound;
