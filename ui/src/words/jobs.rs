//! The jobs drawer.

use super::words;

words! {
    /// The jobs drawer.
    Jobs {
        title: "Jobs" => "Tâches";
        empty: "Imports, exports and downloads show their progress here." => "Les imports, exports et téléchargements montrent ici leur progression.";
        import(name: &str): format!("Import {name}") => format!("Importer {name}");
        suggest(name: &str): format!("New suggestions for {name}") => format!("Nouvelles suggestions pour {name}");
        export(name: &str): format!("Export {name}") => format!("Exporter {name}");
        publish(name: &str): format!("Render {name} to post it") => format!("Préparer {name} pour la publication");
        download(name: &str): format!("Download {name}") => format!("Télécharger {name}");
        waiting: "Waiting" => "En attente";
        paused: "Paused" => "En pause";
        done: "Done" => "Terminé";
        failed: "Failed" => "Échec";
        cancelled: "Stopped" => "Arrêté";
        starting: "Starting" => "Démarrage";
        pause(name: &str): format!("Pause {name}") => format!("Mettre en pause {name}");
        resume(name: &str): format!("Go on with {name}") => format!("Reprendre {name}");
        cancel(name: &str): format!("Stop {name}") => format!("Arrêter {name}");
        retry(name: &str): format!("Try {name} again") => format!("Réessayer {name}");
        show_file: "Show file" => "Afficher le fichier";
        open_board: "See reels" => "Voir les réels";
        open_posts: "See posts" => "Voir les publications";
        stop_all: "Stop all" => "Tout arrêter";
        more(count: usize): format!("Show {count} more") => format!("Afficher {count} de plus");
        clear: "Clear finished" => "Effacer les terminées";
        ended_badly(name: &str): format!("{name} failed") => format!("{name} a échoué");
    }
}
