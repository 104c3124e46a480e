//! What the machine is doing: processor, memory, graphics card.

use leptos::prelude::*;

use crate::components::Meter;
use crate::i18n::shell::Shell;
use crate::i18n::{use_locale, use_texts};
use crate::state::helper::HelperState;

/// Three thin meters.
#[component]
pub(super) fn HardwareStrip() -> impl IntoView {
    let t = use_texts::<Shell>();
    view! {
        <section class="hardware" aria-label=move || t().machine>
            <HardwareMeters />
        </section>
    }
}

/// The meters alone.
#[component]
pub(crate) fn HardwareMeters() -> impl IntoView {
    let t = use_texts::<Shell>();
    let locale = use_locale();
    let hardware = expect_context::<HelperState>().hardware;
    let has_gpu = Memo::new(move |_| hardware.with(|now| now.as_ref().is_some_and(|now| now.gpu.is_some())));
    let now = move || hardware.get().unwrap_or_default();
    let ratio = |used: u64, total: u64| if total == 0 { 0.0 } else { used as f64 / total as f64 };
    let gpu = move || now().gpu;
    let gpu_used = move || gpu().map_or((0, 0), |gpu| (gpu.memory_used, gpu.memory_total));
    view! {
        <Show when=move || hardware.with(Option::is_some)>
            <Meter
                label="CPU"
                share=Signal::derive(move || f64::from(now().cpu))
                figure=Signal::derive(move || locale.get().percent(now().cpu.into()))
            />
            <Meter
                label="RAM"
                share=Signal::derive(move || ratio(now().ram_used, now().ram_total))
                figure=Signal::derive(move || locale.get().bytes_of(now().ram_used, now().ram_total))
            />
            <Show when=move || has_gpu.get()>
                <Meter
                    label="GPU"
                    share=Signal::derive(move || ratio(gpu_used().0, gpu_used().1))
                    figure=Signal::derive(move || locale.get().bytes_of(gpu_used().0, gpu_used().1))
                    title=Signal::derive(move || {
                        gpu().map(|gpu| format!("{}, {}", gpu.name, t().gpu_memory)).unwrap_or_default()
                    })
                />
            </Show>
        </Show>
    }
}
