//! Room on disks.

use std::path::Path;

/// Bytes free for us where `path` (which exists) is; `None` where the system doesn't say.
#[cfg(unix)]
pub(crate) fn free(path: &Path) -> Option<u64> {
    // Only this one place is asked: another disk that hangs must not hang us.
    let room = rustix::fs::statvfs(path).ok()?;
    room.f_bavail.checked_mul(room.f_frsize)
}

/// Bytes free for us where `path` (which exists) is; `None` where the system doesn't say.
#[cfg(not(unix))]
pub(crate) fn free(path: &Path) -> Option<u64> {
    let path = path.canonicalize().ok()?;
    let disks = sysinfo::Disks::new_with_refreshed_list().ok()?;
    let holding = disks.iter().filter(|disk| path.starts_with(disk.mount_point()));
    holding.max_by_key(|disk| disk.mount_point().as_os_str().len()).map(sysinfo::Disk::available_space)
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_is_room_for_a_test() {
        let folder = tempfile::tempdir().unwrap();
        assert!(super::free(folder.path()).unwrap() > 0);
        assert_eq!(super::free(&folder.path().join("gone")), None);
    }
}
