# shellcheck shell=bash
# Debian's MariaDB in the place of MySQL: same entry point, variables, uid, volume and port as the official mysql image.
PARENT=base
build() {
  run <<<'groupadd -g 999 mysql; useradd -u 999 -g 999 -d /var/lib/mysql -M -s /usr/sbin/nologin mysql'
  packages mariadb-server mariadb-client gosu pwgen
  run <<'S'
rm -rf /var/lib/mysql /etc/mysql/mariadb.conf.d /etc/mysql/debian* /etc/mysql/my.cnf /var/log/mysql
mkdir -p /var/lib/mysql /run/mysqld /etc/mysql/conf.d /etc/mysql/mariadb.conf.d /docker-entrypoint-initdb.d
chown mysql:mysql /var/lib/mysql /run/mysqld
chmod 1777 /var/lib/mysql /run/mysqld
cat >/etc/mysql/my.cnf <<'C'
[client-server]
socket=/run/mysqld/mysqld.sock
!includedir /etc/mysql/conf.d/
!includedir /etc/mysql/mariadb.conf.d/
C
ln -s usr/local/bin/docker-entrypoint.sh /entrypoint.sh
S
  put docker-entrypoint.sh usr/local/bin/docker-entrypoint.sh 755
  put healthcheck.sh usr/local/bin/healthcheck.sh 755
}
