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
except ModuleNotFoundError as missing:
    sentence = f"{sys.executable} has no module {missing.name}: apt-get install python3-redis"
    print(json.dumps({"event": "failed", "message": sentence}), flush=True)
    sys.exit(0)

output_lock = threading.Lock()
deliveries = {}
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


def respond(bus, command):
    """Answers with the request's own body and headers, and says who answered."""
    name = command["name"]

    def answer(request):
        tell({"event": "request", "name": name, **described(request)})
        if command.get("silent"):
            return None
        headers = Headers(pair for pair in request.headers.pairs if not pair[0].startswith("Nrs-"))
        headers.set("Nrs-From", f"python/{bus.instance}")
        return Message(request.reply, request.body, headers)

    bus.respond(command["filter"], command["group"], answer)
    return {}


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


COMMANDS = {
    act.__name__: act
    for act in (
        publish, subscribe, respond, request, declare, append, consume, ack, ack_sync, ack_all, nak, term, progress,
        dead_letters, redrive, follow, acquire, renew, release,
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
