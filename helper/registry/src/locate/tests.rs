//! Choices by path, by id and by nothing, and the words of each refusal.

use super::*;
use crate::Family;
use crate::graph::tests::{model, value};
use prost::Message;
use std::fs::File;
use std::io::Write;

fn put(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    File::create(&path).unwrap().write_all(bytes).unwrap();
    path
}

fn network(input: &[i64], output: &[i64]) -> Vec<u8> {
    model("Conv", &[value("images", 1, input)], &[value("output", 1, output)]).encode_to_vec()
}

fn detector() -> Vec<u8> {
    network(&[1, 3, 640, 640], &[1, 84, 8400])
}

fn reid() -> Vec<u8> {
    network(&[-1, 3, 256, 128], &[-1, 512])
}

fn registry(folders: &[&Path]) -> Registry {
    Registry::new(folders.iter().map(|&folder| folder.to_owned()).collect())
}

#[test]
fn an_id_a_file_name_and_a_path_all_name_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = put(folder.path(), "corredor.onnx", &detector());
    let registry = registry(&[folder.path()]);
    let by_id = registry.resolve(Role::Detector, Some("corredor")).unwrap();
    assert_eq!(by_id.model.id, "corredor");
    assert_eq!(Path::new(&by_id.model.file), path);
    assert_eq!(by_id.contract.family, Family::YoloV8 { classes: 80 });
    assert_eq!(registry.resolve(Role::Detector, Some("corredor.onnx")).unwrap(), by_id);
    assert_eq!(registry.resolve(Role::Detector, path.to_str()).unwrap(), by_id);
    assert!(registry.resolve(Role::Detector, Some("corredo")).is_err(), "only the exact stem");
}

#[test]
fn the_digest_is_that_of_the_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = put(folder.path(), "abc", b"abc");
    assert_eq!(sha256(&path).unwrap(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#[test]
fn without_a_choice_the_manifest_decides_then_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let registry = registry(&[folder.path()]);
    let chosen = || registry.resolve(Role::Detector, None).unwrap().model.id;
    put(folder.path(), "a_reid.onnx", &reid());
    put(folder.path(), "z_yolo.onnx", &detector());
    assert_eq!(chosen(), "z_yolo", "the only detector");
    put(folder.path(), "m_yolo.onnx", &detector());
    assert_eq!(chosen(), "m_yolo", "the first by name");
    put(folder.path(), "yolov8n.onnx", &detector());
    assert_eq!(chosen(), "yolov8n", "the manifest's");
    put(folder.path(), "yolox_s.onnx", &detector());
    assert_eq!(chosen(), "yolox_s", "the manifest's better one");
}

#[test]
fn the_manifests_alias_is_found_by_its_id() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "osnet_x1_0_msmt17.onnx", &reid());
    let registry = registry(&[folder.path()]);
    for choice in [None, Some("osnet_x1_0"), Some("osnet_x1_0_msmt17")] {
        assert_eq!(registry.resolve(Role::Reid, choice).unwrap().model.id, "osnet_x1_0_msmt17");
    }
}

#[test]
fn a_better_file_that_is_broken_is_passed_over_aloud_and_never_when_named() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "yolox_m.onnx", b"<html>404");
    put(folder.path(), "yolov8n.onnx", &detector());
    let registry = registry(&[folder.path()]);
    let resolved = registry.resolve(Role::Detector, None).unwrap();
    assert_eq!(resolved.model.id, "yolov8n");
    assert!(resolved.warnings[0].contains("yolox_m") && resolved.warnings[0].contains("web page"));
    assert!(registry.resolve(Role::Detector, Some("yolox_m")).unwrap_err().to_string().contains("web page"));
}

#[test]
fn another_digest_than_the_pinned_one_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "osnet_x0_25_msmt17.onnx", &reid());
    let resolved = registry(&[folder.path()]).resolve(Role::Reid, None).unwrap();
    let [warning] = resolved.warnings.as_slice() else { panic!("{:?}", resolved.warnings) };
    assert!(warning.contains(&resolved.model.sha256) && warning.contains("e78604f4"), "{warning}");
}

