using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading.Tasks;
using Microsoft.Win32.SafeHandles;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>The answer to a <c>digest</c> step: digests, a copy and searches from one sequential pass.</summary>
internal static class HashPass
{
    /// <summary>Answers a step.</summary>
    /// <param name="request">The step.</param>
    /// <param name="suffixes">The payload of the step.</param>
    /// <param name="document">The document.</param>
    /// <param name="copy">The file that receives a copy of the document.</param>
    /// <param name="states">States of earlier passes, and for later steps. A pass that fails disposes of them.</param>
    /// <param name="report">Receives the number of bytes that are done.</param>
    internal static byte[] Answer(
        DigestRequest request, ReadOnlyMemory<byte> suffixes, Document document, SafeFileHandle? copy, HashStates states, Action<long> report)
    {
        var searches = Array.ConvertAll(request.Find, pattern => new Search(pattern));
        var parts = Array.ConvertAll(request.Parts, part =>
        {
            var suffix = suffixes.Slice(0, (int)part.Suffix);
            suffixes = suffixes.Slice(suffix.Length);
            return new Part(HashStates.NameOf(part.Algorithm).Name!, part.Ranges, suffix);
        });
        var whole = parts.Where(part => part.IsWhole(document.Length)).ToList();
        whole.ForEach(part => part.Hash = states.Take(part.Algorithm));
        if (copy != null || searches.Length > 0 || parts.Any(part => part.Hash == null))
        {
            var fed = parts.Where(part => part.Hash == null).ToList();
            fed.ForEach(part => part.Hash = HashStates.New(part.Algorithm));
            var keep = Array.ConvertAll(request.Keep, algorithm => HashStates.NameOf(algorithm).Name!);
            var later = states.ForLater(whole.Select(part => part.Algorithm), keep);
            fed.AddRange(later.Select(hash => new Part("", new[] { (0L, document.Length) }, default) { Hash = hash }));
            var end = copy != null || searches.Length > 0 ? document.Length : fed.Max(part => part.End); // not empty: a part is to be fed
            try
            {
                Read(document, end, fed, copy, searches, request.FindIn, report);
            }
            catch
            {
                states.Dispose();
                throw;
            }
        }
        var digests = Array.ConvertAll(parts, part => (ReadOnlyMemory<byte>)part.Digest());
        var answer = new AnswerFrame
        {
            Answer = "digest",
            Digests = Array.ConvertAll(digests, digest => (long)digest.Length),
            Found = Array.ConvertAll(searches, search => search.Matches),
            Copied = copy == null ? Copied.None : Copied.Read,
        };
        return Frame.Encode(answer.WriteTo, digests);
    }

    /// <summary>While a piece is hashed, it is copied and searched.</summary>
    private static void Read(
        Document document, long end, IReadOnlyList<Part> fed, SafeFileHandle? copy, IReadOnlyList<Search> searches, (long Offset, long Length)[] findIn,
        Action<long> report)
    {
        document.ReadPieces(end, (window, lead, offset) =>
        {
            report(offset); // before the piece is used: an exception here leaves nothing under way
            var piece = window.Slice(lead);
            var isSearched = searches.Count > 0 && Array.Exists(findIn, one => one.Offset < offset + piece.Length && offset < one.Offset + one.Length);
            var beside = copy == null && !isSearched ? Task.CompletedTask : Task.Run(() =>
            {
                if (copy != null) Copy(piece.Span, copy, offset);
                foreach (var search in isSearched ? searches : Array.Empty<Search>()) search.In(window.Span, lead, offset);
            });
            try
            {
                if (fed.Count == 1) fed[0].Feed(piece.Span, offset);
                else FeedAll(fed, piece, offset);
            }
            finally
            {
                beside.GetAwaiter().GetResult(); // the piece is valid until here
            }
        });
        report(end);
    }

    private static void FeedAll(IReadOnlyList<Part> fed, ReadOnlyMemory<byte> piece, long offset) =>
        Parallel.ForEach(fed, part => part.Feed(piece.Span, offset));

    private static void Copy(ReadOnlySpan<byte> piece, SafeFileHandle copy, long offset)
    {
        RandomAccess.Write(copy, piece, offset);
        Libc.BeginWriteBack(copy, offset, piece.Length); // so that there is little to wait for in the end
    }

    /// <summary>One digest: of ranges of the document, then of a suffix.</summary>
    private sealed class Part
    {
        private readonly (long Offset, long Length)[] ranges;
        private readonly ReadOnlyMemory<byte> suffix;

        internal Part(string algorithm, (long, long)[] ranges, ReadOnlyMemory<byte> suffix)
        {
            Algorithm = algorithm;
            this.ranges = ranges;
            this.suffix = suffix;
        }

        internal string Algorithm { get; }

        internal IncrementalHash? Hash { get; set; }

        /// <summary>The end of the last range, for they ascend.</summary>
        internal long End => ranges.Length == 0 ? 0 : ranges[^1].Offset + ranges[^1].Length;

        internal bool IsWhole(long length) => ranges.Length == 1 && ranges[0] == (0, length);

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
                Hash!.AppendData(suffix.Span);
                return Hash.GetHashAndReset();
            }
        }
    }

    /// <summary>The offsets of a pattern, overlapping ones included.</summary>
    private sealed class Search
    {
        private const int MostOffsets = 1000;
        private readonly ReadOnlyMemory<byte> pattern;
        private readonly List<long> offsets = new List<long>();
        private bool more;

        internal Search(ReadOnlyMemory<byte> pattern) => this.pattern = pattern;

        internal void In(ReadOnlySpan<byte> window, int lead, long offset)
        {
            var from = Math.Max(0, lead - (pattern.Length - 1)); // a hit within the lead was found before
            while (!more && window.Slice(from).IndexOf(pattern.Span) is var hit && hit >= 0)
            {
                from += hit;
                if (offsets.Count < MostOffsets) offsets.Add(offset - lead + from);
                else more = true;
                from++;
            }
        }

        internal Matches Matches => new Matches { Offsets = offsets.ToArray(), More = more };
    }
}
