//! What went wrong, whose side it is on, and what to do: words for every code.

use protocol::error::{ApiError, ErrorCode};
use protocol::studio::settings::Language;
use timeline::edit::EditError;

use crate::words::publishing;

/// What one button beside a failure offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Choose other files.
    PickFiles,
    /// Say where the file is now.
    Relink,
    /// Choose another folder for exports.
    ExportFolder,
    /// Make room.
    Storage,
    /// Add or fetch a model.
    Models,
    /// Connect an account, or look at its app.
    Accounts,
    /// Try once more.
    Retry,
    /// Look into the logs.
    Logs,
}

/// Returns what a failure's button offers; `None` where nothing can be done.
pub fn remedy(code: ErrorCode) -> Option<Remedy> {
    use ErrorCode as E;
    match code {
        E::NotFound | E::SourceChanged => Some(Remedy::Relink),
        E::NotAFile
        | E::Unreadable
        | E::BadFileName
        | E::EmptyFile
        | E::CorruptMedia
        | E::NoStreams
        | E::NoVideo
        | E::UnsupportedCodec => Some(Remedy::PickFiles),
        E::OutputExists | E::OutputBusy | E::Unwritable => Some(Remedy::ExportFolder),
        E::DiskFull => Some(Remedy::Storage),
        E::ModelMissing | E::ModelUnusable => Some(Remedy::Models),
        E::NotConnected | E::AccountGone | E::AppRefused | E::KeychainUnusable => {
            Some(Remedy::Accounts)
        }
        E::DownloadFailed
        | E::Stalled
        | E::WorkerDied
        | E::EncoderFailed
        | E::NetworkUnreachable => Some(Remedy::Retry),
        E::MissingPlugin | E::VerifyFailed | E::DatabaseUnusable | E::Internal => {
            Some(Remedy::Logs)
        }
        E::NoSuchStream
        | E::BadSubtitles
        | E::Unknown
        | E::DatabaseNewer
        | E::Conflict
        | E::NothingToUndo
        | E::EditRefused
        | E::ReadOnly
        | E::AlreadyThere
        | E::NoConsent
        | E::PostRefused
        | E::WrongPassphrase
        | E::OnlyYou
        | E::MadePrivate
        | E::CoverNotSet
        | E::InReview
        | E::Uncertain
        | E::Missed
        | E::ClockWrong
        | E::Postponed
        | E::TooLate
        | E::BrowserUnusable
        | E::FileBrowserUnusable
        | E::Usage
        | E::Cancelled => None,
    }
}

/// Returns what the button of a remedy says.
pub fn remedy_button(remedy: Remedy, language: Language) -> &'static str {
    let (english, french) = match remedy {
        Remedy::PickFiles => ("Choose other files…", "Choisir d’autres fichiers…"),
        Remedy::Relink => ("Find the file…", "Retrouver le fichier…"),
        Remedy::ExportFolder => ("Choose another folder…", "Choisir un autre dossier…"),
        Remedy::Storage => ("Make room", "Faire de la place"),
        Remedy::Models => ("Open models", "Ouvrir les modèles"),
        Remedy::Accounts => ("Open accounts", "Ouvrir les comptes"),
        Remedy::Retry => ("Try again", "Réessayer"),
        Remedy::Logs => ("Show logs", "Afficher les journaux"),
    };
    match language {
        Language::English => english,
        Language::French => french,
    }
}

/// Returns a failure in words: the file it concerns, then what happened.
pub fn what(error: &ApiError, language: Language) -> String {
    let happened = happened(error.code, language);
    match error
        .input
        .as_deref()
        .map(file_name)
        .filter(|name| !name.is_empty())
    {
        Some(name) => format!("{name} — {happened}"),
        None => happened.to_owned(),
    }
}

/// Returns what a failure's code means.
pub fn happened(code: ErrorCode, language: Language) -> &'static str {
    let (english, french) = both(code).0;
    match language {
        Language::English => english,
        Language::French => french,
    }
}

