"""The wire format of Protocol Buffers (proto3), as far as StimNet's messages use it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Mapping

from .fail import refuse

DEPTH_MAX = 32
"""Maximum nesting depth of messages. A filter, the deepest message of the protocol, has a few levels."""

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_WIRE_TYPE = {"double": _FIXED64, "uint32": _VARINT, "bool": _VARINT, "string": _LENGTH, "bytes": _LENGTH}
_DEFAULT: Mapping[str, Any] = {"double": 0.0, "uint32": 0, "bool": False, "string": "", "bytes": b""}


@dataclass(frozen=True)
class Field:
    """One field. ``kind``: double, uint32, bool, string, bytes, or the name of a message. ``chosen``: a member of a
    oneof, which can be present with any value.
    """

    number: int
    name: str
    kind: str
    repeated: bool = False
    chosen: bool = False


Shapes = Mapping[str, tuple[Field, ...]]


def encode(shapes: Shapes, name: str, values: Mapping[str, Any]) -> bytes:
    """Encodes a message from its fields by name, in the order of their numbers. Default values are not written."""
    return b"".join(_write_field(shapes, field, values.get(field.name)) for field in shapes[name])


def decode(shapes: Shapes, name: str, data: bytes, depth: int = 0) -> dict[str, Any]:
    """Decodes a message and returns every field by name: an absent field has its default, and an absent message or
    member of a oneof is None. Fields of a newer version are skipped. Raises MALFORMED, also if a field occurs
    twice, since two readers could disagree about its value.
    """
    if depth > DEPTH_MAX:
        raise refuse("MALFORMED", f"decoding {name}: nested too deep")
    fields = {field.number: field for field in shapes[name]}
    values = {field.name: _absent(field) for field in shapes[name]}
    seen: set[int] = set()
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        raw, at = _raw(data, at, key & 7)
        field = fields.get(key >> 3)
        if field is None:
            continue
        if field.repeated:
            values[field.name] += _items(shapes, field, key & 7, raw, depth)
            continue
        if field.number in seen:
            raise refuse("MALFORMED", f"decoding {name}: {field.name} stands twice")
        seen.add(field.number)
        values[field.name] = _value(shapes, field, key & 7, raw, depth)
    return values


def _absent(field: Field) -> Any:
    if field.repeated:
        return []
    return None if field.chosen else _DEFAULT.get(field.kind)


def _write_field(shapes: Shapes, field: Field, value: Any) -> bytes:
    if value is None:
        return b""
    if field.repeated and field.kind == "double":
        packed = b"".join(struct.pack("<d", item) for item in value)
        return b"" if packed == b"" else _tag(field, _LENGTH) + _sized(packed)
    if field.repeated:
        return b"".join(_tag(field) + _payload(shapes, field, item) for item in value)
    is_default = field.kind in _DEFAULT and value == _DEFAULT[field.kind] and str(value) != "-0.0"
    return b"" if is_default and not field.chosen else _tag(field) + _payload(shapes, field, value)


def _tag(field: Field, wire_type: int | None = None) -> bytes:
    return _write_varint(field.number << 3 | (_WIRE_TYPE.get(field.kind, _LENGTH) if wire_type is None else wire_type))


def _payload(shapes: Shapes, field: Field, value: Any) -> bytes:
    if field.kind == "double":
        return struct.pack("<d", value)
    if field.kind in ("uint32", "bool"):
        return _write_varint(int(value))
    if field.kind == "string":
        return _sized(_utf8(value, field))
    return _sized(bytes(value) if field.kind == "bytes" else encode(shapes, field.kind, value))


def _utf8(value: str, field: Field) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError as cause:
        raise refuse("MALFORMED", f"{field.name} is not Unicode") from cause


def _sized(data: bytes) -> bytes:
    return _write_varint(len(data)) + data


def _write_varint(value: int) -> bytes:
    if not 0 <= value < 2**32:
        raise refuse("MALFORMED", "a whole number that does not fit its field")
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise refuse("MALFORMED", "a number without an end")


def _raw(data: bytes, at: int, wire_type: int) -> tuple[Any, int]:
    if wire_type == _VARINT:
        return _varint(data, at)
    if wire_type == _LENGTH:
        length, at = _varint(data, at)
    elif wire_type in (_FIXED64, _FIXED32):
        length = 8 if wire_type == _FIXED64 else 4
    else:
        raise refuse("MALFORMED", "an unknown wire type")
    if at + length > len(data):
        raise refuse("MALFORMED", "a field past the end of its message")
    return data[at : at + length], at + length


def _items(shapes: Shapes, field: Field, wire_type: int, raw: Any, depth: int) -> list[Any]:
    if field.kind == "double" and wire_type == _LENGTH:
        if len(raw) % 8 != 0:
            raise refuse("MALFORMED", f"numbers of {field.name} that are cut off")
        return [value for (value,) in struct.iter_unpack("<d", raw)]
    return [_value(shapes, field, wire_type, raw, depth)]


def _value(shapes: Shapes, field: Field, wire_type: int, raw: Any, depth: int) -> Any:
    if wire_type != _WIRE_TYPE.get(field.kind, _LENGTH):
        raise refuse("MALFORMED", f"{field.name} of another type")
    if field.kind == "double":
        return struct.unpack("<d", raw)[0]
    if field.kind == "uint32":
        return raw & 0xFFFF_FFFF
    if field.kind == "bool":
        return raw != 0
    if field.kind == "bytes":
        return raw
    if field.kind != "string":
        return decode(shapes, field.kind, raw, depth + 1)
    try:
        return raw.decode()
    except UnicodeDecodeError as cause:
        raise refuse("MALFORMED", f"{field.name} is not UTF-8") from cause
