//! Archives: their one network comes out of them and nothing else does.

use std::io::Cursor;
use std::sync::OnceLock;

use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;

/// An archive of these files, deflated.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Replaces bytes in all the headers of an archive: `local` and `central` are the places in each.
fn patched(mut zip: Vec<u8>, local: usize, central: usize, bytes: &[u8]) -> Vec<u8> {
    for (signature, offset) in [(b"PK\x03\x04", local), (b"PK\x01\x02", central)] {
        let places: Vec<_> = (0..zip.len() - 4).filter(|&at| &zip[at..at + 4] == signature).collect();
        assert!(!places.is_empty());
        for at in places {
            zip[at + offset..at + offset + bytes.len()].copy_from_slice(bytes);
        }
    }
    zip
}

#[test]
fn an_archive_gives_its_network_and_nothing_else() {
    // Packed once: on a busy machine that takes longer than a client waits for the first byte.
    let packed = OnceLock::new();
    let plan = move |asked: &Asked, net: &[u8]| {
        let files: [(&str, &[u8]); 4] = [
            ("2023/rtm/deploy.json", b"{}"),
            ("2023/rtm/end2end.onnx", net),
            ("__MACOSX/._end2end.onnx", b"shadow"),
            ("../../outside.txt", b"out"),
        ];
        // Also over a connection that breaks.
        Answer::file(asked, packed.get_or_init(|| archive(&files)), "a").cut(400_000)
    };
    let Some(user) = User::new("models: archive", plan) else { return };
    user.manifest("/net.zip", &format!("member = \"end2end.onnx\"\nsize = 921616\nsha256 = \"{}\"", user.digest()));
    let done = user.fetch();
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    user.is_whole();
    assert!(user.depot.ranges().len() > 1);
    assert!(names(user.helper.folder.path()).iter().all(|name| name != "outside.txt"));
}

#[test]
fn archives_that_are_not_what_they_should_be_are_refused_and_leave_nothing() {
    let Some(helper) = Helper::new("models: hostile archives") else { return };
    let net = fs::read(helper.data.join("models/osnet_x0_25_msmt17.onnx")).unwrap();
    let good = || archive(&[("a/end2end.onnx", &net)]);
    let zeros = vec![0; 50 << 20];
    let link = {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.add_symlink("end2end.onnx", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        zip.finish().unwrap().into_inner()
    };
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("traversal", archive(&[("../../../end2end.onnx", &net)]), "leads out of the archive"),
        ("absolute", archive(&[("/a/../../end2end.onnx", &net)]), "leads out of the archive"),
        ("two networks", archive(&[("end2end.onnx", &net), ("b/other.onnx", &net)]), "several networks"),
        ("another name", archive(&[("a/model.onnx", &net)]), "instead of end2end.onnx"),
        ("no network", archive(&[("a/end2end.json", b"{}")]), "no .onnx file"),
        ("a link", link, "not a plain file"),
        ("encrypted", patched(good(), 6, 8, &[1, 0]), "encrypted"),
        // Three gigabytes, it says.
        ("a bomb by its header", patched(good(), 22, 24, &3_000_000_000_u32.to_le_bytes()), "3000000000 bytes"),
        // A thousand bytes, it says; fifty million come out.
        (
            "a bomb that says it is small",
            patched(archive(&[("end2end.onnx", &zeros)]), 22, 24, &1000_u32.to_le_bytes()),
            "archive",
        ),
        ("cut off", good()[..500_000].to_vec(), "damaged"),
        ("zeros", archive(&[("end2end.onnx", &zeros[..1000])]), "can't be used"),
        // One bit of the deflated bytes.
        (
            "a flipped bit",
            {
                let mut zip = good();
                zip[400_000] ^= 1;
                zip
            },
            "damaged",
        ),
    ];
    for (name, bytes, words) in cases {
        let plan = move |asked: &Asked, _: &[u8]| Answer::file(asked, &bytes, "a");
        let Some(user) = User::new(name, plan) else { return };
        user.manifest("/net.zip", "member = \"end2end.onnx\"");
        let done = user.refused(&[words]);
        println!("{name:30} {}", done.stderr.lines().next().unwrap_or_default());
        assert!(user.parts().is_empty(), "{name}: {:?}", user.parts());
    }
}

#[test]
fn an_archive_and_a_bare_network_are_imported_alike() {
    let Some(user) = User::new("models: import an archive", |_, _| Answer::default()) else { return };
    let zip = archive(&[("x/detail.json", b"{}"), ("x/end2end.onnx", &user.network)]);
    let zip = user.write("mine.zip", &zip).display().to_string();
    let done = user.run(&["import", &zip]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(user.models(), ["mine.onnx"]);
    assert!(fs::read(user.folder().join("mine.onnx")).unwrap() == user.network);

    let two = archive(&[("a.onnx", &user.network), ("b.onnx", &user.network)]);
    let two = user.write("two.zip", &two).display().to_string();
    let done = user.run(&["import", &two]);
    assert_eq!(done.code, Some(3));
    assert!(done.stderr.contains("two.zip") && done.stderr.contains("several networks"), "{}", done.stderr);
    // What torch saves is a zip file, too.
    let torch = archive(&[("archive/data.pkl", b"x"), ("archive/a.onnx", &user.network)]);
    let torch = user.write("yolo11n.pt", &torch).display().to_string();
    let done = user.run(&["import", &torch]);
    assert_eq!(done.code, Some(3));
    assert!(done.stderr.contains("yolo export model="), "{}", done.stderr);
    assert_eq!((user.models(), user.parts().len()), (vec!["mine.onnx".to_owned()], 0));
}