/// Returns what to do about a failure.
pub fn advice(code: ErrorCode, language: Language) -> &'static str {
    let (english, french) = both(code).1;
    match language {
        Language::English => english,
        Language::French => french,
    }
}

pub use protocol::studio::names::file_name;

pub(crate) type Pair = (&'static str, &'static str);

fn both(code: ErrorCode) -> (Pair, Pair) {
    use ErrorCode as E;
    match code {
        E::NotFound
        | E::NotAFile
        | E::Unreadable
        | E::BadFileName
        | E::EmptyFile
        | E::CorruptMedia
        | E::NoStreams
        | E::NoVideo
        | E::NoSuchStream
        | E::UnsupportedCodec
        | E::SourceChanged
        | E::BadSubtitles
        | E::AlreadyThere => of_sources(code),
        E::OutputExists
        | E::OutputBusy
        | E::Unwritable
        | E::DiskFull
        | E::EncoderFailed
        | E::VerifyFailed => of_exports(code),
        E::MissingPlugin
        | E::ModelMissing
        | E::ModelUnusable
        | E::DownloadFailed
        | E::Unknown
        | E::Stalled
        | E::WorkerDied
        | E::FileBrowserUnusable
        | E::Usage
        | E::Cancelled
        | E::Internal => of_program(code),
        E::DatabaseNewer
        | E::DatabaseUnusable
        | E::Conflict
        | E::NothingToUndo
        | E::EditRefused
        | E::ReadOnly => of_projects(code),
        E::NotConnected
        | E::AccountGone
        | E::AppRefused
        | E::NoConsent
        | E::PostRefused
        | E::NetworkUnreachable
        | E::KeychainUnusable
        | E::WrongPassphrase
        | E::OnlyYou
        | E::MadePrivate
        | E::CoverNotSet
        | E::InReview
        | E::Uncertain
        | E::Missed
        | E::ClockWrong
        | E::Postponed
        | E::TooLate
        | E::BrowserUnusable => publishing::of(code),
    }
}

const BAD_FILE_NAME: (Pair, Pair) = (
    (
        "The name of the file or of its folder holds characters that cannot be read.",
        "Le nom du fichier ou de son dossier contient des caractères illisibles.",
    ),
    (
        "Rename it and choose it again.",
        "Renommez-le et choisissez-le de nouveau.",
    ),
);

