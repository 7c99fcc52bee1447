using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using RustPdf.Frames;

namespace RustPdf;

/// <summary>A message of the protocol: four bytes of header length, a JSON header, a payload.</summary>
internal readonly struct Frame
{
    private Frame(JsonElement header, byte[] payload)
    {
        Header = header;
        Payload = payload;
    }

    internal JsonElement Header { get; }

    internal byte[] Payload { get; }

    /// <summary>Name of the step.</summary>
    internal string Step => new StepFrame(Header).Step;

    /// <summary>The first answer, by which a machine begins.</summary>
    internal static byte[] Empty { get; } = Encode(_ => { });

    internal static byte[] Encode(Action<Utf8JsonWriter> header, params ReadOnlyMemory<byte>[] payload)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer)) json.WriteObject(header);
        var length = 4 + buffer.WrittenCount;
        foreach (var part in payload) length += part.Length;
        var frame = new byte[length];
        BinaryPrimitives.WriteInt32BigEndian(frame, buffer.WrittenCount);
        buffer.WrittenSpan.CopyTo(frame.AsSpan(4));
        var at = 4 + buffer.WrittenCount;
        foreach (var part in payload)
        {
            part.Span.CopyTo(frame.AsSpan(at));
            at += part.Length;
        }
        return frame;
    }

    internal static Frame Decode(ReadOnlySpan<byte> frame)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(frame);
        using var document = JsonDocument.Parse(frame.Slice(4, length).ToArray());
        return new Frame(document.RootElement.Clone(), frame.Slice(4 + length).ToArray());
    }
}

/// <summary>The named parts of the payload of a start or call.</summary>
internal sealed class Parts
{
    private readonly List<PartLength> lengths = new List<PartLength>();
    private readonly MemoryStream payload = new MemoryStream();

    internal ReadOnlyMemory<byte> Payload => payload.GetBuffer().AsMemory(0, (int)payload.Length);

    internal PartLength[] Lengths => lengths.ToArray();

    /// <summary>Adds a part, and returns its name: that of the kind for the first, and numbered for those after it.</summary>
    internal string Add(string kind, ReadOnlyMemory<byte> bytes)
    {
        var name = lengths.Any(one => one.Name == kind) ? $"{kind} {lengths.Count}" : kind;
        lengths.Add(new PartLength { Name = name, Length = bytes.Length });
        payload.Write(bytes.Span);
        return name;
    }

    /// <summary>Adds a part unless it is null.</summary>
    internal string? AddOptional(string kind, ReadOnlyMemory<byte>? bytes) => bytes == null ? null : Add(kind, bytes.Value);
}

/// <summary>Algorithms in the header of a frame.</summary>
internal static class AlgorithmValues
{
    internal static void WriteTo(this SignatureAlgorithm? value, Utf8JsonWriter json) =>
        json.WriteStringValue(value is { } known ? SignatureAlgorithmNames.Of(known) : null);

    internal static void WriteTo(this DigestAlgorithm? value, Utf8JsonWriter json) =>
        json.WriteStringValue(value is { } known ? DigestAlgorithmNames.Of(known) : null);
}
