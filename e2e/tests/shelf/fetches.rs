//! Downloads as clients see them.

use std::collections::BTreeMap;

use super::*;

/// The first connection is slow, so that there is time to look.
fn slow_at_first(asked: &Asked, net: &[u8]) -> Given {
    let pace = Duration::from_millis(if asked.before == 0 { 300 } else { 0 });
    Given::file(asked, net, "x").slow(pace)
}

#[tokio::test]
async fn everyone_sees_a_download_go_forward_over_a_broken_connection_until_it_is_on_the_shelf() {
    let plan = |asked: &Asked, net: &[u8]| {
        let given = Given::file(asked, net, "x").slow(Duration::from_millis(100));
        // The first one breaks, the second one gives another file: all of it comes anew.
        match asked.before {
            0 => given.cut(500_000),
            1 => Given::file(&Asked::default(), net, "y").cut(200_000),
            _ => Given::file(asked, net, "y"),
        }
    };
    let Some(shelf) = Shelf::new("shelf: progress", plan) else { return };
    let (mut one, mut two) = (visitor(&shelf).await, page(&shelf).await);
    let offered = one.snapshot.models.offered.iter().find(|offered| offered.id == "a").unwrap();
    assert!(offered.partial == 0 && offered.licence == "MIT", "{offered:?}");
    // Whoever asked for it may leave.
    let mut asker = visitor(&shelf).await;
    assert_eq!(ask_for(&mut asker, &["a"]).await, Ok(Answer::Done));
    assert_eq!(ask_for(&mut asker, &["a", "a"]).await, Ok(Answer::Done));
    asker.leave().await;
    let mut seen = Vec::new();
    for client in [&mut one, &mut two] {
        let mut states = Vec::new();
        let mut is_there = false;
        loop {
            match client.next().await {
                HelperMessage::Fetch(fetch) => states.push(fetch.state),
                HelperMessage::Models(now) => is_there |= now.models.iter().any(|model| model.id == "a"),
                _ => {}
            }
            if states.last().is_some_and(FetchState::has_ended) {
                break;
            }
        }
        assert!(is_there, "it is done and not on the shelf");
        seen.push(states);
    }
    assert!(seen[0] == seen[1], "{seen:#?}");
    let states = &seen[0];
    assert_eq!((&states[0], states.last()), (&FetchState::Waiting, Some(&FetchState::Done)));
    assert!(states.contains(&FetchState::Checking));
    let told: Vec<_> = states.iter().filter_map(running).collect();
    println!("{} states, {:?}", states.len(), told.iter().map(|p| (p.attempt, p.done)).collect::<Vec<_>>());
    assert!(told.is_sorted_by_key(|p| p.done) && told.is_sorted_by_key(|p| p.attempt), "{told:?}");
    assert!(told.iter().all(|p| p.total.is_none_or(|total| total >= p.done)) && told.len() >= 4, "{told:?}");
    assert_eq!(told.last().unwrap().attempt, 3);
    assert!(shelf.is_whole("a") && shelf.parts().is_empty());
    assert_eq!(shelf.depot.asked().len(), 3, "asked for twice is fetched once");
    let late = visitor(&shelf).await.snapshot;
    let there = late.models.models.iter().find(|model| model.id == "a").unwrap();
    assert_eq!((there.size, there.licence.as_deref()), (shelf.network.len() as u64, Some("MIT")));
    assert!(late.models.disk_used == there.size && late.models.disk_free.is_some());
    assert!(late.fetches.is_empty() && late.models.offered.iter().all(|offered| offered.id != "a"));
}

#[tokio::test]
async fn a_connection_that_stands_still_is_shown_and_overcome() {
    let plan = |asked: &Asked, net: &[u8]| Given::file(asked, net, "x").pause(300_000, Duration::from_secs(8));
    let Some(shelf) = Shelf::new("shelf: stall", plan) else { return };
    let mut client = page(&shelf).await;
    ask_for(&mut client, &["a"]).await.unwrap();
    let still = fetch_when(&mut client, "a", |state| running(state).is_some_and(|p| p.stalled)).await;
    let still = running(&still).unwrap();
    assert!(still.speed == 0.0 && still.left.is_none() && still.done >= 200_000, "{still:?}");
    let on = fetch_when(&mut client, "a", |state| running(state).is_some_and(|p| !p.stalled)).await;
    assert!(running(&on).unwrap().done > still.done);
    fetch_when(&mut client, "a", |state| *state == FetchState::Done).await;
    assert!(shelf.is_whole("a"));
}

