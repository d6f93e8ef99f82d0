//! The frame around every view.

use super::words;

words! {
    /// The frame around every view.
    Frame {
        title: "Créalia Studio" => "Créalia Studio";
    }
}
