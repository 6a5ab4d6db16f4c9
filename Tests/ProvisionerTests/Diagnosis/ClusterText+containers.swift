import StoreDomain

@testable import Provisioner

extension ClusterText {
    /// The kubelet, on containers that cannot be made, do not stay up or do not become ready.
    static let containers: [ClusterText] = [
        ClusterText(.outOfMemory, .ended("OOMKilled", exit: 137), "", seen),
        ClusterText(.outOfMemory, .restarted("OOMKilled", exit: 137), "", seen),
        ClusterText(.outOfMemory, .initEnded("OOMKilled", exit: 137), "", seen),
        ClusterText(.crashLoop, .ended("Error", exit: 3), "boom went the database", seen),
        ClusterText(.crashLoop, .restarted("Error", exit: 3), "boom went the database", seen),
        ClusterText(.crashLoop, .initEnded("Error", exit: 9), "init says no", seen),
        ClusterText(
            .crashLoop,
            .ended("StartError", exit: 128),
            #"failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/no/such/program": stat /no/such/program: no such file or directory: unknown"#,
            seen
        ),
        ClusterText(.crashLoop, .waiting("CreateContainerConfigError"), #"secret "store-secrets" not found"#, seen),
        ClusterText(
            .crashLoop,
            .waiting("CreateContainerConfigError"),
            #"container has runAsNonRoot and image will run as root (pod: "root_dia-texts(b7bf0543-4280-4ec7-8ac3-32d8485739dd)", container: main)"#,
            seen
        ),
        ClusterText(
            .crashLoop,
            .waiting("CreateContainerError"),
            #"failed to generate container "mysql" spec: failed to generate spec: path "/var/lib/x" is mounted on "/" but it is not a shared mount"#,
            "containerd, pkg/cri"
        ),
        ClusterText(
            .probeFailed,
            .pod("Unhealthy", phase: "Running"),
            #"Readiness probe failed: Get "http://10.244.0.17:81/x": dial tcp 10.244.0.17:81: connect: connection refused"#,
            seen
        ),
        ClusterText(
            .probeFailed,
            .pod("Unhealthy", phase: "Running"),
            "Readiness probe failed: HTTP probe failed with statuscode: 404",
            seen
        ),
        ClusterText(
            .probeFailed,
            .pod("Unhealthy", phase: "Running"),
            "Readiness probe failed: ERROR 2002 cannot connect\n",
            seen
        ),
        ClusterText(.probeFailed, .pod("Unhealthy", phase: "Running"), "Readiness probe failed: ", seen),
        ClusterText(
            .probeFailed,
            .pod("Unhealthy", phase: "Running"),
            "Startup probe failed: dial tcp 10.244.0.21:81: connect: connection refused",
            seen
        ),
        ClusterText(.probeFailed, .pod("Unhealthy", phase: "Running"), "Liveness probe failed: ", seen),
        ClusterText(
            .timeout,
            .podGoing("FailedKillPod"),
            #"error killing pod: failed to "KillPodSandbox" for "9a5ea476-d946-11e7-a964-02b983f0a4db" with KillPodSandboxError: "rpc error: code = Unknown desc = NetworkPlugin cni failed to teardown pod \"kube-dns-545bc4bfd4-djsm4_kube-system\" network: failed to find plugin \"portmap\" in path [/opt/flannel/bin /opt/cni/bin]""#,
            "kubernetes/kubeadm #587"
        ),
        // Usual on the way.
        ClusterText(nil, .waiting("ContainerCreating"), "", seen),
        ClusterText(nil, .waiting("PodInitializing"), "", seen),
        ClusterText(nil, .pod("DNSConfigForming", phase: "Pending"), "Search Line limits were exceeded", "kubelet"),
    ]
}
