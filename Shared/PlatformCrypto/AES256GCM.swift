import COpenSSL

/// AES-256 in Galois/counter mode, the two operations and nothing else; `SealingKeys` is what others use.
enum AES256GCM {
    static let keyLength = 32
    static let nonceLength = 12
    static let tagLength = 16

    /// Ciphertext followed by the tag. A nonce must never be used twice with a key.
    static func seal(_ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], associatedData: [UInt8]) throws -> [UInt8] {
        let context = try CipherContext()
        try check(EVP_EncryptInit_ex(context.handle, EVP_aes_256_gcm(), nil, key, nonce))
        var written: Int32 = 0
        try check(EVP_EncryptUpdate(context.handle, nil, &written, associatedData, try length(associatedData)))
        var ciphertext = [UInt8](repeating: 0, count: plaintext.count + tagLength)
        try check(EVP_EncryptUpdate(context.handle, &ciphertext, &written, plaintext, try length(plaintext)))
        var rest = [UInt8](repeating: 0, count: tagLength)
        var restLength: Int32 = 0
        try check(EVP_EncryptFinal_ex(context.handle, &rest, &restLength))
        var tag = [UInt8](repeating: 0, count: tagLength)
        try check(EVP_CIPHER_CTX_ctrl(context.handle, EVP_CTRL_AEAD_GET_TAG, Int32(tagLength), &tag))
        ciphertext.replaceSubrange(plaintext.count..., with: tag)
        return ciphertext
    }

    /// The plaintext; nil when the tag does not fit. The lengths must have been checked.
    static func open(_ sealed: [UInt8], key: [UInt8], nonce: [UInt8], associatedData: [UInt8]) throws -> [UInt8]? {
        let ciphertext = Array(sealed.dropLast(tagLength))
        var tag = Array(sealed.suffix(tagLength))
        let context = try CipherContext()
        try check(EVP_DecryptInit_ex(context.handle, EVP_aes_256_gcm(), nil, key, nonce))
        var written: Int32 = 0
        try check(EVP_DecryptUpdate(context.handle, nil, &written, associatedData, try length(associatedData)))
        var plaintext = [UInt8](repeating: 0, count: ciphertext.count + tagLength)
        try check(EVP_DecryptUpdate(context.handle, &plaintext, &written, ciphertext, try length(ciphertext)))
        try check(EVP_CIPHER_CTX_ctrl(context.handle, EVP_CTRL_AEAD_SET_TAG, Int32(tagLength), &tag))
        var rest = [UInt8](repeating: 0, count: tagLength)
        var restLength: Int32 = 0
        guard EVP_DecryptFinal_ex(context.handle, &rest, &restLength) == 1 else { return nil }
        return Array(plaintext.prefix(ciphertext.count))
    }

    private static func check(_ result: Int32) throws {
        guard result == 1 else { throw CryptoError(code: .libraryFailure, message: "AES-256-GCM failed in OpenSSL") }
    }

    private static func length(_ bytes: [UInt8]) throws -> Int32 {
        guard let length = Int32(exactly: bytes.count) else {
            throw CryptoError(code: .libraryFailure, message: "more than 2 GiB cannot be sealed at once")
        }
        return length
    }
}

/// Owns an `EVP_CIPHER_CTX *`; used by one call on one thread.
private final class CipherContext {
    let handle: OpaquePointer

    init() throws {
        guard let handle = EVP_CIPHER_CTX_new() else {
            throw CryptoError(code: .libraryFailure, message: "no memory for a cipher")
        }
        self.handle = handle
    }

    deinit { EVP_CIPHER_CTX_free(handle) }
}
