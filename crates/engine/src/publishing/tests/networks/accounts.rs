//! Accounts as networks have them: consent, what an app has to know, and the end.

use super::*;

pub(super) fn connect<D: Posting>(
    live: &Live<D>,
) -> Result<protocol::publishing::AccountDocument, ApiError> {
    let _alone = browser::alone_at_fixed_ports();
    let publishing = live.open();
    let connected = publishing.connect(D::NETWORK, Language::French, &Cancel::new(), |address| {
        let address = address.to_owned();
        std::thread::spawn(move || browser::get(&browser::consent(&address)));
    });
    connected.map_err(|error| error.to_api())
}

/// The whole way: consent with each network's own form, the account's name, a post, a check, the end.
fn connected<D: Posting>(account: &str) {
    let live = Live::<D>::unconnected();
    let document = connect(&live).unwrap();
    assert_eq!(live.server.refusals(), [] as [&str; 0], "{}", D::NETWORK);
    assert_eq!(document.account, account);
    assert_eq!(document.missing_scopes, [] as [&str; 0]);
    let publishing = live.open();
    let id = live.order(&publishing, &public());
    live.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
    live.server.expire_tokens();
    let checked = publishing.check_accounts(None, &Cancel::new()).unwrap();
    assert_eq!(checked[0].as_ref().unwrap().state, "connected");
    let gone = publishing
        .disconnect(&format!("{}:{account}", D::NETWORK), &Cancel::new())
        .unwrap();
    assert!(gone.revoked, "{}", D::NETWORK);
    assert_eq!(publishing.accounts().unwrap(), []);

    live.server.user(User::Declines);
    let error = connect(&live).unwrap_err();
    assert_eq!(error.code, ErrorCode::NoConsent, "{}", D::NETWORK);
    live.server.user(User::GrantsOne);
    let document = connect(&live);
    if D::NETWORK == "x" {
        // Without users.read nobody can say whose token it is.
        let error = document.unwrap_err();
        assert_eq!(error.code, ErrorCode::NotConnected);
        assert!(error.message.contains("users.read"), "{error}");
    } else if D::NETWORK == "tiktok" {
        let document = document.unwrap();
        assert_eq!(document.account, "open-id-1", "no handle was granted");
        assert!(
            document
                .missing_scopes
                .contains(&"video.publish".to_owned())
        );
        let refused = live.refused(&publishing, &public());
        assert_eq!(refused.code, ErrorCode::NotConnected);
        assert!(refused.message.contains("video.publish"), "{refused}");
    }
    if D::NETWORK == "youtube" {
        // Without the scope of its channel nobody can say whose token it is.
        live.server.user(User::GrantsOthers);
        let error = connect(&live).unwrap_err();
        assert_eq!(error.code, ErrorCode::NotConnected);
        assert!(error.message.contains("youtube.force-ssl"), "{error}");
    }
    live.server.user(User::Agrees);
    live.server.make_codes_late();
    let error = connect(&live).unwrap_err();
    assert_eq!(error.code, ErrorCode::NotConnected, "{}", D::NETWORK);
    assert!(error.message.contains("invalid_grant"), "{error}");
}

#[test]
fn accounts_are_connected_in_each_networks_own_way() {
    connected::<youtube::Desk>("@petitatelier");
    connected::<x::Desk>("@atelier");
    connected::<tiktok::Desk>("@petitatelier");
}

