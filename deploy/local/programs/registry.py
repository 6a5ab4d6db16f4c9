#!/usr/bin/env python3
"""The only registry that the local cluster's containerd asks: it has just the images which containerd already holds, under any
registry's name. So `imagePullPolicy: Always` works for these, and any other image is 'not found' at once, without a
packet leaving the machine.

registry.py --socket CONTAINERD.sock --content BLOBS_FOLDER [--port 15000]
"""
import argparse
import json
import os
import re
import shutil
import subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def digest_of(socket, name):
    """What containerd holds under NAME, as sha256:…, or None."""
    listing = subprocess.run(["ctr", "-a", socket, "-n", "k8s.io", "images", "ls", f"name=={name}"], capture_output=True, text=True, check=False).stdout
    for line in listing.splitlines()[1:]:
        if line.split()[0] == name:
            return line.split()[2]
    return None


def handler(socket, content):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def refuse(self, code, why):
            body = json.dumps({"errors": [{"code": why, "message": "no such image here: load it first"}]}).encode()
            self.answer(code, "application/json", len(body))
            if self.command == "GET":
                self.wfile.write(body)

        def answer(self, code, kind, size, digest=None):
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(size))
            if digest:
                self.send_header("Docker-Content-Digest", digest)
            self.end_headers()

        def do_GET(self):
            url = urlsplit(self.path)
            if url.path in ("/v2", "/v2/"):
                self.answer(200, "application/json", 0)
                return
            match = re.fullmatch(r"/v2/([a-z0-9._/-]+)/(manifests|blobs)/([A-Za-z0-9._:-]+)", url.path)
            if not match:
                self.refuse(404, "NAME_UNKNOWN")
                return
            name, what, reference = match.groups()
            digest = reference if reference.startswith("sha256:") else \
                digest_of(socket, f"{parse_qs(url.query).get('ns', ['docker.io'])[0]}/{name}:{reference}")
            path = digest and re.fullmatch("sha256:[0-9a-f]{64}", digest) and os.path.join(content, "sha256", digest[7:])
            if not path or not os.path.isfile(path):
                self.refuse(404, "MANIFEST_UNKNOWN")
                return
            kind = "application/octet-stream"
            if what == "manifests":
                with open(path, "rb") as f:
                    manifest = json.load(f)
                kind = manifest.get("mediaType") or (INDEX if "manifests" in manifest else MANIFEST)
            with open(path, "rb") as f:
                self.answer(200, kind, os.path.getsize(path), digest)
                if self.command == "GET":
                    shutil.copyfileobj(f, self.wfile)

        do_HEAD = do_GET

    return Handler


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--socket", required=True)
    parser.add_argument("--content", required=True)
    parser.add_argument("--port", type=int, default=15000)
    options = parser.parse_args()
    ThreadingHTTPServer(("127.0.0.1", options.port), handler(options.socket, options.content)).serve_forever()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
