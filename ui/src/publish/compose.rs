//! A post as it is being written, and what networks would say of it.

use std::collections::{BTreeMap, BTreeSet};

use posts::limits::{Limits, Longest};
use posts::price::{self, Price};
use posts::{
    Answer, Audio, AudioCodec, Container, Disclosures, Frame, Network, Post, Privacy, Problem,
    Severity, Standing, Video, VideoCodec, check,
};
use protocol::studio::posting::{AccountId, AccountView, Draft};
use timeline::project::Sequence;

/// Bits per second that an export has at the most, picture and sound, to tell its size before it is
/// there.
const BITS_PER_SECOND: u64 = 12_000_000;

/// A post as it is being written: one text for all, choices per network.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Composed {
    /// To whom.
    pub(crate) chosen: BTreeSet<AccountId>,
    /// The title, for networks that have one.
    pub(crate) title: String,
    /// The text, hashtags included.
    pub(crate) caption: String,
    /// Who may see it, where that was chosen.
    pub(crate) privacy: BTreeMap<Network, Privacy>,
    /// Whether it is made for children.
    pub(crate) made_for_kids: Option<Answer>,
    /// Whether AI made what looks real in it.
    pub(crate) synthetic: Option<Answer>,
    /// Whether it advertises what is the user's own.
    pub(crate) own_brand: Option<Answer>,
    /// Whether somebody pays for it.
    pub(crate) paid_partnership: Option<Answer>,
    /// What viewers may do on TikTok, where each is off until its user switches it on.
    pub(crate) allowed: BTreeSet<Interaction>,
    /// The frame of the networks that get an export of their own.
    pub(crate) frames: BTreeMap<Network, Frame>,
}

/// What viewers may do with a video on TikTok.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Interaction {
    /// Write comments.
    Comment,
    /// Make a video beside it.
    Duet,
    /// Make a video of a piece of it.
    Stitch,
}

impl Interaction {
    /// All of them, in the order they are shown.
    pub(crate) const ALL: [Self; 3] = [Self::Comment, Self::Duet, Self::Stitch];

    /// Returns the option that switches it on.
    pub(crate) const fn option(self) -> &'static str {
        match self {
            Self::Comment => "comments",
            Self::Duet => "duets",
            Self::Stitch => "stitches",
        }
    }
}

impl Composed {
    /// Returns a post of a reel to every account that can be posted to, as one would begin it.
    pub(crate) fn of(name: &str, accounts: &[AccountView]) -> Self {
        let usable = accounts.iter().filter(|account| account.can_post);
        let privacy = Network::ALL
            .into_iter()
            .filter_map(|network| Some((network, first_choice(network)?)))
            .collect();
        // One account per network: a second one is added on purpose.
        let mut networks = BTreeSet::new();
        Self {
            chosen: usable
                .filter(|account| networks.insert(account.network))
                .map(|account| account.id)
                .collect(),
            title: name.to_owned(),
            caption: String::new(),
            privacy,
            ..Self::default()
        }
    }

    /// Returns the networks that it goes to, in their order.
    pub(crate) fn networks(&self, accounts: &[AccountView]) -> Vec<Network> {
        let to: BTreeSet<Network> = accounts
            .iter()
            .filter(|account| self.chosen.contains(&account.id))
            .map(|account| account.network)
            .collect();
        to.into_iter().collect()
    }

    /// Returns what a network would say.
    pub(crate) fn problems(&self, network: Network, video: &Video) -> Vec<Problem> {
        let post = Post {
            title: self.title.trim().to_owned(),
            caption: self.text(network).to_owned(),
            privacy: self.privacy.get(&network).copied(),
            disclosures: Disclosures {
                made_for_kids: self.made_for_kids,
                synthetic: self.synthetic,
                own_brand: self.own_brand,
                paid_partnership: self.paid_partnership,
            },
            video: Some(self.exported(network, video)),
            ..Post::default()
        };
        check(&post, network, &Standing::default())
    }

    /// Returns what is known of the file that a network gets.
    fn exported(&self, network: Network, video: &Video) -> Video {
        let frame = self.frames.get(&network);
        frame.map_or_else(|| video.clone(), |frame| posts::exported(video, *frame))
    }

    /// Returns whether some network of these would refuse it, or asks what is not answered yet.
    pub(crate) fn is_refused(&self, networks: &[Network], video: &Video) -> bool {
        networks.iter().any(|network| {
            let refuses = |problem: &Problem| problem.severity == Severity::Refuses;
            self.problems(*network, video).iter().any(refuses)
        }) || (asks_for_children(networks) && self.made_for_kids.is_none())
    }

