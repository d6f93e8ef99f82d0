//! The first run.

use super::words;

words! {
    /// The first run.
    Welcome {
        title: "Welcome" => "Bienvenue";
    }
}
