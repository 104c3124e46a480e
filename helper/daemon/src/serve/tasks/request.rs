//! What a script asks for, and whether that can be done: everything that can be refused at once is refused here.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use silhueta_results::boxes;
use silhueta_results::file::Pending;
use silhueta_shared::job::{Device, FPS};
use silhueta_shared::model::Role;
use silhueta_shared::protocol::{ErrorCode, ModelShelf, WireError};

use super::HUMAN3D;
use crate::serve::files::{self, Reach};
use crate::serve::webhooks;

/// The body of POST `/process`; the first three are the MMPose server's.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskRequest {
    /// The video's whole path, with `/` or `\` between its parts; nothing where the video is sent along.
    #[serde(default)]
    pub(super) video_filename: Option<String>,
    /// A pose network's id, or `human3d`; nothing for the default one.
    #[serde(default)]
    pub(super) model: Option<String>,
    /// A JSON file with the boxes of people, to use instead of detection.
    #[serde(default)]
    pub(super) bboxes_path: Option<String>,
    /// Frames a second to look at; nothing for all.
    #[serde(default)]
    pub(super) fps: Option<f64>,
    /// Whether to write the annotated video.
    #[serde(default)]
    pub(super) visualization: Option<bool>,
    /// Where the networks run.
    #[serde(default)]
    pub(super) device: Option<Device>,
    /// Who is told when the task has ended.
    #[serde(default)]
    pub(super) webhook_url: Option<String>,
}

impl TaskRequest {
    /// From a body in JSON.
    pub(super) fn read(body: Value) -> Result<Self, WireError> {
        if !body.is_object() {
            let error = WireError::new(ErrorCode::BadValue, "the body is not understood: it is no object");
            return Err(error.hint(r#"send {"video_filename": "/path/to/video.mp4"}"#));
        }
        let request: Self = serde_json::from_value(body)
            .map_err(|e| WireError::new(ErrorCode::BadValue, format!("the body is not understood: {e}")))?;
        if request.fps.is_some_and(|fps| !FPS.contains(&fps)) {
            return Err(WireError::new(ErrorCode::BadValue, "frames a second go from 0.001 to 1000").field("fps"));
        }
        if let Some(url) = &request.webhook_url {
            webhooks::check(url)?;
        }
        Ok(request)
    }
}

/// Where a file is that a script named by its whole path.
pub(super) fn locate(reach: &Reach, named: &str, field: &str) -> Result<PathBuf, WireError> {
    if named.is_empty() {
        let error = WireError::new(ErrorCode::BadValue, format!("{field} is missing")).field(field);
        return Err(error.hint("give the file's whole path"));
    }
    let file = files::named(reach, named, field)?;
    if file.real.is_file() {
        return Ok(file.given);
    }
    Err(WireError::new(ErrorCode::NotFound, format!("{named} is no file")).field(field))
}

/// Whether a file of boxes is one.
pub(super) fn check_boxes(file: &Path) -> Result<(), WireError> {
    let wrong = |e: silhueta_results::Error| {
        let error = WireError::new(ErrorCode::BadValue, e.to_string()).field("bboxes_path");
        error.hint("one entry for each frame: [[x1, y1, x2, y2], …], [] where nobody is known")
    };
    boxes::survey(file).map(drop).map_err(wrong)
}

/// The name that a task's results bear, and the pose network that it runs; nothing for the default one.
pub(super) fn choose_model(
    asked: Option<&str>,
    shelf: &ModelShelf,
    preferred: Option<&str>,
) -> Result<(String, Option<String>), WireError> {
    let of_role = |role: Role| shelf.models.iter().filter(move |model| model.role == Some(role));
    let unfit = |why: String| {
        let mut there: Vec<_> = of_role(Role::Pose).map(|model| model.id.as_str()).collect();
        there.sort_unstable();
        let hint = if there.is_empty() {
            format!("there is no pose network: put one into {}, or `silhueta models fetch` one", shelf.folder)
        } else {
            format!("there are: {}; `silhueta models import` takes in more", there.join(", "))
        };
        WireError::new(ErrorCode::ModelUnfit, why).field("model").hint(hint)
    };
    let default = || preferred.map(str::to_owned).ok_or_else(|| unfit("no pose network was found".to_owned()));
    let (name, pose) = match asked {
        None => (default()?, None),
        // There is always a lifter: one is built in.
        Some(HUMAN3D) => default().map(|_| (HUMAN3D.to_owned(), None))?,
        Some(id) if of_role(Role::Pose).any(|model| model.id == id) => (id.to_owned(), Some(id.to_owned())),
        Some(id) => return Err(unfit(format!("there is no model {id:?}"))),
    };
    Ok((name, pose))
}

/// Where the results of a task go: `predictions/STEM_MODEL.json` and `visualizations/STEM_MODEL.mp4` under `base`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outputs {
    pub(super) predictions: PathBuf,
    pub(super) visualization: PathBuf,
}

impl Outputs {
    pub(super) fn of(base: &Path, video: &Path, model: &str) -> Self {
        let stem = video.file_stem().unwrap_or_default().to_string_lossy();
        Self {
            predictions: base.join("predictions").join(format!("{stem}_{model}.json")),
            visualization: base.join("visualizations").join(format!("{stem}_{model}.mp4")),
        }
    }

