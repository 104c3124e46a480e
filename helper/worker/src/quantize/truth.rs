//! Networks against annotated people, in their annotated boxes.

use std::path::Path;
use std::sync::Arc;

use silhueta_results::coco::Dataset;
use silhueta_results::metrics::oks::oks;
use silhueta_shared::geometry::Bbox;
use silhueta_shared::quantize::AgainstTruth;
use silhueta_vision::rtmpose::RtmPose;
use silhueta_vision::video::{Decoder, Limits};

use crate::pipeline::failure::JobError;
use crate::report::Reporter;

/// Mean OKS of both networks over the people of a COCO file, whose pictures lie beside it.
pub(super) fn against(
    file: &Path,
    original: &mut RtmPose,
    copy: &mut RtmPose,
    reporter: &Reporter,
) -> Result<AgainstTruth, JobError> {
    let dataset = Dataset::read(file)?;
    let pictures = Limits { containers: "image2,jpeg_pipe,png_pipe", ..Limits::default() };
    let (mut people, mut sums) = (0, [0.0; 2]);
    for image in &dataset.images {
        let of_image = |id: u64| id == image.id;
        let annotated: Vec<_> =
            dataset.annotations.iter().filter(|a| of_image(a.image_id) && a.num_keypoints > 0).collect();
        if annotated.is_empty() {
            continue;
        }
        let path = file.with_file_name(&image.file_name);
        let frame = Decoder::open(&path, &pictures, 1, reporter.control().stop_flag())?.next_frame()?;
        let Some(frame) = frame.map(Arc::new) else { continue };
        for annotation in annotated {
            let [x, y, w, h] = <[f64; 4]>::from(annotation.bbox);
            let bbox = Bbox::new(x as f32, y as f32, (x + w) as f32, (y + h) as f32);
            people += 1;
            for (network, sum) in [&mut *original, &mut *copy].into_iter().zip(&mut sums) {
                let joints = network.estimate(&[(Arc::clone(&frame), bbox)])?.pop().unwrap_or_default();
                let Some(joints) = joints.first_chunk::<17>() else {
                    return Err(JobError::NotQuantized("its joints don't begin with COCO's 17".into()));
                };
                *sum += oks(&joints.map(|joint| [f64::from(joint.x), f64::from(joint.y)]), &annotation.truth().truth);
            }
        }
    }
    if people == 0 {
        return Err(JobError::NotQuantized(format!("{} has no annotated keypoints", file.display())));
    }
    let [original, copy] = sums.map(|sum| sum / people as f64);
    Ok(AgainstTruth { people, original, copy })
}
