"""The colours can be read in light and in dark, and what a page loads stays small."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

ROOT = Path(__file__).parents[3] / "src" / "portal"
CSS = (ROOT / "static" / "portal" / "portal.css").read_text()
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

Colours = dict[str, str]


def declared(block: str) -> Colours:
    return dict(re.findall(r"--([a-z-]+):\s*([^;]+);", block))


def palettes() -> tuple[Colours, Colours, Colours]:
    """Light, dark, and what browsers get that do not know light-dark()."""
    plain, _, modern = CSS.partition("@supports (color: light-dark")
    pairs = {
        name: re.fullmatch(r"light-dark\((#\w+), (#\w+)\)", value)
        for name, value in declared(modern.split("}")[0]).items()
    }
    light = {name: pair.group(1) for name, pair in pairs.items() if pair}
    dark = {name: pair.group(2) for name, pair in pairs.items() if pair}
    return light, dark, {name: value for name, value in declared(plain).items() if value.startswith("#")}


LIGHT, DARK, FALLBACK = palettes()
GROUNDS = ("canvas", "surface", "raised", "sunken")
MEANINGS = ("good", "warning", "bad", "info")


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def pairs(colours: Colours) -> list[tuple[str, str, float]]:
    """What stands on what, with the least contrast: 4.5 for text, 3 for marks and the edges of controls."""
    text = [(name, ground, 4.5) for name in ("text", "muted", "accent", *MEANINGS) for ground in GROUNDS]
    own = [(name, f"{name}-soft", 4.5) for name in (*MEANINGS, "accent")]
    on_soft = [(name, f"{tone}-soft", 4.5) for name in ("text",) for tone in (*MEANINGS, "accent")]
    buttons = [(f"on-{kind}", ground, 4.5) for kind in ("accent", "danger") for ground in (kind, f"{kind}-strong")]
    marks = [
        (name, ground, 3)
        for name in (*(f"{meaning}-fill" for meaning in MEANINGS), "neutral-fill", "edge", "accent")
        for ground in GROUNDS
    ]
    return [*text, *own, *on_soft, *buttons, *marks]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_everything_can_be_told_from_its_ground(mode: str) -> None:
    colours = LIGHT if mode == "light" else DARK
    too_weak = {
        f"{name} on {ground}": round(contrast(colours[name], colours[ground]), 2)
        for name, ground, least in pairs(colours)
        if contrast(colours[name], colours[ground]) < least
    }

    assert too_weak == {}


def test_browsers_without_light_dark_get_exactly_the_light_colours() -> None:
    assert FALLBACK == LIGHT
    assert LIGHT.keys() == DARK.keys()


def test_every_property_that_is_used_is_declared() -> None:
    used = set(re.findall(r"var\(--([a-z0-9-]+)", CSS))
    known = set(re.findall(r"--([a-z0-9-]+):", CSS))

    assert used - known == set()


def test_all_rules_are_in_a_layer_and_colours_are_named_in_one_place() -> None:
    without_tokens = CSS.split("@layer base", 1)[1]
    hexes = re.findall(r"#[0-9a-f]{3,8}\b", re.sub(r'url\("[^"]*"\)', "", without_tokens))

    assert set(hexes) <= {"#000", "#fff"}, "colours belong to the custom properties (ink and paper apart)"
    assert re.match(r"(/\*.*?\*/\s*)?@layer tokens, base, frame, parts, charts, small, print;", CSS, re.DOTALL)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_styles_or_scripts(template: Path) -> None:
    text = re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", template.read_text(), flags=re.DOTALL)

    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=\s*[\"']|javascript:", text)
    assert all(not body.strip() for body in re.findall(r"<script[^>]*>(.*?)</script>", text, re.DOTALL))


@pytest.mark.usefixtures("gallery")
@pytest.mark.parametrize("url", ["/?messages=1", "/list/?bulk=1", "/form/?errors=1", "/roll/"])
def test_a_page_loads_at_most_60_kb_in_at_most_8_requests(url: str) -> None:
    drawn = Client().get(url).content
    files = sorted(set(re.findall(r'(?:href|src)="/static/([^"]+)"', drawn.decode())))
    found = [finders.find(name) for name in files]

    assert None not in found
    sizes = {name: len(gzip.compress(Path(str(path)).read_bytes())) for name, path in zip(files, found, strict=True)}
    assert 1 + len(files) <= 8
    assert len(gzip.compress(drawn)) + sum(sizes.values()) <= 60_000
