/**
 * A record of every request to a key, in a folder of its own: the one place through which each signature goes.
 *
 * @packageDocumentation
 */

export { type AuditFolder, audited } from "./audited.js";
export { type AuditFault, type AuditHead, type AuditResult, auditHeads, verifyAudit } from "./verify.js";
