using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>The answer to a <c>digest</c> step: digests, a copy and searches from one sequential pass.</summary>
internal static class Pass
{
    /// <summary>Answers a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="document">The document.</param>
    /// <param name="copy">The file that receives a copy of the document.</param>
    /// <param name="states">States of earlier passes, and for later steps. A pass that fails disposes of them.</param>
    /// <param name="report">Receives the number of bytes that are done.</param>
    internal static byte[] Answer(Frame step, Document document, FileStream? copy, HashStates states, Action<long> report)
    {
        string[] Strings(string name) => step.Header.GetProperty(name).EnumerateArray().Select(one => one.GetString()!).ToArray();
        var keep = Strings("keep");
        var searches = Strings("find").Select(pattern => new Search(Hex.Bytes(pattern))).ToArray();
        var parts = new List<Part>();
        foreach (var part in step.Header.GetProperty("parts").EnumerateArray())
        {
            var suffix = step.Payload.AsMemory(parts.Sum(one => one.Suffix.Length), part.GetProperty("suffix").GetInt32());
            parts.Add(new Part(part, suffix, document.Length));
        }
        var whole = parts.Where(part => part.IsWhole).ToList();
        whole.ForEach(part => part.Hash = states.Take(part.Algorithm));
        if (copy != null || searches.Length > 0 || parts.Any(part => part.Hash == null))
        {
            var fed = parts.Where(part => part.Hash == null).ToList();
            fed.ForEach(part => part.Hash = IncrementalHash.CreateHash(HashStates.NameOf(part.Algorithm)));
            fed.AddRange(states.ForLater(whole.Select(part => part.Algorithm), keep).Select(hash => new Part(hash, document.Length)));
            var end = copy != null || searches.Length > 0 ? document.Length : fed.Max(part => part.End); // not empty: a part is to be fed
            try
            {
                Read(document, end, fed, copy, searches, report);
            }
            catch
            {
                states.Dispose();
                throw;
            }
        }
        var digests = parts.Select(part => (ReadOnlyMemory<byte>)part.Digest()).ToArray();
        return Frame.Encode(
            json =>
            {
                json.WriteString("answer", "digest");
                json.WriteStartArray("digests");
                foreach (var digest in digests) json.WriteNumberValue(digest.Length);
                json.WriteEndArray();
                json.WriteStartArray("found");
                foreach (var search in searches) search.WriteTo(json);
                json.WriteEndArray();
                json.WriteString("copied", copy == null ? "none" : "read");
            },
            digests);
    }

    /// <summary>While a piece is hashed, it is copied and searched.</summary>
    private static void Read(
        Document document, long end, IReadOnlyList<Part> fed, FileStream? copy, IReadOnlyList<Search> searches, Action<long> report)
    {
        document.ReadPieces(end, (window, lead, offset) =>
        {
            report(offset); // before the piece is used: an exception here leaves nothing under way
            var piece = window.Slice(lead);
            var beside = copy == null && searches.Count == 0 ? Task.CompletedTask : Task.Run(() =>
            {
                if (copy != null) Copy(piece.Span, copy, offset);
                foreach (var search in searches) search.In(window.Span, lead, offset);
            });
            try
            {
                if (fed.Count == 1) fed[0].Feed(piece.Span, offset);
                else Parallel.ForEach(fed, part => part.Feed(piece.Span, offset));
            }
            finally
            {
                beside.GetAwaiter().GetResult(); // the piece is valid until here
            }
        });
        report(end);
    }

    private static void Copy(ReadOnlySpan<byte> piece, FileStream copy, long offset)
    {
        copy.Write(piece);
        Libc.BeginWriteBack(copy, offset, piece.Length); // so that there is little to wait for in the end
    }

    /// <summary>One digest: of ranges of the document, then of a suffix.</summary>
    private sealed class Part
    {
        private readonly (long Offset, long Length)[] ranges;

        internal Part(JsonElement part, ReadOnlyMemory<byte> suffix, long length)
        {
            Algorithm = part.GetProperty("algorithm").GetString()!;
            Suffix = suffix;
            ranges = part.GetProperty("ranges").EnumerateArray().Select(range => (range[0].GetInt64(), range[1].GetInt64())).ToArray();
            IsWhole = ranges.Length == 1 && ranges[0] == (0, length);
        }

        /// <summary>A hash of the whole document for a later step.</summary>
        internal Part(IncrementalHash hash, long length)
        {
            (Algorithm, Hash, IsWhole) = (hash.AlgorithmName.Name!, hash, true);
            ranges = new[] { (0L, length) };
        }

        internal string Algorithm { get; }

        internal ReadOnlyMemory<byte> Suffix { get; }

        internal bool IsWhole { get; }

        internal IncrementalHash? Hash { get; set; }

        internal long End => ranges.Select(range => range.Offset + range.Length).DefaultIfEmpty().Max();

        internal void Feed(ReadOnlySpan<byte> piece, long offset)
        {
            foreach (var range in ranges)
            {
                var (from, to) = (Math.Max(range.Offset, offset), Math.Min(range.Offset + range.Length, offset + piece.Length));
                if (from < to) Hash!.AppendData(piece.Slice((int)(from - offset), (int)(to - from)));
            }
        }

        internal byte[] Digest()
        {
            using (Hash)
            {
                Hash!.AppendData(Suffix.Span);
                return Hash.GetHashAndReset();
            }
        }
    }

    /// <summary>The offsets of a pattern, overlapping ones included.</summary>
    private sealed class Search
    {
        private const int MostOffsets = 1000;
        private readonly byte[] pattern;
        private readonly List<long> offsets = new List<long>();
        private bool more;

        internal Search(byte[] pattern) => this.pattern = pattern;

        internal void In(ReadOnlySpan<byte> window, int lead, long offset)
        {
            var from = Math.Max(0, lead - (pattern.Length - 1)); // a hit within the lead was found before
            while (!more && window.Slice(from).IndexOf(pattern) is var hit && hit >= 0)
            {
                from += hit;
                if (offsets.Count < MostOffsets) offsets.Add(offset - lead + from);
                else more = true;
                from++;
            }
        }

        internal void WriteTo(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteStartArray("offsets");
            offsets.ForEach(json.WriteNumberValue);
            json.WriteEndArray();
            json.WriteBoolean("more", more);
            json.WriteEndObject();
        }
    }
}
