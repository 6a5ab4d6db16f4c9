"""A namespace for a test on a real cluster, and what is asked of it, by kubectl with the KUBECONFIG of the environment."""
import json
import os
import secrets
import subprocess
import urllib.error
import urllib.parse
import urllib.request

INGRESS_URL = os.environ.get("INGRESS_URL") or "http://127.0.0.1"

# as the namespace-guard makes them for a store
GUARDED = """
apiVersion: v1
kind: ResourceQuota
metadata: {name: store}
spec: {hard: {requests.cpu: "2", requests.memory: 4Gi, requests.storage: 10Gi, persistentvolumeclaims: "5"}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: store}
spec:
  limits:
    - type: Container
      default: {cpu: 500m, memory: 512Mi}
      defaultRequest: {cpu: 50m, memory: 64Mi}
      max: {cpu: "2", memory: 2Gi}
"""
SALTS = [f"{kind}-{what}" for kind in ("auth", "secure-auth", "logged-in", "nonce") for what in ("key", "salt")]


def kubectl(*arguments, input=None, check=True, timeout=180):
    done = subprocess.run(["kubectl", *arguments], input=input, capture_output=True, text=True, timeout=timeout)
    if check and done.returncode != 0:
        raise AssertionError(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


class Namespace:
    def __init__(self, prefix):
        self.name = f"{prefix}-{secrets.token_hex(3)}"
        self.host = f"{self.name}.127.0.0.1.nip.io"
        # signs that a shell, SQL, PHP, Helm, JSON or WP-CLI might trip over
        keys = ("mysql-root-password", "mysql-password", "admin-password", "order-proof-key", *SALTS)
        self.passwords = {key: secrets.token_hex(8) + " ,{ }$HOME\"'\\&;%s `" + secrets.token_hex(8) for key in keys}

    def create(self):
        kubectl("create", "namespace", self.name)
        self.kubectl("apply", "-f", "-", input=GUARDED)
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "store-secrets"}, "stringData": self.passwords}
        self.kubectl("apply", "-f", "-", input=json.dumps(secret))

    def delete(self):
        kubectl("delete", "namespace", self.name, "--ignore-not-found", "--wait", timeout=240)

    def kubectl(self, *arguments, **options):
        return kubectl("--namespace", self.name, *arguments, **options)

    def get(self, *arguments):
        return json.loads(self.kubectl("get", *arguments, "--output", "json"))

    def php(self, code):
        """What the code prints, run by WordPress's pod with WordPress loaded."""
        shell = '. /opt/store/credentials.sh; exec php -r "$0"'  # as the pod's own start does
        return self.kubectl("exec", "deployment/store-wordpress", "--", "bash", "-c", shell, f"define('WP_USE_THEMES', false); require 'wp-load.php'; {code}")

    def http(self, path, timeout=10):
        """Status and text of an answer through the ingress; redirects are answers, too. 0 where nobody answers."""
        status, _, text = self.request("GET", path, timeout=timeout)
        return status, text

    def request(self, method, path, body=None, headers=None, timeout=20):
        """Status, headers and text of an answer to any request; a body goes as JSON."""
        address = urllib.parse.urlsplit(INGRESS_URL)
        data = None if body is None else json.dumps(body).encode()
        headers = {"Host": self.host, **(headers or {}), **({"Content-Type": "application/json"} if data else {})}
        request = urllib.request.Request(f"{address.scheme}://{address.netloc}{path}", data, headers, method=method)
        try:
            with _opener.open(request, timeout=timeout) as answer:
                return answer.status, answer.headers, answer.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode(errors="replace")
        except (urllib.error.URLError, OSError):
            return 0, {}, ""

    def signs_in(self, user, password):
        """Whether WordPress's own sign-in page takes these."""
        form = urllib.parse.urlencode({"log": user, "pwd": password, "wp-submit": "Log In", "testcookie": "1"}).encode()
        headers = {"Host": self.host, "Cookie": "wordpress_test_cookie=WP%20Cookie%20check"}
        try:
            _opener.open(urllib.request.Request(f"{INGRESS_URL.rstrip('/')}/wp-login.php", form, headers), timeout=20)
        except urllib.error.HTTPError as answer:
            return answer.code == 302 and "wordpress_logged_in" in str(answer.headers)
        return False


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


_opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
