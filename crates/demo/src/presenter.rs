//! The presenter: a drawn woman whose shading follows a real face closely enough for a detector
//! that was trained on photographs.
//!
//! Units: the face is 2 wide and 2.7 high around (0, 0); x right, y down. Light comes from the
//! upper left, so the right cheek, the right side of the nose and the neck are in shadow.

use tiny_skia::Transform;

use crate::canvas::{Canvas, Ends, Ink, smooth};

const SKIN: Ink = Ink::hex(0x00E2_AE8C);
const SHADOW: Ink = Ink::hex(0x0096_5A3C);
const HAIR: Ink = Ink::hex(0x0033_2018);
const SHIRT: Ink = Ink::hex(0x0027_4C77);

/// What the face does in one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pose {
    /// Where the middle of the face is, in pixels.
    pub centre: (f32, f32),
    /// Pixels per drawing unit: half of the face's width.
    pub scale: f32,
    /// Head tilt in degrees, clockwise.
    pub tilt: f32,
    /// Mouth opening, 0 closed to 1 wide open.
    pub mouth: f32,
    /// How far the lids are closed, 0 open to 1 shut.
    pub lids: f32,
    /// Where the eyes look, −1 left to 1 right.
    pub gaze: f32,
    /// How far the brows are raised, 0 to 1.
    pub brows: f32,
}

/// Draws neck and shoulders, which do not move.
pub fn body(canvas: &mut Canvas<'_>, centre: (f32, f32), scale: f32) {
    canvas.place = Transform::from_row(scale, 0.0, 0.0, scale, centre.0, centre.1);
    let shoulders = [
        (-0.42, 1.55),
        (-1.2, 1.82),
        (-2.0, 2.2),
        (-2.35, 3.0),
        (-2.5, 6.0),
        (2.5, 6.0),
        (2.35, 3.0),
        (2.0, 2.2),
        (1.2, 1.82),
        (0.42, 1.55),
    ];
    // Hair behind the neck.
    outline(
        canvas,
        &[
            (-1.1, -0.4),
            (-1.28, 0.8),
            (-1.2, 1.75),
            (-0.7, 2.0),
            (0.7, 2.0),
            (1.2, 1.75),
            (1.28, 0.8),
            (1.1, -0.4),
        ],
        HAIR.shade(0.7),
    );
    let neck = [
        (-0.5, 0.7),
        (-0.5, 1.5),
        (-0.75, 1.78),
        (0.0, 2.45),
        (0.75, 1.78),
        (0.5, 1.5),
        (0.5, 0.7),
    ];
    if let Some(path) = smooth(&shoulders, Ends::Closed) {
        let inks = [SHIRT.shade(1.25), SHIRT, SHIRT.shade(0.7)];
        canvas.fill_along(&path, (-2.4, 2.0), (2.6, 2.4), &inks);
    }
    if let Some(path) = smooth(&neck, Ends::Closed) {
        let inks = [SKIN.shade(0.62), SKIN.shade(0.86), SKIN.shade(0.93)];
        canvas.fill_along(&path, (0.0, 0.95), (0.0, 2.2), &inks);
    }
    canvas.soft((0.05, 1.3), (0.75, 0.5), SHADOW.shade(0.6).at(0.6));
    for side in [-1.0, 1.0] {
        let collar = [
            (side * 0.62, 1.62),
            (side * 0.1, 2.45),
            (side * 0.55, 2.6),
            (side * 0.95, 1.85),
        ];
        outline(canvas, &collar, SHIRT.shade(1.45));
    }
}

/// Draws the head.
pub fn head(canvas: &mut Canvas<'_>, pose: &Pose) {
    canvas.place = Transform::from_row(
        pose.scale,
        0.0,
        0.0,
        pose.scale,
        pose.centre.0,
        pose.centre.1,
    )
    .pre_concat(Transform::from_rotate_at(pose.tilt, 0.0, 1.2));
    hair_behind(canvas);
    skin(canvas, pose);
    for side in [-1.0, 1.0] {
        eye(canvas, pose, side);
        brow(canvas, pose, side);
    }
    nose(canvas);
    mouth(canvas, pose);
    hair_in_front(canvas);
}

