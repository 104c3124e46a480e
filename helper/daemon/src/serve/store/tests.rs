use super::*;

#[test]
fn folders_keep_their_numbers_and_no_number_is_given_twice() {
    let store = Store::in_memory();
    for path in ["/a", "/b", "/a"] {
        store.open_root(path).unwrap();
    }
    let roots = store.roots().unwrap();
    assert_eq!(roots.iter().map(|r| r.path.as_str()).collect::<Vec<_>>(), ["/a", "/b"]);
    assert!(store.close_root(roots[1].id).unwrap());
    assert!(!store.close_root(roots[1].id).unwrap());
    store.open_root("/c").unwrap();
    // A page that still knows the closed folder's number must not reach another one by it.
    assert!(store.roots().unwrap().iter().all(|root| root.id != roots[1].id));
}

#[test]
fn a_newer_layout_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    Store::open(&path).unwrap().db.execute_batch("PRAGMA user_version = 7").unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::Newer { theirs: 7, .. })));
}

/// The tables as version 1 made them.
const LAYOUT_1: &str = "
    CREATE TABLE jobs (id INTEGER PRIMARY KEY, view TEXT NOT NULL, path TEXT NOT NULL);
    CREATE TABLE logs (job INTEGER NOT NULL REFERENCES jobs(id) ON DELETE CASCADE, seq INTEGER NOT NULL,
                       line TEXT NOT NULL, PRIMARY KEY (job, seq)) WITHOUT ROWID;
    CREATE TABLE roots (id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE);
    CREATE TABLE uploads (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, size INTEGER NOT NULL,
                          at INTEGER NOT NULL);
    PRAGMA user_version = 1;
";

/// A job as version 1 wrote it.
fn view_1(id: i64, state: &str, again: bool) -> String {
    format!(
        r#"{{"id":{id},"run":3,"page":"processar","owner":2,"source":{{"file":{{"root":1,"path":"Day 1/{id}.mp4"}}}},"settings":{{"device":"auto","detector":"YOLOX-m","reid":null,"pose":null,"fps":12.5,"video":true,"again":{again}}},"state":{state},"stopping":false,"facts":null,"stages":[],"failure":null,"results":null,"created":1700000000000,"started":null,"ended":null}}"#
    )
}

#[test]
fn a_file_of_the_first_layout_is_brought_up_to_date_with_all_that_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.db");
    {
        let old = Connection::open(&path).unwrap();
        old.execute_batch(LAYOUT_1).unwrap();
        for (id, state, again) in
            [(3, r#"{"running":"pose"}"#, false), (4, r#""queued""#, true), (5, r#""queued""#, false)]
        {
            let row = params![id, view_1(id, state, again), format!("/v/{id}.mp4")];
            old.execute("INSERT INTO jobs (id, view, path) VALUES (?1, ?2, ?3)", row).unwrap();
        }
        // What a version that nobody has wrote.
        old.execute("INSERT INTO jobs (id, view, path) VALUES (9, 'not JSON', '/v/9')", []).unwrap();
        let line = r#"{"seq":1,"at":5,"level":"info","notice":"paused"}"#;
        old.execute("INSERT INTO logs (job, seq, line) VALUES (3, 1, ?1)", [line]).unwrap();
        old.execute("INSERT INTO roots (path) VALUES ('/v')", []).unwrap();
    }
    for _ in 0..2 {
        let store = Store::open(&path).unwrap();
        let jobs = store.jobs().unwrap();
        let seen: Vec<_> = jobs.iter().map(|job| (job.view.id.get(), job.view.attempt, job.place, job.fresh)).collect();
        assert_eq!(seen, [(3, 1, 3, false), (4, 1, 4, true), (5, 1, 5, false)]);
        assert!(jobs.iter().all(|job| !job.view.attached && job.folder.is_none() && job.view.resumable.is_none()));
        assert_eq!((jobs[0].log.len(), jobs[0].path.as_path()), (1, Path::new("/v/3.mp4")));
        assert_eq!(jobs[1].view.settings.detector.as_deref(), Some("YOLOX-m"));
        // The number of the one that can't be read is taken all the same.
        assert_eq!((store.last_job().unwrap(), store.roots().unwrap().len()), (9, 1));
        assert!(!store.is_queue_paused().unwrap());
        store.save(&jobs[0].view).unwrap();
    }
}

#[test]
fn many_ended_tasks_do_not_push_pages_jobs_out_and_the_oldest_of_each_go_first() {
    let store = Store::in_memory();
    let view = |id: u64, task: Option<String>| {
        let task = task.map(|id| {
            serde_json::json!({
                "id": id, "model": "m", "from": "f", "boxes": null, "kept": true, "predictions": "p",
                "visualization": null, "webhook": null,
            })
        });
        let mut view = crate::serve::workbench::sample();
        (view.id, view.ended) = (JobId::new(id).unwrap(), Some(1));
        view.task = task.map(|task| serde_json::from_value(task).unwrap());
        view
    };
    let pages = (1..=u64::try_from(KEPT_JOBS).unwrap() + 2).map(|id| view(id, None));
    let tasks = (1000..1000 + u64::try_from(tasks::KEPT).unwrap() + 3).map(|id| view(id, Some(format!("t{id}"))));
    let views: Vec<_> = pages.chain(tasks).collect();
    let new: Vec<_> = views
        .iter()
        .map(|view| New { view, path: Path::new("/v"), fresh: false, place: 1, key: None, webhook: None })
        .collect();
    store.add(&new).unwrap();
    let kept: Vec<_> = store.jobs().unwrap().into_iter().map(|job| job.view.id.get()).collect();
    let of_pages: Vec<_> = kept.iter().filter(|id| **id < 1000).collect();
    assert_eq!((of_pages.len() as i64, *of_pages[0]), (KEPT_JOBS, 3));
    assert_eq!((kept.len() - of_pages.len(), kept[of_pages.len()]), (tasks::KEPT as usize, 1003));
}
