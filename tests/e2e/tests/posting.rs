//! Posting from the window: an account is connected, a reel posted now and later, a failure tried
//! again, a consent taken back and given again.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use e2e::Setup;
use e2e::posting::{Desk, Network as _};
use e2e::steps::{self, Tongue};
use stand::YouTube;
use testkit::strict::{Posting as _, youtube};

mod stand;

fn opened(tongue: Tongue) -> Option<Desk<YouTube>> {
    let setup = Setup::new(e2e::studio()?).locale(tongue.locale());
    Some(Desk::open(setup, YouTube::start()).unwrap())
}

/// Checks that the network found nothing wrong, and that nobody could read a secret.
fn end(desk: &Desk<YouTube>) {
    // Whether it accepts the app is asked with a code that is none.
    assert_eq!(desk.network.0.refusals(), ["unknown code"]);
    let log = desk.session.log().unwrap();
    let (_, secret) = desk.network.app();
    for secret in [secret, "marked-access", "marked-refresh"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    let errors = desk.session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn an_account_is_connected_and_a_reel_posted_in_french() {
    let Some(desk) = opened(Tongue::French) else {
        return;
    };
    let window = &desk.window;
    // Without an account the dialog says where one is connected.
    desk.press("reel-publish-button").unwrap();
    desk.press("publish-connect").unwrap();
    desk.connect().unwrap();
    desk.press("account-check").unwrap();
    window.says("est bien connecté").unwrap();

    // What the network would refuse is said while one writes.
    desk.write("Une première <légende>").unwrap();
    let finding = window.part("publish-finding").unwrap();
    let said = window.text(&finding).unwrap();
    assert!(
        said.contains("YouTube") && said.contains("caractère"),
        "{said}"
    );
    assert!(!steps::is_on(window, "publish-submit").unwrap());
    let caption = window.part("publish-caption").unwrap();
    window.fill(&caption, "Une première légende").unwrap();
    window.gone("[data-part=publish-finding]").unwrap();
    window.says("octets pour YouTube").unwrap();
    desk.submit().unwrap();
    let row = desk.row("published").unwrap();
    assert!(row.contains("YouTube") && row.contains("Publiée"), "{row}");
    window.part("post-see").unwrap();
    assert_eq!(youtube::Desk::published(&desk.network.0), 1);
    // The reel's card shows where it went.
    desk.press("rail-board").unwrap();
    window
        .seen("[data-part=reel-card] [data-part=post-dot][data-state=published]")
        .unwrap();
    end(&desk);
}

#[test]
fn a_failure_is_tried_again_and_a_later_post_called_off_in_english() {
    let Some(desk) = opened(Tongue::English) else {
        return;
    };
    let window = &desk.window;
    desk.connect().unwrap();
    desk.network.refuse_next();
    desk.write("First").unwrap();
    desk.submit().unwrap();
    let row = desk.row("failed").unwrap();
    assert!(row.contains("Failed"), "{row}");
    window.part("post-error").unwrap();
    assert_eq!(youtube::Desk::published(&desk.network.0), 0);
    desk.press("post-retry").unwrap();
    desk.row("published").unwrap();

    desk.write_for_later("Later").unwrap();
    let time = window.part("publish-time").unwrap();
    window.fill(&time, "25:00").unwrap();
    window.says("Enter a time such as 18:30").unwrap();
    assert!(!steps::is_on(window, "publish-submit").unwrap());
    window.fill(&time, "18h30").unwrap();
    desk.submit().unwrap();
    let row = desk.row("scheduled").unwrap();
    assert!(row.contains("18:30"), "{row}");
    desk.press("post-cancel").unwrap();
    let row = desk.row("cancelled").unwrap();
    assert!(row.contains("Called off"), "{row}");
    assert_eq!(
        youtube::Desk::published(&desk.network.0),
        1,
        "only the first"
    );
    end(&desk);
}

#[test]
fn a_disconnected_account_is_told_to_the_network_and_connected_again() {
    let Some(desk) = opened(Tongue::English) else {
        return;
    };
    let window = &desk.window;
    desk.connect().unwrap();
    desk.press("account-disconnect").unwrap();
    desk.press("disconnect-submit").unwrap();
    window.gone("[data-part=account-row]").unwrap();
    window.says("is disconnected").unwrap();
    desk.ask().unwrap();
    desk.agree().unwrap();
    // One that is not answered is stopped, and another can be asked for.
    desk.ask().unwrap();
    desk.press("consent-stop").unwrap();
    window.gone("[data-part=consent]").unwrap();
    desk.ask().unwrap();
    desk.agree().unwrap();
    end(&desk);
}
