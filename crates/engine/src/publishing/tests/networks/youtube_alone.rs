//! What is YouTube's alone: covers, which are set once the video is there.

use super::*;

const FORBIDDEN: Fault = Fault::Refused(403, "forbidden");

fn covered() -> Order {
    with_option(public(), "cover", "1.5")
}

/// A post with a cover that is in the outbox.
fn ordered() -> (Live<youtube::Desk>, Publishing, i64) {
    let live = Live::new();
    let publishing = live.open();
    let id = live.order(&publishing, &covered());
    (live, publishing, id)
}

#[test]
fn a_cover_is_set_once_the_video_is_there() {
    let live = Live::<youtube::Desk>::new();
    let publishing = live.open();
    let targets = Targets(vec!["youtube".to_owned()]);
    let plan = publishing.plan("reel.mp4", &live.file(), &covered(), &targets);
    let planned: Vec<String> = plan
        .unwrap()
        .remove(0)
        .calls
        .into_iter()
        .map(|call| call.url)
        .collect();
    assert!(
        planned[planned.len() - 2].contains("/thumbnails/set?uploadType=media&videoId=…"),
        "{planned:?}"
    );
    let id = live.order(&publishing, &covered());
    let done = publishing
        .attend_to(&[id], &Cancel::new(), &|_, _| {})
        .unwrap();
    assert_eq!((done[0].state, &done[0].error), (State::Published, &None));
    assert_eq!(live.server.calls().len(), planned.len());
    let covers = live.server.covers();
    assert_eq!(covers.len(), 1);
    assert_eq!(Some(&covers[0].video), done[0].remote_id.as_ref());
    assert_eq!(live.server.refusals(), [] as [&str; 0]);
    let journal = publishing.outbox.journal(id).unwrap();
    let at = journal
        .iter()
        .position(|what| what == "cover begins")
        .unwrap();
    assert_eq!(journal[at + 1..at + 3], ["cover: set", "check begins"]);
    assert_eq!(publishing.needed_files().unwrap(), [] as [&str; 0]);
}

#[test]
fn without_a_choice_youtube_chooses() {
    let live = Live::<youtube::Desk>::new();
    live.post_with(&[]);
    assert_eq!(live.server.covers(), []);
    for cover in ["21", "-1", "soon"] {
        let publishing = live.open();
        let refused = live.refused(&publishing, &with_option(public(), "cover", cover));
        assert_eq!(refused.code, ErrorCode::Usage, "cover={cover}");
        assert!(refused.hint.contains("cover=1.5"), "{refused}");
    }
}

#[test]
fn a_video_whose_cover_is_refused_is_posted_and_told() {
    let (live, publishing, id) = ordered();
    live.server.fail(Step::Cover, FORBIDDEN);
    live.run(&publishing);
    assert_eq!(
        publishing.state(id),
        (State::Published, Some(ErrorCode::CoverNotSet))
    );
    let told = publishing.entries(&[id]).unwrap().remove(0).error.unwrap();
    assert!(
        told.message
            .contains("its cover was not set: YouTube refuses"),
        "{told:?}"
    );
    assert!(told.hint.contains("verified by phone"), "{told:?}");
    assert_eq!((live.published(), live.server.covers().len()), (1, 0));
    let calls = live.server.calls();
    assert_eq!(
        calls.last().unwrap(),
        "/youtube/v3/videos",
        "it is read back all the same"
    );
    // A script's rerun makes no second video for the sake of its cover.
    assert_eq!(publishing.needed_files().unwrap(), [] as [&str; 0]);
}

#[test]
fn a_cover_that_is_refused_is_told_beside_what_else_there_is_to_tell() {
    let (live, publishing, id) = ordered();
    live.server.force_private();
    live.server.fail(Step::Cover, FORBIDDEN);
    live.run(&publishing);
    let told = publishing.entries(&[id]).unwrap().remove(0).error.unwrap();
    assert_eq!(told.code, ErrorCode::MadePrivate);
    assert!(told.message.contains("its cover was not set"), "{told:?}");
}

#[test]
fn a_video_that_is_not_known_everywhere_yet_gets_its_cover_later() {
    let (live, publishing, id) = ordered();
    live.server
        .fail(Step::Cover, Fault::Refused(404, "videoNotFound"));
    live.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
    assert_eq!(live.server.covers().len(), 1);
}

#[test]
fn a_cover_that_never_gets_through_is_given_up_and_told() {
    let (live, publishing, id) = ordered();
    for _ in 0..4 {
        live.server
            .fail(Step::Cover, Fault::Refused(503, "backendError"));
    }
    live.run(&publishing);
    assert!(live.server.is_done());
    assert_eq!(
        publishing.state(id),
        (State::Published, Some(ErrorCode::CoverNotSet))
    );
}

#[test]
fn wherever_the_program_dies_there_is_one_video_with_its_cover() {
    for at in 0.. {
        let live = Live::<youtube::Desk>::new();
        let id = live.order(&live.open(), &covered());
        live.death.set(at);
        let died = catch_unwind(AssertUnwindSafe(|| live.run(&live.open()))).is_err();
        live.death.set(Death::NEVER);
        let publishing = live.open();
        live.run(&publishing);
        assert_eq!(publishing.state(id), (State::Published, None), "death {at}");
        assert_eq!(live.published(), 1, "death {at}");
        let covers = live.server.covers();
        assert!(
            (1..=2).contains(&covers.len()),
            "death {at}: {}",
            covers.len()
        );
        assert_eq!(live.server.refusals(), [] as [&str; 0], "death {at}");
        if !died {
            assert!(at > 10, "there are that many moments: {at}");
            break;
        }
    }
}

#[test]
fn a_file_that_is_gone_leaves_the_video_without_its_cover() {
    let live = Live::<youtube::Desk>::new();
    let reel = live.folder.path().join("reel.mp4");
    let away = live.folder.path().join("away.mp4");
    let publishing = live.open();
    let id = live.order(&publishing, &covered());
    // The video is there, and the cover waits.
    live.server
        .fail(Step::Cover, Fault::Refused(429, "uploadRateLimitExceeded"));
    publishing
        .attend_to(&[id], &Cancel::new(), &|_, _| {})
        .unwrap();
    assert_eq!(
        publishing.needed_files().unwrap().len(),
        1,
        "its cover needs it"
    );
    std::fs::rename(&reel, away).unwrap();
    live.run(&publishing);
    assert_eq!(
        publishing.state(id),
        (State::Published, Some(ErrorCode::CoverNotSet))
    );
    assert_eq!(live.published(), 1);
}

#[test]
fn in_a_copy_no_cover_is_set() {
    let (live, publishing, id) = ordered();
    live.server
        .fail(Step::Cover, Fault::Refused(429, "uploadRateLimitExceeded"));
    publishing
        .attend_to(&[id], &Cancel::new(), &|_, _| {})
        .unwrap();
    let entry = publishing.outbox.entry(id).unwrap();
    let entry = crate::publishing::read(&entry).unwrap().restored();
    assert!(
        matches!(entry.cover, posts::outbox::Cover::Missed { .. }),
        "{entry:?}"
    );
    // What is read back still is.
    assert_eq!(entry.state, State::Published);
}
