use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;
use std::time::Instant;

use rustpdf_core::{FileKind, Process};
use tempfile::TempDir;

use super::*;

/// A folder, and the files that are open in it.
struct Room {
    folder: TempDir,
    disk: Disk<'static>,
}

impl Room {
    fn new() -> Self {
        Room { folder: tempfile::tempdir().unwrap(), disk: Disk::default() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn at(&self, name: &str) -> StorePath {
        store_path(&self.path(name)).unwrap()
    }

    fn with(&self, name: &str, bytes: &[u8]) -> StorePath {
        fs::write(self.path(name), bytes).unwrap();
        self.at(name)
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn perform(&mut self, operation: Operation) -> StoreResult {
        self.disk.perform(operation).unwrap()
    }

    fn refused(&mut self, operation: Operation) -> FailureKind {
        failure_kind(&self.disk.perform(operation).unwrap_err())
    }

    fn stat(&mut self, name: &str) -> Stat {
        let path = self.at(name);
        match self.perform(Operation::StatPath { path }) {
            StoreResult::Stat(stat) => stat,
            other => panic!("{other:?}"),
        }
    }

    fn open(&mut self, name: &str, access: Access) -> Handle {
        let (handle, path) = (self.disk.opened.len() as Handle + 16, self.at(name));
        self.perform(Operation::Open { handle, path, access });
        handle
    }
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn resolve_follows_links_before_it_goes_up() {
    let mut room = Room::new();
    fs::create_dir_all(room.path("a/b")).unwrap();
    symlink("a/b", room.path("link")).unwrap();
    symlink("nowhere", room.path("dangling")).unwrap();
    symlink("file", room.path("to a file")).unwrap();
    room.with("file", b"");
    let real = fs::canonicalize(room.folder.path()).unwrap();
    let resolved = |room: &mut Room, name: &str| match room.perform(Operation::Resolve { path: room.at(name) }) {
        StoreResult::Path(path) => system::path(path.0).unwrap().strip_prefix(&real).unwrap().to_owned(),
        other => panic!("{other:?}"),
    };
    for (name, expected) in [
        ("file", "file"),
        ("to a file", "file"),
        ("missing", "missing"),
        ("dangling", "dangling"),
        ("link/../x.pdf", "a/x.pdf"),
        ("link/../../file", "file"),
    ] {
        assert_eq!(resolved(&mut room, name), Path::new(expected), "{name}");
    }
    for name in ["no folder/x", "file/x"] {
        assert_eq!(room.refused(Operation::Resolve { path: room.at(name) }), FailureKind::Missing, "{name}");
    }
}

#[test]
fn open_gives_the_access_that_was_asked_for() {
    let mut room = Room::new();
    let path = room.with("file", b"old");
    let read = room.open("file", Access::Read);
    assert!(room.disk.perform(Operation::Write { handle: read, offset: 0, bytes: b"x".to_vec() }).is_err());
    let write = room.open("file", Access::Write);
    room.perform(Operation::Write { handle: write, offset: 1, bytes: b"LD new".to_vec() });
    assert_eq!(room.perform(Operation::Read { handle: write, offset: 2, length: 99 }), StoreResult::Bytes(b"D new".to_vec()));
    let append = room.open("file", Access::Append);
    room.perform(Operation::Append { handle: append, bytes: b" end".to_vec() });
    assert_eq!(room.bytes("file"), b"oLD new end");
    let opened = room.perform(Operation::Open { handle: 30, path, access: Access::Read });
    assert_eq!(opened, StoreResult::Stat(room.stat("file")));
    let missing = Operation::Open { handle: 31, path: room.at("missing"), access: Access::Write };
    assert_eq!(room.refused(missing), FailureKind::Missing);
}

#[test]
fn open_follows_no_link_and_waits_for_nothing() {
    let mut room = Room::new();
    room.with("file", b"");
    symlink("file", room.path("link")).unwrap();
    pipe(&room.path("pipe"));
    for access in [Access::Read, Access::Write, Access::Append] {
        assert_eq!(room.refused(Operation::Open { handle: 16, path: room.at("link"), access }), FailureKind::Other);
        let path = room.at("pipe");
        // Nobody reads it: writing alone is refused, the rest is opened as what it is.
        match room.disk.perform(Operation::Open { handle: 17, path, access }) {
            Ok(StoreResult::Stat(stat)) => assert_eq!(stat.kind, FileKind::Other),
            Ok(other) => panic!("{other:?}"),
            Err(_) => assert_eq!(access, Access::Append),
        }
    }
}

#[test]
fn create_makes_a_file_that_was_not_there() {
    let mut room = Room::new();
    let StoreResult::Stat(stat) = room.perform(Operation::Create { handle: 16, path: room.at("new"), mode: 0o444 }) else { panic!() };
    assert_eq!((stat.kind, stat.mode, stat.size, stat.links), (FileKind::File, 0o444, 0, 1));
    // Readable and writable for this process, whatever the mode.
    room.perform(Operation::Write { handle: 16, offset: 0, bytes: b"bytes".to_vec() });
    assert_eq!(room.perform(Operation::Read { handle: 16, offset: 0, length: 5 }), StoreResult::Bytes(b"bytes".to_vec()));
    symlink("nowhere", room.path("dangling")).unwrap();
    for name in ["new", "dangling"] {
        assert_eq!(room.refused(Operation::Create { handle: 17, path: room.at(name), mode: 0o600 }), FailureKind::Exists);
    }
    assert_eq!(room.names(), ["dangling", "new"]);
}

#[test]
fn stat_tells_a_file_from_others() {
    let mut room = Room::new();
    room.with("file", b"12345");
    fs::set_permissions(room.path("file"), fs::Permissions::from_mode(0o4640)).unwrap();
    fs::hard_link(room.path("file"), room.path("second name")).unwrap();
    fs::create_dir(room.path("folder")).unwrap();
    symlink("file", room.path("link")).unwrap();
    pipe(&room.path("pipe"));
    let file = room.stat("file");
    assert_eq!((file.kind, file.size, file.mode, file.links), (FileKind::File, 5, 0o640, 2));
    let modified = fs::metadata(room.path("file")).unwrap().modified().unwrap().duration_since(std::time::UNIX_EPOCH).unwrap();
    assert_eq!(file.modified, modified.as_nanos().to_string());
    assert!(file.changed.parse::<u128>().unwrap() >= modified.as_nanos());
    assert_eq!(room.stat("second name"), file);
    for (name, kind) in [("folder", FileKind::Folder), ("link", FileKind::Link), ("pipe", FileKind::Other)] {
        let stat = room.stat(name);
        assert_eq!(stat.kind, kind);
        assert_ne!(stat.identity, file.identity);
    }
    let long = "n".repeat(256);
    for name in ["missing", "file/below", &long] {
        assert_eq!(room.stat(name), Stat::default(), "{name}");
    }
    let handle = room.open("file", Access::Read);
    assert_eq!(room.perform(Operation::StatHandle { handle }), StoreResult::Stat(file));
}

#[test]
fn absent_is_refused_by_whatever_has_the_name() {
    let mut room = Room::new();
    symlink("nowhere", room.path("dangling")).unwrap();
    room.with("file", b"");
    for name in ["dangling", "file"] {
        let error = room.disk.perform(Operation::Absent { path: room.at(name) }).unwrap_err();
        assert_eq!((error.kind(), failure_kind(&error)), (ErrorKind::AlreadyExists, FailureKind::Exists));
        assert!(error.to_string().contains(name), "{error}");
    }
    for name in ["missing", "no folder/missing"] {
        assert_eq!(room.perform(Operation::Absent { path: room.at(name) }), StoreResult::Done);
    }
    // No file will ever have it.
    assert_eq!(room.refused(Operation::Absent { path: room.at(&"n".repeat(256)) }), FailureKind::Other);
}

#[test]
fn read_and_write_are_at_a_place() {
    let mut room = Room::new();
    room.with("file", b"0123456789");
    let handle = room.open("file", Access::Write);
    let read = |room: &mut Room, offset, length| match room.perform(Operation::Read { handle, offset, length }) {
        StoreResult::Bytes(bytes) => bytes,
        other => panic!("{other:?}"),
    };
    assert_eq!(read(&mut room, 3, 4), b"3456");
    assert_eq!(read(&mut room, 8, u64::MAX), b"89");
    assert_eq!(read(&mut room, 10, 1), b"");
    assert_eq!(read(&mut room, 99, 1), b"");
    room.perform(Operation::Write { handle, offset: 12, bytes: b"ab".to_vec() });
    room.perform(Operation::Write { handle, offset: 1, bytes: b"-".to_vec() });
    assert_eq!(room.bytes("file"), b"0-23456789\0\0ab");
    room.perform(Operation::Truncate { handle, length: 3 });
    room.perform(Operation::Sync { handle });
    assert_eq!(room.bytes("file"), b"0-2");
}

/// Two that append at once do not overwrite each other.
#[test]
fn append_is_at_the_end_wherever_that_is() {
    let mut room = Room::new();
    room.with("file", b"");
    let handles = [room.open("file", Access::Append), room.open("file", Access::Append)];
    for round in 0..3 {
        for handle in handles {
            room.perform(Operation::Append { handle, bytes: format!("{handle} {round}\n").into_bytes() });
        }
    }
    assert_eq!(room.bytes("file"), b"16 0\n17 0\n16 1\n17 1\n16 2\n17 2\n");
}

#[test]
fn permit_changes_owner_group_and_mode() {
    let mut room = Room::new();
    room.with("file", b"");
    let handle = room.open("file", Access::Write);
    room.perform(Operation::Permit { handle, owner: None, group: None, mode: Some(0o604) });
    assert_eq!(room.stat("file").mode, 0o604);
    let before = room.stat("file");
    room.perform(Operation::Permit { handle, owner: None, group: None, mode: None });
    assert_eq!(room.stat("file"), before);
    let given = Operation::Permit { handle, owner: Some(54321), group: Some(54322), mode: Some(0o640) };
    if rustix::process::geteuid().is_root() {
        room.perform(given);
        let stat = room.stat("file");
        assert_eq!((stat.owner, stat.group, stat.mode), (54321, 54322, 0o640));
    } else {
        assert_eq!(room.refused(given), FailureKind::Denied);
    }
}

#[test]
fn a_closed_handle_is_none() {
    let mut room = Room::new();
    room.with("file", b"");
    let handle = room.open("file", Access::Read);
    room.perform(Operation::Close { handle });
    assert!(room.disk.perform(Operation::StatHandle { handle }).is_err());
}

#[test]
fn an_open_file_of_the_caller_stays_open() {
    let file = tempfile::tempfile().unwrap();
    let mut disk = Disk::default();
    let handle = disk.lend(&file);
    assert_eq!(handle, 0);
    disk.perform(Operation::Write { handle, offset: 0, bytes: b"bytes".to_vec() }).unwrap();
    disk.perform(Operation::Close { handle }).unwrap();
    assert_eq!(disk.perform(Operation::Read { handle, offset: 0, length: 9 }).unwrap(), StoreResult::Bytes(b"bytes".to_vec()));
    drop(disk);
    assert_eq!(file.metadata().unwrap().len(), 5);
}

#[test]
fn link_replaces_nothing_and_rename_does() {
    let mut room = Room::new();
    let (one, two, three) = (room.with("one", b"1"), room.with("two", b"2"), room.at("three"));
    assert_eq!(room.refused(Operation::Link { from: one.clone(), to: two.clone() }), FailureKind::Exists);
    room.perform(Operation::Link { from: one.clone(), to: three.clone() });
    assert_eq!(room.stat("three").identity, room.stat("one").identity);
    room.perform(Operation::Rename { from: three, to: two });
    assert_eq!(room.bytes("two"), b"1");
    let nowhere = room.at("folder/one");
    assert_eq!(room.refused(Operation::Rename { from: one, to: nowhere }), FailureKind::Missing);
    // The link itself gets another name, and not what it leads to.
    symlink("one", room.path("link")).unwrap();
    let (link, other) = (room.at("link"), room.at("other link"));
    room.perform(Operation::Link { from: link, to: other });
    assert_eq!(room.stat("other link").kind, FileKind::Link);
}

#[test]
fn remove_takes_the_name_of_that_file_only() {
    let mut room = Room::new();
    room.with("one", b"");
    room.with("two", b"");
    let identity = room.stat("one").identity;
    let remove = |room: &mut Room, name: &str, identity: Option<&str>| {
        let (path, identity) = (room.at(name), identity.map(str::to_owned));
        room.perform(Operation::Remove { path, identity })
    };
    assert_eq!(remove(&mut room, "two", Some(&identity)), StoreResult::Removed(false));
    assert_eq!(remove(&mut room, "one", Some(&identity)), StoreResult::Removed(true));
    assert_eq!(remove(&mut room, "one", Some(&identity)), StoreResult::Removed(false));
    assert_eq!(remove(&mut room, "one", None), StoreResult::Removed(false));
    symlink("two", room.path("link")).unwrap();
    assert_eq!(remove(&mut room, "link", None), StoreResult::Removed(true));
    assert_eq!(room.names(), ["two"]);
}

#[test]
fn list_gives_the_names_with_the_prefix() {
    let mut room = Room::new();
    for name in [".a.rustpdf-1", ".a.rustpdf-2", ".b.rustpdf-1", "a"] {
        room.with(name, b"");
    }
    let listed = |room: &mut Room, prefix: &[u8]| match room.perform(Operation::List { path: room.at(""), prefix: prefix.to_vec() }) {
        StoreResult::Names(mut names) => {
            names.sort();
            names
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(listed(&mut room, b".a.rustpdf-"), [b".a.rustpdf-1".to_vec(), b".a.rustpdf-2".to_vec()]);
    assert!(listed(&mut room, b"none").is_empty());
    (0..NAMES + 5).for_each(|index| drop(room.with(&format!("many {index}"), b"")));
    assert_eq!(listed(&mut room, b"many").len(), NAMES);
    assert_eq!(room.refused(Operation::List { path: room.at("missing"), prefix: Vec::new() }), FailureKind::Missing);
}

#[test]
fn a_folder_is_synced() {
    let mut room = Room::new();
    assert_eq!(room.perform(Operation::SyncFolder { path: room.at("") }), StoreResult::Done);
    // File systems of the kernel sync nothing, and say so (EINVAL).
    assert_eq!(room.perform(Operation::SyncFolder { path: StorePath(b"/proc".to_vec()) }), StoreResult::Done);
    assert_eq!(room.refused(Operation::SyncFolder { path: room.at("missing") }), FailureKind::Missing);
}

#[test]
fn processes_are_told_apart() {
    let mut room = Room::new();
    let mut process = |pid| match room.perform(Operation::Process { pid }) {
        StoreResult::Process(process) => process,
        other => panic!("{other:?}"),
    };
    let own = process(None);
    assert_eq!((own.pid, own.lives), (std::process::id().into(), true));
    assert_eq!(own.user, rustix::process::geteuid().as_raw());
    assert!(!own.host.is_empty());
    if cfg!(target_os = "linux") {
        assert!(!own.boot.is_empty() && own.namespace.starts_with("pid:") && own.start.parse::<u64>().is_ok(), "{own:?}");
    }
    let mut child = Command::new("sleep").arg("60").spawn().unwrap();
    let other = process(Some(child.id().into()));
    assert_eq!(other, Process { pid: child.id().into(), start: other.start.clone(), lives: true, ..Process::default() });
    assert!(cfg!(not(target_os = "linux")) || other.start.parse::<u64>().unwrap() >= own.start.parse().unwrap());
    child.kill().unwrap();
    child.wait().unwrap();
    for gone in [child.id().into(), u64::MAX, 0] {
        let process = process(Some(gone));
        assert!(!process.lives && process.start.is_empty(), "{process:?}");
    }
    // Another user's process lives, and may not be signalled.
    assert!(process(Some(1)).lives);
}

#[test]
fn wait_takes_its_time() {
    let (mut room, start) = (Room::new(), Instant::now());
    room.perform(Operation::Wait { milliseconds: 30 });
    assert!(start.elapsed() >= Duration::from_millis(30));
}

#[test]
fn kinds_of_failures() {
    use rustix::io::Errno;
    for (error, kind) in [
        (Errno::EXIST, FailureKind::Exists),
        (Errno::NOENT, FailureKind::Missing),
        (Errno::NOTDIR, FailureKind::Missing),
        (Errno::ACCESS, FailureKind::Denied),
        (Errno::PERM, FailureKind::Denied),
        (Errno::ROFS, FailureKind::Denied),
        (Errno::OPNOTSUPP, FailureKind::Unsupported),
        (Errno::NOTSUP, FailureKind::Unsupported),
        (Errno::NOSYS, FailureKind::Unsupported),
        (Errno::XDEV, FailureKind::Unsupported),
        (Errno::MLINK, FailureKind::Unsupported),
        (Errno::INVAL, FailureKind::Unsupported),
        (Errno::NOSPC, FailureKind::NoSpace),
        (Errno::DQUOT, FailureKind::NoSpace),
        (Errno::FBIG, FailureKind::NoSpace),
        (Errno::BUSY, FailureKind::Busy),
        (Errno::TXTBSY, FailureKind::Busy),
        (Errno::AGAIN, FailureKind::Busy),
        (Errno::IO, FailureKind::Other),
        (Errno::LOOP, FailureKind::Other),
    ] {
        assert_eq!(failure_kind(&error.into()), kind, "{error}");
    }
}
