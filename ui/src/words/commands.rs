//! What commands are called.

use protocol::studio::settings::{Keymap, Language};

use crate::command::{Context, UiCommand};

/// Returns what a command is called.
pub fn command(command: UiCommand, language: Language) -> &'static str {
    let (english, french) = both(command);
    match language {
        Language::English => english,
        Language::French => french,
    }
}

/// Returns what a context is called.
pub fn context(context: Context, language: Language) -> &'static str {
    match (context, language) {
        (Context::Global, Language::English) => "Everywhere",
        (Context::Global, Language::French) => "Partout",
        (Context::Board, Language::English) => "Reels",
        (Context::Board, Language::French) => "Réels",
        (Context::Editor, Language::English) => "Editor",
        (Context::Editor, Language::French) => "Montage",
    }
}

/// Returns what a set of shortcuts is called.
pub fn keymap(keymap: Keymap, language: Language) -> &'static str {
    match (keymap, language) {
        (Keymap::Standard, _) => "Créalia",
        (Keymap::Azerty, Language::English) => "Créalia, French keyboard",
        (Keymap::Azerty, Language::French) => "Créalia, clavier AZERTY",
        (Keymap::Premiere, _) => "Premiere Pro",
        (Keymap::Resolve, _) => "DaVinci Resolve",
        (Keymap::Shotcut, _) => "Shotcut",
    }
}

fn both(command: UiCommand) -> (&'static str, &'static str) {
    use UiCommand as C;
    match command {
        C::Palette => ("Search everything", "Tout rechercher"),
        C::Help => ("Keyboard shortcuts", "Raccourcis clavier"),
        C::Import => ("Import videos…", "Importer des vidéos…"),
        C::NewProject => ("New project…", "Nouveau projet…"),
        C::GoHome => ("Go to projects", "Aller aux projets"),
        C::GoBoard => ("Go to reels", "Aller aux réels"),
        C::GoEditor => ("Go to the editor", "Aller au montage"),
        C::GoPosts => ("Go to posts", "Aller aux publications"),
        C::GoSettings => ("Go to settings", "Aller aux réglages"),
        C::ToggleJobs => ("Show or hide jobs", "Afficher ou masquer les tâches"),
        C::Undo => ("Undo", "Annuler"),
        C::Redo => ("Redo", "Rétablir"),
        C::Export => ("Export…", "Exporter…"),
        C::ToggleTheme => ("Switch dark and light", "Basculer clair et sombre"),
        C::SwitchLanguage => ("Passer en français", "Switch to English"),
        C::ShowLogs => ("Show the logs folder", "Afficher le dossier des journaux"),
        C::Keep => ("Keep reel", "Garder le réel"),
        C::Reject => ("Reject reel", "Écarter le réel"),
        C::EditReel => ("Edit reel", "Monter le réel"),
        C::Publish => ("Post reel…", "Publier le réel…"),
        C::Wish => (
            "Say what reels should be about",
            "Dire de quoi parlent les réels",
        ),
        C::ExportReel => ("Export reel…", "Exporter le réel…"),
        C::PlayPause => ("Play or pause", "Lire ou mettre en pause"),
        C::PlayBackward => ("Play backwards", "Lire à l’envers"),
        C::Pause => ("Pause", "Pause"),
        C::PlayForward => ("Play forwards", "Lire en avant"),
        C::PreviousFrame => ("Previous frame", "Image précédente"),
        C::NextFrame => ("Next frame", "Image suivante"),
        C::GoToStart => ("Go to the start", "Aller au début"),
        C::GoToEnd => ("Go to the end", "Aller à la fin"),
        C::PreviousCut => ("Previous cut", "Coupe précédente"),
        C::NextCut => ("Next cut", "Coupe suivante"),
        C::MarkIn => ("Set in point", "Placer le point d’entrée"),
        C::MarkOut => ("Set out point", "Placer le point de sortie"),
        C::ClearMarks => (
            "Clear in and out points",
            "Effacer les points d’entrée et de sortie",
        ),
        C::ToggleLoop => ("Loop or not", "Lire en boucle ou non"),
        C::Split => ("Split at the playhead", "Couper à la tête de lecture"),
        C::SplitAll => ("Split every track", "Couper toutes les pistes"),
        C::TrimStart => (
            "Trim start to the playhead",
            "Raccourcir le début jusqu’à la tête",
        ),
        C::TrimEnd => (
            "Trim end to the playhead",
            "Raccourcir la fin jusqu’à la tête",
        ),
        C::Lift => ("Delete and leave a gap", "Supprimer en laissant un vide"),
        C::RippleDelete => ("Delete and close the gap", "Supprimer et refermer"),
        C::NudgeBack => ("Move a frame back", "Reculer d’une image"),
        C::NudgeOn => ("Move a frame on", "Avancer d’une image"),
        C::SelectAll => ("Select all clips", "Sélectionner tous les plans"),
        C::SelectNone => ("Select nothing", "Ne rien sélectionner"),
        C::LinkClips => ("Link clips", "Lier les plans"),
        C::UnlinkClips => ("Unlink clips", "Délier les plans"),
        C::ToggleSnap => ("Snap or not", "Aimanter ou non"),
        C::AddMarker => ("Add marker", "Ajouter un repère"),
        C::AddMusicTrack => ("Add music track", "Ajouter une piste de musique"),
        C::AddVoiceTrack => ("Add voice track", "Ajouter une piste de voix"),
        C::ZoomIn => ("Zoom in", "Zoom avant"),
        C::ZoomOut => ("Zoom out", "Zoom arrière"),
        C::ZoomFit => ("Fit all in the timeline", "Tout afficher dans la timeline"),
        C::ToggleSafeAreas => (
            "Show or hide safe areas",
            "Afficher ou masquer les zones sûres",
        ),
        C::ToggleLeftPanel => (
            "Show or hide the left panel",
            "Afficher ou masquer le panneau de gauche",
        ),
        C::ToggleInspector => (
            "Show or hide the inspector",
            "Afficher ou masquer l’inspecteur",
        ),
        C::FullScreen => ("Full screen", "Plein écran"),
        C::FindWords => ("Search the words", "Rechercher dans les paroles"),
    }
}
