"""Runs every Python example of the README unchanged with a running mesh."""

from __future__ import annotations

import contextlib
import io
import os
import re
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from .running import running

README = Path(__file__).resolve().parents[2] / "README.md"
EXPECTED = {
    "One broadcast, one pooled answer": r"^female 1\d\d \d+(\.\d+)?\nmale \d+ \d+(\.\d+)?\n$",
    "One job": r"^\[\{'sex': 'female', .*'sex': 'male', ",
    "A regression": r"^Linear regression, UPDRS_change ~ age \+ sex: with the institution.*Released by each.*age -?\d.*Pooled -?\d",
    "Coroutines": r"100% \['completed', 'completed', 'completed'\]\n\[\{'scan_type': 'T1', 'scans': \d+, 'quality': [\d.]+\}",
    "Verify the answers": r"^all have signed: True\n\[\{'subjects': 450\}\]\n\[\{'institution': .*'subjects': 150\}.*\]\n$",
    "The price of noise": r"^\{'subjects': \d+\}\n$",
}


class Readme(unittest.TestCase):
    def test_each_example_does_what_it_shows(self) -> None:
        mesh = running()
        sections = re.split(r"^## ", README.read_text(encoding="utf-8"), flags=re.M)[1:]
        examples = {one.split("\n", 1)[0]: re.findall(r"```python\n(.*?)```", one, re.S) for one in sections}
        self.assertEqual(
            {title: len(codes) for title, codes in examples.items() if codes}, {title: 1 for title in EXPECTED}
        )
        for title, pattern in EXPECTED.items():
            with self.subTest(title), tempfile.TemporaryDirectory() as home:
                key = Path(home) / ".config" / "stimnet" / "researcher.key"
                key.parent.mkdir(parents=True)
                key.write_text(f"{mesh.seed}\n", encoding="ascii")
                code = examples[title][0].replace("http://127.0.0.1:8000", mesh.urls[0])
                code = code.replace('"demo", "demo"', f'"ada", "{mesh.password}"')
                printed = io.StringIO()
                before = os.getcwd()
                try:
                    os.chdir(home)
                    with mock.patch.dict(os.environ, {"HOME": home}), contextlib.redirect_stdout(printed):
                        exec(compile(code, title, "exec"), {"__name__": "__main__"})
                finally:
                    os.chdir(before)
                self.assertRegex(printed.getvalue(), re.compile(pattern, re.S))


if __name__ == "__main__":
    unittest.main()
