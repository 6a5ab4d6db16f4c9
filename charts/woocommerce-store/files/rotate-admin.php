<?php
// Run by `wp eval-file`: gives the administrator the password of this rotation, keeps the hash of the former one until the
// rotation ends, and puts it back where it is undone. So what held before holds again, also where the merchant had chosen it.

const STORE_ROTATION = 'store_platform_rotation';

function store_admin_user(): WP_User
{
    $login = (string) getenv('STORE_ADMIN_USER');
    $user = get_user_by('login', $login);
    if (!$user) {
        throw new RuntimeException("there is no user $login");
    }
    return $user;
}

function store_change_admin_password(string $id): void
{
    $user = store_admin_user();
    $password = rtrim((string) file_get_contents('/run/secrets/rotation/admin-password'), "\r\n");
    if ($password === '') {
        throw new RuntimeException('there is no new password');
    }
    $before = get_option(STORE_ROTATION);
    if (!is_array($before) || ($before['id'] ?? '') !== $id) {
        update_option(STORE_ROTATION, ['id' => $id, 'hash' => $user->user_pass], false);
    }
    if (!wp_check_password(wp_slash($password), $user->user_pass, $user->ID)) {
        wp_set_password(wp_slash($password), $user->ID); // as it comes from the sign-in page; sends no mail
    }
}

function store_restore_admin_password(string $id): void
{
    global $wpdb;
    $before = get_option(STORE_ROTATION);
    if (!is_array($before) || ($before['id'] ?? '') !== $id) {
        return; // it was never changed, or is undone already
    }
    $user = store_admin_user();
    if ($wpdb->update($wpdb->users, ['user_pass' => $before['hash']], ['ID' => $user->ID]) === false) {
        throw new RuntimeException('the former password was not put back');
    }
    clean_user_cache($user);
    delete_option(STORE_ROTATION);
}

try {
    $id = (string) getenv('STORE_ROTATION_ID');
    switch (getenv('STORE_ROTATION_ACT')) {
        case 'change-admin-password':
            store_change_admin_password($id);
            break;
        case 'restore-admin-password':
            store_restore_admin_password($id);
            break;
        case 'finish':
            delete_option(STORE_ROTATION);
            break;
    }
} catch (Throwable $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
