"""The scripted life of stores: what the mock gateway serves in place of a platform, step by step on demand."""

import itertools
import threading
import time
from datetime import datetime, timezone

STEPS = [
    ("NamespaceSecured", "Namespace, quota and network policies are in place"),
    ("SecretsReady", "Secrets were created"),
    ("ReleaseInstalled", "The chart was installed"),
    ("StoreConfigured", "The shop was configured"),
    ("WorkloadsReady", "All workloads are ready"),
    ("Reachable", "The shop page answers"),
]

IMAGE_FAILURE = {
    "code": "IMAGE_PULL_FAILED",
    "step": "AwaitWorkloads",
    "message": "The image of the shop could not be pulled.",
    "hint": "Check the image's name and that the cluster can reach its registry, then try again.",
    "retryable": True,
    "evidence": [
        {
            "kind": "Pod",
            "name": "wordpress-6c9f7d5b8-x2vqk",
            "reason": "ErrImagePull",
            "message": 'Failed to pull image "wordpress:0.0.0-none": not found',
        }
    ],
}


def instant(offset=0.0):
    """Now, or so many seconds away from it, as the API writes it."""
    moment = datetime.fromtimestamp(time.time() + offset, timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


class MockStores:
    """Stores and their events; `publish(type, body)` hears of every change. Guarded by one lock, which callers share."""

    def __init__(self, publish):
        self.lock = threading.RLock()
        self.stores = {}
        self.events = {}
        self.publish = publish
        self._ids = itertools.count(1)
        self._event_ids = itertools.count(1)

    def create(self, name, engine="woocommerce", display_name=None, ago=0.0):
        with self.lock:
            store_id = f"01JTEST{next(self._ids):019d}"
            host = f"http://store-{name}.127.0.0.1.nip.io"
            store = {
                "id": store_id,
                "name": name,
                "displayName": display_name or name,
                "engine": engine,
                "plan": "small",
                "region": "local",
                "status": "PENDING",
                "generation": 1,
                "observedGeneration": 0,
                "conditions": [],
                "namespace": f"store-{name}",
                "url": host,
                "adminUrl": f"{host}/wp-admin",
                "adminUser": "admin",
                "owner": "01JTESTUSER",
                "createdAt": instant(-ago),
                "updatedAt": instant(-ago),
            }
            self.stores[store_id] = store
            self.events[store_id] = []
            self._tell(store, "accepted", "The store was asked for", ago=ago)
            return store

    def step(self, store_id, ago=0.0):
        """Finishes the next step; the last one makes the store READY."""
        with self.lock:
            store = self.stores[store_id]
            done = len(store["conditions"])
            store["status"] = "PROVISIONING"
            if done < len(STEPS):
                kind, message = STEPS[done]
                store["conditions"].append(
                    {"type": kind, "status": "True", "reason": "Done", "message": message, "lastTransitionTime": instant(-ago)}
                )
                if kind != "Reachable":  # That one is told as `provisioned`, below.
                    self._tell(store, kind[0].lower() + kind[1:], message, {"duration": 1.3}, ago=ago)
            if len(store["conditions"]) == len(STEPS):
                store.update(status="READY", readyAt=instant(-ago), observedGeneration=store["generation"])
                self._tell(store, "provisioned", "The shop page answers: the store is ready", ago=ago)

    def begin(self, store_id, ago=0.0):
        with self.lock:
            store = self.stores[store_id]
            store["status"] = "PROVISIONING"
            self._tell(store, "provisioningStarted", "A worker has taken the store", {"worker": "provisioner-0"}, ago=ago)

    def ready(self, store_id, ago=0.0):
        self.begin(store_id, ago + 9)
        for index in range(len(STEPS)):
            self.step(store_id, ago + 8 - 1.3 * index)

    def fail(self, store_id, failure=None, ago=0.0):
        with self.lock:
            store = self.stores[store_id]
            store.update(status="FAILED", failure=failure or IMAGE_FAILURE)
            self._tell(store, "provisioningFailed", store["failure"]["message"], {"code": store["failure"]["code"]}, ago=ago)

    def retry(self, store_id):
        with self.lock:
            store = self.stores[store_id]
            store.pop("failure", None)
            store.update(status="PROVISIONING", generation=store["generation"] + 1)
            self._tell(store, "retryRequested", "Another try was asked for")
            return store

    def delete(self, store_id):
        with self.lock:
            store = self.stores[store_id]
            store.pop("failure", None)
            store.update(status="DELETING", generation=store["generation"] + 1)
            self._tell(store, "deletionRequested", "Deletion was asked for")
            return store

    def gone(self, store_id):
        with self.lock:
            del self.stores[store_id]
            self.publish("storeDeleted", {"id": store_id})

    def listed(self):
        with self.lock:
            return sorted(self.stores.values(), key=lambda store: store["createdAt"], reverse=True)

    def named(self, name):
        with self.lock:
            return next((store for store in self.stores.values() if store["name"] == name), None)

    def _tell(self, store, event, message, metadata=None, ago=0.0):
        store["updatedAt"] = instant(-ago)
        fact = {
            "id": next(self._event_ids),
            "event": event,
            "message": message,
            "metadata": metadata or {},
            "createdAt": instant(-ago),
        }
        self.events[store["id"]].append(fact)
        self.publish("store", store)
        self.publish("event", {**fact, "storeId": store["id"]})
