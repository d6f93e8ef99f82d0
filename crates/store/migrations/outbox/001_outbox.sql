-- What tells this file from a copy of it: where it lies, and a number that only grows.
CREATE TABLE profile (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    identity    TEXT NOT NULL,
    place       TEXT,
    generation  INTEGER NOT NULL
) STRICT;
INSERT INTO profile VALUES (1, lower(hex(randomblob(16))), NULL, 0);

-- Apps that the user registered with the networks. Their secrets are in the keychain.
CREATE TABLE apps (
    network       TEXT PRIMARY KEY,
    client_id     TEXT NOT NULL,
    registered_at INTEGER NOT NULL
) STRICT;

-- Accounts that were ever connected. Their tokens are in the keychain.
CREATE TABLE accounts (
    id           INTEGER PRIMARY KEY,
    network      TEXT NOT NULL,
    remote       TEXT NOT NULL,
    name         TEXT NOT NULL,
    handle       TEXT,
    scopes       TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('connected', 'expired', 'disconnected')),
    connected_at INTEGER NOT NULL,
    checked_at   INTEGER NOT NULL,
    UNIQUE (network, remote)
) STRICT;

-- What is posted: a file as it was, its texts and choices as JSON.
CREATE TABLE posts (
    id          INTEGER PRIMARY KEY,
    key         TEXT UNIQUE,
    path        TEXT NOT NULL,
    bytes       INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    content     TEXT NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

-- A post for one account. `entry` is the state machine as JSON, `wake` when it has something to do.
CREATE TABLE entries (
    id          INTEGER PRIMARY KEY,
    post        INTEGER NOT NULL REFERENCES posts (id),
    account     INTEGER NOT NULL REFERENCES accounts (id),
    entry       TEXT NOT NULL,
    wake        INTEGER,
    remote      TEXT,
    url         TEXT,
    error       TEXT,
    updated_at  INTEGER NOT NULL,
    UNIQUE (post, account)
) STRICT;
-- Serves "what is due".
CREATE INDEX entries_by_wake ON entries (wake) WHERE wake IS NOT NULL;

-- Every state an entry was in, in order: written before the call it precedes and after it.
CREATE TABLE journal (
    entry       INTEGER NOT NULL REFERENCES entries (id),
    seq         INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    what        TEXT NOT NULL,
    state       TEXT NOT NULL,
    PRIMARY KEY (entry, seq)
) STRICT, WITHOUT ROWID;

-- Calls to the networks, without secrets.
CREATE TABLE calls (
    id          INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    network     TEXT NOT NULL,
    account     INTEGER,
    entry       INTEGER,
    call        TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    millis      INTEGER NOT NULL
) STRICT;
CREATE INDEX calls_by_time ON calls (at);
