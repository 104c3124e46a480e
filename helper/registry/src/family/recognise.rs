//! From a signature to the family it belongs to.

use std::fmt;

use silhueta_shared::model::Role;

use super::{Batch, Contract, Family, InputSize, needs};
use crate::graph::{Dim, Elem, Port, Signature};

/// Cells of YOLO's three grids have these sides in pixels.
const STRIDES: [usize; 3] = [8, 16, 32];
/// Fewer numbers than this tell nobody apart.
const MIN_EMBEDDING: usize = 32;
/// Sets of face points in use.
const FACE_POINTS: [usize; 4] = [5, 68, 98, 106];

/// Joints that a lifter takes: Human3.6M's.
const JOINTS: usize = 17;
/// Frames of a lifter's window at most; those in use have up to 243, and all of a window are held in memory.
const MAX_FRAMES: usize = 1001;

/// A network of no family that can be run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct NotRecognised {
    /// What goes in and what comes out.
    pub found: String,
    /// What is close but wrong, where that can be said.
    pub why: Option<String>,
}

impl fmt::Display for NotRecognised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            Some(why) => f.write_str(why)?,
            None => f.write_str("the network is of no known family")?,
        }
        write!(f, "\nfound: {}", self.found)?;
        if self.why.is_none() {
            for role in [Role::Detector, Role::Reid, Role::Pose, Role::Face, Role::Landmarks, Role::Lifter] {
                write!(f, "\n{}", needs(role))?;
            }
        }
        Ok(())
    }
}

/// Which family a network belongs to, and how it is fed.
///
/// # Errors
/// [`NotRecognised`] says what was found, and what is needed.
pub fn recognise(signature: &Signature) -> Result<Contract, NotRecognised> {
    let refuse = |why: Option<String>| NotRecognised { found: signature.to_string(), why };
    if let Some(contract) = lifter(signature).map_err(|why| refuse(Some(why)))? {
        return Ok(contract);
    }
    let picture = Picture::of(signature).map_err(|why| refuse(Some(why)))?;
    if let Some(task) = signature.metadata.get("task").filter(|task| *task != "detect") {
        return Err(refuse(Some(format!(
            "this YOLO was made for the task {task:?}; one for \"detect\" is needed (yolo11m.pt, not yolo11m-{task}.pt)"
        ))));
    }
    let outputs = &signature.outputs;
    let families: [fn(&Signature, &Picture) -> Verdict; 5] = [yunet, nms, simcc, single_boxes, single_other];
    for family in families {
        if let Some((family, output_names)) = family(signature, &picture).map_err(|why| refuse(Some(why)))? {
            check_numbers(signature, &output_names).map_err(|why| refuse(Some(why)))?;
            let Picture { name: input_name, size: input, batch, elem } = picture;
            return Ok(Contract { family, input_name, output_names, input, batch, elem });
        }
    }
    Err(refuse(foreign(signature).or_else(|| outputs.iter().find_map(near_miss))))
}

/// Not of this family, of it, or of it but not as it can be run.
type Verdict = Result<Option<(Family, Vec<String>)>, String>;

/// The one input: a batch of pictures.
struct Picture {
    name: String,
    size: InputSize,
    batch: Batch,
    elem: Elem,
}

