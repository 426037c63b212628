"""The address of a list says what is shown, and whatever else it says does no harm."""

from urllib.parse import parse_qs

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from contracts.base import Page
from portal.tables import Column, Filter, ListState, Table, wants_csv

FILTERS = (
    Filter("course", "Course", (("1", "Physics"), ("2", "Art & design"))),
    Filter("since", "Joined since", kind="date"),
)


def state(**query: str) -> ListState:
    return ListState.from_query(query, sortable=("name", "joined"), default_sort="name", filters=FILTERS)


def table(*, number: int = 1, size: int = 25, total: int = 0, shown: int | None = None) -> Table:
    count = min(size, max(0, total - (number - 1) * size)) if shown is None else shown
    page = Page(items=tuple(range(count)), total=total, number=number, size=size)
    return Table(columns=(Column("name", "Name"),), state=state(page=str(number)), page=page, caption="Things")


def test_an_empty_address_shows_the_first_page_in_the_usual_order() -> None:
    request = state().page_request()

    assert (request.number, request.size, request.search, request.order) == (1, 25, "", "name")
    assert state().url == "?"


def test_search_order_filter_and_page_come_from_the_address_and_go_back_into_it() -> None:
    address = {"q": "o'neil & co", "sort": "-joined", "course": "2", "since": "2025-09-01", "page": "3", "size": "50"}

    kept = state(**address)

    assert parse_qs(kept.url.removeprefix("?")) == {name: [value] for name, value in address.items()}
    assert kept.page_request().model_dump() == {"number": 3, "size": 50, "search": "o'neil & co", "order": "-joined"}
    assert kept.active == {"course": "2", "since": "2025-09-01"}


@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "x"},
        {"page": "²"},
        {"page": "٣"},
        {"size": "7"},
        {"size": "1000000"},
        {"sort": "password"},
        {"sort": "--name"},
        {"course": "9"},
        {"since": "yesterday"},
        {"unknown": "1"},
        {"q": "   "},
        {"q": "\x00"},
    ],
)
def test_what_the_page_does_not_know_is_as_if_it_were_not_there(query: dict[str, str]) -> None:
    assert state(**query) == state()


def test_an_absurd_page_number_and_search_stay_within_what_a_database_takes() -> None:
    far = state(page="9" * 50, q="a" * 5000)

    assert far.page_request().number == 1_000_000
    assert len(far.search) == 100


def test_sorting_by_a_column_starts_at_page_one_and_turns_round_the_second_time() -> None:
    kept = state(page="4", course="1")

    assert kept.sort_url("joined") == "?course=1&sort=joined"
    assert state(sort="joined").sort_url("joined") == "?sort=-joined"
    assert state(sort="-joined").sort_url("joined") == "?sort=joined"
    assert [state(sort="-joined").direction(key) for key in ("joined", "name")] == ["descending", ""]
    assert state().direction("name") == "ascending"


def test_each_active_filter_is_a_chip_that_leads_to_the_list_without_it() -> None:
    kept = state(q="ann", course="2", since="2025-09-01", page="4", sort="-name")

    assert [(str(chip.label), str(chip.text)) for chip in kept.chips] == [
        ("Search", "ann"),
        ("Course", "Art & design"),
        ("Joined since", "2025-09-01"),
    ]
    assert kept.chips[1].remove_url == "?q=ann&since=2025-09-01&sort=-name"
    assert kept.clear_url == "?sort=-name"


def test_a_chosen_page_size_is_kept_for_other_lists_and_does_not_survive_as_nonsense() -> None:
    response = state(size="100").remember(HttpResponse())

    assert response.cookies["page_size"].value == "100"
    assert ListState.from_query({}, cookies={"page_size": "100"}).size == 100
    assert ListState.from_query({"size": "50"}, cookies={"page_size": "100"}).size == 50
    assert ListState.from_query({}, cookies={"page_size": "junk"}).size == 25
    assert "page_size" not in state().remember(HttpResponse()).cookies


def test_a_request_gives_address_and_cookies() -> None:
    request = RequestFactory().get("/", {"q": "ann"})
    request.COOKIES["page_size"] = "50"

    kept = ListState.from_request(request, sortable=("name",))

    assert (kept.search, kept.size) == ("ann", 50)


def test_an_export_is_of_what_is_filtered() -> None:
    assert state(course="1", page="3").export_url == "?course=1&export=csv"
    assert state().export_url == "?export=csv"
    assert wants_csv({"export": "csv"})
    assert not wants_csv({"export": "pdf"})


@pytest.mark.parametrize(
    ("number", "size", "total", "text"),
    [
        (1, 25, 998, "1–25 of 998"),
        (40, 25, 998, "976–998 of 998"),
        (1, 25, 1, "1–1 of 1"),
        (1, 25, 0, "0 in all"),
        (41, 25, 998, "998 in all"),
    ],
)
def test_the_range_that_is_shown_is_said(number: int, size: int, total: int, text: str) -> None:
    assert table(number=number, size=size, total=total).range_text == text


@pytest.mark.parametrize(
    ("number", "pages", "links"),
    [
        (1, 1, (1,)),
        (1, 3, (1, 2, 3)),
        (1, 40, (1, 2, None, 40)),
        (3, 40, (1, 2, 3, 4, None, 40)),
        (4, 40, (1, 2, 3, 4, 5, None, 40)),
        (20, 40, (1, None, 19, 20, 21, None, 40)),
        (40, 40, (1, None, 39, 40)),
    ],
)
def test_the_pager_links_the_ends_and_the_neighbours(number: int, pages: int, links: tuple[int | None, ...]) -> None:
    assert table(number=number, total=pages * 25).page_numbers == links


def test_a_page_behind_the_last_is_told_from_an_empty_list() -> None:
    assert table(number=9, total=30).is_past_the_end
    assert not table(number=2, total=30).is_past_the_end
    assert not table(number=9, total=0).is_past_the_end


def test_a_cell_for_a_column_that_does_not_exist_is_a_mistake_that_shows() -> None:
    with pytest.raises(KeyError, match="no column 'age'"):
        table().column("age")
