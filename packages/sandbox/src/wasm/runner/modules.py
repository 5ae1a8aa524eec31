# The top-level modules that can really be found, as JSON.
import importlib.util, json, sys


def _present(name):
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):
        return name in sys.modules


json.dumps(sorted({name for name in sys.stdlib_module_names if _present(name)}))
