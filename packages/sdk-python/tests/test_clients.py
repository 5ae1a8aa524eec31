"""Both clients with a simulated gateway: requests, parsed answers, and retries."""

from __future__ import annotations

import inspect
import json
import unittest
from typing import Any
from urllib.parse import parse_qs

import httpx
import stimnet_client
from stimnet_client import (
    AuthenticationError,
    DistributedClient,
    JobSubmission,
    SignedRequest,
    StimnetError,
    SyncDistributedClient,
    TransportError,
)

from .answers import JOB_ID, event, job, problem, stream
from .both import callers
from .test_receipts import broadcast

ASKED = {"data_catalog_name": "c", "script_type": "sql", "script_content": "SELECT COUNT(*) FROM t"}
ACCEPTED = httpx.Response(200, json={"job_id": JOB_ID, "status": "queued", "message": "accepted"})
TOKEN = httpx.Response(200, json={"access_token": "a.b.c", "token_type": "bearer"})
LOST = httpx.ReadError("torn")
NOWHERE = httpx.ConnectError("no way to secret.example")


class Sending(unittest.TestCase):
    def test_each_method_asks_for_its_documented_address(self) -> None:
        answer = httpx.Response(200, json=[])
        for method, arguments, expected in (
            ("list_nodes", (), "GET /api/v1/nodes"),
            ("list_data_catalogs", ("public",), "GET /api/v1/data-catalogs?access_level=public"),
            ("search_catalogs", ("dbs & updrs",), "GET /api/v1/mesh/catalogs?q=dbs+%26+updrs"),
            ("list_jobs", (), "GET /api/v1/jobs?limit=100"),
            ("list_jobs", ("completed", 5), "GET /api/v1/jobs?status=completed&limit=5"),
            ("list_broadcasts", (7,), "GET /api/v1/broadcasts?limit=7"),
            ("list_broadcasts", (7, True), "GET /api/v1/broadcasts?limit=7&to_one=true"),
            ("list_analysis_requests", ("pending",), "GET /api/v1/analysis-requests?status=pending&limit=100"),
        ):
            for call in callers(answer):
                self.assertEqual(call(method, *arguments), [])
                asked = call.gateway.asked[0]
                self.assertEqual(f"{asked.method} {asked.url.raw_path.decode()}", expected)

    def test_a_list_that_is_looked_at_often_may_come_in_brief(self) -> None:
        for call in callers(httpx.Response(200, json=[])):
            self.assertEqual(call("list_analysis_requests", "pending", brief=True), [])
            asked = call.gateway.asked[0].url.raw_path.decode()
            self.assertEqual(asked, "/api/v1/analysis-requests?status=pending&limit=100&brief=true")

    def test_an_id_is_one_segment_of_the_address_whatever_is_in_it(self) -> None:
        for given, sent in (
            ("a/../b", "a%2F..%2Fb"),
            ("ü ?#", "%C3%BC%20%3F%23"),
            ("%2e%2e", "%252e%252e"),
            ("...", "..."),
        ):
            for call in callers(httpx.Response(200, json=job())):
                call("get_job_status", given)
                self.assertEqual(call.gateway.asked[0].url.raw_path.decode(), f"/api/v1/jobs/{sent}")
        for given in ("", ".", ".."):
            for call in callers():
                with self.assertRaises(StimnetError) as refused:
                    call("get_job_status", given)
                self.assertEqual(refused.exception.code, "NOT_FOUND")

    def test_a_submission_may_be_whole_a_mapping_or_its_fields(self) -> None:
        whole = JobSubmission(target_node_id="node-1", **ASKED)
        for given, fields in (
            (whole, {}),
            ({"target_node_id": "node-1", **ASKED}, {}),
            (None, {"target_node_id": "node-1", **ASKED}),
            (JobSubmission(target_node_id="node-2", **ASKED), {"target_node_id": "node-1"}),
        ):
            for call in callers(ACCEPTED):
                self.assertEqual(call("submit_job", given, **fields), JOB_ID)
                self.assertEqual(json.loads(call.gateway.asked[0].content), {"target_node_id": "node-1", **ASKED})

    def test_a_misspelt_field_is_not_silently_left_out(self) -> None:
        for call in callers():
            with self.assertRaises(TypeError):
                call("submit_job", target_node_id="node-1", filter={"sex": "female"}, **ASKED)
            with self.assertRaises(TypeError):
                call("broadcast", target_node_id="node-1", **ASKED)

    def test_what_cannot_be_json_is_refused_before_it_is_sent(self) -> None:
        for parameters in ({"x": object()}, {"x": float("nan")}, {"x": "\ud800"}):
            for call in callers():
                with self.assertRaises(StimnetError) as refused:
                    call("submit_job", target_node_id="n", parameters=parameters, **ASKED)
                self.assertEqual(refused.exception.code, "PARAMETER_INVALID")
                self.assertEqual(call.gateway.asked, [])


class Identity(unittest.TestCase):
    def test_the_key_is_shown_until_there_is_a_token(self) -> None:
        for call in callers(httpx.Response(200, json=[]), TOKEN, httpx.Response(200, json=[]), api_key="k-1"):
            call("list_jobs")
            self.assertIs(call("authenticate", "ada", "p&w=ü"), True)
            call("list_jobs")
            first, login, last = call.gateway.asked
            self.assertEqual((first.headers.get("x-api-key"), first.headers.get("authorization")), ("k-1", None))
            self.assertEqual(parse_qs(login.content.decode()), {"username": ["ada"], "password": ["p&w=ü"]})
            self.assertEqual((last.headers.get("x-api-key"), last.headers.get("authorization")), (None, "Bearer a.b.c"))

    def test_signing_out_ends_the_token_there_and_here(self) -> None:
        for call in callers(httpx.Response(200, json={"signed_out": True}), token="a.b.c"):
            self.assertIsNone(call("sign_out"))
            (asked,) = call.gateway.asked
            self.assertEqual((asked.method, asked.url.path), ("DELETE", "/api/v1/auth/token"))
            self.assertIsNone(call.client.token)

    def test_a_wrong_password_is_told_once_and_leaves_no_token(self) -> None:
        for call in callers(problem(401, "CREDENTIALS_INVALID")):
            with self.assertRaises(AuthenticationError) as refused:
                call("authenticate", "ada", "wrong")
            self.assertEqual((refused.exception.code, refused.exception.status), ("CREDENTIALS_INVALID", 401))
            self.assertIsNone(call.client.token)
            self.assertEqual(len(call.gateway.asked), 1)

    def test_an_expired_token_is_an_authentication_error_wherever_it_shows(self) -> None:
        for method in ("get_job_status", "wait_for_job", "cancel_job"):
            for call in callers(problem(401, "UNAUTHENTICATED"), token="old"):
                with self.assertRaises(AuthenticationError):
                    call(method, JOB_ID)

    def test_a_token_that_could_break_a_header_is_refused_and_not_shown(self) -> None:
        for secret in ("a\nb: c", "", "a b", "ü"):
            for kind in (SyncDistributedClient, DistributedClient):
                for named in ({"token": secret}, {"api_key": secret}):
                    with self.assertRaises(StimnetError) as refused:
                        kind("http://h", **named)
                    self.assertNotIn("b: c", str(refused.exception))
        for answered in ("a b", "a\r\nb", "", 7, None):
            for call in callers(httpx.Response(200, json={"access_token": answered})):
                with self.assertRaises(TransportError):
                    call("authenticate", "ada", "pw")

    def test_secrets_are_not_shown_by_the_client(self) -> None:
        for kind in (SyncDistributedClient, DistributedClient):
            client = kind("http://h", "secret-key", token="secret-token")
            self.assertNotIn("secret", f"{client!r} {vars(client)}")

    def test_an_address_that_is_none_is_refused(self) -> None:
        for url in (
            "",
            "gateway:8000",
            "ftp://h",
            "http://",
            "http://u:p@h",
            "http://h/?a=b",
            "http://h/#x",
            "http://h:0",
            "http://[h",
        ):
            with self.assertRaises(StimnetError, msg=url) as refused:
                SyncDistributedClient(url)
            self.assertEqual(refused.exception.code, "PARAMETER_INVALID")

    def test_a_redirect_does_not_carry_the_token_away(self) -> None:
        moved = httpx.Response(307, headers={"location": "http://elsewhere.test/"})
        for call in callers(moved, token="secret"):
            with self.assertRaises(TransportError) as refused:
                call("list_jobs")
            self.assertEqual(refused.exception.code, "PEER_UNREACHABLE")
            self.assertEqual(len(call.gateway.asked), 1)


