using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text.Json;

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

    /// <summary>The first answer, by which a machine begins.</summary>
    internal static byte[] Empty { get; } = Encode(_ => { });

    internal static byte[] Encode(Action<Utf8JsonWriter> header, params ReadOnlyMemory<byte>[] payload) =>
        Encode(header, (IReadOnlyCollection<ReadOnlyMemory<byte>>)payload);

    /// <summary>Encodes a frame. The action may add to the payload while it writes the header.</summary>
    internal static byte[] Encode(Action<Utf8JsonWriter> header, IReadOnlyCollection<ReadOnlyMemory<byte>> payload)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            header(json);
            json.WriteEndObject();
        }
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
