//! The page's files: embedded in the program. A build for development reads them from the folder
//! in `CREALIA_PAGE` instead, so that a change of the page needs no build of the shell.

use tauri::{Context, Wry};

/// Replaces the embedded files where that is allowed and asked for.
#[cfg(not(debug_assertions))]
pub(crate) fn replace(_context: &mut Context<Wry>) {}

/// Replaces the embedded files where that is allowed and asked for.
#[cfg(debug_assertions)]
pub(crate) fn replace(context: &mut Context<Wry>) {
    if let Some(folder) = std::env::var_os("CREALIA_PAGE") {
        let folder = std::path::PathBuf::from(folder);
        drop(context.set_assets(Box::new(development::Folder(folder))));
    }
}

#[cfg(debug_assertions)]
mod development {
    use std::borrow::Cow;
    use std::path::PathBuf;

    use tauri::utils::assets::{AssetKey, AssetsIter, CspHash};
    use tauri::{Assets, Wry};

    /// Files of a folder, read when they are asked for.
    pub(super) struct Folder(pub(super) PathBuf);

    impl Assets<Wry> for Folder {
        fn get(&self, key: &AssetKey) -> Option<Cow<'_, [u8]>> {
            let path = self.0.join(key.as_ref().trim_start_matches('/'));
            std::fs::read(path).ok().map(Cow::Owned)
        }

        fn iter(&self) -> Box<AssetsIter<'_>> {
            Box::new(std::iter::empty())
        }

        fn csp_hashes(&self, _: &AssetKey) -> Box<dyn Iterator<Item = CspHash<'_>> + '_> {
            Box::new(std::iter::empty())
        }
    }
}
