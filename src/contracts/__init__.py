"""The published language of the house: what one bounded context may know about another.

One file per context, each with its DTOs, its service interface and its events; `base` holds what all of them are made
of.
Imports the standard library and pydantic only, so that a client needs nothing else to speak to a module.
"""

from importlib import import_module
from pkgutil import iter_modules


def load_all() -> None:
    """Import every contract, so that all interfaces and events of the house are known, wherever their modules live."""
    for found in iter_modules(__path__):
        import_module(f"{__name__}.{found.name}")
