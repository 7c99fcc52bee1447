// Calls rustpdf_sign with every mistake that its contract allows, and with callbacks that fail.
#include <rustpdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

// What the callbacks do, and how often they were called.
typedef struct {
  int status, warning_status, asked, warned;
  bytes signature;
  size_t length;
} script;

static int sign(void *context, const rustpdf_request *request, uint8_t *signature, size_t *length) {
  script *plan = context;
  plan->asked++;
  if (*length != 8192 || request->digest.length != 32 || strcmp(request->digest_algorithm, "sha256") != 0 ||
      strcmp(request->signature_algorithm, "rsa-pkcs1") != 0 || request->digest_info.length != 51 || request->curve != NULL ||
      request->salt_length != 0 || request->data.length == 0 || request->document_digest.length != 32 || request->document_name != NULL ||
      strcmp(request->field_name, "Signature1") != 0 || request->certificate_digest.length != 32)
    fail("another request");
  if (plan->signature.length > 0) memcpy(signature, plan->signature.data, plan->signature.length);
  *length = plan->length;
  return plan->status;
}

static int warn(void *context, const char *warnings) {
  script *plan = context;
  plan->warned++;
  if (strstr(warnings, "\"code\":\"WARN_CHAIN_INCOMPLETE\"") == NULL) fail("other warnings: %s", warnings);
  return plan->warning_status;
}

// Signs, and expects a status and a code; an empty code is none.
static void expect(const rustpdf_signing *signing, int status, const char *code) {
  rustpdf_signed signed_pdf;
  int found = rustpdf_sign(signing, &signed_pdf);
  if (found != status || strcmp(signed_pdf.code == NULL ? "" : signed_pdf.code, code) != 0)
    fail("%d %s: %s", found, signed_pdf.code, signed_pdf.message);
  if ((status == 0) != (signed_pdf.message == NULL) || (status == 0) != (signed_pdf.report != NULL)) fail("half a result");
  if (status == 0 && (signed_pdf.pdf.length <= signing->pdf.length || memcmp(signed_pdf.pdf.data, signing->pdf.data, signing->pdf.length) != 0))
    fail("another document");
  rustpdf_signed_free(&signed_pdf);
  rustpdf_signed_free(&signed_pdf); // it is empty now
}

int main(void) {
  if (strcmp(rustpdf_version(), RUSTPDF_VERSION) != 0) fail("a library %s with a header " RUSTPDF_VERSION, rustpdf_version());
  bytes pdf = read_file("tests/vectors/documents/classic.pdf"), certificate = read_file("tests/vectors/certificates/rsa.pem");
  script plan = {.signature = {calloc(1, 256), 256}, .length = 256};
  rustpdf_signing signing = {
    .pdf = {pdf.data, pdf.length}, .certificate = {certificate.data, certificate.length},
    .options = "{\"checkSignature\": false}", .sign = sign, .on_warnings = warn, .context = &plan};
  expect(&signing, 0, "");
  if (plan.asked != 1 || plan.warned != 1) fail("asked %d times, warned %d times", plan.asked, plan.warned);

  plan.warning_status = 5; // ends the call before the key is asked
  expect(&signing, 5, "");
  if (plan.asked != 1) fail("the key was asked");
  signing.on_warnings = NULL;
  plan.status = 7;
  expect(&signing, 7, "");
  plan.status = 0;
  plan.length = 8193;
  expect(&signing, -1, "");
  plan.length = 0;
  expect(&signing, -1, "ERR_SIGNATURE_EMPTY");
  plan.length = 256;
  signing.options = NULL; // the signature is verified
  expect(&signing, -1, "ERR_SIGNATURE_MISMATCH");

  signing.on_warnings = NULL;
  const struct { const char *appearance, *code; } drawings[] = {
    {"{}", ""}, {"{\"page\": -1, \"rect\": [10, 10, 190, 60], \"qr\": \"{field}\", \"strokes\": [[0, 0, 9, 9]]}", ""},
    {"{\"rect\": [0, 0, 5, 5]}", "ERR_APPEARANCE_BOX"}, {"{\"rect\": [0, 0, 12, 6]}", "ERR_APPEARANCE_FIT"},
    {"{\"text\": \"{nmae}\"}", "ERR_APPEARANCE_TEXT"}, {"{\"text\": \"\u0633\"}", "ERR_FONT_GLYPH"},
    {"{\"image\": {\"data\": \"00\"}}", "ERR_IMAGE"}, {"{\"font\": [{\"regular\": \"00\"}]}", "ERR_FONT"},
    {"{\"pdf\": {\"data\": \"00\"}}", "ERR_APPEARANCE_PDF"}, {"{\"image\": {\"data\": \"xy\"}}", "ERR_OPTION_VALUE"},
    {"{\"colour\": 1}", "ERR_OPTION_UNKNOWN"}};
  for (size_t index = 0; index < sizeof drawings / sizeof *drawings; index++) {
    char options[300];
    snprintf(options, sizeof options, "{\"checkSignature\": false, \"appearance\": %s}", drawings[index].appearance);
    signing.options = options;
    expect(&signing, drawings[index].code[0] == 0 ? 0 : -1, drawings[index].code);
  }

  signing.options = "{\"no\": 1}";
  expect(&signing, -1, "ERR_OPTION_UNKNOWN");
  signing.options = "\xff";
  expect(&signing, -1, "ERR_ARGUMENT");
  signing.options = NULL;
  signing.pdf.length = 0;
  expect(&signing, -1, "ERR_FILE_EMPTY");
  signing.sign = NULL;
  expect(&signing, -1, "ERR_ARGUMENT");
  expect(&(rustpdf_signing){0}, -1, "ERR_ARGUMENT");
  expect(NULL, -1, "ERR_ARGUMENT");
  if (rustpdf_sign(NULL, NULL) != -1) fail("null is signed");
  rustpdf_signed_free(NULL);
  free(pdf.data);
  free(certificate.data);
  free(plan.signature.data);
}
