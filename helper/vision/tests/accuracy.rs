//! The networks through our own code: COCO's ground truth, numpy's decoding of the same tensors, rtmlib's
//! keypoints from the same file.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};
use silhueta_registry::family::recognise;
use silhueta_registry::graph::{self, Elem};
use silhueta_results::metrics::oks::{PersonTruth, oks};
use silhueta_shared::geometry::Bbox;
use silhueta_shared::job::{ChannelOrder, Device};
use silhueta_shared::pose::Keypoint;
use silhueta_shared::track::Detection;
use silhueta_vision::crop::Letterbox;
use silhueta_vision::detector::Detector;
use silhueta_vision::frame::Frame;
use silhueta_vision::osnet::Osnet;
use silhueta_vision::pose::PoseNetwork;
use silhueta_vision::runtime::Runtime;
use silhueta_vision::video::{Decoder, Limits};
use silhueta_vision::{rtmdet, yolo};

/// Data and runtime, or a skip.
fn ready(test: &str) -> Option<(PathBuf, &'static Runtime)> {
    // A process has one environment of ONNX Runtime.
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let (data, library) = (silhueta_e2e::data(test)?, silhueta_e2e::runtime(test)?);
    Some((data, RUNTIME.get_or_init(|| Runtime::load(&library).unwrap())))
}

/// A photograph, which is no video: jobs don't take it.
fn picture(path: &Path) -> Frame {
    let limits = Limits { containers: "image2,jpeg_pipe,png_pipe", ..Limits::default() };
    Decoder::open(path, &limits, 1, &Arc::default()).unwrap().next_frame().unwrap().unwrap()
}

fn tinypose(runtime: &Runtime, data: &Path, head: &str, channels: ChannelOrder) -> PoseNetwork {
    let file = data.join(format!("models/tinypose_256x192_{head}.onnx"));
    let contract = recognise(&graph::read(&file).unwrap()).unwrap();
    PoseNetwork::new(runtime.network(&file, Device::Cpu).unwrap(), &contract, None, channels).unwrap()
}

/// COCO's annotated people with keypoints: picture, box, truth.
fn people(data: &Path) -> Vec<(PathBuf, Bbox, PersonTruth)> {
    let folder = data.join("keypoints/coco");
    let text = std::fs::read_to_string(folder.join("test_coco.json")).unwrap();
    let coco: Value = serde_json::from_str(&text).unwrap();
    let number = |v: &Value| v.as_f64().unwrap();
    let people = coco["annotations"].as_array().unwrap().iter().filter(|a| a["num_keypoints"] != 0);
    people
        .map(|a| {
            let bbox: Vec<f64> = a["bbox"].as_array().unwrap().iter().map(number).collect();
            let flat: Vec<f64> = a["keypoints"].as_array().unwrap().iter().map(number).collect();
            let keypoints = std::array::from_fn(|k| [flat[3 * k], flat[3 * k + 1], flat[3 * k + 2]]);
            let [x, y, w, h] = *bbox.as_slice() else { panic!("a box of four") };
            let truth = PersonTruth { keypoints, area: number(&a["area"]), bbox: [x, y, w, h] };
            let image = folder.join(format!("{:012}.jpg", a["image_id"].as_u64().unwrap()));
            (image, Bbox::new(x as f32, y as f32, (x + w) as f32, (y + h) as f32), truth)
        })
        .collect()
}

fn estimate(network: &mut PoseNetwork, people: &[(PathBuf, Bbox, PersonTruth)]) -> Vec<Vec<Keypoint>> {
    let one = |(image, bbox, _): &(PathBuf, Bbox, PersonTruth)| {
        network.estimate(&[(Arc::new(picture(image)), *bbox)]).unwrap().remove(0)
    };
    people.iter().map(one).collect()
}

