"""Regressions over institutions: fitted here, to the signed answers of the institutions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Sequence

from .errors import StimnetError
from .models import Broadcast, FoundCatalog, PrivacyCost
from .pool.answers import ModelAsked, model_asked
from .pool.regression import Part, fit_model, grams_in
from .printing import cell_text, printable, text_table
from .table import Table
from .trust.parts import VerifiedBroadcast, verify_broadcast

if TYPE_CHECKING:
    from pandas import DataFrame

_COLUMNS = ["term", "estimate", "error", "statistic", "p", "low", "high"]
_BETWEEN = ["tau2", "i2", "q", "q_p"]
_RATIO = ["ratio", "ratio_low", "ratio_high"]
_FIT = ["n", "df", "sigma", "r2", "log_likelihood", "aic", "deviance", "null_deviance", "dispersion"]
_HOW = {
    "none": "all institutions as one sample",
    "fixed": "with the institution as a factor",
    "random": "with a random intercept of each institution",
    "meta": "one fit per institution, combined by random effects",
}


_WHOM = {"site": "institutions", "subject": "people"}


@dataclass(frozen=True)
class ModelRound:
    """One finished round of a model.

    ``missing``  PeerIds in the roster that released nothing in this round, each with the code of the reason
    ``change``   the largest change of an estimate that follows from this round, in standard errors; None if unknown
    """

    round: int
    broadcast: Broadcast
    verified: VerifiedBroadcast | None
    missing: dict[str, str]
    change: float | None


@dataclass(frozen=True)
class Model:
    """A fitted model.

    ``result``    all numbers of the fit, in the form of the REST API: ``n, df, sigma, r2, log_likelihood, aic, …``;
                  of a random intercept also ``random``: ``by, groups, tau2, sigma2, icc``, with a slope ``slope`` in
                  place of ``icc``: ``term, tau2, correlation, correlated``
    ``missing``   PeerIds that are not in the model, with the code that says why
    ``verified``  the receipts; None where ``cryptography`` is not installed: then the matrices are the gateway's word
    ``names``     the institutions, by PeerId
    ``rounds``    of a model in rounds: each of them, with its receipts; ``missing`` and ``verified`` are those of the
                  last that all institutions answered
    ``notes``     what a reader must know, such as an institution that dropped out
    """

    result: dict[str, Any]
    missing: dict[str, str]
    verified: VerifiedBroadcast | None
    names: dict[str, str]
    rounds: tuple[ModelRound, ...] = ()
    notes: list[str] = field(default_factory=list)

    @property
    def n(self) -> int:
        """Number of people in the fit."""
        return int(self.result["n"])

    @property
    def formula(self) -> str:
        """The canonical formula."""
        return str(self.result["formula"])

    @property
    def coefficients(self) -> list[dict[str, Any]]:
        """A row for each coefficient: ``term, estimate, error, statistic, p, low, high``, of a logistic or Poisson
        model also ``ratio, ratio_low, ratio_high``, of one with noise (P2) also ``noise``, the standard deviation by
        the noise alone, which is part of ``error``; of ``site="meta"`` also ``tau2, i2, q, q_p``. None for a term that
        follows from those before it.
        """
        return [self._row(one) for one in self.result["coefficients"]]

    @property
    def sites(self) -> list[dict[str, Any]]:
        """The fit of each institution alone: ``site`` (PeerId), ``institution, n, sigma, coefficients``."""
        return [
            {
                "site": one["site"],
                "institution": self._name(one["site"]),
                "n": one["n"],
                "sigma": one["sigma"],
                "coefficients": [self._row(own) for own in one["coefficients"]],
            }
            for one in self.result["sites"]
        ]

    def to_pandas(self) -> DataFrame:
        """The coefficients as a pandas DataFrame. Raises LIBRARY_NOT_AVAILABLE if pandas is not installed."""
        rows = self.coefficients
        return Table(list(rows[0]), rows).to_pandas()

    def forest(self, term: str) -> list[dict[str, Any]]:
        """A coefficient at each institution, then the pooled one: ``site, institution, n, estimate, error, low, high,
        pooled, comparable``. ``comparable`` is False where the coefficient does not mean what its name says.
        Raises PARAMETER_INVALID for a term that the model does not have.
        """
        fits = [{**one, "institution": self._name(one["site"]), "pooled": False} for one in self.result["sites"]]
        terms = [one["term"] for one in fits[0]["coefficients"]]
        if term not in terms:
            raise StimnetError("PARAMETER_INVALID", f"the model has no term {term!r}; it has {', '.join(terms)}")
        rows = []
        for fit in [*fits, {**self.result, "site": None, "institution": "Pooled", "pooled": True}]:
            one = next(one for one in fit["coefficients"] if one["term"] == term)
            own = self._row(one)
            numbers = {name: own[name] for name in ("estimate", "error", "low", "high")}
            whose = {name: fit[name] for name in ("site", "institution", "n")}
            comparable = not one.get("not_comparable", False)
            rows.append({**whose, **numbers, "pooled": fit["pooled"], "comparable": comparable})
        return rows

    def summary(self) -> str:
        """Tables of the coefficients and of each institution, as text that cannot control a terminal."""
        rows = self.coefficients
        random = self.result.get("random")
        lines = [cell_text(f"{_title(self.result)}, {self.formula}: {_HOW[self.result['site']]}")]
        lines += text_table(list(rows[0]), [list(row.values()) for row in rows])
        fit = [f"{name} = {cell_text(self.result.get(name))}" for name in _FIT]
        fit += [self.result["code"]] if "code" in self.result else []
        lines += [", ".join(one for one in fit if not one.endswith("= ·"))]
        if "rounds" in self.result:
            last, change = (self.result["rounds"][name] for name in ("last", "change"))
            moved = "" if change is None else f", last change {cell_text(change)} standard errors"
            lines += [f"From round {last}{moved}."]
        if random:
            names = {"tau2": "variance between", "sigma2": "within", "icc": "ICC"}
            told = ", ".join(f"{name} = {cell_text(random[one])}" for one, name in names.items() if one in random)
            lines += [f"Random intercept of {random['groups']} {_WHOM[random['by']]}: {told}"]
            lines += _slope(random)
        sites = self.sites
        if len(sites) > 1:
            terms = [one["term"] for one in sites[0]["coefficients"]]
            own = [[site["institution"], site["n"], *(c["estimate"] for c in site["coefficients"])] for site in sites]
            lines += ["", "Each institution by itself", *text_table(["institution", "n", *terms], own)]
        absent = sorted(self.missing.items())
        lines += [cell_text(f"{self._name(site)} is not in it ({code}).") for site, code in absent]
        lines += [cell_text(note) for note in self.notes]
        # Each note is one line, whatever names an institution gave its columns.
        return "\n".join(map(printable, [*lines, "", f"Released by each institution{_released(self.result)}."]))

    def _row(self, one: Mapping[str, Any]) -> dict[str, Any]:
        low, high = one["interval"] or (None, None)
        plain = [one[name] for name in ("estimate", "error", "statistic", "p")]
        row = dict(zip(_COLUMNS, [self._term(one["term"]), *plain, low, high]))
        if "noise" in self.result:
            row["noise"] = one.get("noise")
        if self.result["kind"] == "glm":
            ratio = one.get("ratio") or {"estimate": None, "interval": (None, None)}
            row |= dict(zip(_RATIO, [ratio["estimate"], *ratio["interval"]]))
        if self.result["site"] != "meta":
            return row
        return {**row, **{name: (one.get("between") or {}).get(name) for name in _BETWEEN}}

    def _term(self, term: str) -> str:
        """The name of a term. In the term of an institution, the PeerId is replaced by the institution's name."""
        site = term[len("site[") : -1]
        known = any(one["site"] == site for one in self.result["sites"])
        return f"site[{self._name(site)}]" if term == f"site[{site}]" and known else term

    def _name(self, site: str) -> str:
        return self.names.get(site) or site


