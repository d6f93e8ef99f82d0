//! What is wrong with one entry, one account or one call stops no other.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::*;

fn spoil(publishing: &Publishing, id: i64) {
    let spoilt = |row: &store::outbox::EntryRow| {
        Ok::<_, Error>(Some(store::outbox::Change {
            entry: "{}".to_owned(),
            wake: Some(0),
            what: "spoilt".to_owned(),
            remote: row.remote.clone(),
            url: row.url.clone(),
            error: row.error.clone(),
        }))
    };
    publishing.outbox.change_entry(id, 1, spoilt).unwrap();
}

#[test]
fn an_entry_that_cannot_be_read_stops_no_other() {
    let bench = Bench::new();
    let publishing = bench.open();
    let bad = bench.order(&publishing, Order::default());
    let good = bench.order(&publishing, Order::default());
    spoil(&publishing, bad);
    bench.run(&publishing);
    assert_eq!(publishing.state(good), (State::Published, None));
    let doubt = (State::Uncertain, Some(ErrorCode::Uncertain));
    assert_eq!(publishing.state(bad), doubt);
    assert_eq!(publishing.list().unwrap().len(), 2);
    assert_eq!(publishing.outbox.unfinished_entries().unwrap(), []);
}

#[test]
fn tokens_that_are_damaged_stop_no_other_account() {
    let bench = Bench::new();
    let publishing = bench.open();
    let bad = bench.order(&publishing, Order::default());
    let account = publishing.one_account("youtube:a").unwrap();
    let name = publishing
        .tokens_name(&account.network, &account.remote)
        .unwrap();
    bench.secrets.set(&name, &Secret::from("{}")).unwrap();
    connect(&publishing, "b", "marked-access");
    let targets = Targets(vec!["youtube:b".to_owned()]);
    let order = Order {
        title: "Trois idées".to_owned(),
        ..Order::default()
    };
    let good = publishing.order(&bench.file(), &order, &targets).unwrap();
    bench.run(&publishing);
    let failed = (State::Failed, Some(ErrorCode::NotConnected));
    assert_eq!(publishing.state(bad), failed);
    assert_eq!(publishing.state(good.entries[0]), (State::Published, None));
}

#[test]
fn a_keychain_that_gives_one_secret_late_is_waited_for() {
    let bench = Bench::new();
    let publishing = bench.open();
    let bad = bench.order(&publishing, Order::default());
    connect(&publishing, "b", "marked-access");
    *bench.mute.lock().unwrap() = Some("a/tokens");
    let name = publishing.tokens_name("youtube", "a").unwrap();
    assert!(bench.secrets.get(&name).is_err(), "{name}");
    let targets = Targets(vec!["youtube:b".to_owned()]);
    let order = Order {
        title: "Trois idées".to_owned(),
        ..Order::default()
    };
    let good = publishing.order(&bench.file(), &order, &targets).unwrap();
    publishing.attend_all();
    assert_eq!(publishing.state(good.entries[0]).0, State::Published);
    let held = publishing.entries(&[bad]).unwrap().remove(0);
    assert!(held.next_attempt_at.is_some(), "{held:?}");
    *bench.mute.lock().unwrap() = None;
    bench.run(&publishing);
    assert_eq!(publishing.state(bad), (State::Published, None));
    // One that gives nothing at all ends the run.
    *bench.mute.lock().unwrap() = Some("");
    bench.order(&publishing, Order::default());
    let ended = publishing.run(Span::Once, &Cancel::new(), &|_, _| {});
    let error = ended.unwrap_err().to_api();
    assert_eq!(error.code, ErrorCode::KeychainUnusable);
}

#[test]
fn who_waits_for_another_process_can_be_stopped() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, Order::default());
    let lease = publishing.try_lock(&format!("entry-{id}")).unwrap();
    assert!(lease.is_some());
    let (tell, told) = std::sync::mpsc::sync_channel(1);
    let cancel = Cancel::new();
    let stop = cancel.clone();
    std::thread::spawn(move || {
        let left = publishing.attend_to(&[id], &cancel, &|_, _| {});
        tell.send(matches!(left, Err(Error::Cancelled))).unwrap();
    });
    std::thread::sleep(Duration::from_millis(20));
    stop.cancel();
    let ended = told.recv_timeout(Duration::from_secs(20));
    assert_eq!(ended, Ok(true), "else it spins for ever");
}

#[test]
fn an_audit_note_that_cannot_be_written_throws_no_answer_away() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, Order::default());
    // A token that has to be refreshed, so that its note is among those that fail.
    bench.world().access = "another".to_owned();
    let database = rusqlite::Connection::open(bench.path()).unwrap();
    database.execute_batch("DROP TABLE calls").unwrap();
    bench.run(&publishing);
    assert_eq!(publishing.state(id), (State::Published, None));
    assert_eq!(bench.world().refreshes, 1);
    assert_eq!(bench.world().published, 1);
}

#[test]
fn a_session_is_kept_for_a_post_in_doubt_until_the_user_looked() {
    let bench = Bench::new();
    let publishing = bench.open();
    let id = bench.order(&publishing, Order::default());
    bench.fault(3, Fault::Lost);
    for at in 4..20 {
        bench.fault(at, Fault::Down);
    }
    bench.run(&publishing);
    assert_eq!(publishing.state(id).0, State::Uncertain);
    assert!(publishing.session(id).unwrap().is_some(), "kept");
    publishing.resolve(id, posts::Answer::Yes).unwrap();
    assert!(publishing.session(id).unwrap().is_none(), "resolved");
}

/// Says that this process may fill its disk.
const FULL: &str = "CREALIA_TEST_FULL_DISK";

#[test]
fn a_disk_that_fills_during_the_journal_makes_no_second_post() {
    if std::env::var_os(FULL).is_none() {
        let program = std::env::current_exe().unwrap();
        // The signal of a file that grew too large would end the child.
        let run = "trap '' XFSZ; exec \"$0\" --exact --nocapture publishing::tests::trouble::\
                   a_disk_that_fills_during_the_journal_makes_no_second_post";
        let mut command = std::process::Command::new("sh");
        let ran = command.args(["-c", run]).arg(program).env(FULL, "1");
        let ran = ran.output().unwrap();
        let told = String::from_utf8_lossy(&ran.stdout).into_owned();
        let wrong = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(ran.status.success(), "{told} {wrong}");
        assert!(told.contains("1 passed"), "{told}");
        return;
    }
    let limit = getrlimit(Resource::Fsize);
    let full = Rlimit {
        current: Some(1024),
        ..limit
    };
    // Opening, three parts, reading back: what each comes to cannot be written down.
    for at in 0..5 {
        let bench = Bench::new();
        let calls = AtomicUsize::new(0);
        let publishing = bench.open_at(
            &bench.path(),
            Some(Box::new(move |_call| {
                if calls.fetch_add(1, Ordering::SeqCst) == at {
                    setrlimit(Resource::Fsize, full).unwrap();
                }
            })),
        );
        let id = bench.order(&publishing, Order::default());
        let ended = publishing.run(Span::Once, &Cancel::new(), &|_, _| {});
        setrlimit(Resource::Fsize, limit).unwrap();
        let error = ended.unwrap_err().to_api();
        let codes = [ErrorCode::DiskFull, ErrorCode::DatabaseUnusable];
        assert!(codes.contains(&error.code), "call {at}: {error}");
        assert_eq!(bench.world().calls.len(), at + 1, "nothing goes on");
        bench.run(&publishing);
        assert_eq!(publishing.state(id), (State::Published, None), "call {at}");
        assert_eq!(bench.world().published, 1, "call {at}");
    }
}
