//! The frame around every view: top bar, rail, palette, help, notices.

use super::words;

words! {
    /// The frame around every view.
    Frame {
        program: "Créalia Studio" => "Créalia Studio";
        views: "Views" => "Vues";
        home: "Home" => "Accueil";
        reels: "Reels" => "Réels";
        edit: "Edit" => "Montage";
        posts: "Posts" => "Publier";
        settings: "Settings" => "Réglages";
        needs_project: "Open a project first" => "Ouvrez d’abord un projet";
        projects: "Projects" => "Projets";
        switch_project: "Switch project" => "Changer de projet";
        all_projects: "All projects" => "Tous les projets";
        no_project: "No project open" => "Aucun projet ouvert";
        search: "Search everything" => "Tout rechercher";
        search_in: "Search commands, projects and reels" => "Rechercher commandes, projets et réels";
        nothing_found: "Nothing found" => "Aucun résultat";
        kind_command: "Command" => "Commande";
        kind_project: "Project" => "Projet";
        kind_reel: "Reel" => "Réel";
        jobs(active: usize): match active {
            0 => "Jobs".to_owned(),
            active => super::counted_en(active, "job", "jobs"),
        } => match active {
            0 => "Tâches".to_owned(),
            active => super::counted_fr(active, "tâche", "tâches"),
        };
        close: "Close" => "Fermer";
        cancel: "Cancel" => "Annuler";
        details: "Details" => "Détails";
        toasts: "Messages" => "Messages";
        help: "Keyboard shortcuts" => "Raccourcis clavier";
        help_filter: "Filter shortcuts" => "Filtrer les raccourcis";
        help_change: "Change shortcuts" => "Modifier les raccourcis";
        no_key: "No key" => "Aucune touche";
        loading: "Opening…" => "Ouverture…";
        undo(step: &str): format!("Undo {}", lower(step)) => format!("Annuler : {}", lower(step));
        redo(step: &str): format!("Redo {}", lower(step)) => format!("Rétablir : {}", lower(step));
        nothing_to_undo: "Nothing to undo" => "Rien à annuler";
        nothing_to_redo: "Nothing to redo" => "Rien à rétablir";
        database_restored(path: &str):
            format!("The library was damaged. The last good copy took its place, and the damaged file is kept as {path}.")
            => format!("La bibliothèque était abîmée. La dernière bonne copie l’a remplacée, et le fichier abîmé est conservé sous {path}.");
        database_anew(path: &str):
            format!("The library was damaged and there was no good copy. Créalia began a new one. The damaged file is kept as {path}.")
            => format!("La bibliothèque était abîmée et il n’y avait pas de bonne copie. Créalia en a commencé une nouvelle. Le fichier abîmé est conservé sous {path}.");
        database_newer: "A newer version of Créalia wrote the library. Everything can be looked at, and nothing is changed. Install that version to go on editing."
            => "Une version plus récente de Créalia a écrit la bibliothèque. Tout peut être consulté, rien n’est modifié. Installez cette version pour continuer le montage.";
        save_failed: "Changes cannot be written. They are kept in memory and tried again. Do not close Créalia yet."
            => "Les modifications ne peuvent pas être écrites. Elles sont gardées en mémoire et l’écriture est réessayée. Ne fermez pas encore Créalia.";
        save_recovered: "Changes are written again. Nothing was lost."
            => "Les modifications sont de nouveau écrites. Rien n’a été perdu.";
        preview_restarted: "The preview stopped and was started again."
            => "L’aperçu s’est arrêté et a été relancé.";
        came_back: "The window stopped unexpectedly and came back. Everything is saved, and you are where you were."
            => "La fenêtre s’est arrêtée sans prévenir, puis elle est revenue. Tout est enregistré, et vous êtes là où vous étiez.";
        project_newer(version: &str):
            format!("Créalia {version} wrote this project. It can be looked at and not changed. Install that version to edit it, or go on with a copy, which holds what this version understands.")
            => format!("Créalia {version} a écrit ce projet. On peut le consulter, pas le modifier. Installez cette version pour le monter, ou continuez avec une copie, qui contient ce que cette version comprend.");
        project_damaged(lost: usize):
            format!("The project’s journal is damaged. It is shown as it was before the last {}, and cannot be changed. Nothing was deleted. Go on with a copy.", super::counted_en(lost, "change", "changes"))
            => format!("Le journal du projet est abîmé. Il est affiché tel qu’avant {}, et ne peut pas être modifié. Rien n’a été supprimé. Continuez avec une copie.", if lost < 2 { "la dernière modification".to_owned() } else { format!("les {lost} dernières modifications") });
        save_copy: "Save as a copy" => "Enregistrer une copie";
        copy_of(name: &str): format!("{name} (copy)") => format!("{name} (copie)");
        copy_number(name: &str, number: u32): format!("{name} (copy {number})") => format!("{name} (copie {number})");
        missing_sources(count: usize):
            format!("{} cannot be found. Everything else works.", super::counted_en(count, "source file", "source files"))
            => format!("{} introuvable{}. Tout le reste fonctionne.", super::counted_fr(count, "fichier source", "fichiers sources"), if count < 2 { "" } else { "s" });
        relink: "Find the file…" => "Retrouver le fichier…";
        show_logs: "Show logs" => "Afficher les journaux";
        done_exported(name: &str): format!("{name} is exported") => format!("{name} est exporté");
        done_all_exported(count: usize):
            format!("{} exported", super::counted_en(count, "reel", "reels"))
            => format!("{} exporté{}", super::counted_fr(count, "réel", "réels"), if count < 2 { "" } else { "s" });
        done_all_imported(count: usize):
            format!("{} ready", super::counted_en(count, "video", "videos"))
            => format!("{} prête{}", super::counted_fr(count, "vidéo", "vidéos"), if count < 2 { "" } else { "s" });
        done_imported(name: &str): format!("{name} is ready") => format!("{name} est prêt");
        done_cleared(bytes: u64):
            format!("{} came free", crate::format::bytes(bytes, protocol::studio::settings::Language::English))
            => format!("{} libérés", crate::format::bytes(bytes, protocol::studio::settings::Language::French));
        done_relinked(name: &str): format!("{name} was found") => format!("{name} est retrouvé");
        done_model(name: &str): format!("{name} is here") => format!("{name} est disponible");
        done_export_begun(count: usize):
            format!("{} begun", super::counted_en(count, "export", "exports"))
            => format!("{} lancé{}", super::counted_fr(count, "export", "exports"), if count < 2 { "" } else { "s" });
        reloaded: "The project changed in between and was read again. A step that no longer fits was taken back."
            => "Le projet a changé entre-temps et a été relu. Une étape qui ne convenait plus a été annulée.";
        looking_at_files: "Looking at the files" => "Examen des fichiers";
        drop_here: "Drop videos to import them" => "Déposez les vidéos pour les importer";
        drop_into(project: &str): format!("into “{project}”") => format!("dans « {project} »");
        drop_new: "into a new project" => "dans un nouveau projet";
    }
}

/// Returns a label as it stands within a sentence.
fn lower(label: &str) -> String {
    let mut letters = label.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}
