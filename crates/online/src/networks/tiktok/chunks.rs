//! How a file is cut. Source: TikTok for Developers, "Media Transfer Guide", chunks: 5 to 64 MB each,
//! the last up to 128 MB and no smaller than the others, 1,000 at most; a file below 5 MB is one.

/// Bytes of a chunk. The guide writes MB and its clients read MiB: this is allowed by both.
const CHUNK: u64 = 10_000_000;
/// The most chunks.
const MOST: u64 = 1_000;

/// The chunks of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chunks {
    /// Bytes of every chunk but the last one.
    pub(super) size: u64,
    /// How many there are: what is left over belongs to the last.
    pub(super) count: u64,
    bytes: u64,
}

impl Chunks {
    pub(super) fn of(bytes: u64) -> Self {
        let size = CHUNK.max(bytes.div_ceil(MOST));
        let count = bytes / size;
        if count < 2 {
            return Self {
                size: bytes,
                count: 1,
                bytes,
            };
        }
        Self { size, count, bytes }
    }

    /// Returns the most bytes of a chunk.
    pub(super) fn longest(self) -> u64 {
        if self.count == 1 {
            self.bytes
        } else {
            2 * self.size - 1
        }
    }

    /// Returns where the chunk ends that begins at `from`; none begins elsewhere.
    pub(super) fn end(self, from: u64) -> Option<u64> {
        if from >= self.bytes || !from.is_multiple_of(self.size) {
            return None;
        }
        match (from / self.size).checked_add(1)? {
            next if next < self.count => Some(next * self.size),
            next if next == self.count => Some(self.bytes),
            _ => None,
        }
    }

    /// Returns where the chunk begins that byte `at` belongs to.
    pub(super) fn start(self, at: u64) -> u64 {
        if at >= self.bytes {
            return self.bytes;
        }
        let index = at.checked_div(self.size).unwrap_or(0);
        index.min(self.count - 1) * self.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts a file and returns the lengths of its chunks.
    fn cut(bytes: u64) -> Vec<u64> {
        let chunks = Chunks::of(bytes);
        let mut lengths = Vec::new();
        let mut from = 0;
        while let Some(end) = chunks.end(from) {
            assert!(end - from <= chunks.longest());
            let is_last = from + chunks.longest() >= bytes;
            assert_eq!(is_last, end == bytes, "{bytes} at {from}");
            assert_eq!(chunks.start(from), from);
            assert_eq!(chunks.start(end - 1), from);
            lengths.push(end - from);
            from = end;
        }
        assert_eq!(from, bytes, "all of it");
        assert_eq!(lengths.len() as u64, chunks.count);
        lengths
    }

    #[test]
    fn what_is_left_over_belongs_to_the_last() {
        assert_eq!(cut(1), [1]);
        assert_eq!(cut(4_999_999), [4_999_999]);
        assert_eq!(cut(19_999_999), [19_999_999]);
        assert_eq!(cut(20_000_000), [10_000_000, 10_000_000]);
        assert_eq!(cut(29_999_999), [10_000_000, 19_999_999]);
        assert_eq!(cut(30_000_001), [10_000_000, 10_000_000, 10_000_001]);
    }

    #[test]
    fn the_largest_file_keeps_the_rules() {
        for bytes in [4 << 30, 12_345_678_901, 60_000_000_000] {
            let lengths = cut(bytes);
            assert!(lengths.len() <= 1_000, "{bytes}");
            let (last, others) = lengths.split_last().unwrap();
            assert!(others.iter().all(|n| (5_000_000..=64_000_000).contains(n)));
            assert!((5_000_000..=128_000_000).contains(last), "{bytes}: {last}");
        }
    }

    #[test]
    fn no_chunk_begins_between_two() {
        let chunks = Chunks::of(25_000_000);
        assert_eq!(chunks.end(1), None);
        assert_eq!(chunks.end(20_000_000), None, "the rest belongs to the last");
        assert_eq!(chunks.end(25_000_000), None);
        assert_eq!(chunks.start(24_999_999), 10_000_000);
        assert_eq!(chunks.start(25_000_000), 25_000_000);
        assert_eq!(Chunks::of(0).end(0), None);
    }
}
