//! `summary.json` on disk; its layout is [`silhueta_shared::summary::Summary`].

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::Path;

use silhueta_shared::summary::{SUMMARY_VERSION, Summary};

use crate::file::write_whole;
use crate::{Error, Result};

const WHAT: &str = "a summary";

/// Writes the summary, indented for people.
///
/// # Errors
/// [`Error::Write`].
pub fn write_summary(path: &Path, summary: &Summary) -> Result<()> {
    write_whole(path, |writer| {
        serde_json::to_writer_pretty(&mut *writer, summary)?;
        writer.write_all(b"\n")
    })
}

/// Reads a summary.
///
/// # Errors
/// [`Error::Read`], or [`Error::Format`] when it is not one or of another version.
pub fn read_summary(path: &Path) -> Result<Summary> {
    let file = File::open(path).map_err(|source| Error::read(path, source))?;
    let summary: Summary =
        serde_json::from_reader(BufReader::new(file)).map_err(|error| Error::format(path, WHAT, error.to_string()))?;
    if summary.version != SUMMARY_VERSION {
        let why = format!("version {} instead of {SUMMARY_VERSION}", summary.version);
        return Err(Error::format(path, WHAT, why));
    }
    Ok(summary)
}

#[cfg(test)]
mod tests {
    use super::*;
    use silhueta_shared::job::{Device, JobModels, Precision, Stage};
    use silhueta_shared::model::ModelFile;
    use silhueta_shared::summary::{
        DeviceUse, PassedOver, PreviewFrames, Settings, SourceInfo, StageTiming, SummaryState,
    };

    fn summary() -> Summary {
        let model =
            |id: &str| ModelFile { id: id.into(), file: format!("/m/{id}.onnx"), sha256: "00".into(), builtin: false };
        Summary {
            version: SUMMARY_VERSION,
            state: SummaryState::Completed,
            failure: None,
            source: SourceInfo {
                path: "/v/praça.mp4".into(),
                sha256: "ab".into(),
                width: 1280,
                height: 720,
                fps: 30_000.0 / 1001.0,
                frames: 314,
            },
            models: JobModels {
                detector: Some(model("yolox_m")),
                reid: Some(model("osnet")),
                pose: model("rtmpose-l"),
                lifter: None,
            },
            keypoints: "halpe26".into(),
            device: DeviceUse {
                requested: Device::Auto,
                used: Device::Cpu,
                passed_over: vec![PassedOver { name: "cuda".into(), why: "no driver".into() }],
            },
            settings: Settings {
                fps: None,
                precision: Precision::Fp32,
                tracker: "botsort".into(),
                identities: Default::default(),
                anchors: Vec::new(),
                pose_batch: 8,
                runtime: "1.23".into(),
                cpu: "x86_64 avx2".into(),
                app: "0.1.0".into(),
            },
            stages: vec![StageTiming { name: Stage::Track, frames: 314, seconds: 10.0, fps: 31.4 }],
            tracks: 18,
            identities: 17,
            preview_frames: PreviewFrames::default(),
            warnings: vec![],
        }
    }

    #[test]
    fn a_summary_comes_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.json");
        write_summary(&path, &summary()).unwrap();
        assert_eq!(read_summary(&path).unwrap(), summary());
    }

    #[test]
    fn the_first_summaries_are_read_as_what_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.json");
        let mut first = serde_json::to_value(summary()).unwrap();
        first.as_object_mut().unwrap().remove("keypoints");
        first["settings"].as_object_mut().unwrap().remove("precision");
        write_whole(&path, |w| w.write_all(first.to_string().as_bytes())).unwrap();
        let read = read_summary(&path).unwrap();
        assert_eq!((read.keypoints.as_str(), read.settings.precision), ("coco17", Precision::Auto));
    }

    #[test]
    fn another_version_or_a_cut_file_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.json");
        write_summary(&path, &Summary { version: 99, ..summary() }).unwrap();
        let said = read_summary(&path).unwrap_err().to_string();
        assert!(said.contains("summary.json") && said.contains("99"), "{said}");
        write_whole(&path, |w| w.write_all(b"{\"version\": 1,")).unwrap();
        assert!(matches!(read_summary(&path), Err(Error::Format { .. })));
    }
}
