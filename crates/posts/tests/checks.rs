//! Posts against the networks' limits.

#![cfg(test)]

use footage::time::FrameRate;
use posts::limits::{Limits, Pixels};
use posts::{
    Answer, Audio, AudioCodec, Code, Container, Measure, Network, Post, Privacy, Remedy, Severity,
    Standing, Tier, Unit, Video, VideoCodec, check, exported, fitted,
};

/// A reel that every network takes.
fn reel() -> Video {
    Video {
        bytes: 20_000_000,
        duration_ms: 30_000,
        width: 720,
        height: 1280,
        rate: FrameRate { num: 25, den: 1 },
        container: Container::Mp4,
        codec: VideoCodec::H264,
        audio: Some(Audio {
            codec: AudioCodec::Aac,
            channels: 2,
            sample_rate: 48_000,
        }),
    }
}

fn post() -> Post {
    Post {
        title: "Trois idées".into(),
        caption: "En deux minutes, trois idées pour mieux filmer.".into(),
        hashtags: vec!["vidéo".into(), "#conseil".into()],
        privacy: Some(Privacy::Public),
        video: Some(reel()),
        ..Post::default()
    }
}

fn codes(post: &Post, network: Network) -> Vec<(Code, Severity)> {
    let problems = check(post, network, &Standing::default());
    problems.iter().map(|p| (p.code, p.severity)).collect()
}

fn refused(change: impl FnOnce(&mut Post), network: Network, expect: Code) {
    let mut changed = post();
    change(&mut changed);
    let found = codes(&changed, network);
    assert!(
        found.contains(&(expect, Severity::Refuses)),
        "{network}: {expect:?} in {found:?}"
    );
}

fn warned(change: impl FnOnce(&mut Post), network: Network, expect: Code) {
    let mut changed = post();
    change(&mut changed);
    assert_eq!(
        codes(&changed, network),
        [(expect, Severity::Warns)],
        "{network}"
    );
}

fn video(change: impl FnOnce(&mut Video)) -> impl FnOnce(&mut Post) {
    |post| change(post.video.as_mut().unwrap())
}

#[test]
fn a_usual_reel_fits_everywhere() {
    for network in Network::ALL {
        assert_eq!(codes(&post(), network), [], "{network}");
    }
}

#[test]
fn every_limit_of_a_text_is_exact() {
    for network in Network::ALL {
        let longest = Limits::of(network).text.caption.value;
        for (length, fits) in [(longest.length, true), (longest.length + 1, false)] {
            let mut post = post();
            post.hashtags.clear();
            post.caption = "a".repeat(usize::try_from(length).unwrap());
            let found = codes(&post, network);
            assert_eq!(found.is_empty(), fits, "{network}: {length} {found:?}");
        }
    }
}

#[test]
fn lengths_are_counted_in_the_networks_unit() {
    // 1,200 times U+1F600: 1,200 characters, 2,400 UTF-16 units, 4,800 bytes.
    let faces = |count: usize| move |post: &mut Post| post.caption = "😀".repeat(count);
    refused(faces(1_200), Network::TikTok, Code::CaptionTooLong);
    refused(faces(1_260), Network::YouTube, Code::CaptionTooLong);
    refused(faces(141), Network::X, Code::CaptionTooLong);
    let mut changed = post();
    faces(1_200)(&mut changed);
    assert_eq!(
        codes(&changed, Network::Instagram),
        [],
        "1,200 of 2,200 characters"
    );
}

#[test]
fn forty_emoji_count_as_each_network_counts() {
    let family = "👨‍👩‍👧‍👦".repeat(40);
    assert_eq!(Unit::Graphemes.count(&family), 40);
    assert_eq!(
        Unit::Weighted.count(&family),
        80,
        "an emoji weighs two, however it is made"
    );
    assert_eq!(Unit::Characters.count(&family), 280);
    assert_eq!(Unit::Utf16.count(&family), 440);
    assert_eq!(Unit::Bytes.count(&family), 1_000);
}

