import StoreDomain

@testable import Provisioner

extension ClusterText {
    /// The volume controllers, CSI drivers, local-path, the scheduler and the kubelet on volumes.
    static let storage: [ClusterText] = [
        ClusterText(
            .volumeUnbound,
            .claim("ProvisioningFailed"),
            #"storageclass.storage.k8s.io "fast" not found"#,
            seen
        ),
        ClusterText(
            .volumeUnbound,
            .claim("ProvisioningFailed"),
            #"failed to provision volume with StorageClass "local-path": failed to create volume pvc-cf3ec07d-00c6-431c-a2bd-cedf177b4b7f: create process timeout after 120 seconds"#,
            "rancher/local-path-provisioner #265"
        ),
        ClusterText(
            .volumeUnbound,
            .claim("ProvisioningFailed"),
            #"failed to provision volume with StorageClass "local-storage": configuration error, no node was specified"#,
            "rancher/local-path-provisioner #332"
        ),
        ClusterText(
            .volumeUnbound,
            .claim("ProvisioningFailed"),
            #"failed to provision volume with StorageClass "do-block-storage": rpc error: code = ResourceExhausted desc = volume limit (10) has been reached. Current number of volumes: 10. Please contact support."#,
            "okteto/okteto #929"
        ),
        ClusterText(
            .volumeUnbound,
            .claim("ProvisioningFailed"),
            #"failed to provision volume with StorageClass "throwaway": rpc error: code = Aborted desc = an operation with the given Volume ID pvc-56ed064b-300e-447c-b4a3-e822de61f762 already exists"#,
            "rook/rook #8727"
        ),
        ClusterText(
            .volumeUnbound,
            .claim("ClaimLost"),
            "Bound claim has lost its PersistentVolume. Data on the volume is lost!",
            "persistentvolume-controller"
        ),
        ClusterText(
            .volumeUnbound,
            .unscheduled,
            "0/1 nodes are available: 1 pod has unbound immediate PersistentVolumeClaims.",
            seen
        ),
        ClusterText(
            .volumeUnbound,
            .unscheduled,
            #"0/1 nodes are available: 1 persistentvolumeclaim "nothere" not found."#,
            seen
        ),
        ClusterText(
            .volumeUnbound,
            .unscheduled,
            "0/3 nodes are available: 3 node(s) had volume node affinity conflict.",
            "scheduler, volumebinding"
        ),
        ClusterText(
            .volumeUnbound,
            .pod("FailedMount", phase: "Pending"),
            #"MountVolume.SetUp failed for volume "s" : configmap "store-scripts" not found"#,
            seen
        ),
        ClusterText(
            .volumeUnbound,
            .pod("FailedMount", phase: "Pending"),
            #"MountVolume.SetUp failed for volume "s" : hostPath type check failed: /no/such is not a directory"#,
            seen
        ),
        ClusterText(
            .volumeUnbound,
            .pod("FailedMount", phase: "Pending"),
            "Unable to attach or mount volumes: unmounted volumes=[s], unattached volumes=[s default-token-b68lp]: timed out waiting for the condition",
            seen
        ),
        ClusterText(
            .volumeUnbound,
            .pod("FailedMount", phase: "Pending"),
            #"MountVolume.NewMounter initialization failed for volume "pvc-5c019138-a2d9-4b37-8032-ff71327dfcc7" : path "/var/local-path-provisioner/pvc-5c019138" does not exist"#,
            "siderolabs/talos #9003"
        ),
        ClusterText(
            .volumeUnbound,
            .pod("FailedMount", phase: "Pending"),
            #"MountVolume.MountDevice failed for volume "pvc-1" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name cinder.csi.openstack.org not found in the list of registered CSI drivers"#,
            "kubelet, pkg/volume/csi"
        ),
        ClusterText(
            .volumeUnbound,
            .pod("FailedAttachVolume", phase: "Pending"),
            #"Multi-Attach error for volume "pvc-28fe0e9c-34bb-11e9-a484-0050568348cc" Volume is already exclusively attached to one node and can't be attached to another"#,
            "bcgov/platform-services #70"
        ),
        ClusterText(
            .volumeUnbound,
            .pod("FailedAttachVolume", phase: "Pending"),
            #"AttachVolume.Attach failed for volume "pvc-31957412-93b7-4f17-8ed7-0ae547c3e9b1" : Attach timeout for volume pvc-31957412-93b7-4f17-8ed7-0ae547c3e9b1"#,
            "ctrox/csi-s3 #68"
        ),
    ]
}
