-- What a copy of this file does not share with it: the names of its uploads and of its generation in
-- the vault. A file that recognises itself as a copy takes a new one.
ALTER TABLE profile ADD COLUMN copy TEXT NOT NULL DEFAULT '';
UPDATE profile SET copy = identity;
