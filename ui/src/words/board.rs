//! The reels board.

use super::words;

words! {
    /// The reels board.
    Board {
        title: "Reels" => "Réels";
        ready: "Analysed" => "Analysé";
        missing: "File not found" => "Fichier introuvable";
        changed: "Another file" => "Autre fichier";
        wish: "What reels should be about" => "De quoi doivent parler les réels";
        wish_example: "The part about prices" => "Le passage sur les prix";
        suggest: "Suggest" => "Suggérer";
        suggest_help: "Suggests new reels. What you kept, rejected or changed stays." => "Suggère de nouveaux réels. Ce que vous avez gardé, écarté ou modifié reste.";
        source: "Source" => "Source";
        all_sources: "All sources" => "Toutes les sources";
        sort: "Sort" => "Trier";
        sort_score: "Score" => "Note";
        sort_time: "Time in source" => "Moment dans la source";
        sort_length: "Length" => "Durée";
        show: "Show" => "Afficher";
        show_all(count: usize): format!("All {count}") => format!("Tous {count}");
        show_open(count: usize): format!("Undecided {count}") => format!("À décider {count}");
        show_kept(count: usize): format!("Kept {count}") => format!("Gardés {count}");
        show_rejected(count: usize): format!("Rejected {count}") => format!("Écartés {count}");
        export_kept(count: usize): format!("Export kept ({count})…") => format!("Exporter les gardés ({count})…");
        keep(name: &str): format!("Keep {name}") => format!("Garder {name}");
        unkeep(name: &str): format!("Do not keep {name}") => format!("Ne plus garder {name}");
        reject(name: &str): format!("Reject {name}") => format!("Écarter {name}");
        unreject(name: &str): format!("Do not reject {name}") => format!("Ne plus écarter {name}");
        edit(name: &str): format!("Edit {name}") => format!("Monter {name}");
        export_one(name: &str): format!("Export {name}…") => format!("Exporter {name}…");
        show_file(name: &str): format!("Show the exported file of {name}") => format!("Afficher le fichier exporté de {name}");
        kept: "Kept" => "Gardé";
        rejected: "Rejected" => "Écarté";
        exported: "Exported" => "Exporté";
        outdated: "Changed since export" => "Modifié depuis l’export";
        score(score: u32): format!("Score {score} of 100") => format!("Note {score} sur 100");
        parts: "What the score is made of" => "Ce qui compose la note";
        card(name: &str, score: u32, length: &str): format!("{name}, score {score}, {length}") => format!("{name}, note {score}, {length}");
        empty_busy_title: "Reels will appear here" => "Les réels apparaîtront ici";
        empty_busy_text: "Créalia is looking for the best moments. You can go on with something else." => "Créalia cherche les meilleurs moments. Vous pouvez faire autre chose.";
        empty_title: "No reels yet" => "Pas encore de réels";
        empty_text: "Drop a long video here, and its best moments become reels." => "Déposez une longue vidéo ici : ses meilleurs moments deviennent des réels.";
        empty_failed_title: "The import failed" => "L’import a échoué";
        empty_filter: "No reel is in this state." => "Aucun réel n’est dans cet état.";
        show_everything: "Show all reels" => "Afficher tous les réels";
        sources: "Sources" => "Sources";
        every_source(count: usize): format!("Show all {count} sources") => format!("Afficher les {count} sources");
        fewer_sources: "Show fewer sources" => "Afficher moins de sources";
        importing(done: usize, all: usize):
            format!("Importing: {done} of {} ready", super::counted_en(all, "video", "videos"))
            => format!("Import en cours, {done} sur {} prête{}", super::counted_fr(all, "vidéo", "vidéos"), if done < 2 { "" } else { "s" });
        stop_imports: "Stop all imports" => "Arrêter tous les imports";
        more_failed(count: usize):
            format!("{} more failed", super::counted_en(count, "import", "imports"))
            => format!("{} de plus {} échoué", super::counted_fr(count, "import", "imports"), if count < 2 { "a" } else { "ont" });
        see_jobs: "See jobs" => "Voir les tâches";
    }
}
