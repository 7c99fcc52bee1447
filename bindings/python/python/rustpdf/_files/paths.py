"""Names of files, and what is done with folders."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress

from .._errors import argument_error


def journal_path(path: str) -> str:
    """Where the journal of a file lies; `path` is its real one."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name}.rustpdf")


def temporary_path(path: str) -> str:
    """A free name beside a file, for what becomes it or its journal; it tells whose it is."""
    return os.path.join(os.path.dirname(path), f"{_prefix(path)}{os.getpid()}-{secrets.token_hex(6)}")


def _prefix(path: str) -> str:
    # Fifty characters of the file's name: the longest name that there is has no room for more.
    return f".{os.path.basename(path)[:50]}.rustpdf-"


def path_of_open(fd: int) -> str:
    """The real path of an open file. Errors: `ERR_ARGUMENT` where the system does not tell it."""
    try:
        return os.path.realpath(f"/proc/self/fd/{fd}", strict=True)  # Linux
    except OSError:
        raise argument_error("this system does not tell the path of an open file", "give the path") from None


def sync_folder(path: str) -> None:
    """Sees to it that the names in the folder of `path` are on the disk."""
    fd = os.open(os.path.dirname(path), os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def stat_or_none(path: str) -> os.stat_result | None:
    """What is at a path, or None where there is nothing that can be looked at."""
    try:
        return os.stat(path)
    except OSError:
        return None


def is_same(one: os.stat_result, other: os.stat_result) -> bool:
    """Whether both are of one file."""
    return one.st_dev == other.st_dev and one.st_ino == other.st_ino


def remove_own(path: str, written: os.stat_result) -> bool:
    """Removes a journal if it is still the one that is meant, by its time as well: numbers of files are given anew. Tells if it was.

    Errors: the system's, where it stays: then it would be applied once more.
    """
    found = stat_or_none(path)
    if found is None or found.st_ino != written.st_ino or found.st_mtime_ns != written.st_mtime_ns:
        return False
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    with suppress(OSError):  # a journal that comes back does no harm
        sync_folder(path)
    return True


def remove_quietly(path: str) -> None:
    """Removes a file, if it is there."""
    with suppress(OSError):
        os.unlink(path)
