//! The export dialog.

use footage::calendar::Date;
use leptos::prelude::*;
use protocol::studio::calls::ExportReels;
use protocol::studio::names::{self, Parts};
use protocol::studio::settings::{ExportFormat, ExportOrder};
use timeline::ids::SequenceId;

use crate::actions::use_actions;
use crate::state::told::Done;
use crate::state::{use_document, use_jobs, use_library, use_place, use_prefs, use_told};
use crate::widget::dialog::DialogButtons;
use crate::widget::{Button, Check, Choice, Dialog, Look, TextField, icons};
use crate::words::use_words;
use crate::{dom, format};

/// Asks how reels are to be exported.
#[component]
pub fn ExportDialog(
    /// The reels in order.
    reels: Vec<SequenceId>,
) -> impl IntoView {
    let (w, place, prefs, actions) = (use_words(), use_place(), use_prefs(), use_actions());
    let (document, library, told, jobs) = (use_document(), use_library(), use_told(), use_jobs());
    let count = reels.len();
    let first = reels.first().copied();
    let reels = StoredValue::new(reels);
    let last = prefs
        .settings
        .with_untracked(|settings| settings.export.clone());
    let last = last.unwrap_or_else(|| ExportOrder {
        folder: library.export_folder.get_untracked(),
        template: ExportOrder::TEMPLATE.to_owned(),
        format: ExportFormat::default(),
        caption_files: false,
        cover: false,
    });
    let folder = RwSignal::new(last.folder);
    let template = RwSignal::new(last.template);
    let chosen = RwSignal::new(last.format);
    let caption_files = RwSignal::new(last.caption_files);
    let cover = RwSignal::new(last.cover);
    let close = move || place.modal.set(None);
    let is_wrong = Signal::derive(move || {
        template.with(|template| template.trim().is_empty()) || folder.with(String::is_empty)
    });
    let submit = move || {
        let Some(project) = document.id() else { return };
        if is_wrong.get_untracked() {
            return;
        }
        let order = ExportOrder {
            folder: folder.get_untracked(),
            template: template.with_untracked(|template| template.trim().to_owned()),
            format: chosen.get_untracked(),
            caption_files: caption_files.get_untracked(),
            cover: cover.get_untracked(),
        };
        prefs.change(|settings| settings.export = Some(order.clone()));
        close();
        let call = ExportReels {
            project,
            sequences: reels.get_value(),
            order,
        };
        actions.ask(call, move |exported| {
            told.done(Done::ExportBegun(exported.jobs.len()));
            jobs.drawer.set(true);
        });
    };
    view! {
        <Dialog
            title=Signal::derive(move || w.export().title(count))
            on_close=close
            part="export-dialog"
            size="medium"
        >
            <div class="export-folder">
                <TextField
                    label=Signal::derive(move || w.export().folder())
                    value=folder
                    part="export-folder"
                />
                <Button
                    label=Signal::derive(move || w.export().choose_folder())
                    icon=icons::LuFolderOpen
                    part="export-choose-folder"
                    on_press=move || {
                        let from = Some(folder.get_untracked());
                        actions.pick_folder(from, move |picked| drop(folder.try_set(picked)));
                    }
                />
            </div>
            <Names template=template first=first on_enter=Callback::new(move |()| submit()) />
            <Formats chosen=chosen />
            <div class="export-beside">
                <Check
                    label=Signal::derive(move || w.export().caption_files())
                    value=caption_files
                    part="export-captions"
                />
                <Check label=Signal::derive(move || w.export().cover()) value=cover part="export-cover" />
            </div>
            <DialogButtons>
                <Button label=Signal::derive(move || w.frame().cancel()) on_press=close />
                <Button
                    label=Signal::derive(move || w.export().begin(count))
                    icon=icons::LuUpload
                    look=Look::Primary
                    part="export-submit"
                    disabled=is_wrong
                    on_press=submit
                />
            </DialogButtons>
        </Dialog>
    }
}

/// The template of file names, with what it gives.
#[component]
fn Names(
    template: RwSignal<String>,
    first: Option<SequenceId>,
    on_enter: Callback<()>,
) -> impl IntoView {
    let (w, document) = (use_words(), use_document());
    let example = Memo::new(move |_| {
        let project = document.project.get();
        let (name, source) = first
            .and_then(|id| project.sequences.get(&id))
            .map(|sequence| (sequence.name.clone(), names::source(&project, sequence)))
            .unwrap_or_default();
        let (now, offset) = dom::clock();
        let date = Date::of_day(format::local_day(now, offset));
        template.with(|template| {
            names::stem(
                template,
                &Parts {
                    project: &project.name,
                    source: &source,
                    title: &name,
                    number: 1,
                    date: &date.to_string(),
                },
            )
        })
    });
    view! {
            <div class="export-names">
                <TextField
                    label=Signal::derive(move || w.export().template())
                    value=template
                    part="export-template"
                    on_enter=on_enter
                />
                <div class="export-parts" role="group" aria-label=move || w.export().template_help()>
                    {PARTS
                        .into_iter()
                        .map(|part| {
                            let name = move || part_name(part, w);
                            view! {
                                <button
                                    type="button"
                                    class="chip"
                                    aria-label=move || w.export().insert(&name())
                                    on:click=move |_| template.update(|text| {
                                        if !text.is_empty() && !text.ends_with(' ') {
                                            text.push(' ');
                                        }
                                        text.push_str(part);
                                    })
                                >
                                    {name}
                                </button>
                            }
                        })
                        .collect_view()}
                </div>
                <p class="muted text-ellipsis" data-part="export-example">
                    {move || if template.with(|template| template.trim().is_empty()) {
                        w.export().template_empty()
                    } else {
                        w.export().example(&format!("{}.mp4", example.get()))
                    }}
                </p>
            </div>
    }
}

/// What is written.
#[component]
fn Formats(chosen: RwSignal<ExportFormat>) -> impl IntoView {
    let w = use_words();
    let formats = Signal::derive(move || {
        vec![
            ("mp4".to_owned(), w.export().mp4()),
            ("mp4_software".to_owned(), w.export().mp4_software()),
        ]
    });
    let format_value = Signal::derive(move || match chosen.get() {
        ExportFormat::Mp4 => "mp4".to_owned(),
        ExportFormat::Mp4Software => "mp4_software".to_owned(),
    });
    view! {
            <Choice
                label=Signal::derive(move || w.export().format())
                choices=formats
                value=format_value
                part="export-format"
                on_choose=move |value| chosen.set(match value.as_str() {
                    "mp4_software" => ExportFormat::Mp4Software,
                    _ => ExportFormat::Mp4,
                })
            />
            <Show when=move || chosen.get() == ExportFormat::Mp4Software>
                <p class="muted">{move || w.export().mp4_software_help()}</p>
            </Show>
    }
}

/// What a template may name.
const PARTS: [&str; 5] = ["{project}", "{source}", "{number}", "{title}", "{date}"];

fn part_name(part: &str, w: crate::words::Words) -> String {
    let words = w.export();
    match part {
        "{project}" => words.part_project(),
        "{source}" => words.part_source(),
        "{number}" => words.part_number(),
        "{title}" => words.part_title(),
        _ => words.part_date(),
    }
}