fn of_sources(code: ErrorCode) -> (Pair, Pair) {
    use ErrorCode as E;
    match code {
        E::NotFound => (
            (
                "The file is not there any more.",
                "Le fichier n’est plus là.",
            ),
            (
                "It was moved, renamed or is on a disk that is not connected.",
                "Il a été déplacé, renommé, ou son disque n’est pas branché.",
            ),
        ),
        E::NotAFile => (
            (
                "This is a folder without videos, or a device.",
                "C’est un dossier sans vidéo, ou un appareil.",
            ),
            (
                "Only the videos directly in a folder are imported. Choose the videos themselves, or the folder that holds them.",
                "Seules les vidéos placées directement dans un dossier sont importées. Choisissez les vidéos elles-mêmes, ou le dossier qui les contient.",
            ),
        ),
        E::BadFileName => BAD_FILE_NAME,
        E::Unreadable => (
            (
                "The file may not be read.",
                "Le fichier ne peut pas être lu.",
            ),
            (
                "Give yourself permission to read it, then try again.",
                "Donnez-vous le droit de le lire, puis réessayez.",
            ),
        ),
        E::EmptyFile => (
            ("The file is empty.", "Le fichier est vide."),
            (
                "It was probably not copied to its end. Copy it again.",
                "Sa copie n’a sans doute pas abouti. Copiez-le de nouveau.",
            ),
        ),
        E::CorruptMedia => (
            (
                "The file is not a video, or it is damaged.",
                "Le fichier n’est pas une vidéo, ou il est abîmé.",
            ),
            (
                "See whether it plays elsewhere, or take it from the camera again.",
                "Vérifiez qu’il se lit ailleurs, ou reprenez-le depuis la caméra.",
            ),
        ),
        E::NoStreams => (
            (
                "The file holds neither picture nor sound.",
                "Le fichier n’a ni image ni son.",
            ),
            ("Choose another file.", "Choisissez un autre fichier."),
        ),
        E::NoVideo => (
            ("The file has no picture.", "Le fichier n’a pas d’image."),
            (
                "Reels need a picture. Choose a video.",
                "Un réel a besoin d’une image. Choisissez une vidéo.",
            ),
        ),
        E::NoSuchStream => (
            (
                "The file does not hold that stream.",
                "Le fichier ne contient pas ce flux.",
            ),
            ("Import it again.", "Importez-le de nouveau."),
        ),
        E::UnsupportedCodec => (
            (
                "This computer cannot play the file’s format.",
                "Cet ordinateur ne sait pas lire le format du fichier.",
            ),
            (
                "Install the GStreamer plugins named in the details, or convert the file to MP4.",
                "Installez les modules GStreamer cités dans les détails, ou convertissez le fichier en MP4.",
            ),
        ),
        E::SourceChanged => (
            (
                "The file is another one than was imported.",
                "Le fichier n’est plus celui qui a été importé.",
            ),
            (
                "Find the original, or import this one as a new source.",
                "Retrouvez l’original, ou importez celui-ci comme nouvelle source.",
            ),
        ),
        E::BadSubtitles => (
            (
                "The subtitle file cannot be read.",
                "Le fichier de sous-titres est illisible.",
            ),
            (
                "Save it again as SRT or VTT in UTF-8.",
                "Enregistrez-le de nouveau en SRT ou VTT, en UTF-8.",
            ),
        ),
        _ => (
            (
                "This file is in the project already.",
                "Ce fichier est déjà dans le projet.",
            ),
            (
                "Nothing was imported twice.",
                "Rien n’a été importé deux fois.",
            ),
        ),
    }
}

fn of_exports(code: ErrorCode) -> (Pair, Pair) {
    use ErrorCode as E;
    match code {
        E::OutputExists => (
            (
                "The folder holds other files of the same name.",
                "Le dossier contient d’autres fichiers du même nom.",
            ),
            ("Choose another folder.", "Choisissez un autre dossier."),
        ),
        E::OutputBusy => (
            (
                "Another export is writing to that folder.",
                "Un autre export écrit dans ce dossier.",
            ),
            (
                "Wait for it, or choose another folder.",
                "Attendez sa fin, ou choisissez un autre dossier.",
            ),
        ),
        E::Unwritable => (
            (
                "The folder cannot be written to.",
                "Impossible d’écrire dans le dossier.",
            ),
            (
                "Choose a folder of your own, or change its permissions.",
                "Choisissez un dossier à vous, ou changez ses droits.",
            ),
        ),
        E::DiskFull => (
            ("The disk is full.", "Le disque est plein."),
            (
                "Clear the cache or delete files, then try again. Nothing that was finished is lost.",
                "Videz le cache ou supprimez des fichiers, puis réessayez. Rien de terminé n’est perdu.",
            ),
        ),
        E::EncoderFailed => (
            ("The video encoder failed.", "L’encodeur vidéo a échoué."),
            (
                "Try again. If it fails again, export with the processor only.",
                "Réessayez. Si l’échec se répète, exportez avec le processeur seul.",
            ),
        ),
        _ => (
            (
                "The finished file did not pass its checks and was not kept.",
                "Le fichier terminé n’a pas passé les contrôles et n’a pas été gardé.",
            ),
            (
                "Export it again. If it fails again, the logs say which check.",
                "Exportez-le de nouveau. Si l’échec se répète, les journaux disent quel contrôle.",
            ),
        ),
    }
}

