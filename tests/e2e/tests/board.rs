//! The board in use: a card that plays, its score in parts, its menu, reels that are sorted, rejected and wished
//! for, an export by its dialog, its end told to the desktop and its file shown there.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use anyhow::Result;
use e2e::probe::{SECOND, asked};
use e2e::steps::{self, Tongue};
use e2e::{Setup, Window, keys};
use serde_json::{Value, json};

/// Away from every card, in the bar at the top.
const AWAY: (f64, f64) = (640.0, 4.0);

/// Returns the first card's sequence, as its card names it.
fn first(window: &Window) -> String {
    let card = window.part("reel-card").unwrap();
    let sequence = window.attribute(&card, "data-sequence").unwrap();
    sequence.unwrap()
}

#[test]
fn a_card_plays_while_it_is_pointed_at() {
    let Some(program) = e2e::studio() else { return };
    let (_session, window) = steps::with_talk(Setup::new(program)).unwrap();
    let card = window.part("reel-card").unwrap();
    assert!(
        window.parts("frame-canvas").unwrap().is_empty(),
        "nothing plays by itself"
    );
    window.point(window.middle(&card).unwrap()).unwrap();
    window
        .seen("[data-part=reel-card] [data-part=frame-canvas]:not([data-empty])")
        .unwrap();
    let pixels = "const canvas = document.querySelector('[data-part=frame-canvas]');
        const copy = document.createElement('canvas');
        [copy.width, copy.height] = [32, 32];
        const look = copy.getContext('2d');
        return await new Promise((done) => requestAnimationFrame(() => {
          look.drawImage(canvas, 0, 0, 32, 32);
          done([...look.getImageData(0, 0, 32, 32).data].reduce((sum, one, at) => (sum * 31 + one * (at % 7)) % 65521, 7));
        }))";
    let first = asked(&window, pixels, &[]).unwrap();
    window
        .until("another picture", || {
            Ok((asked(&window, pixels, &[])? != first).then_some(()))
        })
        .unwrap();
    window.point(AWAY).unwrap();
    window.gone("[data-part=frame-canvas]").unwrap();
}

/// Returns what the calls of a name asked of the preview so far.
fn calls(window: &Window, name: &str) -> Result<Vec<Value>> {
    let all = asked(window, "return probe.previews", &[])?;
    let all: Vec<(String, Value)> = serde_json::from_value(all)?;
    let own = all.into_iter().filter(|(own, _)| own == name);
    Ok(own.map(|(_, call)| call).collect())
}

/// Returns of each preview that was opened so far whether it is heard.
fn sounds(window: &Window) -> Result<Vec<Value>> {
    let opened = calls(window, "open_preview")?;
    let sounds = opened.iter().filter_map(|call| call.get("sound"));
    Ok(sounds.cloned().collect())
}

