//! On what kind of file system a path is.

use std::fs;
use std::path::Path;

/// File systems on disks of the machine itself, or in its memory; `overlay` is that of a container's own files. One that is served by
/// another machine, or by a program, may answer whenever it likes.
const OWN: [&str; 10] =
    ["bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "tmpfs", "xfs", "zfs"];

/// Whether a file is known to be on a disk of this machine, wherever links lead. Only Linux says so.
pub(super) fn is_on_own_disk(path: &Path) -> bool {
    let (Ok(path), Ok(mounts)) = (fs::canonicalize(path), fs::read_to_string("/proc/self/mountinfo")) else {
        return false;
    };
    kind(&mounts, &path).is_some_and(|kind| OWN.contains(&kind))
}

/// The kind of file system of a path, from the mounts as `proc_pid_mountinfo(5)` lists them: that of the longest mount point above it,
/// and of several mounts there, of the last one.
fn kind<'a>(mounts: &'a str, path: &Path) -> Option<&'a str> {
    let mount = |line: &'a str| {
        let (before, after) = line.split_once(" - ")?;
        let point = unescaped(before.split(' ').nth(4)?);
        path.starts_with(&point).then_some((point.len(), after.split(' ').next()?))
    };
    mounts.lines().filter_map(mount).max_by_key(|(length, _)| *length).map(|(_, kind)| kind)
}

/// A mount point, in which white space and `\` stand as `\` and three octal digits.
fn unescaped(point: &str) -> String {
    let escapes = [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")];
    escapes.iter().fold(point.to_owned(), |point, (escape, character)| point.replace(escape, character))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = r"22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 27 0:40 / /srv/registry rw,relatime shared:7 master:3 - nfs4 server:/export rw,vers=4.2
41 40 0:41 / /srv/registry/vpr rw - tmpfs none rw
42 27 0:42 / /srv/with\040space rw - fuse.sshfs host:/ rw
43 27 8:1 / /data rw - ext4 /dev/sdb rw
44 43 0:44 / /data rw - cifs //server/data rw
";

    #[test]
    fn a_path_is_on_the_last_of_the_longest_mounts_above_it() {
        let cases = [
            ("/var/registry", Some("ext4")),
            ("/srv/registry", Some("nfs4")),
            ("/srv/registry/vpr", Some("tmpfs")),
            ("/srv/registry-old", Some("ext4")),
            ("/srv/with space/registry", Some("fuse.sshfs")),
            ("/data/registry", Some("cifs")),
        ];
        for (path, expected) in cases {
            assert_eq!(kind(MOUNTS, Path::new(path)), expected, "{path}");
        }
        assert_eq!(kind("", Path::new("/var")), None);
        assert_eq!(kind("no list of mounts", Path::new("/var")), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_the_system_itself_tells_is_no_disk() {
        assert!(!is_on_own_disk(Path::new("/proc/self/mountinfo")));
        assert!(!is_on_own_disk(Path::new("/no/such/file")));
    }
}
