"""Operations on files (docs/protocol.md, "Operations of `store`"): each performs one request of the core, and decides nothing."""

from __future__ import annotations

import errno
import os
import stat
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from ._frame import Buffer, path_from_wire, path_to_wire

if TYPE_CHECKING:
    from ._frames import Access, FailureKind, FileKind, Operation, Process, ResultFrame, Stat


class Disk:
    """Open files by their handles, and the operations on them and on paths."""

    def __init__(self) -> None:
        self._files: dict[int, int] = {}
        self._callers: set[int] = set()

    def register(self, fd: int, *, callers: bool) -> int:
        """Assigns a handle to an open file. `close` leaves files of the caller open."""
        handle = len(self._files)
        self._files[handle] = fd
        if callers:
            self._callers.add(handle)
        return handle

    def descriptor(self, handle: int) -> int:
        """The descriptor of a handle."""
        return self._files[handle]

    def close(self) -> None:
        """Closes all files except the caller's."""
        for handle in self._files.keys() - self._callers:
            os.close(self._files.pop(handle))

    def perform(self, operation: Operation, content: Buffer) -> ResultFrame | bytes:
        """Performs one operation, which writes `content`. Returns its result; of `read` the bytes.

        Errors: those of the system.
        """
        match operation["op"]:
            case "resolve":
                return {"path": path_to_wire(_real_path(path_from_wire(operation["path"])))}
            case "open":
                # O_NONBLOCK: the other end of a pipe is not waited for.
                flags = _ACCESS[operation["access"]] | os.O_NOFOLLOW | os.O_NONBLOCK
                return self._open(operation["handle"], operation["path"], flags)
            case "create":
                return self._open(operation["handle"], operation["path"], os.O_RDWR | os.O_CREAT | os.O_EXCL, operation["mode"])
            case "stat":
                if "handle" in operation:
                    return {"stat": _stat(os.fstat(self._files[operation["handle"]]))}
                found = _status_or_none(path_from_wire(operation["path"]))
                return {"stat": {"type": "missing"} if found is None else _stat(found)}
            case "absent":
                _refuse_existing(path_from_wire(operation["path"]))
            case "read":
                return read_up_to(self._files[operation["handle"]], operation["offset"], operation["length"])
            case "write":
                write_all(self._files[operation["handle"]], content, operation["offset"])
            case "append":
                view = memoryview(content)
                while len(view) > 0:  # if the system takes fewer, the next call brings its error
                    view = view[os.write(self._files[operation["handle"]], view) :]
            case "truncate":
                os.ftruncate(self._files[operation["handle"]], operation["length"])
            case "sync":
                os.fsync(self._files[operation["handle"]])
            case "permit":
                fd, owner, group, mode = (
                    self._files[operation["handle"]],
                    operation.get("owner"),
                    operation.get("group"),
                    operation.get("mode"),
                )
                if owner is not None or group is not None:
                    os.fchown(fd, -1 if owner is None else owner, -1 if group is None else group)
                if mode is not None:
                    os.fchmod(fd, mode)
            case "close":
                os.close(self._files.pop(operation["handle"]))
            case "link":
                os.link(path_from_wire(operation["from"]), path_from_wire(operation["to"]), follow_symlinks=False)
            case "rename":
                os.replace(path_from_wire(operation["from"]), path_from_wire(operation["to"]))
            case "remove":
                return {"removed": _remove(path_from_wire(operation["path"]), operation.get("identity"))}
            case "list":
                return {"names": _list(path_from_wire(operation["path"]), bytes.fromhex(operation["prefix"]))}
            case "syncFolder":
                _sync_folder(path_from_wire(operation["path"]))
            case "process":
                pid = operation.get("pid")
                return {"process": _own_process() if pid is None else {"lives": _lives(pid), "start": _start_of(pid)}}
            case "wait":
                time.sleep(operation["milliseconds"] / 1000)
            case _:
                raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
        return {}

    def _open(self, handle: int, path: str, flags: int, mode: int = 0) -> ResultFrame:
        self._files[handle] = fd = os.open(path_from_wire(path), flags, mode)
        return {"stat": _stat(os.fstat(fd))}


