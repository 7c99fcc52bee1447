// Measures the package, one figure a run, as one line of JSON: startup | small SECONDS | in-place FILE
// The material is that of a conformance vector, whose signature is handed back, and the test PKI for in-place.

using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;
using RustPdf;

internal static class Bench
{
    private static int Main(string[] arguments)
    {
        switch (arguments.FirstOrDefault())
        {
            case "startup":
                Startup();
                return 0;
            case "small":
                Small(double.Parse(arguments[1]));
                return 0;
            case "in-place":
                InPlace(arguments[1]);
                return 0;
            default:
                Console.Error.WriteLine("usage: startup | small SECONDS | in-place FILE");
                return 2;
        }
    }

    /// <summary>From the start of the program to the first signature; the runtime itself was started before.</summary>
    private static void Startup()
    {
        var watch = Stopwatch.StartNew();
        new Material().Sign();
        Print(("startup_ms", watch.Elapsed.TotalMilliseconds));
    }

    private static void Small(double seconds)
    {
        var material = new Material();
        for (var turn = 0; turn < 2000; turn++) material.Sign();
        var signatures = 0;
        var watch = Stopwatch.StartNew();
        for (; watch.Elapsed.TotalSeconds < seconds; signatures++) material.Sign();
        Print(("signatures_per_second", signatures / watch.Elapsed.TotalSeconds));
    }

    private static void InPlace(string file)
    {
        var certificate = File.ReadAllBytes(Material.At("tests/pki/certificates/rsa.der"));
        var chain = File.ReadAllText(Material.At("tests/pki/certificates/chain.pem"));
        using var key = RSA.Create();
        var pem = File.ReadAllText(Material.At("tests/pki/certificates/rsa.key"));
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(string.Concat(pem.Split('\n').Where(line => !line.StartsWith("-")))), out _);
        var before = Megabytes("VmRSS");
        var watch = Stopwatch.StartNew();
        Pdf.SignFile(file, file, new Signer(certificate, key, chain));
        var seconds = watch.Elapsed.TotalSeconds;
        Print(("seconds", seconds), ("peak_mb_over_start", Megabytes("VmHWM") - before));
    }

    private static double Megabytes(string name)
    {
        var line = File.ReadLines("/proc/self/status").Single(one => one.StartsWith(name + ":"));
        return double.Parse(new string(line.Where(char.IsDigit).ToArray())) * 1024 / 1e6;
    }

    private static void Print(params (string Name, double Value)[] entries) =>
        Console.WriteLine("{" + string.Join(", ", entries.Select(entry => $"\"{entry.Name}\": {entry.Value:F3}")) + "}");

    private sealed class Material
    {
        private readonly byte[] pdf;
        private readonly byte[] certificate;
        private readonly byte[][] chain;
        private readonly byte[] signature;
        private readonly SigningOptions options;

        internal Material()
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(At("tests/vectors/cases/rsa-pkcs1-sha256.json")));
            var vector = json.RootElement;
            pdf = File.ReadAllBytes(At("tests/vectors/documents/" + vector.GetProperty("document").GetString()));
            certificate = File.ReadAllBytes(At("tests/vectors/certificates/" + vector.GetProperty("certificate").GetString()));
            chain = vector.GetProperty("chain").EnumerateArray()
                .Select(name => File.ReadAllBytes(At("tests/vectors/certificates/" + name.GetString()))).ToArray();
            signature = Bytes(vector.GetProperty("signature").GetString()!);
            options = new SigningOptions
            {
                SigningTime = DateTimeOffset.FromUnixTimeSeconds(vector.GetProperty("now").GetInt64()),
                Entropy = Bytes(vector.GetProperty("entropy").GetString()!),
            };
        }

        internal void Sign() => Pdf.SignWith(pdf, certificate, (_, __) => signature, chain, options);

        internal static string At(string path)
        {
            var folder = AppContext.BaseDirectory;
            while (!Directory.Exists(Path.Combine(folder, "tests/vectors"))) folder = Path.GetDirectoryName(folder)!;
            return Path.Combine(folder, path);
        }

        private static byte[] Bytes(string hex) =>
            Enumerable.Range(0, hex.Length / 2).Select(at => Convert.ToByte(hex.Substring(2 * at, 2), 16)).ToArray();
    }
}
