"""A gateway of a hundred lines: serves the dashboard and the API as the contract has it, and breaks on demand.

For developing the dashboard (`python3 mock_gateway.py --port 8099 --play`) and for faults that a real platform does
not have at hand. What works against this alone is not proven; Tests/Browser/run asks the real one as well.
"""

import argparse
import json
import mimetypes
import queue
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from mock_stores import PLANS, MockStores

DASHBOARD = Path(__file__).resolve().parents[2] / "Services" / "Gateway" / "Dashboard"
KEY = "sp_test_right_key"
POLICY = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; form-action 'self'; report-uri /csp-report"
FULL = "A large store needs 2.1 CPU and 3.8 GiB; the cluster has 0.9 CPU and 2.0 GiB left on its freest node."
NAME = re.compile(r"^[a-z](?:[-a-z0-9]*[a-z0-9])?$")


class MockGateway:
    """One server on a free port. Faults: `stream` (SSE offered or not), `outage` (a status for every API answer, or None)."""

    def __init__(self, port=0):
        self.stores = MockStores(self._publish)
        self.medusa = False
        self.has_room = True
        self.stream = True
        self.outage = None
        self.max_stores = 10
        self.sessions = set()
        self.requests = []
        self.violations = []
        self.listeners = []
        handler = type("Handler", (Handler,), {"gateway": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

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
        text = f"event: {kind}\nid: {time.time_ns()}\ndata: {json.dumps(body)}\n\n"
        for listener in list(self.listeners):
            listener.put(text)


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
        if path == "/csp-report":
            self.gateway.violations.append(body.decode())
            return self._send(204)
        if not path.startswith("/api/"):
            return self._file(path)
        if self.gateway.outage:
            return self._problem(self.gateway.outage, "SERVICE_UNAVAILABLE", "The platform is not available at the moment.")
        if path == "/api/session":
            return self._session(method, body)
        if "session=yes" not in self.headers.get("Cookie", ""):
            return self._problem(401, "UNAUTHENTICATED", "No valid API key or session.")
        if path == "/api/events":
            return self._events()
        return self._api(method, path, body)

    def _session(self, method, body):
        if method == "DELETE":
            return self._send(204, cookie="session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
        if json.loads(body).get("key") != KEY:
            return self._problem(401, "UNAUTHENTICATED", "The API key is not valid.")
        return self._send(204, cookie="session=yes; Path=/; HttpOnly; SameSite=Strict")

    def _api(self, method, path, body):
        stores = self.gateway.stores
        if path == "/api/me":
            me = {"id": "01JTESTUSER", "email": "admin@platform.test", "name": "Admin", "role": "admin"}
            return self._json(200, {**me, "maxStores": self.gateway.max_stores, "used": len(stores.stores)})
        if path == "/api/stores" and method == "GET":
            return self._json(200, {"items": stores.listed()})
        if path == "/api/stores" and method == "POST":
            return self._create(json.loads(body))
        if path == "/api/plans":
            return self._json(200, {"items": PLANS})
        if path == "/api/operations":
            return self._operations()
        match = re.fullmatch(r"/api/stores/([^/]+)(/events|/retry)?", path)
        # The timeline outlives its store.
        if match and match[2] == "/events" and match[1] in stores.events:
            return self._json(200, {"items": stores.events[match[1]], "nextCursor": None})
        if not match or match[1] not in stores.stores:
            return self._problem(404, "NOT_FOUND", "There is no such store.")
        store_id, action = match.groups()
        if action == "/retry":
            return self._json(202, {"store": stores.retry(store_id), "operation": stores.operations[store_id]})
        if method == "PATCH":
            return self._json(200, stores.change(store_id, json.loads(body)))
        if method == "DELETE" and stores.stores[store_id]["deletionProtection"]:
            return self._problem(409, "DELETION_PROTECTED", "This store is protected against deletion. Switch the protection off first.")
        if method == "DELETE":
            return self._json(202, {"store": stores.delete(store_id), "operation": stores.operations[store_id]})
        return self._json(200, stores.stores[store_id])

    def _operations(self):
        """Of one store, the latest; else all that are under way."""
        operations, wanted = self.gateway.stores.operations, parse_qs(urlsplit(self.path).query).get("storeId")
        if wanted:
            return self._json(200, {"items": [operations[wanted[0]]] if wanted[0] in operations else [], "nextCursor": None})
        self._json(200, {"items": [each for each in operations.values() if each["status"] in ("pending", "running")], "nextCursor": None})

    def _create(self, wanted):
        stores, name = self.gateway.stores, wanted.get("name", "")
        if not NAME.match(name) or not 3 <= len(name) <= 40:
            return self._problem(400, "INVALID_STORE_NAME", "The name is not valid.", [{"field": "name", "issue": "must hold only lower-case letters, digits and hyphens"}])
        if name == "admin":
            return self._problem(400, "INVALID_STORE_NAME", "The name is reserved.", [{"field": "name", "issue": "is reserved"}])
        if stores.named(name):
            return self._problem(409, "NAME_TAKEN", f"A store named {name} exists already.")
        if wanted.get("engine") == "medusa" and not self.gateway.medusa:
            return self._problem(422, "ENGINE_UNAVAILABLE", "Medusa is not available on this platform yet.")
        if len(stores.stores) >= self.gateway.max_stores:
            return self._problem(403, "STORE_LIMIT_REACHED", f"You may have {self.gateway.max_stores} stores.")
        if wanted.get("plan") == "large" and not self.gateway.has_room:
            return self._problem(422, "PLAN_DOES_NOT_FIT", FULL, [{"field": "plan", "issue": "does not fit"}])
        store = stores.create(name, wanted["engine"], wanted.get("displayName"), plan=wanted.get("plan", "small"), protected=wanted.get("deletionProtection", False))
        self._json(202, {"store": store, "operation": stores.operations[store["id"]]})

    def _events(self):
        if not self.gateway.stream:
            return self._problem(503, "SERVICE_UNAVAILABLE", "No live updates at the moment.")
        inbox = queue.Queue()
        self.gateway.listeners.append(inbox)
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        try:
            self.wfile.write(b": hello\n\n")
            while (text := self._next(inbox)) is not None:
                self.wfile.write(text.encode())
        except OSError:
            pass  # The browser has closed the stream, as it may.
        finally:
            self.gateway.listeners.remove(inbox)

    @staticmethod
    def _next(inbox):
        try:
            return inbox.get(timeout=1)
        except queue.Empty:
            return ": still here\n\n"  # Only by writing does one learn that the other side has gone.

    def _file(self, path):
        file = (DASHBOARD / (path.lstrip("/") or "index.html")).resolve()
        if DASHBOARD not in file.parents or not file.is_file():
            return self._problem(404, "NOT_FOUND", "There is no such file.")
        self._send(200, file.read_bytes(), mimetypes.guess_type(file.name)[0] or "application/octet-stream")

    def _json(self, status, body):
        with self.gateway.stores.lock:
            text = json.dumps(body)
        self._send(status, text.encode(), "application/json")

    def _problem(self, status, code, detail, errors=()):
        body = {"type": "about:blank", "title": code, "status": status, "detail": detail, "code": code, "requestId": "req-1", "errors": list(errors)}
        self._send(status, json.dumps(body).encode(), "application/problem+json")

    def _send(self, status, body=b"", kind="text/plain", cookie=None):
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-cache")
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(body)


def play(gateway):
    """Gives every new store a life of its own, for looking at the dashboard by hand."""
    while True:
        time.sleep(1.2)
        for store in gateway.stores.listed():
            if store["status"] == "PENDING":
                gateway.stores.begin(store["id"])
            elif store["status"] == "PROVISIONING" and store["name"].startswith("bad") and len(store["conditions"]) == 3:
                gateway.stores.fail(store["id"])
            elif store["status"] == "PROVISIONING":
                gateway.stores.step(store["id"])
            elif store["status"] == "DELETING" and not gateway.stores.operations[store["id"]]["steps"]:
                gateway.stores.uninstall(store["id"])
            elif store["status"] == "DELETING":
                gateway.stores.gone(store["id"])


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--port", type=int, default=8099)
    arguments.add_argument("--play", action="store_true", help="let stores live by themselves; those named bad… fail")
    options = arguments.parse_args()
    mock = MockGateway(options.port)
    print(f"{mock.url}  key: {KEY}", flush=True)
    play(mock) if options.play else threading.Event().wait()
