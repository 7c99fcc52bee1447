using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Xunit;

namespace RustPdf.Tests;

/// <summary>The corners of <c>digest</c>, of documents in memory and in a file.</summary>
public sealed class DigestTests : IDisposable
{
    private readonly Folder folder = new Folder();

    public void Dispose() => folder.Dispose();

    private Probe[] Both(byte[] document, string step, params byte[][] payload)
    {
        var file = new Source(folder.Write("in", document));
        return new[] { Probe.Of(new Source(document), step.Replace('\'', '"'), payload), Probe.Of(file, step.Replace('\'', '"'), payload) };
    }

    private static byte[] Sha(HashAlgorithm algorithm, params byte[][] parts)
    {
        using (algorithm) return algorithm.ComputeHash(Documents.Concat(parts));
    }

    [Fact]
    public void SeveralPartsAndAlgorithms()
    {
        if (!PanicTests.IsBuiltToPanic) return;
        var document = Documents.Large;
        var length = document.Length;
        var (one, two) = (new byte[] { 1, 2, 3 }, new byte[] { 4 });
        var step = $"{{'step':'digest','parts':[{{'algorithm':'sha256','ranges':[[0,{length}]],'suffix':3}},"
            + $"{{'algorithm':'sha512','ranges':[[10,600000],[1200000,1000000]],'suffix':0}},"
            + $"{{'algorithm':'sha256','ranges':[[{length - 5},5]],'suffix':1}},"
            + $"{{'algorithm':'sha256','ranges':[[0,{length}]],'suffix':0}}],"
            + "'keep':['sha384']}";
        foreach (var probe in Both(document, step, one, two))
        {
            var expected = Documents.Concat(
                Sha(SHA256.Create(), document, one),
                Sha(SHA512.Create(), document[10..600_010], document[1_200_000..2_200_000]),
                Sha(SHA256.Create(), document[^5..], two),
                Sha(SHA256.Create(), document));
            Assert.Equal(expected, probe.Payload);
        }
        var none = Both(document, "{'step':'digest','parts':[{'algorithm':'sha256','ranges':[],'suffix':3}]}", one);
        foreach (var probe in none) Assert.Equal(Sha(SHA256.Create(), one), probe.Payload);
    }

    [Fact]
    public void PatternsAcrossPieces()
    {
        if (!PanicTests.IsBuiltToPanic) return;
        var pattern = new string('p', 63) + "q";
        var document = new byte[3 * 1024 * 1024 + 100];
        // Pieces have 512 KiB or 1 MiB: across, before and after their ends, and at both ends of the document.
        const int Piece = 512 * 1024;
        var offsets = new List<int> { 0, Piece - 63, 2 * Piece - 1, 2 * Piece + 63, 4 * Piece - 64, 4 * Piece, document.Length - 64 };
        foreach (var offset in offsets) Encoding.ASCII.GetBytes(pattern).CopyTo(document, offset);
        var patterns = string.Join(",", new[] { pattern, "q", "pq", "x" }.Select(text => $"'{Hex.OfText(text)}'"));
        var step = $"{{'step':'digest','parts':[],'find':[{patterns}]}}";
        foreach (var probe in Both(document, step))
        {
            var found = probe.Header.GetProperty("found").EnumerateArray().ToArray();
            int[] Offsets(int index) => found[index].GetProperty("offsets").EnumerateArray().Select(offset => offset.GetInt32()).ToArray();
            Assert.Equal(offsets.ToArray(), Offsets(0));
            Assert.Equal(offsets.Select(offset => offset + 63).ToArray(), Offsets(1));
            Assert.Equal(offsets.Select(offset => offset + 62).ToArray(), Offsets(2));
            Assert.Empty(Offsets(3));
            Assert.True(found.All(one => !one.GetProperty("more").GetBoolean()));
        }
    }

    [Fact]
    public void MoreThanAThousandHits()
    {
        if (!PanicTests.IsBuiltToPanic) return;
        foreach (var (count, more) in new[] { (1000, false), (1001, true) })
        {
            var document = Encoding.ASCII.GetBytes(new string('a', count + 1) + "b");
            foreach (var probe in Both(document, "{'step':'digest','parts':[],'find':['6161']}"))
            {
                var found = probe.Header.GetProperty("found")[0];
                var offsets = found.GetProperty("offsets").EnumerateArray().Select(one => one.GetInt32()).ToArray();
                Assert.Equal(Enumerable.Range(0, 1000).ToArray(), offsets);
                Assert.Equal(more, found.GetProperty("more").GetBoolean());
            }
        }
    }
}
