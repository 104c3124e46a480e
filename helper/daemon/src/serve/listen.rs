//! The open port: at which addresses, who has it if it is taken, and how many may come in.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;

use crate::exit::CliError;

/// Connections at the same time; more are closed at once.
const MOST: usize = 256;
/// The longest that the first line of a request may take.
const FIRST: Duration = Duration::from_secs(10);
/// Bytes that every request has at least.
const SHORTEST: usize = 24;

/// Binds: `127.0.0.1` means this machine, over IPv4 and, where there is one, IPv6.
pub(super) fn bind(host: IpAddr, port: u16) -> Result<Vec<TcpListener>, CliError> {
    if host != IpAddr::V4(Ipv4Addr::LOCALHOST) {
        return Ok(vec![bound(SocketAddr::new(host, port))?]);
    }
    // With port 0 the system chooses one; it has to be free for both.
    for _ in 0..20 {
        let first = bound(SocketAddr::new(host, port))?;
        let chosen = first.local_addr().map_err(|e| CliError::Runtime(e.to_string()))?.port();
        match TcpListener::bind((Ipv6Addr::LOCALHOST, chosen)) {
            Ok(second) => return Ok(vec![first, second]),
            // Somebody else would answer at `localhost`.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && port != 0 => return Err(taken(chosen)),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => {
                tracing::info!("this machine has no IPv6 loopback: {error}");
                return Ok(vec![first]);
            }
        }
    }
    Err(CliError::Runtime("no port is free for IPv4 and IPv6: name one with --port".to_owned()))
}

fn bound(address: SocketAddr) -> Result<TcpListener, CliError> {
    let listener = TcpListener::bind(address).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => taken(address.port()),
        io::ErrorKind::PermissionDenied => {
            CliError::Runtime(format!("port {} is for the system: choose one from 1024 on with --port", address.port()))
        }
        _ => CliError::Runtime(format!("{address} can't be listened at: {error}")),
    })?;
    Ok(listener)
}

fn taken(port: u16) -> CliError {
    let by = holder(port).map_or_else(String::new, |who| format!(" by {who}"));
    let other = port.checked_add(1).unwrap_or(8080);
    CliError::Runtime(format!("port {port} is taken{by}: end it, or type `silhueta serve --port {other}`"))
}

/// Which program listens at a port, where the system tells.
#[cfg(target_os = "linux")]
fn holder(port: u16) -> Option<String> {
    let inode = ["/proc/net/tcp", "/proc/net/tcp6"].iter().find_map(|table| {
        let table = std::fs::read_to_string(table).ok()?;
        table.lines().skip(1).find_map(|line| inode_of(line, port).map(str::to_owned))
    })?;
    let socket = format!("socket:[{inode}]");
    std::fs::read_dir("/proc").ok()?.flatten().find_map(|process| {
        let pid: u32 = process.file_name().to_str()?.parse().ok()?;
        let mut files = std::fs::read_dir(process.path().join("fd")).ok()?.flatten();
        files.find(|file| std::fs::read_link(file.path()).is_ok_and(|link| link.as_os_str() == socket.as_str()))?;
        let name = std::fs::read_to_string(process.path().join("comm")).ok()?;
        Some(format!("{} (process {pid})", name.trim()))
    })
}

#[cfg(not(target_os = "linux"))]
fn holder(_port: u16) -> Option<String> {
    None
}

/// The socket's number in a line of `/proc/net/tcp`, if it listens at this port.
#[cfg(target_os = "linux")]
fn inode_of(line: &str, port: u16) -> Option<&str> {
    const LISTENING: &str = "0A";
    let mut fields = line.split_whitespace();
    let (address, state) = (fields.nth(1)?, fields.nth(1)?);
    let (_, hex) = address.rsplit_once(':')?;
    let is_it = u16::from_str_radix(hex, 16) == Ok(port) && state == LISTENING;
    fields.nth(5).filter(|_| is_it)
}

/// Lets connections in while there is room, and keeps them only if they say something.
#[derive(Clone, Debug)]
pub(super) struct Doorman<A> {
    inner: A,
    room: Arc<Semaphore>,
}

impl<A> Doorman<A> {
    pub(super) fn before(inner: A, room: Arc<Semaphore>) -> Self {
        Self { inner, room }
    }
}

/// Room for all connections at all addresses.
pub(super) fn room() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(MOST))
}

impl<I, S, A> Accept<I, S> for Doorman<A>
where
    A: Accept<I, S> + Clone + Send + 'static,
    A::Future: Send,
    A::Stream: Send,
    A::Service: Send,
    I: Send + 'static,
    S: Send + 'static,
{
    type Stream = Guest<A::Stream>;
    type Service = A::Service;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let (permit, inner) = (Arc::clone(&self.room).try_acquire_owned(), self.inner.clone());
        Box::pin(async move {
            let permit = permit.map_err(|_| io::Error::other("too many connections"))?;
            let (stream, service) = inner.accept(stream, service).await?;
            let patience = Some(Box::pin(tokio::time::sleep(FIRST)));
            Ok((Guest { stream, heard: 0, patience, _permit: permit }, service))
        })
    }
}

/// A connection that was let in.
#[derive(Debug)]
pub(super) struct Guest<I> {
    stream: I,
    heard: usize,
    /// Until a first request could have come; the server's own limit begins only with its first line.
    patience: Option<Pin<Box<Sleep>>>,
    _permit: OwnedSemaphorePermit,
}

impl<I: AsyncRead + Unpin> AsyncRead for Guest<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.heard += buffer.filled().len() - before;
        if self.heard >= SHORTEST {
            self.patience = None;
        }
        let is_late = read.is_pending() && self.patience.as_mut().is_some_and(|end| end.as_mut().poll(cx).is_ready());
        if is_late { Poll::Ready(Err(io::ErrorKind::TimedOut.into())) } else { read }
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Guest<I> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_says_by_whom_and_what_to_type() {
        let holder = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = holder.local_addr().unwrap().port();
        let error = bind(IpAddr::V4(Ipv4Addr::LOCALHOST), port).unwrap_err().to_string();
        assert!(error.contains(&format!("port {port} is taken")) && error.contains("--port"), "{error}");
        #[cfg(target_os = "linux")]
        assert!(error.contains(&format!("(process {})", std::process::id())), "{error}");
    }

    #[test]
    fn localhost_is_ours_over_both_families() {
        let listeners = bind(IpAddr::V4(Ipv4Addr::LOCALHOST), 0).unwrap();
        let port = listeners[0].local_addr().unwrap().port();
        assert!(listeners.iter().all(|listener| {
            let address = listener.local_addr().unwrap();
            address.ip().is_loopback() && address.port() == port
        }));
    }
}
