"""Models in Python equal those that TypeScript fits to the same signed matrices; invalid matrices are left out and
named.
"""

from __future__ import annotations

import copy
import json
import unittest
from typing import Any, Mapping
from unittest import mock

import httpx
from stimnet_client import Broadcast, PrivacyCost, StimnetError, model_in
from stimnet_client.pool.answers import ModelAsked, formula_of
from stimnet_client.pool.distributions import p_of_chi_squared, p_of_t, t_of_p
from stimnet_client.pool.gram import gram_of
from stimnet_client.pool.regression import fit_model, grams_in

from .both import callers
from .test_receipts import broadcast, part
from .vectors import cases_of

CASES = {case["name"]: case for case in cases_of("models.json")}


def output_of(gram: Mapping[str, Any]) -> dict[str, Any]:
    """The table in which an institution signs a matrix."""
    return {"kind": "table", "columns": [], "rows": [{"values": [gram["n"]], "parts": {"n": {"gram": dict(gram)}}}]}


def outputs_of(name: str) -> dict[str, dict[str, Any]]:
    """The outputs in a test vector, by site."""
    return {one["site"]: output_of(one["gram"]) for one in CASES[name]["sites"]}


def answer_of(name: str) -> Broadcast:
    """A broadcast with these outputs, as a gateway shows it."""
    parts = [
        part(receipt=None, peer_id=site, institution=f"Clinic {site[-1].upper()}", output=output)
        for site, output in outputs_of(name).items()
    ]
    return broadcast(*parts)


def without_cryptography() -> Any:
    """Simulates a machine without ``cryptography``, on which nothing can be verified."""
    missing = StimnetError("LIBRARY_NOT_AVAILABLE", "no cryptography")
    return mock.patch("stimnet_client.model.verify_broadcast", side_effect=missing)


