// The REST API as functions, in its own words.

import { request, requestWithTag, withQuery } from "./request.js";

const PAGE_SIZE = 100;
// Ends a walk through pages whose cursor never ends.
const MAX_PAGES = 20;

const storePath = (id, rest = "") => `/api/stores/${encodeURIComponent(id)}${rest}`;
const userPath = (id, rest = "") => `/api/users/${encodeURIComponent(id)}${rest}`;
const keyPath = (userId, keyId, rest = "") => userPath(userId, `/keys/${encodeURIComponent(keyId)}${rest}`);

export const api = {
  signIn: (key) => request("POST", "/api/session", { body: { key } }),
  signOut: () => request("DELETE", "/api/session"),
  me: () => request("GET", "/api/me"),
  overview: () => request("GET", "/api/overview"),
  plans: async () => (await request("GET", "/api/plans")).items,

  // Lists answer with {items, nextCursor}.
  stores: (parameters) => request("GET", withQuery("/api/stores", parameters)),
  users: (parameters) => request("GET", withQuery("/api/users", parameters)),
  audit: (parameters) => request("GET", withQuery("/api/audit", parameters)),

  store: (id) => request("GET", storePath(id)),
  storeWithTag: (id) => requestWithTag("GET", storePath(id)),
  events: (id) => allPages(storePath(id, "/events")),
  /** Operations under way; those of one store also when they have ended. */
  operations: async (storeId) => (await request("GET", withQuery("/api/operations", storeId ? { storeId, limit: 1 } : {}))).items,
  usage: (id) => request("GET", storePath(id, "/usage")),
  pods: async (id) => (await request("GET", storePath(id, "/pods"))).items,
  logs: (id, parameters) => request("GET", withQuery(storePath(id, "/logs"), parameters)),
  /** The address of a log that goes on. */
  logStream: (id, parameters) => withQuery(storePath(id, "/logs"), { ...parameters, follow: true }),

  // These answer with {store, operation}.
  create: (store, idempotencyKey) => request("POST", "/api/stores", { body: store, headers: { "Idempotency-Key": idempotencyKey } }),
  retry: (id) => request("POST", storePath(id, "/retry")),
  remove: (id) => request("DELETE", storePath(id)),
  rotate: (id, database) => request("POST", storePath(id, "/credentials/rotate"), { body: { database } }),

  /** `etag`: the change is refused when the store is another by now. */
  change: (id, patch, etag) => request("PATCH", storePath(id), { body: patch, headers: ifMatch(etag) }),
  reveal: (id) => request("POST", storePath(id, "/credentials/reveal"), { body: {} }),

  user: (id) => requestWithTag("GET", userPath(id)),
  createUser: (user) => request("POST", "/api/users", { body: user }),
  changeUser: (id, patch, etag) => request("PATCH", userPath(id), { body: patch, headers: ifMatch(etag) }),
  removeUser: (id) => request("DELETE", userPath(id)),
  keys: (userId) => allPages(userPath(userId, "/keys")),
  createKey: (userId, key) => request("POST", userPath(userId, "/keys"), { body: key }),
  rotateKey: (userId, keyId, overlapSeconds) => request("POST", keyPath(userId, keyId, "/rotate"), { body: { overlapSeconds } }),
  revokeKey: (userId, keyId) => request("DELETE", keyPath(userId, keyId)),
};

async function allPages(path) {
  const items = [];
  let cursor = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await request("GET", withQuery(path, { limit: PAGE_SIZE, cursor }));
    items.push(...answer.items);
    cursor = answer.nextCursor;
    if (!cursor) break;
  }
  return items;
}

const ifMatch = (etag) => (etag ? { "If-Match": etag } : {});
