"""Makes texts from others, such as names and reasons of institutions, safe to print on a terminal."""

from __future__ import annotations

import unicodedata
from typing import Any, Sequence

# Control characters, format characters, line separators, and lone surrogates.
_STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")


def printable(text: str) -> str:
    """A one-line text with characters replaced that could control a terminal."""
    if text.isascii() and text.isprintable():
        return text
    return "".join("\ufffd" if unicodedata.category(one) in _STEERING else one for one in text)


def printable_lines(text: str) -> str:
    """A text of several lines with characters replaced that could control a terminal, except for line breaks and
    tabs.
    """
    return "\n".join("\t".join(map(printable, line.split("\t"))) for line in text.split("\n"))


def text_table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """The lines of a table, with columns of one width."""
    cells = [list(map(cell_text, head)), *([cell_text(value) for value in row] for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(head))]
    return ["  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip() for line in cells]


def cell_text(value: Any) -> str:
    """A number with four significant digits, or all digits of a whole number; a dot for None. Texts cannot control a
    terminal.
    """
    if value is None:
        return "·"
    if isinstance(value, str):
        return printable(value)
    return str(value) if isinstance(value, int) else f"{value:.4g}"
