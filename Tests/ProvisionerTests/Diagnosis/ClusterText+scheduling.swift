import StoreDomain

@testable import Provisioner

extension ClusterText {
    /// The scheduler, and nodes that do not let a pod in or keep it.
    static let scheduling: [ClusterText] = [
        ClusterText(.unschedulable, .unscheduled, "0/1 nodes are available: 1 Insufficient cpu.", seen),
        ClusterText(.unschedulable, .unscheduled, "0/1 nodes are available: 1 Insufficient memory.", seen),
        ClusterText(
            .unschedulable,
            .unscheduled,
            "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity.",
            seen
        ),
        ClusterText(
            .unschedulable,
            .unscheduled,
            "0/1 nodes are available: 1 Insufficient memory. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
            "harvester/harvester #3136"
        ),
        ClusterText(
            .unschedulable,
            .unscheduled,
            "0/1 nodes are available: 1 node(s) had untolerated taint {gpu: }. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling..",
            "NVIDIA/k8s-device-plugin #421"
        ),
        ClusterText(
            .unschedulable,
            .unscheduled,
            "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
            "hystax/optscale #568"
        ),
        ClusterText(
            .unschedulable,
            .unscheduled,
            "0/1 nodes are available: 1 node(s) didn't match pod affinity rules, 1 node(s) didn't match pod affinity/anti-affinity rules.",
            "scheduler, interpodaffinity"
        ),
        ClusterText(
            .unschedulable,
            .podFailed("Evicted"),
            "The node was low on resource: memory. Container node was using 35505620Ki, which exceeds its request of 12Gi. ",
            "amygdala-labs/cosmos-operator #185"
        ),
        ClusterText(
            .unschedulable,
            .podFailed("OutOfcpu"),
            "Node didn't have enough resource: cpu, requested: 3000, used: 93000, capacity: 95690",
            "aws/karpenter-provider-aws #393"
        ),
        ClusterText(
            .unschedulable,
            .podFailed("Terminated"),
            "Pod was terminated in response to imminent node shutdown.",
            "kubelet, pkg/kubelet/nodeshutdown"
        ),
        ClusterText(
            .crashLoop,
            .podFailed("Evicted"),
            "Pod ephemeral local storage usage exceeds the total limit of containers 2Mi. ",
            seen
        ),
        ClusterText(
            .crashLoop,
            .podFailed("Evicted"),
            #"Usage of EmptyDir volume "s" exceeds the limit "1Mi". "#,
            seen
        ),
        ClusterText(
            .unschedulable,
            .pod("FailedCreatePodSandBox", phase: "Pending"),
            #"Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "": plugin type="flannel" failed (add): open /run/flannel/subnet.env: no such file or directory"#,
            "k3d-io/k3d #1258"
        ),
        ClusterText(
            .unschedulable,
            .pod("FailedCreatePodSandBox", phase: "Pending"),
            #"Failed to create pod sandbox: rpc error: code = Unknown desc = [failed to set up sandbox container "3fe33199" network for pod "kafka-0": networkPlugin cni failed to set up pod "kafka-0_default" network: netplugin failed with no error message]"#,
            "kubernetes/kubernetes #92903"
        ),
    ]
}
