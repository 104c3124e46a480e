//! Every real model is what its README row says, and lookalikes are told apart or refused with reasons.

use super::*;
use crate::graph::tests::{model, node, signature_of, value};
use crate::graph::{self, Elem, Signature};
use crate::onnx::{Model, Property, Tensor, ValueInfo};

const F32: i32 = 1;
const I64: i32 = 7;
const F16: i32 = 10;

fn of(first: &str, input: &[i64], outputs: &[ValueInfo]) -> Result<Contract, NotRecognised> {
    recognise(&signature_of(&model(first, &[value("images", F32, input)], outputs)))
}

/// A model that begins with YOLOX's Focus.
fn focus(input: &[i64], outputs: &[ValueInfo]) -> Model {
    let mut model = model("Slice", &[value("images", F32, input)], outputs);
    let graph = model.graph.as_mut().unwrap();
    graph.node.push(node("Slice", &["images"], &["odd"]));
    graph.node.push(node("Conv", &["hidden", "weight"], &["deep"]));
    model
}

/// A model with what only CSPNeXt has.
fn cspnext(input: &[i64], outputs: &[ValueInfo]) -> Model {
    let mut model = model("Conv", &[value("images", F32, input)], outputs);
    let graph = model.graph.as_mut().unwrap();
    graph.initializer[0].dims = vec![8, 3, 3, 3];
    graph.initializer.push(Tensor { dims: vec![8, 1, 5, 5], name: "dw".into(), data_location: 0 });
    graph.node.push(node("Conv", &["hidden", "dw"], &["deep"]));
    graph.node.push(node("HardSigmoid", &["deep"], &["attention"]));
    model
}

fn of_model(model: &Model) -> Result<Contract, NotRecognised> {
    recognise(&signature_of(model))
}

fn single(input: &[i64], output: &[i64]) -> Result<Contract, NotRecognised> {
    of("Conv", input, &[value("output", F32, output)])
}

fn family(input: &[i64], output: &[i64]) -> Family {
    single(input, output).unwrap().family
}

#[test]
fn real_models_are_what_their_readme_says() {
    let Some(data) = silhueta_e2e::data("real_models_are_what_their_readme_says") else { return };
    use Batch::Fixed as Of;
    let size = |w, h| InputSize::Fixed { w, h };
    let expected = [
        ("yolox_nano", Family::YoloxRaw { classes: 80 }, size(416, 416), Of(1), "output"),
        ("yolov8n", Family::YoloV8 { classes: 80 }, size(640, 640), Of(1), "output0"),
        ("yolo26n_int8", Family::YoloEnd2End, size(640, 640), Of(1), "output0"),
        ("rtmdet_nano", Family::RtmDetNms, InputSize::Free, Batch::Free, "dets labels"),
        ("osnet_x0_25_msmt17", Family::Osnet { dim: 512 }, size(128, 256), Batch::Free, "output"),
        ("osnet_x0_5", Family::Osnet { dim: 512 }, size(128, 256), Of(1), "embedding"),
        (
            "tinypose_256x192_simcc",
            Family::Simcc { keypoints: 17, split: 2 },
            size(192, 256),
            Batch::Free,
            "simcc_x simcc_y",
        ),
        (
            "tinypose_256x192_heatmap",
            Family::Heatmap { keypoints: 17, stride: 4, corners: false },
            size(192, 256),
            Batch::Free,
            "heatmaps",
        ),
        (
            "yunet_n_dynamic",
            Family::YuNet,
            InputSize::Free,
            Batch::Free,
            "cls_8 cls_16 cls_32 obj_8 obj_16 obj_32 bbox_8 bbox_16 bbox_32 kps_8 kps_16 kps_32",
        ),
        ("pfld_68", Family::Landmarks { points: 68 }, size(112, 112), Batch::Free, "output"),
    ];
    for (id, family, input, batch, outputs) in expected {
        let signature = graph::read(&data.join(format!("models/{id}.onnx"))).unwrap();
        let contract = recognise(&signature).unwrap_or_else(|error| panic!("{id}: {error}"));
        assert_eq!((contract.family, contract.input, contract.batch), (family, input, batch), "{id}");
        assert_eq!(contract.output_names.join(" "), outputs, "{id}");
        assert_eq!(contract.input_name, signature.inputs[0].name, "{id}");
    }
}

