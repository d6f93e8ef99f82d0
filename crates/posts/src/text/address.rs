//! Whether a text is a web address, for the field of a link (twitter-text 3.1, `isValidUrl`; the
//! parts are those of RFC 3986).

/// Returns whether the whole text is an address of the web, with its scheme.
pub fn is_address(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    if !(scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")) {
        return false;
    }
    let (rest, fragment) = split(rest, '#');
    let (rest, query) = split(rest, '?');
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let is_rest = |c: char| is_path(c) || matches!(c, '/' | '?');
    is_authority(authority)
        && is_made_of(path, |c| is_path(c) || c == '/')
        && query.is_none_or(|query| is_made_of(query, is_rest))
        && fragment.is_none_or(|fragment| is_made_of(fragment, is_rest))
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn is_authority(authority: &str) -> bool {
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    let is_user = |c: char| is_unreserved(c) || is_delimiter(c) || c == ':';
    if user.is_some_and(|user| !is_made_of(user, is_user)) {
        return false;
    }
    let (host, port) = match host.strip_prefix('[') {
        Some(inside) => match inside.split_once(']') {
            Some((inside, after)) => return is_ipv6(inside) && is_port(after),
            None => return false,
        },
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    is_port(port) && (host.parse::<std::net::Ipv4Addr>().is_ok() || is_domain(host))
}

fn is_ipv6(text: &str) -> bool {
    text.parse::<std::net::Ipv6Addr>().is_ok()
}

/// Nothing, or `:` and up to five digits.
fn is_port(text: &str) -> bool {
    let digits = text.strip_prefix(':').unwrap_or_default();
    text.is_empty() || (1..=5).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit())
}

/// Labels of letters and digits of any script, `-` inside them, and `_` inside those before the
/// last two; the last one begins with a letter.
fn is_domain(host: &str) -> bool {
    let is_edge = |c: char| c.is_ascii_alphanumeric() || !c.is_ascii();
    let mut labels: Vec<&str> = host.split('.').collect();
    let (Some(top), Some(name)) = (labels.pop(), labels.pop()) else {
        return false;
    };
    let is_label = |label: &str, inside: &[char]| {
        label.starts_with(is_edge)
            && label.ends_with(is_edge)
            && label.chars().all(|c| is_edge(c) || inside.contains(&c))
    };
    is_label(top, &['-'])
        && !top.starts_with(|c: char| c.is_ascii_digit())
        && is_label(name, &['-'])
        && labels.iter().all(|label| is_label(label, &['-', '_']))
}

/// Returns whether a text is made of such characters and of bytes written `%1f`.
fn is_made_of(text: &str, is: impl Fn(char) -> bool) -> bool {
    let mut pieces = text.split('%');
    let first = pieces.next().unwrap_or_default();
    first.chars().all(&is)
        && pieces.all(|piece| {
            let Some((byte, rest)) = piece.split_at_checked(2) else {
                return false;
            };
            byte.chars().all(|c| c.is_ascii_hexdigit()) && rest.chars().all(&is)
        })
}

fn is_path(c: char) -> bool {
    is_unreserved(c) || is_delimiter(c) || matches!(c, ':' | '|' | '@')
}

/// RFC 3986, 2.3, and Cyrillic.
fn is_unreserved(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | '\u{400}'..='\u{4FF}')
}

/// RFC 3986, 2.2, sub-delims.
fn is_delimiter(c: char) -> bool {
    matches!(
        c,
        '!' | '$' | '&' | '\'' | '(' | ')' | '*' | '+' | ',' | ';' | '='
    )
}