class Fits(unittest.TestCase):
    def test_each_vector_gives_the_numbers_that_typescript_gives(self) -> None:
        numbers = 0
        for name, case in CASES.items():
            with self.subTest(name):
                grams, others = grams_in(outputs_of(name))
                self.assertEqual(others, {})
                numbers += self.compare(fit_model(grams), {**case["model"]}, name)
        self.assertGreater(numbers, 300)

    def compare(self, mine: Any, expected: Any, where: str) -> int:
        """Compares numbers to nine digits and other values exactly, notes included; returns the number of compared
        numbers.
        """
        if isinstance(expected, dict):
            return sum(self.compare(mine[key], expected[key], f"{where}.{key}") for key in expected)
        if isinstance(expected, list):
            self.assertEqual(len(mine), len(expected), where)
            return sum(self.compare(own, one, f"{where}.{at}") for at, (own, one) in enumerate(zip(mine, expected)))
        if not isinstance(expected, (int, float)) or isinstance(expected, bool):
            self.assertEqual(mine, expected, where)
            return 0
        self.assertAlmostEqual(mine, expected, None, where, 1e-9 * abs(expected) + 1e-300)
        return 1

    def test_an_institution_without_the_reference_is_left_out_and_named(self) -> None:
        name = "an institution without the reference level, combined"
        with without_cryptography():
            model = model_in(answer_of(name))
        self.assertEqual(model.notes, [model.result["note"].replace("site-b", "Clinic B")])
        said = "Not combined of Clinic B, where they mean something else than their names say: (Intercept) includes sex[male]"
        self.assertIn(said, model.summary())
        own = {one["site"]: one for one in fit_model(grams_in(outputs_of(name))[0])["sites"]}
        two = {site: output for site, output in outputs_of(name).items() if site != "site-b"}
        for all_of_them, rest in zip(model.coefficients, fit_model(grams_in(two)[0])["coefficients"]):
            self.assertEqual(all_of_them["estimate"], rest["estimate"])
        self.assertIsNotNone(own["site-b"]["coefficients"][0]["estimate"])
        with without_cryptography():
            alone = model_in(answer_of("one institution with the reference level is none to combine"))
        self.assertEqual([row["estimate"] for row in alone.coefficients], [None] * 4)
        self.assertIn("since fewer than two institutions are left: (Intercept), x, sex[male], x:sex[male].", alone.summary())

    def test_categories_without_an_intercept_are_combined_as_well(self) -> None:
        outputs = outputs_of("a logistic model of categories, an institution without the reference level")
        whole = fit_model(grams_in(outputs)[0])
        for output in outputs.values():
            gram = output["rows"][0]["parts"]["n"]["gram"]
            names = ["arm[none]", *(column["name"] for column in gram["columns"][1:])]
            gram["columns"] = [{"name": name, "decimals": 0} for name in names]
            gram["table"] = {**gram["table"], "terms": [["arm"], ["sex"]]}
            gram |= {"intercept": False, "formula": "y ~ arm + sex - 1"}
        fit = fit_model(grams_in(outputs)[0])
        self.assertAlmostEqual(fit["coefficients"][3]["estimate"], whole["coefficients"][3]["estimate"], 9)
        # Without an intercept, nothing is compared with a level that nobody has at that institution.
        self.assertNotIn("something else", fit["note"])
        self.assertIsNotNone(fit["coefficients"][0]["estimate"])

    def test_tails_are_those_of_the_tables(self) -> None:
        for p, df, t in ((0.05, 10, 2.2281388519), (0.05, 1, 12.7062047362), (0.01, 100, 2.6258905214)):
            self.assertAlmostEqual(t_of_p(p, df), t, 9)
            self.assertAlmostEqual(p_of_t(t, df), p, 10)
        for value, df, p in ((3.8414588207, 1, 0.05), (5.9914645471, 2, 0.05), (0.5, 4, 0.9735009788)):
            self.assertAlmostEqual(p_of_chi_squared(value, df), p, 10)

    def test_what_is_no_matrix_of_people_is_left_out_and_named(self) -> None:
        good = outputs_of("one fit each, combined")
        for changes in (
            {"n": 41},
            {"n": 10**400},
            {"n": True},
            {"upper": []},
            {"upper": ["x"] * 15},
            {"upper": ["40", *["9" * 40] * 14]},
            {"columns": [None] * 5},
            {"intercept": None},
            {"formula": 3},
            {"factors": [{"name": "sex", "levels": ["male", "female"]}]},
        ):
            with self.subTest(changes):
                lying = copy.deepcopy(good)
                lying["site-a"]["rows"][0]["parts"]["n"]["gram"].update(changes)
                grams, others = grams_in(lying)
                self.assertEqual((list(grams), list(others)), (["site-b", "site-c"], ["site-a"]))
        people = outputs_of("a random intercept of each person, combined")
        for name, change in (
            ("people", lambda one: one["people"] + 1),
            ("size", lambda one: one["size"] + 1),
            ("size", lambda one: True),
            ("within", lambda one: one["within"][1:]),
            ("totals", lambda one: [*one["totals"][:-1], str(10**20)]),
            ("totals", lambda one: [*one["totals"][:-1], "-1"]),
            ("totals", lambda one: [1] * len(one["totals"])),
        ):
            with self.subTest(name):
                lying = copy.deepcopy(people)
                first = lying["site-a"]["rows"][0]["parts"]["n"]["gram"]["clusters"]["sizes"][0]
                first[name] = change(first)
                grams, others = grams_in(lying)
                self.assertEqual((list(grams), list(others)), (["site-b", "site-c"], ["site-a"]))
        for clusters in (1, {}, {"left_out": -1, "sizes": []}, {"left_out": 0, "sizes": [1]}):
            lying = copy.deepcopy(people)
            lying["site-a"]["rows"][0]["parts"]["n"]["gram"]["clusters"] = clusters
            self.assertEqual(list(grams_in(lying)[1]), ["site-a"])
        told = outputs_of("a random intercept of each person, and the rows that were left out")
        for rows, left_out in ((40, 1), (True, 1), ("47", 1), (47, 0), (10**400, 1)):
            lying = copy.deepcopy(told)
            lying["site-a"]["rows"][0]["parts"]["n"]["gram"]["clusters"] |= {"rows": rows, "left_out": left_out}
            self.assertEqual(list(grams_in(lying)[1]), ["site-a"], rows)
        for shape in ({}, {"rows": None}, {"rows": [1]}, {"rows": [{"parts": {"n": 1}}]}):
            self.assertEqual(list(grams_in({"x": shape})[1]), ["x"])
        self.assertIsNone(gram_of({}))

    def test_a_part_of_another_model_than_was_asked_puts_nobody_else_out(self) -> None:
        gram = outputs_of("one fit each, combined")["site-a"]["rows"][0]["parts"]["n"]["gram"]
        levels = [{"variable": f"t.{one['name']}", "levels": one["levels"]} for one in gram["factors"]]
        arguments = {"formula": gram["formula"], "site": "meta", **gram.get("meta", {})}
        asked = ModelAsked(arguments, levels)
        first, *others = [column["name"] for column in gram["columns"]]
        shifted = [{"name": name, "decimals": 0} for name in (first, *others[1:], others[0])]
        changes: list[tuple[dict[str, Any], str]] = [
            ({"formula": f"{gram['formula']} - 1"}, "another formula"),
            ({"formula": "y ~ somethingelse"}, "another formula"),
            ({"formula": "y ~"}, "another formula"),
            ({"outcome": "z"}, "another formula"),
            ({"columns": shifted}, "other columns"),
            ({"site": "none"}, "another treatment of the institutions"),
            ({"meta": {"method": "fixed", "interval": "wald"}}, "another treatment of the institutions"),
            ({"factors": [{**one, "levels": ["x\x1b", "y"]} for one in gram["factors"]]}, "other levels"),
        ]
        for change, why in changes:
            for liar, honest in (("site-a", "site-b"), ("site-b", "site-a")):
                with self.subTest(f"{change} {liar}"):
                    outputs = {honest: output_of(gram), liar: output_of({**gram, **change})}
                    parts, others_in = grams_in(outputs, asked)
                    self.assertEqual(list(parts), [honest])
                    self.assertIn(why, others_in[liar])
                    # If the question is unknown, names do not decide: neither of two models is fitted.
                    untold, left = grams_in(outputs)
                    self.assertEqual((untold, sorted(left)), ({}, ["site-a", "site-b"]))
        twice = output_of(gram)
        twice["rows"][0]["parts"]["m"] = twice["rows"][0]["parts"]["n"]
        self.assertEqual(grams_in({"site-a": twice})[0], {})

    def test_each_vector_is_of_the_model_that_it_says(self) -> None:
        for name, case in CASES.items():
            gram = case["sites"][0]["gram"]
            fit, own = gram.get("fit", {}), gram.get("round", {})
            given = {key: fit[key] for key in ("family", "event", "time") if key in fit} | gram.get("meta", {})
            given |= {key: own[key] for key in ("round", "roster") if own}
            given |= {key: one for key, one in gram.get("clusters", {}).items() if key == "likelihood"}
            with self.subTest(name):
                asked = ModelAsked({"formula": gram["formula"], "site": gram["site"], **given})
                self.assertEqual(len(grams_in(outputs_of(name), asked)[0]), len(case["sites"]))
                others = [
                    {"family": "poisson" if fit.get("family") != "poisson" else "gaussian"},
                    {"event": "other"} if fit.get("family") == "binomial" else {"site": "other"},
                    {"time": "other"} if fit.get("family") == "cox" else {"site": "other"},
                    {"round": 3 if own.get("round") != 3 else 2},
                    {"formula": f"{gram['formula']} + more"},
                ]
                for other in others:
                    asked = ModelAsked({"formula": gram["formula"], "site": gram["site"], **given, **other})
                    self.assertEqual(grams_in(outputs_of(name), asked)[0], {}, other)

    def test_formulas_are_compared_by_their_terms(self) -> None:
        def alike(one: str, other: str) -> bool:
            read = formula_of(one), formula_of(other)
            return None not in read and read[0].alike == read[1].alike  # type: ignore[union-attr]

        for one, other in (
            ("y ~ a + b", "y~b+a"), ("y ~ a*b", "y ~ a + b + b:a"), ("y ~ t.a", "y ~ a"), ("y ~ a + (1 | site)", "y ~ a"),
            ("y ~ t + (1 + t | subject)", "y ~ t + (v.t|subject)"),
            ("y ~ a - 1", "t.y ~ a - 1"), ("y ~ 1", "y ~ 1"), ("y ~ a + a", "y ~ a"), ("y ~ a*b*c", "y ~ c*b*a"),
        ):  # fmt: skip
            self.assertTrue(alike(one, other), one)
        for one, other in (
            ("y ~ a", "y ~ b"), ("y ~ a", "y ~ a - 1"), ("y ~ a:b", "y ~ a + b"), ("y ~ a + (1 | subject)", "y ~ a"),
            ("y ~ a", "z ~ a"), ("y ~ a*b", "y ~ a*b*c"), ("y ~ t + (t | subject)", "y ~ t + (t || subject)"),
            ("y ~ t + (t | subject)", "y ~ t + (1 | subject)"),
        ):  # fmt: skip
            self.assertFalse(alike(one, other), one)
        for wrong in ("", "y", "y ~", "y ~ a +", "y ~ a b", "~ a", "y ~ log(a)", "y ~ a - b", "y ~ (a + b | g)", "y ~ (0 + a | g)", "y ~ \x1b", "a" * 1001, 3):
            self.assertIsNone(formula_of(wrong), wrong)


