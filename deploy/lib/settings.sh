# shellcheck shell=bash
# Where this clone keeps its state, and the ports of its services. $ROOT is the clone.

RUN=$ROOT/.run
PIDS=$RUN
LOGS=$RUN/log
export PATH=$PATH:/opt/store-platform/bin:/opt/swift/usr/bin:$HOME/.local/share/swiftly/bin

SERVICES=(gateway store-service provisioner namespace-guard metrics-collector)
declare -A HTTP_PORTS=([gateway]=8080 [metrics-collector]=9090 [store-service]=9091 [provisioner]=9092 [namespace-guard]=9093)

# PostgreSQL refuses to run as root, and its own user may not look below a home folder: its data lives elsewhere.
instance_folder() {
  local name
  name=$(printf %s "$ROOT" | sha256sum | cut -c1-8)
  if [ "$(id -u)" = 0 ]; then echo "/var/lib/store-platform/instances/$name"; else echo "$RUN/instance"; fi
}
INSTANCE=$(instance_folder)

# private_folders: .run and what is in it is for its owner alone
private_folders() {
  mkdir -p "$RUN" "$LOGS" "$RUN/bin"
  chmod 700 "$RUN"
}

# one_at_a_time: `up` and `down` of one clone wait for each other; the lock ends with this process
one_at_a_time() {
  exec 6>"$RUN/lock"
  flock -n 6 && return
  say "another deploy command of this clone is under way: waiting for it"
  flock -w 3600 6 || die "it has not ended in an hour"
}
