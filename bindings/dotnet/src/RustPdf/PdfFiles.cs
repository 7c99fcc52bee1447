using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using RustPdf.Frames;

namespace RustPdf;

public static partial class Pdf
{
    /// <summary>Signs a file of any size. It is read once, in pieces, and never in memory as a whole.</summary>
    /// <remarks>
    /// <para>In place, no byte of the document is changed. An interruption loses nothing: see <see cref="RecoverFile"/>.</para>
    /// <para>Another file appears when it is complete. A stream is written after the signature was made.</para>
    /// </remarks>
    /// <param name="input">Document: a path, a stream, an open file or bytes.</param>
    /// <param name="output">Path of the input, path of another file, or a stream. Null returns the update alone.</param>
    /// <param name="signer">Key with its certificate.</param>
    /// <param name="options">Options of the signature. Default: PAdES B-B with the algorithms of the certificate.</param>
    /// <param name="replace">Replaces an existing file, which is rejected otherwise.</param>
    /// <param name="cancellationToken">Cancels the call. It leaves nothing on the disk.</param>
    /// <exception cref="RustPdfException">The call was rejected. The code names the cause.</exception>
    /// <exception cref="System.IO.IOException">An error of the system about a file, such as an output that exists.</exception>
    /// <example>
    /// <code>
    /// Pdf.SignFile("contract.pdf", "signed.pdf", signer, replace: true); // another file
    /// Pdf.SignFile("contract.pdf", "contract.pdf", signer); // in place
    /// byte[] update = Pdf.SignFile("contract.pdf", null, signer).Update; // append it yourself
    /// </code>
    /// </example>
    public static SignedFile SignFile(
        PdfInput input, PdfOutput? output, ISigner signer, SigningOptions? options = null, bool replace = false,
        CancellationToken cancellationToken = default) =>
        IntoFile(
            input, output, new[] { new Signatory(signer, options) }, replace, new Call(options, isAsync: false, cancellationToken)).Result();

    /// <summary>As <see cref="SignFile"/>, on the thread pool.</summary>
    /// <inheritdoc cref="SignFile"/>
    /// <example>
    /// <code>
    /// await using var output = new MemoryStream();
    /// SignedFile signed = await Pdf.SignFileAsync("contract.pdf", output, signer, cancellationToken: cancellationToken);
    /// </code>
    /// </example>
    public static Task<SignedFile> SignFileAsync(
        PdfInput input, PdfOutput? output, ISigner signer, SigningOptions? options = null, bool replace = false,
        CancellationToken cancellationToken = default) =>
        IntoFile(
            input, output, new[] { new Signatory(signer, options) }, replace, new Call(options, isAsync: true, cancellationToken)).AsTask();

    /// <summary>Signs a file of any size by a function. It is read once, in pieces, and never in memory as a whole.</summary>
    /// <param name="input">Document: a path, a stream, an open file or bytes.</param>
    /// <param name="output">Path of the input, path of another file, or a stream. Null returns the update alone.</param>
    /// <param name="certificate">Certificate of the signer: DER or PEM.</param>
    /// <param name="signer">Returns the raw signature.</param>
    /// <param name="chain">Issuers of the certificate, in any order.</param>
    /// <param name="options">Options of the signature. Default: PAdES B-B with the algorithms of the certificate.</param>
    /// <param name="replace">Replaces an existing file, which is rejected otherwise.</param>
    /// <param name="cancellationToken">Cancels the call. It leaves nothing on the disk.</param>
    /// <exception cref="RustPdfException">The call was rejected. The code names the cause.</exception>
    /// <exception cref="System.IO.IOException">An error of the system about a file, such as an output that exists.</exception>
    /// <example>
    /// <code>
    /// SignedFile signed = Pdf.SignFileWith("contract.pdf", "signed.pdf", certDer, HsmSign, chain, replace: true);
    /// </code>
    /// </example>
    public static SignedFile SignFileWith(
        PdfInput input, PdfOutput? output, Certificate certificate, SignCallback signer, CertificateChain? chain = null,
        SigningOptions? options = null, bool replace = false, CancellationToken cancellationToken = default) =>
        SignFile(input, output, new Signer(certificate, signer, chain), options, replace, cancellationToken);

