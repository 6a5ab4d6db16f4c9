extension StoreSchema {
    /// The slots of an owner with thousands of stores are not counted for each one more.
    static let counting = """
        LOCK TABLE stores IN SHARE ROW EXCLUSIVE MODE;
        ALTER TABLE users ADD COLUMN store_count integer NOT NULL DEFAULT 0;
        UPDATE users SET store_count = (SELECT count(*) FROM stores WHERE owner_id = users.id);
        -- Whoever deletes a store has its owner locked already, or may meet somebody who creates one of the same name.
        CREATE FUNCTION count_stores() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                UPDATE users SET store_count = store_count + CASE TG_OP WHEN 'INSERT' THEN count ELSE -count END
                FROM (SELECT owner_id, count(*) AS count FROM changed GROUP BY owner_id) AS changes
                WHERE users.id = changes.owner_id;
                RETURN NULL;
            END
        $body$;
        CREATE TRIGGER stores_inserted AFTER INSERT ON stores REFERENCING NEW TABLE AS changed
            FOR EACH STATEMENT EXECUTE FUNCTION count_stores();
        CREATE TRIGGER stores_deleted AFTER DELETE ON stores REFERENCING OLD TABLE AS changed
            FOR EACH STATEMENT EXECUTE FUNCTION count_stores();

        -- Whose turn it is, who has a place, and whose place was counted by the cluster since: each an index of its own,
        -- because thousands may wait.
        DROP INDEX stores_waiting, stores_being_made;
        CREATE INDEX stores_waiting ON stores (region, owner_id)
            WHERE status = 'PENDING' AND dispatched_generation < generation;
        CREATE INDEX stores_running ON stores (region, owner_id) WHERE
            status IN ('PENDING', 'PROVISIONING') AND NOT (status = 'PENDING' AND dispatched_generation < generation);
        CREATE INDEX stores_made ON stores (region, status_since) WHERE status IN ('READY', 'FAILED');
        -- Of two engines an index knows nothing worth having.
        DROP INDEX stores_engine;

        -- Kept as they are: nobody looks into them here.
        ALTER TABLE outbox ALTER COLUMN headers TYPE json USING headers::json, ALTER COLUMN body TYPE json USING body::json;
        """
}
