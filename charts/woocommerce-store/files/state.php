<?php
// How far this store is, in one word: "database" (it does not answer), "install" (WordPress has no tables yet),
// "setup" (they are there, the set-up is not done) or "ready". Served to the kubelet's readiness probe as 200 or 503, so
// that no visitor gets to an open installer; printed for the set-up and cron scripts, `php state.php SECONDS` waiting that long
// for the database to answer. Plain PHP: WordPress itself would answer with its installer or a redirect.

function store_setting(string $name, string $default): string
{
    $file = getenv("{$name}_FILE");
    if (is_string($file) && $file !== '') {
        return rtrim((string) file_get_contents($file), "\r\n");
    }
    $value = getenv($name);
    return $value === false ? $default : $value;
}

function store_state(string &$error = ''): string
{
    mysqli_report(MYSQLI_REPORT_OFF);
    $database = mysqli_init();
    $database->options(MYSQLI_OPT_CONNECT_TIMEOUT, 2);
    $connected = @$database->real_connect(
        store_setting('WORDPRESS_DB_HOST', 'mysql'),
        store_setting('WORDPRESS_DB_USER', ''),
        store_setting('WORDPRESS_DB_PASSWORD', ''),
        store_setting('WORDPRESS_DB_NAME', 'wordpress')
    );
    if (!$connected) {
        $error = (string) mysqli_connect_error();
        return 'database';
    }
    $table = store_setting('WORDPRESS_TABLE_PREFIX', 'wp_') . 'options';
    $rows = $database->query(
        "SELECT option_name FROM `$table` WHERE option_name IN ('siteurl', 'store_platform_configured')"
    );
    $names = $rows ? array_column($rows->fetch_all(MYSQLI_ASSOC), 'option_name') : [];
    if (!in_array('siteurl', $names, true)) {
        return 'install';
    }
    return in_array('store_platform_configured', $names, true) ? 'ready' : 'setup';
}

$error = '';
$state = store_state($error);
if (PHP_SAPI === 'cli') {
    $end = microtime(true) + (float) ($argv[1] ?? 0);
    while ($state === 'database' && microtime(true) < $end) {
        usleep(100_000);
        $state = store_state($error);
    }
    if ($state === 'database') {
        fwrite(STDERR, "$error\n");
    }
} else {
    http_response_code($state === 'ready' ? 200 : 503);
    header('Content-Type: text/plain');
    header('Cache-Control: no-store');
}
echo $state, "\n";
