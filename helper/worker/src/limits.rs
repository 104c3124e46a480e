//! Limits that the system keeps for us while a file from anywhere is read for the first time.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Address space for opening a file and decoding its first picture, beside what is mapped already: 8K with
/// sixteen reference pictures takes 2 GB, a header may ask for a hundred. Only for that: CUDA, which comes
/// later, maps far more than it uses.
const PROBE_SPACE: u64 = 4 << 30;

/// No core files: they would hold pictures of people.
pub(crate) fn without_core_files() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!("core files can't be switched off: {error}");
    }
}

/// Does `work` with the address space of a probe, then gives back what there was.
pub(crate) fn within_probe_space<T>(work: impl FnOnce() -> T) -> T {
    let before = getrlimit(Resource::As);
    match mapped() {
        Some(mapped) => {
            let space = mapped.saturating_add(PROBE_SPACE);
            let current = Some(before.current.map_or(space, |limit| limit.min(space)));
            if let Err(error) = setrlimit(Resource::As, Rlimit { current, ..before }) {
                tracing::warn!("memory can't be limited: {error}");
            }
        }
        None => tracing::warn!("memory can't be limited: the system doesn't say what is in use"),
    }
    let result = work();
    if let Err(error) = setrlimit(Resource::As, before) {
        tracing::error!("the limit of memory can't be lifted: {error}");
    }
    result
}

/// Bytes of address space that this process has mapped.
fn mapped() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:"))?;
    let kilobytes = size.trim().strip_suffix(" kB")?.parse::<u64>().ok()?;
    kilobytes.checked_mul(1024)
}

/// Does `work` on a thread of its own and gives it up after `time`: native code that loops hears no flag, so
/// the thread is left behind and the process must end soon.
pub(crate) fn within_time<T: Send + 'static>(time: Duration, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, result) = crossbeam_channel::bounded(1);
    std::thread::spawn(move || {
        let _nobody_waits_any_more = sender.send(work());
    });
    result.recv_timeout(time).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_has_four_gigabytes_and_what_follows_has_all() {
        let (before, mapped) = (getrlimit(Resource::As), mapped().unwrap());
        let (inside, huge) = within_probe_space(|| {
            let mut huge = Vec::<u8>::new();
            (getrlimit(Resource::As).current.unwrap(), huge.try_reserve_exact(8 << 30).is_ok())
        });
        // The other tests of this process map and unmap meanwhile.
        assert!(inside.abs_diff(mapped + PROBE_SPACE) < 1 << 30, "{inside}, {mapped} mapped");
        assert!(!huge, "8 GB were given");
        assert_eq!(getrlimit(Resource::As), before);
    }

    #[test]
    fn what_takes_too_long_is_given_up() {
        assert_eq!(within_time(Duration::from_secs(20), || 7), Some(7));
        let (_keep, never) = crossbeam_channel::bounded::<()>(0);
        assert_eq!(within_time(Duration::from_millis(30), move || never.recv()), None);
    }
}
