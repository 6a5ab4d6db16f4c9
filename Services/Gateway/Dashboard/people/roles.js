// Roles and scopes, and what they mean.

export const ROLES = [
  ["admin", "Admin", "sees and changes everything, and manages users"],
  ["member", "Member", "makes stores and sees their own only"],
  ["viewer", "Viewer", "looks at what is theirs and changes nothing"],
];

export const SCOPES = [
  ["read", "Read", "Look at stores, operations and events."],
  ["write", "Write", "Create, change, retry and delete."],
  ["reveal", "Reveal", "See and rotate the passwords of shops."],
];

export const roleWord = (role) => ROLES.find(([value]) => value === role)?.[1] ?? role;
export const scopeWord = (scope) => SCOPES.find(([value]) => value === scope)?.[1] ?? scope;
