"""The topologies: the monolith, the monolith with one module lifted out, and every module by itself."""

from collections.abc import Callable
from dataclasses import dataclass

from config.settings.environment import MODULES, PORTAL

PORTS = {name: 8000 + number for number, name in enumerate((*MODULES, PORTAL))}
"""Where each listens when it runs by itself: users 8000, academics 8001, and so on."""
WEB = "web"
"""The process that serves the pages and everything that is not lifted out."""


@dataclass(frozen=True)
class Unit:
    """A container: one server, and its worker and beat, with a database of its own."""

    name: str
    modules: tuple[str, ...]
    serves_pages: bool

    @property
    def port(self) -> int:
        return PORTS.get(self.name, 8000)

    @property
    def runs(self) -> str:
        """Its MODULES."""
        return ",".join([*self.modules, *([PORTAL] if self.serves_pages else [])])


@dataclass(frozen=True)
class Topology:
    name: str
    units: tuple[Unit, ...]

    def home_of(self, module: str) -> Unit:
        """The unit in which a module runs; "portal" for the pages."""
        return next(u for u in self.units if module in u.modules or (module == PORTAL and u.serves_pages))

    def variables(self, unit: Unit, address: Callable[[Unit], str]) -> dict[str, str]:
        """What tells a unit which modules are its own, and where it finds the others."""
        if len(self.units) == 1:
            return {}
        others = {m: self.home_of(m) for m in MODULES if m not in unit.modules}
        return {"MODULES": unit.runs} | {f"{m.upper()}_URL": address(home) for m, home in others.items()}


def named(name: str) -> Topology:
    """`monolith`, `lifted:<module>` or `microservices`. Raises ValueError for anything else."""
    kind, _, module = name.partition(":")
    if name == "monolith":
        return Topology(name, (Unit(WEB, MODULES, serves_pages=True),))
    if name == "microservices":
        apart = tuple(Unit(m, (m,), serves_pages=False) for m in MODULES)
        return Topology(name, (*apart, Unit(PORTAL, (), serves_pages=True)))
    if kind == "lifted" and module in MODULES:
        rest = tuple(m for m in MODULES if m != module)
        return Topology(name, (Unit(WEB, rest, serves_pages=True), Unit(module, (module,), serves_pages=False)))
    raise ValueError(
        f"{name!r} is no topology; known are monolith, lifted:<one of {', '.join(MODULES)}>, microservices"
    )
