import StoreDomain

@testable import Provisioner

extension ClusterText {
    /// The Job controller.
    static let controllers: [ClusterText] = [
        ClusterText(.setupJobFailed, .job("BackoffLimitExceeded"), "Job has reached the specified backoff limit", seen),
        ClusterText(.setupJobFailed, .job("DeadlineExceeded"), "Job was active longer than specified deadline", seen),
        ClusterText(
            .setupJobFailed,
            .job("PodFailurePolicy"),
            "Container main for pod default/job-pod-failure-policy-failjob-8ckj8 failed with exit code 42 matching FailJob rule at index 0",
            "kubernetes/website #50797"
        ),
        ClusterText(
            .setupJobFailed,
            .job("PodFailurePolicy"),
            "Pod default/store-setup-1-x has condition ConfigIssue matching FailJob rule at index 0",
            "Job controller, pod_failure_policy.go"
        ),
    ]
}
