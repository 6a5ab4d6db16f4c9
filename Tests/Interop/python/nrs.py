"""A client of the bus on redis-py, written from Shared/MessageBus/PROTOCOL.md alone.

Section numbers in the comments are that page's. Threads, not asyncio: one for the heartbeat, one for all cursors, one for
each queue group, two for each durable consumer.
"""

import contextlib
import hashlib
import itertools
import json
import pathlib
import queue
import random
import re
import string
import threading
import time
from dataclasses import dataclass, field

import redis

PAGE = pathlib.Path(__file__).resolve().parents[3] / "Shared" / "MessageBus" / "PROTOCOL.md"
BLOCK_MS = 5_000
READ_PATIENCE = 6.5
LARGEST_BODY = 1 << 20
LARGEST_BLOCK = 1 << 16
LARGEST_READ_BLOCK = 2 * LARGEST_BLOCK


class BusError(Exception):
    """What went wrong; `code` is what to decide by."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


# Section 23: the scripts, taken from the page by their versioned names


def read_scripts(page=PAGE):
    blocks = re.findall(r"^```lua\n(.*?)\n```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return {block.split("\n", 1)[0].removeprefix("-- "): block for block in blocks}


# Section 4: names and subjects

NAME = re.compile(r"[A-Za-z0-9._/-]{1,200}")
TOKEN = r"[\x21-\x29\x2B-\x2D\x2F-\x39\x3B-\x3D\x3F-\x7A\x7C\x7E]+"
SUBJECT = re.compile(rf"{TOKEN}(\.{TOKEN})*")
FILTER = re.compile(rf"(({TOKEN}|\*)\.)*({TOKEN}|\*|>)")


def check_name(name):
    if not NAME.fullmatch(name):
        raise BusError("invalidSubject", "a name has 1 to 200 of A-Z a-z 0-9 - _ . /")
    return name


def check_subject(text, grammar=SUBJECT):
    if len(text.encode()) > 256 or not grammar.fullmatch(text):
        raise BusError("invalidSubject", "malformed subject or filter")
    return text


def first_token(subject):
    return subject.split(".", 1)[0]


def matches(pattern, subject):
    wanted, given = pattern.split("."), subject.split(".")
    for place, token in enumerate(wanted):
        if token == ">":
            return len(given) > place
        if place >= len(given) or token not in ("*", given[place]):
            return False
    return len(wanted) == len(given)


# Sections 5 and 6: entries and headers


def text_of(value):
    """JSON whose members are in alphabetical order."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Headers:
    """An ordered multimap; names compare without case."""

    def __init__(self, pairs=(), status=None):
        self.pairs, self.status = [], status
        for name, value in pairs:
            self.add(name, value)

    def add(self, name, value):
        if not re.fullmatch(r"[\x21-\x39\x3B-\x7E]+", name) or "\r" in value or "\n" in value:
            raise BusError("invalidHeader", "a header's name is printable ASCII without a colon, its value one line")
        self.pairs.append((name, value))

    def get(self, name):
        return next((value for known, value in self.pairs if known.lower() == name.lower()), None)

    def set(self, name, value):
        self.pairs = [pair for pair in self.pairs if pair[0].lower() != name.lower()]
        self.add(name, value)

    def block(self):
        if not self.pairs and self.status is None:
            return b""
        first = "NATS/1.0" + (f" {self.status[0]} {self.status[1]}".rstrip() if self.status else "")
        lines = [first] + [f"{name}: {value}" for name, value in self.pairs]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    @staticmethod
    def parse(block):
        headers = Headers()
        if not block:
            return headers
        try:
            text = block.decode()
        except UnicodeDecodeError:
            raise BusError("invalidHeader", "a header is UTF-8") from None
        first, *lines, empty, end = text.split("\r\n") if text.count("\r\n") >= 2 else ("", "", "-")
        begin = re.fullmatch(r"NATS/1\.0(?: ([1-9][0-9]{2})(?: ([^\r\n]*))?)?", first)
        if not begin or empty or end or "" in lines or len(block) > LARGEST_READ_BLOCK:
            raise BusError("invalidHeader", "a header block begins with NATS/1.0 and ends in an empty line")
        if begin[1]:
            headers.status = (int(begin[1]), begin[2] or "")
        for line in lines:
            name, colon, value = line.partition(":")
            if not colon:
                raise BusError("invalidHeader", "a header has a colon")
            headers.add(name, value.removeprefix(" "))
        return headers


