using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using RustPdf.Frames;
using Xunit;

namespace RustPdf.Tests;

/// <summary>Visible signatures: bytes, files, several signers, sessions, many documents, errors and warnings.</summary>
public sealed class VisibleTests
{
    private static readonly byte[] Document = Documents.Small;

    /// <summary>8 by 4 pixels in colours; every third is transparent.</summary>
    internal static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAECAYAAACzzX7wAAAATUlEQVR42hWNQQ0AMQzDAmVQCqVQAqVQAqVMej5Nlv2IOknWk6+gad4NhFosle9BldXYMHTw" +
        "1j8wA5sdF8D04MDSUvgiXICmjQdCL/4AmgE+7Pzgz4wAAAAASUVORK5CYII=");

    private static readonly byte[] Font = File.ReadAllBytes(Repository.At("crates/appearance/fonts/NotoSans-Regular.ttf"));
    private static readonly Signer Signer = new(Pki.Certificate("rsa"), Pki.Signer(), Pki.Chain);

    /// <summary>An appearance with a box that fits the page.</summary>
    private static Appearance Box() => new() { Rect = [10, 20, 190, 80] };

    private static SigningOptions With(Appearance? appearance)
    {
        var options = Documents.Fixed();
        options.Appearance = appearance;
        return options;
    }

    private static SignedPdf Sign(Appearance? appearance, byte[]? pdf = null) => Pdf.Sign(pdf ?? Document, Signer, With(appearance));

    /// <summary>Text of a document, as Poppler reads it.</summary>
    private static string TextOf(byte[] pdf)
    {
        using var folder = new Folder();
        return Shell.Must("pdftotext", folder.Write("in.pdf", pdf), "-");
    }

    /// <summary>The JSON of options, and the parts that it names.</summary>
    private static (string Json, PartLength[] Parts) Encoded(SigningOptions options)
    {
        var parts = new Parts();
        var encoded = EncodedOptions.Of(options, parts)!;
        var frame = Frame.Encode(json =>
        {
            json.WritePropertyName("options");
            encoded.WriteTo(json);
        });
        return (Encoding.UTF8.GetString(frame.AsSpan(4)), parts.Lengths);
    }

    [Fact]
    public void TheDefaultAppearance()
    {
        var options = With(Box());
        (options.Appearance!.Page, options.Reason, options.Location, options.UtcOffsetMinutes) = (-1, "Approved", "Graz", 120);
        var signed = Pdf.Sign(Document, Signer, options);
        Assert.Equal("10 20 190 80", string.Join(" ", signed.Report.Rect!));
        Assert.Equal(3, signed.Report.Page);
        var text = TextOf(signed.Pdf);
        foreach (var line in new[] { "Digitally signed by", "2026-11-25 14:00:00 +02:00", "Reason: Approved", "Location: Graz" })
            Assert.Contains(line, text);
        using var folder = new Folder();
        Shell.JudgeByPdfsig(folder.Write("signed.pdf", signed.Pdf));
        Assert.Null(Sign(null).Report.Rect);
    }

    /// <summary>Options of each kind in JSON. The vectors of tests/conformance compare the bytes.</summary>
    [Fact]
    public void AnAppearanceCrossesTheBorder()
    {
        var options = new SigningOptions
        {
            Appearance = new Appearance
            {
                Page = -1,
                Position = new BoxPosition { Corner = BoxCorner.TopLeft, Width = 70, Height = 25.5, Margin = 0 },
                Unit = LengthUnit.Mm,
                Tooltip = "Signature",
                Labels = new AppearanceLabels { SignedBy = "Seen by", Reason = "" },
                DateFormat = "dd.MM.yyyy",
                Font = [new AppearanceFont { Regular = Font, Index = 2 }],
                FontSize = 8,
                Align = TextAlign.Center,
                Image = new AppearanceImage { Data = Png, Place = ImagePlace.End, Share = 0.25, Alpha = ImageAlpha.Soft },
                Strokes = [[1, 2.5], [3, 4]],
                Qr = "{serial}",
                Border = new AppearanceBorder { Width = 1, Color = "#000000" },
                Accent = "none",
            },
            EmptyFields = [new EmptyField { Name = "Buyer", Rect = [1, 2, 30, 40] }, new EmptyField { Name = "Witness", Position = new() }],
        };
        var (json, parts) = Encoded(options);
        Assert.Contains(
            """
            "appearance":{"page":-1,"position":{"corner":"top-left","width":70,"height":25.5,"margin":0},"unit":"mm","tooltip":"Signature",
            "labels":{"signedBy":"Seen by","reason":""},"dateFormat":"dd.MM.yyyy","font":[{"regular":{"part":"regular 0"},"index":2}],
            "fontSize":8,"align":"center","image":{"data":{"part":"data 1"},"place":"end","share":0.25,"alpha":"soft"},
            "strokes":[[1,2.5],[3,4]],"qr":"{serial}","border":{"width":1,"color":"#000000"},"accent":"none"},
            "emptyFields":[{"name":"Buyer","rect":[1,2,30,40]},{"name":"Witness","position":{}}],
            """.Replace("\n", "", StringComparison.Ordinal),
            json);
        Assert.Equal($"{Font.Length} {Png.Length}", string.Join(" ", parts.Select(part => part.Length)));
    }

    [Fact]
    public void AnImageAndACorner()
    {
        var image = Sign(new Appearance
        {
            Position = new BoxPosition { Corner = BoxCorner.BottomLeft, Width = 180, Margin = 10 },
            Image = new AppearanceImage { Data = Png },
        });
        Assert.Equal("10 10 190 70", string.Join(" ", image.Report.Rect!));
        Assert.NotEqual(Sign(Box()).Pdf.Length, image.Pdf.Length);
        foreach (var place in Enum.GetValues<ImagePlace>())
        {
            var box = Box();
            box.Image = new AppearanceImage { Data = Png, Place = place };
            Assert.Equal(place != ImagePlace.Only, TextOf(Sign(box).Pdf).Contains("Digitally signed by", StringComparison.Ordinal));
        }
    }

    /// <summary>An option that is not given is not written: the core draws upon a page as soon as a drawing option is there.</summary>
    [Fact]
    public void APageOfAPdfAloneAndBehindText()
    {
        var page = new AppearancePdf { Data = Document };
        var (json, parts) = Encoded(new SigningOptions { Appearance = new Appearance { Pdf = page, Tooltip = "t" } });
        Assert.Contains("\"appearance\":{\"tooltip\":\"t\",\"pdf\":{\"data\":{\"part\":\"data 0\"}}}", json);
        Assert.Equal(Document.Length, (int)parts.Single().Length);
        Assert.Contains("\"appearance\":{}", Encoded(new SigningOptions { Appearance = new Appearance() }).Json);
        Assert.Contains("\"appearance\":{\"text\":\"\"}", Encoded(new SigningOptions { Appearance = new Appearance { Text = "" } }).Json);
        string Drawn(Action<Appearance> change)
        {
            var box = Box();
            box.Pdf = page;
            change(box);
            return TextOf(Sign(box).Pdf);
        }
        Assert.False(Drawn(_ => { }).Contains("signed by", StringComparison.Ordinal));
        Assert.False(Drawn(box => box.Text = "").Contains("signed by", StringComparison.Ordinal));
        Assert.Contains("Digitally signed by", Drawn(box => box.FontSize = 7.2));
        Assert.Contains("Digitally signed by", Drawn(box => box.Align = TextAlign.Start));
        Assert.Contains("only this", Drawn(box => box.Text = "only this"));
    }

    /// <summary>Bytes of every option are parts of the frame, so the header stays small.</summary>
    [Fact]
    public void AFontIsLargerThanAHeader()
    {
        var large = Documents.Concat(Font, new byte[12 << 20]);
        var box = Box();
        box.Font = [new AppearanceFont { Regular = large, Bold = Font }];
        var signed = Sign(box).Pdf;
        Assert.True(signed.Length < Document.Length + 60_000, $"{signed.Length} bytes");
        Assert.Contains("Digitally signed by", TextOf(signed));
        var policy = new SignaturePolicy { Oid = "1.2.3", DigestAlgorithm = DigestAlgorithm.Sha256, Digest = new byte[32] };
        var (json, parts) = Encoded(new SigningOptions
        {
            Policy = policy,
            Validation = new ValidationOptions { Trust = [Pki.Certificate("rsa"), Pki.Certificate("rsa")] },
        });
        Assert.Contains("\"trust\":[{\"part\":\"trust 1\"},{\"part\":\"trust 2\"}]", json);
        Assert.Equal("digest 0, trust 1, trust 2", string.Join(", ", parts.Select(part => part.Name)));
    }

    [Fact]
    public async Task AFile()
    {
        using var folder = new Folder();
        var path = folder.Write("in.pdf", Document);
        Assert.Equal("10 20 190 80", string.Join(" ", Pdf.SignFile(path, folder.At("out.pdf"), Signer, With(Box())).Report.Rect!));
        Assert.Equal(Sign(Box()).Pdf, folder.Read("out.pdf"));
        await Pdf.SignFileAsync(path, path, Signer, With(Box()));
        Assert.Equal(Sign(Box()).Pdf, folder.Read("in.pdf"));
        Assert.Equal(0, folder.Opened());
    }

    [Fact]
    public void ABrokenDrawingLeavesNothingBehind()
    {
        using var folder = new Folder();
        var path = folder.Write("in.pdf", Document);
        var silent = new Signer(Pki.Certificate("rsa"), (_, __) => throw new InvalidOperationException("the key is asked"), Pki.Chain);
        var box = Box();
        box.Text = "سلام";
        foreach (var output in new[] { path, folder.At("out.pdf") })
        {
            var error = Assert.Throws<RustPdfException>(() => Pdf.SignFile(path, output, silent, With(box)));
            Assert.Equal(ErrorCode.FontGlyph, error.Code);
            Assert.Equal(ErrorGroup.Options, error.Group);
        }
        Assert.Equal("in.pdf", folder.Names().Single());
        Assert.Equal(Document, folder.Read("in.pdf"));
    }

    /// <summary>The first signer makes the field of the second, which keeps its box.</summary>
    [Fact]
    public void EmptyFieldsAreFilledInTurn()
    {
        var first = new SigningOptions
        {
            Appearance = Box(),
            EmptyFields =
            [
                new EmptyField { Name = "Buyer", Rect = [10, 100, 190, 150], Tooltip = "Signature of the buyer" },
                new EmptyField { Name = "Witness", Page = 2, Position = new BoxPosition { Corner = BoxCorner.TopLeft, Width = 100, Margin = 5 } },
            ],
        };
        var second = new SigningOptions { FieldName = "Buyer", ExistingField = true, Appearance = new Appearance { Text = "**{name}**" } };
        var signed = Pdf.SignInTurn(Document, new[] { new Signatory(Signer, first), new Signatory(Signer, second) });
        Assert.Equal("10,20,190,80 10,100,190,150", string.Join(" ", signed.Reports.Select(report => string.Join(",", report.Rect!))));
        Assert.Equal("Witness", Pdf.Inspect(signed.Pdf).Fields.Single(field => !field.Signed).Name);
        using var folder = new Folder();
        Shell.JudgeByPdfsig(folder.Write("signed.pdf", signed.Pdf));
    }

    [Fact]
    public void ASessionIsSavedSealedAlone()
    {
        var box = Box();
        box.Image = new AppearanceImage { Data = Png };
        var session = Pdf.BeginSigning(Document, With(box), Pki.Certificate("rsa"), Pki.Chain);
        Assert.Equal("10 20 190 80", string.Join(" ", session.Report.Rect!));
        Assert.Equal(ErrorCode.OptionValue, Assert.Throws<RustPdfException>(() => session.SerializeUnsealed()).Code);
        var resumed = Pdf.ResumeSigning(session.Serialize(SessionTests.Key), Document, SessionTests.Key);
        Assert.Equal("10 20 190 80", string.Join(" ", resumed.Report.Rect!));
        Assert.Equal(Sign(box).Pdf, resumed.CompleteWithSignature(SessionTests.Raw(resumed)));
    }

    [Fact]
    public void ASessionWithoutACertificateRequiresAName()
    {
        var options = With(Box());
        Assert.Equal(ErrorCode.AppearanceText, Assert.Throws<RustPdfException>(() => Pdf.BeginSigning(Document, options)).Code);
        options.Name = "Ada";
        Assert.NotNull(Pdf.BeginSigning(Document, options).Report.Rect);
    }

    [Fact]
    public async Task Many()
    {
        using var folder = new Folder();
        var jobs = Enumerable.Range(0, 20).Select(at => new SigningJob(folder.Write($"{at}.pdf", Document), folder.At($"{at}.out"))).ToArray();
        var box = Box();
        box.Image = new AppearanceImage { Data = Png };
        var expected = Sign(box).Pdf;
        var outcomes = new List<JobOutcome>();
        await foreach (var outcome in Pdf.SignManyAsync(jobs, Signer, With(box))) outcomes.Add(outcome);
        Assert.True(outcomes.All(outcome => outcome.Status == JobStatus.Signed), outcomes.FirstOrDefault(one => one.Error != null)?.Error?.ToString());
        foreach (var at in Enumerable.Range(0, 20)) Assert.Equal(expected, folder.Read($"{at}.out"));
    }

    [Fact]
    public void EachErrorHasItsCode()
    {
        // A font whose licence forbids to embed it.
        var restricted = (byte[])Font.Clone();
        var entry = restricted.AsSpan().IndexOf("OS/2"u8);
        var table = BinaryPrimitives.ReadInt32BigEndian(restricted.AsSpan(entry + 8));
        (restricted[table + 8], restricted[table + 9]) = (0, 2);
        var nothing = "none"u8.ToArray();
        Appearance Wrong(Action<Appearance> change)
        {
            var box = Box();
            change(box);
            return box;
        }
        var silent = new Signer(Pki.Certificate("rsa"), (_, __) => throw new InvalidOperationException("the key is asked"), Pki.Chain);
        foreach (var (appearance, code) in new[]
        {
            (new Appearance(), ErrorCode.AppearanceBox), // 210 points are wider than the page
            (new Appearance { Rect = [0, 0, 5, 5] }, ErrorCode.AppearanceBox),
            (new Appearance { Rect = [0, 0, 300, 50] }, ErrorCode.AppearanceBox),
            (new Appearance { Rect = [0, 0, 12, 6] }, ErrorCode.AppearanceFit),
            (Wrong(box => box.Text = "{nmae}"), ErrorCode.AppearanceText),
            (Wrong(box => box.Pdf = new AppearancePdf { Data = nothing }), ErrorCode.AppearancePdf),
            (Wrong(box => box.Font = [new AppearanceFont { Regular = nothing }]), ErrorCode.Font),
            (Wrong(box => box.Font = [new AppearanceFont()]), ErrorCode.Font),
            (Wrong(box => box.Text = "سلام"), ErrorCode.FontGlyph),
            (Wrong(box => box.Font = [new AppearanceFont { Regular = restricted }]), ErrorCode.FontLicense),
            (Wrong(box => box.Image = new AppearanceImage { Data = Png.AsMemory(0, 50) }), ErrorCode.Image),
            (Wrong(box => box.Image = new AppearanceImage()), ErrorCode.Image),
            (Wrong(box => box.Qr = new string('x', 2332)), ErrorCode.Qr),
            (Wrong(box => box.Position = new BoxPosition()), ErrorCode.OptionValue),
            (Wrong(box => box.Unit = (LengthUnit)99), ErrorCode.OptionValue),
            (Wrong(box => box.Align = (TextAlign)99), ErrorCode.OptionValue),
            (new Appearance { Rect = [1, 2, 3] }, ErrorCode.OptionValue),
            (Wrong(box => box.FontSize = 1), ErrorCode.OptionValue),
            (Wrong(box => box.Color = "red"), ErrorCode.OptionValue),
            (Wrong(box => box.Strokes = [[1, 2, 3]]), ErrorCode.OptionValue),
            (Wrong(box => box.Page = 0), ErrorCode.PageNumber),
            (Wrong(box => box.Page = 4), ErrorCode.PageNumber),
        })
        {
            var error = Assert.Throws<RustPdfException>(() => Pdf.Sign(Document, silent, With(appearance)));
            Assert.Equal(code, error.Code);
            error = Assert.Throws<RustPdfException>(() => Pdf.BeginSigning(Document, With(appearance), Pki.Certificate("rsa"), Pki.Chain));
            Assert.Equal(code, error.Code);
        }
        var named = Assert.Throws<RustPdfException>(() => Pdf.Sign(Document, silent, With(Wrong(box => box.FontSize = 1))));
        Assert.Contains("`Appearance.FontSize`", named.Message);
    }

    [Fact]
    public void WarningsComeBeforeTheKeyIsAsked()
    {
        var first = Sign(Box()).Pdf;
        var options = With(new Appearance { Rect = [50, 50, 195, 120] });
        var seen = new List<string>();
        options.OnWarnings = warnings => seen.AddRange(warnings.Select(warning => warning.Code));
        Assert.Equal(WarningCode.WidgetsOverlap, Pdf.Sign(first, Signer, options).Report.Warnings.Single().Code);
        Assert.Equal(WarningCode.WidgetsOverlap, seen.Single());
        Assert.Empty(Sign(new Appearance { Rect = [10, 90, 190, 150] }, first).Report.Warnings);
        var tagged = File.ReadAllBytes(Repository.At("tests/vectors/documents/tagged.pdf"));
        Assert.Empty(Sign(new Appearance { Rect = [10, 20, 190, 80] }, tagged).Report.Warnings);
        var again = Sign(new Appearance { Rect = [10, 90, 190, 150] }, Sign(Box(), tagged).Pdf).Report.Warnings;
        Assert.Contains(WarningCode.NotTagged, again.Select(warning => warning.Code));
        var certified = Sign(Box(), File.ReadAllBytes(Repository.At("tests/vectors/documents/certified-2.pdf"))).Report.Warnings;
        Assert.Contains(WarningCode.VisibleAfterCertification, certified.Select(warning => warning.Code));
    }
}
