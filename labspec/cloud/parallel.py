"""Work done at the same time, by threads that nobody has to wait for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

AT_ONCE = 8

Thing = TypeVar("Thing")
Made = TypeVar("Made")


def at_once(work: Callable[[Thing], Made], things: Collection[Thing]) -> Iterator[Made]:
    """Do the work on each of the things, and give what comes of it as it comes. Raises what the work raises first.

    Who stops this, by Ctrl-C or an error, stops what has not begun, and does not wait for what has: a pool of threads
    would be waited for as Python ends, minutes long where the network is silent. So the work has to be such that it
    may end anywhere.
    """
    waiting: SimpleQueue[Thing] = SimpleQueue()
    done: SimpleQueue[Made | _Failed] = SimpleQueue()
    for thing in things:
        waiting.put(thing)
    for _ in range(min(AT_ONCE, len(things))):
        Thread(target=_worked, args=(work, waiting, done), daemon=True).start()
    try:
        for _ in things:
            made = done.get()
            if isinstance(made, _Failed):
                raise made.error
            yield made
    finally:
        _empty(waiting)


class _Failed:
    def __init__(self, error: BaseException) -> None:
        self.error = error


def _worked(work: Callable[[Thing], Made], waiting: SimpleQueue[Thing], done: SimpleQueue[Made | _Failed]) -> None:
    while True:
        try:
            thing = waiting.get_nowait()
        except Empty:
            return
        try:
            done.put(work(thing))
        except BaseException as error:
            _empty(waiting)
            done.put(_Failed(error))


def _empty(queue: SimpleQueue[Thing]) -> None:
    while True:
        try:
            queue.get_nowait()
        except Empty:
            return
