//! The export dialog.

use super::words;

words! {
    /// The export dialog.
    Export {
        title(count: usize):
            format!("Export {}", super::counted_en(count, "reel", "reels"))
            => format!("Exporter {}", super::counted_fr(count, "réel", "réels"));
        folder: "Folder" => "Dossier";
        choose_folder: "Choose…" => "Choisir…";
        template: "File names" => "Noms des fichiers";
        template_help: "Parts that are filled in" => "Éléments remplis";
        part_project: "project" => "projet";
        part_source: "source" => "source";
        part_title: "title" => "titre";
        part_number: "number" => "numéro";
        part_date: "date" => "date";
        insert(part: &str): format!("Insert {part}") => format!("Insérer {part}");
        example(name: &str): format!("For example {name}") => format!("Par exemple {name}");
        template_empty: "Enter a name" => "Saisissez un nom";
        format: "Format" => "Format";
        mp4: "MP4, best encoder of this computer" => "MP4, meilleur encodeur de cet ordinateur";
        mp4_software: "MP4, processor only" => "MP4, processeur seul";
        mp4_software_help: "Slower. For graphics drivers that misbehave." => "Plus lent. Pour les pilotes graphiques qui posent problème.";
        caption_files: "Caption files beside the video (SRT, VTT)" => "Fichiers de sous-titres à côté de la vidéo (SRT, VTT)";
        cover: "Cover picture beside the video" => "Image de couverture à côté de la vidéo";
        begin(count: usize):
            format!("Export {}", super::counted_en(count, "reel", "reels"))
            => format!("Exporter {}", super::counted_fr(count, "réel", "réels"));
    }
}
