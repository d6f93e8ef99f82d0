//! The page that the browser shows at the end.

use crate::error::Error;

/// The user's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// French.
    French,
}

/// What there is to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Message {
    Connected,
    Declined,
    Failed,
    NotExpected,
    AlreadyAnswered,
}

impl Message {
    pub(crate) fn of(error: Option<&Error>) -> Self {
        match error {
            None => Self::Connected,
            Some(Error::ConsentDeclined) => Self::Declined,
            Some(_) => Self::Failed,
        }
    }

    /// Returns the page. It loads nothing and runs nothing.
    pub(crate) fn page(self, language: Language) -> String {
        let (code, title, text) = match language {
            Language::English => {
                let (title, text) = self.english();
                ("en", title, text)
            }
            Language::French => {
                let (title, text) = self.french();
                ("fr", title, text)
            }
        };
        format!(
            "<!doctype html><html lang=\"{code}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\">\
             <meta name=\"color-scheme\" content=\"light dark\">\
             <title>{title} · Créalia Studio</title></head>\
             <body><main><h1>{title}</h1><p>{text}</p></main></body></html>"
        )
    }

    const fn english(self) -> (&'static str, &'static str) {
        match self {
            Self::Connected => (
                "Account connected",
                "You can close this tab and go back to Créalia Studio.",
            ),
            Self::Declined => (
                "Not connected",
                "You declined. Nothing was changed; you can close this tab.",
            ),
            Self::Failed => (
                "Not connected",
                "The network did not complete the connection. Créalia Studio says why; you can \
                 close this tab.",
            ),
            Self::NotExpected => (
                "Not expected",
                "This answer belongs to no question of Créalia Studio. Start again from there.",
            ),
            Self::AlreadyAnswered => (
                "Already answered",
                "Créalia Studio has its answer. You can close this tab.",
            ),
        }
    }

    const fn french(self) -> (&'static str, &'static str) {
        match self {
            Self::Connected => (
                "Compte connecté",
                "Vous pouvez fermer cet onglet et revenir à Créalia Studio.",
            ),
            Self::Declined => (
                "Compte non connecté",
                "Vous avez refusé. Rien n’a changé\u{202F}; vous pouvez fermer cet onglet.",
            ),
            Self::Failed => (
                "Compte non connecté",
                "Le réseau n’a pas terminé la connexion. Créalia Studio dit pourquoi\u{202F}; vous \
                 pouvez fermer cet onglet.",
            ),
            Self::NotExpected => (
                "Réponse inattendue",
                "Cette réponse ne correspond à aucune demande de Créalia Studio. Recommencez \
                 depuis l’application.",
            ),
            Self::AlreadyAnswered => (
                "Déjà répondu",
                "Créalia Studio a sa réponse. Vous pouvez fermer cet onglet.",
            ),
        }
    }
}
