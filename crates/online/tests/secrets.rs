//! Secrets in an encrypted file.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use online::Error;
use online::secrets::{Cost, ExposeSecret as _, InMemory, Secret, SecretFile, Secrets};

/// The least that Argon2 takes: these tests are not about guessing.
const CHEAP: Cost = Cost {
    memory_kib: 32,
    passes: 1,
    lanes: 4,
};

fn open(path: &Path, passphrase: &str) -> Result<SecretFile, Error> {
    SecretFile::open(path, passphrase.into(), CHEAP)
}

fn shown(secret: Option<Secret>) -> Option<String> {
    secret.map(|secret| secret.expose_secret().to_owned())
}

fn keeps(secrets: &dyn Secrets) {
    assert_eq!(shown(secrets.get("x/1/refresh").unwrap()), None);
    let long = "é".repeat(4_000);
    secrets.set("x/1/refresh", &"marked".into()).unwrap();
    secrets.set("x/1/access", &long.as_str().into()).unwrap();
    secrets.set("x/1/refresh", &"marked again".into()).unwrap();
    assert_eq!(
        shown(secrets.get("x/1/refresh").unwrap()).as_deref(),
        Some("marked again")
    );
    assert_eq!(shown(secrets.get("x/1/access").unwrap()), Some(long));
    secrets.remove("x/1/access").unwrap();
    secrets.remove("x/1/access").unwrap();
    assert_eq!(shown(secrets.get("x/1/access").unwrap()), None);
}

#[test]
fn secrets_come_back_and_go() {
    keeps(&InMemory::default());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/secrets");
    keeps(&open(&path, "passe").unwrap());
    // Another process, later.
    let again = open(&path, "passe").unwrap();
    assert_eq!(
        shown(again.get("x/1/refresh").unwrap()).as_deref(),
        Some("marked again")
    );
    assert_eq!(shown(again.get("x/1/access").unwrap()), None);
}

#[test]
fn the_default_cost_is_the_one_recommended_and_works() {
    let cost = Cost::default();
    assert_eq!(
        (cost.memory_kib, cost.passes, cost.lanes),
        (65_536, 3, 4),
        "RFC 9106, section 4"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets");
    let file = SecretFile::open(&path, "passe".into(), cost).unwrap();
    file.set("a", &"b".into()).unwrap();
    // The cost is the file's: what is asked for later does not matter.
    assert_eq!(
        shown(open(&path, "passe").unwrap().get("a").unwrap()).as_deref(),
        Some("b")
    );
}

#[test]
fn nothing_of_a_secret_is_in_the_file_nor_printed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets");
    let file = open(&path, "marked-passphrase").unwrap();
    file.set("marked/name", &"marked-token".into()).unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(
            !String::from_utf8_lossy(&bytes).contains("marked"),
            "not even a name"
        );
    }
    let secret = file.get("marked/name").unwrap().unwrap();
    let error = open(&path, "marked-other").unwrap_err();
    let printed = format!("{file:?} {secret:?} {error} {error:?}");
    assert!(!printed.contains("marked"), "{printed}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "for its owner only");
    }
}

#[test]
fn each_writing_looks_new() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets");
    let file = open(&path, "passe").unwrap();
    file.set("a", &"b".into()).unwrap();
    let first = std::fs::read(&path).unwrap();
    file.set("a", &"b".into()).unwrap();
    let second = std::fs::read(&path).unwrap();
    assert_ne!(first[44..68], second[44..68], "a nonce is for one text");
    assert_ne!(first[68..], second[68..]);
}

#[test]
fn a_wrong_passphrase_and_any_change_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets");
    open(&path, "passe").unwrap().set("a", &"b".into()).unwrap();
    let wrong = open(&path, "Passe");
    assert!(
        matches!(wrong, Err(Error::WrongPassphrase { .. })),
        "{wrong:?}"
    );
    let good = std::fs::read(&path).unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;
        std::fs::write(&path, &bad).unwrap();
        let opened = open(&path, "passe");
        assert!(
            matches!(
                opened,
                Err(Error::WrongPassphrase { .. } | Error::DamagedSecrets { .. })
            ),
            "byte {at}: {opened:?}"
        );
    }
    for length in [0, 1, 16, 67, 68, good.len() - 1] {
        std::fs::write(&path, &good[..length]).unwrap();
        assert!(open(&path, "passe").is_err(), "{length} bytes");
    }
    // A file that asks for a terabyte of memory is not obeyed.
    let mut greedy = good.clone();
    greedy[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
    std::fs::write(&path, &greedy).unwrap();
    let opened = open(&path, "passe");
    assert!(
        matches!(opened, Err(Error::DamagedSecrets { .. })),
        "{opened:?}"
    );
    std::fs::write(&path, &good).unwrap();
    assert!(open(&path, "passe").is_ok());
}

#[test]
fn what_a_killed_program_left_beside_it_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets");
    open(&path, "passe").unwrap().set("a", &"b".into()).unwrap();
    std::fs::write(folder.path().join("secrets.part"), b"half").unwrap();
    let file = open(&path, "passe").unwrap();
    assert_eq!(shown(file.get("a").unwrap()).as_deref(), Some("b"));
    file.set("c", &"d".into()).unwrap();
    assert!(!folder.path().join("secrets.part").exists());
}

#[test]
fn many_writers_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets");
    open(&path, "passe").unwrap();
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let path = &path;
            scope.spawn(move || {
                // Each with a file of its own, as processes have.
                let file = open(path, "passe").unwrap();
                for number in 0..10 {
                    let name = format!("{writer}/{number}");
                    file.set(&name, &name.as_str().into()).unwrap();
                }
            });
        }
    });
    let file = open(&path, "passe").unwrap();
    for writer in 0..4 {
        for number in 0..10 {
            let name = format!("{writer}/{number}");
            assert_eq!(shown(file.get(&name).unwrap()), Some(name));
        }
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let opened = open(&file.join("secrets"), "passe");
    assert!(
        matches!(opened, Err(Error::Unwritable { .. })),
        "{opened:?}"
    );
}
