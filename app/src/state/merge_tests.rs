//! One test for each rule of [`super::merge`].

use proptest::prelude::*;
use silhueta_shared::job::Stage;
use silhueta_shared::notice::Level;
use silhueta_shared::protocol::UploadId;
use silhueta_shared::state::JobState;

use super::*;
use crate::state::fixture::{file, job, model, root, run_id, shelf};

static NO_QUEUE: QueueView = QueueView { paused: false, order: Vec::new() };

fn remembered(source: SourceRef, root: Option<&str>) -> Remembered {
    Remembered { source, root: root.map(Into::into), facts: None }
}

fn heard<'a>(jobs: &'a [JobView], roots: &'a [Root]) -> Heard<'a> {
    Heard { jobs, queue: &NO_QUEUE, roots, models: None }
}

fn names(memory: &Memory) -> Vec<&str> {
    memory.sources.iter().map(|remembered| remembered.source.name()).collect()
}

#[test]
fn a_run_that_works_wins_and_nothing_remembered_is_lost() {
    let memory = Memory {
        sources: vec![remembered(file(1, "mine.mp4"), Some("/v")), remembered(file(1, "b.mp4"), Some("/v"))],
        preview: false,
        quietest: Level::Error,
        ..Memory::default()
    };
    let mut jobs = vec![
        job(1, 7, file(1, "a.mp4"), JobState::Completed),
        job(2, 7, file(1, "b.mp4"), JobState::Running(Stage::Pose)),
    ];
    for job in &mut jobs {
        job.settings.detector = Some("yolox-m".into());
    }
    let merged = merge(&memory, heard(&jobs, &[root(1, "/v")]));
    assert_eq!(names(&merged.memory), ["a.mp4", "b.mp4", "mine.mp4"]);
    assert_eq!((merged.run, merged.active, merged.memory.last_run), (Some(run_id(7)), true, Some(run_id(7))));
    assert_eq!(merged.memory.settings.detector.as_deref(), Some("yolox-m"));
    assert_eq!((merged.memory.preview, merged.memory.quietest), (false, Level::Error), "the user's alone");
    assert_eq!(merged.marks, [None, None, None]);
}

#[test]
fn the_list_follows_the_queue() {
    let memory = Memory { sources: vec![remembered(file(1, "mine.mp4"), None)], attached: true, ..Memory::default() };
    let job = |id, name| job(id, 7, file(1, name), JobState::Queued);
    let jobs = [job(1, "a.mp4"), job(2, "b.mp4"), job(3, "c.mp4")];
    let order = [3, 1, 2].map(crate::state::fixture::job_id).to_vec();
    let queue = QueueView { paused: true, order };
    let merged = merge(&memory, Heard { jobs: &jobs, queue: &queue, roots: &[], models: None });
    assert_eq!(names(&merged.memory), ["c.mp4", "a.mp4", "b.mp4", "mine.mp4"]);
    assert!(merged.memory.attached, "the user's alone");
}

#[test]
fn a_finished_run_stays_shown_and_leaves_the_inputs_alone() {
    let mut memory = Memory { last_run: Some(run_id(7)), ..Memory::default() };
    memory.sources.push(remembered(file(1, "next.mp4"), Some("/v")));
    memory.settings.fps = Some(10.0);
    let jobs = [job(1, 7, file(1, "a.mp4"), JobState::Completed), job(2, 9, file(1, "z"), JobState::Failed)];
    let merged = merge(&memory, heard(&jobs, &[root(1, "/v")]));
    assert_eq!((merged.run, merged.active), (Some(run_id(7)), false));
    assert_eq!(merged.memory, memory);
}

#[test]
fn inputs_survive_when_the_helper_knows_nothing() {
    let mut memory = Memory { last_run: Some(run_id(7)), ..Memory::default() };
    memory.sources.push(remembered(file(1, "a.mp4"), Some("/v")));
    let merged = merge(&memory, heard(&[], &[]));
    assert_eq!((merged.run, merged.active), (None, false));
    assert_eq!(merged.memory, memory);
}

