"""The components escape what they are given, name what they show, and tie labels, hints and errors to their fields."""

import re
from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from contracts.base import Page
from portal.components import Change, Figure, Meaning, Waiting
from portal.tables import Column, Empty, Filter, ListState, Table

EVIL = '<img src=x onerror="alert(1)">'
SAFE = "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;"


def render(template: str, /, **context: object) -> str:
    return Template("{% load ui %}" + template).render(Context(context))


class PersonForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As in the passport")
    email = forms.EmailField(label="E-mail", required=False)
    age = forms.IntegerField(label="Age")
    marks = forms.DecimalField(label="Marks")
    born = forms.DateField(label="Born", initial=date(2008, 2, 29))
    due = forms.DateTimeField(label="Due", initial=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    gender = forms.ChoiceField(label="Gender", choices=(("f", "Female"), ("m", "Male")), widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="Agreed")
    token = forms.CharField(widget=forms.HiddenInput)


# --- signs and buttons ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("meaning", list(Meaning))
def test_a_badge_has_a_word_and_a_sign_besides_its_colour(meaning: Meaning) -> None:
    drawn = render("{% badge meaning text %}", meaning=meaning, text=EVIL)

    assert f'class="badge {meaning}"' in drawn
    assert "<svg" in drawn
    assert SAFE in drawn


def test_a_meaning_that_does_not_exist_is_a_mistake_that_shows() -> None:
    with pytest.raises(ValueError, match="'fine' is not a valid Meaning"):
        render("{% badge 'fine' 'Approved' %}")


def test_icons_are_skipped_by_screen_readers() -> None:
    assert 'aria-hidden="true"' in render("{% icon 'home' %}")


def test_buttons_and_links_escape_their_text_and_values() -> None:
    drawn = render("{% button text name='a' value=text icon='plus' %}{% link_button text text 'danger' %}", text=EVIL)

    assert EVIL not in drawn
    assert drawn.count(SAFE) == 4
    assert '<button type="submit" class="button button--primary" name="a"' in drawn
    assert 'class="button button--danger"' in drawn


def test_a_kind_of_button_that_does_not_exist_is_a_mistake_that_shows() -> None:
    with pytest.raises(ValueError, match="no kind of button"):
        render("{% button 'Save' 'loud' %}")


# --- fields -----------------------------------------------------------------------------------------------------------


def test_a_field_ties_label_hint_and_error_to_its_input() -> None:
    drawn = render("{% field form.name %}", form=PersonForm({}))

    assert '<label for="id_name">Name</label>' in drawn
    assert 'id="id_name_helptext">As in the passport' in drawn
    assert 'id="id_name_error"' in drawn
    assert 'aria-describedby="id_name_helptext id_name_error"' in drawn
    assert 'aria-invalid="true"' in drawn


def test_a_hint_of_the_page_replaces_the_forms_and_attributes_reach_the_input() -> None:
    drawn = render("{% field form.name hint='Short' autocomplete='name' data_x=evil %}", form=PersonForm(), evil=EVIL)

    assert "Short" in drawn
    assert "passport" not in drawn
    assert 'autocomplete="name"' in drawn
    assert f'data-x="{SAFE}"' in drawn


def test_a_field_that_may_stay_empty_says_so() -> None:
    form = PersonForm()

    assert "(optional)" in render("{% field form.email %}", form=form)
    assert "(optional)" not in render("{% field form.name %}", form=form)


def test_what_was_typed_stays() -> None:
    assert f'value="{SAFE}"' in render("{% field form.email %}", form=PersonForm({"email": EVIL}))


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("age", ('type="number"', 'inputmode="numeric"')),
        ("marks", ('type="number"', 'inputmode="decimal"')),
        ("email", ('type="email"', 'inputmode="email"')),
        ("born", ('type="date"', 'value="2008-02-29"')),
        ("due", ('type="datetime-local"', 'value="2026-01-02T03:04"')),
    ],
)
def test_phones_show_the_right_keyboard_and_dates_are_dates(name: str, attributes: tuple[str, ...]) -> None:
    with translation.override("de"):
        drawn = render("{% field bound %}", bound=PersonForm()[name])

    for attribute in attributes:
        assert attribute in drawn


def test_a_date_that_was_typed_wrong_is_not_lost_from_the_form_it_came_from() -> None:
    form = PersonForm({"born": "2025-13-77"})

    assert "2025-13-77" in render("{% field form.born %}", form=form)


def test_a_group_of_choices_is_named_by_a_legend_and_described_as_a_whole() -> None:
    drawn = render("{% field form.gender %}", form=PersonForm({}))

    assert re.search(r'<fieldset class="field choices field--invalid" aria-describedby="id_gender_error">', drawn)
    assert "<legend>Gender" in drawn


def test_a_hidden_field_is_just_its_input() -> None:
    assert render("{% field form.token %}", form=PersonForm()).strip() == (
        '<input type="hidden" name="token" id="id_token">'
    )


