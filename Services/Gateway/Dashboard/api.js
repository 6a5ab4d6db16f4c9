// The REST API as functions. The session is an HttpOnly cookie, so no key is ever within reach of a script.

const TIMEOUT_MS = 15_000;
const PAGE_SIZE = 100;
// Ends a walk through pages whose cursor never ends; 2000 stores are more than one list can show anyway.
const MAX_PAGES = 20;

let onUnauthorized = () => {};
let clockSkewMs = 0;

/** What the API, or the way to it, answered instead of a result. `status` 0: no answer at all. */
export class ApiError extends Error {
  constructor({ status, code, message, errors = [], requestId = null, retryAfterMs = 0 }) {
    super(message);
    Object.assign(this, { name: "ApiError", status, code, errors, requestId, retryAfterMs });
  }

  /** The platform, or the way to it, is the reason; the request itself may be fine. */
  get isOutage() {
    return this.status === 0 || this.status >= 500 || this.status === 429;
  }
}

/** Called when a request that needed a session had none. */
export function whenUnauthorized(handler) {
  onUnauthorized = handler;
}

/** The server's time as well as this machine's clock can tell it: ages stay right on a machine whose clock is wrong. */
export function serverNow() {
  return Date.now() + clockSkewMs;
}

export const api = {
  signIn: (key) => request("POST", "/api/session", { body: { key } }),
  signOut: () => request("DELETE", "/api/session"),
  me: () => request("GET", "/api/me"),
  stores: () => allPages("/api/stores"),
  store: (id) => request("GET", `/api/stores/${encodeURIComponent(id)}`),
  events: (id) => allPages(`/api/stores/${encodeURIComponent(id)}/events`),
  /** Operations under way; those of one store also when they have ended. */
  operations: async (storeId) => (await request("GET", `/api/operations${storeId ? `?${new URLSearchParams({ storeId, limit: 1 })}` : ""}`)).items,
  plans: async () => (await request("GET", "/api/plans")).items,
  // These three answer with {store, operation}.
  create: (store, idempotencyKey) => request("POST", "/api/stores", { body: store, headers: { "Idempotency-Key": idempotencyKey } }),
  retry: (id) => request("POST", `/api/stores/${encodeURIComponent(id)}/retry`),
  remove: (id) => request("DELETE", `/api/stores/${encodeURIComponent(id)}`),
  change: (id, patch) => request("PATCH", `/api/stores/${encodeURIComponent(id)}`, { body: patch }),
};

async function allPages(path) {
  const items = [];
  let cursor = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = new URLSearchParams({ limit: PAGE_SIZE, ...(cursor && { cursor }) });
    const answer = await request("GET", `${path}?${query}`);
    items.push(...answer.items);
    cursor = answer.nextCursor;
    if (!cursor) break;
  }
  return items;
}

async function request(method, path, { body, headers = {} } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { Accept: "application/json", ...(body && { "Content-Type": "application/json" }), ...headers },
      body: body && JSON.stringify(body),
    });
  } catch (cause) {
    const late = cause.name === "TimeoutError";
    throw new ApiError({
      status: 0,
      code: late ? "TIMEOUT" : "NETWORK",
      message: late ? "The platform took too long to answer." : "The platform cannot be reached.",
    });
  }
  noteClock(response);
  if (response.ok) return response.status === 204 ? null : readJson(response);
  const failure = await failureOf(response);
  // A wrong key is the sign-in form's business; everywhere else 401 means that the session has ended.
  if (failure.status === 401 && path !== "/api/session") onUnauthorized();
  throw failure;
}

async function readJson(response) {
  const text = await response.text();
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError({ status: 502, code: "UNREADABLE", message: "The platform gave an answer that cannot be read." });
  }
}

async function failureOf(response) {
  // A proxy in between may answer with a page of its own instead of problem+json.
  const problem = await response.json().catch(() => ({}));
  const seconds = Number(response.headers.get("Retry-After"));
  return new ApiError({
    status: response.status,
    code: problem.code ?? `HTTP_${response.status}`,
    message: problem.detail || problem.title || `The platform answered with status ${response.status}.`,
    errors: Array.isArray(problem.errors) ? problem.errors : [],
    requestId: problem.requestId ?? response.headers.get("X-Request-Id"),
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : 0,
  });
}

function noteClock(response) {
  const sent = Date.parse(response.headers.get("Date") ?? "");
  if (Number.isNaN(sent)) return;
  const skew = sent - Date.now();
  // The header counts whole seconds and has travelled; below this a difference says nothing.
  clockSkewMs = Math.abs(skew) < 5000 ? 0 : skew;
}
