"""Support for pandas and numpy, if they are installed: tables as DataFrames, and their values as JSON."""
import importlib
import importlib.util


def install():
    """Lets `load_data` return DataFrames. `stimnet.tables` still contains lists of dicts, as in every sandbox."""
    if importlib.util.find_spec("pandas") is None:
        return
    import data_loader
    import stimnet

    lists = _second_copy("data_loader")
    data_loader._rows = _frame

    def tables(name):
        if name != "tables":
            raise AttributeError(f"module 'stimnet' has no attribute {name!r}")
        stimnet.tables = lists.load_data()
        return stimnet.tables

    stimnet.__getattr__ = tables


def _second_copy(name):
    spec = importlib.util.find_spec(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _frame(file, columns):
    import pandas

    # pandas chooses the type of whole numbers: with missing values they are floats, as scripts written for pandas expect.
    types = {"number": "float64", "category": "object", "date": "object", "text": "object"}
    dtype = {column["name"]: types[column["type"]] for column in columns if column["type"] in types}
    return pandas.read_csv(file, dtype=dtype, keep_default_na=False, na_values=[""])


def dumps(original):
    """A json.dumps that can write numpy's numbers and arrays and pandas' tables, without importing either library."""

    def with_arrays(value, default=None, **options):
        def plain(one):
            if hasattr(one, "to_dict"):
                return one.to_dict()
            if hasattr(one, "tolist"):
                return one.tolist()
            return default(one)

        return original(value, default=plain, **options)

    return with_arrays


def warm(names):
    """Warms up the libraries, which load much of their code at the first use: does once what most scripts do, on made-up data."""
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:
            return
    import io

    import pandas

    text = "a,b,c\n" + "".join(f"{i},{i / 7},{'x' if i % 2 else 'y'}\n" for i in range(500))
    columns = [{"name": "a", "type": "integer"}, {"name": "b", "type": "number"}, {"name": "c", "type": "category"}]
    table = _frame(io.StringIO(text), columns)
    table.groupby("c")["b"].agg(["mean", "std", "count"]).to_dict()
    table[table["a"] > 100].describe()
    table[["a", "b"]].corr()
    pandas.concat([table, table]).merge(table, on="a").sort_values("b_x")
