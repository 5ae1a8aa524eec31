"""The interface of a Python program: its inputs, and a function to name the values that it releases.

tables      a dict: table name -> list of dicts (None is missing)
parameters  the parameters of the request
filters     its filters, already applied to the cohort where they name variables
uploads     the uploaded files of the request: name -> path
release     release("mean_age", 61.2), release("age", n=120, mean=61.2), release("quartiles", 55, 61, 70); or with a kind,
            for which the node has stricter checks: release("age", "mean", value=61.2)
"""
import math as _math

# The kinds of typed outputs, and the fields of each.
KINDS = {
    "count": ("value",),
    "table": ("counts",),
    "histogram": ("counts",),
    "sum": ("value",),
    "mean": ("value",),
    "proportion": ("value",),
    "quantile": ("value",),
    "sd": ("value",),
    "coefficients": ("terms",),
    "test": ("statistic", "df", "p"),
    "curve": ("values",),
}

_config = {}
parameters = {}
filters = {}
uploads = {}
min_cohort_size = None
_released = {}
_outputs = {}


def release(name, *values, **fields):
    """Adds a named value to the result: a single value, several values as a list, or named fields as an object. With a kind
    and the fields of that kind, it is a typed output. A program must give all of its releases a kind, or none."""
    if not isinstance(name, str) or not name:
        raise TypeError("release needs a name first")
    if fields and len(values) == 1 or not values and _is_kind(fields.get("kind")):
        return _release_typed(name, values[0] if values else fields.pop("kind"), fields)
    if bool(values) == bool(fields):
        raise TypeError("release needs either values or named fields after the name")
    if _outputs:
        raise _mixed(name)
    _released[name] = fields or (values[0] if len(values) == 1 else list(values))


def _is_kind(word):
    return isinstance(word, str) and word in KINDS


def _release_typed(name, kind, fields):
    if not _is_kind(kind):
        raise TypeError(f"release({name!r}): the kind is one of {', '.join(KINDS)}")
    where = f"release({name!r}, {kind!r})"
    if set(fields) != set(KINDS[kind]):
        raise TypeError(f"{where} takes {', '.join(f'{field}=' for field in KINDS[kind])} and nothing else")
    if _released:
        raise _mixed(name)
    check = _CHECKS.get(kind, _number)
    _outputs[name] = {"kind": kind} | {field: check(fields[field], where) for field in KINDS[kind]}


def _mixed(name):
    return TypeError(f"release({name!r}): a program gives all of its releases a kind, or none")


def _plain(value):
    """Converts numpy's numbers and arrays and pandas' Series and DataFrames into Python's own types."""
    if hasattr(value, "to_dict"):
        return value.to_dict("index") if getattr(value, "ndim", 1) == 2 else value.to_dict()
    if hasattr(value, "tolist"):
        return value.tolist()
    return float(value) if type(value).__name__ in ("Decimal", "Fraction") else value


def _number(value, where):
    value = _plain(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{where} has a {type(value).__name__} where a number belongs")
    if not _math.isfinite(value):
        raise ValueError(f"{where} has {value}, which is no number")
    return value


def _whole(value, where):
    value = _number(value, where)
    if value < 0 or value != int(value):
        raise ValueError(f"{where} has a count that is not a whole number of zero or more")
    return int(value)


def _named(value, where):
    value = _plain(value)
    if not isinstance(value, dict) or not value:
        raise TypeError(f"{where} needs a dict, or a Series, with a name for each value")
    named = {}
    for key, one in value.items():
        key = _plain(key)
        if not isinstance(key, (str, int, float)) or key != key or str(key) in named:
            raise TypeError(f"{where} needs words or numbers as names, each once and none missing")
        named[str(key)] = one
    return named


def _each(check):
    def checked(values, where):
        # Only the values of a Series are used, not its index.
        values = values.tolist() if hasattr(values, "tolist") else values
        if not isinstance(values, (list, tuple)) or not values:
            raise TypeError(f"{where} needs a list that is not empty")
        return [check(value, where) for value in values]

    return checked


def _counts(value, where):
    return {name: _whole(count, where) for name, count in _named(value, where).items()}


def _terms(value, where):
    return {name: _term(term, where) for name, term in _named(value, where).items()}


def _term(term, where):
    term = _plain(term)
    if isinstance(term, (list, tuple)) and len(term) == 2:
        term = dict(zip(("estimate", "se"), term))
    if not isinstance(term, dict) or set(term) != {"estimate", "se"}:
        raise TypeError(f"{where} needs `estimate` and `se` for each term")
    return {field: _number(term[field], where) for field in ("estimate", "se")}


_CHECKS = {
    "count": _whole,
    "table": _counts,
    "histogram": _each(_whole),
    "coefficients": _terms,
    "curve": _each(_number),
}


def _result():
    """The released values in the form in which they are written; None if there are none."""
    return {"stimnet_outputs": _outputs} if _outputs else _released or None


def _begin(config):
    # The job's configuration is set here, because the module is imported before there is a job.
    global _config, parameters, filters, uploads, min_cohort_size
    _config, parameters, filters = config, config["parameters"], config["filters"]
    uploads = {one["name"]: one["path"] for one in config.get("uploaded_files", [])}
    min_cohort_size = config["min_cohort_size"]


def __getattr__(name):
    # Tables are parsed at their first use, so that a program that opens the files itself does not wait for it.
    if name != "tables":
        raise AttributeError(f"module 'stimnet' has no attribute {name!r}")
    from data_loader import load_data

    globals()["tables"] = load_data()
    return globals()["tables"]
