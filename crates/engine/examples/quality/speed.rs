//! How long the analysis takes, against the usual programs one after the other.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use ai::voice::VoiceActivity;
use anyhow::{Context as _, Result, ensure};
use footage::time::SourceTime;
use media::{AnalyseRequest, FacePicture, Observer, Outputs, StreamChoice};
use task::{Cancel, Progress};

use crate::bench::Bench;
use crate::table::{Figure, line};

/// What the usual programs work on, and the one that does not come with ffmpeg.
#[derive(Debug, Clone)]
pub(crate) struct Rivals {
    pub(crate) talk: PathBuf,
    pub(crate) scene_detector: PathBuf,
}

/// Hears the voice; faces are not asked for.
struct Listener(VoiceActivity);

impl Observer for Listener {
    fn picture(&mut self, _: FacePicture) {}

    fn voice(&mut self, samples: &[f32], _: SourceTime) {
        self.0.push(samples);
    }
}

/// Measures the row.
pub(crate) fn measure(bench: &Bench) -> Result<Vec<Figure>> {
    let rivals = bench.rivals.as_ref().context(
        "this row needs a long talk and PySceneDetect: run it as `cargo xtask bench quality speed`",
    )?;
    let talk = rivals.talk.as_path();
    let folder = tempfile::tempdir_in(&bench.made)?;
    let theirs = theirs(talk, &rivals.scene_detector, folder.path())?;
    let without = without_faces(talk, folder.path())?;
    line(&format!("ours without faces {without:.1} s"));
    let start = Instant::now();
    bench.analysis(talk)?;
    let with = start.elapsed().as_secs_f64();
    line(&format!("ours with faces, tracks and mouths {with:.1} s"));
    Ok(vec![
        Figure::at_most("analysis without faces, of theirs", without / theirs, 0.7),
        Figure::at_most(
            "analysis with faces and tracks, of theirs",
            with / theirs,
            1.2,
        ),
    ])
}

fn theirs(talk: &Path, scene_detector: &Path, folder: &Path) -> Result<f64> {
    let scenes = [
        "-i".as_ref(),
        talk.as_os_str(),
        "-o".as_ref(),
        folder.as_os_str(),
    ];
    let scenes = scenes
        .into_iter()
        .chain(["detect-adaptive".as_ref(), "list-scenes".as_ref()]);
    let scenes = timed("PySceneDetect adaptive", scene_detector, scenes)?;
    let ffmpeg = Path::new("ffmpeg");
    let input = ["-v", "error", "-nostdin", "-y", "-i"].map(OsStr::new);
    let with = |words: &'static str| {
        input
            .into_iter()
            .chain([talk.as_os_str()])
            .chain(words.split(' ').map(OsStr::new))
    };
    let sound = with("-vn -af ebur128=peak=true,silencedetect=n=-35dB:d=0.4 -f null -");
    let sound = timed("ffmpeg ebur128 and silencedetect", ffmpeg, sound)?;
    let pictures = folder.join("%04d.jpg");
    let thumbnails = with("-an -vf fps=1/2,scale=-2:90 -q:v 4").chain([pictures.as_os_str()]);
    let thumbnails = timed("ffmpeg thumbnails", ffmpeg, thumbnails)?;
    Ok(scenes + sound + thumbnails)
}

fn timed<'a>(
    name: &str,
    program: &Path,
    arguments: impl Iterator<Item = &'a OsStr>,
) -> Result<f64> {
    let start = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .with_context(|| program.display().to_string())?;
    ensure!(status.success(), "{name}: {status}");
    let secs = start.elapsed().as_secs_f64();
    line(&format!("{name} {secs:.1} s"));
    Ok(secs)
}

/// Returns the seconds of a pass that leaves all but faces.
fn without_faces(talk: &Path, folder: &Path) -> Result<f64> {
    let start = Instant::now();
    media::init()?;
    let request = AnalyseRequest {
        faces_per_second: 0.0,
        outputs: Outputs {
            thumbnail: Some(folder.join("thumbnail.jpg")),
            filmstrip: Some(folder.join("filmstrip.jpg")),
            speech_pcm: Some(folder.join("speech.pcm")),
            proxy: None,
        },
        ..AnalyseRequest::new(media::probe(talk, &StreamChoice::default())?)
    };
    let mut listener = Listener(VoiceActivity::new());
    let (cancel, progress) = (Cancel::new(), Progress::silent());
    media::analyse(talk, &request, &mut listener, &cancel, &progress)?;
    listener.0.finish();
    Ok(start.elapsed().as_secs_f64())
}
