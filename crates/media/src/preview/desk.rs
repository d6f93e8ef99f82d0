//! Draws frames, with decoders that stay warm.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use footage::time::Ticks;
use gstreamer as gst;
use gstreamer_video as gst_video;
use lettering::{I420, Plane};
use timeline::ids::MediaId;

use super::show::Show;
use crate::captions::Cards;
use crate::error::{Error, Result};
use crate::reframe::{Painter, PlaneMut, Planes, PlanesMut, Shot};
use crate::render::plan::PictureSpan;
use crate::render::player::{Player, SHORT_RUN_UP, source_of};
use crate::render::watch::{Watch, broken};
use crate::render::{RenderSource, RenderVideo};

/// A forward jump within a source that is decoded through: a seek decodes as much from its key frame.
const NEAR: Ticks = Ticks(Ticks::SECOND.0 * 2 / 5);
/// Decoders that stay open for one source: one plays, one gets ready for the next clip.
const PER_SOURCE: usize = 2;
/// Decoders that stay open in all.
const IN_ALL: usize = 4;
/// How often files are looked at while they play: an open one outlives its name.
const LOOK: Duration = Duration::from_secs(1);

/// What is needed to draw, kept between frames and shows.
#[derive(Default)]
pub(super) struct Desk {
    /// The one used last at the end.
    players: Vec<Player>,
    ahead: Option<Ahead>,
    painter: Painter,
    cards: Option<Cards>,
    /// The show that the cards are of.
    of: Option<Arc<Show>>,
    looked: Option<Instant>,
    /// How long the files were that were looked at, in bytes.
    lengths: BTreeMap<PathBuf, u64>,
}

/// A player on its way to a moment.
struct Ahead {
    source: RenderSource,
    wanted: Ticks,
    opening: JoinHandle<Result<Player>>,
}

impl Desk {
    /// Closes all files.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Looks at the files of the next frame again, whenever that was done before.
    pub(super) fn look_again(&mut self) {
        self.looked = None;
    }

    /// Returns the planes of a frame.
    pub(super) fn draw(&mut self, show: &Arc<Show>, frame: i64, watch: &Watch) -> Result<Vec<u8>> {
        watch.check()?;
        let (width, height) = show.size;
        let luma = width as usize * height as usize;
        let mut planes = vec![16_u8; luma];
        planes.resize(luma * 3 / 2, 128);
        if let Some((_, span)) = show.span_at(frame) {
            let (sample, shot) = self.picture(show, span, frame, watch)?;
            paint(&mut self.painter, &sample, &shot, &mut planes, show.size)?;
        }
        self.dress(show);
        if let (Some(cards), Some([y, u, v])) = (&mut self.cards, parts(&mut planes, show.size)) {
            let plane = |samples, stride: u32| Plane {
                samples,
                stride: stride as usize,
            };
            let mut picture = I420 {
                width,
                height,
                y: plane(y, width),
                u: plane(u, width / 2),
                v: plane(v, width / 2),
            };
            cards.draw(show.time_of(frame), &mut picture);
        }
        Ok(planes)
    }

    /// Gets a decoder ready for a frame that comes soon and cannot be read on to.
    pub(super) fn prepare(&mut self, show: &Arc<Show>, frame: i64) {
        let Some((_, span)) = show.span_at(frame) else {
            return;
        };
        let Ok((source, video)) = source_of(span, &show.pictures) else {
            return;
        };
        let wanted = span.source_time(show.plan.rate, frame).since_start();
        if (self.ahead.as_ref()).is_some_and(|ahead| ahead.is_for(source, wanted)) {
            return;
        }
        self.keep_ahead();
        // The one used last still plays.
        let busy = self.players.len().saturating_sub(1);
        let free = (self.players.iter().take(busy))
            .position(|player| player.reads(source) && player.seeks())
            .map(|index| self.players.remove(index));
        let (media, stop) = (span.clip.media, show.stop.clone());
        let (source, video) = (source.clone(), video.clone());
        self.ahead = Some(Ahead {
            source: source.clone(),
            wanted,
            opening: std::thread::spawn(move || {
                let watch = Watch::new(&stop);
                match free {
                    Some(mut player) => {
                        player.seek(wanted, &watch)?;
                        Ok(player)
                    }
                    None => Player::open(media, &source, &video, wanted, SHORT_RUN_UP, &watch),
                }
            }),
        });
    }

    fn picture(
        &mut self,
        show: &Show,
        span: &PictureSpan,
        frame: i64,
        watch: &Watch,
    ) -> Result<(gst::Sample, Shot)> {
        let (source, video) = source_of(span, &show.pictures)?;
        self.look_at(source, &show.request.sources, span)?;
        let mut player = self.player(show, span, (source, video), frame, watch)?;
        let format = show.request.sequence.format;
        let shown = span.shown(
            frame,
            &mut player,
            &show.pictures,
            format,
            &show.plan,
            watch,
        );
        if matches!(shown, Ok(_) | Err(Error::Cancelled)) {
            self.keep(player);
        }
        shown
    }

