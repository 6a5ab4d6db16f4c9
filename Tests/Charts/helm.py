"""The helm programs on this machine, and what they make of a chart."""
import functools
import json
import os
import pathlib
import shutil
import subprocess

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHARTS = ROOT / "charts"


class HelmError(Exception):
    """helm ended with an error; the text is what it said."""


@functools.cache
def programs():
    """Paths of helm 4 and 3, by their major version: HELM, HELM3, helm and helm3, whichever there are."""
    found = {}
    for name in (os.environ.get("HELM", "helm"), os.environ.get("HELM3", "helm3")):
        path = shutil.which(name)
        if path:
            version = subprocess.run([path, "version", "--template", "{{.Version}}"], capture_output=True, text=True, check=True)
            found.setdefault(version.stdout.strip().lstrip("v").split(".")[0], path)
    if not found:
        raise SystemExit("no helm in PATH, nor named by HELM or HELM3")
    return found


def newest():
    return programs()[max(programs())]


def run(arguments, values=None, program=None, timeout=120):
    """What helm prints. Values go through standard input, as the provisioner's do."""
    command = [program or newest(), *map(str, arguments)]
    if values is not None:
        command += ["-f", "-"]
    done = subprocess.run(command, input=json.dumps(values) if values is not None else None, capture_output=True, text=True, timeout=timeout)
    if done.returncode != 0:
        raise HelmError(done.stderr.strip())
    return done.stdout


def rendered(chart, values=None, program=None, kube="1.33.0", apis=(), files=(), release="store", namespace="store-demo"):
    """The text of the chart's manifests."""
    arguments = ["template", release, CHARTS / chart, "--namespace", namespace, "--kube-version", kube]
    for api in apis:
        arguments += ["--api-versions", api]
    for file in files:
        arguments += ["-f", CHARTS / chart / file]
    return run(arguments, values, program)


def objects(*arguments, **options):
    """The chart's objects, by (kind, name)."""
    documents = [d for d in yaml.safe_load_all(rendered(*arguments, **options)) if d]
    found = {(d["kind"], d["metadata"]["name"]): d for d in documents}
    if len(found) != len(documents):
        raise AssertionError("two objects of one kind have the same name")
    return found


def pod_specs(found):
    """(kind, name, pod template) of all that makes pods."""
    for (kind, name), each in found.items():
        if kind in ("Deployment", "StatefulSet", "DaemonSet", "Job"):
            yield kind, name, each["spec"]["template"]
        elif kind == "CronJob":
            yield kind, name, each["spec"]["jobTemplate"]["spec"]["template"]
        elif kind == "PodTemplate":
            yield kind, name, each["template"]


def with_value(path, value):
    """{"a": {"b": value}} for "a.b"."""
    for name in reversed(path.split(".")):
        value = {name: value}
    return value


def merged(*parts):
    result = {}
    for part in parts:
        for key, value in part.items():
            both = isinstance(value, dict) and isinstance(result.get(key), dict)
            result[key] = merged(result[key], value) if both else value
    return result
