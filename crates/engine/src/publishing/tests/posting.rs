//! A post goes out once, whatever fails and wherever the program dies.

use super::*;

/// Returns what a script orders: the same post each time.
fn keyed() -> Order {
    Order {
        key: Some("k".to_owned()),
        ..Order::default()
    }
}

#[test]
fn a_post_goes_out_once_and_is_read_back() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, Order::default());
    let told = Mutex::new(Vec::new());
    let listener = |_: &protocol::publishing::EntryDocument, stored: f64| {
        told.lock().unwrap().push((stored * 100.0) as u32);
    };
    let done = publishing
        .attend_to(&[id], &Cancel::new(), &listener)
        .unwrap();
    assert_eq!(done[0].state, State::Published);
    assert_eq!(done[0].remote_id.as_deref(), Some("post-1"));
    assert_eq!(done[0].url.as_deref(), Some("https://fake.example/post-1"));
    assert_eq!(
        (done[0].error.as_ref(), done[0].step.as_ref()),
        (None, None)
    );
    assert_eq!(
        bench.world().calls,
        ["open", "send", "send", "send", "check"]
    );
    assert_eq!(told.into_inner().unwrap(), [0, 40, 80, 100, 100]);
    let journal = publishing.outbox.journal(id).unwrap();
    assert_eq!(
        journal[..5],
        [
            "ordered",
            "open begins",
            "open: opened",
            "send begins",
            "send: stored 1000"
        ]
    );
    let calls = publishing.outbox.calls_since(0).unwrap();
    assert_eq!(calls.len(), 5, "each call is in the audit log");
    assert!(publishing.session(id).unwrap().is_none(), "of no more use");
}

#[test]
fn wherever_the_program_dies_there_is_one_post() {
    // A second death hits what the first one left.
    for second in [None, Some(0), Some(2), Some(5)] {
        for at in 0.. {
            let bench = Bench::new();
            // A token that was refused, so that the refresh is among what can die.
            bench.world().access = "another".to_owned();
            let id = bench.order(&bench.open(), Order::default());
            bench.death.set(at);
            let died = catch_unwind(AssertUnwindSafe(|| bench.run(&bench.open()))).is_err();
            if let Some(second) = second {
                bench.death.set(second);
                drop(catch_unwind(AssertUnwindSafe(|| {
                    bench.run(&bench.open());
                })));
            }
            bench.death.set(Death::NEVER);
            let publishing = bench.open();
            bench.run(&publishing);
            assert_eq!(bench.world().published, 1, "death {at}, then {second:?}");
            assert_eq!(
                publishing.state(id),
                (State::Published, None),
                "death {at}, then {second:?}"
            );
            if !died {
                assert!(at > 15, "there are that many moments: {at}");
                break;
            }
        }
    }
}

#[test]
fn whatever_fails_there_is_one_post_or_a_reason() {
    for fault in [
        Fault::Down,
        Fault::Lost,
        Fault::Failed,
        Fault::Later,
        Fault::Quota,
        Fault::Never,
    ] {
        for at in 0..5 {
            let bench = Bench::new();
            let publishing = bench.open();
            let id = bench.order(&publishing, Order::default());
            bench.fault(at, fault);
            bench.run(&publishing);
            let (state, error) = publishing.state(id);
            let published = bench.world().published;
            let what = format!("{fault:?} at call {at}: {:?}", bench.world().calls);
            if fault == Fault::Never && at < 4 {
                let expect = (State::Failed, Some(ErrorCode::PostRefused));
                assert_eq!((state, error), expect, "{what}");
                assert_eq!(published, 0, "{what}");
            } else {
                assert_eq!((state, published), (State::Published, 1), "{what}");
            }
        }
    }
}

#[test]
fn a_network_that_is_down_is_given_up_and_a_rerun_tries_again() {
    let bench = Bench::new();
    let publishing = bench.open();
    let order = keyed();
    let id = bench.order(&publishing, order.clone());
    for at in 0..4 {
        bench.fault(at, Fault::Down);
    }
    bench.run(&publishing);
    let failed = (State::Failed, Some(ErrorCode::NetworkUnreachable));
    assert_eq!(publishing.state(id), failed);
    assert_eq!(
        bench.world().calls,
        ["open"; 4],
        "once and three times more"
    );
    assert_eq!(bench.order(&publishing, order), id, "the same post");
    bench.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
}

