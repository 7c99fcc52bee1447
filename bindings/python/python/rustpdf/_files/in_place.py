"""Signing in place."""

from __future__ import annotations

import errno
import os
from contextlib import suppress

from .._call import Control
from .._errors import RustpdfError, file_changed
from .._operations import make_journal
from .._output import Copy
from .._wire import Buffer
from . import paths
from .file_source import FileSource
from .journal import Journal, apply, is_whole


class InPlace:
    """The file itself. Its bytes are never touched: the update goes behind them by one write.

    Before it, the update is on the disk in a journal, by which an interrupted write is finished or taken back.
    Errors: those of the system, where the file cannot be written, or its folder, which takes the journal.
    """

    copy: Copy = "none"

    def __init__(self, source: FileSource, control: Control) -> None:
        path = source.path
        if not os.access(os.path.dirname(path), os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), os.path.dirname(path))
        with suppress(FileNotFoundError):
            os.stat(paths.journal_path(path))  # the longest names have no room for that of a journal
        self._source = source
        self._path = path
        self._control = control
        self._fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)  # of our own, whatever the caller's may do

    def sink(self) -> None:
        """The document is there already."""

    def commit(self, update: Buffer) -> None:
        """Writes the update behind the document, by way of a journal."""
        self._control.progress("write", 0, len(update))
        length = self._source.length
        tail = min(length, _TAIL)
        content = make_journal(length, self._source.read(length - tail, tail), update)
        self._control.progress("write", len(update), len(update))  # the last chance to stop it
        journal = Journal.write(self._path, self._source.mode, content, self._source.refuse_changed)
        # From here on the signature is as good as there: whatever comes, the journal finishes it.
        try:
            apply(self._fd, content, undo=False)
        except BaseException as error:
            # What stands behind the document now was not written here: then nothing was.
            changed = isinstance(error, RustpdfError) and error.code == "ERR_JOURNAL_DOCUMENT"
            if not changed:
                try:
                    apply(self._fd, content, undo=True)
                except Exception:
                    raise error from None  # and the journal stays
            self._removed(journal)
            if changed:
                raise file_changed() from error
            raise
        # Where it cannot be removed, it finds the signature whole. Where it is gone, somebody has finished that, or taken it back.
        if not self._removed(journal) and not self._is_whole(content):
            raise file_changed()

    def end(self) -> None:
        """Lets go of the file."""
        os.close(self._fd)

    @staticmethod
    def _removed(journal: Journal) -> bool:
        try:
            return journal.remove()
        except OSError:
            return True

    def _is_whole(self, content: bytes) -> bool:
        try:
            return is_whole(self._fd, content)
        except (OSError, RustpdfError):
            return False


# By its last bytes a journal knows its document.
_TAIL = 1024
