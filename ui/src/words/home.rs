//! The projects.

use super::words;

words! {
    /// The projects.
    Home {
        title: "Projects" => "Projets";
        import: "Import videos…" => "Importer des vidéos…";
        new_project: "New project…" => "Nouveau projet…";
        demo: "Try the demo video" => "Essayer la vidéo de démo";
        search: "Filter projects" => "Filtrer les projets";
        tab_active: "Active" => "Actifs";
        tab_archive: "Archive" => "Archives";
        tab_bin: "Bin" => "Corbeille";
        empty_title: "Drop a long video here" => "Déposez une longue vidéo ici";
        empty_text: "Créalia finds the best moments, frames them upright and writes the captions. Your files stay where they are, and nothing leaves this computer."
            => "Créalia trouve les meilleurs moments, les cadre à la verticale et écrit les sous-titres. Vos fichiers restent à leur place et rien ne quitte cet ordinateur.";
        empty_archive: "What you put away will be here." => "Ce que vous archivez sera ici.";
        empty_bin: "The bin is empty. What is deleted waits here until you delete it for good." => "La corbeille est vide. Ce qui est supprimé attend ici jusqu’à sa suppression définitive.";
        none_found: "No project has this name." => "Aucun projet ne porte ce nom.";
        open(name: &str): format!("Open {name}") => format!("Ouvrir {name}");
        more(name: &str): format!("More for {name}") => format!("Plus pour {name}");
        counts(sources: usize, reels: usize):
            format!("{} · {}", super::counted_en(sources, "source", "sources"), super::counted_en(reels, "reel", "reels"))
            => format!("{} · {}", super::counted_fr(sources, "source", "sources"), super::counted_fr(reels, "réel", "réels"));
        unreadable: "Cannot be read" => "Illisible";
        changed(day: &str): format!("Changed {day}") => format!("Modifié {}{day}", if day.starts_with(|first: char| first.is_ascii_digit()) { "le " } else { "" });
        rename: "Rename…" => "Renommer…";
        colour: "Colour" => "Couleur";
        no_colour: "No colour" => "Sans couleur";
        archive: "Archive" => "Archiver";
        unarchive: "Bring back from the archive" => "Sortir des archives";
        bin: "Put in the bin" => "Mettre à la corbeille";
        restore: "Restore" => "Restaurer";
        delete: "Delete for good…" => "Supprimer définitivement…";
        empty_the_bin: "Empty the bin…" => "Vider la corbeille…";
        name: "Name" => "Nom";
        create: "Create" => "Créer";
        rename_do: "Rename" => "Renommer";
        new_title: "New project" => "Nouveau projet";
        rename_title: "Rename project" => "Renommer le projet";
        delete_title(count: usize):
            if count == 1 { "Delete this project for good?".to_owned() } else { format!("Delete {count} projects for good?") }
            => if count < 2 { "Supprimer ce projet définitivement ?".to_owned() } else { format!("Supprimer {count} projets définitivement ?") };
        delete_text: "Its reels and edits are lost. Your videos and exported files are not touched." => "Ses réels et son montage sont perdus. Vos vidéos et vos exports ne sont pas touchés.";
        delete_do: "Delete for good" => "Supprimer définitivement";
        importing(count: usize):
            format!("Importing {}", super::counted_en(count, "video", "videos"))
            => format!("Import de {}", super::counted_fr(count, "vidéo", "vidéos"));
        red: "Red" => "Rouge";
        orange: "Orange" => "Orange";
        yellow: "Yellow" => "Jaune";
        green: "Green" => "Vert";
        blue: "Blue" => "Bleu";
        violet: "Violet" => "Violet";
        pink: "Pink" => "Rose";
        grey: "Grey" => "Gris";
    }
}
