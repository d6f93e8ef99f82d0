//! The export dialog.

use super::words;

words! {
    /// The export dialog.
    Export {
        title: "Export" => "Exporter";
    }
}
