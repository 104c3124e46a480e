//! English of [`super::notices`].

use silhueta_shared::job::FailureCode;
use silhueta_shared::notice::{AnewReason, Notice, VideoWarning};
use silhueta_shared::protocol::Page;

use super::Locale;
use super::notices::{device, facts, failure_line, frames_of, page, people_of, stage, tracks_of, warning as told};

const L: Locale = Locale::En;

pub(super) fn notice(notice: &Notice) -> String {
    match notice {
        Notice::Opened(video) => format!("{}, {}", facts(L, video), video.codec),
        Notice::Models { detector, reid, pose } => {
            format!("Networks: detector {detector}, re-identification {reid}, pose {pose}")
        }
        Notice::Boxes { file, frames, people, is_from_zero, pose } => {
            let (people, frames) = (people_of(L, (*people).into()), frames_of(L, *frames));
            let zero = if *is_from_zero {
                "; people counted from 0 in the file are counted from 1 in the results"
            } else {
                ""
            };
            format!("Boxes from {file}: {people}, {frames}; pose {pose}{zero}")
        }
        Notice::BoxesMismatch { boxes, video } => {
            let (is_short, boxes, video) = (boxes < video, frames_of(L, *boxes), frames_of(L, *video));
            let so = if is_short { "nobody is in the video's last frames" } else { "the last boxes are not used" };
            format!("The file with the boxes has {boxes}, the video {video}: {so}")
        }
        Notice::Building { device: used, model } => {
            format!("{} is building its own form of {model}; this takes minutes, once", device(L, *used))
        }
        Notice::DeviceUsed { device: used } => format!("The networks run on {}", device(L, *used)),
        Notice::PassedOver { device, why } => format!("{device} can't be used: {why}"),
        Notice::StageEnded { stage: ended, frames: 0, seconds, .. } => {
            format!("{}: {}", stage(L, *ended), L.seconds(*seconds))
        }
        Notice::StageEnded { stage: ended, frames, seconds, fps } => {
            let (frames, seconds, rate) = (frames_of(L, *frames), L.seconds(*seconds), L.rate(*fps));
            format!("{}: {frames} in {seconds}, {rate}", stage(L, *ended))
        }
        Notice::Identified { tracks, people } => {
            format!("{} → {}", tracks_of(L, (*tracks).into()), people_of(L, (*people).into()))
        }
        Notice::Video(warning) => told(L, warning),
        Notice::Model { text } => format!("Model: {text}"),
        Notice::SmallNetworks { models } => {
            format!(
                "Small built-in networks run: {}. The page {} has larger ones",
                models.join(", "),
                page(L, Page::Modelos)
            )
        }
        Notice::FixedBatch { model, batch } => format!(
            "{model} only works on {batch} pictures at a time: one costs as much as {batch}. Export the model with a \
             batch of 1 or a dynamic one"
        ),
        Notice::Paused => "Paused".into(),
        Notice::Resumed => "Resumed".into(),
        Notice::Stopping => "Stopping…".into(),
        Notice::Cancelled => "Stopped".into(),
        Notice::Interrupted => "Interrupted: the helper ended while this ran".into(),
        Notice::PageClosed => "Interrupted: the page that it was attached to was closed".into(),
        Notice::Requeued { attempt, fresh: false } => format!("Queued again to go on (attempt {attempt})"),
        Notice::Requeued { attempt, fresh: true } => format!("Queued again from the start (attempt {attempt})"),
        Notice::GoesOn { stage: at, frame: 0 } => format!("Goes on at {}", stage(L, *at)),
        Notice::GoesOn { stage: at, frame } => format!("Goes on at {}, frame {}", stage(L, *at), L.int(*frame)),
        Notice::BeginsAnew { why } => format!("Begins at the first frame: {}", anew(*why)),
        Notice::FinishedBefore { folder } => format!("Finished before: {folder}"),
        Notice::Completed { people, seconds } => {
            format!("Done: {}, {}", people_of(L, (*people).into()), L.seconds(*seconds))
        }
        Notice::Failed(failed) => failure_line(L, failed),
        Notice::LeftOver { path, why } => format!("{path} could not be removed: {why}"),
    }
}

