//! From a frame to a network's input: resize or warp by OpenCV as the peers do, then one fused pass that
//! normalises and splits the channels (a table per channel: bit-equal to computing in f64 and rounding).

use opencv::core::{Mat, Point2f, Rect, Scalar, Size};
use opencv::imgproc::{INTER_LINEAR, get_affine_transform_slice, resize, warp_affine};
use opencv::prelude::*;
use silhueta_shared::geometry::Bbox;
use silhueta_shared::job::ChannelOrder;

use crate::frame::Frame;
use crate::image;

/// Means and deviations of ImageNet's RGB channels, 0..=255.
pub const IMAGENET: [(f64, f64); 3] = [(123.675, 58.395), (116.28, 57.12), (103.53, 57.375)];

/// Maps 8-bit BGR pixels to a network's planar f32 input.
#[derive(Clone, Debug)]
pub struct Normalise {
    /// Which BGR byte feeds each plane.
    source: [usize; 3],
    table: [[f32; 256]; 3],
}

impl Normalise {
    /// Planes in `order`, plane `c` as `(value − mean) / deviation` with `planes[c] = (mean, deviation)`.
    pub fn new(order: ChannelOrder, planes: [(f64, f64); 3]) -> Self {
        let source = match order {
            ChannelOrder::Rgb => [2, 1, 0],
            ChannelOrder::Bgr => [0, 1, 2],
        };
        let table = planes.map(|(mean, deviation)| std::array::from_fn(|v| ((v as f64 - mean) / deviation) as f32));
        Self { source, table }
    }

    /// Values as they are, 0..=255.
    pub fn raw(order: ChannelOrder) -> Self {
        Self::new(order, [(0.0, 1.0); 3])
    }

    /// Values over 255, divided in f32 as the peers do.
    pub fn unit(order: ChannelOrder) -> Self {
        Self { table: [std::array::from_fn(|v| v as f32 / 255.0); 3], ..Self::raw(order) }
    }

    /// ImageNet's statistics on values over 255 in f32, as re-identification networks are fed.
    pub fn imagenet_unit(order: ChannelOrder) -> Self {
        let planes = [(0.485f32, 0.229f32), (0.456, 0.224), (0.406, 0.225)];
        let table = planes.map(|(mean, deviation)| std::array::from_fn(|v| (v as f32 / 255.0 - mean) / deviation));
        Self { table, ..Self::raw(order) }
    }

    /// The same order of channels, with values as they are.
    pub fn unscaled(&self) -> Self {
        Self { source: self.source, ..Self::raw(ChannelOrder::Bgr) }
    }

    /// Writes `picture` (8-bit BGR) at (`left`, `top`) of a planar canvas of `width` × `height`, the rest
    /// filled with the 8-bit value `pad`.
    fn write(
        &self,
        picture: &Mat,
        (left, top): (usize, usize),
        (width, height): (usize, usize),
        pad: u8,
        out: &mut [f32],
    ) -> opencv::Result<()> {
        let size = picture.size()?;
        let (cols, bytes) = (size.width as usize, picture.data_bytes()?);
        let covers = cols == width && size.height as usize == height;
        for ((plane, source), table) in out.chunks_exact_mut(width * height).zip(self.source).zip(&self.table) {
            if !covers {
                plane.fill(table[usize::from(pad)]);
            }
            for (row, line) in bytes.chunks_exact(cols * 3).zip(plane.chunks_exact_mut(width).skip(top)) {
                for (pixel, value) in row.chunks_exact(3).zip(line.iter_mut().skip(left)) {
                    *value = table[usize::from(pixel[source])];
                }
            }
        }
        Ok(())
    }
}

/// Where a letterboxed picture lies on its canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// In the middle (Ultralytics).
    Center,
    /// At the top left (YOLOX, RTMDet).
    TopLeft,
}

/// The way back from canvas to source pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Letterbox {
    /// Canvas pixels per source pixel.
    pub scale: f32,
    /// Canvas pixels left of the picture.
    pub left: f32,
    /// Canvas pixels above the picture.
    pub top: f32,
    /// Source pixels across and down: boxes are cut there.
    pub source: (u32, u32),
}

impl Letterbox {
    /// A box in canvas pixels, in source pixels, cut at the frame's edges.
    pub fn to_source(&self, b: Bbox) -> Bbox {
        let x = |v: f32| (v - self.left) / self.scale;
        let y = |v: f32| (v - self.top) / self.scale;
        Bbox::new(x(b.x1), y(b.y1), x(b.x2), y(b.y2)).clipped(self.source.0, self.source.1)
    }
}

