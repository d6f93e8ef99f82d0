//! What is to be posted: a file, its texts and choices, and to whom.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use footage::streams::Streams;
use online::upload::{Planned, Source};
use posts::outbox::{Entry, State, UnixMs, Way};
use posts::{
    Answer, Audio, AudioCodec, Code, Container, Disclosures, Fit, Measure, Network, Post, Privacy,
    Problem, Remedy, Severity, Standing, Video, VideoCodec, check, fitted,
};
use protocol::error::{ApiError, ErrorCode};
use protocol::publishing::{CallDocument, PlanDocument};
use protocol::studio::posting::ReelOf;
use serde::{Deserialize, Serialize};
use store::outbox::{AccountRow, NewEntry, NewPost, PostRow, Written};
use task::Cancel;

use super::port::Port;
use super::x::dollars;
use super::{Publishing, documents, millis, wake};
use crate::{Engine, Error, fingerprint, paths};

/// Texts and choices of a post, as they are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) title: String,
    pub(crate) caption: String,
    pub(crate) privacy: Option<Privacy>,
    pub(crate) made_for_kids: Option<Answer>,
    pub(crate) synthetic: Option<Answer>,
    pub(crate) options: BTreeMap<String, String>,
    /// The reel that the file was made of, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reel: Option<ReelOf>,
    /// How long the video is, in milliseconds.
    #[serde(default)]
    pub(crate) duration_ms: Option<u64>,
}

/// What is to be posted beside the file.
#[derive(Debug, Clone, Default)]
pub struct Order {
    /// The title; empty for none.
    pub title: String,
    /// The text below it, hashtags included.
    pub caption: String,
    /// Who may see it; the network's own choice, where it has one, when left out.
    pub privacy: Option<Privacy>,
    /// Whether it is made for children, if answered.
    pub made_for_kids: Option<Answer>,
    /// Whether pictures or voices in it are made by AI and look real, if answered.
    pub synthetic: Option<Answer>,
    /// What only some networks have, by name.
    pub options: BTreeMap<String, String>,
    /// When; at once when left out.
    pub at: Option<UnixMs>,
    /// What makes a rerun the same post.
    pub key: Option<String>,
    /// The reel that the file was made of, if it was.
    pub reel: Option<ReelOf>,
}

/// To whom: `NETWORK[:ACCOUNT]`, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Targets(pub Vec<String>);

/// An account with what is particular to its network.
type Addressed = (AccountRow, Arc<dyn Port>);

/// A file that may be posted.
#[derive(Debug, Clone)]
pub struct Probed {
    path: PathBuf,
    bytes: u64,
    fingerprint: String,
    video: Video,
}

/// A post that is in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordered {
    /// Its entries, in the order of the targets.
    pub entries: Vec<i64>,
    /// What networks take otherwise than meant, and what they charge.
    pub warnings: Vec<String>,
}

impl Engine {
    /// Returns what has to be known of a file before it is posted.
    pub fn for_posting(&self, path: &Path, cancel: &Cancel) -> Result<Probed, Error> {
        // Of the file as it is, whatever source it stands for.
        let print = fingerprint(path)?;
        let looked = self.look(path, crate::Streams::default(), cancel)?.result;
        let about = std::fs::metadata(&looked.path).map_err(|error| {
            let message = format!("{} cannot be read: {error}", path.display());
            ApiError::new(ErrorCode::Unreadable, message).hint("check the path")
        })?;
        let duration_ms = (looked.probe.duration.secs() * 1_000.0).round() as u64;
        Ok(Probed {
            video: video(
                &looked.probe.streams,
                &looked.path,
                about.len(),
                duration_ms,
            ),
            bytes: about.len(),
            fingerprint: print.0,
            path: looked.path,
        })
    }
}

