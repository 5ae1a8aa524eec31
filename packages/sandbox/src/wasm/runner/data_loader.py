"""The cohort's tables, as scripts of the first clients ask for them."""
import csv as _csv
import json as _json
import os as _os

with open(_os.environ["JOB_CONFIG"], encoding="utf-8") as _file:
    _tables = _json.load(_file)["tables"]
_loaded = {}


def _integer(text):
    try:
        return int(text)
    except ValueError:
        return int(float(text))


_parsers = {"integer": _integer, "number": float}


def _load(table):
    parsers = {column["name"]: _parsers.get(column["type"], str) for column in table["columns"]}
    path = _os.path.join(_os.environ["DATA_ROOT"], table["name"] + ".csv")
    with open(path, newline="", encoding="utf-8") as file:
        rows = _csv.reader(file)
        names = next(rows, [])
        readers = [(name, parsers.get(name, str)) for name in names]
        return [
            {name: None if text == "" else parse(text) for (name, parse), text in zip(readers, row)} for row in rows if row
        ]


def load_data(table=None):
    """Every table by name, or the rows of the one named: dicts with numbers as numbers and None for missing."""
    if table is None or str(table).rstrip("/") == _os.environ["DATA_ROOT"]:
        return {one["name"]: load_data(one["name"]) for one in _tables}
    name = str(table).removesuffix(".csv")
    if name not in _loaded:
        found = next((one for one in _tables if one["name"] == name), None)
        if found is None:
            raise KeyError(f"no table {name!r}; there are: " + ", ".join(one["name"] for one in _tables))
        _loaded[name] = _load(found)
    return _loaded[name]


def save_result(name, value):
    """Names one value of the result."""
    import stimnet

    stimnet.release(name, value)
