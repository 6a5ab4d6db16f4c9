import Foundation
import ServiceRuntime
import TestPlatform
import Testing

/// Something wrong with a region, and what a store that is made there has to say of it.
struct Fault: Sendable {
    let name: String
    /// More values for the chart, as JSON.
    var values: String?
    var edits: [ChartCopy.Edit] = []
    var settings: [String: String] = [:]
    let code: String
    /// One of these stands in the message or the evidence.
    let says: [String]
    /// The evidence is about an object of one of these kinds.
    let kinds: [String]
    /// How long a person waits for the reason at most; longer than a minute only for what could have healed.
    var limit = Duration.seconds(60)
    /// What may be left of a release.
    var leavesRelease = true

    /// Starts the region.
    func start(_ region: String, _ charts: ChartCopy) throws -> TestRegion {
        var settings = settings
        settings["CHARTS_DIR"] = charts.folder.path
        return try TestRegion(region, values: values, settings: settings)
    }
}

extension Fault {
    private static let mysql = "templates/mysql.yaml"
    private static let resources = "{{- toYaml .Values.mysql.resources | nindent 12 }}"
    private static let noNode = "terminationGracePeriodSeconds: "

    /// What no waiting can heal.
    static let lasting: [Fault] = [
        Fault(
            name: "quota",
            edits: [.init(mysql, resources, #"{requests: {cpu: "3"}, limits: {cpu: "3"}}"#)],
            code: "QUOTA_EXCEEDED",
            says: ["exceeded quota"],
            kinds: ["StatefulSet"]
        ),
        Fault(
            name: "node",
            edits: ["mysql", "wordpress"].map {
                .init("templates/\($0).yaml", noNode, "nodeSelector: {disk: of-glass}\n      \(noNode)")
            },
            code: "UNSCHEDULABLE",
            says: ["node affinity", "node selector"],
            kinds: ["Pod"]
        ),
        Fault(
            name: "volume",
            values: #"{"storageClassName": "of-glass"}"#,
            code: "PVC_UNBOUND",
            says: [#"storageclass.storage.k8s.io \"of-glass\" not found"#],
            kinds: ["PersistentVolumeClaim"]
        ),
        Fault(
            name: "memory",
            edits: [.init(mysql, resources, "{requests: {memory: 16Mi}, limits: {memory: 24Mi}}")],
            code: "OOM_KILLED",
            says: ["OOMKilled"],
            kinds: ["Pod"]
        ),
        Fault(
            name: "crash",
            edits: [
                .init(mysql, "args:", "command: [sh, -c, 'echo the glass is broken >&2; exit 3']\n          args:")
            ],
            code: "CRASH_LOOP",
            says: ["the glass is broken"],
            kinds: ["Log"]
        ),
        Fault(
            name: "setup",
            // It says the password on purpose: evidence must not hold it.
            edits: [
                .init(
                    "files/setup.sh",
                    nil,
                    "#!/bin/sh\necho \"password: $(cat \"$STORE_ADMIN_PASSWORD_FILE\")\"\necho 'no glass left' >&2\nexit 7\n"
                )
            ],
            code: "SETUP_JOB_FAILED",
            says: ["no glass left"],
            kinds: ["Log"]
        ),
        Fault(
            name: "schema",
            values: #"{"cron": {"schedule": 7}}"#,
            code: "HELM_FAILED",
            says: ["values don't meet the specifications of the schema"],
            kinds: ["HelmRelease"],
            leavesRelease: false
        ),
        Fault(
            name: "empty",
            edits: [
                "configmap-apache", "configmap-scripts", "cronjob", "ingress", "mysql", "setup-job", "validate",
                "wordpress",
            ].map { .init("templates/\($0).yaml", nil, "") },
            code: "HELM_FAILED",
            says: ["renders nothing", "no objects", "nothing"],
            kinds: ["HelmRelease"],
            leavesRelease: false
        ),
    ]

    /// What may pass, and is told when patience ends: little of it here.
    static let passing: [Fault] = [
        Fault(
            name: "probe",
            edits: [.init(mysql, "tcpSocket: {port: mysql}", "tcpSocket: {port: 1}")],
            settings: ["PROVISION_TIMEOUT": "25"],
            code: "PROBE_FAILED",
            says: ["Startup probe failed"],
            kinds: ["Pod"]
        ),
        Fault(
            name: "timeout",
            edits: [.init("files/setup.sh", nil, "#!/bin/sh\ntrap 'exit 1' TERM\nsleep 600 &\nwait\n")],
            settings: ["PROVISION_TIMEOUT": "45"],
            code: "TIMEOUT",
            says: ["nothing in the cluster tells why"],
            kinds: []
        ),
    ]
}