class Noisy(unittest.TestCase):
    def test_a_part_that_cannot_be_noisy_sums_is_left_out_and_named(self) -> None:
        name = "with noise, all rows as one sample"
        gram = outputs_of(name)["site-a"]["rows"][0]["parts"]["n"]["gram"]
        noisy, first = gram["noisy"], gram["noisy"]["sums"][0]
        rest = noisy["sums"][1:]
        changes: list[dict[str, Any]] = [
            {"n": gram["n"] + 1}, {"n": None}, {"upper": ["1"]}, {"table": {}}, {"site": "random"}, {"formula": "y ~"},
            {"formula": "y ~ age"}, {"fit": {"family": "poisson"}}, {"columns": gram["columns"][1:]}, {"noisy": 3},
            {"noisy": {**noisy, "sums": rest}}, {"noisy": {**noisy, "variables": []}}, {"noisy": {**noisy, "mechanism": ""}},
            {"noisy": {**noisy, "sums": [{**first, "sd": 0}, *rest]}},
            {"noisy": {**noisy, "sums": [{**first, "values": []}, *rest]}},
            {"noisy": {**noisy, "sums": [{**first, "values": ["1"]}, *rest]}},
            {"factors": [{"name": "arm", "levels": [str(i) for i in range(100_000)]}]},
        ]  # fmt: skip
        for change in changes:
            with self.subTest(str(change)[:60]):
                outputs = {**outputs_of(name), "site-a": output_of({**gram, **change})}
                parts, others = grams_in(outputs)
                self.assertEqual((list(parts), list(others)), (["site-b", "site-c"], ["site-a"]))
        exact = outputs_of("all rows as one sample, in two units")
        self.assertEqual(len(grams_in({**outputs_of(name), "site-d": exact["site-a"]})[0]), 3)

    def test_a_model_with_noise_says_how_much_of_its_errors_is_noise(self) -> None:
        with without_cryptography():
            model = model_in(answer_of("with noise, a level that nobody has"))
        rows = {row["term"]: row for row in model.coefficients}
        self.assertTrue(0 < rows["age"]["noise"] < rows["age"]["error"])
        self.assertEqual((rows["arm[c]"]["estimate"], model.result["code"]), (None, "TOO_NOISY"))
        text = model.summary()
        self.assertRegex(text, r"Too noisy to be estimated: arm\[c\]\. The intervals of the others are wide enough")
        self.assertRegex(text, r"sums of products of its columns, each with Gaussian noise; errors and intervals hold")