#[test]
fn a_key_is_one_post() {
    let bench = Bench::new();
    let publishing = bench.open();
    let order = |caption: &str| Order {
        caption: caption.to_owned(),
        ..keyed()
    };
    let id = bench.order(&publishing, order("a"));
    bench.run(&publishing);
    assert_eq!(bench.order(&publishing, order("a")), id);
    bench.run(&publishing);
    assert_eq!(bench.world().published, 1);
    let other = Order {
        title: "Trois idées".to_owned(),
        ..order("b")
    };
    let targets = Targets(vec!["youtube".to_owned()]);
    let refused = publishing.order(&bench.file(), &other, &targets);
    assert_eq!(refused.unwrap_err().to_api().code, ErrorCode::Usage);
    // What it means counts, not how a version of the program wrote it down.
    let key = keyed().key.unwrap();
    let post = publishing.outbox.post_by_key(&key).unwrap().unwrap();
    let kept: Content = serde_json::from_str(&post.content).unwrap();
    let older = r#"{"options":{},"title":"Trois idées","caption":"a","privacy":null,
        "synthetic":null,"made_for_kids":null}"#;
    let older: Content = serde_json::from_str(older).unwrap();
    assert!(older.is_same(&kept));
}

#[test]
fn a_file_that_changed_is_not_posted() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, Order::default());
    let path = bench.folder.path().join("reel.mp4");
    std::fs::write(&path, vec![8; BYTES]).unwrap();
    bench.run(&publishing);
    let failed = (State::Failed, Some(ErrorCode::SourceChanged));
    assert_eq!(publishing.state(id), failed);
    assert_eq!(bench.world().calls, [] as [&str; 0], "nothing was called");
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, vec![9; BYTES]).unwrap();
    let id = bench.order(&publishing, Order::default());
    std::fs::remove_file(&path).unwrap();
    bench.run(&publishing);
    let gone = (State::Failed, Some(ErrorCode::NotFound));
    assert_eq!(publishing.state(id), gone);
}

#[test]
fn a_file_that_changes_between_two_parts_is_not_posted() {
    let bench = Bench::new();
    let path = bench.folder.path().join("reel.mp4");
    let change = move |call: &str| {
        if call == "send" {
            let file = std::fs::File::options().append(true).open(&path).unwrap();
            let moved = std::time::UNIX_EPOCH + Duration::from_secs(9);
            file.set_modified(moved).unwrap();
        }
    };
    let publishing = bench.open_at(&bench.path(), Some(Box::new(change)));
    let id = bench.order(&publishing, Order::default());
    bench.run(&publishing);
    let failed = (State::Failed, Some(ErrorCode::SourceChanged));
    assert_eq!(publishing.state(id), failed);
    assert_eq!(bench.world().published, 0);
}

#[test]
fn a_scheduled_post_waits_for_its_time_and_can_be_called_off() {
    let bench = Bench::new();
    let publishing = bench.open();
    let at = |ms: u64| Order {
        at: Some(UnixMs(publishing.now().0 + ms)),
        ..Order::default()
    };
    let (soon, later, off) = (at(60_000), at(3_600_000), at(60_000));
    let soon = bench.order(&publishing, soon);
    let later = bench.order(&publishing, later);
    let off = bench.order(&publishing, off);
    publishing.attend_all();
    assert_eq!(bench.world().calls, [] as [&str; 0], "nothing is due");
    assert_eq!(publishing.cancel(off).unwrap().state, State::Cancelled);
    assert_eq!(publishing.cancel(off).unwrap().state, State::Cancelled);
    bench.clock.0.fetch_add(61_000, Ordering::SeqCst);
    publishing.attend_all();
    assert_eq!(publishing.state(soon).0, State::Published);
    assert_eq!(publishing.state(later).0, State::Scheduled);
    let late = publishing.cancel(soon).unwrap_err().to_api();
    assert_eq!(late.code, ErrorCode::TooLate);
    // A machine that was off for two days.
    bench.clock.0.fetch_add(48 * 3_600_000, Ordering::SeqCst);
    publishing.attend_all();
    let missed = (State::Failed, Some(ErrorCode::Missed));
    assert_eq!(publishing.state(later), missed);
    assert_eq!(bench.world().published, 1);
}

