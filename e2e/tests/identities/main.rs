//! Identities of real video against people who were counted by eye (`clips/*.toml`): real worker, real networks.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test: a failure here is a failed test")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use silhueta_e2e::Helper;
use silhueta_results::identities::{FILE_NAME, Identities};
use silhueta_results::metrics::counted::{Counted, Verdict};
use silhueta_results::metrics::recorded::{Number, Recorded};
use silhueta_results::record::RecordReader;
use silhueta_shared::job::IdentityPreset;
use silhueta_shared::summary::Summary;

/// What somebody saw in the clip of that name.
fn counted(clip: &str) -> Counted {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/identities/clips").join(format!("{clip}.toml"));
    toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// Works through a clip; where the results are.
fn work(helper: &Helper, clip: &str, more: &[&str]) -> PathBuf {
    let video = helper.data.join("clips").join(format!("{clip}.mp4"));
    helper.work(&video, "out", &[&["--detector", "rtmdet_nano", "--no-video"], more].concat())
}

/// What the results say of a clip.
fn verdict(results: &Path, clip: &str) -> Verdict {
    let record = RecordReader::open(&results.join("record.parquet")).unwrap();
    let verdict = Verdict::of(&counted(clip), &Recorded::of(record, Number::Identity).unwrap().tracks);
    println!("{clip}: {verdict}");
    verdict
}

#[test]
fn people_who_come_one_after_another_are_each_found_once() {
    let Some(helper) = Helper::new("identities: one by one") else { return };
    let verdict = verdict(&work(&helper, "one_by_one", &[]), "one_by_one");
    assert_eq!(verdict.people.len(), 6);
    assert!(verdict.split().is_empty() && verdict.missed().is_empty() && verdict.others.is_empty(), "{verdict}");
    assert!(verdict.merged().is_empty() && verdict.identities() == 6, "{verdict}");
}

#[test]
fn neuraposes_filters_leave_people_out_when_asked_and_the_results_agree() {
    let Some(helper) = Helper::new("identities: filters") else { return };
    let results = work(
        &helper,
        "crossing_360p",
        &["--identities", "neurapose", "--fps", "12", "--anchor", "1=-500,-500", "--anchor", "2=-500,-500"],
    );
    let summary: Summary = serde_json::from_slice(&std::fs::read(results.join("summary.json")).unwrap()).unwrap();
    assert_eq!(summary.settings.identities, IdentityPreset::Neurapose);
    let record = RecordReader::open(&results.join("record.parquet")).unwrap();
    let (mut frames, mut nobodys) = (BTreeMap::new(), 0);
    for row in record {
        let row = row.unwrap();
        match row.identity {
            Some(identity) => *frames.entry(identity).or_insert(0) += 1,
            None => nobodys += u32::from(row.track.is_some()),
        }
    }
    assert!(frames.values().all(|seen| *seen >= 10) && nobodys > 0, "{frames:?}, {nobodys} rows are nobody's");
    assert_eq!(frames.len(), summary.identities as usize);
    // Nobody is where 1 and 2 belong; who had their numbers has others.
    let numbers: Vec<u32> = frames.keys().map(|identity| identity.get()).collect();
    assert!(summary.settings.anchors.len() == 2 && numbers[0] > 2 && numbers.iter().any(|n| *n >= 900), "{numbers:?}");
    let told = Identities::read(&results.join(FILE_NAME)).unwrap().unwrap();
    assert_eq!(
        told.people.iter().map(|person| person.identity).collect::<Vec<_>>(),
        frames.into_keys().collect::<Vec<_>>()
    );
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
