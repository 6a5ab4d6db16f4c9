import StoreDomain

@testable import Provisioner

extension ClusterText {
    /// The kubelet, in containerd's, CRI-O's and Docker's words.
    static let images: [ClusterText] = [
        ClusterText(
            .imagePullFailed,
            .waiting("ErrImagePull"),
            #"rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/mysql:9.9": failed to resolve reference "docker.io/library/mysql:9.9": docker.io/library/mysql:9.9: not found"#,
            seen
        ),
        ClusterText(.imagePullFailed, .waiting("ImagePullBackOff"), #"Back-off pulling image "mysql:9.9""#, seen),
        ClusterText(
            .imagePullFailed,
            .waiting("InvalidImageName"),
            #"Failed to apply default image tag "busybox:": couldn't parse image reference "busybox:": invalid reference format"#,
            seen
        ),
        ClusterText(
            .imagePullFailed,
            .waiting("InvalidImageName"),
            #"Failed to apply default image tag "Busybox": couldn't parse image reference "Busybox": invalid reference format: repository name must be lowercase"#,
            seen
        ),
        ClusterText(
            .imagePullFailed,
            .waiting("ErrImageNeverPull"),
            #"Container image "busybox:nope2" is not present with pull policy of Never"#,
            seen
        ),
        ClusterText(
            .imagePullFailed,
            .waiting("ErrImagePull"),
            #"rpc error: code = Unknown desc = failed to pull and unpack image "docker.io/image/doesnotexist:latest": failed to resolve reference "docker.io/image/doesnotexist:latest": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed"#,
            "containerd/containerd #2052"
        ),
        ClusterText(
            .imagePullFailed,
            .waiting("ErrImagePull"),
            "Error response from daemon: pull access denied for suedostcargo-web, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
            "kubernetes/minikube #20613"
        ),
        ClusterText(
            .imagePullFailed,
            .waiting("ErrImagePull"),
            #"failed to resolve reference "han.lanharbor.com/lan/predixy:1.0": pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials"#,
            "containerd/containerd #11103"
        ),
        ClusterText(
            .imagePullFailed,
            .waiting("ErrImagePull"),
            #"rpc error: code = Unknown desc = failed to pull and unpack image "docker.io/library/mysql:8.4": failed to resolve reference "docker.io/library/mysql:8.4": failed to do request: Head "https://registry-1.docker.io/v2/library/mysql/manifests/8.4": dial tcp: lookup registry-1.docker.io on 10.0.0.1:53: no such host"#,
            "containerd, remotes/docker"
        ),
        ClusterText(
            .imageRateLimited,
            .waiting("ErrImagePull"),
            #"rpc error: code = Unknown desc = failed to pull and unpack image "docker.io/library/busybox:latest": failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/busybox/manifests/sha256:50aa4698fa6262977cff89181b2664b99d8a56dbca847bf62f2ef04854597cf8: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit"#,
            "kata-containers/kata-containers #10109"
        ),
        ClusterText(
            .imageRateLimited,
            .waiting("ErrImagePull"),
            "rpc error: code = Unknown desc = Error response from daemon: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit",
            "ceph/ceph-csi #2029"
        ),
        ClusterText(
            .imageRateLimited,
            .waiting("ErrImagePull"),
            "rpc error: code = Unknown desc = Error reading manifest latest in docker.io/obsidiandynamics/kafdrop: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit",
            "red-hat-storage/ocs-ci #4494"
        ),
        ClusterText(.imageRateLimited, .waiting("ErrImagePull"), "pull QPS exceeded", "kubelet, pkg/kubelet/images"),
    ]
}
