#!/usr/bin/env python3
"""DNS for the cluster's pods: what pods ask for is answered from the cluster's Services and Endpoints, as CoreDNS does.

dns.py --address IP --api URL --ca FILE --cert FILE --key FILE [--domain cluster.local]

NAME.NS.svc (its cluster IP, or a headless service's pods), POD.NAME.NS.svc, _PORT._PROTO.NAME.NS.svc (SRV),
A-B-C-D.NS.pod, ExternalName services, and the reverse of all these. X.A.B.C.D.nip.io is A.B.C.D, as in the world outside.
Any other name does not exist: pods have no way out of this machine. Only the standard library is used.
"""
import argparse
import ipaddress
import re
import socketserver
import struct
import sys
import threading
import time

import follow

A, CNAME, SOA, PTR, TXT, AAAA, SRV, ANY = 1, 5, 6, 12, 16, 28, 33, 255
TTL = 5
PUBLIC_NAME_IP = re.compile(r"(?:^|[.-])(\d{1,3})[.-](\d{1,3})[.-](\d{1,3})[.-](\d{1,3})\.(?:nip|sslip)\.io$")


class Cluster:
    """The services and endpoints that the API server has."""

    def __init__(self, api):
        self.services = follow.Followed(api, "/api/v1/services", follow.by_name)
        self.endpoints = follow.Followed(api, "/api/v1/endpoints", follow.by_name)

    def service(self, namespace, name):
        return self.services.objects.get((namespace, name))

    def addresses(self, namespace, name):
        """[(host label, IP)] of the endpoints that are ready, with the ports of their subset."""
        for subset in self.endpoints.objects.get((namespace, name), {}).get("subsets") or []:
            for address in subset.get("addresses") or []:
                yield address.get("hostname") or address["ip"].replace(".", "-"), address["ip"], subset.get("ports") or []


class Names:
    def __init__(self, cluster, domain):
        self.cluster, self.domain = cluster, domain

    def answer(self, name, kind):
        """(found, [(name, type, data)]); found is False for a name that does not exist."""
        name = name.lower().rstrip(".")
        if name.endswith(".in-addr.arpa"):
            return self.reverse(name)
        if name == self.domain or name.endswith("." + self.domain):
            return self.inside(name, name[:-len(self.domain)].rstrip(".").split("."), kind)
        match = PUBLIC_NAME_IP.search(name)
        if match and all(int(part) < 256 for part in match.groups()):
            return True, [(name, A, ipaddress.ip_address(".".join(match.groups())).packed)]
        return False, []

    def inside(self, name, labels, kind):
        if labels in ([""], ["svc"], ["pod"]):
            return True, []
        if labels[-1] == "pod" and len(labels) == 3:
            try:
                return True, [(name, A, ipaddress.IPv4Address(labels[0].replace("-", ".")).packed)]
            except ValueError:
                return False, []
        if labels[-1] != "svc":
            return False, []
        if len(labels) == 2:
            return any(namespace == labels[0] for namespace, _ in self.cluster.services.objects), []
        namespace, service_name, more = labels[-2], labels[-3], labels[:-3]
        service = self.cluster.service(namespace, service_name)
        if service is None:
            return False, []
        spec = service["spec"]
        if spec.get("type") == "ExternalName":
            if more:
                return False, []
            target = spec["externalName"].rstrip(".")
            found, records = self.answer(target, kind)
            return True, [(name, CNAME, encode(target))] + (records if found else [])
        headless = spec.get("clusterIP") in (None, "", "None")
        own = f"{service_name}.{namespace}.svc.{self.domain}"
        pods = list(self.cluster.addresses(namespace, service_name)) if headless else []
        if len(more) == 2 and more[0].startswith("_") and more[1].startswith("_"):
            return self.ports(name, spec, own, pods, headless, more[0][1:], more[1][1:].upper())
        if len(more) == 1 and headless:
            records = [(name, A, ipaddress.ip_address(ip).packed) for label, ip, _ in pods if label == more[0]]
            return bool(records), records
        if more:
            return False, []
        ips = [ip for _, ip, _ in pods] if headless else [spec["clusterIP"]]
        return bool(ips) or not headless, [(name, A, ipaddress.ip_address(ip).packed) for ip in dict.fromkeys(ips)]

    @staticmethod
    def ports(name, spec, own, pods, headless, port_name, protocol):
        records = []
        if headless:
            for label, ip, ports in pods:
                for port in ports:
                    if port.get("name") == port_name and port.get("protocol", "TCP") == protocol:
                        records.append((name, SRV, struct.pack("!HHH", 0, 100, port["port"]) + encode(f"{label}.{own}")))
        else:
            for port in spec.get("ports", []):
                if port.get("name") == port_name and port.get("protocol", "TCP") == protocol:
                    records.append((name, SRV, struct.pack("!HHH", 0, 100, port["port"]) + encode(own)))
        return bool(records), records

    def reverse(self, name):
        ip = ".".join(reversed(name[:-len(".in-addr.arpa")].split(".")))
        for (namespace, service_name), service in list(self.cluster.services.objects.items()):
            own = f"{service_name}.{namespace}.svc.{self.domain}"
            if service["spec"].get("clusterIP") == ip:
                return True, [(name, PTR, encode(own))]
            if service["spec"].get("clusterIP") == "None":
                for label, pod_ip, _ in self.cluster.addresses(namespace, service_name):
                    if pod_ip == ip:
                        return True, [(name, PTR, encode(f"{label}.{own}"))]
        return False, []