fn of_program(code: ErrorCode) -> (Pair, Pair) {
    use ErrorCode as E;
    match code {
        E::MissingPlugin => (
            (
                "A part of GStreamer is not installed.",
                "Une partie de GStreamer n’est pas installée.",
            ),
            (
                "The details name it. Install it and start Créalia again.",
                "Les détails la nomment. Installez-la, puis relancez Créalia.",
            ),
        ),
        E::ModelMissing => (
            (
                "The model is not on this computer.",
                "Le modèle n’est pas sur cet ordinateur.",
            ),
            (
                "Download it or add its file.",
                "Téléchargez-le ou ajoutez son fichier.",
            ),
        ),
        E::ModelUnusable => (
            (
                "The model’s file cannot be used.",
                "Le fichier du modèle est inutilisable.",
            ),
            (
                "It is another one or was not copied to its end. Add it again.",
                "C’en est un autre, ou sa copie n’a pas abouti. Ajoutez-le de nouveau.",
            ),
        ),
        E::DownloadFailed => (
            ("The download failed.", "Le téléchargement a échoué."),
            (
                "Check the connection. It goes on where it stopped.",
                "Vérifiez la connexion. Il reprendra où il s’est arrêté.",
            ),
        ),
        E::Unknown => (
            ("That is not there any more.", "Cela n’existe plus."),
            ("Go back to the projects.", "Revenez aux projets."),
        ),
        E::Stalled => (
            (
                "Nothing moved for too long, so it was stopped.",
                "Rien n’avançait plus : le travail a été arrêté.",
            ),
            (
                "Try again. It goes on where it ended.",
                "Réessayez. Le travail reprendra où il s’est arrêté.",
            ),
        ),
        E::WorkerDied => (
            (
                "A part of Créalia stopped unexpectedly.",
                "Une partie de Créalia s’est arrêtée sans prévenir.",
            ),
            (
                "Nothing is lost. Try again. It goes on where it ended.",
                "Rien n’est perdu. Réessayez. Le travail reprendra où il s’est arrêté.",
            ),
        ),
        E::FileBrowserUnusable => (
            (
                "The file browser did not open.",
                "Le gestionnaire de fichiers ne s’est pas ouvert.",
            ),
            (
                "Open the folder yourself. The details say where it is.",
                "Ouvrez le dossier vous-même. Les détails disent où il est.",
            ),
        ),
        E::Usage => (
            ("That cannot be used here.", "Cela ne peut pas servir ici."),
            ("Check what you entered.", "Vérifiez votre saisie."),
        ),
        E::Cancelled => (
            ("Stopped.", "Arrêté."),
            (
                "It can go on where it ended.",
                "Le travail peut reprendre où il s’est arrêté.",
            ),
        ),
        _ => (
            ("Créalia made a mistake.", "Créalia a fait une erreur."),
            (
                "Nothing of yours is lost. Try again. The logs say more.",
                "Rien de vos fichiers n’est perdu. Réessayez. Les journaux en disent plus.",
            ),
        ),
    }
}

fn of_projects(code: ErrorCode) -> (Pair, Pair) {
    use ErrorCode as E;
    match code {
        E::DatabaseNewer => (
            (
                "A newer version of Créalia wrote this.",
                "Une version plus récente de Créalia a écrit ceci.",
            ),
            (
                "It can be looked at. Install that version to change it.",
                "On peut le consulter. Installez cette version pour le modifier.",
            ),
        ),
        E::DatabaseUnusable => (
            (
                "The program’s database cannot be used.",
                "La base de données du programme est inutilisable.",
            ),
            (
                "Start Créalia again. The logs say more.",
                "Relancez Créalia. Les journaux en disent plus.",
            ),
        ),
        E::Conflict => (
            (
                "The project was changed elsewhere.",
                "Le projet a été modifié ailleurs.",
            ),
            (
                "It was read again. Do the last step once more.",
                "Il a été relu. Refaites la dernière étape.",
            ),
        ),
        E::NothingToUndo => (
            (
                "There is nothing to undo or redo.",
                "Il n’y a rien à annuler ni à rétablir.",
            ),
            ("", ""),
        ),
        E::EditRefused => (
            ("That does not fit here.", "Cela ne convient pas ici."),
            ("Nothing was changed.", "Rien n’a été modifié."),
        ),
        _ => (
            (
                "This project can only be looked at.",
                "Ce projet peut seulement être consulté.",
            ),
            ("Nothing was changed.", "Rien n’a été modifié."),
        ),
    }
}

