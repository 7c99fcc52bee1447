using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;

namespace RustPdf;

/// <summary>What a run was done with: the update or the saved session, what was done, and what more there is to tell.</summary>
internal sealed class Done
{
    internal Done(Frame step)
    {
        Payload = step.Payload;
        Result = step.Header.TryGetProperty("result", out var result) ? result : default;
        Reports = step.Header.TryGetProperty("reports", out var reports)
            ? reports.EnumerateArray().Select(report => new Report(report)).ToArray()
            : Array.Empty<Report>();
    }

    internal byte[] Payload { get; }

    internal JsonElement Result { get; }

    internal IReadOnlyList<Report> Reports { get; }
}

/// <summary>The loop: questions of the core, answers of the host.</summary>
internal static class Run
{
    /// <summary>Runs a machine to its end. Whichever way that is, the machine is freed.</summary>
    internal static async ValueTask<Done> Through(byte[] start, Document document, IReadOnlyList<Signatory> signatories, Control control)
    {
        using var machine = Core.Start(start);
        var answer = Frame.Empty;
        for (;;)
        {
            var step = Core.Next(machine, answer);
            control.Check();
            switch (step.Header.GetProperty("step").GetString())
            {
                case "read":
                    answer = await control.Do(() => Read(step, document)).ConfigureAwait(false);
                    break;
                case "digest":
                    answer = await control.Do(() => Digest(step, document)).ConfigureAwait(false);
                    break;
                case "sign":
                    answer = await Sign(step, signatories, control).ConfigureAwait(false);
                    break;
                default:
                    return new Done(step);
            }
        }
    }

    private static byte[] Read(Frame step, Document document)
    {
        var ranges = step.Header.GetProperty("ranges").EnumerateArray()
            .Select(range => (Offset: range[0].GetInt64(), Length: range[1].GetInt32())).ToArray();
        var pieces = document.Read(ranges);
        return Frame.Encode(
            json =>
            {
                json.WriteString("answer", "read");
                json.WriteStartArray("ranges");
                for (var index = 0; index < ranges.Length; index++)
                {
                    json.WriteStartArray();
                    json.WriteNumberValue(ranges[index].Offset);
                    json.WriteNumberValue(pieces[index].Length);
                    json.WriteEndArray();
                }
                json.WriteEndArray();
            },
            pieces);
    }

    private static byte[] Digest(Frame step, Document document)
    {
        var later = step.Header.GetProperty("later").EnumerateArray().Select(name => name.GetString()!).ToArray();
        var digest = document.Digest(step.Header.GetProperty("algorithm").GetString()!, later, step.Payload);
        return Frame.Encode(json => json.WriteString("answer", "digest"), digest);
    }

    private static async ValueTask<byte[]> Sign(Frame step, IReadOnlyList<Signatory> signatories, Control control)
    {
        var signer = step.Header.GetProperty("signer").GetInt32();
        control.Report(SigningPhase.Sign, signer, signatories.Count);
        var signature = await signatories[signer].Sign(Request(step), control).ConfigureAwait(false);
        if (signature == null)
            throw new RustPdfException(ErrorCode.CallbackResult, "the signer gave null back; return the raw signature as bytes");
        control.Report(SigningPhase.Sign, signer + 1, signatories.Count);
        return Frame.Encode(json => json.WriteString("answer", "sign"), signature);
    }

    /// <summary>The request of a step, whose data is the payload, as it is told of a session.</summary>
    private static SigningRequest Request(Frame step)
    {
        var header = step.Header.GetRawText();
        var whole = new StringBuilder(header, 0, header.Length - 1, header.Length + 2 * step.Payload.Length + 16);
        whole.Append(",\"data\":\"").Append(Hex.Of(step.Payload)).Append("\"}");
        using var document = JsonDocument.Parse(whole.ToString());
        return new SigningRequest(document.RootElement);
    }
}