#[test]
fn yolox_and_yolov8_are_told_apart_by_which_axis_has_the_cells() {
    let input = [1, 3, 640, 640];
    let yolox = |output: &[i64]| of_model(&focus(&input, &[value("output", F32, output)])).unwrap().family;
    assert_eq!(yolox(&[1, 8400, 85]), Family::YoloxRaw { classes: 80 });
    assert_eq!(yolox(&[1, 8400, 6]), Family::YoloxRaw { classes: 1 });
    assert_eq!(family(&input, &[1, 84, 8400]), Family::YoloV8 { classes: 80 });
    assert_eq!(family(&input, &[1, 300, 6]), Family::YoloEnd2End);
    assert_eq!(family(&[1, 3, 384, 640], &[1, 5, 5040]), Family::YoloV8 { classes: 1 });
}

#[test]
fn detectors_of_free_size_are_told_apart_too() {
    let input = [-1, 3, -2, -3];
    assert_eq!(family(&input, &[-1, 84, -4]), Family::YoloV8 { classes: 80 });
    let yolox = of_model(&focus(&input, &[value("output", F32, &[-1, -4, 85])])).unwrap();
    assert_eq!((yolox.family, yolox.input), (Family::YoloxRaw { classes: 80 }, InputSize::Free));
    assert_eq!(family(&input, &[-1, -4, 6]), Family::YoloEnd2End);
}

#[test]
fn rows_like_yoloxs_from_another_network_are_refused() {
    // YOLOv6's export: decoded boxes in the same shape.
    let error = single(&[1, 3, 640, 640], &[1, 8400, 85]).unwrap_err().to_string();
    assert!(error.contains("goes to Conv of 7×7") && error.contains("YOLOv6"), "{error}");
    let mut decoded = focus(&[1, 3, 640, 640], &[value("output", F32, &[1, 8400, 85])]);
    decoded.graph.as_mut().unwrap().node.push(node("Exp", &["deep"], &["sides"]));
    let error = of_model(&decoded).unwrap_err().to_string();
    assert!(error.contains("--decode_in_inference"), "{error}");
}

#[test]
fn old_anchor_yolos_are_named_and_refused() {
    let error = single(&[1, 3, 640, 640], &[1, 25200, 85]).unwrap_err().to_string();
    assert!(error.contains("YOLOv5") && error.contains("[1,25200,85]"), "{error}");
}

#[test]
fn exports_for_tensorrt_alone_are_named_and_refused() {
    let outputs = [value("num_dets", 6, &[1, 1]), value("det_boxes", F32, &[1, 100, 4])];
    let mut model = model("Conv", &[value("images", F32, &[1, 3, 640, 640])], &outputs);
    model.graph.as_mut().unwrap().node.push(node("EfficientNMS_TRT", &["hidden"], &["num_dets", "det_boxes"]));
    let error = of_model(&model).unwrap_err().to_string();
    assert!(error.contains("EfficientNMS_TRT") && error.contains("for ONNX Runtime"), "{error}");
}

#[test]
fn yolos_for_another_task_are_refused() {
    let mut model = model("Conv", &[value("images", F32, &[1, 3, 640, 640])], &[value("output0", F32, &[1, 56, 8400])]);
    model.metadata_props.push(Property { key: "task".into(), value: "pose".into() });
    let error = recognise(&signature_of(&model)).unwrap_err().to_string();
    assert!(error.contains("\"pose\"") && error.contains("detect"), "{error}");
}

#[test]
fn yolox_with_nms_rtmdet_and_strangers_are_told_apart_by_their_inside() {
    let outputs = [value("dets", F32, &[-1, -4, 5]), value("labels", I64, &[-1, -4])];
    let input = [-1, 3, 640, 640];
    assert_eq!(of_model(&cspnext(&input, &outputs)).unwrap().family, Family::RtmDetNms);
    assert_eq!(of_model(&focus(&input, &outputs)).unwrap().family, Family::YoloxNms);
    // A Faster R-CNN has the same outputs.
    let error = of("Conv", &input, &outputs).unwrap_err().to_string();
    for part in ["can't be told", "goes to Conv of 7×7", "Focus slices", "dets f32[free1,free4,5]"] {
        assert!(error.contains(part), "{part} missing in {error}");
    }
    let mut both = focus(&input, &outputs);
    let csp = cspnext(&input, &outputs).graph.unwrap();
    let graph = both.graph.as_mut().unwrap();
    graph.node.extend(csp.node);
    graph.initializer.extend(csp.initializer);
    assert!(of_model(&both).is_err(), "neither is certain");
}

