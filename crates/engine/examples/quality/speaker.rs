//! Who speaks, of two who are seen side by side.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use footage::Analysis;
use footage::picture::TrackId;
use footage::time::SourceRange;
use story::speaking::turns;
use testkit::Clip;

use crate::bench::Bench;
use crate::table::{Figure, line};

/// Talkers, each with a sentence of about two seconds in a film of three.
const PAIRS: &[(&str, &str)] = &[
    ("grid_bbaf2n.mpg", "grid_lrwp9a.mpg"),
    ("grid_sbia1a.mpg", "grid_brbk7n.mpg"),
    ("grid_lbax4n.mpg", "grid_pwij3p.mpg"),
    ("grid_lwbsza.mpg", "grid_s2_swwp2s.mpg"),
    ("grid_lbbc2a.mpg", "grid_bbaf2n.mpg"),
    ("grid_pwij3p.mpg", "grid_sbia1a.mpg"),
];
/// Whose turn it is: `l` the left one's, `r` the right one's.
const COURSES: &[&str] = &["lrlrlrlr", "llrrlrrl", "rrrllllr"];
/// First and last frame of a turn: the whole clip, or little more than the sentence.
const CUTS: &[(u32, u32)] = &[(0, 75), (10, 60)];
const RATE: u32 = 25;
/// Widths of one talker's picture; the height follows.
const WIDTHS: &[u32] = &[640, 420];

/// Measures the row.
pub(crate) fn measure(bench: &Bench) -> Result<Vec<Figure>> {
    let (mut right, mut spoken) = (0.0, 0.0);
    let forms = CUTS.iter().zip(WIDTHS).cycle();
    for (((pair, course), (cut, width)), number) in
        PAIRS.iter().zip(COURSES.iter().cycle()).zip(forms).zip(1..)
    {
        let film = film(bench, *pair, course, *cut, *width)?;
        let analysis = bench.analysis(&film)?;
        let length = f64::from(cut.1 - cut.0) / f64::from(RATE);
        let (good, all) = judged(&analysis, course, length);
        line(&format!(
            "{number} {course}, turns of {length:.1} s: right {good:.2} of {all:.2} s of speech"
        ));
        right += good;
        spoken += all;
    }
    Ok(vec![Figure::at_least(
        "speech time given to the right one of two",
        right / spoken,
        0.9,
    )])
}

/// Returns a film of two who speak in turns; who listens sways a little and rests the mouth.
fn film(
    bench: &Bench,
    pair: (&str, &str),
    course: &str,
    (from, to): (u32, u32),
    width: u32,
) -> Result<PathBuf> {
    let file = |name: &str| bench.shared.join("media/video").join(name);
    let (left, right) = (file(pair.0), file(pair.1));
    let mut clip = Clip::new("two-talkers");
    let mut graph = String::new();
    let frames = to - from;
    for (turn, whose) in course.chars().enumerate() {
        let (speaker, listener) = if whose == 'l' {
            (&left, &right)
        } else {
            (&right, &left)
        };
        for file in [speaker, listener] {
            clip = clip.input(&["-i", &file.to_string_lossy()]);
        }
        let (own, other) = (2 * turn, 2 * turn + 1);
        write!(
            graph,
            "[{own}:v]fps={RATE},trim=start_frame={from}:end_frame={to},setpts=N/{RATE}/TB,scale={width}:-2[s{turn}];\
             [{other}:v]fps={RATE},trim=end_frame=1,loop=loop=-1:size=1,trim=end_frame={frames},\
             setpts=N/{RATE}/TB,scale={}:-2,crop={width}:{}:x='8+6*sin(n/9)':y='4+3*sin(n/7)',\
             noise=alls=6:allf=t[q{turn}];",
            width + 16,
            width * 4 / 5,
        )?;
        let order = if whose == 'l' { ["s", "q"] } else { ["q", "s"] };
        let secs = |frames: u32| f64::from(frames) / f64::from(RATE);
        write!(
            graph,
            "[{}{turn}][{}{turn}]hstack,pad=1280:720:(ow-iw)/2:(oh-ih)/2,setsar=1[v{turn}];\
             [{own}:a]aresample=44100,aformat=channel_layouts=mono,atrim={}:{},asetpts=N/SR/TB,\
             apad=whole_dur={}[s{turn}s];",
            order[0],
            order[1],
            secs(from),
            secs(to),
            secs(frames)
        )?;
    }
    for turn in 0..course.len() {
        write!(graph, "[v{turn}][s{turn}s]")?;
    }
    write!(graph, "concat=n={}:v=1:a=1[v][a]", course.len())?;
    let options = format!(
        "-filter_complex {graph} -map [v] -map [a] -c:v libx264 -preset superfast -crf 20 \
         -pix_fmt yuv420p -c:a aac"
    );
    clip.options(&options).file(&bench.made)
}

/// Returns the seconds of speech in which the right one is told, and all of them.
fn judged(analysis: &Analysis, course: &str, length: f64) -> (f64, f64) {
    let middle = analysis
        .streams
        .chosen_video()
        .map_or(0.0, |(_, video)| f64::from(video.width) / 2.0);
    let is_left = |track: TrackId| {
        let mut faces = analysis.faces.iter().flat_map(|sample| &sample.boxes);
        let face = faces.find(|face| face.track == track);
        face.is_some_and(|face| face.pixels.center_x() < middle)
    };
    let told = turns(analysis);
    let (mut right, mut spoken) = (0.0, 0.0);
    for (turn, whose) in course.chars().enumerate() {
        let start = turn as f64 * length;
        let window = SourceRange::from_secs(start, start + length);
        for speech in analysis
            .speech
            .iter()
            .filter_map(|range| range.intersection(window))
        {
            spoken += speech.duration().secs();
            right += told
                .iter()
                .filter(|turn| is_left(turn.track) == (whose == 'l'))
                .filter_map(|turn| turn.range.intersection(speech))
                .map(|part| part.duration().secs())
                .sum::<f64>();
        }
    }
    (right, spoken)
}
