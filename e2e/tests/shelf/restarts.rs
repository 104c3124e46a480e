//! A helper that ends in the middle of a download.

use super::*;

#[tokio::test]
async fn what_came_before_the_helper_ended_is_gone_on_from_by_the_next_one() {
    let plan = |asked: &Asked, net: &[u8]| {
        let pace = Duration::from_millis(if asked.before < 2 { 300 } else { 0 });
        Given::file(asked, net, "x").slow(pace)
    };
    let Some(mut shelf) = Shelf::new("shelf: restarts", plan) else { return };
    let mut last = 0;
    for violently in [false, true] {
        let mut client = page(&shelf).await;
        ask_for(&mut client, &["a"]).await.unwrap();
        wait_for_bytes(&mut client, "a", last + 150_000).await;
        // Within five seconds, with nothing but the download cut off.
        if violently {
            shelf.server.kill();
        } else {
            shelf.server.interrupt();
        }
        assert!(shelf.models().is_empty());
        shelf.server.restart();
        let client = visitor(&shelf).await;
        let partial = client.snapshot.models.offered.iter().find(|offered| offered.id == "a").unwrap().partial;
        println!("violently {violently}: {partial} bytes are kept");
        assert!(partial >= last + 100_000 && client.snapshot.fetches.is_empty(), "{partial}");
        last = partial;
    }
    let mut client = page(&shelf).await;
    ask_for(&mut client, &["a"]).await.unwrap();
    fetch_when(&mut client, "a", |state| *state == FetchState::Done).await;
    assert!(shelf.is_whole("a"));
    let ranges = shelf.depot.ranges();
    assert!(ranges[0].is_none() && ranges[1].is_some() && ranges[2] == Some(last as usize), "{ranges:?}");
}
