// A schema as a list of members: name, type, rules, meaning. What has a name of its own is linked, not repeated.

import { el } from "../page/dom.js";
import { nameOf } from "./contract.js";
import { words } from "./prose.js";

/** All that a schema says, members first. */
export function schemaView(contract, schema) {
  const resolved = contract.resolve(schema);
  const members = Object.entries(resolved.properties ?? {});
  return el(
    "div",
    { class: "schema" },
    resolved.description && el("p", {}, ...words(resolved.description)),
    members.length === 0 && el("p", { class: "schema__type" }, ...typeWords(contract, { ...resolved, description: undefined }), ...rules(resolved)),
    members.length > 0 && memberList(contract, members, resolved.required ?? []),
  );
}

/** Parameters, or members, one below the other. */
export function memberList(contract, members, required) {
  return el("dl", { class: "members" }, ...members.flatMap(([name, schema]) => member(contract, name, schema, required.includes(name))));
}

function member(contract, name, schema, isRequired) {
  const own = contract.resolve(schema);
  const inner = inlineMembers(contract, schema);
  return [
    el("dt", {}, el("code", { class: "members__name" }, name), isRequired && el("span", { class: "members__needed" }, "required")),
    el(
      "dd",
      {},
      el("p", { class: "schema__type" }, ...typeWords(contract, schema), ...(schema.$ref ? [] : rules(own))),
      (schema.description ?? (schema.$ref ? null : own.description)) && el("p", {}, ...words(schema.description ?? own.description)),
      inner && el("details", {}, el("summary", {}, "Members"), memberList(contract, Object.entries(inner.properties), inner.required ?? [])),
    ),
  ];
}

// Members of what has no name: they are shown where they are.
function inlineMembers(contract, schema) {
  if (schema.$ref) return null;
  if (schema.items) return schema.items.$ref ? null : inlineMembers(contract, schema.items);
  return schema.properties ? schema : null;
}

function typeWords(contract, schema) {
  if (schema.$ref) return [el("a", { href: `#schema-${nameOf(schema.$ref)}` }, nameOf(schema.$ref))];
  if (schema.anyOf) return schema.anyOf.flatMap((choice, index) => [index > 0 && " or ", ...typeWords(contract, choice)]);
  if (schema.items) return ["list of ", ...typeWords(contract, schema.items)];
  if (schema.const !== undefined) return [el("code", {}, JSON.stringify(schema.const))];
  return [[schema.type ?? "any"].flat().join(" or ")];
}

function rules(schema) {
  const found = [];
  if (schema.format) found.push(schema.format);
  if (schema.enum) found.push(["one of ", ...schema.enum.flatMap((value, index) => [index > 0 && ", ", el("code", {}, String(value))])]);
  if (schema.minLength !== undefined || schema.maxLength !== undefined) found.push(`${range(schema.minLength, schema.maxLength)} characters`);
  if (schema.minimum !== undefined || schema.maximum !== undefined) found.push(range(schema.minimum, schema.maximum));
  if (schema.pattern) found.push([el("code", {}, schema.pattern)]);
  if (schema.default !== undefined) found.push(["else ", el("code", {}, JSON.stringify(schema.default))]);
  return found.flatMap((rule) => [" · ", ...[rule].flat()]);
}

function range(least, most) {
  if (most === undefined) return `at least ${least}`;
  return least === undefined ? `at most ${most}` : `${least} to ${most}`;
}

/** A choice of constants with a meaning each. */
export function codeTable(schema) {
  const rows = schema.oneOf.map((code) => el("tr", { id: `code-${code.const}` }, el("th", { scope: "row" }, el("code", {}, code.const)), el("td", {}, ...words(code.description))));
  return el("div", { class: "scroll", tabindex: "0" }, el("table", {}, el("tbody", {}, ...rows)));
}
