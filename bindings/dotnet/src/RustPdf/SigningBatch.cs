using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>Many documents that are signed later, by a service that signs many hashes in one call.</summary>
/// <example>
/// <code>
/// SigningBatch batch = Pdf.BeginSigningMany(new PdfInput[] { "contract.pdf", pdf }, new SigningOptions(), certDer, chain);
/// byte[][] signatures = batch.Requests.Select(request => HsmSign(request.Data, request)).ToArray();
/// await foreach (JobOutcome outcome in batch.CompleteWithSignaturesAsync(signatures, new PdfOutput?[] { "signed-1.pdf", null }))
///     Console.WriteLine(outcome.Status);
/// </code>
/// </example>
public sealed class SigningBatch
{
    private readonly IReadOnlyList<PdfInput> inputs;

    private SigningBatch(IReadOnlyList<PdfInput> inputs, FileSigningSession?[] sessions, IReadOnlyList<BatchFailure> failures) =>
        (this.inputs, Sessions, Failures) = (inputs, sessions, failures);

    /// <summary>Session of each document, in their order; null for a document that failed.</summary>
    public IReadOnlyList<FileSigningSession?> Sessions { get; }

    /// <summary>Documents that failed.</summary>
    public IReadOnlyList<BatchFailure> Failures { get; }

    /// <summary>Requests of all sessions, in their order. A batch has them if its sessions have a request.</summary>
    public IReadOnlyList<SigningRequest> Requests => Begun.Select(one => one.Session.Request).OfType<SigningRequest>().ToArray();

    /// <summary>Digests of all sessions, in their order, for a service that returns CMS containers.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Hashes => Begun.Select(one => one.Session.Hash).ToArray();

    private IEnumerable<(int Index, FileSigningSession Session)> Begun =>
        Sessions.Select((session, index) => (index, session!)).Where(one => one.Item2 != null);

    /// <summary>Completes with raw signatures, and returns each outcome as soon as it is known. May be called again.</summary>
    /// <param name="signatures">A signature for each of <see cref="Requests"/>, in their order.</param>
    /// <param name="outputs">An output for each document, in their order. Null returns the update alone.</param>
    /// <param name="replace">Replaces existing files, which are rejected otherwise.</param>
    /// <param name="inFlight">Number of documents in the works at a time.</param>
    /// <param name="certificates">A certificate for each signature, if it came with the signature. Default: none.</param>
    /// <param name="http">Settings of the requests of a level above B-B. Default: those of the beginning.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="RustPdfException"><c>ERR_ARGUMENT</c>: the number of signatures, outputs or certificates is another.</exception>
    /// <example>
    /// <code>
    /// SigningBatch batch = Pdf.BeginSigningMany(new PdfInput[] { "contract.pdf", pdf }, new SigningOptions(), certDer, chain);
    /// byte[][] signatures = batch.Requests.Select(request => HsmSign(request.Data, request)).ToArray();
    /// var outputs = new PdfOutput?[] { "signed-1.pdf", "signed-2.pdf" };
    /// foreach (JobOutcome outcome in batch.CompleteWithSignatures(signatures, outputs))
    ///     Console.WriteLine(outcome.Status);
    /// </code>
    /// </example>
    public IEnumerable<JobOutcome> CompleteWithSignatures(
        IEnumerable<byte[]> signatures, IEnumerable<PdfOutput?> outputs, bool replace = false, int inFlight = InFlight.Default,
        IEnumerable<SignatureCertificate>? certificates = null, HttpSettings? http = null, CancellationToken cancellationToken = default) =>
        InFlight.Blocking(CompleteWithSignaturesAsync(signatures, outputs, replace, inFlight, certificates, http, cancellationToken));

