# shellcheck shell=bash
# A Redis of this clone's own: password, append-only file, nothing evicted, loopback only.

start_redis() {
  REDIS_PORT=$(remembered_port redis 6390)
  mkdir -p "$RUN/redis"
  (umask 077 && redis_config >"$RUN/redis.conf")
  if runs redis; then return; fi
  start redis redis-server "$RUN/redis.conf"
  wait_for redis 60 redis_answers
  say "Redis on 127.0.0.1:$REDIS_PORT"
}

redis_config() {
  cat <<C
bind 127.0.0.1
port $REDIS_PORT
requirepass $REDIS_PASSWORD
dir $RUN/redis
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
save ""
daemonize no
C
}

redis_answers() { REDISCLI_AUTH=$REDIS_PASSWORD redis-cli -h 127.0.0.1 -p "$REDIS_PORT" --no-auth-warning ping | has PONG; }

stop_redis() { stop redis 20; }
