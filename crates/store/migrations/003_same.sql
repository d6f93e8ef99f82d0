-- What a source holds, its time of change aside: a copy of it is known by that.
ALTER TABLE sources ADD COLUMN content TEXT;

-- Files that are a source for the user, by their own identity. One may be several sources.
CREATE TABLE same_sources (
    print       TEXT NOT NULL,
    source      TEXT NOT NULL,
    PRIMARY KEY (print, source)
) STRICT;