    /// Returns how long the caption is for the network that has the least room left for it, and the
    /// most it takes.
    pub(crate) fn caption_length(&self, networks: &[Network]) -> Option<(Network, u64, Longest)> {
        let lengths = networks.iter().map(|network| {
            let longest = Limits::of(*network).text.caption.value;
            (*network, longest.unit.count(self.text(*network)), longest)
        });
        // Cross-multiplied, to compare the parts that are taken without rounding.
        lengths.max_by(|(_, a, of_a), (_, b, of_b)| {
            let (a, b) = (a * of_b.length, b * of_a.length);
            a.cmp(&b).then(of_b.length.cmp(&of_a.length))
        })
    }

    /// Returns what X charges for it, when it goes there.
    pub(crate) fn price(&self, networks: &[Network]) -> Option<Price> {
        networks
            .contains(&Network::X)
            .then(|| Price::of(self.text(Network::X), 0))
    }

    /// Returns a draft per account, in the order of the accounts.
    pub(crate) fn drafts(&self, accounts: &[AccountView]) -> Vec<Draft> {
        let to = accounts
            .iter()
            .filter(|account| self.chosen.contains(&account.id));
        to.map(|account| Draft {
            account: account.id,
            title: self.title.trim().to_owned(),
            caption: self.caption.clone(),
            privacy: self.privacy.get(&account.network).copied(),
            made_for_kids: self
                .made_for_kids
                .filter(|_| asks_for_children(&[account.network])),
            synthetic: self.synthetic,
            options: self.options(account.network),
            frame: self.frames.get(&account.network).copied(),
        })
        .collect()
    }

    /// Returns what only some networks have, by name.
    fn options(&self, network: Network) -> BTreeMap<String, String> {
        let mut options = BTreeMap::new();
        let mut answer = |name: &str, answer: Option<Answer>| {
            let said = match answer {
                Some(Answer::Yes) => "yes",
                Some(Answer::No) => "no",
                None => return,
            };
            options.insert(name.to_owned(), said.to_owned());
        };
        if asks_who_pays(&[network]) {
            answer("paid-partnership", self.paid_partnership);
        }
        if network == Network::TikTok {
            answer("own-brand", self.own_brand);
            for interaction in &self.allowed {
                answer(interaction.option(), Some(Answer::Yes));
            }
        }
        options
    }

    /// Returns the text that a network shows.
    fn text(&self, network: Network) -> &str {
        posts::text_on(network, &self.title, &self.caption)
    }
}

/// Returns the text without web addresses.
pub(crate) fn without_addresses(text: &str) -> String {
    price::without_addresses(text)
}

/// Returns whether posts of a network have a title.
pub(crate) fn has_title(network: Network) -> bool {
    Limits::of(network).text.title.is_some()
}

/// Returns who may see a post, by a network.
pub(crate) fn choices(network: Network) -> Vec<Privacy> {
    Limits::of(network).privacy.choices.value.to_vec()
}

/// Returns whether one of these networks has to know whether it is made for children.
pub(crate) fn asks_for_children(networks: &[Network]) -> bool {
    networks.contains(&Network::YouTube)
}

/// Returns whether one of these networks marks posts that somebody pays for.
pub(crate) fn asks_who_pays(networks: &[Network]) -> bool {
    let marks = |network: &Network| matches!(network, Network::TikTok | Network::X);
    networks.iter().any(marks)
}

/// Returns who may see it unless the user says otherwise; `None` where the network forbids to choose
/// for them.
fn first_choice(network: Network) -> Option<Privacy> {
    let rules = Limits::of(network).privacy;
    match rules.must_choose {
        Some(_) => None,
        None => rules.choices.value.first().copied(),
    }
}

