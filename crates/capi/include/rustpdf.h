/* The signing machine of rustpdf for C. docs/protocol.md describes the frames.
   Generated from crates/capi/src by scripts/generate.sh. */

#pragma once

#include <stddef.h>
#include <stdint.h>

#define RUSTPDF_VERSION "0.1.0"
#define RUSTPDF_VERSION_MAJOR 0
#define RUSTPDF_VERSION_MINOR 1
#define RUSTPDF_VERSION_PATCH 0

/**
 * Machine of one signing, preparation, resumption, inspection or recovery. Any thread may use it, one at a time.
 */
typedef struct rustpdf_machine rustpdf_machine;

/**
 * Bytes that the library made. They are the caller's, until `rustpdf_free`.
 */
typedef struct rustpdf_frame {
  /**
   * First byte.
   */
  uint8_t *data;
  /**
   * Number of bytes.
   */
  size_t length;
} rustpdf_frame;

#if !defined(RUSTPDF_WASM)
/**
 * Bytes of the caller.
 */
typedef struct rustpdf_bytes {
  /**
   * First byte.
   */
  const uint8_t *data;
  /**
   * Number of bytes.
   */
  size_t length;
} rustpdf_bytes;
#endif

#if !defined(RUSTPDF_WASM)
/**
 * Request for a raw signature, in every form that key stores accept. It is valid until the callback returns.
 */
typedef struct rustpdf_request {
  /**
   * Message, for a key store that hashes it.
   */
  struct rustpdf_bytes data;
  /**
   * Digest of `data`, for a key store that signs digests. Ed25519 signs `data` itself.
   */
  struct rustpdf_bytes digest;
  /**
   * DER of DigestInfo around `digest` (RFC 8017, 9.2), for raw RSA such as `CKM_RSA_PKCS` of PKCS #11. Empty unless `rsa-pkcs1`.
   */
  struct rustpdf_bytes digest_info;
  /**
   * Digest algorithm: `sha256`, `sha384` or `sha512`.
   */
  const char *digest_algorithm;
  /**
   * Signature algorithm: `rsa-pkcs1`, `rsa-pss`, `ecdsa` or `ed25519`.
   */
  const char *signature_algorithm;
  /**
   * Curve of the key. Null unless `ecdsa`.
   */
  const char *curve;
  /**
   * Length of the salt, in bytes. 0 unless `rsa-pss`.
   */
  size_t salt_length;
  /**
   * Digest of the document over `/ByteRange`, by `digest_algorithm`.
   */
  struct rustpdf_bytes document_digest;
  /**
   * Name of the document's file, without its folder. Null where the document is no file.
   */
  const char *document_name;
  /**
   * Name of the signature field.
   */
  const char *field_name;
  /**
   * SHA-256 of the certificate of the key.
   */
  struct rustpdf_bytes certificate_digest;
} rustpdf_request;
#endif

#if !defined(RUSTPDF_WASM)
/**
 * Makes a raw signature.
 *
 * On entry `*length` is the size of `signature`, 8,192 bytes. The callback writes the signature and its length, and returns 0. Any other
 * number ends the call, which returns the same number. Do not return -1: it stands for a refusal of rustpdf.
 */
typedef int (*rustpdf_signer)(void *context,
                              const struct rustpdf_request *request,
                              uint8_t *signature,
                              size_t *length);
#endif

#if !defined(RUSTPDF_WASM)
/**
 * Receives the warnings of a signature, before the signer is called.
 *
 * `warnings` is a JSON list of objects with `code` and `message`. The callback returns 0 to go on. Any other number ends the call, which
 * returns the same number.
 */
typedef int (*rustpdf_on_warnings)(void *context, const char *warnings);
#endif

#if !defined(RUSTPDF_WASM)
/**
 * Document, certificate and key of a call. Members that are not named in an initializer are empty, as in C.
 */
