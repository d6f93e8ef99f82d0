//! Opening a project with 50 reels of an hour.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use e2e::probe::asked;
use serde_json::Value;

use crate::figures::row;
use crate::{setup, stock};

/// Measures from the click on a project to the first card, and to pictures on all that are in sight.
pub(crate) fn measure(program: &Path) -> Result<()> {
    let stock = stock::hour(program)?;
    for (name, covers) in [
        ("covers drawn before", stock::Covers::Kept),
        ("covers not drawn yet", stock::Covers::Gone),
    ] {
        let (_session, window) = stock.at_home(setup(program), covers)?;
        let times = asked(
            &window,
            "const open = document.querySelector('[data-part=project-open]');
             const start = performance.now();
             open.click();
             const [card, first] = await probe.shown(
               () => document.querySelector('[data-part=reel-card]'), 20000);
             if (!card) throw new Error('no card');
             const bottom = window.innerHeight;
             const [all, last] = await probe.shown(() => {
               const cards = [...document.querySelectorAll('[data-part=reel-card]')]
                 .filter((card) => card.getBoundingClientRect().top < bottom);
               const images = cards.map((card) => card.querySelector('.reel-cover img'));
               return images.every((image) => image && image.complete && image.naturalWidth > 0) && cards.length;
             }, 25000);
             const total = Number(document.querySelector('.reel-place').getAttribute('aria-setsize'));
             return [first - start, all ? last - start : null, all, total];",
            &[],
        )?;
        let number = |index: usize| times.get(index).and_then(Value::as_f64);
        let first = number(0).context("no first card")?;
        let pictures =
            number(1).map_or_else(|| "never".to_owned(), |millis| format!("{millis:.0} ms"));
        let total = number(3).context("no cards")?;
        // Those that were suggested, and the two that are cut into many clips.
        ensure!(total >= 50.0, "{total} reels, not 50");
        row(
            &format!("open a project of 50 reels and an hour: first paint ({name})"),
            "<= 1000 ms",
            &format!("{first:.0} ms"),
        );
        row(
            &format!("… pictures of all cards in sight ({name})"),
            "<= 3000 ms",
            &pictures,
        );
    }
    Ok(())
}
