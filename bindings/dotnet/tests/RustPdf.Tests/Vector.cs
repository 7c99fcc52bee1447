using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using RustPdf.Frames;

namespace RustPdf.Tests;

/// <summary>One scenario. The README of the vectors explains the keys.</summary>
internal sealed class Vector
{
    private static readonly HashSet<string> Keys = new HashSet<string>(
        "comment flags document certificate chain options now entropy session sessionKey request signature container expect".Split(' '));

    private readonly JsonElement json;

    private Vector(string path)
    {
        Name = Path.GetFileNameWithoutExtension(path);
        json = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement;
    }

    internal static IEnumerable<Vector> All =>
        Directory.GetFiles(Repository.At("tests/vectors/cases"), "*.json")
            .OrderBy(path => path, StringComparer.Ordinal).Select(path => new Vector(path));

    internal string Name { get; }

    internal byte[] Document => Material($"documents/{Text("document")}");

    internal Certificate? Certificate =>
        Text("certificate") is string name ? (Certificate?)Material($"certificates/{name}") : null;

    internal CertificateChain? Chain =>
        json.TryGetProperty("chain", out var chain)
            ? chain.EnumerateArray().Select(name => Material($"certificates/{name.GetString()}")).ToArray()
            : null;

    internal byte[]? Session => Text("session") is string hex ? Hex.Bytes(hex) : null;

    internal byte[] SessionKey => Hex.Bytes(Text("sessionKey")!);

    internal byte[]? Container => Text("container") is string hex ? Hex.Bytes(hex) : null;

    /// <summary>Where there is none, an error should have come before it was asked for.</summary>
    internal byte[] Signature =>
        Text("signature") is string hex ? Hex.Bytes(hex) : throw new InvalidOperationException("a signature is asked for");

    internal string? ExpectedCode => json.GetProperty("expect").TryGetProperty("code", out var code) ? code.GetString() : null;

    internal string Expected(string key) => json.GetProperty("expect").GetProperty(key).ToString()!;

    /// <summary>A key that this runner does not know.</summary>
    internal string? UnknownKey => json.EnumerateObject().Select(entry => entry.Name).FirstOrDefault(name => !Keys.Contains(name));

    /// <summary>Whether it has an option that C# refuses to compile, or a time that .NET does not have.</summary>
    internal bool IsUnsaid
    {
        get
        {
            try
            {
                Options();
                return false;
            }
            catch (UnsaidException)
            {
                return true;
            }
        }
    }

    /// <summary>A start frame with the options that C# does not have.</summary>
    internal byte[] Start()
    {
        var parts = new Parts();
        var prepare = new PrepareStart
        {
            Certificate = parts.Add("certificate", Certificate!.Value.Bytes),
            Chain = Chain!.Parts.Select(issuer => parts.Add("chain", issuer)).ToArray(),
        };
        var start = new Start
        {
            Length = Document.Length,
            Now = json.GetProperty("now").GetInt64(),
            Entropy = Hex.Bytes(Text("entropy")!),
            Parts = parts.Lengths,
        };
        return Frame.Encode(
            frame =>
            {
                prepare.WriteTo(frame);
                start.WriteTo(frame);
                frame.WritePropertyName("options");
                json.GetProperty("options").WriteTo(frame);
            },
            parts.Payload);
    }

    /// <summary>The options as C# has them; names that its enumerations do not have become numbers that they do not have either.</summary>
    internal SigningOptions Options()
    {
        if (!json.TryGetProperty("options", out var given)) return new SigningOptions();
        var options = (SigningOptions)Object(typeof(SigningOptions), given);
        var now = json.GetProperty("now").GetInt64();
        if (now > DateTimeOffset.MaxValue.ToUnixTimeSeconds()) throw new UnsaidException("no date of .NET is as late as `now`");
        options.SigningTime = DateTimeOffset.FromUnixTimeSeconds(now);
        options.Entropy = Hex.Bytes(Text("entropy")!);
        return options;
    }

    /// <summary>Says where a request is not that of the vector.</summary>
    internal void Compare(SigningRequest? request)
    {
        if (!json.TryGetProperty("request", out var expected))
        {
            if (request != null) throw new InvalidOperationException("there is a request");
            return;
        }
        if (request == null) throw new InvalidOperationException("there is no request");
        Same(expected, "data", Hex.Of(request.Data.Span));
        Same(expected, "digest", Hex.Of(request.Digest.Span));
        Same(expected, "digestInfo", request.DigestInfo is ReadOnlyMemory<byte> info ? Hex.Of(info.Span) : null);
        Same(expected, "digestAlgorithm", DigestAlgorithmNames.Of(request.DigestAlgorithm));
        Same(expected, "signatureAlgorithm", SignatureAlgorithmNames.Of(request.SignatureAlgorithm));
        Same(expected, "saltLength", request.SaltLength?.ToString());
        Same(expected, "curve", request.Curve is Curve curve ? CurveNames.Of(curve) : null);
    }

    private static void Same(JsonElement expected, string key, string? actual)
    {
        var text = expected.TryGetProperty(key, out var value) ? value.ToString() : null;
        if (text != actual) throw new InvalidOperationException($"{key} of the request is {actual}, and not {text}");
    }

    private static object Object(Type type, JsonElement given)
    {
        var made = Activator.CreateInstance(type)!;
        foreach (var entry in given.EnumerateObject())
        {
            var property = type.GetProperty(char.ToUpperInvariant(entry.Name[0]) + entry.Name.Substring(1))
                ?? throw new UnsaidException($"{type.Name} has no {entry.Name}");
            property.SetValue(
                made, Value(property, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, entry.Value));
        }
        return made;
    }

    private static object Value(PropertyInfo property, Type type, JsonElement given)
    {
        try
        {
            if (type == typeof(bool)) return given.GetBoolean();
            if (type == typeof(int)) return given.GetInt32();
            if (type == typeof(long)) return given.GetInt64();
            if (type == typeof(string)) return given.GetString()!;
            if (type == typeof(ReadOnlyMemory<byte>)) return (ReadOnlyMemory<byte>)Hex.Bytes(given.GetString()!);
            if (type == typeof(IReadOnlyList<string>)) return given.EnumerateArray().Select(text => text.GetString()!).ToArray();
            if (!type.IsEnum) return Object(type, given);
            if (given.ValueKind == JsonValueKind.Number) return Enum.ToObject(type, given.GetInt32());
            return Enum.TryParse(type, given.GetString()!.Replace("-", ""), ignoreCase: true, out var known)
                ? known! : Enum.ToObject(type, 99);
        }
        catch (Exception error) when (error is InvalidOperationException || error is FormatException)
        {
            throw new UnsaidException($"{property.Name} is no {given.ValueKind}");
        }
    }

    private static byte[] Material(string path) => File.ReadAllBytes(Repository.At($"tests/vectors/{path}"));

    private string? Text(string key) => json.TryGetProperty(key, out var value) ? value.GetString() : null;

    private sealed class UnsaidException : Exception
    {
        internal UnsaidException(string message)
            : base(message)
        {
        }
    }
}