/// Shrinks or grows `frame` onto a canvas of `size` (width, height), padded with 114.
///
/// # Errors
/// OpenCV's.
pub fn letterbox(
    frame: &Frame,
    size: (usize, usize),
    placement: Placement,
    normalise: &Normalise,
    out: &mut [f32],
) -> opencv::Result<Letterbox> {
    let (w, h) = (f64::from(frame.width), f64::from(frame.height));
    let scale = (size.0 as f64 / w).min(size.1 as f64 / h);
    let (cols, rows) = match placement {
        Placement::Center => ((w * scale).round_ties_even(), (h * scale).round_ties_even()),
        Placement::TopLeft => ((w * scale).floor(), (h * scale).floor()),
    };
    let (cols, rows) = (cols.max(1.0), rows.max(1.0));
    let (left, top) = match placement {
        Placement::Center => {
            let middle = |space: f64| (space / 2.0 - 0.1).round_ties_even().max(0.0);
            (middle(size.0 as f64 - cols), middle(size.1 as f64 - rows))
        }
        Placement::TopLeft => (0.0, 0.0),
    };
    let source = image::view(frame)?;
    let mut resized = Mat::default();
    let (cols, rows) = (cols as i32, rows as i32);
    if (cols, rows) == (image::side(frame.width)?, image::side(frame.height)?) {
        source.copy_to(&mut resized)?;
    } else {
        resize(&source, &mut resized, Size::new(cols, rows), 0.0, 0.0, INTER_LINEAR)?;
    }
    normalise.write(&resized, (left as usize, top as usize), size, 114, out)?;
    Ok(Letterbox { scale: scale as f32, left: left as f32, top: top as f32, source: (frame.width, frame.height) })
}

/// Stretches the part of `frame` under `bbox` (edges rounded, cut at the frame) to `size`. A box with
/// nothing inside the frame gives a black picture.
///
/// # Errors
/// OpenCV's.
pub fn stretch(
    frame: &Frame,
    bbox: Bbox,
    size: (usize, usize),
    normalise: &Normalise,
    out: &mut [f32],
) -> opencv::Result<()> {
    let edge = |v: f32, limit: u32| (v.round_ties_even().max(0.0) as i32).min(limit as i32);
    let (x1, x2) = (edge(bbox.x1, frame.width), edge(bbox.x2, frame.width));
    let (y1, y2) = (edge(bbox.y1, frame.height), edge(bbox.y2, frame.height));
    let target = Size::new(size.0 as i32, size.1 as i32);
    let mut picture = Mat::default();
    if bbox.is_valid() && x2 > x1 && y2 > y1 {
        let source = image::view(frame)?;
        let part = Mat::roi(&source, Rect::new(x1, y1, x2 - x1, y2 - y1))?;
        resize(&part, &mut picture, target, 0.0, 0.0, INTER_LINEAR)?;
    } else {
        picture = Mat::new_size_with_default(target, opencv::core::CV_8UC3, Scalar::all(0.0))?;
    }
    normalise.write(&picture, (0, 0), size, 0, out)
}

/// A person's crop for a pose network: the box grown by `padding` around its centre and widened to the
/// input's shape (MMPose's top-down transform).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PoseCrop {
    /// Centre in source pixels.
    pub center: (f64, f64),
    /// Width and height in source pixels that the input covers.
    pub scale: (f64, f64),
}

impl PoseCrop {
    /// The crop of `bbox` for an input of `size` (width, height).
    pub fn new(bbox: Bbox, padding: f64, size: (usize, usize)) -> Self {
        let (x1, y1, x2, y2) = (f64::from(bbox.x1), f64::from(bbox.y1), f64::from(bbox.x2), f64::from(bbox.y2));
        let (w, h) = ((x2 - x1) * padding, (y2 - y1) * padding);
        let aspect = size.0 as f64 / size.1 as f64;
        let scale = if w > h * aspect { (w, w / aspect) } else { (h * aspect, h) };
        Self { center: ((x1 + x2) / 2.0, (y1 + y2) / 2.0), scale }
    }

