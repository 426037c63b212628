"""A fake cannot lie about what it stands in for: whatever it answers to, the real service answers to in the same way.

What a fake returns is read back as the contract's type, since it is bound like any provider.
"""

from importlib import import_module
from inspect import getmembers, isclass, isfunction
from pathlib import Path

import pytest

from contracts.base import Service
from kernel.registry import services, signature_problems

HERE = Path(__file__).parent
INTERFACES = {interface.__name__.removesuffix("Service"): interface for interface in Service.interfaces.values()}
FAKES = sorted(
    {
        (cls, INTERFACES[name.removeprefix("Fake")])
        for file in HERE.glob("*/fakes.py")
        for name, cls in getmembers(import_module(f"tests.modules.{file.parent.name}.fakes"), isclass)
        if name.removeprefix("Fake") in INTERFACES and name.startswith("Fake")
    },
    key=lambda pair: (pair[0].__module__, pair[0].__name__),
)


def test_no_modules_fakes_are_overlooked() -> None:
    homes = {cls.__module__.split(".")[2] for cls, _interface in FAKES}
    assert homes == {file.parent.name for file in HERE.glob("*/fakes.py")}


@pytest.mark.parametrize(("cls", "interface"), FAKES, ids=lambda one: f"{one.__module__.split('.')[-2]}.{one.__name__}")
def test_a_fake_takes_and_gives_what_the_real_service_does(cls: type, interface: type[Service]) -> None:
    provider = type(services.provider(interface))
    for name, method in getmembers(cls, isfunction):
        if name in interface.operations:
            operation = interface.operations[name]
            assert signature_problems(operation, method) == [], f"{cls.__name__}.{name} departs from the contract"
            assert signature_problems(operation, getattr(provider, name)) == []
