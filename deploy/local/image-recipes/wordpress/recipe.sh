# shellcheck shell=bash
# Debian's WordPress, Apache and PHP, laid out as in the official wordpress:…-apache image.
PARENT=base
build() {
  packages apache2 libapache2-mod-php8.2 php8.2-cli php8.2-mysql php8.2-gd php8.2-curl php8.2-xml php8.2-mbstring \
    php8.2-zip php8.2-intl php8.2-bcmath php8.2-redis ca-certificates \
    wordpress wordpress-theme-twentytwentythree wordpress-theme-twentytwentyone
  sources
  web_server
  php_settings
  put wp-config-docker.php usr/src/wordpress/wp-config-docker.php 644
  put docker-entrypoint.sh usr/local/bin/docker-entrypoint.sh 755
  put apache2-foreground usr/local/bin/apache2-foreground 755
}

sources() { # to /usr/src/wordpress, from where the entry point copies them; Debian's own places for them go
  run <<'S'
cp -aL /usr/share/wordpress /usr/src 2>/tmp/dangling || ! grep -v 'cannot stat' /tmp/dangling
rm -rf /usr/src/wordpress/wp-content /usr/src/wordpress/wp-config.php
cp -aL /var/lib/wordpress/wp-content /usr/src/wordpress/wp-content
mkdir -p /usr/src/wordpress/wp-content/{plugins,themes,uploads}
apt-get purge -y wordpress wordpress-theme-twentytwentythree wordpress-theme-twentytwentyone >/dev/null
apt-get autoremove -y --purge >/dev/null
rm -rf /etc/wordpress /var/lib/wordpress /usr/share/wordpress
test -s /usr/src/wordpress/wp-includes/version.php
test -s /usr/src/wordpress/wp-content/themes/twentytwentythree/style.css
S
  put htaccess usr/src/wordpress/.htaccess 644
  run <<<'chown -R www-data:www-data /usr/src/wordpress'
}

web_server() {
  put remoteip.conf etc/apache2/conf-available/remoteip.conf 644
  put docker-php.conf etc/apache2/conf-available/docker-php.conf 644
  run <<'S'
rm -rf /var/www/html
install -d -o www-data -g www-data -m 1777 /var/www/html
a2enmod -q rewrite expires remoteip headers >/dev/null
a2disconf -q other-vhosts-access-log >/dev/null 2>&1 || true
a2enconf -q remoteip docker-php >/dev/null
mkdir -p /var/run/apache2 /var/lock/apache2 /var/log/apache2
chmod 1777 /var/run/apache2 /var/lock/apache2 /var/log/apache2
ln -sf /dev/stdout /var/log/apache2/access.log
ln -sf /dev/stderr /var/log/apache2/error.log
ln -sf /dev/stdout /var/log/apache2/other_vhosts_access.log
S
}

php_settings() {
  put opcache-recommended.ini usr/local/etc/php/conf.d/opcache-recommended.ini 644
  put error-logging.ini usr/local/etc/php/conf.d/error-logging.ini 644
}
