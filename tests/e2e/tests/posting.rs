//! Posting from the window: an account is connected, a reel posted now and later, a failure tried
//! again, a consent taken back and given again, a post in doubt resolved.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use anyhow::Result;
use e2e::Setup;
use e2e::posting::{Desk, Network as _};
use e2e::steps::{self, Tongue};
use stand::Stand;
use testkit::strict::{Fault, Step, browser, secrets, tiktok, x, youtube};

mod stand;

fn opened(tongue: Tongue) -> Option<Desk<Stand<youtube::Desk>>> {
    let setup = Setup::new(e2e::studio()?).locale(tongue.locale());
    Some(Desk::open(setup, Stand::<youtube::Desk>::start()).unwrap())
}

/// Checks that the network found nothing wrong, and that nobody could read a secret.
fn end(desk: &Desk<Stand<youtube::Desk>>) {
    // Whether it accepts the app is asked with a code that is none.
    assert_eq!(desk.network.0.refusals(), ["unknown code"]);
    // The databases with what is not yet in them, the log, the page's own files, and whoever runs.
    let folder = desk.session.folder();
    assert_eq!(secrets::marked_below(folder), [] as [&str; 0]);
    let arguments = secrets::arguments_around(folder);
    assert!(!arguments.is_empty(), "the window itself");
    let arguments = arguments.join("\n");
    let found = secrets::marked_in(arguments.as_bytes());
    assert_eq!(found, [] as [&str; 0], "{arguments}");
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
    // YouTube chooses the cover, until the user does.
    window.says("Laissée au choix de YouTube").unwrap();
    desk.choose_cover().unwrap();
    window.says("Cette image, sur YouTube").unwrap();
    let title = window.part("publish-title").unwrap();
    window.fill(&title, "Trois idées").unwrap();
    // The end of the upload takes a while: how far it is stands in the row.
    desk.network.be_slow(std::time::Duration::from_secs(8));
    desk.submit().unwrap();
    let row = desk.row("publishing").unwrap();
    assert!(row.contains("Envoi,") && row.contains('%'), "{row}");
    window
        .seen("[data-part=post-row] [role=progressbar]")
        .unwrap();
    let row = desk.row("published").unwrap();
    assert!(row.contains("YouTube") && row.contains("Publiée"), "{row}");
    // Set once the video is there, which is told before.
    let set = || Ok(desk.network.0.covers().into_iter().next());
    let within = std::time::Duration::from_mins(1);
    let cover = window.within(within, "its cover", set).unwrap();
    assert_eq!(cover.size, (1080, 1920));
    window.part("post-see").unwrap();
    assert_eq!(desk.network.0.published(), 1);
    let told = desk.network.0.metadata().remove(0);
    assert_eq!(told["snippet"]["title"], "Trois idées");
    assert_eq!(told["snippet"]["description"], "Une première légende");
    // The reel's card shows where it went.
    desk.press("rail-board").unwrap();
    window
        .seen("[data-part=reel-card] [data-part=post-dot][data-state=published]")
        .unwrap();
    end(&desk);
}

#[test]
fn tiktok_is_asked_what_the_account_may_do_in_french() {
    let Some(studio) = e2e::studio() else { return };
    let setup = Setup::new(studio).locale(Tongue::French.locale());
    let desk = Desk::open(setup, Stand::<tiktok::Desk>::start()).unwrap();
    let (window, server) = (&desk.window, &desk.network.0);
    desk.connect().unwrap();
    // Without an answer that is said, and what one writes can be posted all the same.
    server.fail(Step::Account, Fault::Refused(503, "internal_error"));
    desk.press("rail-board").unwrap();
    desk.press("reel-publish-button").unwrap();
    window.says("TikTok n’a pas pu dire").unwrap();
    steps::choose(window, "publish-privacy", "public").unwrap();
    window
        .gone("[data-part=publish-finding][data-tone=danger]")
        .unwrap();
    assert!(steps::is_on(window, "publish-submit").unwrap());
    desk.press("dialog-close").unwrap();

    server.offer(&["SELF_ONLY"]);
    server.disable("duet");
    desk.press("reel-publish-button").unwrap();
    window
        .says("TikTok la publie sur L’atelier (@petitatelier)")
        .unwrap();
    window.says("désactivé dans TikTok").unwrap();
    let offered = "const all = document.querySelector('[data-part=publish-privacy]').options;
                   return [...all].map(one => one.value).join(' ')";
    assert_eq!(window.run(offered, &[]).unwrap(), " private");
    steps::choose(window, "publish-privacy", "private").unwrap();
    steps::choose(window, "publish-own-brand", "yes").unwrap();
    steps::choose(window, "publish-synthetic", "yes").unwrap();
    desk.choose_cover().unwrap();
    desk.submit().unwrap();
    desk.row("published").unwrap();
    let post = server.posts().remove(0);
    assert_eq!(post["post_info"]["privacy_level"], "SELF_ONLY");
    assert_eq!(post["post_info"]["brand_organic_toggle"], true, "{post}");
    assert_eq!(post["post_info"]["is_aigc"], true, "{post}");
    let cover = post["post_info"]["video_cover_timestamp_ms"].as_u64();
    assert!(cover.is_some_and(|cover| cover > 1_000), "{post}");
}