#[test]
fn what_is_called_off_during_a_call_stays_off() {
    let bench = Bench::new();
    let other = Arc::new(bench.open());
    let during = Arc::clone(&other);
    let cancel = move |call: &str| {
        if call == "open" {
            assert_eq!(during.cancel(1).unwrap().state, State::Cancelled);
        }
    };
    let publishing = bench.open_at(&bench.path(), Some(Box::new(cancel)));
    let id = bench.order(&publishing, Order::default());
    bench.run(&publishing);
    assert_eq!(publishing.state(id).0, State::Cancelled);
    assert_eq!(bench.world().calls, ["open"]);
}

#[test]
fn many_workers_post_each_once() {
    let bench = Bench::new();
    let publishing = bench.open();
    let ids: Vec<i64> = (0..12)
        .map(|_| bench.order(&publishing, Order::default()))
        .collect();
    let other = bench.open();
    std::thread::scope(|scope| {
        for publishing in [&publishing, &other] {
            scope.spawn(|| {
                publishing
                    .run(Span::Once, &Cancel::new(), &|_, _| {})
                    .unwrap();
            });
        }
    });
    bench.run(&publishing);
    assert_eq!(bench.world().published, ids.len());
    for id in ids {
        assert_eq!(publishing.state(id), (State::Published, None));
    }
}

#[test]
fn what_a_network_makes_of_a_post_is_told() {
    let bench = Bench::new();
    let publishing = bench.open();
    let hidden = ApiError::new(ErrorCode::MadePrivate, "made private");
    bench.world().verdict = Some(Verdict::Processing);
    bench.world().remark = Some(hidden);
    let id = bench.order(&publishing, Order::default());
    let done = publishing
        .attend_to(&[id], &Cancel::new(), &|_, _| {})
        .unwrap();
    assert_eq!(done[0].state, State::Published, "not waited for");
    assert_eq!(done[0].step.as_deref(), Some("check"));
    assert!(done[0].next_attempt_at.is_some());
    bench.world().verdict = Some(Verdict::Live);
    bench.run(&publishing);
    let told = (State::Published, Some(ErrorCode::MadePrivate));
    assert_eq!(publishing.state(id), told);
    bench.world().remark = Some(ApiError::new(ErrorCode::PostRefused, "copyright"));
    bench.world().verdict = Some(Verdict::Rejected);
    let id = bench.order(&publishing, Order::default());
    bench.run(&publishing);
    let told = (State::Failed, Some(ErrorCode::PostRefused));
    assert_eq!(publishing.state(id), told);
}

#[test]
fn a_quota_that_is_used_up_is_waited_for() {
    let bench = Bench::new();
    let publishing = bench.open();
    bench.fault(0, Fault::Quota);
    let id = bench.order(&publishing, Order::default());
    let left = publishing
        .attend_to(&[id], &Cancel::new(), &|_, _| {})
        .unwrap();
    assert_eq!(left[0].state, State::Publishing);
    let until = left[0].next_attempt_at.as_deref().unwrap();
    assert!(until.ends_with("T08:00:00Z"), "{until}");
    let error = left[0].error.as_ref().unwrap();
    assert_eq!(error.code, ErrorCode::Postponed);
    bench.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
}

