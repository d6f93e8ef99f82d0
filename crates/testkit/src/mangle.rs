//! Documents as a damaged disk, a careless hand or an enemy would leave them.
//!
//! Each change is drawn from a seed, so that what fails can be made again: the seed is all that a
//! report has to name.

use serde_json::Value;

/// Numbers at which arithmetic goes wrong first.
const NUMBERS: [i64; 12] = [
    i64::MIN,
    i64::MIN + 1,
    -1_000_000,
    -1,
    0,
    1,
    2,
    255,
    65_536,
    u32::MAX as i64,
    i64::MAX - 1,
    i64::MAX,
];

/// Fractions of the same kind.
const FRACTIONS: [f64; 7] = [f64::MIN, -1.0, -0.0, 1e-320, 0.5, 1e18, f64::MAX];

/// Texts that break what expects a name.
const TEXTS: [&str; 7] = [
    "",
    "\0",
    "../../etc/passwd",
    "🏳️‍🌈\u{202e}אב",
    "<img src=x onerror=alert(1)>",
    "'; DROP TABLE project; --",
    "-1",
];

/// Draws from a seed (SplitMix64, Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Returns dice that fall the same way for the same seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns the next number.
    pub const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `end`, 0 where that is 0.
    pub const fn below(&mut self, end: usize) -> usize {
        (self.roll() % if end == 0 { 1 } else { end as u64 }) as usize
    }

    /// Returns a fraction from 0 to 1.
    pub const fn fraction(&mut self) -> f64 {
        self.roll() as f64 / u64::MAX as f64
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        all.get(self.below(all.len())).copied()
    }
}

/// Returns a JSON document with one to four of its values changed: to a number, a text or a shape
/// that nobody expects there, to nothing, or to what stands elsewhere in the document.
pub fn document(whole: &Value, seed: u64) -> Value {
    let mut dice = Dice::new(seed);
    let mut mangled = whole.clone();
    for _ in 0..=dice.below(4) {
        let target = dice.below(count(whole));
        let other = nth_mut(&mut whole.clone(), target).map(Value::take);
        let target = dice.below(count(&mangled));
        if let Some(value) = nth_mut(&mut mangled, target) {
            change(value, other.unwrap_or_default(), &mut dice);
        }
    }
    mangled
}

/// Returns bytes of which some are changed, left out, doubled or cut off.
pub fn bytes(whole: &[u8], seed: u64) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    let mut mangled = whole.to_vec();
    for _ in 0..=dice.below(6) {
        let at = dice.below(mangled.len());
        match dice.below(5) {
            0 => mangled.truncate(at),
            1 => {
                let piece: Vec<u8> = mangled.iter().skip(at).take(40).copied().collect();
                mangled.splice(at..at, piece);
            }
            2 => {
                let end = (at + dice.below(40)).min(mangled.len());
                mangled.drain(at..end);
            }
            _ => {
                if let Some(byte) = mangled.get_mut(at) {
                    *byte = dice.roll() as u8;
                }
            }
        }
    }
    mangled
}

fn change(value: &mut Value, other: Value, dice: &mut Dice) {
    match dice.below(8) {
        0 => *value = Value::Null,
        1 => *value = other,
        2 => *value = dice.one_of(&TEXTS).into(),
        3 => *value = dice.one_of(&FRACTIONS).into(),
        _ => match value {
            Value::Number(number) if dice.below(2) == 0 => {
                let near = number.as_i64().unwrap_or_default();
                *value = near.wrapping_add(dice.below(7) as i64 - 3).into();
            }
            Value::Array(items) if !items.is_empty() => {
                let at = dice.below(items.len());
                match dice.below(3) {
                    0 => drop(items.remove(at)),
                    1 => items.reverse(),
                    _ => {
                        let again = items.get(at).cloned().unwrap_or_default();
                        items.push(again);
                    }
                }
            }
            Value::Object(fields) if !fields.is_empty() => {
                let at = dice.below(fields.len());
                if let Some(name) = fields.keys().nth(at).cloned() {
                    let was = fields.remove(&name);
                    if dice.below(2) == 0 {
                        fields.insert(format!("{name}0"), was.unwrap_or_default());
                    }
                }
            }
            Value::Bool(is_set) => *is_set = !*is_set,
            _ => *value = dice.one_of(&NUMBERS).into(),
        },
    }
}

/// Returns how many values a document has, itself included.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum(),
        _ => 0_usize,
    }
}

fn nth_mut(value: &mut Value, target: usize) -> Option<&mut Value> {
    let Some(mut target) = target.checked_sub(1) else {
        return Some(value);
    };
    let inner: Box<dyn Iterator<Item = &mut Value>> = match value {
        Value::Array(items) => Box::new(items.iter_mut()),
        Value::Object(fields) => Box::new(fields.values_mut()),
        _ => return None,
    };
    for part in inner {
        let size = count(part);
        if target < size {
            return nth_mut(part, target);
        }
        target -= size;
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_value_of_a_document_is_changed_by_some_seed() {
        let whole = json!({"a": [1, 2, {"b": "c"}], "d": true, "e": null});
        assert_eq!(count(&whole), 8);
        let paths = ["/a/0", "/a/2/b", "/d", "/a", "/e"];
        for path in paths {
            let changed = |seed| document(&whole, seed).pointer(path) != whole.pointer(path);
            assert!((0..200).any(changed), "{path}");
            assert!(!(0..200).all(changed), "{path} stays under some");
        }
        assert_eq!(document(&whole, 7), document(&whole, 7));
        assert_ne!(
            bytes(b"a longer text than that", 1),
            b"a longer text than that"
        );
        assert_eq!(bytes(b"", 3).len(), 0);
    }
}
