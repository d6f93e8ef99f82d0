//! Chords: a key with its modifiers, by the character that it types, so that every keyboard's
//! layout finds it where it prints it.

use protocol::studio::settings::Language;
use web_sys::KeyboardEvent;

/// A key with its modifiers. Written as `Ctrl+Shift+S`, `Shift+Delete`, `?`.
///
/// Letters are upper-case and keep Shift; other characters stand for themselves: what one layout
/// types with Shift another may type without.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chord {
    modifiers: Modifiers,
    key: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Modifiers(u8);

impl Modifiers {
    const CTRL: Self = Self(1);
    const ALT: Self = Self(2);
    const SHIFT: Self = Self(4);
    const NAMES: [(Self, &'static str); 3] = [
        (Self::CTRL, "Ctrl"),
        (Self::ALT, "Alt"),
        (Self::SHIFT, "Shift"),
    ];

    fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Chord {
    /// Reads a written chord; `None` when it is none.
    pub fn parse(written: &str) -> Option<Self> {
        let mut rest = written;
        let mut modifiers = Modifiers::default();
        loop {
            let found = Modifiers::NAMES.iter().find_map(|(modifier, name)| {
                let rest = rest.strip_prefix(name)?.strip_prefix('+')?;
                Some((*modifier, rest))
            });
            let Some((modifier, after)) = found else {
                break;
            };
            modifiers = modifiers.and(modifier);
            rest = after;
        }
        (!rest.is_empty()).then(|| Self::new(modifiers, rest))
    }

    /// Returns the chord of a pressed key; `None` for a modifier alone or a dead key.
    pub fn pressed(event: &KeyboardEvent) -> Option<Self> {
        let key = event.key();
        if matches!(
            key.as_str(),
            "Control"
                | "Shift"
                | "Alt"
                | "AltGraph"
                | "Meta"
                | "CapsLock"
                | "Dead"
                | "Process"
                | "Unidentified"
                | "Compose"
                | "NumLock"
                | "Fn"
                | ""
        ) {
            return None;
        }
        let mut modifiers = Modifiers::default();
        // AltGr types a character and is no modifier of ours.
        let types_with_altgr = event.get_modifier_state("AltGraph");
        if (event.ctrl_key() || event.meta_key()) && !types_with_altgr {
            modifiers = modifiers.and(Modifiers::CTRL);
        }
        if event.alt_key() && !types_with_altgr {
            modifiers = modifiers.and(Modifiers::ALT);
        }
        if event.shift_key() {
            modifiers = modifiers.and(Modifiers::SHIFT);
        }
        Some(Self::new(modifiers, &key))
    }

    /// Returns the chord as settings keep it.
    pub fn written(&self) -> String {
        self.spelt(str::to_owned)
    }

    /// Returns the chord as the user's keyboard prints it.
    pub fn shown(&self, language: Language) -> String {
        self.spelt(|name| shown_key(name, language))
    }

    /// Returns whether it is typed without Ctrl and Alt, and so may be text.
    pub fn may_be_text(&self) -> bool {
        !self.modifiers.has(Modifiers::CTRL) && !self.modifiers.has(Modifiers::ALT)
    }

    /// Returns whether a text field uses it for itself, such as to undo what was typed.
    pub fn edits_text(&self) -> bool {
        self.modifiers == Modifiers::CTRL
            && matches!(self.key.as_str(), "A" | "C" | "V" | "X" | "Y" | "Z")
            || self.key == "Backspace"
            || self.key == "Delete"
            || self.key.starts_with("Arrow")
    }

    /// Returns whether it presses the control that has the focus.
    pub fn presses(&self) -> bool {
        self.modifiers == Modifiers::default() && matches!(self.key.as_str(), "Space" | "Enter")
    }

    /// Returns whether moving among controls needs it, so that no command may have it.
    pub fn is_reserved(&self) -> bool {
        matches!(self.key.as_str(), "Tab" | "Escape")
    }

    fn new(modifiers: Modifiers, key: &str) -> Self {
        let key = if key == " " { "Space" } else { key };
        let mut characters = key.chars();
        let (key, modifiers) = match (characters.next(), characters.next()) {
            (Some(letter), None) if letter.is_alphabetic() => {
                (letter.to_uppercase().to_string(), modifiers)
            }
            (Some(_), None) => (key.to_owned(), Modifiers(modifiers.0 & !Modifiers::SHIFT.0)),
            _ => (key.to_owned(), modifiers),
        };
        Self { modifiers, key }
    }

    fn spelt(&self, spell: impl Fn(&str) -> String) -> String {
        let mut out = String::new();
        for (modifier, name) in Modifiers::NAMES {
            if self.modifiers.has(modifier) {
                out.push_str(&spell(name));
                out.push('+');
            }
        }
        out.push_str(&spell(&self.key));
        out
    }
}

fn shown_key(name: &str, language: Language) -> String {
    let shown = match (name, language) {
        ("ArrowLeft", _) => "←",
        ("ArrowRight", _) => "→",
        ("ArrowUp", _) => "↑",
        ("ArrowDown", _) => "↓",
        ("Shift", Language::French) => "Maj",
        ("Space", Language::French) => "Espace",
        ("Delete", Language::French) => "Suppr",
        ("Enter", Language::French) => "Entrée",
        ("Escape", Language::French) => "Échap",
        ("Escape", Language::English) => "Esc",
        ("Backspace", Language::French) => "Retour arrière",
        ("Home", Language::French) => "Début",
        ("End", Language::French) => "Fin",
        ("PageUp", Language::French) => "Page préc.",
        ("PageDown", Language::French) => "Page suiv.",
        (other, _) => other,
    };
    shown.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_are_read_as_they_are_written() {
        for written in [
            "Ctrl+Shift+S",
            "Shift+Delete",
            "?",
            "Ctrl+,",
            "Space",
            "Ctrl++",
            "Alt+ArrowLeft",
        ] {
            let chord = Chord::parse(written).expect(written);
            assert_eq!(chord.written(), written);
        }
        assert_eq!(Chord::parse(""), None);
        assert_eq!(Chord::parse("Ctrl+"), None, "a modifier alone is no chord");
    }

    #[test]
    fn letters_keep_shift_and_other_characters_do_not() {
        assert_eq!(Chord::parse("Shift+s"), Chord::parse("Shift+S"));
        assert_eq!(
            Chord::parse("Shift+?"),
            Chord::parse("?"),
            "one layout types it with Shift"
        );
    }

    #[test]
    fn french_keyboards_print_french_names() {
        let chord = Chord::parse("Shift+Delete").unwrap();
        assert_eq!(chord.shown(Language::French), "Maj+Suppr");
        assert_eq!(chord.shown(Language::English), "Shift+Delete");
    }
}
