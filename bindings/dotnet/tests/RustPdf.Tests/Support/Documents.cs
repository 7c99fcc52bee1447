using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace RustPdf.Tests;

/// <summary>Documents to sign.</summary>
internal static class Documents
{
    internal static readonly byte[] Small = Make(3);

    /// <summary>No two of its pieces are alike.</summary>
    internal static readonly byte[] Large = Make(1, string.Concat(Enumerable.Range(0, 3_300_000 / 16).Select(line => $"{line,15}\n")));

    internal static readonly DateTimeOffset Time = new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    internal static readonly byte[] Entropy = Enumerable.Repeat((byte)7, 32).ToArray();

    /// <summary>Options by which a signature comes out the same each time.</summary>
    internal static SigningOptions Fixed() => new SigningOptions { SigningTime = Time, Entropy = Entropy };

    /// <summary>What signing by the RSA key gives.</summary>
    internal static byte[] Signed(byte[] pdf) => Pdf.SignWith(pdf, Pki.Certificate("rsa"), Pki.Signer(), Pki.Chain, Fixed());

    internal static byte[] Concat(params byte[][] parts) => parts.SelectMany(part => part).ToArray();

    internal static byte[] Make(int pages, string content = "10 20 m 30 40 l S")
    {
        var numbers = Enumerable.Range(4, pages);
        var objects = new List<string>
        {
            "<</Type/Catalog/Pages 2 0 R>>",
            $"<</Type/Pages/Kids[{string.Join(" ", numbers.Select(number => $"{number} 0 R"))}]/Count {pages}>>",
            $"<</Length {content.Length}>>\nstream\n{content}\nendstream",
        };
        objects.AddRange(numbers.Select(_ => "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200.125 200]/Resources<<>>/Contents 3 0 R>>"));
        var text = new StringBuilder("%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n");
        var table = new StringBuilder("0000000000 65535 f \n");
        for (var index = 0; index < objects.Count; index++)
        {
            table.Append($"{text.Length:D10} 00000 n \n");
            text.Append($"{index + 1} 0 obj\n{objects[index]}\nendobj\n");
        }
        var start = text.Length;
        text.Append($"xref\n0 {objects.Count + 1}\n{table}trailer\n");
        text.Append($"<</Size {objects.Count + 1}/Root 1 0 R/ID[<00112233><00112233>]>>\nstartxref\n{start}\n%%EOF\n");
        return Encoding.GetEncoding("iso-8859-1").GetBytes(text.ToString());
    }
}
