"""The messages of ``proto/`` that are signed; a test holds both together."""

from __future__ import annotations

from typing import Any, Mapping

from . import protobuf
from .protobuf import Field, Shapes

SHAPES: Shapes = {
    "Statement": (
        Field(1, "domain", "string"),
        Field(2, "type", "string"),
        Field(3, "issuer", "string"),
        Field(4, "audience", "string", repeated=True),
        Field(5, "issued_at_ms", "double"),
        Field(6, "expires_at_ms", "double"),
        Field(7, "nonce", "bytes"),
        Field(8, "body", "bytes"),
    ),
    "JobRequest": (
        Field(1, "catalog", "string"),
        Field(2, "purpose", "string", repeated=True),
        Field(3, "project", "string"),
        Field(4, "cohort", "Filter"),
        Field(5, "program", "Program"),
        Field(6, "parameters_json", "string"),
        Field(7, "filters_json", "string"),
        Field(8, "wall_time_ms_max", "uint32"),
        Field(9, "custody", "string"),
        Field(10, "account", "string"),
        Field(11, "title", "string"),
        Field(12, "broadcast", "string"),
        Field(13, "privacy", "PrivacyAsk"),
        Field(14, "outputs", "OutputDeclaration", repeated=True),
        Field(15, "contract", "VariableContract", repeated=True),
        Field(16, "mappings", "VariableMapping", repeated=True),
        Field(17, "review", "bool"),
        Field(18, "about", "AnalysisAbout"),
        Field(19, "credentials", "string", repeated=True),
        Field(21, "carrier", "string"),
    ),
    "AnalysisAbout": (
        Field(1, "requester_name", "string"),
        Field(2, "requester_institution", "string"),
        Field(3, "requester_email", "string"),
        Field(4, "requester_affiliation", "string"),
        Field(5, "description", "string"),
        Field(6, "priority", "string"),
        Field(7, "estimated_duration", "string"),
        Field(8, "selected_score", "string"),
        Field(9, "selected_timeline", "string"),
    ),
    "PrivacyAsk": (
        Field(1, "level", "string"),
        Field(2, "epsilon", "string"),
        Field(3, "rho", "string"),
        Field(4, "groups_per_subject", "uint32"),
        Field(5, "rows_per_subject", "uint32"),
        Field(6, "bounds", "VariableBounds", repeated=True),
    ),
    "VariableBounds": (
        Field(1, "variable", "string"),
        Field(2, "lower", "string"),
        Field(3, "upper", "string"),
    ),
    "OutputDeclaration": (
        Field(1, "name", "string"),
        Field(2, "kind", "string"),
        Field(3, "categories", "string", repeated=True),
        Field(4, "edges", "double", repeated=True),
        Field(5, "lower", "string"),
        Field(6, "upper", "string"),
        Field(7, "terms", "string", repeated=True),
        Field(8, "digits", "uint32"),
        Field(9, "unit", "string"),
        Field(10, "of", "string"),
        Field(11, "category", "string"),
    ),
    "VariableContract": (
        Field(1, "variable", "string"),
        Field(2, "type", "string"),
        Field(3, "unit", "string"),
        Field(4, "levels", "string", repeated=True),
        Field(5, "breakpoints", "double", repeated=True),
    ),
    "VariableMapping": (
        Field(1, "peer", "string"),
        Field(2, "variable", "string"),
        Field(3, "local", "string"),
        Field(4, "levels", "LevelMapping", repeated=True),
        Field(5, "scale", "string"),
    ),
    "LevelMapping": (
        Field(1, "local", "string"),
        Field(2, "level", "string"),
    ),
    "Program": (
        Field(1, "sql", "string", chosen=True),
        Field(2, "statistic", "Statistic", chosen=True),
        Field(3, "script", "Script", chosen=True),
    ),
    "Statistic": (
        Field(1, "name", "string"),
        Field(2, "table", "string"),
        Field(3, "variables", "string", repeated=True),
        Field(4, "by", "string", repeated=True),
        Field(5, "arguments_json", "string"),
    ),
    "Script": (
        Field(1, "language", "string"),
        Field(2, "code", "string"),
    ),
    "Filter": (
        Field(1, "all", "FilterList", chosen=True),
        Field(2, "any", "FilterList", chosen=True),
        Field(3, "not", "Filter", chosen=True),
        Field(4, "compare", "Comparison", chosen=True),
    ),
    "FilterList": (Field(1, "filters", "Filter", repeated=True),),
    "Comparison": (
        Field(1, "column", "string"),
        Field(2, "op", "string"),
        Field(3, "values", "FilterValue", repeated=True),
    ),
    "FilterValue": (
        Field(1, "text", "string", chosen=True),
        Field(2, "number", "double", chosen=True),
        Field(3, "truth", "bool", chosen=True),
    ),
    "JobResult": (
        Field(1, "job_id", "string"),
        Field(2, "state", "string"),
        Field(3, "code", "string"),
        Field(4, "reason", "string"),
        Field(5, "output_json", "bytes"),
        Field(6, "receipt", "Receipt"),
    ),
    "Receipt": (
        Field(1, "request_hash", "string"),
        Field(2, "output_hash", "string"),
        Field(3, "epoch", "string"),
        Field(4, "code_hash", "string"),
        Field(5, "image", "string"),
        Field(6, "policy_hash", "string"),
        Field(7, "audit_head", "string"),
        Field(8, "audit_sequence", "double"),
        Field(9, "released_at_ms", "double"),
        Field(10, "requester", "string"),
        Field(11, "custody", "string"),
        Field(12, "engine", "string"),
        Field(13, "grade", "string"),
        Field(14, "audit", "AuditProof"),
    ),
    "AuditProof": (
        Field(1, "entry", "bytes"),
        Field(2, "index", "double"),
        Field(3, "size", "double"),
        Field(4, "path", "bytes", repeated=True),
        Field(5, "root", "bytes"),
        Field(6, "record", "bytes"),
    ),
    "AuditRecord": (
        Field(1, "sequence", "double"),
        Field(2, "at_ms", "double"),
        Field(3, "kind", "string"),
        Field(4, "actor", "string"),
        Field(5, "job_id", "string"),
        Field(6, "code", "string"),
        Field(7, "detail_json", "string"),
        Field(9, "hash", "bytes"),
        Field(10, "salt", "bytes"),
    ),
}


def encode(name: str, values: Mapping[str, Any]) -> bytes:
    """See ``protobuf.encode``."""
    return protobuf.encode(SHAPES, name, values)


def decode(name: str, data: bytes) -> dict[str, Any]:
    """See ``protobuf.decode``."""
    return protobuf.decode(SHAPES, name, data)