impl Publishing {
    /// Puts a post into the outbox, one entry per account. With a key that is known it is the post
    /// of before; entries that failed are tried again, unless the network has taken them.
    ///
    /// # Errors
    /// [`ErrorCode::PostRefused`] when a network would not take it; then nothing is kept.
    pub fn order(&self, file: &Probed, order: &Order, targets: &Targets) -> Result<Ordered, Error> {
        let content = order.content(Some(&file.video));
        let targets = self.targets(targets)?;
        let mut warnings = checked(Some(&file.video), &content, &targets)?;
        for (account, port) in &targets {
            // What is dearer is told in its own words.
            let price = port
                .price(&content)
                .filter(|_| port.notices(&content).is_empty());
            if let Some(price) = price {
                let (network, cost) = (documents::network(account)?, dollars(price));
                warnings.push(format!(
                    "{network}: charges the app {cost} USD for the post"
                ));
            }
        }
        let now = self.now();
        let timed = |entry: Entry| match order.at {
            Some(moment) => entry.at(moment),
            None => entry.due(now),
        };
        let text = serde_json::to_string(&content)?;
        let mut entries = Vec::new();
        for (account, port) in &targets {
            let way = Way::of(documents::network(account)?);
            let entry = Entry::new(way, file.bytes, port.part(file.bytes));
            let entry = timed(match port.cover(&content) {
                Some(_) => entry.with_cover(),
                None => entry,
            });
            let json = serde_json::to_string(&entry)?;
            entries.push((account.id, json, wake(&entry)));
        }
        let new: Vec<NewEntry<'_>> = entries
            .iter()
            .map(|(account, entry, wake)| NewEntry {
                account: *account,
                written: Written {
                    entry,
                    wake: *wake,
                    what: "ordered",
                },
            })
            .collect();
        let post = NewPost {
            key: order.key.as_deref(),
            path: paths::text(&file.path, "the file")?,
            bytes: file.bytes,
            fingerprint: &file.fingerprint,
            content: &text,
        };
        // What an older version wrote in other words is the same.
        let is_same = |known: &PostRow| {
            let kept: Option<Content> = serde_json::from_str(&known.content).ok();
            known.fingerprint == file.fingerprint && kept.is_some_and(|kept| kept.is_same(&content))
        };
        let kept = self.outbox.save_post(&post, &new, millis(now), is_same)?;
        for id in &kept.entries {
            self.change_with(*id, "ordered again", |row, entry| {
                let marks = super::Marks {
                    error: None,
                    ..super::Marks::of(row)
                };
                let is_failed = entry.state == State::Failed;
                // One that the network took stays as it is: a rerun never makes a second post.
                (is_failed && entry.takes_time()).then(|| (timed(entry), marks))
            })?;
        }
        Ok(Ordered {
            entries: kept.entries,
            warnings,
        })
    }

    /// Puts posts, each of its file, into the outbox, like [`order`](Self::order), and returns their
    /// entries.
    ///
    /// # Errors
    /// Those of the first that would be refused; then none of them is kept.
    pub fn order_all(&self, orders: &[(&Probed, Order, Targets)]) -> Result<Vec<i64>, Error> {
        for (file, order, targets) in orders {
            self.examine(Some(file), order, targets)?;
        }
        let mut entries = Vec::new();
        for (file, order, targets) in orders {
            entries.extend(self.order(file, order, targets)?.entries);
        }
        Ok(entries)
    }

    /// Checks a post as [`order`](Self::order) does, and keeps nothing: without a file all but the file.
    /// Returns what networks take otherwise than meant.
    ///
    /// # Errors
    /// [`ErrorCode::NotConnected`] for an account that did not grant what posting needs,
    /// [`ErrorCode::PostRefused`] when a network would not take it.
    pub fn examine(
        &self,
        file: Option<&Probed>,
        order: &Order,
        targets: &Targets,
    ) -> Result<Vec<String>, Error> {
        let video = file.map(|file| &file.video);
        checked(video, &order.content(video), &self.targets(targets)?)
    }