#[test]
fn texts() {
    refused(|p| p.title.clear(), Network::YouTube, Code::TitleMissing);
    refused(
        |p| p.title = "x".repeat(101),
        Network::YouTube,
        Code::TitleTooLong,
    );
    refused(
        |p| p.title = "a < b".into(),
        Network::YouTube,
        Code::TitleCharacter,
    );
    refused(
        |p| p.caption = "a > b".into(),
        Network::YouTube,
        Code::CaptionCharacter,
    );
    refused(
        |p| p.caption = "a\u{FEFF}b".into(),
        Network::X,
        Code::CaptionCharacter,
    );
    refused(
        |p| p.caption = "$AA and $BB".into(),
        Network::X,
        Code::TooManyCashtags,
    );
    let tags = |count: usize| (0..count).map(|n| format!("tag{n}")).collect::<Vec<_>>();
    refused(
        |p| p.hashtags = tags(31),
        Network::Instagram,
        Code::TooManyHashtags,
    );
    warned(
        |p| p.hashtags = tags(61),
        Network::YouTube,
        Code::TooManyHashtags,
    );
    let people: Vec<String> = (0..21).map(|n| format!("@user{n}")).collect();
    refused(
        |p| p.caption = people.join(" "),
        Network::Instagram,
        Code::TooManyMentions,
    );
    refused(
        |p| p.keywords = vec!["long tag".into(); 50],
        Network::YouTube,
        Code::KeywordsTooLong,
    );
    warned(
        |p| p.hashtags = vec!["two words".into()],
        Network::LinkedIn,
        Code::BadHashtag,
    );
    warned(
        |p| p.hashtags = vec!["2026".into()],
        Network::Facebook,
        Code::BadHashtag,
    );
}

#[test]
fn keywords_count_commas_and_quotes() {
    // 45 of ten characters and 45 commas are 494; two quotes each would be too many.
    let fits = |word: &str| {
        let mut changed = post();
        changed.keywords = vec![word.into(); 45];
        codes(&changed, Network::YouTube).is_empty()
    };
    assert!(fits("abcdefghij"), "without spaces");
    assert!(!fits("abcd fghij"), "with quotes");
}

#[test]
fn hashtags_follow_the_caption_once() {
    let mut post = post();
    post.caption = "Du neuf #Vidéo".into();
    assert_eq!(
        post.text(),
        "Du neuf #Vidéo\n\n#conseil",
        "what is there is not repeated"
    );
    post.caption.clear();
    assert_eq!(post.text(), "#vidéo #conseil");
    post.hashtags.clear();
    assert_eq!(post.text(), "");
}

#[test]
fn a_post_needs_something() {
    let nothing = Post::default();
    for network in [Network::YouTube, Network::TikTok, Network::Instagram] {
        let found = codes(&nothing, network);
        assert!(
            found.contains(&(Code::MediaMissing, Severity::Refuses)),
            "{network}"
        );
    }
    for network in [Network::Facebook, Network::X, Network::LinkedIn] {
        assert_eq!(
            codes(&nothing, network),
            [(Code::Empty, Severity::Refuses)],
            "{network}"
        );
    }
}

#[test]
fn files() {
    use Network::{Facebook, Instagram, LinkedIn, TikTok, X};
    refused(video(|v| v.bytes = 600 << 20), X, Code::TooManyBytes);
    refused(video(|v| v.bytes = 5 << 30), TikTok, Code::TooManyBytes);
    refused(
        video(|v| v.bytes = 301_000_000),
        Instagram,
        Code::TooManyBytes,
    );
    refused(video(|v| v.bytes = 10_000), LinkedIn, Code::TooFewBytes);
    refused(video(|v| v.bytes = 0), Network::YouTube, Code::TooFewBytes);
    refused(video(|v| v.duration_ms = 140_001), X, Code::TooLong);
    refused(video(|v| v.duration_ms = 90_001), Facebook, Code::TooLong);
    refused(video(|v| v.duration_ms = 2_999), Instagram, Code::TooShort);
    warned(
        video(|v| v.duration_ms = 180_001),
        Network::YouTube,
        Code::NoShort,
    );
    refused(
        video(|v| v.rate = FrameRate { num: 120, den: 1 }),
        TikTok,
        Code::FrameRate,
    );
    refused(
        video(|v| v.rate = FrameRate { num: 15, den: 1 }),
        Instagram,
        Code::FrameRate,
    );
    refused(
        video(|v| (v.width, v.height) = (320, 568)),
        TikTok,
        Code::TooFewPixels,
    );
    refused(
        video(|v| (v.width, v.height) = (960, 540)),
        Facebook,
        Code::TooFewPixels,
    );
    refused(
        video(|v| (v.width, v.height) = (2160, 3840)),
        Instagram,
        Code::TooManyPixels,
    );
    refused(
        video(|v| (v.width, v.height) = (400, 1280)),
        X,
        Code::AspectRatio,
    );
    refused(video(|v| v.bytes = 150_000_000), Instagram, Code::BitRate);
    refused(
        video(|v| v.container = Container::Other),
        TikTok,
        Code::Container,
    );
    refused(video(|v| v.codec = VideoCodec::Hevc), X, Code::VideoCodec);
    refused(
        video(|v| v.audio.as_mut().unwrap().codec = AudioCodec::Opus),
        X,
        Code::AudioCodec,
    );
    refused(
        video(|v| v.audio.as_mut().unwrap().channels = 6),
        X,
        Code::AudioChannels,
    );
    let faster = video(|v| v.audio.as_mut().unwrap().sample_rate = 96_000);
    refused(faster, Instagram, Code::AudioRate);
    warned(
        video(|v| (v.width, v.height) = (1080, 1080)),
        Instagram,
        Code::NotAdvisedRatio,
    );
}

