"""Tells the relay thread of this process that there is something to deliver."""

from threading import Event

arrived = Event()


def wake() -> None:
    arrived.set()
