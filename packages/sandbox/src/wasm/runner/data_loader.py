"""Access to the cohort's tables, with the functions that scripts of the first clients use."""
import csv as _csv
import os as _os

import stimnet as _stimnet

_loaded = {}


def _integer(text):
    try:
        return int(text)
    except ValueError:
        return int(float(text))


_parsers = {"integer": _integer, "number": float}


def _rows(lines, columns):
    parsers = {column["name"]: _parsers.get(column["type"], str) for column in columns}
    rows = _csv.reader(lines)
    readers = [(name, parsers.get(name, str)) for name in next(rows, [])]
    return [{name: None if text == "" else parse(text) for (name, parse), text in zip(readers, row)} for row in rows if row]


def load_data(table=None):
    """All tables by name, or the rows of the named table, as dicts: numbers are numbers, and a missing value is None."""
    tables = _stimnet._config["tables"]
    if table is None or str(table).rstrip("/") == _os.environ["DATA_ROOT"]:
        return {one["name"]: load_data(one["name"]) for one in tables}
    name = str(table).removesuffix(".csv")
    if name not in _loaded:
        found = next((one for one in tables if one["name"] == name), None)
        if found is None:
            raise KeyError(f"no table {name!r}; there are: " + ", ".join(one["name"] for one in tables))
        path = _os.path.join(_os.environ["DATA_ROOT"], name + ".csv")
        with open(path, newline="", encoding="utf-8") as file:
            _loaded[name] = _rows(file, found["columns"])
    return _loaded[name]


def save_result(name, value):
    """Adds a named value to the result."""
    _stimnet.release(name, value)
