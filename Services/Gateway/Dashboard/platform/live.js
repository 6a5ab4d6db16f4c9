// Keeps the book up to date: by the server's event stream while it lives, by asking every 5 seconds while it does
// not. One timer and at most one question at a time, so that no failure turns into a storm.

const POLL_MS = 5000;
// Even a stream that looks alive may be dead (a proxy that swallows it), so the list is compared now and then.
const CHECK_MS = 60_000;
const CHECK_BUSY_MS = 15_000;
const STREAM_RETRY_MS = [5000, 10_000, 20_000, 30_000];
// A stream that ends sooner than this counts as failed: else open-and-drop would become a loop without a pause.
const STREAM_PROVEN_MS = 10_000;
// Browsers allow six connections to one HTTP/1.1 server, over all tabs; a hidden tab gives its own back.
const HIDDEN_MS = 60_000;

/** States: `connecting`, `live`, `polling`, `limited` (asked too often), `offline`; `reason` says why. Sends `state` when one of
 *  them or `updatedAt` changes. */
export class LiveConnection extends EventTarget {
  state = "connecting";
  reason = "";
  updatedAt = null;
  #isStarted = false;
  #load;
  #handlers;
  #isBusy;
  #stream = null;
  #openedAt = 0;
  #caughtUp = false;
  #streamFailures = 0;
  #streamDueAt = 0;
  #timer = 0;
  #hiding = 0;
  #asking = null;
  #askAgain = false;
  #closing = new AbortController();

  /** `load`: asks for what is shown, resolves to the number of changes the stream should have brought. `isBusy`: stores are on their way. */
  constructor({ load, handlers, isBusy }) {
    super();
    this.#load = load;
    this.#handlers = handlers;
    this.#isBusy = isBusy;
    const signal = this.#closing.signal;
    // Neither is believed as it stands: a platform on this very machine answers without any network.
    for (const type of ["online", "offline"]) addEventListener(type, () => this.refresh(), { signal });
    document.addEventListener("visibilitychange", () => this.#visibilityChanged(), { signal });
  }

  get isStarted() {
    return this.#isStarted;
  }

  start() {
    this.#isStarted = true;
    this.#openStream();
    this.refresh();
  }

  /** Ends it for good. */
  close() {
    this.#closing.abort();
    clearTimeout(this.#timer);
    clearTimeout(this.#hiding);
    this.#closeStream();
  }

  /** Asks now, or as soon as the question under way is answered: that one may have been asked too early. */
  refresh() {
    clearTimeout(this.#timer);
    this.#askAgain = this.#asking !== null;
    this.#asking ??= this.#ask().finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #ask() {
    const askedAt = performance.now();
    let wait = 0;
    try {
      const missed = await this.#load();
      // What came before the stream opened, the stream could not bring; what it left out since then makes it a dead one.
      if (missed > 0 && this.#isOpen && this.#caughtUp) this.#streamFailed();
      const first = this.updatedAt === null;
      this.updatedAt = new Date();
      this.#become(this.#isOpen ? "live" : first && this.#stream ? "connecting" : "polling");
      this.#caughtUp = this.#isOpen && this.#openedAt < askedAt;
    } catch (failure) {
      wait = failure.retryAfterMs ?? 0;
      this.#become(failure.status === 429 ? "limited" : "offline", failure.message);
    }
    if (this.#closing.signal.aborted) return;
    if (!this.#stream && !this.#isAway && performance.now() >= this.#streamDueAt) this.#openStream();
    this.#schedule(this.#askAgain ? 0 : Math.max(wait, this.#pause()));
    this.#askAgain = false;
  }

  #pause() {
    if (this.state !== "live") return POLL_MS;
    return this.#isBusy() ? CHECK_BUSY_MS : CHECK_MS;
  }

  #schedule(ms) {
    clearTimeout(this.#timer);
    // Up to a tenth later: a thousand dashboards that lost one gateway must not come back in the same instant.
    this.#timer = setTimeout(() => this.refresh(), ms * (1 + Math.random() / 10));
  }

  get #isAway() {
    return this.state === "offline" || this.state === "limited";
  }

  get #isOpen() {
    return this.#stream?.readyState === EventSource.OPEN;
  }

  #openStream() {
    const stream = new EventSource("/api/events");
    this.#stream = stream;
    stream.onopen = () => {
      this.#openedAt = performance.now();
      // What happened between the last answer and now is in no message, so ask once more.
      this.refresh();
    };
    stream.onerror = () => this.#streamFailed();
    for (const [type, handle] of Object.entries(this.#handlers)) {
      stream.addEventListener(type, (message) => {
        handle(JSON.parse(message.data));
        this.updatedAt = new Date();
        // While questions fail, a message alone does not make the page true again; the next answer does.
        if (!this.#isAway) this.#become("live");
      });
    }
  }

  // The browser would reconnect by itself, at a fixed pace and never after an HTTP error; this way both cases are one.
  #streamFailed() {
    const proven = this.#openedAt > 0 && performance.now() - this.#openedAt > STREAM_PROVEN_MS;
    this.#streamFailures = proven ? 0 : this.#streamFailures + 1;
    // One that has lived is missed for a moment only (a gateway restarts, a network changes), so it is asked for at once.
    const pause = proven ? 0 : STREAM_RETRY_MS[Math.min(this.#streamFailures, STREAM_RETRY_MS.length) - 1];
    this.#streamDueAt = performance.now() + pause;
    this.#closeStream();
    if (this.state === "live") this.#become("polling");
    this.#schedule(Math.random() * 1000);
  }

  #closeStream() {
    this.#stream?.close();
    this.#stream = null;
    this.#openedAt = 0;
    this.#caughtUp = false;
  }

  #become(state, reason = "") {
    if (this.#closing.signal.aborted) return;
    Object.assign(this, { state, reason });
    this.dispatchEvent(new Event("state"));
  }

  #visibilityChanged() {
    clearTimeout(this.#hiding);
    if (document.hidden) {
      this.#hiding = setTimeout(() => {
        clearTimeout(this.#timer);
        this.#closeStream();
      }, HIDDEN_MS);
    } else if (!this.#stream) {
      this.#streamDueAt = 0;
      this.refresh();
    }
  }
}
