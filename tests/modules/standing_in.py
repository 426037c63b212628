"""Fakes of which only some questions are asked, as providers of a whole interface."""

from typing import Any

from contracts.base import Service


def standing_in(interface: type[Service], fake: object) -> Any:
    """The fake as a provider of the interface; what it does not answer is an error in the test."""
    answers = {name: getattr(fake, name, _unexpected(interface, name)) for name in interface.operations}
    return type(f"Fake{interface.__name__}", (interface,), {n: staticmethod(a) for n, a in answers.items()})()


def _unexpected(interface: type[Service], name: str) -> Any:
    def answer(**arguments: Any) -> Any:
        raise AssertionError(f"{interface.__name__}.{name} was not expected to be called")

    return answer
