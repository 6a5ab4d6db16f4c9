"""A guest who orders in a store by the Store API, and the platform's route on the merchant's side, as the provisioner uses both."""
import hashlib
import hmac
import json
import time

ROUTE = "/store-platform/v1/order-proof"


class Guest:
    def __init__(self, store):
        self.store, self.headers = store, {}

    def call(self, method, path, body=None):
        """Status and JSON; Cart-Token and Nonce of an answer go with the requests after it."""
        status, headers, text = self.store.request(method, f"/wp-json/wc/store/v1{path}", body, self.headers)
        self.headers.update({name: headers[name] for name in ("Cart-Token", "Nonce") if headers.get(name)})
        return status, json.loads(text)

    def fill_cart(self, address):
        product = self.call("GET", "/products?type=simple&stock_status%5B%5D=instock&orderby=price&order=asc")[1][0]["id"]
        self.call("GET", "/cart")
        self.call("POST", "/cart/add-item", {"id": product, "quantity": 1})
        return self.call("POST", "/cart/update-customer", {"billing_address": address, "shipping_address": address})[1]

    def order(self, address, method="cod"):
        return self.call("POST", "/checkout", {"billing_address": address, "shipping_address": address, "payment_method": method})


class Merchant:
    def __init__(self, store):
        self.store = store

    def call(self, method, path="", key=None, ago=0):
        """Status and JSON of a signed request; `key` and `ago` are for those that must be refused."""
        route, now = ROUTE + path, int(time.time()) - ago
        key = self.store.passwords["order-proof-key"] if key is None else key
        code = hmac.new(key.encode(), f"{now}\n{method}\n{route}".encode(), hashlib.sha256).hexdigest()
        status, _, text = self.store.request(method, f"/?rest_route={route}", headers={"X-Store-Platform-Signature": f"t={now},v1={code}"})
        return status, json.loads(text)
