"""Work on many items, several at a time."""

from __future__ import annotations

import contextvars
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Generator, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._call import Control
from ._errors import argument_error

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

Item = TypeVar("Item")
T = TypeVar("T")


@dataclass(frozen=True)
class Outcome(Generic[Item, T]):
    """An item, its place, and its result or its exception."""

    item: Item
    index: int
    value: T | None
    error: BaseException | None


def check_in_flight(in_flight: object) -> None:
    """Errors: `ERR_ARGUMENT` if it is not a positive number."""
    if not isinstance(in_flight, int) or isinstance(in_flight, bool) or in_flight < 1:
        raise argument_error("`in_flight`", "a positive int", in_flight)


def in_parallel(
    items: Iterable[Item], in_flight: int, work: Callable[[Item], T], control: Control
) -> Generator[Outcome[Item, T], None, None]:
    """Works on items in threads, and yields each outcome when it is known. An item is taken when there is room for it.

    If the control stops the run, or the items end in an exception, the outcomes of all items that were taken come first. Closing the
    generator waits for them. Another exception, such as `KeyboardInterrupt`, stops the work that has a part of the control.
    """
    from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait  # here, because its import takes long

    running: dict[Future[T], tuple[Item, int]] = {}
    iterator = iter(items)
    count = 0
    stopped: Exception | None = None
    ended = False
    with ThreadPoolExecutor(in_flight) as pool:
        try:
            while running or not ended:
                while not ended and len(running) < in_flight and not any(future.done() for future in running):
                    try:
                        control.check()
                        item = next(iterator)
                    except StopIteration:  # noqa: PERF203 (reading a document takes longer)
                        ended = True
                    except Exception as error:
                        ended, stopped = True, error
                    else:
                        running[pool.submit(contextvars.copy_context().run, work, item)] = (item, count)
                        count += 1
                if running:
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        item, index = running.pop(future)
                        failure = future.exception()
                        yield Outcome(item, index, None if failure is not None else future.result(), failure)
        except GeneratorExit:
            raise
        except BaseException:
            control.stop()
            raise
    if stopped is not None:
        raise stopped


async def in_parallel_async(
    items: Iterable[Item] | AsyncIterable[Item], in_flight: int, work: Callable[[Item], Awaitable[T]], control: Control
) -> AsyncGenerator[Outcome[Item, T], None]:
    """Works on items in tasks like `in_parallel`. An outcome does not wait for an item that is still to come."""
    import asyncio  # here, because its import takes as long as that of the whole package

    running: dict[asyncio.Future[T], tuple[Item, int]] = {}
    iterator = aiter(items) if isinstance(items, AsyncIterable) else _later(iter(items))
    coming: asyncio.Future[Item] | None = None
    waited: list[asyncio.Future[Any]]
    count = 0
    stopped: Exception | None = None
    ended = False
    try:
        while running or not ended:
            if not ended and coming is None and len(running) < in_flight:
                coming = asyncio.ensure_future(_next(iterator, control))
            waited = [*running, *([] if coming is None else [coming])]
            done, _ = await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if coming is not None and coming.done():
                try:
                    item = coming.result()
                except StopAsyncIteration:
                    ended = True
                except Exception as error:
                    ended, stopped = True, error
                else:
                    running[asyncio.ensure_future(work(item))] = (item, count)
                    count += 1
                coming = None
            for future in done & running.keys():
                item, index = running.pop(future)
                failure = asyncio.CancelledError() if future.cancelled() else future.exception()
                yield Outcome(item, index, None if failure is not None else future.result(), failure)
    except asyncio.CancelledError:
        for future in running:
            future.cancel()
        raise
    finally:
        if coming is not None:
            coming.cancel()
        waited = [*running, *([] if coming is None else [coming])]
        if waited:
            await asyncio.wait(waited)
    if stopped is not None:
        raise stopped


async def _next(iterator: AsyncIterator[Item], control: Control) -> Item:
    control.check()
    item = await anext(iterator)
    control.check()
    return item


async def _later(iterator: Any) -> AsyncGenerator[Any, None]:
    for item in iterator:
        yield item
