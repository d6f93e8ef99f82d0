//! Cutting by what is said, and taking it back.

use footage::time::{SourceRange, SourceTime};
use insta::assert_snapshot;
use timeline::edit::*;

use crate::stage::{Stage, edited};

fn delete_words(stage: &mut Stage, letter: char, ranges: &[(f64, f64)]) -> Edit {
    let ranges = ranges
        .iter()
        .map(|(start, end)| SourceRange::from_secs(*start, *end));
    DeleteWords {
        sequence: stage.sequence,
        media: stage.media(letter),
        ranges: ranges.collect(),
    }
    .into()
}

fn restore(stage: &mut Stage, letter: char, start: f64, end: f64) -> Edit {
    RestoreRange {
        sequence: stage.sequence,
        media: stage.media(letter),
        range: SourceRange::from_secs(start, end),
    }
    .into()
}

#[test]
fn deleting_words_cuts_every_track() {
    let before = "V1: a[0-10]&1@20
                  A1: a[0-10]&1@20
                  M1: s[0-10]
                  marks: x@9";
    assert_snapshot!(edited(before, |s| delete_words(s, 'a', &[(22.0, 23.0), (25.0, 27.0)])), @r"
        V1: a[0-2]@20&1 a[2-4]@23&2 a[4-7]@27&3
        A1: a[0-2]@20&1 a[2-4]@23&2 a[4-7]@27&3
        M1: s[0-2] s[2-4]@3 s[4-7]@7
        marks: x@6
        ");
    assert_snapshot!(edited(before, |s| delete_words(s, 'a', &[(0.0, 21.0), (29.5, 90.0)])), @r"
        V1: a[0-8.5]@21&1
        A1: a[0-8.5]@21&1
        M1: s[0-8.5]@1
        marks: x@8
        ");
    assert_snapshot!(edited(before, |s| delete_words(s, 'a', &[(0.0, 20.0)])), @"refused: nothing_there");
    assert_snapshot!(edited(before, |s| delete_words(s, 'a', &[(0.0, 90.0)])), @r"
        V1:
        A1:
        M1:
        marks: x@0
        ");
}

#[test]
fn deleting_words_leaves_silent_pictures_of_the_same_source() {
    let before = "V1: b[0-10]&1
                  O1: a[0-4]@22
                  A1: b[0-10]&1";
    assert_snapshot!(edited(before, |s| delete_words(s, 'a', &[(22.0, 23.0)])), @"refused: nothing_there");
}

#[test]
fn deleting_words_leaves_takes_that_are_not_heard() {
    let before = "V1: a[0-10]&1 a[30-40]@0&2
                  A1: a[0-10]&1 a[30-40]@0&2!";
    assert_snapshot!(edited(before, |s| delete_words(s, 'a', &[(2.0, 3.0)])), @r"
        V1: a[0-2]&1 a[2-9]@3&2 a[29-39]@0&3
        A1: a[0-2]&1 a[2-9]@3&2 a[29-39]@0&3!
        ");
    let before = "V1: a[0-10]&1 a[30-40]@0
                  A1: a[0-10]&1
                  A2 muted: a[30-40]@0";
    assert_snapshot!(edited(before, |s| delete_words(s, 'a', &[(2.0, 3.0)])), @r"
        V1: a[0-2]&1 a[2-9]@3&2 a[29-39]@0
        A1: a[0-2]&1 a[2-9]@3&2
        A2 muted: a[29-39]@0
        ");
    assert_snapshot!(edited("V1: a[0-10]!", |s| delete_words(s, 'a', &[(2.0, 3.0)])), @"refused: nothing_there");
}

#[test]
fn restoring_takes_a_deletion_back() {
    let before = "V1: a[0-10]&1@20
                  A1: a[0-10]&1@20
                  M1: s[0-10]";
    let mut stage = Stage::new(before);
    let cut = delete_words(&mut stage, 'a', &[(22.0, 23.0), (25.0, 27.0)]);
    let cut = stage.after(cut);
    let mut back = cut.after(restore(&mut cut.clone(), 'a', 20.0, 30.0));
    back.project.next_id = stage.project.next_id;
    assert_eq!(
        back, stage,
        "the clips are one again, with their first identities"
    );
}

#[test]
fn restoring_a_part_extends_its_neighbour_or_stands_alone() {
    let before = "V1: a[0-2]&1 a[2-4]&2@8
                  A1: a[0-2]&1 a[2-4]&2@8
                  M1: s[0-4]
                  marks: x@3";
    assert_snapshot!(edited(before, |s| restore(s, 'a', 2.0, 3.0)), @r"
        V1: a[0-3]&1 a[3-5]@8&2
        A1: a[0-3]&1 a[3-5]@8&2
        M1: s[0-2] s[3-5]@2
        marks: x@4
        ");
    assert_snapshot!(edited(before, |s| restore(s, 'a', 7.0, 9.0)), @r"
        V1: a[0-2]&1 a[2-5]@7&2
        A1: a[0-2]&1 a[2-5]@7&2
        M1: s[0-2] s[3-5]@2
        marks: x@4
        ");
    assert_snapshot!(edited(before, |s| restore(s, 'a', 4.0, 5.0)), @r"
        V1: a[0-2]&1 a[2-3]@4&2 a[3-5]@8&3
        A1: a[0-2]&1 a[2-3]@4&2 a[3-5]@8&3
        M1: s[0-2] s[3-5]@2
        marks: x@4
        ");
    assert_snapshot!(edited(before, |s| restore(s, 'a', 8.0, 9.0)), @"refused: nothing_there");
}

#[test]
fn restoring_joins_only_clips_that_play_alike() {
    let before = "V1: a[0-2]&1 a[2-4]&2@3 a[4-6]&3@6
                  A1: a[0-2]&1 a[2-4]&2@3+6dB a[4-6]&3@6>1";
    assert_snapshot!(edited(before, |s| restore(s, 'a', 0.0, 9.0)), @r"
        V1: a[0-8]&1
        A1: a[0-3]&1 a[3-6]+6dB a[6-8]>1
        ");
    let crop = |s: &mut Stage| {
        let pixels = footage::picture::PixelBox {
            x: 0.0,
            y: 0.0,
            w: 607.5,
            h: 1080.0,
        };
        let (sequence, clip, at) = (s.sequence, s.clip("V1", 0), SourceTime::ZERO);
        *s = s.after(SetCropKey {
            sequence,
            clip,
            at,
            pixels,
        });
    };
    assert_snapshot!(edited("V1: a[0-2] a[2-4]@3", |s| {
        crop(s);
        restore(s, 'a', 0.0, 9.0)
    }), @"V1: a[0-3] a[3-5]");
}
