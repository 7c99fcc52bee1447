using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using RustPdf.Frames;

namespace RustPdf;

public static partial class Pdf
{
    /// <summary>
    /// Signs a file of any size: it is read once, in pieces, and never in memory as a whole. In place its bytes are never touched, and an
    /// interruption at any moment loses nothing: see <see cref="RecoverFile"/>. A new file appears when it is complete.
    /// </summary>
    /// <param name="inputPath">The document.</param>
    /// <param name="outputPath">The input's path for signing in place, that of a new file, or null for the update's bytes alone.</param>
    /// <param name="certificate">The signer's certificate: DER or PEM.</param>
    /// <param name="signer">Gets the bytes to sign, and returns the raw signature.</param>
    /// <param name="chain">The certificate's issuers, in any order.</param>
    /// <param name="options">Options of the signature. Default: PAdES B-B with the algorithms of the certificate.</param>
    /// <param name="replace">Replaces an existing file, which is rejected otherwise.</param>
    /// <param name="cancellationToken">Cancels the call. It leaves nothing on the disk.</param>
    /// <exception cref="RustPdfException">The call was rejected; the code says why.</exception>
    /// <exception cref="System.IO.IOException">An error of the system about a file; the output exists.</exception>
    public static SignedFile SignFileWith(
        string inputPath, string? outputPath, Certificate certificate, Signer signer, CertificateChain? chain = null,
        SigningOptions? options = null, bool replace = false, CancellationToken cancellationToken = default) =>
        IntoFile(
            inputPath, outputPath, Alone(certificate, signer, chain, options), replace,
            new Call(options, isAsync: false, cancellationToken)).Result();

    /// <summary>Signs a file of any size by a function of the bytes to sign alone.</summary>
    /// <inheritdoc cref="SignFileWith(string, string, Certificate, Signer, CertificateChain, SigningOptions, bool, CancellationToken)"/>
    public static SignedFile SignFileWith(
        string inputPath, string? outputPath, Certificate certificate, Func<byte[], byte[]> signer, CertificateChain? chain = null,
        SigningOptions? options = null, bool replace = false, CancellationToken cancellationToken = default) =>
        SignFileWith(inputPath, outputPath, certificate, OfData(signer), chain, options, replace, cancellationToken);

    /// <summary>Signs a file of any size by a key handle of RSA or ECDSA. It is not disposed.</summary>
    /// <param name="key">The handle.</param>
    /// <inheritdoc cref="SignFileWith(string, string, Certificate, Signer, CertificateChain, SigningOptions, bool, CancellationToken)"/>
    public static SignedFile SignFileWith(
        string inputPath, string? outputPath, Certificate certificate, AsymmetricAlgorithm key, CertificateChain? chain = null,
        SigningOptions? options = null, bool replace = false, CancellationToken cancellationToken = default) =>
        SignFileWith(inputPath, outputPath, certificate, KeyHandle.Signer(key), chain, options, replace, cancellationToken);

    /// <summary>Signs a file of any size by the key handle that a certificate of a store has.</summary>
    /// <param name="certificate">The signer's certificate, with a private RSA or ECDSA key.</param>
    /// <inheritdoc cref="SignFileWith(string, string, Certificate, Signer, CertificateChain, SigningOptions, bool, CancellationToken)"/>
    public static SignedFile SignFileWith(
        string inputPath, string? outputPath, X509Certificate2 certificate, CertificateChain? chain = null, SigningOptions? options = null,
        bool replace = false, CancellationToken cancellationToken = default)
    {
        using var key = KeyHandle.Of(certificate);
        return SignFileWith(inputPath, outputPath, certificate, key, chain, options, replace, cancellationToken);
    }

    /// <summary>Signs a file of any size, on the thread pool, by a signer that answers later.</summary>
    /// <param name="signer">Gets the bytes to sign, and promises the raw signature.</param>
    /// <inheritdoc cref="SignFileWith(string, string, Certificate, Signer, CertificateChain, SigningOptions, bool, CancellationToken)"/>
    public static Task<SignedFile> SignFileWithAsync(
        string inputPath, string? outputPath, Certificate certificate, AsyncSigner signer, CertificateChain? chain = null,
        SigningOptions? options = null, bool replace = false, CancellationToken cancellationToken = default) =>
        IntoFile(
            inputPath, outputPath, Alone(certificate, signer, chain, options), replace,
            new Call(options, isAsync: true, cancellationToken)).AsTask();

    /// <summary>Signs a file of any size, on the thread pool.</summary>
    /// <inheritdoc cref="SignFileWith(string, string, Certificate, Signer, CertificateChain, SigningOptions, bool, CancellationToken)"/>
    public static Task<SignedFile> SignFileWithAsync(
        string inputPath, string? outputPath, Certificate certificate, Signer signer, CertificateChain? chain = null,
        SigningOptions? options = null, bool replace = false, CancellationToken cancellationToken = default) =>
        IntoFile(
            inputPath, outputPath, Alone(certificate, signer, chain, options), replace,
            new Call(options, isAsync: true, cancellationToken)).AsTask();

