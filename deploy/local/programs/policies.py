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
import subprocess
import sys
import threading
import time

import follow
from policy_rules import Rules

KINDS = {"pods": "/api/v1/pods", "namespaces": "/api/v1/namespaces",
         "policies": "/apis/networking.k8s.io/v1/networkpolicies"}


class Addresses:
    """Which pod has which address, from the CNI's own files: [(address, the pod's uid)] by the file's name."""

    def __init__(self, folder, changed):
        self.folder, self.changed, self.found = folder, changed, {}
        self.look()
        threading.Thread(target=self.follow, daemon=True).start()

    def follow(self):
        while True:
            time.sleep(0.05)
            self.look()

    def look(self):
        try:
            names = set(os.listdir(self.folder))
        except FileNotFoundError:  # no pod yet
            names = set()
        for name in set(self.found) - names:
            del self.found[name]
            self.changed()
        for name in names - set(self.found):
            try:
                with open(os.path.join(self.folder, name)) as file:
                    said = json.load(file)
                uid = dict(said["cniArgs"]).get("K8S_POD_UID")
                self.found[name] = [(ip["address"].split("/")[0], uid) for ip in said["result"]["ips"]]
                self.changed()
            except (OSError, ValueError, KeyError, TypeError):  # being written, or gone again: the next look tells
                pass


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    follow.add_options(parser)
    parser.add_argument("--node", required=True)
    parser.add_argument("--pods", type=ipaddress.ip_network, required=True)
    parser.add_argument("--table", default="store-platform-policies")
    parser.add_argument("--bridge", default="cni0")
    parser.add_argument("--cni", default="/var/lib/cni/results")
    parser.add_argument("--dns", default="kube-system/k8s-app=kube-dns/53")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # not before an nft under way has ended
    api, changed = follow.Api(options), threading.Event()
    kinds = {kind: follow.Followed(api, path, follow.by_uid, changed.set) for kind, path in KINDS.items()}
    addresses = Addresses(options.cni, changed.set)
    for kind in kinds.values():  # until then the rules of before stay
        kind.listed.wait()
    in_force = None
    while True:
        changed.wait()
        time.sleep(0.02)  # what comes together is applied together
        changed.clear()
        began = time.monotonic()
        try:
            objects = {kind: followed.objects for kind, followed in kinds.items()}
            rules = Rules(objects, addresses.found, options)
            table = rules.table()
            if table == in_force:
                continue
            done = subprocess.run(["nft", "-f", "-"], input=table, text=True, stderr=subprocess.PIPE)
            if done.returncode:
                raise RuntimeError(done.stderr.strip()[:1000])
            in_force = table
            took = (time.monotonic() - began) * 1000
            print(f"enforcing: {len(rules.policies)} policies, {len(rules.pods)} pods, in {took:.0f} ms", file=sys.stderr, flush=True)
        except Exception as problem:  # the rules of before stay, and it is tried again
            print(f"not applied: {type(problem).__name__}: {problem}", file=sys.stderr, flush=True)
            time.sleep(0.5)
            changed.set()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