#[test]
fn tinypose_on_cocos_people_reaches_its_known_similarity() {
    let Some((data, runtime)) = ready("accuracy: mean OKS on COCO's people") else { return };
    let people = people(&data);
    assert_eq!(people.len(), 12);
    for (head, expected) in [("simcc", 0.898), ("heatmap", 0.896)] {
        let poses = estimate(&mut tinypose(runtime, &data, head, ChannelOrder::Rgb), &people);
        let similarity = |(pose, (.., truth)): (&Vec<Keypoint>, &(PathBuf, Bbox, PersonTruth))| {
            oks(&std::array::from_fn(|k| [f64::from(pose[k].x), f64::from(pose[k].y)]), truth)
        };
        let mean = poses.iter().zip(&people).map(similarity).sum::<f64>() / people.len() as f64;
        println!("{head}: mean OKS {mean:.4}");
        assert!((mean - expected).abs() < 0.005, "{head}: mean OKS {mean:.4}, {expected} elsewhere with the same file");
    }
}

#[test]
fn keypoints_are_rtmlibs_when_fed_in_its_order() {
    const TEST: &str = "accuracy: keypoints against rtmlib";
    let Some((data, runtime)) = ready(TEST) else { return };
    let mut people = people(&data);
    let folder = tempfile::tempdir().unwrap();
    for (image, ..) in &mut people {
        // JPEG decoders differ by a grey level here and there: both sides get the same pixels.
        let png = folder.path().join(image.with_extension("png").file_name().unwrap());
        silhueta_e2e::video::make_from(&[image], &png, "-i {0}");
        *image = png;
    }
    let boxes = folder.path().join("boxes.json");
    let list: Vec<_> = people.iter().map(|(image, bbox, _)| json!([image, bbox.to_array()])).collect();
    serde_json::to_writer(std::fs::File::create(&boxes).unwrap(), &list).unwrap();
    let model = data.join("models/tinypose_256x192_simcc.onnx").display().to_string();
    let Some(theirs) = silhueta_e2e::reference(TEST, &["pose", &model, &boxes.display().to_string()]) else { return };
    let ours = estimate(&mut tinypose(runtime, &data, "simcc", ChannelOrder::Bgr), &people);
    let mut distances = Vec::new();
    for (ours, theirs) in ours.iter().zip(theirs.as_array().unwrap()) {
        for (joint, theirs) in ours.iter().zip(theirs.as_array().unwrap()) {
            let at = |i: usize| theirs[i].as_f64().unwrap();
            distances.push((f64::from(joint.x) - at(0)).hypot(f64::from(joint.y) - at(1)));
            assert!((f64::from(joint.score) - at(2)).abs() < 0.05, "score {} against {}", joint.score, at(2));
        }
    }
    let mean = distances.iter().sum::<f64>() / distances.len() as f64;
    println!("mean distance to rtmlib {mean:.5} px over {} joints", distances.len());
    assert!(mean < 0.05, "mean distance to rtmlib {mean:.4} px");
}

fn f32s(path: &Path) -> Vec<f32> {
    std::fs::read(path).unwrap().chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
}

fn i64s(path: &Path) -> Vec<i64> {
    std::fs::read(path).unwrap().chunks_exact(8).map(|b| i64::from_le_bytes(b.try_into().unwrap())).collect()
}

/// The largest difference of any edge between lists of people of one length.
fn largest_difference(ours: &[Detection], theirs: &Value) -> (f32, f32) {
    let (boxes, scores) = (theirs["boxes"].as_array().unwrap(), theirs["scores"].as_array().unwrap());
    assert_eq!(ours.len(), boxes.len());
    let mut largest = (0f32, 0f32);
    for ((ours, bbox), score) in ours.iter().zip(boxes).zip(scores) {
        let bbox: Vec<f32> = bbox.as_array().unwrap().iter().map(|v| v.as_f64().unwrap() as f32).collect();
        let edges = ours.bbox.to_array().iter().zip(&bbox).map(|(a, b)| (a - b).abs()).fold(0f32, f32::max);
        largest = (largest.0.max(edges), largest.1.max((ours.score - score.as_f64().unwrap() as f32).abs()));
    }
    largest
}

