"""Gives the API something to show, runs schemathesis over it, and looks at what that does not: paging and live events.

Ends with 'N passed, N failed'. Started by `run`, which says where the API is.
"""

import json
import os
import pathlib
import subprocess
import sys
import time
import xml.etree.ElementTree as xml

import requests

HERE = pathlib.Path(__file__).resolve().parent
URL = os.environ["API_URL"]
FOLDER = pathlib.Path(os.environ["API_FOLDER"])
# Enough for every phase, little enough for every day.
EXAMPLES = os.environ.get("EXAMPLES", "25")


class Checks:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def note(self, what, is_good, why=""):
        self.passed, self.failed = self.passed + is_good, self.failed + (not is_good)
        print("ok   " if is_good else "FAIL ", what, why if not is_good else "", flush=True)


class Person:
    def __init__(self, key):
        self.http = requests.Session()
        self.key = key
        self.http.headers["Authorization"] = f"Bearer {key}"
        self.me = self.get("/api/me").json()

    def get(self, path, **more):
        return self.http.get(URL + path, timeout=10, **more)

    def post(self, path, body=None, **more):
        return self.http.post(URL + path, json=body, timeout=10, **more)

    def make_store(self, name, **more):
        answer = self.post("/api/stores", {"name": name, "engine": "woocommerce", **more})
        assert answer.status_code == 202, answer.text
        return answer.json()["store"]["id"]

    def wait_for(self, store, status):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            now = self.get(f"/api/stores/{store}").json()
            if now["status"] == status:
                return now
            time.sleep(0.1)  # between two looks
        raise AssertionError(f"store {store} is {now}")


def make_people(admin):
    """Two members who must not see each other's stores."""
    people = []
    for name in ("ada", "bob"):
        answer = admin.post("/api/users", {"email": f"{name}@example.test", "name": name, "maxStores": 10_000})
        assert answer.status_code == 201, answer.text
        people.append(Person(answer.json()["apiKey"]))
    return people


def write_identities(people):
    """Web Fuzzing Commons' form; whoever comes first is tried first, so that admins do only what only they can."""
    header = lambda key: [{"name": "Authorization", "value": f"Bearer {key}"}]
    identities = [{"name": name, "fixedHeaders": header(person.key)} for name, person in people.items()]
    file = FOLDER / "identities.json"
    file.write_text(json.dumps({"schemaVersion": "0.2.0", "auth": identities}))
    return file


def run_schemathesis(identities, people, checks):
    report = FOLDER / "report.xml"
    text = (HERE / "schemathesis.toml").read_text().replace('"hooks.py"', json.dumps(str(HERE / "hooks.py")))
    peers = json.dumps([name for name in people if name != "admin"])
    (FOLDER / "schemathesis.toml").write_text(f'{text}\n[auth.wfc]\npath = "{identities}"\npeers = {peers}\n')
    own = " ".join(identity for person in people.values() for identity in (person.me["id"], person.me["key"]["id"]))
    print("seed", os.environ["SEED"], flush=True)
    command = [
        str(pathlib.Path(sys.executable).parent / "schemathesis"), "--config-file", str(FOLDER / "schemathesis.toml"),
        "run", f"{URL}/openapi.json", "--checks", "all", "--seed", os.environ["SEED"], "--max-examples", EXAMPLES,
        "--report", "junit", "--report-junit-path", str(report), "--generation-database", "none", "--no-color",
        "--warnings", "off", *sys.argv[1:],
    ]
    ended = subprocess.run(command, cwd=FOLDER, env={**os.environ, "API_OWN_IDS": own}, check=False)
    for case in xml.parse(report).iter("testcase"):
        bad = case.find("failure") if case.find("failure") is not None else case.find("error")
        checks.note(f"schemathesis {case.get('name')}", bad is None)
    checks.note("schemathesis ends well", ended.returncode == 0)


def look_at_pages(person, checks):
    """Every list by pages is the list at once, in every order."""
    made = [person.make_store(f"page-{number}", displayName=f"Page {number % 3}") for number in range(7)]
    for store in made:
        person.wait_for(store, "READY")
    for sort in ("-createdAt", "createdAt", "name", "-name", "-updatedAt"):
        query = {"q": "page", "sort": sort, "status": "READY"}
        whole = [store["id"] for store in person.get("/api/stores", params={**query, "limit": 100}).json()["items"]]
        parts, cursor = [], None
        while True:
            page = person.get("/api/stores", params={**query, "limit": 2, **({"cursor": cursor} if cursor else {})}).json()
            parts += [store["id"] for store in page["items"]]
            cursor = page["nextCursor"]
            if not cursor:
                break
            other = person.get("/api/stores", params={"sort": sort, "limit": 2, "cursor": cursor})
            checks.note(f"a cursor of {sort} is refused elsewhere", other.json().get("code") == "INVALID_CURSOR", other.text)
        checks.note(f"pages by {sort}", parts == whole, f"{parts} {whole}")


def look_at_events(person, checks):
    """What is live has the shape that is described."""
    document = requests.get(f"{URL}/openapi.json", timeout=10).json()
    events = {choice["properties"]["event"]["const"] for choice in document["components"]["schemas"]["LiveEvent"]["oneOf"]}
    with person.get("/api/events", stream=True) as stream:
        lines = stream.iter_lines(decode_unicode=True)
        store = person.make_store("live")
        seen, name = set(), None
        for line in lines:
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: ") and store in line:
                seen.add(name)
                if json.loads(line.removeprefix("data: ")).get("status") == "READY":
                    person.http.delete(f"{URL}/api/stores/{store}", timeout=10)
            if "storeDeleted" in seen:
                break
    checks.note("live events are those described", seen == events, f"{seen}")


def main():
    checks = Checks()
    admin = Person(os.environ["BOOTSTRAP_ADMIN_KEY"])
    ada, bob = make_people(admin)
    for person in (ada, bob):
        name = person.me["name"].lower().split()[0]
        person.wait_for(person.make_store(f"{name}-shop"), "READY")
        person.wait_for(person.make_store(f"broken-{name}"), "FAILED")
    people = {"ada": ada, "bob": bob, "admin": admin}
    run_schemathesis(write_identities(people), people, checks)
    look_at_pages(ada, checks)
    look_at_events(ada, checks)
    print(f"{checks.passed} passed, {checks.failed} failed")
    sys.exit(checks.failed > 0)


main()