#[test]
fn broadcast_rates_are_what_their_round_numbers_mean() {
    let ntsc = |num| video(move |v| v.rate = FrameRate { num, den: 1001 });
    for (num, network) in [(24_000, Network::Facebook), (60_000, Network::TikTok)] {
        let mut changed = post();
        ntsc(num)(&mut changed);
        assert_eq!(codes(&changed, network), [], "{num}/1001 on {network}");
    }
}

#[test]
fn what_paid_accounts_may_only_warns() {
    let full = video(|v| (v.width, v.height) = (1080, 1920));
    warned(full, Network::X, Code::TooManyPixels);
    let mut long = post();
    long.caption = "a".repeat(1_000);
    let paid = Standing {
        tier: Tier::Paid,
        ..Standing::default()
    };
    assert_eq!(
        check(&long, Network::X, &paid),
        [],
        "25,000 for paid accounts"
    );
}

#[test]
fn privacy() {
    refused(|p| p.privacy = None, Network::TikTok, Code::PrivacyMissing);
    refused(
        |p| p.privacy = Some(Privacy::Unlisted),
        Network::X,
        Code::PrivacyUnavailable,
    );
    let creator = Standing {
        privacy: Some(vec![Privacy::Friends, Privacy::Private]),
        longest_ms: Some(20_000),
        ..Standing::default()
    };
    let problems = check(&post(), Network::TikTok, &creator);
    let codes: Vec<_> = problems.iter().map(|p| p.code).collect();
    assert_eq!(
        codes,
        [Code::TooLong, Code::PrivacyUnavailable],
        "what the creator may"
    );
    assert_eq!(problems[0].limit, Measure::Millis(20_000));
    let choose = Remedy::Choose(vec![Privacy::Friends, Privacy::Private]);
    assert_eq!(problems[1].remedy, choose);
}

#[test]
fn an_unaudited_app_is_told() {
    let unaudited = Standing {
        audited: Some(Answer::No),
        ..Standing::default()
    };
    for (network, severity) in [
        (Network::TikTok, Severity::Refuses),
        (Network::YouTube, Severity::Warns),
    ] {
        let problems = check(&post(), network, &unaudited);
        assert_eq!(problems[0].code, Code::Unaudited, "{network}");
        assert_eq!(problems[0].severity, severity, "{network}");
        let mut private = post();
        private.privacy = Some(Privacy::Private);
        assert_eq!(check(&private, network, &unaudited), [], "{network}");
    }
}

#[test]
fn problems_say_what_was_measured_and_travel() {
    let mut long = post();
    long.title = "x".repeat(120);
    let problem = check(&long, Network::YouTube, &Standing::default()).remove(0);
    assert_eq!(
        problem.to_string(),
        "YouTube: the title is too long (120 characters; allowed: 100 characters) \
         [unconfirmed limit]"
    );
    let json = serde_json::to_string(&problem).unwrap();
    assert_eq!(
        serde_json::from_str::<posts::Problem>(&json).unwrap(),
        problem
    );
    let mut small = post();
    let video = small.video.as_mut().unwrap();
    (video.width, video.height) = (480, 854);
    let problem = check(&small, Network::Facebook, &Standing::default()).remove(0);
    let least = Pixels {
        width: 540,
        height: 960,
    };
    assert_eq!(problem.limit, Measure::Pixels(least));
    assert_eq!(problem.remedy, Remedy::ExportAgain);
}

