#!/usr/bin/env python3
"""Enforces the cluster's NetworkPolicies (networking.k8s.io/v1) on the pods' bridge, by nftables.

policies.py --api URL --ca FILE --cert FILE --key FILE --pods CIDR --node IP [--bridge cni0] [--cni FOLDER]
            [--dns NAMESPACE/LABEL=VALUE/PORT] [--table NAME]

All rules are in one table of the family inet, which every change replaces as a whole, in one step. That table only
drops: nothing that it lets pass gets past another table's rules. Packets are judged by the pods' own addresses (after
a Service's address has been replaced), replies to connections that stand are let through, and so is all that comes
from the node itself. Which pod has which address is read from the CNI's own files, which are there before a pod's
first container starts; an address on the bridge that is no known pod's gets nothing through to a pod or to the node.
When this program ends, by whatever, the last rules stay: `nft delete table inet TABLE` removes them.
Only the standard library and nft are used.
"""
import argparse
import ipaddress
import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
import urllib.request

KINDS = {"pods": "/api/v1/pods", "namespaces": "/api/v1/namespaces", "policies": "/apis/networking.k8s.io/v1/networkpolicies"}


class Cluster:
    """What the API server and the CNI's files say, kept up to date by one thread for each kind."""

    def __init__(self, api, context, folder):
        self.api, self.context, self.folder = api, context, folder
        self.objects = {kind: {} for kind in KINDS}
        self.addresses = {}  # the CNI's file: (address, the pod's uid)
        self.changed = threading.Event()
        self.listed = {kind: threading.Event() for kind in KINDS}
        for kind in KINDS:
            threading.Thread(target=self.follow, args=(kind,), daemon=True).start()
        self.look()
        threading.Thread(target=self.follow_addresses, daemon=True).start()

    def get(self, path, timeout):
        return urllib.request.urlopen(self.api + path, context=self.context, timeout=timeout)

    def follow(self, kind):
        path = KINDS[kind]
        while True:
            try:
                with self.get(path, 30) as answer:
                    whole = json.load(answer)
                self.objects[kind] = {o["metadata"]["uid"]: o for o in whole["items"]}
                self.listed[kind].set()
                self.changed.set()
                version = whole["metadata"]["resourceVersion"]
                while True:
                    query = f"?watch=1&timeoutSeconds=240&allowWatchBookmarks=true&resourceVersion={version}"
                    with self.get(path + query, 300) as answer:
                        for line in answer:
                            event = json.loads(line)
                            if event["type"] == "ERROR":
                                raise RuntimeError(event["object"].get("message", "watch ended"))
                            meta = event["object"]["metadata"]
                            version = meta["resourceVersion"]
                            if event["type"] == "DELETED":
                                self.objects[kind].pop(meta["uid"], None)
                            elif event["type"] != "BOOKMARK":
                                self.objects[kind][meta["uid"]] = event["object"]
                            self.changed.set()
            except Exception as problem:  # the API server may be away for a while: start over
                print(f"{kind}: {problem}", file=sys.stderr, flush=True)
                time.sleep(0.5)

    def follow_addresses(self):
        while True:
            time.sleep(0.05)
            self.look()

    def look(self):
        try:
            names = set(os.listdir(self.folder))
        except FileNotFoundError:  # no pod yet
            names = set()
        for name in set(self.addresses) - names:
            del self.addresses[name]
            self.changed.set()
        for name in names - set(self.addresses):
            try:
                with open(os.path.join(self.folder, name)) as file:
                    said = json.load(file)
                uid = dict(said["cniArgs"]).get("K8S_POD_UID")
                self.addresses[name] = [(ip["address"].split("/")[0], uid) for ip in said["result"]["ips"]]
                self.changed.set()
            except (OSError, ValueError, KeyError, TypeError):  # being written, or gone again: the next look tells
                pass


