"""The nftables rules that say what a cluster's NetworkPolicies (networking.k8s.io/v1) say. No I/O."""
import ipaddress


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


def full_name(o):
    return o["metadata"]["namespace"], o["metadata"]["name"]


def named_ports(pod):
    """{(name, protocol): number} of its containers' ports."""
    return {(port["name"], port.get("protocol", "TCP")): port["containerPort"]
            for container in pod["spec"]["containers"] for port in container.get("ports") or [] if port.get("name")}


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
        self.namespaces = {}
        for namespace in list(objects["namespaces"].values()):
            meta = namespace["metadata"]
            self.namespaces[meta["name"]] = {"kubernetes.io/metadata.name": meta["name"], **(meta.get("labels") or {})}
        self.pods = []
        pairs = {(address, uid or "") for pairs in list(addresses.values()) for address, uid in pairs}
        for address, uid in sorted(pairs):
            pod = objects["pods"].get(uid)
            if pod and ipaddress.ip_address(address) in options.pods:
                meta = pod["metadata"]
                self.pods.append(Pod(address, meta["namespace"], meta["name"], meta.get("labels") or {}, named_ports(pod)))
        self.peers = list(self.pods)
        if options.dns:  # the DNS server is a process of the node; where it is a pod, policies name it by its labels
            namespace, label, port = options.dns.split("/")
            ports = {("dns", "UDP"): int(port), ("dns-tcp", "TCP"): int(port)}
            only = [("TCP", int(port)), ("UDP", int(port))]
            self.peers.append(Pod(options.node, namespace, "dns", dict([label.split("=")]), ports, only))
        self.policies = sorted(list(objects["policies"].values()), key=full_name)

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
                pods = [p for p in self.pods if p.namespace == policy["metadata"]["namespace"]
                        and selects(spec.get("podSelector") or {}, p.labels)]
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
            self.chain("policy-forward", ["type filter hook forward priority filter; policy accept;",
                                          "ct state established,related accept",
                                       "ip saddr . ip daddr @self accept",  # a pod by way of its own Service
                                       f'iifname "{bridge}" jump policy-egress', f"ip daddr {cidr} jump policy-ingress"]),
            self.chain("policy-input", ["type filter hook input priority filter; policy accept;",
                                        "ct state established,related accept",
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
                    but = [ipaddress.ip_network(e, strict=False) for e in peer["ipBlock"].get("except") or []]
                    out = [str(e) for e in ipaddress.collapse_addresses(but)]
                    blocks.append(f"{far} {block}" + (f" {far} != {a_set(out)}" if out else ""))
                continue
            of_namespace, of_pod = peer.get("namespaceSelector"), peer.get("podSelector")
            for pod in self.peers:
                if of_namespace is None:
                    near = pod.namespace == namespace
                else:
                    near = selects(of_namespace, self.namespaces.get(pod.namespace, {}))
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
