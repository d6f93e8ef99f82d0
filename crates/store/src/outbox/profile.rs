use crate::{Error, Outbox};

/// What tells the file from a copy of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// A random name that the file got when it was made; a copy has the same.
    pub identity: String,
    /// A random name that a copy has only until it recognises itself as one.
    pub copy: String,
    /// Where it was last used, in words of the caller; none before its first use.
    pub place: Option<String>,
    /// Grows with every [`Outbox::advance`].
    pub generation: i64,
}

impl Outbox {
    /// Returns what tells the file from a copy of it.
    pub fn profile(&self) -> Result<Profile, Error> {
        self.with(|connection| {
            connection
                .query_row(
                    "SELECT identity, copy, place, generation FROM profile",
                    [],
                    |row| {
                        Ok(Profile {
                            identity: row.get(0)?,
                            copy: row.get(1)?,
                            place: row.get(2)?,
                            generation: row.get(3)?,
                        })
                    },
                )
                .map_err(|error| self.classed(error))
        })
    }

    /// Notes where the file is.
    pub fn settle(&self, place: &str) -> Result<(), Error> {
        self.with(|connection| {
            connection
                .execute("UPDATE profile SET place = ?1", [place])
                .map_err(|error| self.classed(error))?;
            Ok(())
        })
    }

    /// Makes the file one of its own that begins anew at a place: it is a copy of another, or older
    /// than what was done.
    pub fn renew(&self, place: &str) -> Result<(), Error> {
        self.with(|connection| {
            connection
                .execute(
                    "UPDATE profile
                     SET place = ?1, copy = lower(hex(randomblob(16))), generation = 0",
                    [place],
                )
                .map_err(|error| self.classed(error))?;
            Ok(())
        })
    }

    /// Adds one to the file's generation and returns it: a copy of before is then older.
    pub fn advance(&self) -> Result<i64, Error> {
        self.with(|connection| {
            connection
                .query_row(
                    "UPDATE profile SET generation = generation + 1 RETURNING generation",
                    [],
                    |row| row.get(0),
                )
                .map_err(|error| self.classed(error))
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::outbox::tests::outbox;

    #[test]
    fn a_file_knows_itself() {
        let (_folder, outbox) = outbox();
        let first = outbox.profile().unwrap();
        assert_eq!((first.identity.len(), first.place), (32, None));
        assert_eq!(outbox.advance().unwrap(), 1);
        outbox.settle("here").unwrap();
        let now = outbox.profile().unwrap();
        assert_eq!(now.place.as_deref(), Some("here"));
        assert_eq!((now.generation, &now.copy), (1, &now.identity));
        outbox.renew("there").unwrap();
        let copy = outbox.profile().unwrap();
        assert_eq!((copy.generation, copy.place.as_deref()), (0, Some("there")));
        assert_eq!(copy.identity, now.identity, "its accounts are the same");
        assert_ne!(copy.copy, now.copy);
    }
}
