"""The values of the chart woocommerce-store: which are refused, that each is used, that each is documented."""
import importlib.machinery
import importlib.util
import pathlib

import yaml

import helm
from checks import check, equal, refused, true

CHART = "woocommerce-store"

_loader = importlib.machinery.SourceFileLoader("readme", str(pathlib.Path(__file__).parent / "readme"))
readme = importlib.util.module_from_spec(importlib.util.spec_from_loader("readme", _loader))
_loader.exec_module(readme)

# path, a wrong value
WRONG = [
    ("unknown", 1), ("store.hots", "a.example"), ("images.wordpress.name", "x"), ("mysql.resources.request", {}), ("global", {}),
    ("existingSecret", ""), ("existingSecret", "Upper"), ("existingSecret", None),
    ("store.host", ""), ("store.host", "localhost"), ("store.host", "http://a.example"), ("store.host", "a.example:80"), ("store.host", "*.a.example"),
    ("store.url", "a.example"), ("store.url", "ftp://store-demo.127.0.0.1.nip.io"), ("store.url", "http://store-demo.127.0.0.1.nip.io/path"),
    ("store.title", ""), ("store.title", "two\nlines"), ("store.title", "x" * 201), ("store.title", 7),
    ("store.adminUser", ""), ("store.adminUser", "a b"), ("store.adminUser", "$(id)"), ("store.adminEmail", "nobody"), ("store.adminEmail", "a@b@c.example"),
    ("store.adminEmail", "a@b.c"), ("store.currency", "eur"), ("store.currency", "EURO"), ("store.country", "Germany"), ("store.country", "de"),
    ("images.wordpress.tag", ""), ("images.wordpress.tag", "a b"), ("images.mysql.tag", 8.4), ("images.cli.repository", ""), ("images.cli.repository", "UPPER"),
    ("images.mysql.digest", "sha256:abc"), ("images.mysql.pullPolicy", "Sometimes"), ("imagePullSecrets", "one"), ("imagePullSecrets", ["a", "a"]),
    ("storageClassName", "Fast Disk"), ("wordpress.storage.size", "2GB"), ("wordpress.storage.size", 2), ("mysql.storage.size", "0Gi"),
    ("wordpress.resources.requests.cpu", "lots"), ("wordpress.resources.requests.memory", "256"), ("mysql.resources.limits", None),
    ("wordpress.phpMemoryLimit", "-1"), ("wordpress.uploadLimit", "64MB"), ("wordpress.maxWorkers", 0), ("wordpress.maxWorkers", "8"),
    ("mysql.database", "word-press"), ("mysql.user", "x" * 33), ("mysql.user", "o'neil"), ("mysql.bufferPoolSize", "big"), ("mysql.maxConnections", 1),
    ("woocommerce.version", "latest"), ("woocommerce.version", "10"), ("setup.backoffLimit", -1), ("setup.activeDeadlineSeconds", 0), ("setup.waitSeconds", "60"),
    ("setup.sampleProduct.enabled", "yes"), ("setup.sampleProduct.price", 12.5), ("setup.sampleProduct.price", "-1"), ("setup.sampleProduct.sku", "a b"),
    ("ingress.className", ""), ("ingress.annotations", {"a": 1}), ("ingress.tls", True), ("ingress.tls.secretName", "a/b"),
    ("cron.enabled", "false"), ("cron.schedule", "hourly"), ("cron.schedule", "* * * *"),
]

# values that are right each, but not together; what the refusal says
CONTRADICTIONS = [
    ({"store": {"url": "http://other.example"}}, "store.host"),
    ({"store": {"url": "http://store-demo.127.0.0.1.nip.io"}, "ingress": {"tls": {"enabled": True}}}, "https://"),
    ({"mysql": {"maxConnections": 10}, "wordpress": {"maxWorkers": 20}}, "mysql.maxConnections"),
    ({"setup": {"waitSeconds": 100, "activeDeadlineSeconds": 100}}, "setup.waitSeconds"),
]

