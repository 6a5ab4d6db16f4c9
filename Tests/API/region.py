"""A region without a cluster: takes the work of provisioners and guards off the bus and tells the facts they would tell.

So the API has stores in every status, with pods, logs, usage and passwords, and a store made by a test costs nothing.
A store whose name begins with `broken` fails; every other one is READY in a moment, and gone in a moment when deleted.
The bus is spoken by the Python client of Tests/Interop.

    REDIS_PORT=… REDIS_PASSWORD=… BUS_CELL=… ENCRYPTION_KEYS=… python region.py
"""

import base64
import datetime
import itertools
import json
import os
import secrets
import signal
import sys
import time

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from nrs import Bus, BusError, Headers, Message

REGION = "local"
STEPS = [
    "provisioningStarted", "namespaceSecured", "secretsReady", "releaseInstalled", "storeConfigured", "workloadsReady",
    "storefrontReachable",
]
FAILURE = {
    "code": "IMAGE_PULL_FAILED", "step": "AwaitWorkloads", "message": "ErrImagePull", "hint": "Check the image.",
    "retryable": True, "evidence": [{"kind": "Pod", "name": "wordpress-0", "reason": "ErrImagePull", "message": "no"}],
}
LINES = [{"at": f"2026-11-23T10:00:0{second}.000000001Z", "text": f"GET /shop/ {second}"} for second in range(5)]


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def headers():
    return Headers([("Content-Type", "application/json"), ("Schema-Version", "1")])


def message(subject, body, message_id=None):
    own = headers()
    if message_id:
        own.set("Nats-Msg-Id", message_id)
    return Message(subject, json.dumps(body).encode(), own)


def seal(text, store):
    """As Shared/PlatformCrypto/SealingKeys does: bound to its store."""
    key_id, _, key = os.environ["ENCRYPTION_KEYS"].split(",")[0].partition(":")
    nonce = secrets.token_bytes(12)
    box = AESGCM(base64.b64decode(key)).encrypt(nonce, text.encode(), store.encode())
    return f"v1.{key_id}." + base64.urlsafe_b64encode(nonce + box).decode().rstrip("=")


class Worker:
    """Does what the commands say by saying that it is done."""

    def __init__(self, bus):
        self.bus = bus
        self.numbers = itertools.count(1)

    def take(self, delivery):
        command = json.loads(delivery.message.body)
        work = getattr(self, command["kind"], None)
        if work is not None:
            work(command)
        delivery.ack()

    def tell(self, command, kind, **more):
        fact = {
            "kind": kind, "storeID": command["storeID"], "generation": command["generation"], "occurredAt": now(),
            "message": f"Played: {kind}.", "duration": 0.1, "metadata": {}, **more,
        }
        subject = f"stores.{command['storeID']}.{kind}"
        self.bus.append([message(subject, fact, f"played.{self.bus.instance}.{next(self.numbers)}")], "STORES")

    def create(self, command):
        for step in STEPS:
            self.tell(command, step)
        if command["name"].startswith("broken"):
            self.tell(command, "provisioningFailed", failure=FAILURE)
        else:
            legs = [{"name": "cart", "duration": 0.05}, {"name": "checkout", "duration": 0.1}]
            self.tell(command, "provisioned", legs=legs, adminAccess=self.access(command))

    def delete(self, command):
        for step in ["deletionStarted", "releaseUninstalled", "namespaceReleased"]:
            self.tell(command, step)

    def rotate(self, command):
        self.tell(command, "rotationProgressed", rotationStep="PrepareCredentials")
        self.tell(command, "credentialsRotated", rotationStep="CommitCredentials", adminAccess=self.access(command))

    def access(self, command):
        return {"user": "admin", "sealedPassword": seal(secrets.token_urlsafe(12), command["storeID"])}


def pods(_):
    container = {"name": "wordpress", "state": "running", "ready": True, "restarts": 0}
    pod = {
        "name": "wordpress-0", "component": "wordpress", "phase": "Running", "ready": True, "restarts": 0,
        "startedAt": now(), "containers": [container],
    }
    return {"items": [pod], "nextCursor": None}


def usage(_):
    memory = {"resource": "limits.memory", "used": "512Mi", "hard": "2Gi", "usedValue": 512 << 20, "hardValue": 2 << 30}
    return {"resources": [memory], "observedAt": now()}


def logs(question):
    pod, container = question.get("pod") or "wordpress-0", question.get("container") or "wordpress"
    if pod != "wordpress-0" or container != "wordpress":
        return fault("NOT_FOUND", "There is no such container.")
    tail = question["tail"]
    return {"pod": pod, "container": container, "life": "1", "lines": LINES[-tail:] if tail else [], "omitted": 0}


def follow(_):
    return {"lines": [], "isAfterGap": False, "next": "over", "reason": "ended"}


def capacity(_):
    node = {
        "name": "node", "freeCPU": 8_000_000, "freeMemory": 8_000_000, "freePods": 100_000,
        "total": {part: {"allocatable": 8_000_000, "requested": 0} for part in ("cpu", "memory", "pods")},
    }
    return {"nodes": [node], "placed": [], "observedAt": now()}


def fault(code, sentence):
    return {"code": code, "message": sentence, "issues": []}


def answering(handler):
    def answer(request):
        body = handler(json.loads(request.body or b"null"))
        reply = Message(request.reply, json.dumps(body).encode(), headers())
        if "code" in body:
            reply.headers.set("Nats-Service-Error-Code", body["code"])
            reply.headers.set("Nats-Service-Error", body["message"])
        return reply

    return answer


def main():
    bus = Bus(
        os.environ["BUS_CELL"], service="stand-in", host="127.0.0.1", port=int(os.environ["REDIS_PORT"]),
        password=os.environ["REDIS_PASSWORD"],
    )
    bus.declare("PROVISION", "provision.>")
    bus.declare("STORES", "stores.>", retention="limits", maximum=100_000)
    bus.consume("PROVISION", "stand-in", handler=Worker(bus).take)
    for subject, handler in {
        f"workload.v1.{REGION}.pods": pods, f"workload.v1.{REGION}.logs": logs, f"workload.v1.{REGION}.follow": follow,
        f"cluster.v1.{REGION}.usage": usage, f"cluster.v1.{REGION}.capacity": capacity,
    }.items():
        # a group for each: the client begins a group's reading anew for every subject more
        bus.respond(subject, f"stand-in-{handler.__name__}", answering(handler))
    print("here", flush=True)
    # everything else happens on the bus' own threads, until it is told to end
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.pause()


if __name__ == "__main__":
    try:
        main()
    except BusError as error:
        sys.exit(f"region: {error}")