    /// Makes sure that the task can put them there; leaves nothing.
    pub(super) fn check(&self, task: &str, with_video: bool) -> Result<(), WireError> {
        let files = [Some(&self.predictions), with_video.then_some(&self.visualization)];
        for file in files.into_iter().flatten() {
            Pending::apart(file, Path::new(task)).map_err(|e| {
                let error = WireError::new(ErrorCode::BadValue, e.to_string());
                error.hint("make that folder writable, or start the helper with --task-out DIR")
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::store::Store;
    use silhueta_shared::protocol::{ModelOrigin, ModelView};

    fn shelf(ids: &[&str]) -> ModelShelf {
        let model = |id: &&str| ModelView {
            id: (*id).into(),
            role: Some(Role::Pose),
            about: String::new(),
            size: 1,
            profile: None,
            keypoints: None,
            licence: None,
            origin: ModelOrigin::Own,
            used: false,
        };
        ModelShelf { models: ids.iter().map(model).collect(), ..crate::serve::shelf::unknown() }
    }

    #[test]
    fn a_model_is_one_of_those_there_or_refused_with_their_list() {
        let there = shelf(&["vitpose", "rtmpose-l"]);
        let choose = |asked| choose_model(asked, &there, Some("rtmpose-l"));
        assert_eq!(choose(Some("vitpose")).unwrap(), ("vitpose".into(), Some("vitpose".into())));
        assert_eq!(choose(None).unwrap(), ("rtmpose-l".into(), None));
        assert_eq!(choose(Some("human3d")).unwrap(), ("human3d".into(), None));
        for wrong in ["vitpose_swimming", "ViTPose", "", "../vitpose"] {
            let error = choose(Some(wrong)).unwrap_err();
            assert_eq!(error.code, ErrorCode::ModelUnfit);
            assert!(error.hint.unwrap().contains("rtmpose-l, vitpose"), "{wrong}");
        }
        let error = choose_model(None, &shelf(&[]), None).unwrap_err();
        assert!(error.hint.unwrap().contains("models fetch"), "the way out is told");
    }

    #[test]
    fn files_are_named_by_whole_paths_with_either_slash() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a b.mp4");
        std::fs::File::create(&file).unwrap();
        let program = Reach::of(&Store::in_memory(), false).unwrap();
        let find = |named: &str| locate(&program, named, "video_filename");
        let named = file.to_str().unwrap();
        assert_eq!(find(named).unwrap(), file);
        assert_eq!(find(&named.replace('/', "\\")).unwrap(), file);
        for wrong in ["", "a b.mp4", "./a b.mp4", "\0", folder.path().to_str().unwrap(), "/no/such.mp4"] {
            let error = find(wrong).unwrap_err();
            assert_eq!(error.field.as_deref(), Some("video_filename"), "{wrong:?}");
        }
        // Its results go beside a link, not where that leads.
        #[cfg(unix)]
        {
            let link = folder.path().join("link.mp4");
            std::os::unix::fs::symlink(&file, &link).unwrap();
            assert_eq!(find(link.to_str().unwrap()).unwrap(), link);
        }
        let browser = Reach::of(&Store::in_memory(), true).unwrap();
        for path in [named, "/no/such.mp4"] {
            let error = locate(&browser, path, "video_filename").unwrap_err();
            assert_eq!(error.code, ErrorCode::OutsideRoots, "it tells what is there");
        }
    }

    #[test]
    fn a_body_that_is_not_understood_says_what_is_wrong_with_it() {
        let read = |text: &str| TaskRequest::read(serde_json::from_str(text).unwrap());
        let plain = read(r#"{"video_filename": "C:/v.mp4", "model": "vitpose"}"#).unwrap();
        assert_eq!(plain.model.as_deref(), Some("vitpose"));
        for (text, named) in [
            (r#"{"video_filename": "/v.mp4", "bbox_path": "x"}"#, "bboxes_path"),
            (r#"{"video_filename": 3}"#, "string"),
            (r#"[]"#, "body"),
            (r#"{"video_filename": "/v.mp4", "fps": 0}"#, "frames a second"),
            (r#"{"video_filename": "/v.mp4", "device": "gpu"}"#, "cuda"),
            (r#"{"video_filename": "/v.mp4", "webhook_url": "ftp://x/y"}"#, "http"),
            (r#"{"video_filename": "/v.mp4", "webhook_url": "done"}"#, "webhook"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.message.contains(named), "{text}: {}", error.message);
        }
    }

    #[test]
    fn results_bear_the_names_of_video_and_model() {
        let outputs = Outputs::of(Path::new("/v"), Path::new("/v/street.day.mp4"), "vitpose");
        assert_eq!(outputs.predictions, Path::new("/v/predictions/street.day_vitpose.json"));
        assert_eq!(outputs.visualization, Path::new("/v/visualizations/street.day_vitpose.mp4"));
    }
}