#[test]
fn names_are_for_good() {
    let ids = Network::ALL.map(Network::id);
    assert_eq!(
        ids,
        [
            "youtube",
            "tiktok",
            "instagram",
            "facebook",
            "x",
            "linkedin"
        ]
    );
    for network in Network::ALL {
        assert_eq!(Network::from_id(network.id()), Some(network));
        let json = format!("\"{}\"", network.id());
        assert_eq!(serde_json::to_string(&network).unwrap(), json);
    }
    assert_eq!(Network::from_id("twitter"), None);
}

#[test]
fn another_export_fits() {
    use Network::{Facebook, Instagram, LinkedIn, TikTok, X};

    let rate = |num| FrameRate { num, den: 1 };
    let check =
        |change: &dyn Fn(&mut Video), network, size: (u32, u32), fps: f64, mends: &[Code]| {
            let mut video = reel();
            change(&mut video);
            let fit = fitted(&video, network).unwrap();
            assert_eq!((fit.frame.width, fit.frame.height), size, "{network}");
            assert!((fit.frame.rate.fps() - fps).abs() < 1e-9, "{network}");
            assert_eq!(fit.mends, mends, "{network}");
            let again = exported(&video, fit.frame);
            assert_eq!(fitted(&again, network), None, "{network}: it fits");
        };
    let full = |v: &mut Video| (v.width, v.height) = (1080, 1920);
    check(&full, X, (720, 1280), 25.0, &[Code::TooManyPixels]);
    let wide = |v: &mut Video| (v.width, v.height) = (1920, 1080);
    check(&wide, X, (1280, 720), 25.0, &[Code::TooManyPixels]);
    let square = |v: &mut Video| (v.width, v.height) = (1080, 1080);
    check(&square, X, (1024, 1024), 25.0, &[Code::TooManyPixels]);
    let small = |v: &mut Video| (v.width, v.height) = (320, 568);
    check(&small, TikTok, (360, 640), 25.0, &[Code::TooFewPixels]);
    let fast = |v: &mut Video| v.rate = rate(120);
    check(&fast, TikTok, (720, 1280), 60.0, &[Code::FrameRate]);
    let faster = |v: &mut Video| v.rate = rate(240);
    check(&faster, TikTok, (720, 1280), 60.0, &[Code::FrameRate]);
    let slow = |v: &mut Video| v.rate = rate(15);
    check(&slow, Instagram, (720, 1280), 30.0, &[Code::FrameRate]);
    let slower = |v: &mut Video| v.rate = rate(5);
    check(&slower, Facebook, (720, 1280), 24.0, &[Code::FrameRate]);
    let heavy = |v: &mut Video| v.bytes = 600 << 20;
    check(&heavy, X, (630, 1120), 25.0, &[Code::TooManyBytes]);
    let foreign = |v: &mut Video| v.codec = VideoCodec::Hevc;
    check(&foreign, X, (720, 1280), 25.0, &[Code::VideoCodec]);
    let dense = |v: &mut Video| v.bytes = 150_000_000;
    check(&dense, Instagram, (540, 960), 25.0, &[Code::BitRate]);
    let huge = |v: &mut Video| v.bytes = 700_000_000;
    check(&huge, LinkedIn, (540, 960), 25.0, &[Code::TooManyBytes]);
}

#[test]
fn what_another_export_does_not_mend_is_left_to_the_editor() {
    let none = |change: &dyn Fn(&mut Video), network| {
        let mut video = reel();
        change(&mut video);
        assert_eq!(fitted(&video, network), None, "{network}");
    };
    for network in Network::ALL {
        none(&|_| {}, network);
    }
    none(&|v| v.duration_ms = 140_001, Network::X);
    none(&|v| (v.width, v.height) = (400, 1280), Network::X);
    none(&|v| (v.width, v.height) = (1080, 1080), Network::Instagram);
    none(&|v| (v.width, v.height) = (0, 0), Network::YouTube);
    // Part of what is wrong is mended.
    let mut video = reel();
    (video.width, video.height, video.codec) = (400, 1280, VideoCodec::Hevc);
    let fit = fitted(&video, Network::X).unwrap();
    assert_eq!(fit.mends, [Code::VideoCodec]);
}
