//! The open port: at which addresses, and who has it if it is taken.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use crate::exit::CliError;

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
