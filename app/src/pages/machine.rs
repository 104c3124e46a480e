//! What the machine can do, as its worker found out.

use leptos::prelude::*;
use silhueta_shared::worker::DoctorReport;

use crate::i18n::doors::Doors;
use crate::i18n::{Locale, notices, use_locale, use_texts};
use crate::state::helper::HelperState;

/// The report as a list.
#[component]
pub(crate) fn Machine() -> impl IntoView {
    let t = use_texts::<Doors>();
    let locale = use_locale();
    let helper = expect_context::<HelperState>();
    move || match helper.machine.get() {
        None => view! { <p class="quiet">{t().machine_unknown}</p> }.into_any(),
        Some(report) => {
            let rows = rows(&report, t(), locale.get());
            let (out, app) = (helper.out.get(), helper.app.get());
            let rest = [(t().results_folder, out), (t().version, format!("Silhueta {app}"))];
            let row = |(name, value): (&'static str, String)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> };
            let passed = report.passed_over.into_iter().map(|passed| {
                view! { <li><b>{passed.name}</b> <span class="quiet">{passed.why}</span></li> }
            });
            let passed: Vec<_> = passed.collect();
            let passed = (!passed.is_empty()).then(|| {
                view! {
                    <details class="passed">
                        <summary>{t().passed_over}</summary>
                        <ul>{passed}</ul>
                    </details>
                }
            });
            view! {
                <dl class="facts num">{rows.into_iter().chain(rest).map(row).collect_view()}</dl>
                {passed}
            }
            .into_any()
        }
    }
}

fn rows(report: &DoctorReport, t: &Doors, locale: Locale) -> Vec<(&'static str, String)> {
    let devices: Vec<_> = report.devices.iter().map(|device| notices::device(locale, *device)).collect();
    let runtime = match &report.runtime {
        Ok(runtime) => runtime.version.clone(),
        Err(why) => why.clone(),
    };
    let codec = |(name, there): &(String, bool)| {
        format!("{}\u{a0}{}", name.replace(' ', "\u{a0}"), if *there { '✓' } else { '✗' })
    };
    let codecs: Vec<_> = report.codecs.iter().map(codec).collect();
    vec![
        (t.processor, format!("{}, {}", report.cpu, (t.cores)(report.cores as u64))),
        (t.devices, devices.join(", ")),
        (t.runtime, runtime),
        ("FFmpeg", report.ffmpeg.clone()),
        ("OpenCV", report.opencv.clone()),
        (t.codecs, codecs.join(", ")),
        (t.disk_free, locale.bytes(report.disk_free)),
    ]
}