def test_all_fields_of_a_form_are_drawn_once() -> None:
    drawn = render("{% fields form %}", form=PersonForm())

    for name in PersonForm.base_fields:
        assert f'name="{name}"' in drawn
    assert drawn.count('name="token"') == 1


def test_the_summary_links_every_error_to_an_input_that_exists() -> None:
    form = PersonForm({"name": "A"})
    form.add_error(None, EVIL)
    drawn = render("{% error_summary form %}", form=form)
    fields = render("{% fields form %}", form=form)

    targets = re.findall(r'href="#([^"]+)"', drawn)
    assert len(targets) == 6
    assert all(f'id="{target}"' in fields for target in targets)
    assert 'role="alert"' in drawn
    assert SAFE in drawn
    assert "This field is required" in drawn


def test_a_form_without_errors_has_no_summary() -> None:
    assert render("{% error_summary form %}", form=PersonForm()).strip() == ""


# --- home pages -------------------------------------------------------------------------------------------------------


def test_a_figure_shows_its_change_in_words_and_not_by_an_arrow_alone() -> None:
    change = Change("+12", "since May", Meaning.GOOD, rising=True)
    drawn = render("{% figure one %}", one=Figure(EVIL, "998", url="/people/", change=change))

    assert '<a href="/people/">' in drawn
    assert SAFE in drawn
    assert '<span class="visually-hidden">up</span>' in drawn
    assert "since May" in drawn


def test_only_what_waits_is_listed_and_nothing_waiting_is_said() -> None:
    none, some = Waiting("Leave", 0, "/leave/"), Waiting(EVIL, 3, "/fines/")

    drawn = render("{% waiting items %}", items=(none, some))

    assert "/leave/" not in drawn
    assert '<a href="/fines/">' in drawn
    assert SAFE in drawn
    assert "all done" in render("{% waiting items %}", items=(none,))


# --- lists ------------------------------------------------------------------------------------------------------------

LIST = """{% extends "portal/list.html" %}{% load ui %}{% block title %}Things{% endblock %}
{% block rows %}{% for item in table.page.items %}<tr>{% cell "name" head=True %}{{ item }}{% endcell %}
{% cell "size" %}<b>{{ item }}</b>{% endcell %}{% actions %}<a href="#">Edit</a>{% endactions %}</tr>{% endfor %}
{% endblock %}"""


def draw_list(items: tuple[str, ...], *, total: int | None = None, **query: str) -> str:
    state = ListState.from_query(
        query, sortable=("name",), default_sort="name", filters=(Filter("kind", EVIL, (("1", EVIL),)),)
    )
    table = Table(
        columns=(Column("name", "Name", sortable=True), Column("size", EVIL, numeric=True)),
        state=state,
        page=Page(items=items, total=len(items) if total is None else total, number=state.number, size=state.size),
        caption="All things",
        empty=Empty("No things yet", "Things are what is counted.", "Add the first thing", "/add/"),
        search_label="Name",
        exports=True,
        has_actions=True,
    )
    return Template(LIST).render(Context({"table": table}))


def test_a_list_escapes_rows_labels_filters_and_search() -> None:
    drawn = draw_list((EVIL,), q=EVIL, kind="1")

    assert EVIL not in drawn
    assert f'<td class="numeric" data-label="{SAFE}"><b>{SAFE}</b></td>' in drawn
    assert f'<th scope="row">{SAFE}</th>' in drawn


def test_the_head_says_how_the_list_is_ordered() -> None:
    drawn = draw_list(("a",), sort="-name")

    assert 'aria-sort="descending"' in drawn
    assert '<caption class="visually-hidden">All things</caption>' in drawn
    assert drawn.count('scope="col"') == 3


def test_an_empty_list_says_what_it_is_and_how_to_begin() -> None:
    drawn = draw_list(())

    assert "No things yet" in drawn
    assert 'href="/add/"' in drawn
    assert "<table" not in drawn


def test_a_search_without_result_offers_the_whole_list() -> None:
    drawn = draw_list((), q="xyz")

    assert "Nothing matches" in drawn
    assert "No things yet" not in drawn


def test_a_page_behind_the_last_leads_back() -> None:
    drawn = draw_list((), total=30, page="9", kind="1")

    assert "There is no such page" in drawn
    assert 'href="?kind=1"' in drawn


def test_a_list_offers_its_export_with_the_filter() -> None:
    assert 'href="?kind=1&amp;export=csv"' in draw_list(("a",), kind="1")


def test_a_cell_needs_a_table_column() -> None:
    with pytest.raises(KeyError):
        Template("{% load ui %}{% cell 'other' %}x{% endcell %}").render(
            Context({"table": Table((), ListState.from_query({}), Page(items=(), total=0, number=1, size=25), "x")})
        )


def test_a_block_that_is_not_closed_is_a_mistake_that_shows() -> None:
    with pytest.raises(TemplateSyntaxError):
        Template("{% load ui %}{% cell 'name' %}x")