# another right value for those where changing the default by rule would be a wrong one
OTHER = {
    "store.host": "other.example", "store.url": "https://store-demo.127.0.0.1.nip.io", "store.currency": "USD", "store.country": "US:CA",
    "store.adminEmail": "b@example.com", "imagePullSecrets": ["pull"], "storageClassName": "fast", "ingress.annotations": {"a": "b"},
    "woocommerce.version": "10.6.1", "setup.sampleProduct.price": "3", "cron.schedule": "1 * * * *", "mysql.tag": "8.0",
    "wordpress.phpMemoryLimit": "300M", "wordpress.uploadLimit": "70M", "mysql.bufferPoolSize": "200M",
}
NEEDED_FOR = {"ingress.tls.secretName": {"ingress": {"tls": {"enabled": True}}}}


def another(path, default):
    if path in OTHER:
        return OTHER[path]
    if path.endswith(".digest"):
        return "sha256:" + "0" * 64
    if path.endswith(".pullPolicy"):
        return "Always"
    if path.endswith(".size"):
        return "3Gi"
    if path.endswith("resources"):
        return {"requests": {"cpu": "77m", "memory": "77Mi"}, "limits": {"cpu": "777m", "memory": "777Mi"}}
    if isinstance(default, bool):
        return not default
    return default + 1 if isinstance(default, int) else default + "x"


@check("the schema refuses each of %d wrong values" % len(WRONG))
def _():
    accepted = []
    for path, value in WRONG:
        try:
            helm.rendered(CHART, helm.with_value(path, value))
        except helm.HelmError:
            continue
        accepted.append(f"{path}: {value!r}")
    true(not accepted, "accepted: " + "; ".join(accepted))


@check("a refusal names the value")
def _():
    with refused(helm.HelmError, "currency"):
        helm.rendered(CHART, {"store": {"currency": "euro"}})


@check("values that contradict one another are refused, with a reason")
def _():
    for values, word in CONTRADICTIONS:
        with refused(helm.HelmError, word):
            helm.rendered(CHART, values)


@check("every documented value changes what is rendered")
def _():
    chart = helm.CHARTS / CHART
    defaults = yaml.safe_load((chart / "values.yaml").read_text())
    unused = []
    for path, _ in readme.documented(chart):
        name = ".".join(path)
        needed = NEEDED_FOR.get(name, {})
        changed = helm.merged(needed, helm.with_value(name, another(name, readme.at(defaults, path))))
        if helm.rendered(CHART, changed) == helm.rendered(CHART, needed):
            unused.append(name)
    true(not unused, f"without effect: {unused}")


@check("every value has a comment, and README.md says what values.yaml says")
def _():
    chart = helm.CHARTS / CHART
    equal(readme.undocumented(chart), [], "values without a comment")
    true((chart / "README.md").read_text() == readme.renewed(chart), "run Tests/Charts/readme charts/woocommerce-store")


@check("the schema knows every value, all are required, and no object takes unknown ones")
def _():
    schema = yaml.safe_load((helm.CHARTS / CHART / "values.schema.json").read_text())

    def visit(node, values, path):
        node = schema["definitions"][node["$ref"].rsplit("/", 1)[1]] if "$ref" in node else node
        if node.get("type") != "object" or "properties" not in node:
            return
        equal(node.get("additionalProperties"), False, f"additionalProperties of {path or 'the values'}")
        equal(sorted(node["properties"]), sorted(values), f"keys of {path or 'the values'}")
        equal(sorted(node["required"]), sorted(values), f"required keys of {path or 'the values'}")
        for name, inner in node["properties"].items():
            visit(inner, values[name], f"{path}.{name}")

    visit(schema, yaml.safe_load((helm.CHARTS / CHART / "values.yaml").read_text()), "")


@check("words of the store reach the set-up as they are, whatever signs they have")
def _():
    title = """Fünf "Äpfel" & O'Neil: {{ .Values }} $(id) `id` ${HOME} \\ # %s"""
    job = helm.objects(CHART, {"store": {"title": title}})[("Job", "store-setup-1")]
    variables = {v["name"]: v.get("value") for v in job["spec"]["template"]["spec"]["containers"][0]["env"]}
    equal(variables["STORE_TITLE"], title.replace("$(", "$$("), "STORE_TITLE")
