//! The work of [`super::Reframe`], on planes in memory: the preview does it without the element.

use super::fill;
use super::scale::{Planes, PlanesMut, ScaleError, Scaler};
use super::tone::{Curve, Transfer};
use super::{Fill, Shot};

/// Draws shots; keeps its buffers between pictures.
#[derive(Default)]
pub(crate) struct Painter {
    scaler: Scaler,
    fill: fill::Scratch,
    curve: Option<Curve>,
}

impl Painter {
    /// Draws what `shot` shows of a picture over the whole of another.
    pub(crate) fn draw(
        &mut self,
        from: &Planes<'_>,
        shot: &Shot,
        to: &mut PlanesMut<'_>,
    ) -> Result<(), ScaleError> {
        match shot.fill {
            Fill::Part(part) => self.scaler.scale(from, part, to)?,
            Fill::Whole { aspect } => {
                fill::whole(&mut self.scaler, &mut self.fill, from, aspect, to)?;
            }
        }
        if shot.transfer != Transfer::Sdr {
            let curve = match &mut self.curve {
                Some(curve) if curve.transfer == shot.transfer => curve,
                other => other.insert(Curve::new(shot.transfer)),
            };
            curve.apply(to);
        }
        if shot.light < 1.0 {
            to.dim(shot.light.max(0.0));
        }
        Ok(())
    }
}
