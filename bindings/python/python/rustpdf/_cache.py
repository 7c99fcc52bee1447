"""Caches of responses."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Cache(Protocol):
    """A cache of responses about certificates, shared by the calls that receive it. `MemoryCache` is one.

    Keys are texts. Values are bytes that only the package reads. Several threads may call it at a time. Its exceptions reach the caller
    unchanged.
    """

    def get(self, key: str, /) -> bytes | None:
        """Value of a key, or None."""
        ...

    def set(self, key: str, value: bytes, /) -> object:
        """Stores the value of a key. It may drop values at any time."""
        ...


class MemoryCache:
    """A cache in the memory of this process. Responses are reused for an hour, unless they expire earlier.

    >>> cache = rustpdf.MemoryCache()
    >>> first = rustpdf.sign(pdf, signer=signer, cache=cache)
    >>> second = rustpdf.sign(pdf, signer=signer, cache=cache)
    """

    def __init__(self, max_bytes: int = 128 << 20) -> None:
        self._max_bytes = max_bytes
        self._size = 0
        self._values: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def get(self, key: str, /) -> bytes | None:
        """Value of a key, or None."""
        with self._lock:
            return self._values.get(key)

    def set(self, key: str, value: bytes, /) -> None:
        """Stores the value of a key, and drops the oldest values if all together are too large."""
        with self._lock:
            self._size += len(value) - len(self._values.pop(key, b""))
            self._values[key] = value
            while self._size > self._max_bytes:
                self._size -= len(self._values.pop(next(iter(self._values))))


def pack(body: bytes) -> bytes:
    """The value of a response that arrives now."""
    return int(time.time()).to_bytes(8, "big") + body


def unpack(value: bytes | None) -> bytes | None:
    """The body of a value that is not too old."""
    if value is None or len(value) < 8 or not 0 <= time.time() - int.from_bytes(value[:8], "big") <= _LIFE:
        return None
    return value[8:]


_LIFE = 3600
