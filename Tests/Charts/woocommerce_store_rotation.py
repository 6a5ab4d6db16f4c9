"""What the platform does to change a store's passwords, by hand: the Secret of one rotation, and Jobs made from the chart's template."""
import json
import secrets

from checks import eventually


class Rotation:
    def __init__(self, store, former_user, former_password):
        self.store, self.id = store, secrets.token_hex(6)
        self.name = f"store-rotation-{self.id}"
        signs = " ,{ }$HOME\"'\\&;%s `"  # that a shell, SQL, PHP or JSON might trip over
        self.data = {
            "admin-password": secrets.token_hex(8) + signs, "mysql-user": f"wp_{self.id}",
            "mysql-password": signs + secrets.token_hex(8), "former-mysql-user": former_user,
            "former-mysql-password": former_password,
        }
        self.secret(self.name, self.data)

    def secret(self, name, data):
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data}
        self.store.kubectl("apply", "-f", "-", input=json.dumps(secret))

    def act(self, name, seconds=90):
        """Runs one act; its log, and True when it succeeded."""
        template = self.store.get("podtemplate", "store-rotation")["template"]
        container = template["spec"]["containers"][0]
        container["env"] += [{"name": "STORE_ROTATION_ACT", "value": name}, {"name": "STORE_ROTATION_ID", "value": self.id}]
        next(v for v in template["spec"]["volumes"] if v["name"] == "rotation")["secret"]["secretName"] = self.name
        job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": self.name}, "spec": {"backoffLimit": 0, "template": template}}
        self.store.kubectl("create", "-f", "-", input=json.dumps(job))

        def ended():
            conditions = self.store.get("job", self.name)["status"].get("conditions", [])
            return [c["type"] for c in conditions if c["status"] == "True"]

        result = eventually(seconds, f"end of the act {name}", ended)
        log = self.store.kubectl("logs", f"job/{self.name}")
        self.store.kubectl("delete", "job", self.name)
        return log, "Complete" in result

    def hold(self, *keys):
        """Makes these of its passwords those that hold, and starts WordPress anew."""
        self.secret("store-rotated", {key: self.data[key] for key in keys})
        self.store.kubectl("rollout", "restart", "deployment/store-wordpress")
        self.store.kubectl("rollout", "status", "deployment/store-wordpress", "--timeout=90s")

    def users(self):
        """The users of the database that are not its own, as root sees them."""
        code = """MYSQL_PWD=$(cat "$MYSQL_ROOT_PASSWORD_FILE") mysql --user=root --batch --skip-column-names --execute="SELECT user FROM mysql.user WHERE host = '%' AND user <> 'root'" """
        return sorted(self.store.kubectl("exec", "store-mysql-0", "--", "sh", "-c", code).split())
