import PostgresClient

/// The schema, step by step. A released step is never edited: add another.
enum StoreSchema {
    static let migrations = [
        PostgresMigration(version: 1, name: "users and keys", sql: users),
        PostgresMigration(version: 2, name: "stores", sql: stores),
        PostgresMigration(version: 3, name: "events and operations", sql: history),
        PostgresMigration(version: 4, name: "messages", sql: messages),
        PostgresMigration(version: 5, name: "admission, checks and protection", sql: care),
        PostgresMigration(version: 6, name: "history of operations", sql: operationHistory),
        PostgresMigration(version: 7, name: "overview", sql: overview),
        PostgresMigration(version: 8, name: "scopes of keys, and the audit", sql: people),
        PostgresMigration(version: 9, name: "rotation of passwords", sql: rotation),
        PostgresMigration(version: 10, name: "revisions of stores", sql: revisions),
        PostgresMigration(version: 11, name: "counted stores, and a lean outbox", sql: counting),
    ]

    private static let users = """
        CREATE TABLE users (
            id text PRIMARY KEY,
            email text NOT NULL,
            name text NOT NULL,
            role text NOT NULL CONSTRAINT users_role_check CHECK (role IN ('admin', 'member', 'viewer')),
            max_stores integer NOT NULL CONSTRAINT users_max_stores_check CHECK (max_stores >= 0),
            is_bootstrap boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL
        );
        CREATE UNIQUE INDEX users_email_key ON users (lower(email));
        CREATE UNIQUE INDEX users_bootstrap_key ON users (is_bootstrap) WHERE is_bootstrap;

        -- A key itself is never stored: only its SHA-256, and a few characters by which people recognise it.
        CREATE TABLE api_keys (
            id text PRIMARY KEY,
            user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            hash text NOT NULL CONSTRAINT api_keys_hash_key UNIQUE
                CONSTRAINT api_keys_hash_check CHECK (hash ~ '^[0-9a-f]{64}$'),
            prefix text NOT NULL,
            is_bootstrap boolean NOT NULL DEFAULT false,
            created_at timestamptz NOT NULL,
            expires_at timestamptz,
            revoked_at timestamptz
        );
        CREATE INDEX api_keys_user ON api_keys (user_id);
        """

    private static let stores = """
        CREATE TABLE stores (
            id text PRIMARY KEY,
            name text NOT NULL CONSTRAINT stores_name_key UNIQUE,
            display_name text NOT NULL,
            engine text NOT NULL CONSTRAINT stores_engine_check CHECK (engine IN ('WOOCOMMERCE', 'MEDUSA')),
            plan text NOT NULL,
            region text NOT NULL,
            status text NOT NULL CONSTRAINT stores_status_check
                CHECK (status IN ('PENDING', 'PROVISIONING', 'READY', 'FAILED', 'DELETING')),
            generation integer NOT NULL,
            observed_generation integer NOT NULL,
            conditions jsonb NOT NULL,
            failure_reason text,
            failure jsonb,
            namespace text NOT NULL CONSTRAINT stores_namespace_key UNIQUE,
            host text NOT NULL,
            url text NOT NULL,
            admin_url text NOT NULL,
            admin_user text,
            sealed_admin_password text,
            owner_id text NOT NULL REFERENCES users (id),
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            ready_at timestamptz,
            -- When something was last heard of the work on it; what is silent for long is repaired.
            active_at timestamptz NOT NULL,
            -- When its command was last sent again.
            reminded_at timestamptz,
            CONSTRAINT stores_failure_check CHECK ((status = 'FAILED') = (failure IS NOT NULL))
        );
        CREATE INDEX stores_listing ON stores (created_at DESC, id DESC);
        CREATE INDEX stores_owner_listing ON stores (owner_id, created_at DESC, id DESC);
        CREATE INDEX stores_status ON stores (status);
        CREATE INDEX stores_engine ON stores (engine);
        """

