// The states of a store's life and their words.

/** In the order of a life. */
export const STATUS = {
  PENDING: { word: "Pending", symbol: "clock" },
  PROVISIONING: { word: "Provisioning", symbol: "ring" },
  READY: { word: "Ready", symbol: "check" },
  FAILED: { word: "Failed", symbol: "cross" },
  DELETING: { word: "Deleting", symbol: "bin" },
};

export const ENGINES = { woocommerce: "WooCommerce", medusa: "Medusa" };

/** The word for a status; one that this page does not know is shown as it came. */
export const statusWord = (status) => STATUS[status]?.word ?? status;

/** Stores on their way to another state without anyone's doing. */
export const isBusy = (store) => ["PENDING", "PROVISIONING", "DELETING"].includes(store.status);

/** The condition that says what is wrong with a store that was ready; null while it sells. */
export function degradationOf(store) {
  if (store.status !== "READY") return null;
  return (store.conditions ?? []).find(({ type, status }) => type === "Degraded" && status === "True") ?? null;
}

export const isDegraded = (store) => degradationOf(store) !== null;

/** Whether the cluster has something of it to look at. */
export const isInCluster = (store) => store.status !== "PENDING" && store.status !== "DELETING";

/** Whether another try is something the platform takes. */
export const isRetryable = (store) => store.status === "FAILED" || isDegraded(store);