    /// Returns every call that a post would take, without secrets. Nothing is called or kept.
    pub fn plan(
        &self,
        source: &str,
        file: &Probed,
        order: &Order,
        targets: &Targets,
    ) -> Result<Vec<PlanDocument>, Error> {
        let content = order.content(Some(&file.video));
        let targets = self.targets(targets)?;
        let warnings = checked(Some(&file.video), &content, &targets)?;
        let upload = file.source();
        let mut plans = Vec::new();
        for (account, port) in &targets {
            let mut calls = Vec::new();
            if self
                .kept(account)?
                .is_some_and(|kept| self.is_refreshed_first(&kept))
            {
                calls.push(CallDocument {
                    method: "POST".to_owned(),
                    url: port.dialect().token.to_string(),
                    headers: Vec::new(),
                    body: Some("grant_type=refresh_token&refresh_token=…".to_owned()),
                });
            }
            calls.extend(port.plan(&content, &upload)?.into_iter().map(call));
            let network = documents::network(account)?.to_string();
            plans.push(PlanDocument {
                source: source.to_owned(),
                network: account.network.clone(),
                account: documents::short_name(account).to_owned(),
                warnings: warnings
                    .iter()
                    .filter(|warning| warning.starts_with(&network))
                    .cloned()
                    .collect(),
                price_micro_usd: port.price(&content),
                calls,
            });
        }
        Ok(plans)
    }

    /// Returns the accounts of the targets, each once, with their networks.
    fn targets(&self, targets: &Targets) -> Result<Vec<Addressed>, Error> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for target in &targets.0 {
            let account = self.one_account(target)?;
            let port = self.port_of(&account)?;
            if !seen.insert(account.id) {
                continue;
            }
            let missing = documents::missing(port.needed(), &account.scopes);
            if let Some(missing) = missing.first() {
                let message = format!("{target} did not grant {missing}, which posting needs");
                return Err(ApiError::new(ErrorCode::NotConnected, message)
                    .hint(format!(
                        "`crealia accounts connect {}` and grant everything",
                        account.network
                    ))
                    .into());
            }
            found.push((account, port));
        }
        Ok(found)
    }
}

/// Returns what networks take otherwise than meant, or what they would refuse as an error. Where there
/// is no video yet, there will be one.
fn checked(
    video: Option<&Video>,
    content: &Content,
    targets: &[Addressed],
) -> Result<Vec<String>, Error> {
    for name in content.options.keys() {
        let knows = |(_, port): &Addressed| port.options().contains(&name.as_str());
        if !targets.iter().any(knows) {
            let all: BTreeSet<&str> = targets
                .iter()
                .flat_map(|(_, port)| port.options())
                .copied()
                .collect();
            let all: Vec<&str> = all.into_iter().collect();
            let message = format!("there is no option {name}");
            return Err(ApiError::new(ErrorCode::Usage, message)
                .hint(format!("the options are {}", all.join(", ")))
                .into());
        }
    }
    let mut refusals = Vec::new();
    let mut warnings = Vec::new();
    for (account, port) in targets {
        if let Some(error) = port.misused(content) {
            return Err(error.into());
        }
        let network = documents::network(account)?;
        let post = content.post(network, video);
        let is_of_text = |problem: &Problem| {
            video.is_some() || !matches!(problem.code, Code::MediaMissing | Code::Empty)
        };
        let problems = check(&post, network, &Standing::default()).into_iter();
        for problem in problems.filter(is_of_text) {
            match problem.severity {
                Severity::Refuses => refusals.push(problem),
                Severity::Warns => {
                    let hint = hint(&problem, video);
                    warnings.push(format!("{problem} — {hint}"));
                }
            }
        }
        warnings.extend(port.notices(content));
    }
    let Some(first) = refusals.first() else {
        return Ok(warnings);
    };
    let words: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    Err(ApiError::new(ErrorCode::PostRefused, words.join("; "))
        .hint(hint(first, video))
        .into())
}

