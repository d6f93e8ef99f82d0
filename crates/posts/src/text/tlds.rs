use std::sync::LazyLock;

/// The longest top-level domain of the list, in characters.
pub(crate) const LONGEST: usize = 18;

static LIST: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let lines = include_str!("tlds.txt").lines();
    lines.filter(|line| !line.starts_with('#')).collect()
});

/// Returns whether a text is a top-level domain, in any case of letters.
pub(crate) fn contains(text: &str) -> bool {
    let lower = text.to_lowercase();
    LIST.binary_search(&lower.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_searched() {
        assert!(LIST.is_sorted(), "a binary search needs order");
        let longest = LIST.iter().map(|tld| tld.chars().count()).max();
        assert_eq!(longest, Some(LONGEST), "what is longer is never found");
        assert!(contains("COM") && contains("みんな") && !contains("comm"));
    }
}