    /// <summary>Signs a file of any size by a function of the message alone.</summary>
    /// <inheritdoc cref="SignFileWith(PdfInput, PdfOutput, Certificate, SignCallback, CertificateChain, SigningOptions, bool, CancellationToken)"/>
    /// <example>
    /// <code>
    /// Pdf.SignFileWith("contract.pdf", "signed.pdf", certDer, data => HsmSignData(data), chain, replace: true);
    /// </code>
    /// </example>
    public static SignedFile SignFileWith(
        PdfInput input, PdfOutput? output, Certificate certificate, Func<byte[], byte[]> signer, CertificateChain? chain = null,
        SigningOptions? options = null, bool replace = false, CancellationToken cancellationToken = default) =>
        SignFileWith(input, output, certificate, Signer.OfData(signer), chain, options, replace, cancellationToken);

    /// <summary>Signs a file of any size, on the thread pool, by a function that answers later.</summary>
    /// <param name="signer">Returns the raw signature later. It receives the token of the call.</param>
    /// <inheritdoc cref="SignFileWith(PdfInput, PdfOutput, Certificate, SignCallback, CertificateChain, SigningOptions, bool, CancellationToken)"/>
    /// <example>
    /// <code>
    /// await Pdf.SignFileWithAsync("contract.pdf", "contract.pdf", certDer, KmsSign, chain, cancellationToken: cancellationToken);
    /// </code>
    /// </example>
    public static Task<SignedFile> SignFileWithAsync(
        PdfInput input, PdfOutput? output, Certificate certificate, SignAsyncCallback signer, CertificateChain? chain = null,
        SigningOptions? options = null, bool replace = false, CancellationToken cancellationToken = default) =>
        SignFileAsync(input, output, new Signer(certificate, signer, chain), options, replace, cancellationToken);

    /// <summary>Signs a file of any size by several signers, each over the signatures before. It is read once.</summary>
    /// <param name="input">Document: a path, a stream, an open file or bytes.</param>
    /// <param name="output">Path of the input, path of another file, or a stream. Null returns the updates alone.</param>
    /// <param name="signatories">Signers in their order.</param>
    /// <param name="options">Options of the call.</param>
    /// <param name="replace">Replaces an existing file, which is rejected otherwise.</param>
    /// <param name="cancellationToken">Cancels the call. It leaves nothing on the disk.</param>
    /// <exception cref="RustPdfException">The call was rejected. The code names the cause.</exception>
    /// <exception cref="System.IO.IOException">An error of the system about a file, such as an output that exists.</exception>
    /// <example>
    /// <code>
    /// var signatories = new[] { new Signatory(signer), new Signatory(otherSigner) };
    /// SignedFile signed = Pdf.SignFileInTurn("contract.pdf", "contract.pdf", signatories);
    /// </code>
    /// </example>
    public static SignedFile SignFileInTurn(
        PdfInput input, PdfOutput? output, IEnumerable<Signatory> signatories, CallOptions? options = null, bool replace = false,
        CancellationToken cancellationToken = default) =>
        IntoFile(input, output, InTurn(signatories, isAsync: false), replace, new Call(options, isAsync: false, cancellationToken))
            .Result();

    /// <summary>As <see cref="SignFileInTurn"/>, on the thread pool, with signers that may answer later.</summary>
    /// <inheritdoc cref="SignFileInTurn"/>
    /// <example>
    /// <code>
    /// var signatories = new[] { new Signatory(signer), new Signatory(otherSigner) };
    /// await Pdf.SignFileInTurnAsync("contract.pdf", "signed.pdf", signatories, replace: true);
    /// </code>
    /// </example>
    public static Task<SignedFile> SignFileInTurnAsync(
        PdfInput input, PdfOutput? output, IEnumerable<Signatory> signatories, CallOptions? options = null, bool replace = false,
        CancellationToken cancellationToken = default) =>
        IntoFile(input, output, InTurn(signatories, isAsync: true), replace, new Call(options, isAsync: true, cancellationToken))
            .AsTask();

