//! The jobs drawer.

use super::words;

words! {
    /// The jobs drawer.
    Jobs {
        title: "Jobs" => "Tâches";
    }
}