@dataclass
class Message:
    subject: str
    body: bytes = b""
    headers: Headers = field(default_factory=Headers)
    reply: str = ""
    id: str = ""

    def fields(self):
        block = self.headers.block()
        if len(self.body) > LARGEST_BODY or len(block) > LARGEST_BLOCK:
            raise BusError("messageTooLarge", "a body has at most 1 MiB, headers have at most 64 KiB")
        return ["s", check_subject(self.subject), "r", self.reply, "h", block, "d", self.body]

    @staticmethod
    def parse(entry_id, flat):
        """Raises for what is no message: a foreign entry."""
        parts = dict(zip(flat[::2], flat[1::2]))
        if not {b"s", b"h", b"d"} <= parts.keys():
            raise BusError("foreign", "an entry has the fields s, r, h and d")
        subject = check_subject(parts[b"s"].decode(errors="replace"))
        reply = parts.get(b"r", b"").decode(errors="replace")
        if reply:
            check_subject(reply)
        if len(parts[b"d"]) > LARGEST_BODY:
            raise BusError("messageTooLarge", "a body has at most 1 MiB")
        return Message(subject, parts[b"d"], Headers.parse(parts[b"h"]), reply, entry_id.decode())


def place(entry_id):
    milliseconds, _, number = entry_id.partition("-")
    return int(milliseconds), int(number)


class Reader:
    """A connection for blocked reads, and the way to end one early (section 7, End)."""

    def __init__(self, bus, role):
        self.bus = bus
        self.redis = bus.connect(role, timeout=READ_PATIENCE, single=True)
        self.client, self.is_reading = None, False

    def read(self, *command):
        if self.client is None:
            self.client = self.redis.client_id()
        self.is_reading = True
        try:
            # the answer's own shape: redis-py's parser would lose what is not in pairs
            connection = self.redis.connection
            connection.send_command(*command)
            return connection.read_response() or []
        except (redis.ConnectionError, redis.TimeoutError, OSError):
            self.client = None
            self.redis.connection.disconnect()
            raise
        finally:
            self.is_reading = False

    def unblock(self):
        while self.is_reading and self.client is not None:
            self.bus.redis.execute_command("CLIENT", "UNBLOCK", self.client)
            time.sleep(0.02)

    def unblock_if_connected(self):
        try:
            self.unblock()
        except (redis.RedisError, OSError):
            pass  # the read fails by itself then


