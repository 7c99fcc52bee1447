"""What becomes of a file whose signing in place was interrupted."""

from __future__ import annotations

import errno
import os
import stat
import time
from typing import Literal, NamedTuple

from .._errors import RustpdfError
from . import paths
from .journal import apply


def recover(path: str, undo: bool) -> Literal["nothing", "signed", "original"]:
    """Finishes an interrupted signing in place by its journal, or takes it back; `path` is a real one. Errors: `ERR_JOURNAL_…`."""
    journal_path = paths.journal_path(path)
    for attempt in range(_ATTEMPTS, 0, -1):
        try:
            journal = _read_journal(journal_path)
            return "nothing" if journal is None else _recover_by(journal, path, undo)
        except RustpdfError as error:
            # Of two that sign at once the later one notices it with its journal written, and removes it at once.
            if attempt == 1 or error.code != "ERR_JOURNAL_DOCUMENT":
                if not error.code.startswith("ERR_JOURNAL"):
                    raise
                raise RustpdfError(error.code, f"{error.message} ({journal_path})") from error  # most do not see it in a folder
        time.sleep(_ATTEMPT_SECONDS)
    raise AssertionError("the last attempt returns or raises")


class _Found(NamedTuple):
    content: bytes
    stats: os.stat_result


def _recover_by(journal: _Found, path: str, undo: bool) -> Literal["signed", "original"]:
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        _refuse_foreign(journal.stats, os.fstat(fd))
        outcome = apply(fd, journal.content, undo)
        paths.remove_own(paths.journal_path(path), journal.stats)
        return outcome
    finally:
        os.close(fd)


def _refuse_foreign(journal: os.stat_result, document: os.stat_result) -> None:
    """Whoever may write to the folder, but not to the document, could have something appended to it by a journal.

    So it counts from whoever owns the document, and from whoever asks. Errors: `ERR_JOURNAL_OWNER`.
    """
    if journal.st_uid in (document.st_uid, os.geteuid()):
        return
    found = "the journal beside the document is another user's, and that user does not own the document"
    remedy = "see who may write to the folder, then let that user recover the document, or remove the journal"
    raise RustpdfError("ERR_JOURNAL_OWNER", f"{found}; {remedy}")


def _read_journal(path: str) -> _Found | None:
    """A journal, or None where there is none: its process may remove it at any time. Errors: the system's, `ERR_JOURNAL_DAMAGED`."""
    try:
        # Neither a link is followed nor a pipe waited for: where everybody may write, it may be anybody's.
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENAMETOOLONG):
            return None
        if error.errno == errno.ELOOP:
            raise _damaged() from None
        raise
    try:
        stats = os.fstat(fd)
        if not stat.S_ISREG(stats.st_mode) or stats.st_size > _MOST:
            raise _damaged()
        with os.fdopen(fd, "rb", closefd=False) as file:
            return _Found(file.read(_MOST + 1), stats)
    finally:
        os.close(fd)


def _damaged() -> RustpdfError:
    return RustpdfError("ERR_JOURNAL_DAMAGED", f"the journal is no regular file, or has more than {_MOST} bytes; remove it")


# An update is a few kilobytes, and with the objects of a large form some megabytes.
_MOST = 64 * 1024 * 1024
# A journal is wrong for milliseconds, unless it stays so.
_ATTEMPTS = 20
_ATTEMPT_SECONDS = 0.025