#[test]
fn what_an_app_has_to_know_is_told() {
    let live = Live::<x::Desk>::unconnected();
    let publishing = live.open();
    let cancel = Cancel::new();
    let app = publishing
        .register_app("x", CLIENT_ID, None, &cancel)
        .unwrap();
    assert_eq!(app.redirects, online::x::redirects());
    assert_eq!(app.accepted, Some(true));
    let notes = app.notes.join("\n");
    for part in ["Native App", "0.015 USD", "0.200 USD"] {
        assert!(notes.contains(part), "{part}: {notes}");
    }
    let live = Live::<tiktok::Desk>::unconnected();
    let publishing = live.open();
    let without = publishing.register_app("tiktok", CLIENT_ID, None, &cancel);
    let error = without.unwrap_err().to_api();
    assert_eq!(error.code, ErrorCode::AppRefused);
    assert!(error.message.contains("client secret"), "{error}");
    let secret = Secret::from("another");
    let wrong = publishing.register_app("tiktok", CLIENT_ID, Some(&secret), &cancel);
    assert_eq!(wrong.unwrap_err().to_api().code, ErrorCode::AppRefused);
    let secret = tiktok::Desk::SECRET.map(Secret::from);
    let app = publishing.register_app("tiktok", CLIENT_ID, secret.as_ref(), &cancel);
    let app = app.unwrap();
    assert_eq!(app.redirects, [online::tiktok::REDIRECT]);
    assert_eq!(app.accepted, Some(true));
    let notes = app.notes.join("\n");
    for part in ["video.publish", "audited", "5 accounts", "private"] {
        assert!(notes.contains(part), "{part}: {notes}");
    }
}

/// An account is deleted on its network: what is told of it by a check, before a post that waits for
/// its time, and by one that is under way.
fn deleted<D: Posting>(close: impl Fn(&Server<D>), code: ErrorCode, words: &str) {
    let named = |error: &protocol::publishing::EntryError| {
        assert_eq!(error.code, code, "{}: {error:?}", D::NETWORK);
        let told = format!("{} {}", error.message, error.hint);
        assert!(told.contains(words), "{}: {told}", D::NETWORK);
        assert!(error.hint.contains("connect"), "{}: {told}", D::NETWORK);
    };
    let live = Live::<D>::new();
    let publishing = live.open();
    let hour = 3_600_000;
    let later = Order {
        at: Some(UnixMs(publishing.now().0 + 48 * hour)),
        ..public()
    };
    let waits = live.order(&publishing, &later);
    let now = live.order(&publishing, &public());
    // It has begun when it happens.
    live.server.fail(Step::Open, Fault::Refused(503, ""));
    publishing
        .run(Span::Once, &Cancel::new(), &|_, _| {})
        .unwrap();
    assert_eq!(publishing.state(now).0, State::Publishing);
    close(&live.server);
    live.run_until(&publishing, now);
    let entry = publishing.entries(&[now]).unwrap().remove(0);
    assert_eq!(entry.state, State::Failed, "{}: {entry:?}", D::NETWORK);
    named(entry.error.as_ref().unwrap());
    assert_eq!(live.published(), 0);
    let account = publishing.one_account(D::NETWORK).unwrap();
    assert_eq!(account.state, store::outbox::AccountState::Expired);
    let checked = publishing.check_accounts(None, &Cancel::new()).unwrap();
    let error = checked.into_iter().next().unwrap().unwrap_err();
    named(&error.into());
    // A day before its time the other is told as well.
    live.clock.0.fetch_add(24 * hour, Ordering::SeqCst);
    publishing
        .run(Span::Once, &Cancel::new(), &|_, _| {})
        .unwrap();
    let entry = publishing.entries(&[waits]).unwrap().remove(0);
    assert_eq!(entry.state, State::Scheduled, "{}: {entry:?}", D::NETWORK);
    named(entry.error.as_ref().unwrap());
    // Nothing can be connected that is not there; a post that is begun anew is told so too.
    let again = live.order(&publishing, &public());
    live.run_until(&publishing, again);
    let entry = publishing.entries(&[again]).unwrap().remove(0);
    assert_eq!(entry.state, State::Failed, "{}: {entry:?}", D::NETWORK);
    named(entry.error.as_ref().unwrap());
}

#[test]
fn an_account_that_was_deleted_on_its_network_is_told() {
    let gone = ErrorCode::AccountGone;
    deleted::<youtube::Desk>(Server::<youtube::Desk>::close_account, gone, "any more");
    deleted::<x::Desk>(Server::<x::Desk>::close_account, gone, "not on X any more");
    let ended = ErrorCode::NotConnected;
    deleted::<tiktok::Desk>(
        Server::<tiktok::Desk>::close_account,
        ended,
        "deleted on TikTok",
    );
}
