"""What the chart woocommerce-store renders to: on each Kubernetes, within the quota, without secrets and root."""
import difflib
import os
import pathlib

import helm
from checks import check, equal, true

CHART = "woocommerce-store"
SNAPSHOT = pathlib.Path(__file__).parent / "snapshots" / f"{CHART}.yaml"
VERSIONS = ["1.20.2", "1.21.0", "1.22.17", "1.23.0", "1.24.0", "1.25.0", "1.26.0", "1.27.0", "1.28.0", "1.29.0", "1.30.0", "1.31.0", "1.32.0", "1.33.0"]
FILES = [(), ("values-local.yaml",), ("values-prod.yaml",)]
QUOTA = {"cpu": 2.0, "memory": 4 * 2**30, "storage": 10 * 2**30, "claims": 5}

# Kinds and API versions that Kubernetes has, from one version on and (where it is gone) before another.
KNOWN = {
    ("v1", "ConfigMap"): ((1, 0), None), ("v1", "Service"): ((1, 0), None), ("v1", "PersistentVolumeClaim"): ((1, 0), None),
    ("v1", "PodTemplate"): ((1, 0), None),
    ("apps/v1", "Deployment"): ((1, 9), None), ("apps/v1", "StatefulSet"): ((1, 9), None), ("batch/v1", "Job"): ((1, 2), None),
    ("networking.k8s.io/v1", "Ingress"): ((1, 19), None),
    ("batch/v1beta1", "CronJob"): ((1, 8), (1, 25)), ("batch/v1", "CronJob"): ((1, 21), None),
}
UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "m": 0.001}


def amount(text):
    for unit, factor in UNITS.items():
        if str(text).endswith(unit):
            return float(str(text)[: -len(unit)]) * factor
    return float(text)


@check("renders for every Kubernetes from 1.20 to 1.33, with each helm and values file, in API versions that it has")
def _():
    for program in helm.programs().values():
        for version in VERSIONS:
            number = tuple(map(int, version.split(".")[:2]))
            for files in FILES if version in (VERSIONS[0], VERSIONS[-1]) else FILES[:1]:
                for (kind, name), each in helm.objects(CHART, kube=version, files=files, program=program).items():
                    since, until = KNOWN[(each["apiVersion"], kind)]
                    true(since <= number and (until is None or number < until), f"{each['apiVersion']} {kind} {name} on {version}")


@check("takes batch/v1 for the CronJob where the cluster offers it, whatever its version says")
def _():
    found = helm.objects(CHART, kube="1.20.2", apis=["batch/v1/CronJob"])
    equal(found[("CronJob", "store-cron")]["apiVersion"], "batch/v1")


@check("both helms render the same")
def _():
    texts = {helm.rendered(CHART, kube="1.20.2", program=program) for program in helm.programs().values()}
    equal(len(texts), 1, "number of different renders")


@check("refuses a Kubernetes older than 1.20")
def _():
    try:
        helm.rendered(CHART, kube="1.19.0")
    except helm.HelmError as error:
        true("incompatible" in str(error), str(error))
    else:
        raise AssertionError("rendered")


@check("renders by default what the snapshot holds (Tests/Charts/run --update writes it)")
def _():
    text = helm.rendered(CHART, kube="1.33.0")
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.parent.mkdir(exist_ok=True)
        SNAPSHOT.write_text(text)
    expected = SNAPSHOT.read_text()
    difference = "\n".join(difflib.unified_diff(expected.splitlines(), text.splitlines(), "snapshot", "rendered", lineterm="", n=1))
    true(text == expected, difference)


@check("all requests together, even during set-up, and all claims fit a store's quota; limits are no less than requests")
def _():
    for files in FILES:
        found = helm.objects(CHART, files=files)
        sums = dict.fromkeys(QUOTA, 0)
        for kind, name, template in helm.pod_specs(found):
            spec = template["spec"]
            for container in spec["containers"] + spec.get("initContainers", []):
                for resource in ("cpu", "memory"):
                    requested = amount(container["resources"]["requests"][resource])
                    true(requested <= amount(container["resources"]["limits"][resource]), f"{kind} {name}: {resource} limit below its request")
                    sums[resource] += requested
        for (kind, _), each in found.items():
            if kind == "PersistentVolumeClaim":
                sums["claims"] += 1
                sums["storage"] += amount(each["spec"]["resources"]["requests"]["storage"])
        for resource, limit in QUOTA.items():
            true(sums[resource] <= limit, f"{files or 'values.yaml'}: {resource} {sums[resource]} is over {limit}")
        true(sums["claims"] == 2, "two claims are expected")


@check("every pod runs without root, capabilities, escalation, writable root file system and API token, under a seccomp profile")
def _():
    found = helm.objects(CHART)
    uids = {"store-mysql": 999}
    for kind, name, template in helm.pod_specs(found):
        spec = template["spec"]
        security = spec["securityContext"]
        uid = uids.get(name, 33)
        equal([security[k] for k in ("runAsNonRoot", "runAsUser", "runAsGroup", "fsGroup")], [True, uid, uid, uid], f"{kind} {name}")
        equal(security["seccompProfile"], {"type": "RuntimeDefault"}, f"{kind} {name} seccomp")
        equal([spec["automountServiceAccountToken"], spec["enableServiceLinks"]], [False, False], f"{kind} {name} token, links")
        for container in spec["containers"]:
            equal(container["securityContext"], {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}, f"{kind} {name}")
            true(all(port["containerPort"] >= 1024 for port in container.get("ports", [])), f"{kind} {name} listens below 1024")