def holders(found: Iterable[FoundCatalog], catalog: str, targets: Sequence[str] | None) -> list[str]:
    """PeerIds of the institutions that offer a catalog, or of the targets among them. Raises NO_PROVIDERS."""
    peers = [one for one in found if one.name == catalog]
    chosen = [one.peer_id for one in peers if targets is None or one.peer_id in targets or one.node_id in targets]
    if not chosen:
        raise StimnetError("NO_PROVIDERS", f"no peer that can be reached offers {catalog}")
    return chosen


def check_answerable(cost: PrivacyCost) -> None:
    """Raises the first refusal if no institution would answer, such as VARIABLE_UNKNOWN with the position in the
    formula and the nearest name. A price reads no data, so nothing has been asked yet.
    """
    refusals = [peer for peer in cost.peers if peer.get("code")]
    if cost.peers and len(refusals) == len(cost.peers):
        raise StimnetError(str(refusals[0]["code"]), str(refusals[0].get("reason") or ""))


def model_in(
    broadcast: Broadcast,
    *,
    peers: Sequence[str] | None = None,
    request_hash: str | None = None,
    asked: ModelAsked | None = None,
) -> Model:
    """The model in an answer, computed from its receipts only. ``asked``: the question; default: the question that
    the gateway states. If no institution released what a model needs, raises the code of the first one.
    """
    read = read_parts(broadcast, peers=peers, request_hash=request_hash, asked=asked)
    if not read.parts:
        reasons = {part.peer_id: part.reason or "" for part in broadcast.parts} | read.unlike
        told = [
            f"{read.names.get(peer) or peer}: {code} {reasons.get(peer, '')}".strip()
            for peer, code in read.missing.items()
        ]
        first = next(iter(read.missing.values()), broadcast.code or "OUTPUT_NOT_RELEASABLE")
        why = "; ".join(told) or broadcast.reason or ""
        raise StimnetError(first, f"no institution gave what a model can be fitted to. {why}")
    notes = [printable(f"{read.names.get(peer) or peer} {why}, and is not in it.") for peer, why in read.unlike.items()]
    result = fit_model(read.parts)
    if result.get("note"):
        notes.append(printable(_named(result["note"], read.names)))
    return Model(result, read.missing, read.verified, read.names, notes=notes)


