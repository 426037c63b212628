"""A select is drawn as Django draws it, only without a template per option."""

import pytest
from django import forms

from portal.forms.selects import QuickSelect

EVIL = '<i title="x">&'
GROUPED = [("", "---------"), (EVIL, [(1, EVIL), (2, "Two")]), ("b", [(3, "Three")]), (4, "Four")]


@pytest.mark.parametrize("value", [None, "", 1, "3", EVIL])
@pytest.mark.parametrize("required", [True, False])
def test_it_is_drawn_as_django_draws_it(value: object, required: bool) -> None:
    attributes = {"required": required, "class": EVIL, "disabled": False, "data-n": 1000, "autofocus": True}
    drawn_by_django = forms.Select(attrs=attributes, choices=GROUPED)
    drawn_by_django.is_required = required

    quick = QuickSelect.like(drawn_by_django)

    assert quick.render(EVIL, value, {"id": "id_a"}) == drawn_by_django.render(EVIL, value, {"id": "id_a"})
    assert quick.use_required_attribute("") == drawn_by_django.use_required_attribute("")


def test_no_choices_are_an_empty_select() -> None:
    assert QuickSelect().render("a", None) == forms.Select().render("a", None)
