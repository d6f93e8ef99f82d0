//! Tokens, consents, apps.

use super::*;

#[test]
fn a_token_that_is_about_to_end_is_refreshed_before_the_call() {
    let bench = Bench::new();
    let publishing = bench.open();
    bench.clock.0.fetch_add(56 * 60_000, Ordering::SeqCst);
    let id = bench.order(&publishing, Order::default());
    bench.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
    assert_eq!(bench.world().refreshes, 1);
    assert_eq!(bench.world().calls[0], "open", "no call was refused");
    assert_eq!(bench.world().calls.len(), 5);
}

#[test]
fn an_account_whose_consent_ended_is_told() {
    let bench = Bench::new();
    let publishing = bench.open();
    let account = publishing.one_account("youtube:A").unwrap();
    let tokens = |access: &str| Tokens {
        access: Secret::from(access),
        refresh: Some(Secret::from("ended")),
        expires_in: None,
        refresh_expires_in: None,
        scopes: None,
        account: None,
    };
    let keep = |tokens: Tokens| {
        let kept = Kept::new(tokens, system_time(publishing.now()));
        (publishing.keep("youtube", "a", &kept, &Cancel::new())).unwrap();
    };
    keep(tokens("old"));
    let id = bench.order(&publishing, Order::default());
    bench.run(&publishing);
    let failed = (State::Failed, Some(ErrorCode::NotConnected));
    assert_eq!(publishing.state(id), failed);
    let state = publishing.outbox.account(account.id).unwrap().state;
    assert_eq!(state, store::outbox::AccountState::Expired);
    keep(tokens("marked-access"));
    (publishing.erase_tokens(&account, &Cancel::new())).unwrap();
    let id = bench.order(&publishing, Order::default());
    bench.run(&publishing);
    assert_eq!(publishing.state(id), failed, "tokens that are not here");
    assert_eq!(bench.world().published, 0);
}

#[test]
fn an_app_that_is_not_accepted_replaces_none() {
    let bench = Bench::new();
    let publishing = bench.open();
    let register = |client_id: &str, secret: Option<&str>| {
        let secret = secret.map(Secret::from);
        publishing.register_app("youtube", client_id, secret.as_ref(), &Cancel::new())
    };
    let kept = || {
        let app = publishing.app_of("youtube").unwrap();
        let secret = app.client_secret.map(|s| s.expose_secret().to_owned());
        (app.client_id, secret)
    };
    let app = |id: &str, secret: &str| (id.to_owned(), Some(secret.to_owned()));
    bench.world().accepts = Some(true);
    assert_eq!(register("one", Some("s1")).unwrap().accepted, Some(true));
    assert_eq!(kept(), app("one", "s1"));
    bench.world().accepts = Some(false);
    for (id, secret) in [("two", Some("s2")), ("two", None)] {
        let refused = register(id, secret).unwrap_err().to_api();
        assert_eq!(refused.code, ErrorCode::AppRefused);
        assert_eq!(kept(), app("one", "s1"), "the one that works stays");
    }
    bench.world().accepts = None;
    assert_eq!(register("three", Some("s3")).unwrap().accepted, None);
    assert_eq!(kept(), app("three", "s3"), "it could not be asked");
}

#[test]
fn a_connect_that_comes_to_nothing_is_in_the_audit_log() {
    let bench = Bench::new();
    let publishing = bench.open();
    let cancel = Cancel::new();
    // The user closes the program while the network's page is open.
    let stop = cancel.clone();
    let language = online::consent::Language::English;
    let ended = publishing.connect("youtube", language, &cancel, |_page| stop.cancel());
    assert!(matches!(ended, Err(Error::Cancelled)));
    let noted = publishing.outbox.calls_since(0).unwrap();
    let noted: Vec<_> = noted
        .iter()
        .map(|call| (call.call.as_str(), call.outcome.as_str(), call.account))
        .collect();
    assert_eq!(noted, [("connect", "failed: cancelled", None)]);
}

#[test]
fn the_audit_log_is_kept_for_ninety_days_also_by_who_only_posts_at_once() {
    let day = 24 * 3_600_000;
    let bench = Bench::new();
    let publishing = bench.open();
    let post = || {
        let id = bench.order(&publishing, Order::default());
        publishing
            .attend_to(&[id], &Cancel::new(), &|_, _| {})
            .unwrap();
        assert_eq!(publishing.state(id).0, State::Published);
    };
    post();
    let first = publishing.outbox.calls_since(0).unwrap();
    assert!(!first.is_empty());
    let pass = |days: u64| {
        bench.clock.0.fetch_add(days * day, Ordering::SeqCst);
        post();
        let left = publishing.outbox.calls_since(0).unwrap();
        left.iter().filter(|call| first.contains(call)).count()
    };
    assert_eq!(pass(89), first.len(), "after 89 days all is there");
    assert_eq!(pass(2), 0, "after 91 days none is");
}

/// Connects an account whose user did not grant what posting needs.
fn connect_without_scopes(publishing: &Publishing, remote: &str) {
    connect(publishing, remote, "marked-access");
    let seen = Seen {
        network: "youtube",
        remote,
        name: remote,
        handle: None,
        scopes: &["look".to_owned()],
    };
    publishing.outbox.save_account(&seen, 1).unwrap();
}

#[test]
fn an_account_that_did_not_grant_posting_is_told_before_anything_is_made() {
    let bench = Bench::new();
    let publishing = bench.open();
    connect_without_scopes(&publishing, "b");
    let views = publishing.account_views().unwrap();
    let can: Vec<_> = views
        .iter()
        .map(|view| (view.name.as_str(), view.can_post))
        .collect();
    assert_eq!(can, [("a", true), ("b", false)]);
    let target = |name: &str| Targets(vec![format!("youtube:{name}")]);
    let titled = Order {
        title: "Trois idées".to_owned(),
        ..Order::default()
    };
    // Before there is a file, as the window does before it renders one.
    let examine = |order: &Order, name: &str| publishing.examine(None, order, &target(name));
    assert_eq!(examine(&titled, "a").unwrap(), [] as [&str; 0]);
    let error = examine(&titled, "b").unwrap_err().to_api();
    assert_eq!(error.code, ErrorCode::NotConnected, "{error}");
    assert!(error.message.contains("did not grant post"), "{error}");
    let error = examine(&Order::default(), "a").unwrap_err().to_api();
    assert_eq!(error.code, ErrorCode::PostRefused, "no title: {error}");
    // With it: what one account refuses is posted to no other.
    let file = bench.file();
    let orders = ["a", "b"].map(|name| (&file, titled.clone(), target(name)));
    let refused = publishing.order_all(&orders);
    assert_eq!(refused.unwrap_err().to_api().code, ErrorCode::NotConnected);
    let orders = [titled.clone(), Order::default()].map(|order| (&file, order, target("a")));
    let refused = publishing.order_all(&orders);
    assert_eq!(refused.unwrap_err().to_api().code, ErrorCode::PostRefused);
    assert_eq!(publishing.list().unwrap(), []);
    connect(&publishing, "b", "marked-access");
    let orders = ["a", "b"].map(|name| (&file, titled.clone(), target(name)));
    let entries = publishing.order_all(&orders).unwrap();
    assert_eq!(entries.len(), 2);
}