#[tokio::test]
async fn a_cancelled_download_goes_on_where_it_was() {
    let Some(shelf) = Shelf::new("shelf: cancel", slow_at_first) else { return };
    let mut client = page(&shelf).await;
    let cancel = || Ask::CancelFetch { id: "a".to_owned() };
    let drop_partial = || Ask::DropPartial { id: "a".to_owned() };
    assert_eq!(code(client.ask(cancel()).await), ErrorCode::IllegalState);
    ask_for(&mut client, &["a"]).await.unwrap();
    wait_for_bytes(&mut client, "a", 200_000).await;
    assert_eq!(code(client.ask(drop_partial()).await), ErrorCode::IllegalState);
    client.ask(cancel()).await.unwrap();
    let partial_of = |shelf: &ModelShelf| shelf.offered.iter().find(|offered| offered.id == "a").unwrap().partial;
    let partial = partial_of(&shelf_when(&mut client, |shelf| partial_of(shelf) > 0).await);
    let ended = fetch_when(&mut client, "a", FetchState::has_ended).await;
    assert!(partial >= 200_000 && ended == FetchState::Cancelled { kept: partial }, "{ended:?}, {partial}");
    assert!(shelf.models().is_empty());

    ask_for(&mut client, &["a"]).await.unwrap();
    let begun = fetch_when(&mut client, "a", |state| running(state).is_some()).await;
    assert!(running(&begun).unwrap().done >= partial, "{begun:?}");
    fetch_when(&mut client, "a", |state| *state == FetchState::Done).await;
    assert_eq!(shelf.depot.ranges(), [None, Some(partial as usize)]);
    assert!(shelf.is_whole("a"));
}

#[tokio::test]
async fn what_came_can_be_thrown_away() {
    let Some(shelf) = Shelf::new("shelf: drop", slow_at_first) else { return };
    let mut client = page(&shelf).await;
    ask_for(&mut client, &["a"]).await.unwrap();
    wait_for_bytes(&mut client, "a", 100_000).await;
    client.ask(Ask::CancelFetch { id: "a".to_owned() }).await.unwrap();
    fetch_when(&mut client, "a", FetchState::has_ended).await;
    assert!(!shelf.parts().is_empty());
    client.ask(Ask::DropPartial { id: "a".to_owned() }).await.unwrap();
    assert!(shelf.parts().is_empty(), "{:?}", shelf.parts());
    shelf_when(&mut client, |shelf| shelf.offered.iter().all(|offered| offered.partial == 0)).await;
}

#[tokio::test]
async fn what_is_wrong_never_has_a_models_name_and_the_failure_is_there_for_who_comes_later() {
    let wrong = "0".repeat(64);
    let plan = |asked: &Asked, net: &[u8]| match asked.path.as_str() {
        "/b" => Given::status(404),
        _ => Given::file(asked, net, "x"),
    };
    let Some(shelf) = Shelf::pinned("shelf: wrong bytes", &wrong, &[], plan) else { return };
    let mut client = page(&shelf).await;
    ask_for(&mut client, &["a", "b"]).await.unwrap();
    let mut ends = BTreeMap::new();
    while ends.len() < 2 {
        if let HelperMessage::Fetch(ModelFetch { id, state: FetchState::Failed(error) }) = client.next().await {
            ends.insert(id, error);
        }
    }
    assert!(ends["a"].code == ErrorCode::WrongDigest && ends["a"].message.contains(&wrong), "{ends:?}");
    assert!(ends["b"].code == ErrorCode::NotDelivered && ends["b"].message.contains("404"), "{ends:?}");
    let failed: Vec<_> = visitor(&shelf).await.snapshot.fetches;
    let codes: Vec<_> = failed.iter().map(|fetch| (fetch.id.as_str(), &fetch.state)).collect();
    assert!(matches!(codes[..], [("a", FetchState::Failed(_)), ("b", FetchState::Failed(_))]), "{codes:?}");
    assert!(shelf.models().is_empty() && shelf.parts().is_empty(), "{:?}", shelf.parts());
    // Seen, and put away.
    client.ask(Ask::DropPartial { id: "a".to_owned() }).await.unwrap();
    assert_eq!(visitor(&shelf).await.snapshot.fetches.len(), 1);
    // What can't be fetched at all, and nothing else of that wish is.
    let asked = shelf.depot.asked().len();
    assert_eq!(code(ask_for(&mut client, &["a", "nothing"]).await), ErrorCode::NotFound);
    let error = ask_for(&mut client, &["a", "own"]).await.unwrap_err();
    assert_eq!((error.code, error.field.as_deref()), (ErrorCode::BadValue, Some("ids")));
    assert_eq!(shelf.depot.asked().len(), asked);
}

