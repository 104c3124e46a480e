//! What a person or a script sees of the models.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle as BarStyle};
use serde_json::json;
use silhueta_shared::model::Role;

use crate::cli::{ProgressStyle, note, print_json, say};
use crate::exit::{CliError, Exit};
use crate::models::{Check, Fetched, Item, ItemState, Progress, Store, Verdict, mb};

/// The display of one download.
pub(super) struct Display {
    id: String,
    style: ProgressStyle,
    bar: Option<ProgressBar>,
    tenth: u64,
    terminal: bool,
}

impl Display {
    pub(super) fn new(style: ProgressStyle, id: &str) -> Self {
        Self { id: id.to_owned(), style, bar: None, tenth: 0, terminal: std::io::stderr().is_terminal() }
    }

    pub(super) fn progress(&mut self, progress: Progress) {
        let Progress { done, total, speed, left, .. } = progress;
        if self.style == ProgressStyle::Json {
            say(&json!({ "id": self.id, "progress": progress }).to_string());
            return;
        }
        if self.terminal {
            let id = &self.id;
            let bar = self.bar.get_or_insert_with(|| new_bar(id, total));
            bar.set_length(total.unwrap_or(done));
            bar.set_position(done);
            bar.set_message(format!(
                "{}/s{}",
                mb(speed as u64),
                left.map_or(String::new(), |left| format!("  {left:.0} s left"))
            ));
            return;
        }
        let tenth = total.and_then(|total| (done * 10).checked_div(total)).unwrap_or(0);
        if tenth > self.tenth && tenth < 10 {
            self.tenth = tenth;
            note(&format!("  {} {:>3} %  ({} of {})", self.id, tenth * 10, mb(done), mb(total.unwrap_or(done))));
        }
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    pub(super) fn done(&self, fetched: &Fetched) {
        let Fetched { id, path, was_there, sha256, is_first } = fetched;
        if self.style == ProgressStyle::Json {
            return say(&json!({ "id": id, "fetched": fetched }).to_string());
        }
        if *was_there {
            return say(&format!("{id}: is there already, {}", path.display()));
        }
        say(&format!("{id}: in {}", path.display()));
        if let Some(sha256) = sha256.as_ref().filter(|_| *is_first) {
            note(&format!("  nobody had said what its SHA-256 should be; recorded for later: {sha256}"));
        }
    }
}

fn new_bar(id: &str, total: Option<u64>) -> ProgressBar {
    let bar = ProgressBar::new(total.unwrap_or(0));
    let style = BarStyle::with_template("  {prefix} [{bar:30}] {bytes}/{total_bytes}  {msg}");
    bar.set_style(style.unwrap_or_else(|_| BarStyle::default_bar()).progress_chars("=> "));
    bar.set_prefix(id.to_owned());
    bar
}

/// Prints what is there and what could be.
pub(super) fn list(store: &Store, json: bool) -> Result<Exit, CliError> {
    let items = store.list();
    let used: u64 = items.iter().filter(|item| is_here(item)).filter_map(|item| item.size).sum();
    let leftovers = store.leftovers();
    if json {
        let folder = store.folder().display().to_string();
        print_json(&json!({ "folder": folder, "used": used, "leftovers": leftovers, "models": items }))?;
        return Ok(Exit::Done);
    }
    let width = items.iter().map(|item| item.id.len()).max().unwrap_or(0).max(2);
    say(&format!("{:width$}  {:9}  {:33}  {:>9}  {:11}  state", "id", "role", "what for", "size", "licence"));
    for item in &items {
        let size = item.size.map_or("?".to_owned(), mb);
        let licence = item.licence.as_deref().unwrap_or("?");
        let role = item.role.map_or("?", Role::name);
        let state = state(item);
        say(&format!("{:width$}  {role:9}  {:33}  {size:>9}  {licence:11}  {state}", item.id, purpose(item)));
    }
    let rest = if leftovers > 0 { format!(", and {} removed or not whole yet", mb(leftovers)) } else { String::new() };
    say(&format!("{} in {}{rest}", mb(used), store.folder().display()));
    Ok(Exit::Done)
}

fn is_here(item: &Item) -> bool {
    matches!(item.state, ItemState::There(_) | ItemState::Unusable(_))
}

fn purpose(item: &Item) -> String {
    let task = match item.role {
        Some(Role::Detector) => "finds people",
        Some(Role::Reid) => "tells people apart",
        Some(Role::Pose) => match item.keypoints.as_deref() {
            Some("halpe26") => "body and feet",
            Some("wholebody133") => "body, feet, face, hands",
            _ => "body",
        },
        Some(Role::Face) => "finds faces",
        Some(Role::Landmarks) => "points of faces",
        Some(Role::Lifter) => "joints into space",
        None => "",
    };
    match item.profile {
        Some(profile) if !task.is_empty() => format!("{task}, {}", profile.name()),
        _ => task.to_owned(),
    }
}

fn state(item: &Item) -> String {
    match &item.state {
        ItemState::There(about) => format!("there: {about}"),
        ItemState::Unusable(why) => format!("can't be used: {}", why.lines().next().unwrap_or_default()),
        ItemState::BuiltIn(about) => format!("built in: {about}"),
        ItemState::Fetchable(_) if item.partial > 0 => format!("can be fetched, {} are here", mb(item.partial)),
        ItemState::Fetchable(_) => "can be fetched".to_owned(),
        ItemState::BringYourOwn => "bring your own".to_owned(),
    }
}

/// Prints what a check said.
pub(super) fn checks(checks: &[Check], json: bool) -> Result<(), CliError> {
    if json {
        return print_json(&checks);
    }
    for check in checks {
        let sha256 = check.sha256.as_deref().unwrap_or("?");
        let verdict = match &check.verdict {
            Verdict::Pinned => "good: as the list of models says".to_owned(),
            Verdict::AsItCame(from) => format!("good: as it came from {from}"),
            Verdict::Unknown => format!("usable; nobody knows what its SHA-256 should be: {sha256}"),
            Verdict::Changed(wanted) => format!("CHANGED: its SHA-256 is {sha256} instead of {wanted}"),
            Verdict::Unusable(why) => format!("CAN'T BE USED: {why}"),
        };
        say(&format!("{}: {verdict}", check.id));
    }
    Ok(())
}
