//! The whole way through the window, in French with the mouse and in English with the keyboard
//! alone: a clip in, reels chosen and edited, files out.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use e2e::steps::{self, Tongue};
use e2e::{Session, Setup, Window, material};
use serde_json::{Value, json};

/// Imports the talk as "open with" would, on a first run.
fn imported(tongue: Tongue) -> Option<(Session, Window)> {
    let program = e2e::studio()?;
    let talk = material::talk(&steps::kept()).unwrap();
    let setup = Setup::new(program).locale(tongue.locale()).file(talk);
    let mut session = setup.start().unwrap();
    let window = session.open().unwrap();
    Some((session, window))
}

/// Checks what every exported file holds.
fn check_file(file: &std::path::Path) {
    let found = material::probe(file).unwrap();
    let streams = found["streams"].as_array().unwrap();
    let of = |kind: &str| -> &Value {
        let found = streams.iter().find(|stream| stream["codec_type"] == kind);
        found.unwrap_or_else(|| panic!("{} has no {kind}", file.display()))
    };
    assert_eq!(of("video")["codec_name"], "h264");
    assert_eq!(of("audio")["codec_name"], "aac");
    let size = (of("video")["width"].clone(), of("video")["height"].clone());
    assert_eq!(size, (json!(1080), json!(1920)), "upright");
    let secs: f64 = found["format"]["duration"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((5.0..100.0).contains(&secs), "{secs} s");
}

#[test]
fn with_the_mouse_in_french() {
    let Some((session, window)) = imported(Tongue::French) else {
        return;
    };
    window.says("Bienvenue").unwrap();
    steps::welcome(&window).unwrap();
    let cards = steps::reels(&window, 2).unwrap();
    let (first, second) = (&cards[0], &cards[1]);
    for card in [first, second] {
        let sequence = window.attribute(card, "data-sequence").unwrap().unwrap();
        let keep = format!("[data-sequence=\"{sequence}\"] [data-part=keep-button]");
        window.click(&window.seen(&keep).unwrap()).unwrap();
        let kept = format!("[data-sequence=\"{sequence}\"][data-verdict=kept]");
        window.seen(&kept).unwrap();
    }
    window
        .click(&window.part("export-button").unwrap())
        .unwrap();
    window.says("Exporter 2 réels").unwrap();
    let folder = session.folder().join("sortie d’été");
    let files = steps::export(&window, &folder, 2).unwrap();
    assert_eq!(files.len(), 2, "{files:?}");
    for file in &files {
        check_file(file);
    }
    window.says("Terminé").unwrap();
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn with_the_keyboard_alone_in_english() {
    let Some((session, window)) = imported(Tongue::English) else {
        return;
    };
    window.says("Welcome").unwrap();
    press_until(&window, "Tab", "welcome-start");
    window.press(&["Enter"]).unwrap();
    steps::reels(&window, 2).unwrap();
    press_until(&window, "Tab", "reel-card");
    window.press(&["k"]).unwrap();
    window
        .seen("[data-part=reel-card][data-verdict=kept]")
        .unwrap();
    window.press(&["ArrowRight"]).unwrap();
    window
        .until("the second card has the focus", || {
            let at = focused(&window)?;
            let is_open = window.run(
                "return document.activeElement.dataset.verdict === 'open'",
                &[],
            )?;
            Ok((at == "reel-card" && is_open == true).then_some(()))
        })
        .unwrap();
    window.press(&["k"]).unwrap();
    window
        .until("two kept reels", || {
            let kept = window.all_seen("[data-part=reel-card][data-verdict=kept]")?;
            Ok((kept.len() == 2).then_some(()))
        })
        .unwrap();
    window.press(&["Control", "e"]).unwrap();
    window.says("Export 2 reels").unwrap();
    press_until(&window, "Tab", "export-folder");
    window.press(&["Control", "a"]).unwrap();
    let folder = session.folder().join("out");
    window.write(folder.to_str().unwrap()).unwrap();
    press_until(&window, "Tab", "export-submit");
    window.press(&["Enter"]).unwrap();
    window.part("jobs-drawer").unwrap();
    let files = steps::exported(&window, &folder, 2).unwrap();
    for file in &files {
        check_file(file);
    }
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// Returns the `data-part` of what has the focus.
fn focused(window: &Window) -> anyhow::Result<String> {
    let part = window.run("return document.activeElement?.dataset?.part ?? ''", &[])?;
    Ok(part.as_str().unwrap_or_default().to_owned())
}

/// Presses a key until something has the focus.
fn press_until(window: &Window, key: &str, part: &str) {
    for _ in 0..80 {
        if focused(window).unwrap() == part {
            return;
        }
        window.press(&[key]).unwrap();
    }
    panic!(
        "{key} never comes to {part}; at {}",
        focused(window).unwrap()
    );
}