class Bus:
    """One process on the bus."""

    def __init__(self, cell, service="python", heartbeat=1.0, presence=5.0, **connection):
        self.cell, self.service = check_name(cell), service
        self.beat_every, self.presence_ms = heartbeat, int(presence * 1000)
        self.connection = connection
        self.instance = "".join(random.SystemRandom().choices(string.ascii_lowercase + string.digits, k=11))
        self.scripts = read_scripts()
        self.redis = self.connect("cmd", timeout=5)
        self.lock = threading.RLock()
        self.entries = {}  # (key, member) -> how many want it
        self.offset_ms, self.sample = 0.0, (float("inf"), 0.0)
        self.is_closed = False
        self.numbers = itertools.count(1)
        self.waiting, self.known, self.groups, self.consumers, self.announced = {}, {}, {}, [], {}
        server = self.redis.info()
        if int(server["redis_version"].split(".")[0]) < 7 or server["role"] == "slave":
            raise BusError("refused", "Redis is older than 7, or a replica")
        if server["maxmemory_policy"] != "noeviction":
            raise BusError("refused", "Redis may evict keys; set maxmemory-policy noeviction")
        for source in self.scripts.values():
            self.redis.script_load(source)
        self.beat()
        self.cursors = Cursors(self)
        self.cursors.add(self.key(f"i:{self.instance}"), "0-0", self.take_answer)
        self.start(self.beat_forever)

    # Section 3 and 7: keys, connections, scripts

    def key(self, rest):
        return f"nrs:{{{self.cell}}}:{rest}"

    def connect(self, role, timeout, single=False):
        name = f"nrs/{self.service}/{self.instance}/{role}"
        return redis.Redis(
            **self.connection, client_name=name, socket_timeout=timeout, single_connection_client=single
        )

    def run(self, script, keys, arguments, on=None):
        target = on or self.redis
        try:
            return target.evalsha(self.digest(script), len(keys), *keys, *arguments)
        except redis.exceptions.NoScriptError:
            return target.eval(self.scripts[script], len(keys), *keys, *arguments)

    def repeat(self, call, attempts=100):
        """Section 18: for what may run twice, while Redis is away or loads."""
        for _ in range(attempts):
            try:
                return call()
            except (redis.ConnectionError, redis.TimeoutError, OSError):
                time.sleep(0.1)
        return call()

    def digest(self, script):
        return hashlib.sha1(self.scripts[script].encode()).hexdigest()

    def start(self, work):
        threading.Thread(target=work, daemon=True).start()

    # Section 7: a process' life

    def beat(self):
        with self.lock:
            entries = list(self.entries)
        cursor = self.cursors.place(self.key(f"i:{self.instance}")) if hasattr(self, "cursors") else "0-0"
        info = json.dumps({"service": self.service, "instance": self.instance, "protocol": 1})
        sent = time.time()
        answer = self.run(
            "nrs.heartbeat.2",
            self.fixed_keys() + [key for key, _ in entries],
            [self.instance, self.presence_ms, cursor, info] + [member for _, member in entries],
        )
        now = time.time()
        if now - sent <= self.sample[0] or now - self.sample[1] > 30:
            self.sample = (now - sent, now)
            self.offset_ms = answer[0] / 1000 - (sent + now) / 2 * 1000

    def beat_forever(self):
        while not self.is_closed:
            time.sleep(self.beat_every)
            try:
                if not self.is_closed:
                    self.beat()
            except redis.RedisError:
                continue  # the next one may be taken

    def fixed_keys(self):
        return [self.key("live"), self.key(f"i:{self.instance}"), self.key(f"pi:{self.instance}")]

    def server_time(self):
        return int(time.time() * 1000 + self.offset_ms)

    def say(self, key, member):
        with self.lock:
            self.entries[(key, member)] = self.entries.get((key, member), 0) + 1
        self.beat()

    def withdraw(self, entries, process=False):
        with self.lock:
            for entry in entries:
                self.entries.pop(entry, None)
        arguments = [self.instance, "1" if process else "0"] + [member for _, member in entries]
        self.run("nrs.leave.1", self.fixed_keys() + [key for key, _ in entries], arguments)

    def close(self):
        """Drains, in the page's order."""
        with self.lock:
            interests = [entry for entry in self.entries if entry[0] != self.key("live")]
        self.withdraw(interests)
        for group in list(self.groups.values()):
            group.close()
        for consumer in list(self.consumers):
            consumer.close()
        self.is_closed = True
        self.cursors.wake()
        self.redis.delete(self.key(f"w:{self.instance}"))
        with self.lock:
            rest = list(self.entries)
        self.withdraw(rest, process=True)

    # Section 8: core plane

    def publish(self, message):
        token = first_token(check_subject(message.subject))
        if token == "_INBOX":
            inbox = self.key(f"i:{message.subject.split('.')[1]}")
            command = ["XADD", inbox, "NOMKSTREAM", "MAXLEN", "~", 10_000, "*"]
        else:
            self.announce(token)
            command = ["XADD", self.key(f"c:{token}"), "MAXLEN", "~", 256 if token == "$SRV" else 16384, "*"]
        self.redis.execute_command(*command, *message.fields())

    def announce(self, token):
        """Lets who listens to all logs find this one."""
        if self.announced.get(token, 0) < time.monotonic():
            self.redis.zadd(self.key("tokens"), {token: self.server_time()})
            self.announced[token] = time.monotonic() + 10

    def last_id(self, key):
        try:
            return self.redis.xinfo_stream(key)["last-generated-id"].decode()
        except redis.ResponseError:
            return "0-0"

    def subscribe(self, pattern, handler, group=None):
        """Calls `handler` with each message, on the reading thread."""
        token = first_token(check_subject(pattern, FILTER))
        if token in ("*", ">"):
            raise BusError("invalidSubject", "the first token names the log to read")
        key = self.key(f"c:{token}")
        if group is None:
            def take(message):
                # the other subscribers of a group have seen the first copy
                if message.headers.get("Nrs-Hop") is None and matches(pattern, message.subject):
                    handler(message)

            self.announce(token)
            self.cursors.add(key, self.last_id(key), take)
            return self.say(self.key(f"p:{token}"), f"{self.instance}||{pattern}")
        self.announce(token)
        self.create_group(key, check_name(group), "$")
        with self.lock:
            member = self.groups.get(group) or self.groups.setdefault(group, QueueGroup(self, group))
        member.add(pattern, token, handler)
        self.say(self.key(f"p:{token}"), f"{self.instance}|{group}|{pattern}")
        return member

    def create_group(self, key, group, start):
        try:
            self.redis.execute_command("XGROUP", "CREATE", key, group, start, "MKSTREAM")
        except redis.ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    # Section 9: requests

    def take_answer(self, message):
        answers = self.waiting.get(message.subject.rsplit(".", 1)[-1])
        if answers is not None:
            answers.put(message)  # what comes after the request has ended lies there and goes with the queue

    def groups_listening(self, subject):
        """The groups of the live members whose filter passes; '' for those without one."""
        members = self.redis.zrangebyscore(self.key(f"p:{first_token(subject)}"), self.server_time(), "+inf")
        parts = [member.decode().split("|", 2) for member in members]
        return {
            part[1] for part in parts
            if len(part) == 3 and FILTER.fullmatch(part[2]) and matches(part[2], subject)
        }

    def is_anybody_there(self, subject):
        if self.known.get(subject, 0) > time.monotonic():
            return True
        if self.groups_listening(subject) - {""}:
            self.known[subject] = time.monotonic() + 1
            return True
        return False

    @contextlib.contextmanager
    def asked(self, message, timeout):
        """Sends a request; the queue its answers come into."""
        number, answers = str(next(self.numbers)), queue.Queue()
        self.waiting[number] = answers
        message.reply = f"_INBOX.{self.instance}.{number}"
        message.headers.set("Nrs-Deadline", str(self.server_time() + int(timeout * 1000)))
        try:
            self.publish(message)
            yield answers
        finally:
            self.waiting.pop(number, None)

    def request(self, message, timeout):
        if not self.is_anybody_there(check_subject(message.subject)):
            raise BusError("noResponders", f"nobody answers {message.subject}")
        try:
            with self.asked(message, timeout) as answers:
                answer = answers.get(timeout=timeout)
        except queue.Empty:
            raise BusError("timeout", "no answer in time") from None
        code = answer.headers.status[0] if answer.headers.status else 0
        if code in (503, 408):
            raise BusError("noResponders" if code == 503 else "timeout", answer.headers.status[1])
        return answer

    def request_many(self, message, timeout, stall=None, maximum=None):
        """All answers until the timeout, a pause of `stall` after the first, or their greatest number."""
        if not self.groups_listening(check_subject(message.subject)):
            raise BusError("noResponders", f"nobody answers {message.subject}")
        found, end = [], time.monotonic() + timeout
        with self.asked(message, timeout) as answers:
            while maximum is None or len(found) < maximum:
                pause = end - time.monotonic()
                try:
                    answer = answers.get(timeout=max(0, min(pause, stall) if stall and found else pause))
                except queue.Empty:
                    break
                if answer.headers.status and answer.headers.status[0] == 503:
                    if not found:
                        raise BusError("noResponders", answer.headers.status[1])
                else:
                    found.append(answer)
        return found

    def respond(self, pattern, group, handler):
        """Answers with what `handler` makes of a request."""

        def answer(request):
            deadline = request.headers.get("Nrs-Deadline")
            if not request.reply or (deadline and int(deadline) <= self.server_time()):
                return
            reply = handler(request)
            if reply is not None:
                reply.subject, reply.reply = request.reply, ""
                self.publish(reply)

        return self.subscribe(pattern, answer, group)

    # Section 10: streams

    def declare(self, stream, subjects, retention="workQueue", maximum=None, window_ms=120_000):
        value = {
            "name": check_name(stream),
            "subjects": check_subject(subjects, FILTER),
            "retention": retention,
            "duplicateWindowMilliseconds": window_ms,
        }
        if maximum is not None:
            value["maximumMessages"] = maximum
        self.run("nrs.stream.declare.1", [self.key(f"s:{stream}:cfg"), self.key("streams")], [stream, text_of(value)])

    def declaration(self, stream):
        value = self.redis.hget(self.key(f"s:{check_name(stream)}:cfg"), "v")
        if value is None:
            raise BusError("unknownStream", f"no stream {stream}")
        return json.loads(value)

    def append(self, messages, stream):
        """Returns for each message its place, and whether it was there already."""
        declaration = self.declaration(stream)
        for message in messages:
            if not matches(declaration["subjects"], message.subject):
                raise BusError("unknownStream", f"stream {stream} does not take {message.subject}")
        limit = declaration.get("maximumMessages", 1_000_000) if declaration["retention"] == "limits" else 0
        window = declaration["duplicateWindowMilliseconds"]
        arguments = [window, limit]
        for message in messages:
            message_id = message.headers.get("Nats-Msg-Id") or f"{self.instance}.{next(self.numbers)}"
            expected = message.headers.get("Nats-Expected-Last-Sequence") or ""
            arguments += [message_id if window else "", expected] + message.fields()[1::2]
        keys = [self.key(f"s:{stream}:{part}") for part in ("log", "dd", "dd:0", "dd:1")]
        answer = self.repeat(lambda: self.run("nrs.append.2", keys, arguments), 100 if window else 0)
        for text, outcome in zip(answer[::2], answer[1::2]):
            if outcome > 1:
                raise BusError("wrongLastSequence" if outcome == 2 else "server", text.decode())
        return [(place.decode(), outcome == 1) for place, outcome in zip(answer[::2], answer[1::2])]

    # Section 16; any Swift process of the cell moves what is due

    def schedule(self, message, stream, due, schedule_id):
        message.headers.set("Nats-Msg-Id", schedule_id)
        keys = [self.key(key) for key in ("sch", "sch:m", "sch:done")]
        return self.run("nrs.schedule.add.1", keys, [schedule_id, due, stream] + message.fields()[1::2]) == 1

    def cancel(self, schedule_id):
        return self.run("nrs.schedule.cancel.1", [self.key("sch"), self.key("sch:m")], [schedule_id]) == 1

    # Section 13

    def follow(self, stream, start, handler):
        """Every message after `start`, or from now on (None), in order."""
        self.declaration(stream)
        key = self.key(f"s:{stream}:log")
        self.cursors.add(key, self.last_id(key) if start is None else start, handler)

    # Section 14

    def acquire(self, name, milliseconds):
        """The token, or None while another has it."""
        token = f"{self.instance}/{random.SystemRandom().getrandbits(64):x}"
        keys = [self.key(f"l:{check_name(name)}")]
        held = self.run("nrs.lease.acquire.1", keys, [self.instance, token, milliseconds])
        return held.decode() if held else None

    def renew(self, name, token, milliseconds):
        return self.run("nrs.lease.renew.1", [self.key(f"l:{name}")], [token, milliseconds]) == 1

    def release(self, name, token):
        return self.run("nrs.lease.release.1", [self.key(f"l:{name}")], [token]) == 1

    def spend(self, name, count, limit, period):
        """Spends of a rate of `limit` in `period` ms; how much is left, below zero when it is owed."""
        interval = period * 1000 / limit
        arguments = [round(count * interval), 11 * period * 1000]
        debt = self.run("nrs.rate.spend.1", [self.key(f"r:{check_name(name)}")], arguments)
        return limit - debt / interval

    # Section 12

    def dead_letters(self, stream, count=1000):
        found = self.redis.execute_command("XRANGE", self.key(f"s:{stream}:dlq"), "-", "+", "COUNT", count)
        return [
            Message.parse(entry_id, [part for pair in fields.items() for part in pair]) for entry_id, fields in found
        ]

    def redrive(self, dead_letter, stream):
        """Puts a dead letter back; returns its new place."""
        keys = [self.key(f"s:{stream}:log"), self.key(f"s:{stream}:dlq")]
        answer = self.run("nrs.redrive.2", keys, [dead_letter])
        if answer in (0, 1):
            raise BusError("refused" if answer else "messageNotFound", "no dead letter to put back")
        return answer.decode()

    def consume(self, stream, durable, **settings):
        consumer = Consumer(self, stream, check_name(durable), **settings)
        self.consumers.append(consumer)
        return consumer