class Answers(unittest.TestCase):
    def test_a_model_is_read_as_rows_and_text(self) -> None:
        with without_cryptography():
            model = model_in(answer_of("one fit each, combined"))
        self.assertIsNone(model.verified)
        self.assertEqual((model.n, model.formula, len(model.sites)), (125, "y ~ x + sex + x:sex", 3))
        first = model.coefficients[0]
        self.assertEqual(
            list(first), ["term", "estimate", "error", "statistic", "p", "low", "high", "tau2", "i2", "q", "q_p"]
        )
        rows = model.forest("x")
        self.assertEqual([row["institution"] for row in rows], ["Clinic A", "Clinic B", "Clinic C", "Pooled"])
        self.assertEqual(rows[-1]["estimate"], model.coefficients[1]["estimate"])
        self.assertTrue(all(row["comparable"] for row in rows))
        model.result["sites"][1]["coefficients"][1]["not_comparable"] = True
        self.assertEqual([row["comparable"] for row in model.forest("x")], [True, False, True, True])
        with self.assertRaisesRegex(StimnetError, r"no term 'z'; it has \(Intercept\), x"):
            model.forest("z")
        text = model.summary()
        self.assertRegex(text, r"^Linear regression, y ~ x \+ sex \+ x:sex: one fit per institution")
        self.assertRegex(text, r"\nClinic B +25 [\s\S]*Released by each institution: the 15 sums of products of 5")

    def test_an_institution_stands_for_its_peer_id_and_a_hostile_name_cannot_steer_a_terminal(self) -> None:
        answer = answer_of("the institution as a factor")
        with without_cryptography():
            model = model_in(answer)
        self.assertEqual([row["term"] for row in model.coefficients][1:3], ["site[Clinic B]", "site[Clinic C]"])
        hostile = type(model)({**model.result}, model.missing, None, {**model.names, "site-b": "\x1b[2J"})
        self.assertNotIn("\x1b", hostile.summary())

    def test_a_random_slope_says_its_variance_and_what_cannot_be_sums_at_visits_is_left_out(self) -> None:
        name = "a random slope of each person"
        with without_cryptography():
            said = model_in(answer_of(name)).summary()
        self.assertRegex(said, r"Slope of month: variance = [\d.]+, correlation = ")
        self.assertRegex(said, r"grouped by the visits that they have \(month\), and groups of too few people are left out")
        good = outputs_of(name)
        clusters = good["site-a"]["rows"][0]["parts"]["n"]["gram"]["clusters"]
        first, *others = clusters["sizes"]
        for changes in (
            {"time": "sex"},
            {"time": None},
            {"correlated": 1},
            {"likelihood": "other"},
            {"sizes": [first, first, *others]},
            {"sizes": [{**first, "visits": [0]}, *others]},
            {"sizes": [{**first, "visits": [*reversed(first["visits"])]}, *others]},
            {"sizes": [{**first, "visits": [one + 1 for one in first["visits"]]}, *others]},
            {"sizes": [{**first, "totals": first["totals"][1:]}, *others]},
            {"sizes": [{**first, "totals": ["1", *first["totals"][1:]]}, *others]},
        ):
            lying = copy.deepcopy(good)
            lying["site-a"]["rows"][0]["parts"]["n"]["gram"]["clusters"] |= changes
            with self.subTest(changes):
                self.assertNotIn("site-a", grams_in(lying)[0])

    def test_it_says_what_share_of_the_rows_was_left_out(self) -> None:
        with without_cryptography():
            told = model_in(answer_of("a random intercept of each person, and the rows that were left out"))
            silent = model_in(answer_of("a random intercept of each person"))
        share = r" People are grouped by .* left out, here 2 groups: 14 of 114 rows \(12 %\)\. "
        self.assertRegex(told.summary(), share)
        self.assertRegex(silent.summary(), r" People .* left out, here 3 groups; not every institution says")

    def test_without_a_matrix_the_first_refusal_is_raised(self) -> None:
        why = "It releases rounded numbers."
        refused = part(receipt=None, state="denied", code="PROGRAM_NOT_PERMITTED", reason=why)
        with self.assertRaisesRegex(StimnetError, "rounded numbers") as caught:
            model_in(broadcast(refused))
        self.assertEqual(caught.exception.code, "PROGRAM_NOT_PERMITTED")
        # For a request signed with the researcher's own key, the gateway is not trusted.
        with without_cryptography(), self.assertRaises(StimnetError) as strict:
            model_in(answer_of("the institution as a factor"), request_hash="00")
        self.assertEqual(strict.exception.code, "LIBRARY_NOT_AVAILABLE")


