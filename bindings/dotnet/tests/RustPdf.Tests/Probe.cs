using System;
using System.Linq;
using System.Text.Json;
using System.Threading;

namespace RustPdf.Tests;

/// <summary>One step, as the core asks it, and the answer: only with the library that is built for tests.</summary>
internal sealed class Probe
{
    private Probe(JsonElement header, byte[] payload)
    {
        Header = header;
        Payload = payload;
    }

    internal JsonElement Header { get; }

    internal byte[] Payload { get; }

    /// <summary>The results of a <c>store</c> step.</summary>
    internal JsonElement[] Results => Header.GetProperty("results").EnumerateArray().ToArray();

    internal static Probe Of(Source source, string step, params byte[][] payload)
    {
        var (parts, call) = (new Parts(), new Call(null, isAsync: false, CancellationToken.None));
        parts.AddNamed("step", Documents.Concat(payload));
        var start = Operations.StartFrame(
            source,
            json =>
            {
                json.WriteString("operation", "probe");
                json.WritePropertyName("step");
                using var document = JsonDocument.Parse(step);
                document.RootElement.WriteTo(json);
            },
            parts, call);
        var done = Machine.Run(start, source, Array.Empty<Signatory>(), call).Result();
        return new Probe(done.Result.GetProperty("answer"), done.Payload);
    }

    /// <summary>Performs operations, written as JSON with text in angle brackets for hexadecimal.</summary>
    internal static Probe Store(string operations, params byte[][] payload)
    {
        while (operations.IndexOf('<') is var start && start >= 0)
        {
            var end = operations.IndexOf('>', start);
            operations = operations[..start] + Hex.OfText(operations[(start + 1)..end]) + operations[(end + 1)..];
        }
        return Of(new Source(Array.Empty<byte>()), $"{{\"step\":\"store\",\"operations\":[{operations.Replace('\'', '"')}]}}", payload);
    }
}
