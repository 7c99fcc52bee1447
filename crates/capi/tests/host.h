// A host for tests: it signs a vector of tests/vectors in memory.
#pragma once

#include <jansson.h>
#include <rustpdf.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint8_t *data;
  size_t length;
} bytes;

// A vector: its document, what starts its signing, and what its key answers.
typedef struct {
  json_t *json;
  bytes document, start, signature;
} vector;

// A step, or the result of a call.
typedef struct {
  rustpdf_frame frame;
  json_t *header;
  bytes payload;
} step;

void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void *must(void *pointer);

bytes read_file(const char *path);
bytes cut(bytes whole, size_t length);
// Frames: four bytes of header length, the header as JSON, the payload. frame takes the header over.
bytes frame(json_t *header, bytes payload);
bytes raw_frame(const char *header);

vector load_vector(void);
void free_vector(vector *signing);
// A start frame of an operation on the document of the vector.
bytes start_frame(const vector *signing, const char *operation);

// These hand over a copy of the frame that ends where the memory ends: a byte more cannot be read. When they return, the copy is gone.
rustpdf_machine *start(bytes given);
step next(rustpdf_machine *machine, bytes answer);
step call(bytes given);

step parse(rustpdf_frame frame);
void free_step(step *asked);
const char *name_of(const step *asked);
// Whether it is an error with one of these codes, which commas separate.
int is_error(const step *ended, const char *codes);

// The empty answer, before the first question.
extern const bytes nothing;
bytes right_answer(const vector *signing, const step *asked);
// Answers rightly until the end.
step finish(const vector *signing, rustpdf_machine *machine, step asked);
// Fails unless it is `done` with the update that the vector expects.
void expect_signed(const vector *signing, const step *ended);