class Again(unittest.TestCase):
    def test_a_submission_whose_answer_was_lost_is_sent_again_with_the_same_key(self) -> None:
        for call in callers(NOWHERE, LOST, ACCEPTED):
            self.assertEqual(call("submit_job", target_node_id="n", **ASKED), JOB_ID)
            keys = {request.headers["idempotency-key"] for request in call.gateway.asked}
            self.assertEqual((len(call.gateway.asked), len(keys)), (3, 1))
            self.assertEqual(call.slept, [0.25, 0.5])

    def test_two_submissions_are_two(self) -> None:
        for call in callers(ACCEPTED, ACCEPTED, ACCEPTED):
            for key in (None, None, "my-key"):
                call("submit_job", target_node_id="n", idempotency_key=key, **ASKED)
            keys = [request.headers["idempotency-key"] for request in call.gateway.asked]
            self.assertEqual((len(set(keys)), keys[2]), (3, "my-key"))
            with self.assertRaises(StimnetError):
                call("submit_job", target_node_id="n", idempotency_key="two words", **ASKED)

    def test_a_signed_request_is_one_by_its_signature(self) -> None:
        signed = SignedRequest("a.b.c", "f" * 64, ("12D3",))
        answer = httpx.Response(201, json=dict(broadcast().raw))
        for call in callers(answer, answer):
            call("broadcast", signed)
            call("broadcast", signed, idempotency_key="mine")
            asked = [(one.headers["idempotency-key"], json.loads(one.content)) for one in call.gateway.asked]
            self.assertEqual([key for key, _ in asked], ["f" * 64, "mine"])
            self.assertEqual(asked[0][1], {"envelope": "a.b.c", "targets": ["12D3"]})
            with self.assertRaises(TypeError):
                call("broadcast", signed, title="changed")

    def test_a_login_and_a_cancellation_are_not_repeated(self) -> None:
        for method, arguments in (("authenticate", ("ada", "pw")), ("cancel_job", (JOB_ID,))):
            for call in callers(LOST):
                with self.assertRaises(TransportError):
                    call(method, *arguments)

    def test_a_busy_gateway_is_given_the_time_it_asks_for(self) -> None:
        busy = problem(503, "BUSY", retry=True)
        busy.headers["retry-after"] = "5"
        for call in callers(busy, httpx.Response(200, json=[])):
            self.assertEqual(call("list_nodes"), [])
            self.assertEqual(call.slept, [5.0])

    def test_what_cannot_help_is_not_tried_again(self) -> None:
        later = problem(429, "RATE_LIMITED", retry=True)
        later.headers["retry-after"] = "3600"
        for answer in (problem(404, "NOT_FOUND"), problem(503, "BUSY"), problem(500, "INTERNAL", retry=True), later):
            for call in callers(answer):
                with self.assertRaises(StimnetError) as refused:
                    call("list_nodes")
                self.assertEqual((refused.exception.status, call.slept), (answer.status_code, []))

    def test_in_the_end_the_last_error_is_told_without_the_address(self) -> None:
        for call in callers(NOWHERE, NOWHERE, NOWHERE):
            with self.assertRaises(TransportError) as refused:
                call("health_check")
            self.assertEqual(refused.exception.code, "PEER_UNREACHABLE")
            self.assertNotIn("secret", str(refused.exception))
        for call in callers(NOWHERE, retries=0):
            with self.assertRaises(TransportError):
                call("health_check")


