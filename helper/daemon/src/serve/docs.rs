//! `/docs` and `/openapi.json`: every HTTP route, for people and for programs. All of it is in the program; nothing is
//! loaded from elsewhere, and none of it is secret.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;

/// The description, but for the version.
const OPENAPI: &str = include_str!("../../assets/docs/openapi.json");
/// Stands in it for the version.
const NO_VERSION: &str = "\"0.0.0\"";
const PATHS: [&str; 4] = ["/docs", "/docs/page.css", "/docs/page.js", "/openapi.json"];

/// Whether this is one of them: they are shown without a token.
pub(super) fn is_open(path: &str) -> bool {
    PATHS.contains(&path)
}

/// The routes.
pub(super) fn routes() -> Router {
    let version = format!("\"{}\"", env!("CARGO_PKG_VERSION"));
    let openapi = OPENAPI.replacen(NO_VERSION, &version, 1);
    Router::new()
        .route("/docs", get(|| file("text/html; charset=utf-8", include_str!("../../assets/docs/index.html"))))
        .route("/docs/page.css", get(|| file("text/css; charset=utf-8", include_str!("../../assets/docs/page.css"))))
        .route(
            "/docs/page.js",
            get(|| file("text/javascript; charset=utf-8", include_str!("../../assets/docs/page.js"))),
        )
        .route("/openapi.json", get(move || file("application/json", openapi.clone())))
}

async fn file(kind: &'static str, text: impl IntoResponse) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, text.into_response().into_body())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    const METHODS: [&str; 4] = ["get", "post", "put", "delete"];

    /// `METHOD /path` with `{}` for every parameter.
    fn route(method: &str, path: &str) -> String {
        let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
        format!("{method} {}", parts.collect::<Vec<_>>().join("/"))
    }

    fn described() -> BTreeSet<String> {
        let api: serde_json::Value = serde_json::from_str(OPENAPI).unwrap();
        let mut routes = BTreeSet::new();
        for (path, item) in api["paths"].as_object().unwrap() {
            routes.extend(item.as_object().unwrap().keys().map(|method| route(method, path)));
        }
        routes
    }

    /// The routes that the sources of this folder name.
    fn built(folder: &Path, routes: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                built(&path, routes);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            for part in source.split(".route(\"").skip(1) {
                let (name, rest) = part.split_once('"').unwrap();
                let ends = [".route(", ".with_state(", ".merge(", ";\n"];
                let end = ends.iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
                let handlers = rest.get(..end).unwrap_or_default();
                let of =
                    |method: &&str| [" ", "."].iter().any(|before| handlers.contains(&format!("{before}{method}(")));
                routes.extend(METHODS.iter().filter(|method| of(method)).map(|method| route(method, name)));
            }
        }
    }

    #[test]
    fn every_route_is_described_and_nothing_else_is() {
        let mut routes = BTreeSet::new();
        built(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/serve"), &mut routes);
        // What the page at `/docs` is made of is no part of the API.
        routes.retain(|route| !route.contains("/docs/"));
        // Not named in place: the page at `/`, which answers programs, too.
        routes.insert("get /".to_owned());
        let described = described();
        assert!(described.len() > 30, "{described:?}");
        let missing: Vec<_> = routes.difference(&described).collect();
        let surplus: Vec<_> = described.difference(&routes).collect();
        assert!(missing.is_empty() && surplus.is_empty(), "not described: {missing:?}, not there: {surplus:?}");
    }

    #[test]
    fn the_version_is_told_and_the_page_asks_nobody_else() {
        assert_eq!(OPENAPI.matches(NO_VERSION).count(), 1);
        let page = [include_str!("../../assets/docs/index.html"), include_str!("../../assets/docs/page.js")].concat();
        assert!(!page.contains("http:") && !page.contains("https:") && !page.contains("\"//"));
    }
}
