// Examples: the document's own where it gives one, else one made from the schema.

const INDENT = 2;

/** A value that a schema describes. Members that may be left out are, unless nothing would be left. */
export function exampleOf(contract, schema, depth = 0) {
  const resolved = contract.resolve(schema);
  if (resolved.example !== undefined) return resolved.example;
  if (resolved.examples?.length) return resolved.examples[0];
  if (resolved.const !== undefined) return resolved.const;
  if (resolved.enum) return resolved.enum[0];
  if (resolved.default !== undefined) return resolved.default;
  const choice = resolved.anyOf ?? resolved.oneOf ?? resolved.allOf;
  if (choice) return exampleOf(contract, choice[0], depth);
  const type = Array.isArray(resolved.type) ? resolved.type[0] : resolved.type;
  if (type === "object") return depth > 6 ? {} : objectExample(contract, resolved, depth);
  if (type === "array") return [exampleOf(contract, resolved.items, depth + 1)];
  if (type === "integer" || type === "number") return resolved.minimum ?? 0;
  if (type === "boolean") return true;
  if (resolved.format === "uri") return "https://example.com/";
  if (resolved.format === "email") return "ada@example.com";
  return "text";
}

function objectExample(contract, schema, depth) {
  const names = schema.required ?? (depth === 0 ? Object.keys(schema.properties ?? {}).slice(0, 1) : []);
  return Object.fromEntries(names.map((name) => [name, exampleOf(contract, schema.properties[name], depth + 1)]));
}

/** The body of a request or an answer as text; null where there is none. */
export function bodyExample(contract, content) {
  const media = content?.["application/json"];
  if (!media) return null;
  return JSON.stringify(media.example ?? exampleOf(contract, media.schema), null, INDENT);
}

/** A command for a shell that `.run/platform.env` was read into. */
export function curl(contract, operation) {
  const parts = ["curl"];
  if (operation.method !== "GET") parts.push(`-X ${operation.method}`);
  const content = contract.resolve(operation.requestBody).content;
  const streams = Object.values(operation.responses).some((answer) => contract.resolve(answer).content?.["text/event-stream"] && !contract.resolve(answer).content["application/json"]);
  if (streams) parts.push("-N");
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name) => exampleParameter(contract, operation, name));
  parts.push(`"$STORE_PLATFORM_URL${path}"`);
  const lines = [parts.join(" ")];
  if (contract.scope(operation)) lines.push(`-H "Authorization: Bearer $STORE_PLATFORM_API_KEY"`);
  const body = bodyExample(contract, content);
  if (body !== null) lines.push(`--json '${JSON.stringify(JSON.parse(body)).replaceAll("'", `'\\''`)}'`);
  return lines.join(" \\\n     ");
}

function exampleParameter(contract, operation, name) {
  const parameter = operation.parameters.find((candidate) => candidate.in === "path" && candidate.name === name);
  return parameter?.example ?? exampleOf(contract, parameter?.schema);
}
