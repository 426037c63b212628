"""`pytest -p tests.plugins.strangers` with ALONE=attendance: importing any other module, the pages, or the move from
the legacy ends with an error that no `except ImportError` takes for a library that is not installed.
"""

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

OTHERS = ("portal", "migrations_legacy")


class StrangerImported(RuntimeError):
    """Code that is said to stand alone has asked for what is not its own."""


class Strangers(MetaPathFinder):
    """Comes before all finders, and refuses."""

    def __init__(self, alone: str) -> None:
        self.own = f"modules.{alone}"

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        top, _, rest = fullname.partition(".")
        stranger = top in OTHERS or (top == "modules" and rest and not f"{fullname}.".startswith(f"{self.own}."))
        if stranger:
            raise StrangerImported(f"{self.own} has led to an import of {fullname}")
        return None


sys.meta_path.insert(0, Strangers(os.environ["ALONE"]))