#[test]
fn a_card_plays_over_and_over_without_sound_until_it_is_left() {
    let Some(program) = e2e::studio() else { return };
    let (session, window) = steps::with_talk(Setup::new(program)).unwrap();
    window.point(AWAY).unwrap();
    let sequence = first(&window);
    let card = format!("[data-sequence=\"{sequence}\"]");
    // So short that its end comes soon.
    let number: u64 = sequence.parse().unwrap();
    asked(
        &window,
        "const [sequence, second] = given;
         const range = { start: 3 * second, end: 3600 * second };
         await probe.edit(1, [{ ripple_delete_range: { sequence, range } }])",
        &[json!(number), json!(SECOND)],
    )
    .unwrap();
    let length = format!("{card} .reel-length");
    window.tells(&length, &["0:03"]).unwrap();
    let cover = window.seen(&format!("{card} .reel-cover")).unwrap();
    window.point(window.middle(&cover).unwrap()).unwrap();
    window
        .within(Duration::from_mins(1), "the start after the end", || {
            let frames = asked(&window, "return probe.frames.map(([at]) => at)", &[])?;
            let frames: Vec<u64> = serde_json::from_value(frames)?;
            let mut pairs = frames.iter().zip(frames.iter().skip(1));
            let starts_again = |(one, next): (&u64, &u64)| *next + SECOND < *one;
            Ok(pairs.any(starts_again).then_some(()))
        })
        .unwrap();
    assert_eq!(sounds(&window).unwrap(), ["off"], "it is not heard");
    assert!(calls(&window, "close_preview").unwrap().is_empty());
    window.point(AWAY).unwrap();
    window.gone("[data-part=frame-canvas]").unwrap();
    window
        .until("the end of the preview", || {
            Ok((calls(&window, "close_preview")?.len() == 1).then_some(()))
        })
        .unwrap();
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn a_card_that_is_left_for_the_editor_does_not_begin_to_play() {
    let Some(program) = e2e::studio() else { return };
    let (session, window) = steps::with_talk(Setup::new(program)).unwrap();
    window.point(AWAY).unwrap();
    // From now on it is noted what is asked of the preview.
    assert!(sounds(&window).unwrap().is_empty());
    // The pointer comes to the card with the click, and rests there no longer.
    steps::editor(&window).unwrap();
    steps::preview(&window, "paused").unwrap();
    // Longer than it takes until a card that is pointed at plays.
    asked(&window, "await probe.pause(500)", &[]).unwrap();
    let sounds = sounds(&window).unwrap();
    let is_heard = !sounds.is_empty() && sounds.iter().all(|sound| sound == "on");
    assert!(is_heard, "the preview is the editor's: {sounds:?}");
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// What counts how much in a score, by the words of the card.
const SHARES: [(&str, f64); 9] = [
    ("Opening", 0.18),
    ("Complete thought", 0.16),
    ("Speech", 0.08),
    ("Energy", 0.10),
    ("Loud and soft", 0.06),
    ("Faces", 0.08),
    ("Pace", 0.06),
    ("Substance", 0.10),
    ("Length", 0.08),
];

#[test]
fn a_score_shows_the_parts_that_it_is_made_of() {
    let Some(program) = e2e::studio() else { return };
    let english = Setup::new(program).locale(Tongue::English.locale());
    let (session, window) = steps::with_talk(english).unwrap();
    let card = format!("[data-sequence=\"{}\"]", first(&window));
    let number = window.seen(&format!("{card} .reel-number")).unwrap();
    let score: f64 = window.text(&number).unwrap().parse().unwrap();
    let named = window.attribute(&number, "aria-label").unwrap();
    assert_eq!(named, Some(format!("Score {score} of 100")));
    window.point(AWAY).unwrap();
    window.gone(".reel-parts").unwrap();
    window.point(window.middle(&number).unwrap()).unwrap();
    let shown = format!("{card} .reel-parts");
    window
        .tells(&shown, &["What the score is made of", "Opening"])
        .unwrap();
    let script = "return [...document.querySelectorAll(`${arguments[0]} .part-row`)].map((row) =>
        ['dt', '.part-number'].map((part) => row.querySelector(part).textContent))";
    let rows = window.run(script, &[json!(card)]).unwrap();
    let rows: Vec<(String, String)> = serde_json::from_value(rows).unwrap();
    let percent = |part: &str| -> Option<f64> {
        let (_, number) = rows.iter().find(|(own, _)| own == part)?;
        let percent = number.trim_end_matches('%').parse().unwrap();
        assert!((0.0..=100.0).contains(&percent), "{part}: {number}");
        Some(percent)
    };
    let measured = (SHARES.iter()).filter_map(|&(part, share)| Some((percent(part)?, share)));
    let (sum, shares) = measured.fold((0.0, 0.0), |(sum, shares), (percent, share)| {
        (sum + percent * share, shares + share)
    });
    assert!(shares > 0.5, "most can be measured in a talk: {rows:?}");
    let laughter = percent("Laughter and applause").unwrap_or(0.0);
    let made = (sum / shares + laughter / 10.0).min(100.0);
    // Percents are cut to whole ones, the score is rounded.
    assert!((made - score).abs() < 2.0, "{score}, made of {rows:?}");
    window.point(AWAY).unwrap();
    window.gone(".reel-parts").unwrap();
    // By keyboard too.
    keys::tab_to(&window, "reel-card").unwrap();
    window.seen(":focus .reel-parts").unwrap();
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_menu_of_a_reel_is_asked_for_by_mouse_and_keys() {
    let Some(program) = e2e::studio() else { return };
    let (session, window) = steps::with_talk(Setup::new(program)).unwrap();
    let sequence = first(&window);
    let own = format!("[data-part=reel-card][data-sequence=\"{sequence}\"]");
    let card = window.seen(&own).unwrap();
    let is = |verdict: &str| {
        let judged = format!("{own}[data-verdict={verdict}]");
        window.seen(&judged).unwrap();
    };
    // The first entry has the focus: arrows go on from there. A real button gives the card the focus.
    let at = window.middle(&card).unwrap();
    session.desktop().unwrap().right_click(at).unwrap();
    keys::at(&window, "edit-reel").unwrap();
    window.press(&["Escape"]).unwrap();
    window.gone("[role=menu]").unwrap();
    window
        .until("the focus at the card", || {
            let focused = "return document.activeElement?.dataset?.sequence ?? ''";
            Ok((window.run(focused, &[])? == sequence.as_str()).then_some(()))
        })
        .unwrap();
    is("open");
    window.press(&["Shift", "F10"]).unwrap();
    keys::at(&window, "edit-reel").unwrap();
    window.press(&["ArrowDown"]).unwrap();
    keys::at(&window, "keep").unwrap();
    window.press(&["Enter"]).unwrap();
    window.gone("[role=menu]").unwrap();
    is("kept");
    window.ask_for_menu(&card).unwrap();
    keys::at(&window, "edit-reel").unwrap();
    let reject = window.seen("[role=menu] [data-part=reject]").unwrap();
    window.click(&reject).unwrap();
    window.gone("[role=menu]").unwrap();
    is("rejected");
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_end_of_an_export_is_told_to_the_desktop() {
    let Some(program) = e2e::studio() else { return };
    let english = Setup::new(program).locale(Tongue::English.locale());
    let (mut session, window) = steps::with_talk(english).unwrap();
    session.listen().unwrap();
    let export = window.part("reel-export-button").unwrap();
    window.click(&export).unwrap();
    let folder = session.folder().join("out");
    // A name that fits every file is none; what is typed is shown as a name.
    let template = window.part("export-template").unwrap();
    window.fill(&template, " ").unwrap();
    window.says("Enter a name").unwrap();
    assert!(!steps::is_on(&window, "export-submit").unwrap());
    window.fill(&template, "{source} no {number}").unwrap();
    window.says("For example talk no 01.mp4").unwrap();
    steps::choose(&window, "export-format", "mp4_software").unwrap();
    window.says("For graphics drivers that misbehave").unwrap();
    window
        .click(&window.part("export-captions").unwrap())
        .unwrap();
    session.desktop().unwrap().look_away().unwrap();
    let files = steps::export(&window, &folder, 1).unwrap();
    let name = |file: &std::path::PathBuf| file.file_name().unwrap().to_owned();
    let names: Vec<_> = files.iter().map(name).collect();
    assert_eq!(names, ["talk no 01.mp4"]);
    for ending in ["srt", "vtt"] {
        let beside = folder.join("talk no 01").with_extension(ending);
        let text = std::fs::read_to_string(&beside).unwrap();
        assert!(text.contains("-->"), "{}", beside.display());
    }
    let told = window.until("words for the desktop", || {
        let told = session.notifications()?;
        Ok(told.contains("Export finished").then_some(told))
    });
    let told = told.unwrap();
    assert!(told.contains("Créalia Studio"), "{told}");
}

#[test]
fn an_exported_file_is_shown_in_the_file_manager() {
    let Some(program) = e2e::studio() else { return };
    let english = Setup::new(program).locale(Tongue::English.locale());
    let (mut session, window) = steps::with_talk(english).unwrap();
    session.listen().unwrap();
    let press = |part: &str| window.click(&window.part(part).unwrap()).unwrap();
    press("reel-export-button");
    let template = window.part("export-template").unwrap();
    // A name that is the same in an address.
    window.fill(&template, "{source}-{number}").unwrap();
    let folder = session.folder().join("out");
    let files = steps::export(&window, &folder, 1).unwrap();
    let file = files.first().unwrap().canonicalize().unwrap();
    assert_eq!(file.file_name().unwrap(), "talk-01.mp4", "{files:?}");
    // How often a file manager was asked to show the file.
    let asked = |times: usize| {
        let address = format!("\"file://{}\"", file.display());
        let what = format!("{address} asked for {times} times");
        window
            .until(&what, || {
                let told = session.notifications()?;
                let calls = told.matches("member=ShowItems").count();
                let is_asked = calls == times && told.matches(&address).count() == times;
                Ok(is_asked.then_some(()))
            })
            .unwrap();
    };
    press("job-show-file");
    asked(1);
    // The reel's card leads to the same file; the drawer stands before it.
    window.press(&["Control", "j"]).unwrap();
    window.gone("[data-part=jobs-drawer]").unwrap();
    press("reel-show-file");
    asked(2);
    // What is gone is told, and nobody is asked to show it.
    std::fs::remove_file(&file).unwrap();
    window.press(&["Control", "j"]).unwrap();
    press("job-show-file");
    window.says("The file is not there any more.").unwrap();
    steps::speak(&window, Tongue::French).unwrap();
    window.says("Le fichier n’est plus là.").unwrap();
    asked(2);
}

/// Returns of each card on the board the sequence, in order.
fn order(window: &Window) -> Vec<String> {
    let script = "return [...document.querySelectorAll('[data-part=reel-card]')]
        .sort((one, other) => one.closest('[aria-posinset]').ariaPosInSet
          - other.closest('[aria-posinset]').ariaPosInSet)
        .map((card) => card.dataset.sequence)";
    let order = window.run(script, &[]).unwrap();
    let order = order.as_array().unwrap().iter();
    order.map(|one| one.as_str().unwrap().to_owned()).collect()
}

/// Returns a reel's length in seconds, as its card says it.
fn secs(window: &Window, sequence: &str) -> i64 {
    let length = format!("[data-sequence=\"{sequence}\"] .reel-length");
    let text = window.text(&window.seen(&length).unwrap()).unwrap();
    steps::secs(&text).unwrap()
}

/// Returns the sequences of all reels as they come in their source.
fn in_time(window: &Window) -> Vec<String> {
    let opened = steps::ask(window, "open_project", &json!({"project": 1})).unwrap();
    let reels = opened.pointer("/ok/board/reels").and_then(Value::as_array);
    let place = |reel: &Value| {
        let start = reel.pointer("/range/start").and_then(Value::as_i64);
        let sequence = reel.get("sequence").and_then(Value::as_u64);
        (start.unwrap(), sequence.unwrap().to_string())
    };
    let mut places: Vec<_> = reels.unwrap().iter().map(place).collect();
    places.sort();
    places.into_iter().map(|(_, sequence)| sequence).collect()
}

#[test]
fn reels_are_sorted_rejected_and_wished_for() {
    let Some(program) = e2e::studio() else { return };
    let (session, window) = steps::with_talk(Setup::new(program)).unwrap();
    let by_score = order(&window);
    steps::choose(&window, "sort-select", "length").unwrap();
    window
        .until("the shortest first", || {
            let lengths: Vec<i64> = (order(&window).iter())
                .map(|one| secs(&window, one))
                .collect();
            Ok(lengths.is_sorted().then_some(()))
        })
        .unwrap();
    steps::choose(&window, "sort-select", "time").unwrap();
    let by_time = in_time(&window);
    window
        .until("as they come in the source", || {
            let now = order(&window);
            // Those far below are not drawn.
            Ok((!now.is_empty() && by_time.starts_with(&now)).then_some(()))
        })
        .unwrap();
    steps::choose(&window, "sort-select", "score").unwrap();
    window
        .until("as before", || {
            Ok((order(&window) == by_score).then_some(()))
        })
        .unwrap();

    // What is rejected is listed apart, and says so.
    let last = by_score.last().unwrap();
    let reject = format!("[data-sequence=\"{last}\"] [data-part=reject-button]");
    window.click(&window.seen(&reject).unwrap()).unwrap();
    let rejected = format!("[data-sequence=\"{last}\"][data-verdict=rejected]");
    window.seen(&rejected).unwrap();
    let show = |part: &str, count: usize| {
        window.click(&window.part(part).unwrap()).unwrap();
        let what = format!("{count} of {part}");
        window
            .until(&what, || {
                Ok((window.parts("reel-card")?.len() == count).then_some(()))
            })
            .unwrap();
    };
    show("show-rejected", 1);
    window.says("Écarté").unwrap();
    steps::speak(&window, Tongue::English).unwrap();
    window.says("Rejected").unwrap();
    show("show-open", by_score.len() - 1);
    show("show-all", by_score.len());

    // A wish steers what is suggested; what was judged stays.
    let wish = window.part("wish-input").unwrap();
    window
        .fill(&wish, "the first month and its prices")
        .unwrap();
    window.press(&["Enter"]).unwrap();
    window.says("Fits the wish").unwrap();
    window.seen(&rejected).unwrap();
    let opened = steps::ask(&window, "open_project", &json!({"project": 1})).unwrap();
    let kept = &opened["ok"]["sources"][0]["wish"];
    assert_eq!(kept, "the first month and its prices");
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}
