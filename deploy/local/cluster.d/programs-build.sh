# shellcheck shell=bash
# Kubernetes, built from Debian's source package: about 8 minutes on two cores, once. A build that was broken off goes on
# where it was. The source stays in $CACHE until it is built.

BUILD=$CACHE/kubernetes-build
PACKAGES_TO_COMPILE=2950 # that many names it tells; for the percentage

build_programs() {
  local tree
  say "building Kubernetes from Debian's source package (about 8 minutes on two cores, once)"
  mkdir -p "$BUILD"
  apt_need "$LOGS/apt.log" golang-go golang-github-modern-go-reflect2-dev jq rsync make dpkg-dev
  fetch_source
  tree=$(echo "$BUILD"/kubernetes-*/)
  compile "${tree%/}"
  cp "${tree%/}"/_output/local/bin/linux/*/kube{-apiserver,-controller-manager,-scheduler,let,-proxy} "$BIN"/
  rm -rf "$BUILD"
}

fetch_source() {
  [ ! -e "$BUILD/fetched" ] || return 0
  local sources=/etc/apt/sources.list.d/store-platform-source.list suite vendor
  rm -rf "$BUILD"/kubernetes*
  # shellcheck disable=SC1091
  suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) $suite main" >$sources
  (
    exec 7>/run/lock/store-platform-apt.lock
    flock 7
    apt-get update -o Dir::Etc::sourcelist=$sources -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0
    cd "$BUILD" && apt-get source --download-only kubernetes && tar xzf kubernetes_*.orig.tar.gz
  ) >>"$LOGS/apt.log" 2>&1 || {
    rm -f $sources
    die "Debian's source package of Kubernetes cannot be had: see $LOGS/apt.log"
  }
  rm -f $sources
  # the reflect2 of its vendor folder faults under Go 1.18 and later; Debian's package has the mended one
  vendor=$(echo "$BUILD"/kubernetes-*/vendor/github.com/modern-go)
  rm -rf "$vendor/reflect2"
  cp -r /usr/share/gocode/src/github.com/modern-go/reflect2 "$vendor/reflect2"
  touch "$BUILD/fetched"
}

compile() { # TREE
  local tree=$1 version make
  version=${tree##*/kubernetes-}
  (
    cd "$tree" || exit
    export GOPATH=$BUILD/go GOCACHE=$BUILD/cache GO111MODULE=off GOFLAGS=-v
    export KUBE_GIT_VERSION=v${version#v} KUBE_GIT_TREE_STATE=clean KUBE_GIT_COMMIT=debian KUBE_GIT_MAJOR=1
    KUBE_GIT_MINOR=$(cut -d. -f2 <<<"$version")
    export KUBE_GIT_MINOR
    exec make WHAT="${PROGRAMS[*]/#/cmd/}" GOLDFLAGS="-s -w"
  ) >>"$LOGS/build.log" 2>&1 7>&- 9>&- &
  make=$!
  trap 'kill $make 2>/dev/null' EXIT
  report_build $make
  wait $make || die "Kubernetes' build failed: see $LOGS/build.log"
  trap - EXIT
}

report_build() { # PID: a line every 20 seconds while it runs
  local began=$SECONDS told=$SECONDS percent
  while kill -0 "$1" 2>/dev/null; do
    sleep 1
    if [ $((SECONDS - told)) -ge 20 ]; then
      told=$SECONDS
      percent=$(($(grep -c '^[a-z0-9.-]*\(/\|$\)' "$LOGS/build.log" || true) * 100 / PACKAGES_TO_COMPILE))
      say "building Kubernetes: $((percent < 99 ? percent : 99)) %, $((SECONDS - began)) s"
    fi
  done
}