fn anew(why: AnewReason) -> &'static str {
    match why {
        AnewReason::Source => "the video has changed since it was stopped",
        AnewReason::Models => "other networks were at work before",
        AnewReason::Settings => "the settings were others before",
        AnewReason::Machine => "the version, the device or the processor was another before",
        AnewReason::Damaged => "what was kept can't be used",
        AnewReason::Pictures => "the video now decodes to other pictures",
        AnewReason::Boxes => "the file with the boxes has changed since it was stopped",
    }
}

pub(super) fn warning(warning: &VideoWarning) -> String {
    match warning {
        VideoWarning::EndedEarly { frames, why } => {
            format!("Reading ended early, after {}: {why}", frames_of(L, *frames))
        }
        VideoWarning::CutOff { decoded, promised } => {
            format!(
                "The file promises {}, only {} can be read: it may be cut off",
                frames_of(L, *promised),
                L.int(*decoded)
            )
        }
        VideoWarning::Damaged { packets } => L.counted(
            *packets,
            ["damaged packet was skipped", "damaged packets were skipped", "damaged packets were skipped"],
        ),
        VideoWarning::RepairedTimes { frames } => {
            format!("{} without a usable time got one at the mean rate", frames_of(L, *frames))
        }
    }
}

/// What happened, and what to do.
pub(super) const fn failure(code: FailureCode) -> (&'static str, &'static str) {
    match code {
        FailureCode::SourceMissing => {
            ("The video is not there, or may not be read.", "See whether the file exists and you may read it.")
        }
        FailureCode::SourceUnreadable => (
            "The file can't be read as a video.",
            "Open it in a player; if it doesn't play, copy it again or convert it.",
        ),
        FailureCode::SourceWithoutPictures => {
            ("The file has no pictures.", "Choose a file with video, not only sound.")
        }
        FailureCode::SourceTooLarge => {
            ("The video's pictures are too large.", "Convert the video to a smaller resolution.")
        }
        FailureCode::SourceChanged => (
            "The video changed while it was worked on.",
            "Wait until it is fully recorded or copied, then start again.",
        ),
        FailureCode::BoxesUnfit => (
            "The file with the people's boxes can't be used.",
            "Correct the file, or start without it to have the people found.",
        ),
        FailureCode::ModelUnfit => (
            "A model is missing, or a file doesn't fit its role.",
            "Choose another model in the settings, or put one that fits into the models folder.",
        ),
        FailureCode::RuntimeMissing => (
            "ONNX Runtime could not be loaded.",
            "Install it with “cargo xtask run”, or name its file in SILHUETA_ONNXRUNTIME.",
        ),
        FailureCode::DeviceMissing => {
            ("The chosen device can't be used.", "Choose “Auto” or another device in the settings.")
        }
        FailureCode::PrecisionMissing => (
            "The chosen precision is not possible with this device or these models.",
            "Choose “Auto” as the precision; fp16 needs TensorRT or OpenVINO, int8 needs copies made by “silhueta models quantize”.",
        ),
        FailureCode::WorkerMissing => {
            ("The worker process could not be started.", "The file silhueta-worker has to be beside silhueta.")
        }
        FailureCode::WorkerDied => (
            "The worker process ended by itself.",
            "Try again; if it happens again, the helper's log has its last lines.",
        ),
        FailureCode::WorkerHung => {
            ("The worker process did not answer any more and was ended.", "Try again, perhaps on another device.")
        }
        FailureCode::CutOff => (
            "The helper ended again and again while it worked on this.",
            "The helper's log may tell why; then try again.",
        ),
        FailureCode::OutputBusy => {
            ("Another process is working on these results.", "Wait until it has ended, or stop it.")
        }
        FailureCode::NoSpace => ("The disk has no room left.", "Free some space where the results go, then continue."),
        FailureCode::OutputUnwritable => {
            ("The results can't be written.", "See whether you may write to the results folder.")
        }
        FailureCode::Internal => (
            "Something happened that should not happen.",
            "Try again; if it happens again, send the technical detail to the developers.",
        ),
    }
}
