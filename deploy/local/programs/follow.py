"""Objects of the API server, kept up to date: what the programs of this folder have in common."""
import json
import ssl
import sys
import threading
import time
import urllib.request


def add_options(parser):
    """The options by which a program finds the API server and shows who it is."""
    for option in ("api", "ca", "cert", "key"):
        parser.add_argument("--" + option, required=True)


class Api:
    def __init__(self, options):
        self.url = options.api
        self.context = ssl.create_default_context(cafile=options.ca)
        self.context.load_cert_chain(options.cert, options.key)

    def open(self, path, timeout=30, method="GET", body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url + path, data=data, method=method,
                                         headers={"Content-Type": "application/json"} if data else {})
        return urllib.request.urlopen(request, context=self.context, timeout=timeout)


class Followed:
    """All objects of one kind, by the key of each; a thread of its own lists and watches them, for ever.

    `changed` is called after each change; `listed` is set when all are known for the first time."""

    def __init__(self, api, path, key, changed=lambda: None):
        self.api, self.path, self.key, self.changed = api, path, key, changed
        self.objects, self.listed = {}, threading.Event()
        threading.Thread(target=self.follow, daemon=True).start()

    def follow(self):
        while True:
            try:
                version = self.list()
                while True:
                    version = self.watch(version)
            except Exception as problem:  # the API server may be away for a while: start over
                print(f"{self.path}: {problem}", file=sys.stderr, flush=True)
                time.sleep(1)

    def list(self):
        with self.api.open(self.path) as answer:
            whole = json.load(answer)
        self.objects = {self.key(o): o for o in whole["items"]}
        self.listed.set()
        self.changed()
        return whole["metadata"]["resourceVersion"]

    def watch(self, version):
        query = f"?watch=1&timeoutSeconds=240&allowWatchBookmarks=true&resourceVersion={version}"
        with self.api.open(self.path + query, timeout=300) as answer:
            for line in answer:
                event = json.loads(line)
                if event["type"] == "ERROR":
                    raise RuntimeError(event["object"].get("message", "watch ended"))
                version = event["object"]["metadata"]["resourceVersion"]
                if event["type"] == "DELETED":
                    self.objects.pop(self.key(event["object"]), None)
                elif event["type"] != "BOOKMARK":
                    self.objects[self.key(event["object"])] = event["object"]
                self.changed()
        return version


def by_uid(o):
    return o["metadata"]["uid"]


def by_name(o):
    return o["metadata"]["namespace"], o["metadata"]["name"]
