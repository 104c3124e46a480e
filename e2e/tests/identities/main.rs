//! Identities of real video against people who were counted by eye (`clips/*.toml`): real worker, real networks.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test: a failure here is a failed test")]

use std::path::Path;

use silhueta_e2e::Helper;
use silhueta_results::metrics::counted::{Counted, Verdict};
use silhueta_results::metrics::recorded::{Number, Recorded};
use silhueta_results::record::RecordReader;

/// What somebody saw in the clip of that name.
fn counted(clip: &str) -> Counted {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/identities/clips").join(format!("{clip}.toml"));
    toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// What the job says of it.
fn verdict(helper: &Helper, clip: &str) -> Verdict {
    let video = helper.data.join("clips").join(format!("{clip}.mp4"));
    let results = helper.work(&video, "out", &["--detector", "rtmdet_nano", "--no-video"]);
    let record = RecordReader::open(&results.join("record.parquet")).unwrap();
    let verdict = Verdict::of(&counted(clip), &Recorded::of(record, Number::Identity).unwrap().tracks);
    println!("{clip}: {verdict}");
    verdict
}

#[test]
fn people_who_come_one_after_another_are_each_found_once() {
    let Some(helper) = Helper::new("identities: one by one") else { return };
    let verdict = verdict(&helper, "one_by_one");
    assert_eq!(verdict.people.len(), 6);
    assert!(verdict.split().is_empty() && verdict.missed().is_empty() && verdict.others.is_empty(), "{verdict}");
    assert!(verdict.merged().is_empty() && verdict.identities() == 6, "{verdict}");
}

#[test]
fn what_was_counted_by_eye_can_be() {
    for (clip, people) in
        [("one_by_one", 6), ("crossing_360p", 12), ("sprint_moving_camera", 4), ("dance_occlusion", 7)]
    {
        let counted = counted(clip);
        assert_eq!(counted.people.len(), people, "{clip}");
        for person in &counted.people {
            assert!(person.seen.len() >= 2 && person.seen.is_sorted_by_key(|s| s.frame), "{clip}: {}", person.name);
        }
    }
}
