/*
 * A PKCS #11 module in front of SoftHSM2 that has the faults of real tokens. The tests compile it.
 *
 * SHIM is a list of faults, read at each call:
 *   logout         each C_Sign ends the login, as some cards do
 *   never-in       C_SignInit finds nobody logged in
 *   strict-ecdsa   CKM_ECDSA takes no digest longer than the order of P-256
 *   exact-ecdsa    CKM_ECDSA takes only a digest as long as the order of P-384, as PIV cards do
 *   stuck-ecdsa    as exact-ecdsa, and the operation that failed stays open
 *   hash-only      no mechanism that takes a digest; CKM_ECDSA_SHA256, which SoftHSM2 lacks, is there
 *   lying-list     as hash-only, but the others are listed
 *   aes-only       no mechanism for signatures
 *   cancel-once    the first login for a signature is cancelled, as at a PIN pad
 *   signing-pin    the login for a signature wants the PIN 777777
 *   six-digits     a PIN of another length is malformed, as a PIV card says through OpenSC; 123400 is the right one
 *   pin-locks      three wrong PINs lock the token; its flags say how many are left
 *   pin-pad        a PIN without characters is entered at the reader
 *   slow           each C_Sign takes 100 ms
 *   one-session    a second session is refused
 *   opensc         the module says that it is OpenSC
 *   not-recognized the second token cannot be asked about itself
 *   lose-session   the second C_SignInit finds its session closed
 *   lose-card      the second C_Sign finds the card pulled out; it is there again at once
 *   lose-for-good  the second C_Sign finds the card pulled out; it is back when SHIM changes
 *   lose-server    the second C_Sign finds the server of the module gone, and each later call, until the module is initialised again
 *   confused       the second C_Sign has a general error, and so has each later signature, until the module is initialised again
 *   swap-card      as lose-card, but another card of the same label is in the reader
 *   finalized      the second C_SignInit finds the module finalised by another part of the process
 * SHIM_LOG is a file to which each call that a test asks about is appended as a line.
 */
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SOFTHSM "/usr/lib/softhsm/libsofthsm2.so"

static CK_FUNCTION_LIST list, *real;
static CK_MECHANISM_TYPE mechanism; /* of the last C_SignInit */
static CK_SLOT_ID slot;             /* of the last C_OpenSession */
static _Atomic int inits, signs, confirmations, sessions, wrong, lost, gone;

static int has(const char *fault) {
  const char *faults = getenv("SHIM");
  const char *found = faults ? strstr(faults, fault) : NULL;
  size_t length = strlen(fault);
  return found && (found[length] == '\0' || found[length] == ' ') && (found == faults || found[-1] == ' ');
}

static void note(const char *call) {
  const char *path = getenv("SHIM_LOG");
  FILE *log = path ? fopen(path, "a") : NULL;
  if (log) {
    fprintf(log, "%s\n", call);
    fclose(log);
  }
}

static int takes_digest(CK_MECHANISM_TYPE type) { return type == CKM_RSA_PKCS || type == CKM_RSA_PKCS_PSS || type == CKM_ECDSA; }

static CK_RV finalize(void *reserved) {
  lost = 0;
  return real->C_Finalize(reserved);
}

static CK_RV get_info(CK_INFO *info) {
  if (lost && has("lose-server")) return CKR_DEVICE_ERROR;
  CK_RV rv = real->C_GetInfo(info);
  if (has("opensc")) memcpy(info->manufacturerID, "OpenSC Project                  ", 32);
  return rv;
}

static CK_RV get_slot_list(CK_BBOOL present, CK_SLOT_ID *slots, CK_ULONG *count) {
  if (gone && has("lose-for-good")) {
    *count = 0;
    return CKR_OK;
  }
  return real->C_GetSlotList(present, slots, count);
}

static CK_RV get_token_info(CK_SLOT_ID id, CK_TOKEN_INFO *info) {
  CK_RV rv = real->C_GetTokenInfo(id, info);
  if (rv != CKR_OK) return rv;
  if (has("not-recognized") && memcmp(info->label, "twin", 4) == 0) return CKR_TOKEN_NOT_RECOGNIZED;
  if (has("pin-pad")) info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
  if (lost && has("swap-card")) memcpy(info->serialNumber, "other card      ", 16);
  if (has("pin-locks")) {
    info->flags &= ~(CK_FLAGS)(CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED);
    if (wrong == 1) info->flags |= CKF_USER_PIN_COUNT_LOW;
    if (wrong == 2) info->flags |= CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY;
    if (wrong >= 3) info->flags |= CKF_USER_PIN_LOCKED;
  }
  return CKR_OK;
}

/* Mechanisms of the faults: those that are listed begin at an offset. */
static const CK_MECHANISM_TYPE listed[] = {CKM_RSA_PKCS,        CKM_RSA_PKCS_PSS,        CKM_ECDSA,        CKM_AES_CBC,
                                           CKM_SHA256_RSA_PKCS, CKM_SHA256_RSA_PKCS_PSS, CKM_ECDSA_SHA256, 0x80000001UL};

static int has_list(void) { return has("hash-only") || has("lying-list") || has("aes-only"); }

static CK_RV get_mechanism_list(CK_SLOT_ID id, CK_MECHANISM_TYPE *types, CK_ULONG *count) {
  if (!has_list()) return real->C_GetMechanismList(id, types, count);
  CK_ULONG first = has("hash-only") ? 3 : 0, end = has("aes-only") ? 4 : 8;
  if (types) memcpy(types, listed + first, (end - first) * sizeof *types);
  *count = end - first;
  return CKR_OK;
}

