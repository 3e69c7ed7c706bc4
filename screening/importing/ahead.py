"""Read on in a thread of its own while what was read before is written: the database works as long as the reader does."""

import queue
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
#: How many parts are read ahead; memory stays flat.
HELD = 1
PATIENCE = 0.2


@contextmanager
def ahead(parts: Iterable[T]) -> Iterator[Iterator[T]]:
    """Give the parts in their order, each read before it is asked for; an exception of the reader comes where its part would.

    The thread ends with the block, however that ends. It must not touch the database.
    """
    filled: queue.Queue[tuple[str, T | BaseException | None]] = queue.Queue(HELD)
    over = threading.Event()

    def put(kind: str, thing: T | BaseException | None) -> bool:
        while not over.is_set():
            try:
                filled.put((kind, thing), timeout=PATIENCE)
                return True
            except queue.Full:
                continue
        return False

    def read() -> None:
        try:
            for part in parts:
                if not put("part", part):
                    return
            put("end", None)
        except BaseException as error:
            put("error", error)

    def given() -> Iterator[T]:
        while True:
            kind, thing = filled.get()
            if kind == "end":
                return
            if kind == "error":
                assert isinstance(thing, BaseException)
                raise thing
            yield thing  # type: ignore[misc]  # of kind part, so a T

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield given()
    finally:
        over.set()
        reader.join()