class Cursors:
    """Section 8: everything read by cursor, with one blocked XREAD, and the wake stream."""

    def __init__(self, bus):
        self.bus = bus
        self.reader = Reader(bus, "rx")
        self.feeds = []  # [key, cursor, take]
        self.wake_key = bus.key(f"w:{bus.instance}")
        self.feeds.append([self.wake_key, "0-0", lambda _: None])
        bus.start(self.read_forever)

    def add(self, key, cursor, take):
        self.feeds.append([key, cursor, take])
        self.wake()

    def place(self, key):
        return next((cursor for known, cursor, _ in self.feeds if known == key), "0-0")

    def wake(self):
        self.bus.redis.execute_command("XADD", self.wake_key, "MAXLEN", 16, "*", "k", 1)
        self.bus.redis.pexpire(self.wake_key, 30_000)

    def read_forever(self):
        while not self.bus.is_closed:
            # a feed that comes meanwhile waits for a read that begins at its own place
            feeds, starts = list(self.feeds), {}
            for key, cursor, _ in feeds:
                starts[key] = min(starts.get(key, cursor), cursor, key=place)
            command = ["XREAD", "COUNT", 256, "BLOCK", BLOCK_MS, "STREAMS", *starts.keys(), *starts.values()]
            try:
                streams = self.reader.read(*command)
            except (redis.RedisError, OSError):
                time.sleep(0.1)
                continue
            for key, entries in streams:
                for entry_id, fields in entries:
                    self.take(feeds, key.decode(), entry_id, fields)

    def take(self, feeds, key, entry_id, fields):
        message = None
        if key != self.wake_key:
            try:
                message = Message.parse(entry_id, fields)
            except BusError:
                pass  # foreign: skipped
        for feed in feeds:
            if feed[0] == key and place(feed[1]) < place(entry_id.decode()):
                feed[1] = entry_id.decode()
                if message is not None:
                    feed[2](message)


