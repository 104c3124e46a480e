//! Where videos are dropped, and the uploads under way.

use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use silhueta_shared::protocol::SourceRef;
use web_sys::DragEvent;

use super::gather::{Dropped, files};
use super::intake::{Refusal, accept, is_video};
use super::queue::{Key, Problem, Step, Upload};
use super::uploads::Uploads;
use crate::components::{Icon, Shape};
use crate::i18n::errors::refusal;
use crate::i18n::files::Files;
use crate::i18n::format::clock;
use crate::i18n::{Locale, use_locale, use_texts};
use crate::state::helper::HelperState;

/// Refused files that are named; of more there is only a number.
const NAMED: usize = 3;

/// Takes videos by drag and drop or from the browser's own dialog; `on_ready` gets each that is with the helper.
#[component]
pub(crate) fn DropZone(on_ready: Callback<SourceRef>, on_browse: Callback<()>) -> impl IntoView {
    let texts = use_texts::<Files>();
    let uploads = expect_context::<Uploads>();
    let input = NodeRef::<Input>::new();
    // Leaving one child of the zone for another is not leaving the zone.
    let over = RwSignal::new(0i32);
    Effect::new(move |_| {
        let ready = uploads.ready.get();
        if !ready.is_empty() {
            uploads.ready.set(Vec::new());
            ready.into_iter().for_each(|source| on_ready.run(source));
        }
    });
    let drop_files = move |event: DragEvent| {
        event.prevent_default();
        over.set(0);
        let Some(transfer) = event.data_transfer() else { return };
        let dropped = Dropped::of(&transfer);
        spawn_local(async move { uploads.add(dropped.files(is_video).await) });
    };
    let pick = move |_| {
        if let Some(input) = input.get_untracked() {
            if let Some(list) = input.files() {
                uploads.add(files(&list));
            }
            // The same file may be chosen again.
            input.set_value("");
        }
    };
    let choose = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    view! {
        <div class="uploads">
            <For each=move || uploads.queue.get().uploads().to_vec() key=|upload| upload.key let:upload>
                <UploadRow key=upload.key />
            </For>
            <Refused uploads />
        </div>
        <div
            class="drop"
            class:over=move || { over.get() > 0 }
            data-testid="drop"
            on:dragenter=move |event: DragEvent| {
                event.prevent_default();
                over.update(|n| *n += 1);
            }
            on:dragleave=move |_| over.update(|n| *n = (*n - 1).max(0))
            on:dragover=move |event: DragEvent| event.prevent_default()
            on:drop=drop_files
        >
            <Icon shape=Shape::Film />
            <p>
                {move || if over.get() > 0 { texts().drop_now } else { texts().drop_here }} <span>
                    " " {move || texts().or} " "
                    <button type="button" class="link" on:click=choose>
                        {move || texts().choose_files}
                    </button>
                </span>
            </p>
            <button type="button" class="button" data-testid="open-folder" on:click=move |_| on_browse.run(())>
                <Icon shape=Shape::Folder />
                {move || texts().open_folder}
            </button>
            <input
                node_ref=input
                type="file"
                multiple
                hidden
                accept=accept()
                data-testid="file-input"
                on:change=pick
            />
        </div>
    }
}

