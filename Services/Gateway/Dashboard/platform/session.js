// Who is signed in. The key itself is sent once and never kept: the server answers with an HttpOnly cookie.

import { api } from "./api.js";

// Not a secret and no proof: it only spares a first visitor the question whose answer is surely 401.
const HINT = "store-platform.signed-in";

/** Sends `change` when the user, or what the server says about them, changes. */
export class Session extends EventTarget {
  user = null;

  /** Whether this browser was signed in when it was here last. */
  get isHinted() {
    return readHint();
  }

  /** The user of a session that still holds, or null. Throws ApiError when the platform does not answer. */
  async restore() {
    if (!readHint()) return null;
    try {
      return await this.reload();
    } catch (failure) {
      if (failure.status !== 401) throw failure;
      this.forget();
      return null;
    }
  }

  async signIn(key) {
    await api.signIn(key);
    writeHint("yes");
    return this.reload();
  }

  /** Asks again, for the number of stores in use. */
  async reload() {
    const answer = await api.me();
    this.user = answer.user ?? answer;
    this.dispatchEvent(new Event("change"));
    return this.user;
  }

  /** Forgets the user on this side only: the session has already ended on the other. */
  forget() {
    this.user = null;
    writeHint(null);
  }
}

// Storage may be forbidden by the browser's settings; then every visit simply begins with the question.
function readHint() {
  try {
    return localStorage.getItem(HINT) !== null;
  } catch {
    return true;
  }
}

function writeHint(value) {
  try {
    if (value) localStorage.setItem(HINT, value);
    else localStorage.removeItem(HINT);
  } catch {
    // Without storage there is nothing to keep.
  }
}
