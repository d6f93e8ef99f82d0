//! What each verb does to clips, in the notation of `stage`.

use footage::time::{SourceRange, SourceTime, Ticks};
use insta::assert_snapshot;
use proptest::prelude::*;
use timeline::edit::*;
use timeline::ids::TrackId;
use timeline::project::{Framing, Speed, TrackKind};
use timeline::time::SequenceRange;
use timeline::violations::violations;

use crate::stage::{Stage, at, edited, secs};

fn insert(stage: &mut Stage, letter: char, tracks: &[&str], mode: InsertMode) -> InsertClip {
    InsertClip {
        sequence: stage.sequence,
        tracks: tracks.iter().map(|name| stage.track(name).id).collect(),
        at: at(3.0),
        media: stage.media(letter),
        source: SourceRange::from_secs(50.0, 52.0),
        speed: Speed::NORMAL,
        framing: Framing::Fit,
        mode,
    }
}

fn moved(stage: &Stage, clip: (&str, usize), by: f64, lanes: i32, mode: MoveMode) -> Edit {
    let clips = vec![stage.clip(clip.0, clip.1)];
    let (sequence, by) = (stage.sequence, secs(by));
    MoveClips {
        sequence,
        clips,
        by,
        lanes,
        mode,
    }
    .into()
}

fn split(stage: &Stage, time: f64, scope: SplitScope) -> Edit {
    let (sequence, at) = (stage.sequence, at(time));
    Split {
        sequence,
        at,
        scope,
    }
    .into()
}

fn trim(stage: &Stage, clip: (&str, usize), edge: Edge, to: f64, later: Later) -> Edit {
    let (sequence, clip, to) = (stage.sequence, stage.clip(clip.0, clip.1), at(to));
    Trim {
        sequence,
        clip,
        edge,
        to,
        later,
    }
    .into()
}

fn roll(stage: &Stage, clip: (&str, usize), to: f64) -> Edit {
    let (sequence, clip, to) = (stage.sequence, stage.clip(clip.0, clip.1), at(to));
    Roll { sequence, clip, to }.into()
}

fn speed(stage: &Stage, clip: (&str, usize), num: u32, den: u32, later: Later) -> Edit {
    let (sequence, clip) = (stage.sequence, stage.clip(clip.0, clip.1));
    SetSpeed {
        sequence,
        clip,
        speed: Speed { num, den },
        later,
    }
    .into()
}

