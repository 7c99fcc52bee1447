// The names that the examples of the documentation comments use, and their run.

using System;
using System.IO;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using RustPdf;

internal static partial class Examples
{
    private static readonly byte[] pdf = File.ReadAllBytes("contract.pdf");
    private static readonly byte[] certDer = File.ReadAllBytes("signer.pem");
    private static readonly byte[] chain = File.ReadAllBytes("chain.pem");
    private static readonly byte[] sessionKey = Hsm.SessionKey();
    private static readonly string keyPem = File.ReadAllText("signer.key");
    private static readonly ISigner signer = new Signer(certDer, HsmSign, chain);
    private static readonly ISigner otherSigner = new Signer(certDer, HsmSign, chain);
    private static readonly string tsaUrl = Environment.GetEnvironmentVariable("RUSTPDF_TSA")!;
    private static readonly HttpSettings http = new();
    private static readonly CancellationToken cancellationToken = CancellationToken.None;

    private static byte[] HsmSign(ReadOnlyMemory<byte> data, SigningRequest request) => HsmSignData(data.ToArray());

    private static byte[] HsmSignData(byte[] data)
    {
        using var key = OpenKey();
        return key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    private static async Task<byte[]> KmsSign(ReadOnlyMemory<byte> data, SigningRequest request, CancellationToken token)
    {
        await Task.Delay(1, token);
        return HsmSign(data, request);
    }

    /// <summary>A service that returns a CMS container. There is none here, so its container is rejected.</summary>
    private static byte[] ServiceSign(ReadOnlyMemory<byte> hash) => hash.ToArray();

    private static RSA OpenKey()
    {
        var key = RSA.Create();
        key.ImportFromPem(keyPem);
        return key;
    }

    private static X509Certificate2 OpenCertificate()
    {
        using var key = OpenKey();
        using var certificate = new X509Certificate2(certDer);
        return certificate.CopyWithPrivateKey(key);
    }

    private static async Task Main()
    {
        foreach (var example in All)
        {
            var folder = Directory.CreateTempSubdirectory("rustpdf-example-");
            File.WriteAllBytes(Path.Combine(folder.FullName, "contract.pdf"), pdf);
            Directory.SetCurrentDirectory(folder.FullName);
            try
            {
                await example();
            }
            catch (RustPdfException error) when (error.Code == ErrorCode.ContainerFormat)
            {
            }
            Directory.SetCurrentDirectory("/");
            folder.Delete(recursive: true);
        }
        Console.Error.WriteLine($"{All.Length} examples ran");
    }
}
