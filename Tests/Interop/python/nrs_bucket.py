"""Buckets of keys and values: section 17 of Shared/MessageBus/PROTOCOL.md."""

import json
import re

from nrs import BusError, text_of

KEY = re.compile(r"[A-Za-z0-9_/=-]+(\.[A-Za-z0-9_/=-]+)*")


class Bucket:
    def __init__(self, bus, name, history=1, largest=64 << 10, ttl_ms=None):
        """Declares the bucket."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,48}", name):
            raise BusError("invalidKey", "the name of a bucket has 1 to 48 of A-Z a-z 0-9 - _")
        self.bus, self.name, self.history, self.largest, self.ttl_ms = bus, name, history, largest, ttl_ms
        self.length = max(64, min(4096, (64 << 20) // max(1, largest)))
        self.prefix = f"$KV.{name}."
        value = {"history": history, "maximumValueSize": largest}
        if ttl_ms:
            value["timeToLiveMilliseconds"] = ttl_ms
        keys = [self.key("cfg"), bus.key("buckets"), self.key("log")]
        bus.run("nrs.kv.declare.1", keys, [text_of(value), name])

    def key(self, part):
        return self.bus.key(f"k:{self.name}:{part}")

    def change(self, key, operation, value=b"", condition="", ttl_ms=None):
        """The revision."""
        if len(key) > 200 or not KEY.fullmatch(key):
            raise BusError("invalidKey", "a key has 1 to 200 of A-Z a-z 0-9 - _ . / = and no empty token")
        if len(value) > self.largest:
            raise BusError("messageTooLarge", f"a value here has at most {self.largest} bytes")
        keys = [self.key(part) for part in ("h", "log", "hist", "exp")]
        ttl_ms = ttl_ms or self.ttl_ms or 0
        arguments = [key, operation, value, condition, self.history, self.length, ttl_ms, self.prefix]
        outcome, revision = self.bus.run("nrs.kv.write.1", keys, arguments)
        if outcome != b"ok":
            raise BusError({b"exists": "keyExists", b"revision": "wrongRevision"}[outcome], revision.decode())
        return revision.decode()

    def read(self, key, with_history=False):
        """(revision, operation, value) of what is kept, oldest first."""
        keys = [self.key(part) for part in ("h", "exp", "hist")]
        found = self.bus.run("nrs.kv.read.1", keys, [key, "1" if with_history else "0"])
        return [parsed(kept) for kept in found]

    def get(self, key):
        """(revision, value), or None."""
        for revision, operation, value in self.read(key):
            return (revision, value) if operation == "PUT" else None

    def watch(self, handler):
        """Calls `handler` with (key, revision, operation, value), then None for "these were all", then each change."""
        keys = [self.key(part) for part in ("h", "exp", "log")]
        last, *rest = self.bus.run("nrs.kv.snapshot.1", keys, ["0"])
        known = [(key.decode(), *parsed(kept)) for key, kept in zip(rest[::2], rest[1::2])]
        for entry in sorted(known, key=lambda entry: tuple(map(int, entry[1].split("-")))):
            if entry[2] == "PUT":
                handler(entry)
        handler(None)

        def take(message):
            operation = message.headers.get("KV-Operation") or "PUT"
            handler((message.subject.removeprefix(self.prefix), message.id, operation, message.body))

        self.bus.cursors.add(self.key("log"), last.decode(), take)


def parsed(kept):
    revision, operation, value = kept.split(b" ", 2)
    return revision.decode(), operation.decode(), value


def declaration(bus, name):
    """How a bucket was declared, or None."""
    value = bus.redis.hget(bus.key(f"k:{name}:cfg"), "v")
    return json.loads(value) if value else None
