//! One address, from the first byte to the last one: goes on where a connection broke, notices one that stands still,
//! believes no length, and keeps what came.

use std::time::Duration;

use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_RANGE, LAST_MODIFIED, RANGE,
    RETRY_AFTER,
};
use reqwest::{Client, Response, StatusCode, Url};
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::error::{StoreError, mb};
use super::net::{Fault, fault};
use super::part::{Note, Part};
use super::progress::Meter;
use crate::disk;

/// Connections to one address, whatever each of them brings.
const CONNECTIONS: u32 = 40;
/// The longest that a server may ask us to wait.
const LATER: Duration = Duration::from_secs(30);
/// Room that is left to others on the disk.
const SPARE: u64 = 16 << 20;

/// How patient a download is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// A connection that gives nothing for so long is broken.
    pub(crate) stall: Duration,
    /// How often in a row it is tried again without a byte gained.
    pub(crate) retries: u32,
}

/// What shall come.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub(super) id: &'a str,
    /// Its bytes, where they are known.
    pub(super) size: Option<u64>,
    /// It may not have more.
    pub(super) cap: u64,
}

/// Why a connection's turn ended.
enum Trouble {
    /// No other try changes it.
    Final(StoreError),
    /// Go on where it broke, after a while.
    Again(String, Option<Duration>),
    /// The bytes that are here are of no use.
    Anew(String),
    /// There was no connection.
    Unreachable(String),
    /// Somebody wants it to end.
    Stopped,
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Final(error)
    }
}

fn refuse(why: impl Into<String>) -> Trouble {
    Trouble::Final(StoreError::Address(why.into()))
}

/// Brings everything there is at `url` into `part`.
pub(super) async fn download(
    client: &Client,
    url: &Url,
    wanted: &Wanted<'_>,
    part: &Part,
    patience: Patience,
    meter: &mut Meter<'_>,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    let (mut fruitless, mut was_reached) = (0, false);
    for connection in 1.. {
        let before = part.len();
        let Err(trouble) = turn(client, url, wanted, part, patience.stall, meter, stop).await else { return Ok(()) };
        let (why, after) = match trouble {
            Trouble::Final(error) => return Err(error),
            Trouble::Stopped => return Err(stopped(wanted, part)),
            Trouble::Unreachable(why) if !was_reached || fruitless == patience.retries => {
                let host = url.host_str().unwrap_or_default().to_owned();
                return Err(StoreError::Offline { host, why });
            }
            Trouble::Unreachable(why) => (why, None),
            Trouble::Again(why, after) => (why, after),
            Trouble::Anew(why) => {
                part.clear()?;
                (why, Some(Duration::ZERO))
            }
        };
        was_reached = true;
        fruitless = if part.len() > before { 0 } else { fruitless + 1 };
        if fruitless > patience.retries || connection == CONNECTIONS {
            return Err(StoreError::Address(format!("{why} (tried {connection} times)")));
        }
        tracing::info!("{}: {why}; trying again", wanted.id);
        let pause = after.unwrap_or_else(|| Duration::from_millis(300 << fruitless.min(5)));
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => return Err(stopped(wanted, part)),
        }
    }
    Err(StoreError::Internal("connections ended without a reason".to_owned()))
}

pub(super) fn stopped(wanted: &Wanted<'_>, part: &Part) -> StoreError {
    StoreError::Stopped { id: wanted.id.to_owned(), kept: part.len() }
}

