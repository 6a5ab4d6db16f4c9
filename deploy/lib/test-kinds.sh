# shellcheck shell=bash
# What each kind of test is. A function test_KIND prints to its log and fails when a test does.

TEST_FLAGS=("${SWIFT_FLAGS[@]}")

# need_platform: up, and in the environment of the tests
need_platform() {
  "$ROOT/deploy/up" >&3 2>&1 || return 1
  set -a
  # shellcheck source=/dev/null
  . "$RUN/platform.env"
  set +a
}

# need_local_cluster: complete; deploy/down stops it where this started it
need_local_cluster() {
  note_whose_cluster
  "$ROOT/deploy/local/up" >&3 2>&1
}

# swift_tests ARGUMENT… : a few at a time, for many of them wait for real servers with a deadline
swift_tests() {
  apt_need "$LOGS/packages.log" "${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
  need_swift
  "$ROOT/deploy/local/tools" --only helm --only helm3 --only kubectl
  export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4
  (cd "$ROOT" && swift build "${TEST_FLAGS[@]}" --build-tests && swift test "${TEST_FLAGS[@]}" --skip-build "$@")
}

test_lint() {
  need_swift
  apt_need "$LOGS/packages.log" shellcheck
  check 'Swift is formatted' swift format lint --strict --configuration "$ROOT/.swift-format" -r -p \
    "$ROOT"/{Package.swift,Services,Shared,Tests}
  local script
  while IFS= read -r script; do
    check "shellcheck $script" shellcheck --severity=warning -x "$ROOT/$script"
  done < <(shell_scripts)
  checked
}

# shell_scripts: every file of the repository that is one
shell_scripts() {
  cd "$ROOT" && git ls-files deploy Tests .ci | while IFS= read -r file; do
    case $file in
      *.sh) echo "$file" ;;
      *) if [ -f "$file" ] && head -n 1 "$file" | LC_ALL=C has '^#!.*\(bash\|sh\)$'; then echo "$file"; fi ;;
    esac
  done
}

test_unit() {
  unset KUBECONFIG # what needs a cluster is of the kind integration
  swift_tests --skip 'EndToEndTests|KillTests'
}

test_contract() { swift_tests --filter 'Contract|ArchitectureTests'; }

# all faults of the bus, the slow ones too; the quick ones are a part of unit
test_chaos() { CHAOS=all swift_tests --filter 'ChaosTests'; }

test_integration() {
  need_local_cluster
  eval "$("$ROOT/deploy/local/cluster" env)"
  swift_tests --filter 'LiveKubernetesAPITests|HelmClusterTests|RealClusterTests'
}

# a sample; Tests/Fuzz/run all is the real thing
test_fuzz() {
  need_swift
  apt_need "$LOGS/packages.log" "${BUILD_PACKAGES[@]}"
  "$ROOT/Tests/Fuzz/run" all 200000
  FUZZ_HTTP=3000 swift_tests --filter GatewayFuzzTests
}

test_scripts() { "$ROOT/Tests/Deploy/run"; }

test_local() {
  need_local_cluster
  "$ROOT/Tests/Local/run"
}

test_charts() {
  apt_need "$LOGS/packages.log" python3-yaml
  need_platform
  /usr/bin/python3 "$ROOT/Tests/Charts/run"
}

# services of its own, without a cluster: what it makes costs nothing
test_api() {
  apt_need "$LOGS/packages.log" "${BUILD_PACKAGES[@]}" "${RUN_PACKAGES[@]}" python3-venv
  need_swift
  start_build
  finish_build
  take_programs
  "$ROOT/Tests/API/run"
}

# one after the other: the kill tests take services away that the others need
test_endtoend() {
  local status=0
  on_the_platform EndToEndTests || status=1
  on_the_platform KillTests || status=1
  return $status
}

# a kill at every place, then random ones; endtoend runs a few of them
test_kills() { KILLS=all on_the_platform 'KillTests|RotationTests'; }

on_the_platform() { # FILTER
  # more regions, whose provisioners the tests start: some with values that cannot work, some to be killed
  REGIONS=local,kill$(printf ',kill%d' 1 2 3),faulty$(printf ',faulty%d' {1..12})
  # stores are looked at, and bought from, all the time
  export REGIONS RESYNC_INTERVAL=20s CANARY_INTERVAL=20s
  need_platform || return 1
  # what they kill, deploy/up starts again, with the programs that are there: Swift is busy with the tests
  STORE_PLATFORM_NO_BUILD=1 swift_tests --filter "$1"
}

test_browser() {
  need_platform
  "$ROOT/Tests/Browser/run"
}
