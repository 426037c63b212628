"""The addresses of a module's API."""

import re

from django.urls import URLPattern, path

from contracts.base import Service
from kernel.rest.calls import Call
from kernel.rest.views import Endpoint

CAPTURE = re.compile(r"<(\w+)>")


class Api:
    """What is found below `/api/v1/<name>/`; the name is the module's, unless another is given. The house's own API
    belongs to no service.
    """

    def __init__(self, service: type[Service] | None = None, name: str = "") -> None:
        self.module = service.module if service else "kernel"
        self.name = name or self.module
        self.owner = f"modules.{self.module}.rest" if service else __name__

    def path(
        self,
        route: str,
        *,
        get: Call | None = None,
        post: Call | None = None,
        put: Call | None = None,
        patch: Call | None = None,
        delete: Call | None = None,
    ) -> URLPattern:
        """One address with its calls. Names in angle brackets are parameters of their operations."""
        given = {"get": get, "post": post, "put": put, "patch": patch, "delete": delete}
        captures = tuple(CAPTURE.findall(route))
        calls = {method: call.at(captures) for method, call in given.items() if call}
        attributes = {
            "__module__": self.owner,  # so the guard holds it to the module's own tables
            "calls": calls,
            "name": self.name,
            "module": self.module,
        }
        view: type[Endpoint] = type("Endpoint", (Endpoint,), attributes | dict.fromkeys(calls, Endpoint.answer))
        return path(f"api/v1/{self.name}/{route}", view.as_view())
