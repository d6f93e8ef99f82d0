//! `projects`, `models`, `presets` and `doctor`.

use std::path::Path;

use protocol::error::ApiError;
use protocol::progress::Step;
use serde::Serialize;

use super::finish;
use crate::arguments::Quiet;
use crate::output::{self, Style};
use crate::progress::{self, Audience};
use crate::{cancel_on_signal, open_engine};

/// Lists stored projects.
pub(crate) fn projects(style: Style) -> u8 {
    finish(style, || {
        let projects = open_engine(style)?
            .projects()
            .map_err(|error| error.to_api())?;
        output::result(style, &projects, || {
            let lines: Vec<String> = projects
                .iter()
                .map(|project| {
                    let mut lines = vec![format!("{:>4}  {}", project.id, project.name)];
                    match &project.sequences {
                        Some(list) => lines.extend(
                            list.iter()
                                .map(|reel| format!("  {:>6}  {}", reel.id, reel.name)),
                        ),
                        None => lines.push("        cannot be read by this version".to_owned()),
                    }
                    lines.join("\n")
                })
                .collect();
            if lines.is_empty() {
                "no projects yet".to_owned()
            } else {
                lines.join("\n")
            }
        });
        Ok(())
    })
}

/// Lists models.
pub(crate) fn list_models(style: Style) -> u8 {
    finish(style, || {
        let models = open_engine(style)?.models();
        output::result(style, &models, || {
            let lines: Vec<String> = models
                .iter()
                .map(|model| {
                    let here = if model.path.is_some() { "*" } else { " " };
                    let size = model.size.map_or_else(
                        || "?".to_owned(),
                        |bytes| format!("{} MB", bytes / 1_000_000),
                    );
                    format!("{here} {:24} {size:>8}  {}", model.id, model.purpose)
                })
                .collect();
            lines.join("\n")
        });
        Ok(())
    })
}

/// Copies a model of the user's.
pub(crate) fn add_model(id: &str, path: &Path, style: Style) -> u8 {
    finish(style, || {
        let folder = open_engine(style)?
            .add_model(id, path)
            .map_err(|error| error.to_api())?;
        place(style, id, &folder);
        Ok(())
    })
}

/// Fetches a model.
pub(crate) fn download_model(id: &str, quiet: Quiet, style: Style) -> u8 {
    finish(style, || {
        let engine = open_engine(style)?;
        let cancel = cancel_on_signal()?;
        let audience = Audience::of(style, quiet);
        let progress = progress::single(audience, id, Step::Download);
        let folder = engine.download_model(id, &cancel, &progress);
        progress::clear(audience);
        place(style, id, &folder.map_err(|error| error.to_api())?);
        Ok(())
    })
}

/// Checks a model.
pub(crate) fn verify_model(id: &str, style: Style) -> u8 {
    #[derive(Serialize)]
    struct Verified<'a> {
        id: &'a str,
        sound: bool,
    }
    finish(style, || {
        open_engine(style)?
            .verify_model(id)
            .map_err(|error| error.to_api())?;
        output::result(style, &Verified { id, sound: true }, || {
            format!("{id} is sound")
        });
        Ok(())
    })
}

fn place(style: Style, id: &str, folder: &Path) {
    #[derive(Serialize)]
    struct Placed<'a> {
        id: &'a str,
        path: &'a Path,
    }
    output::result(style, &Placed { id, path: folder }, || {
        format!("{id} is in {}", folder.display())
    });
}

/// Lists the caption styles.
pub(crate) fn presets(style: Style) -> u8 {
    #[derive(Serialize)]
    struct Listed {
        name: String,
        description: String,
    }
    finish(style, || {
        let presets: Vec<Listed> = engine::presets::list()
            .into_iter()
            .map(|preset| Listed {
                name: preset.name,
                description: preset.description,
            })
            .collect();
        output::result(style, &presets, || {
            let lines: Vec<String> = presets
                .iter()
                .map(|preset| format!("{:12} {}", preset.name, preset.description))
                .collect();
            lines.join("\n")
        });
        Ok(())
    })
}

/// Checks what the machine has.
pub(crate) fn doctor(style: Style) -> u8 {
    let mut ready = true;
    let status = finish(style, || {
        let engine = open_engine(style)?;
        let checkup = engine
            .checkup(&cancel_on_signal()?)
            .map_err(|error| error.to_api())?;
        ready = checkup.ready;
        output::result(style, &checkup, || words(&checkup));
        Ok::<(), ApiError>(())
    });
    // What is missing was listed; the status says that something is.
    if status == 0 && !ready { 3 } else { status }
}

fn words(checkup: &engine::doctor::Checkup) -> String {
    let mut lines = vec![
        format!("crealia {}", checkup.version),
        format!("data      {}", checkup.home.display()),
        format!("database  {}", checkup.database),
    ];
    if let Some(hosts) = &checkup.endpoints {
        if let Some(base) = &hosts.models.base {
            lines.push(format!(
                "models are fetched from {base} (CREALIA_ENDPOINTS)"
            ));
        }
        for (network, addresses) in &hosts.replaced {
            for (name, address) in addresses {
                lines.push(format!("{network} {name} is {address} (CREALIA_ENDPOINTS)"));
            }
        }
    }
    for element in &checkup.elements {
        let mark = if element.found { "ok" } else { "--" };
        let install = if element.found {
            String::new()
        } else {
            format!("  (package {})", element.package)
        };
        lines.push(format!("{mark}  {:20}{install}", element.element));
    }
    let models: Vec<&str> = checkup
        .models
        .iter()
        .filter(|model| model.path.is_some())
        .map(|model| model.id.as_str())
        .collect();
    let models = if models.is_empty() {
        "none".to_owned()
    } else {
        models.join(", ")
    };
    lines.push(format!("models    {models}"));
    lines.push(if checkup.ready {
        "ready".to_owned()
    } else {
        "not ready".to_owned()
    });
    lines.join("\n")
}
