// Package rustpdf signs PDF files (PAdES B-B to B-LTA) with keys that never leave the HSM. It does all the PDF and
// CMS work. It asks for one thing: a raw signature over the bytes that it passes.
//
//	signed, err := rustpdf.SignWith(pdf, certDer, hsmSign, chain, &rustpdf.SigningOptions{Pades: true})
//
// [Sign] does the same with a context and a [Signer]: a certificate, its chain, and a function. [NewSigner]
// makes one, and [FromCryptoSigner] makes the function of a [crypto.Signer].
//
// [SignFile] signs files of any size, in place or into a new file. [SignReaderAt] and [SignReader] sign
// other documents, [SignMany] many files, and [SignInTurn] by several signers. [BeginSigning], [Begin] and
// the like return a session: the answer to its request may come later or elsewhere. [Inspect] reads what a
// document contains.
//
// [SigningOptions] with a Level above B-B ask timestamp services, and servers that certificates name for
// revocation data. [Extend] raises existing signatures to a level or renews their evidence, and [Timestamp]
// adds a document timestamp. An [*UnfinishedError] has a session that goes on without the key after a
// service failed.
//
// An [Appearance] makes a signature visible: text, an image, handwriting, a QR code, or a page of a PDF. A second
// WebAssembly module draws it. The first visible signature compiles that module.
//
// The packages under keystores return signers for keys in AWS KMS, Azure Key Vault, Google Cloud KMS, the transit
// engine of OpenBao or Vault, and PKCS #11 tokens. [CertificateRequest] and [SelfSigned] lead from such a key to its
// certificate. [Audited] records each request to a key.
//
// A failure is an [*Error] with a stable code. errors.Is accepts the codes:
// errors.Is(err, rustpdf.ErrSignatureMismatch).
//
// Several goroutines may call all of it at once. The core is a WebAssembly module, which the first call
// compiles. That takes half a second of processor time, or some 20 ms with [UseCompilationCache]. The
// standard library hashes documents and verifies signatures. No C compiler is required.
package rustpdf
