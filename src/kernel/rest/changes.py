"""What a change of the API would break, told from two of its descriptions."""

from collections.abc import Iterator
from typing import Any

from kernel.contract_schemas import compare

Json = dict[str, Any]


def breaking_changes(old: Json, new: Json) -> list[str]:
    """What a client of the old API would stumble over, in words; empty when it would not notice."""
    return [
        change
        for path, methods in old["paths"].items()
        for method, before in methods.items()
        for change in _operation(
            before, new["paths"].get(path, {}).get(method), f"{method.upper()} {path}", _types(old), _types(new)
        )
    ]


def _types(document: Json) -> Json:
    """The named types, where a comparison of schemas looks for them."""
    return {"$defs": document["components"]["schemas"]}


def _operation(old: Json, new: Json | None, where: str, old_types: Json, new_types: Json) -> Iterator[str]:
    if new is None:
        yield f"{where} is gone"
        return
    for role in sorted(set(old["x-roles"]) - set(new["x-roles"])):
        if new["x-roles"]:
            yield f"{where} is no longer for {role}"
    if not old["x-roles"] and new["x-roles"]:
        yield f"{where} now asks for a login"
    yield from _parameters(old, new, where, old_types, new_types)
    yield from _body(old, new, where, old_types, new_types)
    yield from _answer(old, new, where, old_types, new_types)


def _parameters(old: Json, new: Json, where: str, old_types: Json, new_types: Json) -> Iterator[str]:
    before, after = _by_name(old), _by_name(new)
    for name in sorted(before.keys() - after.keys()):
        yield f"{where}: parameter {name} is gone"
    for name, parameter in sorted(after.items()):
        if parameter.get("required") and not before.get(name, {}).get("required"):
            yield f"{where}: parameter {name} must now be given"
    for name in sorted(before.keys() & after.keys()):
        yield from compare(
            before[name]["schema"] | old_types,
            after[name]["schema"] | new_types,
            "sent to us",
            f"{where}: parameter {name}",
        )


def _by_name(operation: Json) -> dict[str, Json]:
    return {parameter["name"]: parameter for parameter in operation["parameters"]}


def _body(old: Json, new: Json, where: str, old_types: Json, new_types: Json) -> Iterator[str]:
    before, after = old.get("requestBody"), new.get("requestBody")
    if after and after["required"] and not (before and before["required"]):
        yield f"{where}: a body must now be sent"
    if before and not after:
        yield f"{where}: the body is gone"
    if before and after:
        for kind in sorted(before["content"].keys() - after["content"].keys()):
            yield f"{where}: {kind} is no longer accepted"
        for kind in sorted(before["content"].keys() & after["content"].keys()):
            yield from compare(
                before["content"][kind]["schema"] | old_types,
                after["content"][kind]["schema"] | new_types,
                "sent to us",
                f"{where}: body",
            )


def _answer(old: Json, new: Json, where: str, old_types: Json, new_types: Json) -> Iterator[str]:
    (status, before), (now, after) = _success(old), _success(new)
    if status != now:
        yield f"{where} answers {now}, and no longer {status}"
    for kind, content in sorted(before.get("content", {}).items()):
        if kind not in after.get("content", {}):
            yield f"{where} no longer answers {kind}"
        else:
            yield from compare(
                _whole(content["schema"]) | old_types,
                _whole(after["content"][kind]["schema"]) | new_types,
                "received from us",
                f"{where}: answer",
            )


def _success(operation: Json) -> tuple[str, Json]:
    return next((status, answer) for status, answer in operation["responses"].items() if status.startswith("2"))


def _whole(schema: Json) -> Json:
    """The answer with all its fields, where it may also hold only some."""
    return dict(schema["anyOf"][0]) if "anyOf" in schema else schema
