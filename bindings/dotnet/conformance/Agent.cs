using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using RustPdf;

/// <summary>The agent of tests/conformance: signs as each line of the input asks.</summary>
static class Agent
{
    static void Main()
    {
        while (Console.ReadLine() is string line)
        {
            var asked = JsonDocument.Parse(line).RootElement;
            var requests = new List<object>();
            var answer = new Dictionary<string, object> { ["id"] = asked.GetProperty("id").GetString()!, ["requests"] = requests };
            try
            {
                if (Perform(asked, requests, answer) is byte[] signed)
                    answer["output"] = new { sha256 = Hex(SHA256.Create().ComputeHash(signed)), length = signed.Length };
            }
            catch (Exception error)
            {
                answer["error"] = error is RustPdfException known ? known.Code : error.ToString();
            }
            Console.WriteLine(JsonSerializer.Serialize(answer));
        }
    }

    /// <summary>Returns the signed document, if there is an answer to complete it with.</summary>
    static byte[]? Perform(JsonElement asked, List<object> requests, Dictionary<string, object> answer)
    {
        string? Text(string key) => asked.TryGetProperty(key, out var value) ? value.GetString() : null;
        byte[]? Bytes(string key) => Text(key) is string hex ? Unhex(hex) : null;
        var (way, key, signature) = (Text("way"), Bytes("sessionKey"), Bytes("signature"));
        var pdf = File.ReadAllBytes(Text("document")!);
        var certificate = Text("certificate") is string path ? (Certificate?)File.ReadAllBytes(path) : null;
        CertificateChain? chain = asked.GetProperty("chain").EnumerateArray().Select(one => File.ReadAllBytes(one.GetString()!)).ToArray();
        var options = new SigningOptions();
        if (asked.TryGetProperty("options", out var given))
        {
            options = (SigningOptions)Value(typeof(SigningOptions), given);
            options.SigningTime = DateTimeOffset.FromUnixTimeSeconds(asked.GetProperty("now").GetInt64());
        }
        if (Bytes("entropy") is byte[] entropy) options.Entropy = entropy;
        options.Http = Recorded(asked, way == "resume" ? options.Timestamp?.Services : null);
        if (way == "sign")
            return Pdf.SignWith(pdf, certificate!.Value, (data, request) =>
            {
                requests.Add(Told(request, data));
                return signature!;
            }, chain, options);
        var session = way == "begin" ? Pdf.BeginSigning(pdf, options, certificate, chain)
            : key != null ? Pdf.ResumeSigning(Bytes("session"), pdf, key, options: OfCall(options), password: options.Password)
            : Pdf.ResumeUnsealed(Bytes("session"), pdf, certificate, chain, options);
        if (session.Request is SigningRequest offered) requests.Add(Told(offered, offered.Data));
        answer["hash"] = Hex(session.Hash.ToArray());
        if (way == "begin")
        {
            answer["sealed"] = Hex(session.Serialize(key));
            // Higher ones, and visible ones, are saved sealed only.
            if (session.Level == Level.BB && session.Report.Rect == null) answer["unsealed"] = Hex(session.SerializeUnsealed());
        }
        if (Bytes("container") is byte[] container) return session.Complete(container);
        if (signature == null) return null;
        if (!asked.TryGetProperty("issued", out var paths)) return session.CompleteWithSignature(signature);
        var issued = paths.EnumerateArray().Select(one => File.ReadAllBytes(one.GetString()!)).ToArray();
        return session.CompleteWithSignature(signature, issued[0], issued[1..]);
    }

    /// <summary>What a saved session does not have, and the call that resumes it gives.</summary>
    static CallOptions OfCall(SigningOptions options) => new() { Http = options.Http, Entropy = options.Entropy };

