//! Figures of a clip and the look of captions, each set and taken back; words that light up while they are
//! spoken, and lead to where they are.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use e2e::steps::{self, Tongue};
use e2e::{Session, Setup, Window};

fn opened(tongue: Tongue) -> Option<(Session, Window)> {
    let setup = Setup::new(e2e::studio()?).locale(tongue.locale());
    let (session, window) = steps::with_talk(setup).unwrap();
    steps::editor(&window).unwrap();
    Some((session, window))
}

fn holds(window: &Window, part: &str, wanted: &str) {
    window
        .until(&format!("{part} at {wanted}"), || {
            Ok((steps::value(window, part)? == wanted).then_some(()))
        })
        .unwrap();
}

fn set(window: &Window, part: &str, value: &str) {
    let field = window.part(part).unwrap();
    window.fill(&field, value).unwrap();
    window.press(&["Enter"]).unwrap();
}

/// Takes the newest step back by its button, which names it.
fn take_back(window: &Window, name: &str) {
    let button = window.named("button", name).unwrap();
    window.click(&button).unwrap();
}

/// Returns how many crop keys are listed.
fn keys(window: &Window) -> usize {
    window.all_seen("[data-part=crop-keys] li").unwrap().len()
}

/// Returns how many crop keys are at the playhead.
fn keys_here(window: &Window) -> usize {
    window
        .all_seen("[data-part=crop-keys] li[data-now]")
        .unwrap()
        .len()
}

/// Waits until so many crop keys are listed.
fn has_keys(window: &Window, count: usize, why: &str) {
    window
        .until(&format!("{count} keys: {why}"), || {
            Ok((keys(window) == count).then_some(()))
        })
        .unwrap();
}

