"""What each module is, read from the running code: the source of `manage.py modules` and of the README's table."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from kernel.events import subscriptions
from kernel.middleware import owner_of
from kernel.module import ModuleConfig


@dataclass(frozen=True)
class Canvas:
    """One module. All lists are sorted, so that the text changes only when the code does."""

    name: str
    provides: str
    operations: tuple[str, ...]
    requires: tuple[str, ...]
    publishes: tuple[str, ...]
    subscribes: tuple[str, ...]
    tables: tuple[str, ...]
    routes: tuple[str, ...]


def canvases() -> list[Canvas]:
    """The modules of this process, by name."""
    routes = routes_by_owner()
    configs = [c for c in apps.get_app_configs() if isinstance(c, ModuleConfig)]
    return [
        Canvas(
            name=config.label,
            provides=config.provides.__name__,
            operations=tuple(sorted(name for name in config.provides.operations if name not in ("usages", "existing"))),
            requires=tuple(sorted(interface.__name__ for interface in config.requires)),
            publishes=tuple(sorted(event.type_id() for event in (*config.publishes, config.deleted))),
            subscribes=tuple(
                sorted(f"{s.event.type_id()} → {s.consumer}" for s in subscriptions.of_module(config.label))
            ),
            tables=tuple(sorted(m._meta.db_table for m in config.get_models(include_auto_created=True))),
            routes=tuple(sorted(routes.get(config.label, ()))),
        )
        for config in sorted(configs, key=lambda c: c.label)
    ]


def routes_by_owner() -> dict[str, list[str]]:
    """Path of each route → the module (or "portal") whose view serves it."""
    found: dict[str, list[str]] = {}
    for path, pattern in all_routes():
        owner = owner_of(pattern.callback)
        if owner:
            found.setdefault(owner, []).append(path)
    return found


def all_routes() -> Iterator[tuple[str, URLPattern]]:
    """Every address of this process, with what serves it."""
    return _routes(get_resolver().url_patterns, "")


def _routes(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, path)
        else:
            yield f"/{path}", pattern


def as_markdown(modules: list[Canvas], portal_routes: int) -> str:
    """The modules as a section of the README."""
    lines = []
    for module in modules:
        lines += [f"#### {module.name}", ""]
        for title, items in (
            ("provides", (f"{module.provides}: {', '.join(module.operations)}",)),
            ("requires", module.requires),
            ("publishes", module.publishes),
            ("listens to", module.subscribes),
            ("owns", module.tables),
            ("serves", module.routes),
        ):
            lines.append(
                f"- **{title}** " + (", ".join(f"`{i}`" if title != "provides" else i for i in items) or "nothing")
            )
        lines.append("")
    lines.append(f"The portal serves {portal_routes} routes and owns no table.")
    return "\n".join(lines)