#[test]
fn another_pages_run_is_not_ours() {
    let mut other = job(1, 7, file(1, "a.mp4"), JobState::Running(Stage::Pose));
    other.page = Page::Testes;
    let merged = merge(&Memory { last_run: Some(run_id(7)), ..Memory::default() }, heard(&[other], &[]));
    assert_eq!((merged.run, merged.active), (None, false));
    assert!(merged.memory.sources.is_empty());
}

#[test]
fn a_closed_folder_marks_and_a_moved_one_is_followed() {
    let upload = SourceRef::Upload { upload: UploadId::new(4).unwrap(), name: "u.mp4".into() };
    let memory = Memory {
        sources: vec![
            remembered(file(1, "closed.mp4"), Some("/closed")),
            remembered(file(2, "moved.mp4"), Some("/moved")),
            remembered(upload, None),
            remembered(SourceRef::Path { path: "/x/p.mp4".into() }, None),
        ],
        ..Memory::default()
    };
    // Number 1 is another folder now; /moved is number 5.
    let merged = merge(&memory, heard(&[], &[root(1, "/other"), root(5, "/moved")]));
    assert_eq!(merged.marks, [Some(Mark::RootClosed), None, None, Some(Mark::ByPath)]);
    assert_eq!(merged.memory.sources[1].source, file(5, "moved.mp4"));
    assert_eq!(names(&merged.memory), ["closed.mp4", "moved.mp4", "u.mp4", "p.mp4"]);
}

#[test]
fn a_root_that_was_not_known_is_learned() {
    let memory = Memory { sources: vec![remembered(file(1, "a.mp4"), None)], ..Memory::default() };
    let merged = merge(&memory, heard(&[], &[root(1, "/v")]));
    assert_eq!((merged.memory.sources[0].root.as_deref(), merged.marks), (Some("/v"), vec![None]));
}

#[test]
fn a_model_that_is_gone_is_marked_and_kept() {
    let mut memory = Memory::default();
    memory.settings.detector = Some("old".into());
    memory.settings.pose = Some("rtmpose".into());
    let shelf = shelf(vec![model("rtmpose", Role::Pose), model("old", Role::Pose)]);
    let merged = merge(&memory, Heard { jobs: &[], queue: &NO_QUEUE, roots: &[], models: Some(&shelf) });
    assert_eq!(merged.gone, [Role::Detector], "the same name in another role is another model");
    assert_eq!(merged.memory.settings, memory.settings);
    assert_eq!(merge(&memory, heard(&[], &[])).gone, [], "no shelf heard of yet: nothing is said");
}

fn state() -> impl Strategy<Value = JobState> {
    prop_oneof![Just(JobState::Queued), Just(JobState::Running(Stage::Track)), Just(JobState::Completed)]
}

proptest! {
    #[test]
    fn merging_twice_changes_nothing_and_loses_no_video(
        kept in prop::collection::vec((1u64..4, 0u8..5, prop::option::of(0u8..3)), 0..6),
        jobs in prop::collection::vec((1u64..4, 1u64..4, 0u8..5, state()), 0..6),
        open in prop::collection::btree_map(1u64..4, 0u8..3, 0..3),
    ) {
        let mut sources: Vec<Remembered> = Vec::new();
        for (root, name, path) in kept {
            let path = path.map(|path| format!("/{path}"));
            let new = remembered(file(root, &name.to_string()), path.as_deref());
            if !sources.iter().any(|other| other.source == new.source) { sources.push(new); }
        }
        let jobs: Vec<_> = (1..).zip(jobs).map(|(id, (run, root, name, state))| job(id, run, file(root, &name.to_string()), state)).collect();
        let roots: Vec<_> = open.into_iter().map(|(id, path)| root(id, &format!("/{path}"))).collect();
        let memory = Memory { sources, ..Memory::default() };
        let once = merge(&memory, heard(&jobs, &roots));
        let twice = merge(&once.memory, heard(&jobs, &roots));
        prop_assert_eq!(&once, &twice);
        let before: std::collections::BTreeSet<_> = memory.sources.iter().map(|s| s.source.name().to_owned()).collect();
        let after: std::collections::BTreeSet<_> = once.memory.sources.iter().map(|s| s.source.name().to_owned()).collect();
        prop_assert!(after.is_superset(&before));
        prop_assert_eq!(once.marks.len(), once.memory.sources.len());
    }
}