/// Returns what can be done about a problem of a post from the command line.
fn hint(problem: &Problem, video: Option<&Video>) -> String {
    let option = match problem.code {
        Code::TitleMissing | Code::TitleTooLong | Code::TitleCharacter => "--title",
        Code::KeywordsTooLong => "--network-option tags=…",
        _ => "--caption",
    };
    let limit = &problem.limit;
    match &problem.remedy {
        Remedy::Shorten(_) if *limit == Measure::Nothing => {
            format!("leave the character out of {option}")
        }
        Remedy::Shorten(_) => format!("shorten {option} to {limit}"),
        Remedy::Rewrite if problem.code == Code::TitleMissing => {
            format!("give one with {option}")
        }
        Remedy::Rewrite => format!("change {option}"),
        Remedy::ExportAgain => {
            let fit = video.and_then(|video| fitted(video, problem.network));
            match fit.filter(|fit| fit.mends.contains(&problem.code)) {
                Some(Fit { frame, .. }) => format!(
                    "export it again as MP4 with H.264 and AAC at {}×{}, {}; the window's “Post…” \
                     offers to",
                    frame.width,
                    frame.height,
                    Measure::Rate(frame.rate)
                ),
                None => format!("export it again with a picture of another form: {limit}"),
            }
        }
        Remedy::Recut if problem.code == Code::MediaMissing => "give a video".to_owned(),
        Remedy::Recut if problem.code == Code::TooShort => {
            format!("take a piece of {limit} or longer")
        }
        Remedy::Recut => format!("cut a piece of {limit} or shorter"),
        Remedy::Choose(choices) => {
            let names = choices.iter().map(|choice| choice.id());
            let names: Vec<&str> = names.collect();
            format!("choose with --privacy {}", names.join("|"))
        }
    }
}

impl Probed {
    fn source(&self) -> Source {
        Source {
            path: self.path.clone(),
            bytes: self.bytes,
        }
    }

    #[cfg(test)]
    pub(super) fn of_test(path: &Path) -> Self {
        let bytes = std::fs::metadata(path).unwrap().len();
        Self {
            path: path.to_owned(),
            bytes,
            fingerprint: fingerprint(path).unwrap().0,
            // What every network takes.
            video: Video {
                width: 720,
                height: 1280,
                codec: VideoCodec::H264,
                ..video(&Streams::default(), path, bytes, 20_000)
            },
        }
    }
}

impl Order {
    fn content(&self, video: Option<&Video>) -> Content {
        Content {
            duration_ms: video.map(|video| video.duration_ms),
            title: self.title.clone(),
            caption: self.caption.clone(),
            privacy: self.privacy,
            made_for_kids: self.made_for_kids,
            synthetic: self.synthetic,
            options: self.options.clone(),
            reel: self.reel,
        }
    }
}

impl Content {
    /// Returns the text that a network shows below the video.
    pub(super) fn text(&self, network: Network) -> &str {
        posts::text_on(network, &self.title, &self.caption)
    }

    /// Returns the keywords that no reader sees.
    pub(super) fn tags(&self) -> Vec<String> {
        let tags = self.options.get("tags").map(String::as_str);
        let tags = tags.unwrap_or_default().split(',').map(str::trim);
        tags.filter(|tag| !tag.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// Returns whether it is the same post, whatever else is known of its file.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let bare = |content: &Self| Self {
            reel: None,
            duration_ms: None,
            ..content.clone()
        };
        bare(self) == bare(other)
    }

    /// Returns what an option answers.
    pub(super) fn answer(&self, name: &str) -> Option<Answer> {
        match self.options.get(name)?.as_str() {
            "yes" => Some(Answer::Yes),
            "no" => Some(Answer::No),
            _ => None,
        }
    }

    /// Returns the moment of the frame that was chosen for its cover, in milliseconds.
    pub(super) fn cover_ms(&self) -> Option<u64> {
        self.options.get("cover").and_then(|text| cover_ms(text))
    }

    /// Returns what is wrong with the moment that was chosen for its cover, if anything.
    pub(super) fn outside(&self) -> Option<ApiError> {
        let cover = self.options.get("cover")?;
        let end = self.duration_ms.unwrap_or(u64::MAX);
        let message = match cover_ms(cover) {
            Some(at) if at <= end => return None,
            _ => format!("cover={cover} is no moment of the video"),
        };
        let hint = "give it in seconds: --network-option cover=1.5";
        Some(ApiError::new(ErrorCode::Usage, message).hint(hint))
    }

