//! The board in use: a card that plays, the end of an export told to the desktop.

use e2e::Setup;
use e2e::probe::asked;
use e2e::steps::{self, Tongue};

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
    session.desktop().unwrap().look_away().unwrap();
    steps::export(&window, &folder, 1).unwrap();
    let told = window.until("words for the desktop", || {
        let told = session.notifications()?;
        Ok(told.contains("Export finished").then_some(told))
    });
    let told = told.unwrap();
    assert!(told.contains("Créalia Studio"), "{told}");
}
