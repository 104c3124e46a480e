//! The client that fetches: whom it talks to, where it lets itself be sent, and what its failures mean.

use std::time::Duration;

use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, Url};

use super::error::StoreError;

/// Redirects that are followed in a row.
const REDIRECTS: usize = 10;

/// A client without secrets or memory. Proxies are those of the environment (`HTTPS_PROXY`, `NO_PROXY`).
pub(super) fn client() -> Result<Client, StoreError> {
    crate::tls::provide();
    Client::builder()
        .user_agent(concat!("silhueta/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(15))
        .redirect(Policy::custom(follow))
        .build()
        .map_err(|e| {
            StoreError::Internal(format!(
                "no connection can be made: {} (are this system's certificates installed?)",
                cause(&e)
            ))
        })
}

/// An address of the manifest: https, or http to this machine itself.
pub(super) fn address(text: &str) -> Result<Url, StoreError> {
    let url = Url::parse(text).map_err(|e| StoreError::Address(format!("{text} is no address: {e}")))?;
    if is_safe(&url) {
        return Ok(url);
    }
    Err(StoreError::Address(format!("{text} is not https: anybody on the way could replace the file")))
}

fn is_safe(url: &Url) -> bool {
    url.scheme() == "https"
        || (url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]")))
}

fn follow(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let first_is_local = attempt.previous().first().is_some_and(|first| first.scheme() == "http");
    if attempt.previous().len() > REDIRECTS {
        attempt.error("it sends us round and round: more than 10 redirects")
    } else if !is_safe(attempt.url()) || (attempt.url().scheme() == "http" && !first_is_local) {
        let why = format!("it sends us to {}, which is not https", attempt.url());
        attempt.error(why)
    } else {
        attempt.follow()
    }
}

/// What a request's failure is.
pub(super) enum Fault {
    /// The other side can't be reached at all.
    Unreachable(String),
    /// It can be, but not so; trying again changes nothing.
    Refused(String),
    /// The connection broke.
    Broken(String),
}

pub(super) fn fault(error: &reqwest::Error) -> Fault {
    let why = cause(error);
    // A certificate that isn't accepted is found while connecting, too.
    if is_tls(error) {
        return Fault::Refused(format!("no safe connection: {why}"));
    }
    if error.is_redirect() || error.is_builder() {
        Fault::Refused(why)
    } else if error.is_connect() {
        Fault::Unreachable(why)
    } else {
        Fault::Broken(why)
    }
}

/// Whether TLS is what failed. An I/O error hides what it holds from `source`.
fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    let held = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>() || held.is_some_and(|held| is_tls(held)) || error.source().is_some_and(is_tls)
}

/// The innermost reason: the outer ones only repeat the address.
pub(super) fn cause(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn a_certificate_that_is_not_accepted_is_no_missing_network() {
        let tls = || io::Error::other(rustls::Error::General("bad".to_owned()));
        assert!(is_tls(&tls()) && is_tls(&io::Error::other(io::Error::other(tls()))));
        assert!(!is_tls(&io::Error::from(io::ErrorKind::ConnectionRefused)));
    }

    #[test]
    fn plain_http_is_only_for_this_machine() {
        for good in ["https://example.org/a", "http://127.0.0.1:80/a", "http://localhost/a", "http://[::1]:9/a"] {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in
            ["http://example.org/a", "ftp://127.0.0.1/a", "file:///etc/passwd", "http://127.0.0.1.evil.org/", "a"]
        {
            assert!(address(bad).is_err(), "{bad}");
        }
    }
}