class Reading(unittest.TestCase):
    def test_what_is_no_documented_answer_is_refused(self) -> None:
        wrong: list[tuple[str, Any]] = [
            ("health_check", b"<html>Welcome</html>"),
            ("health_check", b""),
            ("health_check", b"[" * 100_000),
            ("health_check", b'{"status": "healthy"}'),
            ("health_check", b"\xff\xfe{\x00}\x00"),
            ("list_jobs", b'{"jobs": []}'),
            ("list_jobs", b"[7]"),
            ("list_jobs", json.dumps([{**job(), "progress": "half"}]).encode()),
            ("list_jobs", json.dumps([{**job(), "id": True}]).encode()),
            ("list_jobs", json.dumps([job()]).replace("0.25", "NaN").encode()),
            ("list_jobs", json.dumps([job()]).replace("0.25", "1e999").encode()),
            ("list_jobs", json.dumps([job()]).replace("0.25", "9" * 5_000).encode()),
            ("list_jobs", json.dumps([job(result_data={"n": 78})]).replace("78", "NaN").encode()),
            ("list_jobs", json.dumps([job(result_data={"n": 78})]).replace("78", "1e999").encode()),
        ]
        for method, body in wrong:
            for call in callers(httpx.Response(200, content=body)):
                with self.assertRaises(TransportError, msg=str(body[:60])) as refused:
                    call(method)
                self.assertEqual(refused.exception.code, "MALFORMED")

    def test_an_error_page_of_a_proxy_is_an_error_with_a_code(self) -> None:
        for status, code in ((403, "NOT_PERMITTED"), (404, "NOT_FOUND"), (413, "BODY_TOO_LARGE"), (418, "INTERNAL")):
            for call in callers(httpx.Response(status, html="<h1>No</h1>")):
                with self.assertRaises(StimnetError) as refused:
                    call("list_nodes")
                self.assertEqual((refused.exception.code, refused.exception.status), (code, status))

    def test_a_problem_tells_all_it_knows(self) -> None:
        errors = [{"field": "filters.age", "message": "No such variable."}, {"field": 7}, "x"]
        for call in callers(problem(422, "BODY_INVALID", detail="d" * 9_000, errors=errors, incident="i-1")):
            with self.assertRaises(StimnetError) as refused:
                call("list_nodes")
            error = refused.exception
            self.assertEqual((error.code, error.request_id, error.incident), ("BODY_INVALID", "r-1", "i-1"))
            self.assertEqual([(one.field, one.message) for one in error.fields], [("filters.age", "No such variable.")])
            self.assertEqual(len(error.detail), 2_000)

    def test_html_in_a_field_is_data(self) -> None:
        evil = "<script>alert('x')</script>"
        for call in callers(httpx.Response(200, json=job(title=evil, error_message=evil, warnings=[evil]))):
            read = call("get_job_status", JOB_ID)
            self.assertEqual((read.title, read.error_message, read.warnings), (evil, evil, [evil]))
            self.assertFalse(hasattr(read, "_repr_html_"))

    def test_fields_of_a_newer_gateway_are_there_by_key(self) -> None:
        for call in callers(httpx.Response(200, json=job(novelty=[1]))):
            read = call("get_job_status", JOB_ID)
            self.assertEqual(
                (read["novelty"], read["status"], read.status, "novelty" in read), ([1], *["completed"] * 2, True)
            )
            self.assertEqual(dict(read), job(novelty=[1]))

    def test_following_and_waiting_give_each_state_and_the_end(self) -> None:
        text = event("change", job("running"), 1) + event("end", job(), 2)
        for call in callers(stream(text), stream(text)):
            self.assertEqual([one.status for one in call("follow", JOB_ID)], ["running", "completed"])
            self.assertEqual(call("wait_for_job", JOB_ID, timeout=60).rows[0], {"sex": "female", "n": 78})
            self.assertEqual(call.gateway.paths(), [f"GET /api/v1/jobs/{JOB_ID}/events"] * 2)
            self.assertEqual(call.gateway.asked[0].headers["accept"], "text/event-stream")

    def test_a_job_that_has_ended_is_not_cancelled(self) -> None:
        for call in callers(ACCEPTED, problem(409, "JOB_ENDED"), problem(404, "JOB_UNKNOWN")):
            self.assertEqual([call("cancel_job", JOB_ID), call("cancel_job", JOB_ID)], [True, False])
            with self.assertRaises(StimnetError):
                call("cancel_job", JOB_ID)


class Twins(unittest.TestCase):
    def test_both_clients_have_the_same_methods_with_the_same_words(self) -> None:
        def public(kind: type) -> dict[str, Any]:
            names = {name for name in vars(kind) if not name.startswith("_")}
            return {{"aclose": "close"}.get(name, name): inspect.getattr_static(kind, name) for name in names}

        one, other = public(SyncDistributedClient), public(DistributedClient)
        self.assertEqual(set(one), set(other))
        for name in set(one) - {"base_url", "token"}:
            plain = [getattr(member, "__func__", member) for member in (one[name], other[name])]
            first, second = (inspect.signature(member) for member in plain)
            self.assertEqual(first.parameters, second.parameters, name)
            self.assertEqual(plain[0].__doc__, plain[1].__doc__, name)
            self.assertEqual(
                str(first.return_annotation), str(second.return_annotation).replace("AsyncIterator", "Iterator"), name
            )

    def test_every_public_name_says_what_it_is_for(self) -> None:
        for name in stimnet_client.__all__:
            thing = getattr(stimnet_client, name)
            self.assertTrue(isinstance(thing, str) or inspect.getdoc(thing), name)
            members = vars(thing).items() if inspect.isclass(thing) else ()
            for member, value in members:
                is_method = inspect.isfunction(value) or isinstance(value, (property, staticmethod, classmethod))
                if is_method and not member.startswith("_"):
                    self.assertTrue(inspect.getdoc(getattr(thing, member)), f"{name}.{member}")


if __name__ == "__main__":
    unittest.main()
