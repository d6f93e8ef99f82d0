//! How long the page's own thread is taken while the window is used.

use std::path::Path;

use anyhow::{Result, bail};
use e2e::probe::asked;

use crate::figures::{numbers, row};
use crate::{setup, stock};

/// What is done in the page: a name, and the body of an asynchronous function. The driver's own
/// questions would run on the thread that is measured.
const WAYS: &[(&str, &str)] = &[
    (
        "scrolling the board of 50 reels",
        "const board = document.querySelector('[data-part=board]');
         for (let step = 0; step < 60; step += 1) {
           probe.act(() => { board.scrollTop += 60; });
           await probe.next();
         }",
    ),
    (
        "opening the editor",
        "probe.act(() => document.querySelector('[data-part=edit-button]').click());
         await probe.shown(() => document.querySelector('[data-part=clip]'), 10000);
         await probe.pause(1500);",
    ),
    (
        "zooming and scrolling the timeline",
        "const rows = document.querySelector('.timeline-rows');
         const box = rows.getBoundingClientRect();
         for (let step = 0; step < 60; step += 1) {
           probe.act(() => rows.dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true,
             clientX: box.left + box.width / 2, clientY: box.top + 40,
             deltaY: step < 30 ? -40 : 40, ctrlKey: true })));
           await probe.next();
         }",
    ),
    (
        "the list of commands",
        "probe.key('k', { ctrlKey: true });
         const [input] = await probe.shown(() => document.querySelector('[data-part=palette-input]'), 5000);
         for (const words of ['e', 'ex', 'exp']) {
           probe.act(() => {
             input.value = words;
             input.dispatchEvent(new InputEvent('input', { bubbles: true }));
           });
           await probe.pause(100);
         }
         probe.key('Escape', {}, input);
         await probe.shown(() => !document.querySelector('[data-part=palette]'), 5000);",
    ),
    (
        "a cut, undo and redo",
        "const ruler = document.querySelector('[data-part=timeline-ruler]').getBoundingClientRect();
         await probe.seek(ruler.left + 300, 1e9, 3000);
         for (const [key, held] of [['s', {}], ['z', { ctrlKey: true }], ['Z', { ctrlKey: true, shiftKey: true }]]) {
           probe.key(key, held);
           await probe.pause(400);
         }",
    ),
];

/// Measures ways through the window: for how long a script runs without a pause, and for how long
/// nothing that waits gets its turn, which has styles, layout and software drawing in it too.
pub(crate) fn measure(program: &Path) -> Result<()> {
    let (_session, window) = stock::hour(program)?.opened(setup(program))?;
    for (what, way) in WAYS {
        let way = format!(
            "await probe.pause(500); probe.watch(); {way} await probe.pause(500); return probe.watched();"
        );
        let seen = numbers(&asked(&window, &way, &[])?);
        let [script, longest, over] = *seen.as_slice() else {
            bail!("not three numbers: {seen:?}")
        };
        row(
            &format!("the page's thread taken by scripts: {what}"),
            "<= 50 ms",
            &format!(
                "longest {script:.0} ms; with layout and software drawing {longest:.0} ms, {over:.0} over 50 ms"
            ),
        );
    }
    Ok(())
}
