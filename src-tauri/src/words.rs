//! The few words that the shell itself says, in both languages; all others are the page's.

use protocol::error::{ApiError, ErrorCode};
use protocol::studio::settings::Language;

/// Returns what a dialog calls media files.
pub(crate) fn media(language: Language) -> &'static str {
    match language {
        Language::English => "Videos and sound",
        Language::French => "Vidéos et sons",
    }
}

/// Returns what a dialog calls files of every kind.
pub(crate) fn all_files(language: Language) -> &'static str {
    match language {
        Language::English => "All files",
        Language::French => "Tous les fichiers",
    }
}

/// Returns what is said when the page's process ends again and again.
pub(crate) fn page_keeps_ending(language: Language) -> &'static str {
    match language {
        Language::English => {
            "The page keeps ending. Your projects are saved; start the studio again."
        }
        Language::French => {
            "La page se ferme sans cesse. Vos projets sont enregistrés ; relancez le studio."
        }
    }
}

/// Returns why the program cannot start and what to do; the detail is English, for a report.
pub(crate) fn cannot_start(error: &ApiError, language: Language) -> String {
    let (what, then) = match language {
        Language::English => in_english(error.code),
        Language::French => in_french(error.code),
    };
    let detail = match language {
        Language::English => "Detail: ",
        Language::French => "Détail (en anglais) : ",
    };
    let hint = match (error.hint.as_str(), language) {
        ("", _) | (_, Language::French) => String::new(),
        (hint, Language::English) => format!(" ({hint})"),
    };
    format!("{what}\n{then}\n\n{detail}{}{hint}", error.message)
}

fn in_english(code: ErrorCode) -> (&'static str, &'static str) {
    match code {
        ErrorCode::DiskFull => (
            "Créalia Studio cannot start: the disk is full.",
            "Free some space and start it again.",
        ),
        ErrorCode::Unwritable | ErrorCode::Unreadable => (
            "Créalia Studio cannot start: its folder cannot be used.",
            "Check the permissions of the folder and start it again.",
        ),
        ErrorCode::DatabaseNewer => (
            "Créalia Studio cannot start: your projects were written by a newer version.",
            "Install the newer version and start it again.",
        ),
        ErrorCode::DatabaseUnusable => (
            "Créalia Studio cannot start: its database cannot be opened.",
            "Close other programs that use it and check the folder’s permissions.",
        ),
        ErrorCode::MissingPlugin => (
            "Créalia Studio cannot start: a part of GStreamer is missing.",
            "Install the missing packages and start it again.",
        ),
        _ => (
            "Créalia Studio cannot start.",
            "Start it again; if that does not help, report it with this detail.",
        ),
    }
}

fn in_french(code: ErrorCode) -> (&'static str, &'static str) {
    match code {
        ErrorCode::DiskFull => (
            "Créalia Studio ne peut pas démarrer : le disque est plein.",
            "Libérez de la place et relancez-le.",
        ),
        ErrorCode::Unwritable | ErrorCode::Unreadable => (
            "Créalia Studio ne peut pas démarrer : son dossier est inutilisable.",
            "Vérifiez les droits du dossier et relancez-le.",
        ),
        ErrorCode::DatabaseNewer => (
            "Créalia Studio ne peut pas démarrer : une version plus récente a écrit vos projets.",
            "Installez la version plus récente et relancez-le.",
        ),
        ErrorCode::DatabaseUnusable => (
            "Créalia Studio ne peut pas démarrer : sa base de données ne s’ouvre pas.",
            "Fermez les autres programmes qui l’utilisent et vérifiez les droits du dossier.",
        ),
        ErrorCode::MissingPlugin => (
            "Créalia Studio ne peut pas démarrer : un élément de GStreamer manque.",
            "Installez les paquets manquants et relancez-le.",
        ),
        _ => (
            "Créalia Studio ne peut pas démarrer.",
            "Relancez-le ; si cela ne suffit pas, signalez-le avec ce détail.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_that_fails_is_told_in_the_users_language_with_what_to_do() {
        let error = ApiError::new(ErrorCode::Unwritable, "/x: permission denied")
            .hint("check its permissions");
        let french = cannot_start(&error, Language::French);
        assert!(
            french.starts_with("Créalia Studio ne peut pas démarrer"),
            "{french}"
        );
        assert!(french.contains("Vérifiez les droits"), "{french}");
        assert!(french.ends_with("/x: permission denied"), "{french}");
        assert!(!french.contains("check"), "{french}");
        let english = cannot_start(&error, Language::English);
        assert!(english.contains("Check the permissions"), "{english}");
        for code in [
            ErrorCode::DiskFull,
            ErrorCode::DatabaseNewer,
            ErrorCode::Internal,
        ] {
            let error = ApiError::new(code, "detail");
            assert_ne!(
                cannot_start(&error, Language::French),
                cannot_start(&error, Language::English),
                "{code:?}"
            );
        }
    }
}
