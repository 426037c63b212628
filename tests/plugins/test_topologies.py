"""Which topologies a run walks through: of every lifted module its turn comes, and what is asked for is what runs."""

from datetime import date, timedelta

import pytest

from config.settings.environment import MODULES
from tests.plugins.topologies import ALL, of_the_day, pytest_configure

pytestmark = pytest.mark.sqlite_only


def chosen(*asked: str) -> list[str]:
    config = pytest.Config.fromdictargs({"topology": list(asked) or None}, [])
    pytest_configure(config)
    topologies: list[str] = config.option.topology
    return topologies


def test_in_eight_days_each_module_has_been_lifted_out_once() -> None:
    begin = date(2026, 3, 28)
    lifted = [of_the_day(begin + timedelta(days=days))[1] for days in range(len(MODULES))]
    assert sorted(lifted) == sorted(f"lifted:{module}" for module in MODULES)


def test_a_worker_runs_what_was_chosen_for_it_whatever_day_it_is() -> None:
    assert chosen("lifted:leaves", "monolith") == ["lifted:leaves", "monolith"]
    assert len(chosen()) == 3


def test_all_are_ten() -> None:
    assert chosen("all") == list(ALL)
    assert len(ALL) == 10


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(pytest.UsageError, match="lifted:canteen' is no topology"):
        chosen("lifted:canteen")
