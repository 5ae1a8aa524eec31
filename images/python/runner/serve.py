"""Runs inside a container of its own: says READY, takes one job, answers with one frame, waits to be ended.

In on stdin: u32 length, JSON header, then the bytes of the files it lists. Out on stdout: READY and a line feed, then one
frame of a kind byte, a u32 length and that many bytes. What the program prints goes to stderr, which the host counts and
cuts; when all is said, a mark stands there. The frame is made by the same process that ran the program: the host must
take it as the program's word.
"""
import json
import os
import struct
import sys

RUN = "/opt/stimnet/run.py"
MARK = b"\x04END\x04\n"
# Read by the libraries of linear algebra when they are loaded. More threads than processors only cost.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
LIBRARIES = ("numpy", "pandas", "scipy.stats")


def main(mode):
    # Only the frame goes to the real stdout; whatever else is written there is print.
    answer = os.dup(1)
    os.dup2(2, 1)
    if mode == "modules":
        send(answer, b"READY\n")
        return send(answer, frame("result", json.dumps(modules())))
    run = runner(mode == "warm")
    send(answer, b"READY\n")
    header = read_header()
    place_files(header)
    inlet = close_stdin()
    send(answer, frame(*run(json.dumps(header))))
    try:
        send(2, MARK)
    except OSError:
        # The program has shut it: then our end is the mark.
        return
    # The host has all it needs; it looks at what was used, and its going away is our end.
    os.read(inlet, 1)


def runner(is_warm):
    """The function that runs a program; a container that will wait imports first what most programs import."""
    # The interpreter looks into no folder of its own accord; the program is to find the helpers, and not the runner.
    sys.path.insert(0, "/usr/lib/helpers")
    sys.path.insert(0, "/opt/stimnet")
    import frames

    sys.path.remove("/opt/stimnet")
    for name in THREADS:
        # Beside os.environ, which is emptied before the program runs.
        os.environ.pop(name, None)
        os.putenv(name, "1")
    parts = {"__name__": "run"}
    original, json.dumps = json.dumps, frames.dumps(json.dumps)
    try:
        with open(RUN, encoding="utf-8") as file:
            exec(compile(file.read(), RUN, "exec"), parts)
    finally:
        json.dumps = original
    if is_warm:
        parts["_warm"]()
        frames.warm(LIBRARIES)
    frames.install()
    return parts["_run"]


def modules():
    """The top-level modules that are really there."""
    import importlib.util
    import pkgutil

    sys.path.insert(0, "/usr/lib/helpers")

    def present(name):
        try:
            return importlib.util.find_spec(name) is not None
        except (ImportError, ValueError, AttributeError):
            return name in sys.modules

    own = {"frames", "run", "serve"}
    names = set(sys.stdlib_module_names) | {module.name for module in pkgutil.iter_modules()}
    return sorted(name for name in names - own if present(name))


def place_files(header):
    # Scripts list the folder of their tables: nothing else is in it unless files come along.
    uploaded = header["config"].get("uploaded_files")
    if uploaded:
        os.mkdir("/data/uploads")
    for entry in header["files"]:
        path = os.path.join("/data", entry["name"])
        with open(path, "wb") as file:
            left = entry["length"]
            while left > 0:
                chunk = read_exactly(min(left, 1 << 20))
                file.write(chunk)
                left -= len(chunk)
        os.chmod(path, 0o444)
    if uploaded:
        os.chmod("/data/uploads", 0o555)
    with open("/job/config.json", "w", encoding="utf-8") as file:
        json.dump(header["config"], file)


def close_stdin():
    """Nothing more comes: a program that reads finds the end. Only its host going away is still to be seen."""
    inlet = os.dup(0)
    nothing = os.open("/dev/null", os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return inlet


def read_header():
    (length,) = struct.unpack(">I", read_exactly(4))
    return json.loads(read_exactly(length))


def read_exactly(length):
    """The host closing stdin ends a container that waits: so none outlives its host."""
    parts = []
    while length > 0:
        part = os.read(0, min(length, 1 << 20))
        if not part:
            os._exit(3)
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def frame(end, text):
    payload = text.encode("utf-8", "surrogatepass")
    return (b"R" if end == "result" else b"F") + struct.pack(">I", len(payload)) + payload


def send(descriptor, data):
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


main(sys.argv[1] if len(sys.argv) > 1 else "cold")
# Threads and exit handlers of the program have no say any more.
os._exit(0)