/// One connection.
async fn turn(
    client: &Client,
    url: &Url,
    wanted: &Wanted<'_>,
    part: &Part,
    stall: Duration,
    meter: &mut Meter<'_>,
    stop: &CancellationToken,
) -> Result<(), Trouble> {
    let mut request = client.get(url.clone()).header(ACCEPT_ENCODING, "identity");
    let note = part.note(url.as_str());
    let here = part.len();
    meter.ask(if note.is_some() { here } else { 0 }, note.as_ref().and_then(|note| note.total));
    if let Some(Note { validator: Some(validator), total, .. }) = &note {
        if *total == Some(here) {
            meter.end(here);
            return Ok(());
        }
        request = request.header(RANGE, format!("bytes={here}-")).header(IF_RANGE, validator);
    }
    let response = unless(stop, stall, request.send()).await?;
    let (here, total) = begin(&response, url, wanted, part, note)?;
    check(here, total, wanted)?;
    room(here, total, part)?;
    meter.begin(here, total);
    let chunks = Chunks { response, stall, stop };
    pour(chunks, wanted, part, here, total, meter).await
}

/// What comes behind the head.
struct Chunks<'a> {
    response: Response,
    stall: Duration,
    stop: &'a CancellationToken,
}

/// What comes of it, unless it takes too long or somebody wants it to end.
async fn unless<T>(
    stop: &CancellationToken,
    stall: Duration,
    coming: impl Future<Output = reqwest::Result<T>>,
) -> Result<T, Trouble> {
    tokio::select! {
        biased;
        () = stop.cancelled() => Err(Trouble::Stopped),
        came = timeout(stall, coming) => match came {
            Ok(came) => came.map_err(|error| trouble(&error)),
            Err(_) => Err(Trouble::Again(format!("nothing came for {} s", stall.as_secs()), None)),
        },
    }
}

fn trouble(error: &reqwest::Error) -> Trouble {
    match fault(error) {
        Fault::Unreachable(why) => Trouble::Unreachable(why),
        Fault::Refused(why) => refuse(why),
        Fault::Broken(why) => Trouble::Again(format!("the connection broke: {why}"), None),
    }
}

/// Looks at the answer's head and makes the part ready: bytes that are here, and bytes in all.
fn begin(
    response: &Response,
    url: &Url,
    wanted: &Wanted<'_>,
    part: &Part,
    note: Option<Note>,
) -> Result<(u64, Option<u64>), Trouble> {
    let (status, headers) = (response.status(), response.headers());
    let kind = text(headers, &CONTENT_TYPE).unwrap_or_default().to_lowercase();
    if status.is_success() && (kind.starts_with("text/html") || kind.starts_with("application/xhtml")) {
        return Err(refuse("it gives a web page instead of a model (does the network ask for a login?)"));
    }
    match (status, note) {
        (StatusCode::PARTIAL_CONTENT, Some(note)) => {
            let here = part.len();
            let (first, total) = range(headers).ok_or_else(|| Trouble::Anew("its range is unclear".to_owned()))?;
            let is_other = validator(headers).is_some_and(|now| Some(now) != note.validator);
            if first != here || is_other || note.total.is_some_and(|before| before != total) {
                return Err(Trouble::Anew("the file there changed meanwhile".to_owned()));
            }
            Ok((here, Some(total)))
        }
        (StatusCode::OK, before) => {
            if before.is_some() {
                tracing::info!("{}: it doesn't go on from {} bytes, starting anew", wanted.id, part.len());
            }
            let total = response.content_length();
            check(0, total, wanted)?;
            part.begin(&Note { url: url.to_string(), validator: validator(headers), total })?;
            Ok((0, total))
        }
        (StatusCode::RANGE_NOT_SATISFIABLE, Some(_)) => {
            Err(Trouble::Anew("there are fewer bytes there than are here".to_owned()))
        }
        (status, _) if status.is_server_error() || [408, 425, 429].contains(&status.as_u16()) => {
            let after = text(headers, &RETRY_AFTER).and_then(|after| after.trim().parse().ok());
            Err(Trouble::Again(format!("it answers {status}"), after.map(|s| Duration::from_secs(s).min(LATER))))
        }
        (status, _) => Err(refuse(format!("it answers {status}"))),
    }
}

/// Whether as many bytes may come as are said to.
fn check(here: u64, total: Option<u64>, wanted: &Wanted<'_>) -> Result<(), Trouble> {
    let Some(total) = total else { return Ok(()) };
    match wanted.size {
        Some(size) if size != total => Err(refuse(format!("it has {total} bytes instead of {size}"))),
        _ if total > wanted.cap || here > total => {
            Err(refuse(format!("it says that it has {total} bytes, at most {} are taken", wanted.cap)))
        }
        _ => Ok(()),
    }
}

/// Whether what is missing fits on the disk.
fn room(here: u64, total: Option<u64>, part: &Part) -> Result<(), Trouble> {
    let folder = part.path().parent().unwrap_or(part.path());
    let needed = total.unwrap_or(here) - here + SPARE;
    match disk::free(folder) {
        Some(free) if free < needed => Err(StoreError::DiskFull { path: folder.to_owned(), needed, free }.into()),
        _ => Ok(()),
    }
}

/// Writes what comes behind the `here` bytes that are here.
async fn pour(
    mut chunks: Chunks<'_>,
    wanted: &Wanted<'_>,
    part: &Part,
    mut here: u64,
    total: Option<u64>,
    meter: &mut Meter<'_>,
) -> Result<(), Trouble> {
    let unwritable = StoreError::write(part.path());
    let file = tokio::fs::OpenOptions::new().append(true).open(part.path()).await;
    let mut file = file.map_err(&unwritable)?;
    let limit = wanted.size.or(total).unwrap_or(wanted.cap);
    let ended = loop {
        let chunk = match unless(chunks.stop, chunks.stall, chunks.response.chunk()).await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break Ok(()),
            Err(trouble) => break Err(trouble),
        };
        if here + chunk.len() as u64 > limit {
            break Err(refuse(format!("it gives more than {}", mb(limit))));
        }
        if let Err(error) = file.write_all(&chunk).await {
            break Err(unwritable(error).into());
        }
        here += chunk.len() as u64;
        meter.came(chunk.len(), here);
    };
    // What came is kept, however it ended.
    file.flush().await.map_err(&unwritable)?;
    ended?;
    match wanted.size.or(total) {
        Some(all) if here < all => Err(Trouble::Again(format!("it ended after {here} of {all} bytes"), None)),
        _ => {
            meter.end(here);
            Ok(())
        }
    }
}

/// What `If-Range` takes: a strong ETag, else when the file was changed.
fn validator(headers: &HeaderMap) -> Option<String> {
    let strong = text(headers, &ETAG).filter(|etag| etag.starts_with('"'));
    strong.or_else(|| text(headers, &LAST_MODIFIED)).map(str::to_owned)
}

/// First byte and bytes in all of `Content-Range: bytes 5-9/10`.
fn range(headers: &HeaderMap) -> Option<(u64, u64)> {
    let (span, total) = text(headers, &CONTENT_RANGE)?.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = span.split_once('-')?;
    let (first, last, total): (u64, u64, u64) = (first.parse().ok()?, last.parse().ok()?, total.parse().ok()?);
    (first <= last && last < total).then_some((first, total))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_and_nonsense_is_not() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_RANGE, text.parse().unwrap());
            range(&headers)
        };
        assert_eq!(read("bytes 5-9/10"), Some((5, 10)));
        for bad in ["bytes 5-10/10", "bytes 9-5/10", "bytes */10", "bytes 5-9/*", "lines 5-9/10", "bytes -1-9/10"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_weak_etag_is_passed_over_for_the_date() {
        let mut headers = HeaderMap::new();
        headers.insert(ETAG, "W/\"a\"".parse().unwrap());
        assert_eq!(validator(&headers), None);
        headers.insert(LAST_MODIFIED, "Sat, 21 Nov 2026 00:00:00 GMT".parse().unwrap());
        assert!(validator(&headers).unwrap().starts_with("Sat"));
        headers.insert(ETAG, "\"a\"".parse().unwrap());
        assert_eq!(validator(&headers).as_deref(), Some("\"a\""));
    }
}
