//! Two bones and a hinge between them: how to bend arms and legs so that their end is where it should be.

use glam::{Mat3, Quat, Vec3};

/// How a limb reaches a place: the turn of its root and the angle of its hinge about y.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bent {
    /// From the rest's axes to the world's.
    pub(super) root: Quat,
    /// Radians about y, of the sign asked for.
    pub(super) hinge: f32,
}

/// Reaches along `to` (from the root) with the bones `upper` and `lower` (as they are at rest), the hinge bent by
/// an angle of the sign of `way`; the rest's x looks as well as can be along `pole`. What is too far or too near is
/// reached for as far as the limb goes.
pub(super) fn reach(upper: Vec3, lower: Vec3, to: Vec3, pole: Vec3, way: f32) -> Bent {
    // |upper + Ry(a)·lower|² is C·cos a + S·sin a and what doesn't change.
    let (cos, sin) = (upper.x * lower.x + upper.z * lower.z, upper.x * lower.z - upper.z * lower.x);
    let most = libm::hypotf(cos, sin).max(1e-9);
    let want = (to.length_squared() - upper.length_squared() - lower.length_squared()) / 2.0 - upper.y * lower.y;
    let straight = libm::atan2f(sin, cos);
    let away = libm::acosf((want / most).clamp(-0.85, 0.9998));
    let hinge = if way > 0.0 { (straight + away).max(0.0) } else { (straight - away).min(0.0) };
    let whole = upper + Quat::from_rotation_y(hinge) * lower;
    Bent { root: Quat::from_mat3(&(axes(to, pole) * axes(whole, Vec3::X).transpose())).normalize(), hinge }
}

/// How far such a limb reaches when it is all but straight.
pub(super) fn length(upper: Vec3, lower: Vec3) -> f32 {
    0.998 * (upper.length() + lower.length())
}

fn axes(along: Vec3, aside: Vec3) -> Mat3 {
    let first = along.normalize_or(-Vec3::Z);
    let third = first.cross(aside).normalize_or(first.any_orthonormal_vector());
    Mat3::from_cols(first, third.cross(first), third)
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::Vec3Swizzles;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_end_is_where_it_should_be(x in -0.5f32..0.5, y in -0.5f32..0.5, z in -0.55f32..-0.25, way in -1i8..1) {
            let (upper, lower) = (Vec3::new(0.01, 0.02, -0.42), Vec3::new(-0.01, 0.0, -0.4));
            let way = if way < 0 { -1.0 } else { 1.0 };
            let to = Vec3::new(x, y, z).clamp_length_max(0.81);
            let bent = reach(upper, lower, to, Vec3::X, way);
            let end = bent.root * (upper + Quat::from_rotation_y(bent.hinge) * lower);
            prop_assert!((end - to).length() < 2e-3, "{end} for {to}");
            prop_assert!(bent.hinge * way >= 0.0);
        }
    }

    #[test]
    fn what_is_too_far_is_pointed_at() {
        let (upper, lower) = (-Vec3::Z * 0.3, -Vec3::Z * 0.25);
        let bent = reach(upper, lower, Vec3::X * 2.0, Vec3::Z, -1.0);
        let end = bent.root * (upper + Quat::from_rotation_y(bent.hinge) * lower);
        assert!(end.x > 0.545 && end.yz().length() < 0.01, "{end}");
    }
}