    /// Returns a player from which the picture of a frame is soon reached.
    fn player(
        &mut self,
        show: &Show,
        span: &PictureSpan,
        (source, video): (&RenderSource, &RenderVideo),
        frame: i64,
        watch: &Watch,
    ) -> Result<Player> {
        let wanted = span.source_time(show.plan.rate, frame).since_start();
        let own = span.frame(&show.plan);
        if (self.ahead.as_ref()).is_some_and(|ahead| ahead.is_for(source, wanted))
            && let Some(ahead) = self.ahead.take()
        {
            return join(ahead.opening);
        }
        let near = (self.players.iter())
            .rposition(|player| player.reads(source) && player.reaches(wanted, own, NEAR));
        if let Some(index) = near {
            return Ok(self.players.remove(index));
        }
        let warm = (self.players.iter()).position(|player| player.reads(source) && player.seeks());
        if let Some(index) = warm {
            let mut player = self.players.remove(index);
            match player.seek(wanted, watch) {
                Ok(()) => return Ok(player),
                Err(Error::Cancelled) => {
                    self.keep(player);
                    return Err(Error::Cancelled);
                }
                // It may have failed long ago; opening it again tells what is wrong, if anything.
                Err(_) => drop(player),
            }
        }
        Player::open(span.clip.media, source, video, wanted, SHORT_RUN_UP, watch)
    }

    fn keep(&mut self, player: Player) {
        let same = |other: &Player| other.reads_like(&player);
        if self.players.iter().filter(|other| same(other)).count() >= PER_SOURCE
            && let Some(oldest) = self.players.iter().position(same)
        {
            self.players.remove(oldest);
        }
        if self.players.len() >= IN_ALL {
            self.players.remove(0);
        }
        self.players.push(player);
    }

    /// Takes back a player that got ready for something else.
    fn keep_ahead(&mut self) {
        if let Some(ahead) = self.ahead.take()
            && ahead.opening.is_finished()
            && let Ok(player) = join(ahead.opening)
        {
            self.players.insert(0, player);
            self.players.truncate(IN_ALL);
        }
    }

    /// Returns an error once a file that plays is gone, or lacks a part: decoders take that for its end.
    fn look_at(
        &mut self,
        source: &RenderSource,
        sources: &BTreeMap<MediaId, RenderSource>,
        span: &PictureSpan,
    ) -> Result<()> {
        if self.looked.is_some_and(|looked| looked.elapsed() < LOOK) {
            return Ok(());
        }
        let own = sources.get(&span.clip.media);
        for source in std::iter::once(source).chain(own) {
            let path = &source.path;
            let length = std::fs::metadata(path)
                .map_err(|cause| Error::reading(path, &cause))?
                .len();
            let known = self.lengths.insert(path.clone(), length);
            let Some(known) = known.filter(|known| *known != length) else {
                continue;
            };
            // Open decoders, and one that is being opened, know another file.
            self.players.retain(|player| !player.reads(source));
            self.ahead.take_if(|ahead| ahead.source == *source);
            if self.looked.is_some() && length < known {
                return Err(Error::Unreadable {
                    path: path.clone(),
                    detail: "it got shorter while it was read".to_owned(),
                });
            }
        }
        self.looked = Some(Instant::now());
        Ok(())
    }

    /// Takes the cards of a show.
    fn dress(&mut self, show: &Arc<Show>) {
        if self.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, show)) {
            return;
        }
        self.of = Some(Arc::clone(show));
        let request = &show.request;
        let Some(style) = &request.caption_style else {
            self.cards = None;
            return;
        };
        let format = request.sequence.format;
        let (cards, style) = (request.cards.clone(), style.clone());
        let set_in = (format.width, format.height);
        match &mut self.cards {
            Some(known) => known.replace(cards, style, set_in),
            None => self.cards = Some(Cards::set_in(cards, style, set_in)),
        }
    }
}

impl Ahead {
    fn is_for(&self, source: &RenderSource, wanted: Ticks) -> bool {
        self.wanted == wanted && self.source == *source
    }
}

fn join(opening: JoinHandle<Result<Player>>) -> Result<Player> {
    match opening.join() {
        Ok(player) => player,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

fn paint(
    painter: &mut Painter,
    sample: &gst::Sample,
    shot: &Shot,
    planes: &mut [u8],
    size: (u32, u32),
) -> Result<()> {
    let info = (sample.caps())
        .and_then(|caps| gst_video::VideoInfo::from_caps(caps).ok())
        .ok_or_else(|| broken("a decoded picture has no format"))?;
    let buffer = sample.buffer().ok_or_else(|| broken("an empty sample"))?;
    let frame =
        gst_video::VideoFrameRef::from_buffer_ref_readable(buffer, &info).map_err(broken)?;
    let from = Planes::of(&frame).ok_or_else(|| broken("a decoded picture lacks a plane"))?;
    let [y, u, v] = parts(planes, size).ok_or_else(|| broken("a frame of a wrong size"))?;
    let plane = |bytes, width, height| PlaneMut {
        bytes,
        stride: width,
        width,
        height,
    };
    let (width, height) = size;
    let mut to = PlanesMut([
        plane(y, width, height),
        plane(u, width / 2, height / 2),
        plane(v, width / 2, height / 2),
    ]);
    painter.draw(&from, shot, &mut to).map_err(broken)
}

/// Returns the planes Y, U and V of a frame.
fn parts(planes: &mut [u8], (width, height): (u32, u32)) -> Option<[&mut [u8]; 3]> {
    let luma = width as usize * height as usize;
    let (y, rest) = planes.split_at_mut_checked(luma)?;
    let (u, v) = rest.split_at_mut_checked(luma / 4)?;
    Some([y, u, v])
}
