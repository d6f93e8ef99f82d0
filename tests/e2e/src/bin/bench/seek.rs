//! From a press on the ruler to the picture of that moment.

use std::path::Path;

use anyhow::{Result, ensure};
use e2e::probe::{SECOND, asked};
use serde_json::{Value, json};

use crate::figures::{row, spread};
use crate::{setup, stock};

const SEEKS: usize = 60;
/// Half a frame at 30 fps, in ticks.
const TOLERANCE: u64 = SECOND / 60;

/// Measures seeks to places in no order, in a source that is read itself and in one that is edited through
/// its proxy.
pub(crate) fn measure(program: &Path) -> Result<()> {
    for (form, name, goal) in [
        (
            stock::Form::AsItIs,
            "as it is (8 Mbit/s, a key frame a second)",
            "p95 <= 200",
        ),
        (
            stock::Form::Proxied,
            "through a proxy (24 Mbit/s, one in two seconds)",
            "p95 <= 100",
        ),
    ] {
        let stock = stock::filmed(program, form)?;
        let (_session, window) = stock.opened(setup(program).size(1280, 1060))?;
        stock::edit_minute(&window)?;
        let size = stock::picture_size(&window)?;
        let mut times = Vec::new();
        let mut missing = 0;
        let mut chance = 0x5EED_u64;
        for _ in 0..SEEKS {
            // Anywhere in what the ruler shows, in no order (a linear congruential generator).
            chance = chance
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let share = (chance >> 40) as f64 / (1_u64 << 24) as f64;
            let answer = asked(
                &window,
                "const ruler = document.querySelector('[data-part=timeline-ruler]').getBoundingClientRect();
                 const x = ruler.left + 150 + given[0] * (ruler.width - 200);
                 const took = await probe.seek(x, given[1], 5000);
                 await new Promise((done) => setTimeout(done, 60));
                 return took",
                &[json!(share), json!(TOLERANCE)],
            )?;
            match answer {
                Value::Null => missing += 1,
                answer => times.extend(answer.as_f64()),
            }
        }
        ensure!(!times.is_empty(), "no picture ever came");
        let gone = if missing == 0 {
            String::new()
        } else {
            format!(", {missing} never came")
        };
        row(
            &format!("seek to picture, 1080p30 {name}, pictures of {size}"),
            goal,
            &format!("{}{gone}", spread(&times)),
        );
    }
    Ok(())
}
