// What the signed-in user may do: by their role, and by the scopes of the key they signed in with. The platform stays
// the judge; this only spares the reader buttons that would be refused.

export const isAdmin = (session) => session.user?.role === "admin";

/** Whether the key one signed in with has a scope: `read`, `write` or `reveal`. */
export const hasScope = (session, scope) => session.user?.key?.scopes?.includes(scope) ?? true;

/** Whether one may do what a scope is for with stores and users. Viewers may not, whatever their key has. */
export const may = (session, scope) => hasScope(session, scope) && (session.user?.role !== "viewer" || scope === "read");

/** Why something is missing from the page, as a sentence. */
export function whyNot(session, scope) {
  if (session.user?.role === "viewer") return "Your account may only look.";
  return scope === "reveal"
    ? "The key you signed in with may not reveal passwords. Sign in with one that has the scope “reveal”."
    : "The key you signed in with may only read. Sign in with one that has the scope “write”.";
}
