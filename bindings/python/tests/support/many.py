"""Signs the documents 0.pdf … of a folder in place, with a ledger: `many.py FOLDER COUNT`. It may be killed at any time."""

import sys

import rustpdf

from .pki import CHAIN, MOMENT, certificate, signer


def main(folder: str, count: int) -> None:
    """Signs, and fails unless all is signed at the end."""
    jobs = [rustpdf.Job(f"{folder}/{index}.pdf", f"{folder}/{index}.pdf") for index in range(count)]
    by = rustpdf.Signer(certificate(), signer(), CHAIN)
    outcomes = [*rustpdf.sign_many(jobs, signer=by, ledger=f"{folder}/ledger", **MOMENT)]
    assert all(outcome.status != "failed" for outcome in outcomes), outcomes


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
