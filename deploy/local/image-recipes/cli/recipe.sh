# shellcheck shell=bash
# A stand-in for WP-CLI, with stand-ins for the plugins and themes that a machine without internet cannot download.
PARENT=wordpress
build() {
  packages mariadb-client less
  put wp usr/local/bin/wp 755
  put docker-entrypoint.sh usr/local/bin/docker-entrypoint.sh 755
  mkdir -p "$ROOT/usr/share/store-platform/stand-ins"
  cp -r "$FILES/plugins" "$FILES/themes" "$ROOT/usr/share/store-platform/stand-ins/"
  chmod -R a+rX "$ROOT/usr/share/store-platform"
}
