//! Cues at the same time, and scripts without spaces.

use std::fmt::Write as _;

use super::properties::ordered;
use super::*;

#[test]
fn overlapping_cues_give_words_in_order() {
    let two_speakers = "1\n00:00:01,000 --> 00:00:03,000\nOne two\n\n\
        2\n00:00:01,000 --> 00:00:03,000\nThree four\n";
    assert_eq!(
        texts(&heard(two_speakers, &[])),
        ["One", "two", "Three", "four"]
    );
    let late = "1\n00:00:01,000 --> 00:00:03,000\nOne two\n\n\
        2\n00:00:02,500 --> 00:00:04,000\nThree four\n";
    let heard = heard(late, &[]);
    assert_eq!(
        heard.transcript.words[2].range.start,
        SourceTime::from_secs(2.5)
    );
}

/// A title that stays while others speak.
#[test]
fn a_long_cue_leaves_the_times_of_those_inside_it() {
    let clock = |tenths: i32| {
        format!(
            "00:{:02}:{:02},{}00",
            tenths / 600,
            tenths / 10 % 60,
            tenths % 10
        )
    };
    let mut file = format!("1\n{} --> {}\nTITLE\n\n", clock(0), clock(1800));
    for line in 1..59 {
        let start = line * 30;
        let times = format!("{} --> {}", clock(start), clock(start + 25));
        writeln!(file, "{}\n{times}\nand so number{line}\n", line + 1).unwrap();
    }
    let heard = heard(&file, &[]);
    ordered(&heard).unwrap();
    let all = &heard.transcript.words;
    assert_eq!(all[0].text, "TITLE");
    assert!(
        all[0].range.end <= SourceTime::from_secs(3.0),
        "{:?}",
        all[0]
    );
    for line in 1..59_i32 {
        let starts = all
            .iter()
            .position(|word| word.text == format!("number{line}"))
            .map(|last| all[last - 2].range.start.secs());
        assert_eq!(
            starts,
            Some(f64::from(line) * 3.0),
            "cue {line} starts where it says"
        );
    }
}

#[test]
fn cues_that_start_nearly_together_are_two_speakers() {
    let pair = |second: &str| {
        let file = format!(
            "1\n00:00:01,000 --> 00:00:04,000\nOne two\n\n2\n{second} --> 00:00:04,000\nThree four\n"
        );
        let heard = heard(&file, &[]);
        ordered(&heard).unwrap();
        assert_eq!(texts(&heard), ["One", "two", "Three", "four"]);
        heard.transcript.words[2].range.start
    };
    assert!(
        pair("00:00:01,400") > SourceTime::from_secs(1.5),
        "they share the time"
    );
    assert_eq!(
        pair("00:00:01,600"),
        SourceTime::from_secs(1.6),
        "the first gives way"
    );
}

#[test]
fn scripts_without_spaces_are_parted() {
    let check = |body: &str, expect: &[&str]| {
        let heard = heard(&format!("1\n00:00:01,000 --> 00:00:04,000\n{body}\n"), &[]);
        assert_eq!(texts(&heard), expect, "words of {body:?}");
        ordered(&heard).unwrap();
    };
    check(
        "今日は、いい天気。",
        &["今", "日", "は、", "い", "い", "天", "気。"],
    );
    check("「はい」と言った", &["「は", "い」", "と", "言っ", "た"]);
    check("コーヒーを2杯", &["コーヒー", "を", "2", "杯"]);
    check("我爱Rust。", &["我", "爱", "Rust。"]);
    check("ไปไหน", &["ไ", "ป", "ไ", "ห", "น"]);
    check("안녕 하세요", &["안녕", "하세요"]);
    check("Déjà vu, l'été", &["Déjà", "vu,", "l'été"]);
}
