//! The editor's words: timeline, transcript, inspector, preview.

use super::words;

words! {
    /// The editor.
    Editor {
        title: "Editor" => "Montage";
    }
}
