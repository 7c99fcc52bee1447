// Signs a PDF with an RSA key in a PKCS#11 token, from C: into a new file, or in place where both paths are the same.
//
//     cc sign.c store.c -o sign -I INCLUDE -L LIB -lrustpdf -ljansson -lcrypto $(pkg-config --cflags p11-kit-1)
//     PKCS11_PIN=1234 ./sign MODULE.so TOKEN KEY certificate.der chain.der in.pdf out.pdf
//
// The library asks, step by step, and this program answers: it reads the file (pread), digests it (OpenSSL), has the token sign (PKCS#11),
// and performs operations on files (store.c). The key stays in the token. docs/protocol.md describes the steps.
#define _GNU_SOURCE
#include "host.h"

#include <dlfcn.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <p11-kit/pkcs11.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATTERN = 64, MATCHES = 1000 };

int files[HANDLES];

// Errors of steps, in the order in which the core was told of them.
static char *failures[64];
static size_t failure_count;

void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(1);
}

void *must(void *pointer, const char *name) {
  if (pointer == NULL) fail("%s failed", name);
  return pointer;
}

const char *failed(const char *subject) {
  int error = errno;
  if (failure_count == sizeof failures / sizeof *failures) fail("too many failures; the last: %s: %s", subject, strerror(error));
  if (asprintf(&failures[failure_count++], "%s: %s", subject, strerror(error)) < 0) fail("asprintf failed");
  switch (error) {
    case EEXIST: return "exists";
    case ENOENT: case ENOTDIR: return "missing";
    case EACCES: case EPERM: case EROFS: return "denied";
    case EOPNOTSUPP: case ENOSYS: case EXDEV: case EMLINK: case EINVAL: return "unsupported";
    case ENOSPC: case EDQUOT: case EFBIG: return "noSpace";
    case EBUSY: case ETXTBSY: case EAGAIN: return "busy";
    default: return "other";
  }
}

// --- frames

void append(bytes *buffer, const void *data, size_t length) {
  if (length == 0) return;
  buffer->data = must(realloc(buffer->data, buffer->length + length), "realloc");
  memcpy(buffer->data + buffer->length, data, length);
  buffer->length += length;
}

