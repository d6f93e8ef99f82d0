//! The projects.

use super::words;

words! {
    /// The projects.
    Home {
        title: "Projects" => "Projets";
    }
}
