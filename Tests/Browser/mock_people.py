"""The users of the mock, their keys, and the audit of what was done: as the contract has it, without a database."""

import itertools
import secrets
import string
import threading

from mock_stores import instant

ADMIN_ID = "01JTESTUSER"
ADMIN_KEY = "sp_test_right_key"
SCOPES = ["read", "write", "reveal"]
ALPHABET = string.ascii_letters + string.digits


class Refused(Exception):
    """A problem: what the API answers instead."""

    def __init__(self, status, code, detail, errors=()):
        super().__init__(detail)
        self.status, self.code, self.detail, self.errors = status, code, detail, list(errors)


class MockPeople:
    """Users, keys and audit. `used(user_id)` says how many stores someone has."""

    def __init__(self, used):
        self.lock = threading.RLock()
        self.users = {}
        self.keys = {}
        self.texts = {}
        self.audit = []
        self._used = used
        self._ids = itertools.count(1)
        self.add("admin@platform.test", "Admin", "admin", key=ADMIN_KEY, user_id=ADMIN_ID)

    def add(self, email, name, role="member", max_stores=10, key=None, user_id=None, ago=86400 * 30):
        """A user with a first key; returns both, and the key's text."""
        with self.lock:
            user_id = user_id or self._id("USER")
            self.users[user_id] = {"id": user_id, "email": email, "name": name, "role": role, "maxStores": max_stores, "createdAt": instant(-ago), "updatedAt": instant(-ago)}
            found, text = self.add_key(user_id, "First key", text=key, ago=ago)
            return self.user(user_id), found, text

    def add_key(self, user_id, name=None, scopes=None, expires=None, text=None, ago=0.0, used=None):
        with self.lock:
            prefix = "sp_" + "".join(secrets.choice(ALPHABET) for _ in range(8))
            text = text or f"{prefix}_{secrets.token_urlsafe(32)}"
            key = {"id": self._id("KEY"), "userId": user_id, "name": name or "", "prefix": text[:11], "scopes": scopes or list(SCOPES), "createdAt": instant(-ago)}
            if expires:
                key["expiresAt"] = expires
            if used is not None:
                key["lastUsedAt"] = instant(-used)
            self.keys[key["id"]] = key
            self.texts[text] = key["id"]
            return key, text

    def user(self, user_id):
        with self.lock:
            if user_id not in self.users:
                raise Refused(404, "NOT_FOUND", "There is no such user.")
            return {**self.users[user_id], "used": self._used(user_id)}

    def named(self, name):
        return next(user for user in self.users.values() if user["name"] == name)

    def key_of(self, text):
        """The key that a text is, if it still works."""
        key = self.keys.get(self.texts.get(text))
        return key if key and self.works(key) else None

    @staticmethod
    def works(key):
        return "revokedAt" not in key and not ("expiresAt" in key and key["expiresAt"] < instant())

    def create(self, body):
        with self.lock:
            self._check_email(body.get("email", ""))
            user, _, text = self.add(body["email"], body["name"], body.get("role", "member"), body.get("maxStores", 10), ago=0)
            return user, text

    def change(self, user_id, patch):
        with self.lock:
            before = self.user(user_id)
            if patch.get("email", before["email"]) != before["email"]:
                self._check_email(patch["email"])
            if before["role"] == "admin" and patch.get("role", "admin") != "admin" and self._admins() == 1:
                raise Refused(409, "LAST_ADMIN", "This is the last administrator.")
            self.users[user_id].update(patch, updatedAt=instant())
            return self.user(user_id)

    def remove(self, user_id):
        with self.lock:
            user = self.user(user_id)
            if user["used"]:
                raise Refused(409, "USER_HAS_STORES", f"This user has {user['used']} stores. Delete them first.")
            if user["role"] == "admin" and self._admins() == 1:
                raise Refused(409, "LAST_ADMIN", "This is the last administrator.")
            del self.users[user_id]
            self.keys = {key_id: key for key_id, key in self.keys.items() if key["userId"] != user_id}

    def keys_of(self, user_id):
        return [key for key in self.keys.values() if key["userId"] == user_id]

    def rotate(self, key, overlap):
        with self.lock:
            new, text = self.add_key(key["userId"], key["name"], key["scopes"])
            key["expiresAt"] = instant(overlap)
            return new, text

    def revoke(self, key):
        key["revokedAt"] = instant()

    def record(self, key, action, store_id=None, target=None, metadata=None, ago=0.0, address="127.0.0.1"):
        with self.lock:
            actor = self.users.get(key["userId"], {}) if key else {}
            who = {"userId": actor["id"], "name": actor["name"], "keyPrefix": key["prefix"]} if actor else {"name": ""}
            entry = {"id": len(self.audit) + 1, "at": instant(-ago), "actor": who, "action": action}
            for name, value in (("storeId", store_id), ("target", target)):
                if value:
                    entry[name] = value
            self.audit.append({**entry, "address": address, "requestId": f"req-{len(self.audit) + 1}", "metadata": metadata or {}})

    def _check_email(self, email):
        if "@" not in email:
            raise Refused(400, "INVALID_REQUEST", "The body is not valid.", [{"field": "email", "issue": "must be an email address"}])
        if any(user["email"].lower() == email.lower() for user in self.users.values()):
            raise Refused(409, "EMAIL_TAKEN", "There is a user with this email address.", [{"field": "email", "issue": "is taken"}])

    def _admins(self):
        return sum(1 for user in self.users.values() if user["role"] == "admin")

    def _id(self, kind):
        return f"01J{kind}{next(self._ids):0{23 - len(kind)}d}"
