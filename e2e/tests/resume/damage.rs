//! What was kept is torn, flipped or gone.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use silhueta_e2e::Helper;
use silhueta_e2e::worker::job;
use silhueta_shared::job::{JobSpec, Stage};
use silhueta_shared::notice::{AnewReason, Notice};

use super::{assert_whole, clip, data, finish, stop_at, went_on};

fn in_work(spec: &JobSpec, name: &str) -> PathBuf {
    Path::new(&spec.out_dir).join(".work").join(name)
}

/// Takes some bytes off the end.
fn tear(path: &Path) {
    let file = File::options().write(true).open(path).unwrap();
    file.set_len(file.metadata().unwrap().len() - 5).unwrap();
}

/// Flips a bit of the byte so far from the end.
fn flip(path: &Path, from_end: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    let at = bytes.len() - from_end;
    bytes[at] ^= 4;
    File::create(path).unwrap().write_all(&bytes).unwrap();
}

fn append(path: &Path) {
    File::options().append(true).open(path).unwrap().write_all(&[7; 300]).unwrap();
}

#[test]
fn damaged_work_is_used_as_far_as_it_is_whole_or_not_at_all() {
    let Some(helper) = Helper::new("resume: damage") else { return };
    let source = clip(&helper, "walk_in_out.mp4", 40);
    let spec = JobSpec { video: true, ..job(&helper, &source, "out") };
    finish(&helper, &spec);
    let wanted = data(&spec);

    let damage: [(&str, Stage, &dyn Fn(), bool); 9] = [
        // Rows that no checkpoint tells of are cut off.
        ("more tracks", Stage::Track, &|| append(&in_work(&spec, "tracks.journal")), true),
        ("more poses", Stage::Pose, &|| append(&in_work(&spec, "poses.journal")), true),
        // Poses are good up to the first bad one, the annotated video up to its last key picture.
        ("torn poses", Stage::Pose, &|| tear(&in_work(&spec, "poses.journal")), true),
        ("flipped pose", Stage::Pose, &|| flip(&in_work(&spec, "poses.journal"), 20), true),
        ("flipped picture", Stage::Pose, &|| flip(&in_work(&spec, "overlay.journal"), 20), true),
        // Without all the tracks, or the tracker as it was, nothing is of use.
        ("torn tracks", Stage::Track, &|| tear(&in_work(&spec, "tracks.journal")), false),
        ("flipped tracks", Stage::Pose, &|| flip(&in_work(&spec, "tracks.journal"), 20), false),
        ("torn checkpoint", Stage::Track, &|| tear(&in_work(&spec, "checkpoint")), false),
        ("no tracklets", Stage::Pose, &|| std::fs::remove_file(in_work(&spec, "tracklets.journal")).unwrap(), false),
    ];
    for (what, stage, harm, goes_on) in damage {
        // The last results are there; the work is to be done again.
        let anew = JobSpec { anew: true, ..spec.clone() };
        stop_at(&helper, &anew, stage, 12);
        harm();
        let said = finish(&helper, &spec);
        let is_refused = said.contains(&Notice::BeginsAnew { why: AnewReason::Damaged });
        assert_eq!((went_on(&said).is_some(), is_refused), (goes_on, !goes_on), "{what}: {said:?}");
        assert!(data(&spec) == wanted, "{what} changed the results");
        assert_whole(&spec);
    }
}
