/* The signing machine of rustpdf for C. docs/protocol.md describes the frames.
   Generated from crates/capi/src/lib.rs by scripts/generate.sh. */

#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * One signing, preparation, resumption, inspection or recovery. One thread at a time may use it; which one does not matter.
 */
typedef struct rustpdf_machine rustpdf_machine;

/**
 * A frame that the library made. It is the caller's, until `rustpdf_free`.
 */
typedef struct rustpdf_frame {
  /**
   * The first byte.
   */
  uint8_t *data;
  /**
   * How many there are.
   */
  size_t length;
} rustpdf_frame;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Starts a machine with a start frame, which is copied. A frame that cannot be read is reported by the first step. Never null.
 *
 * # Safety
 * `frame` is null or the address of `length` bytes. Null, and more bytes than `PTRDIFF_MAX`, count as a frame without bytes.
 */
struct rustpdf_machine *rustpdf_machine_new(const uint8_t *frame,
                                            size_t length);

/**
 * Takes the answer to the open question (first of all the empty answer), which is copied, and gives the next step.
 *
 * Without a machine the step is the error `ERR_FRAME`. Without a place for the step nothing happens.
 *
 * # Safety
 * `machine` is null, or comes from `rustpdf_machine_new`, is not freed and is not used by another thread meanwhile; `frame` and `length` are as in
 * `rustpdf_machine_new`; `step` is null or may be written to.
 */
void rustpdf_machine_next(struct rustpdf_machine *machine,
                          const uint8_t *frame,
                          size_t length,
                          struct rustpdf_frame *step);

/**
 * Frees a machine, at whatever step it is. Null is nothing.
 *
 * # Safety
 * `machine` is null or comes from `rustpdf_machine_new`, and is not used again.
 */
void rustpdf_machine_free(struct rustpdf_machine *machine);

/**
 * Answers a frame that needs no machine: completes, saves or opens sessions. Without a place for the result nothing happens.
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

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus
