import ArgumentParser
import MessageBus
import ServiceRuntime

/// How arguments become values; what they throw is shown beside the argument.
enum Arguments {
    /// `500ms`, `2s`, `5m`; a bare number is seconds.
    @Sendable static func duration(_ text: String) throws -> Duration {
        guard let duration = SettingsReader.duration(text), duration > .zero, duration <= .seconds(86_400) else {
            throw ValidationError("a duration such as 500ms, 2s or 5m")
        }
        return duration
    }

    @Sendable static func streamID(_ text: String) throws -> StreamID {
        guard let id = StreamID(text) else { throw ValidationError("an id such as 1700000000000-0") }
        return id
    }

    @Sendable static func count(_ text: String) throws -> Int {
        guard let count = Int(text), count > 0 else { throw ValidationError("a number from 1 on") }
        return count
    }

    @Sendable static func subject(_ text: String) throws -> Subject { try sentence { try Subject(text) } }

    @Sendable static func filter(_ text: String) throws -> SubjectFilter { try sentence { try SubjectFilter(text) } }

    /// `Name: value` or `Name:value`.
    static func headers(_ lines: [String], into headers: inout MessageHeaders) throws {
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { throw ValidationError("-H: a header is name:value") }
            var value = line[line.index(after: colon)...]
            if value.first == " " { value = value.dropFirst() }
            do { try headers.add(String(line[..<colon]), String(value)) } catch let error as BusError {
                throw ValidationError("-H: \(error.message)")
            }
        }
    }

    private static func sentence<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as BusError { throw ValidationError(error.message) }
    }
}