impl Picture {
    fn of(signature: &Signature) -> Result<Self, String> {
        let [port] = signature.inputs.as_slice() else {
            return Err(format!(
                "the network wants {} inputs; one picture, f32 [b,3,h,w], is needed",
                signature.inputs.len()
            ));
        };
        let [batch, channels, h, w] = port.dims.as_slice() else {
            return Err("the network's input is no picture; f32 [b,3,h,w] is needed".to_owned());
        };
        if !channels.allows(3) {
            return Err(match w.fixed() {
                Some(3) => {
                    "the picture's channels come last (NHWC); export it with channels first, [b,3,h,w]".to_owned()
                }
                _ => "the network's input has not the 3 channels of a picture; f32 [b,3,h,w] is needed".to_owned(),
            });
        }
        if !matches!(port.elem, Elem::F32 | Elem::F16 | Elem::U8) {
            return Err(format!("the network's input is {}; f32, f16 or u8 is needed", port.elem));
        }
        let size = match (w.fixed(), h.fixed()) {
            (Some(w), Some(h)) => InputSize::Fixed { w, h },
            (None, None) => InputSize::Free,
            _ => return Err("one side of the picture is fixed and the other is not; fix both or none".to_owned()),
        };
        let batch = batch.fixed().map_or(Batch::Free, Batch::Fixed);
        Ok(Self { name: port.name.clone(), size, batch, elem: port.elem })
    }

    fn fixed(&self) -> Option<(usize, usize)> {
        match self.size {
            InputSize::Fixed { w, h } => Some((w, h)),
            InputSize::Free | InputSize::Joints => None,
        }
    }

    /// Cells of the three grids together.
    fn cells(&self) -> Option<usize> {
        let (w, h) = self.fixed()?;
        Some(STRIDES.iter().map(|stride| (w / stride) * (h / stride)).sum())
    }
}

fn names(ports: &[&Port]) -> Vec<String> {
    ports.iter().map(|port| port.name.clone()).collect()
}

/// Boxes, scores and coordinates come as floats, labels as whole numbers.
fn check_numbers(signature: &Signature, outputs: &[String]) -> Result<(), String> {
    for port in outputs.iter().filter_map(|name| signature.output(name)) {
        let (fits, needed) = match port.name.as_str() {
            "labels" => (matches!(port.elem, Elem::I64 | Elem::I32), "i64 or i32"),
            _ => (matches!(port.elem, Elem::F32 | Elem::F16), "f32 or f16"),
        };
        if !fits {
            return Err(format!("the network's output {} is {}; {needed} is needed", port.name, port.elem));
        }
    }
    Ok(())
}

/// Whether the network begins as YOLOX does: with slices of every second pixel, and nothing beside them.
fn has_focus(signature: &Signature) -> bool {
    let count = |op: &str| signature.readers.iter().filter(|reader| *reader == op).count();
    (count("Slice") >= 2 || count("SpaceToDepth") == 1) && count("Conv") == 0
}

/// Whether the inside is CSPNeXt, the backbone of RTMDet: 5×5 depthwise convolutions, and attention over
/// channels by hard sigmoids.
fn has_cspnext(signature: &Signature) -> bool {
    let sliced = signature.readers.iter().any(|reader| reader == "Slice");
    !sliced
        && signature.depthwise_5x5
        && signature.ops.contains_key("HardSigmoid")
        && signature.first_kernel == Some((3, 3))
}

/// What reads the picture first, in words.
fn beginning(signature: &Signature) -> String {
    let kernel = signature.first_kernel.map(|(h, w)| format!(" of {h}×{w}")).unwrap_or_default();
    format!("its picture goes to {}{kernel}", signature.readers.join(", "))
}

