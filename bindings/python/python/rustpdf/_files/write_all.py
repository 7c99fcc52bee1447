"""Writing to a descriptor."""

from __future__ import annotations

import os

from .._wire import Buffer


def write_all(fd: int, content: Buffer, offset: int) -> None:
    """Writes all the bytes at an offset: by one call, unless the system takes fewer."""
    view = memoryview(content)
    while len(view) > 0:
        written = os.pwrite(fd, view, offset)
        view = view[written:]
        offset += written
