//! The outbox: what is to be done next about one post for one account, such that it is posted at
//! most once.
//!
//! An [`Entry`] is a value that is written down before each call and after it. [`Entry::next`] says
//! what to do; [`Entry::begun`] is written before it is done, [`Entry::after`] once its outcome is
//! known. When the program dies in between, [`Entry::restarted`] takes the outcome as unknown. Steps
//! that nobody sees are tried again; a step that may have posted is asked about, and where the
//! network cannot tell, the user decides. A [`Cover`] that is set by a call of its own comes after the
//! post, is tried again like any safe step, and never fails it.
//!
//! ```
//! use posts::outbox::{Call, Entry, Next, Outcome, State, UnixMs, Way};
//! use posts::Network;
//!
//! let now = UnixMs(1_000);
//! let entry = Entry::new(Way::of(Network::YouTube), 20_000_000, 8 << 20).due(now);
//! assert_eq!(entry.next(now), Next::Do(Call::Open));
//! let entry = entry.begun(Call::Open).after(Outcome::Opened, now, 0);
//! assert_eq!(entry.next(now), Next::Do(Call::Send { from: 0 }));
//! // The program dies while the last part is on its way.
//! let entry = entry.after(Outcome::Stored(16_777_216), now, 0);
//! let entry = entry.begun(Call::Send { from: 16_777_216 }).restarted(now, 0);
//! assert_eq!(entry.next(now), Next::Do(Call::Ask), "not sent again");
//! let entry = entry.begun(Call::Ask).after(Outcome::Posted("id".into()), now, 0);
//! assert_eq!(entry.state, State::Published);
//! ```

mod entry;
mod preflight;
mod transitions;
mod way;

pub use entry::{
    Call, Cancelled, Cover, Doubt, Entry, Failure, Next, Outcome, Place, Refusal, State, Timing,
    UnixMs, Verdict,
};
pub use preflight::{LATE_MS, Preflight};
pub use way::{Posting, ReadBack, Way};

/// How often a step that fails is tried again.
pub const RETRIES: u32 = 3;
/// The wait before the first new try, in milliseconds; each further one is four times as long.
pub const FIRST_WAIT_MS: u64 = 5_000;
/// How often a post that may be there has to be missing before it is taken as not posted.
pub const LOOKS: u32 = 2;
/// The wait between two looks, in milliseconds: lists of posts lag behind.
pub const LOOK_WAIT_MS: u64 = 30_000;
/// The wait before the second question about a post that the network works on, in milliseconds; each
/// further one is twice as long.
pub const CHECK_WAIT_MS: u64 = 30_000;
/// The longest wait between two such questions, in milliseconds.
pub const LONGEST_CHECK_WAIT_MS: u64 = 15 * 60_000;
/// How often a network may still be working on a post that it took, over a day, before nothing more
/// is asked.
pub const CHECKS: u32 = 100;
/// How often in a row a network may not know the post that it took before nothing more is asked:
/// over five minutes.
pub const MISSING: u32 = 10;
/// The wait before the first question about an upload that the network works on, in milliseconds;
/// each further one is twice as long.
pub const FIRST_WORK_WAIT_MS: u64 = 1_000;
/// The longest wait between two such questions, unless the network asks for more, in milliseconds.
pub const WORK_WAIT_MS: u64 = 30_000;
/// How often a network may still be working on an upload, over three hours, before it is given up.
pub const WORKS: u32 = 400;
/// How long after its time a post is still posted, in milliseconds: after a day it is left to the
/// user, who may not want it any more.
pub const LATEST_MS: u64 = 24 * 3_600_000;
