import StoreDomain

extension StoreFailure.Code {
    /// What a person can do about it.
    var hint: String {
        switch self {
        case .imagePullFailed: "Check the image's name and tag, and that the cluster reaches its registry; then retry."
        case .imageRateLimited: "The registry limits how often images are pulled: wait, log in, or use a mirror."
        case .quotaExceeded:
            "The plan's quota is too small for the store's chart: choose a larger plan or lower requests."
        case .unschedulable: "No node has room for the store: add nodes or free resources, then retry."
        case .volumeUnbound: "No volume is provided: check the cluster's storage class and its provisioner, then retry."
        case .outOfMemory: "A container needs more memory than its limit: raise it in the chart's values, then retry."
        case .crashLoop: "Look at the container's last log lines in the evidence; then retry."
        case .probeFailed: "A container runs and does not become ready: look at its log; then retry."
        case .setupJobFailed: "The evidence holds the setup's last line. Retry continues from what is there."
        case .helmFailed: "The chart or its values do not fit this cluster; the message holds Helm's own words."
        case .helmLocked: "Another Helm operation holds the release: retry once it has ended."
        case .webhookUnavailable: "An admission webhook of the cluster does not answer; the store goes on once it does."
        case .ingressUnreachable:
            "The pods run, but the ingress does not serve the store: check the ingress controller."
        case .certificateNotReady: "The certificate of the store's host is not issued yet: look at its issuer."
        case .orderPathBroken: "The shop answers, but a guest cannot order: the message names the leg that failed."
        case .namespaceConflict: "A namespace of that name exists and isn't this store's: choose another name."
        case .namespaceTerminating: "An older namespace of that name is still being deleted: retry when it is gone."
        case .timeout: "Retry continues from what is there."
        }
    }
}