/// Returns what is known of the file that a reel becomes.
pub(crate) fn video(sequence: &Sequence) -> Video {
    let secs = sequence.duration().secs().max(0.0);
    Video {
        bytes: (secs * BITS_PER_SECOND as f64 / 8.0) as u64 + 1,
        duration_ms: (secs * 1000.0).round() as u64,
        width: sequence.format.width,
        height: sequence.format.height,
        rate: sequence.format.rate,
        container: Container::Mp4,
        codec: VideoCodec::H264,
        audio: Some(Audio {
            codec: AudioCodec::Aac,
            channels: 2,
            sample_rate: 48_000,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use footage::time::FrameRate;
    use protocol::studio::posting::AccountStanding;

    fn account(id: i64, network: Network) -> AccountView {
        AccountView {
            id: AccountId(id),
            network,
            name: format!("{network} {id}"),
            handle: None,
            standing: AccountStanding::Connected,
            missing_scopes: Vec::new(),
            can_post: true,
            checked_at: 0,
        }
    }

    fn reel() -> Video {
        Video {
            bytes: 1_000_000,
            duration_ms: 20_000,
            width: 1080,
            height: 1920,
            rate: FrameRate::new(30, 1).unwrap(),
            container: Container::Mp4,
            codec: VideoCodec::H264,
            audio: None,
        }
    }

    #[test]
    fn one_account_of_each_network_is_chosen_at_first() {
        let mut accounts = [
            account(1, Network::YouTube),
            account(2, Network::YouTube),
            account(3, Network::X),
            account(4, Network::TikTok),
        ];
        accounts[3].can_post = false;
        let composed = Composed::of("Trois idées", &accounts);
        let chosen: Vec<i64> = composed.chosen.iter().map(|id| id.0).collect();
        assert_eq!(chosen, [1, 3], "what cannot be posted to is not chosen");
        assert_eq!(composed.networks(&accounts), [Network::YouTube, Network::X]);
    }

    #[test]
    fn a_question_without_a_default_has_to_be_answered() {
        let accounts = [account(1, Network::YouTube), account(2, Network::TikTok)];
        let mut composed = Composed::of("Trois idées", &accounts);
        let networks = composed.networks(&accounts);
        assert!(composed.is_refused(&networks, &reel()));
        composed.made_for_kids = Some(Answer::No);
        assert_eq!(composed.privacy.get(&Network::TikTok), None);
        assert!(composed.is_refused(&networks, &reel()), "TikTok asks who");
        composed.privacy.insert(Network::TikTok, Privacy::Private);
        assert!(!composed.is_refused(&networks, &reel()));
    }

    #[test]
    fn the_network_with_the_least_room_is_told() {
        let composed = Composed {
            caption: "é".repeat(100),
            ..Composed::default()
        };
        let networks = [Network::YouTube, Network::X, Network::LinkedIn];
        let (network, count, longest) = composed.caption_length(&networks).unwrap();
        assert_eq!((network, count, longest.length), (Network::X, 100, 280));
        assert_eq!(composed.caption_length(&[]), None);
    }

    #[test]
    fn where_posts_have_no_title_it_stands_in_for_a_caption() {
        let composed = Composed::of("Trois idées", &[account(1, Network::X)]);
        let (_, count, _) = composed.caption_length(&[Network::X]).unwrap();
        assert_eq!(count, 11);
        let (_, count, _) = composed.caption_length(&[Network::YouTube]).unwrap();
        assert_eq!(count, 0);
    }

    #[test]
    fn what_viewers_may_do_is_off_until_it_is_switched_on() {
        let accounts = [
            account(1, Network::TikTok),
            account(2, Network::X),
            account(3, Network::YouTube),
        ];
        let mut composed = Composed::of("Trois idées", &accounts);
        let options = |composed: &Composed, at: usize| -> Vec<String> {
            let draft = composed.drafts(&accounts).remove(at);
            let said = draft.options.iter();
            said.map(|(name, value)| format!("{name}={value}"))
                .collect()
        };
        assert_eq!(options(&composed, 0), [] as [&str; 0]);
        composed.allowed.insert(Interaction::Comment);
        composed.own_brand = Some(Answer::Yes);
        composed.paid_partnership = Some(Answer::No);
        let on_tiktok = ["comments=yes", "own-brand=yes", "paid-partnership=no"];
        assert_eq!(options(&composed, 0), on_tiktok);
        assert_eq!(options(&composed, 1), ["paid-partnership=no"]);
        assert_eq!(options(&composed, 2), [] as [&str; 0], "YouTube has none");
    }

    #[test]
    fn a_network_that_takes_less_gets_an_export_of_its_own() {
        let accounts = [account(1, Network::YouTube), account(2, Network::X)];
        let mut composed = Composed::of("Trois idées", &accounts);
        let codes = |composed: &Composed| -> Vec<posts::Code> {
            let problems = composed.problems(Network::X, &reel());
            problems.iter().map(|problem| problem.code).collect()
        };
        assert_eq!(codes(&composed), [posts::Code::TooManyPixels]);
        let fit = posts::fitted(&reel(), Network::X).unwrap();
        composed.frames.insert(Network::X, fit.frame);
        assert_eq!(codes(&composed), []);
        let frames = composed.drafts(&accounts).into_iter();
        let frames: Vec<Option<Frame>> = frames.map(|draft| draft.frame).collect();
        assert_eq!(frames, [None, Some(fit.frame)], "YouTube gets it as it is");
    }

    #[test]
    fn a_draft_holds_what_its_network_has() {
        let accounts = [account(1, Network::YouTube), account(2, Network::X)];
        let mut composed = Composed::of(" Trois idées ", &accounts);
        composed.caption = "voir exemple.fr".to_owned();
        composed.made_for_kids = Some(Answer::No);
        let drafts = composed.drafts(&accounts);
        assert_eq!(drafts[0].title, "Trois idées");
        assert_eq!(drafts[0].made_for_kids, Some(Answer::No));
        assert_eq!(drafts[1].made_for_kids, None);
        assert_eq!(drafts[1].caption, "voir exemple.fr");
        let networks = composed.networks(&accounts);
        assert_eq!(composed.price(&networks).unwrap().addresses, 1);
        composed.caption = without_addresses(&composed.caption);
        assert_eq!(composed.price(&networks).unwrap().addresses, 0);
    }
}