fn hair_behind(canvas: &mut Canvas<'_>) {
    let back = [
        (0.0, -1.72),
        (-0.7, -1.58),
        (-1.15, -1.05),
        (-1.24, -0.3),
        (-1.2, 0.5),
        (-1.02, 1.0),
        (1.02, 1.0),
        (1.2, 0.5),
        (1.24, -0.3),
        (1.15, -1.05),
        (0.7, -1.58),
    ];
    outline(canvas, &back, HAIR);
    for side in [-1.0, 1.0] {
        canvas.ellipse((side * 1.0, 0.02), (0.13, 0.27), SKIN.shade(0.82));
    }
}

fn skin(canvas: &mut Canvas<'_>, pose: &Pose) {
    // The jaw drops a little with the mouth.
    let jaw = 0.05 * pose.mouth;
    let face = [
        (0.0, -1.4),
        (-0.6, -1.28),
        (-0.95, -0.75),
        (-1.0, -0.1),
        (-0.93, 0.45),
        (-0.7, 0.93 + jaw),
        (-0.33, 1.26 + jaw),
        (0.0, 1.34 + jaw),
        (0.33, 1.26 + jaw),
        (0.7, 0.93 + jaw),
        (0.93, 0.45),
        (1.0, -0.1),
        (0.95, -0.75),
        (0.6, -1.28),
    ];
    if let Some(path) = smooth(&face, Ends::Closed) {
        let inks = [
            SKIN.shade(0.9),
            SKIN.shade(1.06),
            SKIN.shade(1.02),
            SKIN.shade(0.8),
        ];
        canvas.fill_along(&path, (-1.1, -0.3), (1.1, 0.2), &inks);
    }
    // Forehead, cheeks and chin catch the light; temples, jaw and the sides fall away.
    canvas.soft((-0.1, -0.85), (0.6, 0.38), Ink::hex(0x00FF_F0DC).at(0.4));
    for side in [-1.0, 1.0] {
        canvas.soft(
            (side * 0.52, 0.2),
            (0.34, 0.26),
            Ink::hex(0x00FF_E2CC).at(0.45),
        );
        canvas.soft(
            (side * 0.56, 0.36),
            (0.3, 0.22),
            Ink::hex(0x00D8_6A5A).at(0.18),
        );
        canvas.soft((side * 0.56, 0.8), (0.26, 0.3), SHADOW.at(0.3));
        canvas.soft((side * 0.86, -0.05), (0.16, 0.6), SHADOW.at(0.35));
        // Eye sockets: the dark band that every frontal detector looks for.
        canvas.soft((side * 0.43, -0.28), (0.4, 0.24), SHADOW.at(0.5));
        canvas.soft((side * 0.2, -0.2), (0.15, 0.22), SHADOW.at(0.45));
        canvas.soft((side * 0.44, -0.04), (0.28, 0.08), SHADOW.at(0.22));
    }
    canvas.soft(
        (0.0, 1.06 + jaw),
        (0.28, 0.16),
        Ink::hex(0x00FF_EAD6).at(0.4),
    );
}