    /// <summary>Prepares a file of any size for a signature that comes later. It is read once.</summary>
    /// <remarks>A path is opened again for the completion. A stream or an open file stays open until then.</remarks>
    /// <param name="input">Document: a path, a stream, an open file or bytes.</param>
    /// <param name="options">Options of the signature.</param>
    /// <param name="certificate">Certificate of the signer. Without it the session awaits a CMS container.</param>
    /// <param name="chain">Issuers of the certificate, in any order.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RustPdfException">The call was rejected. The code names the cause.</exception>
    /// <example>
    /// <code>
    /// FileSigningSession session = Pdf.BeginSigningFile("contract.pdf", new SigningOptions(), certDer, chain);
    /// byte[] signature = HsmSign(session.Request!.Data, session.Request);
    /// session.CompleteWithSignature(signature, "contract.pdf");
    /// </code>
    /// </example>
    public static FileSigningSession BeginSigningFile(
        PdfInput input, SigningOptions? options = null, Certificate? certificate = null, CertificateChain? chain = null,
        CancellationToken cancellationToken = default) =>
        FileSession(input, new Call(options, isAsync: false, cancellationToken), (source, call) =>
            Operations.Prepare(source, certificate, chain, options, call)).Result();

    /// <summary>
    /// As <see cref="BeginSigningFile(PdfInput, SigningOptions, Certificate?, CertificateChain, CancellationToken)"/>, on the thread pool.
    /// </summary>
    /// <inheritdoc cref="BeginSigningFile(PdfInput, SigningOptions, Certificate?, CertificateChain, CancellationToken)"/>
    /// <example>
    /// <code>
    /// FileSigningSession session = await Pdf.BeginSigningFileAsync("contract.pdf", new SigningOptions(), certDer, chain);
    /// </code>
    /// </example>
    public static Task<FileSigningSession> BeginSigningFileAsync(
        PdfInput input, SigningOptions? options = null, Certificate? certificate = null, CertificateChain? chain = null,
        CancellationToken cancellationToken = default) =>
        FileSession(input, new Call(options, isAsync: true, cancellationToken), (source, call) =>
            Operations.Prepare(source, certificate, chain, options, call)).AsTask();

    /// <summary>Prepares a file for a signature that comes later, with certificate, issuers and algorithms of a signer.</summary>
    /// <param name="input">Document: a path, a stream, an open file or bytes.</param>
    /// <param name="signer">Key with its certificate. It is not asked.</param>
    /// <param name="options">Options of the signature.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RustPdfException">The call was rejected. The code names the cause.</exception>
    /// <example>
    /// <code>
    /// FileSigningSession session = Pdf.BeginSigningFile("contract.pdf", signer);
    /// session.CompleteWithSignature(signer.Sign(session.Request!.Data, session.Request), "signed.pdf");
    /// </code>
    /// </example>
    public static FileSigningSession BeginSigningFile(
        PdfInput input, ISigner signer, SigningOptions? options = null, CancellationToken cancellationToken = default) =>
        BeginSigningFile(input, new Signatory(signer, options).OptionsWithKey, signer.Certificate, signer.Chain, cancellationToken);

    /// <summary>As <see cref="BeginSigningFile(PdfInput, ISigner, SigningOptions, CancellationToken)"/>, on the thread pool.</summary>
    /// <inheritdoc cref="BeginSigningFile(PdfInput, ISigner, SigningOptions, CancellationToken)"/>
    /// <example>
    /// <code>
    /// FileSigningSession session = await Pdf.BeginSigningFileAsync("contract.pdf", signer);
    /// </code>
    /// </example>
    public static Task<FileSigningSession> BeginSigningFileAsync(
        PdfInput input, ISigner signer, SigningOptions? options = null, CancellationToken cancellationToken = default) =>
        BeginSigningFileAsync(input, new Signatory(signer, options).OptionsWithKey, signer.Certificate, signer.Chain, cancellationToken);

