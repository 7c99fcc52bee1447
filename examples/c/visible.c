// Signs a document in memory, visibly: with a logo, on the last page. The library draws.
//
//   visible IN OUT CERTIFICATE CHAIN KEY LOGO
//
// KEY is a PEM file in place of an HSM. Bytes in the options are hexadecimal.
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <rustpdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int sign(void *key, const rustpdf_request *request, uint8_t *signature, size_t *length) {
  EVP_MD_CTX *digest = EVP_MD_CTX_new();
  int ok = EVP_DigestSignInit(digest, NULL, EVP_get_digestbyname(request->digest_algorithm), NULL, key) == 1 &&
           EVP_DigestSign(digest, signature, length, request->data.data, request->data.length) == 1;
  EVP_MD_CTX_free(digest);
  return !ok;
}

static rustpdf_bytes bytes_of(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) exit(2);
  fseek(file, 0, SEEK_END);
  size_t length = (size_t)ftell(file);
  rewind(file);
  uint8_t *data = malloc(length + 1);
  if (data == NULL || fread(data, 1, length, file) != length) exit(2);
  fclose(file);
  return (rustpdf_bytes){data, length};
}

// The options as JSON, with the logo in it.
static char *options_with(rustpdf_bytes logo) {
  static const char head[] = "{\"reason\": \"Approved\", \"appearance\": {\"page\": -1, \"unit\": \"mm\","
                             " \"position\": {\"corner\": \"bottom-left\", \"width\": 70, \"height\": 20, \"margin\": 10},"
                             " \"image\": {\"place\": \"end\", \"data\": \"";
  static const char tail[] = "\"}}}";
  char *options = malloc(sizeof head + 2 * logo.length + sizeof tail);
  if (options == NULL) exit(2);
  char *at = strcpy(options, head) + strlen(head);
  for (size_t index = 0; index < logo.length; index++) at += sprintf(at, "%02x", logo.data[index]);
  strcpy(at, tail);
  return options;
}

int main(int count, char **arguments) {
  FILE *file = count == 7 ? fopen(arguments[5], "rb") : NULL;
  EVP_PKEY *key = file == NULL ? NULL : PEM_read_PrivateKey(file, NULL, NULL, NULL);
  if (key == NULL) return 2;
  fclose(file);
  rustpdf_bytes logo = bytes_of(arguments[6]);
  char *options = options_with(logo);
  rustpdf_signing signing = {.pdf = bytes_of(arguments[1]), .certificate = bytes_of(arguments[3]), .chain = bytes_of(arguments[4]),
                             .options = options, .sign = sign, .context = key};
  rustpdf_signed signed_pdf;
  int status = rustpdf_sign(&signing, &signed_pdf);
  FILE *out = status == 0 ? fopen(arguments[2], "wb") : NULL;
  if (status != 0) fprintf(stderr, "%s: %s\n", signed_pdf.code == NULL ? "callback" : signed_pdf.code, signed_pdf.message);
  else if (out == NULL || fwrite(signed_pdf.pdf.data, 1, signed_pdf.pdf.length, out) != signed_pdf.pdf.length) status = 2;
  else puts(signed_pdf.report); // with page and box
  if (out != NULL && fclose(out) != 0) status = 2;
  rustpdf_signed_free(&signed_pdf);
  free(options), free((void *)logo.data);
  free((void *)signing.pdf.data), free((void *)signing.certificate.data), free((void *)signing.chain.data);
  EVP_PKEY_free(key);
  return status != 0;
}
