"""Operations on files that the core asks for (docs/protocol.md, "Operations of `store`")."""

from __future__ import annotations

import errno
import os
import stat
import time
from contextlib import suppress
from typing import Any

from .._wire import Buffer, path_from_wire, path_to_wire


class Disk:
    """Open files by their handles, and the operations on them and on paths."""

    def __init__(self) -> None:
        self._files: dict[int, int] = {}
        self._callers: set[int] = set()

    def register(self, fd: int, *, callers: bool) -> int:
        """The handle of an open file. One of the caller's stays open."""
        handle = len(self._files)
        self._files[handle] = fd
        if callers:
            self._callers.add(handle)
        return handle

    def descriptor(self, handle: int) -> int:
        """The descriptor of a handle."""
        return self._files[handle]

    def close(self) -> None:
        """Closes all files but the caller's."""
        for handle in self._files.keys() - self._callers:
            os.close(self._files.pop(handle))

    def perform(self, operation: dict[str, Any], content: Buffer) -> dict[str, Any] | bytes:
        """Performs one operation, which writes `content`. Returns its result, of `read` the bytes.

        Errors: those of the system.
        """
        match operation:
            case {"op": "resolve", "path": path}:
                return {"path": path_to_wire(_real_path(path_from_wire(path)))}
            case {"op": "open", "handle": handle, "path": path, "access": access}:
                # Without waiting for the other end of a pipe.
                return self._open(handle, path, _ACCESS[access] | os.O_NOFOLLOW | os.O_NONBLOCK)
            case {"op": "create", "handle": handle, "path": path, "mode": mode}:
                return self._open(handle, path, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
            case {"op": "stat", "handle": handle}:
                return _facts(os.fstat(self._files[handle]))
            case {"op": "stat", "path": path}:
                found = _stat_or_none(path_from_wire(path))
                return {"type": "missing"} if found is None else _facts(found)
            case {"op": "absent", "path": path}:
                _refuse_existing(path_from_wire(path))
            case {"op": "read", "handle": handle, "offset": offset, "length": length}:
                return read_up_to(self._files[handle], offset, length)
            case {"op": "write", "handle": handle, "offset": offset}:
                write_all(self._files[handle], content, offset)
            case {"op": "append", "handle": handle}:
                view = memoryview(content)
                while len(view) > 0:  # where the system takes fewer, the next call brings its error
                    view = view[os.write(self._files[handle], view) :]
            case {"op": "truncate", "handle": handle, "length": length}:
                os.ftruncate(self._files[handle], length)
            case {"op": "sync", "handle": handle}:
                os.fsync(self._files[handle])
            case {"op": "permit", "handle": handle, "owner": owner, "group": group, "mode": mode}:
                if owner is not None or group is not None:
                    os.fchown(self._files[handle], -1 if owner is None else owner, -1 if group is None else group)
                if mode is not None:
                    os.fchmod(self._files[handle], mode)
            case {"op": "close", "handle": handle}:
                os.close(self._files.pop(handle))
            case {"op": "link", "from": source, "to": target}:
                os.link(path_from_wire(source), path_from_wire(target), follow_symlinks=False)
            case {"op": "rename", "from": source, "to": target}:
                os.replace(path_from_wire(source), path_from_wire(target))
            case {"op": "remove", "path": path, "identity": identity}:
                return {"removed": _remove(path_from_wire(path), identity)}
            case {"op": "list", "path": path, "prefix": prefix}:
                return {"names": _list(path_from_wire(path), bytes.fromhex(prefix))}
            case {"op": "syncFolder", "path": path}:
                _sync_folder(path_from_wire(path))
            case {"op": "process", "pid": None}:
                return _own_process()
            case {"op": "process", "pid": pid}:
                return {"lives": _lives(pid), "start": _start_of(pid)}
            case {"op": "wait", "milliseconds": milliseconds}:
                time.sleep(milliseconds / 1000)
            case _:
                raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
        return {}

    def _open(self, handle: int, path: str, flags: int, mode: int = 0) -> dict[str, Any]:
        self._files[handle] = fd = os.open(path_from_wire(path), flags, mode)
        return _facts(os.fstat(fd))


def read_up_to(fd: int, offset: int, length: int) -> bytes:
    """So many bytes from an offset on; fewer at the end of the file."""
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


def kind_of(error: OSError) -> str:
    """The kind of a failure of the system, as answers name it."""
    return _KINDS.get(error.errno or 0, "other")


def _real_path(path: str) -> str:
    try:
        return os.path.realpath(path, strict=True)
    except FileNotFoundError:
        folder, name = os.path.split(path)
        return os.path.join(os.path.realpath(folder, strict=True), name)


def _stat_or_none(path: str) -> os.stat_result | None:
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


def _facts(found: os.stat_result) -> dict[str, Any]:
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
    found = _stat_or_none(path)
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


def _own_process() -> dict[str, Any]:
    boot = namespace = ""
    with suppress(OSError):
        boot = _text_of("/proc/sys/kernel/random/boot_id").strip()
        namespace = os.readlink("/proc/self/ns/pid")
    pid, host = os.getpid(), os.uname().nodename
    own = {"pid": pid, "user": os.geteuid(), "host": host, "boot": boot, "namespace": namespace}
    return {**own, "start": _start_of(pid), "lives": True}


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):  # an overflow is a number that no process can have
        return False
    except PermissionError:
        return True
    return True


def _start_of(pid: int) -> str:
    """The time at which a process began, in ticks since the boot (proc(5)); empty where it is not told."""
    with suppress(OSError):
        # The program's name comes before, in parentheses, and may contain some itself.
        return _text_of(f"/proc/{pid}/stat").rpartition(")")[2].split()[19]
    return ""


def _text_of(path: str) -> str:
    with open(path, errors="replace") as file:
        return file.read()


_ACCESS = {"read": os.O_RDONLY, "write": os.O_RDWR, "append": os.O_WRONLY | os.O_APPEND}
_TYPES = {stat.S_IFREG: "file", stat.S_IFLNK: "link", stat.S_IFDIR: "folder"}
_KINDS = {
    getattr(errno, name): kind
    for kind, names in {
        "exists": "EEXIST",
        "missing": "ENOENT ENOTDIR",
        "denied": "EACCES EPERM EROFS",
        "unsupported": "EOPNOTSUPP ENOTSUP ENOSYS EXDEV EMLINK EINVAL",
        "noSpace": "ENOSPC EDQUOT EFBIG",
        "busy": "EBUSY ETXTBSY EAGAIN",
    }.items()
    for name in names.split()
}
_MOST_NAMES = 10_000
