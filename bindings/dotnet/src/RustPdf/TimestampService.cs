using System;
using System.Collections.Generic;
using System.Linq;

namespace RustPdf;

public sealed partial class TimestampService
{
    /// <summary>Makes a service. Its properties are set afterwards.</summary>
    public TimestampService()
    {
    }

    /// <summary>Takes the address of a service.</summary>
    /// <param name="url">Address, <c>http</c> or <c>https</c>. It may contain a login.</param>
    /// <param name="headers">Header fields of each request, such as <c>Authorization</c>.</param>
    public TimestampService(string url, IReadOnlyDictionary<string, string>? headers = null) => (Url, Headers) = (url, headers);

    /// <summary>Takes the address of a service.</summary>
    public static implicit operator TimestampService(string url) => new(url ?? throw new ArgumentNullException(nameof(url)));

    /// <summary>Names neither the address nor a header field: both may contain a secret.</summary>
    public override string ToString() => "timestamp service";

    /// <summary>Checks addresses and header fields. The exception contains none of them.</summary>
    /// <exception cref="RustPdfException"><c>ERR_ARGUMENT</c>.</exception>
    internal static IReadOnlyList<TimestampService> Checked(TimestampOptions? options)
    {
        foreach (var service in options?.Services ?? [])
        {
            if (!Uri.TryCreate(service?.Url, UriKind.Absolute, out var at) || at.Scheme is not ("http" or "https") || at.Host.Length == 0)
                throw HostError.ArgumentType("the address of a timestamp service", "one with http or https", "another text");
            foreach (var (name, value) in service!.Headers ?? new Dictionary<string, string>())
            {
                if (name.Length > 0 && name.All(IsTokenLetter) && value?.IndexOfAny(['\r', '\n', '\0']) == -1) continue;
                throw HostError.ArgumentType("a header field of a timestamp service", "a name and a value of one line", "another text");
            }
        }
        return options?.Services ?? [];
    }

    /// <summary>Whether a letter can be in the name of a header field (RFC 9110, 5.6.2).</summary>
    private static bool IsTokenLetter(char letter) => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter);
}