class Asking(unittest.TestCase):
    def test_what_refusals_have_used_up_is_said_with_the_price(self) -> None:
        told = {"node_id": "north", "institution": "North", "refusals": {"bits": 130, "bits_max": 200, "at": "2026"}}
        silent = {"node_id": "south", "institution": "South", "refusals": None}
        cost = {"data_catalog_name": "trial", "peers": [told, silent, {"institution": "of an older peer"}], "pooled": []}
        used = PrivacyCost.read(cost).refusals_used()
        self.assertEqual(used, ["Refusals and withheld numbers: 130 of 200 bits used for trial at North in thirty days."])

    def test_a_formula_that_nobody_takes_is_refused_before_anything_is_asked(self) -> None:
        reason = 'The formula at character 5: the catalog has no variable "agee". Did you mean age?'
        texts = {"data_type": "clinical", "access_level": "public", "last_updated": "2026-01-01T00:00:00Z"}
        whose = {"name": "trial", "peer_id": "P1", "node_id": "node-1", "institution": "North"}
        found = [{**texts, **whose, "total_records": 90}]
        peer = {"peer_id": "P1", "institution": "North", "code": "VARIABLE_UNKNOWN", "reason": reason}
        cost = {"data_catalog_name": "trial", "peers": [peer], "pooled": []}
        for call in callers(httpx.Response(200, json=found), httpx.Response(200, json=cost)):
            with self.subTest(call.kind.__name__):
                with self.assertRaisesRegex(StimnetError, "Did you mean age") as caught:
                    call("model", "y ~ agee", catalog="trial")
                self.assertEqual(caught.exception.code, "VARIABLE_UNKNOWN")
                sent = json.loads(call.gateway.asked[-1].content)
                asked = json.loads(sent["script_content"])
                self.assertEqual(asked["arguments"], {"formula": "y ~ agee", "site": "none"})
                self.assertEqual(sent["targets"], ["P1"])
                self.assertEqual(len(call.gateway.asked), 2)
        for call in callers(httpx.Response(200, json=[])):
            with self.assertRaises(StimnetError) as nobody:
                call("model", "y ~ x", catalog="trial")
            self.assertEqual(nobody.exception.code, "NO_PROVIDERS")
            with self.assertRaisesRegex(StimnetError, "none, fixed, random, meta"):
                call("model", "y ~ x", catalog="trial", site="each")


ROUNDS = [f"round {number} of a logistic model" for number in range(4)]
PEERS = [one["site"] for one in CASES[ROUNDS[0]]["sites"]]


def answers_of(*names: str, without: str | None = None) -> list[Any]:
    """A gateway's answers when a model is requested: its price, and each question with its end."""
    texts = {"data_type": "clinical", "access_level": "public", "last_updated": "2026-01-01T00:00:00Z"}
    whose = [{"name": "trial", "peer_id": peer, "node_id": peer[-1], "institution": "North"} for peer in PEERS]
    priced = [{"peer_id": peer, "institution": "North", "code": None, "reason": None} for peer in PEERS]
    replies: list[Any] = [
        httpx.Response(200, json=[{**texts, **one, "total_records": 90} for one in whose]),
        httpx.Response(200, json={"data_catalog_name": "trial", "peers": priced, "pooled": []}),
    ]
    for name in names:
        shown = answer_of(name).raw
        parts = [{**part, "receipt": f"signed.{name[:7]}.{part['peer_id'][-1]}"} for part in shown["parts"]]
        if name == names[-1] and without is not None:
            lost = {"output": None, "receipt": None, "state": "expired", "code": "PEER_UNREACHABLE"}
            parts = [{**part, **(lost if part["peer_id"] == without else {})} for part in parts]
        done = {**shown, "parts": parts}
        replies += [httpx.Response(200, json=done), httpx.Response(404), httpx.Response(200, json=done)]
    return replies


