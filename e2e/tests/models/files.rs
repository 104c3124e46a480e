//! Files brought, checked, listed, taken away and brought back.

use super::*;

fn user(test: &str) -> Option<User> {
    User::new(test, |asked, net| Answer::file(asked, net, "a"))
}

#[test]
fn a_brought_file_keeps_its_name_and_never_replaces_another() {
    let Some(user) = user("models: import") else { return };
    let mine = user.write("mine.onnx", &user.network).display().to_string();
    let done = user.run(&["import", &mine]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.contains("mine: reid (OSNet, 512 numbers)"), "{}", done.stdout);
    let again = user.run(&["import", &mine]);
    assert!(again.code == Some(0) && again.stdout.contains("is there already"), "{again:?}");

    // Another network of that name.
    let other = fs::read(user.helper.data.join("models/osnet_x0_5.onnx")).unwrap();
    user.write("mine.onnx", &other);
    let clash = user.run(&["import", &mine]);
    assert_eq!(clash.code, Some(4));
    assert!(clash.stderr.contains("another file of that name") && clash.stderr.contains("--name"), "{}", clash.stderr);
    assert!(fs::read(user.folder().join("mine.onnx")).unwrap() == user.network);
    assert_eq!(user.run(&["import", &mine, "--name", "half"]).code, Some(0));
    assert_eq!(user.models(), ["half.onnx", "mine.onnx"]);
    for name in ["../up", "a/b", ".hidden", "", "C:x"] {
        let done = user.run(&["import", &mine, "--name", name]);
        assert!(done.code == Some(4) && done.stderr.contains("no name for a model"), "{name}: {done:?}");
    }
    assert_eq!((user.models().len(), user.parts().len()), (2, 0));
}

#[test]
fn what_can_not_be_used_is_not_taken_in() {
    let Some(user) = user("models: import refused") else { return };
    let cut = &user.network[..user.network.len() / 2];
    let cases: [(&str, &[u8], &str); 5] = [
        ("cut.onnx", cut, "cut off on its way"),
        ("page.onnx", b"<html>log in</html>", "web page"),
        ("osnet_x1_0.pth", b"\x80\x02", "torchreid"),
        ("notes.txt", b"some notes", "text"),
        ("empty.onnx", b"", "empty"),
    ];
    for (name, bytes, words) in cases {
        let file = user.write(name, bytes).display().to_string();
        let done = user.run(&["import", &file]);
        assert_eq!(done.code, Some(3), "{name}: {}", done.stderr);
        assert!(done.stderr.contains(words) && done.stderr.contains(name), "{name}: {}", done.stderr);
    }
    for missing in ["nothing.onnx", "models"] {
        let done = user.run(&["import", missing]);
        assert!(done.code == Some(3) && done.stderr.contains(missing), "{done:?}");
    }
    assert!(user.models().is_empty() && user.parts().is_empty());
}

