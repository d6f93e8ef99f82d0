//! Where the channels of a sound belong, also when a file does not say.

use ebur128::Channel;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_audio::{AudioChannelPosition as At, AudioInfo};

use crate::error::Result;
use crate::render::watch::broken;

/// Where a channel sounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Place {
    /// Weight in BS.1770.
    pub(crate) meter: Channel,
    /// Weight in a mix, before the weights are made to add up to 1.
    pub(crate) mix: f32,
}

/// Returns the places of a sound's channels.
pub(crate) fn places_of(info: &AudioInfo) -> Vec<Place> {
    match info.positions() {
        Some(positions) => places(positions),
        None => places(&usual_positions(info.channels())),
    }
}

/// Returns the places of channels at `positions`, after ITU-R BS.775 for the mix.
pub(crate) fn places(positions: &[At]) -> Vec<Place> {
    let alone = positions.len() <= 2;
    positions
        .iter()
        .map(|position| {
            let (meter, mix) = match position {
                At::Mono | At::FrontLeft | At::FrontLeftOfCenter => (Channel::Left, 1.0),
                At::FrontRight | At::FrontRightOfCenter => (Channel::Right, 1.0),
                At::FrontCenter => (Channel::Center, 1.4),
                At::Lfe1 | At::Lfe2 => (Channel::Unused, 0.0),
                At::RearLeft | At::SideLeft | At::SurroundLeft => (Channel::LeftSurround, 0.5),
                At::RearRight | At::SideRight | At::SurroundRight => (Channel::RightSurround, 0.5),
                _ => (Channel::Center, 0.5),
            };
            Place {
                meter,
                mix: if alone { 1.0 } else { mix },
            }
        })
        .collect()
}

/// Returns the positions that so many channels usually have. QuickTime sound of more than two
/// channels comes without any from GStreamer.
fn usual_positions(channels: u32) -> Vec<At> {
    let mut positions = vec![At::None; channels as usize];
    // Quadraphonic, 5.0, 5.1 and 7.1 have one usual order; other counts are separate microphones.
    if matches!(channels, 2 | 4 | 5 | 6 | 8)
        && At::positions_from_mask(At::fallback_mask(channels), &mut positions).is_err()
    {
        positions.fill(At::None);
    }
    positions
}

/// Lets the `audioconvert` bring channels without positions to stereo: by itself it refuses them.
pub(crate) fn place_for_stereo(convert: &gst::Element) -> Result<()> {
    let pad = convert
        .static_pad("sink")
        .ok_or_else(|| broken("a converter has no input"))?;
    let convert = convert.downgrade();
    pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, probe| {
        if let (Some(event), Some(convert)) = (probe.event(), convert.upgrade())
            && let gst::EventView::Caps(caps) = event.view()
            && let Ok(info) = AudioInfo::from_caps(caps.caps())
        {
            let rows = if info.is_unpositioned() && info.channels() > 1 {
                stereo_rows(&places_of(&info)).to_vec()
            } else {
                // Without a matrix the converter mixes by positions.
                Vec::new()
            };
            let matrix = gst::Array::new(rows.into_iter().map(gst::Array::new));
            convert.set_property("mix-matrix", matrix);
        }
        gst::PadProbeReturn::Ok
    });
    Ok(())
}

/// Returns the weights of each channel on the left and on the right; the louder side's add up to 1.
fn stereo_rows(places: &[Place]) -> [Vec<f32>; 2] {
    let row = |side: Channel, surround: Channel| -> Vec<f32> {
        let weight = |place: &Place| match place.meter {
            Channel::Center => place.mix / 2.0,
            meter if meter == side || meter == surround => place.mix,
            _ => 0.0,
        };
        places.iter().map(weight).collect()
    };
    let mut rows = [
        row(Channel::Left, Channel::LeftSurround),
        row(Channel::Right, Channel::RightSurround),
    ];
    let most = rows
        .iter()
        .map(|row| row.iter().sum::<f32>())
        .fold(1e-6, f32::max);
    for weight in rows.iter_mut().flatten() {
        *weight /= most;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(channels: u32, left: &[f32], right: &[f32]) {
        let rows = stereo_rows(&places(&usual_positions(channels)));
        for (row, expect) in rows.iter().zip([left, right]) {
            let close = row.iter().zip(expect).all(|(a, b)| (a - b).abs() < 0.001);
            assert!(row.len() == expect.len() && close, "{channels}: {rows:?}");
        }
    }

    #[test]
    fn usual_channels_go_to_their_side_and_unknown_ones_to_both() {
        crate::init().unwrap();
        check(2, &[1.0, 0.0], &[0.0, 1.0]);
        check(3, &[1.0 / 3.0; 3], &[1.0 / 3.0; 3]);
        check(
            4,
            &[2.0 / 3.0, 0.0, 1.0 / 3.0, 0.0],
            &[0.0, 2.0 / 3.0, 0.0, 1.0 / 3.0],
        );
        // Front, centre, the bass channel that is left out, surround.
        check(
            6,
            &[0.4545, 0.0, 0.3182, 0.0, 0.2273, 0.0],
            &[0.0, 0.4545, 0.3182, 0.0, 0.0, 0.2273],
        );
    }
}
