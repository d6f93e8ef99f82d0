//! The settings.

use super::words;

words! {
    /// The settings.
    SettingsWords {
        title: "Settings" => "Réglages";
    }
}