def selects(selector, labels):
    for key, value in (selector.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    for term in selector.get("matchExpressions") or []:
        key, operator, values = term["key"], term["operator"], term.get("values") or []
        if operator == "In" and labels.get(key) not in values:
            return False
        if operator == "NotIn" and key in labels and labels[key] in values:
            return False
        if operator == "Exists" and key not in labels:
            return False
        if operator == "DoesNotExist" and key in labels:
            return False
    return True


def a_set(items):
    return "{ " + ", ".join(items) + " }"


def by_number(addresses):
    return sorted(addresses, key=lambda a: int(ipaddress.ip_address(a)))


def joined(ranges):
    """[(first, last)] as nft writes them, none touching another."""
    whole = []
    for first, last in sorted(ranges):
        if whole and first <= whole[-1][1] + 1:
            whole[-1][1] = max(last, whole[-1][1])
        else:
            whole.append([first, last])
    return [str(first) if first == last else f"{first}-{last}" for first, last in whole]


class Pod:
    def __init__(self, address, namespace, name, labels, ports, only=None):
        self.address, self.namespace, self.name, self.labels = address, namespace, name, labels
        self.ports = ports  # (port's name, protocol): number
        self.only = only  # [(protocol, number)]: the pod is no more than these ports of its address


class Rules:
    """The nft table for one state of the cluster."""

    def __init__(self, objects, addresses, options):
        self.options = options
        # from 1.21 on each namespace bears its name as a label, which policies of today count on
        self.namespaces = {n["metadata"]["name"]: {"kubernetes.io/metadata.name": n["metadata"]["name"], **(n["metadata"].get("labels") or {})}
                           for n in list(objects["namespaces"].values())}
        self.pods = []
        for address, uid in sorted({(address, uid or "") for pairs in list(addresses.values()) for address, uid in pairs}):
            pod = objects["pods"].get(uid)
            if pod and ipaddress.ip_address(address) in options.pods:
                meta = pod["metadata"]
                ports = {(port["name"], port.get("protocol", "TCP")): port["containerPort"]
                         for container in pod["spec"]["containers"] for port in container.get("ports") or [] if port.get("name")}
                self.pods.append(Pod(address, meta["namespace"], meta["name"], meta.get("labels") or {}, ports))
        self.peers = list(self.pods)
        if options.dns:  # the DNS server is a process of the node; where it is a pod, policies name it by its labels
            namespace, label, port = options.dns.split("/")
            self.peers.append(Pod(options.node, namespace, "dns", dict([label.split("=")]), {("dns", "UDP"): int(port), ("dns-tcp", "TCP"): int(port)},
                                  [("TCP", int(port)), ("UDP", int(port))]))
        self.policies = sorted(list(objects["policies"].values()), key=lambda p: (p["metadata"]["namespace"], p["metadata"]["name"]))

    def table(self):
        chains, maps = [], {}
        for way in ("Ingress", "Egress"):
            selected = {}  # the pods that the same policies select have one chain
            of_policy = []
            for policy in self.policies:
                spec = policy["spec"]
                types = spec.get("policyTypes") or ["Ingress"] + (["Egress"] if spec.get("egress") else [])
                if way not in types:
                    continue
                pods = [p for p in self.pods if p.namespace == policy["metadata"]["namespace"] and selects(spec.get("podSelector") or {}, p.labels)]
                for pod in pods:
                    selected.setdefault(pod.address, []).append(len(of_policy))
                of_policy.append(list(self.policy(policy, way, pods)) if pods else [])
            groups = {}
            for address, numbers in selected.items():
                groups.setdefault(tuple(numbers), []).append(address)
            maps[way] = []
            for number, (numbers, members) in enumerate(sorted(groups.items())):
                chain = f"policy-{way.lower()}-{number}"
                lines = [line for n in numbers for line in of_policy[n]] + ["counter drop"]
                chains.append(self.chain(chain, lines))
                maps[way] += [f"{address} : goto {chain}" for address in by_number(members)]
        known = by_number({pod.address for pod in self.pods})
        bridge, cidr, table = self.options.bridge, self.options.pods, f"inet {self.options.table}"
        return "\n".join([
            f"add table {table}", f"delete table {table}", f"table {table} {{",
            self.named("set", "pods", "ipv4_addr", known),
            self.named("set", "self", "ipv4_addr . ipv4_addr", [f"{a} . {a}" for a in known]),
            self.named("map", "egress", "ipv4_addr : verdict", maps["Egress"]),
            self.named("map", "ingress", "ipv4_addr : verdict", maps["Ingress"]),
            *chains,
            self.chain("policy-egress", ["meta nfproto ipv6 counter drop",  # pods have no more than link-local ones
                                      "ip saddr != @pods counter drop", "ip saddr vmap @egress"]),
            self.chain("policy-ingress", ["ip daddr != @pods counter drop", "ip daddr vmap @ingress"]),
            self.chain("policy-forward", ["type filter hook forward priority filter; policy accept;", "ct state established,related accept",
                                       "ip saddr . ip daddr @self accept",  # a pod by way of its own Service
                                       f'iifname "{bridge}" jump policy-egress', f"ip daddr {cidr} jump policy-ingress"]),
            self.chain("policy-input", ["type filter hook input priority filter; policy accept;", "ct state established,related accept",
                                     f'iifname "{bridge}" jump policy-egress']),
            "}\n"])

    @staticmethod
    def chain(name, lines):
        return f"  chain {name} {{\n" + "".join(f"    {line}\n" for line in lines) + "  }"

    @staticmethod
    def named(what, name, kind, elements):
        inside = f" elements = {a_set(elements)};" if elements else ""
        return f"  {what} {name} {{ type {kind};{inside} }}"

    def policy(self, policy, way, selected):
        """The lines that let pass what one policy allows."""
        namespace, name = policy["metadata"]["namespace"], policy["metadata"]["name"]
        done = f'return comment "{namespace}/{name}"'[:120].rstrip('"') + '"'
        far = "ip saddr" if way == "Ingress" else "ip daddr"
        for rule in policy["spec"].get(way.lower()) or []:
            peers, ports = rule.get("from" if way == "Ingress" else "to") or [], rule.get("ports") or []
            pods, blocks = self.of_peers(peers, namespace, far)
            plain = {pod.address for pod in pods if not pod.only}
            wheres = ([f"{far} {a_set(by_number(plain))}"] if plain else []) + blocks
            if not peers:
                wheres, pods = [""], self.peers
            for what in self.numbers(ports):
                for where in wheres:
                    yield " ".join(part for part in (where, what, done) if part)
            # a port by its name is that of the pod which is asked: one of the selected for Ingress, a peer for Egress
            asked = selected if way == "Ingress" else pods
            for protocol, found in self.by_name(ports, asked).items():
                here = f"ip daddr . th dport {a_set(found)} meta l4proto {protocol}"
                if way == "Egress":
                    yield f"{here} {done}"
                else:
                    for where in wheres:
                        yield " ".join(part for part in (where, here, done) if part)
            if way == "Egress" and peers:
                for pod in pods:
                    for protocol, number in pod.only or []:
                        if not ports or any(self.covers(port, protocol, number) for port in ports):
                            yield f"ip daddr {pod.address} {protocol.lower()} dport {number} {done}"

    def of_peers(self, peers, namespace, far):
        pods, blocks = {}, []
        for peer in peers:
            if peer.get("ipBlock"):
                block = ipaddress.ip_network(peer["ipBlock"]["cidr"], strict=False)
                if block.version == 4:
                    out = ipaddress.collapse_addresses(ipaddress.ip_network(e, strict=False) for e in peer["ipBlock"].get("except") or [])
                    out = [str(e) for e in out]
                    blocks.append(f"{far} {block}" + (f" {far} != {a_set(out)}" if out else ""))
                continue
            of_namespace, of_pod = peer.get("namespaceSelector"), peer.get("podSelector")
            for pod in self.peers:
                near = pod.namespace == namespace if of_namespace is None else selects(of_namespace, self.namespaces.get(pod.namespace, {}))
                if near and (of_pod is None or selects(of_pod, pod.labels)):
                    pods[pod.address, pod.only is None] = pod
        return list(pods.values()), blocks

    @staticmethod
    def numbers(ports):
        """nft's words for the ports given by number; one empty word where there are no ports: all is meant."""
        if not ports:
            return [""]
        words, ranges = [], {}
        for port in ports:
            protocol, number = port.get("protocol", "TCP"), port.get("port")
            if number is None:
                words.append(f"meta l4proto {protocol.lower()}")
            elif isinstance(number, int):
                ranges.setdefault(protocol, []).append((number, port.get("endPort") or number))
        return words + [f"{protocol.lower()} dport {a_set(joined(found))}" for protocol, found in sorted(ranges.items())]

    @staticmethod
    def by_name(ports, pods):
        found = {}
        for port in ports:
            if isinstance(port.get("port"), str):
                protocol = port.get("protocol", "TCP")
                for pod in pods:
                    number = pod.ports.get((port["port"], protocol))
                    if number:
                        found.setdefault(protocol.lower(), set()).add(f"{pod.address} . {number}")
        return {protocol: sorted(pairs) for protocol, pairs in sorted(found.items())}

    @staticmethod
    def covers(port, protocol, number):
        if port.get("protocol", "TCP") != protocol:
            return False
        first = port.get("port")
        return first is None or isinstance(first, int) and first <= number <= (port.get("endPort") or first)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("api", "ca", "cert", "key", "node"):
        parser.add_argument("--" + option, required=True)
    parser.add_argument("--pods", type=ipaddress.ip_network, required=True)
    parser.add_argument("--table", default="store-platform-policies")
    parser.add_argument("--bridge", default="cni0")
    parser.add_argument("--cni", default="/var/lib/cni/results")
    parser.add_argument("--dns", default="kube-system/k8s-app=kube-dns/53")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # not before an nft under way has ended
    context = ssl.create_default_context(cafile=options.ca)
    context.load_cert_chain(options.cert, options.key)
    cluster = Cluster(options.api, context, options.cni)
    for listed in cluster.listed.values():  # until then the rules of before stay
        listed.wait()
    in_force = None
    while True:
        cluster.changed.wait()
        time.sleep(0.02)  # what comes together is applied together
        cluster.changed.clear()
        began = time.monotonic()
        try:
            rules = Rules(cluster.objects, cluster.addresses, options)
            table = rules.table()
            if table == in_force:
                continue
            done = subprocess.run(["nft", "-f", "-"], input=table, text=True, stderr=subprocess.PIPE)
            if done.returncode:
                raise RuntimeError(done.stderr.strip()[:1000])
            in_force = table
            print(f"enforcing: {len(rules.policies)} policies, {len(rules.pods)} pods, in {(time.monotonic() - began) * 1000:.0f} ms", file=sys.stderr, flush=True)
        except Exception as problem:  # the rules of before stay, and it is tried again
            print(f"not applied: {type(problem).__name__}: {problem}", file=sys.stderr, flush=True)
            time.sleep(0.5)
            cluster.changed.set()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
