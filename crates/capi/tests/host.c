#define _GNU_SOURCE
#include "host.h"

#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char VECTORS[] = "tests/vectors";
static const char VECTOR[] = "rsa-pkcs1-sha256";

static uint8_t empty[] = "\0\0\0\2{}";
const bytes nothing = {empty, 6};

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  abort();
}

void *must(void *pointer) {
  if (pointer == NULL) fail("a function returned null");
  return pointer;
}

// --- bytes and frames

static void append(bytes *buffer, const void *data, size_t length) {
  buffer->data = must(realloc(buffer->data, buffer->length + length + 1));
  if (length > 0) memcpy(buffer->data + buffer->length, data, length);
  buffer->length += length;
}

bytes cut(bytes whole, size_t length) {
  return (bytes){whole.data, length};
}

static bytes unhex(json_t *text) {
  const char *digits = must((void *)json_string_value(text));
  bytes decoded = {NULL, strlen(digits) / 2};
  decoded.data = must(calloc(1, decoded.length + 1));
  for (size_t at = 0; at < decoded.length; at++) {
    if (sscanf(digits + 2 * at, "%2hhx", decoded.data + at) != 1) fail("%s is not hexadecimal", digits);
  }
  return decoded;
}

bytes read_file(const char *path) {
  FILE *file = must(fopen(path, "rb"));
  bytes all = {NULL, 0};
  uint8_t piece[4096];
  for (size_t count; (count = fread(piece, 1, sizeof piece, file)) > 0;) append(&all, piece, count);
  fclose(file);
  return all;
}

static bytes frame_of(const char *header, size_t size, bytes payload) {
  uint8_t prefix[4] = {(uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size};
  bytes whole = {NULL, 0};
  append(&whole, prefix, sizeof prefix);
  append(&whole, header, size);
  append(&whole, payload.data, payload.length);
  return whole;
}

bytes frame(json_t *header, bytes payload) {
  char *text = must(json_dumps(must(header), JSON_COMPACT));
  bytes whole = frame_of(text, strlen(text), payload);
  free(text);
  json_decref(header);
  return whole;
}

bytes raw_frame(const char *header) {
  return frame_of(header, strlen(header), (bytes){NULL, 0});
}

// --- the vector

static json_t *member(json_t *object, const char *name) {
  return must(json_object_get(object, name));
}

static bytes vector_file(const char *folder, json_t *name) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s/%s", VECTORS, folder, json_string_value(name));
  return read_file(path);
}

bytes start_frame(const vector *signing, const char *operation) {
  json_t *parts = json_array(), *chain = json_array(), *name;
  bytes payload = {NULL, 0};
  size_t index;
  bytes file = vector_file("certificates", member(signing->json, "certificate"));
  append(&payload, file.data, file.length);
  json_array_append_new(parts, json_pack("{s:s, s:I}", "name", "own", "length", (json_int_t)file.length));
  free(file.data);
  json_array_foreach(member(signing->json, "chain"), index, name) {
    file = vector_file("certificates", name);
    append(&payload, file.data, file.length);
    json_array_append(chain, name);
    json_array_append_new(parts, json_pack("{s:O, s:I}", "name", name, "length", (json_int_t)file.length));
    free(file.data);
  }
  json_t *signer = json_pack("{s:s, s:o, s:O}", "certificate", "own", "chain", chain, "options", member(signing->json, "options"));
  json_t *header = json_pack("{s:s, s:I, s:O, s:O, s:o, s:[O]}", "operation", operation, "length", (json_int_t)signing->document.length, "now",
                             member(signing->json, "now"), "entropy", member(signing->json, "entropy"), "parts", parts, "signatories", signer);
  json_object_update(header, signer); // `prepare` has one signer, in the header itself
  json_decref(signer);
  bytes whole = frame(header, payload);
  free(payload.data);
  return whole;
}

vector load_vector(void) {
  char path[256];
  snprintf(path, sizeof path, "%s/cases/%s.json", VECTORS, VECTOR);
  vector signing = {.json = must(json_load_file(path, 0, NULL))};
  signing.document = vector_file("documents", member(signing.json, "document"));
  signing.signature = unhex(member(signing.json, "signature"));
  signing.start = start_frame(&signing, "sign");
  return signing;
}

void free_vector(vector *signing) {
  free(signing->document.data);
  free(signing->signature.data);
  free(signing->start.data);
  json_decref(signing->json);
}

// --- the library

typedef struct {
  uint8_t *pages;
  size_t size;
  bytes frame;
} lent;

static lent lend(bytes given) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), whole = (given.length + page) / page * page;
  lent memory = {mmap(NULL, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), whole + page, given};
  if (memory.pages == MAP_FAILED || mprotect(memory.pages + whole, page, PROT_NONE) < 0) fail("no memory");
  memory.frame.data = memory.pages + whole - given.length;
  if (given.length > 0) memcpy(memory.frame.data, given.data, given.length);
  return memory;
}

static void take_back(lent memory) {
  munmap(memory.pages, memory.size);
}

rustpdf_machine *start(bytes given) {
  lent memory = lend(given);
  rustpdf_machine *machine = must(rustpdf_machine_new(memory.frame.data, memory.frame.length));
  take_back(memory);
  return machine;
}

step next(rustpdf_machine *machine, bytes answer) {
  lent memory = lend(answer);
  rustpdf_frame frame;
  rustpdf_machine_next(machine, memory.frame.data, memory.frame.length, &frame);
  take_back(memory);
  return parse(frame);
}

