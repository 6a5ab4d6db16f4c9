// The API's rule for a store's name, told while the reader types. The API stays the judge: reserved and taken names
// are known only there.

export const NAME_RULE = "3 to 40 lower-case letters, digits and hyphens; begins with a letter, ends with a letter or digit.";

/** The first thing wrong with a name as a sentence that says what to do, or null. */
export function nameIssue(name) {
  if (name === "") return "Give the store a name.";
  if (/[A-Z]/.test(name)) return "Use lower-case letters only.";
  if (!/^[a-z0-9-]*$/.test(name)) return "Use only letters a to z, digits and hyphens.";
  if (!/^[a-z]/.test(name)) return "Begin with a letter.";
  if (name.endsWith("-")) return "End with a letter or a digit.";
  if (name.length < 3) return "Use at least 3 characters.";
  if (name.length > 40) return "Use at most 40 characters.";
  return null;
}