    /// Returns what is wrong with options that are answered with yes or no, if anything.
    pub(super) fn unanswered(&self, names: &[&str]) -> Option<ApiError> {
        let is_given = |name: &&&str| self.options.contains_key(**name);
        let name = names
            .iter()
            .filter(is_given)
            .find(|name| self.answer(name).is_none())?;
        let given = self.options.get(*name).map_or("", String::as_str);
        let message = format!("{name}={given} is neither yes nor no");
        let hint = format!("use --network-option {name}=yes or {name}=no");
        Some(ApiError::new(ErrorCode::Usage, message).hint(hint))
    }

    /// Returns it as it is checked.
    fn post(&self, network: Network, video: Option<&Video>) -> Post {
        Post {
            title: self.title.clone(),
            caption: self.text(network).to_owned(),
            hashtags: Vec::new(),
            keywords: self.tags(),
            privacy: self.privacy,
            disclosures: Disclosures {
                made_for_kids: self.made_for_kids,
                synthetic: self.synthetic,
                own_brand: self.answer("own-brand"),
                paid_partnership: self.answer("paid-partnership"),
            },
            video: video.cloned(),
            pictures: 0,
        }
    }
}

/// Reads seconds as milliseconds.
fn cover_ms(text: &str) -> Option<u64> {
    let secs: f64 = text.parse().ok()?;
    let is_moment = secs.is_finite() && (0.0..=86_400.0).contains(&secs);
    is_moment.then(|| (secs * 1_000.0).round() as u64)
}

fn call(planned: Planned) -> CallDocument {
    CallDocument {
        method: planned.method.to_owned(),
        url: planned.url,
        headers: planned
            .headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        body: planned.body,
    }
}

/// Returns what the networks' limits speak of.
fn video(streams: &Streams, path: &Path, bytes: u64, duration_ms: u64) -> Video {
    let chosen = streams.chosen_video();
    let ending = path.extension().and_then(|ending| ending.to_str());
    Video {
        bytes,
        duration_ms,
        width: chosen.map_or(0, |(_, video)| video.width),
        height: chosen.map_or(0, |(_, video)| video.height),
        rate: chosen
            .and_then(|(_, video)| video.rate)
            .unwrap_or(footage::time::FrameRate { num: 30, den: 1 }),
        container: match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("mp4" | "m4v") => Container::Mp4,
            Some("mov" | "qt") => Container::Mov,
            Some("webm") => Container::WebM,
            _ => Container::Other,
        },
        codec: match chosen.map(|(stream, _)| stream.codec.as_str()) {
            Some("video/x-h264") => VideoCodec::H264,
            Some("video/x-h265") => VideoCodec::Hevc,
            Some("video/x-av1") => VideoCodec::Av1,
            Some("video/x-vp8") => VideoCodec::Vp8,
            Some("video/x-vp9") => VideoCodec::Vp9,
            _ => VideoCodec::Other,
        },
        audio: streams.chosen_audio().map(|(stream, audio)| Audio {
            codec: match stream.codec.as_str() {
                // GStreamer calls both so.
                "audio/mpeg" if stream.codec_name.contains("Layer 3") => AudioCodec::Mp3,
                "audio/mpeg" => AudioCodec::Aac,
                "audio/x-opus" => AudioCodec::Opus,
                _ => AudioCodec::Other,
            },
            channels: u16::try_from(audio.channels).unwrap_or(u16::MAX),
            sample_rate: audio.sample_rate,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_in_seconds() {
        let check = |text: &str, expect: Option<u64>| assert_eq!(cover_ms(text), expect, "{text}");
        check("1.5", Some(1_500));
        check("0", Some(0));
        check("0.0004", Some(0));
        for wrong in ["", "-1", "1,5", "NaN", "inf", "1e9", "1s"] {
            check(wrong, None);
        }
    }

    #[test]
    fn a_cover_is_within_the_video() {
        let check = |cover: &str, expect: bool| {
            let content = Content {
                options: BTreeMap::from([("cover".to_owned(), cover.to_owned())]),
                duration_ms: Some(2_000),
                ..Content::default()
            };
            assert_eq!(content.outside().is_none(), expect, "{cover}");
        };
        check("0", true);
        check("2", true);
        check("2.1", false);
        check("soon", false);
        assert_eq!(Content::default().outside(), None);
    }
}
