"""The components of the pages, as template tags: `{% load ui %}`.

Only text and values go in; each tag escapes what it is given. There are no style or script attributes anywhere, so that
the pages run under a strict Content-Security-Policy.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    DateInput,
    DateTimeInput,
    DecimalField,
    EmailInput,
    Field,
    FloatField,
    IntegerField,
    NumberInput,
    Select,
    TimeInput,
    Widget,
)
from django.forms.widgets import DateTimeBaseInput, RadioSelect
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from heroicons.templatetags.heroicons import heroicon_mini, heroicon_outline

from portal.charts import Chart
from portal.components import ICONS, MESSAGE_MEANINGS, Figure, Meaning, Waiting
from portal.forms.selects import QuickSelect
from portal.navigation import NavGroup, NavItem, bottom_bar
from portal.rollcall import RollRow, StatusChoice
from portal.tables import ListState, Table, Text

register = template.Library()


# --- signs and words --------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, size: int = 20, extra: str = "", *, outline: bool = False) -> SafeString:
    """A heroicon that screen readers skip: the words beside it (or a visually hidden text) say what it means."""
    return _icon(str(name), size, str(extra), outline)


@lru_cache(maxsize=256)
def _icon(name: str, size: int, extra: str, outline: bool = False) -> SafeString:
    draw = heroicon_outline if outline else heroicon_mini
    return SafeString(draw(name, size=size, focusable="false", **{"class": f"icon {extra}".strip()}))


@register.simple_tag
def badge(meaning: str, text: object) -> SafeString:
    """A state in a word, with its sign and colour: `{% badge "good" "Approved" %}`."""
    known = Meaning(str(meaning))
    return format_html('<span class="badge {}">{}{}</span>', known, _icon(ICONS[known], 16, ""), text)


@register.inclusion_tag("portal/components/message.html")
def message(flash: Message) -> dict[str, Any]:
    """A flash message; problems interrupt a screen reader, news do not."""
    meaning = MESSAGE_MEANINGS.get(flash.level_tag, Meaning.INFO)
    urgent = meaning in (Meaning.BAD, Meaning.WARNING)
    return {"text": flash, "meaning": meaning, "icon": ICONS[meaning], "urgent": urgent}


@register.inclusion_tag("portal/components/message.html")
def note(meaning: str, text: object) -> dict[str, Any]:
    """A standing remark inside a page, in the look of a message: `{% note "info" "…" %}`."""
    known = Meaning(str(meaning))
    return {"text": text, "meaning": known, "icon": ICONS[known], "standing": True}


# --- buttons ----------------------------------------------------------------------------------------------------------

BUTTON_KINDS = ("", "primary", "danger", "quiet")


@register.simple_tag
def button(
    text: object,
    kind: str = "primary",
    *,
    name: str = "",
    value: object = "",
    icon: str = "",
    size: str = "",
    form: str = "",
    formaction: str = "",
) -> SafeString:
    """A button that sends its form. The text says what it does: `{% button "Approve leave" %}`."""
    attributes = {"name": name, "value": value if name else "", "form": form, "formaction": formaction}
    given = format_html_join("", ' {}="{}"', ((key, val) for key, val in attributes.items() if val != ""))
    return format_html(
        '<button type="submit" class="{}"{}>{}{}</button>', _classes(kind, size), given, _sign(icon), text
    )


@register.simple_tag
def link_button(text: object, url: str, kind: str = "", *, icon: str = "", size: str = "") -> SafeString:
    """A link in the look of a button: it leads somewhere and changes nothing."""
    return format_html('<a class="{}" href="{}">{}{}</a>', _classes(kind, size), url, _sign(icon), text)


def _classes(kind: str, size: str) -> str:
    if kind not in BUTTON_KINDS:
        raise ValueError(f"{kind!r} is no kind of button; there are {', '.join(map(repr, BUTTON_KINDS))}")
    return " ".join(filter(None, ["button", kind and f"button--{kind}", size and f"button--{size}"]))


def _sign(name: str) -> SafeString:
    return _icon(name, 16, "") if name else SafeString("")


# --- forms ------------------------------------------------------------------------------------------------------------

NATIVE_TYPES: tuple[tuple[type[DateTimeBaseInput], str, str], ...] = (
    (DateTimeInput, "datetime-local", "%Y-%m-%dT%H:%M"),
    (DateInput, "date", "%Y-%m-%d"),
    (TimeInput, "time", "%H:%M"),
)
"""Django draws dates and times as plain text inputs; browsers have better ones, which speak ISO 8601."""


@register.inclusion_tag("portal/components/field.html")
def field(bound: BoundField, *, hint: object = "", width: str = "", **attributes: object) -> dict[str, Any]:
    """A form field: label above, hint below it, error at the field.

    Further arguments become attributes of the input (`autocomplete="email" inputmode="numeric"`); a hint replaces the
    field's help text; width is "short", "medium" or empty.
    """
    if bound.is_hidden:
        return {"hidden": bound}
    hint = hint or bound.help_text
    own_id = bound.auto_id
    described = [f"{own_id}_helptext"] * bool(hint) + [f"{own_id}_error"] * bool(bound.errors)
    attrs: dict[str, Any] = {name.replace("_", "-"): value for name, value in attributes.items()}
    grouped = bool(bound.use_fieldset)
    if described and not grouped:
        attrs["aria-describedby"] = " ".join(described)
    widget = _native(bound.field.widget)
    attrs = _keyboard(bound.field, widget) | attrs
    return {
        "bound": bound,
        "control": bound.as_widget(widget=widget, attrs=attrs),
        "grouped": grouped,
        "described": " ".join(described),
        "hint": hint,
        "hint_id": f"{own_id}_helptext",
        "error_id": f"{own_id}_error",
        "tick": isinstance(widget, CheckboxInput),
        "choices": isinstance(widget, RadioSelect),
        "optional": not bound.field.required and not bound.field.disabled and not isinstance(widget, CheckboxInput),
        "width": width or _width(widget),
    }


@register.inclusion_tag("portal/components/fields.html")
def fields(form: BaseForm) -> dict[str, Any]:
    """All fields of a form, in order; `{% field %}` where one needs more than its default."""
    return {"form": form}


@register.inclusion_tag("portal/components/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What is wrong, on top of the form, each with a link to its field. Nothing while there are no errors."""
    problems = [
        (_focus_id(bound), bound.label, error) for bound in form if not bound.is_hidden for error in bound.errors
    ]
    hidden = [error for bound in form.hidden_fields() for error in bound.errors]
    return {"general": [*form.non_field_errors(), *hidden], "problems": problems}


