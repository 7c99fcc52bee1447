using System.Threading.Tasks;
using Net.Pkcs11Interop.HighLevelAPI;
using Xunit;

namespace RustPdf.Tests.KeyStores;

/// <summary>The examples of keystores/README.md. scripts/build-tests.sh writes the part of this class that has them.</summary>
public sealed partial class ReadmeTests
{
    private static readonly byte[] pdf = Documents.Small;
    private static readonly byte[] certificate = Pki.Certificate("rsa");
    private static readonly string chain = Pki.Chain;
    private static readonly LocalSession session = new();
    private static readonly KeyHandle privateKey = new("rsa");
    private static readonly KeyHandle publicKey = new("rsa");

    [Fact]
    public async Task TheExamplesRun()
    {
        await Run();
        Assert.Equal(2, session.Asked.Count); // a document and a certification request
    }
}
