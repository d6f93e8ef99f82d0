//! What a file would be called. The engine gives the name; this shows it while it is typed.

/// What a template may name.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// `{project}`.
    pub project: &'a str,
    /// `{source}`, without its ending.
    pub source: &'a str,
    /// `{title}`.
    pub title: &'a str,
    /// `{number}`, from 1.
    pub number: u32,
    /// `{date}`, as `2026-11-28`.
    pub date: &'a str,
}

/// Returns the name that a template gives, without an ending.
pub fn fill(template: &str, parts: &Parts<'_>) -> String {
    let number = format!("{:02}", parts.number);
    let known = [
        ("{project}", parts.project),
        ("{source}", parts.source),
        ("{title}", parts.title),
        ("{number}", number.as_str()),
        ("{date}", parts.date),
    ];
    let mut name = String::new();
    let mut rest = template;
    // One pass: a title may itself hold braces.
    while let Some(letter) = rest.chars().next() {
        let found = known.iter().find(|(key, _)| rest.starts_with(key));
        let length = if let Some((key, value)) = found {
            name.push_str(value);
            key.len()
        } else {
            name.push(letter);
            letter.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    let replaced: String = name
        .chars()
        .map(|letter| match letter {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
            letter if letter.is_control() => ' ',
            letter => letter,
        })
        .collect();
    let words: Vec<&str> = replaced.split_whitespace().collect();
    words.join(" ").trim_matches(['.', ' ']).to_owned()
}

/// Returns a file's name without its folders and its ending.
pub fn stem_of(path: &str) -> String {
    let name = crate::words::errors::file_name(path);
    name.rsplit_once('.')
        .map_or(name, |(stem, _)| stem)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_as_the_engine_does() {
        let parts = Parts {
            project: "Chaîne",
            source: "talk",
            title: "Why? {number}",
            number: 3,
            date: "2026-11-28",
        };
        assert_eq!(
            fill("{source} {number} {title}", &parts),
            "talk 03 Why- {number}"
        );
        assert_eq!(fill("{project}/{date}", &parts), "Chaîne-2026-11-28");
        assert_eq!(fill("  {unknown} ", &parts), "{unknown}");
        assert_eq!(stem_of("/videos/my.talk.mp4"), "my.talk");
    }
}
