// What the audit knows as things done, in words.

/** Action, and the sentence's middle: somebody … something. */
export const ACTIONS = {
  "store.create": ["Store created", "created the store"],
  "store.update": ["Store changed", "changed the store"],
  "store.delete": ["Store deleted", "deleted the store"],
  "store.retry": ["Store retried", "asked for another try of the store"],
  "store.credentials.reveal": ["Password revealed", "looked at the password of the store"],
  "store.credentials.rotate": ["Passwords rotated", "rotated the passwords of the store"],
  "user.create": ["User created", "created the user"],
  "user.update": ["User changed", "changed the user"],
  "user.delete": ["User deleted", "deleted the user"],
  "key.create": ["Key created", "made a key"],
  "key.rotate": ["Key rotated", "rotated a key"],
  "key.revoke": ["Key revoked", "revoked a key"],
  "session.signIn": ["Signed in", "signed in"],
  "session.signInFailed": ["Sign-in refused", "failed to sign in"],
};

/** What deserves a second look. */
export const isDelicate = (action) => /delete|revoke|reveal|rotate|Failed/.test(action);
