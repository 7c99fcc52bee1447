"""The public calls that raise signatures to a level, renew their evidence, or give a document a timestamp."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, Literal

from ._arguments import Document, Output
from ._call import Extending, SignCall, split_keywords
from ._generated import ExtensionOptions
from ._machine import Work, drive, drive_async
from ._operations import Operation
from ._options import Extension
from ._output import Extended, ExtendedFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from typing_extensions import Unpack

    from ._frames import LedgerJob

_Name = Literal["extend", "timestamp"]


def extend(pdf: Document, *, options: Extension = None, **keywords: Unpack[Extending]) -> Extended:
    """Raises the signatures of a PDF to a level, B-LTA by default, and returns it with a report. It needs no key.

    Signatures of other programs are raised too. Their containers stay as they are. Of a signature that has the level, the evidence is
    renewed. Each signature that is raised is verified first. Changes after it are not judged.

    `options` and `keywords` are those of `ExtensionOptions`; the rest of `keywords` are those of `Watching`, `Online` and `Moment`.

    >>> signed = rustpdf.sign(pdf, signer=signer).pdf
    >>> extended = rustpdf.extend(signed, level="B-T", timestamp={"services": [tsa]})
    >>> extended.report.level
    'B-T'

    Raises RustpdfError, and TypeError for an unknown keyword.
    """
    return _extended("extend", extend, pdf, options, keywords)


async def extend_async(pdf: Document, *, options: Extension = None, **keywords: Unpack[Extending]) -> Extended:
    """Raises the signatures of a PDF like `extend`, while the event loop goes on.

    >>> signed = rustpdf.sign(pdf, signer=signer).pdf
    >>> asyncio.run(rustpdf.extend_async(signed, level="B-T", timestamp={"services": [tsa]})).report.level
    'B-T'
    """
    return await _extended_async("extend", extend_async, pdf, options, keywords)


def extend_file(
    input: Document, output: Output, *, options: Extension = None, replace: bool = False, **keywords: Unpack[Extending]
) -> ExtendedFile:
    """Raises the signatures of a document of any size, which is read once, into an output of `sign_file`.

    The other arguments are those of `extend`.

    >>> signed = rustpdf.sign_file("in.pdf", "in.pdf", signer=signer)
    >>> rustpdf.extend_file("in.pdf", "in.pdf", level="B-T", timestamp={"services": [tsa]}).report.level
    'B-T'
    """
    return _into_output("extend", extend_file, input, output, options, replace, keywords)


async def extend_file_async(
    input: Document, output: Output, *, options: Extension = None, replace: bool = False, **keywords: Unpack[Extending]
) -> ExtendedFile:
    """Raises the signatures of a document of any size like `extend_file`, while the event loop goes on.

    >>> signed = rustpdf.sign_file("in.pdf", "in.pdf", signer=signer)
    >>> work = rustpdf.extend_file_async("in.pdf", "out.pdf", level="B-T", timestamp={"services": [tsa]})
    >>> asyncio.run(work).report.level
    'B-T'
    """
    return await _into_output_async("extend", extend_file_async, input, output, options, replace, keywords)


def timestamp(pdf: Document, *, options: Extension = None, **keywords: Unpack[Extending]) -> Extended:
    """Gives a PDF a timestamp of the whole document, and returns it with a report. It needs neither a key nor a signature.

    The arguments are those of `extend`, without `level`, `minimum_level` and `fields`.

    >>> rustpdf.timestamp(pdf, timestamp={"services": [tsa]}).report.timestamps[0].of_document
    True
    """
    return _extended("timestamp", timestamp, pdf, options, keywords)


async def timestamp_async(pdf: Document, *, options: Extension = None, **keywords: Unpack[Extending]) -> Extended:
    """Gives a PDF a timestamp like `timestamp`, while the event loop goes on.

    >>> asyncio.run(rustpdf.timestamp_async(pdf, timestamp={"services": [tsa]})).report.revisions
    1
    """
    return await _extended_async("timestamp", timestamp_async, pdf, options, keywords)


def timestamp_file(
    input: Document, output: Output, *, options: Extension = None, replace: bool = False, **keywords: Unpack[Extending]
) -> ExtendedFile:
    """Gives a document of any size a timestamp, into an output of `sign_file`. The other arguments are those of `timestamp`.

    >>> rustpdf.timestamp_file("in.pdf", "out.pdf", timestamp={"services": [tsa]}).report.revisions
    1
    """
    return _into_output("timestamp", timestamp_file, input, output, options, replace, keywords)


async def timestamp_file_async(
    input: Document, output: Output, *, options: Extension = None, replace: bool = False, **keywords: Unpack[Extending]
) -> ExtendedFile:
    """Gives a document of any size a timestamp like `timestamp_file`, while the event loop goes on.

    >>> work = rustpdf.timestamp_file_async("in.pdf", "out.pdf", timestamp={"services": [tsa]})
    >>> asyncio.run(work).report.revisions
    1
    """
    return await _into_output_async("timestamp", timestamp_file_async, input, output, options, replace, keywords)


def _call(function: Callable[..., Any], options: Extension, keywords: Mapping[str, Any]) -> tuple[dict[str, Any], SignCall]:
    split, call = split_keywords(function, keywords, Extending, options, ExtensionOptions)
    return split, SignCall(**call)


def _extended(name: _Name, function: Callable[..., Any], pdf: Document, options: Extension, keywords: Mapping[str, Any]) -> Extended:
    return drive(_in_memory(name, pdf, *_call(function, options, keywords)))


async def _extended_async(
    name: _Name, function: Callable[..., Any], pdf: Document, options: Extension, keywords: Mapping[str, Any]
) -> Extended:
    split, call = _call(function, options, keywords)
    return await drive_async(_in_memory(name, pdf, split, call), call.control)


def _into_output(
    name: _Name,
    function: Callable[..., Any],
    document: Document,
    output: Output,
    options: Extension,
    replace: bool,
    keywords: Mapping[str, Any],
) -> ExtendedFile:
    split, call = _call(function, options, keywords)
    return _whole(drive(into_file(name, document, output, replace, split, call)))


async def _into_output_async(
    name: _Name,
    function: Callable[..., Any],
    document: Document,
    output: Output,
    options: Extension,
    replace: bool,
    keywords: Mapping[str, Any],
) -> ExtendedFile:
    split, call = _call(function, options, keywords)
    return _whole(await drive_async(into_file(name, document, output, replace, split, call), call.control))


def _in_memory(name: _Name, pdf: Document, options: Mapping[str, Any], call: SignCall) -> Work[Extended]:
    with closing(Operation(pdf, call, in_memory=True)) as operation:
        done = yield from operation.extend(name, options)
        extended = operation.finish_extension(done)
        assert extended is not None
        content = b"".join([operation.content(), extended.update])
    call.control.warn_of_rest(extended.report.warnings)
    return Extended(content, extended.report)


def into_file(
    name: _Name,
    document: Document,
    output: Output,
    replace: bool,
    options: Mapping[str, Any],
    call: SignCall,
    job: LedgerJob | None = None,
    renew_before: int | None = None,
) -> Work[ExtendedFile | None]:
    """Extends a document into an output; None if nothing was to be done. `job` is its job in a ledger."""
    with closing(Operation(document, call, output, replace=replace)) as operation:
        done = yield from operation.extend(name, options, job, renew_before)
        extended = operation.finish_extension(done)
    if extended is not None:
        call.control.warn_of_rest(extended.report.warnings)
    return extended


def _whole(extended: ExtendedFile | None) -> ExtendedFile:
    """A file that nothing lets be skipped."""
    assert extended is not None
    return extended
