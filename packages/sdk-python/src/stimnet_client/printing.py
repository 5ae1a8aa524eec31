"""Words of others, such as names and reasons of institutions, as text that cannot control a terminal."""

from __future__ import annotations

import unicodedata

# Control characters, those that change direction or join, separators of lines, and lone surrogates.
_STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")


def printable(text: str) -> str:
    """A text of one line."""
    if text.isascii() and text.isprintable():
        return text
    return "".join("\ufffd" if unicodedata.category(one) in _STEERING else one for one in text)


def printable_lines(text: str) -> str:
    """A text of several lines, whose line breaks and tabs stay."""
    return "\n".join("\t".join(map(printable, line.split("\t"))) for line in text.split("\n"))
