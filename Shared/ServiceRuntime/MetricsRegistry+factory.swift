package import CoreMetrics

extension MetricsRegistry: MetricsFactory {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        if case .counter(let cell) = cell(label, dimensions, .counter) { return cell }
        return CounterCell()
    }

    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        if case .counter(let cell) = cell(label, dimensions, .counter) { return cell }
        return CounterCell()
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        if case .gauge(let cell) = cell(label, dimensions, .gauge) { return cell }
        return GaugeCell()
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate {
            if case .histogram(let cell) = cell(label, dimensions, .histogram) { return cell }
            return HistogramCell(bounds: bounds)
        }
        if case .gauge(let cell) = cell(label, dimensions, .gauge) { return cell }
        return GaugeCell()
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        if case .histogram(let cell) = cell(label, dimensions, .histogram) { return cell }
        return HistogramCell(bounds: bounds)
    }

    package func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { destroy(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { destroy(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }

    private func destroy(_ handler: AnyObject) {
        let wanted = ObjectIdentifier(handler)
        remove { cell in
            switch cell {
            case .counter(let counter): ObjectIdentifier(counter) == wanted
            case .gauge(let gauge): ObjectIdentifier(gauge) == wanted
            case .histogram(let histogram): ObjectIdentifier(histogram) == wanted
            }
        }
    }
}
