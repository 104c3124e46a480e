//! One try to deliver a message, and what its failure means.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};

use super::{Letter, Secret, check};

/// The longest that a try may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was taken.
    Taken,
    /// It will not be taken, however often it is tried.
    Refused(String),
    /// It may be taken later; `after` is what the receiver asked for.
    Again { why: String, after: Option<Duration> },
}

/// Carries messages.
#[derive(Debug)]
pub(super) struct Carrier {
    secret: Secret,
    /// One for this machine, which is reached without a proxy, and one for all others.
    clients: [OnceLock<Client>; 2],
}

impl Carrier {
    pub(super) fn new(secret: Secret) -> Self {
        Self { secret, clients: Default::default() }
    }

    /// Tries once. Redirects are not followed: the message is for whoever was named, and nobody else.
    pub(super) async fn deliver(&self, letter: &Letter) -> Outcome {
        let url = match check(&letter.url) {
            Ok(url) => url,
            Err(error) => return Outcome::Refused(error.message),
        };
        let client = match self.client(&url) {
            Ok(client) => client,
            Err(error) => return again(&error),
        };
        let timestamp = super::now() / 1000;
        let request = client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &letter.message)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", self.secret.sign(&letter.message, timestamp, &letter.body))
            .body(letter.body.clone());
        match request.send().await {
            Ok(response) => outcome(response.status(), response.headers()),
            Err(error) => again(&error),
        }
    }

    fn client(&self, url: &Url) -> reqwest::Result<&Client> {
        let is_local = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        let [local, other] = &self.clients;
        let slot = if is_local { local } else { other };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        crate::tls::provide();
        let builder = Client::builder()
            .user_agent(concat!("silhueta/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .timeout(PATIENCE);
        let client = if is_local { builder.no_proxy() } else { builder }.build()?;
        Ok(slot.get_or_init(|| client))
    }
}

fn again(error: &reqwest::Error) -> Outcome {
    let why = if error.is_timeout() {
        format!("no answer within {} s", PATIENCE.as_secs())
    } else {
        // The outer reasons repeat the address.
        let mut innermost: &dyn std::error::Error = error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        if std::ptr::addr_eq(innermost, error) { "it can't be reached".to_owned() } else { innermost.to_string() }
    };
    Outcome::Again { why, after: None }
}

fn outcome(status: StatusCode, headers: &HeaderMap) -> Outcome {
    let why = format!("it answered {status}");
    match status {
        _ if status.is_success() => Outcome::Taken,
        _ if status.is_redirection() => Outcome::Refused(format!("{why}: redirects are not followed")),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Outcome::Again { why, after: after(headers) },
        _ if status.is_server_error() => Outcome::Again { why, after: after(headers) },
        _ => Outcome::Refused(why),
    }
}

/// `Retry-After`: seconds, or a date.
fn after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = text.parse().ok().map(Duration::from_secs);
    let until = || httpdate::parse_http_date(text).ok()?.duration_since(SystemTime::now()).ok();
    seconds.or_else(until)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    #[test]
    fn only_what_may_pass_is_tried_again() {
        for (code, tried) in [
            (200, None),
            (204, None),
            (301, Some(false)),
            (308, Some(false)),
            (400, Some(false)),
            (404, Some(false)),
            (410, Some(false)),
            (408, Some(true)),
            (429, Some(true)),
            (500, Some(true)),
            (503, Some(true)),
        ] {
            let outcome = outcome(StatusCode::from_u16(code).unwrap(), &HeaderMap::new());
            let is_again = match outcome {
                Outcome::Taken => None,
                Outcome::Refused(_) => Some(false),
                Outcome::Again { .. } => Some(true),
            };
            assert_eq!(is_again, tried, "{code}");
        }
    }

    #[test]
    fn a_receiver_may_say_when_in_seconds_or_by_date() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_str(text).unwrap());
            after(&headers)
        };
        assert_eq!(of("120"), Some(Duration::from_secs(120)));
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3600));
        assert!(of(&date).is_some_and(|wait| wait > Duration::from_secs(3500)), "{date}");
        assert_eq!((of("soon"), of("-1"), of("Thu, 01 Jan 1970 00:00:00 GMT")), (None, None, None));
    }
}
