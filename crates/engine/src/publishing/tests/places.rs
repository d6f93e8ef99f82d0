//! Copied folders and files that were put back.

use super::*;

#[test]
fn a_copied_folder_posts_nothing_by_itself() {
    let bench = Bench::new();
    let publishing = bench.open();
    let order = Order {
        at: Some(UnixMs(publishing.now().0 + 60_000)),
        ..Order::default()
    };
    let id = bench.order(&publishing, order);
    drop(publishing);
    let copy = bench.folder.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    std::fs::copy(bench.path(), copy.join("outbox.db")).unwrap();
    let copied = bench.open_at(&copy.join("outbox.db"), None);
    assert_eq!(
        copied.state(id),
        (State::Uncertain, Some(ErrorCode::Uncertain))
    );
    bench.clock.0.fetch_add(61_000, Ordering::SeqCst);
    copied.attend_all();
    assert_eq!(bench.world().published, 0);
    let publishing = bench.open();
    bench.run(&publishing);
    assert_eq!(
        publishing.state(id).0,
        State::Published,
        "where it was ordered"
    );
    // The user looked.
    let resolved = copied.resolve(id, posts::Answer::Yes).unwrap();
    assert_eq!(resolved.state, State::Published);
    assert_eq!(
        copied
            .resolve(id, posts::Answer::No)
            .unwrap_err()
            .to_api()
            .code,
        ErrorCode::TooLate
    );
}

#[test]
fn an_older_file_that_was_put_back_posts_nothing_again() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, Order::default());
    drop(publishing);
    let safe = bench.folder.path().join("safe.db");
    std::fs::copy(bench.path(), &safe).unwrap();
    bench.run(&bench.open());
    assert_eq!(bench.world().published, 1);
    // Written into the same file, so that its place is the same.
    let old = std::fs::read(&safe).unwrap();
    std::fs::write(bench.path(), old).unwrap();
    for side in ["outbox.db-wal", "outbox.db-shm"] {
        drop(std::fs::remove_file(bench.path().with_file_name(side)));
    }
    let publishing = bench.open();
    bench.run(&publishing);
    let doubt = (State::Uncertain, Some(ErrorCode::Uncertain));
    assert_eq!(publishing.state(id), doubt);
    assert_eq!(bench.world().published, 1, "not twice");
    let resolved = publishing.resolve(id, posts::Answer::No).unwrap();
    assert_eq!(resolved.state, State::Failed);
    // From then on the file is the newest again.
    let next = bench.order(&publishing, Order::default());
    bench.run(&publishing);
    assert_eq!(publishing.state(next).0, State::Published);
}

#[test]
fn a_copy_and_what_it_was_copied_from_keep_their_uploads_apart() {
    let bench = Bench::new();
    bench.open().attend_all();
    let copy = bench.folder.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    std::fs::copy(bench.path(), copy.join("outbox.db")).unwrap();
    let publishing = bench.open();
    let copied = bench.open_at(&copy.join("outbox.db"), None);
    // Both go on counting from the same number.
    let ours = bench.order(&publishing, Order::default());
    let theirs = bench.order(&copied, Order::default());
    assert_eq!(ours, theirs);
    let name = |session: Option<Secret>| session.map(|s| s.expose_secret().to_owned());
    publishing
        .keep_session(ours, &Secret::from("ours"))
        .unwrap();
    copied
        .keep_session(theirs, &Secret::from("theirs"))
        .unwrap();
    let kept = name(publishing.session(ours).unwrap());
    assert_eq!(kept.as_deref(), Some("ours"));
    publishing.erase_session(ours).unwrap();
    copied.erase_session(theirs).unwrap();
    bench.run(&publishing);
    bench.run(&copied);
    for publishing in [&publishing, &copied] {
        let (state, error) = publishing.state(ours);
        assert_eq!((state, error), (State::Published, None), "both are in use");
    }
    assert_eq!(bench.world().published, 2);
    assert_eq!(publishing.accounts().unwrap(), copied.accounts().unwrap());
}