/// Returns why an edit was refused, in words.
pub fn edit_refused(error: &EditError, language: Language) -> &'static str {
    let (english, french) = both_refused(error);
    match language {
        Language::English => english,
        Language::French => french,
    }
}

fn both_refused(error: &EditError) -> Pair {
    match error {
        EditError::NoMedia(_)
        | EditError::NoSequence(_)
        | EditError::NoTrack(_)
        | EditError::NoClip(_)
        | EditError::NoMarker(_)
        | EditError::NoPreset(_) => ("That is not there any more.", "Cela n’existe plus."),
        EditError::NoCaptions(_) => (
            "There are no captions of this source here.",
            "Il n’y a pas de sous-titres de cette source ici.",
        ),
        EditError::CaptionsAttached(_) => (
            "Captions of another transcript are shown already.",
            "Des sous-titres d’une autre transcription sont déjà affichés.",
        ),
        EditError::NoCropKey(_) => (
            "There is no crop key here that could go.",
            "Il n’y a pas ici de clé de cadrage à supprimer.",
        ),
        EditError::MediaInUse(_) => (
            "Clips use this source. Delete them first.",
            "Des plans utilisent cette source. Supprimez-les d’abord.",
        ),
        EditError::PresetInUse(_) => (
            "Reels use this style. Choose another for them first.",
            "Des réels utilisent ce style. Choisissez-en d’abord un autre pour eux.",
        ),
        EditError::Locked(_) => (
            "The track is locked. Unlock it first.",
            "La piste est verrouillée. Déverrouillez-la d’abord.",
        ),
        EditError::Occupied(_) => (
            "Something else is already there.",
            "Il y a déjà autre chose à cet endroit.",
        ),
        EditError::NothingSelected
        | EditError::NothingThere
        | EditError::NoNeighbour(_)
        | EditError::NoLane
        | EditError::NothingLeft(_)
        | EditError::NoPicture(_)
        | EditError::BlankText
        | EditError::TimeOutOfRange
        | EditError::SpeedOutOfRange
        | EditError::NestedBatch
        | EditError::Breaks(_) => of_place(error),
    }
}

/// What cannot be done where or with what it was asked.
fn of_place(error: &EditError) -> Pair {
    match error {
        EditError::NothingSelected => ("Nothing is selected.", "Rien n’est sélectionné."),
        EditError::NothingThere => ("There is nothing here.", "Il n’y a rien ici."),
        EditError::NoNeighbour(_) => (
            "No clip follows without a gap.",
            "Aucun plan ne suit sans vide.",
        ),
        EditError::NoLane => (
            "There is no other track of that kind there.",
            "Il n’y a pas d’autre piste de ce genre à cet endroit.",
        ),
        EditError::NothingLeft(_) => (
            "Nothing of the clip would be left. Delete it instead.",
            "Il ne resterait rien du plan. Supprimez-le plutôt.",
        ),
        EditError::NoPicture(_) => ("The clip has no picture.", "Le plan n’a pas d’image."),
        EditError::BlankText => ("The text is empty.", "Le texte est vide."),
        EditError::TimeOutOfRange => ("That is too far away.", "C’est trop loin."),
        EditError::SpeedOutOfRange => (
            "Speeds go from a hundredth to a hundred times.",
            "La vitesse va d’un centième à cent fois.",
        ),
        _ => (
            "That does not fit here. Nothing was changed.",
            "Cela ne convient pas ici. Rien n’a été modifié.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_its_file_and_never_its_folders() {
        let error = ApiError::new(ErrorCode::EmptyFile, "no bytes").input("/videos/été/a.mp4");
        assert_eq!(
            what(&error, Language::French),
            "a.mp4 — Le fichier est vide."
        );
        assert_eq!(file_name(r"C:\clips\b.mov"), "b.mov");
    }
}