    /// <summary>As <see cref="CompleteWithSignatures"/>, on the thread pool.</summary>
    /// <inheritdoc cref="CompleteWithSignatures"/>
    /// <example>
    /// <code>
    /// SigningBatch batch = Pdf.BeginSigningMany(new PdfInput[] { "contract.pdf", pdf }, new SigningOptions(), certDer, chain);
    /// byte[][] signatures = batch.Requests.Select(request => HsmSign(request.Data, request)).ToArray();
    /// var outputs = new PdfOutput?[] { "signed-1.pdf", "signed-2.pdf" };
    /// await foreach (JobOutcome outcome in batch.CompleteWithSignaturesAsync(signatures, outputs))
    ///     Console.WriteLine(outcome.Status);
    /// </code>
    /// </example>
    public IAsyncEnumerable<JobOutcome> CompleteWithSignaturesAsync(
        IEnumerable<byte[]> signatures, IEnumerable<PdfOutput?> outputs, bool replace = false, int inFlight = InFlight.Default,
        IEnumerable<SignatureCertificate>? certificates = null, HttpSettings? http = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        var (given, issued) = (signatures.ToArray(), certificates?.ToArray());
        if (issued != null && issued.Length != given.Length)
            throw HostError.CountMismatch(issued.Length, "certificates", $"{given.Length} signatures");
        var answers = given.Select((signature, place) => Answer.Of(signature, issued?[place].Certificate, issued?[place].Chain));
        return CompleteAll(answers, outputs, replace, inFlight, http, cancellationToken);
    }

    /// <summary>Completes with CMS containers, and returns each outcome as soon as it is known. May be called again.</summary>
    /// <param name="containers">A container in DER or BER for each of <see cref="Hashes"/>, in their order.</param>
    /// <inheritdoc cref="CompleteWithSignatures"/>
    /// <example>
    /// <code>
    /// SigningBatch batch = Pdf.BeginSigningMany(new PdfInput[] { "contract.pdf", pdf });
    /// byte[][] containers = batch.Hashes.Select(hash => ServiceSign(hash)).ToArray();
    /// var outputs = new PdfOutput?[] { "signed-1.pdf", "signed-2.pdf" };
    /// foreach (JobOutcome outcome in batch.Complete(containers, outputs))
    ///     Console.WriteLine(outcome.Status);
    /// </code>
    /// </example>
    public IEnumerable<JobOutcome> Complete(
        IEnumerable<byte[]> containers, IEnumerable<PdfOutput?> outputs, bool replace = false, int inFlight = InFlight.Default,
        HttpSettings? http = null, CancellationToken cancellationToken = default) =>
        InFlight.Blocking(CompleteAsync(containers, outputs, replace, inFlight, http, cancellationToken));

    /// <summary>As <see cref="Complete"/>, on the thread pool.</summary>
    /// <inheritdoc cref="Complete"/>
    /// <example>
    /// <code>
    /// SigningBatch batch = Pdf.BeginSigningMany(new PdfInput[] { "contract.pdf", pdf });
    /// byte[][] containers = batch.Hashes.Select(hash => ServiceSign(hash)).ToArray();
    /// var outputs = new PdfOutput?[] { "signed-1.pdf", "signed-2.pdf" };
    /// await foreach (JobOutcome outcome in batch.CompleteAsync(containers, outputs))
    ///     Console.WriteLine(outcome.Status);
    /// </code>
    /// </example>
    public IAsyncEnumerable<JobOutcome> CompleteAsync(
        IEnumerable<byte[]> containers, IEnumerable<PdfOutput?> outputs, bool replace = false, int inFlight = InFlight.Default,
        HttpSettings? http = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(containers);
        return CompleteAll(containers.Select(Answer.Of), outputs, replace, inFlight, http, cancellationToken);
    }

    /// <summary>Saves all sessions without the documents, sealed by HMAC-SHA-256.</summary>
    /// <param name="key">Secret key of 32 bytes or more. Resuming requires the same one.</param>
    /// <exception cref="RustPdfException"><c>ERR_ARGUMENT</c>: the key is too short.</exception>
    /// <example>
    /// <code>
    /// var inputs = new PdfInput[] { "contract.pdf", pdf };
    /// byte[] saved = Pdf.BeginSigningMany(inputs, new SigningOptions(), certDer, chain).Serialize(sessionKey);
    /// SigningBatch resumed = Pdf.ResumeSigningMany(saved, inputs, sessionKey);
    /// </code>
    /// </example>
    public byte[] Serialize(ReadOnlyMemory<byte> key) => Operations.Serialize(Sessions.Select(PreparedSigning.LiveOf), true, key);

