// A log that goes on, read from an answer that stays open. By fetch and not by EventSource, which keeps to itself why a
// stream was refused and begins again after every end.

import { ApiError, send } from "../platform/request.js";

/** Reads until the log ends. `line({at, text}, id)` hears of each line, `gap(message)` where some are lost, `opened()` of the
 *  beginning. `after` is the id of the last line that is there already. Resolves to why it ended; throws ApiError, also
 *  when the line breaks. `signal` ends it without a word. */
export async function readLog({ path, after, signal, opened, line, gap }) {
  const response = await send("GET", path, { signal, limit: 0, accept: "text/event-stream", headers: after ? { "Last-Event-ID": after } : {} });
  opened();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read().catch((cause) => {
      if (signal.aborted) throw cause;
      return { done: true };
    });
    if (done) throw new ApiError({ status: 0, code: "NETWORK", message: "The log broke off." });
    const frames = (rest + value).split(/\r?\n\r?\n/);
    rest = frames.pop();
    for (const frame of frames) {
      const { event, data, id } = parse(frame);
      if (event === "line") line(JSON.parse(data), id);
      if (event === "gap") gap(JSON.parse(data).message);
      if (event === "end") {
        reader.cancel();
        return JSON.parse(data).reason;
      }
    }
  }
}

function parse(frame) {
  const found = { event: "message", data: [], id: null };
  for (const text of frame.split(/\r?\n/)) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(text) ?? [];
    if (name === "event" || name === "id") found[name] = value;
    if (name === "data") found.data.push(value);
  }
  return { ...found, data: found.data.join("\n") };
}
