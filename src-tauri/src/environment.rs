//! What the session says: folders, language, files to open. Read once at the start.

use std::path::{Path, PathBuf};

use engine::publishing::Vault;
use engine::studio::StudioOptions;
use engine::{Endpoints, IDENTITY, Paths};
use protocol::error::ApiError;
use protocol::studio::settings::Language;

/// Written by the build script: name, version and licence of every crate.
const LICENCES: &str = include_str!(concat!(env!("OUT_DIR"), "/licences.txt"));

/// What the session says.
#[derive(Debug, Clone)]
pub(crate) struct Environment {
    /// The program's own folder.
    pub(crate) paths: Paths,
    /// Files that were given as arguments.
    pub(crate) files: Vec<PathBuf>,
}

impl Environment {
    /// Reads it.
    pub(crate) fn read() -> Result<Self, ApiError> {
        let here = std::env::current_dir().unwrap_or_default();
        let arguments = std::env::args_os().skip(1).map(PathBuf::from);
        let files = arguments.map(|file| here.join(file)).collect();
        let data = directories::BaseDirs::new().map(|folders| folders.data_dir().to_owned());
        let paths = Paths::of_session(variable("CREALIA_HOME").as_deref(), data.as_deref())?;
        Ok(Self { paths, files })
    }

    /// Returns the folder of logs.
    pub(crate) fn logs(&self) -> PathBuf {
        self.paths.home().join("logs")
    }

    /// Returns the hosts that the file in `CREALIA_ENDPOINTS` replaces.
    pub(crate) fn endpoints() -> Result<Endpoints, ApiError> {
        let file = variable("CREALIA_ENDPOINTS");
        Endpoints::of_session(file.as_deref()).map_err(|error| error.to_api())
    }

    /// Returns what the engine's studio needs to know.
    ///
    /// # Errors
    /// When `CREALIA_SECRETS` names no place for secrets.
    pub(crate) fn options(&self) -> Result<StudioOptions, ApiError> {
        let (kind, phrase) = (
            variable("CREALIA_SECRETS"),
            variable("CREALIA_PASSPHRASE_FILE"),
        );
        Ok(StudioOptions {
            vault: Vault::of_session(kind.as_deref(), phrase.as_deref(), &self.paths)?,
            system_language: language_code(),
            demo: demo(),
            export_folder: export_folder(self.paths.home()),
            logs: self.logs(),
            licences: LICENCES.to_owned(),
        })
    }

    /// Returns the name by which a second start finds the first: one per program folder, so that
    /// two libraries may be open beside each other.
    pub(crate) fn session_name(&self) -> String {
        let mut digest: u64 = 0xcbf2_9ce4_8422_2325;
        for byte in self.paths.home().as_os_str().as_encoded_bytes() {
            digest = (digest ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        format!("{IDENTITY}.h{digest:016x}")
    }
}

/// Returns the demo video: the one that is named, else the one that was installed beside the program.
fn demo() -> Option<PathBuf> {
    let named = variable("CREALIA_DEMO").map(PathBuf::from);
    named.or_else(|| {
        let program = std::env::current_exe().ok()?;
        let installed = program.with_file_name("demo.mp4");
        installed.is_file().then_some(installed)
    })
}

/// Returns the files that another start of the program was given.
pub(crate) fn files(arguments: impl Iterator<Item = String>, folder: &str) -> Vec<PathBuf> {
    arguments.map(|file| Path::new(folder).join(file)).collect()
}

fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Where exports go unless another folder is chosen: among the user's videos.
fn export_folder(home: &Path) -> PathBuf {
    let folders = directories::UserDirs::new();
    let videos = folders
        .as_ref()
        .and_then(|folders| folders.video_dir().or(Some(folders.home_dir())));
    videos.unwrap_or(home).join("Créalia")
}

/// Returns the language of the session, for what is said before settings can be read.
pub(crate) fn language() -> Language {
    Language::of_system(language_code().as_deref())
}

/// Returns the session's language as a code, by the order of POSIX.
fn language_code() -> Option<String> {
    let value = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(variable)?;
    code(value.to_str()?)
}

/// Reads the language of a locale's name: `fr_CA.UTF-8` is French, `C` is none.
fn code(locale: &str) -> Option<String> {
    let code = locale.split(['_', '.', '@', '-']).next()?.to_lowercase();
    let is_language = (2..=3).contains(&code.len()) && code.chars().all(|c| c.is_ascii_lowercase());
    is_language.then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_has_a_language_or_none() {
        for (locale, expect) in [
            ("fr_FR.UTF-8", Some("fr")),
            ("en", Some("en")),
            ("de-AT", Some("de")),
            ("C", None),
            ("C.UTF-8", None),
            ("POSIX", None),
        ] {
            assert_eq!(code(locale).as_deref(), expect, "{locale}");
        }
    }

    #[test]
    fn each_folder_has_a_name_of_its_own() {
        let name = |home: &str| {
            Environment {
                paths: Paths::new(home),
                files: Vec::new(),
            }
            .session_name()
        };
        assert_ne!(name("a"), name("b"));
        assert_eq!(name("a"), name("a"));
        let parts = name("é ü");
        let parts = parts.rsplit('.').next().unwrap_or_default();
        assert!(
            parts.starts_with('h'),
            "a part of a D-Bus name starts with a letter: {parts}"
        );
    }

    #[test]
    fn files_of_another_start_are_relative_to_its_folder() {
        let given = ["b.mp4".to_owned(), "/c/d.mp4".to_owned()];
        let expect = [PathBuf::from("/a/b.mp4"), PathBuf::from("/c/d.mp4")];
        assert_eq!(files(given.into_iter(), "/a"), expect);
    }

    #[test]
    fn licences_name_what_the_program_holds() {
        for name in ["tauri ", "leptos ", "gstreamer ", "rusqlite "] {
            let is_listed = LICENCES.lines().any(|line| line.starts_with(name));
            assert!(is_listed, "{name}");
        }
        for text in [
            "Fonts of the window",
            "Fonts of the captions",
            "SIL OPEN FONT LICENSE Version 1.1",
            "The Inter Project Authors",
            "Icons of the window",
            "Lucide Contributors",
            "Cole Bemis",
            "Face detector",
            "Shiqi Yu",
        ] {
            assert!(LICENCES.contains(text), "{text}");
        }
        assert!(
            !LICENCES.contains("thirtyfour"),
            "tests are not in the program"
        );
    }
}