#[test]
fn an_earlier_folder_and_onnx_go_first() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    put(first.path(), "a.pt", b"weights");
    put(second.path(), "a.onnx", &detector());
    put(first.path(), "b.onnx", &reid());
    put(second.path(), "b.onnx", &detector());
    put(second.path(), "notes.txt", b"");
    let found = registry(&[first.path(), second.path()]).scan();
    let seen: Vec<_> = found.iter().map(|f| (f.id.as_str(), f.contract.as_ref().unwrap().role())).collect();
    assert_eq!(seen, [("a", Role::Detector), ("b", Role::Reid)]);
}

#[test]
fn a_checkpoint_is_answered_with_its_export_command() {
    let folder = tempfile::tempdir().unwrap();
    let path = put(folder.path(), "yolo11m.pt", b"PK");
    let registry = registry(&[folder.path()]);
    for choice in ["yolo11m", "yolo11m.pt", path.to_str().unwrap()] {
        let said = registry.resolve(Role::Detector, Some(choice)).unwrap_err().to_string();
        assert!(said.contains("yolo export model=") && said.contains("format=onnx"), "{said}");
    }
}

#[test]
fn a_network_for_something_else_is_refused_with_both_roles() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "pessoa.onnx", &reid());
    let said = registry(&[folder.path()]).resolve(Role::Detector, Some("pessoa")).unwrap_err().to_string();
    for part in ["a detector is wanted", "pessoa.onnx is a re-identification network", "OSNet, 512", "[b,4+classes,N]"]
    {
        assert!(said.contains(part), "{part} missing in {said}");
    }
}

#[test]
fn an_unknown_id_lists_those_there_are_for_the_role_and_the_folders() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "um.onnx", &detector());
    put(folder.path(), "pessoa.onnx", &reid());
    let missing = folder.path().join("none");
    let registry = registry(&[folder.path(), &missing]);
    let said = registry.resolve(Role::Detector, Some("yolox_m")).unwrap_err().to_string();
    for part in ["\"yolox_m\"", "um", folder.path().to_str().unwrap(), "none (not there)", "releases/download"] {
        assert!(said.contains(part), "{part} missing in {said}");
    }
    assert!(!said.contains("pessoa"), "{said}");
}

#[test]
fn nothing_there_says_what_to_put_where_and_from_where() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "rtmpose-l.onnx", b"");
    let said = registry(&[folder.path()]).resolve(Role::Pose, None).unwrap_err().to_string();
    for part in ["no pose network", "rtmpose-l.onnx from https://download.openmmlab.com", "$SILHUETA_MODELS", "empty"] {
        assert!(said.contains(part), "{part} missing in {said}");
    }
    assert!(said.contains(folder.path().to_str().unwrap()), "{said}");
}

#[test]
fn a_path_that_is_not_there_is_named() {
    let said = registry(&[]).resolve(Role::Pose, Some("/no/such/pose.onnx")).unwrap_err().to_string();
    assert!(said.contains("/no/such/pose.onnx"), "{said}");
}

#[test]
fn a_file_of_the_current_folder_is_a_path_without_a_separator() {
    let said = registry(&[]).resolve(Role::Pose, Some("Cargo.toml")).unwrap_err().to_string();
    assert!(said.contains("Cargo.toml is not a usable ONNX file"), "{said}");
}

#[test]
fn the_real_folder_gives_the_defaults_with_nothing_to_warn_of() {
    let Some(data) = silhueta_e2e::data("the_real_folder_gives_the_defaults_with_nothing_to_warn_of") else { return };
    let registry = Registry::new(vec![data.join("models")]);
    for (role, id) in [
        (Role::Detector, "yolov8n"),
        (Role::Reid, "osnet_x0_25_msmt17"),
        (Role::Pose, "tinypose_256x192_simcc"),
        (Role::Face, "yunet_n_dynamic"),
        (Role::Landmarks, "pfld_68"),
    ] {
        let resolved = registry.resolve(role, None).unwrap();
        assert_eq!(resolved.model.id, id);
        assert_eq!(resolved.warnings, Vec::<String>::new());
    }
    let found = registry.scan();
    assert_eq!(found.len(), 10);
    assert!(found.is_sorted_by(|a, b| a.id < b.id));
    assert!(found.iter().all(|found| found.contract.is_ok()));
}

