"""The routes of the mock's API: what is asked, by whom, and what the contract answers."""

import json
import re
from urllib.parse import parse_qs, urlsplit

from mock_people import SCOPES, Refused
from mock_stores import PLANS, instant

FULL = "A large store needs 2.1 CPU and 3.8 GiB; the cluster has 0.9 CPU and 2.0 GiB left on its freest node."
NAME = re.compile(r"^[a-z](?:[-a-z0-9]*[a-z0-9])?$")
PASSWORD = "correct-horse-battery-staple"
ACCEPTED = 202


class Answer:
    """A status with a body, and what goes with it."""

    def __init__(self, status=200, body=None, **headers):
        self.status, self.body, self.headers = status, body, {name.replace("_", "-"): value for name, value in headers.items()}


class MockAPI:
    """One request at a time is answered by `answer(method, target, body, key)`; `key` is that of the session."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.stores, self.people, self.cluster = gateway.stores, gateway.people, gateway.cluster
        store, user = r"/api/stores/([^/]+)", r"/api/users/([^/]+)"
        self.routes = [
            ("GET", r"/api/me", "read", self.me),
            ("GET", r"/api/overview", "read", self.overview),
            ("GET", r"/api/plans", "read", lambda call: Answer(200, {"items": PLANS})),
            ("GET", r"/api/operations", "read", self.operations),
            ("GET", r"/api/stores", "read", self.list_stores),
            ("POST", r"/api/stores", "write", self.create),
            ("GET", store, "read", lambda call, store_id: Answer(200, self.store(call, store_id))),
            ("PATCH", store, "write", self.patch),
            ("DELETE", store, "write", self.delete),
            ("GET", store + "/events", "read", self.events),
            ("POST", store + "/retry", "write", self.retry),
            ("GET", store + "/pods", "read", lambda call, store_id: Answer(200, {"items": self.cluster.pods(self.store(call, store_id)), "nextCursor": None})),
            ("GET", store + "/logs", "read", self.logs),
            ("GET", store + "/usage", "read", self.usage),
            ("POST", store + "/credentials/reveal", "reveal", self.reveal),
            ("POST", store + "/credentials/rotate", "reveal", self.rotate),
            ("GET", r"/api/users", "read", self.list_users),
            ("POST", r"/api/users", "write", self.create_user),
            ("GET", user, "read", self.get_user),
            ("PATCH", user, "write", self.change_user),
            ("DELETE", user, "write", self.remove_user),
            ("GET", user + "/keys", "read", lambda call, user_id: self.page(call, [key for key in reversed(self.people.keys_of(self.theirs(call, user_id)))])),
            ("POST", user + "/keys", "write", self.create_key),
            ("POST", user + "/keys/([^/]+)/rotate", "write", self.rotate_key),
            ("DELETE", user + "/keys/([^/]+)", "write", self.revoke_key),
            ("GET", r"/api/audit", "read", self.audit),
        ]

    def answer(self, method, target, body, key, headers):
        parts = urlsplit(target)
        call = Call(key, self.people.users[key["userId"]], {name: values[0] for name, values in parse_qs(parts.query).items()}, json.loads(body or b"{}"), headers)
        allowed = []
        for route_method, pattern, scope, handle in self.routes:
            match = re.fullmatch(pattern, parts.path)
            if not match:
                continue
            if route_method != method:
                allowed.append(route_method)
                continue
            if scope not in key["scopes"] or (scope != "read" and call.user["role"] == "viewer" and "/keys" not in parts.path):
                raise Refused(403, "INSUFFICIENT_SCOPE", f"The key lacks the scope {scope}.")
            return handle(call, *match.groups())
        if allowed:
            raise Refused(405, "METHOD_NOT_ALLOWED", "This is not offered here.")
        raise Refused(404, "NOT_FOUND", "There is nothing here.")

    # People

    def me(self, call):
        key = {name: call.key[name] for name in ("id", "name", "prefix", "scopes", "expiresAt") if name in call.key}
        user = self.people.user(call.user["id"])
        return Answer(200, {**{name: user[name] for name in ("id", "email", "name", "role", "maxStores", "used", "createdAt", "updatedAt")}, "key": key})

    def admin(self, call):
        if call.user["role"] != "admin":
            raise Refused(403, "FORBIDDEN", "Only administrators may do this.")

    def theirs(self, call, user_id):
        user_id = call.user["id"] if user_id == "me" else user_id
        if user_id != call.user["id"]:
            self.admin(call)
        self.people.user(user_id)
        return user_id

    def list_users(self, call):
        self.admin(call)
        wanted, role = call.query.get("q", "").lower(), call.query.get("role")
        found = [self.people.user(user_id) for user_id in self.people.users]
        return self.page(call, [user for user in found if wanted in f"{user['name']} {user['email']}".lower() and role in (None, user["role"])])

    def create_user(self, call):
        self.admin(call)
        user, text = self.people.create(call.body)
        self.people.record(call.key, "user.create", target=user["email"], metadata={"userId": user["id"]})
        return Answer(201, {"user": user, "apiKey": text}, Location=f"/api/users/{user['id']}")

    def get_user(self, call, user_id):
        return Answer(200, self.people.user(self.theirs(call, user_id)))

    def change_user(self, call, user_id):
        self.admin(call)
        self.match(call, self.people.user(user_id))
        user = self.people.change(user_id, call.body)
        self.people.record(call.key, "user.update", target=user["email"], metadata={"userId": user_id})
        return Answer(200, user)

    def remove_user(self, call, user_id):
        self.admin(call)
        user = self.people.user(user_id)
        self.people.remove(user_id)
        self.people.record(call.key, "user.delete", target=user["email"], metadata={"userId": user_id})
        return Answer(204)

    def create_key(self, call, user_id):
        user_id = self.theirs(call, user_id)
        scopes = call.body.get("scopes", SCOPES)
        if not set(scopes) <= set(call.key["scopes"]):
            raise Refused(403, "INSUFFICIENT_SCOPE", "A key cannot give more than the one it is made with.")
        key, text = self.people.add_key(user_id, call.body.get("name"), scopes, call.body.get("expiresAt"))
        self.people.record(call.key, "key.create", target=key["prefix"], metadata={"keyId": key["id"]})
        return Answer(201, {"key": key, "apiKey": text})

    def key(self, call, user_id, key_id):
        user_id, key = self.theirs(call, user_id), self.people.keys.get(key_id)
        if not key or key["userId"] != user_id:
            raise Refused(404, "NOT_FOUND", "There is no such key.")
        return key

    def rotate_key(self, call, user_id, key_id):
        key, text = self.people.rotate(self.key(call, user_id, key_id), call.body.get("overlapSeconds", 3600))
        self.people.record(call.key, "key.rotate", target=key["prefix"], metadata={"keyId": key_id})
        return Answer(201, {"key": key, "apiKey": text})

    def revoke_key(self, call, user_id, key_id):
        key = self.key(call, user_id, key_id)
        self.people.revoke(key)
        self.people.record(call.key, "key.revoke", target=key["prefix"], metadata={"keyId": key_id})
        return Answer(204)

    def audit(self, call):
        mine, query = call.user["id"], call.query

        def seen(entry):
            store = self.stores.stores.get(entry.get("storeId"))
            return call.user["role"] == "admin" or entry["actor"].get("userId") == mine or (store and store["owner"] == mine)

        def wanted(entry):
            return (
                query.get("actor") in (None, entry["actor"].get("userId"))
                and query.get("action") in (None, entry["action"])
                and query.get("storeId") in (None, entry.get("storeId"))
                and query.get("q", "").lower() in json.dumps(entry).lower()
                and query.get("from", "") <= entry["at"]
                and entry["at"] < query.get("to", "9")
            )

        return self.page(call, sorted((entry for entry in self.people.audit if seen(entry) and wanted(entry)), key=lambda entry: entry["at"], reverse=True))

    # Stores

    def seen(self, call):
        return [store for store in self.stores.listed() if call.user["role"] == "admin" or store["owner"] == call.user["id"]]

    def store(self, call, store_id):
        found = next((store for store in self.seen(call) if store["id"] == store_id), None)
        if not found:
            raise Refused(404, "NOT_FOUND", "There is no such store.")
        return found

    def list_stores(self, call):
        known = {"status", "engine", "plan", "region", "owner", "degraded", "q", "sort", "limit", "cursor"}
        for name in set(call.query) - known:
            raise Refused(400, "INVALID_REQUEST", "The query is not valid.", [{"field": name, "issue": "is not known here"}])
        found = [store for store in self.seen(call) if self.wanted(store, call.query)]
        sort = call.query.get("sort", "-createdAt")
        return self.page(call, sorted(found, key=lambda store: (store[sort.lstrip("-")], store["id"]), reverse=sort.startswith("-")))

    @staticmethod
    def wanted(store, query):
        degraded = any(each["type"] == "Degraded" and each["status"] == "True" for each in store["conditions"])
        return (
            all(query.get(name) in (None, store[name]) for name in ("status", "engine", "plan", "region", "owner"))
            and query.get("degraded") in (None, "true" if degraded else "false")
            and query.get("q", "").lower() in f"{store['name']}\n{store['displayName']}".lower()
        )

    def overview(self, call):
        return Answer(200, self.cluster.overview(self.seen(call), call.user["role"] == "admin"))

    def operations(self, call):
        """Of one store, the latest; else all that are under way."""
        operations, wanted = self.stores.operations, call.query.get("storeId")
        seen = {store["id"] for store in self.seen(call)}
        found = [each for store_id, each in operations.items() if store_id in seen and (store_id == wanted if wanted else each["status"] in ("pending", "running"))]
        return Answer(200, {"items": found, "nextCursor": None})

    def events(self, call, store_id):
        # The timeline outlives its store.
        if store_id not in self.stores.events:
            raise Refused(404, "NOT_FOUND", "There is no such store.")
        return Answer(200, {"items": list(reversed(self.stores.events[store_id])), "nextCursor": None})

    def create(self, call):
        stores, wanted = self.stores, call.body
        name = wanted.get("name", "")
        if not NAME.match(name) or not 3 <= len(name) <= 40:
            raise Refused(400, "INVALID_STORE_NAME", "The name is not valid.", [{"field": "name", "issue": "must hold only lower-case letters, digits and hyphens"}])
        if name == "admin":
            raise Refused(400, "INVALID_STORE_NAME", "The name is reserved.", [{"field": "name", "issue": "is reserved"}])
        if stores.named(name):
            raise Refused(409, "NAME_TAKEN", f"A store named {name} exists already.")
        if wanted.get("engine") == "medusa" and not self.gateway.medusa:
            raise Refused(422, "ENGINE_UNAVAILABLE", "Medusa is not available on this platform yet.")
        user = self.people.user(call.user["id"])
        if user["used"] >= user["maxStores"]:
            raise Refused(403, "STORE_LIMIT_REACHED", f"You may have {user['maxStores']} stores.")
        if wanted.get("plan") == "large" and not self.gateway.has_room:
            raise Refused(422, "PLAN_DOES_NOT_FIT", FULL, [{"field": "plan", "issue": "does not fit"}])
        store = stores.create(name, wanted["engine"], wanted.get("displayName"), plan=wanted.get("plan", "small"), protected=wanted.get("deletionProtection", False), owner=user["id"])
        return self.accepted(call, store, "store.create")

    def retry(self, call, store_id):
        self.store(call, store_id)
        return self.accepted(call, self.stores.retry(store_id), "store.retry")

    def delete(self, call, store_id):
        if self.store(call, store_id)["deletionProtection"]:
            raise Refused(409, "DELETION_PROTECTED", "This store is protected against deletion. Switch the protection off first.")
        return self.accepted(call, self.stores.delete(store_id), "store.delete")

    def patch(self, call, store_id):
        self.match(call, self.store(call, store_id))
        self.people.record(call.key, "store.update", store_id, self.stores.stores[store_id]["name"], metadata=call.body)
        return Answer(200, self.stores.change(store_id, call.body))

    def accepted(self, call, store, action):
        self.people.record(call.key, action, store["id"], store["name"])
        return Answer(ACCEPTED, {"store": store, "operation": self.stores.operations[store["id"]]}, Location=f"/api/stores/{store['id']}")

    def reveal(self, call, store_id):
        store = self.store(call, store_id)
        if "adminUser" not in store:
            raise Refused(409, "CREDENTIALS_NOT_READY", "The store has no password yet.")
        self.people.record(call.key, "store.credentials.reveal", store_id, store["name"])
        return Answer(200, {"user": store["adminUser"], "password": self.gateway.password, "adminUrl": store["adminUrl"]}, Cache_Control="no-store")

    def rotate(self, call, store_id):
        store = self.store(call, store_id)
        if store["status"] != "READY":
            raise Refused(409, "INVALID_STATE_TRANSITION", "Only a store that is ready can be given new passwords.")
        if self.stores.operations[store_id]["status"] in ("pending", "running"):
            raise Refused(409, "OPERATION_IN_PROGRESS", "Something is being done with this store.")
        self.stores.rotate(store_id, call.body.get("database", False))
        return self.accepted(call, store, "store.credentials.rotate")

    def usage(self, call, store_id):
        return Answer(200, self.cluster.usage(self.store(call, store_id)))

    def logs(self, call, store_id):
        query, pods = call.query, self.cluster.pods(self.store(call, store_id))
        pod = next((pod for pod in pods if pod["name"] == query.get("pod", pod["name"])), None)
        if not pod:
            raise Refused(404, "NOT_FOUND", "There is no such pod.")
        container = query.get("container", pod["containers"][0]["name"])
        if query.get("follow") == "true":
            return Follow(pod["name"], container, int(query.get("tail", 200)))
        lines = [{"at": instant(-9000), "text": "The run before this one."}] if query.get("previous") == "true" else self.cluster.log(pod["name"], container)
        return Answer(200, {"pod": pod["name"], "container": container, "lines": lines[-int(query.get("tail", 200)) :], "omitted": 0})

    def page(self, call, items):
        first, limit = int(call.query.get("cursor", 0)), int(call.query.get("limit", 50))
        if not 1 <= limit <= 100:
            raise Refused(400, "INVALID_REQUEST", "The query is not valid.", [{"field": "limit", "issue": "must be a number from 1 to 100"}])
        return Answer(200, {"items": items[first : first + limit], "nextCursor": str(first + limit) if first + limit < len(items) else None})

    def match(self, call, thing):
        wanted = call.headers.get("If-Match")
        if wanted and wanted != tag(thing):
            raise Refused(412, "PRECONDITION_FAILED", "It has changed since you read it. Read it again.")


class Call:
    def __init__(self, key, user, query, body, headers):
        self.key, self.user, self.query, self.body, self.headers = key, user, query, body, headers


class Follow:
    """A log that goes on."""

    status, body = 200, None

    def __init__(self, pod, container, tail):
        self.pod, self.container, self.tail = pod, container, tail


def tag(thing):
    """The strong validator of a body."""
    return f'"{abs(hash(json.dumps(thing, sort_keys=True))):x}"'