#[test]
fn without_an_id_what_does_better_than_the_built_in_is_fetched() {
    let Some(user) = user("models: fetch what does better") else { return };
    let done = user.run(&["fetch"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    user.is_whole();
    let again = user.run(&["fetch"]);
    assert!(again.code == Some(0) && again.stdout.contains("no role lacks a larger network"), "{again:?}");
    assert_eq!(user.depot.asked().len(), 1);
}

#[test]
fn a_digest_is_recorded_at_the_first_fetch_and_held_to_afterwards() {
    let Some(user) = user("models: verify") else { return };
    let done = user.run(&["fetch", ID]);
    assert!(done.code == Some(0) && done.stderr.contains(&user.digest()), "{done:?}");
    let good = user.run(&["verify"]);
    assert!(good.code == Some(0) && good.stdout.contains("good: as it came from http://127.0.0.1"), "{good:?}");
    let again = user.run(&["fetch", ID]);
    assert!(again.code == Some(0) && again.stdout.contains("is there already"), "{again:?}");
    assert_eq!(user.depot.asked().len(), 1);

    // Somebody puts another network in its place.
    let other = fs::read(user.helper.data.join("models/osnet_x0_5.onnx")).unwrap();
    let path = user.folder().join(format!("{ID}.onnx"));
    File::create(&path).unwrap().write_all(&other).unwrap();
    let bad = user.run(&["verify", ID]);
    assert_eq!(bad.code, Some(4), "{}", bad.stdout);
    assert!(bad.stdout.contains("CHANGED") && bad.stdout.contains(&user.digest()), "{}", bad.stdout);
    assert!(bad.stdout.contains(&sha256(&other)), "{}", bad.stdout);
    let json: Value = serde_json::from_str(&user.run(&["verify", "--json"]).stdout).unwrap();
    assert_eq!(json[0]["verdict"]["is"], "changed");
}

#[test]
fn another_file_at_the_same_address_is_only_taken_when_asked_for() {
    let plan = |asked: &Asked, net: &[u8]| match asked.before {
        0 => Answer::file(asked, net, "a"),
        // Still a network of that kind: a byte of its weights differs.
        _ => Answer::file(asked, &[&net[..500_000], &[net[500_000] ^ 1], &net[500_001..]].concat(), "b"),
    };
    let Some(user) = User::new("models: replaced upstream", plan) else { return };
    assert_eq!(user.fetch().code, Some(0));
    assert_eq!(user.run(&["remove", ID]).code, Some(0));
    user.refused(&[&user.digest(), "recorded when it came before", "--renew"]);
    assert_eq!(user.run(&["fetch", ID, "--renew"]).code, Some(0));
    assert_eq!(user.run(&["verify"]).code, Some(0));
}

#[test]
fn a_removed_model_can_be_brought_back_for_a_week() {
    let Some(user) = user("models: remove") else { return };
    user.fetched();
    // Two that lay there before: one for 8 days, one for 6.
    let trash = user.folder().join(".trash");
    fs::create_dir(&trash).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let lain = |days: u64, name: &str| trash.join(format!("{}-{name}.onnx", now - days * 86_400));
    for path in [lain(8, "old"), lain(6, "young")] {
        File::create(path).unwrap();
    }
    let done = user.run(&["remove", ID]);
    assert!(done.code == Some(0) && done.stdout.contains("models restore"), "{done:?}");
    assert!(user.models().is_empty());
    assert!(!lain(8, "old").exists() && lain(6, "young").exists());
    let list = user.run(&["list"]);
    assert!(list.stdout.contains("can be fetched") && list.stdout.contains("removed or not whole"), "{}", list.stdout);

    assert_eq!(user.run(&["restore", &format!("{ID}.onnx")]).code, Some(0));
    user.is_whole();
    assert_eq!(user.run(&["verify"]).code, Some(0));
    let done = user.run(&["restore", ID]);
    assert!(done.code == Some(4) && done.stderr.contains("not removed within the last 7 days"), "{done:?}");
    // Nothing outside of the folder is ever named by an id.
    let outside = user.write("outside.onnx", &user.network);
    for id in ["../outside", "outside", "/etc/passwd", "", "."] {
        let done = user.run(&["remove", id]);
        assert!(done.code == Some(4) && done.stderr.contains("there is no file of"), "{id}: {done:?}");
    }
    assert!(outside.exists());
}

#[test]
fn the_list_tells_what_is_there_what_could_be_and_what_is_wrong() {
    let Some(user) = user("models: list") else { return };
    user.fetched();
    File::create(user.folder().join("broken.onnx")).unwrap().write_all(b"<html>").unwrap();
    let json: Value = serde_json::from_str(&user.run(&["list", "--json"]).stdout).unwrap();
    let state = |id: &str| {
        let items = json["models"].as_array().unwrap();
        items.iter().find(|item| item["id"] == id).unwrap()["state"]["is"].as_str().unwrap().to_owned()
    };
    assert_eq!((state(ID).as_str(), state("broken").as_str()), ("there", "unusable"));
    assert_eq!(json["used"], user.network.len() as u64 + 6);
    let text = user.run(&["list"]).stdout;
    assert!(text.contains("can't be used") && text.contains("web page") && text.contains("MIT"), "{text}");
    assert!(user.run(&["fetch", "nothing"]).stderr.contains("there is no model \"nothing\"; known are: small_osnet"));
}

#[test]
fn who_stops_reading_gets_no_panic() {
    let Some(helper) = Helper::new("who_stops_reading_gets_no_panic") else { return };
    let mut child = helper.start(&["models", "list"]);
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && words.is_empty(), "{} {words}", output.status);
}
