//! What can be done about what a network would say of a post.

use leptos::prelude::*;
use posts::{Code, Frame, Network, Problem, Remedy, fitted};

use super::Writing;
use crate::actions::use_actions;
use crate::dom;
use crate::state::use_place;
use crate::widget::{Button, Icon, icons};
use crate::words::use_words;

/// What a button does about a problem.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Deed {
    /// The text of a field is changed to this one.
    Shorten(Field, String),
    /// The field is gone to, to be written anew.
    Write(Field),
    /// The network gets an export of its own.
    Export(Frame),
    /// The reel is opened in the editor.
    Edit,
    /// The question who may see it is gone to.
    Answer,
}

/// A field of the dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    Caption,
}

impl Field {
    /// Returns its name in the page.
    const fn part(self) -> &'static str {
        match self {
            Self::Title => "publish-title",
            Self::Caption => "publish-caption",
        }
    }
}

/// Returns what can be done about a problem; `frame` is that of an export which mends it, if one does.
fn deed(problem: &Problem, frame: Option<Frame>) -> Deed {
    let field = match problem.code {
        Code::TitleMissing | Code::TitleTooLong | Code::TitleCharacter => Field::Title,
        _ => Field::Caption,
    };
    match &problem.remedy {
        Remedy::Shorten(text) => Deed::Shorten(field, text.clone()),
        Remedy::Rewrite => Deed::Write(field),
        // Another form is a matter of what is shown.
        Remedy::ExportAgain => frame.map_or(Deed::Edit, Deed::Export),
        Remedy::Recut => Deed::Edit,
        Remedy::Choose(_) => Deed::Answer,
    }
}

/// Returns what can be done about a problem of what is being written.
pub(super) fn remedy(problem: &Problem, writing: Writing) -> Deed {
    deed(problem, frame(problem, writing))
}

/// Returns the frame of an export that mends a problem.
fn frame(problem: &Problem, writing: Writing) -> Option<Frame> {
    let fit = writing
        .video
        .with_value(|video| fitted(video, problem.network))?;
    fit.mends.contains(&problem.code).then_some(fit.frame)
}

/// A button that does what can be done about a problem.
#[component]
pub(super) fn RemedyButton(
    network: Network,
    deed: Deed,
    writing: Writing,
    title: RwSignal<String>,
    caption: RwSignal<String>,
) -> impl IntoView {
    let (w, place, actions) = (use_words(), use_place(), use_actions());
    let part = match deed {
        Deed::Shorten(..) => "publish-shorten",
        Deed::Write(_) => "publish-rewrite",
        Deed::Export(_) => "publish-export",
        Deed::Edit => "publish-edit",
        Deed::Answer => "publish-answer",
    };
    let named = deed.clone();
    let label = Signal::derive(move || {
        let words = w.posting();
        match &named {
            Deed::Shorten(..) => words.shorten(),
            Deed::Write(_) => words.rewrite(),
            Deed::Export(frame) => words.export_own(&size(*frame)),
            Deed::Edit => words.to_editor(),
            Deed::Answer => words.choose(),
        }
    });
    let press = move || match &deed {
        Deed::Shorten(Field::Title, text) => title.set(text.clone()),
        Deed::Shorten(Field::Caption, text) => caption.set(text.clone()),
        Deed::Write(field) => go_to(&format!("[data-part={}]", field.part())),
        Deed::Export(frame) => writing.change(|own| {
            own.frames.insert(network, *frame);
        }),
        Deed::Edit => {
            place.modal.set(None);
            actions.edit_reel(writing.reel);
        }
        Deed::Answer => go_to(&format!(
            "[data-part=publish-privacy][data-network={}]",
            network.id()
        )),
    };
    view! { <Button label=label part=part on_press=press /> }
}

fn go_to(selector: &str) {
    dom::focus_first(&dom::body(), selector);
}

fn size(frame: Frame) -> String {
    format!("{}×{}", frame.width, frame.height)
}

