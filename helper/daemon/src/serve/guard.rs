//! Who may talk to the helper at all: the right host, our own origin, and headers that keep a page to itself.
//!
//! A name that an attacker points at 127.0.0.1 fails at the host; another site's script fails at the origin;
//! another page on this machine's other ports is another origin.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use silhueta_shared::protocol::{ErrorCode, WireError};

use super::answer::HttpError;
use super::page;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// What this helper answers to.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    /// `http` or `https`.
    pub(super) scheme: &'static str,
    /// Where it listens.
    pub(super) host: IpAddr,
    pub(super) port: u16,
    /// Listens at other addresses than this machine's own.
    pub(super) is_public: bool,
    /// This machine's name, for a public helper.
    pub(super) machine: Option<String>,
    /// A page in development.
    pub(super) dev_origin: Option<String>,
}

/// Lets a request through or answers it; every answer gets the headers.
pub(super) async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let mut response = match guard.check(&request) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    };
    for (name, value) in guard.headers() {
        response.headers_mut().insert(name, value);
    }
    response
}

impl Guard {
    fn check(&self, request: &Request) -> Result<(), HttpError> {
        let host = self.host(request)?;
        self.origin(request.headers(), &host)?;
        self.fetch_site(request)
    }

    /// The host that the request is for, if it is ours.
    fn host(&self, request: &Request) -> Result<String, HttpError> {
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let (first, second) = (hosts.next(), hosts.next());
        let named = first.and_then(|host| host.to_str().ok()).filter(|_| second.is_none());
        // In the absolute form of a request line there is a host, too; it must be the same one.
        let line = request.uri().authority().map(|authority| authority.as_str());
        let host = named.filter(|host| line.is_none_or(|line| line.eq_ignore_ascii_case(host))).map(str::to_lowercase);
        match host {
            Some(host) if self.is_ours(&host) => Ok(host),
            _ => {
                let named = named.unwrap_or("nothing");
                let error = WireError::new(ErrorCode::Forbidden, format!("{named:?} is not this helper's address"));
                let error = error.hint(format!("open {}://127.0.0.1:{}", self.scheme, self.port));
                Err(HttpError::with(StatusCode::MISDIRECTED_REQUEST, error))
            }
        }
    }

