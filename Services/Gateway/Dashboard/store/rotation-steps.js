// What is being done while a shop gets new passwords.

const DOING = {
  PrepareCredentials: "making them",
  ChangeAdminPassword: "changing the administrator’s",
  VerifyAdminPassword: "signing in with the new one",
  ChangeDatabasePassword: "making another user of the database",
  RestartShop: "restarting the shop",
  VerifyShop: "seeing the shop sell",
  CommitCredentials: "letting the old ones go",
};

/** `New passwords: restarting the shop`. */
export function rotationSentence({ currentStep }) {
  return DOING[currentStep] ? `New passwords: ${DOING[currentStep]}` : "New passwords: waiting for a worker";
}
