//! Every bound that a document, a session or an answer can meet: its value, its unit and why it is what it is.

use std::ops::RangeInclusive;

use crate::error::{Code, Error};

/// A document, in bytes: the largest number that JSON carries in every language.
pub(crate) const DOCUMENT: u64 = 1 << 53;
/// The last bytes of the document, asked for in the first question. Holds a typical document whole.
pub(crate) const TAIL: u64 = 64 << 10;
/// The unit in which the document is asked for, in bytes: a few objects of a page, and one page of a disk cache or two.
pub(crate) const BLOCK: u64 = 8 << 10;
/// What the block cache holds at the most, in bytes. What is larger is read past it.
pub(crate) const CACHE: u64 = 1 << 20;
/// Timestamp services of a call.
pub(crate) const SERVICES: usize = 16;
/// Bytes reserved for a timestamp. Tokens of public services have 3.5 to 7 KB.
pub(crate) const TIMESTAMP_SIZE: RangeInclusive<usize> = 512..=256 << 10;
/// Certificates, OCSP responses or revocation lists that a caller gives.
pub(crate) const GIVEN: usize = 256;
/// A revocation list in bytes where the caller does not say. The document grows by it.
pub(crate) const CRL: u32 = 5 << 20;
/// The same at the most.
pub(crate) const CRL_MOST: u32 = 256 << 20;
/// Body of an OCSP response or of an issuer's certificate, in bytes.
pub(crate) const HTTP_SMALL: u64 = 128 << 10;
/// Rounds of requests in a run.
pub(crate) const HTTP_ROUNDS: usize = 12;
/// Requests in a run.
pub(crate) const HTTP_REQUESTS: usize = 64;
/// Bytes of all bodies in a run, without those of revocation lists that the caller permits by a limit of its own.
pub(crate) const HTTP_BYTES: u64 = 64 << 20;
/// Longest `Retry-After` that is waited for, in seconds.
pub(crate) const RETRY_AFTER: u32 = 10;
/// Difference of two clocks that passes without a warning, in seconds.
pub(crate) const CLOCK: i64 = 300;
/// Signers of revocation data that need proofs of their own, one after the other.
pub(crate) const PROOFS_OF_PROOFS: usize = 3;
/// Bytes below which the core verifies a signature itself: the question to the host costs more.
pub(crate) const VERIFIED_HERE: usize = 64 << 10;
/// Reasons that a message about services contains.
pub(crate) const REASONS: usize = 12;
/// Elements of each list of a document security store.
pub(crate) const STORED: usize = 4096;
/// How many bytes at each end are searched for `%PDF-` and `startxref`, as Acrobat does (ISO 32000-1, annex H.3).
pub(crate) const MARGIN: u64 = 1024;
/// What one object without its stream may span, in bytes: the `/Kids` of a flat page tree of a million pages is 12 MB.
pub(crate) const OBJECT: u64 = 32 << 20;
/// Values in one object: as many kids as [`PAGE_NODES`] allows, and some. Each takes some 50 bytes of memory, and one byte of the document.
pub(crate) const VALUES: usize = 1 << 20;
/// Arrays and dictionaries in one another. Real files stay below 20.
pub(crate) const NESTING: usize = 100;
/// A cross-reference or object stream before it is decoded, in bytes: ten million entries, well compressed.
pub(crate) const ENCODED_STREAM: u64 = 64 << 20;
/// The same after it is decoded, and all cross-reference streams together, which are held. A million entries are 7 MB.
pub(crate) const DECODED_STREAM: usize = 128 << 20;
/// Filters on one stream. Real ones have one or two.
pub(crate) const FILTERS: usize = 16;
/// Columns, colours and bits of a predictor. The rows of a cross-reference stream have less than 30 bytes.
pub(crate) const PREDICTED_ROW: usize = 1 << 20;
/// Work of reading a document of no length, in units of some ten nanoseconds of native code: a byte parsed, or three decoded. A document that
/// makes one object, one object stream or one section be read again and again would take any number.
pub(crate) const WORK: u64 = 80_000_000;
/// Further work for each byte of the document.
pub(crate) const WORK_PER_BYTE: u64 = 150;
/// Work of reading a document of any length.
pub(crate) const WORK_MOST: u64 = 8_000_000_000;
/// Work of a `read` step, and of each range of it, without its bytes.
pub(crate) const WORK_READ: u64 = 300;
/// Work of taking bytes from the block cache, and how many of them cost a further unit.
pub(crate) const WORK_COPY: (u64, u64) = (4, 64);
/// Bytes that are searched for a word for a unit of work.
pub(crate) const WORK_SEARCH: u64 = 4;
/// Work of looking a number up in one cross-reference section, and of reading an entry of a table.
pub(crate) const WORK_LOOKUP: (u64, u64) = (2, 20);
/// Work of an entry when all of a cross-reference section are looked at.
pub(crate) const WORK_ENTRY: u64 = 3;
/// Work of putting a number into a map of all numbers.
pub(crate) const WORK_INSERT: u64 = 10;
/// Bytes that go into a filter, and that come out of it, for a unit of work.
pub(crate) const WORK_DECODE: (u64, u64) = (2, 6);
/// Bytes to which a predictor is applied for a unit of work, and work of a row.
pub(crate) const WORK_PREDICT: (usize, u64) = (2, 1);
/// Work of an object in the index of an object stream.
pub(crate) const WORK_INDEX: u64 = 20;
/// Work of an item of a list of names of fields.
pub(crate) const WORK_RESOLVE: u64 = 5;
/// Work of a byte of an object with encrypted strings, which is read twice more, and of one of an encrypted stream.
pub(crate) const WORK_DECRYPT: (u64, u64) = (8, 1);
/// Work of a byte of a container that is described: its certificates are parsed.
pub(crate) const WORK_CONTAINER: u64 = 2;
/// Work of parsing an object, without its tokens and bytes.
pub(crate) const WORK_OBJECT: u64 = 100;
/// Work of a token, without its bytes.
pub(crate) const WORK_TOKEN: u64 = 9;
/// Places that are remembered at which readers can take different objects; the first one is reported.
pub(crate) const DOUBTS: usize = 16;
/// Objects whose later definitions are looked for: those of the update, and the way to them.
pub(crate) const WATCHED: usize = 12;
/// A document, in bytes, in which the heads of all listed objects are looked at.
pub(crate) const HEADS: u64 = 1 << 20;
/// Heads of objects behind those listed that are remembered.
pub(crate) const LATER: usize = 10_000;
/// White space before an object to which its entry points, in bytes.
pub(crate) const WATCHED_SPACE: u64 = 32;
/// A document, in bytes, over which another pass is made for the objects of a further signer.
pub(crate) const SEARCHED_AGAIN: u64 = 64 << 20;
/// Large streams that are left out of that search.
pub(crate) const WATCHED_STREAMS: usize = 10_000;
/// Cross-reference sections on the chain of `/Prev`: one a revision, and the streams of hybrid ones.
pub(crate) const SECTIONS: usize = 10_000;
/// Subsections of all sections together. Each is a few bytes of the document and 24 bytes here.
pub(crate) const SUBSECTIONS: usize = 1_000_000;
/// The largest object number, that of Acrobat (ISO 32000-1, annex C.2).
pub(crate) const OBJECT_NUMBER: u32 = 8_388_607;
/// Objects of a file whose cross-reference is rebuilt; each takes some 50 bytes of memory, and 20 of the update.
pub(crate) const REBUILT_OBJECTS: usize = 1_000_000;
/// Trailers that are kept of such a file, the last ones: one a revision.
pub(crate) const TRAILERS: usize = 64;
/// The same together, in bytes of the document; the last one is always kept. Real ones have some hundred.
pub(crate) const TRAILERS_BYTES: usize = 1 << 20;
/// Numbers of missing objects that are remembered, so that no new object takes them.
pub(crate) const DANGLING: usize = 1000;
/// Free entries that close the gaps of a rebuilt table: 2 MB of the update.
pub(crate) const FREE_ENTRIES: usize = 100_000;
/// Objects in one object stream.
pub(crate) const OBJECT_STREAM: usize = 1_000_000;
/// Decoded object streams that are kept: the fields and widgets of a form lie scattered over them.
pub(crate) const OBJECT_STREAMS_KEPT: usize = 4096;
/// The same together, in bytes; the last one is always kept. One of the usual hundred objects decodes to some 20 KB.
pub(crate) const OBJECT_STREAMS_BYTES: usize = 32 << 20;
/// Objects whose place is looked up at once, before they are loaded.
pub(crate) const PREFETCH: usize = 1024;
/// Blocks that they start in: half of the block cache, for an object may go on in the next one.
pub(crate) const PREFETCH_BLOCKS: usize = (CACHE / BLOCK / 2) as usize;
/// Nodes above a page that are looked at for an array that serves twice.
pub(crate) const PAGE_ANCESTORS: usize = 16;
/// Nodes of the page tree that are visited or listed to find one page: of a flat tree all pages.
pub(crate) const PAGE_NODES: usize = 1_000_000;
/// Pages before and behind one that are asked whether they share its array of annotations.
pub(crate) const NEIGHBOURS: usize = 16;
/// Fields and widgets of the form.
pub(crate) const FIELD_NODES: usize = 200_000;
/// The full names of all fields together, in bytes.
pub(crate) const FIELD_NAMES: usize = 32 << 20;
/// What is kept in memory of signature fields and signatures, in bytes: a thousand containers of 64 KiB, with their source.
pub(crate) const FORM_MEMORY: usize = 192 << 20;
/// The lists of locked fields of all signatures together, in bytes of memory: half a million names.
pub(crate) const LOCK_NAMES: usize = 32 << 20;
/// Levels of the page tree and of the field tree.
pub(crate) const TREE_DEPTH: usize = 256;
/// Numbers of a `/ByteRange` that are shown. One that covers all but a container has four.
pub(crate) const BYTE_RANGE: usize = 64;
/// Signatures of the document that are looked at.
pub(crate) const SIGNATURES: usize = 10_000;
/// References followed until a value is reached: real files have one, seldom two.
pub(crate) const REFERENCES: usize = 32;
/// A name, reason, location or contact, in bytes of UTF-8.
pub(crate) const TEXT: usize = 32 << 10;
/// A password, in bytes of UTF-8: the first 127 count (ISO 32000-2, algorithm 2.A).
pub(crate) const PASSWORD: usize = 4 << 10;
/// Rounds of the hash of a password (ISO 32000-2, algorithm 2.B): after round 286 no byte is left that asks for another.
pub(crate) const HASH_ROUNDS: u32 = 288;
/// Embedded files that are looked at for an encrypted payload: a wrapper has one (ISO 32000-2, 7.6.7).
pub(crate) const EMBEDDED_FILES: usize = 64;
/// Those who sign one document in one call.
pub(crate) const SIGNATORIES: usize = 256;
/// Offset from UTC of a date, in minutes: 23:59 is the most that one can show (ISO 32000-2, 7.9.4).
pub(crate) const UTC_OFFSET_MINUTES: i32 = 24 * 60 - 1;
/// Pages that are searched for a signature field that the form does not list, from the first on.
pub(crate) const SEARCHED_PAGES: usize = 256;
/// Annotations of these pages that are looked at.
pub(crate) const SEARCHED_ANNOTATIONS: usize = 4096;
/// Names of fields that a message lists, and the length of each in characters.
pub(crate) const LISTED_NAMES: (usize, usize) = (20, 100);
/// Least width and height of a visible signature, in points.
pub(crate) const BOX: i32 = 6;
/// Empty fields that a signature makes for later signers.
pub(crate) const EMPTY_FIELDS: usize = 256;
/// Bytes of a PDF whose page becomes an appearance, and all that is copied of it.
pub(crate) const APPEARANCE_PDF: usize = 8 << 20;
/// Objects that are copied of it.
pub(crate) const APPEARANCE_OBJECTS: usize = 5000;
/// Annotations of a page that are compared with the box of a visible signature.
pub(crate) const OVERLAPPING: usize = 4096;
/// Entries of a list in the options.
pub(crate) const OPTION_LIST: usize = 10_000;
/// The bytes reserved for a container when nothing is known of it.
pub(crate) const CONTAINER_DEFAULT: usize = 32 << 10;
/// The least and the most that may be reserved for a container, in bytes.
pub(crate) const CONTAINER: RangeInclusive<usize> = 256..=16 << 20;
/// A saved session, in bytes: it grows with the objects that the update overrides.
pub(crate) const SESSION: usize = 64 << 20;
/// Sessions of a saved batch. Each takes a byte of it at least.
pub(crate) const BATCH_SESSIONS: usize = 100_000;
/// A saved batch, in bytes: as many sessions of 10 KB, the size for an ordinary document.
pub(crate) const BATCH: usize = 1 << 30;
/// The least length of the key of a seal, in bytes: that of SHA-256 (RFC 2104, 3).
pub(crate) const SESSION_KEY: usize = 32;
/// The journal of a signing in place, in bytes: as a saved session, which holds the same update.
pub(crate) const JOURNAL: usize = SESSION;
/// Offsets of one byte pattern that a host reports.
pub(crate) const MATCHES: usize = 1000;
/// Names in a folder that are looked at: leftovers of one document.
pub(crate) const NAMES: usize = 10_000;
/// A ledger, in bytes: two lines of 300 bytes for each of 400,000 jobs.
pub(crate) const LEDGER: u64 = 256 << 20;
/// A lock file, in bytes.
pub(crate) const LOCK: u64 = 4 << 10;
/// The list of the system's users, in bytes.
pub(crate) const USERS: u64 = 1 << 20;
/// The header of a frame, in bytes: options with long lists, or the ranges of a read.
pub(crate) const HEADER: usize = 16 << 20;

/// One certificate, in bytes. The largest seen in the wild (hundreds of alternative names) stay below 32 KiB.
pub(crate) const CERTIFICATE: usize = 64 << 10;
/// The serial number of a certificate, in bytes (RFC 5280, 4.1.2.2). A longer one is read, with a warning.
pub(crate) const SERIAL_NUMBER: usize = 20;
/// Certificates of a chain, the signer's own not counted. Real chains have two to four.
pub(crate) const CHAIN: usize = 32;
/// One element of a chain, in bytes: a PEM bundle of [`CHAIN`] certificates as large as they may be, with text between.
pub(crate) const BUNDLE: usize = 4 << 20;
/// A container from elsewhere, in bytes. Embedded revocation lists make some of a few megabytes; as the largest `/Contents`.
pub(crate) const FOREIGN_CONTAINER: usize = 16 << 20;
/// Bytes that are reserved for a timestamp token. Those of real services, with their certificates, have 2 to 7 KB.
pub(crate) const TIMESTAMP: usize = 12 << 10;
/// The response of a timestamp service, in bytes.
pub(crate) const TIMESTAMP_RESPONSE: usize = 64 << 10;
/// Text of a service that a message repeats, in characters.
pub(crate) const SERVICE_TEXT: usize = 200;
/// Certificates of a container from elsewhere. Those with whole trust lists in them hold dozens.
pub(crate) const CONTAINER_CERTIFICATES: usize = 256;
/// Attributes, signed or not, of a container from elsewhere. Long-term archives carry a few dozen.
pub(crate) const ATTRIBUTES: usize = 256;
/// Elements of indefinite length in one another (X.690, 8.1.3.6). Streaming writers make six to eight.
pub(crate) const BER_NESTING: usize = 32;
/// Elements in the outer layers of a container from elsewhere, certificates and signed attributes counted as one each.
pub(crate) const BER_ELEMENTS: usize = 16 << 10;
/// Extensions of a certificate. Real ones have about ten.
pub(crate) const EXTENSIONS: usize = 128;
/// Addresses of one kind, and distribution points, of a certificate. Real ones have one or two; pyhanko-certvalidator bounds them alike.
pub(crate) const ADDRESSES: usize = 10;
/// An address in a certificate, in bytes.
pub(crate) const ADDRESS: usize = 2 << 10;
/// Certificates among which paths are searched: those of the caller, of all signatures of a document, and of answers.
pub(crate) const POOL: usize = 1024;
/// Certificates of a path, both ends counted. The longest real ones have five.
pub(crate) const PATH: usize = 10;
/// Signatures that the search for a path verifies. A path of five takes five.
pub(crate) const PATH_SIGNATURES: usize = 64;
/// Certificates of an OCSP response, and those that may have signed a revocation list.
pub(crate) const SIGNERS: usize = 8;
/// Attributes of a distinguished name. Real ones have about ten.
pub(crate) const NAME_ATTRIBUTES: usize = 128;
/// Claimed roles of a signer.
pub(crate) const ROLES: usize = 64;
/// A claimed role, or the address of a policy, in bytes.
pub(crate) const ATTRIBUTE_TEXT: usize = 4 << 10;
/// An RSA modulus, in bits. Below it is broken or deprecated (SP 800-131A), above it verification takes a second.
pub(crate) const MODULUS_BITS: RangeInclusive<usize> = 2048..=8192;
/// The largest public exponent of RSA, as `ring` and Go bound it: a larger one makes verification slow on purpose.
pub(crate) const EXPONENT: u64 = (1 << 33) - 1;

/// Units of work that reading a document of `length` bytes may cost.
pub(crate) fn work(length: u64) -> u64 {
    WORK.saturating_add(WORK_PER_BYTE.saturating_mul(length)).min(WORK_MOST)
}

/// The error of a document that goes beyond a bound.
pub(crate) fn exceeded(what: &str, most: impl std::fmt::Display) -> Error {
    Code::Limit.because(format!("the document has more than {most} {what}"))
}
