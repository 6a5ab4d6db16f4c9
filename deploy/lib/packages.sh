# shellcheck shell=bash
# What must be on the machine: Debian packages, and Swift.

BUILD_PACKAGES=(libhiredis-dev libmicrohttpd-dev libpq-dev libssl-dev pkg-config zlib1g-dev)
RUN_PACKAGES=(ca-certificates curl iproute2 jq openssl postgresql-15 procps python3 redis-server util-linux)
# for the Swift tests only: the client in Python that joins the bus (Tests/Interop), and who tells where one hangs
# shellcheck disable=SC2034 # used by test-kinds.sh
TEST_PACKAGES=(python3-redis gdb)

need_packages() {
  apt_need "$LOGS/packages.log" "${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}"
}

need_swift() {
  command -v swift >/dev/null || die "Swift is not installed: get Swift 6.3 from swift.org/install"
  local version
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -1)
  case $version in
    6.[2-9] | 6.[1-9][0-9] | [7-9].* | [1-9][0-9].*) ;;
    *) die "Swift 6.3 is needed, and this is ${version:-unknown}: get it from swift.org/install" ;;
  esac
}