class QueueGroup:
    """Section 8: one queue group's member in this process."""

    def __init__(self, bus, group):
        self.bus, self.group = bus, group
        self.reader = Reader(bus, f"rq-{group}")
        self.subscriptions = []  # (pattern, token, handler)
        self.last_seen = {}
        self.turn = itertools.count()
        self.is_stopping = False
        self.thread = threading.Thread(target=self.read_forever, daemon=True)

    def add(self, pattern, token, handler):
        self.subscriptions.append((pattern, token, handler))
        if self.thread.is_alive():
            self.reader.unblock()
        else:
            self.thread.start()

    def close(self):
        self.is_stopping = True
        self.reader.unblock()
        self.thread.join(timeout=5)

    def read_forever(self):
        while not self.is_stopping:
            keys = {self.bus.key(f"c:{token}") for _, token, _ in self.subscriptions}
            command = ["XREADGROUP", "GROUP", self.group, self.bus.instance, "COUNT", 64, "BLOCK", BLOCK_MS, "NOACK"]
            try:
                streams = self.reader.read(*command, "STREAMS", *keys, *[">" for _ in keys])
            except redis.ResponseError as error:
                if str(error).startswith(("NOGROUP", "UNBLOCKED")):
                    for key in keys:
                        self.bus.create_group(key, self.group, self.last_seen.get(key, "0"))
                time.sleep(0.05)
                continue
            except (redis.RedisError, OSError):
                time.sleep(0.1)
                continue
            for key, entries in streams:
                for entry_id, fields in entries:
                    self.last_seen[key.decode()] = entry_id.decode()
                    try:
                        self.take(Message.parse(entry_id, fields))
                    except BusError:
                        continue  # foreign: skipped

    def take(self, message):
        hop, deadline = message.headers.get("Nrs-Hop"), message.headers.get("Nrs-Deadline")
        count, _, group = (hop or "0 " + self.group).partition(" ")
        if group != self.group or (deadline and int(deadline) <= self.bus.server_time()):
            return
        fitting = [handler for pattern, _, handler in self.subscriptions if matches(pattern, message.subject)]
        if fitting:
            fitting[next(self.turn) % len(fitting)](message)
            return
        listening = self.bus.groups_listening(message.subject) - {""}
        if self.group in listening and int(count) < 100:
            message.headers.set("Nrs-Hop", f"{int(count) + 1} {self.group}")
            threading.Timer(min(0.1, 0.01 * (int(count) + 1)), self.bus.publish, [message]).start()
        elif message.reply and (self.group in listening or not listening):
            self.bus.publish(Message(message.reply, headers=Headers(status=(503, "No Responders"))))


