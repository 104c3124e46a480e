//! Families of networks, recognised by their graphs: names and shapes of inputs and outputs, never by
//! the file's name.

use std::fmt;

use silhueta_shared::model::Role;

use crate::graph::{Port, Signature};

/// What kind of network a graph is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// YOLOX before its decoding: `[1, cells, 5 + classes]`.
    YoloxRaw,
    /// YOLOv8/11: `[1, 4 + classes, cells]`.
    YoloV8,
    /// End-to-end YOLO: `[1, boxes, 6]`.
    YoloEnd2End,
    /// RTMDet with NMS inside: `dets` `[b, n, 5]` and `labels` `[b, n]`.
    RtmDetNms,
    /// RTMPose's x and y classification.
    Simcc {
        /// Joints.
        keypoints: usize,
    },
    /// Top-down heatmaps `[b, joints, h, w]`.
    Heatmap {
        /// Joints.
        keypoints: usize,
    },
    /// Re-identification: `[b, dim]` from a picture twice as high as wide.
    Osnet {
        /// Length of the embedding.
        dim: usize,
    },
    /// YuNet's face detector: twelve outputs of three strides.
    YuNet,
    /// Face landmarks: `[b, 2 × points]` from a square picture.
    Landmarks {
        /// Points.
        points: usize,
    },
}

impl Family {
    /// What it is for.
    pub const fn role(self) -> Role {
        match self {
            Self::YoloxRaw | Self::YoloV8 | Self::YoloEnd2End | Self::RtmDetNms => Role::Detector,
            Self::Simcc { .. } | Self::Heatmap { .. } => Role::Pose,
            Self::Osnet { .. } => Role::Reid,
            Self::YuNet => Role::Face,
            Self::Landmarks { .. } => Role::Landmarks,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::YoloxRaw => f.write_str("YOLOX (raw grid)"),
            Self::YoloV8 => f.write_str("YOLOv8/11"),
            Self::YoloEnd2End => f.write_str("end-to-end YOLO"),
            Self::RtmDetNms => f.write_str("RTMDet with NMS"),
            Self::Simcc { keypoints } => write!(f, "SimCC pose, {keypoints} keypoints"),
            Self::Heatmap { keypoints } => write!(f, "heatmap pose, {keypoints} keypoints"),
            Self::Osnet { dim } => write!(f, "OSNet, {dim} numbers"),
            Self::YuNet => f.write_str("YuNet"),
            Self::Landmarks { points } => write!(f, "{points} face landmarks"),
        }
    }
}

/// How to run a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Contract {
    /// What it is.
    pub family: Family,
    /// Its input's size.
    pub input: InputSize,
    /// Its input's batch axis. A graph may promise a free one and fail at two: probe.
    pub batch: Batch,
    /// Bins per input pixel (SimCC), else 1.
    pub split_ratio: f32,
    /// Names of its outputs in the order that decoding wants.
    pub outputs: Vec<String>,
}

impl Contract {
    /// What it is for.
    pub const fn role(&self) -> Role {
        self.family.role()
    }
}

/// Width and height of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputSize {
    /// In pixels.
    Fixed {
        /// Across.
        width: usize,
        /// Down.
        height: usize,
    },
    /// Decided at run time.
    Free,
}

/// Pictures a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Batch {
    /// Just so many.
    Fixed(usize),
    /// Any number.
    Free,
}

/// A graph that none of the families has.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("its graph is not known: it has {found}. {needed}")]
pub struct NotRecognised {
    /// Inputs and outputs.
    pub found: String,
    /// What would do.
    pub needed: String,
}

const NEEDED: &str = "Known are YOLOX (raw grid), YOLOv8/11, end-to-end YOLO and RTMDet with NMS for people; OSNet \
                      for re-identification; RTMPose (SimCC) for pose";

