using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace RustPdf;

public static partial class Pdf
{
    /// <summary>Signs many documents by one key, and returns each outcome as soon as it is known.</summary>
    /// <remarks>
    /// <para>While one document waits for the signer, others are read and hashed. A failure concerns its document alone.</para>
    /// <para>
    /// With a ledger, a run that was interrupted is called again with the same arguments. Then each document is signed once. Outputs must
    /// have paths, and one run at a time uses a ledger.
    /// </para>
    /// <para>
    /// If the caller stops to iterate, documents in the works are completed, and no other is begun. A cancellation returns the
    /// outcomes of documents in the works first.
    /// </para>
    /// </remarks>
    /// <param name="jobs">Documents and outputs. They are taken as there is room for them.</param>
    /// <param name="signer">Key with its certificate. It is asked from several threads.</param>
    /// <param name="options">
    /// Options of the signatures and of the run. <see cref="CallOptions.OnWarnings"/> is called from several threads.
    /// </param>
    /// <param name="ledger">Path of a file that lists the documents that are done. Default: none.</param>
    /// <param name="inFlight">Number of documents in the works at a time.</param>
    /// <param name="replace">Replaces existing files, which are rejected otherwise.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <exception cref="RustPdfException"><c>ERR_LEDGER_…</c>: the ledger cannot be used.</exception>
    /// <example>
    /// <code>
    /// var jobs = new[] { new SigningJob("contract.pdf", "signed-1.pdf"), new SigningJob("contract.pdf", "signed-2.pdf") };
    /// await foreach (JobOutcome outcome in Pdf.SignManyAsync(jobs, signer, ledger: "signing.ledger"))
    ///     Console.WriteLine($"{outcome.Job.Id}: {outcome.Status} {outcome.Error?.Message}");
    /// </code>
    /// </example>
    public static IAsyncEnumerable<JobOutcome> SignManyAsync(
        IEnumerable<SigningJob> jobs, ISigner signer, SigningOptions? options = null, string? ledger = null,
        int inFlight = InFlight.Default, bool replace = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        return SignManyAsync(InFlight.Of(jobs), signer, options, ledger, inFlight, replace, cancellationToken);
    }

