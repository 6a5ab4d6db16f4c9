extension StoreID: Codable {
    package init(from decoder: any Decoder) throws {
        self = try Identifier.decode(StoreID.init, from: decoder)
    }

    package func encode(to encoder: any Encoder) throws { try Identifier.encode(description, to: encoder) }
}

extension UserID: Codable {
    package init(from decoder: any Decoder) throws {
        self = try Identifier.decode(UserID.init, from: decoder)
    }

    package func encode(to encoder: any Encoder) throws { try Identifier.encode(description, to: encoder) }
}

extension OperationID: Codable {
    package init(from decoder: any Decoder) throws {
        self = try Identifier.decode(OperationID.init, from: decoder)
    }

    package func encode(to encoder: any Encoder) throws { try Identifier.encode(description, to: encoder) }
}

extension KeyID: Codable {
    package init(from decoder: any Decoder) throws {
        self = try Identifier.decode(KeyID.init, from: decoder)
    }

    package func encode(to encoder: any Encoder) throws { try Identifier.encode(description, to: encoder) }
}

extension Identifier {
    static func decode<Value>(_ make: (String) -> Value?, from decoder: any Decoder) throws -> Value {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = make(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a valid \(Value.self)")
        }
        return value
    }

    static func encode(_ text: String, to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
