"""Makes texts from others, such as names and reasons of institutions, safe to print on a terminal."""

from __future__ import annotations

import unicodedata

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
