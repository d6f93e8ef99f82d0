-- What a user chose, as JSON by name.
CREATE TABLE settings (
    name        TEXT PRIMARY KEY,
    value       TEXT NOT NULL
) STRICT;

-- How the list shows a project without opening it; NULL where nobody counted yet.
ALTER TABLE projects ADD COLUMN colour TEXT;
ALTER TABLE projects ADD COLUMN archived_at INTEGER;
ALTER TABLE projects ADD COLUMN binned_at INTEGER;
ALTER TABLE projects ADD COLUMN place TEXT;
ALTER TABLE projects ADD COLUMN sources INTEGER;
ALTER TABLE projects ADD COLUMN reels INTEGER;
ALTER TABLE projects ADD COLUMN cover TEXT;

-- The version that wrote a snapshot: a newer one's is shown and not changed.
ALTER TABLE snapshots ADD COLUMN app_version TEXT NOT NULL DEFAULT '';

-- Jobs of the window carry what they do, so that they go on after a crash.
ALTER TABLE jobs ADD COLUMN request TEXT;
ALTER TABLE jobs ADD COLUMN output TEXT;
ALTER TABLE jobs ADD COLUMN notes TEXT;
ALTER TABLE jobs ADD COLUMN paused_at INTEGER;

-- Why a sequence was suggested, and what became of it. Rows of removed sequences stay: undo brings
-- the sequences back.
CREATE TABLE reels (
    project_id    INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    sequence      INTEGER NOT NULL,
    media         INTEGER NOT NULL,
    candidate     TEXT NOT NULL,
    made          TEXT NOT NULL,
    verdict       TEXT NOT NULL DEFAULT 'open' CHECK (verdict IN ('open', 'kept', 'rejected')),
    exported      TEXT,
    exported_at   INTEGER,
    exported_hash TEXT,
    PRIMARY KEY (project_id, sequence)
) STRICT;

-- What was found in a project's source: words, pictures, notes; as JSON.
CREATE TABLE finds (
    project_id  INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    media       INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    found       TEXT NOT NULL,
    PRIMARY KEY (project_id, media)
) STRICT;