static CK_RV get_mechanism_info(CK_SLOT_ID id, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info) {
  if (!has_list()) return real->C_GetMechanismInfo(id, type, info);
  memset(info, 0, sizeof *info);
  info->flags = type == CKM_AES_CBC || has("aes-only") ? CKF_DECRYPT : CKF_SIGN;
  return CKR_OK;
}

static CK_RV open_session(CK_SLOT_ID id, CK_FLAGS flags, void *application, CK_NOTIFY notify, CK_SESSION_HANDLE *session) {
  if (has("one-session") && sessions > 0) return CKR_SESSION_COUNT;
  CK_RV rv = real->C_OpenSession(id, flags, application, notify, session);
  note("C_OpenSession");
  if (rv == CKR_OK) sessions++;
  slot = id;
  return rv;
}

static CK_RV close_session(CK_SESSION_HANDLE session) {
  CK_RV rv = real->C_CloseSession(session);
  note("C_CloseSession");
  if (rv == CKR_OK) sessions--;
  return rv;
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG length) {
  CK_UTF8CHAR right[] = "1234";
  note(user == CKU_CONTEXT_SPECIFIC ? "C_Login for a signature" : "C_Login");
  if (has("cancel-once") && user == CKU_CONTEXT_SPECIFIC && ++confirmations == 1) return CKR_FUNCTION_CANCELED;
  if (has("pin-pad") && length == 0) return real->C_Login(session, user, right, 4);
  if (has("pin-locks") && wrong >= 3) return CKR_PIN_LOCKED;
  if (has("six-digits") && length != 6) return CKR_DATA_INVALID;
  if (has("six-digits")) return real->C_Login(session, user, pin, 4);
  if (has("signing-pin") && user == CKU_CONTEXT_SPECIFIC) {
    if (length != 6 || memcmp(pin, "777777", 6) != 0) return CKR_PIN_INCORRECT;
    return real->C_Login(session, user, right, 4);
  }
  CK_RV rv = real->C_Login(session, user, pin, length);
  if (rv == CKR_OK) wrong = 0;
  if (rv == CKR_PIN_INCORRECT) wrong++;
  return rv;
}

static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM *with, CK_OBJECT_HANDLE key) {
  inits++;
  if (has("never-in")) return CKR_USER_NOT_LOGGED_IN;
  if (lost && has("confused")) return CKR_GENERAL_ERROR;
  if (has("lose-session") && inits == 2) close_session(session);
  if (has("finalized") && inits == 2) real->C_Finalize(NULL);
  mechanism = with->mechanism;
  if (takes_digest(mechanism) && (has("hash-only") || has("lying-list"))) return CKR_MECHANISM_INVALID;
  if (mechanism != CKM_ECDSA_SHA256) return real->C_SignInit(session, with, key);
  if (!has("hash-only") && !has("lying-list")) return CKR_MECHANISM_INVALID;
  CK_MECHANISM plain = {CKM_ECDSA, NULL, 0};
  return real->C_SignInit(session, &plain, key);
}

/* SHA-256 in a session of its own: the session of the signature is busy. */
static void sha256(CK_BYTE *data, CK_ULONG length, CK_BYTE digest[32]) {
  CK_SESSION_HANDLE session;
  CK_MECHANISM with = {CKM_SHA256, NULL, 0};
  CK_ULONG digest_length = 32;
  real->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &session);
  real->C_DigestInit(session, &with);
  real->C_Digest(session, data, length, digest, &digest_length);
  real->C_CloseSession(session);
}

static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG length, CK_BYTE *signature, CK_ULONG *signature_length) {
  CK_BYTE digest[32];
  if ((has("confused") || has("lose-card") || has("lose-for-good") || has("lose-server") || has("swap-card")) && ++signs == 2) {
    lost = gone = 1;
    if (has("confused")) return CKR_GENERAL_ERROR;
    real->C_CloseAllSessions(slot);
    sessions = 0;
    return has("lose-server") ? CKR_DEVICE_ERROR : CKR_DEVICE_REMOVED;
  }
  if (mechanism == CKM_ECDSA && ((has("strict-ecdsa") && length > 32) || ((has("exact-ecdsa") || has("stuck-ecdsa")) && length != 48))) {
    /* A failed C_Sign ends the operation (PKCS #11 2.40, 5.11), but not with every module. */
    if (has("exact-ecdsa")) real->C_Sign(session, data, length, signature, signature_length);
    return has("strict-ecdsa") ? CKR_DATA_LEN_RANGE : CKR_DATA_INVALID;
  }
  if (mechanism == CKM_ECDSA_SHA256) {
    sha256(data, length, digest);
    data = digest;
    length = 32;
  }
  if (has("slow")) {
    note("C_Sign begins");
    usleep(100000);
  }
  CK_RV rv = real->C_Sign(session, data, length, signature, signature_length);
  if (rv == CKR_OK) note("C_Sign");
  if (rv == CKR_OK && has("logout")) real->C_Logout(session);
  return rv;
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **out) {
  if (!real) {
    void *library = dlopen(SOFTHSM, RTLD_NOW);
    CK_C_GetFunctionList get = library ? (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList") : NULL;
    if (!get || get(&real) != CKR_OK) return CKR_GENERAL_ERROR;
    list = *real;
    list.C_Finalize = finalize;
    list.C_GetInfo = get_info;
    list.C_GetSlotList = get_slot_list;
    list.C_GetTokenInfo = get_token_info;
    list.C_GetMechanismList = get_mechanism_list;
    list.C_GetMechanismInfo = get_mechanism_info;
    list.C_OpenSession = open_session;
    list.C_CloseSession = close_session;
    list.C_Login = login;
    list.C_SignInit = sign_init;
    list.C_Sign = sign;
  }
  *out = &list;
  return CKR_OK;
}
