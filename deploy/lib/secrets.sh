# shellcheck shell=bash
# The secrets of this clone: made once, kept in .run/secrets (mode 0600), given to programs by files and environment,
# never by arguments.

random_word() { openssl rand -base64 32 | tr '+/' '-_' | tr -d '=\n'; } # 43 characters of base64url

load_secrets() {
  (
    umask 077
    touch "$RUN/secrets"
    new_secret REDIS_PASSWORD "$(random_word)"
    new_secret DATABASE_PASSWORD "$(random_word)"
    new_secret ENCRYPTION_KEYS "k1:$(openssl rand -base64 32)"
    new_secret BOOTSTRAP_ADMIN_KEY "sp_$(random_word)"
  )
  # shellcheck source=/dev/null
  . "$RUN/secrets"
}

new_secret() { # NAME VALUE
  grep -q "^$1=" "$RUN/secrets" || echo "$1=$2" >>"$RUN/secrets"
}