    /// Warps the crop out of `frame`; outside of the frame is black.
    ///
    /// # Errors
    /// OpenCV's.
    pub fn write(
        &self,
        frame: &Frame,
        size: (usize, usize),
        normalise: &Normalise,
        out: &mut [f32],
    ) -> opencv::Result<()> {
        // Three points in f32, as MMPose hands them to OpenCV.
        let (cx, cy) = (self.center.0 as f32, self.center.1 as f32);
        let (w, h, half) = (size.0 as f32, size.1 as f32, (self.scale.0 * 0.5) as f32);
        let from = [Point2f::new(cx, cy), Point2f::new(cx, cy - half), Point2f::new(cx - half, cy - half)];
        let to = [
            Point2f::new(w * 0.5, h * 0.5),
            Point2f::new(w * 0.5, h * 0.5 - w * 0.5),
            Point2f::new(0.0, h * 0.5 - w * 0.5),
        ];
        let map = get_affine_transform_slice(from, to)?;
        let mut picture = Mat::default();
        let target = Size::new(size.0 as i32, size.1 as i32);
        let border = opencv::core::BORDER_CONSTANT;
        warp_affine(&image::view(frame)?, &mut picture, &map, target, INTER_LINEAR, border, Scalar::all(0.0))?;
        normalise.write(&picture, (0, 0), size, 0, out)
    }

    /// A point of the input, in source pixels.
    pub fn to_source(&self, (x, y): (f32, f32), size: (usize, usize)) -> (f32, f32) {
        let map = |v: f32, side: usize, scale: f64, center: f64| {
            (f64::from(v) / side as f64 * scale + center - scale / 2.0) as f32
        };
        (map(x, size.0, self.scale.0, self.center.0), map(y, size.1, self.scale.1, self.center.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(width: u32, height: u32, bgr: [u8; 3]) -> Frame {
        let bytes: Vec<u8> = bgr.iter().copied().cycle().take((width * height * 3) as usize).collect();
        Frame { index: 0, pts: 0, width, height, bgr: bytes.into() }
    }

    #[test]
    fn a_wide_frame_is_centred_between_bars_of_114() {
        let mut out = vec![0.0; 3 * 640 * 640];
        let frame = flat(1280, 720, [10, 20, 30]);
        let back =
            letterbox(&frame, (640, 640), Placement::Center, &Normalise::raw(ChannelOrder::Rgb), &mut out).unwrap();
        assert_eq!((back.scale, back.left, back.top), (0.5, 0.0, 140.0));
        assert_eq!(
            (out[0], out[139 * 640], out[140 * 640], out[499 * 640], out[500 * 640]),
            (114.0, 114.0, 30.0, 30.0, 114.0)
        );
        let b = back.to_source(Bbox::new(0.0, 140.0, 700.0, 500.0));
        assert_eq!(b.to_array(), [0.0, 0.0, 1280.0, 720.0]);
    }

    #[test]
    fn channel_order_and_statistics_meet_the_right_planes() {
        let mut out = vec![0.0; 3 * 4];
        let frame = flat(2, 2, [0, 0, 255]);
        stretch(&frame, Bbox::new(0.0, 0.0, 2.0, 2.0), (2, 2), &Normalise::new(ChannelOrder::Rgb, IMAGENET), &mut out)
            .unwrap();
        assert!((out[0] - 2.2489).abs() < 1e-3 && (out[4] + 2.0357).abs() < 1e-3 && (out[8] + 1.8044).abs() < 1e-3);
    }

    #[test]
    fn a_box_outside_of_the_frame_is_black_not_a_panic() {
        let mut out = vec![1.0; 3 * 8];
        for bbox in
            [Bbox::new(-9.0, -9.0, -1.0, -1.0), Bbox::new(f32::NAN, 0.0, 1.0, 1.0), Bbox::new(5.0, 5.0, 1.0, 1.0)]
        {
            stretch(&flat(4, 4, [9; 3]), bbox, (2, 4), &Normalise::raw(ChannelOrder::Bgr), &mut out).unwrap();
            assert!(out.iter().all(|v| *v == 0.0));
        }
    }

    #[test]
    fn the_middle_of_the_input_is_the_middle_of_the_box() {
        let crop = PoseCrop::new(Bbox::new(10.0, 20.0, 30.0, 120.0), 1.25, (192, 256));
        assert_eq!(crop.scale, (93.75, 125.0));
        assert_eq!(crop.to_source((96.0, 128.0), (192, 256)), (20.0, 70.0));
    }
}
