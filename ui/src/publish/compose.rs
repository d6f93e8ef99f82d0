//! A post as it is being written, and what networks would say of it.

use std::collections::{BTreeMap, BTreeSet};

use posts::limits::{Limits, Longest};
use posts::price::{self, Price};
use posts::{
    Answer, Audio, AudioCodec, Container, Disclosures, Frame, Network, Post, Privacy, Problem,
    Severity, Standing, Video, VideoCodec, check,
};
use protocol::error::ErrorCode;
use protocol::studio::posting::{AccountId, AccountView, CreatorView, Draft, Interaction};
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
    /// The moment of the frame that is its cover, in milliseconds; the networks choose without one.
    pub(crate) cover_ms: Option<u64>,
    /// What TikTok says of its accounts, as far as it was asked.
    pub(crate) creators: BTreeMap<AccountId, Asked>,
}

/// What a network said when it was asked what an account may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Nothing yet.
    Waiting,
    /// This.
    Told(CreatorView),
    /// Nothing, for this reason: it is asked again before the post goes out.
    Failed(ErrorCode),
}

/// Milliseconds between two moments that can be chosen for a cover.
pub(crate) const COVER_STEP_MS: u64 = 100;

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
        check(&post, network, &self.standing(network))
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

    /// Returns the accounts of TikTok that it goes to and that TikTok was not asked about.
    pub(crate) fn unasked(&self, accounts: &[AccountView]) -> Vec<AccountId> {
        let to = accounts.iter().filter(|account| {
            account.network == Network::TikTok
                && account.can_post
                && self.chosen.contains(&account.id)
        });
        to.map(|account| account.id)
            .filter(|id| !self.creators.contains_key(id))
            .collect()
    }

    /// Takes what TikTok says of an account: what that may not do is not chosen any more.
    pub(crate) fn heard(&mut self, account: AccountId, asked: Asked) {
        self.creators.insert(account, asked);
        let choices = self.choices(Network::TikTok);
        if let Some(chosen) = self.privacy.get(&Network::TikTok)
            && !choices.contains(chosen)
        {
            self.privacy.remove(&Network::TikTok);
        }
        let off: Vec<Interaction> = Interaction::ALL
            .into_iter()
            .filter(|interaction| self.is_off(*interaction))
            .collect();
        self.allowed
            .retain(|interaction| !off.contains(interaction));
    }

    /// Returns what is known of the accounts of TikTok that it goes to.
    fn told(&self) -> impl Iterator<Item = &CreatorView> {
        let chosen = |id: &AccountId| self.chosen.contains(id);
        self.creators
            .iter()
            .filter(move |(id, _)| chosen(id))
            .filter_map(|(_, asked)| match asked {
                Asked::Told(creator) => Some(creator),
                Asked::Waiting | Asked::Failed(_) => None,
            })
    }

    /// Returns what all of its accounts on a network may do, as far as that is known.
    fn standing(&self, network: Network) -> Standing {
        let mut standing = Standing::default();
        if network != Network::TikTok {
            return standing;
        }
        for creator in self.told() {
            let longest = [standing.longest_ms, creator.longest_ms];
            standing.longest_ms = longest.into_iter().flatten().min();
            if creator.privacy.is_empty() {
                continue;
            }
            standing.privacy = Some(match standing.privacy {
                Some(before) => {
                    let both = before.into_iter();
                    both.filter(|one| creator.privacy.contains(one)).collect()
                }
                None => creator.privacy.clone(),
            });
        }
        standing
    }

    /// Returns who may see it on a network, of what all of its accounts there offer.
    pub(crate) fn choices(&self, network: Network) -> Vec<Privacy> {
        let mut choices = choices(network);
        if let Some(offered) = self.standing(network).privacy {
            choices.retain(|choice| offered.contains(choice));
        }
        choices
    }

    /// Returns whether an account that it goes to has this switched off.
    pub(crate) fn is_off(&self, interaction: Interaction) -> bool {
        self.told()
            .any(|creator| creator.switched_off.contains(&interaction))
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
                if !self.is_off(*interaction) {
                    answer(interaction.option(), Some(Answer::Yes));
                }
            }
        }
        if let Some(millis) = self.cover_ms.filter(|_| takes_cover(network)) {
            options.insert("cover".to_owned(), seconds(millis));
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

/// Returns whether a network takes a frame for the cover of a post.
pub(crate) fn takes_cover(network: Network) -> bool {
    matches!(network, Network::TikTok | Network::YouTube)
}

/// Returns the last moment of a video that can be chosen for its cover, in milliseconds.
pub(crate) fn last_cover_ms(video: &Video) -> u64 {
    // Within the last frame at the latest.
    video.duration_ms.saturating_sub(1) / COVER_STEP_MS * COVER_STEP_MS
}

/// Returns the moment that is shown first to who chooses a cover, in milliseconds: a third into it.
pub(crate) fn first_cover_ms(video: &Video) -> u64 {
    last_cover_ms(video) / 3 / COVER_STEP_MS * COVER_STEP_MS
}

/// Returns milliseconds in seconds, as networks' options have them.
fn seconds(millis: u64) -> String {
    format!("{}.{:03}", millis / 1_000, millis % 1_000)
}

/// Returns who may see a post, by a network.
fn choices(network: Network) -> Vec<Privacy> {
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
            scopes: Vec::new(),
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
    fn a_cover_goes_to_the_networks_that_take_one() {
        let accounts = [
            account(1, Network::YouTube),
            account(2, Network::X),
            account(3, Network::TikTok),
        ];
        let mut composed = Composed::of("Trois idées", &accounts);
        let covers = |composed: &Composed| -> Vec<Option<String>> {
            let drafts = composed.drafts(&accounts);
            let cover = |draft: &Draft| draft.options.get("cover").cloned();
            drafts.iter().map(cover).collect()
        };
        assert_eq!(covers(&composed), [None, None, None], "the networks choose");
        composed.cover_ms = Some(6_500);
        let chosen = || Some("6.500".to_owned());
        assert_eq!(covers(&composed), [chosen(), None, chosen()]);
        let video = |duration_ms| Video {
            duration_ms,
            ..reel()
        };
        assert_eq!(last_cover_ms(&video(20_000)), 19_900);
        assert_eq!(last_cover_ms(&video(20_050)), 20_000);
        assert_eq!(first_cover_ms(&video(20_000)), 6_600);
        assert_eq!(
            (last_cover_ms(&video(0)), first_cover_ms(&video(0))),
            (0, 0)
        );
    }

    fn creator(privacy: &[Privacy]) -> CreatorView {
        CreatorView {
            name: "L’atelier".to_owned(),
            privacy: privacy.to_vec(),
            ..CreatorView::default()
        }
    }

    #[test]
    fn only_what_the_accounts_on_tiktok_may_do_is_offered() {
        use Privacy::{Followers, Friends, Private, Public};
        let accounts = [
            account(1, Network::TikTok),
            account(2, Network::TikTok),
            account(3, Network::YouTube),
        ];
        let mut composed = Composed::of("Trois idées", &accounts);
        assert_eq!(composed.unasked(&accounts), [AccountId(1)]);
        composed.heard(AccountId(1), Asked::Waiting);
        assert_eq!(composed.unasked(&accounts), [], "asked once");
        let all = composed.choices(Network::TikTok);
        assert!(all.len() > 2, "nothing is known yet: {all:?}");
        composed.privacy.insert(Network::TikTok, Public);
        composed.allowed = Interaction::ALL.into();

        let told = CreatorView {
            switched_off: vec![Interaction::Duet],
            ..creator(&[Public, Friends, Private])
        };
        composed.heard(AccountId(1), Asked::Told(told));
        assert_eq!(composed.privacy.get(&Network::TikTok), Some(&Public));
        assert!(composed.is_off(Interaction::Duet));
        assert_eq!(composed.allowed.len(), 2, "duets are not allowed any more");

        // A second account that may do less; what it is not posted to does not count.
        composed.heard(AccountId(2), Asked::Told(creator(&[Followers, Private])));
        assert!(composed.choices(Network::TikTok).contains(&Public));
        composed.chosen.insert(AccountId(2));
        assert_eq!(composed.choices(Network::TikTok), [Private]);
        let networks = [Network::TikTok];
        assert!(composed.is_refused(&networks, &reel()), "not for everybody");
        composed.privacy.insert(Network::TikTok, Private);
        assert!(!composed.is_refused(&networks, &reel()));
        assert!(composed.choices(Network::YouTube).contains(&Public));
    }

    #[test]
    fn a_reel_that_is_longer_than_the_account_may_post_is_told() {
        let accounts = [account(1, Network::TikTok)];
        let mut composed = Composed::of("Trois idées", &accounts);
        composed.privacy.insert(Network::TikTok, Privacy::Private);
        let networks = [Network::TikTok];
        let mut told = creator(&[Privacy::Private]);
        told.longest_ms = Some(20_000);
        composed.heard(AccountId(1), Asked::Told(told.clone()));
        assert!(!composed.is_refused(&networks, &reel()));
        told.longest_ms = Some(19_000);
        composed.heard(AccountId(1), Asked::Told(told));
        assert!(composed.is_refused(&networks, &reel()));
    }

    #[test]
    fn what_could_not_be_asked_keeps_nobody_from_posting() {
        let accounts = [account(1, Network::TikTok)];
        let mut composed = Composed::of("Trois idées", &accounts);
        composed.privacy.insert(Network::TikTok, Privacy::Public);
        for asked in [Asked::Waiting, Asked::Failed(ErrorCode::NetworkUnreachable)] {
            composed.heard(AccountId(1), asked);
            assert!(!composed.is_refused(&[Network::TikTok], &reel()));
        }
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