typedef struct rustpdf_signing {
  /**
   * Document.
   */
  struct rustpdf_bytes pdf;
  /**
   * Certificate of the key, DER or PEM.
   */
  struct rustpdf_bytes certificate;
  /**
   * Certificates of the issuers, in any order: a PEM bundle, PKCS #7, or one as DER. May be empty.
   */
  struct rustpdf_bytes chain;
  /**
   * Options as a JSON object (docs/options.md). Null for the default ones.
   */
  const char *options;
  /**
   * Callback that signs.
   */
  rustpdf_signer sign;
  /**
   * Callback that receives warnings. May be null: they are in the report, too.
   */
  rustpdf_on_warnings on_warnings;
  /**
   * First argument of the callbacks.
   */
  void *context;
} rustpdf_signing;
#endif

#if !defined(RUSTPDF_WASM)
/**
 * Result of a call. Free it with `rustpdf_signed_free`, after a failure, too.
 */
typedef struct rustpdf_signed {
  /**
   * Signed document. Empty after a failure.
   */
  struct rustpdf_frame pdf;
  /**
   * Report of the signature, a JSON object. Null after a failure.
   */
  char *report;
  /**
   * Code of a refusal, such as `ERR_NOT_A_PDF` (docs/errors.md). Null if the document is signed, or a callback failed.
   */
  char *code;
  /**
   * Message of a failure, with a remedy. Null if the document is signed.
   */
  char *message;
} rustpdf_signed;
#endif

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Version of the library, such as `0.1.0`. `RUSTPDF_VERSION` is that of the header.
 */
const char *rustpdf_version(void);

/**
 * Starts a machine with a start frame, which is copied. Never null: the first step reports a frame that cannot be read.
 *
 * # Safety
 * `frame` is null or the address of `length` bytes. Null, and more bytes than `PTRDIFF_MAX`, count as a frame without bytes.
 */
struct rustpdf_machine *rustpdf_machine_new(const uint8_t *frame,
                                            size_t length);

/**
 * Takes the answer to the open step, which is copied, and writes the next step. The first answer is the empty one.
 *
 * Without a machine the step is the error `ERR_FRAME`. Without a place for the step nothing happens.
 *
 * # Safety
 * `machine` is null or comes from `rustpdf_machine_new`. It is not freed, and no other thread uses it meanwhile. `frame` and `length` are
 * as in `rustpdf_machine_new`. `step` is null or may be written to.
 */
void rustpdf_machine_next(struct rustpdf_machine *machine,
                          const uint8_t *frame,
                          size_t length,
                          struct rustpdf_frame *step);

/**
 * Frees a machine, at any step. Null is nothing.
 *
 * # Safety
 * `machine` is null or comes from `rustpdf_machine_new`, and is not used again.
 */
void rustpdf_machine_free(struct rustpdf_machine *machine);

/**
 * Answers a frame that requires no machine: completes, saves or opens sessions. Without a place for the result nothing happens.
 *
 * # Safety
 * `frame` and `length` are as in `rustpdf_machine_new`; `result` is null or may be written to.
 */
void rustpdf_call(const uint8_t *frame,
                  size_t length,
                  struct rustpdf_frame *result);

/**
 * Frees a frame that the library made, or memory of `rustpdf_alloc`. Null is nothing.
 *
 * # Safety
 * Both come from the library, belong together, and are not used again.
 */
void rustpdf_free(uint8_t *data, size_t length);

#if defined(RUSTPDF_WASM)
/**
 * Memory for a host that has none in common with the library: `length` bytes, all zero.
 */
uint8_t *rustpdf_alloc(size_t length);
#endif

#if !defined(RUSTPDF_WASM)
/**
 * Signs a document in memory, with a key behind a callback. The time is now. Entropy comes from the system.
 *
 * Returns 0, and the signed document in `signed`. Returns -1 if rustpdf refuses: `code` and `message` say why. Returns the number of a
 * callback that failed. A callback must not throw an exception or jump out.
 *
 * # Safety
 * `signing` is null or valid, with addresses that are null or valid. `signed` may be written to.
 */
int rustpdf_sign(const struct rustpdf_signing *signing,
                 struct rustpdf_signed *signed_);
#endif

#if !defined(RUSTPDF_WASM)
/**
 * Frees the contents of a result, and empties it. Null is nothing.
 *
 * # Safety
 * `signed` is null, or was written by `rustpdf_sign` and is not used by another thread meanwhile.
 */
void rustpdf_signed_free(struct rustpdf_signed *signed_);
#endif

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus
