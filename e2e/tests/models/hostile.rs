//! Servers that lie: about lengths, about where the file is, about what it is.

use super::*;

#[test]
fn a_length_that_is_a_lie_never_makes_a_model() {
    // Longer than the file.
    let long = |_: &Asked, net: &[u8]| Answer::lying(net, net.len() as u64 + 5_000);
    let Some(user) = User::new("models: too long", long) else { return };
    user.refused(&["the connection broke", "(tried 4 times)"]);
    // Shorter than it: the rest is never read.
    let short = |_: &Asked, net: &[u8]| Answer::lying(net, net.len() as u64 / 2);
    let Some(user) = User::new("models: too short", short) else { return };
    user.refused(&["cut off on its way"]);
    assert!(user.parts().is_empty(), "{:?}", user.parts());
    // More than any model has: refused before the first byte.
    let absurd = |_: &Asked, net: &[u8]| Answer::lying(net, 1 << 60).hang();
    let Some(user) = User::new("models: absurd", absurd) else { return };
    user.refused(&["1152921504606846976 bytes", "at most"]);
    assert_eq!((user.part(), user.depot.asked().len()), (0, 1));
    // Another length than the manifest's.
    let right = |asked: &Asked, net: &[u8]| Answer::file(asked, net, "a");
    let Some(user) = User::new("models: another length", right) else { return };
    user.manifest("/net.onnx", "size = 1000");
    user.refused(&["921616 bytes instead of 1000"]);
    // No length at all, and no end.
    let endless = |_: &Asked, net: &[u8]| Answer { body: net.repeat(20), ..Answer::default() };
    let Some(user) = User::new("models: endless", endless) else { return };
    user.manifest("/net.onnx", "size = 921616");
    user.refused(&["more than 921.6 kB"]);
    assert!(user.part() <= 921_616, "{}", user.part());
}

#[test]
fn redirects_are_followed_but_not_for_ever_and_not_to_plain_http() {
    let plan = |asked: &Asked, net: &[u8]| match asked.path.as_str() {
        "/net.onnx" => Answer::redirect("/there.onnx"),
        "/there.onnx" => Answer::file(asked, net, "a"),
        "/away" => Answer::redirect("http://192.0.2.1/net.onnx"),
        "/disk" => Answer::redirect("file:///etc/passwd"),
        _ => Answer::redirect("/loop"),
    };
    let Some(user) = User::new("models: redirects", plan) else { return };
    user.manifest("/loop", "");
    user.refused(&["more than 10 redirects"]);
    assert!(user.depot.asked().len() <= 12, "{}", user.depot.asked().len());
    user.manifest("/away", "");
    user.refused(&["http://192.0.2.1/net.onnx, which is not https"]);
    user.manifest("/disk", "");
    user.refused(&[]);
    user.manifest("/net.onnx", "");
    user.fetched();
}

#[test]
fn wrong_bytes_are_thrown_away_and_both_digests_told() {
    let Some(user) = User::new("models: wrong bytes", |asked, net| Answer::file(asked, net, "a")) else { return };
    let wanted = "ab".repeat(32);
    user.manifest("/net.onnx", &format!("sha256 = \"{wanted}\""));
    user.refused(&[&wanted, &user.digest(), "thrown away"]);
    assert!(user.parts().is_empty(), "{:?}", user.parts());
    // The mirror has the right ones; the first address is named no more.
    user.manifest("/net.onnx", &format!("sha256 = \"{}\"", user.digest()));
    user.fetched();
}

#[test]
fn what_is_no_network_for_the_task_is_told_as_what_it_is() {
    let page = b"<!DOCTYPE html><html>please log in</html>";
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n";
    let plan = move |asked: &Asked, _: &[u8]| match asked.path.as_str() {
        "/page" => Answer { head: vec!["Content-Type: text/html".into()], body: page.to_vec(), ..Answer::default() },
        "/hidden" => Answer::file(asked, page, "a"),
        "/pointer" => Answer::file(asked, pointer, "a"),
        _ => Answer::file(asked, b"", "a"),
    };
    let Some(user) = User::new("models: no network", plan) else { return };
    for (path, words) in [("/page", "web page"), ("/hidden", "web page"), ("/pointer", "Git LFS"), ("/empty", "empty")]
    {
        user.manifest(path, "");
        user.refused(&[words]);
        assert!(user.parts().is_empty(), "{path}: {:?}", user.parts());
    }
    // A good network, for something else.
    let Some(helper) = Helper::new("models: another task") else { return };
    let detector = fs::read(helper.data.join("models/rtmdet_nano.onnx")).unwrap();
    let Some(user) = User::new("models: another task", move |asked, _| Answer::file(asked, &detector, "a")) else {
        return;
    };
    user.refused(&["detector instead of reid"]);
    assert!(user.parts().is_empty(), "{:?}", user.parts());
}

#[test]
fn all_addresses_that_failed_are_named_with_their_reasons() {
    let plan = |asked: &Asked, _: &[u8]| Answer::status(if asked.path == "/net.onnx" { 403 } else { 410 });
    let Some(user) = User::new("models: no address", plan) else { return };
    user.manifest("/net.onnx", &format!("mirror = [\"{}/b.onnx\", \"http://example.org/c\"]", user.depot.address));
    user.refused(&[
        "/net.onnx: it answers 403",
        "/b.onnx: it answers 410",
        "example.org/c is not https",
        "import FILE",
    ]);
}

#[test]
fn a_manifest_that_can_not_be_used_is_told_with_its_line() {
    let Some(user) = User::new("models: manifest", |_, _| Answer::default()) else { return };
    user.write(
        "manifest.toml",
        b"[[model]]\nid = \"../up\"\nfamily = \"osnet\"\nrole = \"reid\"\nsha256 = \"unpinned\"\nlicence = \"MIT\"\n",
    );
    let done = user.run(&["list"]);
    assert_eq!(done.code, Some(4));
    assert!(done.stderr.contains("manifest.toml") && done.stderr.contains("../up"), "{}", done.stderr);
}
