// Asks something again and again while someone looks, one question at a time, and later when it goes wrong.

const LATER = 3;

/** Asks while it is switched on: at once, and `ms` after each answer. `ask()` may fail; `failed(failure)` hears of it. */
export function poll(question) {
  let end = null;
  return { turn };

  function turn(isOn) {
    if (isOn === (end !== null)) return;
    end?.();
    end = isOn ? begin(question) : null;
  }
}

function begin({ ask, ms, failed }) {
  let timer = 0;
  let isOver = false;
  const seen = () => {
    if (document.hidden || isOver || timer === 0) return;
    clearTimeout(timer);
    round();
  };
  document.addEventListener("visibilitychange", seen);
  round();
  return () => {
    isOver = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", seen);
  };

  async function round() {
    timer = 0;
    let wait = ms;
    try {
      await ask();
    } catch (failure) {
      wait = Math.max(LATER * ms, failure.retryAfterMs ?? 0);
      if (!isOver) failed(failure);
    }
    // Nobody sees a hidden page; coming back asks at once.
    if (!isOver) timer = setTimeout(() => (document.hidden ? (timer = setTimeout(round, wait)) : round()), wait);
  }
}
