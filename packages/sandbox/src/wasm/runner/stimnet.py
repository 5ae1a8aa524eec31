"""What a program is given, and how it names what it wants to release.

tables      a dict: table name -> list of dicts (None is missing)
parameters  the parameters of the request
filters     its filters, already applied to the cohort where they name variables
release     release("mean_age", 61.2), release("age", n=120, mean=61.2), release("quartiles", 55, 61, 70)
"""

_config = {}
parameters = {}
filters = {}
min_cohort_size = None
_released = {}


def release(name, *values, **fields):
    """Names one value of the result: a single value, several as a list, or named fields as an object."""
    if not isinstance(name, str) or not name:
        raise TypeError("release needs a name first")
    if bool(values) == bool(fields):
        raise TypeError("release needs either values or named fields")
    _released[name] = fields or (values[0] if len(values) == 1 else list(values))


def _begin(config):
    # The module is imported before there is a job, so that no job waits for it.
    global _config, parameters, filters, min_cohort_size
    _config, parameters, filters = config, config["parameters"], config["filters"]
    min_cohort_size = config["min_cohort_size"]


def __getattr__(name):
    # Tables are parsed when first looked at: a program that opens the files itself does not pay for them.
    if name != "tables":
        raise AttributeError(f"module 'stimnet' has no attribute {name!r}")
    from data_loader import load_data

    globals()["tables"] = load_data()
    return globals()["tables"]
