"""A gateway that serves the dashboard and the API as the contract has it, without a platform behind it, and breaks on demand.

For developing the dashboard (`python3 mock_gateway.py --port 8099 --play`) and for faults that a real platform does
not have at hand. What works against this alone is not proven; Tests/Browser/run asks the real one as well.
"""

import argparse
import gzip
import json
import mimetypes
import queue
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from mock_api import PASSWORD, Answer, Follow, MockAPI, tag
from mock_cluster import MockCluster
from mock_contract import complaints
from mock_people import ADMIN_ID, ADMIN_KEY, MockPeople, Refused
from mock_stores import MockStores

DASHBOARD = Path(__file__).resolve().parents[2] / "Services" / "Gateway" / "Dashboard"
KEY = ADMIN_KEY
POLICY = "; ".join(
    [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'",
        "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "report-uri /csp-report",
    ]
)
# Smaller answers gain nothing by being packed.
WORTH_PACKING = 1024


class MockGateway:
    """One server on a free port. Faults: `stream` (SSE offered or not), `outage` (a status for every API answer, or None),
    `retry_after` (seconds it asks for), `faults` (by "METHOD /path", as a pattern: status, code, detail), `slow` (seconds that each answer of the API takes)."""

    def __init__(self, port=0):
        self.stores = MockStores(self._publish, ADMIN_ID)
        self.people = MockPeople(lambda user_id: sum(1 for store in self.stores.listed() if store["owner"] == user_id))
        self.cluster = MockCluster(self.stores)
        self.api = MockAPI(self)
        self.medusa = False
        self.has_room = True
        self.stream = True
        self.outage = None
        self.retry_after = 2
        self.faults = {}
        self.slow = 0
        self.password = PASSWORD
        self.requests = []
        self.targets = []
        self.violations = []
        self.listeners = {}
        handler = type("Handler", (Handler,), {"gateway": self})
        self.server = Server(("127.0.0.1", port), handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def max_stores(self):
        return self.people.users[ADMIN_ID]["maxStores"]

    @max_stores.setter
    def max_stores(self, count):
        self.people.users[ADMIN_ID]["maxStores"] = count

    def close(self):
        self.kill_streams()
        self.server.shutdown()
        self.server.server_close()

    def kill_streams(self):
        """Ends every open event stream, as a gateway that is restarted does."""
        for listener in list(self.listeners):
            listener.put(None)

    def count(self, path):
        """How often a path has been asked for so far."""
        return sum(1 for asked in self.requests if asked == path)

    def _publish(self, kind, body):
        owner = self.stores.owner_of(kind, body)
        text = f"event: {kind}\nid: {time.time_ns()}\ndata: {json.dumps(body)}\n\n"
        for listener, user in list(self.listeners.items()):
            # Members see their own stores, admins all.
            if user["role"] == "admin" or user["id"] == owner:
                listener.put(text)


class Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A browser may hang up whenever it likes; all else is told."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    gateway = None
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self._route("GET")

    def do_POST(self):
        self._route("POST")

    def do_DELETE(self):
        self._route("DELETE")

    def do_PATCH(self):
        self._route("PATCH")

    def _route(self, method):
        path = urlsplit(self.path).path
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.gateway.requests.append(f"{method} {path}")
        self.gateway.targets.append(self.path)
        if path == "/csp-report":
            self.gateway.violations.append(body.decode())
            return self._send(204)
        if not path.startswith("/api/"):
            return self._file(path)
        try:
            self._answer(method, path, body)
        except Refused as refused:
            self._problem(refused)

    def _answer(self, method, path, body):
        time.sleep(self.gateway.slow)
        if self.gateway.outage:
            code = "RATE_LIMITED" if self.gateway.outage == 429 else "SERVICE_UNAVAILABLE"
            raise Refused(self.gateway.outage, code, "Too many requests with this key." if code == "RATE_LIMITED" else "The platform is not available at the moment.")
        for pattern, fault in self.gateway.faults.items():
            if re.fullmatch(pattern, f"{method} {path}"):
                raise Refused(*fault)
        if path == "/api/session":
            return self._session(method, body)
        key = self._key()
        if not key:
            raise Refused(401, "UNAUTHENTICATED", "No valid API key or session.")
        if path == "/api/events":
            return self._events(key)
        with self.gateway.stores.lock:
            answer = self.gateway.api.answer(method, self.path, body, key, self.headers)
            self._check(answer.status, answer.body, body)
        if isinstance(answer, Follow):
            return self._follow(answer)
        self._json(answer)

    def _check(self, status, answer, body=b""):
        """What is not as the contract has it counts against the test."""
        parts = urlsplit(self.path)
        self.gateway.violations += complaints(self.command, parts.path, parse_qs(parts.query), json.loads(body) if body else None, status, answer)

    def _key(self):
        """Of the session: its cookie names the key, as the real one seals it."""
        match = re.search(r"session=(\w+)", self.headers.get("Cookie", ""))
        key = self.gateway.people.keys.get(match[1]) if match else None
        return key if key and self.gateway.people.works(key) else None

    def _session(self, method, body):
        if method == "DELETE":
            return self._send(204, {"Set-Cookie": "session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"})
        key = self.gateway.people.key_of(json.loads(body).get("key"))
        if not key:
            raise Refused(401, "UNAUTHENTICATED", "The API key is not valid.")
        self._json(Answer(200, self.gateway.people.user(key["userId"])), {"Set-Cookie": f"session={key['id']}; Path=/; HttpOnly; SameSite=Strict"})

    def _events(self, key):
        if not self.gateway.stream:
            raise Refused(503, "SERVICE_UNAVAILABLE", "No live updates at the moment.")
        inbox = queue.Queue()
        self.gateway.listeners[inbox] = self.gateway.people.users[key["userId"]]
        self._begin_stream()
        try:
            self.wfile.write(b": hello\n\n")
            while (text := self._next(inbox)) is not None:
                self.wfile.write(text.encode())
        except OSError:
            pass  # The browser has closed the stream, as it may.
        finally:
            del self.gateway.listeners[inbox]

    @staticmethod
    def _next(inbox):
        try:
            return inbox.get(timeout=1)
        except queue.Empty:
            return ": still here\n\n"  # Only by writing does one learn that the other side has gone.

    def _follow(self, log):
        self._begin_stream()
        resumed = self.headers.get("Last-Event-ID")
        sent = int(resumed) if resumed else max(0, len(self.gateway.cluster.log(log.pod, log.container)) - log.tail)
        try:
            self.wfile.write(f"event: log\ndata: {json.dumps({'pod': log.pod, 'container': log.container})}\n\n".encode())
            while True:
                lines, ended = self.gateway.cluster.after(log.pod, log.container, sent)
                self.wfile.write("".join(f"event: line\nid: {sent + number}\ndata: {json.dumps(line)}\n\n" for number, line in enumerate(lines, 1)).encode() or b": still here\n\n")
                sent += len(lines)
                if ended:
                    self.wfile.write(b'event: end\ndata: {"reason":"ended"}\n\n')
                    return
                if self.gateway.outage:
                    return  # Breaks off, as a gateway that goes does.
        except OSError:
            pass  # The reader has gone.

    def _begin_stream(self):
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()

    def _file(self, path):
        file = (DASHBOARD / path.lstrip("/")).resolve()
        if file.is_dir():
            file /= "index.html"
        if DASHBOARD not in file.parents or not file.is_file():
            return self._problem(Refused(404, "NOT_FOUND", "There is no such file."))
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        headers = {"Cache-Control": "no-cache", "Content-Security-Policy": POLICY, "ETag": f'"{file.stat().st_mtime_ns:x}"'}
        if self.headers.get("If-None-Match") == headers["ETag"]:
            return self._send(304, headers)
        self._send(200, headers, file.read_bytes(), f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)

    def _json(self, answer, headers=()):
        if answer.status == 204:
            return self._send(204)
        with self.gateway.stores.lock:
            text, etag = json.dumps(answer.body), tag(answer.body)
        # As the gateway does: one thing is compared byte by byte, a list by what is in it.
        is_one = "items" not in answer.body
        headers = {"Cache-Control": "no-store", "ETag": etag if is_one else f"W/{etag}", "RateLimit-Limit": "100", "RateLimit-Remaining": "99", "RateLimit-Reset": "1", **answer.headers, **dict(headers)}
        self._send(answer.status, headers, text.encode(), "application/json")

    def _problem(self, refused):
        body = {"type": "about:blank", "title": refused.code, "status": refused.status, "detail": refused.detail, "code": refused.code, "requestId": "req-1"}
        if refused.errors:
            body["errors"] = refused.errors
        if urlsplit(self.path).path.startswith("/api/"):
            self._check(refused.status, body)
        headers = {"Retry-After": str(self.gateway.retry_after)} if refused.status in (429, 503) else {}
        self._send(refused.status, {"Cache-Control": "no-store", "X-Request-Id": "req-1", **headers}, json.dumps(body).encode(), "application/problem+json")

    def _send(self, status, headers=(), body=b"", kind=None):
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
            if len(body) > WORTH_PACKING and "gzip" in self.headers.get("Accept-Encoding", ""):
                body = gzip.compress(body, 6)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def play(gateway):
    """Gives every new store a life of its own, for looking at the dashboard by hand."""
    while True:
        time.sleep(1.2)
        for store in gateway.stores.listed():
            operation = gateway.stores.operations[store["id"]]
            if store["status"] == "PENDING":
                gateway.stores.begin(store["id"])
            elif store["status"] == "PROVISIONING" and store["name"].startswith("bad") and len(store["conditions"]) == 3:
                gateway.stores.fail(store["id"])
            elif store["status"] == "PROVISIONING":
                gateway.stores.step(store["id"])
            elif store["status"] == "DELETING" and not operation["steps"]:
                gateway.stores.uninstall(store["id"])
            elif store["status"] == "DELETING":
                gateway.stores.gone(store["id"])
            elif operation["kind"] == "rotate" and operation["status"] in ("pending", "running"):
                gateway.stores.step_rotation(store["id"])


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=8099)
    arguments.add_argument("--play", action="store_true", help="let stores live by themselves; those named bad… fail")
    options = arguments.parse_args()
    mock = MockGateway(options.port)
    print(f"{mock.url}  key: {KEY}", flush=True)
    play(mock) if options.play else threading.Event().wait()
