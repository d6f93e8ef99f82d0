//! Killed at any moment, and a disk that fills: what was answered is there.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use protocol::studio::calls::{Redo, Undo};
use protocol::studio::event::{Event, Notice};
use protocol::studio::replica::Replica;
use protocol::studio::view::Access;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use timeline::journal;
use timeline::violations::violations;

use crate::support::{Bench, Deed, Desk, edit_of, seeds};

/// Names the home of a session that is a child of a test.
const HOME: &str = "CREALIA_TEST_HOME";
const KILLS: u64 = 100;

/// A pseudo-random number (xorshift64*).
fn random(state: &mut u64) -> u32 {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as u32
}

/// Edits until `steps` are done, and tells each one that was answered.
fn edit_away(desk: &Desk, seed: u64, steps: usize, mut answered: impl FnMut(u64, &str)) {
    let state = desk.state();
    let (project, mut replica) = match state.projects.first() {
        Some(card) => (card.id, Replica::new(&desk.open_project(card.id))),
        None => desk.seed(),
    };
    // Killed while it was being made.
    for edit in seeds()
        .into_iter()
        .skip(replica.project().media.len() + replica.project().sequences.len())
    {
        if replica.project().sequences.is_empty() {
            desk.edit(project, &mut replica, edit).unwrap();
        }
    }
    let mut chance = seed | 1;
    for _ in 0..steps {
        let (one, other) = (random(&mut chance), random(&mut chance));
        let deed = match random(&mut chance) % 8 {
            0 | 1 => Deed::Insert(one, other),
            2 => Deed::Split(one),
            3 => Deed::Move(one, other),
            4 | 5 => Deed::Lift(one),
            6 => Deed::Undo,
            _ => Deed::Redo,
        };
        let answer = match deed {
            Deed::Undo => desk.ask(Undo { project }),
            Deed::Redo => desk.ask(Redo { project }),
            deed => match edit_of(deed, replica.project()) {
                Some(edit) => desk.edit(project, &mut replica, edit),
                None => continue,
            },
        };
        if let Ok(edited) = answer {
            if replica.follow(&edited).is_err() {
                replica = Replica::new(&desk.open_project(project));
            }
            answered(edited.seq, &edited.hash.0);
        }
    }
}

#[test]
fn a_scripted_session_goes_on_where_it_ended() {
    if let Some(home) = std::env::var_os(HOME) {
        // The child of the test below: it edits until it is killed.
        let desk = Desk::open(&PathBuf::from(home));
        let seed = u64::from(std::process::id());
        edit_away(&desk, seed, usize::MAX, |seq, hash| {
            println!("answered {seq} {hash}");
        });
        return;
    }
    let bench = Bench::new();
    let mut last = (0, String::new());
    for seed in 1..4 {
        let desk = bench.open();
        edit_away(&desk, seed, 60, |seq, hash| last = (seq, hash.to_owned()));
        if seed == 2 {
            desk.studio.close().unwrap();
        }
    }
    let desk = bench.open();
    let opened = desk.open_project(desk.state().projects[0].id);
    assert_eq!((opened.seq, opened.hash.0), last);
}

#[test]
fn killed_at_any_moment_nothing_that_was_answered_is_lost() {
    let bench = Bench::new();
    let mut chance = 0x5EED;
    for kill in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["crashes::a_scripted_session_goes_on_where_it_ended"])
            .args(["--exact", "--nocapture", "--test-threads=1"])
            .env(HOME, bench.home())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = child.stdout.take().unwrap();
        let reading = std::thread::spawn(move || {
            let lines = BufReader::new(output).lines();
            let answers = lines.map_while(Result::ok).filter_map(|line| {
                let mut words = line
                    .split("answered ")
                    .nth(1)?
                    .split(' ')
                    .map(str::to_owned);
                let seq: u64 = words.next()?.parse().ok()?;
                Some((seq, words.next()?))
            });
            answers.last()
        });
        let moment = Duration::from_millis(30 + u64::from(random(&mut chance) % 150));
        std::thread::sleep(moment);
        child.kill().unwrap();
        child.wait().unwrap();
        let answered = reading.join().unwrap();

        let desk = bench.open();
        assert_eq!(bench.library().integrity().unwrap(), "ok");
        let state = desk.state();
        assert!(state.notices.is_empty(), "kill {kill}: {:?}", state.notices);
        let Some(card) = state.projects.first() else {
            assert_eq!(answered, None, "kill {kill}: a project is lost");
            continue;
        };
        let opened = desk.open_project(card.id);
        assert_eq!(opened.access, Access::Writable, "kill {kill}");
        assert_eq!(violations(&opened.project), Vec::new(), "kill {kill}");
        assert_eq!(opened.hash, journal::hash(&opened.project));
        let Some((seq, hash)) = answered else {
            continue;
        };
        assert!(
            opened.seq == seq || opened.seq == seq + 1,
            "kill {kill}: {seq} was answered and {} is there",
            opened.seq
        );
        if opened.seq == seq {
            assert_eq!(opened.hash.0, hash, "kill {kill}");
        }
    }
    let desk = bench.open();
    let opened = desk.open_project(desk.state().projects[0].id);
    assert!(opened.seq > KILLS, "the sessions did edit: {}", opened.seq);
}

/// Names the home of a session whose disk fills.
const FULL_HOME: &str = "CREALIA_TEST_FULL_HOME";

#[test]
fn a_disk_that_fills_keeps_edits_in_memory_until_there_is_room() {
    let Some(home) = std::env::var_os(FULL_HOME) else {
        let bench = Bench::new();
        // The signal of a file that grew too large would end the child.
        let program = std::env::current_exe().unwrap();
        let run = "trap '' XFSZ; exec \"$0\" --exact --nocapture \
                   crashes::a_disk_that_fills_keeps_edits_in_memory_until_there_is_room";
        let ran = Command::new("sh")
            .args(["-c", run])
            .arg(program)
            .env(FULL_HOME, bench.home())
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert!(
            ran.status.success(),
            "{told} {}",
            String::from_utf8_lossy(&ran.stderr)
        );
        assert!(told.contains("1 passed"), "{told}");
        return;
    };
    let desk = Desk::open(&PathBuf::from(&home));
    let (project, mut replica) = desk.seed();
    let limit = getrlimit(Resource::Fsize);
    let full = Rlimit {
        current: Some(1024),
        ..limit
    };
    setrlimit(Resource::Fsize, full).unwrap();
    for at in [100, 200, 300] {
        let split = edit_of(Deed::Split(at), replica.project()).unwrap();
        desk.edit(project, &mut replica, split).unwrap();
    }
    let failed = |event: &&Event| matches!(event, Event::Notice(Notice::SaveFailed(_)));
    assert_eq!(desk.heard().iter().filter(failed).count(), 1, "told once");
    let notices = || desk.listen_anew().notices;
    let told = notices();
    let is_told = matches!(told.as_slice(), [Notice::SaveFailed(_)]);
    assert!(is_told, "a page that comes back knows, too: {told:?}");
    assert_eq!(&desk.open_project(project).project, replica.project());

    setrlimit(Resource::Fsize, limit).unwrap();
    let recovered = Event::Notice(Notice::SaveRecovered);
    while !desk.heard().contains(&recovered) {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(notices(), [], "it is over");
    // Not closed: as after a crash.
    drop(desk);
    let there = Desk::open(&PathBuf::from(home)).open_project(project);
    assert_eq!(&there.project, replica.project(), "nothing is lost");
}
