"""Reads answers as a person would: what is said, what stands in fields, what forms would send."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

from django.contrib.messages import get_messages
from django.test import Client


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.skipping = ""
        self.in_a_word = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_a_word = tag == "wbr"
        if tag in ("style", "script"):
            self.skipping = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self.skipping:
            self.skipping = ""

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            word = self.texts.pop() + data if self.in_a_word else data
            self.texts.append(word)
        self.in_a_word = False


def text_of(response: Any) -> str:
    """The words of a page in one line; what is escaped in the source reads as it was meant."""
    reader = _Texts()
    reader.feed(response.content.decode())
    return " ".join(" ".join(reader.texts).split())


def flashes(response: Any) -> list[str]:
    """What was said with a redirect, and is shown by the next page: level and text."""
    return [f"{m.level_tag}: {m.message}" for m in get_messages(response.wsgi_request)]


def fields_of(response: Any, action: str = "") -> dict[str, str]:
    """What the page's form with this action would send by itself: hidden fields, values, ticked boxes, chosen options
    and texts.
    """
    html = response.content.decode()
    forms = re.findall(r"<form\b([^>]*)>(.*?)</form>", html, re.DOTALL)
    found = [body for head, body in forms if not action or f'action="{action}"' in head]
    assert found, f"no form for {action!r}"
    body = found[0] if action else max(found, key=len)
    sent = {}
    for tag in re.findall(r"<input\b[^>]*>", body):
        kind, name, value = _attribute(tag, "type"), _attribute(tag, "name"), _attribute(tag, "value")
        if name and (kind not in ("radio", "checkbox") or re.search(r"\bchecked\b", tag)):
            sent[name] = value
    for name, content in re.findall(r'<textarea\b[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', body, re.DOTALL):
        sent[name] = unescape(content).strip()
    for name, options in re.findall(r'<select\b[^>]*name="([^"]*)"[^>]*>(.*?)</select>', body, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        sent[name] = unescape(chosen.group(1)) if chosen else ""
    return sent


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return unescape(found.group(1)) if found else ""


def token_of(client: Client, path: str = "/") -> str:
    """The CSRF token that a page of this browser has been given."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(path).content.decode())
    assert token, f"{path} has no form with a token"
    return token.group(1)
