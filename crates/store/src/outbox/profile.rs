use rusqlite::params;

use crate::{Error, Outbox};

/// What tells the file from a copy of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// A random name that the file got when it was made; a copy has the same.
    pub identity: String,
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
                    "SELECT identity, place, generation FROM profile",
                    [],
                    |row| {
                        Ok(Profile {
                            identity: row.get(0)?,
                            place: row.get(1)?,
                            generation: row.get(2)?,
                        })
                    },
                )
                .map_err(|error| self.classed(error))
        })
    }

    /// Notes where the file is, and the least number that its generation has from now on.
    pub fn settle(&self, place: &str, at_least: i64) -> Result<(), Error> {
        self.with(|connection| {
            connection
                .execute(
                    "UPDATE profile SET place = ?1, generation = max(generation, ?2)",
                    params![place, at_least],
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
        outbox.settle("here", 0).unwrap();
        let now = outbox.profile().unwrap();
        assert_eq!(now.place.as_deref(), Some("here"));
        assert_eq!(now.generation, 1, "it never goes back");
        outbox.settle("here", 7).unwrap();
        assert_eq!(outbox.advance().unwrap(), 8);
    }
}
