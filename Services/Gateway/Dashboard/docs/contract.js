// An OpenAPI document as the page reads it: references followed, operations in groups.

const METHODS = ["get", "post", "put", "patch", "delete"];

export class Contract {
  constructor(document) {
    this.document = document;
  }

  /** What a `$ref` names, with the members beside the reference; anything else as it is. */
  resolve(value) {
    if (!value?.$ref) return value ?? {};
    const target = value.$ref.slice(2).split("/").reduce((place, key) => place?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], this.document);
    const { $ref, ...beside } = value;
    return { ...this.resolve(target), ...beside };
  }

  schema(name) {
    return this.document.components.schemas[name];
  }

  /** The tags in their order, each with its operations in the order of the paths. */
  groups() {
    const operations = Object.entries(this.document.paths).flatMap(([path, item]) =>
      METHODS.filter((method) => item[method]).map((method) => ({
        ...item[method],
        method: method.toUpperCase(),
        path,
        parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map((parameter) => this.resolve(parameter)),
      })),
    );
    return this.document.tags.map((tag) => ({ ...tag, anchor: `tag-${tag.name}`, operations: operations.filter((operation) => operation.tags.includes(tag.name)) }));
  }

  /** The scope an operation asks of a key; null where nobody has to say who they are. */
  scope(operation) {
    return operation.security.length === 0 ? null : (Object.values(operation.security[0])[0][0] ?? "read");
  }

  /** The codes an answer may have. */
  codes(answer) {
    return answer.content?.["application/problem+json"]?.schema?.properties?.code?.enum ?? [];
  }
}

/** The name at the end of a reference. */
export function nameOf(reference) {
  return reference?.slice(reference.lastIndexOf("/") + 1);
}
