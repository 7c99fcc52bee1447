// Parts of the example that both of its files use.
#pragma once

#include <jansson.h>
#include <rustpdf.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { HANDLES = 256, PIECE = 256 * 1024 };

typedef struct {
  uint8_t *data;
  size_t length;
} bytes;

// Open files by their handles; 0 where there is none. The core numbers them from 16 on.
extern int files[HANDLES];

void fail(const char *format, ...);
void *must(void *pointer, const char *name);

// Frames: four bytes of header length, the header as JSON, the payload. frame takes the header over.
bytes frame(json_t *header, bytes payload);
json_t *header_of(rustpdf_frame step, bytes *payload);

// Decodes hexadecimal, followed by a zero that does not count.
bytes unhex(json_t *header, const char *name);

// Appends to a buffer.
void append(bytes *buffer, const void *data, size_t length);

// Reads from an offset on, and returns how much there was.
size_t read_at(int file, uint8_t *buffer, size_t length, off_t offset);

// Keeps the error of a step for the case that the machine ends because of it, and returns its kind.
const char *failed(const char *subject);

// Answers a store step.
bytes answer_store(json_t *step, bytes payload);