def read_up_to(fd: int, offset: int, length: int) -> bytes:
    """The bytes of a range; fewer at the end of the file."""
    content = os.pread(fd, length, offset)
    while len(content) < length and (more := os.pread(fd, length - len(content), offset + len(content))):
        content += more
    return content


def write_all(fd: int, content: Buffer, offset: int) -> None:
    """Writes all the bytes at an offset: by one call, unless the system takes fewer."""
    view = memoryview(content)
    while len(view) > 0:
        written = os.pwrite(fd, view, offset)
        view = view[written:]
        offset += written


def kind_of(error: OSError) -> FailureKind:
    """Kind of a failure of the system."""
    return _KINDS.get(error.errno or 0, "other")


def _real_path(path: str) -> str:
    try:
        return os.path.realpath(path, strict=True)
    except FileNotFoundError:
        folder, name = os.path.split(path)
        return os.path.join(os.path.realpath(folder, strict=True), name)


def _status_or_none(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG):
            raise
        return None


def _refuse_existing(path: str) -> None:
    with suppress(FileNotFoundError, NotADirectoryError):
        os.lstat(path)
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)


def _stat(found: os.stat_result) -> Stat:
    return {
        "type": _TYPES.get(stat.S_IFMT(found.st_mode), "other"),
        "identity": _identity(found),
        "size": found.st_size,
        "mode": found.st_mode & 0o777,
        "owner": found.st_uid,
        "group": found.st_gid,
        "links": found.st_nlink,
        "modified": str(found.st_mtime_ns),
        "changed": str(found.st_ctime_ns),
    }


def _identity(found: os.stat_result) -> str:
    return f"{found.st_dev}:{found.st_ino}"


def _remove(path: str, identity: str | None) -> bool:
    found = _status_or_none(path)
    if found is None or identity not in (None, _identity(found)):
        return False
    with suppress(FileNotFoundError):  # another process was faster
        os.unlink(path)
        return True
    return False


def _list(folder: str, prefix: bytes) -> list[str]:
    names: list[str] = []
    with os.scandir(os.fsencode(folder)) as entries:
        for entry in entries:
            if entry.name.startswith(prefix) and len(names) < _MOST_NAMES:
                names.append(entry.name.hex())
    return names


def _sync_folder(path: str) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _own_process() -> Process:
    boot = namespace = ""
    with suppress(OSError):
        boot = _text_of("/proc/sys/kernel/random/boot_id").strip()
        namespace = os.readlink("/proc/self/ns/pid")
    pid, host = os.getpid(), os.uname().nodename
    user, start = os.geteuid(), _start_of(pid)
    return {"pid": pid, "user": user, "host": host, "boot": boot, "namespace": namespace, "start": start, "lives": True}


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):  # no process can have a number that overflows
        return False
    except PermissionError:
        return True
    return True


def _start_of(pid: int) -> str:
    """Start of a process in ticks since the boot (proc(5)); empty if the system does not tell."""
    with suppress(OSError):
        # The name of the program stands before, in parentheses, and may contain parentheses itself.
        return _text_of(f"/proc/{pid}/stat").rpartition(")")[2].split()[19]
    return ""


def _text_of(path: str) -> str:
    with open(path, errors="replace") as file:
        return file.read()


_ACCESS: dict[Access, int] = {"read": os.O_RDONLY, "write": os.O_RDWR, "append": os.O_WRONLY | os.O_APPEND}
_TYPES: dict[int, FileKind] = {stat.S_IFREG: "file", stat.S_IFLNK: "link", stat.S_IFDIR: "folder"}
_ERRNO: dict[FailureKind, str] = {
    "exists": "EEXIST",
    "missing": "ENOENT ENOTDIR",
    "denied": "EACCES EPERM EROFS",
    "unsupported": "EOPNOTSUPP ENOTSUP ENOSYS EXDEV EMLINK EINVAL",
    "noSpace": "ENOSPC EDQUOT EFBIG",
    "busy": "EBUSY ETXTBSY EAGAIN",
}
_KINDS: dict[int, FailureKind] = {getattr(errno, name): kind for kind, names in _ERRNO.items() for name in names.split()}
_MOST_NAMES = 10_000
