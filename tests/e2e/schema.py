# SPDX-License-Identifier: BSD-2-Clause
"""
JSON that programs print, against the schemas that are installed with them.

A schema allows keys that it does not know: programs may learn to say more. A
test allows none.
"""

import functools
import json
import os
import pathlib

try:
    import jsonschema
except ImportError:
    jsonschema = None

FOLDER = pathlib.Path(os.environ.get("top_srcdir", "."),
                      "share/plumbline/schema")


def closed(schema):
    """The same schema, without room for keys that it does not name."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    more = {"additionalProperties": False} if "properties" in schema and \
        "type" in schema else {}
    return {**{key: closed(part) for key, part in schema.items()}, **more}


@functools.cache
def _validator(name):
    schema = json.loads((FOLDER / f"{name}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(closed(schema))


def faults(doc, name):
    """
    What the schema of that name has against it, a line each. Nothing without
    jsonschema: test_schema.py says that it is missing.
    """
    if jsonschema is None:
        return []
    return sorted(f"{error.json_path}: {error.message[:200]}"
                  for error in _validator(name).iter_errors(doc))


def check(doc, name):
    """doc, which is as the schema says."""
    found = faults(doc, name)
    assert not found, "\n".join(found)
    return doc


def load(text, name):
    """The document that text is."""
    return check(json.loads(text), name)


def lines(text, name, each="interval"):
    """Lines of intervals, or what else, and the whole at the end."""
    docs = [json.loads(line) for line in text.splitlines()]
    for doc in docs[:-1]:
        check(doc, f"{name}-{each}")
    check(docs[-1], name)
    return docs
