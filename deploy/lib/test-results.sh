# shellcheck shell=bash
# Runs kinds of tests, counts what passed, and sums up.

PASSED=0
FAILED=0
RESULTS=()

# check WHAT COMMAND… ; checked: for kinds that are a list of commands
CHECKS_PASSED=0
CHECKS_FAILED=0
check() {
  local what=$1
  shift
  if "$@"; then
    CHECKS_PASSED=$((CHECKS_PASSED + 1))
    echo "ok    $what"
  else
    CHECKS_FAILED=$((CHECKS_FAILED + 1))
    echo "FAIL  $what"
  fi
}
checked() {
  echo "$CHECKS_PASSED passed, $CHECKS_FAILED failed"
  [ $CHECKS_FAILED = 0 ] || exit 1
}

# run_kind KIND: in a shell of its own; its output to a log, a heartbeat here, and the failures when there are any
run_kind() {
  local log=$LOGS/test-$1.log began=$SECONDS job status=0 passed failed hung=
  say "$1 …"
  (trap - ERR; "test_$1") >"$log" 2>&1 3> >(sed -u 's/^/    /') &
  job=$!
  while kill -0 $job 2>/dev/null; do
    sleep 1
    if [ -z "$hung" ] && is_silent "$log"; then
      hung=yes
      end_hung "$log" $job
    fi
    beat "$1, $((SECONDS - began)) s: $(tail -n 1 "$log" | tr -d '\r' | cut -c1-80)"
  done
  wait $job || status=$?
  read -r passed failed < <(count "$log")
  if [ $status != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
  PASSED=$((PASSED + passed))
  FAILED=$((FAILED + failed))
  RESULTS+=("$1 $passed $failed $((SECONDS - began))")
  say "$1: $passed passed, $failed failed"
  if [ $status != 0 ] || [ "$failed" != 0 ]; then show_failures "$log"; fi
}

# count LOG: 'PASSED FAILED', from the lines of Swift Testing, else from the last line 'N passed, N failed'
count() {
  local line
  if grep -q 'Test run with' "$1"; then
    echo "$(grep -E '^[^ ]+ Test .* passed after' "$1" | grep -vc 'Test run with' || true)" \
      "$(grep -E '^[^ ]+ Test .* failed after' "$1" | grep -vc 'Test run with' || true)"
    return
  fi
  line=$(grep -Eo '[0-9]+ passed, [0-9]+ failed' "$1" | tail -n 1) || true
  sed -E 's/ passed, / /; s/ failed//' <<<"${line:-0 passed, 0 failed}"
}

show_failures() { # LOG
  # a test that merely begins may have such words in its arguments
  grep -E '^FAIL|error:|recorded an issue|failed after|^(fatal|Fatal)|↳' "$1" | grep -vE '^[^ ]+ Test case .* started' |
    head -n 60 | cut -c1-300 | sed 's/^/    /' || true
  show_crash "$1"
  echo "    the end of $1:"
  tail -n 15 "$1" | cut -c1-300 | sed 's/^/    /'
}

# Nothing is silent that long but what hangs: every test has a limit of its own, and a platform comes up in half of it.
SILENCE=${SILENCE:-1800}

# is_silent LOG: nothing was added to it for SILENCE seconds
is_silent() { [ $(($(date +%s) - $(stat -c %Y "$1"))) -ge "$SILENCE" ]; }

# end_hung LOG JOB: adds to the log what is under way, ends the job with all it has started, and so lets it fail
end_hung() {
  local pid
  {
    echo "FAIL  nothing happened for $SILENCE seconds; begun and not ended:"
    unfinished "$1"
    for pid in $(descendants "$2"); do
      case $(cat "/proc/$pid/comm" 2>/dev/null) in
        # of a program that hangs, where each of its threads is
        store-platformP* | swiftpm-xctest*) timeout 120 gdb --batch -p "$pid" -ex 'thread apply all backtrace' 2>&1 ;;
      esac
    done
  } >>"$1" || true
  # shellcheck disable=SC2046
  kill -KILL $(descendants "$2") "$2" 2>/dev/null || true # some may have ended with the others
}

# descendants PID: its children, and theirs
descendants() {
  local child
  while IFS= read -r child; do
    echo "$child"
    descendants "$child"
  done < <(pgrep -P "$1")
}

# show_crash LOG: where a Swift program crashed, and what was under way then
show_crash() {
  has 'Program crashed' <"$1" || return 0
  echo "    the program crashed:"
  awk '/Program crashed/ {print} /^Thread .* crashed/ {on = 1} /^(Registers|Thread .*:)/ && !/ crashed/ {on = 0} on' "$1" |
    head -n 120 | cut -c1-300 | sed 's/^/    /'
  echo "    begun and not ended by then:"
  unfinished "$1"
}

# unfinished LOG: the tests that began and did not end
unfinished() {
  awk '/^[^ ]+ Test "/ && / started\.$/ {sub(/^[^ ]+ Test /, ""); sub(/ started\.$/, ""); at[$0] = 1}
    /^[^ ]+ Test "/ && / (passed|failed) after / {
      sub(/^[^ ]+ Test /, ""); sub(/ (with [0-9]+ test cases? )?(passed|failed) after .*/, ""); delete at[$0]
    }
    END {for (name in at) print name}' "$1" | cut -c1-300 | sed 's/^/    /'
}

summary() {
  local line
  printf '\n%-12s %8s %8s %8s\n' kind passed failed seconds
  for line in "${RESULTS[@]}"; do
    # shellcheck disable=SC2086
    printf '%-12s %8s %8s %8s\n' $line
  done
  printf '\n%d passed, %d failed\n' "$PASSED" "$FAILED"
  [ "$FAILED" = 0 ] || exit 1
}
