//! How the connection is: one line in the sidebar, and a banner when something is to be known or done.

use leptos::prelude::*;

use crate::components::{Icon, Shape};
use crate::i18n::shell::Shell;
use crate::i18n::{use_locale, use_texts};
use crate::net::{Link, LinkStatus};

/// State and address.
#[component]
pub(super) fn ConnectionLine() -> impl IntoView {
    let t = use_texts::<Shell>();
    let status = expect_context::<Link>().status();
    let address = window().location().host().unwrap_or_default();
    let state = move || match status.get() {
        LinkStatus::Connecting => "connecting",
        LinkStatus::Online => "online",
        LinkStatus::Offline { .. } | LinkStatus::AccessNeeded | LinkStatus::Outdated => "offline",
        LinkStatus::Closed => "closed",
    };
    let said = move || match status.get() {
        LinkStatus::Connecting => t().connecting,
        LinkStatus::Online => t().online,
        LinkStatus::Offline { .. } => t().offline,
        LinkStatus::Closed => t().closed,
        LinkStatus::AccessNeeded => t().access_needed,
        LinkStatus::Outdated => t().outdated,
    };
    view! {
        <div class="connection" data-testid="connection" data-state=state>
            <span class="connection-dot" aria-hidden="true"></span>
            <span role="status">{said}</span>
            <span class="address num">{address}</span>
        </div>
    }
}

/// What is wrong and what can be done, while something is.
#[component]
pub(super) fn ConnectionBanner() -> impl IntoView {
    let t = use_texts::<Shell>();
    let locale = use_locale();
    let link = expect_context::<Link>();
    let status = link.status();
    let banner = move || {
        let (text, extra, action, reload) = match status.get() {
            LinkStatus::Connecting | LinkStatus::Online | LinkStatus::AccessNeeded => return None,
            LinkStatus::Offline { retry_in } => {
                let wait = (retry_in >= 1.0).then(|| (t().retry_in)(&locale.get().whole_seconds(retry_in)));
                (t().offline_long, wait, t().retry, false)
            }
            LinkStatus::Closed => (t().closed_long, None, t().retry, false),
            LinkStatus::Outdated => (t().outdated, None, t().reload, true),
        };
        let act = move |_| {
            if reload {
                drop(window().location().reload());
            } else {
                link.hurry();
            }
        };
        Some(view! {
            <div class="banner warn" role="alert">
                <Icon shape=Shape::Plug />
                <p>{text} " " <span class="quiet num">{extra}</span></p>
                <button type="button" class="button small" on:click=act>{action}</button>
            </div>
        })
    };
    view! { {banner} }
}
