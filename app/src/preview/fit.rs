//! Where a picture lies in a view of another shape: whole, centred, with bars beside or above it.

/// The place of a picture in a view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fit {
    /// Units of the view to a pixel of the picture.
    pub(super) scale: f64,
    /// The picture's left edge in the view.
    pub(super) left: f64,
    /// The picture's top edge in the view.
    pub(super) top: f64,
}

impl Fit {
    /// A picture of `width` × `height` in a view; `None` while either has no area.
    pub(super) fn whole([width, height]: [u32; 2], view: [f64; 2]) -> Option<Self> {
        let (width, height) = (f64::from(width), f64::from(height));
        let scale = (view[0] / width).min(view[1] / height);
        let left = (view[0] - width * scale) / 2.0;
        let top = (view[1] - height * scale) / 2.0;
        let has_area = width > 0.0 && height > 0.0 && scale > 0.0 && scale.is_finite();
        has_area.then_some(Self { scale, left, top })
    }

    /// A point of the picture in the view.
    pub(super) fn to_view(self, x: f32, y: f32) -> (f64, f64) {
        (self.left + f64::from(x) * self.scale, self.top + f64::from(y) * self.scale)
    }

    /// A point of the view in the picture; outside of it for one on a bar.
    pub(super) fn to_picture(self, x: f64, y: f64) -> (f32, f32) {
        (((x - self.left) / self.scale) as f32, ((y - self.top) / self.scale) as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_wide_picture_has_bars_above_and_below_and_a_tall_one_beside() {
        let wide = Fit::whole([1280, 720], [640.0, 640.0]).unwrap();
        assert_eq!(wide, Fit { scale: 0.5, left: 0.0, top: 140.0 });
        let tall = Fit::whole([720, 1280], [640.0, 640.0]).unwrap();
        assert_eq!(tall, Fit { scale: 0.5, left: 140.0, top: 0.0 });
        assert_eq!(tall.to_view(720.0, 1280.0), (500.0, 640.0));
    }

    #[test]
    fn nothing_fits_where_there_is_no_area() {
        assert_eq!(Fit::whole([0, 720], [640.0, 360.0]), None);
        assert_eq!(Fit::whole([0, 0], [0.0, 0.0]), None);
        assert_eq!(Fit::whole([1280, 720], [0.0, 360.0]), None);
    }

    proptest! {
        #[test]
        fn the_whole_picture_is_in_view_and_points_come_back(
            size in (1u32..8000, 1u32..8000), view in (1.0f64..4000.0, 1.0f64..4000.0), at in (0.0f32..1.0, 0.0f32..1.0),
        ) {
            let fit = Fit::whole([size.0, size.1], [view.0, view.1]).unwrap();
            let (right, bottom) = fit.to_view(size.0 as f32, size.1 as f32);
            prop_assert!(fit.left >= -1e-6 && fit.top >= -1e-6 && right <= view.0 + 1e-6 && bottom <= view.1 + 1e-6);
            prop_assert!((right - fit.left - view.0).abs() < 1e-6 || (bottom - fit.top - view.1).abs() < 1e-6);
            let (x, y) = (at.0 * size.0 as f32, at.1 * size.1 as f32);
            let (vx, vy) = fit.to_view(x, y);
            let (bx, by) = fit.to_picture(vx, vy);
            prop_assert!((bx - x).abs() < 0.05 && (by - y).abs() < 0.05);
        }
    }
}