#[test]
fn insertion_takes_only_free_room_unless_told_otherwise() {
    let before = "V1: a[0-2] b[5-9]
                  A1:";
    assert_snapshot!(edited(before, |s| insert(s, 'c', &["V1", "A1"], InsertMode::Vacant).into()), @r"
        V1: a[0-2] c[3-5]@50&1 b[5-9]
        A1: c[3-5]@50&1
        ");
    let before = "V1: a[0-4] b[4-9]
                  A1:";
    assert_snapshot!(edited(before, |s| insert(s, 'c', &["V1"], InsertMode::Vacant).into()), @"refused: occupied");
}

#[test]
fn overwriting_cuts_what_is_there_on_the_named_tracks_only() {
    let before = "V1: a[0-10]&1
                  A1: a[0-10]&1
                  marks: x@8";
    assert_snapshot!(edited(before, |s| insert(s, 'b', &["V1"], InsertMode::Overwrite).into()), @r"
        V1: a[0-3]&1 b[3-5]@50 a[5-10]
        A1: a[0-10]&1
        marks: x@8
        ");
    let before = "V1: a[0-4] b[4-4.5] c[4.5-9]";
    assert_snapshot!(edited(before, |s| insert(s, 'd', &["V1"], InsertMode::Overwrite).into()), @"V1: a[0-3] d[3-5]@50 c[5-9]");
}

#[test]
fn a_ripple_insertion_parts_and_moves_every_track() {
    let before = "V1: a[0-6]&1 b[6-9]
                  O1: c[4-5]
                  A1: a[0-6]&1
                  M1: s[0-9]
                  marks: x@2 y@3 z@8";
    assert_snapshot!(edited(before, |s| insert(s, 'd', &["V1", "A1"], InsertMode::Ripple).into()), @r"
        V1: a[0-3]&1 d[3-5]@50&2 a[5-8]@3&3 b[8-11]@6
        O1: c[6-7]@4
        A1: a[0-3]&1 d[3-5]@50&2 a[5-8]@3&3
        M1: s[0-3] s[5-11]@3
        marks: x@2 y@5 z@10
        ");
}

#[test]
fn an_insertion_needs_what_the_track_carries() {
    let before = "V1:
                  A1:";
    assert_snapshot!(edited(before, |s| insert(s, 's', &["V1"], InsertMode::Vacant).into()), @"refused: clip_media");
    assert_snapshot!(edited(before, |s| insert(s, 'p', &["A1"], InsertMode::Vacant).into()), @"refused: clip_media");
    assert_snapshot!(edited(before, |s| insert(s, 'a', &["V1", "V1"], InsertMode::Vacant).into()), @"refused: nothing_selected");
    assert_snapshot!(edited(before, |s| {
        let source = SourceRange::from_secs(99.0, 101.0);
        InsertClip { source, ..insert(s, 'a', &["V1"], InsertMode::Vacant) }.into()
    }), @"refused: clip_source");
    assert_snapshot!(edited(before, |s| {
        let speed = Speed { num: 0, den: 1 };
        InsertClip { speed, ..insert(s, 'a', &["V1"], InsertMode::Vacant) }.into()
    }), @"refused: speed_out_of_range");
    assert_snapshot!(edited(before, |s| {
        let at = at(-1.0);
        InsertClip { at, ..insert(s, 'a', &["V1"], InsertMode::Vacant) }.into()
    }), @"refused: times");
}

#[test]
fn a_move_takes_linked_clips_along() {
    let before = "V1: a[0-3]&1 b[5-9]
                  V2:
                  A1: a[0-3]&1";
    assert_snapshot!(edited(before, |s| moved(s, ("V1", 0), 1.5, 0, MoveMode::Vacant)), @r"
        V1: a[1.5-4.5]@0&1 b[5-9]
        V2:
        A1: a[1.5-4.5]@0&1
        ");
    assert_snapshot!(edited(before, |s| moved(s, ("V1", 0), 4.0, 1, MoveMode::Vacant)), @r"
        V1: b[5-9]
        V2: a[4-7]@0&1
        A1: a[4-7]@0&1
        ");
    assert_snapshot!(edited(before, |s| moved(s, ("V1", 0), 4.0, 0, MoveMode::Vacant)), @"refused: occupied");
    assert_snapshot!(edited(before, |s| moved(s, ("V1", 0), 4.0, 0, MoveMode::Overwrite)), @r"
        V1: a[4-7]@0&1 b[7-9]
        V2:
        A1: a[4-7]@0&1
        ");
    assert_snapshot!(edited(before, |s| moved(s, ("V1", 0), -1.0, 0, MoveMode::Vacant)), @"refused: times");
    assert_snapshot!(edited(before, |s| moved(s, ("V1", 0), 0.0, 2, MoveMode::Vacant)), @"refused: no_lane");
}

#[test]
fn what_a_move_cuts_off_stays_linked_across_tracks() {
    let before = "V1: a[0-10]&1 b[20-22]&2
                  A1: a[0-10]&1 b[20-22]&2";
    assert_snapshot!(edited(before, |s| moved(s, ("V1", 1), -16.0, 0, MoveMode::Overwrite)), @r"
        V1: a[0-4]&1 b[4-6]@20&2 a[6-10]&3
        A1: a[0-4]&1 b[4-6]@20&2 a[6-10]&3
        ");
    // Sound that goes on after its picture.
    let before = "V1: a[0-10]&1 b[20-22]&2
                  A1: a[0-10]&1 b[20-23]&2";
    assert_snapshot!(edited(before, |s| moved(s, ("V1", 1), -16.0, 0, MoveMode::Overwrite)), @r"
        V1: a[0-4]&1 b[4-6]@20&2 a[6-10]&3
        A1: a[0-4]&1 b[4-7]@20&2 a[7-10]&3
        ");
    // Two clips that leave a part between them, over one sound.
    let before = "V1: a[0-10]&1 b[20-21]&2 b[22-23]&2
                  A1: a[0-10]&1 b[20-21]&2 b[22-23]&2
                  M1: s[20-23]&2";
    assert_snapshot!(edited(before, |s| moved(s, ("V1", 1), -16.0, 0, MoveMode::Overwrite)), @r"
        V1: a[0-4]&1 b[4-5]@20&2 a[5-6]&3 b[6-7]@22&2 a[7-10]&4
        A1: a[0-4]&1 b[4-5]@20&2 a[5-6]&3 b[6-7]@22&2 a[7-10]&4
        M1: s[4-7]@20&2
        ");
}

#[test]
fn clips_that_move_together_keep_their_order() {
    let before = "V1: a[0-3] b[3-5] c[8-9]";
    let both = |s: &mut Stage| {
        let clips = vec![s.clip("V1", 1), s.clip("V1", 0)];
        let (sequence, by) = (s.sequence, secs(2.0));
        MoveClips {
            sequence,
            clips,
            by,
            lanes: 0,
            mode: MoveMode::Vacant,
        }
        .into()
    };
    assert_snapshot!(edited(before, both), @"V1: a[2-5]@0 b[5-7]@3 c[8-9]");
}

#[test]
fn a_split_parts_linked_clips_into_linked_parts() {
    let before = "V1: a[0-6]&1<1>2 b[6-9]
                  A1: a[0-6]&1
                  M1: s[0-9]";
    assert_snapshot!(edited(before, |s| split(s, 2.0, SplitScope::Track(s.track("V1").id))), @r"
        V1: a[0-2]&1<1 a[2-6]&2>2 b[6-9]
        A1: a[0-2]&1 a[2-6]&2
        M1: s[0-9]
        ");
    assert_snapshot!(edited(before, |s| split(s, 2.0, SplitScope::Everything)), @r"
        V1: a[0-2]&1<1 a[2-6]&2>2 b[6-9]
        A1: a[0-2]&1 a[2-6]&2
        M1: s[0-2] s[2-9]
        ");
    assert_snapshot!(edited(before, |s| split(s, 6.0, SplitScope::Track(s.track("V1").id))), @"refused: nothing_there");
    assert_snapshot!(edited(before, |s| split(s, 9.0, SplitScope::Track(s.track("V1").id))), @"refused: nothing_there");
    assert_snapshot!(edited(before, |s| split(s, 2.0, SplitScope::Track(TrackId(999)))), @"refused: no_track");
}

#[test]
fn splitting_everything_leaves_locked_tracks() {
    let before = "V1: a[0-6]
                  M1 locked: s[0-9]";
    assert_snapshot!(edited(before, |s| split(s, 2.0, SplitScope::Everything)), @r"
        V1: a[0-2] a[2-6]
        M1 locked: s[0-9]
        ");
    assert_snapshot!(edited(before, |s| split(s, 2.0, SplitScope::Track(s.track("M1").id))), @"refused: locked");
}

#[test]
fn a_split_leaves_strangers_on_the_tracks_of_its_links() {
    let before = "V1: a[0-10]&1
                  A1: a[0-3]&1 b[5-9]";
    assert_snapshot!(edited(before, |s| split(s, 6.0, SplitScope::Track(s.track("V1").id))), @r"
        V1: a[0-6]&1 a[6-10]
        A1: a[0-3]&1 b[5-9]
        ");
    let before = "V1: a[0-10]&1
                  A1: a[0-3]&1 b[5-9] a[9-10]&1
                  A2 locked: a[0-3]&1 b[5-9]";
    assert_snapshot!(edited(before, |s| split(s, 6.0, SplitScope::Track(s.track("V1").id))), @r"
        V1: a[0-6]&1 a[6-10]&2
        A1: a[0-3]&1 b[5-9] a[9-10]&2
        A2 locked: a[0-3]&1 b[5-9]
        ");
}

#[test]
fn a_part_that_a_link_loses_belongs_to_the_side_it_lies_on() {
    let before = "V1: a[0-6]&1
                  A1: a[4-6]&1
                  A2: a[0-2]&1";
    assert_snapshot!(edited(before, |s| split(s, 3.0, SplitScope::Track(s.track("V1").id))), @r"
        V1: a[0-3]&1 a[3-6]&2
        A1: a[4-6]&2
        A2: a[0-2]&1
        ");
}

#[test]
fn a_split_at_a_speed_leaves_less_than_a_tick_of_the_source() {
    let before = "V1: a[0-3]*7/3@10 b[3-4]";
    let stage = Stage::new(before);
    let time = at(1.0) + Ticks(1);
    let scope = SplitScope::Everything;
    let after = stage.after(Split {
        sequence: stage.sequence,
        at: time,
        scope,
    });
    let [first, second, next] = &after.track("V1").clips[..] else {
        panic!("two parts and the next clip: {}", after.text());
    };
    assert_eq!(second.start, time, "a part starts exactly at the cut");
    assert!(
        second.start - first.range().end <= Ticks(1),
        "and the one before ends there"
    );
    assert!(
        next.start - second.range().end <= Ticks(1),
        "the next clip still follows"
    );
    assert!(
        second.source.start - first.source.end <= Ticks(1),
        "nothing audible is lost"
    );
}

#[test]
fn lifting_leaves_the_room() {
    let before = "V1: a[0-3]&1 b[3-5] c[5-9]
                  A1: a[0-3]&1
                  marks: x@4";
    assert_snapshot!(edited(before, |s| Lift { sequence: s.sequence, clips: vec![s.clip("V1", 0)] }.into()), @r"
        V1: b[3-5] c[5-9]
        A1:
        marks: x@4
        ");
    assert_snapshot!(edited(before, |s| Lift { sequence: s.sequence, clips: vec![] }.into()), @"refused: nothing_selected");
}

#[test]
fn a_ripple_deletion_takes_the_time_from_every_track() {
    let before = "V1: a[0-3]&1 b[3-5] c[5-9]
                  O1: d[2-4] e[6-7]
                  A1: a[0-3]&1
                  M1: s[0-9]
                  marks: x@1 y@4 z@6";
    assert_snapshot!(edited(before, |s| RippleDelete { sequence: s.sequence, clips: vec![s.clip("V1", 1)] }.into()), @r"
        V1: a[0-3]&1 c[3-7]@5
        O1: d[2-3] e[4-5]@6
        A1: a[0-3]&1
        M1: s[0-3] s[3-7]@5
        marks: x@1 y@3 z@4
        ");
    let clips = |s: &Stage| vec![s.clip("A1", 0), s.clip("V1", 2)];
    assert_snapshot!(edited(before, |s| RippleDelete { sequence: s.sequence, clips: clips(s) }.into()), @r"
        V1: b[0-2]@3
        O1: d[0-1]@3
        A1:
        M1: s[0-2]@3
        marks: x@0 y@1 z@2
        ");
    let range = SequenceRange::new(at(0.5), at(1.5));
    assert_snapshot!(edited(before, |s| RippleDeleteRange { sequence: s.sequence, range }.into()), @r"
        V1: a[0-0.5]&1 a[0.5-2]@1.5&2 b[2-4]@3 c[4-8]@5
        O1: d[1-3]@2 e[5-6]@6
        A1: a[0-0.5]&1 a[0.5-2]@1.5&2
        M1: s[0-0.5] s[0.5-8]@1.5
        marks: x@0.5 y@3 z@5
        ");
    let range = SequenceRange::new(at(1.5), at(1.5));
    assert_snapshot!(edited(before, |s| RippleDeleteRange { sequence: s.sequence, range }.into()), @"refused: nothing_there");
}

#[test]
fn a_locked_track_refuses_to_be_changed_or_left_behind() {
    let before = "V1: a[0-3] b[3-5]
                  M1 locked: s[0-4]";
    let range = SequenceRange::new(at(2.0), at(3.0));
    assert_snapshot!(edited(before, |s| RippleDeleteRange { sequence: s.sequence, range }.into()), @"refused: locked");
    let range = SequenceRange::new(at(4.0), at(4.5));
    assert_snapshot!(edited(before, |s| RippleDeleteRange { sequence: s.sequence, range }.into()), @r"
        V1: a[0-3] b[3-4] b[4-4.5]@4.5
        M1 locked: s[0-4]
        ");
    assert_snapshot!(edited(before, |s| moved(s, ("M1", 0), 1.0, 0, MoveMode::Vacant)), @"refused: locked");
    assert_snapshot!(edited(before, |s| insert(s, 'b', &["M1"], InsertMode::Overwrite).into()), @"refused: locked");
    assert_snapshot!(edited(before, |s| RemoveTrack { sequence: s.sequence, track: s.track("M1").id }.into()), @"refused: locked");
}

#[test]
fn a_locked_track_is_not_moved_out_of_step() {
    let before = "V1: a[0-3]
                  M1 locked: s[5-9]";
    let range = SequenceRange::new(at(1.0), at(2.0));
    assert_snapshot!(edited(before, |s| RippleDeleteRange { sequence: s.sequence, range }.into()), @"refused: locked");
    assert_snapshot!(edited(before, |s| insert(s, 'b', &["V1"], InsertMode::Ripple).into()), @"refused: locked");
}

#[test]
fn trimming_leaves_what_follows() {
    let before = "V1: a[1-5]&1<1>2@10 b[7-9]
                  A1: a[1-5]&1@10";
    assert_snapshot!(edited(before, |s| trim(s, ("V1", 0), Edge::End, 3.0, Later::Stays)), @r"
        V1: a[1-3]@10&1<1>1 b[7-9]
        A1: a[1-3]@10&1
        ");
    assert_snapshot!(edited(before, |s| trim(s, ("V1", 0), Edge::End, 7.0, Later::Stays)), @r"
        V1: a[1-7]@10&1<1>2 b[7-9]
        A1: a[1-7]@10&1
        ");
    assert_snapshot!(edited(before, |s| trim(s, ("V1", 0), Edge::End, 7.5, Later::Stays)), @"refused: occupied");
    assert_snapshot!(edited(before, |s| trim(s, ("A1", 0), Edge::Start, 4.5, Later::Stays)), @r"
        V1: a[4.5-5]@13.5&1<0.5 b[7-9]
        A1: a[4.5-5]@13.5&1
        ");
    assert_snapshot!(edited(before, |s| trim(s, ("A1", 0), Edge::Start, 0.0, Later::Stays)), @r"
        V1: a[0-5]@9&1<1>2 b[7-9]
        A1: a[0-5]@9&1
        ");
    assert_snapshot!(edited(before, |s| trim(s, ("V1", 0), Edge::Start, 5.0, Later::Stays)), @"refused: nothing_left");
    assert_snapshot!(edited(before, |s| trim(s, ("V1", 1), Edge::End, 200.0, Later::Stays)), @"refused: clip_source");
}

#[test]
fn trimming_follows_a_link_only_where_the_edges_meet() {
    let before = "V1: a[1-5]&1@10
                  A1: a[1-6]&1@10";
    assert_snapshot!(edited(before, |s| trim(s, ("V1", 0), Edge::End, 4.0, Later::Stays)), @r"
        V1: a[1-4]@10&1
        A1: a[1-6]@10&1
        ");
    assert_snapshot!(edited(before, |s| trim(s, ("V1", 0), Edge::Start, 2.0, Later::Stays)), @r"
        V1: a[2-5]@11&1
        A1: a[2-6]@11&1
        ");
}

#[test]
fn a_ripple_trim_keeps_every_track_in_step() {
    let before = "V1: a[0-4]&1@10 b[4-6]
                  A1: a[0-4]&1@10 b[4-6]
                  M1: s[0-9]
                  marks: x@5";
    assert_snapshot!(edited(before, |s| trim(s, ("V1", 0), Edge::End, 3.0, Later::Moves)), @r"
        V1: a[0-3]@10&1 b[3-5]@4
        A1: a[0-3]@10&1 b[3-5]@4
        M1: s[0-3] s[3-8]@4
        marks: x@4
        ");
    assert_snapshot!(edited(before, |s| trim(s, ("V1", 0), Edge::End, 5.0, Later::Moves)), @r"
        V1: a[0-5]@10&1 b[5-7]@4
        A1: a[0-5]@10&1 b[5-7]@4
        M1: s[0-4] s[5-10]@4
        marks: x@6
        ");
    assert_snapshot!(edited(before, |s| trim(s, ("V1", 0), Edge::Start, 1.0, Later::Moves)), @r"
        V1: a[0-3]@11&1 b[3-5]@4
        A1: a[0-3]@11&1 b[3-5]@4
        M1: s[0-8]@1
        marks: x@4
        ");
    assert_snapshot!(edited(before, |s| trim(s, ("V1", 1), Edge::Start, 3.0, Later::Moves)), @r"
        V1: a[0-4]@10&1 b[4-7]@3
        A1: a[0-4]@10&1 b[5-7]@4
        M1: s[0-4] s[5-10]@4
        marks: x@6
        ");
}

#[test]
fn rolling_moves_a_cut_and_nothing_else() {
    let before = "V1: a[0-4]&1@10 b[4-6]@20
                  A1: a[0-4]&1@10 b[4-6]@20";
    assert_snapshot!(edited(before, |s| roll(s, ("V1", 0), 5.0)), @r"
        V1: a[0-5]@10&1 b[5-6]@21
        A1: a[0-5]@10&1 b[5-6]@21
        ");
    assert_snapshot!(edited(before, |s| roll(s, ("V1", 0), 3.0)), @r"
        V1: a[0-3]@10&1 b[3-6]@19
        A1: a[0-3]@10&1 b[3-6]@19
        ");
    assert_snapshot!(edited(before, |s| roll(s, ("V1", 0), 6.0)), @"refused: nothing_left");
    assert_snapshot!(edited(before, |s| roll(s, ("V1", 1), 5.0)), @"refused: no_neighbour");
}

#[test]
fn slipping_plays_another_stretch() {
    let before = "V1: a[0-4]&1@10
                  A1: a[0-4]&1@10
                  M1: s[0-4]&1";
    let slip = |s: &Stage, by| Slip {
        sequence: s.sequence,
        clip: s.clip("V1", 0),
        by: secs(by),
    };
    assert_snapshot!(edited(before, |s| slip(s, 2.0).into()), @r"
        V1: a[0-4]@12&1
        A1: a[0-4]@12&1
        M1: s[0-4]&1
        ");
    assert_snapshot!(edited(before, |s| slip(s, -10.5).into()), @"refused: clip_source");
}

#[test]
fn speed_changes_the_length() {
    let before = "V1: a[0-4]&1@10 b[6-9]
                  A1: a[0-4]&1@10
                  M1: s[0-9]";
    assert_snapshot!(edited(before, |s| speed(s, ("V1", 0), 4, 2, Later::Stays)), @r"
        V1: a[0-2]@10*2/1&1 b[6-9]
        A1: a[0-2]@10*2/1&1
        M1: s[0-9]
        ");
    assert_snapshot!(edited(before, |s| speed(s, ("V1", 0), 2, 1, Later::Moves)), @r"
        V1: a[0-2]@10*2/1&1 b[4-7]@6
        A1: a[0-2]@10*2/1&1
        M1: s[0-2] s[2-7]@4
        ");
    assert_snapshot!(edited(before, |s| speed(s, ("V1", 0), 1, 2, Later::Stays)), @"refused: occupied");
    assert_snapshot!(edited(before, |s| speed(s, ("V1", 0), 1, 2, Later::Moves)), @r"
        V1: a[0-8]@10*1/2&1 b[10-13]@6
        A1: a[0-8]@10*1/2&1
        M1: s[0-4] s[8-13]@4
        ");
    assert_snapshot!(edited(before, |s| speed(s, ("V1", 0), 1, 0, Later::Stays)), @"refused: speed_out_of_range");
    let before = "V1: a[0-4]<1>3";
    assert_snapshot!(edited(before, |s| speed(s, ("V1", 0), 2, 1, Later::Stays)), @"V1: a[0-2]*2/1<1>1");
}

#[test]
fn clips_carry_gain_fades_and_whether_they_play() {
    let before = "V1: a[0-4]&1
                  A1: a[0-4]&1";
    let (fade_in, fade_out) = (secs(1.0), secs(2.0));
    assert_snapshot!(edited(before, |s| SetGain { sequence: s.sequence, clip: s.clip("A1", 0), gain_db: 6.0 }.into()), @r"
        V1: a[0-4]&1
        A1: a[0-4]&1+6dB
        ");
    assert_snapshot!(edited(before, |s| SetGain { sequence: s.sequence, clip: s.clip("A1", 0), gain_db: 24.5 }.into()), @"refused: clip_gain");
    assert_snapshot!(edited(before, |s| SetFades { sequence: s.sequence, clip: s.clip("V1", 0), fade_in, fade_out }.into()), @r"
        V1: a[0-4]&1<1>2
        A1: a[0-4]&1
        ");
    let fade_out = secs(3.5);
    assert_snapshot!(edited(before, |s| SetFades { sequence: s.sequence, clip: s.clip("V1", 0), fade_in, fade_out }.into()), @"refused: clip_fades");
    assert_snapshot!(edited(before, |s| SetEnabled { sequence: s.sequence, clips: vec![s.clip("V1", 0)], enabled: false }.into()), @r"
        V1: a[0-4]&1!
        A1: a[0-4]&1
        ");
}

#[test]
fn links_hold_the_clips_that_were_named() {
    let before = "V1: a[0-4]&1
                  A1: a[0-4]&1
                  M1: s[0-4]";
    assert_snapshot!(edited(before, |s| LinkClips { sequence: s.sequence, clips: vec![s.clip("V1", 0), s.clip("M1", 0)] }.into()), @r"
        V1: a[0-4]&1
        A1: a[0-4]
        M1: s[0-4]&1
        ");
    assert_snapshot!(edited(before, |s| LinkClips { sequence: s.sequence, clips: vec![s.clip("V1", 0)] }.into()), @"refused: nothing_selected");
    assert_snapshot!(edited(before, |s| UnlinkClips { sequence: s.sequence, clips: vec![s.clip("A1", 0)] }.into()), @r"
        V1: a[0-4]
        A1: a[0-4]
        M1: s[0-4]
        ");
}

#[test]
fn tracks_come_and_go() {
    let before = "V1: a[0-4]&1
                  A1: a[0-4]&1";
    let add = |s: &Stage, kind, position| AddTrack {
        sequence: s.sequence,
        kind,
        position,
    };
    assert_snapshot!(edited(before, |s| add(s, TrackKind::Overlay, 1).into()), @r"
        V1: a[0-4]&1
        O1:
        A1: a[0-4]&1
        ");
    assert_snapshot!(edited(before, |s| add(s, TrackKind::Music, 99).into()), @r"
        V1: a[0-4]&1
        A1: a[0-4]&1
        M1:
        ");
    assert_snapshot!(edited(before, |s| RemoveTrack { sequence: s.sequence, track: s.track("V1").id }.into()), @"A1: a[0-4]");
    assert_snapshot!(edited(before, |s| SetTrackMuted { sequence: s.sequence, track: s.track("V1").id, muted: true }.into()), @r"
        V1 muted: a[0-4]&1
        A1: a[0-4]&1
        ");
    assert_snapshot!(edited(before, |s| SetTrackLocked { sequence: s.sequence, track: s.track("V1").id, locked: true }.into()), @r"
        V1 locked: a[0-4]&1
        A1: a[0-4]&1
        ");
}

#[test]
fn markers_stay_sorted() {
    let before = "V1: a[0-4]
                  marks: x@1 y@3";
    assert_snapshot!(edited(before, |s| AddMarker { sequence: s.sequence, at: at(2.0), label: "z".into() }.into()), @r"
        V1: a[0-4]
        marks: x@1 z@2 y@3
        ");
    assert_snapshot!(edited(before, |s| AddMarker { sequence: s.sequence, at: at(-2.0), label: "z".into() }.into()), @"refused: times");
    let marker = |s: &Stage| s.sequence().markers[0].id;
    assert_snapshot!(edited(before, |s| MoveMarker { sequence: s.sequence, marker: marker(s), to: at(4.0) }.into()), @r"
        V1: a[0-4]
        marks: y@3 x@4
        ");
    assert_snapshot!(edited(before, |s| RenameMarker { sequence: s.sequence, marker: marker(s), label: "w".into() }.into()), @r"
        V1: a[0-4]
        marks: w@1 y@3
        ");
    assert_snapshot!(edited(before, |s| RemoveMarker { sequence: s.sequence, marker: marker(s) }.into()), @r"
        V1: a[0-4]
        marks: y@3
        ");
}

#[test]
fn a_batch_is_all_or_nothing() {
    let before = "V1: a[0-4] b[4-6]";
    let batch = |s: &Stage, last: Edit| {
        let edits = vec![split(s, 2.0, SplitScope::Everything), last];
        Batch {
            label: Label::EditSelection,
            edits,
        }
        .into()
    };
    assert_snapshot!(edited(before, |s| batch(s, split(s, 3.0, SplitScope::Everything))), @"V1: a[0-2] a[2-3] a[3-4] b[4-6]");
    assert_snapshot!(edited(before, |s| batch(s, split(s, 30.0, SplitScope::Everything))), @"refused: nothing_there");
    assert_snapshot!(edited(before, |s| batch(s, batch(s, split(s, 3.0, SplitScope::Everything)))), @"refused: nested_batch");
    assert_snapshot!(edited(before, |_| Batch { label: Label::Clean, edits: vec![] }.into()), @"refused: nothing_selected");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parts_at_any_speed_stay_within_the_whole(
        num in 1..40_u32, den in 1..40_u32, length in 4000..9000_i64, cuts in prop::collection::vec((0..2_usize, 1..90_i64), 1..6),
    ) {
        // Two clips without a gap, a few ticks long, where rounding shows.
        let mut stage = Stage::new("V1:");
        let whole = InsertClip {
            at: at(0.0),
            source: SourceRange::new(SourceTime(7), SourceTime(7 + length)),
            speed: Speed { num, den },
            ..insert(&mut stage, 'a', &["V1"], InsertMode::Vacant)
        };
        let mut stage = stage.after(whole.clone());
        let end = stage.track("V1").clips[0].range().end;
        stage = stage.after(InsertClip { at: end, ..whole });
        let (sequence, scope) = (stage.sequence, SplitScope::Everything);
        // A hundred ticks apart, as a part of less than a tick is left out.
        let room = end.0 - 100;
        let cuts = cuts.into_iter().filter(|(_, hundreds)| hundreds * 100 < room);
        for cut in cuts.map(|(clip, hundreds)| [at(0.0), end][clip] + Ticks(hundreds * 100)) {
            match Edit::from(Split { sequence, at: cut, scope }).apply(&stage.project) {
                Ok(project) => stage.project = project,
                Err(error) => {
                    prop_assert_eq!(error, EditError::NothingThere, "a split always fits");
                    continue;
                }
            }
            prop_assert_eq!(violations(&stage.project), []);
            let starts_there = stage.track("V1").clips.iter().any(|clip| clip.start == cut);
            prop_assert!(starts_there, "a part starts exactly at the cut");
        }
        let clips = &stage.track("V1").clips;
        prop_assert_eq!(clips.iter().filter(|clip| clip.start == end).count(), 1, "the second clip stays");
        for pair in clips.windows(2).filter(|pair| pair[1].start != end) {
            let skipped = pair[1].source.start - pair[0].source.end;
            prop_assert!((Ticks::ZERO..=Ticks(1)).contains(&skipped), "{skipped:?} is skipped");
        }
    }
}
