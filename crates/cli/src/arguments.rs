//! The command line.

mod publishing;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use engine::reels::{Aspect, CaptionSource, Count, EncoderChoice, ReelsOptions, VIDEO_ENCODERS};
use footage::time::Ticks;
use protocol::error::{ApiError, ErrorCode};

pub(crate) use publishing::{Accounts, Found, Outbox, Post};

/// The hidden argument that makes the program a worker.
pub(crate) const WORKER: &str = "worker";

/// Turns long videos into vertical reels, offline, and posts them.
#[derive(Debug, Parser)]
#[command(
    name = "crealia",
    version,
    propagate_version = true,
    max_term_width = 100
)]
#[command(
    after_help = "Environment:\n  CREALIA_HOME             folder for data, cache and databases\n  \
    CREALIA_ENDPOINTS        file that replaces network hosts\n  \
    CREALIA_SECRETS          where tokens are kept: keychain, or file for a sealed file\n  \
    CREALIA_PASSPHRASE_FILE  file whose first line opens the sealed file\n\nExit status:\n  \
    0 all inputs done · 1 at least one failed · 2 usage · 3 environment (plugin, model, disk, \
    network, keychain) · 130 cancelled"
)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Shows what a file holds
    Probe(Probe),
    /// Measures sound, shots, faces and motion in one pass
    Analyse(Analyse),
    /// Makes reels out of videos
    Reels(Box<Reels>),
    /// Renders a sequence of a stored project again
    Render(Render),
    /// Lists stored projects
    Projects(Json),
    /// Lists, adds, fetches and checks models
    #[command(subcommand)]
    Models(Models),
    /// Lists the caption styles
    #[command(subcommand)]
    Presets(Presets),
    /// Connects, lists, checks and disconnects accounts that can be posted to
    #[command(subcommand)]
    Accounts(Accounts),
    /// Posts videos, each once
    Post(Box<Post>),
    /// Runs and lists what is to be posted
    #[command(subcommand)]
    Outbox(Outbox),
    /// Checks what the machine has
    Doctor(Json),
    /// Prints completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Prints the manual page
    Man,
    #[command(name = WORKER, hide = true)]
    Worker,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Json {
    /// Print one JSON document
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Quiet {
    /// Print no progress
    #[arg(long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Probe {
    /// The files
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) json: Json,
}

#[derive(Debug, Args)]
pub(crate) struct Analyse {
    /// The files
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Use this video stream, counted from 0 as `probe` shows them
    #[arg(long, value_name = "N")]
    pub(crate) video_stream: Option<usize>,
    /// Use this audio stream, counted from 0 as `probe` shows them
    #[arg(long, value_name = "N")]
    pub(crate) audio_stream: Option<usize>,
    #[command(flatten)]
    pub(crate) quiet: Quiet,
    #[command(flatten)]
    pub(crate) json: Json,
}

/// The shapes of `--format`.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum FormatName {
    /// 1080 × 1920
    #[value(name = "9:16")]
    Vertical,
    /// 1080 × 1350
    #[value(name = "4:5")]
    Portrait,
    /// 1080 × 1080
    #[value(name = "1:1")]
    Square,
    /// 1920 × 1080
    #[value(name = "16:9")]
    Wide,
}

#[derive(Debug, Args)]
pub(crate) struct Reels {
    /// The videos
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Folder for the reels; with several inputs each gets a folder in it
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Most reels per video
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub(crate) count: u16,
    /// Shortest length in seconds
    #[arg(long, default_value_t = 15.0, value_name = "SECS")]
    pub(crate) min: f64,
    /// Longest length in seconds
    #[arg(long, default_value_t = 90.0, value_name = "SECS")]
    pub(crate) max: f64,
    /// Shape of the frame
    #[arg(long, value_enum, default_value = "9:16")]
    pub(crate) format: FormatName,
    /// Caption style; `crealia presets list` shows them
    #[arg(long, value_name = "NAME")]
    pub(crate) preset: Option<String>,
    /// Frames per second from 24 to 60; the source's rate when left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(24..=60))]
    pub(crate) fps: Option<u32>,
    /// Captions: auto, off, or a subtitle file
    #[arg(long, default_value = "auto", value_name = "auto|off|FILE")]
    pub(crate) captions: String,
    /// What the reels should be about, in your words
    #[arg(long, value_name = "TEXT")]
    pub(crate) wish: Option<String>,
    /// Spoken language: auto or a code such as fr
    #[arg(long, default_value = "auto", value_name = "auto|CODE")]
    pub(crate) language: String,
    /// Speech model; the best one that is here when left out
    #[arg(long, value_name = "ID")]
    pub(crate) model: Option<String>,
    /// Video encoder: auto or a GStreamer element
    #[arg(long, default_value = "auto", value_name = "auto|NAME")]
    pub(crate) encoder: String,
    /// Replace reels of another source or other options
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) quiet: Quiet,
    #[command(flatten)]
    pub(crate) json: Json,
}

