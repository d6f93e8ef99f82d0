//! The settings.

use super::words;

words! {
    /// The settings.
    SettingsWords {
        title: "Settings" => "Réglages";
        general: "General" => "Général";
        shortcuts: "Shortcuts" => "Raccourcis";
        models: "Models" => "Modèles";
        storage: "Storage" => "Stockage";
        about: "About" => "À propos";
        language: "Language" => "Langue";
        language_system: "As the system" => "Comme le système";
        theme: "Appearance" => "Apparence";
        theme_dark: "Dark" => "Sombre";
        theme_light: "Light" => "Clair";
        theme_system: "As the system" => "Comme le système";
        export_folder: "Exports go to" => "Dossier des exports";
        keymap: "Set of shortcuts" => "Jeu de raccourcis";
        filter: "Filter commands" => "Filtrer les commandes";
        change_key(command: &str): format!("Change the keys of “{command}”") => format!("Changer les touches de « {command} »");
        press_keys: "Press the keys" => "Appuyez sur les touches";
        press_help: "Esc cancels, Delete takes the keys away" => "Échap annule, Suppr retire les touches";
        reset_key(command: &str): format!("Give “{command}” its own keys back") => format!("Rendre ses touches à « {command} »");
        reset_all: "Reset all shortcuts" => "Rétablir tous les raccourcis";
        conflict(chord: &str, other: &str): format!("{chord} calls “{other}”. Take it anyway?") => format!("{chord} appelle « {other} ». La prendre quand même ?");
        also(other: &str): format!("Also calls “{other}”") => format!("Appelle aussi « {other} »");
        take: "Take it" => "La prendre";
        reserved(chord: &str): format!("{chord} is needed to move between controls. Choose another.") => format!("{chord} sert à passer d’un contrôle à l’autre. Choisissez-en une autre.");
        models_text: "Models stay on this computer, and so does what they read. Nothing is fetched unless you press download." => "Les modèles restent sur cet ordinateur, et ce qu’ils lisent aussi. Rien n’est téléchargé sans votre clic.";
        speech: "Speech to words" => "De la parole au texte";
        embedding: "Wishes by meaning" => "Souhaits par le sens";
        other_kind: "Other" => "Autre";
        present: "Installed" => "Installé";
        preferred: "Used unless another is chosen" => "Utilisé par défaut";
        download(size: &str): format!("Download, {size}") => format!("Télécharger, {size}");
        fetched_from(host: &str): format!("from {host}") => format!("depuis {host}");
        add_file: "Add a file…" => "Ajouter un fichier…";
        licence(licence: &str): format!("Licence {licence}") => format!("Licence {licence}");
        library: "Projects and what was found in sources" => "Projets et ce qui a été trouvé dans les sources";
        cache: "Pictures and copies for editing, made again when needed" => "Images et copies de travail, refaites au besoin";
        models_size: "Models" => "Modèles";
        logs_size: "Logs" => "Journaux";
        free: "Free on the disk" => "Libre sur le disque";
        clear_cache: "Clear cache" => "Vider le cache";
        show_home: "Show program folder" => "Afficher le dossier du programme";
        version(version: &str): format!("Version {version}") => format!("Version {version}");
        about_text: "Makes reels from long videos, offline, on your own computer. No account, no telemetry." => "Crée des réels à partir de longues vidéos, hors ligne, sur votre ordinateur. Sans compte, sans télémétrie.";
        licences: "Licences" => "Licences";
        show_licences: "Show licences" => "Afficher les licences";
        show_logs: "Show logs folder" => "Afficher le dossier des journaux";
        repeat_welcome: "Show the first steps again" => "Revoir les premiers pas";
        measuring: "Measuring…" => "Mesure en cours…";
    }
}

/// Returns what a listed model is good for; what was added by hand has the engine's own words.
pub fn purpose(
    id: &str,
    otherwise: &str,
    language: protocol::studio::settings::Language,
) -> String {
    use protocol::studio::settings::Language;
    let (english, french) = match id {
        "whisper-small" => (
            "99 languages. The best balance without a graphics processor",
            "99 langues. Le meilleur équilibre sans processeur graphique",
        ),
        "whisper-tiny" => (
            "99 languages. Fastest, for trying things out",
            "99 langues. Le plus rapide, pour essayer",
        ),
        "whisper-base" => (
            "99 languages. Fast, good for clear English",
            "99 langues. Rapide, bon pour un anglais clair",
        ),
        "whisper-medium" => (
            "99 languages. Accurate and slow",
            "99 langues. Précis et lent",
        ),
        "whisper-large-v3-turbo-q5" => (
            "99 languages. Nearly as accurate as the largest, small on disk",
            "99 langues. Presque aussi précis que le plus grand, peu de place",
        ),
        "whisper-large-v3-turbo" => (
            "99 languages. Nearly as accurate as the largest, best with a graphics processor",
            "99 langues. Presque aussi précis que le plus grand, idéal avec un processeur graphique",
        ),
        "all-minilm-l6-v2" => (
            "Finds what fits a wish by its meaning. English first, other languages roughly",
            "Trouve ce qui répond à un souhait par le sens. Surtout en anglais",
        ),
        _ => (otherwise, otherwise),
    };
    match language {
        Language::English => english.to_owned(),
        Language::French => french.to_owned(),
    }
}
