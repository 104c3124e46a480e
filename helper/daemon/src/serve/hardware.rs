//! What the machine is doing: told to everyone every other second.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use silhueta_shared::protocol::{Gpu, Hardware, HelperMessage};
use sysinfo::{MemoryRefreshKind, System};

use super::helper::Helper;

const EVERY: Duration = Duration::from_secs(2);

/// Looks and tells until the helper ends.
pub(super) async fn watch(helper: Arc<Helper>) {
    let mut system = match System::new() {
        Ok(system) => system,
        Err(error) => {
            tracing::warn!("what the machine does can't be seen: {error}");
            return;
        }
    };
    let mut has_gpu = true;
    let mut tick = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = helper.closing.cancelled() => return,
        }
        system.refresh_cpu_usage();
        system.refresh_memory_specifics(MemoryRefreshKind::nothing().with_ram());
        let gpu = if has_gpu { gpu().await } else { None };
        // A card that isn't there at the start is not looked for again.
        has_gpu = gpu.is_some();
        let hardware = Hardware {
            cpu: (system.global_cpu_usage() / 100.0).clamp(0.0, 1.0),
            ram_used: system.used_memory(),
            ram_total: system.total_memory(),
            gpu,
        };
        let mut state = helper.state();
        helper.hub.tell_all(&HelperMessage::Hardware(hardware.clone()));
        state.hardware = hardware;
    }
}

/// The first NVIDIA card, by the driver's own tool.
async fn gpu() -> Option<Gpu> {
    let mut tool = tokio::process::Command::new("nvidia-smi");
    tool.args(["--query-gpu=name,memory.used,memory.total", "--format=csv,noheader,nounits"]);
    tool.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(EVERY, tool.output()).await.ok()?.ok()?;
    parse(&String::from_utf8(output.stdout).ok()?)
}

/// `NAME, USED, TOTAL` in MiB, a line a card.
fn parse(text: &str) -> Option<Gpu> {
    let mut parts = text.lines().next()?.rsplitn(3, ',').map(str::trim);
    let (total, used, name) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = |mib: &str| mib.parse::<u64>().ok()?.checked_mul(1 << 20);
    Some(Gpu { name: name.to_owned(), memory_used: bytes(used)?, memory_total: bytes(total)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drivers_line_is_read() {
        let gpu = parse("NVIDIA GeForce RTX 3090, 1234, 24576\nTesla T4, 0, 15360\n").unwrap();
        assert_eq!(
            gpu,
            Gpu { name: "NVIDIA GeForce RTX 3090".into(), memory_used: 1234 << 20, memory_total: 24 << 30 }
        );
        for bad in ["", "No devices were found", "a, b, c", "a, 1"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
