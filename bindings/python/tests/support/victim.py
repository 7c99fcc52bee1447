"""Signs a file in place and is killed in the midst of a write: `victim.py FILE N`, of the N-th from 1. The first is that of the journal."""

import os
import signal
import sys
from collections.abc import Iterator
from itertools import count
from typing import Any

import rustpdf
from rustpdf._disk import Disk

from .pki import CHAIN, MOMENT, certificate, signer


def main(path: str, number: int) -> None:
    """Signs, and does not come to its end."""
    perform = Disk.perform
    writes: Iterator[int] = count(1)

    def killed(self: Disk, operation: Any, content: memoryview) -> Any:
        if operation["op"] != "write" or next(writes) < number:
            return perform(self, operation, content)
        perform(self, operation, content[: len(content) // 2])
        return os.kill(os.getpid(), signal.SIGKILL)

    Disk.perform = killed  # type: ignore[assignment]
    rustpdf.sign_file(path, path, certificate=certificate(), signer=signer(), chain=CHAIN, **MOMENT)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
