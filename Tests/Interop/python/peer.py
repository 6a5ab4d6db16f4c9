"""A process on the bus that does what it is told: one JSON object a line, on standard input and output.

A command has an `id` and a `do`; it is answered by an object with that `id`. What the bus brings is told by objects with
an `event`. Bodies are base64. Ends with its input, draining; commands run beside each other.

    /usr/bin/python3 peer.py '{"cell": "prod", "unix_socket_path": "/tmp/redis.sock"}'
"""

import base64
import itertools
import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

try:
    from nrs import Bus, BusError, Headers, Message
    from nrs_bucket import Bucket
    from nrs_service import Service
except ModuleNotFoundError as missing:
    sentence = f"{sys.executable} has no module {missing.name}: apt-get install python3-redis"
    print(json.dumps({"event": "failed", "message": sentence}), flush=True)
    sys.exit(0)

output_lock = threading.Lock()
deliveries, buckets = {}, {}
delivery_numbers = itertools.count(1)


def tell(value):
    with output_lock:
        sys.stdout.write(json.dumps(value) + "\n")
        sys.stdout.flush()


def described(message):
    return {
        "subject": message.subject,
        "reply": message.reply,
        "place": message.id,
        "headers": [list(pair) for pair in message.headers.pairs],
        "body": base64.b64encode(message.body).decode(),
    }


def message_of(command):
    return Message(
        command["subject"], base64.b64decode(command.get("body", "")), Headers(command.get("headers", []))
    )


def publish(bus, command):
    bus.publish(message_of(command))
    return {}


def subscribe(bus, command):
    name = command["name"]
    bus.subscribe(
        command["filter"],
        lambda message: tell({"event": "message", "name": name, **described(message)}),
        command.get("group"),
    )
    return {}


def echo(bus, request):
    """The request's own body and headers, and who answered."""
    headers = Headers(pair for pair in request.headers.pairs if not pair[0].startswith("Nrs-"))
    headers.set("Nrs-From", f"python/{bus.instance}")
    return Message(request.reply, request.body, headers)


def respond(bus, command):
    def answer(request):
        tell({"event": "request", "name": command["name"], **described(request)})
        return None if command.get("silent") else echo(bus, request)

    bus.respond(command["filter"], command.get("group"), answer)
    return {}


def serve(bus, command):
    Service(bus, command["name"], "1.0.0", command["filter"], command["group"], lambda request: echo(bus, request))
    return {}


def request_many(bus, command):
    answers = bus.request_many(message_of(command), command["timeout"], maximum=command.get("maximum"))
    return {"messages": [described(answer) for answer in answers]}


def request(bus, command):
    return described(bus.request(message_of(command), command["timeout"]))


def declare(bus, command):
    bus.declare(command["stream"], command["filter"], command["retention"], command.get("maximum"))
    return {}


def append(bus, command):
    messages = [message_of(one) for one in command.get("messages", [command])]
    place, is_duplicate = bus.append(messages, command["stream"])[-1]
    return {"place": place, "duplicate": is_duplicate}


def consume(bus, command):
    name = command["name"]

    def take(delivery):
        number = next(delivery_numbers)
        deliveries[number] = delivery
        tell({
            "event": "delivery", "name": name, "delivery": number, "count": delivery.count,
            **described(delivery.message),
        })
        if command.get("acknowledges"):
            delivery.ack()

    known = ("filters", "wait_ms", "backoff_ms", "maximum", "capacity", "limit")
    settings = {key: command[key] for key in known if key in command}
    bus.consume(command["stream"], command["durable"], handler=take, **settings)
    return {}


def ack(bus, command):
    deliveries[command["delivery"]].ack()
    return {}


def ack_sync(bus, command):
    return {"held": deliveries[command["delivery"]].ack_sync()}


def ack_all(bus, command):
    return {"count": deliveries[command["delivery"]].ack_all()}


def nak(bus, command):
    return {"held": deliveries[command["delivery"]].nak(command.get("delay_ms"))}


def term(bus, command):
    return {"held": deliveries[command["delivery"]].term(command["reason"])}


def progress(bus, command):
    return {"held": deliveries[command["delivery"]].in_progress()}


def dead_letters(bus, command):
    return {"messages": [described(message) for message in bus.dead_letters(command["stream"])]}


def redrive(bus, command):
    return {"place": bus.redrive(command["place"], command["stream"])}


def follow(bus, command):
    name = command["name"]
    bus.follow(
        command["stream"],
        command.get("place"),
        lambda message: tell({"event": "message", "name": name, **described(message)}),
    )
    return {}


def acquire(bus, command):
    token = bus.acquire(command["name"], command["wait_ms"])
    return {"held": token is not None, "token": token}


def renew(bus, command):
    return {"held": bus.renew(command["name"], command["token"], command["wait_ms"])}


def release(bus, command):
    return {"held": bus.release(command["name"], command["token"])}


def spend(bus, command):
    left = bus.spend(command["name"], command["maximum"], command["limit"], command["wait_ms"])
    return {"place": str(round(left))}


def schedule(bus, command):
    return {"held": bus.schedule(message_of(command), command["stream"], int(command["place"]), command["name"])}


def cancel(bus, command):
    return {"held": bus.cancel(command["name"])}


def bucket(bus, command):
    buckets[command["name"]] = Bucket(bus, command["name"], history=command.get("maximum", 1))
    return {}


def put(bus, command):
    value = base64.b64decode(command["body"])
    return {"place": buckets[command["name"]].change(command["subject"], "PUT", value, command.get("reason", ""))}


def delete(bus, command):
    return {"place": buckets[command["name"]].change(command["subject"], "DEL")}


def purge(bus, command):
    return {"place": buckets[command["name"]].change(command["subject"], "PURGE")}


def get(bus, command):
    revision, value = buckets[command["name"]].get(command["subject"]) or ("", b"")
    return {"place": revision, "body": base64.b64encode(value).decode()}


def history(bus, command):
    return {"count": len(buckets[command["name"]].read(command["subject"], with_history=True))}


def watch(bus, command):
    name = command["name"]

    def take(entry):
        if entry is None:
            return tell({"event": "watch", "name": name})
        key, revision, operation, value = entry
        value = base64.b64encode(value).decode()
        tell({"event": "watch", "name": name, "subject": key, "place": revision, "reason": operation, "body": value})

    buckets[name].watch(take)
    return {}


COMMANDS = {
    act.__name__: act
    for act in (
        publish, subscribe, respond, request, declare, append, consume, ack, ack_sync, ack_all, nak, term, progress,
        dead_letters, redrive, follow, acquire, renew, release, spend, serve, request_many, schedule, cancel, bucket, put,
        delete, purge, get, history, watch,
    )
}


def obey(bus, command):
    try:
        tell({"id": command["id"], **COMMANDS[command["do"]](bus, command)})
    except BusError as error:
        tell({"id": command["id"], "error": error.code, "message": str(error)})
    except Exception as error:  # told to the test, which fails with it
        tell({"id": command["id"], "error": type(error).__name__, "message": str(error)})


def main():
    try:
        bus = Bus(**json.loads(sys.argv[1]))
    except Exception as error:  # told to the test, which fails with it
        tell({"event": "failed", "message": f"{type(error).__name__}: {error}"})
        return
    tell({"event": "ready", "name": bus.instance})
    with ThreadPoolExecutor(32) as pool:
        for line in sys.stdin:
            pool.submit(obey, bus, json.loads(line))
    bus.close()


if __name__ == "__main__":
    main()
