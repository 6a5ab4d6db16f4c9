#!/usr/bin/env python3
"""Deletes pods that have ended, at once.

ended_pods.py --api URL --ca FILE --cert FILE --key FILE

The kubelet of Kubernetes 1.20 deletes a pod only when its sandbox is gone, which it looks at every ten seconds, and
which its garbage collection removes up to a minute later; later kubelets need no such wait. So: when a pod is to be
deleted and the kubelet has reported that every container of it has ended, this deletes the object, as the kubelet
would have. Nothing is cut short: a container that still runs has its whole grace period.
"""
import argparse
import sys
import threading
import urllib.error

import follow


def is_over(container):
    """The container has ended. One that was removed before the kubelet looked again is said to be created, with an end
    of unknown status behind it; a pod that is to be deleted begins none, so it is over as well."""
    ends = container.get("state", {}), container.get("lastState", {})
    reason = ends[1].get("terminated", {}).get("reason")
    return "terminated" in ends[0] or ("waiting" in ends[0] and reason == "ContainerStatusUnknown")


def has_ended(pod):
    """The kubelet says so: each container, also each of the init containers that were begun."""
    if not pod["metadata"].get("deletionTimestamp") or not pod["spec"].get("nodeName"):
        return False
    status = pod.get("status", {})
    containers = status.get("containerStatuses") or []
    begun = containers + [c for c in status.get("initContainerStatuses") or [] if c.get("containerID")]
    return len(containers) == len(pod["spec"]["containers"]) and all(map(is_over, begun))


def delete(api, pod):
    meta = pod["metadata"]
    body = {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0, "preconditions": {"uid": meta["uid"]}}
    try:
        api.open(f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}", method="DELETE", body=body).close()
        print(f"deleted {meta['namespace']}/{meta['name']}", file=sys.stderr, flush=True)
    except urllib.error.HTTPError as answer:
        if answer.code not in (404, 409):  # gone, or another one of that name
            raise


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    follow.add_options(parser)
    api = follow.Api(parser.parse_args())
    changed = threading.Event()
    pods = follow.Followed(api, "/api/v1/pods", follow.by_uid, changed.set)
    pods.listed.wait()
    print("looking for pods that have ended", file=sys.stderr, flush=True)
    while True:
        changed.clear()
        for pod in list(pods.objects.values()):
            if has_ended(pod):
                try:
                    delete(api, pod)
                except OSError as problem:  # tried again with the next change, or in a second
                    print(f"not deleted: {problem}", file=sys.stderr, flush=True)
        changed.wait(timeout=None if not any(map(has_ended, list(pods.objects.values()))) else 1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
