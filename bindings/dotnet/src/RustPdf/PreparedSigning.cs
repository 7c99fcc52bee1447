using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>First phase of a signature in two phases. It is plain data, usable from any thread, with nothing to dispose.</summary>
/// <remarks>
/// An exception after a signature carries a session, too. From it the call goes on without the key:
/// <see cref="SigningSession.Of"/>, <see cref="FileSigningSession.Of"/>.
/// </remarks>
public abstract class PreparedSigning
{
    private static readonly ConditionalWeakTable<Exception, PreparedSigning> Carried = new();
    private readonly HttpSharing sharing;
    private readonly IReadOnlyList<TimestampService> services;
    private readonly string? password;
    private readonly ReadOnlyMemory<byte>? entropy;

    private protected PreparedSigning(Source source, SessionResult prepared, byte[] live, Call call)
    {
        Source = source;
        Live = live;
        OnReport = call.OnReport;
        sharing = call.Sharing;
        services = call.Services;
        password = call.Password;
        entropy = call.GivenEntropy;
        IsSigned = prepared.Signed;
        State = prepared.State;
        Level = prepared.Level;
        Hash = prepared.Hash;
        HashAlgorithm = prepared.HashAlgorithm;
        DocumentLength = prepared.DocumentLength;
        Request = prepared.Request;
        Report = prepared.Report;
    }

    /// <summary>Digest of the document's signed part (<c>/ByteRange</c>), for a service that returns containers.</summary>
    public ReadOnlyMemory<byte> Hash { get; }

    /// <summary>Algorithm of <see cref="Hash"/>.</summary>
    public DigestAlgorithm HashAlgorithm { get; }

    /// <summary>Length of the document before the signature, in bytes.</summary>
    public long DocumentLength { get; }

    /// <summary>
    /// Request to the key store. A session has one if it was begun with a certificate, or if the certificate comes with the signature.
    /// </summary>
    public SigningRequest? Request { get; }

    /// <summary>
    /// Whether the session has its signature, such as one that an exception carries. Then it goes on without the key by its
    /// <c>Advance</c>.
    /// </summary>
    public bool IsSigned { get; }

    /// <summary>The step that the session waits for.</summary>
    public SessionState State { get; }

    /// <summary>Level that the signature is to have.</summary>
    public Level Level { get; }

    /// <summary>Report with warnings; after a completion, that of the last one.</summary>
    public Report Report { get; private set; }

    private protected Source Source { get; }

    private protected Action<Report>? OnReport { get; }

    /// <summary>The live session: a value of this process.</summary>
    private protected ReadOnlyMemory<byte> Live { get; }

    /// <summary>Saves the session in a few kilobytes, without the document, sealed by HMAC-SHA-256.</summary>
    /// <remarks>Resuming rejects a session that was changed, or sealed by another key.</remarks>
    /// <param name="key">Secret key of 32 bytes or more. Resuming requires the same one.</param>
    /// <exception cref="RustPdfException"><c>ERR_ARGUMENT</c>: the key is too short.</exception>
    /// <example>
    /// <code>
    /// byte[] saved = Pdf.BeginSigning(pdf, new SigningOptions(), certDer, chain).Serialize(sessionKey);
    /// SigningSession resumed = Pdf.ResumeSigning(saved, pdf, sessionKey);
    /// </code>
    /// </example>
    public byte[] Serialize(ReadOnlyMemory<byte> key) => Operations.Serialize(Live, key);

    /// <summary>Saves the session without a seal. Prefer <see cref="Serialize"/>.</summary>
    /// <remarks>
    /// Keep it as safely as the document: another document could be put in its place. A session above B-B is saved sealed only.
    /// </remarks>
    /// <example>
    /// <code>
    /// byte[] saved = Pdf.BeginSigning(pdf, new SigningOptions(), certDer, chain).SerializeUnsealed();
    /// SigningSession resumed = Pdf.ResumeUnsealed(saved, pdf, certDer, chain);
    /// </code>
    /// </example>
    public byte[] SerializeUnsealed() => Operations.Serialize(Live, null);

    /// <summary>The live session of a document of a batch; null if it failed.</summary>
    internal static ReadOnlyMemory<byte>? LiveOf(PreparedSigning? session) => session?.Live;

    /// <summary>Attaches the session of an <c>error</c> step to the exception that is thrown for it.</summary>
    internal static void Attach(Exception exception, Source source, SessionResult? session, byte[] live, Call call)
    {
        Carried.Remove(exception); // one that is thrown again carries nothing of the call before
        if (!(session is { } prepared)) return;
        var carried = source.IsWhole
            ? new SigningSession(source, prepared, live, call)
            : (PreparedSigning)new FileSigningSession(source, prepared, live, call);
        Carried.AddOrUpdate(exception, carried); // a caller may throw one object from several threads
    }

    /// <summary>A call that completes the session. Without settings those of the beginning hold.</summary>
    private protected Call CallOf(
        HttpSharing? http, string? password, IProgress<SigningProgress>? progress, bool isAsync, CancellationToken token)
    {
        var options = new CallOptions { Progress = progress, OnReport = OnReport, Http = http?.Settings, Entropy = entropy };
        return new Call(options, isAsync, token, http ?? sharing)
        {
            Services = http?.Settings.Services ?? services,
            Password = password ?? this.password,
        };
    }

    private protected static PreparedSigning? Carry(Exception exception) =>
        Carried.TryGetValue(exception ?? throw new ArgumentNullException(nameof(exception)), out var session) ? session : null;

    /// <summary>Reports the beginning or a completion.</summary>
    internal void Tell(Report report)
    {
        Report = report;
        OnReport?.Invoke(report);
    }
}
