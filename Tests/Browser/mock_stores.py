"""The scripted life of stores: what the mock gateway serves in place of a platform, step by step on demand."""

import itertools
import threading
import time
from datetime import datetime, timezone

# Condition, event, its sentence, the operation's step, and the seconds that it takes as a rule.
STEPS = [
    ("NamespaceSecured", "namespaceSecured", "The namespace is secured.", "EnsureNamespace", 0.5),
    ("SecretsReady", "secretsReady", "The passwords are made.", "EnsureSecrets", 0.2),
    ("ReleaseInstalled", "releaseInstalled", "The release is installed.", "InstallRelease", 1.0),
    ("StoreConfigured", "storeConfigured", "The shop is set up.", "ConfigureStore", 4.0),
    ("WorkloadsReady", "workloadsReady", "All pods are ready.", "AwaitWorkloads", 0.5),
    ("Reachable", "storefrontReachable", "The storefront answers.", "ProveStorefront", 0.5),
    ("OrderPathVerified", "provisioned", "A guest's order was placed, seen by the merchant and removed.", "VerifyOrderPath", 1.5),
]
LEGS = [("product", 0.11), ("cart", 0.124), ("addItem", 0.21), ("checkout", 0.513), ("orderSeen", 0.087), ("orderRemoved", 0.156)]
DELETION = [("releaseUninstalled", "The release is gone.", "UninstallRelease", 2.0), ("namespaceReleased", "The namespace is gone.", "ReleaseNamespace", 8.0)]
ROTATION = [
    ("credentialsPrepared", "New passwords are made.", "PrepareCredentials", 0.5),
    ("adminPasswordChanged", "The administrator has a new password.", "ChangeAdminPassword", 2.0),
    ("adminPasswordVerified", "The new password opens the admin.", "VerifyAdminPassword", 0.5),
    ("credentialsRotated", "The old passwords are gone.", "CommitCredentials", 0.5),
]
# Of each kind of operation, its steps with their usual seconds.
EXPECTED = {"delete": [step[2:] for step in DELETION], "rotate": [step[2:] for step in ROTATION], "create": [step[3:] for step in STEPS], "retry": [step[3:] for step in STEPS]}
PLANS = [
    {
        "name": name,
        "shop": {"cpu": cpu, "memory": memory, "memoryLimit": 3 * memory},
        "database": {"cpu": cpu, "memory": memory + 128, "memoryLimit": 3 * memory},
        "setup": {"cpu": 100, "memory": 256, "memoryLimit": 768},
        "shopStorage": storage,
        "databaseStorage": storage,
        "workers": workers,
    }
    for name, cpu, memory, storage, workers in (("small", 100, 256, 2, 8), ("medium", 250, 512, 10, 16), ("large", 1000, 1536, 40, 40))
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

    def __init__(self, publish, owner):
        self.lock = threading.RLock()
        self.stores = {}
        self.events = {}
        self.operations = {}
        self.has_history = True
        self.publish = publish
        self.owner = owner
        self._owners = {}
        self._ids = itertools.count(1)
        self._event_ids = itertools.count(1)

    def create(self, name, engine="woocommerce", display_name=None, ago=0.0, plan="small", protected=False, owner=None, region="local"):
        with self.lock:
            store_id = f"01JTEST{next(self._ids):019d}"
            host = f"http://store-{name}.127.0.0.1.nip.io"
            store = {
                "id": store_id,
                "name": name,
                "displayName": display_name or name,
                "engine": engine,
                "plan": plan,
                "region": region,
                "status": "PENDING",
                "generation": 1,
                "observedGeneration": 0,
                "conditions": [],
                "namespace": f"store-{name}",
                "url": host,
                "adminUrl": f"{host}/wp-admin",
                "deletionProtection": protected,
                "owner": owner or self.owner,
                "createdAt": instant(-ago),
                "updatedAt": instant(-ago),
            }
            self.stores[store_id] = store
            self._owners[store_id] = store["owner"]
            self.events[store_id] = []
            self._begin_operation(store, "create", ago)
            self._tell(store, "created", "The store was accepted.", ago=ago)
            return store

    def step(self, store_id, ago=0.0):
        """Finishes the next step; the last one makes the store READY."""
        with self.lock:
            store = self.stores[store_id]
            done = {step["name"] for step in self.operations[store_id]["steps"]}
            kind, event, message, name, seconds = next(step for step in STEPS if step[3] not in done)
            store["status"] = "PROVISIONING"
            self._set_condition(store, kind, "True", f"{name}Completed", message, ago)
            if kind == "OrderPathVerified":
                self._prove(store, ago)
            self._step_operation(store, name, seconds, "succeeded" if kind == "OrderPathVerified" else "running", ago)
            self._tell(store, event, message, {"duration": seconds}, ago=ago)

    def degrade(self, store_id, reason="CheckoutFailed", message="A guest's order failed at checkout: HTTP 500.", ago=0.0):
        """The canary finds a READY store that does not sell."""
        with self.lock:
            store = self.stores[store_id]
            self._set_condition(store, "OrderPathVerified", "False", reason, message, ago)
            self._set_condition(store, "Degraded", "True", reason, message, ago)
            self._tell(store, "degraded", message, ago=ago)

    def recover(self, store_id):
        with self.lock:
            store = self.stores[store_id]
            self._prove(store, 0)
            self._set_condition(store, "Degraded", "False", "Recovered", "The store sells again.", 0)
            self._tell(store, "recovered", "A guest's order was placed, seen by the merchant and removed.")

    def _prove(self, store, ago):
        self._set_condition(store, "OrderPathVerified", "True", "OrderSeen", "A guest's order was placed, seen by the merchant and removed in 1.2 s.", ago)
        store["conditions"][-1]["legs"] = [{"name": name, "duration": duration} for name, duration in LEGS]
        store.update(status="READY", observedGeneration=store["generation"], adminUser="admin")
        store.setdefault("readyAt", instant(-ago))

    @staticmethod
    def _set_condition(store, kind, status, reason, message, ago):
        store["conditions"] = [condition for condition in store["conditions"] if condition["type"] != kind]
        store["conditions"].append({"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": instant(-ago)})

    def _begin_operation(self, store, kind, ago=0.0):
        expected = EXPECTED[kind]
        before = self.operations.get(store["id"])
        if before and before["status"] in ("pending", "running"):
            before.update(status="cancelled", finishedAt=instant(-ago))
            self.publish("operation", before)
        operation = {
            "id": f"01JOPER{next(self._ids):019d}", "kind": kind, "storeId": store["id"], "status": "pending", "steps": [], "progress": 0, "startedAt": instant(-ago)
        }
        self.operations[store["id"]] = operation
        self._estimate(operation, expected)
        return operation

    def _step_operation(self, store, name, seconds, status, ago=0.0):
        operation = self.operations[store["id"]]
        operation["steps"].append({"name": name, "finishedAt": instant(-ago), "duration": seconds})
        self._move_operation(store, status, ago)

    def _move_operation(self, store, status, ago=0.0, error=None):
        operation = self.operations[store["id"]]
        operation["status"] = status
        if status in ("succeeded", "failed"):
            operation["finishedAt"] = instant(-ago)
        if error:
            operation["error"] = error
        self._estimate(operation, EXPECTED[operation["kind"]])

    def _estimate(self, operation, expected):
        """As store-service does, but for the time in the step under way."""
        done = {step["name"] for step in operation["steps"]}
        left = [(name, seconds) for name, seconds in expected if name not in done]
        ahead, total = sum(seconds for _, seconds in left), sum(seconds for _, seconds in expected)
        operation["progress"] = 100 if operation["status"] == "succeeded" else min(99, int(100 * (total - ahead) / total))
        operation.pop("currentStep", None)
        operation.pop("estimatedSeconds", None)
        if operation["status"] == "running" and left:
            operation["currentStep"] = left[0][0]
        if operation["status"] in ("pending", "running") and self.has_history:
            operation["estimatedSeconds"] = round(ahead, 1)
        self.publish("operation", operation)

    def begin(self, store_id, ago=0.0):
        with self.lock:
            store = self.stores[store_id]
            store["status"] = "PROVISIONING"
            self._move_operation(store, "running", ago)
            self._tell(store, "provisioningStarted", "A worker has taken the store", {"worker": "provisioner-0"}, ago=ago)

    def ready(self, store_id, ago=0.0):
        self.begin(store_id, ago + 9)
        for index in range(len(STEPS)):
            self.step(store_id, ago + 8 - 1.3 * index)

    def fail(self, store_id, failure=None, ago=0.0):
        with self.lock:
            store = self.stores[store_id]
            store.update(status="FAILED", failure=failure or IMAGE_FAILURE)
            self._move_operation(store, "failed", ago, store["failure"])
            self._tell(store, "provisioningFailed", store["failure"]["message"], {"code": store["failure"]["code"]}, ago=ago)

    def retry(self, store_id):
        with self.lock:
            store = self.stores[store_id]
            store.pop("failure", None)
            store.pop("readyAt", None)
            store["conditions"] = [condition for condition in store["conditions"] if condition["status"] == "True" and condition["type"] != "Degraded"]
            store.update(status="PENDING", generation=store["generation"] + 1)
            self._begin_operation(store, "retry")
            self._tell(store, "retryRequested", "Another try was accepted.")
            return store

    def delete(self, store_id):
        with self.lock:
            store = self.stores[store_id]
            store.pop("failure", None)
            if store["status"] == "DELETING":
                return store
            store.update(status="DELETING", generation=store["generation"] + 1)
            self._begin_operation(store, "delete")
            self._tell(store, "deletionRequested", "The store's deletion was accepted.")
            return store

    def uninstall(self, store_id):
        """The first step of a deletion is done."""
        with self.lock:
            store = self.stores[store_id]
            event, message, name, seconds = DELETION[0]
            self._step_operation(store, name, seconds, "running")
            self._tell(store, event, message)

    def rotate(self, store_id, database):
        """New passwords are asked for; `step_rotation` makes them."""
        with self.lock:
            store = self.stores[store_id]
            self._begin_operation(store, "rotate")
            self._tell(store, "credentialsRotationRequested", "New passwords were asked for.", {"database": database})

    def step_rotation(self, store_id):
        with self.lock:
            done = {step["name"] for step in self.operations[store_id]["steps"]}
            event, message, name, seconds = next(step for step in ROTATION if step[2] not in done)
            self._step_operation(self.stores[store_id], name, seconds, "succeeded" if name == ROTATION[-1][2] else "running")
            self._tell(self.stores[store_id], event, message)

    def change(self, store_id, patch):
        with self.lock:
            store = self.stores[store_id]
            store.update(patch)
            self._tell(store, "settingsChanged", "The store's settings were changed.")
            return store

    def gone(self, store_id):
        with self.lock:
            operation = self.operations[store_id]
            if operation["kind"] == "delete":
                self._step_operation(self.stores[store_id], "ReleaseNamespace", 8.0, "succeeded")
            del self.stores[store_id]
            self.publish("storeDeleted", {"id": store_id})

    def gone_ids(self):
        with self.lock:
            return [store_id for store_id in self.operations if store_id not in self.stores]

    def listed(self):
        with self.lock:
            return sorted(self.stores.values(), key=lambda store: store["createdAt"], reverse=True)

    def owner_of(self, kind, body):
        """Whose a message is; the owner of a store that is gone is still known."""
        return self._owners.get(body["id"] if kind in ("store", "storeDeleted") else body["storeId"])

    def named(self, name):
        with self.lock:
            return next((store for store in self.stores.values() if store["name"] == name), None)

    def _tell(self, store, event, message, metadata=None, ago=0.0):
        store["updatedAt"] = instant(-ago)
        fact = {
            "id": next(self._event_ids),
            "storeId": store["id"],
            "event": event,
            "message": message,
            "metadata": metadata or {},
            "createdAt": instant(-ago),
        }
        self.events[store["id"]].append(fact)
        self.publish("store", store)
        self.publish("event", fact)
