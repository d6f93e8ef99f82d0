//! What the history calls each step, and what a job is at.

use protocol::progress::Step;
use protocol::studio::settings::Language;
use timeline::edit::Label;

/// Returns what the history calls a step.
pub fn label(label: Label, language: Language) -> &'static str {
    let (english, french) = both(label);
    match language {
        Language::English => english,
        Language::French => french,
    }
}

fn both(label: Label) -> (&'static str, &'static str) {
    match label {
        Label::RenameProject => ("Rename project", "Renommer le projet"),
        Label::AddMedia => ("Add source", "Ajouter la source"),
        Label::RelinkMedia => ("Relink source", "Relier la source"),
        Label::RemoveMedia => ("Remove source", "Retirer la source"),
        Label::AddPreset => ("Add style", "Ajouter le style"),
        Label::UpdatePreset => ("Change style", "Modifier le style"),
        Label::RemovePreset => ("Remove style", "Supprimer le style"),
        Label::AddSequence => ("Add sequence", "Ajouter la séquence"),
        Label::RemoveSequence => ("Remove sequence", "Supprimer la séquence"),
        Label::RenameSequence => ("Rename sequence", "Renommer la séquence"),
        Label::DuplicateSequence => ("Duplicate sequence", "Dupliquer la séquence"),
        Label::SetSequenceFormat => ("Change format", "Changer le format"),
        Label::SetSequencePreset => ("Choose style", "Choisir le style"),
        Label::SetCaptionAnchor => ("Move captions", "Déplacer les sous-titres"),
        Label::AddTrack => ("Add track", "Ajouter une piste"),
        Label::RemoveTrack => ("Remove track", "Supprimer la piste"),
        Label::MuteTrack => ("Mute track", "Couper la piste"),
        Label::UnmuteTrack => ("Unmute track", "Rétablir la piste"),
        Label::LockTrack => ("Lock track", "Verrouiller la piste"),
        Label::UnlockTrack => ("Unlock track", "Déverrouiller la piste"),
        Label::AddMarker => ("Add marker", "Ajouter un repère"),
        Label::MoveMarker => ("Move marker", "Déplacer le repère"),
        Label::RenameMarker => ("Rename marker", "Renommer le repère"),
        Label::RemoveMarker => ("Remove marker", "Supprimer le repère"),
        Label::InsertClip => ("Insert clip", "Insérer un plan"),
        Label::MoveClips => ("Move", "Déplacer"),
        Label::Split => ("Split", "Couper"),
        Label::Lift => ("Delete and leave gap", "Supprimer en laissant un vide"),
        Label::RippleDelete => ("Delete and close gap", "Supprimer et refermer"),
        Label::Trim => ("Trim", "Raccourcir"),
        Label::RippleTrim => ("Trim and close gap", "Raccourcir et refermer"),
        Label::Roll => ("Move cut", "Déplacer la coupe"),
        Label::Slip => ("Slip", "Glisser le contenu"),
        Label::SetSpeed => ("Change speed", "Changer la vitesse"),
        Label::SetFraming => ("Change framing", "Changer le cadrage"),
        Label::SetCropKey => ("Set crop key", "Placer une clé de cadrage"),
        Label::RemoveCropKey => ("Remove crop key", "Supprimer la clé de cadrage"),
        Label::SetGain => ("Change volume", "Changer le volume"),
        Label::SetFades => ("Change fades", "Changer les fondus"),
        Label::EnableClips => ("Enable", "Activer"),
        Label::DisableClips => ("Disable", "Désactiver"),
        Label::LinkClips => ("Link", "Lier"),
        Label::UnlinkClips => ("Unlink", "Délier"),
        Label::AttachCaptions => ("Show captions", "Afficher les sous-titres"),
        Label::DetachCaptions => ("Hide captions", "Masquer les sous-titres"),
        Label::RemapCaptions => ("Follow new transcript", "Suivre la nouvelle transcription"),
        Label::CorrectWord => ("Correct word", "Corriger un mot"),
        Label::HideWords => ("Hide words", "Masquer des mots"),
        Label::ShowWords => ("Show words", "Afficher des mots"),
        Label::EmphasiseWords => ("Emphasise words", "Mettre des mots en valeur"),
        Label::PlainWords => ("Plain words", "Mots sans mise en valeur"),
        Label::BreakCard => ("Break card", "Scinder la carte"),
        Label::JoinCards => ("Join cards", "Réunir les cartes"),
        Label::DeleteWords => ("Cut words", "Couper des mots"),
        Label::RestoreRange => ("Restore words", "Rétablir des mots"),
        Label::RestoreVersion => ("Go back to version", "Revenir à une version"),
        Label::MakeReel => ("Make reel", "Créer le réel"),
        Label::Clean => ("Clean up", "Nettoyer"),
        Label::EditSelection => ("Edit selection", "Modifier la sélection"),
    }
}

/// Returns what a job is doing, as a sentence begins.
pub fn step(step: Step, language: Language) -> &'static str {
    let (english, french) = match step {
        Step::Probe => ("Reading the file", "Lecture du fichier"),
        Step::Analyse => ("Watching and listening", "Visionnage et écoute"),
        Step::Transcribe => ("Writing down the words", "Transcription des paroles"),
        Step::Suggest => (
            "Finding the best moments",
            "Recherche des meilleurs moments",
        ),
        Step::Compose => ("Cutting and framing", "Découpe et cadrage"),
        Step::Render => ("Rendering", "Rendu"),
        Step::Download => ("Downloading", "Téléchargement"),
        Step::Upload => ("Uploading", "Envoi"),
    };
    match language {
        Language::English => english,
        Language::French => french,
    }
}
