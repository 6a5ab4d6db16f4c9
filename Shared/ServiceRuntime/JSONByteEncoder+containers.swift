/// The members of an object that is being encoded.
struct JSONMembers<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let box: JSONBox
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { box.addNull(key.stringValue) }
    func encode(_ value: some Encodable, forKey key: Key) throws { try box.add(key.stringValue, value) }
    func encode(_ value: Bool, forKey key: Key) throws { try box.add(key.stringValue, value) }
    func encode(_ value: String, forKey key: Key) throws { try box.add(key.stringValue, value) }
    func encode(_ value: Double, forKey key: Key) throws { try box.add(key.stringValue, value) }
    func encode(_ value: Float, forKey key: Key) throws { try box.add(key.stringValue, value) }
    func encode(_ value: Int, forKey key: Key) throws { try box.add(key.stringValue, value) }
    func encode(_ value: Int8, forKey key: Key) throws { try box.add(key.stringValue, value) }
    func encode(_ value: Int16, forKey key: Key) throws { try box.add(key.stringValue, value) }
    func encode(_ value: Int32, forKey key: Key) throws { try box.add(key.stringValue, value) }
    func encode(_ value: Int64, forKey key: Key) throws { try box.add(key.stringValue, value) }
    func encode(_ value: UInt, forKey key: Key) throws { try box.add(key.stringValue, value) }
    func encode(_ value: UInt8, forKey key: Key) throws { try box.add(key.stringValue, value) }
    func encode(_ value: UInt16, forKey key: Key) throws { try box.add(key.stringValue, value) }
    func encode(_ value: UInt32, forKey key: Key) throws { try box.add(key.stringValue, value) }
    func encode(_ value: UInt64, forKey key: Key) throws { try box.add(key.stringValue, value) }

    func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
        JSONByteEncoder(box: box.addBox(key.stringValue)).container(keyedBy: keyedBy)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        JSONByteEncoder(box: box.addBox(key.stringValue)).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { JSONByteEncoder(box: box.addBox("super")) }
    func superEncoder(forKey key: Key) -> any Encoder { JSONByteEncoder(box: box.addBox(key.stringValue)) }
}

/// The elements of an array that is being encoded.
struct JSONElements: UnkeyedEncodingContainer {
    let box: JSONBox
    var codingPath: [any CodingKey] { [] }
    var count: Int { box.count }

    func encodeNil() { box.addNull() }
    func encode(_ value: some Encodable) throws { try box.add("", value) }

    func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type) -> KeyedEncodingContainer<Nested> {
        JSONByteEncoder(box: box.addBox()).container(keyedBy: keyedBy)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        JSONByteEncoder(box: box.addBox()).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { JSONByteEncoder(box: box.addBox()) }
}

/// The one value of what is no container.
struct JSONSingleValue: SingleValueEncodingContainer {
    let box: JSONBox
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { box.writeNull() }
    func encode(_ value: some Encodable) throws { try box.write(value) }
}
