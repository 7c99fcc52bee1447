using System;
using System.Threading.Tasks;
using Xunit;

namespace RustPdf.Tests;

/// <summary>What becomes of a bug in the core: only with the library that is built for it, <c>RUSTPDF_PANIC=1</c>.</summary>
public sealed class PanicTests
{
    internal static bool IsBuiltToPanic => Environment.GetEnvironmentVariable("RUSTPDF_PANIC") == "1";

    internal static byte[] Start() => Frame.Encode(json =>
    {
        json.WriteString("operation", "panic");
        json.WriteNumber("length", 0);
    });

    [Fact]
    public void APanicIsAnErrorAndTheProcessGoesOn()
    {
        if (!IsBuiltToPanic) return;
        var signed = Documents.Signed(Documents.Small);
        for (var round = 0; round < 3; round++)
        {
            using var machine = Core.Start(Start());
            Assert.Equal(ErrorCode.Internal, ErrorTests.CodeIn(Core.Next(machine, Frame.Empty)));
            Assert.Equal(ErrorCode.Internal, ErrorTests.CodeIn(Core.Next(machine, Frame.Empty)));
            Assert.Equal(signed, Documents.Signed(Documents.Small));
        }
    }

    [Fact]
    public void APanicDoesNotTouchOtherThreads()
    {
        if (!IsBuiltToPanic) return;
        var signed = Documents.Signed(Documents.Small);
        Parallel.For(0, 100, round =>
        {
            if (round % 10 == 0)
            {
                using var machine = Core.Start(Start());
                Assert.Equal(ErrorCode.Internal, ErrorTests.CodeIn(Core.Next(machine, Frame.Empty)));
            }
            Assert.Equal(signed, Documents.Signed(Documents.Small));
        });
    }
}
