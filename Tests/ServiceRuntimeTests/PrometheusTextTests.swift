import ServiceRuntime
import Testing

@Suite struct PrometheusTextTests {
    @Test func `writes each kind as the format demands`() {
        let snapshot = MetricsSnapshot(families: [
            MetricFamily(
                name: "b_seconds",
                kind: .histogram,
                help: "How long",
                bounds: [0.5, 1],
                series: [MetricSeries(labels: ["route": "/a"], value: 3.25, counts: [1, 0, 2])]
            ),
            MetricFamily(name: "a_total", kind: .counter, series: [MetricSeries(value: 3)]),
        ])

        #expect(
            PrometheusText.render([snapshot]) == """
                # HELP a_total a_total
                # TYPE a_total counter
                a_total 3
                # HELP b_seconds How long
                # TYPE b_seconds histogram
                b_seconds_bucket{route="/a",le="0.5"} 1
                b_seconds_bucket{route="/a",le="1"} 1
                b_seconds_bucket{route="/a",le="+Inf"} 3
                b_seconds_sum{route="/a"} 3.25
                b_seconds_count{route="/a"} 3

                """
        )
    }

    @Test func `families of several processes appear once`() {
        let one = MetricsSnapshot(families: [
            MetricFamily(name: "up", kind: .gauge, series: [MetricSeries(labels: ["instance": "1"], value: 1)])
        ])
        let two = MetricsSnapshot(families: [
            MetricFamily(
                name: "up",
                kind: .gauge,
                help: "Up",
                series: [MetricSeries(labels: ["instance": "2"], value: 0)]
            )
        ])

        #expect(
            PrometheusText.render([one, two]) == """
                # HELP up Up
                # TYPE up gauge
                up{instance="1"} 1
                up{instance="2"} 0

                """
        )
    }

    @Test func `escapes labels and help, and repairs names`() {
        let family = MetricFamily(
            name: "m",
            kind: .gauge,
            help: "a\\b\nc",
            series: [MetricSeries(labels: ["l": "a\"b\\c\nd"], value: .infinity)]
        )

        let text = PrometheusText.render([MetricsSnapshot(families: [family])])

        #expect(text.contains(#"# HELP m a\\b\nc"#))
        #expect(text.contains(#"m{l="a\"b\\c\nd"} +Inf"#))
        #expect(PrometheusText.name("http.server-requests") == "http_server_requests")
        #expect(PrometheusText.name("5xx") == "_5xx")
        #expect(PrometheusText.label("a:b") == "a_b")
    }
}
