//! Models that see, hear and read: faces, voice activity, speech to text, meaning of sentences.
//!
//! This is the only crate that links whisper.cpp, Candle, and the face and voice networks. It knows
//! files only as paths that its callers give, and no network.
//!
//! Map: [`faces`] where faces are (embedded model) · [`voice`] when somebody speaks (embedded
//! model) · [`speech`] what is said, by a Whisper model in ggml format · [`meaning`] sentences as
//! vectors, by all-MiniLM-L6-v2 or another BERT model of sentence-transformers.
//!
//! ```
//! use ai::voice::VoiceActivity;
//!
//! let mut voice = VoiceActivity::new();
//! voice.push(&[0.0; 16_000]);
//! assert_eq!(voice.finish(), []);
//! ```

mod error;
pub mod faces;
pub mod meaning;
pub mod speech;
pub mod voice;

pub use error::Error;