    /// <summary>Signs a file of any size, on the thread pool, by a key handle of RSA or ECDSA. It is not disposed.</summary>
    /// <param name="key">The handle.</param>
    /// <inheritdoc cref="SignFileWith(string, string, Certificate, Signer, CertificateChain, SigningOptions, bool, CancellationToken)"/>
    public static Task<SignedFile> SignFileWithAsync(
        string inputPath, string? outputPath, Certificate certificate, AsymmetricAlgorithm key, CertificateChain? chain = null,
        SigningOptions? options = null, bool replace = false, CancellationToken cancellationToken = default) =>
        SignFileWithAsync(inputPath, outputPath, certificate, KeyHandle.Signer(key), chain, options, replace, cancellationToken);

    /// <summary>Signs a file of any size, on the thread pool, by the key handle that a certificate of a store has.</summary>
    /// <param name="certificate">The signer's certificate, with a private RSA or ECDSA key.</param>
    /// <inheritdoc cref="SignFileWith(string, string, Certificate, Signer, CertificateChain, SigningOptions, bool, CancellationToken)"/>
    public static async Task<SignedFile> SignFileWithAsync(
        string inputPath, string? outputPath, X509Certificate2 certificate, CertificateChain? chain = null, SigningOptions? options = null,
        bool replace = false, CancellationToken cancellationToken = default)
    {
        using var key = KeyHandle.Of(certificate);
        return await SignFileWithAsync(
            inputPath, outputPath, certificate, key, chain, options, replace, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Signs a file of any size by several signers, each over the signatures before. It is read once.</summary>
    /// <param name="inputPath">The document.</param>
    /// <param name="outputPath">The input's path for signing in place, that of a new file, or null for the update's bytes alone.</param>
    /// <param name="signatories">The signatories, in their order.</param>
    /// <param name="options">Options of the call.</param>
    /// <param name="replace">Replaces an existing file, which is rejected otherwise.</param>
    /// <param name="cancellationToken">Cancels the call. It leaves nothing on the disk.</param>
    /// <exception cref="RustPdfException">The call was rejected; the code says why.</exception>
    /// <exception cref="System.IO.IOException">An error of the system about a file; the output exists.</exception>
    public static SignedFile SignFileInTurn(
        string inputPath, string? outputPath, IEnumerable<Signatory> signatories, CallOptions? options = null, bool replace = false,
        CancellationToken cancellationToken = default) =>
        IntoFile(
            inputPath, outputPath, InTurn(signatories, isAsync: false), replace, new Call(options, isAsync: false, cancellationToken))
            .Result();

    /// <summary>As <see cref="SignFileInTurn"/>, with signers that may answer later.</summary>
    /// <inheritdoc cref="SignFileInTurn"/>
    public static Task<SignedFile> SignFileInTurnAsync(
        string inputPath, string? outputPath, IEnumerable<Signatory> signatories, CallOptions? options = null, bool replace = false,
        CancellationToken cancellationToken = default) =>
        IntoFile(
            inputPath, outputPath, InTurn(signatories, isAsync: true), replace, new Call(options, isAsync: true, cancellationToken))
            .AsTask();

    /// <summary>Prepares a file of any size for a signature that comes later. It is read once, and closed until then.</summary>
    /// <param name="inputPath">The document.</param>
    /// <param name="options">Options of the signature.</param>
    /// <param name="certificate">The signer's certificate, for a raw signature; without it a finished container is awaited.</param>
    /// <param name="chain">The certificate's issuers, in any order.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RustPdfException">The call was rejected; the code says why.</exception>
    public static FileSigningSession BeginSigningFile(
        string inputPath, SigningOptions? options = null, Certificate? certificate = null, CertificateChain? chain = null,
        CancellationToken cancellationToken = default) =>
        FileSession(inputPath, new Call(options, isAsync: false, cancellationToken), (source, call) =>
            Operations.Prepare(source, certificate, chain, options, call)).Result();

    /// <summary>As <see cref="BeginSigningFile"/>, on the thread pool.</summary>
    /// <inheritdoc cref="BeginSigningFile"/>
    public static Task<FileSigningSession> BeginSigningFileAsync(
        string inputPath, SigningOptions? options = null, Certificate? certificate = null, CertificateChain? chain = null,
        CancellationToken cancellationToken = default) =>
        FileSession(inputPath, new Call(options, isAsync: true, cancellationToken), (source, call) =>
            Operations.Prepare(source, certificate, chain, options, call)).AsTask();

    /// <summary>Resumes a sealed session with its file, which is read again and must be the same.</summary>
    /// <param name="saved">The bytes of <see cref="PreparedSigning.Serialize"/>, in any language.</param>
    /// <param name="inputPath">The document.</param>
    /// <param name="key">The secret key of 32 bytes or more that sealed the session.</param>
    /// <param name="skipDocumentCheck">Skips reading the document again. A different document is then not noticed.</param>
    /// <param name="options">Options of the call.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RustPdfException"><c>ERR_SESSION_…</c>; <c>ERR_ARGUMENT</c>: the key is shorter.</exception>
    public static FileSigningSession ResumeSigningFile(
        ReadOnlyMemory<byte> saved, string inputPath, ReadOnlyMemory<byte> key, bool skipDocumentCheck = false,
        CallOptions? options = null, CancellationToken cancellationToken = default) =>
        FileSession(inputPath, new Call(options, isAsync: false, cancellationToken), (source, call) =>
            Operations.Resume(source, Operations.Open(saved, key), skipDocumentCheck, call)).Result();

    /// <summary>As <see cref="ResumeSigningFile"/>, on the thread pool.</summary>
    /// <inheritdoc cref="ResumeSigningFile"/>
    public static Task<FileSigningSession> ResumeSigningFileAsync(
        ReadOnlyMemory<byte> saved, string inputPath, ReadOnlyMemory<byte> key, bool skipDocumentCheck = false,
        CallOptions? options = null, CancellationToken cancellationToken = default) =>
        FileSession(inputPath, new Call(options, isAsync: true, cancellationToken), (source, call) =>
            Operations.Resume(source, Operations.Open(saved, key), skipDocumentCheck, call)).AsTask();

    /// <summary>
    /// Resumes a session without a seal. The certificate, the chain and the options come from the caller and
    /// never from the session, and must be those that it was begun with.
    /// </summary>
    /// <param name="saved">The bytes of <see cref="PreparedSigning.SerializeUnsealed"/>, in any language.</param>
    /// <param name="inputPath">The document, which is read again and must be the same.</param>
    /// <param name="certificate">The signer's certificate, where the session was begun with one.</param>
    /// <param name="chain">The certificate's issuers, in any order.</param>
    /// <param name="options">
    /// The options of the signature. With a <see cref="CallOptions.SigningTime"/>, which an attribute of that time
    /// requires, it is that of the beginning.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RustPdfException"><c>ERR_SESSION_…</c>.</exception>
    public static FileSigningSession ResumeUnsealedFile(
        ReadOnlyMemory<byte> saved, string inputPath, Certificate? certificate = null, CertificateChain? chain = null,
        SigningOptions? options = null, CancellationToken cancellationToken = default) =>
        FileSession(inputPath, new Call(options, isAsync: false, cancellationToken), (source, call) =>
            Operations.Resume(source, Operations.Open(saved, null, certificate, chain, options), false, call)).Result();

    /// <summary>As <see cref="ResumeUnsealedFile"/>, on the thread pool.</summary>
    /// <inheritdoc cref="ResumeUnsealedFile"/>
    public static Task<FileSigningSession> ResumeUnsealedFileAsync(
        ReadOnlyMemory<byte> saved, string inputPath, Certificate? certificate = null, CertificateChain? chain = null,
        SigningOptions? options = null, CancellationToken cancellationToken = default) =>
        FileSession(inputPath, new Call(options, isAsync: true, cancellationToken), (source, call) =>
            Operations.Resume(source, Operations.Open(saved, null, certificate, chain, options), false, call)).AsTask();

    /// <summary>
    /// Finishes a signing in place that was interrupted, or with <paramref name="undo"/> restores the original,
    /// and removes the files that ended processes left beside the document. The next signing in place finishes
    /// an interrupted one, too.
    /// </summary>
    /// <param name="path">The document.</param>
    /// <param name="undo">Takes the signature back.</param>
    /// <param name="journalOwner">
    /// Name or number of a user. Recovery accepts a journal of that user although the document has another owner.
    /// </param>
    /// <exception cref="RustPdfException"><c>ERR_JOURNAL_…</c>: the journal beside the document does not fit it. Nothing was
    /// changed.</exception>
    public static Recovered RecoverFile(string path, bool undo = false, string? journalOwner = null)
    {
        var call = new Call(null, isAsync: false, CancellationToken.None);
        return new Recovered(new RecoveredResult(Operations.Recover(new Source(path), undo, journalOwner, call).Result().Result));
    }

    private static async ValueTask<SignedFile> IntoFile(
        string input, string? output, IReadOnlyList<Signatory> signatories, bool replace, Call call)
    {
        var done = await Operations.Sign(new Source(input), Output.At(output, replace), signatories, call).ConfigureAwait(false);
        foreach (var report in done.Reports) call.OnReport?.Invoke(report);
        return new SignedFile(done.Payload, done.Reports);
    }

    private static async ValueTask<FileSigningSession> FileSession(string path, Call call, Func<Source, Call, ValueTask<Done>> prepare)
    {
        var source = new Source(path);
        var done = await prepare(source, call).ConfigureAwait(false);
        var session = new FileSigningSession(source, new SessionResult(done.Result), done.Payload, call.OnReport);
        session.Tell(session.Report);
        return session;
    }
}
