import PostgresClient

/// The conditions of a query that is put together: only those that are asked for, so that each combination gets the plan
/// and the index that suit it.
struct SQLConditions {
    private(set) var values: [any PostgresEncodable] = []
    private var conditions: [String] = []

    /// `WHERE …`, or nothing.
    var clause: String { conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ") }

    /// Takes a value; the text that stands for it.
    mutating func bind(_ value: any PostgresEncodable) -> String {
        values.append(value)
        return "$\(values.count)"
    }

    /// A condition on a value, by the text that stands for it.
    mutating func add(_ value: any PostgresEncodable, _ condition: (String) -> String) {
        conditions.append(condition(bind(value)))
    }

    /// A condition on two values.
    mutating func add(
        _ first: any PostgresEncodable,
        _ second: any PostgresEncodable,
        _ condition: (String, String) -> String
    ) {
        let place = bind(first)
        conditions.append(condition(place, bind(second)))
    }
}
