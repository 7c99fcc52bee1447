// Signs a PDF with an RSA key in a PKCS#11 token, from C.
//
//     cc sign.c -o sign -I INCLUDE -L LIB -lrustpdf -ljansson -lcrypto $(pkg-config --cflags p11-kit-1)
//     PKCS11_PIN=1234 ./sign MODULE.so TOKEN KEY certificate.der chain.der in.pdf out.pdf
//
// The library asks, step by step, and this program answers: it reads the file (pread), digests it (OpenSSL), and has the token sign
// (PKCS#11). The key stays in the token. Frames are told of in crates/capi/README.md.
#include <dlfcn.h>
#include <fcntl.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <p11-kit/pkcs11.h>
#include <rustpdf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 256 * 1024 };

typedef struct {
  uint8_t *data;
  size_t length;
} bytes;

static void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(1);
}

static void *must(void *pointer, const char *what) {
  if (pointer == NULL) fail("%s failed", what);
  return pointer;
}

// --- frames: four bytes of header length, the header as JSON, the payload

static bytes frame(json_t *header, const uint8_t *payload, size_t length) {
  char *text = must(json_dumps(header, JSON_COMPACT), "json_dumps");
  size_t size = strlen(text);
  bytes whole = {must(malloc(4 + size + length), "malloc"), 4 + size + length};
  for (int at = 0; at < 4; at++) whole.data[at] = (uint8_t)(size >> (8 * (3 - at)));
  memcpy(whole.data + 4, text, size);
  if (length > 0) memcpy(whole.data + 4 + size, payload, length);
  free(text);
  json_decref(header);
  return whole;
}

static json_t *header_of(rustpdf_frame step, bytes *payload) {
  size_t size = 0;
  for (int at = 0; at < 4; at++) size = size << 8 | step.data[at];
  *payload = (bytes){step.data + 4 + size, step.length - 4 - size};
  return must(json_loadb((const char *)step.data + 4, size, 0, NULL), "json_loadb");
}

// --- the document

static void read_at(int file, uint8_t *to, size_t length, off_t offset) {
  for (ssize_t got; length > 0; to += got, offset += got, length -= (size_t)got) {
    got = pread(file, to, length, offset);
    if (got <= 0) fail("the document cannot be read");
  }
}

static bytes answer_read(int file, json_t *ranges) {
  size_t total = 0, index;
  json_t *range;
  json_array_foreach(ranges, index, range) total += (size_t)json_integer_value(json_array_get(range, 1));
  uint8_t *payload = must(malloc(total), "malloc"), *at = payload;
  json_array_foreach(ranges, index, range) {
    size_t length = (size_t)json_integer_value(json_array_get(range, 1));
    read_at(file, at, length, (off_t)json_integer_value(json_array_get(range, 0)));
    at += length;
  }
  bytes answer = frame(json_pack("{s:s, s:O}", "answer", "read", "ranges", ranges), payload, total);
  free(payload);
  return answer;
}

// The digest of the document and what is to follow it. A host that signs by several keys would keep the state before `suffix`.
static bytes answer_digest(int file, off_t length, const char *algorithm, bytes suffix) {
  EVP_MD_CTX *hash = must(EVP_MD_CTX_new(), "EVP_MD_CTX_new");
  uint8_t *piece = must(malloc(PIECE), "malloc"), digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestInit_ex(hash, must((void *)EVP_get_digestbyname(algorithm), algorithm), NULL);
  for (off_t at = 0; at < length;) {
    size_t count = length - at < PIECE ? (size_t)(length - at) : PIECE;
    read_at(file, piece, count, at);
    EVP_DigestUpdate(hash, piece, count);
    at += (off_t)count;
  }
  EVP_DigestUpdate(hash, suffix.data, suffix.length);
  EVP_DigestFinal_ex(hash, digest, &size);
  EVP_MD_CTX_free(hash);
  free(piece);
  return frame(json_pack("{s:s}", "answer", "digest"), digest, size);
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
  if (info == NULL) fail("this program signs with rsa-pkcs1 only");
  uint8_t digest_info[128], signature[1024];
  size_t length = 0;
  if (OPENSSL_hexstr2buf_ex(digest_info, sizeof digest_info, &length, info, '\0') != 1) fail("the request is not hexadecimal");
  CK_ULONG size = sizeof signature;
  CK_MECHANISM mechanism = {CKM_RSA_PKCS, NULL, 0};
  ok(key->functions->C_SignInit(key->session, &mechanism, key->key), "C_SignInit");
  ok(key->functions->C_Sign(key->session, digest_info, length, signature, &size), "C_Sign");
  return frame(json_pack("{s:s}", "answer", "sign"), signature, size);
}

static void close_key(token_key key) {
  key.functions->C_CloseSession(key.session);
  key.functions->C_Finalize(NULL);
  dlclose(key.library);
}

