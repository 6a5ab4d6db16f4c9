// One question to the REST API and its answer. The session is an HttpOnly cookie, so no key is ever within reach of a
// script.

const TIMEOUT_MS = 15_000;

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

/** Asks, and resolves to the body of the answer; throws ApiError. */
export async function request(method, path, options) {
  return readJson(await send(method, path, options));
}

/** Asks for one thing together with its ETag, to be given back as If-Match. */
export async function requestWithTag(method, path, options) {
  const response = await send(method, path, options);
  return { body: await readJson(response), etag: response.headers.get("ETag") };
}

/** Asks, and resolves to the response once it is known to be good; throws ApiError. Without `limit` it may stay open. */
export async function send(method, path, { body, headers = {}, signal, limit = TIMEOUT_MS, accept = "application/json" } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      credentials: "same-origin",
      signal: anyOf(signal, limit && AbortSignal.timeout(limit)),
      headers: { Accept: accept, ...(body && { "Content-Type": "application/json" }), ...headers },
      body: body && JSON.stringify(body),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    const late = cause.name === "TimeoutError";
    throw new ApiError({
      status: 0,
      code: late ? "TIMEOUT" : "NETWORK",
      message: late ? "The platform took too long to answer." : "The platform cannot be reached.",
    });
  }
  noteClock(response);
  if (response.ok) return response;
  const failure = await failureOf(response);
  // A wrong key is the sign-in form's business; everywhere else 401 means that the session has ended.
  if (failure.status === 401 && path !== "/api/session") onUnauthorized();
  throw failure;
}

/** `path?a=b` without what is empty. */
export function withQuery(path, parameters = {}) {
  const present = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return present.length > 0 ? `${path}?${new URLSearchParams(present)}` : path;
}

async function readJson(response) {
  const text = await response.text().catch(() => {
    throw new ApiError({ status: 0, code: "NETWORK", message: "The platform’s answer broke off." });
  });
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

// By hand: AbortSignal.any is younger than the browsers that this page is for.
function anyOf(...signals) {
  const present = signals.filter(Boolean);
  if (present.length < 2) return present[0];
  const either = new AbortController();
  for (const signal of present) {
    if (signal.aborted) either.abort(signal.reason);
    signal.addEventListener("abort", () => either.abort(signal.reason), { once: true });
  }
  return either.signal;
}
