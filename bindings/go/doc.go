// Package rustpdf signs PDF files (PAdES B-B) with keys that never leave the HSM. It does all the PDF and
// CMS work and asks for one thing: a raw signature over the bytes that it passes.
//
//	signed, err := rustpdf.SignWith(pdf, certDer, hsmSign, chain, &rustpdf.SigningOptions{Pades: true})
//
// [SignWith] and [SignInTurn] sign documents in memory, [SignFileWith] files of any size, in place or
// into a new file, and [SignReaderWith] documents that are read by ranges. [BeginSigning] and its like
// return a [Session]: the answer to its request, a raw signature or a finished CMS container, may come
// later or elsewhere. A saved session is sealed by a key of the caller.
//
// A [Signer] is a function; [FromCryptoSigner] makes one of a crypto.Signer. A failure is an [*Error]
// with a stable code, and errors.Is accepts the codes: errors.Is(err, rustpdf.ErrSignatureMismatch).
//
// Several goroutines may call all of it at once. The core is a WebAssembly module, which the first call
// compiles: half a second of processor time, or some 20 ms with [UseCompilationCache]. The standard
// library hashes documents and verifies signatures. No C compiler is needed.
package rustpdf
