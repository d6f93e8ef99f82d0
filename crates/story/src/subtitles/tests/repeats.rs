//! Lines and cues that a file gives more than once.

use std::fmt::Write as _;

use super::*;

/// Reads a SubRip file of cues: start and end in thousandths of a second, and text.
fn said(cues: &[(u32, u32, &str)]) -> Vec<String> {
    let clock = |ms: u32| {
        format!(
            "00:{:02}:{:02},{:03}",
            ms / 60_000,
            ms / 1000 % 60,
            ms % 1000
        )
    };
    let mut file = String::new();
    for (index, (start, end, text)) in cues.iter().enumerate() {
        let times = format!("{} --> {}", clock(*start), clock(*end));
        writeln!(file, "{}\n{times}\n{text}\n", index + 1).unwrap();
    }
    let heard = heard(&file, &[]);
    let words = heard.transcript.words.into_iter();
    words.map(|word| word.text).collect()
}

/// What sites make of captions that roll: each line is given again, for a moment and above the next.
const ROLLING: [(u32, u32, &str); 5] = [
    (8_000, 10_000, "so today"),
    (10_000, 10_010, "so today"),
    (10_010, 12_500, "so today\nwe are going to talk"),
    (12_500, 12_510, "we are going to talk"),
    (12_510, 15_000, "we are going to talk\nabout bread"),
];

/// Ordinary cues of 2 s from `from` on, with a pause after each.
fn ordinary(from: u32, count: u32) -> impl Iterator<Item = (u32, u32, &'static str)> {
    let starts = (0..count).map(move |index| from + index * 3_000);
    starts.map(|start| (start, start + 2_000, "one more line"))
}

#[test]
fn rolling_lines_without_times_of_words_count_once() {
    assert_eq!(
        said(&ROLLING).join(" "),
        "so today we are going to talk about bread"
    );
    assert_eq!(
        said(&ROLLING[..3]).join(" "),
        "so today we are going to talk"
    );
    let rolling = [
        (0, 2_000, "so today"),
        (2_000, 4_000, "so today\nwe are"),
        (4_000, 6_000, "we are\ngoing"),
        (6_000, 8_000, "going\nhome"),
    ];
    assert_eq!(said(&rolling).join(" "), "so today we are going home");
}

#[test]
fn lines_that_roll_only_once_in_a_long_file_count_once() {
    let first = ROLLING[..3].iter().copied();
    let cues: Vec<(u32, u32, &str)> = first.chain(ordinary(20_000, 60)).collect();
    let said = said(&cues);
    assert_eq!(
        said[..7].join(" "),
        "so today we are going to talk",
        "nobody says two words in a hundredth of a second"
    );
    assert_eq!(said.len(), 7 + 60 * 3);
}

#[test]
fn what_is_said_again_counts_again() {
    let again = [
        (0, 1_000, "No."),
        (1_000, 2_000, "No."),
        (2_000, 3_000, "No."),
        (3_000, 4_000, "No."),
    ];
    assert_eq!(said(&again), ["No."; 4]);
    let louder = [(0, 1_000, "No."), (1_000, 3_000, "No.\nLeave me.")];
    assert_eq!(said(&louder), ["No.", "No.", "Leave", "me."]);
}

#[test]
fn a_cue_that_is_given_twice_counts_once() {
    let twice = [(5_000, 7_000, "Same line"), (5_000, 7_000, "Same line")];
    assert_eq!(said(&twice), ["Same", "line"]);
    let doubled = [
        (5_000, 7_000, "One."),
        (5_000, 7_000, "Two."),
        (5_000, 7_000, "One."),
        (5_000, 7_000, "Two."),
    ];
    assert_eq!(said(&doubled), ["One.", "Two."]);
}