fn yunet(signature: &Signature, _: &Picture) -> Verdict {
    let mut ports = Vec::new();
    for (head, width) in [("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)] {
        for stride in STRIDES {
            let Some(port) = signature.output(&format!("{head}_{stride}")) else { return Ok(None) };
            if !port.dims.last().is_some_and(|dim| dim.allows(width)) {
                return Ok(None);
            }
            ports.push(port);
        }
    }
    Ok(Some((Family::YuNet, names(&ports))))
}

fn nms(signature: &Signature, _: &Picture) -> Verdict {
    let (Some(dets), Some(labels)) = (signature.output("dets"), signature.output("labels")) else { return Ok(None) };
    let fits = matches!(dets.dims.as_slice(), [_, _, five] if five.allows(5)) && labels.dims.len() == 2;
    if !fits {
        return Ok(None);
    }
    // All of MMDetection comes out of MMDeploy alike, but each is fed differently.
    let family = match (has_focus(signature), has_cspnext(signature)) {
        (true, false) => Family::YoloxNms,
        (false, true) => Family::RtmDetNms,
        _ => {
            return Err(format!(
                "dets and labels are what MMDeploy makes of any detector, and this one can't be told for sure: {}. \
                 Of these, YOLOX (begins with Focus slices) and RTMDet (5×5 depthwise convolutions and hard \
                 sigmoids inside) can be run",
                beginning(signature)
            ));
        }
    };
    Ok(Some((family, names(&[dets, labels]))))
}

fn simcc(signature: &Signature, picture: &Picture) -> Verdict {
    let (Some(x), Some(y)) = (signature.output("simcc_x"), signature.output("simcc_y")) else { return Ok(None) };
    let ([_, joints, bins_x], [_, _, bins_y]) = (x.dims.as_slice(), y.dims.as_slice()) else { return Ok(None) };
    let (Some((w, h)), Some(bins_x), Some(bins_y)) = (picture.fixed(), bins_x.fixed(), bins_y.fixed()) else {
        return Err(
            "this SimCC network does not say the size of its picture or its bins; export it with both fixed".to_owned()
        );
    };
    let split = bins_x / w;
    if split == 0 || split * w != bins_x || split * h != bins_y {
        return Err(format!("this SimCC network has {bins_x}×{bins_y} bins for {w}×{h} pixels: no whole number each"));
    }
    // MMDeploy leaves the number of joints free; the last convolution has one channel for each.
    let Some(keypoints) = joints.fixed().or(signature.last_conv) else {
        return Err(
            "this SimCC network does not say how many joints it finds; export it with that axis fixed".to_owned()
        );
    };
    Ok(Some((Family::Simcc { keypoints, split }, names(&[x, y]))))
}

/// Detectors with one output of rank 3.
fn single_boxes(signature: &Signature, picture: &Picture) -> Verdict {
    let [port] = signature.outputs.as_slice() else { return Ok(None) };
    let [_, rows, columns] = port.dims.as_slice() else { return Ok(None) };
    let (r, c) = (rows.fixed(), columns.fixed());
    let is = |dim: Option<usize>| dim.is_some() && dim == picture.cells();
    let focus = has_focus(signature);
    let family = match (r, c) {
        (_, Some(width)) if width > 5 && (is(r) || (r.is_none() && focus)) => {
            yolox_is_raw(signature, focus)?;
            Family::YoloxRaw { classes: width - 5 }
        }
        (Some(height), _) if height > 4 && (is(c) || c.is_none()) => Family::YoloV8 { classes: height - 4 },
        (_, Some(6)) => Family::YoloEnd2End,
        _ => return Ok(None),
    };
    Ok(Some((family, names(&[port]))))
}

/// One row a cell is YOLOX's layout, but also that of networks whose boxes are coded otherwise.
fn yolox_is_raw(signature: &Signature, focus: bool) -> Result<(), String> {
    if !focus {
        return Err(format!(
            "one row for each cell is what YOLOX gives, but this network does not begin with YOLOX's Focus slices \
             ({}), so how its boxes are coded is not certain (YOLOv6 gives such rows, too); take YOLOX, or YOLOv8 \
             or later as Ultralytics exports it",
            beginning(signature)
        ));
    }
    if signature.ops.contains_key("Exp") {
        return Err("this YOLOX decodes its boxes by itself; export it without --decode_in_inference".to_owned());
    }
    Ok(())
}

/// Heatmaps, embeddings and face points.
fn single_other(signature: &Signature, picture: &Picture) -> Verdict {
    let ([port], Some((w, h))) = (signature.outputs.as_slice(), picture.fixed()) else { return Ok(None) };
    let dims: Option<Vec<usize>> = port.dims.iter().skip(1).map(Dim::fixed).collect();
    let family = match dims.as_deref() {
        Some(&[keypoints, rows, columns]) if rows > 0 && columns > 0 => {
            let stride = h / rows;
            let whole = stride > 1 && stride * rows == h && stride * columns == w;
            // A plain vision transformer begins by cutting the picture into patches of 16×16.
            let corners = signature.first_kernel == Some((16, 16));
            whole.then_some(Family::Heatmap { keypoints, stride, corners })
        }
        Some(&[dim]) if h > w => (dim >= MIN_EMBEDDING).then_some(Family::Osnet { dim }),
        Some(&[numbers]) if h == w && numbers % 2 == 0 && FACE_POINTS.contains(&(numbers / 2)) => {
            Some(Family::Landmarks { points: numbers / 2 })
        }
        _ => None,
    };
    Ok(family.map(|family| (family, names(&[port]))))
}

/// From the picture into space: told by what goes in alone, since nothing else takes joints.
fn lifter(signature: &Signature) -> Result<Option<Contract>, String> {
    let [port] = signature.inputs.as_slice() else { return Ok(None) };
    let sizes: Vec<_> = port.dims.iter().map(Dim::fixed).collect();
    let (frames, channels) = match *sizes.as_slice() {
        [_, frames, Some(JOINTS), Some(channels @ (2 | 3))] => (frames, channels),
        // Joints and coordinates in one row, as VideoPose3D's and SimpleBaseline3D's exports of MMPose have them.
        [_, Some(34 | 51), _] | [_, _, Some(34 | 51)] | [_, Some(34 | 51)] => {
            return Err(format!(
                "this looks like a lifter whose joints lie flat, {}; put a reshape before it and behind it when it is \
                 exported: {}",
                port,
                needs(Role::Lifter)
            ));
        }
        _ => return Ok(None),
    };
    if !matches!(port.elem, Elem::F32 | Elem::F16) {
        return Err(format!("the lifter's input is {}; f32 or f16 is needed", port.elem));
    }
    if let Some(frames) = frames.filter(|frames| *frames > MAX_FRAMES) {
        return Err(format!("this lifter wants {frames} frames at once; at most {MAX_FRAMES} can be given"));
    }
    let fits = |out: &Port| match out.dims.as_slice() {
        [_, rows, joints, three] => {
            let rows = rows.fixed();
            let known = rows.is_none() || rows == Some(1) || rows == frames;
            known && joints.allows(JOINTS) && three.allows(3) && matches!(out.elem, Elem::F32 | Elem::F16)
        }
        _ => false,
    };
    let [output] = signature.outputs.as_slice() else {
        return Err(format!(
            "this lifter gives {} outputs; one is needed: {}",
            signature.outputs.len(),
            needs(Role::Lifter)
        ));
    };
    if !fits(output) {
        return Err(format!("this lifter gives {output}; {}", needs(Role::Lifter)));
    }
    Ok(Some(Contract {
        family: Family::Lifter { frames, channels },
        input_name: port.name.clone(),
        output_names: vec![output.name.clone()],
        input: InputSize::Joints,
        batch: port.dims.first().and_then(Dim::fixed).map_or(Batch::Free, Batch::Fixed),
        elem: port.elem,
    }))
}

/// Exports that only another runtime can run.
fn foreign(signature: &Signature) -> Option<String> {
    let op = signature.ops.keys().find(|op| op.contains("TRT"))?;
    Some(format!("this network was exported for TensorRT alone (it holds {op}); export it for ONNX Runtime"))
}

/// Networks that people bring and that are close to what is needed.
fn near_miss(port: &Port) -> Option<String> {
    match port.dims.as_slice() {
        [_, Dim::Fixed(rows), Dim::Fixed(85)] if rows % 3 == 0 => Some(
            "this looks like YOLOv5 or YOLOv7, with three anchors per cell, which is not supported; \
             take YOLOv8 or later, or YOLOX"
                .to_owned(),
        ),
        _ => None,
    }
}