#[test]
fn without_a_lifter_it_is_said_what_one_is_and_how_to_bring_it() {
    let folder = tempfile::tempdir().unwrap();
    let registry = registry(&[folder.path()]);
    put(folder.path(), "corredor.onnx", &detector());
    let said = registry.resolve(Role::Lifter, None).unwrap_err().to_string();
    let looked_in = format!("there is no lifter; looked in {}", folder.path().display());
    for part in [looked_in.as_str(), "models import FILE --name human3d", "a lifter takes f32 or f16 [b,t,17,2]"] {
        assert!(said.contains(part), "{part} missing in {said}");
    }
    put(folder.path(), "motion.onnx", &network(&[-1, 243, 17, 3], &[-1, 243, 17, 3]));
    assert_eq!(registry.resolve(Role::Lifter, None).unwrap().model.id, "motion");
}

fn falls_back(folder: &Path, cache: &Path) -> Registry {
    registry(&[folder]).with_builtin(cache.to_owned())
}

#[test]
fn what_is_built_in_runs_only_where_nobody_has_another() {
    let (folder, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let registry = falls_back(&folder.path().join("not there"), cache.path());
    let small = registry.resolve(Role::Pose, None).unwrap();
    assert_eq!((small.model.id.as_str(), small.model.builtin), ("pose_small", true));
    assert!(Path::new(&small.model.file).starts_with(cache.path()) && small.warnings.is_empty());
    assert_eq!(registry.resolve(Role::Pose, Some("pose_small")).unwrap(), small, "by its name");

    let registry = falls_back(folder.path(), cache.path());
    put(folder.path(), "mine.onnx", &network(&[-1, 3, 256, 192], &[-1, 17, 64, 48]));
    let mine = registry.resolve(Role::Pose, None).unwrap().model;
    assert_eq!((mine.id.as_str(), mine.builtin), ("mine", false));
    // Brought under another name it is still the small one, and says so.
    std::fs::copy(&small.model.file, folder.path().join("brought.onnx")).unwrap();
    assert!(registry.resolve(Role::Pose, Some("brought")).unwrap().model.builtin);
}

#[test]
fn what_is_built_in_never_runs_instead_of_what_was_named() {
    let (folder, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    put(folder.path(), "broken.onnx", b"<html>404");
    let registry = falls_back(folder.path(), cache.path());
    let said = |choice| registry.resolve(Role::Pose, Some(choice)).unwrap_err().to_string();
    assert!(said("broken").contains("web page"));
    let said = said("gone");
    assert!(said.contains("\"gone\"") && said.contains("For pose there is: pose_small"), "{said}");
    assert!(matches!(registry.resolve(Role::Reid, Some("pose_small")), Err(ResolveError::WrongRole { .. })));
}

#[test]
fn a_file_that_cannot_be_used_is_told_where_what_is_built_in_runs_instead() {
    let (folder, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    put(folder.path(), "rtmpose-l.onnx", b"");
    put(folder.path(), "mine.onnx", b"<html>404");
    put(folder.path(), "yolox_m.onnx", b"<html>404");
    let resolved = falls_back(folder.path(), cache.path()).resolve(Role::Pose, None).unwrap();
    assert!(resolved.model.builtin);
    let [known, own] = resolved.warnings.as_slice() else { panic!("{:?}", resolved.warnings) };
    assert!(known.starts_with("a small built-in network runs; passed over rtmpose-l: ") && known.contains("empty"));
    assert!(own.contains("passed over mine: ") && own.contains("web page"), "it may have been meant: {own}");
}

#[test]
fn an_int8_copy_of_what_is_built_in_runs_only_when_it_is_asked_for() {
    let (folder, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    put(folder.path(), "pose_small-int8.onnx", &network(&[-1, 3, 256, 192], &[-1, 17, 64, 48]));
    let registry = falls_back(folder.path(), cache.path());
    let id = |choice| registry.resolve(Role::Pose, choice).unwrap().model.id;
    assert_eq!([id(None), id(Some("pose_small-int8"))], ["pose_small", "pose_small-int8"]);
}

#[test]
fn a_cache_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let cache = put(folder.path(), "a file", b"");
    let said = falls_back(folder.path(), &cache).resolve(Role::Pose, None).unwrap_err().to_string();
    for part in ["pose_small can't be laid out in", "a file", "XDG_CACHE_HOME"] {
        assert!(said.contains(part), "{part} missing in {said}");
    }
}