def _native(widget: Widget) -> Widget:
    if type(widget) is Select:
        return QuickSelect.like(widget)
    for kind, input_type, iso_format in NATIVE_TYPES:
        if type(widget) is kind and widget.input_type == "text":
            native = kind(attrs=widget.attrs, format=iso_format)
            native.input_type = input_type
            native.is_localized = False
            native.is_required = widget.is_required
            return native
    return widget


def _keyboard(form_field: Field, widget: Widget) -> dict[str, str]:
    """The keyboard a phone shows."""
    if isinstance(widget, NumberInput):
        if isinstance(form_field, DecimalField | FloatField):
            return {"inputmode": "decimal"}
        if isinstance(form_field, IntegerField):
            return {"inputmode": "numeric"}
    if isinstance(widget, EmailInput):
        return {"inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
    return {}


def _width(widget: Widget) -> str:
    return "short" if isinstance(widget, NumberInput | DateInput | DateTimeInput | TimeInput) else ""


def _focus_id(bound: BoundField) -> str:
    """The id a link must name to land in the field: for groups that of the first choice."""
    return f"{bound.auto_id}_0" if bound.use_fieldset else bound.id_for_label or bound.auto_id


# --- home pages -------------------------------------------------------------------------------------------------------


@register.inclusion_tag("portal/components/figure.html")
def figure(value: Figure) -> dict[str, Any]:
    return {"figure": value}


@register.inclusion_tag("portal/components/waiting.html")
def waiting(items: tuple[Waiting, ...]) -> dict[str, Any]:
    """What waits for this person, most pressing first as given; things of which there are none are left out."""
    return {"items": [item for item in items if item.count]}


@register.simple_tag
def chart(value: Chart) -> SafeString:
    """A chart drawn here, as SVG with its data table: see `portal.charts`."""
    plot = None if value.is_empty else value.plot()
    return render_to_string(value.template_name, {"chart": value, "plot": plot, "uid": value.uid})


# --- lists ------------------------------------------------------------------------------------------------------------


@register.simple_block_tag(takes_context=True)
def cell(context: Context, content: str, key: str, *, head: bool = False, extra: str = "") -> SafeString:
    """A cell of a list's row; on a phone it shows its column's name. `head=True` marks the cell that names the row."""
    table: Table = context["table"]
    column = table.column(key)
    classes = " ".join(filter(None, ["numeric" if column.numeric else "", extra]))
    css = format_html(' class="{}"', classes) if classes else ""
    if head:
        return format_html('<th scope="row"{}>{}</th>', css, _drawn(content))
    return format_html('<td{} data-label="{}">{}</td>', css, column.label, _drawn(content))


@register.simple_block_tag
def actions(content: str) -> SafeString:
    """The last cell of a row: what can be done with it."""
    return format_html('<td class="actions">{}</td>', _drawn(content))


@register.inclusion_tag("portal/components/tick.html")
def tick(value: object, label: object) -> dict[str, Any]:
    """The first cell of a row in a list with bulk actions; label says which row, for those who cannot see it."""
    return {"value": value, "label": label}


@register.simple_tag
def options(choices: Iterable[tuple[str, Text]], chosen: str) -> SafeString:
    """The options of a select, without a template for each: a list may be narrowed to one of hundreds."""
    drawn = ((value, SafeString(" selected" if value == chosen else ""), label) for value, label in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', drawn)


@register.filter
def sort_url(state: ListState, key: str) -> str:
    return state.sort_url(key)


@register.filter
def direction(state: ListState, key: str) -> str:
    return state.direction(key)


@register.filter
def page_url(state: ListState, number: int) -> str:
    return state.page_url(number)


@register.filter
def size_url(state: ListState, size: int) -> str:
    return state.size_url(size)


@register.filter
def active_value(state: ListState, name: str) -> str:
    return state.active.get(name, "")


@register.filter
def next_page(table: Table) -> int | None:
    return table.page.number + 1 if table.page.number < table.last_page else None


@register.filter
def previous_page(table: Table) -> int | None:
    return min(table.page.number, table.last_page + 1) - 1 or None


@register.filter
def breakable(email: str) -> SafeString:
    """An e-mail in a narrow column: it breaks after the @ before it breaks within a word."""
    return format_html_join(SafeString("@<wbr>"), "{}", ((part,) for part in email.split("@")))


# --- attendance -------------------------------------------------------------------------------------------------------


SEGMENT = '<label class="segment {}"><input type="radio" name="{}" value="{}" data-key="{}"{}><span>{}</span></label>'
CHECKED = SafeString(" checked")


@register.simple_tag
def segments(row: RollRow, choices: Iterable[StatusChoice]) -> SafeString:
    """The statuses of one student, to choose one. No template loop: a class has four times as many as students."""
    labels = (
        (
            choice.meaning,
            row.field,
            choice.status,
            choice.key,
            CHECKED if choice.status == row.status else "",
            choice.word,
        )
        for choice in choices
    )
    return format_html(
        '<div class="segments">\n        {}\n      </div>', format_html_join("\n        ", SEGMENT, labels)
    )


# --- frame ------------------------------------------------------------------------------------------------------------


@register.filter
def for_bottom_bar(groups: tuple[NavGroup, ...]) -> tuple[NavItem, ...]:
    return bottom_bar(groups)


@register.simple_block_tag
def capture(content: str) -> SafeString:
    """Keep what is drawn inside, to use it more than once or to see that it is empty: `{% capture as title %}`."""
    return _drawn(content)


def _drawn(content: str) -> SafeString:
    """What stood between a block tag and its end: a template drew it, and escaped what had to be."""
    return SafeString(content.strip())


@register.simple_tag
def crumb(url: str, text: object) -> SafeString:
    """A parent of this page, for the block `breadcrumbs`."""
    return format_html('<li><a href="{}">{}</a></li>', url, text)