#[test]
fn a_family_is_seen_behind_what_rescales_the_picture() {
    let outputs = [value("dets", F32, &[-1, -4, 5]), value("labels", 6, &[-1, -4])];
    let mut rtmdet = cspnext(&[-1, 3, 640, 640], &outputs);
    let graph = rtmdet.graph.as_mut().unwrap();
    graph.input = vec![value("raw", 2, &[-1, 3, 640, 640])];
    graph.node.insert(0, node("Cast", &["raw"], &["float"]));
    graph.node.insert(1, node("Sub", &["float", "mean"], &["images"]));
    let contract = of_model(&rtmdet).unwrap();
    assert_eq!((contract.family, contract.elem), (Family::RtmDetNms, Elem::U8));
    assert!(contract.to_string().ends_with("u8"), "{contract}");
}

#[test]
fn a_vision_transformers_heatmaps_reach_from_corner_to_corner() {
    let outputs = [value("heatmaps", F32, &[-1, 17, 64, 48])];
    let mut vit = model("Conv", &[value("images", F32, &[-1, 3, 256, 192])], &outputs);
    assert_eq!(of_model(&vit).unwrap().family, Family::Heatmap { keypoints: 17, stride: 4, corners: false });
    vit.graph.as_mut().unwrap().initializer[0].dims = vec![384, 3, 16, 16];
    assert_eq!(of_model(&vit).unwrap().family, Family::Heatmap { keypoints: 17, stride: 4, corners: true });
}

#[test]
fn half_precision_fits_and_other_numbers_are_named() {
    let of = |input: i32, output: i32| {
        recognise(&signature_of(&model(
            "Conv",
            &[value("x", input, &[1, 3, 256, 128])],
            &[value("embedding", output, &[1, 512])],
        )))
    };
    assert_eq!(of(F16, F16).unwrap().elem, Elem::F16);
    assert_eq!(of(F16, F32).unwrap().elem, Elem::F16);
    let error = of(F32, 11).unwrap_err().to_string();
    assert!(error.contains("output embedding is type11; f32 or f16 is needed"), "{error}");
}

#[test]
fn simcc_of_any_skeleton_and_size() {
    for (keypoints, w, h) in [(17, 192, 256), (26, 192, 256), (133, 288, 384)] {
        let bins = [value("simcc_x", F32, &[-1, keypoints, 2 * w]), value("simcc_y", F32, &[-1, keypoints, 2 * h])];
        let contract = of("Conv", &[-1, 3, h, w], &bins).unwrap();
        assert_eq!(contract.family, Family::Simcc { keypoints: keypoints as usize, split: 2 });
        assert_eq!(contract.input, InputSize::Fixed { w: w as usize, h: h as usize });
    }
}

/// RTMPose's published files name that axis `MatMulsimcc_x_dim_1` and leave it free.
#[test]
fn joints_that_the_outputs_do_not_say_are_the_last_convolutions_channels() {
    let bins = [value("simcc_x", F32, &[-1, -5, 384]), value("simcc_y", F32, &[-1, -5, 512])];
    let input = [value("input", F32, &[-1, 3, 256, 192])];
    let mut model = model("Conv", &input, &bins);
    assert_eq!(recognise(&signature_of(&model)).unwrap().family, Family::Simcc { keypoints: 17, split: 2 });
    model.graph.as_mut().unwrap().initializer.clear();
    assert!(recognise(&signature_of(&model)).unwrap_err().to_string().contains("how many joints"));
}

#[test]
fn simcc_bins_that_do_not_fit_the_picture_are_refused() {
    for (x, y) in [(400, 512), (384, 500), (100, 512)] {
        let bins = [value("simcc_x", F32, &[1, 17, x]), value("simcc_y", F32, &[1, 17, y])];
        let error = of("Conv", &[1, 3, 256, 192], &bins).unwrap_err().to_string();
        assert!(error.contains(&format!("{x}×{y} bins for 192×256")), "{error}");
    }
}