#[test]
fn every_figure_is_set_and_taken_back() {
    let Some((session, window)) = opened(Tongue::English) else {
        return;
    };
    let clip = window.seen("[data-part=clip][data-kind=video]").unwrap();
    window.click(&clip).unwrap();
    let start = steps::shown(&window).unwrap();
    holds(&window, "clip-speed", "100");
    let length = steps::length(&window).unwrap();
    set(&window, "clip-speed", "200");
    holds(&window, "clip-speed", "200");
    steps::changed(&window, &start, "a faster clip").unwrap();
    assert!(steps::length(&window).unwrap() < length, "a shorter film");
    take_back(&window, "Undo change speed");
    holds(&window, "clip-speed", "100");
    steps::back_at(&window, &start, "the speed as before").unwrap();

    let gain = steps::value(&window, "clip-gain").unwrap();
    set(&window, "clip-gain", "-6.5");
    holds(&window, "clip-gain", "-6.5");
    take_back(&window, "Undo change volume");
    holds(&window, "clip-gain", &gain);

    // A crop with a key at the playhead.
    let framing = steps::value(&window, "framing").unwrap();
    steps::choose(
        &window,
        "framing",
        if framing == "fit" { "crop" } else { "fit" },
    )
    .unwrap();
    if framing == "crop" {
        window.gone("[data-part=crop-zoom]").unwrap();
        take_back(&window, "Undo change framing");
    }
    holds(&window, "framing", "crop");
    window.part("crop-zoom").unwrap();
    window.press(&["Home"]).unwrap();
    let (zoom, count) = (steps::value(&window, "crop-zoom").unwrap(), keys(&window));
    let new = usize::from(keys_here(&window) == 0);
    set(&window, "crop-zoom", "1.5");
    holds(&window, "crop-zoom", "1.50");
    has_keys(&window, count + new, "a key at the start holds it");
    take_back(&window, "Undo set crop key");
    holds(&window, "crop-zoom", &zoom);
    has_keys(&window, count, "the keys as before");
    if framing == "fit" {
        take_back(&window, "Undo change framing");
        window.gone("[data-part=crop-zoom]").unwrap();
    }

    // Another look of the captions, and another height.
    let look = |checked: bool| format!("[data-part=caption-look][aria-checked={checked}]");
    let chosen = window.seen(&look(true)).unwrap();
    let before = window.attribute(&chosen, "data-look").unwrap().unwrap();
    let other = format!("{}:not([data-look=none])", look(false));
    let other = window.seen(&other).unwrap();
    let name = window.attribute(&other, "data-look").unwrap().unwrap();
    window.click(&other).unwrap();
    window
        .seen(&format!("{}[data-look=\"{name}\"]", look(true)))
        .unwrap();
    steps::speak(&window, Tongue::French).unwrap();
    take_back(&window, "Annuler : choisir le style");
    window
        .seen(&format!("{}[data-look=\"{before}\"]", look(true)))
        .unwrap();
    let height = steps::value(&window, "caption-height").unwrap();
    set(&window, "caption-height", "30,5");
    holds(&window, "caption-height", "30,5");
    take_back(&window, "Annuler : déplacer les sous-titres");
    holds(&window, "caption-height", &height);
    // Clips are named in the language that is spoken.
    steps::speak(&window, Tongue::English).unwrap();
    steps::back_at(&window, &start, "all as before").unwrap();
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn a_crop_key_at_another_moment_is_one_more_and_is_removed() {
    let Some((session, window)) = opened(Tongue::English) else {
        return;
    };
    let clip = window.seen("[data-part=clip][data-kind=video]").unwrap();
    window.click(&clip).unwrap();
    let (left, _, width, _) = window.place(&clip).unwrap();
    let seek = |share: f64| {
        let stood = steps::timecode(&window).unwrap();
        steps::seek(&window, left + width * share).unwrap();
        window
            .until("another moment", || {
                Ok((steps::timecode(&window)? != stood).then_some(()))
            })
            .unwrap();
    };
    if steps::value(&window, "framing").unwrap() == "fit" {
        steps::choose(&window, "framing", "crop").unwrap();
    }
    window.part("crop-zoom").unwrap();
    seek(0.25);
    let new = usize::from(keys_here(&window) == 0);
    let count = keys(&window) + new;
    // Closer, there is room to move in both directions.
    set(&window, "crop-zoom", "1.5");
    holds(&window, "crop-zoom", "1.50");
    set(&window, "crop-x", "25");
    holds(&window, "crop-x", "25.0");
    set(&window, "crop-y", "75");
    holds(&window, "crop-y", "75.0");
    holds(&window, "crop-x", "25.0");
    holds(&window, "crop-zoom", "1.50");
    has_keys(&window, count, "one key holds all three figures");

    seek(0.75);
    window
        .until("a moment without a key", || {
            Ok((keys_here(&window) == 0).then_some(()))
        })
        .unwrap();
    window.click(&window.part("crop-add").unwrap()).unwrap();
    has_keys(&window, count + 1, "one key more");
    assert_eq!(keys_here(&window), 1, "it is at the playhead");
    let remove = "[data-part=crop-keys] li[data-now] [data-part=crop-remove]";
    window.click(&window.seen(remove).unwrap()).unwrap();
    has_keys(&window, count, "one key less");
    assert_eq!(keys_here(&window), 0, "it was the one at the playhead");
    take_back(&window, "Undo remove crop key");
    has_keys(&window, count + 1, "the key again");
    take_back(&window, "Undo set crop key");
    has_keys(&window, count, "as it was before the key");
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn words_light_up_while_they_are_spoken_and_lead_to_where_they_are() {
    let Some((session, window)) = opened(Tongue::French) else {
        return;
    };
    steps::preview(&window, "paused").unwrap();
    let spoken = |window: &Window| -> Option<u64> {
        let script = "return document.querySelector('[data-part=word][data-spoken]')?.dataset.word";
        let word = window.run(script, &[]).unwrap();
        word.as_str().map(|word| word.parse().unwrap())
    };
    // A click goes to where the word is spoken.
    let fifth = window.seen("[data-part=word][data-word=\"5\"]").unwrap();
    window.click(&fifth).unwrap();
    window
        .until("the fifth word lit up", || {
            Ok((spoken(&window) == Some(5)).then_some(()))
        })
        .unwrap();
    let there = steps::timecode(&window).unwrap();
    assert_ne!(there, "0:00:00");
    // While it plays, word after word.
    window.press(&["Space"]).unwrap();
    steps::preview(&window, "playing").unwrap();
    let mut seen = Vec::new();
    window
        .until("three words in their order", || {
            if let Some(word) = spoken(&window)
                && seen.last() != Some(&word)
            {
                seen.push(word);
            }
            Ok((seen.len() >= 4).then_some(()))
        })
        .unwrap();
    assert!(seen.is_sorted(), "{seen:?}");
    window.press(&["Space"]).unwrap();
    steps::preview(&window, "paused").unwrap();
    window.press(&["Home"]).unwrap();
    window
        .until("the start", || {
            Ok((steps::timecode(&window)? == "0:00:00").then_some(()))
        })
        .unwrap();
    window.click(&fifth).unwrap();
    window
        .until("the fifth word again", || {
            let is_there = steps::timecode(&window)? == there;
            Ok((is_there && spoken(&window) == Some(5)).then_some(()))
        })
        .unwrap();
    let errors = session.console_errors().unwrap();
    assert!(errors.is_empty(), "{errors:#?}");
}
