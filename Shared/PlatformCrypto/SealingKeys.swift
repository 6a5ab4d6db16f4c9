/// The keys that secrets are sealed with: the first one seals, all of them open, so a key can be replaced while boxes
/// of the old one are still about.
package struct SealingKeys: Sendable {
    private struct Key: Sendable {
        let id: String
        let bytes: [UInt8]
    }

    private let keys: [Key]

    /// Reads `id:base64[,id:base64…]`, the form of `ENCRYPTION_KEYS`. Ids are letters, digits, `-` and `_`; keys have
    /// 32 bytes. Throws `CryptoError` with `malformedKeys`, whose message says which entry, never what was in it.
    package init(parsing text: String) throws {
        var keys: [Key] = []
        for (index, entry) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
            let entry = entry.trimmingPrefix(while: \.isWhitespace)
            let parts = entry.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            func refuse(_ why: String) -> CryptoError {
                CryptoError(code: .malformedKeys, message: "key \(index + 1) \(why)")
            }
            guard parts.count == 2, Self.isID(parts[0]) else { throw refuse("is not id:base64") }
            let encoded = String(parts[1].reversed().trimmingPrefix(while: \.isWhitespace).reversed())
            guard let bytes = Base64URL.decodeStandard(encoded) ?? Base64URL.decode(encoded),
                bytes.count == AES256GCM.keyLength
            else { throw refuse("does not hold 32 bytes in base 64") }
            let id = String(parts[0])
            guard !keys.contains(where: { $0.id == id }) else { throw refuse("repeats the id \(id)") }
            keys.append(Key(id: id, bytes: bytes))
        }
        self.keys = keys
    }

    /// The id of the key that seals.
    package var currentID: String { keys.first?.id ?? "" }

    /// Seals with the first key and a fresh nonce: `v1.<key id>.<base64url of nonce, ciphertext and tag>`.
    ///
    /// The associated data is not in the box; opening needs the same again. Give what the secret belongs to (a store's
    /// id), so that a box moved elsewhere does not open.
    package func seal(_ plaintext: some Collection<UInt8>, associatedData: String) throws -> String {
        guard let key = keys.first else { throw CryptoError(code: .malformedKeys, message: "there is no key") }
        let nonce = try SecureRandom.bytes(AES256GCM.nonceLength)
        let sealed = try AES256GCM.seal(
            Array(plaintext),
            key: key.bytes,
            nonce: nonce,
            associatedData: Array(associatedData.utf8)
        )
        return "v1.\(key.id).\(Base64URL.encode(nonce + sealed))"
    }

    /// Seals a text's UTF-8 bytes.
    package func seal(_ text: String, associatedData: String) throws -> String {
        try seal(text.utf8, associatedData: associatedData)
    }

    /// Opens a box of any of the keys. Throws `CryptoError`: `malformedBox`, `unknownKey` or `authenticationFailed`.
    package func open(_ box: String, associatedData: String) throws -> [UInt8] {
        let parts = box.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "v1", let bytes = Base64URL.decode(parts[2]),
            bytes.count >= AES256GCM.nonceLength + AES256GCM.tagLength
        else { throw CryptoError(code: .malformedBox, message: "this is no sealed box of version 1") }
        guard let key = keys.first(where: { $0.id == parts[1] }) else {
            throw CryptoError(code: .unknownKey, message: "there is no key \(parts[1].prefix(64))")
        }
        let plaintext = try AES256GCM.open(
            Array(bytes.dropFirst(AES256GCM.nonceLength)),
            key: key.bytes,
            nonce: Array(bytes.prefix(AES256GCM.nonceLength)),
            associatedData: Array(associatedData.utf8)
        )
        guard let plaintext else {
            throw CryptoError(code: .authenticationFailed, message: "the box was altered or belongs elsewhere")
        }
        return plaintext
    }

    /// Opens a box that holds a text.
    package func openText(_ box: String, associatedData: String) throws -> String {
        String(decoding: try open(box, associatedData: associatedData), as: UTF8.self)
    }

    private static func isID(_ text: Substring) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || $0.properties.numericType != nil
                        || "-_".unicodeScalars.contains($0))
            }
    }
}
