//! The board in use: a card that plays, reels that are sorted, rejected and wished for, an export by its dialog,
//! its end told to the desktop and its file shown there.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use e2e::probe::asked;
use e2e::steps::{self, Tongue};
use e2e::{Setup, Window};
use serde_json::json;

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
    // Away from every card.
    window.point((640.0, 4.0)).unwrap();
    window.gone("[data-part=frame-canvas]").unwrap();
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
