//! Stopped on purpose, in each stage and more than once.

use silhueta_e2e::Helper;
use silhueta_e2e::video::make_from;
use silhueta_e2e::worker::{Worker, job};
use silhueta_shared::job::{FailureCode, JobSpec, Stage};
use silhueta_shared::notice::{AnewReason, Notice};
use silhueta_shared::worker::{Command, Event};

use super::{assert_whole, begin, clip, data, elsewhere, finish, stop_at, went_on};

/// Batches of five hold people of several frames, so that a stop falls into the middle of one.
#[test]
fn stopped_in_track_and_twice_in_pose_it_gives_the_same_bytes() {
    let Some(helper) = Helper::new("resume: stops") else { return };
    let source = clip(&helper, "street_720p.mp4", 60);
    let calm = JobSpec { video: true, pose_batch: Some(5), ..job(&helper, &source, "calm") };
    finish(&helper, &calm);
    assert_whole(&calm);

    let stopped = elsewhere(&helper, &calm, "stopped");
    assert_eq!(went_on(&stop_at(&helper, &stopped, Stage::Track, 15)), None);
    let (stage, tracked) = went_on(&stop_at(&helper, &stopped, Stage::Pose, 10)).unwrap();
    assert!(stage == Stage::Track && (15..60).contains(&tracked), "{stage} {tracked}");
    let (stage, posed) = went_on(&stop_at(&helper, &stopped, Stage::Pose, 30)).unwrap();
    assert!(stage == Stage::Pose && (10..60).contains(&posed), "{stage} {posed}");
    // Other threads are no other job.
    let last = finish(&helper, &JobSpec { threads: 1, ..stopped.clone() });
    let (stage, posed) = went_on(&last).unwrap();
    assert!(stage == Stage::Pose && (30..60).contains(&posed), "{stage} {posed}");
    assert!(data(&calm) == data(&stopped), "the stops changed the results");
    assert_whole(&stopped);

    // All of its time counts, not only the last run's.
    let summary = helper.json(&helper.at("stopped/summary.json"));
    let stages: Vec<_> = summary["stages"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(stages, ["probe", "track", "identify", "pose", "export"]);
    assert_eq!((&summary["stages"][1]["frames"], &summary["stages"][3]["frames"]), (&60.into(), &60.into()));
}

/// Fewer frames than there are, times that are uneven, and a key picture in the middle of the annotated video.
#[test]
fn an_uneven_video_of_which_every_second_frame_is_looked_at_goes_on_too() {
    let Some(helper) = Helper::new("resume: uneven") else { return };
    let source = helper.at("uneven.mp4");
    let words = "-stream_loop 2 -i {0} -vf select='not(mod(n\\,7))+lt(mod(n\\,7)\\,3)' -vsync vfr -frames:v 700 -s 160x90 \
                 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -an";
    make_from(&[&helper.data.join("clips/walk_in_out.mp4")], &source, words);
    let calm = JobSpec { video: true, fps: Some(14.0), ..job(&helper, &source, "calm") };
    finish(&helper, &calm);
    let stopped = elsewhere(&helper, &calm, "stopped");
    stop_at(&helper, &stopped, Stage::Track, 100);
    stop_at(&helper, &stopped, Stage::Pose, 270);
    let (stage, posed) = went_on(&finish(&helper, &stopped)).unwrap();
    assert!(stage == Stage::Pose && posed >= 270, "{stage} {posed}");
    assert!(data(&calm) == data(&stopped), "the stops changed the results");
    let times = |spec: &JobSpec| silhueta_e2e::video::probe_times(&helper.at(&spec.out_dir).join("overlay.mp4"));
    assert!(times(&calm).len() > 260 && times(&calm) == times(&stopped));
}

#[test]
fn other_settings_other_networks_and_another_video_begin_anew() {
    let Some(helper) = Helper::new("resume: another job") else { return };
    let source = clip(&helper, "crossing_360p.mp4", 40);
    let first = job(&helper, &source, "out");
    let begun_anew = |spec: &JobSpec, why: AnewReason| {
        let said = finish(&helper, spec);
        assert!(said.contains(&Notice::BeginsAnew { why }) && went_on(&said).is_none(), "{why:?}: {said:?}");
        assert_whole(spec);
        let calm = elsewhere(&helper, spec, "calm");
        finish(&helper, &calm);
        assert!(data(&calm) == data(spec), "{why:?}: something of the other job is in the results");
    };
    stop_at(&helper, &first, Stage::Track, 5);
    begun_anew(&JobSpec { fps: Some(10.0), ..first.clone() }, AnewReason::Settings);
    stop_at(&helper, &first, Stage::Pose, 5);
    let mut other = first.clone();
    other.models.pose.sha256 = "11".repeat(32);
    begun_anew(&other, AnewReason::Models);
    stop_at(&helper, &first, Stage::Pose, 5);
    // Asked to begin anew, it does, and there is nothing to explain.
    let said = finish(&helper, &JobSpec { anew: true, ..first.clone() });
    assert!(went_on(&said).is_none() && !said.iter().any(|n| matches!(n, Notice::BeginsAnew { .. })), "{said:?}");
    stop_at(&helper, &first, Stage::Pose, 5);
    clip(&helper, "crossing_360p.mp4", 30);
    begun_anew(&first, AnewReason::Source);
}

#[test]
fn two_never_work_in_one_folder() {
    let Some(helper) = Helper::new("resume: one at a time") else { return };
    let source = clip(&helper, "crossing_360p.mp4", 30);
    let spec = job(&helper, &source, "out");
    let mut first = begin(&helper, &spec);
    first.send(&Command::Pause);
    first.until("standing still", |event| matches!(event, Event::Paused(true)));
    let mut second = Worker::start(&helper);
    second.send(&Command::Run(Box::new(JobSpec { fps: Some(3.0), ..spec.clone() })));
    match second.to_the_end().last() {
        Some(Event::Failed(failure)) => {
            assert_eq!(failure.code, FailureCode::OutputBusy);
            assert!(failure.message.contains(&spec.out_dir) && failure.hint.is_some(), "{failure:?}");
        }
        other => panic!("{other:?}"),
    }
    first.send(&Command::Resume);
    assert!(matches!(first.to_the_end().last(), Some(Event::Done(_))), "the second did the first no harm");
    assert_whole(&spec);
}