def encode(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


def reply_to(query, names, limit):
    """The bytes of the reply, or None for what is no query."""
    if len(query) < 12:
        return None
    number, flags, questions = struct.unpack("!HHH", query[:6])
    if flags & 0x8000 or questions < 1:
        return None
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1"))
        at += 1 + query[at]
    kind = struct.unpack("!H", query[at + 1:at + 3])[0]
    question = query[12:at + 5]
    found, records = names.answer(".".join(labels), kind)
    chosen = [r for r in records if kind in (r[1], ANY) or r[1] == CNAME]
    body, code = b"", 0 if found else 3
    for owner, record_kind, data in chosen:
        body += encode(owner) + struct.pack("!HHIH", record_kind, 1, TTL, len(data)) + data
    authority = b""
    if not chosen:  # how long the absence may be remembered
        data = encode("ns.dns." + names.domain) + encode("hostmaster." + names.domain) + struct.pack("!IIIII", int(time.time()) & 0xffffffff, 7200, 1800, 86400, TTL)
        authority = encode(names.domain) + struct.pack("!HHIH", SOA, 1, TTL, len(data)) + data
    reply = 0x8480 | flags & 0x0100 | code
    packet = struct.pack("!HHHHHH", number, reply, 1, len(chosen), 1 if authority else 0, 0) + question + body + authority
    if limit and len(packet) > limit:  # cut short: ask again over TCP
        packet = struct.pack("!HHHHHH", number, reply | 0x0200, 1, 0, 0, 0) + question
    return packet


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    follow.add_options(parser)
    parser.add_argument("--address", required=True)
    parser.add_argument("--port", type=int, default=53)
    parser.add_argument("--domain", default="cluster.local")
    options = parser.parse_args()
    cluster = Cluster(follow.Api(options))
    names = Names(cluster, options.domain)

    class Udp(socketserver.BaseRequestHandler):
        def handle(self):
            data, sock = self.request
            answer = reply_to(data, names, 1232 if data[10:12] != b"\0\0" else 512)
            if answer:
                sock.sendto(answer, self.client_address)

    class Tcp(socketserver.StreamRequestHandler):
        timeout = 10

        def handle(self):
            while True:
                size = self.rfile.read(2)
                if len(size) < 2:
                    return
                answer = reply_to(self.rfile.read(struct.unpack("!H", size)[0]), names, 0)
                if not answer:
                    return
                self.wfile.write(struct.pack("!H", len(answer)) + answer)

    class Quiet:
        allow_reuse_address = True
        daemon_threads = True

        def handle_error(self, request, client_address):
            if not isinstance(sys.exc_info()[1], (OSError, IndexError, struct.error)):
                super().handle_error(request, client_address)

    class UdpServer(Quiet, socketserver.ThreadingUDPServer):
        pass

    class TcpServer(Quiet, socketserver.ThreadingTCPServer):
        request_queue_size = 64

    cluster.services.listed.wait()
    cluster.endpoints.listed.wait()
    tcp = TcpServer((options.address, options.port), Tcp)
    threading.Thread(target=tcp.serve_forever, daemon=True).start()
    with UdpServer((options.address, options.port), Udp) as udp:
        print(f"answering on {options.address}:{options.port}", file=sys.stderr, flush=True)
        udp.serve_forever()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