/// The networks that get an export of their own, each with a way back.
#[component]
pub(super) fn OwnExports(writing: Writing) -> impl IntoView {
    let own = Memo::new(move |_| {
        let networks = writing.networks.get();
        let of = |network: &Network, composed: &super::Composed| {
            Some((*network, *composed.frames.get(network)?))
        };
        writing.composed.with(|composed| {
            let all = networks.iter().filter_map(|network| of(network, composed));
            all.collect::<Vec<_>>()
        })
    });
    move || {
        own.get()
            .into_iter()
            .map(|(network, frame)| view! { <OwnExport writing network frame /> })
            .collect_view()
    }
}

#[component]
fn OwnExport(writing: Writing, network: Network, frame: Frame) -> impl IntoView {
    let w = use_words();
    view! {
        <li class="publish-finding" data-part="publish-own-export" data-tone="plain">
            <Icon icon=icons::LuInfo />
            <span>{move || w.posting().own_export(network, &size(frame))}</span>
            <Button
                label=Signal::derive(move || w.posting().export_as_is())
                part="publish-export-as-is"
                on_press=move || writing.change(|own| {
                    own.frames.remove(&network);
                })
            />
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use footage::time::FrameRate;
    use posts::{Container, Post, Privacy, Standing, Video, VideoCodec, check};

    #[test]
    fn every_remedy_has_a_button() {
        let video = Video {
            bytes: 1_000_000,
            duration_ms: 20_000,
            width: 1080,
            height: 1920,
            rate: FrameRate { num: 30, den: 1 },
            container: Container::Mp4,
            codec: VideoCodec::H264,
            audio: None,
        };
        let deed_of = |network: Network, code: Code, change: &dyn Fn(&mut Post)| {
            let mut post = Post {
                title: "Trois idées".to_owned(),
                privacy: Some(Privacy::Public),
                video: Some(video.clone()),
                ..Post::default()
            };
            change(&mut post);
            let problems = check(&post, network, &Standing::default());
            let found = problems.iter().find(|problem| problem.code == code);
            let fit = fitted(post.video.as_ref().unwrap(), network);
            let fit = fit.filter(|fit| fit.mends.contains(&code));
            deed(found.unwrap(), fit.map(|fit| fit.frame))
        };
        let same = |_: &mut Post| {};
        let frame = Frame {
            width: 720,
            height: 1280,
            rate: FrameRate { num: 30, den: 1 },
        };
        let is = |found: Deed, expect: Deed| assert_eq!(found, expect);
        is(
            deed_of(Network::X, Code::TooManyPixels, &same),
            Deed::Export(frame),
        );
        let square = |post: &mut Post| post.video.as_mut().unwrap().height = 1080;
        let form = Code::NotAdvisedRatio;
        is(deed_of(Network::Instagram, form, &square), Deed::Edit);
        let long = |post: &mut Post| post.video.as_mut().unwrap().duration_ms = 200_000;
        is(deed_of(Network::X, Code::TooLong, &long), Deed::Edit);
        let unchosen = |post: &mut Post| post.privacy = None;
        let missing = Code::PrivacyMissing;
        is(deed_of(Network::TikTok, missing, &unchosen), Deed::Answer);
        let untitled = |post: &mut Post| post.title.clear();
        let missing = Code::TitleMissing;
        is(
            deed_of(Network::YouTube, missing, &untitled),
            Deed::Write(Field::Title),
        );
        let wordy = |post: &mut Post| post.caption = "mot ".repeat(100);
        let shorter = deed_of(Network::X, Code::CaptionTooLong, &wordy);
        assert!(matches!(shorter, Deed::Shorten(Field::Caption, _)));
        let wordy = |post: &mut Post| post.title = "mot ".repeat(100);
        let shorter = deed_of(Network::YouTube, Code::TitleTooLong, &wordy);
        assert!(matches!(shorter, Deed::Shorten(Field::Title, _)));
    }
}
