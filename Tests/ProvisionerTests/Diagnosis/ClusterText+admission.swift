import StoreDomain

@testable import Provisioner

extension ClusterText {
    /// Quota, LimitRange, pod security and policies, in the events of ReplicaSets, StatefulSets and Jobs.
    static let admission: [ClusterText] = [
        ClusterText(
            .quotaExceeded,
            .maker("ReplicaSet", "store-wordpress-67d58c4799"),
            #"Error creating: pods "store-wordpress-67d58c4799-r5q9l" is forbidden: exceeded quota: store, requested: requests.memory=140Mi, used: requests.memory=0, limited: requests.memory=100Mi"#,
            seen
        ),
        ClusterText(
            .quotaExceeded,
            .maker("ReplicaSet", "store-wordpress-67d58c4799"),
            #"(combined from similar events): Error creating: pods "store-wordpress-67d58c4799-tfwmc" is forbidden: exceeded quota: store, requested: requests.memory=140Mi, used: requests.memory=0, limited: requests.memory=100Mi"#,
            seen
        ),
        ClusterText(
            .quotaExceeded,
            .maker("StatefulSet", "store-mysql"),
            #"create Pod store-mysql-0 in StatefulSet store-mysql failed error: pods "store-mysql-0" is forbidden: maximum memory usage per Container is 150Mi, but limit is 160Mi"#,
            seen
        ),
        ClusterText(
            .quotaExceeded,
            .maker("Job", "store-setup-1"),
            #"Error creating: pods "store-setup-1-c6shx" is forbidden: minimum cpu usage per Container is 5m, but request is 1m"#,
            seen
        ),
        ClusterText(
            .quotaExceeded,
            .maker("Job", "store-setup-1"),
            #"Error creating: pods "store-setup-1-x" is forbidden: failed quota: store: must specify limits.cpu,limits.memory"#,
            "kubernetes, resourcequota admission"
        ),
        ClusterText(
            .helmFailed,
            .maker("ReplicaSet", "store-wordpress-7d4"),
            #"Error creating: pods "nodejs-app-8665bd77fb-2dd4n" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "runtime" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "runtime" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "runtime" must set securityContext.runAsNonRoot=true)"#,
            "redhat-developer/odo #6847"
        ),
        ClusterText(
            .helmFailed,
            .maker("StatefulSet", "store-mysql"),
            #"create Pod k3k-3-test-server-0 in StatefulSet k3k-3-test-server failed error: pods "k3k-3-test-server-0" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "k3k-3-test-server" must set securityContext.allowPrivilegeEscalation=false)"#,
            "rancher/k3k #578"
        ),
        ClusterText(
            .helmFailed,
            .maker("ReplicaSet", "store-wordpress-7d4"),
            #"Error creating: pods "coredns-6955765f44-" is forbidden: no providers available to validate pod request"#,
            "kubernetes/minikube #6686"
        ),
        ClusterText(
            .helmFailed,
            .maker("ReplicaSet", "store-wordpress-7d4"),
            #"Error creating: admission webhook "validate.kyverno.svc-fail" denied the request: resource Pod/store-a/store-wordpress-7d4-x was blocked due to the following policies"#,
            "kyverno, policy reports"
        ),
        // Passes by itself in a namespace only just made: kubernetes/kubernetes #73698, #66689.
        ClusterText(
            nil,
            .maker("ReplicaSet", "store-wordpress-7d4"),
            #"Error creating: pods "a" is forbidden: status unknown for quota: store, resources: pods"#,
            "kubernetes/kubernetes #73698"
        ),
        ClusterText(
            nil,
            .maker("Job", "store-setup-1"),
            #"Error creating: pods "store-setup-2-" is forbidden: error looking up service account dia-quota/nobody: serviceaccount "nobody" not found"#,
            seen
        ),
        // The CronJob's runs are no matter of making a store.
        ClusterText(
            nil,
            .maker("Job", "store-cron-28933000"),
            #"Error creating: pods "store-cron-28933000-x" is forbidden: exceeded quota: store, requested: pods=1, used: pods=3, limited: pods=3"#,
            seen
        ),
    ]
}
