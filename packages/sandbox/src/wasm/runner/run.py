# Runs the cells of one program in a fresh __main__ and finds its result. Everything here is the program's own process:
# nothing it says is trusted.
def _make():
    import builtins, json, os, random, sys, traceback, types

    # The engine finds its source of randomness at the first call, and could not once its permissions are gone.
    os.urandom(1)
    dumps, loads, stat, opened, excepthook = json.dumps, json.loads, os.stat, open, traceback.print_exception

    def plain(value):
        if hasattr(value, "isoformat"):
            return value.isoformat()
        if isinstance(value, (set, frozenset)):
            return sorted(value, key=repr)
        if type(value).__name__ in ("Decimal", "Fraction"):
            return float(value)
        raise TypeError(f"{type(value).__name__} is not JSON")

    def prepare(header):
        sys.path.insert(0, "/lib/helpers")
        os.environ.clear()
        os.environ.update(
            HOME="/tmp",
            LANG="C.UTF-8",
            TZ="UTC",
            DATA_ROOT="/data",
            JOB_CONFIG="/job/config.json",
            OUTPUT_FILE="/job/result.json",
            MIN_COHORT_SIZE=str(header["config"]["min_cohort_size"]),
        )
        os.chdir("/tmp")
        # Every sandbox starts from the same memory, and so from the same random state.
        random.seed()
        sys.argv = ["script.py"]
        import stimnet
        from data_loader import save_result

        builtins.save_result = save_result
        main = types.ModuleType("__main__")
        main.__dict__["__builtins__"] = builtins
        sys.modules["__main__"] = main
        return main.__dict__, stimnet

    def execute(cells, scope):
        for number, cell in enumerate(cells, 1):
            name = "script.py" if len(cells) == 1 else f"cell {number}"
            exec(compile(cell, name, "exec"), scope)

    def leave(error):
        """Whether an exit means that all is well."""
        return error.code in (None, 0, False)

    def find(scope, stimnet, bytes_max):
        try:
            size = stat("/job/result.json").st_size
        except FileNotFoundError:
            size = 0
        if size > bytes_max:
            return "failed", "OUTPUT_LIMIT"
        if size:
            with opened("/job/result.json", encoding="utf-8") as file:
                return "result", file.read()
        value = stimnet._released or scope.get("result")
        if value is None:
            print("The program left no result: OUTPUT_FILE, stimnet.release, save_result or a name `result`.")
            return "failed", "PROGRAM_FAILED"
        text = dumps(value, default=plain, allow_nan=False)
        return ("failed", "OUTPUT_LIMIT") if len(text.encode()) > bytes_max else ("result", text)

    def attempt(text):
        header = loads(text)
        try:
            scope, stimnet = prepare(header)
            try:
                execute(header["cells"], scope)
            except SystemExit as error:
                if not leave(error):
                    raise
            return find(scope, stimnet, header["output_bytes_max"])
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


_run = _make()
del _make