bytes frame(json_t *header, bytes payload) {
  char *text = must(json_dumps(header, JSON_COMPACT), "json_dumps");
  size_t size = strlen(text);
  uint8_t prefix[4] = {(uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size};
  bytes whole = {NULL, 0};
  append(&whole, prefix, sizeof prefix);
  append(&whole, text, size);
  append(&whole, payload.data, payload.length);
  free(text);
  json_decref(header);
  return whole;
}

json_t *header_of(rustpdf_frame step, bytes *payload) {
  size_t size = 0;
  for (int at = 0; at < 4; at++) size = size << 8 | step.data[at];
  *payload = (bytes){step.data + 4 + size, step.length - 4 - size};
  return must(json_loadb((const char *)step.data + 4, size, 0, NULL), "json_loadb");
}

bytes unhex(json_t *header, const char *name) {
  const char *text = json_string_value(json_object_get(header, name));
  size_t size = text == NULL ? 0 : strlen(text) / 2;
  bytes decoded = {must(calloc(1, size + 1), "calloc"), 0};
  if (size > 0 && OPENSSL_hexstr2buf_ex(decoded.data, size, &decoded.length, text, '\0') != 1) fail("%s is not hexadecimal", name);
  return decoded;
}

static bytes failed_answer(const char *subject) {
  return frame(json_pack("{s:s, s:s}", "answer", "failed", "kind", failed(subject)), (bytes){NULL, 0});
}

// --- the document

static json_int_t item(json_t *pair, size_t index) {
  return json_integer_value(json_array_get(pair, index));
}

static int document_of(json_t *step) {
  return files[json_integer_value(json_object_get(step, "document"))];
}

size_t read_at(int file, uint8_t *buffer, size_t length, off_t offset) {
  size_t done = 0;
  for (ssize_t count = 1; done < length && count > 0; done += count > 0 ? (size_t)count : 0) {
    count = pread(file, buffer + done, length - done, offset + (off_t)done);
    if (count < 0) return done;
  }
  return done;
}

static bytes answer_read(json_t *step) {
  json_t *range, *ranges = json_object_get(step, "ranges");
  bytes payload = {NULL, 0};
  size_t index;
  json_array_foreach(ranges, index, range) {
    size_t length = (size_t)item(range, 1);
    uint8_t *piece = must(malloc(length + 1), "malloc");
    errno = EIO; // where the file has become shorter
    int whole = read_at(document_of(step), piece, length, (off_t)item(range, 0)) == length;
    if (whole) append(&payload, piece, length);
    free(piece);
    if (!whole) return free(payload.data), failed_answer("the document");
  }
  bytes answer = frame(json_pack("{s:s, s:O}", "answer", "read", "ranges", ranges), payload);
  free(payload.data);
  return answer;
}

// Notes where a pattern begins in the buffer before `end`, at most MATCHES times.
static void find(json_t *found, bytes pattern, const uint8_t *buffer, size_t begin, size_t end, size_t length, off_t offset) {
  json_t *offsets = json_object_get(found, "offsets");
  for (size_t at = begin; at < end; at++) {
    const uint8_t *next = memmem(buffer + at, length - at, pattern.data, pattern.length);
    if (next == NULL || (at = (size_t)(next - buffer)) >= end) return;
    if (json_array_size(offsets) == MATCHES) {
      json_object_set_new(found, "more", json_true());
      return;
    }
    json_array_append_new(offsets, json_integer((json_int_t)offset + (json_int_t)at));
  }
}

// Digests, copies and searches the document in one pass. The buffer holds the end of the piece before, for a match may begin in it.
static bytes answer_digest(json_t *step, bytes suffixes) {
  json_t *parts = json_object_get(step, "parts"), *patterns = json_object_get(step, "find"), *copy = json_object_get(step, "copy");
  json_t *part, *range, *pattern, *found = json_array(), *lengths = json_array();
  size_t index, at;
  EVP_MD_CTX *hashes[8];
  if (json_array_size(parts) > 8) fail("too many digests at once");
  json_array_foreach(parts, index, part) {
    const char *algorithm = json_string_value(json_object_get(part, "algorithm"));
    hashes[index] = must(EVP_MD_CTX_new(), "EVP_MD_CTX_new");
    EVP_DigestInit_ex(hashes[index], must((void *)EVP_get_digestbyname(algorithm), algorithm), NULL);
  }
  json_array_foreach(patterns, index, pattern) json_array_append_new(found, json_pack("{s:[], s:b}", "offsets", "more", 0));

  uint8_t *buffer = must(malloc(PATTERN + PIECE), "malloc"), *piece = buffer + PATTERN;
  size_t before = 0, length = 1;
  int error = 0;
  for (off_t offset = 0; length > 0 && error == 0; offset += (off_t)length) {
    length = read_at(document_of(step), piece, PIECE, offset);
    json_array_foreach(parts, index, part) {
      json_array_foreach(json_object_get(part, "ranges"), at, range) {
        off_t from = (off_t)item(range, 0), to = from + (off_t)item(range, 1), end = offset + (off_t)length;
        if (from < offset) from = offset;
        if (to > end) to = end;
        if (from < to) EVP_DigestUpdate(hashes[index], piece + (from - offset), (size_t)(to - from));
      }
    }
    json_array_foreach(patterns, index, pattern) {
      bytes wanted = {buffer, 0};
      uint8_t decoded[PATTERN];
      OPENSSL_hexstr2buf_ex(decoded, sizeof decoded, &wanted.length, json_string_value(pattern), '\0');
      wanted.data = decoded;
      size_t kept = before < wanted.length - 1 ? before : wanted.length - 1, start = PATTERN - kept, end = PATTERN + length;
      find(json_array_get(found, index), wanted, buffer, start, end, end, offset - PATTERN);
    }
    if (json_is_integer(copy)) {
      for (size_t done = 0; done < length && error == 0;) {
        ssize_t count = pwrite(files[json_integer_value(copy)], piece + done, length - done, offset + (off_t)done);
        if (count < 0) error = errno;
        else done += (size_t)count;
      }
    }
    before = length < PATTERN ? (before + length < PATTERN ? before + length : PATTERN) : PATTERN;
    memmove(buffer, buffer + length, PATTERN);
  }
  free(buffer);

  bytes digests = {NULL, 0};
  json_array_foreach(parts, index, part) {
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    size_t suffix = (size_t)json_integer_value(json_object_get(part, "suffix"));
    EVP_DigestUpdate(hashes[index], suffixes.data, suffix);
    suffixes.data += suffix;
    EVP_DigestFinal_ex(hashes[index], digest, &size);
    EVP_MD_CTX_free(hashes[index]);
    append(&digests, digest, size);
    json_array_append_new(lengths, json_integer(size));
  }
  const char *copied = json_is_integer(copy) ? "read" : "none";
  bytes answer = frame(json_pack("{s:s, s:o, s:o, s:s}", "answer", "digest", "digests", lengths, "found", found, "copied", copied), digests);
  free(digests.data);
  if (error == 0) return answer;
  free(answer.data);
  errno = error;
  return failed_answer("the output");
}

// --- the key

typedef struct {
  void *library;
  CK_FUNCTION_LIST *functions;
  CK_SESSION_HANDLE session;
  CK_OBJECT_HANDLE key;
} token_key;

static void ok(CK_RV result, const char *what) {
  if (result != CKR_OK) fail("%s: PKCS#11 error 0x%lx", what, result);
}

static token_key open_key(const char *module, const char *token, const char *label, const char *pin) {
  token_key key = {.library = must(dlopen(module, RTLD_NOW), module)};
  CK_C_GetFunctionList get_functions;
  *(void **)&get_functions = must(dlsym(key.library, "C_GetFunctionList"), "C_GetFunctionList");
  ok(get_functions(&key.functions), "C_GetFunctionList");
  ok(key.functions->C_Initialize(NULL), "C_Initialize");
  CK_SLOT_ID slots[64];
  CK_ULONG count = 64, found = 0;
  ok(key.functions->C_GetSlotList(CK_TRUE, slots, &count), "C_GetSlotList");
  CK_TOKEN_INFO info;
  for (found = 0; found < count; found++) {
    ok(key.functions->C_GetTokenInfo(slots[found], &info), "C_GetTokenInfo");
    size_t size = strlen(token);
    if (memcmp(info.label, token, size) == 0 && (size == sizeof info.label || info.label[size] == ' ')) break;
  }
  if (found == count) fail("there is no token %s", token);
  ok(key.functions->C_OpenSession(slots[found], CKF_SERIAL_SESSION, NULL, NULL, &key.session), "C_OpenSession");
  ok(key.functions->C_Login(key.session, CKU_USER, (CK_UTF8CHAR *)pin, strlen(pin)), "C_Login");
  CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
  CK_ATTRIBUTE template[] = {{CKA_CLASS, &class, sizeof class}, {CKA_LABEL, (void *)label, strlen(label)}};
  ok(key.functions->C_FindObjectsInit(key.session, template, 2), "C_FindObjectsInit");
  ok(key.functions->C_FindObjects(key.session, &key.key, 1, &count), "C_FindObjects");
  ok(key.functions->C_FindObjectsFinal(key.session), "C_FindObjectsFinal");
  if (count == 0) fail("there is no private key %s", label);
  return key;
}

// The token pads and exponentiates; what it is handed is the digest in a DigestInfo.
static bytes answer_sign(const token_key *key, json_t *request) {
  const char *info = json_string_value(json_object_get(request, "digestInfo"));
  if (info == NULL) return errno = ENOTSUP, failed_answer("this program signs with rsa-pkcs1 only");
  uint8_t digest_info[128], signature[1024];
  size_t length = 0;
  if (OPENSSL_hexstr2buf_ex(digest_info, sizeof digest_info, &length, info, '\0') != 1) fail("the request is not hexadecimal");
  CK_ULONG size = sizeof signature;
  CK_MECHANISM mechanism = {CKM_RSA_PKCS, NULL, 0};
  ok(key->functions->C_SignInit(key->session, &mechanism, key->key), "C_SignInit");
  ok(key->functions->C_Sign(key->session, digest_info, length, signature, &size), "C_Sign");
  return frame(json_pack("{s:s}", "answer", "sign"), (bytes){signature, size});
}

static void close_key(token_key key) {
  key.functions->C_CloseSession(key.session);
  key.functions->C_Finalize(NULL);
  dlclose(key.library);
}

// --- the signing

static bytes load(const char *path) {
  FILE *file = must(fopen(path, "rb"), path);
  bytes all = {must(malloc(1 << 20), "malloc"), 0};
  all.length = fread(all.data, 1, 1 << 20, file);
  fclose(file);
  return all;
}

static json_t *hex(const void *data, size_t length) {
  char *text = must(malloc(2 * length + 1), "malloc");
  if (OPENSSL_buf2hexstr_ex(text, 2 * length + 1, NULL, data, length, '\0') != 1) fail("OPENSSL_buf2hexstr_ex failed");
  json_t *string = json_string(text);
  free(text);
  return string;
}

static bytes start(const char *input, const char *output, bytes certificate, bytes chain) {
  uint8_t entropy[32];
  if (RAND_bytes(entropy, sizeof entropy) != 1) fail("no entropy");
  json_t *options = json_pack("{s:b, s:s}", "pades", 1, "reason", "I approve this document");
  json_t *signatory = json_pack("{s:s, s:[s], s:o}", "certificate", "own", "chain", "issuers", "options", options);
  json_t *parts = json_pack("[{s:s, s:I}, {s:s, s:I}]", "name", "own", "length", (json_int_t)certificate.length, "name", "issuers", "length",
                            (json_int_t)chain.length);
  json_t *header = json_pack("{s:s, s:{s:o}, s:{s:o, s:b}, s:I, s:o, s:[o], s:o}", "operation", "sign", "file", "path",
                             hex(input, strlen(input)), "output", "path", hex(output, strlen(output)), "orInPlace", 1, "now",
                             (json_int_t)time(NULL), "entropy", hex(entropy, sizeof entropy), "signatories", signatory, "parts", parts);
  bytes payload = {NULL, 0};
  append(&payload, certificate.data, certificate.length);
  append(&payload, chain.data, chain.length);
  bytes whole = frame(header, payload);
  free(payload.data);
  return whole;
}

int main(int count, char **arguments) {
  if (count != 8) fail("usage: sign MODULE.so TOKEN KEY certificate chain in.pdf out.pdf");
  const char *pin = getenv("PKCS11_PIN");
  if (pin == NULL) fail("PKCS11_PIN is not set");
  bytes certificate = load(arguments[4]), chain = load(arguments[5]);
  token_key key = open_key(arguments[1], arguments[2], arguments[3], pin);

  bytes first = start(arguments[6], arguments[7], certificate, chain);
  rustpdf_machine *machine = rustpdf_machine_new(first.data, first.length);
  free(first.data);
  free(certificate.data);
  free(chain.data);
  int ended = 0, status = 1;
  bytes answer = frame(json_object(), (bytes){NULL, 0});
  while (!ended) {
    rustpdf_frame step;
    bytes payload;
    rustpdf_machine_next(machine, answer.data, answer.length, &step);
    free(answer.data);
    json_t *header = header_of(step, &payload);
    const char *name = json_string_value(json_object_get(header, "step"));
    if (strcmp(name, "read") == 0) {
      answer = answer_read(header);
    } else if (strcmp(name, "digest") == 0) {
      answer = answer_digest(header, payload);
    } else if (strcmp(name, "sign") == 0) {
      answer = answer_sign(&key, json_object_get(header, "request"));
    } else if (strcmp(name, "store") == 0) {
      answer = answer_store(header, payload);
    } else if (strcmp(name, "done") == 0) {
      ended = 1, status = 0;
      json_t *report = json_array_get(json_object_get(header, "reports"), 0);
      printf("field %s, %zu bytes appended\n", json_string_value(json_object_get(report, "field")), payload.length);
    } else {
      ended = 1;
      json_t *error = json_object_get(header, "error"), *failure = json_object_get(error, "failure");
      if (failure != NULL) {
        fprintf(stderr, "%s\n", failures[json_integer_value(failure)]);
      } else {
        fprintf(stderr, "%s: %s\n", json_string_value(json_object_get(error, "code")), json_string_value(json_object_get(error, "message")));
      }
    }
    json_decref(header);
    rustpdf_free(step.data, step.length);
  }
  rustpdf_machine_free(machine);
  for (int handle = 0; handle < HANDLES; handle++) {
    if (files[handle] > 0) close(files[handle]);
  }
  while (failure_count > 0) free(failures[--failure_count]);
  close_key(key);
  return status;
}
