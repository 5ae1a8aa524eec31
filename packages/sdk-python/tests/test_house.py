"""The project's rules for this package's Python code, as far as they can be checked automatically."""

from __future__ import annotations

import ast
import sys
import unittest
from pathlib import Path
from typing import Iterator

SOURCE = Path(__file__).resolve().parents[1] / "src" / "stimnet_client"

LINE_CHARACTERS_MAX = 120
FUNCTION_LINES_MAX = 70
# Each dependency outside the standard library, and the only file that may import it; None: any file.
DOORS = {"httpx": None, "cryptography": "trust/ed25519.py", "pandas": "table.py"}
# The files that may use time and randomness. Elsewhere they are arguments.
CLOCK_AND_CHANCE = {"drive.py": {"time", "asyncio"}, "trust/sign.py": {"time", "secrets"}}
ID_SOURCES = {"async_client.py", "sync_client.py"}


def breaches(path: str, text: str) -> Iterator[str]:
    """The violations of the rules in one file."""
    tree = ast.parse(text)
    if not ast.get_docstring(tree) and text != "":
        yield "a file says in its first line what it is for"
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LINE_CHARACTERS_MAX:
            yield f"line {number} is longer than {LINE_CHARACTERS_MAX}"
    for node in ast.walk(tree):
        yield from _of_node(path, node)


def _of_node(path: str, node: ast.AST) -> Iterator[str]:
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("print", "eval", "exec", "open")
    ):
        yield f"line {node.lineno}: {node.func.id}"
    if isinstance(node, ast.ExceptHandler):
        caught = [] if node.type is None else [ast.unparse(node.type)]
        if not caught or caught[0] in ("Exception", "BaseException"):
            yield f"line {node.lineno}: catch what you can act on, by name"
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        if (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES_MAX:
            yield f"line {node.lineno}: {node.name} is longer than {FUNCTION_LINES_MAX} lines"
        if node.returns is None:
            yield f"line {node.lineno}: {node.name} does not say what it gives"
    for module in _imported(node):
        top = module.split(".")[0]
        if top in DOORS and DOORS[top] not in (None, path) and not _is_for_types(path, top):
            yield f"{module} has its door in {DOORS[top]}"
        elif top not in DOORS and top not in sys.stdlib_module_names:
            yield f"{module} is no dependency"
        if top in ("time", "random", "secrets", "datetime") and top not in CLOCK_AND_CHANCE.get(path, set()):
            if not (top == "secrets" and path in ID_SOURCES):
                yield f"{module}: time and chance are arguments"


def _is_for_types(path: str, top: str) -> bool:
    """Whether a module is imported for type hints only, and so never at run time."""
    return top == "pandas" and path in ("model.py", "models/job.py", "models/broadcast.py")


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [one.name for one in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return [node.module or ""]
    return []


class House(unittest.TestCase):
    def test_the_sources_are_in_order(self) -> None:
        files = sorted(SOURCE.rglob("*.py"))
        self.assertGreater(len(files), 30)
        found = []
        for file in files:
            path = file.relative_to(SOURCE).as_posix()
            found += [f"{path}: {breach}" for breach in breaches(path, file.read_text(encoding="utf-8"))]
        self.assertEqual(found, [])

    def test_a_planted_breach_is_found(self) -> None:
        planted = {
            "x = 1": "first line",
            '"""A."""\nprint(1)': "print",
            '"""A."""\ntry:\n    pass\nexcept:\n    pass': "by name",
            '"""A."""\ntry:\n    pass\nexcept Exception:\n    pass': "by name",
            '"""A."""\ndef f():\n    return 1': "what it gives",
            '"""A."""\nimport requests': "no dependency",
            '"""A."""\nfrom cryptography.x import y': "door",
            '"""A."""\nimport time': "arguments",
            '"""A."""\n# ' + "x" * 120: "longer",
            '"""A."""\ndef f() -> None:\n' + "    pass\n" * 80: "longer",
        }
        for text, expected in planted.items():
            self.assertTrue(any(expected in one for one in breaches("flow.py", text)), text[:60])


if __name__ == "__main__":
    unittest.main()
