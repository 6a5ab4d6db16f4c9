"""A service that can be found: section 15 of Shared/MessageBus/PROTOCOL.md."""

import datetime
import json
import time

from nrs import Message


class Service:
    def __init__(self, bus, name, version, pattern, group, handler):
        """Answers requests of a pattern, and questions about itself."""
        self.bus, self.handler = bus, handler
        self.who = {"name": name, "id": bus.instance, "version": version, "metadata": {"language": "python"}}
        self.endpoint = {"name": "requests", "subject": pattern, "queue_group": group}
        self.started = datetime.datetime.now(datetime.timezone.utc).isoformat()
        self.requests, self.spent, self.errors, self.last_error = 0, 0, 0, ""
        for subject in ("$SRV.*", f"$SRV.*.{name}", f"$SRV.*.{name}.{bus.instance}"):
            bus.respond(subject, None, self.describe)
        bus.respond(pattern, group, self.answer)

    def answer(self, request):
        began = time.monotonic_ns()
        reply = self.handler(request)
        self.requests, self.spent = self.requests + 1, self.spent + time.monotonic_ns() - began
        code = reply.headers.get("Nats-Service-Error-Code")
        if code is not None:
            self.errors, self.last_error = self.errors + 1, f"{code}:{reply.headers.get('Nats-Service-Error')}"
        return reply

    def describe(self, request):
        verb = request.subject.split(".")[1]
        about = {"type": f"io.nats.micro.v1.{verb.lower()}_response", **self.who}
        if verb == "INFO":
            about.update(description="", endpoints=[self.endpoint])
        elif verb == "STATS":
            numbers = {
                "num_requests": self.requests, "num_errors": self.errors, "last_error": self.last_error,
                "processing_time": self.spent, "average_processing_time": self.spent // max(1, self.requests),
            }
            about.update(started=self.started, endpoints=[{**self.endpoint, **numbers}])
        elif verb != "PING":
            return None
        return Message(request.reply, json.dumps(about).encode())
