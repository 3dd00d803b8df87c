# SPDX-License-Identifier: BSD-2-Clause
"""The schemas are sound, and a fault of a document is found."""

import json

import pytest

import schema

pytest.importorskip("jsonschema")

NAMES = sorted(path.stem for path in schema.FOLDER.glob("*.json"))
VALUES = {"integer": 1, "number": 0.5, "boolean": True, "array": [],
          "string": "2026-01-01T00:00:00Z"}


def sample(node):
    """The smallest document of that schema."""
    kind = node.get("type")
    if "enum" in node:
        return node["enum"][0]
    if kind == "object":
        doc = {key: sample(node["properties"][key])
               for key in node["required"]}
        for rule in node.get("allOf", []):
            (key, only), = rule["if"]["properties"].items()
            if doc[key] == only["const"]:
                doc.update((more, sample(node["properties"][more]))
                           for more in rule["then"]["required"])
        return doc
    return VALUES[kind] if isinstance(kind, str) else None


def test_there_are_schemas():
    assert {"thrulay", "udpst", "udping_client", "msak-client-event",
            "msak-server-latency1"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_faults_are_found(name):
    text = (schema.FOLDER / f"{name}.json").read_text()
    node = json.loads(text)
    assert node["$id"].endswith(f"/{name}.json")
    doc = sample(node)
    assert schema.faults(doc, name) == []
    assert schema.faults({**doc, "more": 1}, name)
    for key in doc:
        assert schema.faults({**doc, key: [0]}, name), key
        assert schema.faults({k: v for k, v in doc.items() if k != key},
                             name), key


# What each program says of the host it runs on.
HOST = {"cpu_user_s", "cpu_system_s", "cpu_share", "clock_step_ms", "limit"}


@pytest.mark.parametrize("name", [
    n for n in NAMES if not n.startswith(("udpst", "msak-server-"))
    and not n.endswith(("-interval", "-record", "-event"))])
def test_documents_look_alike(name):
    """But for those of udpst, and the archive of msak-server, which are as
    their originals have them."""
    node = json.loads((schema.FOLDER / f"{name}.json").read_text())
    common = ["tool", "version", "start", "end", "config", "result", "host",
              "error"]
    assert set(common) <= set(node["properties"])
    error = node["properties"]["error"]
    assert error["required"] == ["code", "message"]
    assert "null" in error["type"]
    assert HOST <= set(node["properties"]["host"]["required"])
    config = set(node["properties"]["config"]["properties"])
    assert config.isdisjoint(["interface", "source", "duration", "rate"])
    assert node["properties"].get("event", {"enum": ["summary"]}) == {
        "enum": ["summary"]}