    private static let history = """
        -- Both outlive their store, so neither refers to it; the owner is kept to know who may look.
        CREATE TABLE provisioning_events (
            id bigserial PRIMARY KEY,
            store_id text NOT NULL,
            owner_id text NOT NULL,
            event text NOT NULL,
            message text NOT NULL,
            metadata jsonb NOT NULL,
            created_at timestamptz NOT NULL
        );
        CREATE INDEX provisioning_events_store ON provisioning_events (store_id, id);

        CREATE TABLE operations (
            id text PRIMARY KEY,
            store_id text NOT NULL,
            owner_id text NOT NULL,
            kind text NOT NULL CONSTRAINT operations_kind_check CHECK (kind IN ('create', 'delete', 'retry')),
            generation integer NOT NULL,
            status text NOT NULL CONSTRAINT operations_status_check
                CHECK (status IN ('pending', 'running', 'succeeded', 'failed', 'cancelled')),
            steps jsonb NOT NULL,
            error jsonb,
            started_at timestamptz NOT NULL,
            finished_at timestamptz,
            CONSTRAINT operations_generation_key UNIQUE (store_id, generation)
        );
        """

    private static let operationHistory = """
        -- Kept with the operation: it outlives its store, and is compared with others when that is gone.
        ALTER TABLE operations
            ADD COLUMN engine text,
            ADD COLUMN plan text,
            ADD COLUMN region text,
            -- When somebody was first heard to work on it.
            ADD COLUMN began_at timestamptz,
            -- How long its steps were expected to take when it was accepted.
            ADD COLUMN expectation jsonb;
        UPDATE operations SET engine = stores.engine, plan = stores.plan, region = stores.region
            FROM stores WHERE stores.id = operations.store_id;
        CREATE INDEX operations_history ON operations (kind, engine, plan, region, finished_at DESC)
            WHERE status = 'succeeded';
        CREATE INDEX operations_wider_history ON operations (kind, engine, finished_at DESC) WHERE status = 'succeeded';
        CREATE INDEX operations_under_way ON operations (started_at DESC) WHERE status IN ('pending', 'running');
        -- Answers that are given again are read as what the API shows now.
        UPDATE idempotency_keys
            SET response = jsonb_set(jsonb_set(response, '{operation,progress}', '0'), '{store,deletionProtection}', 'false')
            WHERE response -> 'operation' -> 'progress' IS NULL;
        """

    /// The condition of a store that was READY and does not sell now, as an index knows it.
    static let isDegraded = #"status = 'READY' AND conditions @> '[{"type": "Degraded", "status": "True"}]'"#
    /// The condition of a creation that has ended, as an index knows it.
    static let isEndedCreation = "kind = 'create' AND status IN ('succeeded', 'failed')"

    /// What the overview is summed up from. The columns that are included spare it the rows.
    private static let overview = """
        CREATE INDEX stores_degraded ON stores (owner_id) WHERE \(isDegraded);
        CREATE INDEX operations_ended ON operations (finished_at DESC) INCLUDE (owner_id, status, started_at, engine)
            WHERE \(isEndedCreation);
        CREATE INDEX operations_owner_ended ON operations (owner_id, finished_at DESC)
            INCLUDE (status, started_at, engine) WHERE \(isEndedCreation);
        CREATE INDEX operations_failed ON operations (finished_at DESC) WHERE status = 'failed';
        """

    private static let rotation = """
        ALTER TABLE operations DROP CONSTRAINT operations_kind_check;
        ALTER TABLE operations ADD CONSTRAINT operations_kind_check
            CHECK (kind IN ('create', 'delete', 'retry', 'rotate'));
        CREATE INDEX operations_rotating ON operations (store_id)
            WHERE kind = 'rotate' AND status IN ('pending', 'running');
        """

    private static let revisions = """
        -- Raised by every change: what is shown of a store elsewhere is never replaced by something older.
        ALTER TABLE stores ADD COLUMN revision bigint NOT NULL DEFAULT 1;
        """

