using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading;
using Xunit;

namespace RustPdf.Tests;

/// <summary>The conformance vectors, in every way that each allows.</summary>
public sealed class VectorTests
{
    private static readonly string? Conformance =
        Environment.GetEnvironmentVariable("RUSTPDF_CONFORMANCE") is string folder && folder != "" ? folder : null;
    private static readonly string? PairsFolder = Environment.GetEnvironmentVariable("RUSTPDF_PAIRS");

    [Fact]
    public void AllInEveryWay()
    {
        var results = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var failures = new List<string>();
        foreach (var vector in Vector.All)
        {
            if (vector.UnknownKey is string key)
            {
                Console.WriteLine($"skipped {vector.Name}: {key} is not known here");
                results[vector.Name] = "skipped";
                continue;
            }
            var wrong =
                Ways(vector).Select(way => (way.Key, Failure: Failure(vector, way.Value))).Where(way => way.Failure != null).ToList();
            failures.AddRange(wrong.Select(way => $"{vector.Name}, {way.Key}: {way.Failure}"));
            results[vector.Name] = wrong.Count == 0 ? "passed" : "failed";
        }
        var (passed, skipped) = (results.Values.Count(result => result == "passed"), results.Values.Count(result => result == "skipped"));
        Console.WriteLine($"vectors: {passed} passed, {skipped} skipped");
        if (Conformance != null) Save(Path.Combine(Conformance, "results"), "dotnet.json", JsonSerializer.SerializeToUtf8Bytes(results));
        Assert.True(failures.Count == 0, string.Join("\n", failures));
        Assert.True(passed > 150, "the vectors are missing");
    }

    [Fact]
    public void ThoseThatCSharpCannotSayAreFew() =>
        Assert.Equal(
            "option-of-wrong-type page-is-no-integer signing-time-in-the-year-10000 unknown-option-in-lock unknown-option".Split(' '),
            Vector.All.Where(vector => vector.IsUnsaid).Select(vector => vector.Name).ToArray());

    /// <summary>For the other languages to complete.</summary>
    [Fact]
    public void SessionsAreSavedForOtherLanguages()
    {
        if (Conformance == null) return;
        foreach (var vector in Vector.All.Where(vector => vector.Session == null && vector.ExpectedCode == null))
            Save(Path.Combine(Conformance, "sessions/dotnet"), vector.Name, Begin(vector).Serialize(SessionTests.Key));
    }

    /// <summary>Completes what other languages began.</summary>
    [Fact]
    public void SessionsOfOtherLanguagesAreCompleted()
    {
        if (PairsFolder == null) return;
        var vectors = Vector.All.ToDictionary(vector => vector.Name);
        var pairs = new SortedDictionary<string, Dictionary<string, int>>(StringComparer.Ordinal);
        var failures = new List<string>();
        foreach (var language in Directory.GetDirectories(Path.Combine(PairsFolder, "sessions")))
        {
            var counts = pairs[Path.GetFileName(language)!] = new Dictionary<string, int> { ["passed"] = 0, ["failed"] = 0 };
            foreach (var saved in Directory.GetFiles(language))
            {
                var vector = vectors[Path.GetFileName(saved)!];
                var failure = Failure(vector, () => Complete(vector, Resume(vector, File.ReadAllBytes(saved), SessionTests.Key)));
                counts[failure == null ? "passed" : "failed"]++;
                if (failure != null) failures.Add($"{saved}: {failure}");
            }
        }
        Save(Path.Combine(PairsFolder, "pairs"), "dotnet.json", JsonSerializer.SerializeToUtf8Bytes(pairs));
        Assert.True(failures.Count == 0, string.Join("\n", failures));
        Assert.True(pairs.Values.Sum(counts => counts["passed"]) > 0, "there are no sessions");
    }

    private static Dictionary<string, Func<byte[]>> Ways(Vector vector)
    {
        var ways = new Dictionary<string, Func<byte[]>>();
        if (vector.Session is byte[] session)
        {
            ways["resume"] = () => Complete(vector, Resume(vector, session, vector.SessionKey));
            return ways;
        }
        if (vector.IsUnsaid)
        {
            ways["said to the core itself"] = () => InAFrame(vector);
            return ways;
        }
        ways["begin"] = () => Complete(vector, Begin(vector));
        ways["begin, save, resume"] = () => Complete(vector, Resume(vector, Begin(vector).Serialize(SessionTests.Key), SessionTests.Key));
        ways["begin, save, resume without a seal"] = () => Complete(vector, Pdf.ResumeUnsealed(
            Begin(vector).SerializeUnsealed(), vector.Document, vector.Certificate, vector.Chain, vector.Options()));
        if (vector.Certificate == null || vector.Container != null) return ways;
        ways["sign"] = () => Pdf.SignWith(vector.Document, vector.Certificate.Value, Signer(vector), vector.Chain, vector.Options());
        ways["sign, from a stream, later"] = () =>
            Pdf.SignWithAsync(new MemoryStream(vector.Document), vector.Certificate.Value, Signer(vector), vector.Chain, vector.Options())
                .GetAwaiter().GetResult();
        ways["sign a file in place"] = () => InFile(vector, "in.pdf");
        ways["sign a file into a new one"] = () => InFile(vector, "out.pdf");
        return ways;
    }

    private static byte[] InAFrame(Vector vector)
    {
        var call = new Call(null, isAsync: false, CancellationToken.None);
        return Machine.Run(vector.Start(), new Source(vector.Document), Array.Empty<Signatory>(), call).Result().Payload;
    }

    private static byte[] InFile(Vector vector, string output)
    {
        using var folder = new Folder();
        var input = folder.Write("in.pdf", vector.Document);
        try
        {
            Pdf.SignFileWith(input, folder.At(output), vector.Certificate!.Value, Signer(vector), vector.Chain, vector.Options());
        }
        catch (RustPdfException)
        {
            Assert.Equal(new[] { "in.pdf" }, folder.Names());
            Assert.Equal(vector.Document, folder.Read("in.pdf"));
            throw;
        }
        return folder.Read(output);
    }

    private static Signer Signer(Vector vector) => (data, request) =>
    {
        vector.Compare(request);
        return vector.Signature;
    };

    private static SigningSession Begin(Vector vector) =>
        Pdf.BeginSigning(vector.Document, vector.Options(), vector.Certificate, vector.Chain);

    private static SigningSession Resume(Vector vector, byte[] saved, byte[] key) => Pdf.ResumeSigning(saved, vector.Document, key);

    private static byte[] Complete(Vector vector, SigningSession session)
    {
        vector.Compare(session.Request);
        var signed = vector.Container is byte[] cms ? session.Complete(cms) : session.CompleteWithSignature(vector.Signature);
        if (vector.ExpectedCode == null) Assert.Equal(vector.Expected("hash"), Hex.Of(session.Hash.Span));
        return signed;
    }

    /// <summary>What is not as the vector expects it, if anything.</summary>
    private static string? Failure(Vector vector, Func<byte[]> way)
    {
        try
        {
            var signed = way();
            if (vector.ExpectedCode is string code) return $"{code} was expected";
            using var sha256 = SHA256.Create();
            if (Hex.Of(sha256.ComputeHash(signed)) != vector.Expected("outputSha256")) return "other bytes";
            return signed.Length.ToString() == vector.Expected("outputLength") ? null : "another length";
        }
        catch (RustPdfException error)
        {
            return error.Code == vector.ExpectedCode ? null : error.ToString();
        }
        catch (Exception error)
        {
            return error.ToString();
        }
    }

    private static void Save(string folder, string name, byte[] bytes)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, name), bytes);
    }
}