@check("failure mode 9: templates neither namespaces nor secrets nor policies nor rights")
def _():
    kinds = {kind for kind, _ in helm.objects(CHART)}
    equal(kinds, {"ConfigMap", "Service", "PersistentVolumeClaim", "Deployment", "StatefulSet", "Job", "CronJob", "Ingress", "PodTemplate"})
    true(all("namespace" not in each["metadata"] for each in helm.objects(CHART).values()), "an object names its namespace")


@check("passwords come only as files of the Secret: no variable holds one, and each pod gets just the keys it needs")
def _():
    salts = {f"{kind}-{what}" for kind in ("auth", "secure-auth", "logged-in", "nonce") for what in ("key", "salt")}
    expected = {
        "store-wordpress": salts | {"mysql-password", "order-proof-key"},
        "store-mysql": {"mysql-root-password", "mysql-password"},
        "store-setup-1": salts | {"mysql-password", "admin-password"},
        "store-cron": salts | {"mysql-password"},
        "store-rotation": salts | {"mysql-password", "mysql-root-password"},
    }
    rotated = {"store-mysql": None, "store-setup-1": {"mysql-user", "mysql-password", "admin-password"}}
    for kind, name, template in helm.pod_specs(helm.objects(CHART)):
        secrets = {v["name"]: v["secret"] for v in template["spec"]["volumes"] if "secret" in v}
        made = [s for volume, s in secrets.items() if volume in ("secrets", "proof")]
        equal({item["key"] for s in made for item in s["items"]}, expected[name], f"keys of {kind} {name}")
        keys = {item["key"] for item in secrets["rotated"]["items"]} if "rotated" in secrets else None
        equal(keys, rotated.get(name, {"mysql-user", "mysql-password"}), f"rotated keys of {kind} {name}")
        true("rotated" not in secrets or secrets["rotated"]["optional"], f"{kind} {name} needs a rotation")
        for container in template["spec"]["containers"]:
            for variable in container.get("env", []):
                word = variable["name"]
                if any(part in word for part in ("PASSWORD", "_KEY", "_SALT")):
                    true(word.endswith("_FILE") and variable["value"].startswith("/run/secrets/store/"), f"{kind} {name}: {word}")
            arguments = " ".join(container.get("command", []) + container.get("args", []))
            true("--password" not in arguments and "-p$" not in arguments, f"{kind} {name}: {arguments}")


@check("what helm 4 applies to Kubernetes 1.20 names each port's protocol, and what shares WordPress's volume runs beside it")
def _():
    found = helm.objects(CHART, kube="1.20.2")
    for (kind, name), each in found.items():
        if kind == "Service":
            true(all("protocol" in port for port in each["spec"]["ports"]), name)
    for kind, name, template in helm.pod_specs(found):
        for container in template["spec"]["containers"]:
            true(all("protocol" in port for port in container.get("ports", [])), name)
        claims = [v["persistentVolumeClaim"]["claimName"] for v in template["spec"]["volumes"] if "persistentVolumeClaim" in v]
        if claims == ["store-wordpress"] and kind != "Deployment":
            rule = template["spec"]["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"][0]
            labels = found[("Deployment", "store-wordpress")]["spec"]["template"]["metadata"]["labels"]
            true(rule["labelSelector"]["matchLabels"].items() <= labels.items(), f"{kind} {name} is not beside WordPress")


@check("selectors find the pods they are meant for, and only those")
def _():
    found = helm.objects(CHART)
    pods = {name: template["metadata"]["labels"] for _, name, template in helm.pod_specs(found)}
    for service in ("store-wordpress", "store-mysql"):
        selector = found[("Service", service)]["spec"]["selector"]
        equal([name for name, labels in pods.items() if selector.items() <= labels.items()], [service], f"pods of Service {service}")


@check("failure mode 19: only readiness asks for the database; start and life of WordPress do not")
def _():
    container = helm.objects(CHART)[("Deployment", "store-wordpress")]["spec"]["template"]["spec"]["containers"][0]
    for probe in ("startupProbe", "livenessProbe"):
        equal(container[probe].get("tcpSocket"), {"port": "http"}, probe)
    equal(container["readinessProbe"]["httpGet"], {"path": "/.store/health", "port": "probes"})
    service = helm.objects(CHART)[("Service", "store-wordpress")]
    equal([p["targetPort"] for p in service["spec"]["ports"]], ["http"], "ports that the Service leads to")


@check("failure mode 20: a pod with a volume for one node is ended before the next one begins")
def _():
    equal(helm.objects(CHART)[("Deployment", "store-wordpress")]["spec"]["strategy"], {"type": "Recreate"})


@check("failure mode 21: MySQL counts as started and ready by TCP alone, which its first start does not listen on")
def _():
    container = helm.objects(CHART)[("StatefulSet", "store-mysql")]["spec"]["template"]["spec"]["containers"][0]
    equal(container["startupProbe"].get("tcpSocket"), {"port": "mysql"})
    true("--host=127.0.0.1" in container["readinessProbe"]["exec"]["command"][2], "readiness asks by TCP")


@check("failure mode 16: the Job of each revision has a name of its own")
def _():
    text = helm.run(["template", "store", helm.CHARTS / CHART, "--is-upgrade"])
    true("name: store-setup-1\n" in text, "store-setup-<revision> is expected")
    true("helm.sh/hook" not in text, "the set-up is no hook")