#[test]
fn every_detector_decodes_as_numpy_does() {
    const TEST: &str = "accuracy: detectors against numpy";
    let Some((data, runtime)) = ready(TEST) else { return };
    let folder = tempfile::tempdir().unwrap();
    let image = data.join("keypoints/coco/000000196141.jpg");
    let (models, out) = (data.join("models"), folder.path().display().to_string());
    let args = ["tensors", &models.display().to_string(), &image.display().to_string(), &out];
    let Some(reference) = silhueta_e2e::reference(TEST, &args) else { return };
    for name in ["yolox_nano", "yolov8n", "yolo26n_int8", "rtmdet_nano"] {
        let theirs = &reference[name];
        assert!(!theirs["boxes"].as_array().unwrap().is_empty(), "{name} sees people");
        let number = |key: &str| theirs[key].as_f64().unwrap() as f32;
        let source = (theirs["size"][0].as_u64().unwrap() as u32, theirs["size"][1].as_u64().unwrap() as u32);
        let back = Letterbox { scale: number("scale"), left: number("left"), top: number("top"), source };
        let (raw, last) =
            (f32s(&folder.path().join(format!("{name}.0"))), theirs["shape"][2].as_u64().unwrap() as usize);
        let side = number("side") as usize;
        // The same tensor: any difference is in our decoding.
        let decoded = match name {
            "yolox_nano" => yolo::decode_yolox(&raw, last, (side, side), &back),
            "yolov8n" => yolo::decode_yolov8(&raw, last, &back),
            "yolo26n_int8" => yolo::decode_end_to_end(&raw, &back),
            _ => rtmdet::decode(&raw, &i64s(&folder.path().join(format!("{name}.1"))), &back),
        };
        let (edges, scores) = largest_difference(&decoded, theirs);
        assert!(edges < 0.01 && scores < 1e-5, "{name}: decoding off by {edges} px, {scores}");

        // The whole way from the picture: resizing may round a pixel differently.
        let file = models.join(format!("{name}.onnx"));
        let contract = recognise(&graph::read(&file).unwrap()).unwrap();
        let network = runtime.network(&file, Device::Cpu).unwrap();
        let mut detector = Detector::new(network, &contract, Some((side, side))).unwrap();
        let sure = |found: Vec<Detection>| found.into_iter().filter(|d| d.score > 0.3).collect::<Vec<_>>();
        let ours = sure(detector.detect(&picture(&image)).unwrap());
        let count = theirs["scores"].as_array().unwrap().iter().filter(|s| s.as_f64().unwrap() > 0.3).count();
        assert_eq!(ours.len(), count, "{name} finds the same people");
        for person in &ours {
            let best = decoded.iter().map(|d| d.bbox.iou(&person.bbox)).fold(0f32, f32::max);
            assert!(best > 0.9, "{name}: {person:?} overlaps by {best} only");
        }
    }
}

#[test]
fn a_person_is_nearer_to_themselves_than_to_another() {
    let Some((data, runtime)) = ready("accuracy: embeddings tell people apart") else { return };
    let clip = data.join("clips/crossing_360p.mp4");
    let mut decoder = Decoder::open(&clip, &Limits::default(), 1, &Arc::default()).unwrap();
    let first = decoder.next_frame().unwrap().unwrap();
    let later = std::iter::repeat_with(|| decoder.next_frame().unwrap().unwrap()).nth(10).unwrap();
    // Two people who stand still over these frames.
    let boxes = [Bbox::new(146.0, 81.0, 207.0, 290.0), Bbox::new(500.0, 108.0, 552.0, 272.0)];
    for (file, fixed) in [("osnet_x0_25_msmt17.onnx", None), ("osnet_x0_5.onnx", Some(1))] {
        let file = data.join("models").join(file);
        let output = recognise(&graph::read(&file).unwrap()).unwrap().output_names[0].clone();
        let mut osnet = Osnet::new(runtime.network(&file, Device::Cpu).unwrap(), output, (128, 256), fixed, Elem::F32);
        let (a, b) = (osnet.embed(&first, &boxes).unwrap(), osnet.embed(&later, &boxes).unwrap());
        let near = |a: &[f32], b: &[f32]| {
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
        };
        let (same, other) = (near(&a[0], &b[0]).min(near(&a[1], &b[1])), near(&a[0], &b[1]).max(near(&a[1], &b[0])));
        assert!(same > other + 0.2, "{}: same {same}, other {other}", file.display());
    }
}
