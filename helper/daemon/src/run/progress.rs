//! What a person or a script sees of a running job.

use std::cell::RefCell;
use std::io::IsTerminal as _;
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle as BarStyle};
use serde_json::{Value, json};
use silhueta_shared::job::Stage;
use silhueta_shared::notice::{Level, Notice};
use silhueta_shared::summary::Summary;
use silhueta_shared::worker::{Event, Progress};

use crate::cli::{ProgressStyle, note, say};

/// The display of one video.
pub(super) struct Display {
    video: String,
    json: bool,
    /// The running stage's bar, and the last tenth that was told where no bar can be drawn.
    running: RefCell<Option<(Stage, ProgressBar, u64)>>,
    terminal: bool,
}

impl Display {
    /// Video `place.0` of `place.1`.
    pub(super) fn new(style: ProgressStyle, video: &Path, place: (usize, usize)) -> Self {
        let json = style == ProgressStyle::Json;
        if !json {
            note(&format!("[{}/{}] {}", place.0, place.1, video.display()));
        }
        let terminal = std::io::stderr().is_terminal();
        Self { video: video.display().to_string(), json, running: RefCell::new(None), terminal }
    }

    /// One event of the worker's.
    pub(super) fn event(&self, event: &Event) {
        if self.json {
            return self.json_line(serde_json::to_value(event).unwrap_or_default());
        }
        match event {
            Event::Progress(progress) => self.progress(progress),
            Event::Log(notice @ Notice::GoesOn { .. }) => self.line(&format!("  {notice}")),
            Event::Log(notice) if notice.level() == Level::Info => tracing::info!("{notice}"),
            // Told with the result, where they are read.
            Event::Log(Notice::Video(_)) => {}
            Event::Log(notice) => self.line(&format!("  warning: {notice}")),
            _ => {}
        }
    }

    fn progress(&self, progress: &Progress) {
        let mut running = self.running.borrow_mut();
        let Progress { stage, done, total, fps, ended } = *progress;
        // One that an earlier run has ended was told by that run.
        if ended && running.as_ref().is_none_or(|(now, ..)| *now != stage) {
            return;
        }
        if running.as_ref().is_none_or(|(now, ..)| *now != stage) {
            let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
            bar.set_style(style(total.is_some()));
            bar.set_prefix(stage.name());
            *running = Some((stage, bar, 0));
        }
        let Some((_, bar, told)) = running.as_mut() else { return };
        if ended {
            bar.finish_and_clear();
            let frames = if done > 0 { format!("{done:>7} frames  {fps:>7.1} fps") } else { String::new() };
            note(&format!("  {:<9}{:>8.1} s  {frames}", stage.name(), bar.elapsed().as_secs_f64()));
            *running = None;
            return;
        }
        bar.set_position(done);
        bar.set_message(format!("{fps:.1} fps"));
        if let Some(total) = total {
            bar.set_length(total);
            let tenth = (done * 10).checked_div(total).unwrap_or(0);
            if !self.terminal && tenth > *told && tenth < 10 {
                *told = tenth;
                note(&format!("  {:<9}{:>3} %  ({done}/{total} frames, {fps:.1} fps)", stage.name(), tenth * 10));
            }
        }
    }

    /// The job is being stopped.
    pub(super) fn stopping(&self) {
        self.line("stopping; press Ctrl+C again to end at once");
    }

    /// It has ended early, and can go on.
    pub(super) fn kept(&self, stage: Stage, frame: u64, folder: &Path, is_forced: bool) {
        if self.json {
            return self.json_line(json!({ "kept": { "stage": stage, "frame": frame, "out": folder } }));
        }
        let next = match is_forced {
            true => format!("`silhueta resume {}`", folder.display()),
            false => "the same command".to_owned(),
        };
        note(&format!("  what is done is kept: {next} goes on at {stage}, frame {frame}"));
    }

    /// It is finished already.
    pub(super) fn skipped(&self, folder: &Path) {
        if self.json {
            return self.json_line(json!({ "skipped": { "out": folder } }));
        }
        note(&format!("  finished before: {} (--force works through it again)", folder.display()));
    }

    /// It is done.
    pub(super) fn done(&self, summary: &Summary, folder: &Path) {
        if self.json {
            return;
        }
        self.clear();
        summary.warnings.iter().for_each(|warning| note(&format!("  warning: {warning}")));
        let people = if summary.identities == 1 { "person" } else { "people" };
        let (identities, tracks, device) = (summary.identities, summary.tracks, summary.device.used);
        say(&format!("{}: {identities} {people} in {tracks} tracks, on {device} → {}", self.video, folder.display()));
    }

    /// Takes a bar away before something else is printed.
    pub(super) fn clear(&self) {
        if let Some((_, bar, _)) = self.running.borrow_mut().take() {
            bar.finish_and_clear();
        }
    }

    fn line(&self, text: &str) {
        match &*self.running.borrow() {
            Some((_, bar, _)) if self.terminal => bar.suspend(|| note(text)),
            _ => note(text),
        }
    }

    fn json_line(&self, mut value: Value) {
        if let Some(object) = value.as_object_mut() {
            object.insert("video".into(), Value::String(self.video.clone()));
        }
        say(&value.to_string());
    }
}

fn style(counted: bool) -> BarStyle {
    let template = if counted {
        "  {prefix:<9} {bar:32.cyan/bright.black} {pos}/{len} frames  {msg}  {eta} left"
    } else {
        "  {prefix:<9} {spinner} {elapsed}"
    };
    BarStyle::with_template(template).unwrap_or_else(|_| BarStyle::default_bar()).progress_chars("━━─")
}
