"""The contracts as JSON Schema, and whether a change of them would break whoever still has the old one.

What others send (requests) must go on being accepted; what they receive (results, events) must go on being readable.
"""

from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

import contracts
from contracts.base import Event, Service

FOLDER = Path(contracts.__path__[0]) / "schemas"

LIMITS = {"maximum": 1, "exclusiveMaximum": 1, "maxLength": 1, "maxItems": 1} | {
    "minimum": -1,
    "exclusiveMinimum": -1,
    "minLength": -1,
    "minItems": -1,
}
"""Keywords that bound a value, from above (1) or from below (-1)."""

Direction = Literal["sent to us", "received from us"]
Schema = dict[str, Any]


def schema_of(module: str) -> Schema:
    """Everything that a module's contract says, as JSON Schema."""
    interface = Service.interfaces[module]
    return {
        "operations": {
            name: {
                "kind": operation.kind,
                "idempotent": operation.idempotent,
                "errors": sorted(error.code for error in operation.allowed_errors),
                "request": operation.request_model.model_json_schema(),
                "result": operation.result_adapter.json_schema(mode="serialization"),
            }
            for name, operation in sorted(interface.operations.items())
        },
        "events": {
            type_id: TypeAdapter(event).json_schema(mode="serialization")
            for type_id, event in sorted(Event.types.items())
            if event.module() == module
        },
    }


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """What a client of the old contract would stumble over, in words; empty when it would not notice."""
    return [*_operations(old["operations"], new["operations"]), *_events(old["events"], new["events"])]


def _operations(old: Schema, new: Schema) -> Iterator[str]:
    for name, before in old.items():
        after = new.get(name)
        if after is None:
            yield f"operation {name} is gone"
            continue
        if before["kind"] != after["kind"] or (before["idempotent"] and not after["idempotent"]):
            yield f"operation {name} may no longer be repeated safely"
        for code in sorted(set(after["errors"]) - set(before["errors"])):
            yield f"operation {name} may now raise {code}"
        yield from compare(before["request"], after["request"], "sent to us", f"{name} request")
        yield from compare(before["result"], after["result"], "received from us", f"{name} result")


def _events(old: Schema, new: Schema) -> Iterator[str]:
    for type_id, before in old.items():
        if type_id not in new:
            yield f"event {type_id} is gone"
        else:
            yield from compare(before, new[type_id], "received from us", f"event {type_id}")


def compare(old: Schema, new: Schema, direction: Direction, where: str) -> Iterator[str]:
    """How a change of one schema breaks a client. References are looked up under "$defs" of each."""
    yield from _Comparison(old, new, direction).differences(old, new, where)


class _Comparison:
    """Walks through two schemas side by side, resolving references each in its own document."""

    def __init__(self, old_root: Schema, new_root: Schema, direction: Direction) -> None:
        self.old_root, self.new_root, self.direction = old_root, new_root, direction
        self.seen: set[tuple[str, str]] = set()

    def differences(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        pair = (old.get("$ref", ""), new.get("$ref", ""))
        if all(pair):
            if pair in self.seen:
                return
            self.seen.add(pair)
        old, new = _resolve(old, self.old_root), _resolve(new, self.new_root)
        if "anyOf" in old or "anyOf" in new:
            yield from self._alternatives(old, new, where)
            return
        yield from self._kind(old, new, where)
        yield from self._choices(old, new, where)
        yield from self._limits(old, new, where)
        yield from self._properties(old, new, where)
        yield from self._further_properties(old, new, where)
        for keyword in ("items", "additionalProperties"):
            if isinstance(old.get(keyword), dict) and isinstance(new.get(keyword), dict):
                yield from self.differences(old[keyword], new[keyword], f"{where}[]")

    def _alternatives(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        """Each alternative of the narrower side has to fit one of the wider side: what may be sent, one that is
        accepted; what may be received, one that was known.
        """
        accepting = self.direction == "sent to us"
        wider, narrower = (new, old) if accepting else (old, new)
        choices = wider.get("anyOf", [wider])
        for one in narrower.get("anyOf", [narrower]):
            tries = [list(self._apart(*((one, choice) if accepting else (choice, one)), where)) for choice in choices]
            if [] not in tries:
                alike = [found for found in tries if f"{where} has another type" not in found]
                other = f"{where} {'accepts' if accepting else 'holds'} other types"
                yield from alike[0] if len(alike) == 1 else [other]

    def _apart(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        """The differences of two alternatives, of which nothing is remembered: they are only tried."""
        seen = set(self.seen)
        yield from self.differences(old, new, where)
        self.seen = seen

    def _kind(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        if (old.get("type"), old.get("format")) != (new.get("type"), new.get("format")):
            yield f"{where} has another type"

    def _further_properties(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        """Properties that are not listed: whoever sends them must go on being heard, and whoever was promised none must
        get none.
        """
        looser, stricter = (old, new) if self.direction == "sent to us" else (new, old)
        allowed, needed = stricter.get("additionalProperties", True), looser.get("additionalProperties", True)
        if needed is False or allowed is True:
            return
        if allowed is False or needed is True:
            said = "no longer accepts" if self.direction == "sent to us" else "may now hold"
            yield f"{where} {said} further properties"

    def _choices(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        looser, stricter = (old, new) if self.direction == "sent to us" else (new, old)
        allowed, needed = _values(stricter), _values(looser)
        if allowed is None:
            return
        if needed is None:
            said = "accepts certain values only" if self.direction == "sent to us" else "may now be any value"
            yield f"{where} {said}"
            return
        for value in sorted(map(str, needed - allowed)):
            yield f"{where} {'no longer accepts' if self.direction == 'sent to us' else 'may now be'} {value!r}"

    def _limits(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        """What is sent to us may only be asked less of, what others receive may only promise more."""
        looser, stricter = (old, new) if self.direction == "sent to us" else (new, old)
        for keyword, sign in LIMITS.items():
            if keyword in stricter and sign * looser.get(keyword, sign * inf) > sign * stricter[keyword]:
                yield f"{where} has another {keyword}"
        if stricter.get("pattern") and stricter.get("pattern") != looser.get("pattern"):
            yield f"{where} has another pattern"
        if stricter.get("uniqueItems") and not looser.get("uniqueItems"):
            yield f"{where} {'no longer accepts' if self.direction == 'sent to us' else 'may now hold'} the same twice"

    def _properties(self, old: Schema, new: Schema, where: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in sorted(before.keys() - after.keys()):
            yield f"{where}.{name} is gone"
        if self.direction == "sent to us":
            for name in sorted(set(new.get("required", [])) - set(old.get("required", []))):
                yield f"{where}.{name} must now be given"
        else:
            for name in sorted(
                set(old.get("required", [])) - set(new.get("required", [])) - (before.keys() - after.keys())
            ):
                yield f"{where}.{name} may now be missing"
            if old.get("additionalProperties") is False:
                for name in sorted(after.keys() - before.keys()):
                    yield f"{where}.{name} is new to those who were promised no further properties"
        for name in sorted(before.keys() & after.keys()):
            yield from self.differences(before[name], after[name], f"{where}.{name}")


def _values(schema: Schema) -> set[Any] | None:
    """The values that a schema lists one by one; None when it does not."""
    return {schema["const"]} if "const" in schema else set(schema["enum"]) if "enum" in schema else None


def _resolve(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema
