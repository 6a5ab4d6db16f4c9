#!/usr/bin/env python3
"""Layers and archives of container images, from folders.

oci.py layer UPPER OUT.tar     an overlay's upper folder as an image layer (deletions become whiteout files)
oci.py digests SPEC.json…      'DIGEST NAME SPEC.json' for each name, without writing anything
oci.py pack SPEC.json…         an OCI archive with all these images, to standard output

A SPEC.json: {"image": NAME, "layers": [PATH.tar, …], "config": {…}, "names": ["docker.io/library/x:1", …]}. Beside each
layer a file PATH.tar.sha256 holds its digest.
"""
import hashlib
import io
import json
import os
import stat
import sys
import tarfile

STAND_IN = "built from Debian packages for offline use; not the official image"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def file_digest(path):
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def write_layer(upper, out):
    whiteout = tarfile.TarInfo
    with tarfile.open(out, "w", format=tarfile.PAX_FORMAT) as tar:
        for folder, names, files in os.walk(upper):
            names.sort()
            relative = os.path.relpath(folder, upper)
            if relative != ".":
                try:
                    opaque = os.getxattr(folder, "trusted.overlay.opaque") == b"y"
                except OSError:
                    opaque = False
                if opaque:
                    tar.addfile(whiteout(os.path.join(relative, ".wh..wh..opq")))
            for name in sorted(names + files):
                path = os.path.join(folder, name)
                inside = os.path.normpath(os.path.join(relative, name))
                info = os.lstat(path)
                if stat.S_ISCHR(info.st_mode) and info.st_rdev == 0:
                    tar.addfile(whiteout(os.path.join(os.path.dirname(inside), ".wh." + name)))
                elif stat.S_ISSOCK(info.st_mode):
                    continue
                else:
                    tar.add(path, inside, recursive=False)
    with open(out + ".sha256", "w") as f:
        f.write(file_digest(out) + "\n")


def describe(spec):
    """The image's config and manifest as bytes, and what its layers are: [(path, digest, size)]."""
    layers = []
    for path in spec["layers"]:
        with open(path + ".sha256") as f:
            layers.append((path, f.read().strip(), os.path.getsize(path)))
    labels = {"store-platform.stand-in": STAND_IN, "store-platform.image": spec["image"]}
    config = json.dumps({
        "architecture": "amd64", "os": "linux", "config": {"Env": ["PATH=" + PATH], **spec["config"], "Labels": labels},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest for _, digest, _ in layers]},
    }, sort_keys=True).encode()
    manifest = json.dumps({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json",
                   "digest": "sha256:" + hashlib.sha256(config).hexdigest(), "size": len(config)},
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": "sha256:" + digest, "size": size}
                   for _, digest, size in layers],
    }, sort_keys=True).encode()
    return config, manifest, layers


def pack(specs, out):
    written = set()
    index = []
    with tarfile.open(fileobj=out, mode="w|") as tar:
        def add(name, data):
            if name in written:
                return
            written.add(name)
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))

        add("oci-layout", b'{"imageLayoutVersion": "1.0.0"}')
        for spec in specs:
            config, manifest, layers = describe(spec)
            for path, digest, size in layers:
                name = "blobs/sha256/" + digest
                if name not in written:
                    written.add(name)
                    info = tarfile.TarInfo(name)
                    info.size = size
                    with open(path, "rb") as f:
                        tar.addfile(info, f)
            for data in (config, manifest):
                add("blobs/sha256/" + hashlib.sha256(data).hexdigest(), data)
            for name in spec["names"]:
                index.append({"mediaType": "application/vnd.oci.image.manifest.v1+json",
                              "digest": "sha256:" + hashlib.sha256(manifest).hexdigest(), "size": len(manifest),
                              "platform": {"architecture": "amd64", "os": "linux"},
                              "annotations": {"io.containerd.image.name": name}})
        add("index.json", json.dumps({"schemaVersion": 2, "manifests": index}).encode())


def main():
    command, arguments = (sys.argv[1:2] or ["help"])[0], sys.argv[2:]
    if command == "layer":
        write_layer(*arguments)
    elif command in ("digests", "pack"):
        specs = []
        for path in arguments:
            with open(path, encoding="utf-8") as f:
                specs.append(json.load(f))
        if command == "pack":
            pack(specs, sys.stdout.buffer)
            return
        for path, spec in zip(arguments, specs):
            digest = hashlib.sha256(describe(spec)[1]).hexdigest()
            for name in spec["names"]:
                print(f"sha256:{digest} {name} {path}")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
