//! `--precision int8`: the int8 copies of a job's networks, made by [`quantize`](super::quantize).

use std::path::Path;

use serde_json::Value;
use silhueta_shared::job::{Failure, FailureCode, JobModels};
use silhueta_shared::model::{INT8_SUFFIX, ModelFile, Role};

use super::registry;

/// The copies of these networks. One that has none runs as it is, and `warn` hears of it; if none has one, that is an
/// error.
pub(crate) fn copies(models: &JobModels, mut warn: impl FnMut(String)) -> Result<JobModels, Failure> {
    let mut found = 0;
    let mut copy = |role, model: &ModelFile| match copy_of(role, model) {
        Ok(copy) => {
            found += 1;
            copy
        }
        Err(why) => {
            warn(format!("{} runs as it is: {why}", model.id));
            model.clone()
        }
    };
    let JobModels { detector, reid, pose, lifter } = models;
    let copies = JobModels {
        detector: detector.as_ref().map(|detector| copy(Role::Detector, detector)),
        reid: reid.as_ref().map(|reid| copy(Role::Reid, reid)),
        pose: copy(Role::Pose, pose),
        lifter: lifter.clone(),
    };
    if found == 0 {
        let slowest = detector.as_ref().unwrap_or(pose);
        return Err(Failure {
            code: FailureCode::PrecisionMissing,
            message: "none of these networks has an int8 copy".into(),
            hint: Some(format!("make one with `silhueta models quantize {} --calibrate VIDEO…`", slowest.id)),
        });
    }
    Ok(copies)
}

fn copy_of(role: Role, original: &ModelFile) -> Result<ModelFile, String> {
    if original.id.ends_with(INT8_SUFFIX) {
        return Ok(original.clone());
    }
    let id = format!("{}{INT8_SUFFIX}", original.id);
    let copy = registry().resolve(role, Some(&id)).map_err(|_| {
        format!("it has no int8 copy; `silhueta models quantize {} --calibrate VIDEO…` makes one", original.id)
    })?;
    let made_of = made_of(Path::new(&copy.model.file)).ok_or("nothing beside its int8 copy tells what it costs")?;
    if made_of == original.sha256 {
        // A copy of a small one is no larger.
        Ok(ModelFile { builtin: original.builtin, ..copy.model })
    } else {
        Err("its int8 copy was made of another file; make it anew with --force".into())
    }
}

/// The digest of the file that a copy was made of, by the report beside it.
fn made_of(copy: &Path) -> Option<String> {
    let text = std::fs::read_to_string(copy.with_extension("json")).ok()?;
    let report: Value = serde_json::from_str(&text).ok()?;
    report["original"]["sha256"].as_str().map(str::to_owned)
}
