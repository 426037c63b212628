"""No module reaches for another behind the linter's back; each way of doing so is planted once and caught."""

import sys
from pathlib import Path

import pytest
from django.apps import apps

from kernel.guard import table_owners
from kernel.module import ModuleConfig
from tests.boundaries.hidden_ties import Rules, Tie, imports, interfaces_called

SRC = Path(__file__).resolve().parents[2] / "src"
MODULES = frozenset(p.name for p in (SRC / "modules").iterdir() if (p / "apps.py").exists())


def sources() -> list[tuple[str, Path]]:
    """(owner, file) of all code of the modules and the portal, without migrations, which Django writes."""
    files = [(p.relative_to(SRC / "modules").parts[0], p) for p in (SRC / "modules").rglob("*.py")]
    files += [("portal", p) for p in (SRC / "portal").rglob("*.py")]
    return [(owner, p) for owner, p in files if "migrations" not in p.parts]


def test_the_house_has_no_hidden_ties() -> None:
    rules = Rules(MODULES, table_owners())
    ties = [tie for owner, path in sources() for tie in rules.ties(path.read_text(), owner=owner, path=path)]
    assert not ties, "\n".join(map(str, ties))


@pytest.mark.parametrize(
    ("planted", "word"),
    [
        ('apps.get_model("finance", "Fine")', "looks up a model of finance"),
        ('apps.get_model("finance.Fine")', "looks up a model of finance"),
        ("apps.get_model(name)", "an unknown module"),
        ('import_module("modules.finance.models")', "imports modules.finance.models by name"),
        ('__import__("modules.finance")', "by name"),
        ('models.ForeignKey("finance.Fine", on_delete=models.CASCADE)', "foreign key to finance.Fine"),
        ('models.ForeignKey(to="finance.Fine", on_delete=models.CASCADE)', "foreign key to finance.Fine"),
        ("models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)", "the user model"),
        ('cursor.execute("select 1 from finance_fine")', "names the table finance_fine of finance"),
        ('Leave.objects.extra(tables=["finance_fine"])', "names the table finance_fine of finance"),
    ],
)
def test_a_planted_tie_is_caught(planted: str, word: str) -> None:
    rules = Rules(frozenset({"leaves", "finance"}), {"finance_fine": "finance", "leaves_studentleave": "leaves"})
    found = list(rules.ties(f"x = 1\n{planted}\n", owner="leaves", path=Path("planted.py")))
    assert [tie.line for tie in found] == [2]
    assert word in found[0].what


def test_what_a_module_may_do_is_not_caught() -> None:
    rules = Rules(frozenset({"leaves"}), {"leaves_studentleave": "leaves"})
    allowed = 'models.ForeignKey("StudentLeave", models.CASCADE)\ncursor.execute("select 1 from leaves_studentleave")\n'
    assert list(rules.ties(allowed, owner="leaves", path=Path("fine.py"))) == []


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_module_requires_exactly_the_interfaces_it_calls(module: str) -> None:
    config = apps.get_app_config(module)
    assert isinstance(config, ModuleConfig)
    called = {name for path in (SRC / "modules" / module).rglob("*.py") for name in interfaces_called(path.read_text())}
    called.discard(config.provides.__name__)  # by its own REST API, which is a client like any other
    assert called == {interface.__name__ for interface in config.requires}


def test_contracts_import_the_standard_library_and_pydantic_only() -> None:
    allowed = set(sys.stdlib_module_names) | {"pydantic", "contracts"}
    found = {
        Tie(path, 0, package)
        for path in (SRC / "contracts").rglob("*.py")
        for package in imports(path.read_text())
        if package not in allowed
    }
    assert not found
