# Runs the cells of one program in a new __main__ and determines its result. This code runs in the program's own process, so its
# answer is not trusted.
def _make():
    import builtins, json, os, random, sys, traceback, types

    sys.path.insert(0, "/lib/helpers")
    import data_loader, stimnet

    # The engine opens its source of randomness at the first use, which would fail after its permissions are given up.
    os.urandom(1)
    dumps, loads, stat, opened, excepthook = json.dumps, json.loads, os.stat, open, traceback.print_exception

    def plain(value):
        # Converts numpy's numbers and arrays and pandas' tables.
        for method in ("to_dict", "tolist"):
            if hasattr(value, method):
                return getattr(value, method)()
        if hasattr(value, "isoformat"):
            return value.isoformat()
        if isinstance(value, (set, frozenset)):
            return sorted(value, key=repr)
        if type(value).__name__ in ("Decimal", "Fraction"):
            return float(value)
        raise TypeError(f"{type(value).__name__} is not JSON")

    def prepare(header):
        os.environ.clear()
        os.environ.update(
            HOME="/tmp",
            LANG="C.UTF-8",
            TZ="UTC",
            DATA_ROOT="/data",
            UPLOADS_ROOT="/data/uploads",
            JOB_CONFIG="/job/config.json",
            OUTPUT_FILE="/job/result.json",
            MIN_COHORT_SIZE=str(header["config"]["min_cohort_size"]),
        )
        os.chdir("/tmp")
        # Every sandbox starts from the same snapshot, and so from the same random state.
        random.seed()
        sys.argv = ["script.py"]
        stimnet._begin(header["config"])
        builtins.save_result = data_loader.save_result
        main = types.ModuleType("__main__")
        main.__dict__["__builtins__"] = builtins
        sys.modules["__main__"] = main
        return main.__dict__

    def execute(cells, scope):
        for number, cell in enumerate(cells, 1):
            name = "script.py" if len(cells) == 1 else f"cell {number}"
            exec(compile(cell, name, "exec"), scope)

    def leave(error):
        """Whether an exit counts as success."""
        return error.code in (None, 0, False)

    def find(scope, bytes_max):
        try:
            size = stat("/job/result.json").st_size
        except FileNotFoundError:
            size = 0
        if size > bytes_max:
            return "failed", "OUTPUT_LIMIT"
        if size:
            with opened("/job/result.json", encoding="utf-8") as file:
                return "result", file.read()
        value = stimnet._result()
        if value is None:
            value = scope.get("result")
        if value is None:
            print("The program left no result: OUTPUT_FILE, stimnet.release, save_result or a name `result`.")
            return "failed", "PROGRAM_FAILED"
        text = dumps(value, default=plain, allow_nan=False)
        return ("failed", "OUTPUT_LIMIT") if len(text.encode()) > bytes_max else ("result", text)

    def attempt(text):
        header = loads(text)
        try:
            scope = prepare(header)
            try:
                execute(header["cells"], scope)
            except SystemExit as error:
                if not leave(error):
                    raise
            return find(scope, header["output_bytes_max"])
        except MemoryError:
            return "failed", "MEMORY_LIMIT"
        except BaseException as error:
            excepthook(error, file=sys.__stderr__)
            return "failed", "PROGRAM_FAILED"
        finally:
            for stream in (sys.stdout, sys.stderr):
                try:
                    stream.flush()
                except BaseException:
                    pass

    return attempt


def _warm():
    # Warms up the engine while the sandbox waits: it compiles its functions at their first call, and optimises them after
    # repeated calls. So this does what most scripts do, on made-up data.
    import csv, datetime, io, json, math, random, re, statistics, traceback

    import data_loader

    columns = [{"name": "a", "type": "integer"}, {"name": "b", "type": "number"}, {"name": "c", "type": "category"}]
    text = "a,b,c\n" + "".join(f"{i},{i / 7},{'x' if i % 2 else 'y'}\n" for i in range(2000))
    rows = data_loader._rows(io.StringIO(text), columns)
    with open("/tmp/warm", "w") as file:
        file.write(text)
    with open("/tmp/warm", newline="") as file:
        groups = {}
        for row in csv.DictReader(file):
            groups.setdefault(row["c"], []).append(float(row["b"]))
    numbers = sorted((row["b"] for row in rows), reverse=True)
    found = {
        "mean": statistics.mean(numbers), "sd": statistics.stdev(numbers), "median": statistics.median(numbers),
        "quantiles": statistics.quantiles(numbers), "r": statistics.correlation(numbers, numbers), "root": math.sqrt(2),
        "groups": groups, "day": datetime.date.today().isoformat(), "word": re.sub("a", "b", "aaa"), "text": f"{1 / 3:.3f}",
    }
    json.loads(json.dumps(found, indent=1))
    json.dumps(found, allow_nan=False)
    scope = {}
    exec(compile("class A:\n  def f(self, *a, **k): return [x for x in a]\nb = A().f(1, 2, c=3)\nassert b", "warm", "exec"), scope)
    try:
        raise ValueError("warm")
    except ValueError as error:
        traceback.print_exception(error, file=io.StringIO())
    import os

    os.remove("/tmp/warm")


_run = _make()
del _make