fn eye(canvas: &mut Canvas<'_>, pose: &Pose, side: f32) {
    let (x, y) = (side * 0.43, -0.2);
    let open = 1.0 - pose.lids;
    let (top, bottom) = (y - 0.115 * open, y + 0.075 * (0.25 + 0.75 * open));
    let shape = [
        (x - 0.235, y + 0.02),
        (x - 0.11, top + 0.012),
        (x + 0.0, top),
        (x + 0.11, top + 0.012),
        (x + 0.235, y + 0.02),
        (x + 0.11, bottom),
        (x, bottom + 0.012),
        (x - 0.11, bottom),
    ];
    if open > 0.25 {
        outline(canvas, &shape, Ink::hex(0x00F2_ECE6));
        let (iris_x, iris_y) = (x + 0.05 * pose.gaze, y - 0.018);
        let r = (0.105_f32).min(0.105 * (0.4 + 0.6 * open));
        canvas.ellipse((iris_x, iris_y), (0.105, r), Ink::hex(0x0045_2C1C));
        canvas.ellipse(
            (iris_x, iris_y),
            (0.055, 0.055_f32.min(r)),
            Ink::hex(0x0010_0C0A),
        );
        canvas.ellipse(
            (iris_x - 0.035, iris_y - 0.04),
            (0.024, 0.024),
            Ink::hex(0x00FF_FFFF).at(0.9),
        );
        // The upper lid's own shadow on the white.
        canvas.soft((x, top + 0.02), (0.24, 0.07), Ink::hex(0x0020_1410).at(0.5));
    } else {
        outline(canvas, &shape, SKIN.shade(0.72));
    }
    let lashes = [
        (x - 0.25, y + 0.03),
        (x - 0.12, top),
        (x, top - 0.014),
        (x + 0.12, top),
        (x + 0.25, y + 0.02),
    ];
    line(canvas, &lashes, 0.045, Ink::hex(0x001A_100C));
    let fold = [(x - 0.2, y - 0.09), (x, y - 0.185), (x + 0.2, y - 0.09)];
    line(canvas, &fold, 0.022, SHADOW.shade(0.8).at(0.7));
    line(
        canvas,
        &[(x - 0.18, y + 0.06), (x, y + 0.1), (x + 0.18, y + 0.06)],
        0.02,
        SHADOW.at(0.55),
    );
}

fn brow(canvas: &mut Canvas<'_>, pose: &Pose, side: f32) {
    let lift = -0.06 * pose.brows;
    let points = [
        (side * 0.17, -0.43 + lift * 0.6),
        (side * 0.4, -0.53 + lift),
        (side * 0.62, -0.51 + lift),
        (side * 0.74, -0.4 + lift * 0.7),
        (side * 0.6, -0.455 + lift),
        (side * 0.4, -0.455 + lift),
        (side * 0.18, -0.35 + lift * 0.6),
    ];
    outline(canvas, &points, HAIR.shade(1.1).at(0.92));
}

fn nose(canvas: &mut Canvas<'_>) {
    canvas.soft((0.13, 0.1), (0.12, 0.38), SHADOW.at(0.42));
    canvas.soft((-0.14, 0.1), (0.1, 0.36), SHADOW.at(0.2));
    canvas.soft((-0.02, -0.02), (0.075, 0.42), Ink::hex(0x00FF_F4E6).at(0.6));
    canvas.soft((-0.02, 0.3), (0.11, 0.1), Ink::hex(0x00FF_F4E6).at(0.55));
    canvas.soft((0.0, 0.46), (0.3, 0.1), SHADOW.at(0.6));
    for side in [-1.0, 1.0] {
        let wing = [
            (side * 0.16, 0.26),
            (side * 0.23, 0.36),
            (side * 0.19, 0.43),
        ];
        line(canvas, &wing, 0.03, SHADOW.at(0.75));
        canvas.ellipse(
            (side * 0.09, 0.425),
            (0.055, 0.03),
            Ink::hex(0x0042_2014).at(0.85),
        );
    }
    canvas.soft((0.0, 0.57), (0.06, 0.09), SHADOW.at(0.35));
}