#[test]
fn x_gets_an_export_of_its_own_and_says_what_an_address_costs_in_english() {
    let _alone = browser::alone_at_fixed_ports();
    let Some(studio) = e2e::studio() else { return };
    let setup = Setup::new(studio).locale(Tongue::English.locale());
    let desk = Desk::open(setup, Stand::<x::Desk>::start()).unwrap();
    let (window, server) = (&desk.window, &desk.network.0);
    desk.connect().unwrap();
    desk.press("rail-board").unwrap();
    desk.press("reel-publish-button").unwrap();

    // A reel as it is exported is larger than X takes.
    window.says("The picture is too large").unwrap();
    desk.press("publish-export").unwrap();
    window
        .says("X gets an export of its own at 720×1280.")
        .unwrap();
    let words = window.words().unwrap();
    assert!(!words.contains("The picture is too large"), "{words}");

    // What it costs is shown before, and that an address makes it dear.
    window.says("about 0.015 USD for this post").unwrap();
    let caption = window.part("publish-caption").unwrap();
    let write = |text: &str| window.fill(&caption, text).unwrap();
    write("All of it at https://example.com/talk today");
    window
        .says("about 0.2 USD because of the web address")
        .unwrap();
    desk.press("publish-without-address").unwrap();
    window.says("about 0.015 USD for this post").unwrap();
    // X counts an address as 23 and an emoji as two.
    write(&"🎬".repeat(141));
    window
        .seen("[data-part=publish-finding][data-tone=danger]")
        .unwrap();
    assert!(!steps::is_on(window, "publish-submit").unwrap());
    write(&"🎬".repeat(140));
    window
        .gone("[data-part=publish-finding][data-tone=danger]")
        .unwrap();
    write("Three ideas 🎬");
    desk.submit().unwrap();
    let row = desk.row("published").unwrap();
    assert!(row.contains('X') && row.contains("Posted"), "{row}");
    assert_eq!(server.published(), 1);
    let post = server.posts().remove(0);
    assert_eq!(post["text"], "Three ideas 🎬");
    let made = steps::videos(&desk.session.home().join("posts"));
    let [made] = made.as_slice() else {
        panic!("one file: {made:?}");
    };
    let film = e2e::material::probe(made).unwrap();
    assert_eq!(film["streams"][0]["width"], 720, "{film}");
    assert_eq!(film["streams"][0]["height"], 1280, "{film}");
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
    assert_eq!(desk.network.0.published(), 0);
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
    assert_eq!(desk.network.0.published(), 1, "only the first");
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
    let is_live = |count: &usize| desk.network.0.is_live(&format!("marked-refresh-{count}"));
    assert_eq!((0..20).find(is_live), None, "the consent ended there");
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

#[test]
fn a_post_to_two_accounts_goes_out_at_its_time_in_english() {
    let Some(desk) = opened(Tongue::English) else {
        return;
    };
    let (window, server) = (&desk.window, &desk.network.0);
    desk.connect().unwrap();
    server.choose_channel("autreatelier");
    desk.ask().unwrap();
    desk.agree().unwrap();
    desk.write("Two at once").unwrap();
    let accounts = |state: &str| {
        let selector = format!("[data-part=publish-account]{state}");
        window.all_seen(&selector).unwrap()
    };
    assert_eq!(accounts("").len(), 2, "both are offered");
    for account in accounts(":not(:checked)") {
        window.click(&account).unwrap();
    }
    assert_eq!(accounts(":checked").len(), 2);
    steps::choose(window, "publish-privacy", "unlisted").unwrap();
    steps::choose(window, "publish-synthetic", "yes").unwrap();
    // A full minute between half a minute and a minute and a half ahead.
    let soon = "const at = new Date(Date.now() + 90000); at.setSeconds(0, 0);
                const local = at.getTime() - at.getTimezoneOffset() * 60000;
                const two = number => String(number).padStart(2, '0');
                return [String(Math.floor(local / 86400000)),
                        two(at.getHours()) + ':' + two(at.getMinutes()), at.getTime()]";
    let soon = window.run(soon, &[]).unwrap();
    let [day, time] = [&soon[0], &soon[1]].map(|one| one.as_str().unwrap());
    desk.later().unwrap();
    desk.set_time(day, time).unwrap();
    desk.submit().unwrap();
    let both = || {
        let rows = window.all_seen("[data-part=post-row][data-state=published]")?;
        Ok((rows.len() == 2).then_some(()))
    };
    let within = std::time::Duration::from_mins(4);
    window.within(within, "both are posted", both).unwrap();
    let now = window.run("return Date.now()", &[]).unwrap();
    assert!(now.as_u64() >= soon[2].as_u64(), "not before: {now}");
    assert_eq!(server.published(), 2, "one each");
    for told in server.metadata() {
        assert_eq!(told["status"]["privacyStatus"], "unlisted", "{told}");
        assert_eq!(told["status"]["containsSyntheticMedia"], true, "{told}");
        assert_eq!(told["status"]["selfDeclaredMadeForKids"], false, "{told}");
    }
    end(&desk);
}

#[test]
fn a_consent_that_ended_is_given_again_and_the_post_goes_out_in_french() {
    let Some(desk) = opened(Tongue::French) else {
        return;
    };
    let window = &desk.window;
    desk.connect().unwrap();
    // The user took the consent back on the network's own pages.
    desk.network.0.revoke_all();
    desk.write("Une idée").unwrap();
    desk.submit().unwrap();
    let row = desk.row("failed").unwrap();
    assert!(row.contains("plus connecté"), "{row}");
    desk.press("post-reconnect").unwrap();
    window.says("À reconnecter").unwrap();
    desk.ask().unwrap();
    desk.agree().unwrap();
    window
        .gone("[data-part=account-standing].state-bad")
        .unwrap();
    desk.press("rail-posts").unwrap();
    desk.press("post-retry").unwrap();
    desk.row("published").unwrap();
    assert_eq!(desk.network.0.published(), 1);
}

#[test]
fn the_user_says_whether_an_uncertain_post_is_there() {
    let Some(desk) = opened(Tongue::English) else {
        return;
    };
    desk.connect().unwrap();
    for (answer, state) in [
        ("post-is-there", "published"),
        ("post-is-not-there", "failed"),
    ] {
        // The answer to the last part is lost, and the upload that could tell is forgotten.
        let server = &desk.network.0;
        server.fail(Step::LastPart, Fault::AnswerLost);
        server.fail(Step::Ask, Fault::Forgotten);
        desk.write(state).unwrap();
        desk.submit().unwrap();
        let row = desk.row("uncertain").unwrap();
        assert!(row.contains("It may be posted"), "{row}");
        desk.press(answer).unwrap();
        desk.row(state).unwrap();
    }
    // Only once it is said that it is not there is it posted again.
    let published = || desk.network.0.published();
    assert_eq!(published(), 2, "each was there");
    desk.press("post-retry").unwrap();
    let all_published = || -> Result<Option<()>> {
        let rows = desk
            .window
            .all_seen("[data-part=post-row][data-state=published]")?;
        Ok((rows.len() == 2).then_some(()))
    };
    desk.window
        .within(
            std::time::Duration::from_mins(2),
            "posted again",
            all_published,
        )
        .unwrap();
    assert_eq!(published(), 3);
    end(&desk);
}

#[test]
fn without_a_keychain_tokens_are_kept_in_a_sealed_file_in_french() {
    let Some(studio) = e2e::studio() else { return };
    let setup = Setup::new(studio).locale(Tongue::French.locale());
    let mut desk = Desk::open_without_keychain(setup, Stand::<youtube::Desk>::start()).unwrap();
    let fill = |desk: &Desk<Stand<youtube::Desk>>, part: &str, text: &str| {
        let field = desk.window.part(part).unwrap();
        desk.window.fill(&field, text).unwrap();
    };
    desk.register().unwrap();
    desk.window
        .says("gardez les jetons dans un fichier")
        .unwrap();
    fill(&desk, "vault-passphrase", "ouvre-toi sésame");
    fill(&desk, "vault-again", "ferme-toi sésame");
    desk.window.says("Les deux diffèrent").unwrap();
    assert!(!steps::is_on(&desk.window, "vault-open").unwrap());
    fill(&desk, "vault-again", "ouvre-toi sésame");
    desk.press("vault-open").unwrap();
    desk.window.gone("[data-part=vault-form]").unwrap();
    desk.connect().unwrap();
    desk.write_for_later("Plus tard").unwrap();
    desk.submit().unwrap();
    desk.row("scheduled").unwrap();

    // The next start asks for it, and posts nothing before.
    desk.session.kill().unwrap();
    desk.window = desk.session.open().unwrap();
    desk.press("rail-posts").unwrap();
    desk.press("posts-vault").unwrap();
    fill(&desk, "vault-passphrase", "ferme-toi sésame");
    desk.press("vault-open").unwrap();
    desk.window.says("pas la bonne phrase secrète").unwrap();
    fill(&desk, "vault-passphrase", "ouvre-toi sésame");
    desk.press("vault-open").unwrap();
    desk.window.gone("[data-part=vault-form]").unwrap();
    desk.press("account-check").unwrap();
    desk.window.says("est bien connecté").unwrap();
    desk.press("rail-posts").unwrap();
    desk.window.gone("[data-part=posts-trouble]").unwrap();
    let log = desk.session.log().unwrap();
    assert!(!log.contains("sésame"), "the passphrase is in the log");
    assert_eq!(
        secrets::marked_below(desk.session.folder()),
        [] as [&str; 0],
        "sealed"
    );
}