    /// <inheritdoc cref="SignManyAsync(IEnumerable{SigningJob}, ISigner, SigningOptions, string, int, bool, CancellationToken)"/>
    /// <example>
    /// <code>
    /// async IAsyncEnumerable&lt;SigningJob&gt; Jobs()
    /// {
    ///     await Task.Yield(); // such as a queue
    ///     yield return new SigningJob("contract.pdf", "signed-1.pdf");
    /// }
    /// await foreach (JobOutcome outcome in Pdf.SignManyAsync(Jobs(), signer, inFlight: 16))
    ///     Console.WriteLine(outcome.Status);
    /// </code>
    /// </example>
    public static IAsyncEnumerable<JobOutcome> SignManyAsync(
        IAsyncEnumerable<SigningJob> jobs, ISigner signer, SigningOptions? options = null, string? ledger = null,
        int inFlight = InFlight.Default, bool replace = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inFlight);
        if (options?.Progress != null) throw HostError.OptionUseless(nameof(options.Progress));
        return Many(jobs, signer, options, ledger, inFlight, replace, cancellationToken);
    }

    /// <summary>As <see cref="SignManyAsync(IEnumerable{SigningJob}, ISigner, SigningOptions, string, int, bool, CancellationToken)"/>,
    /// for a caller that waits.</summary>
    /// <inheritdoc cref="SignManyAsync(IEnumerable{SigningJob}, ISigner, SigningOptions, string, int, bool, CancellationToken)"/>
    /// <example>
    /// <code>
    /// var jobs = new[] { new SigningJob("contract.pdf", "signed-1.pdf"), new SigningJob("contract.pdf", "signed-2.pdf") };
    /// foreach (JobOutcome outcome in Pdf.SignMany(jobs, signer))
    ///     Console.WriteLine(outcome.Status);
    /// </code>
    /// </example>
    public static IEnumerable<JobOutcome> SignMany(
        IEnumerable<SigningJob> jobs, ISigner signer, SigningOptions? options = null, string? ledger = null,
        int inFlight = InFlight.Default, bool replace = false, CancellationToken cancellationToken = default) =>
        InFlight.Blocking(SignManyAsync(jobs, signer, options, ledger, inFlight, replace, cancellationToken));

    /// <summary>Prepares many documents for signatures that come later.</summary>
    /// <remarks>A failure concerns its document alone: see <see cref="SigningBatch.Failures"/>.</remarks>
    /// <param name="inputs">Documents: paths, streams, open files or bytes.</param>
    /// <param name="options">Options of the signatures and of the call.</param>
    /// <param name="certificate">Certificate of the signer. Without it the sessions await CMS containers.</param>
    /// <param name="chain">Issuers of the certificate, in any order.</param>
    /// <param name="inFlight">Number of documents in the works at a time.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <example>
    /// <code>
    /// SigningBatch batch = Pdf.BeginSigningMany(new PdfInput[] { "contract.pdf", pdf }, new SigningOptions(), certDer, chain);
    /// byte[][] signatures = batch.Requests.Select(request => HsmSign(request.Data, request)).ToArray();
    /// foreach (JobOutcome outcome in batch.CompleteWithSignatures(signatures, new PdfOutput?[] { "signed-1.pdf", null }))
    ///     Console.WriteLine(outcome.Status);
    /// </code>
    /// </example>
    public static SigningBatch BeginSigningMany(
        IEnumerable<PdfInput> inputs, SigningOptions? options = null, Certificate? certificate = null, CertificateChain? chain = null,
        int inFlight = InFlight.Default, CancellationToken cancellationToken = default) =>
        BeginSigningManyAsync(inputs, options, certificate, chain, inFlight, cancellationToken).GetAwaiter().GetResult();

    /// <summary>As <see cref="BeginSigningMany(IEnumerable{PdfInput}, SigningOptions, Certificate?, CertificateChain, int, CancellationToken)"/>, on the thread pool.</summary>
    /// <inheritdoc cref="BeginSigningMany(IEnumerable{PdfInput}, SigningOptions, Certificate?, CertificateChain, int, CancellationToken)"/>
    /// <example>
    /// <code>
    /// SigningBatch batch = await Pdf.BeginSigningManyAsync(new PdfInput[] { "contract.pdf", pdf });
    /// foreach (ReadOnlyMemory&lt;byte&gt; hash in batch.Hashes) Console.WriteLine(Convert.ToHexString(hash.Span));
    /// </code>
    /// </example>
    public static Task<SigningBatch> BeginSigningManyAsync(
        IEnumerable<PdfInput> inputs, SigningOptions? options = null, Certificate? certificate = null, CertificateChain? chain = null,
        int inFlight = InFlight.Default, CancellationToken cancellationToken = default)
    {
        var sharing = new HttpSharing(options?.Http);
        return SigningBatch.Begin(inputs, inFlight, cancellationToken, (input, _) =>
            FileSession(input, new Call(options, isAsync: true, cancellationToken, sharing), (source, call) =>
                Operations.Prepare(source, certificate, chain, options, call)).AsTask());
    }

    /// <summary>Prepares many documents for signatures that come later, with certificate, issuers and algorithms of a signer.</summary>
    /// <param name="inputs">Documents.</param>
    /// <param name="signer">Key with its certificate. It is not asked.</param>
    /// <param name="options">Options of the signatures.</param>
    /// <param name="inFlight">Number of documents in the works at a time.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <example>
    /// <code>
    /// SigningBatch batch = Pdf.BeginSigningMany(new PdfInput[] { "contract.pdf", pdf }, signer);
    /// </code>
    /// </example>
    public static SigningBatch BeginSigningMany(
        IEnumerable<PdfInput> inputs, ISigner signer, SigningOptions? options = null, int inFlight = InFlight.Default,
        CancellationToken cancellationToken = default) =>
        BeginSigningManyAsync(inputs, signer, options, inFlight, cancellationToken).GetAwaiter().GetResult();

    /// <summary>As <see cref="BeginSigningMany(IEnumerable{PdfInput}, ISigner, SigningOptions, int, CancellationToken)"/>, on the thread
    /// pool.</summary>
    /// <inheritdoc cref="BeginSigningMany(IEnumerable{PdfInput}, ISigner, SigningOptions, int, CancellationToken)"/>
    /// <example>
    /// <code>
    /// SigningBatch batch = await Pdf.BeginSigningManyAsync(new PdfInput[] { "contract.pdf", pdf }, signer);
    /// </code>
    /// </example>
    public static Task<SigningBatch> BeginSigningManyAsync(
        IEnumerable<PdfInput> inputs, ISigner signer, SigningOptions? options = null, int inFlight = InFlight.Default,
        CancellationToken cancellationToken = default) =>
        BeginSigningManyAsync(
            inputs, new Signatory(signer, options).OptionsWithKey, signer.Certificate, signer.Chain, inFlight, cancellationToken);

    /// <summary>Resumes a sealed batch with its documents, in the same order.</summary>
    /// <param name="saved">Bytes of <see cref="SigningBatch.Serialize"/>, in any language.</param>
    /// <param name="inputs">The same documents. They are read again.</param>
    /// <param name="key">The secret key that sealed the batch.</param>
    /// <param name="skipDocumentCheck">Does not read the documents again. A different document is then not noticed.</param>
    /// <param name="options">Options of the call.</param>
    /// <param name="password">Password of an encrypted document, for a level above B-T. A saved session does not have it.</param>
    /// <param name="inFlight">Number of documents in the works at a time.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RustPdfException">
    /// <c>ERR_SESSION_…</c>; <c>ERR_ARGUMENT</c>: the key is too short, or the number of documents is another.
    /// </exception>
    /// <example>
    /// <code>
    /// var inputs = new PdfInput[] { "contract.pdf", pdf };
    /// byte[] saved = Pdf.BeginSigningMany(inputs, new SigningOptions(), certDer, chain).Serialize(sessionKey);
    /// SigningBatch resumed = Pdf.ResumeSigningMany(saved, inputs, sessionKey);
    /// </code>
    /// </example>
    public static SigningBatch ResumeSigningMany(
        ReadOnlyMemory<byte> saved, IEnumerable<PdfInput> inputs, ReadOnlyMemory<byte> key, bool skipDocumentCheck = false,
        CallOptions? options = null, string? password = null, int inFlight = InFlight.Default, CancellationToken cancellationToken = default) =>
        ResumeSigningManyAsync(saved, inputs, key, skipDocumentCheck, options, password, inFlight, cancellationToken).GetAwaiter().GetResult();

    /// <summary>As <see cref="ResumeSigningMany"/>, on the thread pool.</summary>
    /// <inheritdoc cref="ResumeSigningMany"/>
    /// <example>
    /// <code>
    /// var inputs = new PdfInput[] { "contract.pdf", pdf };
    /// byte[] saved = Pdf.BeginSigningMany(inputs).Serialize(sessionKey);
    /// SigningBatch resumed = await Pdf.ResumeSigningManyAsync(saved, inputs, sessionKey);
    /// </code>
    /// </example>
    public static Task<SigningBatch> ResumeSigningManyAsync(
        ReadOnlyMemory<byte> saved, IEnumerable<PdfInput> inputs, ReadOnlyMemory<byte> key, bool skipDocumentCheck = false,
        CallOptions? options = null, string? password = null, int inFlight = InFlight.Default, CancellationToken cancellationToken = default) =>
        SigningBatch.Resume(Operations.OpenBatch(saved, key), inputs, inFlight, skipDocumentCheck, options, password, cancellationToken);

    /// <summary>Resumes a batch without a seal. Certificate, chain and options come from the caller alone.</summary>
    /// <param name="saved">Bytes of <see cref="SigningBatch.SerializeUnsealed"/>, in any language.</param>
    /// <param name="inputs">The same documents, in the same order. They are read again.</param>
    /// <param name="certificate">Certificate that the batch was begun with.</param>
    /// <param name="chain">Issuers of the certificate, in any order.</param>
    /// <param name="options">
    /// Options that the batch was begun with. A signing-time attribute requires <see cref="CallOptions.SigningTime"/>, too.
    /// </param>
    /// <param name="inFlight">Number of documents in the works at a time.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RustPdfException">
    /// <c>ERR_SESSION_…</c>; <c>ERR_ARGUMENT</c>: the number of documents is another.
    /// </exception>
    /// <example>
    /// <code>
    /// var inputs = new PdfInput[] { "contract.pdf", pdf };
    /// byte[] saved = Pdf.BeginSigningMany(inputs, new SigningOptions(), certDer, chain).SerializeUnsealed();
    /// SigningBatch resumed = Pdf.ResumeUnsealedMany(saved, inputs, certDer, chain);
    /// </code>
    /// </example>
    public static SigningBatch ResumeUnsealedMany(
        ReadOnlyMemory<byte> saved, IEnumerable<PdfInput> inputs, Certificate? certificate = null, CertificateChain? chain = null,
        SigningOptions? options = null, int inFlight = InFlight.Default, CancellationToken cancellationToken = default) =>
        ResumeUnsealedManyAsync(saved, inputs, certificate, chain, options, inFlight, cancellationToken).GetAwaiter().GetResult();

    /// <summary>As <see cref="ResumeUnsealedMany"/>, on the thread pool.</summary>
    /// <inheritdoc cref="ResumeUnsealedMany"/>
    /// <example>
    /// <code>
    /// var inputs = new PdfInput[] { "contract.pdf", pdf };
    /// byte[] saved = Pdf.BeginSigningMany(inputs, new SigningOptions(), certDer, chain).SerializeUnsealed();
    /// SigningBatch resumed = await Pdf.ResumeUnsealedManyAsync(saved, inputs, certDer, chain);
    /// </code>
    /// </example>
    public static Task<SigningBatch> ResumeUnsealedManyAsync(
        ReadOnlyMemory<byte> saved, IEnumerable<PdfInput> inputs, Certificate? certificate = null, CertificateChain? chain = null,
        SigningOptions? options = null, int inFlight = InFlight.Default, CancellationToken cancellationToken = default)
    {
        var sessions = Operations.OpenBatch(saved, null, certificate, chain, options);
        return SigningBatch.Resume(sessions, inputs, inFlight, false, options, options?.Password, cancellationToken);
    }

    private static async IAsyncEnumerable<JobOutcome> Many(
        IAsyncEnumerable<SigningJob> jobs, ISigner signer, SigningOptions? options, string? path, int inFlight, bool replace,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var sharing = new HttpSharing(options?.Http);
        var ledger = path == null ? null : await Ledger.Open(path, cancellationToken).ConfigureAwait(false);
        try
        {
            await foreach (var done in InFlight.Run(jobs, inFlight, Sign, cancellationToken).ConfigureAwait(false))
            {
                foreach (var report in done.Result?.Reports ?? []) options?.OnReport?.Invoke(report);
                yield return new JobOutcome(done.Item, done.Index, done.Result, done.Error);
            }
        }
        finally
        {
            if (ledger != null) await ledger.Close().ConfigureAwait(false);
        }

        async Task<SignedFile?> Sign(SigningJob job)
        {
            if (job == null) throw new ArgumentException("a job is null", nameof(jobs));
            OptionsOf(job.Options, "a job", nameof(jobs));
            var signatory = new Signatory(signer, job.Options ?? options);
            var (call, entry) = (new Call(options, isAsync: true, cancellationToken, sharing), ledger?.EntryOf(job.Id, job.Output));
            var done = await Into(job.Input, job.Output, new[] { signatory }, replace, call, entry).ConfigureAwait(false);
            return done.IsSkipped ? null : new SignedFile(done.Payload, done.Reports);
        }
    }
}
