//! Killed at moments that nobody chose, in the midst of editing.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use e2e::probe::asked;
use serde_json::{Value, json};

use crate::figures::row;
use crate::{setup, stock};

const KILLS: u32 = 100;

/// Kills the program in the midst of edits, opens it again, and looks what is there.
///
/// # Errors
/// When a project does not open, is not writable, or is not what its journal says: that is no figure
/// but a fault.
pub(crate) fn measure(program: &Path) -> Result<()> {
    let mut session = stock::talk(program)?.closed(setup(program))?;
    let mut chance = 0xBAD_5EED_u32;
    let (mut lost, mut answered, mut edits) = (0, 0, 0);
    for kill in 0..=KILLS {
        let window = session.open()?;
        window.part("project-card")?;
        let opened = asked(
            &window,
            "return probe.ask('open_project', { project: 1 })",
            &[],
        )?;
        let seq = opened
            .get("seq")
            .and_then(Value::as_u64)
            .context("no number")?;
        let access = opened.get("access").context("no access")?;
        ensure!(*access == json!("writable"), "kill {kill}: {access}");
        let notices = window.all_seen("[data-part=notice]")?;
        ensure!(notices.is_empty(), "kill {kill}: {}", window.words()?);
        lost += u32::from(seq < answered);
        // The page goes on by itself until it is killed.
        window.run(EDITING, &[])?;
        chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        std::thread::sleep(Duration::from_millis(u64::from(chance >> 22)));
        let before = window.run("return probe.answered ?? 0", &[])?;
        answered = before.as_u64().context("no number")?.max(seq);
        edits += answered - seq;
        session.kill()?;
    }
    row(
        &format!("kill -9 at {KILLS} moments of editing: sessions that lost an answered edit"),
        "0",
        &format!("{lost} ({edits} edits were answered)"),
    );
    Ok(())
}

/// Edits one after the other, without an end: names, cuts, sound, steps back and forth; the number of the last
/// one that was answered is noted.
const EDITING: &str = "(async () => {
  const opened = await probe.ask('open_project', { project: 1 });
  const [sequence] = Object.values(opened.project.sequences);
  const clips = sequence.tracks.flatMap((track) => track.clips);
  const end = Math.max(...clips.map((clip) => clip.start + 1));
  const edits = [
    (number) => ({ rename_sequence: { sequence: sequence.id, name: `cut ${number}` } }),
    () => ({ split: { sequence: sequence.id, at: Math.floor(Math.random() * end), scope: 'everything' } }),
    (number) => ({ set_gain: { sequence: sequence.id, clip: clips[number % clips.length].id, gain_db: number % 12 } }),
  ];
  const ways = [
    ...edits.map((edit) => (base, number) => ['apply_edit', { project: 1, base, edit: edit(number) }]),
    () => ['undo', { project: 1 }],
    () => ['redo', { project: 1 }],
  ];
  let base = opened.seq;
  for (let number = 0; ; number += 1) {
    const way = ways[Math.floor(Math.random() * ways.length)];
    try {
      base = (await probe.ask(...way(base, number))).seq;
      probe.answered = base;
    } catch (refused) {
      // A cut where nothing plays, or nothing to undo: not an edit.
      probe.refused = (probe.refused ?? 0) + 1;
    }
  }
})()";