def _named(text: str, names: Mapping[str, str]) -> str:
    """A note with institutions' names instead of PeerIds. Replaced in one pass, since a name can look like a PeerId."""
    known = sorted((site for site, name in names.items() if site and name), key=len, reverse=True)
    if not known:
        return text
    return re.sub("|".join(map(re.escape, known)), lambda found: names[found.group()], text)


@dataclass(frozen=True)
class ReadParts:
    """The data that institutions released for a model, by PeerId, and the institutions that released none, with the
    code. ``unlike``: the reason why the answer of an institution is not in the model.
    """

    parts: dict[str, Part]
    missing: dict[str, str]
    verified: VerifiedBroadcast | None
    names: dict[str, str]
    unlike: dict[str, str]


def read_parts(
    broadcast: Broadcast,
    *,
    peers: Sequence[str] | None = None,
    request_hash: str | None = None,
    asked: ModelAsked | None = None,
) -> ReadParts:
    """Reads the receipts. Without ``cryptography``, reads the gateway's answer, unless the researcher's own key
    signed the request.
    """
    names = {part.peer_id: part.institution for part in broadcast.parts}
    verified: VerifiedBroadcast | None = None
    try:
        verified = verify_broadcast(broadcast, peers=peers, request_hash=request_hash)
        parts = [(part.peer_id, part.output, part.code) for part in verified.parts]
    except StimnetError as error:
        # For a request signed with the researcher's own key, the gateway is not trusted.
        if error.code != "LIBRARY_NOT_AVAILABLE" or request_hash is not None:
            raise
        parts = [(part.peer_id, part.output, part.code) for part in broadcast.parts]
    outputs = {peer: output for peer, output, _ in parts if output is not None}
    missing = {peer: code or "INTERRUPTED" for peer, output, code in parts if output is None}
    grams, others = grams_in(outputs, asked or model_asked(broadcast.raw.get("asked")))
    return ReadParts(grams, {**missing, **dict.fromkeys(others, "PARAMETER_INVALID")}, verified, names, others)


def _title(result: Mapping[str, Any]) -> str:
    if result["kind"] == "glm":
        of = f" of {result['event']}" if "event" in result else ""
        name = {"binomial": "Logistic", "poisson": "Poisson", "cox": "Cox"}[result["family"]]
        return f"{name} regression{of}"
    return "Linear mixed model" if result["kind"] == "mixed" else "Linear regression"


def _released(result: Mapping[str, Any]) -> str:
    columns = len((result.get("sites") or [result])[0]["coefficients"])
    if "noise" in result:
        kind = "Laplace" if result["noise"]["mechanism"] == "discrete-laplace" else "Gaussian"
        what = "counts of people by outcome and terms" if result["kind"] == "glm" else "sums of products of its columns"
        errors = "errors and intervals hold for people and noise together"
        return f": {result['noise']['sums']} {what}, each with {kind} noise; {errors}"
    if "rounds" in result:
        each, rounds = columns + columns * (columns + 1) // 2 + 1, result["rounds"]["last"] + 1
        of = "its estimates or the gradient, the information matrix, the deviance"
        return f" in each of {rounds} rounds: {each} weighted sums ({of}), and the number of people and of events"
    if result["kind"] == "glm":
        of = "people by outcome and" if result["family"] == "binomial" else "people and sums of the outcome by"
        return f": the table of {of} terms"
    sums = (columns + 1) * (columns + 2) // 2
    return f": the {sums} sums of products of {columns + 1} columns, the outcome included"


def _slope(random: Mapping[str, Any]) -> list[str]:
    slope = random.get("slope")
    lines = []
    if slope is not None:
        correlation = f"correlation = {cell_text(slope['correlation'])}" if slope["correlated"] else "uncorrelated"
        lines += [f"Slope of {slope['term']}: variance = {cell_text(slope['tau2'])}, {correlation}"]
    return lines
