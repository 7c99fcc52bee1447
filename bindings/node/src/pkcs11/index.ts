/**
 * Signs with a key in a PKCS#11 token (HSM, smart card, SoftHSM), through the optional peer `pkcs11js`.
 *
 * @packageDocumentation
 */

export { openPkcs11Key, type Pkcs11Key } from "./key.js";
export type { Pkcs11Request } from "./mechanism.js";
export type { Pkcs11KeyOptions, Pkcs11Pin } from "./options.js";
