//! Models checked, taken away and brought back, and while somebody works.

use silhueta_e2e::raw::Reply;
use silhueta_shared::protocol::{JobSettings, ModelOrigin, ModelVerdict, ModelView};

use super::imports::post;
use super::*;

/// The smallest networks of the main job.
const JOB: [&str; 3] = ["rtmdet_nano", "osnet_x0_25_msmt17", "tinypose_256x192_simcc"];

fn view<'a>(shelf: &'a ModelShelf, id: &str) -> Option<&'a ModelView> {
    shelf.models.iter().find(|model| model.id == id)
}

#[tokio::test]
async fn a_model_is_checked_taken_away_and_brought_back() {
    let plan = |asked: &Asked, net: &[u8]| Given::file(asked, net, "x");
    let Some(shelf) = Shelf::pinned("shelf: remove", "unpinned", &["yunet_n_dynamic"], plan) else { return };
    let mut client = page(&shelf).await;
    ask_for(&mut client, &["a"]).await.unwrap();
    let now = shelf_when(&mut client, |shelf| view(shelf, "a").is_some()).await;
    assert_eq!(view(&now, "a").unwrap().origin, ModelOrigin::Known);
    assert_eq!(view(&now, "yunet_n_dynamic").unwrap().origin, ModelOrigin::Own);
    let verify = |ids: &[&str]| Ask::VerifyModels { ids: ids.iter().map(|id| (*id).to_owned()).collect() };
    let Ok(Answer::Checked(checks)) = client.ask(verify(&[])).await else { panic!("not checked") };
    let said: Vec<_> = checks.iter().map(|check| (check.id.as_str(), &check.verdict)).collect();
    let from = format!("{}/a", shelf.depot.address);
    assert_eq!(said, [("a", &ModelVerdict::AsItCame { from }), ("yunet_n_dynamic", &ModelVerdict::Unknown)]);
    assert_eq!(checks[0].sha256.as_deref(), Some(sha256(&shelf.network).as_str()));
    // Somebody puts other bytes in its place.
    let mut changed = shelf.network.clone();
    changed[500_000] ^= 1;
    write(&shelf.folder().join("a.onnx"), &changed);
    let Ok(Answer::Checked(checks)) = client.ask(verify(&["a"])).await else { panic!("not checked") };
    assert_eq!(checks[0].verdict, ModelVerdict::Changed { wanted: sha256(&shelf.network) });
    assert_eq!(code(client.ask(verify(&["nothing"])).await), ErrorCode::NotFound);

    assert_eq!(remove(&mut client, "a").await, Ok(Answer::Done));
    let now = shelf_when(&mut client, |shelf| view(shelf, "a").is_none()).await;
    assert_eq!(shelf.models(), ["yunet_n_dynamic.onnx"]);
    let [gone] = now.removed.as_slice() else { panic!("{:?}", now.removed) };
    assert_eq!((gone.id.as_str(), gone.size), ("a", changed.len() as u64));
    assert_eq!(gone.until - gone.removed_at, 7 * 24 * 3600 * 1000);
    assert!(now.offered.iter().any(|offered| offered.id == "a"));
    assert_eq!(code(remove(&mut client, "a").await), ErrorCode::NotFound);

    let restore = || Ask::RestoreModel { id: "a".to_owned() };
    assert_eq!(client.ask(restore()).await, Ok(Answer::Done));
    let now = shelf_when(&mut client, |shelf| view(shelf, "a").is_some()).await;
    assert!(now.removed.is_empty() && fs::read(shelf.folder().join("a.onnx")).unwrap() == changed);
    assert_eq!(code(client.ask(restore()).await), ErrorCode::NotFound);
    for id in ["../manifest", "/etc/passwd", ""] {
        assert_eq!(code(remove(&mut client, id).await), ErrorCode::NotFound, "{id:?}");
    }
}

#[tokio::test]
async fn while_somebody_works_pages_change_nothing_and_nobody_takes_what_is_used() {
    let plan = |asked: &Asked, net: &[u8]| Given::file(asked, net, "x").slow(Duration::from_millis(700));
    let there = [&JOB[..], &["osnet_x0_5"]].concat();
    let Some(shelf) = Shelf::pinned("shelf: at work", "unpinned", &there, plan) else { return };
    let video = shelf.server.clip("street_720p.mp4", "street.mp4", 200);
    let (mut page, mut program) = (page(&shelf).await, visitor(&shelf).await);
    if program.snapshot.models.models.len() < there.len() {
        shelf_when(&mut program, |shelf| shelf.models.len() == there.len()).await;
    }
    ask_for(&mut page, &["a"]).await.unwrap();
    // One network is named, the others are those that a job takes by itself.
    let settings = JobSettings { reid: Some(JOB[1].to_owned()), ..JobSettings::default() };
    let (run, _) = program.start(&[&video], settings).await;
    let used = shelf_when(&mut page, |shelf| shelf.models.iter().any(|model| model.used)).await;
    let is_used = |id: &&str| view(&used, id).unwrap().used;
    assert!(JOB.iter().all(is_used) && !is_used(&"osnet_x0_5"), "{used:#?}");

    assert_eq!(code(ask_for(&mut page, &["b"]).await), ErrorCode::PageLocked);
    let locked = remove(&mut page, "osnet_x0_5").await.unwrap_err();
    assert!(locked.code == ErrorCode::PageLocked && locked.lock.is_some_and(|lock| lock.run == run));
    let restore = Ask::RestoreModel { id: "osnet_x0_5".to_owned() };
    assert_eq!(code(page.ask(restore).await), ErrorCode::PageLocked);
    let origin = format!("Origin: {}\r\n", shelf.server.address);
    let sent = |client: &Client, origin: &str, name: &str| -> Reply {
        post(&shelf, client, &format!("name={name}&replace=1"), origin, &shelf.network)
    };
    assert_eq!(sent(&page, &origin, "mine.onnx").short(), "409 page_locked");
    // Programs know what they do, but not even they may take what is used.
    for id in JOB {
        assert_eq!(code(remove(&mut program, id).await), ErrorCode::InUse, "{id}");
    }
    assert_eq!(sent(&program, "", "tinypose_256x192_simcc.onnx").short(), "409 in_use");
    assert_eq!(remove(&mut program, "osnet_x0_5").await, Ok(Answer::Done));
    assert_eq!(sent(&program, "", "mine.onnx").status, 201);
    // Looking is always allowed, and so is ending a download; this one went on all the time.
    assert!(page.ask(Ask::VerifyModels { ids: vec![JOB[1].to_owned()] }).await.is_ok());
    let coming = visitor(&shelf).await.snapshot.fetches;
    assert!(coming.first().is_some_and(|fetch| fetch.id == "a" && !fetch.state.has_ended()), "{coming:?}");
    page.ask(Ask::CancelFetch { id: "a".to_owned() }).await.unwrap();
    fetch_when(&mut page, "a", |state| matches!(state, FetchState::Cancelled { .. })).await;

    program.ask(Ask::StopRun { run }).await.unwrap();
    shelf_when(&mut program, |shelf| shelf.models.iter().all(|model| !model.used)).await;
    assert_eq!(remove(&mut page, JOB[2]).await, Ok(Answer::Done));
    assert!(!shelf.models().contains(&format!("{}.onnx", JOB[2])));
}
