//! Times as numbers for scripts.

use footage::time::{SourceTime, Ticks};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A time or length in seconds, written with exactly six decimals.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd)]
pub struct Seconds(pub f64);

impl From<Ticks> for Seconds {
    fn from(length: Ticks) -> Self {
        Self(length.secs())
    }
}

impl From<SourceTime> for Seconds {
    fn from(time: SourceTime) -> Self {
        Self(time.secs())
    }
}

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A time that is not finite is a bug upstream; the document must not carry it on.
        if !self.0.is_finite() {
            return Err(serde::ser::Error::custom("a time is not finite"));
        }
        let text = format!("{:.6}", self.0);
        serde_json::value::RawValue::from_string(text)
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_decimals_and_no_infinity() {
        assert_eq!(serde_json::to_string(&Seconds(2.5)).unwrap(), "2.500000");
        assert_eq!(
            serde_json::to_string(&Seconds(1001.0 / 30_000.0)).unwrap(),
            "0.033367"
        );
        assert!(serde_json::to_string(&Seconds(f64::NAN)).is_err());
        assert_eq!(
            serde_json::from_str::<Seconds>("2.500000").unwrap(),
            Seconds(2.5)
        );
    }
}
