// What has been done for a store, what is being done and how long each took: read from its conditions, and from the
// operation that works on it, where there is one.

import { el, fill } from "../page/dom.js";
import { icon } from "../page/icons.js";
import { isUnderWay } from "../platform/operation-book.js";
import { duration, fullTime, runningElement } from "../page/time.js";
import { rotationSentence } from "./rotation-steps.js";

// `type` is the condition that a step makes true, `step` its name in an operation and in a failure.
const STEPS = [
  { type: "NamespaceSecured", step: "EnsureNamespace", label: "Namespace secured", doing: "Securing the namespace" },
  { type: "SecretsReady", step: "EnsureSecrets", label: "Secrets created", doing: "Creating the secrets" },
  { type: "ReleaseInstalled", step: "InstallRelease", label: "Release installed", doing: "Installing the release" },
  { type: "StoreConfigured", step: "ConfigureStore", label: "Shop configured", doing: "Configuring the shop" },
  { type: "WorkloadsReady", step: "AwaitWorkloads", label: "Workloads ready", doing: "Waiting for the workloads" },
  { type: "Reachable", step: "ProveStorefront", label: "Shop answers", doing: "Waiting for the shop to answer" },
  { type: "OrderPathVerified", step: "VerifyOrderPath", label: "Order proven", doing: "Ordering as a guest" },
];

// A deletion has no conditions: a store that goes has nothing left to say about itself.
const DELETION = [
  { step: "UninstallRelease", label: "Release removed", doing: "Removing the release" },
  { step: "ReleaseNamespace", label: "Namespace gone", doing: "Removing the namespace and its volumes" },
];

const WORDS = { done: "done", active: "in progress", failed: "failed", waiting: "not yet", lost: "no longer" };
const SYMBOLS = { done: "check", active: "ring", failed: "cross", lost: "alert" };

/** The steps of a store, each with its state and, where known, `ms` (how long it took) or `since` (when it began). */
export function stepsOf(store, operation) {
  const done = new Map((operation?.steps ?? []).map((step) => [step.name, step]));
  const isDeletion = operation?.kind === "delete";
  if (store.status === "DELETING") return operationSteps(DELETION, isDeletion ? done : new Map(), store.updatedAt);
  // Of a second try most conditions may hold already; what is being done is what the operation says.
  if (store.status === "PROVISIONING" && isUnderWay(operation) && !isDeletion) return operationSteps(STEPS, done, operation.startedAt);
  return conditionSteps(store, done);
}

function operationSteps(steps, done, begun) {
  const ends = [...done.values()].map((step) => Date.parse(step.finishedAt));
  const current = steps.find(({ step }) => !done.has(step));
  return steps.map((step) => {
    if (done.has(step.step)) return finished(step, done.get(step.step));
    if (step !== current) return { ...step, state: "waiting", detail: "" };
    return { ...step, state: "active", since: new Date(Math.max(Date.parse(begun), ...ends)).toISOString(), detail: "" };
  });
}

function conditionSteps(store, done) {
  const conditions = new Map((store.conditions ?? []).map((condition) => [condition.type, condition]));
  const isDone = (step) => conditions.get(step.type)?.status === "True";
  const doneAt = STEPS.filter(isDone).map((step) => Date.parse(conditions.get(step.type).lastTransitionTime));
  const begun = Date.parse(store.createdAt);
  const current = currentStep(store, isDone);

  return STEPS.map((step) => {
    const condition = conditions.get(step.type);
    const detail = condition?.message ?? "";
    if (isDone(step)) {
      if (done.has(step.step)) return finished(step, done.get(step.step));
      const at = Date.parse(condition.lastTransitionTime);
      // Steps may finish in another order than they are listed in, so each is measured from the one that ended before it.
      const before = Math.max(begun, ...doneAt.filter((other) => other < at));
      return { ...step, state: "done", ms: Math.max(0, at - before), detail: fullTime(condition.lastTransitionTime) };
    }
    if (step !== current) return { ...step, state: store.status === "READY" && condition ? "lost" : "waiting", detail };
    if (store.status === "FAILED") return { ...step, state: "failed", detail: store.failure?.message ?? detail };
    const since = Math.max(begun, ...doneAt, Date.parse(condition?.lastTransitionTime ?? "") || 0);
    return { ...step, state: "active", since: new Date(since).toISOString(), detail };
  });
}

function finished(step, { duration: seconds, finishedAt }) {
  return { ...step, state: "done", ms: (seconds ?? 0) * 1000, detail: fullTime(finishedAt) };
}

/** `Ready after 8.9 s`; what stands beside the steps while no bar says it. */
export function summaryOf(store, operation) {
  // Of a second try, its own time; what came before it was not spent on it.
  const tried = operation?.kind === "retry" && operation.status === "succeeded";
  if (store.status === "READY" && tried) return `Ready after ${duration(Date.parse(operation.finishedAt) - Date.parse(operation.startedAt))}`;
  if (store.status === "READY" && store.readyAt) return `Ready after ${duration(Date.parse(store.readyAt) - Date.parse(store.createdAt))}`;
  if (store.status === "DELETING") return "Being removed; it leaves the list when everything is gone";
  if (store.status === "PENDING") return "Waiting for its turn";
  return store.status === "PROVISIONING" ? stepSentence(store) : "";
}

/** `Installing the release, step 3 of 7`. */
export function stepSentence(store, operation) {
  if (operation?.kind === "rotate") return rotationSentence(operation);
  if (store.status === "PENDING") return "Waiting for its turn";
  const steps = stepsOf(store, operation);
  const index = steps.findIndex((step) => step.state === "active");
  return index < 0 ? "Finishing" : `${steps[index].doing}, step ${index + 1} of ${steps.length}`;
}

/** The line of steps; `show(store, operation)` brings it up to date. */
export function provisionSteps() {
  const list = el("ol", { class: "steps" });
  let shown = "";
  return { node: el("div", { class: "steps-box" }, list), show };

  function show(store, operation) {
    const steps = stepsOf(store, operation);
    const key = JSON.stringify(steps);
    if (key === shown) return;
    shown = key;
    fill(list, ...steps.map(item));
  }
}

function item(step) {
  return el(
    "li",
    { class: "step", "data-state": step.state, title: step.detail, "aria-current": step.state === "active" ? "step" : null },
    el("span", { class: "step__mark" }, SYMBOLS[step.state] && icon(SYMBOLS[step.state], step.state === "active" ? "icon--turning" : "")),
    el(
      "span",
      { class: "step__text" },
      el("span", { class: "step__label" }, step.label, el("span", { class: "visually-hidden" }, `, ${WORDS[step.state]}`)),
      el("span", { class: "step__time tabular" }, step.state === "active" ? runningElement(step.since) : step.ms === undefined ? "" : duration(step.ms)),
    ),
  );
}

function currentStep(store, isDone) {
  if (store.status !== "PROVISIONING" && store.status !== "FAILED") return null;
  const named = STEPS.find(({ step }) => step === store.failure?.step);
  return (named && !isDone(named) ? named : null) ?? STEPS.find((step) => !isDone(step)) ?? null;
}