/// Says which family a graph belongs to.
///
/// # Errors
/// None: what was found and what is needed.
pub fn recognise(signature: &Signature) -> Result<Contract, NotRecognised> {
    let refuse = |needed: &str| {
        let list = |ports: &[Port]| ports.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let found = format!("inputs {} and outputs {}", list(&signature.inputs), list(&signature.outputs));
        NotRecognised { found, needed: needed.into() }
    };
    let [input] = signature.inputs.as_slice() else { return Err(refuse("One picture input is needed")) };
    let [batch, channels, height, width] = input.dims.as_slice() else {
        return Err(refuse("An input of batch, channels, height, width is needed"));
    };
    if input.elem_type != 1 {
        return Err(refuse("An f32 input is needed for now: export with float input"));
    }
    if channels.fixed().is_some_and(|n| n != 3) {
        return Err(refuse("A picture of three channels is needed"));
    }
    let size = match (width.fixed(), height.fixed()) {
        (Some(width), Some(height)) => InputSize::Fixed { width, height },
        _ => InputSize::Free,
    };
    let batch = batch.fixed().map_or(Batch::Free, Batch::Fixed);
    let contract = |family, split_ratio, outputs: &[&Port]| Contract {
        family,
        input: size,
        batch,
        split_ratio,
        outputs: outputs.iter().map(|port| port.name.clone()).collect(),
    };

    if let (Some(x), Some(y)) = (signature.output("simcc_x"), signature.output("simcc_y")) {
        let last = |port: &Port| port.dims.last().and_then(|dim| dim.fixed());
        let keypoints = x.dims.get(1).and_then(|dim| dim.fixed());
        let (Some(keypoints), Some(bins), InputSize::Fixed { width, .. }) = (keypoints, last(x), size) else {
            return Err(refuse("SimCC outputs need fixed joints and bins, and an input of fixed size"));
        };
        return Ok(contract(Family::Simcc { keypoints }, bins as f32 / width as f32, &[x, y]));
    }
    if let (Some(dets), Some(labels)) = (signature.output("dets"), signature.output("labels")) {
        // YOLOX with NMS inside has the same names and shapes, but begins with its Focus slices.
        if signature.first_ops.contains("Slice") {
            return Err(refuse("YOLOX with NMS inside is not supported yet: export it without (raw grid)"));
        }
        return Ok(contract(Family::RtmDetNms, 1.0, &[dets, labels]));
    }
    if signature.outputs.len() == 12 && signature.output("kps_8").is_some() {
        let outputs: Vec<_> = signature.outputs.iter().collect();
        return Ok(contract(Family::YuNet, 1.0, &outputs));
    }
    let [output] = signature.outputs.as_slice() else { return Err(refuse(NEEDED)) };
    let dims: Vec<_> = output.dims.iter().map(|dim| dim.fixed()).collect();
    let family = match (dims.as_slice(), size) {
        ([_, _, Some(6)], _) => Family::YoloEnd2End,
        ([_, Some(rows), Some(columns)], InputSize::Fixed { width, height }) => {
            let cells: usize = [8, 16, 32].iter().map(|stride| (width / stride) * (height / stride)).sum();
            if *rows == cells && *columns > 5 {
                Family::YoloxRaw
            } else if *columns == cells && *rows > 4 {
                Family::YoloV8
            } else {
                return Err(refuse(NEEDED));
            }
        }
        ([_, Some(rows), None], _) if *rows > 4 => Family::YoloV8,
        ([_, None, Some(columns)], _) if *columns > 5 => Family::YoloxRaw,
        ([_, Some(keypoints), Some(h), Some(w)], InputSize::Fixed { width, height })
            if h * 4 == height && w * 4 == width =>
        {
            Family::Heatmap { keypoints: *keypoints }
        }
        ([_, Some(dim)], InputSize::Fixed { width, height }) if height == 2 * width => Family::Osnet { dim: *dim },
        ([_, Some(numbers)], InputSize::Fixed { width, height }) if height == width && numbers % 2 == 0 => {
            Family::Landmarks { points: numbers / 2 }
        }
        _ => return Err(refuse(NEEDED)),
    };
    Ok(contract(family, 1.0, &[output]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(file: &str) -> Option<Contract> {
        let data = silhueta_e2e::data("registry: families of the real files")?;
        Some(recognise(&Signature::read(&data.join("models").join(file)).unwrap()).unwrap())
    }

    #[test]
    fn every_real_file_is_what_its_graph_says() {
        let fixed = |width, height| InputSize::Fixed { width, height };
        let table = [
            ("yolox_nano.onnx", Family::YoloxRaw, fixed(416, 416), Batch::Fixed(1)),
            ("yolov8n.onnx", Family::YoloV8, fixed(640, 640), Batch::Fixed(1)),
            ("yolo26n_int8.onnx", Family::YoloEnd2End, fixed(640, 640), Batch::Fixed(1)),
            ("rtmdet_nano.onnx", Family::RtmDetNms, InputSize::Free, Batch::Free),
            ("osnet_x0_25_msmt17.onnx", Family::Osnet { dim: 512 }, fixed(128, 256), Batch::Free),
            ("osnet_x0_5.onnx", Family::Osnet { dim: 512 }, fixed(128, 256), Batch::Fixed(1)),
            ("tinypose_256x192_simcc.onnx", Family::Simcc { keypoints: 17 }, fixed(192, 256), Batch::Free),
            ("tinypose_256x192_heatmap.onnx", Family::Heatmap { keypoints: 17 }, fixed(192, 256), Batch::Free),
            ("yunet_n_dynamic.onnx", Family::YuNet, InputSize::Free, Batch::Free),
            ("pfld_68.onnx", Family::Landmarks { points: 68 }, fixed(112, 112), Batch::Free),
        ];
        for (file, family, input, batch) in table {
            let Some(contract) = known(file) else { return };
            assert_eq!((contract.family, contract.input, contract.batch), (family, input, batch), "{file}");
        }
    }

    #[test]
    fn the_simcc_split_is_read_from_the_bins() {
        let Some(contract) = known("tinypose_256x192_simcc.onnx") else { return };
        assert_eq!((contract.split_ratio, contract.outputs), (2.0, vec!["simcc_x".into(), "simcc_y".into()]));
    }

    #[test]
    fn yolox_with_nms_inside_is_told_from_rtmdet_by_its_slices() {
        use crate::graph::Dim;
        let port = |name: &str, dims: &[usize]| Port {
            name: name.into(),
            elem_type: 1,
            dims: dims.iter().map(|n| Dim::Fixed(*n)).collect(),
        };
        let mut signature = Signature {
            inputs: vec![port("input", &[1, 3, 640, 640])],
            outputs: vec![port("dets", &[1, 100, 5]), port("labels", &[1, 100])],
            first_ops: ["Conv".to_owned()].into(),
        };
        assert_eq!(recognise(&signature).unwrap().family, Family::RtmDetNms);
        signature.first_ops = ["Slice".to_owned()].into();
        assert!(recognise(&signature).unwrap_err().to_string().contains("YOLOX with NMS"));
        signature.outputs.truncate(1);
        assert!(recognise(&signature).unwrap_err().to_string().contains("dets[1, 100, 5]"));
    }
}
