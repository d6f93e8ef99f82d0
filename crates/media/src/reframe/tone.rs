//! HDR to SDR by one curve per plane.
//!
//! A first rendering that looks right: the curve works on Y′ and scales the colour differences
//! with it. Conversion of primaries per pixel comes with the HDR work.

use super::scale::PlanesMut;

/// How a source encodes light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transfer {
    /// BT.709 and its likes.
    Sdr,
    /// SMPTE ST 2084.
    Pq,
    /// ARIB STD-B67.
    Hlg,
}

impl Transfer {
    pub(super) fn code(self) -> i32 {
        match self {
            Self::Sdr => 0,
            Self::Pq => 1,
            Self::Hlg => 2,
        }
    }

    pub(super) fn from_code(code: i32) -> Self {
        match code {
            1 => Self::Pq,
            2 => Self::Hlg,
            _ => Self::Sdr,
        }
    }
}

/// Light of diffuse white in nits, ITU-R BT.2408.
const WHITE: f64 = 203.0;
/// Light that becomes the brightest code, in nits: the usual mastering display.
const PEAK: f64 = 1000.0;
/// BT.2020 colours read as BT.709 look paler by about this much.
const COLOUR: f64 = 1.2;

/// The tables of one transfer function.
pub(super) struct Curve {
    pub(super) transfer: Transfer,
    luma: [u8; 256],
    gain: [f32; 256],
}

impl Curve {
    pub(super) fn new(transfer: Transfer) -> Self {
        let mut luma = [0; 256];
        let mut gain = [1.0; 256];
        for (code, (luma, gain)) in luma.iter_mut().zip(&mut gain).enumerate() {
            let signal = ((code as f64 - 16.0) / 219.0).clamp(0.0, 1.0);
            let shown = shown(nits(transfer, signal) / WHITE);
            *luma = (16.0 + 219.0 * shown).round() as u8;
            if signal > 0.02 {
                *gain = (COLOUR * shown / signal) as f32;
            }
        }
        Self {
            transfer,
            luma,
            gain,
        }
    }

    pub(super) fn apply(&self, to: &mut PlanesMut<'_>) {
        let [y, u, v] = &mut to.0;
        let stride = y.stride as usize;
        for chroma in [u, v] {
            for (index, row) in chroma.rows().enumerate() {
                let Some(light) = y.bytes.get(index * 2 * stride..) else {
                    break;
                };
                for (sample, code) in row.iter_mut().zip(light.iter().step_by(2)) {
                    let gain = self.gain.get(usize::from(*code)).copied().unwrap_or(1.0);
                    let shifted = 128.0 + (f32::from(*sample) - 128.0) * gain;
                    *sample = shifted.round().clamp(16.0, 240.0) as u8;
                }
            }
        }
        y.map(&self.luma);
    }
}

/// Returns the light of a signal in nits.
fn nits(transfer: Transfer, signal: f64) -> f64 {
    match transfer {
        Transfer::Sdr => signal.powf(2.4) * WHITE,
        // SMPTE ST 2084, equation 4.1.
        Transfer::Pq => {
            let (m1, m2) = (0.159_301_757_812_5, 78.843_75);
            let (c1, c2, c3) = (0.835_937_5, 18.851_562_5, 18.687_5);
            let root = signal.powf(1.0 / m2);
            10_000.0 * ((root - c1).max(0.0) / (c2 - c3 * root)).powf(1.0 / m1)
        }
        // ITU-R BT.2100 table 5: inverse OETF, then the OOTF of a display of 1,000 nits.
        Transfer::Hlg => {
            let (a, b, c) = (0.178_832_77, 0.284_668_92, 0.559_910_73);
            let scene = if signal <= 0.5 {
                signal * signal / 3.0
            } else {
                (((signal - c) / a).exp() + b) / 12.0
            };
            1000.0 * scene.powf(1.2)
        }
    }
}

/// Returns the BT.1886 signal for light over diffuse white: straight up to 0.6, then a shoulder
/// that meets 1 at the peak.
fn shown(light: f64) -> f64 {
    let knee = 0.6;
    let peak = PEAK / WHITE;
    let mapped = if light <= knee {
        light
    } else {
        let along = ((light - knee) / (peak - knee)).clamp(0.0, 1.0);
        knee + (1.0 - knee) * (1.0 - (1.0 - along).powf((peak - knee) / (1.0 - knee)))
    };
    mapped.clamp(0.0, 1.0).powf(1.0 / 2.4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_rise_and_keep_white_bright() {
        for transfer in [Transfer::Pq, Transfer::Hlg] {
            let curve = Curve::new(transfer);
            assert!(curve.luma.is_sorted(), "{transfer:?} never falls");
            assert_eq!(curve.luma[16], 16, "{transfer:?}: black stays black");
            // Diffuse white is a signal of 0.58 in PQ and 0.75 in HLG (BT.2408).
            let white = if transfer == Transfer::Pq { 0.58 } else { 0.75 };
            let code = curve.luma[(16.0 + 219.0 * white) as usize];
            assert!((190..=232).contains(&code), "{transfer:?}: white is {code}");
        }
    }
}