    fn is_ours(&self, host: &str) -> bool {
        let is_dev =
            self.dev_origin.as_deref().and_then(|origin| origin.split_once("://")).is_some_and(|(_, h)| h == host);
        let usual = if self.scheme == "https" { 443 } else { 80 };
        let (name, port) = match host.rsplit_once(':') {
            // The colons of an IPv6 address are no port.
            Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()),
            _ => (host, Some(usual)),
        };
        let address = name.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        let is_named = if self.is_public {
            // An address can't be pointed elsewhere, a name can: only this machine's own.
            let is_own = self.machine.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name));
            name == "localhost" || address.is_some() || is_own
        } else {
            matches!(name, "127.0.0.1" | "localhost" | "[::1]") || address == Some(self.host)
        };
        is_dev || (is_named && port == Some(self.port))
    }

    /// A browser says where a request comes from, where that can do harm. No origin: no browser, or none needed.
    fn origin(&self, headers: &HeaderMap, host: &str) -> Result<(), HttpError> {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let Some(origin) = origins.next() else { return Ok(()) };
        let own = format!("{}://{host}", self.scheme);
        let origin = origin.to_str().unwrap_or("").to_lowercase();
        if origins.next().is_none() && (origin == own || self.dev_origin.as_ref() == Some(&origin)) {
            return Ok(());
        }
        Err(forbidden(format!("a page of {origin:?} may not use this helper")))
    }

    /// Without an origin a browser still says whether the request comes from another site's page.
    fn fetch_site(&self, request: &Request) -> Result<(), HttpError> {
        let headers = request.headers();
        let value = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or(""));
        match value(&SEC_FETCH_SITE) {
            None | Some("same-origin" | "none") => return Ok(()),
            Some(_) => {}
        }
        // A link on another page may lead here: it only shows our page, in a window of its own.
        let is_link = request.method() == Method::GET
            && value(&SEC_FETCH_MODE) == Some("navigate")
            && value(&SEC_FETCH_DEST) == Some("document")
            && page::is_document(request.uri().path());
        if is_link { Ok(()) } else { Err(forbidden("another site's page may not use this helper".to_owned())) }
    }

    fn headers(&self) -> [(HeaderName, HeaderValue); 5] {
        const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
            img-src 'self' blob: data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
            frame-ancestors 'none'";
        let name = HeaderName::from_static;
        [
            (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (name("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
            (name("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
            (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        ]
    }
}

fn forbidden(why: String) -> HttpError {
    WireError::new(ErrorCode::Forbidden, why).hint("open the helper's own address in the browser").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local() -> Guard {
        let host = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
        Guard { scheme: "http", host, port: 8000, is_public: false, machine: Some("box".into()), dev_origin: None }
    }

    fn check(guard: &Guard, uri: &str, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        guard.check(&request.body(axum::body::Body::empty()).unwrap()).is_ok()
    }

    #[test]
    fn only_this_machines_own_names_are_answered() {
        let guard = local();
        for host in ["127.0.0.1:8000", "localhost:8000", "LOCALHOST:8000", "[::1]:8000"] {
            assert!(check(&guard, "/", &[("host", host)]), "{host}");
        }
        for host in [
            "evil.example:8000",
            "127.0.0.1",
            "127.0.0.1:80",
            "127.0.0.1:8000.evil.example",
            "localhost:8001",
            "box:8000",
            "127.0.0.2:8000",
            "[::1]",
            "",
            "127.0.0.1:8000:8000",
            "user@127.0.0.1:8000",
        ] {
            assert!(!check(&guard, "/", &[("host", host)]), "{host}");
        }
        assert!(!check(&guard, "/", &[]));
        assert!(!check(&guard, "/", &[("host", "127.0.0.1:8000"), ("host", "evil.example")]));
        assert!(!check(&guard, "http://evil.example/", &[("host", "127.0.0.1:8000")]));
        assert!(check(&guard, "http://127.0.0.1:8000/", &[("host", "127.0.0.1:8000")]));
    }

    #[test]
    fn a_public_helper_answers_to_addresses_and_its_own_name() {
        let guard = Guard { scheme: "https", is_public: true, ..local() };
        for (host, ours) in [
            ("192.168.1.7:8000", true),
            ("[fe80::1]:8000", true),
            ("box:8000", true),
            ("evil.example:8000", false),
            ("192.168.1.7", false),
        ] {
            assert_eq!(check(&guard, "/", &[("host", host)]), ours, "{host}");
        }
        assert!(Guard { port: 443, ..guard }.is_ours("192.168.1.7"));
    }

    #[test]
    fn a_browser_request_comes_from_our_own_page() {
        let guard = local();
        let from = |origin| check(&guard, "/api/v1/socket", &[("host", "localhost:8000"), ("origin", origin)]);
        assert!(from("http://localhost:8000"));
        for origin in [
            "http://127.0.0.1:8000",
            "https://localhost:8000",
            "http://localhost:3000",
            "http://localhost",
            "null",
            "",
            "http://evil.example",
        ] {
            assert!(!from(origin), "{origin}");
        }
        let dev = Guard { dev_origin: Some("http://127.0.0.1:8080".into()), ..local() };
        assert!(check(&dev, "/", &[("host", "127.0.0.1:8000"), ("origin", "http://127.0.0.1:8080")]));
        assert!(check(&dev, "/", &[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:8080")]));
    }

    #[test]
    fn another_site_can_link_to_the_page_and_nothing_more() {
        let guard = local();
        let host = ("host", "localhost:8000");
        for site in ["cross-site", "same-site"] {
            let site = ("sec-fetch-site", site);
            let link = [host, site, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
            assert!(check(&guard, "/processar", &link));
            assert!(!check(&guard, "/api/v1/jobs/1/files/pose.json", &link));
            assert!(!check(
                &guard,
                "/video_feed",
                &[host, site, ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")]
            ));
            assert!(!check(
                &guard,
                "/processar",
                &[host, site, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")]
            ));
        }
        assert!(check(&guard, "/video_feed", &[host, ("sec-fetch-site", "same-origin")]));
    }
}
