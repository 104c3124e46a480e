//! The order of the lists: by role, in the order of the main job.

use silhueta_shared::model::Role;
use silhueta_shared::protocol::{ModelSource, ModelView, OfferedModel};

/// In the order of the main job; what can't be used comes last.
pub(super) const ROLES: [Option<Role>; 7] = [
    Some(Role::Detector),
    Some(Role::Reid),
    Some(Role::Pose),
    Some(Role::Lifter),
    Some(Role::Face),
    Some(Role::Landmarks),
    None,
];

/// The roles of the main job.
const NEEDED: [Role; 3] = [Role::Detector, Role::Reid, Role::Pose];

/// Whether a group is shown; `chosen` is the only role to show, none for all.
pub(super) fn is_shown(role: Option<Role>, chosen: Option<Role>) -> bool {
    chosen.is_none() || role == chosen
}

/// The models of a role, in their order.
pub(super) fn here(models: &[ModelView], role: Option<Role>) -> Vec<String> {
    models.iter().filter(|model| model.role == role).map(|model| model.id.clone()).collect()
}

/// What can be had of a role: first what can be fetched, in order of preference.
pub(super) fn offered(models: &[OfferedModel], role: Role) -> Vec<String> {
    let mut found: Vec<_> = models.iter().filter(|model| model.role == role).collect();
    found.sort_by_key(|model| matches!(model.source, ModelSource::BringYourOwn { .. }));
    found.into_iter().map(|model| model.id.clone()).collect()
}

/// Whether a job takes this one by itself: the helper puts those first.
pub(super) fn is_first(models: &[ModelView], id: &str) -> bool {
    models.iter().find(|model| model.id == id).and_then(|model| model.role).is_some_and(|role| {
        NEEDED.contains(&role) && models.iter().find(|model| model.role == Some(role)).is_some_and(|m| m.id == id)
    })
}

/// How many joints a set of this name has.
pub(super) fn points(keypoints: &str) -> Option<u32> {
    let digits = keypoints.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.parse().ok()
}

/// The site of an address.
pub(super) fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::{model, offer};

    #[test]
    fn groups_keep_the_helpers_order_and_what_must_be_brought_comes_last() {
        let bring = ModelSource::BringYourOwn { recipe: None };
        let offered = [
            OfferedModel { source: bring, ..offer("yolov8n", Role::Detector) },
            offer("yolox_m", Role::Detector),
            offer("rtmpose-l", Role::Pose),
            offer("yolox_s", Role::Detector),
        ];
        assert_eq!(super::offered(&offered, Role::Detector), ["yolox_m", "yolox_s", "yolov8n"]);
        assert_eq!(super::offered(&offered, Role::Face), [""; 0]);
        let mut broken = model("broken", Role::Pose);
        broken.role = None;
        let models = [model("b", Role::Pose), broken, model("a", Role::Pose)];
        assert_eq!(here(&models, Some(Role::Pose)), ["b", "a"]);
        assert_eq!(here(&models, None), ["broken"]);
    }

    #[test]
    fn the_first_of_a_needed_role_is_what_a_job_takes() {
        let models = [model("x", Role::Detector), model("p", Role::Pose), model("y", Role::Detector)];
        let face = [model("f", Role::Face)];
        assert!(is_first(&models, "x") && is_first(&models, "p") && !is_first(&models, "y"));
        assert!(!is_first(&face, "f"), "no job takes a face network");
        assert!(!is_first(&models, "gone"));
    }

    #[test]
    fn one_role_alone_hides_all_others() {
        assert!(
            is_shown(None, None) && is_shown(Some(Role::Face), None) && is_shown(Some(Role::Face), Some(Role::Face))
        );
        assert!(!is_shown(None, Some(Role::Face)) && !is_shown(Some(Role::Pose), Some(Role::Face)));
    }

    #[test]
    fn sets_of_joints_and_sites_are_read_off_their_names() {
        assert_eq!(["coco17", "wholebody133", "halpe26", "x"].map(points), [Some(17), Some(133), Some(26), None]);
        assert_eq!(host("https://download.openmmlab.com/a/b.zip"), "download.openmmlab.com");
        assert_eq!(host("http://127.0.0.1:8080"), "127.0.0.1:8080");
    }
}