    /// <summary>Resumes a sealed session with its file.</summary>
    /// <param name="saved">Bytes of <see cref="PreparedSigning.Serialize"/>, in any language.</param>
    /// <param name="input">The same document. It is read again.</param>
    /// <param name="key">The secret key that sealed the session.</param>
    /// <param name="skipDocumentCheck">Does not read the document again. A different document is then not noticed.</param>
    /// <param name="options">Options of the call.</param>
    /// <param name="password">Password of an encrypted document, for a level above B-T. A saved session does not have it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RustPdfException"><c>ERR_SESSION_…</c>; <c>ERR_ARGUMENT</c>: the key is too short.</exception>
    /// <example>
    /// <code>
    /// byte[] saved = Pdf.BeginSigningFile("contract.pdf", new SigningOptions(), certDer, chain).Serialize(sessionKey);
    /// FileSigningSession resumed = Pdf.ResumeSigningFile(saved, "contract.pdf", sessionKey);
    /// resumed.CompleteWithSignature(HsmSign(resumed.Request!.Data, resumed.Request), "contract.pdf");
    /// </code>
    /// </example>
    public static FileSigningSession ResumeSigningFile(
        ReadOnlyMemory<byte> saved, PdfInput input, ReadOnlyMemory<byte> key, bool skipDocumentCheck = false,
        CallOptions? options = null, string? password = null, CancellationToken cancellationToken = default) =>
        FileSession(input, new Call(options, isAsync: false, cancellationToken) { Password = password }, (source, call) =>
            Operations.Resume(source, Operations.Open(saved, key), skipDocumentCheck, call)).Result();

    /// <summary>As <see cref="ResumeSigningFile"/>, on the thread pool.</summary>
    /// <inheritdoc cref="ResumeSigningFile"/>
    /// <example>
    /// <code>
    /// byte[] saved = Pdf.BeginSigningFile("contract.pdf").Serialize(sessionKey);
    /// FileSigningSession resumed = await Pdf.ResumeSigningFileAsync(saved, "contract.pdf", sessionKey);
    /// </code>
    /// </example>
    public static Task<FileSigningSession> ResumeSigningFileAsync(
        ReadOnlyMemory<byte> saved, PdfInput input, ReadOnlyMemory<byte> key, bool skipDocumentCheck = false,
        CallOptions? options = null, string? password = null, CancellationToken cancellationToken = default) =>
        FileSession(input, new Call(options, isAsync: true, cancellationToken) { Password = password }, (source, call) =>
            Operations.Resume(source, Operations.Open(saved, key), skipDocumentCheck, call)).AsTask();

    /// <summary>Resumes a session without a seal. Certificate, chain and options come from the caller alone.</summary>
    /// <param name="saved">Bytes of <see cref="PreparedSigning.SerializeUnsealed"/>, in any language.</param>
    /// <param name="input">The same document. It is read again.</param>
    /// <param name="certificate">Certificate that the session was begun with.</param>
    /// <param name="chain">Issuers of the certificate, in any order.</param>
    /// <param name="options">
    /// Options that the session was begun with. A signing-time attribute requires <see cref="CallOptions.SigningTime"/>, too.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RustPdfException"><c>ERR_SESSION_…</c>.</exception>
    /// <example>
    /// <code>
    /// byte[] saved = Pdf.BeginSigningFile("contract.pdf", new SigningOptions(), certDer, chain).SerializeUnsealed();
    /// FileSigningSession resumed = Pdf.ResumeUnsealedFile(saved, "contract.pdf", certDer, chain);
    /// </code>
    /// </example>
    public static FileSigningSession ResumeUnsealedFile(
        ReadOnlyMemory<byte> saved, PdfInput input, Certificate? certificate = null, CertificateChain? chain = null,
        SigningOptions? options = null, CancellationToken cancellationToken = default) =>
        FileSession(input, new Call(options, isAsync: false, cancellationToken), (source, call) =>
            Operations.Resume(source, Operations.Open(saved, null, certificate, chain, options), false, call)).Result();

