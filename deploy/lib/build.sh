# shellcheck shell=bash
# The five services and the tools store-bus and storectl, in release mode. -enable-testing, so that the tests run on the very same build.

SWIFT_FLAGS=(-c release -Xswiftc -enable-testing)
BUILD_LOG=$LOGS/build.log

start_build() {
  (cd "$ROOT" && exec swift build "${SWIFT_FLAGS[@]}") >"$BUILD_LOG" 2>&1 6>&- &
  BUILD_PID=$!
}

# build_progress: the last step that Swift told
build_progress() {
  local step
  step=$(grep -o '^\[[0-9]*/[0-9]*\][^(]*' "$BUILD_LOG" 2>/dev/null | tail -n 1 | cut -c1-60) || true
  if [ -z "$step" ] && grep -q 'Another instance of SwiftPM' "$BUILD_LOG"; then step="waiting for another build of this clone"; fi
  echo "${step:-preparing}"
}

finish_build() {
  wait "$BUILD_PID" && return
  grep -E 'error:' "$BUILD_LOG" | sort -u | head -n 20 | sed 's/^/    /' >&2
  show_end "$BUILD_LOG" 5
  die "the build failed: see $BUILD_LOG"
}

# take_programs: what was built goes to .run/bin, where the services run from: a later build does not touch them
take_programs() {
  local from service
  from=$ROOT/.build/release
  for service in "${SERVICES[@]}" store-bus storectl; do
    [ -x "$from/$service" ] || die "the build made no $service"
    cmp -s "$from/$service" "$RUN/bin/$service" && continue
    cp "$from/$service" "$RUN/bin/$service.new"
    mv "$RUN/bin/$service.new" "$RUN/bin/$service"
  done
}
