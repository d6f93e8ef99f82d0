//! Importing.

use super::words;

words! {
    /// Importing.
    Import {
        refused_title(count: usize):
            format!("{} could not be imported", super::counted_en(count, "file", "files"))
            => format!("{} n’{} pas pu être importé{}", super::counted_fr(count, "fichier", "fichiers"), if count < 2 { "a" } else { "ont" }, if count < 2 { "" } else { "s" });
        refused_rest(count: usize):
            format!("The other {} under way.", if count == 1 { "one is".to_owned() } else { format!("{count} are") })
            => if count < 2 { "L’autre est en cours.".to_owned() } else { format!("Les {count} autres sont en cours.") };
        files(count: usize): super::counted_en(count, "file", "files") => super::counted_fr(count, "fichier", "fichiers");
        which: "Which files" => "Quels fichiers";
        close: "Close" => "Fermer";
    }
}
