-- Sources that were ever analysed, by content.
CREATE TABLE sources (
    fingerprint TEXT PRIMARY KEY,
    path        TEXT NOT NULL,
    name        TEXT NOT NULL,
    duration    INTEGER,
    seen_at     INTEGER NOT NULL
) STRICT;

-- Words of a source by revision: projects bind captions to one of them.
CREATE TABLE transcripts (
    source      TEXT NOT NULL,
    revision    TEXT NOT NULL,
    transcript  TEXT NOT NULL,
    PRIMARY KEY (source, revision)
) STRICT;

-- One row per finished or running step; the key holds source, step, version and parameters.
CREATE TABLE steps (
    key         TEXT PRIMARY KEY,
    source      TEXT NOT NULL,
    step        TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('running', 'done')),
    result      TEXT,
    owner       TEXT NOT NULL,
    heartbeat   INTEGER NOT NULL,
    seconds     REAL,
    CHECK ((state = 'done') = (result IS NOT NULL))
) STRICT;
-- Serves "forget what was found in this source".
CREATE INDEX steps_by_source ON steps (source, step);

-- Jobs as a user sees them; a killed one is resumed under the same row.
CREATE TABLE jobs (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,
    key         TEXT NOT NULL UNIQUE,
    title       TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    step        TEXT,
    progress    REAL NOT NULL DEFAULT 0,
    error       TEXT,
    owner       TEXT NOT NULL,
    heartbeat   INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE projects (
    id          INTEGER PRIMARY KEY,
    key         TEXT UNIQUE,
    name        TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

-- The state after entry `seq`; entries up to it need no replay.
CREATE TABLE snapshots (
    project_id  INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    seq         INTEGER NOT NULL,
    hash        TEXT NOT NULL,
    project     TEXT NOT NULL,
    PRIMARY KEY (project_id, seq)
) STRICT;

CREATE TABLE journal (
    project_id  INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    seq         INTEGER NOT NULL,
    entry       TEXT NOT NULL,
    PRIMARY KEY (project_id, seq)
) STRICT;

-- Which source and options a folder of reels was made from, known before the first file is there.
CREATE TABLE outputs (
    folder      TEXT PRIMARY KEY,
    source      TEXT NOT NULL,
    options     TEXT NOT NULL,
    made_at     INTEGER NOT NULL
) STRICT;
