"""Requests for a model: one question, or several rounds, each with the receipts of the previous round.
Shared by both clients, which send the questions and pass in the answers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Callable, Generator, Mapping, Sequence

from .errors import StimnetError, VerificationError
from .model import Model, ModelRound, model_in, read_parts
from .models import Broadcast
from .pool.answers import ModelAsked, model_asked
from .pool.regression import fit_model
from .pool.rounds import Round, step_after
from .printing import printable

SITES = ("none", "fixed", "random", "meta")
FAMILIES = ("gaussian", "binomial", "poisson", "cox")
ROUNDS_MAX = 3
"""The last round; rounds are numbered from 0."""

_OF_MODELS = ("method", "interval", "likelihood")
_CHANGE_ENOUGH = 1e-9
"""Change in standard errors below which another round would change no digit that is shown."""


@dataclass(frozen=True)
class Answered:
    """A question that has ended. ``request_hash``: hash of the request, if it was signed with the researcher's own
    key.
    """

    broadcast: Broadcast
    request_hash: str | None = None


Asking = Generator[dict[str, Any], Answered, Model]
"""A generator that yields the fields of a submission, is sent the answer, and returns the model."""


@dataclass(frozen=True)
class ModelQuestion:
    """A model and of whom it is asked. ``fields``: those of every submission, with ``method``, ``interval`` and
    ``likelihood``.
    """

    formula: str
    catalog: str
    site: str
    family: str
    event: str | None
    time: str | None
    fields: Mapping[str, Any]

    def __post_init__(self) -> None:
        for name, value, known in (("site", self.site, SITES), ("family", self.family, FAMILIES)):
            if value not in known:
                raise StimnetError("PARAMETER_INVALID", f"{name} is one of {', '.join(known)}, not {value!r}")

    def submission(self, roster: Sequence[str], number: int = 0, receipts: Sequence[str] = ()) -> dict[str, Any]:
        """The fields of a submission. Roster and round are included for the families that may need rounds."""
        arguments: dict[str, Any] = {"formula": self.formula, "site": self.site}
        arguments |= {name: self.fields[name] for name in _OF_MODELS if name in self.fields}
        if self.family != "gaussian":
            arguments |= {"family": self.family, "roster": list(roster)}
        if self.event is not None:
            arguments["event"] = self.event
        if self.time is not None:
            arguments["time"] = self.time
        if number > 0:
            arguments |= {"round": number, "receipts": list(receipts)}
        fields = {name: value for name, value in self.fields.items() if name not in _OF_MODELS}
        call = json.dumps({"name": "regression", "arguments": arguments})
        return {
            **fields,
            "data_catalog_name": self.catalog,
            "script_type": "statistic",
            "script_content": call,
        }


def asking(question: ModelQuestion, peers: Sequence[str], on_round: Callable[[ModelRound], Any] | None) -> Asking:
    """Requests a model from these institutions until it is fitted, in rounds if its answers belong to rounds. After
    an interruption, the institutions return the same answers again, so that the fit continues from there. An
    answer for another model, round or roster, or at estimates that do not follow from the previous round, does not
    count. Raises the errors of ``model_in``, and ROUND_MISMATCH if no answer counts for this reason.
    """
    roster = sorted(peers)
    sent = question.submission(roster)
    answered = yield sent
    own = answered.request_hash
    if question.family == "gaussian":
        whose = None if own is None else peers
        return model_in(answered.broadcast, peers=whose, request_hash=own, asked=_asked(sent, answered))
    rounds: list[ModelRound] = []
    models: list[Model] = []
    expected: list[str] | None = None
    last_round = 0 if question.site == "meta" else ROUNDS_MAX
    while True:
        asked = _asked(sent, answered, expected)
        made, parts, unlike = _round_of(answered, roster, len(rounds), asked)
        if rounds and not parts and unlike:
            raise VerificationError("ROUND_MISMATCH", f"no answer is of the round that was asked: it {unlike[0]}")
        rounds.append(made)
        if not made.missing or not models:
            hash_ = answered.request_hash
            models = [*models, model_in(answered.broadcast, peers=roster, request_hash=hash_, asked=asked)]
        if on_round is not None:
            on_round(made)
        # A model without rounds has only categories, and one answer is enough.
        ended = made.missing or not parts or (made.change is not None and made.change < _CHANGE_ENOUGH)
        if ended or len(rounds) > last_round:
            break
        expected = step_after(parts).estimates
        receipts = {part.peer_id: part.receipt or "" for part in answered.broadcast.parts}
        sent = question.submission(roster, len(rounds), [receipts.get(peer, "") for peer in roster])
        answered = yield sent
    first, last = models[0], models[-1]
    if "rounds" not in last.result:
        return last
    result = {**last.result, "sites": first.result["sites"]}
    return replace(last, result=result, rounds=tuple(rounds), notes=[*last.notes, *_notes(rounds, last.names)])


def _asked(
    sent: Mapping[str, Any], answered: Answered, estimates: Sequence[str] | None = None
) -> ModelAsked | None:
    """The question with its contract. If the gateway signed the question, the contract is the one that the gateway
    states.
    """
    shown = answered.broadcast.raw.get("asked")
    contract = sent.get("contract") or (shown.get("contract") if isinstance(shown, Mapping) else None)
    return model_asked({**sent, "contract": contract}, estimates)


def _round_of(
    answered: Answered, roster: Sequence[str], number: int, asked: ModelAsked | None
) -> tuple[ModelRound, list[Round], list[str]]:
    read = read_parts(answered.broadcast, peers=roster, request_hash=answered.request_hash, asked=asked)
    parts = {peer: part for peer, part in read.parts.items() if isinstance(part, Round)}
    change = fit_model(parts)["rounds"]["change"] if parts else None
    made = ModelRound(number, answered.broadcast, read.verified, read.missing, change)
    return made, list(parts.values()), list(read.unlike.values())


def _notes(rounds: Sequence[ModelRound], names: Mapping[str, str]) -> list[str]:
    """Remarks about rounds that ended early; empty if the fit finished."""
    last = rounds[-1]
    if not last.missing:
        return []
    who = ", ".join(f"{names.get(peer) or peer} ({code})" for peer, code in sorted(last.missing.items()))
    who = printable(who)
    rest = "To go on without it, ask again of the others: that is another fit."
    if last.round == 0:
        return [f"The fit ended with round 0, which {who} did not answer: what the others know is combined. {rest}"]
    ended = f"The fit ended with round {last.round - 1}: {who} did not answer round {last.round}."
    return [f"{ended} Ask again to go on, if it can answer later. {rest}"]
