//! Connections that break, stand still, or end with the program.

use std::time::{Duration, Instant};

use super::*;

#[test]
fn a_connection_that_breaks_off_is_gone_on_from() {
    let plan = |asked: &Asked, net: &[u8]| Answer::file(asked, net, "a").cut(300_000);
    let Some(user) = User::new("models: breaks off", plan) else { return };
    user.fetched();
    assert_eq!(user.depot.ranges(), [None, Some(300_000), Some(600_000), Some(900_000)]);
}

#[test]
fn a_connection_that_stands_still_is_noticed_and_gone_on_from() {
    let plan = |asked: &Asked, net: &[u8]| match asked.before {
        0 => Answer::file(asked, net, "a").cut(300_000).hang(),
        _ => Answer::file(asked, net, "a"),
    };
    let Some(user) = User::new("models: stalls", plan) else { return };
    let started = Instant::now();
    user.fetched();
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    assert_eq!(user.depot.ranges(), [None, Some(300_000)]);
}

#[test]
fn a_server_that_never_gives_anything_ends_in_an_error_and_what_came_stays() {
    let plan = |asked: &Asked, net: &[u8]| match asked.before {
        0 => Answer::file(asked, net, "a").cut(100_000).hang(),
        1..=3 => Answer::default().cut(0).hang(),
        _ => Answer::file(asked, net, "a"),
    };
    let Some(user) = User::new("models: silent", plan) else { return };
    // Its silence comes after a head without a length: nothing tells that the file is still the same.
    let plan = user.refused(&["nothing came for 1 s", "import FILE"][..1]);
    assert!(plan.stderr.contains("tried"), "{}", plan.stderr);
    user.fetched();
}

#[test]
fn a_server_without_ranges_makes_a_new_start_and_progress_does_not_go_back() {
    let plan = |asked: &Asked, net: &[u8]| {
        let whole = Answer::file(&Asked::default(), net, "a");
        if asked.before == 0 { whole.cut(500_000) } else { whole }
    };
    let Some(user) = User::new("models: no ranges", plan) else { return };
    user.fetched();
    assert_eq!(user.depot.ranges(), [None, Some(500_000)]);
}

#[test]
fn a_file_that_changed_meanwhile_is_fetched_anew() {
    let other = |net: &[u8]| net.iter().map(|byte| byte ^ 0x55).collect::<Vec<_>>();
    // An honest server sees by If-Range that it has another file now.
    let honest = move |asked: &Asked, net: &[u8]| match asked.before {
        0 => Answer::file(asked, &other(net), "old").cut(500_000),
        _ => Answer::file(asked, net, "new"),
    };
    // One that doesn't know If-Range gives the rest of the new file, and says so by its ETag.
    let careless = move |asked: &Asked, net: &[u8]| match asked.before {
        0 => Answer::file(asked, &other(net), "old").cut(500_000),
        _ => Answer::file(&Asked { if_range: None, ..asked.clone() }, net, "new"),
    };
    let Some(user) = User::new("models: changed", honest) else { return };
    user.fetched();
    assert_eq!(user.depot.ranges(), [None, Some(500_000)]);
    let Some(user) = User::new("models: changed unseen", careless) else { return };
    user.fetched();
    assert_eq!(user.depot.ranges(), [None, Some(500_000), None]);
}

#[test]
fn a_busy_server_is_asked_again_and_a_missing_file_is_looked_for_elsewhere() {
    let plan = |asked: &Asked, net: &[u8]| match (asked.path.as_str(), asked.before) {
        ("/net.onnx", _) => Answer::status(404),
        // The first address was asked twice by then.
        (_, 2) => Answer::status(503),
        _ => Answer::file(asked, net, "a"),
    };
    let Some(user) = User::new("models: 404 and 503", plan) else { return };
    user.refused(&["404"]);
    assert_eq!(user.depot.asked().len(), 1, "404 is not asked for again");
    user.manifest("/net.onnx", &format!("mirror = [\"{}/mirror.onnx\"]", user.depot.address));
    let done = user.fetch();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    user.is_whole();
}

#[test]
fn what_came_from_a_mirror_is_gone_on_from_at_the_mirror() {
    let plan = |asked: &Asked, net: &[u8]| match (asked.path.as_str(), asked.before) {
        ("/net.onnx", 0) => Answer::status(404),
        ("/mirror.onnx", 1) => Answer::file(asked, net, "a").cut(500_000),
        ("/mirror.onnx", 2..=4) => Answer::status(502),
        _ => Answer::file(asked, net, "a"),
    };
    let Some(user) = User::new("models: mirror", plan) else { return };
    user.manifest("/net.onnx", &format!("mirror = [\"{}/mirror.onnx\"]", user.depot.address));
    user.refused(&["it answers 404", "it answers 502", "(tried 4 times)", "500.0 kB of it are kept"]);
    assert_eq!(user.part(), 500_000);
    let done = user.fetch();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    user.is_whole();
    let last = user.depot.asked().pop().unwrap();
    assert_eq!((last.path.as_str(), last.from), ("/mirror.onnx", Some(500_000)));
}

#[test]
fn without_a_network_it_is_said_at_once() {
    let Some(user) = User::new("models: offline", |_, _| Answer::default()) else { return };
    user.manifest("/", "");
    let text = fs::read_to_string(user.helper.at("manifest.toml")).unwrap();
    // Nobody listens there any more.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    user.write("manifest.toml", text.replace(&user.depot.address, &format!("http://{closed}")).as_bytes());
    let started = Instant::now();
    user.refused(&["no network: 127.0.0.1 can't be reached", "silhueta models import FILE"]);
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

/// Starts a slow download, and waits until some of it is there.
fn half_way(user: &User) -> std::process::Child {
    let child = user.command(&["fetch", ID]).spawn().unwrap();
    let started = Instant::now();
    while user.part() < 200_000 {
        assert!(started.elapsed() < Duration::from_secs(20), "nothing comes");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

fn slow_at_first(asked: &Asked, net: &[u8]) -> Answer {
    let pace = Duration::from_millis(if asked.before == 0 { 300 } else { 0 });
    Answer::file(asked, net, "a").slow(pace)
}

#[test]
fn a_killed_download_is_gone_on_from_by_the_next_one() {
    let Some(user) = User::new("models: killed", slow_at_first) else { return };
    let mut child = half_way(&user);
    // Meanwhile nobody else fetches the same.
    let second = user.run(&["fetch", ID]);
    assert_eq!(second.code, Some(4));
    assert!(second.stderr.contains("by another silhueta"), "{}", second.stderr);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(user.models(), [] as [&str; 0]);
    user.fetched();
    assert!(user.depot.ranges()[1].unwrap() >= 200_000, "{:?}", user.depot.ranges());
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_came_and_says_so() {
    let Some(user) = User::new("models: ctrl+c", slow_at_first) else { return };
    let child = half_way(&user);
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("are kept") && said.contains("goes on from there"), "{said}");
    assert!(user.part() >= 200_000 && user.models().is_empty());
    let list = user.run(&["list"]);
    assert!(list.stdout.contains("are here"), "{}", list.stdout);
    user.fetched();
    assert!(user.depot.ranges()[1].is_some());
}