    /// <summary>Saves all sessions without a seal. Keep them as safely as the documents. Prefer <see cref="Serialize"/>.</summary>
    /// <example>
    /// <code>
    /// var inputs = new PdfInput[] { "contract.pdf", pdf };
    /// byte[] saved = Pdf.BeginSigningMany(inputs, new SigningOptions(), certDer, chain).SerializeUnsealed();
    /// SigningBatch resumed = Pdf.ResumeUnsealedMany(saved, inputs, certDer, chain);
    /// </code>
    /// </example>
    public byte[] SerializeUnsealed() => Operations.Serialize(Sessions.Select(PreparedSigning.LiveOf), true, null);

    internal static async Task<SigningBatch> Begin(
        IEnumerable<PdfInput> inputs, int inFlight, CancellationToken cancellationToken,
        Func<PdfInput, int, Task<FileSigningSession>> begin)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inFlight);
        var listed = inputs.ToArray();
        var (sessions, failures) = (new FileSigningSession?[listed.Length], new List<BatchFailure>());
        var items = InFlight.Of(listed.Select((input, index) => (input, index)));
        await foreach (var done in InFlight.Run(items, inFlight, item => begin(item.input, item.index), cancellationToken)
            .ConfigureAwait(false))
        {
            if (done.Error == null) sessions[done.Index] = done.Result;
            else failures.Add(new BatchFailure(done.Index, done.Error));
        }
        return new SigningBatch(listed, sessions, failures.OrderBy(failure => failure.Index).ToArray());
    }

    internal static Task<SigningBatch> Resume(
        IReadOnlyList<ReadOnlyMemory<byte>> sessions, IEnumerable<PdfInput> inputs, int inFlight, bool skipDocumentCheck,
        CallOptions? options, string? password, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var listed = inputs.ToArray();
        if (listed.Length != sessions.Count) throw HostError.CountMismatch(listed.Length, "documents", $"{sessions.Count} saved sessions");
        var sharing = new HttpSharing(options?.Http);
        return Begin(listed, inFlight, cancellationToken, async (input, index) =>
        {
            if (sessions[index].IsEmpty) throw HostError.NoSession();
            var call = new Call(options, isAsync: true, cancellationToken, sharing) { Password = password };
            return await Pdf.FileSession(input, call, (source, call) =>
                Operations.Resume(source, sessions[index], skipDocumentCheck, call)).ConfigureAwait(false);
        });
    }

    private IAsyncEnumerable<JobOutcome> CompleteAll(
        IEnumerable<Answer> answers, IEnumerable<PdfOutput?> outputs, bool replace, int inFlight, HttpSettings? http,
        CancellationToken cancellationToken)
    {
        var sharing = HttpSharing.Of(http);
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inFlight);
        var (begun, given, places) = (Begun.ToArray(), answers.ToArray(), outputs.ToArray());
        if (given.Length != begun.Length) throw HostError.CountMismatch(given.Length, "answers", $"{begun.Length} sessions");
        if (places.Length != inputs.Count) throw HostError.CountMismatch(places.Length, "outputs", $"{inputs.Count} documents");
        return Outcomes(begun.Select((one, place) => (one.Index, one.Session, Answer: given[place])));

        async IAsyncEnumerable<JobOutcome> Outcomes(
            IEnumerable<(int Index, FileSigningSession Session, Answer Answer)> items,
            [EnumeratorCancellation] CancellationToken token = default)
        {
            var run = InFlight.Run(InFlight.Of(items), inFlight, Complete, cancellationToken);
            await foreach (var done in run.WithCancellation(token).ConfigureAwait(false))
            {
                var index = done.Item.Index;
                yield return new JobOutcome(new SigningJob(inputs[index], places[index]), index, done.Result, done.Error);
            }
        }

        Task<SignedFile> Complete((int Index, FileSigningSession Session, Answer Answer) one) =>
            one.Session.CompleteAsync(one.Answer, places[one.Index], replace, sharing, cancellationToken);
    }
}

/// <summary>A document of a batch that failed.</summary>
public sealed class BatchFailure
{
    internal BatchFailure(int index, Exception error) => (Index, Error) = (index, error);

    /// <summary>Place of the document in the batch, from 0.</summary>
    public int Index { get; }

    /// <summary>Cause.</summary>
    public Exception Error { get; }
}
