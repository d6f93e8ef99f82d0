//! The reels board.

use super::words;

words! {
    /// The reels board.
    Board {
        title: "Reels" => "Réels";
    }
}