@dataclass
class Delivery:
    consumer: "Consumer"
    message: Message
    count: int

    @property
    def id(self):
        return self.message.id

    def ack(self):
        """Nobody waits for it to be told of more than failures."""
        self.consumer.ack(self)

    def ack_sync(self):
        """Whether it was pending."""
        return self.consumer.ack_sync(self)

    def ack_all(self):
        """This one and all before it; how many they were."""
        return self.consumer.ack_all(self)

    def nak(self, delay_ms=None):
        return self.consumer.nak(self, delay_ms)

    def term(self, reason):
        return self.consumer.term(self.id, self.count, reason)

    def in_progress(self):
        return self.consumer.in_progress(self)


class Consumer:
    """Section 11: one member of a durable consumer."""

    def __init__(self, bus, stream, durable, handler, filters=(), start="0-0", wait_ms=30_000, backoff_ms=(),
                 maximum=0, capacity=64, limit=None):
        self.bus, self.stream, self.durable, self.handler = bus, stream, durable, handler
        self.filters, self.start = [check_subject(pattern, FILTER) for pattern in filters], start
        self.wait_ms, self.backoff_ms, self.maximum, self.capacity = wait_ms, list(backoff_ms), maximum, capacity
        self.limit = limit
        self.work_queue = "1" if bus.declaration(stream)["retention"] == "workQueue" else "0"
        same = [other for other in bus.consumers if (other.stream, other.durable) == (stream, durable)]
        self.name = f"{bus.instance}.{len(bus.consumers)}" if same else bus.instance
        part = f"s:{stream}:"
        self.log, self.due = bus.key(part + "log"), bus.key(part + f"due:{durable}")
        self.dlq = bus.key(part + "dlq")
        self.held, self.lock = {}, threading.RLock()
        self.must_resume, self.is_stopping = False, False
        self.changed = threading.Event()
        self.last_seen = self.create(start)[1].decode()
        bus.say(bus.key("live"), self.name)
        self.reader = Reader(bus, f"rd-{durable}")
        self.threads = [threading.Thread(target=work, daemon=True) for work in (self.read_forever, self.look_forever)]
        for thread in self.threads:
            thread.start()

    def create(self, start):
        configuration = {
            "stream": self.stream, "name": self.durable, "filters": self.filters, "deliverPolicy": "after",
            "deliverAfter": self.start, "acknowledgeWaitMilliseconds": self.wait_ms,
            "backoffMilliseconds": self.backoff_ms, "maximumDeliveries": self.maximum, "maximumInFlight": self.capacity,
        }
        keys = [self.log, self.bus.key(f"s:{self.stream}:d:{self.durable}"), self.due]
        return self.bus.run("nrs.consumer.create.1", keys, [self.durable, text_of(configuration), start])

    def room(self):
        return self.capacity - len(self.held)

    # Reading

    def read_forever(self):
        while not self.is_stopping:
            if self.room() <= 0:
                self.changed.wait(0.05)
                self.changed.clear()
                continue
            try:
                if self.must_resume:
                    self.resume()
                for _, entries in self.read() if self.limit is None else self.fetch():
                    for entry_id, fields in entries:
                        self.last_seen = entry_id.decode()
                        self.take(entry_id, fields, 1)
            except redis.ResponseError as error:
                self.recover(error)
            except (redis.RedisError, OSError):
                self.must_resume = True
                time.sleep(0.1)

    def read(self):
        command = ["XREADGROUP", "GROUP", self.durable, self.name, "COUNT", min(256, self.room())]
        return self.reader.read(*command, "BLOCK", BLOCK_MS, "STREAMS", self.log, ">")

    def fetch(self):
        arguments = [self.durable, self.name, min(256, self.room()), self.limit]
        is_full, last, streams = self.bus.run("nrs.fetch.1", [self.log, self.due], arguments)
        if is_full:
            time.sleep(0.25)
        elif last:
            self.reader.read("XREAD", "COUNT", 1, "BLOCK", BLOCK_MS, "STREAMS", self.log, last)
        return streams or []

    def recover(self, error):
        if str(error).startswith(("NOGROUP", "UNBLOCKED")):
            self.create("0-0" if self.work_queue == "1" else self.last_seen)
        time.sleep(0.05)

    def resume(self):
        after = "-"
        while after:
            found, last = self.bus.run("nrs.resume.1", [self.log], [self.durable, self.name, after, 100])
            for entry_id, count, fields in found:
                if entry_id.decode() not in self.held:
                    self.take(entry_id, fields, count)
            after = f"({last.decode()}" if last else ""
        self.must_resume = False

    def look_forever(self):
        while not self.is_stopping:
            time.sleep(0.25 * random.uniform(0.8, 1.2))
            try:
                while not self.is_stopping and self.room() > 0 and not self.must_resume and self.look():
                    pass
            except redis.ResponseError as error:
                self.recover(error)
            except (redis.RedisError, OSError):
                # what it took over may never have arrived: to be looked for before the next read
                self.must_resume = True
                self.reader.unblock_if_connected()

    def look(self):
        found, dead = self.bus.run(
            "nrs.reclaim.4",
            [self.log, self.due, self.dlq, self.bus.key("live"), self.bus.key("pi:" + self.bus.instance)],
            [self.durable, self.name, min(256, self.room()), self.maximum, self.work_queue, self.stream]
            + [self.bus.presence_ms]
            + [max(self.wait_ms, delay) for delay in self.backoff_ms or [0]],
        )
        for entry_id, count, fields in found:
            self.take(entry_id, fields, count)
        return bool(found) or dead > 0

    def take(self, entry_id, fields, count):
        if fields is None:
            return  # trimmed; the next look makes a dead letter of it
        try:
            message = Message.parse(entry_id, fields)
        except BusError as error:
            self.term(entry_id.decode(), count, f"malformed: {error}", foreign=True)
            return
        if self.filters and not any(matches(pattern, message.subject) for pattern in self.filters):
            self.bus.redis.execute_command("XACK", self.log, self.durable, message.id)
            return
        with self.lock:
            self.held[message.id] = count
        self.handler(Delivery(self, message, count))

    # Settling

    def drop(self, entry_id, count):
        with self.lock:
            if self.held.get(entry_id) == count:
                del self.held[entry_id]
        self.changed.set()

    def ack(self, delivery):
        if delivery.count > 1 or self.held.get(delivery.id) != 1:
            self.ack_sync(delivery)
        elif self.work_queue == "1":
            arguments = [self.durable, "1", delivery.id]
            self.bus.repeat(lambda: self.bus.run("nrs.acknowledgeAndDelete.1", [self.log, self.due], arguments))
        else:
            self.bus.repeat(lambda: self.bus.redis.execute_command("XACK", self.log, self.durable, delivery.id))
        self.drop(delivery.id, delivery.count)

    def ack_all(self, delivery):
        total, arguments = 0, [self.durable, delivery.id, 500, self.work_queue]
        while True:
            count = self.bus.run("nrs.acknowledgeAll.1", [self.log, self.due], arguments)
            total += count
            if count < 500:
                break
        with self.lock:
            self.held = {entry: held for entry, held in self.held.items() if place(entry) > place(delivery.id)}
        self.changed.set()
        return total

    def ack_sync(self, delivery):
        arguments = [self.durable, self.work_queue, delivery.id]
        flags = self.bus.repeat(lambda: self.bus.run("nrs.acknowledge.1", [self.log, self.due], arguments))
        self.drop(delivery.id, delivery.count)
        return flags == b"1"

    def nak(self, delivery, delay_ms=None):
        if delay_ms is None:
            last = len(self.backoff_ms) - 1
            delay_ms = self.backoff_ms[min(delivery.count - 1, last)] if self.backoff_ms else 0
        arguments = [self.durable, self.name, delivery.id, int(delay_ms), delivery.count]
        answer = self.bus.run("nrs.nak.1", [self.log, self.due], arguments)
        self.drop(delivery.id, delivery.count)
        return answer == 1

    def term(self, entry_id, count, reason, foreign=False):
        arguments = [self.durable, self.name, entry_id, count, self.work_queue, self.stream, reason, int(foreign)]
        answer = self.bus.run("nrs.terminate.3", [self.log, self.due, self.dlq], arguments)
        self.drop(entry_id, count)
        return answer == 1

    def in_progress(self, delivery):
        arguments = [self.durable, self.name, delivery.id, delivery.count]
        is_held = self.bus.run("nrs.progress.1", [self.log], arguments) == [1]
        if not is_held:
            self.drop(delivery.id, delivery.count)
        return is_held

    def close(self):
        """Gives back what is held; the handler is expected to have settled what it began."""
        self.is_stopping = True
        self.reader.unblock()
        for thread in self.threads:
            thread.join(timeout=5)
        with self.lock:
            ids = list(self.held)
            self.held.clear()
        if ids:
            self.bus.run("nrs.release.1", [self.log, self.due], [self.durable, self.name, *ids])
        self.bus.run("nrs.deleteConsumer.1", [self.log], [self.durable, self.name])
        if self.name != self.bus.instance:
            self.bus.withdraw([(self.bus.key("live"), self.name)])
