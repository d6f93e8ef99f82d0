//! The styles that `--preset` takes.

use protocol::error::{ApiError, ErrorCode};

use crate::Error;

pub use lettering::presets::Preset;

/// Returns every preset that ships; the first is the default.
pub fn list() -> Vec<Preset> {
    lettering::presets::builtin()
}

/// Returns the preset called `name`, or the default one.
pub fn find(name: Option<&str>) -> Result<Preset, Error> {
    let presets = list();
    let names: Vec<String> = presets.iter().map(|preset| preset.name.clone()).collect();
    let found = match name {
        Some(name) => presets.into_iter().find(|preset| preset.name == name),
        None => presets.into_iter().next(),
    };
    found.ok_or_else(|| {
        let message = format!("there is no preset {}", name.unwrap_or("at all"));
        ApiError::new(ErrorCode::Usage, message)
            .hint(format!("the presets are {}", names.join(", ")))
            .into()
    })
}
