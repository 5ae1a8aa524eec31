"""A regression over institutions, as a researcher asks for it and reads it: fitted here, to what they signed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Sequence

from .errors import StimnetError
from .models import Broadcast, FoundCatalog, PrivacyCost
from .pool.regression import fit_model, grams_in
from .table import Table
from .trust.parts import VerifiedBroadcast, verify_broadcast

if TYPE_CHECKING:
    from pandas import DataFrame

SITES = ("none", "fixed", "random", "meta")
_COLUMNS = ["term", "estimate", "error", "statistic", "p", "low", "high"]
_BETWEEN = ["tau2", "i2", "q", "q_p"]
_HOW = {
    "none": "all institutions as one sample",
    "fixed": "with the institution as a factor",
    "random": "with a random intercept of each institution",
    "meta": "one fit per institution, combined by random effects",
}


_WHOM = {"site": "institutions", "subject": "people"}


@dataclass(frozen=True)
class Model:
    """A fitted model.

    ``result``    all numbers of the fit, in the form of the REST API: ``n, df, sigma, r2, log_likelihood, aic, …``;
                  of a random intercept also ``random``: ``by, groups, tau2, sigma2, icc``
    ``missing``   PeerIds that are not in the model, with the code that says why
    ``verified``  the receipts; None where ``cryptography`` is not installed: then the matrices are the gateway's word
    ``names``     the institutions, by PeerId
    """

    result: dict[str, Any]
    missing: dict[str, str]
    verified: VerifiedBroadcast | None
    names: dict[str, str]

    @property
    def n(self) -> int:
        """People in the fit."""
        return int(self.result["n"])

    @property
    def formula(self) -> str:
        """The canonical formula."""
        return str(self.result["formula"])

    @property
    def coefficients(self) -> list[dict[str, Any]]:
        """A row for each coefficient: ``term, estimate, error, statistic, p, low, high``, of ``site="meta"`` also
        ``tau2, i2, q, q_p``. None for a term that follows from those before it.
        """
        return [self._row(one) for one in self.result["coefficients"]]

    @property
    def sites(self) -> list[dict[str, Any]]:
        """Each institution by itself: ``site`` (PeerId), ``institution, n, sigma, coefficients``."""
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
        """The coefficients as a pandas DataFrame. Raises LIBRARY_NOT_AVAILABLE where pandas is not installed."""
        rows = self.coefficients
        return Table(list(rows[0]), rows).to_pandas()

    def forest(self, term: str) -> list[dict[str, Any]]:
        """A coefficient at each institution, and last the pooled one: ``site, institution, n, estimate, error, low,
        high, pooled``. Raises PARAMETER_INVALID for a term that the model does not have.
        """
        fits = [{**one, "institution": self._name(one["site"]), "pooled": False} for one in self.result["sites"]]
        terms = [one["term"] for one in fits[0]["coefficients"]]
        if term not in terms:
            raise StimnetError("PARAMETER_INVALID", f"the model has no term {term!r}; it has {', '.join(terms)}")
        rows = []
        for fit in [*fits, {**self.result, "site": None, "institution": "Pooled", "pooled": True}]:
            own = next(self._row(one) for one in fit["coefficients"] if one["term"] == term)
            numbers = {name: own[name] for name in ("estimate", "error", "low", "high")}
            whose = {name: fit[name] for name in ("site", "institution", "n")}
            rows.append({**whose, **numbers, "pooled": fit["pooled"]})
        return rows

    def summary(self) -> str:
        """Tables of the coefficients and of each institution, as text."""
        rows = self.coefficients
        random = self.result.get("random")
        title = "Linear mixed model" if self.result["kind"] == "mixed" else "Linear regression"
        lines = [f"{title}, {self.formula}: {_HOW[self.result['site']]}"]
        lines += _text_table(list(rows[0]), [list(row.values()) for row in rows])
        fit = [f"{name} = {_cell(self.result[name])}" for name in ("n", "df", "sigma", "r2", "log_likelihood", "aic")]
        lines += [", ".join(one for one in fit if not one.endswith("= ·"))]
        if random:
            names = {"tau2": "variance between", "sigma2": "within", "icc": "ICC"}
            told = ", ".join(f"{name} = {_cell(random[one])}" for one, name in names.items())
            lines += [f"Random intercept of {random['groups']} {_WHOM[random['by']]}: {told}"]
            lines += _left_out(random, self.n)
        aliased = [row["term"] for row in rows if row["estimate"] is None]
        lines += [f"Not estimated: {', '.join(aliased)}."] if aliased else []
        sites = self.sites
        if len(sites) > 1:
            terms = [one["term"] for one in sites[0]["coefficients"]]
            own = [[site["institution"], site["n"], *(c["estimate"] for c in site["coefficients"])] for site in sites]
            lines += ["", "Each institution by itself", *_text_table(["institution", "n", *terms], own)]
        lines += [f"{self._name(site)} is not in it ({code})." for site, code in sorted(self.missing.items())]
        columns = len(sites[0]["coefficients"]) + 1
        sums = columns * (columns + 1) // 2
        of = f"the {sums} sums of products of {columns} columns, the outcome included"
        lines += ["", f"Released by each institution: {of}."]
        return "\n".join(lines)

    def _row(self, one: Mapping[str, Any]) -> dict[str, Any]:
        low, high = one["interval"] or (None, None)
        plain = [one[name] for name in ("estimate", "error", "statistic", "p")]
        row = dict(zip(_COLUMNS, [self._term(one["term"]), *plain, low, high]))
        if self.result["site"] != "meta":
            return row
        return {**row, **{name: (one.get("between") or {}).get(name) for name in _BETWEEN}}

    def _term(self, term: str) -> str:
        """An institution's own column is called by the institution: a PeerId tells people nothing."""
        site = term[len("site[") : -1]
        known = any(one["site"] == site for one in self.result["sites"])
        return f"site[{self._name(site)}]" if term == f"site[{site}]" and known else term

    def _name(self, site: str) -> str:
        return self.names.get(site) or site


def asked_model(formula: str, catalog: str, site: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a submission. Raises PARAMETER_INVALID for another ``site`` than there is."""
    if site not in SITES:
        raise StimnetError("PARAMETER_INVALID", f"site is one of {', '.join(SITES)}, not {site!r}")
    combining = {name: fields[name] for name in ("method", "interval") if name in fields}
    call = {"name": "regression", "arguments": {"formula": formula, "site": site, **combining}}
    fields = {name: value for name, value in fields.items() if name not in combining}
    return {**fields, "data_catalog_name": catalog, "script_type": "statistic", "script_content": json.dumps(call)}


def holders(found: Iterable[FoundCatalog], catalog: str, targets: Sequence[str] | None) -> list[str]:
    """PeerIds of those who offer a catalog, or of the targets among them. Raises NO_PROVIDERS."""
    peers = [one for one in found if one.name == catalog]
    chosen = [one.peer_id for one in peers if targets is None or one.peer_id in targets or one.node_id in targets]
    if not chosen:
        raise StimnetError("NO_PROVIDERS", f"no peer that can be reached offers {catalog}")
    return chosen


def check_answerable(cost: PrivacyCost) -> None:
    """Raises the first refusal where no institution would answer, such as VARIABLE_UNKNOWN with the place in the
    formula and the nearest name. A price reads no data: nothing was asked yet.
    """
    refusals = [peer for peer in cost.peers if peer.get("code")]
    if cost.peers and len(refusals) == len(cost.peers):
        raise StimnetError(str(refusals[0]["code"]), str(refusals[0].get("reason") or ""))


def model_in(broadcast: Broadcast, *, peers: Sequence[str] | None = None, request_hash: str | None = None) -> Model:
    """The model in an answer, from its receipts alone. Raises the code of the first institution where none gave what a
    model can be fitted to.
    """
    names = {part.peer_id: part.institution for part in broadcast.parts}
    verified: VerifiedBroadcast | None = None
    try:
        verified = verify_broadcast(broadcast, peers=peers, request_hash=request_hash)
        parts = [(part.peer_id, part.output, part.code) for part in verified.parts]
    except StimnetError as error:
        # With a key of one's own nothing is taken on the gateway's word.
        if error.code != "LIBRARY_NOT_AVAILABLE" or request_hash is not None:
            raise
        parts = [(part.peer_id, part.output, part.code) for part in broadcast.parts]
    outputs = {peer: output for peer, output, _ in parts if output is not None}
    missing = {peer: code or "INTERRUPTED" for peer, output, code in parts if output is None}
    grams, others = grams_in(outputs)
    missing |= dict.fromkeys(others, "PARAMETER_INVALID")
    if not grams:
        reasons = {part.peer_id: part.reason or "" for part in broadcast.parts}
        told = [f"{names.get(peer) or peer}: {code} {reasons.get(peer, '')}".strip() for peer, code in missing.items()]
        first = next(iter(missing.values()), broadcast.code or "OUTPUT_NOT_RELEASABLE")
        why = "; ".join(told) or broadcast.reason or ""
        raise StimnetError(first, f"no institution gave what a model can be fitted to. {why}")
    return Model(fit_model(grams), missing, verified, names)


def _left_out(random: Mapping[str, Any], n: int) -> list[str]:
    """What of the rows is in no sum, since too few people have as many rows."""
    kinds, rows = random.get("left_out", 0), random.get("left_out_rows")
    if kinds == 0:
        return []
    if rows is None:
        share = "; not every institution says how many rows these are"
    else:
        share = f": {rows} of {n + rows} rows ({100 * rows / (n + rows):.2g} %)"
    return [f"Left out: all people of {'one number' if kinds == 1 else f'{kinds} numbers'} of rows{share}."]


def _text_table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    cells = [list(head), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(head))]
    return ["  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip() for line in cells]


def _cell(value: Any) -> str:
    """Four significant digits, or all of a whole number; a dot for none. Control characters cannot steer a terminal."""
    if value is None:
        return "·"
    if isinstance(value, str):
        return "".join(one if one.isprintable() else "\ufffd" for one in value)
    return str(value) if isinstance(value, int) else f"{value:.4g}"
