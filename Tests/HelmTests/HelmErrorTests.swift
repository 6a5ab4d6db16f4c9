import Testing

@testable import Helm

@Suite struct HelmErrorTests {
    @Test(arguments: [
        (
            "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress",
            HelmError.Code.releaseLocked
        ),
        ("Error: release: not found", .notFound),
        ("Error: uninstall: Release not loaded: store: release: not found", .notFound),
        ("Error: INSTALLATION FAILED: cannot re-use a name that is still in use", .nameInUse),
        ("Error: UPGRADE FAILED: \"store\" has no deployed releases", .neverDeployed),
        (
            "Error: Kubernetes cluster unreachable: Get \"https://127.0.0.1:6443/version\": dial tcp 127.0.0.1:6443: connect: connection refused",
            .unreachable
        ),
        ("Error: Get \"https://x:6443/api\": dial tcp: lookup x on 127.0.0.53:53: no such host", .unreachable),
        (
            "Error: query: failed to query with labels: the server is currently unable to handle the request",
            .unreachable
        ),
        ("Error: create: failed to create: etcdserver: request timed out", .unreachable),
        ("Error: UPGRADE FAILED: context deadline exceeded", .timeout),
        ("Error: INSTALLATION FAILED: timed out waiting for the condition", .timeout),
        (
            "Error: values don't meet the specifications of the schema(s) in the following chart(s):\nwoocommerce-store:\n- at '/store': missing property 'host'",
            .chartInvalid
        ),
        (
            "Error: INSTALLATION FAILED: chart requires kubeVersion: >=1.30 which is incompatible with Kubernetes v1.20.2",
            .chartInvalid
        ),
        ("Error: Chart.yaml file is missing", .chartInvalid),
        (
            "Error: release name is invalid: store-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            .chartInvalid
        ),
        (
            #"Error: release name check failed: release name "x": invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?$ and the length must not be longer than 53"#,
            .chartInvalid
        ),
        (
            #"Error: INSTALLATION FAILED: admission webhook "a.b.c" denied the request: no limits"#,
            .forbidden
        ),
        ("Error: path \"/no/such/chart\" not found", .chartInvalid),
        (
            "Error: template: store/templates/a.yaml:3:18: executing \"store/templates/a.yaml\" at <.Values.a.b>: nil pointer evaluating interface {}.b",
            .chartInvalid
        ),
        ("Error: parse error at (store/templates/a.yaml:1): unclosed action", .chartInvalid),
        ("Error: execution error at (store/templates/a.yaml:1:4): host is required", .chartInvalid),
        (
            "Error: YAML parse error on store/templates/a.yaml: error converting YAML to JSON: yaml: line 2: mapping values",
            .chartInvalid
        ),
        ("Error: open /tmp/values.yaml: no such file or directory", .chartInvalid),
        (
            "Error: Unable to continue with install: Service \"store\" in namespace \"a\" exists and cannot be imported into the current release: invalid ownership metadata; label validation error",
            .conflict
        ),
        (
            "Error: UPGRADE FAILED: conflict occurred while applying object a/store apps/v1, Kind=Deployment: Apply failed with 1 conflict: conflicts with \"kubectl\"",
            .conflict
        ),
        ("Error: Operation cannot be fulfilled: the object has been modified; please apply your changes", .conflict),
        (
            "Error: INSTALLATION FAILED: create: failed to create: secrets \"sh.helm.release.v1.store.v1\" is forbidden: unable to create new content in namespace store-a because it is being terminated",
            .namespaceTerminating
        ),
        (
            "Error: INSTALLATION FAILED: Internal error occurred: failed calling webhook \"validate.nginx.ingress.kubernetes.io\": Post \"https://x\": dial tcp: connect: connection refused",
            .webhookUnavailable
        ),
        (
            "Error: INSTALLATION FAILED: persistentvolumeclaims \"www\" is forbidden: exceeded quota: quota, requested: requests.storage=20Gi",
            .quotaExceeded
        ),
        ("Error: UPGRADE FAILED: Job.batch \"setup\" is invalid: spec.template: field is immutable", .objectInvalid),
        (
            "Error: INSTALLATION FAILED: unable to build kubernetes objects from release manifest: resource mapping not found: no matches for kind \"CronJob\" in version \"batch/v1\"",
            .objectInvalid
        ),
        (
            "Error: query: failed to query with labels: secrets is forbidden: User \"x\" cannot list resource \"secrets\"",
            .forbidden
        ),
        ("Error: something never seen", .failed),
    ])
    func `each of Helm's phrases has its code`(text: String, code: HelmError.Code) {
        #expect(HelmError(standardError: text).code == code)
    }

    @Test func `the message leaves warnings out`() {
        let text = "WARNING: Kubernetes configuration file is group-readable.\nError: release: not found\n"
        #expect(HelmError(standardError: text).message == "Error: release: not found")
    }

    @Test func `what passes by itself is transient`() {
        #expect(HelmError(code: .releaseLocked, message: "").isTransient)
        #expect(!HelmError(code: .chartInvalid, message: "").isTransient)
    }
}