#[test]
fn a_fixed_batch_above_one_is_kept() {
    assert_eq!(single(&[16, 3, 256, 128], &[16, 512]).unwrap().batch, Batch::Fixed(16));
}

#[test]
fn strange_inputs_are_refused_with_what_is_needed() {
    let out = [value("out", F32, &[1, 512])];
    let refusal =
        |inputs: &[ValueInfo]| recognise(&signature_of(&model("Conv", inputs, &out))).unwrap_err().to_string();
    for (inputs, expected) in [
        (vec![value("x", F32, &[1, 3, 256, 128]), value("y", F32, &[1])], "2 inputs"),
        (vec![value("x", 3, &[1, 3, 256, 128])], "input is type3; f32, f16 or u8 is needed"),
        (vec![value("x", F32, &[1, 256, 128, 3])], "channels come last"),
        (vec![value("x", F32, &[1, 1, 256, 128])], "3 channels"),
        (vec![value("x", F32, &[1, 80])], "no picture"),
        (vec![value("x", F32, &[1, 3, 256, -1])], "one side"),
    ] {
        let said = refusal(&inputs);
        assert!(said.contains(expected) && said.contains("found: x "), "{said}");
    }
}

#[test]
fn a_stranger_is_told_what_was_found_and_what_each_role_needs() {
    let error = single(&[1, 3, 224, 224], &[1, 1000]).unwrap_err().to_string();
    for part in ["images f32[1,3,224,224]", "output f32[1,1000]", "YOLOX", "[b,4+classes,N]", "simcc_x", "YuNet"] {
        assert!(error.contains(part), "{part} missing in {error}");
    }
    assert!(recognise(&Signature::default()).is_err());
}

#[test]
fn lifters_are_known_by_the_joints_that_go_in() {
    let lifter = |input: &[i64], output: &[i64]| single(input, output).map(|contract| contract.to_string());
    let said = |input: &[i64], output: &[i64]| lifter(input, output).unwrap_err().to_string();
    assert_eq!(lifter(&[-1, 27, 17, 2], &[-1, 1, 17, 3]).unwrap(), "lifter, 27 frames, any batch");
    assert_eq!(lifter(&[1, 243, 17, 3], &[1, 243, 17, 3]).unwrap(), "lifter, 243 frames, batch 1");
    assert_eq!(lifter(&[-1, -2, 17, 2], &[-1, -3, 17, 3]).unwrap(), "lifter, any number of frames, any batch");
    let with_scores = Family::Lifter { frames: Some(9), channels: 3 };
    assert_eq!((family(&[-1, 9, 17, 3], &[-1, 9, -4, 3]), with_scores.role()), (with_scores, Role::Lifter));

    let frames_lost = said(&[-1, 27, 17, 2], &[-1, 9, 17, 3]);
    assert!(frames_lost.contains("gives output f32[free1,9,17,3]; a lifter takes"), "{frames_lost}");
    assert!(said(&[-1, 27, 17, 2], &[-1, 17, 3]).contains("gives output f32[free1,17,3]"));
    assert!(said(&[-1, 5000, 17, 2], &[-1, 1, 17, 3]).contains("5000 frames at once; at most 1001"));
    // MMPose's VideoPose3D and SimpleBaseline3D.
    for flat in [&[-1, 34, 27][..], &[-1, -2, 34], &[-1, 34]] {
        assert!(said(flat, &[-1, 51, 1]).contains("joints lie flat"));
    }
    let two = [value("keypoints_3d", F32, &[1, 9, 17, 3]), value("root", F32, &[1, 9, 1, 3])];
    assert!(of("Conv", &[1, 9, 17, 2], &two).unwrap_err().to_string().contains("gives 2 outputs"));
    let whole = [value("y", F32, &[1, 9, 17, 3])];
    let error = recognise(&signature_of(&model("Conv", &[value("x", I64, &[1, 9, 17, 2])], &whole))).unwrap_err();
    assert!(error.to_string().contains("input is i64; f32 or f16"), "{error}");
}