fn mouth(canvas: &mut Canvas<'_>, pose: &Pose) {
    let y = 0.74;
    let gap = 0.17 * pose.mouth;
    let wide = 0.36 - 0.03 * pose.mouth;
    let (up, down) = (y - gap * 0.25, y + gap * 0.75);
    let lip = Ink::hex(0x00B0_4A48);
    let upper = [
        (-wide, y),
        (-0.14, up - 0.085),
        (0.0, up - 0.06),
        (0.14, up - 0.085),
        (wide, y),
        (0.14, up + 0.01),
        (-0.14, up + 0.01),
    ];
    let lower = [
        (-wide, y),
        (-0.16, down),
        (0.16, down),
        (wide, y),
        (0.2, down + 0.1),
        (0.0, down + 0.125),
        (-0.2, down + 0.1),
    ];
    if gap > 0.004 {
        let inside = [
            (-wide + 0.02, y),
            (-0.16, up),
            (0.0, up + 0.005),
            (0.16, up),
            (wide - 0.02, y),
            (0.17, down + 0.02),
            (0.0, down + 0.03),
            (-0.17, down + 0.02),
        ];
        outline(canvas, &inside, Ink::hex(0x003A_1214));
        let teeth = [
            (-0.2, up + 0.005),
            (0.2, up + 0.005),
            (0.18, up + 0.035 + gap * 0.2),
            (-0.18, up + 0.035 + gap * 0.2),
        ];
        outline(canvas, &teeth, Ink::hex(0x00F0_EAE0));
    }
    outline(canvas, &upper, lip.shade(0.85));
    outline(canvas, &lower, lip);
    canvas.soft(
        (-0.03, down + 0.065),
        (0.15, 0.035),
        Ink::hex(0x00FF_D8D0).at(0.5),
    );
    line(
        canvas,
        &[
            (-wide, y),
            (-0.14, up + 0.005),
            (0.0, up + 0.012),
            (0.14, up + 0.005),
            (wide, y),
        ],
        0.025,
        Ink::hex(0x0048_1618),
    );
    canvas.soft((0.0, down + 0.185), (0.26, 0.07), SHADOW.at(0.5));
    for side in [-1.0, 1.0] {
        canvas.soft(
            (side * (wide + 0.03), y + 0.01),
            (0.07, 0.07),
            SHADOW.at(0.5),
        );
        let fold = [
            (side * 0.27, 0.42),
            (side * 0.38, 0.55),
            (side * 0.43, 0.68),
        ];
        line(canvas, &fold, 0.03, SHADOW.at(0.22));
    }
}

fn hair_in_front(canvas: &mut Canvas<'_>) {
    let fringe = [
        (0.1, -1.74),
        (-0.75, -1.6),
        (-1.2, -1.0),
        (-1.27, -0.2),
        (-1.1, 0.45),
        (-0.99, 0.05),
        (-0.95, -0.5),
        (-0.72, -0.9),
        (-0.3, -1.12),
        (0.15, -1.2),
        (0.6, -1.08),
        (0.88, -0.75),
        (0.97, -0.35),
        (1.0, 0.05),
        (1.1, 0.45),
        (1.27, -0.2),
        (1.2, -1.0),
        (0.8, -1.6),
    ];
    if let Some(path) = smooth(&fringe, Ends::Closed) {
        let inks = [HAIR.shade(1.5), HAIR.shade(1.15), HAIR.shade(0.8)];
        canvas.fill_along(&path, (-1.0, -1.6), (1.1, 0.0), &inks);
    }
    for (from, bend, to) in [
        ((0.15, -1.6), (-0.5, -1.42), (-0.95, -0.8)),
        ((0.1, -1.45), (-0.4, -1.3), (-0.8, -0.98)),
        ((0.2, -1.62), (0.75, -1.4), (1.02, -0.7)),
        ((0.25, -1.42), (0.7, -1.25), (0.95, -0.85)),
    ] {
        line(
            canvas,
            &[from, bend, to],
            0.025,
            Ink::hex(0x0086_5A40).at(0.55),
        );
    }
}

fn outline(canvas: &mut Canvas<'_>, points: &[(f32, f32)], ink: Ink) {
    if let Some(path) = smooth(points, Ends::Closed) {
        canvas.fill(&path, ink);
    }
}

fn line(canvas: &mut Canvas<'_>, points: &[(f32, f32)], width: f32, ink: Ink) {
    if let Some(path) = smooth(points, Ends::Open) {
        canvas.stroke(&path, width, ink);
    }
}
