# shellcheck shell=bash

# One command that changes the cluster at a time; another one waits. The lock ends with this process.
alone() {
  local lock=/run/lock/store-platform-cluster.lock
  [ "$(id -u)" = 0 ] || die "needs root"
  exec 9>$lock
  flock -n 9 && return
  say "another cluster command is under way: waiting for it"
  flock -w 1800 9 || die "it has not ended in 30 minutes"
}
