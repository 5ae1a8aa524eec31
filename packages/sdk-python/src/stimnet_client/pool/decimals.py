"""Decimal text in the only spelling that institutions use in rounds, so that equal inputs give equal texts
everywhere.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

_DIGITS = 15
_EXPONENT_MAX = 60
_TEXT = re.compile(r"-?\d\.\d{15}e[+-]\d{1,2}\Z", re.ASCII)


def is_decimal(value: Any) -> bool:
    """Whether a value is a number in this spelling."""
    return isinstance(value, str) and bool(_TEXT.match(value)) and abs(int(value.split("e")[1])) <= _EXPONENT_MAX


def fraction_of(text: str) -> Fraction:
    """The exact value of a decimal text."""
    return Fraction(text)


def decimal_of(value: Fraction) -> str:
    """The text of a fraction: 16 significant digits, rounded half away from zero. Raises OverflowError."""
    top, bottom = abs(value.numerator), value.denominator
    exponent = len(str(top)) - len(str(bottom))
    if top == 0 or exponent < -_EXPONENT_MAX:
        return f"0.{'0' * _DIGITS}e+0"
    if exponent > _EXPONENT_MAX:
        raise OverflowError("no number of a model")
    while True:
        digits = _rounded(top, bottom, _DIGITS - exponent)
        if len(digits) == _DIGITS + 1:
            return f"{'-' if value < 0 else ''}{digits[0]}.{digits[1:]}e{'-' if exponent < 0 else '+'}{abs(exponent)}"
        # The estimated exponent may be off by one.
        exponent += 1 if len(digits) > _DIGITS + 1 else -1


def _rounded(top: int, bottom: int, shift: int) -> str:
    """The digits of top/bottom·10^shift, rounded to a whole number."""
    scaled, under = (top, bottom * 10**-shift) if shift < 0 else (top * 10**shift, bottom)
    return str((2 * scaled + under) // (2 * under))