    /// <summary>As <see cref="ResumeUnsealedFile"/>, on the thread pool.</summary>
    /// <inheritdoc cref="ResumeUnsealedFile"/>
    /// <example>
    /// <code>
    /// byte[] saved = Pdf.BeginSigningFile("contract.pdf", new SigningOptions(), certDer, chain).SerializeUnsealed();
    /// FileSigningSession resumed = await Pdf.ResumeUnsealedFileAsync(saved, "contract.pdf", certDer, chain);
    /// </code>
    /// </example>
    public static Task<FileSigningSession> ResumeUnsealedFileAsync(
        ReadOnlyMemory<byte> saved, PdfInput input, Certificate? certificate = null, CertificateChain? chain = null,
        SigningOptions? options = null, CancellationToken cancellationToken = default) =>
        FileSession(input, new Call(options, isAsync: true, cancellationToken), (source, call) =>
            Operations.Resume(source, Operations.Open(saved, null, certificate, chain, options), false, call)).AsTask();

    /// <summary>Finishes a signing in place that was interrupted, or restores the original.</summary>
    /// <remarks>
    /// It also removes the files that ended processes left beside the document. The next signing in place finishes an interrupted one,
    /// too.
    /// </remarks>
    /// <param name="path">Path of the document.</param>
    /// <param name="undo">Restores the original.</param>
    /// <param name="journalOwner">Name or number of a user. A journal of that user is accepted, too.</param>
    /// <param name="cancellationToken">Cancels the call. The next recovery goes on from there.</param>
    /// <exception cref="RustPdfException"><c>ERR_JOURNAL_…</c>: the journal does not fit the document. Nothing was changed.</exception>
    /// <example>
    /// <code>
    /// Recovered recovered = Pdf.RecoverFile("contract.pdf");
    /// if (recovered.Outcome == RecoveryOutcome.Signed) Console.WriteLine("the signature was finished");
    /// </code>
    /// </example>
    public static Recovered RecoverFile(
        string path, bool undo = false, string? journalOwner = null, CancellationToken cancellationToken = default) =>
        RecoveredOf(path, undo, journalOwner, new Call(null, isAsync: false, cancellationToken)).Result();

    /// <summary>As <see cref="RecoverFile"/>, on the thread pool.</summary>
    /// <inheritdoc cref="RecoverFile"/>
    /// <example>
    /// <code>
    /// Recovered recovered = await Pdf.RecoverFileAsync("contract.pdf", undo: true);
    /// </code>
    /// </example>
    public static Task<Recovered> RecoverFileAsync(
        string path, bool undo = false, string? journalOwner = null, CancellationToken cancellationToken = default) =>
        RecoveredOf(path, undo, journalOwner, new Call(null, isAsync: true, cancellationToken)).AsTask();

    internal static async ValueTask<Done> Into(
        PdfInput input, PdfOutput? output, IReadOnlyList<Signatory> signatories, bool replace, Call call, LedgerJob? job = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (output?.Stream is { } stream && input.Is(stream))
            throw new ArgumentException("the output stream is the input; give null, and append the update", nameof(output));
        using var source = await input.Open(isHeldOpen: output?.Stream != null, call).ConfigureAwait(false);
        var done = await Operations.Sign(source, output?.Place(replace), signatories, call, job).ConfigureAwait(false);
        if (output?.Stream != null) await output.Write(source.Document!, done.Payload, call).ConfigureAwait(false);
        return done;
    }

    internal static async ValueTask<FileSigningSession> FileSession(
        PdfInput input, Call call, Func<Source, Call, ValueTask<Done>> prepare)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var source = await input.Open(isHeldOpen: false, call).ConfigureAwait(false);
        var done = await prepare(source, call).ConfigureAwait(false);
        var session = new FileSigningSession(source, new SessionResult(done.Result), done.Payload, call);
        session.Tell(session.Report);
        return session;
    }

    private static async ValueTask<SignedFile> IntoFile(
        PdfInput input, PdfOutput? output, IReadOnlyList<Signatory> signatories, bool replace, Call call)
    {
        var done = await Into(input, output, signatories, replace, call).ConfigureAwait(false);
        foreach (var report in done.Reports) call.OnReport?.Invoke(report);
        return new SignedFile(done.Payload, done.Reports);
    }

    private static async ValueTask<Recovered> RecoveredOf(string path, bool undo, string? journalOwner, Call call)
    {
        var done = await Operations.Recover(new Source(path), undo, journalOwner, call).ConfigureAwait(false);
        return new Recovered(new RecoveredResult(done.Result));
    }
}