// --- files

static bytes load(const char *path) {
  FILE *file = must(fopen(path, "rb"), path);
  bytes all = {must(malloc(1 << 20), "malloc"), 0};
  all.length = fread(all.data, 1, 1 << 20, file);
  fclose(file);
  return all;
}

// The document must be the one that was digested: its size and its time are compared when it has been copied.
static void write_signed(const char *path, int document, const struct stat *opened, bytes update) {
  FILE *file = must(fopen(path, "wbx"), path); // it replaces nothing
  uint8_t *piece = must(malloc(PIECE), "malloc");
  int failed = 0;
  for (off_t at = 0; at < opened->st_size && !failed;) {
    ssize_t count = pread(document, piece, PIECE, at);
    failed = count <= 0 || fwrite(piece, 1, (size_t)count, file) != (size_t)count;
    at += count;
  }
  free(piece);
  struct stat now;
  failed |= fstat(document, &now) != 0 || now.st_size != opened->st_size || now.st_mtim.tv_sec != opened->st_mtim.tv_sec ||
            now.st_mtim.tv_nsec != opened->st_mtim.tv_nsec;
  failed |= fwrite(update.data, 1, update.length, file) != update.length;
  failed |= fclose(file) != 0;
  if (failed) {
    remove(path);
    fail("%s cannot be written, or the document changed meanwhile", path);
  }
}

static bytes start(off_t length, bytes certificate, bytes chain) {
  uint8_t entropy[32];
  char hex[65];
  if (RAND_bytes(entropy, sizeof entropy) != 1 || OPENSSL_buf2hexstr_ex(hex, sizeof hex, NULL, entropy, 32, '\0') != 1) fail("no entropy");
  json_t *options = json_pack("{s:b, s:s}", "pades", 1, "reason", "I approve this document");
  json_t *signatory = json_pack("{s:I, s:[I], s:o}", "certificate", (json_int_t)certificate.length, "chain", (json_int_t)chain.length,
                                "options", options);
  json_t *header = json_pack("{s:s, s:I, s:I, s:s, s:[o]}", "operation", "sign", "length", (json_int_t)length, "now",
                             (json_int_t)time(NULL), "entropy", hex, "signatories", signatory);
  uint8_t *payload = must(malloc(certificate.length + chain.length), "malloc");
  memcpy(payload, certificate.data, certificate.length);
  memcpy(payload + certificate.length, chain.data, chain.length);
  bytes whole = frame(header, payload, certificate.length + chain.length);
  free(payload);
  return whole;
}

int main(int count, char **arguments) {
  if (count != 8) fail("usage: sign MODULE.so TOKEN KEY certificate chain in.pdf out.pdf");
  const char *pin = getenv("PKCS11_PIN"), *output = arguments[7];
  if (pin == NULL) fail("PKCS11_PIN is not set");
  int document = open(arguments[6], O_RDONLY);
  struct stat stat;
  if (document < 0 || fstat(document, &stat) != 0) fail("%s cannot be read", arguments[6]);
  bytes certificate = load(arguments[4]), chain = load(arguments[5]);
  token_key key = open_key(arguments[1], arguments[2], arguments[3], pin);

  bytes first = start(stat.st_size, certificate, chain);
  rustpdf_machine *machine = rustpdf_machine_new(first.data, first.length);
  free(first.data);
  free(certificate.data);
  free(chain.data);
  bytes answer = frame(json_object(), NULL, 0);
  for (int done = 0, failed = 0; !done;) {
    rustpdf_frame step;
    bytes payload;
    rustpdf_machine_next(machine, answer.data, answer.length, &step);
    free(answer.data);
    json_t *header = header_of(step, &payload);
    const char *name = json_string_value(json_object_get(header, "step"));
    if (strcmp(name, "read") == 0) {
      answer = answer_read(document, json_object_get(header, "ranges"));
    } else if (strcmp(name, "digest") == 0) {
      answer = answer_digest(document, stat.st_size, json_string_value(json_object_get(header, "algorithm")), payload);
    } else if (strcmp(name, "sign") == 0) {
      answer = answer_sign(&key, header);
    } else if (strcmp(name, "done") == 0) {
      done = 1;
      write_signed(output, document, &stat, payload);
      json_t *report = json_array_get(json_object_get(header, "reports"), 0);
      printf("field %s, %zu bytes appended\n", json_string_value(json_object_get(report, "field")), payload.length);
    } else {
      done = failed = 1;
      json_t *error = json_object_get(header, "error");
      fprintf(stderr, "%s: %s\n", json_string_value(json_object_get(error, "code")), json_string_value(json_object_get(error, "message")));
    }
    json_decref(header);
    rustpdf_free(step.data, step.length);
    if (failed) exit(1);
  }
  rustpdf_machine_free(machine);
  close_key(key);
  close(document);
  return 0;
}
