//! The description of the API against the API, and its page in a browser.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use silhueta_e2e::browser::journey;
use silhueta_e2e::{Helper, Server, raw};

use super::ask;

/// The longest that a page may take on a busy machine.
const SOON: Duration = Duration::from_secs(30);

/// Something for every parameter of a path.
fn filled(path: &str) -> String {
    let part = |part: &str| match part {
        "{job}" => "999999".to_owned(),
        "{verb}" => "stop".to_owned(),
        "{enabled}" => "true".to_owned(),
        other if other.starts_with('{') => "00000000-0000-4000-8000-000000000000".to_owned(),
        other => other.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn names(value: &Value) -> BTreeSet<&str> {
    value.as_object().map(|fields| fields.keys().map(String::as_str).collect()).unwrap_or_default()
}

#[test]
fn every_route_that_is_described_is_there_and_answers_with_the_fields_that_are_described() {
    let Some(mut server) = Server::start("compat: openapi") else { return };
    let (status, api) = ask(&server, "GET", "/openapi.json", "");
    assert_eq!((status, api["openapi"].as_str()), (200, Some("3.1.0")));
    assert_ne!(api["info"]["version"], "0.0.0");
    let mut seen = 0;
    for (path, item) in api["paths"].as_object().unwrap() {
        // The feed never ends, and the helper does: not asked here.
        for method in names(item).into_iter().filter(|_| !["/shutdown", "/video_feed"].contains(&path.as_str())) {
            let reply = raw::send(&server, &raw::request(&server, &method.to_uppercase(), &filled(path), "", ""));
            assert!(reply.status != 405, "{method} {path}: {}", reply.short());
            assert!(!reply.text().contains("there is nothing at"), "{method} {path}: {}", reply.text());
            let described = names(&item[method]["responses"]);
            let status = reply.status.to_string();
            assert!(described.contains(status.as_str()), "{method} {path} answers {status}, which is not described");
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen} routes");

    // A task, whose status has every field.
    let clip = server.clip("street_720p.mp4", "street.mp4", 5);
    let (status, accepted) = ask(&server, "POST", "/process", &json!({ "video_filename": clip }).to_string());
    assert_eq!(status, 200, "{accepted}");
    let task = format!("/status/{}", accepted["task_id"].as_str().unwrap());
    let schema = |name: &str| &api["components"]["schemas"][name]["properties"];
    for (path, name) in [
        (task.as_str(), "TaskStatus"),
        ("/tasks", "Tasks"),
        ("/health", "Health"),
        ("/", "About"),
        ("/logs", "Logs"),
        ("/preview/status", "Preview"),
        ("/config", "Config"),
        ("/config/all", "ConfigAll"),
    ] {
        let (_, answer) = ask(&server, "GET", path, "");
        assert_eq!(names(&answer), names(schema(name)), "{path} and {name}");
    }
    assert_eq!(names(&accepted), names(schema("Accepted")));
    let settings = ask(&server, "GET", "/config/all", "").1;
    let known = names(schema("Settings"));
    assert!(names(&settings["config"]).into_iter().all(|key| known.contains(key)), "{settings}");
    assert_eq!(ask(&server, "POST", "/shutdown", "").0, 200);
    assert!(server.ended(silhueta_e2e::server::GOODBYE).is_some());
}

#[test]
fn the_description_is_shown_without_a_token_and_nothing_else_is() {
    let Some(helper) = Helper::new("compat: docs and token") else { return };
    let models = helper.data.join("models");
    let server = Server::with(helper, models, &["--auth", "token"]);
    let get = |path: &str| raw::send(&server, &raw::request(&server, "GET", path, "", ""));
    let token = std::fs::read_to_string(server.state().join("token")).unwrap();
    for path in ["/docs", "/docs/page.css", "/docs/page.js", "/openapi.json"] {
        let reply = get(path);
        assert_eq!(reply.status, 200, "{path}");
        let policy = reply.header("content-security-policy").unwrap_or_default();
        assert!(policy.contains("style-src 'self';") && !policy.contains("unsafe-inline"), "{path}: {policy}");
        let text = reply.text();
        assert!(!text.contains(token.trim()) && !text.contains(server.helper.at("").to_str().unwrap()), "{path}");
    }
    for path in ["/docs/", "/docs/x", "/config", "/logs", "/preview/status", "/tasks"] {
        assert_eq!(get(path).status, 401, "{path}");
    }
}

#[test]
fn the_page_is_drawn_from_the_description_and_nothing_comes_from_elsewhere() {
    journey("compat: docs page", async |server, browser| {
        let (_, api) = ask(server, "GET", "/openapi.json", "");
        let described: usize = api["paths"].as_object().unwrap().values().map(|item| names(item).len()).sum();
        for scheme in ["light", "dark"] {
            let tab = browser.tab("about:blank").await;
            tab.prefer("prefers-color-scheme", scheme).await;
            tab.go(&format!("{}/docs", server.address)).await;
            tab.see("details.route", SOON).await;
            assert_eq!(tab.count("details.route").await, described);
            tab.click("details.route > summary").await;
            tab.see_text("details.route pre", "curl -X POST", SOON).await;
            tab.see_text("details.route .inside", "video_filename", SOON).await;
            let own = "performance.getEntriesByType('resource').every((each) => each.name.startsWith(location.origin))";
            assert!(tab.eval::<bool>(own).await, "something was loaded from elsewhere");
            let wide: bool = tab.eval("document.documentElement.scrollWidth > innerWidth").await;
            assert!(!wide, "it is wider than the window");
            if let Some(folder) = std::env::var_os("SILHUETA_LOOKS") {
                tab.picture(&Path::new(&folder).join(format!("docs-{scheme}.png"))).await;
            }
            tab.assert_quiet();
        }
    });
}
