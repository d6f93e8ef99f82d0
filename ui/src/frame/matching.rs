//! Finding words as they are typed: without accents, in any order, the beginnings of words first.

/// Returns how well `text` fits `query`, the higher the better; `None` when it does not.
pub fn fit(query: &str, text: &str) -> Option<u32> {
    let text = plain(text);
    let mut sum = 0;
    for word in plain(query).split_whitespace() {
        let best = text
            .match_indices(word)
            .map(|(at, _)| {
                let before = text.get(..at).and_then(|before| before.chars().next_back());
                let begins = before.is_none_or(|letter| !letter.is_alphanumeric());
                match (at, begins) {
                    (0, _) => 4,
                    (_, true) => 3,
                    (_, false) => 1,
                }
            })
            .max()?;
        sum += best;
    }
    Some(sum)
}

/// Returns the text in lower case without the accents of French.
pub fn plain(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|letter| match letter {
            'à' | 'â' | 'ä' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'î' | 'ï' => 'i',
            'ô' | 'ö' => 'o',
            'ù' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            'ÿ' => 'y',
            '’' | '\u{a0}' | '\u{202f}' => ' ',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_order_do_not_matter() {
        assert!(fit("reels ALLER", "Aller aux réels").is_some());
        assert_eq!(fit("export", "Importer"), None);
        assert!(
            fit("", "anything").is_some(),
            "nothing typed shows everything"
        );
    }

    #[test]
    fn beginnings_come_first() {
        let at_start = fit("co", "Couper").unwrap();
        let at_word = fit("co", "Le comptoir").unwrap();
        let within = fit("co", "Raccourcir").unwrap();
        assert!(at_start > at_word && at_word > within);
    }
}
