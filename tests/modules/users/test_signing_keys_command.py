"""`manage.py signing_keys`, for whoever runs the school."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from modules.users import signing_keys

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("signing_keys", *arguments, stdout=out)
    return out.getvalue()


def test_keys_are_listed_rotated_and_retired() -> None:
    assert run("list") == ""
    first, _key = signing_keys.current()
    assert run("list").splitlines()[0].split()[0] == first
    assert "signs" in run("list")
    said = run("rotate")
    second, _key = signing_keys.current()
    assert second in said
    assert second != first
    assert [line.rpartition("UTC  ")[2].partition(",")[0] for line in run("list").splitlines()] == ["retired", "signs"]
    run("retire", second)
    third, _key = signing_keys.current()
    assert third not in (first, second)
    assert "PRIVATE" not in run("list")


def test_a_key_that_is_not_in_use_cannot_be_retired() -> None:
    with pytest.raises(CommandError, match="no key unknown"):
        run("retire", "unknown")