#[test]
fn what_no_network_takes_is_not_kept() {
    let bench = Bench::new();
    let publishing = bench.open();
    let targets = |name: &str| Targets(vec![name.to_owned()]);
    let order = |order: &Order, name: &str| {
        let refused = publishing.order(&bench.file(), order, &targets(name));
        refused.unwrap_err().to_api()
    };
    let untitled = order(&Order::default(), "youtube");
    assert_eq!(untitled.code, ErrorCode::PostRefused);
    assert!(untitled.hint.contains("--title"), "{untitled}");
    let titled = Order {
        title: "t".to_owned(),
        ..Order::default()
    };
    assert_eq!(order(&titled, "youtube:b").code, ErrorCode::NotConnected);
    assert_eq!(order(&titled, "mastodon").code, ErrorCode::Usage);
    let strange = Order {
        options: BTreeMap::from([("colour".to_owned(), "red".to_owned())]),
        ..titled.clone()
    };
    assert!(order(&strange, "youtube").hint.contains("tags"));
    connect(&publishing, "b", "marked-access");
    let several = order(&titled, "youtube");
    assert_eq!(several.code, ErrorCode::Usage);
    assert!(several.hint.contains("youtube:a"), "{several}");
    assert_eq!(publishing.list().unwrap(), []);
}

#[test]
fn a_call_that_was_stopped_is_as_open_as_after_a_death() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, Order::default());
    let cancel = Cancel::new();
    cancel.cancel();
    let stopped = publishing.run(Span::Always, &cancel, &|_, _| {});
    assert!(matches!(stopped, Err(Error::Cancelled)));
    assert_eq!(publishing.state(id).0, State::Scheduled);
}

#[test]
fn a_list_that_lags_behind_makes_no_second_post() {
    let bench = Bench::new();
    let publishing = bench.open();
    let order = keyed();
    bench.world().verdict = Some(Verdict::Missing);
    bench.world().remark = Some(ApiError::new(ErrorCode::PostRefused, "not shown"));
    let id = bench.order(&publishing, order.clone());
    let done = publishing
        .attend_to(&[id], &Cancel::new(), &|_, _| {})
        .unwrap();
    assert_eq!((done[0].state, &done[0].error), (State::Published, &None));
    bench.run(&publishing);
    let told = (State::Published, Some(ErrorCode::PostRefused));
    assert_eq!(publishing.state(id), told, "a remark in the end");
    assert_eq!(bench.order(&publishing, order), id);
    bench.run(&publishing);
    assert_eq!(bench.world().published, 1);
}

#[test]
fn a_rerun_posts_nothing_again_that_was_rejected() {
    let bench = Bench::new();
    let publishing = bench.open();
    let order = keyed();
    bench.world().verdict = Some(Verdict::Rejected);
    bench.world().remark = Some(ApiError::new(ErrorCode::PostRefused, "copyright"));
    let id = bench.order(&publishing, order.clone());
    bench.run(&publishing);
    assert_eq!(bench.order(&publishing, order.clone()), id);
    let told = publishing
        .attend_to(&[id], &Cancel::new(), &|_, _| {})
        .unwrap();
    assert_eq!(told[0].state, State::Failed);
    let error = told[0].error.as_ref().unwrap();
    assert_eq!(error.message, "copyright", "told as it is");
    assert_eq!(bench.world().published, 1);
    let anew = Order { key: None, ..order };
    assert_ne!(bench.order(&publishing, anew), id);
    bench.run(&publishing);
    assert_eq!(bench.world().published, 2, "because the user said so");
}

#[test]
fn what_failed_is_resumed_where_it_ended() {
    let bench = Bench::new();
    let publishing = bench.open();
    let order = keyed();
    let id = bench.order(&publishing, order.clone());
    for at in 2..20 {
        bench.fault(at, Fault::Down);
    }
    bench.run(&publishing);
    assert_eq!(publishing.state(id).0, State::Failed);
    assert!(publishing.session(id).unwrap().is_some(), "kept");
    bench.world().faults.clear();
    let before = bench.world().calls.len();
    assert_eq!(bench.order(&publishing, order), id);
    bench.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
    let calls = bench.world().calls.split_off(before);
    assert_eq!(calls, ["ask", "send", "send", "check"], "not opened anew");
    assert!(publishing.session(id).unwrap().is_none(), "of no more use");
}
