"""Holds the mock's answers, and what the dashboard asks, to the API's own description (openapi.json)."""

import json
import re
from pathlib import Path

CONTRACT = json.loads((Path(__file__).resolve().parents[2] / "Services" / "Gateway" / "Dashboard" / "openapi.json").read_text())
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float), "null": type(None)}
PATHS = [(re.compile("^" + re.sub(r"\{\w+\}", "[^/]+", path) + "$"), item) for path, item in CONTRACT["paths"].items()]


def complaints(method, path, query, body, status, answer):
    """What the contract does not have, each as a sentence. `body` and `answer` are read from JSON, or None."""
    item = next((item for pattern, item in PATHS if pattern.match(path)), {})
    operation = item.get(method.lower())
    if not operation:
        return [] if status in (404, 405) else [f"{method} {path} is not in the contract"]
    known = {resolve(each)["name"] for each in [*item.get("parameters", []), *operation.get("parameters", [])] if resolve(each)["in"] == "query"}
    found = [f"{method} {path} is asked with {name}, which the contract does not know" for name in set(query) - known]
    wanted = resolve(operation.get("requestBody", {})).get("content", {})
    if wanted and body is not None and status < 300:
        found += [f"{method} {path} is sent {issue}" for issue in issues(next(iter(wanted.values()))["schema"], body, "the body")]
    if str(status) not in operation["responses"]:
        return [*found, f"{method} {path} does not answer {status}"]
    content = resolve(operation["responses"][str(status)]).get("content", {})
    if content and answer is not None:
        found += [f"{method} {path} {status} answers {issue}" for issue in issues(next(iter(content.values()))["schema"], answer, "the body")]
    return found


def resolve(thing):
    while "$ref" in thing:
        found = CONTRACT
        for part in thing["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        thing = found
    return thing


def issues(schema, value, place):
    """What is wrong with a value. Patterns are left out: the mock's ids are made to be read."""
    schema = resolve(schema)
    for combination in ("anyOf", "oneOf"):
        if combination in schema:
            tried = [issues(each, value, place) for each in schema[combination]]
            return [] if any(not each for each in tried) else tried[0]
    found = [issue for each in schema.get("allOf", []) for issue in issues(each, value, place)]
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(isinstance(value, TYPES[name]) and not (name in ("integer", "number") and isinstance(value, bool)) for name in types):
        return [f"{place} as {value!r}, not {types}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{place} as {value!r}, not one of {schema['enum']}")
    if isinstance(value, list) and "items" in schema:
        found += [issue for number, each in enumerate(value) for issue in issues(schema["items"], each, f"{place}[{number}]")]
    if isinstance(value, dict):
        properties, more = schema.get("properties", {}), schema.get("additionalProperties")
        found += [f"{place} without {name}" for name in schema.get("required", []) if name not in value]
        for name, each in value.items():
            if name in properties:
                found += issues(properties[name], each, f"{place}.{name}")
            elif isinstance(more, dict):
                found += issues(more, each, f"{place}.{name}")
            elif properties and more is not True:
                found.append(f"{place} with {name}, which is not known there")
    return found
