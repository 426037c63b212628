"""Who comes through the gateway: a browser with its cookies, and a program with its token."""

import json
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import urllib3

from tests.portal.pages import fields_of, text_of

API = "/api/v1"
File = tuple[str, bytes]
"""A file to be uploaded: its name and its content."""


def connections() -> urllib3.PoolManager:
    """For as many threads as there may be; nothing is asked twice, and a slow machine is given time."""
    return urllib3.PoolManager(maxsize=8, retries=False, timeout=60)


@dataclass
class Answer:
    """A page as it came."""

    status: int
    content: bytes
    headers: urllib3.HTTPHeaderDict

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @property
    def text(self) -> str:
        """Its words."""
        return text_of(self)

    def form(self, action: str = "") -> dict[str, str]:
        """What the page's form would send by itself."""
        return fields_of(self, action)


@dataclass
class Browser:
    """Somebody who is logged in, or a stranger. Follows no redirect."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    _pool: urllib3.PoolManager = field(default_factory=connections)

    def get(self, path: str, query: dict[str, Any] | None = None) -> Answer:
        return self._ask("GET", f"{path}?{urlencode(query)}" if query else path)

    def send(self, path: str, form: dict[str, Any], **files: File) -> Answer:
        """POST a form that a page of the house has given out."""
        body, kind = urllib3.encode_multipart_formdata({**form, **files})
        return self._ask("POST", path, body, {"Content-Type": kind})

    def fill_in(self, path: str, action: str, **files: File | Any) -> Answer:
        """Open a page, fill in its form with this action, and send it; the page that the redirect leads to."""
        answer = self.send(action, self.get(path).form(action) | files)
        assert answer.status == 302, answer.text
        return self.get(answer.location)

    def _ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self._pool.request(
            method, self.url + path, body=body, headers={**(headers or {}), "Cookie": cookie}, redirect=False
        )
        for line in answer.headers.getlist("Set-Cookie"):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return Answer(answer.status, answer.data, answer.headers)


@dataclass
class Program:
    """A client of the API."""

    url: str
    token: str = ""
    _pool: urllib3.PoolManager = field(default_factory=connections)

    def get(self, path: str) -> Any:
        return self._read(self.ask("GET", path))

    def post(self, path: str, body: Any = None) -> Any:
        return self._read(self.ask("POST", path, body))

    def put(self, path: str, body: Any) -> Any:
        return self._read(self.ask("PUT", path, body))

    def upload(self, path: str, method: str = "POST", **files: File) -> Any:
        body, kind = urllib3.encode_multipart_formdata(files)
        return self._read(self.ask(method, path, body, {"Content-Type": kind}))

    def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        """A request, whatever comes of it. Bytes are sent as they are, everything else as JSON."""
        given = {"Content-Type": "application/json"} if body is not None else {}
        if self.token:
            given["Authorization"] = f"Bearer {self.token}"
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        return self._pool.request(method, self.url + API + path, body=sent, headers=given | (headers or {}))

    def _read(self, answer: urllib3.BaseHTTPResponse) -> Any:
        assert answer.status < 300, f"{answer.status} {answer.data.decode(errors='replace')}"
        return answer.json() if answer.data else None
