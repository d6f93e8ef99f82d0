//! Spaces that a language asks for around its punctuation.
//!
//! ```
//! assert_eq!(
//!     story::typography::french("« Vraiment ? » Oui : à 12:30 !"),
//!     "«\u{202f}Vraiment\u{202f}?\u{202f}» Oui\u{202f}: à 12:30\u{202f}!"
//! );
//! ```

use timeline::caption::PlacedWord;
use timeline::ids::MediaId;

use crate::text::Language;

/// The narrow space at which no line breaks.
pub const NARROW_NO_BREAK_SPACE: char = '\u{202f}';

/// Returns `text` with narrow no-break spaces before `;`, `:`, `!`, `?` and `»` and after `«`, in
/// place of the space that is there, or added where there is none.
///
/// After the usage of the Imprimerie nationale, with the narrow space before the colon, too.
/// Clock times, addresses, smileys and runs like `?!` stay as they are. Applying it twice changes
/// nothing.
pub fn french(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().peekable();
    while let Some(current) = chars.next() {
        let next = chars.peek().copied();
        if takes_space_before(current) && ends_here(current, next) {
            let before = result.trim_end_matches(is_space);
            let apart = before.chars().next_back().is_some_and(|last| {
                last.is_alphanumeric()
                    || matches!(last, ')' | ']' | '"' | '”' | '’' | '»' | '%' | '…' | '.')
            });
            let closes_quote = current == '»' && !before.is_empty() && !before.ends_with('«');
            if apart || closes_quote {
                result.truncate(before.len());
                result.push(NARROW_NO_BREAK_SPACE);
            }
        }
        result.push(current);
        if current == '«' {
            while chars.next_if(|next| is_space(*next)).is_some() {}
            if chars.peek().is_some() {
                result.push(NARROW_NO_BREAK_SPACE);
            }
        }
    }
    result
}

/// Returns words as captions show them: those of a French source with French spaces. The words'
/// own texts in the transcript stay as they are.
///
/// `language_of` tells the language of a source's transcript; see
/// [`language_of`](crate::sentences::language_of).
pub fn typeset(words: &[PlacedWord], language_of: impl Fn(MediaId) -> Language) -> Vec<PlacedWord> {
    let mut shown = words.to_vec();
    for word in &mut shown {
        if language_of(word.media) == Language::French {
            word.text = french(&word.text);
        }
    }
    shown
}

fn takes_space_before(mark: char) -> bool {
    matches!(mark, ';' | ':' | '!' | '?' | '»')
}

/// Returns whether a mark ends something, so that it is no part of a time or an address.
fn ends_here(mark: char, next: Option<char>) -> bool {
    mark == '»'
        || next.is_none_or(|next| {
            is_space(next)
                || takes_space_before(next)
                || matches!(next, ')' | ']' | '"' | '”' | '…')
        })
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | NARROW_NO_BREAK_SPACE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `~` stands for the narrow no-break space.
    fn check(text: &str, expect: &str) {
        let shown = french(text).replace(NARROW_NO_BREAK_SPACE, "~");
        assert_eq!(shown, expect, "of {text:?}");
        let again = french(&french(text)).replace(NARROW_NO_BREAK_SPACE, "~");
        assert_eq!(again, expect, "applied twice to {text:?}");
    }

    #[test]
    fn spaces_go_where_french_wants_them() {
        check("Bonjour!", "Bonjour~!");
        check("Bonjour !", "Bonjour~!");
        check("Bonjour\u{a0}!", "Bonjour~!");
        check("Quoi ?!", "Quoi~?!");
        check("Quoi?! Non", "Quoi~?! Non");
        check("«oui»", "«~oui~»");
        check("« oui ! » dit-il", "«~oui~!~» dit-il");
        check("à 12:30: pile", "à 12:30~: pile");
        check("https://exemple.fr/?a=1", "https://exemple.fr/?a=1");
        check("100 %; (sûr?) bien", "100 %~; (sûr~?) bien");
        check("attends...!", "attends...~!");
        check(":) !", ":) !".replace(") !", ")~!").as_str());
        check("!", "!");
        check("", "");
        check("«", "«");
        check("Ça va, merci.", "Ça va, merci.");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn only_spaces_change(text in "[a-z0-9 \u{a0}\u{202f};:!?»«.,()'\"…%-]{0,40}") {
            let letters = |text: &str| text.chars().filter(|c| !is_space(*c)).collect::<String>();
            let once = french(&text);
            prop_assert_eq!(letters(&once), letters(&text));
            prop_assert_eq!(french(&once), once);
        }
    }
}
