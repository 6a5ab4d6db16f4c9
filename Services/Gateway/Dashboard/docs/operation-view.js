// One operation: what it does, what it takes, what it answers, and how to ask it from a shell.

import { el } from "../page/dom.js";
import { nameOf } from "./contract.js";
import { bodyExample, curl } from "./example.js";
import { prose, words } from "./prose.js";
import { unfolding } from "./unfolding.js";
import { memberList, schemaView } from "./schema-view.js";

const PLACES = [["path", "Path"], ["query", "Query"], ["header", "Headers"]];

export function operationView(contract, operation) {
  const scope = contract.scope(operation);
  return el(
    "article",
    { class: "card operation", id: operation.operationId, "aria-labelledby": `${operation.operationId}-title` },
    el("h3", { id: `${operation.operationId}-title` }, el("a", { href: `#${operation.operationId}` }, operation.summary)),
    el("p", { class: "route" }, el("span", { class: "verb", "data-verb": operation.method }, operation.method), el("code", {}, operation.path)),
    el("p", { class: "muted" }, ...(scope ? ["A key with the scope ", el("code", {}, scope)] : ["Without a key"])),
    ...prose(operation.description),
    codeBlock("Example", curl(contract, operation)),
    ...PLACES.map(([place, title]) => parameters(contract, operation, place, title)),
    requestBody(contract, operation),
    el("h4", {}, "Answers"),
    ...Object.entries(operation.responses).map(([status, answer]) => answerView(contract, status, contract.resolve(answer))),
  );
}

function parameters(contract, operation, place, title) {
  const own = operation.parameters.filter((parameter) => parameter.in === place);
  if (own.length === 0) return null;
  const members = own.map(({ name, description, schema }) => [name, { ...schema, description }]);
  return el("div", {}, el("h4", {}, title), memberList(contract, members, own.filter((parameter) => parameter.required).map((parameter) => parameter.name)));
}

function requestBody(contract, operation) {
  const body = contract.resolve(operation.requestBody);
  if (!body.content) return null;
  const types = Object.keys(body.content);
  return el(
    "div",
    {},
    el("h4", {}, "Body"),
    el("p", { class: "muted" }, types.join(" or "), body.required ? "" : ", may be left out"),
    schemaView(contract, body.content[types[0]].schema),
  );
}

// The good answer is open; what can go wrong is one line each.
function answerView(contract, status, answer) {
  const media = Object.entries(answer.content ?? {}).filter(([type]) => type !== "application/problem+json");
  const summary = [el("span", { class: "status", "data-kind": status[0] }, status), " ", ...words(answer.description)];
  return unfolding({ class: "answer", open: status < "300" && media.length > 0 }, summary, () => [
    contract.codes(answer).length > 0 && codes(contract.codes(answer)),
    ...media.map(([type, content]) => contentView(contract, type, content)),
    headers(contract, answer),
  ]);
}

function codes(list) {
  return el("p", {}, ...list.flatMap((code) => [el("a", { class: "code-link", href: `#code-${code}` }, code), " "]));
}

function contentView(contract, type, content) {
  const name = content.schema.$ref && nameOf(content.schema.$ref);
  const example = type === "application/json" ? bodyExample(contract, { [type]: content }) : null;
  return el(
    "div",
    {},
    el("p", { class: "muted" }, type, name && ": ", name && el("a", { href: `#schema-${name}` }, name)),
    type === "text/event-stream" ? events(contract, content.schema) : !name && schemaView(contract, content.schema),
    example && codeBlock("Answer", example),
  );
}

// Each event of a stream by its name, with what its data are.
function events(contract, schema) {
  const choices = contract.resolve(schema).oneOf.map(({ description, properties }) => [properties.event.const, { ...properties.data.contentSchema, description }]);
  return memberList(contract, choices, []);
}

function headers(contract, answer) {
  const entries = Object.entries(answer.headers ?? {}).map(([name, header]) => {
    const { schema, description } = contract.resolve(header);
    return [name, { ...schema, pattern: undefined, description }];
  });
  return entries.length === 0 ? null : unfolding({}, ["Headers"], () => [memberList(contract, entries, [])]);
}

function codeBlock(title, text) {
  const copy = el("button", { type: "button", class: "copy", "aria-label": `Copy: ${title}`, onclick: () => copyText(copy, text) }, "Copy");
  return el("div", { class: "code" }, copy, el("pre", { tabindex: "0", "aria-label": title }, el("code", {}, text)));
}

async function copyText(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    // Browsers hand out the clipboard only over HTTPS and on localhost.
    button.textContent = "Select it by hand";
  }
  setTimeout(() => (button.textContent = "Copy"), 2000);
}
