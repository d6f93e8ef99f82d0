//! Which crate may see which.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use cargo_metadata::{DependencyKind, Metadata};

/// What each crate may depend on, beside crates from outside. A crate that is not here is not in
/// the architecture.
const MAY_SEE: &[(&str, &[&str])] = &[
    // L0: plain data. `timeline` borrows footage's ids and times.
    ("footage", &[]),
    ("task", &[]),
    ("timeline", &["footage"]),
    // L1: one capability each, never each other; `media` draws captions with `lettering`.
    ("story", L0),
    ("lettering", L0),
    ("posts", L0),
    ("media", &["footage", "timeline", "task", "lettering"]),
    ("ai", L0),
    ("store", L0),
    ("online", L0),
    // L2: the contract sees L0 and the pure L1 crates.
    (
        "protocol",
        &["footage", "timeline", "task", "story", "lettering", "posts"],
    ),
    // L3: use-cases, the only place where capabilities meet.
    (
        "engine",
        &[
            "footage",
            "timeline",
            "task",
            "story",
            "lettering",
            "posts",
            "media",
            "ai",
            "store",
            "online",
            "protocol",
        ],
    ),
    // Programs.
    (
        "cli",
        &["footage", "timeline", "task", "protocol", "engine"],
    ),
    // `timeline` for its ids, in tests.
    ("src-tauri", &["timeline", "protocol", "engine"]),
    ("ui", &["footage", "story", "posts", "timeline", "protocol"]),
    // Test support and tools.
    ("testkit", L0),
    ("xtask", &[]),
    ("demo", &[]),
    ("bundler", &[]),
    ("e2e", &[]),
];
const L0: &[&str] = &["footage", "timeline", "task"];

/// Names that say nothing about what a crate is for.
const EMPTY_NAMES: &[&str] = &[
    "utils", "util", "common", "core", "helpers", "models", "shared",
];

/// Outside crates that belong to one place.
const AT_HOME: &[(&str, &str)] = &[
    ("tauri", "src-tauri"),
    ("leptos", "ui"),
    ("gstreamer", "media"),
    ("whisper-rs", "ai"),
    ("rusqlite", "store"),
    ("keyring-core", "online"),
];

/// A crate's dependencies: name, and whether only its tests see it.
pub(crate) type Crates = BTreeMap<String, Vec<(String, Seen)>>;

/// Where a dependency is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// In the crate itself or its build script.
    Everywhere,
    /// In tests only.
    InTests,
}

/// Returns the workspace's crates with all their direct dependencies.
pub(crate) fn crates_of(metadata: &Metadata) -> Crates {
    let seen = |kind| match kind {
        DependencyKind::Development => Seen::InTests,
        _ => Seen::Everywhere,
    };
    metadata
        .packages
        .iter()
        .map(|package| {
            let dependencies = package.dependencies.iter();
            let dependencies = dependencies
                .map(|d| (d.name.clone(), seen(d.kind)))
                .collect();
            (package.name.to_string(), dependencies)
        })
        .collect()
}

/// Checks the architecture's rules on layers.
pub(crate) fn check(crates: &Crates, violations: &mut Vec<String>) {
    for (name, dependencies) in crates {
        if EMPTY_NAMES.contains(&name.as_str()) {
            violations.push(format!(
                "crate `{name}`: the name says nothing about its purpose"
            ));
        }
        let Some((_, may_see)) = MAY_SEE.iter().find(|(known, _)| known == name) else {
            violations.push(format!(
                "crate `{name}` has no layer; give it one in tidy/layers.rs"
            ));
            continue;
        };
        for (dependency, seen) in dependencies {
            if let Some((_, home)) = AT_HOME.iter().find(|(known, _)| known == dependency)
                && home != name
                && *seen == Seen::Everywhere
            {
                violations.push(format!("only `{home}` sees `{dependency}`, not `{name}`"));
            }
            if !crates.contains_key(dependency) {
                continue;
            }
            if dependency == "testkit" {
                if *seen == Seen::Everywhere {
                    violations.push(format!(
                        "`testkit` is only a dev-dependency, not in `{name}`"
                    ));
                }
            } else if !may_see.contains(&dependency.as_str()) {
                violations.push(format!("layers: `{name}` may not see `{dependency}`"));
            }
        }
    }
}

