<?php
// One act on the database's users, as root: another user with the rights of the one in use, that one locked out or let in
// again, the one that is not needed any more dropped. Never one user's password changed in place: there would be a moment in
// which the shop has the wrong one. Plain SQL that MySQL and MariaDB both know.

function store_secret(string $path): string
{
    return rtrim((string) file_get_contents($path), "\r\n");
}

function store_open(string $user, string $password, ?string $database): mysqli
{
    mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
    $connection = mysqli_init();
    $connection->options(MYSQLI_OPT_CONNECT_TIMEOUT, 5);
    @$connection->real_connect((string) getenv('WORDPRESS_DB_HOST'), $user, $password, $database);
    return $connection;
}

function store_quoted(mysqli $database, string $text): string
{
    return "'" . $database->real_escape_string($text) . "'";
}

/** The new user with all that the former one may do. */
function store_create_user(mysqli $root, string $new, string $password, string $former): void
{
    $user = store_quoted($root, $new) . "@'%'";
    $root->query("CREATE USER IF NOT EXISTS $user IDENTIFIED BY " . store_quoted($root, $password));
    $root->query("ALTER USER $user IDENTIFIED BY " . store_quoted($root, $password));
    foreach ($root->query('SHOW GRANTS FOR ' . store_quoted($root, $former) . "@'%'")->fetch_all() as [$grant]) {
        // MariaDB shows the password's hash beside the rights
        if (preg_match('/^GRANT (.*) TO (?:`[^`]*`|\'[^\']*\')@(?:`[^`]*`|\'[^\']*\')(.*)$/s', $grant, $parts)) {
            $root->query("GRANT $parts[1] TO $user" . (str_contains($parts[2], 'GRANT OPTION') ? ' WITH GRANT OPTION' : ''));
        }
    }
    $table = (string) (getenv('WORDPRESS_TABLE_PREFIX') ?: 'wp_') . 'options';
    store_open($new, $password, (string) getenv('WORDPRESS_DB_NAME'))->query("SELECT 1 FROM `$table` LIMIT 1");
}

try {
    $new = store_secret('/run/secrets/rotation/mysql-user');
    $former = store_secret('/run/secrets/rotation/former-mysql-user');
    if ($new === '' || $former === '' || $new === $former) {
        throw new RuntimeException('the Secret of the rotation names no two users');
    }
    $root = store_open('root', store_secret('/run/secrets/store/mysql-root-password'), null);
    $quoted = fn (string $user): string => store_quoted($root, $user) . "@'%'";
    switch (getenv('STORE_ROTATION_ACT')) {
        case 'create-database-user':
            store_create_user($root, $new, store_secret('/run/secrets/rotation/mysql-password'), $former);
            break;
        case 'lock-former-database-user':
            $root->query('ALTER USER ' . $quoted($former) . ' ACCOUNT LOCK');
            break;
        case 'unlock-former-database-user':
            $root->query('ALTER USER ' . $quoted($former) . ' ACCOUNT UNLOCK');
            break;
        case 'finish':
            $root->query('DROP USER IF EXISTS ' . $quoted($former));
            break;
        case 'drop-new-database-user':
            $root->query('DROP USER IF EXISTS ' . $quoted($new));
            break;
    }
} catch (Throwable $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
