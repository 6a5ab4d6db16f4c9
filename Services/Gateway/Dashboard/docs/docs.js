// The API's page: draws /openapi.json, which is also what the tests hold the gateway to. Nothing here knows a route.

import { el, fill } from "../page/dom.js";
import { Contract } from "./contract.js";
import { operationView } from "./operation-view.js";
import { prose } from "./prose.js";
import { codeTable, schemaView } from "./schema-view.js";
import { unfolding } from "./unfolding.js";

const main = document.getElementById("main");
const contents = document.getElementById("contents");

try {
  const answer = await fetch("/openapi.json", { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  draw(new Contract(await answer.json()));
} catch (failure) {
  fill(main, el("p", { role: "alert" }, `The contract could not be read (${failure.message}). `, el("a", { href: "/docs" }, "Try again")));
}

function draw(contract) {
  fill(main, introduction(contract), ...contract.groups().map((group) => groupView(contract, group)), schemas(contract));
  fill(contents, filterField(), ...contract.groups().map(groupLinks), links("Reference", [["Error codes", "#codes"], ["Schemas", "#schemas"]]));
  followHash();
  addEventListener("hashchange", followHash);
}

function introduction(contract) {
  const { title, version, summary, description } = contract.document.info;
  return el("section", {}, el("h1", {}, `${title} API`), el("p", { class: "lead" }, summary), el("p", { class: "muted" }, `Version ${version}`), ...prose(description));
}

function groupView(contract, group) {
  return el(
    "section",
    { "aria-labelledby": group.anchor },
    el("h2", { id: group.anchor }, group.name),
    ...prose(group.description),
    ...group.operations.map((operation) => operationView(contract, operation)),
  );
}

function schemas(contract) {
  const named = Object.entries(contract.document.components.schemas).filter(([name]) => name !== "ProblemCode");
  return el(
    "section",
    {},
    el("h2", { id: "codes" }, "Error codes"),
    ...prose("Every error says one of these in `code`."),
    codeTable(contract.schema("ProblemCode")),
    el("h2", { id: "schemas" }, "Schemas"),
    ...named.map(([name, schema]) =>
      unfolding({ class: "card", id: `schema-${name}` }, [el("code", {}, name)], () => [schemaView(contract, schema)]),
    ),
  );
}

function groupLinks(group) {
  return links(group.name, group.operations.map((operation) => [operation.summary, `#${operation.operationId}`, operation]));
}

function links(title, entries) {
  const items = entries.map(([text, address, operation]) =>
    el(
      "li",
      { "data-words": operation ? `${operation.method} ${operation.path} ${text}`.toLowerCase() : text.toLowerCase() },
      el("a", { href: address }, operation && el("span", { class: "verb", "data-verb": operation.method, "aria-hidden": "true" }, operation.method), text),
    ),
  );
  return el("div", { class: "contents__group" }, el("p", { class: "contents__title" }, title), el("ul", {}, ...items));
}

function filterField() {
  const field = el("input", { type: "search", class: "contents__filter", placeholder: "Find a route", "aria-label": "Find a route", oninput: () => filter(field.value) });
  return field;
}

function filter(text) {
  const wanted = text.trim().toLowerCase();
  for (const group of contents.querySelectorAll(".contents__group")) {
    const items = [...group.querySelectorAll("li")];
    for (const item of items) item.hidden = !item.dataset.words.includes(wanted);
    group.hidden = items.every((item) => item.hidden);
  }
}

// What is linked to may be closed, and was not there yet when the browser looked for it.
function followHash() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target.tagName === "DETAILS") target.open = true;
  target.scrollIntoView();
}