/// Checks that a crate takes part in the workspace's lints.
pub(crate) fn check_manifest(name: &str, text: &str, violations: &mut Vec<String>) -> Result<()> {
    let manifest: toml::Table = toml::from_str(text).with_context(|| format!("crate {name}"))?;
    let lints = manifest
        .get("lints")
        .and_then(|lints| lints.get("workspace"));
    if lints.and_then(toml::Value::as_bool) != Some(true) {
        violations.push(format!("crate `{name}` lacks `[lints] workspace = true`"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `"story > media, testkit?"`: a question mark is a dev-dependency.
    fn check(lines: &[&str], expect: &[&str]) {
        let mut crates = Crates::new();
        for line in lines {
            let (name, dependencies) = line.split_once('>').unwrap_or((line, ""));
            let dependencies = dependencies
                .split(',')
                .map(str::trim)
                .filter(|d| !d.is_empty());
            let dependencies = dependencies
                .map(|d| match d.strip_suffix('?') {
                    Some(d) => (d.to_owned(), Seen::InTests),
                    None => (d.to_owned(), Seen::Everywhere),
                })
                .collect();
            crates.insert(name.trim().to_owned(), dependencies);
        }
        let mut violations = Vec::new();
        super::check(&crates, &mut violations);
        assert_eq!(violations, expect, "{lines:?}");
    }

    #[test]
    fn what_the_architecture_allows_is_clean() {
        check(
            &[
                "footage > serde",
                "timeline > footage",
                "lettering > timeline",
                "media > footage, lettering, gstreamer, testkit?",
                "testkit > footage",
                "engine > media",
                "cli > engine",
            ],
            &[],
        );
    }

    #[test]
    fn plain_data_sees_nothing() {
        check(
            &["footage > timeline", "timeline"],
            &["layers: `footage` may not see `timeline`"],
        );
    }

    #[test]
    fn capabilities_do_not_see_each_other() {
        check(
            &["story > media", "media"],
            &["layers: `story` may not see `media`"],
        );
        check(
            &["store > online?", "online"],
            &["layers: `store` may not see `online`"],
        );
    }

    #[test]
    fn the_contract_sees_only_pure_crates() {
        check(
            &["protocol > store", "store"],
            &["layers: `protocol` may not see `store`"],
        );
    }

    #[test]
    fn only_the_engine_sees_capabilities() {
        check(
            &["cli > media", "media"],
            &["layers: `cli` may not see `media`"],
        );
        check(
            &["engine > gstreamer"],
            &["only `media` sees `gstreamer`, not `engine`"],
        );
        check(&["engine > gstreamer?"], &[]);
        check(
            &["cli > tauri"],
            &["only `src-tauri` sees `tauri`, not `cli`"],
        );
    }

    #[test]
    fn test_support_stays_in_tests() {
        check(
            &["story > testkit", "testkit"],
            &["`testkit` is only a dev-dependency, not in `story`"],
        );
    }

    #[test]
    fn a_crate_needs_a_name_and_a_layer() {
        check(
            &["common"],
            &[
                "crate `common`: the name says nothing about its purpose",
                "crate `common` has no layer; give it one in tidy/layers.rs",
            ],
        );
    }

    #[test]
    fn a_crate_without_the_lints_is_found() {
        for (manifest, expect) in [
            ("[lints]\nworkspace = true", 0),
            ("[lints]\nworkspace = false", 1),
            ("[package]\nname = 'x'", 1),
        ] {
            let mut violations = Vec::new();
            check_manifest("x", manifest, &mut violations).unwrap();
            assert_eq!(violations.len(), expect, "{manifest}");
        }
    }
}