#[tokio::test]
async fn no_network_is_said_at_once() {
    let Some(mut shelf) = Shelf::new("shelf: offline", |asked, net| Given::file(asked, net, "x")) else { return };
    // Nobody listens there any more.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let manifest = shelf.server.helper.at("manifest.toml");
    let text = fs::read_to_string(&manifest).unwrap().replace(&shelf.depot.address, &format!("http://{closed}"));
    write(&manifest, text.as_bytes());
    shelf.server.interrupt();
    shelf.server.restart();
    let mut client = page(&shelf).await;
    ask_for(&mut client, &["a"]).await.unwrap();
    let ended = fetch_when(&mut client, "a", FetchState::has_ended).await;
    assert!(
        matches!(&ended, FetchState::Failed(error) if error.code == ErrorCode::Offline && error.hint.is_some()),
        "{ended:?}"
    );
}

#[tokio::test]
async fn two_come_at_a_time_and_one_that_waits_leaves_the_queue_at_once() {
    let plan = |asked: &Asked, net: &[u8]| Given::file(asked, net, "x").slow(Duration::from_millis(200));
    let Some(shelf) = Shelf::new("shelf: queue", plan) else { return };
    let mut client = page(&shelf).await;
    ask_for(&mut client, &["a", "b", "c"]).await.unwrap();
    wait_for_bytes(&mut client, "b", 60_000).await;
    let seen = visitor(&shelf).await.snapshot.fetches;
    assert!(
        matches!(seen[2].state, FetchState::Waiting) && seen.iter().take(2).all(|f| running(&f.state).is_some()),
        "{seen:?}"
    );
    assert!(shelf.depot.asked().iter().all(|asked| asked.path != "/c"));
    client.ask(Ask::CancelFetch { id: "c".to_owned() }).await.unwrap();
    assert_eq!(fetch_when(&mut client, "c", FetchState::has_ended).await, FetchState::Cancelled { kept: 0 });
    for id in ["a", "b"] {
        if !shelf.is_whole(id) {
            fetch_when(&mut visitor(&shelf).await, id, |state| *state == FetchState::Done).await;
        }
    }
    assert_eq!(shelf.models(), ["a.onnx", "b.onnx"]);
}

#[tokio::test]
async fn what_another_silhueta_fetches_is_not_fetched_here() {
    let Some(shelf) = Shelf::new("shelf: busy", slow_at_first) else { return };
    let mut client = page(&shelf).await;
    let mut other = shelf.server.helper.command(&["models", "fetch", "a"]);
    other.env("SILHUETA_MODELS", shelf.folder()).env("SILHUETA_MANIFEST", shelf.server.helper.at("manifest.toml"));
    let mut other = other.env("NO_PROXY", "127.0.0.1").spawn().unwrap();
    while shelf.depot.asked().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ask_for(&mut client, &["a"]).await.unwrap();
    let ended = fetch_when(&mut client, "a", FetchState::has_ended).await;
    assert!(matches!(&ended, FetchState::Failed(error) if error.code == ErrorCode::InUse), "{ended:?}");
    assert!(other.wait().unwrap().success());
    assert_eq!(client.ask(Ask::ScanModels).await, Ok(Answer::Done));
    shelf_when(&mut client, |shelf| shelf.models.iter().any(|model| model.id == "a")).await;
}
