# shellcheck shell=bash
# To be sourced: what a rotation changed goes before what the store was made with. The files change while a pod runs; both
# the former and the new user of the database hold until the pod was started anew.
rotated=/run/secrets/rotated
if [ -s "$rotated/mysql-user" ]; then
  export WORDPRESS_DB_USER_FILE=$rotated/mysql-user WORDPRESS_DB_PASSWORD_FILE=$rotated/mysql-password
fi
if [ -n "${STORE_ADMIN_PASSWORD_FILE:-}" ] && [ -s "$rotated/admin-password" ]; then
  export STORE_ADMIN_PASSWORD_FILE=$rotated/admin-password
fi
