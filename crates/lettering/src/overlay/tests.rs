use proptest::prelude::*;

use super::*;

/// Returns Y, U, V of straight RGB in 0..=1, after ITU-R BT.709-6 in floating point.
fn reference([r, g, b]: [f64; 3]) -> [f64; 3] {
    let luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    [
        16.0 + 219.0 * luma,
        128.0 + 224.0 * (b - luma) / 1.8556,
        128.0 + 224.0 * (r - luma) / 1.5748,
    ]
}

fn drawing(x: i32, y: i32, width: u32, height: u32, pixels: Vec<[u8; 4]>) -> Drawing {
    Drawing {
        x,
        y,
        width,
        height,
        rgba_premultiplied: pixels.into_iter().flatten().collect(),
    }
}

struct Canvas {
    width: u32,
    height: u32,
    y: Vec<u8>,
    u: Vec<u8>,
    v: Vec<u8>,
}

impl Canvas {
    /// Strides are longer than the rows, as decoders make them.
    fn new(width: u32, height: u32, value: u8) -> Self {
        let chroma = (width.div_ceil(2) + 3) as usize * height.div_ceil(2) as usize;
        Self {
            width,
            height,
            y: vec![value; (width as usize + 5) * height as usize],
            u: vec![value; chroma],
            v: vec![value; chroma],
        }
    }

    fn blend(&mut self, overlay: &Overlay) {
        let chroma_stride = self.width.div_ceil(2) as usize + 3;
        let plane = |samples, stride| Plane { samples, stride };
        blend_i420(
            overlay,
            &mut I420 {
                width: self.width,
                height: self.height,
                y: plane(&mut self.y, self.width as usize + 5),
                u: plane(&mut self.u, chroma_stride),
                v: plane(&mut self.v, chroma_stride),
            },
        );
    }

    fn luma(&self, x: usize, y: usize) -> u8 {
        self.y[y * (self.width as usize + 5) + x]
    }

    fn chroma(&self, x: usize, y: usize) -> (u8, u8) {
        let at = y * (self.width.div_ceil(2) as usize + 3) + x;
        (self.u[at], self.v[at])
    }
}

#[test]
fn primaries_have_their_bt709_values() {
    // Limited-range codes of full primaries as in SMPTE RP 219 and ITU-R BT.709.
    for (rgb, yuv) in [
        ([255, 255, 255], [235, 128, 128]),
        ([0, 0, 0], [16, 128, 128]),
        ([255, 0, 0], [63, 102, 240]),
        ([0, 255, 0], [173, 42, 26]),
        ([0, 0, 255], [32, 240, 118]),
        ([255, 255, 0], [219, 16, 138]),
    ] {
        let [r, g, b] = rgb;
        let overlay = Overlay::new(&drawing(0, 0, 2, 2, vec![[r, g, b, 255]; 4]));
        let got = [overlay.y_plane[0], overlay.u_plane[0], overlay.v_plane[0]];
        assert_eq!(got, yuv, "{rgb:?}");
        assert_eq!(overlay.alpha_chroma, [255], "opaque");
    }
}

#[test]
fn odd_boxes_grow_to_even_ones() {
    let overlay = Overlay::new(&drawing(3, 5, 3, 2, vec![[255; 4]; 6]));
    assert_eq!(
        (overlay.x, overlay.y, overlay.width, overlay.height),
        (2, 4, 4, 4)
    );
    assert_eq!(
        overlay.alpha_plane,
        [
            [0, 0, 0, 0],
            [0, 255, 255, 255],
            [0, 255, 255, 255],
            [0, 0, 0, 0]
        ]
        .concat(),
        "the drawing sits where it was"
    );
    assert_eq!(overlay.alpha_chroma, [64, 128, 64, 128], "mean of four");
}

#[test]
fn transparent_leaves_the_frame_alone() {
    let mut canvas = Canvas::new(8, 8, 77);
    canvas.blend(&Overlay::new(&drawing(1, 1, 4, 4, vec![[0; 4]; 16])));
    assert!(canvas.y.iter().chain(&canvas.u).all(|value| *value == 77));
    canvas.blend(&Overlay::new(&Drawing::default()));
    assert!(canvas.y.iter().all(|value| *value == 77));
}

#[test]
fn what_lies_outside_is_cut_off() {
    for (x, y) in [(-3, -3), (5, 5), (6, -2), (40, 0), (0, 40), (-40, -40)] {
        let mut canvas = Canvas::new(7, 7, 16);
        canvas.blend(&Overlay::new(&drawing(x, y, 6, 6, vec![[255; 4]; 36])));
        for row in 0..7 {
            for column in 0..7 {
                let inside =
                    (x..x + 6).contains(&(column as i32)) && (y..y + 6).contains(&(row as i32));
                let expect = if inside { 235 } else { 16 };
                assert_eq!(
                    canvas.luma(column, row),
                    expect,
                    "{column},{row} at {x},{y}"
                );
            }
        }
    }
}

fn pixel() -> impl Strategy<Value = [u8; 4]> {
    (any::<[u8; 3]>(), any::<u8>()).prop_map(|(rgb, a)| {
        let premultiplied = |c: u8| ((u16::from(c) * u16::from(a) + 127) / 255) as u8;
        let [r, g, b] = rgb.map(premultiplied);
        [r, g, b, a]
    })
}

proptest! {
    #[test]
    fn blends_as_floating_point_does(
        pixels in prop::collection::vec(pixel(), 36),
        x in 0_i32..5,
        y in 0_i32..5,
        under in 16_u8..=235,
    ) {
        let mut canvas = Canvas::new(12, 12, under);
        let drawn = drawing(x, y, 6, 6, pixels.clone());
        canvas.blend(&Overlay::new(&drawn));
        let at = |column: i32, row: i32| -> [f64; 4] {
            let (column, row) = (column - x, row - y);
            if (0..6).contains(&column) && (0..6).contains(&row) {
                pixels[(row * 6 + column) as usize].map(|value| f64::from(value) / 255.0)
            } else {
                [0.0; 4]
            }
        };
        // Premultiplied colour c of opacity a: the reference of c is that of c/a over a, so the
        // offset of limited range counts a times.
        let over = |[r, g, b, a]: [f64; 4]| -> [f64; 3] {
            let black = reference([0.0; 3]);
            let full = reference([r, g, b]);
            std::array::from_fn(|i| full[i] - black[i] + a * black[i] + (1.0 - a) * f64::from(under))
        };
        for row in 0..12 {
            for column in 0..12 {
                let expect = over(at(column, row))[0];
                let got = f64::from(canvas.luma(column as usize, row as usize));
                prop_assert!((got - expect).abs() <= 1.01, "luma {got} for {expect}");
            }
        }
        for row in 0..6 {
            for column in 0..6 {
                let mut mean = [0.0; 4];
                for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                    for (sum, value) in mean.iter_mut().zip(at(column * 2 + dx, row * 2 + dy)) {
                        *sum += value / 4.0;
                    }
                }
                let [_, u, v] = over(mean);
                let got = canvas.chroma(column as usize, row as usize);
                // The mean opacity is rounded to 8 bits, which adds half a step of the frame.
                prop_assert!((f64::from(got.0) - u).abs() <= 1.51, "U {} for {u}", got.0);
                prop_assert!((f64::from(got.1) - v).abs() <= 1.51, "V {} for {v}", got.1);
            }
        }
    }
}