/// One upload.
#[component]
fn UploadRow(key: Key) -> impl IntoView {
    let (texts, locale) = (use_texts::<Files>(), use_locale());
    let uploads = expect_context::<Uploads>();
    let upload = Memo::new(move |_| {
        uploads.queue.with(|queue| queue.uploads().iter().find(|upload| upload.key == key).cloned())
    });
    let name = upload.get_untracked().map_or_else(String::new, |upload| upload.name);
    let has_failed = move || upload.with(|u| u.as_ref().is_some_and(|u| matches!(u.step, Step::Failed(_))));
    let share = move || {
        upload.with(|upload| match upload {
            Some(Upload { size, step: Step::Sending { sent, .. }, .. }) => *sent as f64 / (*size).max(1) as f64,
            _ => 0.0,
        })
    };
    let told = move || upload.get().map(|upload| about(&upload, texts(), locale.get())).unwrap_or_default();
    let detail = move || match upload.get().map(|upload| upload.step) {
        Some(Step::Failed(Problem::Refused(error))) => Some(error.message),
        _ => None,
    };
    view! {
        <div
            class="upload"
            class:failed=has_failed
            data-testid="video-row"
            data-name=name
            data-state=move || if has_failed() { "failed" } else { "uploading" }
        >
            <b title=name.clone()>{name.clone()}</b>
            <span class="upload-acts">
                <button
                    type="button"
                    class="icon-button"
                    data-testid="retry-upload"
                    hidden=move || !has_failed()
                    title=move || texts().retry
                    aria-label=move || texts().retry
                    on:click=move |_| uploads.retry(key)
                >
                    <Icon shape=Shape::Again />
                </button>
                <button
                    type="button"
                    class="icon-button"
                    data-testid="cancel-upload"
                    title=move || if has_failed() { texts().dismiss } else { texts().cancel }
                    aria-label=move || if has_failed() { texts().dismiss } else { texts().cancel }
                    on:click=move |_| uploads.cancel(key)
                >
                    <Icon shape=Shape::Close />
                </button>
            </span>
            <progress max="1" prop:value=share hidden=has_failed aria-label=name.clone()></progress>
            <small role=move || has_failed().then_some("alert") title=detail>{told}</small>
        </div>
    }
}

/// `43 % · 12,4 MB/s · faltam 0:31`, or why not.
fn about(upload: &Upload, t: &Files, locale: Locale) -> String {
    match &upload.step {
        Step::Waiting => format!("{} · {}", locale.bytes(upload.size), t.waiting),
        Step::Sending { sent, pace } => {
            let mut said = locale.percent(*sent as f64 / upload.size.max(1) as f64);
            if let Some(pace) = pace.bytes_per_second() {
                said.push_str(&format!(" · {}/{}", locale.bytes(pace as u64), t.second));
            }
            if let Some(left) = pace.seconds_left(upload.size) {
                said.push_str(&format!(" · {} {}", t.left, clock(left)));
            }
            said
        }
        Step::Failed(Problem::Refused(error)) => refusal(locale, error).to_owned(),
        Step::Failed(Problem::BrokeOff) => t.broke_off.to_owned(),
        Step::Failed(Problem::Offline) => t.offline.to_owned(),
    }
}

/// Files that were not taken.
#[component]
fn Refused(uploads: Uploads) -> impl IntoView {
    let (texts, locale) = (use_texts::<Files>(), use_locale());
    let helper = expect_context::<HelperState>();
    let lines = move || {
        let (refused, t, locale) = (uploads.refused.get(), texts(), locale.get());
        let mut lines: Vec<String> =
            refused.iter().take(NAMED).map(|(name, why)| sentence(name, *why, t, locale)).collect();
        let more = refused.len().saturating_sub(NAMED);
        if more > 0 {
            lines.push(format!("+ {}", locale.counted(more as u64, t.no_videos)));
        }
        if refused.iter().any(|(_, why)| *why == Refusal::NoVideo) {
            lines.push(t.no_video_hint.to_owned());
        }
        lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view()
    };
    let is_short = move || uploads.refused.with(|all| all.iter().any(|(_, why)| matches!(why, Refusal::NoRoom(_))));
    view! {
        <div class="refused" role="alert" data-testid="refused" hidden=move || uploads.refused.with(Vec::is_empty)>
            <div>
                {lines}
                <p hidden=move || !is_short()>
                    {move || format!("{} {}", texts().room, locale.get().bytes(helper.upload_room.get()))}
                </p>
            </div>
            <button
                type="button"
                class="icon-button"
                title=move || texts().dismiss
                aria-label=move || texts().dismiss
                on:click=move |_| uploads.refused.set(Vec::new())
            >
                <Icon shape=Shape::Close />
            </button>
        </div>
    }
}

fn sentence(name: &str, why: Refusal, t: &Files, locale: Locale) -> String {
    match why {
        Refusal::NoVideo => format!("{name} {}.", t.no_video),
        Refusal::Empty => format!("{name} {}.", t.empty_file),
        Refusal::NoRoom(room) => format!("{name} {} {}.", t.no_room, locale.bytes(room)),
    }
}