    private static let messages = """
        CREATE TABLE outbox (
            id bigserial PRIMARY KEY,
            message_id text NOT NULL,
            subject text NOT NULL,
            stream text NOT NULL,
            headers jsonb NOT NULL,
            body jsonb NOT NULL,
            -- For commands: the store whose work waits until this is published.
            store_id text,
            created_at timestamptz NOT NULL
        );
        CREATE INDEX outbox_store ON outbox (store_id) WHERE store_id IS NOT NULL;

        -- The facts that have been applied, so that a redelivered one is applied once.
        CREATE TABLE inbox (
            message_id text PRIMARY KEY,
            applied_at timestamptz NOT NULL
        );
        CREATE INDEX inbox_applied ON inbox (applied_at);

        CREATE TABLE idempotency_keys (
            owner_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            key text NOT NULL,
            request_hash text NOT NULL,
            response jsonb NOT NULL,
            created_at timestamptz NOT NULL,
            PRIMARY KEY (owner_id, key)
        );
        CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
        """

    /// Stores of before count as dispatched: their commands were sent when they were asked for.
    private static let care = """
        ALTER TABLE stores
            -- The generation whose work was handed out last; while it is older than generation, the store waits.
            ADD COLUMN dispatched_generation integer NOT NULL DEFAULT 0,
            -- When the work of this generation was asked for: of those that wait, the oldest comes first.
            ADD COLUMN requested_at timestamptz NOT NULL DEFAULT now(),
            ADD COLUMN deletion_protection boolean NOT NULL DEFAULT false,
            -- When status or generation last changed.
            ADD COLUMN status_since timestamptz NOT NULL DEFAULT now(),
            -- When a provisioner was last asked to look at it, and to place an order.
            ADD COLUMN checked_at timestamptz,
            ADD COLUMN order_asked_at timestamptz,
            -- When an order last went through.
            ADD COLUMN verified_at timestamptz,
            -- When it is to be looked at next; null: to be worked out.
            ADD COLUMN check_due_at timestamptz;
        UPDATE stores SET dispatched_generation = generation, requested_at = created_at, status_since = updated_at;
        CREATE INDEX stores_waiting ON stores (region, requested_at, id)
            WHERE status = 'PENDING' AND dispatched_generation < generation;
        CREATE INDEX stores_being_made ON stores (region) WHERE status IN ('PENDING', 'PROVISIONING');
        CREATE INDEX stores_checks ON stores (check_due_at) WHERE status IN ('READY', 'FAILED');
        """

    /// Keys of before keep what they could do: everything.
    private static let people = """
        ALTER TABLE api_keys
            ADD COLUMN name text NOT NULL DEFAULT 'Key',
            ADD COLUMN scopes jsonb NOT NULL DEFAULT '["read", "write", "reveal"]',
            -- Not to the second: a busy key is not written with every request.
            ADD COLUMN last_used_at timestamptz;
        ALTER TABLE api_keys ALTER COLUMN name DROP DEFAULT, ALTER COLUMN scopes DROP DEFAULT;
        DROP INDEX api_keys_user;
        CREATE INDEX api_keys_listing ON api_keys (user_id, created_at DESC, id DESC);
        CREATE INDEX users_listing ON users (created_at DESC, id DESC);

        -- Outlives users, keys and stores, so it refers to none of them and keeps what they were called.
        CREATE TABLE audit (
            id bigserial NOT NULL,
            at timestamptz NOT NULL,
            action text NOT NULL,
            -- Null: nobody who is known.
            actor_id text,
            actor_name text,
            key_prefix text,
            store_id text,
            -- Whose store or account it was done to: they may see it.
            owner_id text,
            target text,
            address text,
            request_id text,
            metadata jsonb NOT NULL,
            search text NOT NULL GENERATED ALWAYS AS (lower(
                action || ' ' || coalesce(actor_name, '') || ' ' || coalesce(key_prefix, '') || ' ' ||
                coalesce(target, '') || ' ' || coalesce(address, '') || ' ' || coalesce(request_id, '')
            )) STORED,
            PRIMARY KEY (at, id)
        );
        CREATE INDEX audit_actor ON audit (actor_id, at, id);
        CREATE INDEX audit_store ON audit (store_id, at, id) WHERE store_id IS NOT NULL;
        -- What others did to somebody; their own doing is found by audit_actor.
        CREATE INDEX audit_owner ON audit (owner_id, at, id) WHERE owner_id IS DISTINCT FROM actor_id;
        -- Failed sign-ins of an address within a minute are one entry, which grows.
        CREATE UNIQUE INDEX audit_failures ON audit (address, at) WHERE action = 'session.signInFailed';
        """
}