step call(bytes given) {
  lent memory = lend(given);
  rustpdf_frame frame;
  rustpdf_call(memory.frame.data, memory.frame.length, &frame);
  take_back(memory);
  return parse(frame);
}

step parse(rustpdf_frame frame) {
  size_t size = 0;
  if (frame.length < 4) fail("a frame of %zu bytes", frame.length);
  for (int at = 0; at < 4; at++) size = size << 8 | frame.data[at];
  if (size > frame.length - 4) fail("a frame of %zu bytes with a header of %zu", frame.length, size);
  json_t *header = must(json_loadb((const char *)frame.data + 4, size, 0, NULL));
  return (step){frame, header, {frame.data + 4 + size, frame.length - 4 - size}};
}

void free_step(step *asked) {
  rustpdf_free(asked->frame.data, asked->frame.length);
  json_decref(asked->header);
  *asked = (step){0};
}

const char *name_of(const step *asked) {
  return json_string_value(member(asked->header, "step"));
}

int is_error(const step *ended, const char *codes) {
  const char *code = json_string_value(json_object_get(json_object_get(ended->header, "error"), "code"));
  return code != NULL && strcmp(name_of(ended), "error") == 0 && strstr(codes, code) != NULL;
}

// --- answers

static size_t item(json_t *pair, size_t index) {
  return (size_t)json_integer_value(json_array_get(pair, index));
}

static bytes answer_read(const vector *signing, json_t *asked) {
  json_t *range, *ranges = member(asked, "ranges");
  bytes payload = {NULL, 0};
  size_t index;
  json_array_foreach(ranges, index, range) append(&payload, signing->document.data + item(range, 0), item(range, 1));
  bytes answer = frame(json_pack("{s:s, s:O}", "answer", "read", "ranges", ranges), payload);
  free(payload.data);
  return answer;
}

static json_t *matches(bytes document, json_t *pattern) {
  json_t *offsets = json_array();
  bytes wanted = unhex(pattern);
  const uint8_t *end = document.data + document.length, *at = document.data;
  while ((at = memmem(at, (size_t)(end - at), wanted.data, wanted.length)) != NULL) {
    json_array_append_new(offsets, json_integer(at++ - document.data));
  }
  free(wanted.data);
  return json_pack("{s:o, s:b}", "offsets", offsets, "more", 0);
}

static bytes answer_digest(const vector *signing, json_t *asked, bytes suffixes) {
  json_t *part, *range, *pattern, *found = json_array(), *lengths = json_array();
  bytes digests = {NULL, 0};
  size_t index, at;
  json_array_foreach(member(asked, "parts"), index, part) {
    EVP_MD_CTX *hash = must(EVP_MD_CTX_new());
    EVP_DigestInit_ex(hash, must((void *)EVP_get_digestbyname(json_string_value(member(part, "algorithm")))), NULL);
    json_array_foreach(member(part, "ranges"), at, range) EVP_DigestUpdate(hash, signing->document.data + item(range, 0), item(range, 1));
    size_t suffix = (size_t)json_integer_value(member(part, "suffix"));
    EVP_DigestUpdate(hash, suffixes.data, suffix);
    suffixes.data += suffix;
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned size;
    EVP_DigestFinal_ex(hash, digest, &size);
    EVP_MD_CTX_free(hash);
    append(&digests, digest, size);
    json_array_append_new(lengths, json_integer(size));
  }
  json_array_foreach(member(asked, "find"), index, pattern) json_array_append_new(found, matches(signing->document, pattern));
  bytes answer = frame(json_pack("{s:s, s:o, s:o}", "answer", "digest", "digests", lengths, "found", found), digests);
  free(digests.data);
  return answer;
}

bytes right_answer(const vector *signing, const step *asked) {
  const char *name = name_of(asked);
  if (strcmp(name, "read") == 0) return answer_read(signing, asked->header);
  if (strcmp(name, "digest") == 0) return answer_digest(signing, asked->header, asked->payload);
  if (strcmp(name, "sign") == 0) return frame(json_pack("{s:s}", "answer", "sign"), signing->signature);
  fail("the step %s", name);
}

step finish(const vector *signing, rustpdf_machine *machine, step asked) {
  while (strcmp(name_of(&asked), "done") != 0 && strcmp(name_of(&asked), "error") != 0) {
    bytes answer = right_answer(signing, &asked);
    free_step(&asked);
    asked = next(machine, answer);
    free(answer.data);
  }
  return asked;
}

void expect_signed(const vector *signing, const step *ended) {
  if (strcmp(name_of(ended), "done") != 0) fail("it ended in %.*s", (int)ended->frame.length, ended->frame.data + 4);
  uint8_t digest[EVP_MAX_MD_SIZE];
  EVP_MD_CTX *hash = must(EVP_MD_CTX_new());
  EVP_DigestInit_ex(hash, EVP_sha256(), NULL);
  EVP_DigestUpdate(hash, signing->document.data, signing->document.length);
  EVP_DigestUpdate(hash, ended->payload.data, ended->payload.length);
  EVP_DigestFinal_ex(hash, digest, NULL);
  EVP_MD_CTX_free(hash);
  bytes expected = unhex(member(member(signing->json, "expect"), "outputSha256"));
  if (memcmp(digest, expected.data, expected.length) != 0) fail("other bytes than the vector expects");
  free(expected.data);
}