class Rounds(unittest.TestCase):
    def asked(self, call: Any) -> list[dict[str, Any]]:
        """The arguments of each question that was submitted."""
        sent = [one for one in call.gateway.asked if one.url.path.endswith("/broadcasts") and one.method == "POST"]
        return [json.loads(json.loads(one.content)["script_content"])["arguments"] for one in sent]

    def test_each_round_carries_the_receipts_of_the_round_before(self) -> None:
        for call in callers(*answers_of(*ROUNDS)):
            with self.subTest(call.kind.__name__), without_cryptography():
                seen: list[Any] = []
                named = {"catalog": "trial", "family": "binomial", "event": "yes", "on_round": seen.append}
                model = call("model", "y ~ dose + arm", **named)
                asked = self.asked(call)
                self.assertEqual([one.get("round", 0) for one in asked], [0, 1, 2, 3])
                self.assertEqual(asked[0]["roster"], sorted(PEERS))
                self.assertNotIn("receipts", asked[0])
                self.assertEqual(asked[2]["receipts"], [f"signed.round 1.{peer[-1]}" for peer in sorted(PEERS)])
                self.assertEqual([one.round for one in seen], [0, 1, 2, 3])
                self.assertEqual((len(model.rounds), len(model.sites), model.notes), (4, 3, []))
                expected = CASES[ROUNDS[3]]["model"]
                for mine, theirs in zip(model.result["coefficients"], expected["coefficients"]):
                    self.assertAlmostEqual(mine["estimate"], theirs["estimate"], 9)
                self.assertRegex(model.summary(), r"^Logistic regression of yes, [\s\S]*From round 3, last change")
                self.assertRegex(model.summary(), r"in each of 4 rounds: 15 weighted sums")

    def test_a_cox_model_names_its_time_in_each_round(self) -> None:
        name = "round 0 of a Cox model, combined"
        for call in callers(*answers_of(name)):
            with self.subTest(call.kind.__name__), without_cryptography():
                named = {"catalog": "trial", "family": "cox", "time": "days", "site": "meta"}
                model = call("model", "y ~ dose + arm", **named)
                [asked] = self.asked(call)
                self.assertEqual((asked["family"], asked["time"]), ("cox", "days"))
                self.assertRegex(model.summary(), r"^Cox regression of yes")
                self.assertEqual(model.result["coefficients"][0]["term"], "arm[low]")

    def test_an_institution_that_drops_out_ends_the_fit_with_the_last_whole_round(self) -> None:
        for call in callers(*answers_of(*ROUNDS[:3], without=PEERS[1])):
            with without_cryptography():
                model = call("model", "y ~ dose + arm", catalog="trial", family="binomial")
            self.assertEqual((model.result["rounds"]["last"], len(model.rounds), model.missing), (1, 3, {}))
            self.assertRegex(model.summary(), r"ended with round 1: Clinic B \(PEER_UNREACHABLE\) did not answer round 2")

    def test_a_model_of_categories_alone_has_one_round(self) -> None:
        for call in callers(*answers_of("a logistic model of categories")):
            with without_cryptography():
                model = call("model", "y ~ arm + sex", catalog="trial", family="binomial")
            self.assertEqual((len(self.asked(call)), model.rounds), (1, ()))
            self.assertEqual(model.coefficients[0]["ratio"], None)
            self.assertRegex(model.summary(), r"the table of people by outcome and terms")

    def test_estimates_that_do_not_follow_from_the_round_before_are_refused(self) -> None:
        for rounds in ([ROUNDS[0], ROUNDS[2]], [ROUNDS[0], ROUNDS[0]]):
            for call in callers(*answers_of(*rounds)):
                with without_cryptography(), self.assertRaises(StimnetError) as refused:
                    call("model", "y ~ dose + arm", catalog="trial", family="binomial")
                self.assertEqual(refused.exception.code, "ROUND_MISMATCH")
        lying = answers_of(*ROUNDS[:2])
        for at in (-1, -3):
            raw = json.loads(lying[at].content)
            for one in raw["parts"]:
                one["output"]["rows"][0]["parts"]["n"]["gram"]["round"]["estimates"][0] = "1.000000000000000e+0"
            lying[at] = httpx.Response(200, json=raw)
        for call in callers(*lying):
            with without_cryptography(), self.assertRaisesRegex(StimnetError, "other estimates"):
                call("model", "y ~ dose + arm", catalog="trial", family="binomial")

    def test_what_is_no_round_or_table_is_left_out_and_named(self) -> None:
        lies: list[tuple[str, str, Any]] = [
            (ROUNDS[1], "round.score", ["0"]),
            (ROUNDS[1], "round.information", ["9.000000000000000e+99"] * 10),
            (ROUNDS[1], "round.information", ["1.000000000000000e+0", "9.000000000000000e+5"] * 5),
            (ROUNDS[1], "round.total", "9" * 30),
            (ROUNDS[1], "round.roster", sorted(PEERS, reverse=True)),
            (ROUNDS[1], "round.answers", ""),
            (ROUNDS[1], "round.round", True),
            (ROUNDS[1], "n", 0),
            (ROUNDS[1], "site", "fixed"),
            (ROUNDS[1], "fit", {"family": "gaussian"}),
            ("a logistic model of categories", "table.cells", []),
            ("a logistic model of categories", "table.terms", [["nobody"]]),
            ("a logistic model of categories", "n", 3),
            ("a logistic model of categories", "fit", {"family": "binomial"}),
            ("a logistic model of categories", "factors", None),
        ]
        for name, path, value in lies:
            with self.subTest(f"{path} {value}"):
                outputs = outputs_of(name)
                place = outputs[PEERS[0]]["rows"][0]["parts"]["n"]["gram"]
                *above, last = path.split(".")
                for key in above:
                    place[key] = copy.deepcopy(place[key])
                    place = place[key]
                place[last] = value
                self.assertEqual(list(grams_in(outputs)[1]), PEERS[:1])


if __name__ == "__main__":
    unittest.main()
