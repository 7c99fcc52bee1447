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

/// <summary>The named parts of the payload of a start or call. The bytes are copied once, into the frame.</summary>
internal sealed class Parts
{
    private readonly List<PartLength> lengths = [];
    private readonly List<ReadOnlyMemory<byte>> payload = [];

    internal ReadOnlyMemory<byte>[] Payload => payload.ToArray();

    internal PartLength[] Lengths => lengths.ToArray();

    /// <summary>Adds a part, and returns its name: the kind and a number.</summary>
    internal string Add(string kind, ReadOnlyMemory<byte> bytes) => AddNamed($"{kind} {lengths.Count}", bytes);

    /// <summary>Adds a part of this name, which no other part may have.</summary>
    internal string AddNamed(string name, ReadOnlyMemory<byte> bytes)
    {
        lengths.Add(new PartLength { Name = name, Length = bytes.Length });
        payload.Add(bytes);
        return name;
    }

    /// <summary>Adds a part unless it is null.</summary>
    internal string? AddOptional(string kind, ReadOnlyMemory<byte>? bytes) => bytes == null ? null : Add(kind, bytes.Value);

    /// <summary>Writes an option that holds bytes, which become a part.</summary>
    internal void WriteProperty(Utf8JsonWriter json, string name, ReadOnlyMemory<byte> bytes)
    {
        json.WritePropertyName(name);
        WriteValue(json, name, bytes);
    }

    /// <summary>Writes an item of a list, which becomes a part.</summary>
    internal void WriteValue(Utf8JsonWriter json, string kind, ReadOnlyMemory<byte> bytes)
    {
        json.WriteStartObject();
        json.WriteString("part", Add(kind, bytes));
        json.WriteEndObject();
    }
}

/// <summary>Options in JSON. Their bytes are parts of the frame, so they are encoded before its header.</summary>
internal sealed class EncodedOptions
{
    private readonly ArrayBufferWriter<byte> encoded = new(512);

    private EncodedOptions(Action<Utf8JsonWriter, Parts> write, Parts parts)
    {
        using var json = new Utf8JsonWriter(encoded);
        write(json, parts);
    }

    internal static EncodedOptions? Of(SigningOptions? options, Parts parts) =>
        options == null ? null : new EncodedOptions(options.WriteTo, parts);

    internal static EncodedOptions Of(ExtensionOptions options, Parts parts) => new(options.WriteTo, parts);

    internal void WriteTo(Utf8JsonWriter json) => json.WriteRawValue(encoded.WrittenSpan, skipInputValidation: true);
}

/// <summary>Algorithms in the header of a frame.</summary>
internal static class AlgorithmValues
{
    internal static void WriteTo(this SignatureAlgorithm? value, Utf8JsonWriter json) =>
        json.WriteStringValue(value is { } known ? SignatureAlgorithmNames.Of(known) : null);

    internal static void WriteTo(this DigestAlgorithm? value, Utf8JsonWriter json) =>
        json.WriteStringValue(value is { } known ? DigestAlgorithmNames.Of(known) : null);
}