    /// <summary>A client that answers by the recorded responses, each once; and services, which a saved session does not have.</summary>
    static HttpSettings? Recorded(JsonElement asked, IReadOnlyList<TimestampService>? services)
    {
        if (!asked.TryGetProperty("http", out var given)) return null;
        var left = given.EnumerateArray().ToList();
        int? ServiceOf(JsonElement one) => one.TryGetProperty("service", out var number) ? number.GetInt32() : null;
        return new HttpSettings
        {
            Services = services,
            Send = (request, _) =>
            {
                lock (left)
                {
                    var at = left.FindIndex(one => one.GetProperty("purpose").GetString() == request.Purpose.ToString().ToLowerInvariant()
                        && ServiceOf(one) == request.Service && (request.Service != null || one.GetProperty("url").GetString() == request.Url));
                    if (at < 0) throw new InvalidOperationException("a request is not expected");
                    var found = left[at];
                    left.RemoveAt(at);
                    var body = found.TryGetProperty("body", out var path) ? File.ReadAllBytes(path.GetString()!) : [];
                    return Task.FromResult(new PdfHttpResponse(found.GetProperty("status").GetInt32(), body));
                }
            },
        };
    }

    static Dictionary<string, object> Told(SigningRequest request, ReadOnlyMemory<byte> data)
    {
        var told = new Dictionary<string, object>
        {
            ["data"] = Hex(data.ToArray()),
            ["digest"] = Hex(request.Digest.ToArray()),
            ["digestAlgorithm"] = Name(request.DigestAlgorithm),
            ["signatureAlgorithm"] = Name(request.SignatureAlgorithm),
        };
        if (request.DigestInfo is ReadOnlyMemory<byte> info) told["digestInfo"] = Hex(info.ToArray());
        if (request.SaltLength is int length) told["saltLength"] = length;
        if (request.Curve is Curve curve) told["curve"] = Name(curve);
        if (request.DocumentDigest is ReadOnlyMemory<byte> document) told["documentDigest"] = Hex(document.ToArray());
        if (request.DocumentName is string name) told["documentName"] = name;
        if (request.FieldName is string field) told["fieldName"] = field;
        if (request.CertificateDigest is ReadOnlyMemory<byte> certificate) told["certificateDigest"] = Hex(certificate.ToArray());
        return told;
    }

    /// <summary>The name of all languages: RsaPkcs1 is rsa-pkcs1.</summary>
    static string Name(Enum value) => Regex.Replace(value.ToString(), "(?<=[a-z])(?=[A-Z])", "-").ToLowerInvariant();

    /// <summary>An option by its type. A name that the enumeration does not have becomes a number that it does not have either.</summary>
    static object Value(Type type, JsonElement given)
    {
        if (type == typeof(string)) return given.GetString()!;
        if (type == typeof(ReadOnlyMemory<byte>)) return new ReadOnlyMemory<byte>(Unhex(given.GetString()!));
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            var items = given.EnumerateArray().Select(item => Value(type.GenericTypeArguments[0], item)).ToArray();
            var list = Array.CreateInstance(type.GenericTypeArguments[0], items.Length);
            items.CopyTo(list, 0);
            return list;
        }
        if (type.IsEnum && given.ValueKind == JsonValueKind.Number) return Enum.ToObject(type, given.GetInt32());
        if (type.IsEnum)
            return Enum.TryParse(type, given.GetString()!.Replace("-", ""), ignoreCase: true, out var known) ? known! : Enum.ToObject(type, 99);
        if (type.IsPrimitive) return Convert.ChangeType(given.ToString(), type, CultureInfo.InvariantCulture)!;
        var made = Activator.CreateInstance(type)!;
        foreach (var entry in given.EnumerateObject())
        {
            var property = type.GetProperty(char.ToUpperInvariant(entry.Name[0]) + entry.Name.Substring(1))!;
            property.SetValue(made, Value(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, entry.Value));
        }
        return made;
    }

    static string Hex(byte[] bytes) => BitConverter.ToString(bytes).Replace("-", "").ToLowerInvariant();

    static byte[] Unhex(string hex) => Enumerable.Range(0, hex.Length / 2).Select(at => Convert.ToByte(hex.Substring(2 * at, 2), 16)).ToArray();
}
