"""The documented endpoints on FastAPI and SQLite: a simple implementation for comparison.

It prints its address on standard output and serves until its standard input ends. It is one process, uvicorn's default.
"""

import json
import secrets
import socket
import sqlite3
import sys
import threading
from datetime import datetime, timezone

import uvicorn
from fastapi import Depends, FastAPI, Form, Header, HTTPException
from pydantic import BaseModel

app = FastAPI()
held = threading.local()


def opened() -> sqlite3.Connection:
    """The connection of the current worker thread. With a shared one, two threads would read each other's rows."""
    if not hasattr(held, "connection"):
        held.connection = sqlite3.connect(sys.argv[1], timeout=30)
        held.connection.execute("PRAGMA synchronous=FULL")
    return held.connection


database = opened()
database.execute("PRAGMA journal_mode=WAL")
database.execute("CREATE TABLE tokens (token TEXT PRIMARY KEY, name TEXT)")
database.execute("CREATE TABLE jobs (job_id TEXT PRIMARY KEY, owner TEXT, status TEXT, body TEXT, submitted_at TEXT)")
database.execute("CREATE TABLE catalogs (id INTEGER PRIMARY KEY, name TEXT, description TEXT, data_type TEXT, access_level TEXT, total_records INTEGER)")
database.execute("INSERT INTO catalogs VALUES (1, 'trial', 'A trial', 'clinical', 'public', 10000)")
database.commit()


class Submission(BaseModel):
    target_node_id: str
    data_catalog_name: str
    script_type: str
    script_content: str
    parameters: dict | None = None
    filters: dict | None = None
    uploaded_file_ids: list | None = None


def account(authorization: str = Header()) -> str:
    row = opened().execute("SELECT name FROM tokens WHERE token = ?", (authorization.removeprefix("Bearer "),)).fetchone()
    if row is None:
        raise HTTPException(401, "unknown token")
    return row[0]


@app.post("/api/v1/auth/token")
def authenticate(username: str = Form(), password: str = Form()):
    token = secrets.token_urlsafe(32)
    with opened() as database:
        database.execute("INSERT INTO tokens VALUES (?, ?)", (token, username))
    return {"access_token": token, "token_type": "bearer"}


@app.get("/api/v1/data-catalogs")
def catalogs():
    names = ("id", "name", "description", "data_type", "access_level", "total_records")
    return [dict(zip(names, row)) for row in opened().execute(f"SELECT {', '.join(names)} FROM catalogs")]


@app.post("/api/v1/jobs")
def submit(submission: Submission, name: str = Depends(account)):
    job_id = secrets.token_hex(16)
    now = datetime.now(timezone.utc).isoformat()
    with opened() as database:
        database.execute("INSERT INTO jobs VALUES (?, ?, ?, ?, ?)", (job_id, name, "queued", submission.model_dump_json(), now))
    return {"job_id": job_id, "status": "queued", "message": "submitted"}


@app.get("/api/v1/jobs/{job_id}")
def job(job_id: str, name: str = Depends(account)):
    row = opened().execute("SELECT owner, status, body, submitted_at FROM jobs WHERE job_id = ?", (job_id,)).fetchone()
    if row is None or row[0] != name:
        raise HTTPException(404, "no such job")
    body = json.loads(row[2])
    return {"job_id": job_id, "status": row[1], "script_type": body["script_type"], "submitted_at": row[3], "result_data": None}


if __name__ == "__main__":
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
    threading.Thread(target=lambda: (sys.stdin.read(), setattr(server, "should_exit", True)), daemon=True).start()
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    server.run(sockets=[listener])
