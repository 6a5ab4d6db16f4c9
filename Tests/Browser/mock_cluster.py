"""What the mock tells of a cluster: pods, what they write, what they use, and what the whole platform is like."""

import random
import threading

from mock_stores import instant

GIB = 2**30
SAMPLES = 60


class MockCluster:
    """Pods and logs of stores; `write` adds a line, which those who follow get at once."""

    def __init__(self, stores):
        self.stores = stores
        self.changed = threading.Condition()
        self.lines = {}
        self.ended = set()
        self.has_history = False
        self.capacity = [
            {"region": "local", "known": True, "nodes": 1, "cpu": {"allocatable": 2, "requested": 0.95}, "memory": {"allocatable": 7.6 * GIB, "requested": 4.1 * GIB}, "pods": {"allocatable": 110, "requested": 23}},
            {"region": "away", "known": False},
            {"region": "frankfurt", "known": True, "nodes": 3, "cpu": {"allocatable": 24, "requested": 20.4}, "memory": {"allocatable": 96 * GIB, "requested": 93 * GIB}, "pods": {"allocatable": 330, "requested": 121}},
        ]

    def pods(self, store):
        """Those of a store that has come so far."""
        if store["status"] == "PENDING":
            return []
        name, ready = store["name"], store["status"] == "READY"
        broken = store["status"] == "FAILED"
        state = "running" if ready else "waiting"
        web = {"name": "wordpress", "state": state, "ready": ready, "restarts": 0, **({"reason": "ErrImagePull"} if broken else {} if ready else {"reason": "ContainerCreating"})}
        cron = {"name": "cron", "state": state, "ready": ready, "restarts": 0}
        return [
            {"name": f"{name}-mysql-0", "component": "mysql", "phase": "Running", "ready": True, "restarts": 1, "startedAt": instant(-3600), "containers": [{"name": "mysql", "state": "running", "ready": True, "restarts": 1}]},
            {"name": f"{name}-wordpress-6c9f7d5b8-x2vqk", "component": "wordpress", "phase": "Running" if ready else "Pending", "ready": ready, "restarts": 0, "startedAt": instant(-3500), "containers": [web, cron]},
        ]

    def usage(self, store):
        if store["status"] in ("PENDING", "DELETING"):
            return {"resources": [], "observedAt": instant()}
        share = {"small": 1, "medium": 2, "large": 8}[store["plan"]]

        def one(resource, used, hard, unit, texts):
            return {"resource": resource, "used": texts.format(used), "hard": texts.format(hard), "usedValue": used * unit, "hardValue": hard * unit}

        return {
            "resources": [
                one("requests.cpu", 200 * share, 300 * share, 0.001, "{}m"),
                one("requests.memory", 640 * share, 896 * share, 2**20, "{}Mi"),
                one("limits.memory", 1900 * share, 2300 * share, 2**20, "{}Mi"),
                one("requests.storage", 4 * share, 4 * share, GIB, "{}Gi"),
                one("persistentvolumeclaims", 2, 2, 1, "{}"),
                one("pods", 2, 6, 1, "{}"),
            ],
            "observedAt": instant(-4),
        }

    def log(self, pod, container):
        if (pod, container) not in self.lines:
            paths = ["/", "/shop/", "/product/sample/", "/cart/", "/wp-cron.php?doing_wp_cron", "/wp-json/wc/store/v1/cart"]
            picked = random.Random(7)
            self.lines[pod, container] = [
                {"at": instant(-600 + 10 * number), "text": f'10.244.0.{picked.randint(2, 40)} - - "GET {picked.choice(paths)} HTTP/1.1" 200 {picked.randint(400, 60000)} "-" "Mozilla/5.0"'} for number in range(60)
            ]
        return self.lines[pod, container]

    def write(self, pod, container, *texts):
        with self.changed:
            self.log(pod, container).extend({"at": instant(), "text": text} for text in texts)
            self.changed.notify_all()

    def end(self, pod, container):
        with self.changed:
            self.ended.add((pod, container))
            self.changed.notify_all()

    def after(self, pod, container, count, timeout=0.5):
        """The lines after the first `count`, once there are some; and whether the log has ended."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.log(pod, container)) > count or (pod, container) in self.ended, timeout)
            return self.log(pod, container)[count:], (pod, container) in self.ended

    def overview(self, seen, is_admin):
        """Of the stores that someone sees."""
        operations = [self.stores.operations[store["id"]] for store in seen]
        counts = dict.fromkeys(["PENDING", "PROVISIONING", "READY", "FAILED", "DELETING"], 0)
        for store in seen:
            counts[store["status"]] += 1
        samples = self.samples() if self.has_history else []
        seconds = sorted(sample["seconds"] for sample in samples)
        failed = [store for store in seen if store["status"] == "FAILED"]
        return {
            "stores": counts,
            "degraded": sum(1 for store in seen if store["status"] == "READY" and any(each["type"] == "Degraded" and each["status"] == "True" for each in store["conditions"])),
            "operations": {"waiting": sum(1 for each in operations if each["status"] == "pending"), "running": sum(1 for each in operations if each["status"] == "running")},
            "provisioning": {
                "window": "24h",
                "succeeded": len(samples),
                "failed": len(failed),
                **({"medianSeconds": seconds[len(seconds) // 2], "p95Seconds": seconds[int(len(seconds) * 0.95)]} if seconds else {}),
                "samples": samples,
            },
            "failures": self.failures(failed),
            "capacity": self.capacity if is_admin else [],
        }

    def failures(self, failed):
        found = {}
        for store in failed:
            code = store["failure"]["code"]
            entry = found.setdefault(code, {"code": code, "count": 0, "lastAt": store["updatedAt"], "storeId": store["id"]})
            entry["count"] += 1
        if self.has_history and failed:
            found["SETUP_FAILED"] = {"code": "SETUP_FAILED", "count": 3, "lastAt": instant(-7200), "storeId": failed[0]["id"]}
        return list(found.values())

    @staticmethod
    def samples():
        picked = random.Random(11)
        return [{"at": instant(-86000 + 1400 * number), "seconds": round(picked.lognormvariate(2.05, 0.28) + (14 if number % 23 == 9 else 0), 1), "engine": "medusa" if number % 6 == 5 else "woocommerce"} for number in range(SAMPLES)]


