//! Importing.

use super::words;

words! {
    /// Importing.
    Import {
        title: "Import" => "Importer";
    }
}
