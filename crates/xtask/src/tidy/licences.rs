//! Which licences and which registries third-party crates may come from; `deny.toml` has the list,
//! so that `cargo deny` and this check agree.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use cargo_metadata::Metadata;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Reads the allowed licences from `deny.toml`.
pub(crate) fn allowed(deny: &str) -> Result<BTreeSet<String>> {
    let deny: toml::Table = toml::from_str(deny)?;
    let list = deny
        .get("licenses")
        .and_then(|licences| licences.get("allow"));
    let list = list
        .and_then(toml::Value::as_array)
        .context("deny.toml: no licenses.allow")?;
    Ok(list
        .iter()
        .filter_map(toml::Value::as_str)
        .map(str::to_owned)
        .collect())
}

/// Checks every third-party crate.
pub(crate) fn check(all: &Metadata, allowed: &BTreeSet<String>, violations: &mut Vec<String>) {
    for package in &all.packages {
        let Some(source) = &package.source else {
            continue;
        };
        let name = format!("{} {}", package.name, package.version);
        if source.repr != REGISTRY {
            violations.push(format!(
                "{name} comes from {}, not from crates.io",
                source.repr
            ));
        }
        let licence = package.license.as_deref().unwrap_or("none stated");
        if !permits(licence, allowed) {
            violations.push(format!("{name}: licence “{licence}” is not in deny.toml"));
        }
    }
}

/// Returns whether an SPDX expression can be met by the allowed licences. `A/B` is the old way to
/// write `A OR B`.
fn permits(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    either(&mut rest, allowed) && rest.is_empty()
}

fn either(words: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let mut is_met = both(words, allowed);
    while let [first, rest @ ..] = *words {
        if !first.eq_ignore_ascii_case("or") {
            break;
        }
        *words = rest;
        // Read to the end even when the first half is met: the words must be consumed.
        is_met = both(words, allowed) || is_met;
    }
    is_met
}

fn both(words: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let mut is_met = one(words, allowed);
    while let [first, rest @ ..] = *words {
        if !first.eq_ignore_ascii_case("and") {
            break;
        }
        *words = rest;
        is_met = one(words, allowed) && is_met;
    }
    is_met
}

fn one(words: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    match *words {
        ["(", rest @ ..] => {
            *words = rest;
            let is_met = either(words, allowed);
            match *words {
                [")", rest @ ..] => {
                    *words = rest;
                    is_met
                }
                _ => false,
            }
        }
        [licence, with, exception, rest @ ..] if with.eq_ignore_ascii_case("with") => {
            *words = rest;
            // An exception only adds permissions, so the licence alone suffices.
            allowed.contains(&format!("{licence} WITH {exception}")) || allowed.contains(*licence)
        }
        [licence, rest @ ..] => {
            *words = rest;
            allowed.contains(*licence)
        }
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_met_or_not() {
        let allowed: BTreeSet<String> = ["MIT", "Apache-2.0", "Zlib"].map(str::to_owned).into();
        for (expression, expect) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("MIT OR GPL-3.0", true),
            ("GPL-3.0 OR MIT", true),
            ("MIT AND GPL-3.0", false),
            ("(GPL-3.0 OR Zlib) AND Apache-2.0", true),
            ("GPL-3.0 OR Zlib AND GPL-2.0", false),
            ("MIT/GPL-2.0", true),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("GPL-3.0 WITH Classpath-exception-2.0", false),
            ("none stated", false),
            ("(MIT", false),
            ("", false),
        ] {
            assert_eq!(permits(expression, &allowed), expect, "{expression}");
        }
    }

    #[test]
    fn the_list_is_read_from_deny_toml() {
        let list = allowed("[licenses]\nallow = ['MIT', 'Zlib']").unwrap();
        assert_eq!(list.into_iter().collect::<Vec<_>>(), ["MIT", "Zlib"]);
        assert!(allowed("[bans]").is_err());
    }
}
