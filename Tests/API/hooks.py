"""What schemathesis cannot know of this API."""

import os

import schemathesis

OWN = set(os.environ.get("API_OWN_IDS", "").split())
EVERYBODY = {"me"}


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Holds answers to what is described: a member that is not is found, though clients are to ignore it."""
    schemas = raw_schema["components"]["schemas"]
    for name, schema in schemas.items():
        if schema.get("type") == "object" and "properties" in schema and "additionalProperties" not in schema:
            schema["additionalProperties"] = False
    # A cursor cannot be made up: only the list itself gives one out. (runner.py pages; that others are refused is a test in
    # Swift.)
    cursor = {"$ref": "#/components/parameters/Cursor"}
    for path in raw_schema["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and cursor in operation.get("parameters", []):
                operation["parameters"].remove(cursor)


@schemathesis.hook
def filter_case(context, case):
    """Keeps the users and keys that the tests themselves come with."""
    if case.method in ("GET", "HEAD", "OPTIONS"):
        return True
    places = set((case.path_parameters or {}).values())
    if case.operation.path.startswith("/api/users/") and places & (OWN | EVERYBODY):
        return case.operation.path.endswith("/keys") and case.method == "POST"
    return True


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """A store that is being deleted is there until it is proven gone: 202 says no more than that it was accepted."""
    is_deleting = case.operation.path.startswith("/api/stores/{id}") and response.status_code in (200, 202, 304)
    return not (type(failure).__name__ == "UseAfterFree" and is_deleting)