impl Reels {
    /// Returns the options, or what is wrong with them.
    pub(crate) fn options(&self) -> Result<ReelsOptions, ApiError> {
        let usage = |message: &str, hint: &str| {
            ApiError::new(ErrorCode::Usage, message.to_owned()).hint(hint)
        };
        let sensible = |secs: f64| secs.is_finite() && (1.0..=3600.0).contains(&secs);
        if !sensible(self.min) || !sensible(self.max) || self.min > self.max {
            return Err(usage(
                "--min and --max are lengths from 1 to 3600 seconds, the shorter one first",
                "for example --min 15 --max 60",
            ));
        }
        let language = match self.language.as_str() {
            "auto" => None,
            code if (2..=3).contains(&code.len())
                && code.chars().all(|c| c.is_ascii_lowercase()) =>
            {
                Some(code.to_owned())
            }
            other => {
                let message = format!("{other:?} is no language");
                return Err(usage(&message, "use auto or a code such as fr or en"));
            }
        };
        let encoder = encoder(&self.encoder)?;
        let captions = match self.captions.as_str() {
            "auto" => CaptionSource::Auto,
            "off" => CaptionSource::Off,
            file => {
                let path = std::path::absolute(file).map_err(|error| {
                    usage(
                        &format!("--captions {file}: {error}"),
                        "name a subtitle file",
                    )
                })?;
                CaptionSource::File(path)
            }
        };
        Ok(ReelsOptions {
            count: Count::AtMost(usize::from(self.count)),
            min: Ticks::from_secs(self.min),
            max: Ticks::from_secs(self.max),
            aspect: match self.format {
                FormatName::Vertical => Aspect::Vertical,
                FormatName::Portrait => Aspect::Portrait,
                FormatName::Square => Aspect::Square,
                FormatName::Wide => Aspect::Wide,
            },
            preset: self.preset.clone(),
            fps: self.fps,
            captions,
            wish: self.wish.clone().filter(|wish| !wish.trim().is_empty()),
            language,
            model: self.model.clone(),
            encoder,
        })
    }
}

/// Returns the encoder that `--encoder` names.
pub(crate) fn encoder(name: &str) -> Result<EncoderChoice, ApiError> {
    name.parse().map_err(|_unknown| {
        ApiError::new(ErrorCode::Usage, format!("there is no encoder {name}"))
            .hint(format!("use auto or one of {}", VIDEO_ENCODERS.join(", ")))
    })
}

#[derive(Debug, Args)]
pub(crate) struct Render {
    /// The project, as `crealia projects` numbers it
    pub(crate) project: i64,
    /// The sequence in it
    pub(crate) sequence: u64,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Video encoder: auto or a GStreamer element
    #[arg(long, default_value = "auto", value_name = "auto|NAME")]
    pub(crate) encoder: String,
    /// Replace an existing file
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) quiet: Quiet,
    #[command(flatten)]
    pub(crate) json: Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Models {
    /// Lists known and added models
    List(Json),
    /// Copies a model file or folder of yours into the program's folder
    Add {
        /// Name for it, as `--model` will take it
        id: String,
        /// The file or folder
        path: PathBuf,
        #[command(flatten)]
        json: Json,
    },
    /// Fetches a model; goes on where an earlier call ended
    Download {
        /// Its name in `crealia models list`
        id: String,
        #[command(flatten)]
        quiet: Quiet,
        #[command(flatten)]
        json: Json,
    },
    /// Checks a model's files
    Verify {
        /// Its name in `crealia models list`
        id: String,
        #[command(flatten)]
        json: Json,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Presets {
    /// Lists the caption styles; the first is the default
    List(Json),
}
