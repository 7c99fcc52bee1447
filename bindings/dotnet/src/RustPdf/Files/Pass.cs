using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>The answer to a <c>digest</c> step: digests, a copy and searches from one sequential pass.</summary>
internal sealed class Pass
{
    private readonly Document document;
    private readonly List<Part> parts = new List<Part>();
    private readonly IReadOnlyList<string> keep;
    private readonly IReadOnlyList<Search> searches;
    private readonly FileStream? copy;

    private Pass(Frame step, Document document, FileStream? copy)
    {
        this.document = document;
        this.copy = copy;
        var suffixes = 0;
        foreach (var part in step.Header.GetProperty("parts").EnumerateArray())
        {
            parts.Add(new Part(part, step.Payload.AsMemory(suffixes, part.GetProperty("suffix").GetInt32())));
            suffixes += parts.Last().Suffix.Length;
        }
        keep = step.Header.GetProperty("keep").EnumerateArray().Select(name => name.GetString()!).ToList();
        searches = step.Header.GetProperty("find").EnumerateArray().Select(pattern => new Search(Hex.Bytes(pattern.GetString()!))).ToList();
    }

    /// <summary>Answers a step. <paramref name="report"/> is called with the bytes that are done.</summary>
    internal static byte[] Answer(Frame step, Document document, FileStream? copy, HashStates states, Action<long> report)
    {
        var pass = new Pass(step, document, copy);
        var digests = pass.Digests(states, report);
        return Frame.Encode(
            json =>
            {
                json.WriteString("answer", "digest");
                json.WriteStartArray("digests");
                foreach (var digest in digests) json.WriteNumberValue(digest.Length);
                json.WriteEndArray();
                json.WriteStartArray("found");
                foreach (var search in pass.searches) search.WriteTo(json);
                json.WriteEndArray();
                json.WriteString("copied", copy == null ? "none" : "read");
            },
            digests);
    }

    private IReadOnlyCollection<ReadOnlyMemory<byte>> Digests(HashStates states, Action<long> report)
    {
        var whole = parts.Where(IsWhole).Select(part => part.Algorithm).ToList();
        var others = parts.Where(part => !IsWhole(part)).ToDictionary(part => part, part => HashStates.Create(part.Algorithm));
        try
        {
            if (copy != null || searches.Count + others.Count > 0 || !states.Have(whole) || !states.Have(keep))
            {
                var fed = states.Begin(whole, keep).Select(hash => (hash, new[] { (0L, document.Length) }))
                    .Concat(others.Select(one => (one.Value, one.Key.Ranges))).ToList();
                Read(fed, report);
            }
            return parts.Select(part => (ReadOnlyMemory<byte>)(IsWhole(part)
                ? states.Digest(part.Algorithm, part.Suffix.Span) : Finish(others[part], part.Suffix.Span))).ToList();
        }
        catch
        {
            states.Clear();
            throw;
        }
        finally
        {
            foreach (var hash in others.Values) hash.Dispose();
        }
    }

    /// <summary>While a piece is hashed, it is copied and searched.</summary>
    private void Read(IReadOnlyList<(IncrementalHash Hash, (long, long)[] Ranges)> fed, Action<long> report)
    {
        var whole = copy != null || searches.Count > 0 || keep.Count > 0;
        var end = whole ? document.Length : fed.SelectMany(one => one.Ranges).Select(range => range.Item1 + range.Item2).DefaultIfEmpty().Max();
        document.ReadPieces(end, (window, lead, offset) =>
        {
            report(offset); // before the piece is used: an exception here leaves nothing under way
            var piece = window.Slice(lead);
            var beside = copy == null && searches.Count == 0 ? Task.CompletedTask : Task.Run(() =>
            {
                copy?.Write(piece.Span);
                foreach (var search in searches) search.In(window.Span, lead, offset);
            });
            try
            {
                if (fed.Count > 1) Parallel.ForEach(fed, one => Feed(one.Hash, one.Ranges, piece.Span, offset));
                else if (fed.Count > 0) Feed(fed[0].Hash, fed[0].Ranges, piece.Span, offset);
            }
            finally
            {
                beside.GetAwaiter().GetResult(); // the piece is valid until here
            }
        });
        report(end);
    }

    private static void Feed(IncrementalHash hash, (long Offset, long Length)[] ranges, ReadOnlySpan<byte> piece, long offset)
    {
        foreach (var range in ranges)
        {
            var (from, to) = (Math.Max(range.Offset, offset), Math.Min(range.Offset + range.Length, offset + piece.Length));
            if (from < to) hash.AppendData(piece.Slice((int)(from - offset), (int)(to - from)));
        }
    }

    private static byte[] Finish(IncrementalHash hash, ReadOnlySpan<byte> suffix)
    {
        hash.AppendData(suffix);
        return hash.GetHashAndReset();
    }

    private bool IsWhole(Part part) => part.Ranges.Length == 1 && part.Ranges[0] == (0, document.Length);

    /// <summary>One digest: of ranges of the document, then of a suffix.</summary>
    private sealed class Part
    {
        internal Part(JsonElement part, ReadOnlyMemory<byte> suffix)
        {
            Algorithm = part.GetProperty("algorithm").GetString()!;
            Ranges = part.GetProperty("ranges").EnumerateArray().Select(range => (range[0].GetInt64(), range[1].GetInt64())).ToArray();
            Suffix = suffix;
        }

        internal string Algorithm { get; }

        internal (long, long)[] Ranges { get; }

        internal ReadOnlyMemory<byte> Suffix { get; }
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
            var from = Math.Max(0, lead - (pattern.Length - 1)); // the piece before has those that end before this one
            while (!more)
            {
                var hit = window.Slice(from).IndexOf(pattern);
                if (hit < 0) return;
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
            foreach (var offset in offsets) json.WriteNumberValue(offset);
            json.WriteEndArray();
            json.WriteBoolean("more", more);
            json.WriteEndObject();
        }
    }
}
