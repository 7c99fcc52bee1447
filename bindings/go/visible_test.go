package rustpdf

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
)

// smallPNG has 8 by 4 pixels in colours. Every third is transparent.
var smallPNG = must(base64.StdEncoding.DecodeString(
	"iVBORw0KGgoAAAANSUhEUgAAAAgAAAAECAYAAACzzX7wAAAATUlEQVR42hWNQQ0AMQzDAmVQCqVQAqVQAqVMej5Nlv2IOknWk6+gad4NhFosle9BldXYMHTw" +
		"1j8wA5sdF8D04MDSUvgiXICmjQdCL/4AmgE+7Pzgz4wAAAAASUVORK5CYII="))

// notoSans is the built-in font, as a font of the caller.
func notoSans(t testing.TB) []byte {
	return readFile(t, filepath.Join("..", "..", "crates", "appearance", "fonts", "NotoSans-Regular.ttf"))
}

// box is an appearance with a box that fits the page of smallPDF.
func box() *Appearance {
	return &Appearance{Rect: []float64{10, 20, 190, 80}}
}

func boxWith(change func(*Appearance)) *Appearance {
	changed := box()
	change(changed)
	return changed
}

func visible(t testing.TB, pdf []byte, appearance *Appearance) *Signed {
	t.Helper()
	signed, err := Sign(t.Context(), pdf, pki(t, "rsa").signer(), with(SigningOptions{Appearance: appearance})...)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// textOf is the text of a document, as Poppler reads it.
func textOf(t testing.TB, pdf []byte) string {
	t.Helper()
	reader := exec.Command("pdftotext", "-", "-")
	reader.Stdin = bytes.NewReader(pdf)
	return string(must(reader.Output()))
}

func checkRect(t testing.TB, report *Report, want ...float64) {
	t.Helper()
	if !slices.Equal(report.Rect, want) {
		t.Errorf("the box is %v and should be %v", report.Rect, want)
	}
}

func codesOf(report *Report) (codes []WarningCode) {
	for _, warning := range report.Warnings {
		codes = append(codes, warning.Code)
	}
	return codes
}

// TestTheDefaultAppearance also finds that an invisible signature does not load the module that draws.
func TestTheDefaultAppearance(t *testing.T) {
	before := drawing
	drawing = newDrawing(drawingModule)
	t.Cleanup(func() { drawing = before })
	signer := pki(t, "rsa").signer()
	if signed := visible(t, smallPDF(), nil); signed.Report.Rect != nil || drawing.compiled != nil {
		t.Error("an invisible signature has a box, or loads the module that draws")
	}
	page := boxWith(func(appearance *Appearance) { appearance.PDF = &AppearancePDF{Data: smallPDF()} })
	if visible(t, smallPDF(), page); drawing.compiled != nil {
		t.Error("a page of a PDF alone is drawn")
	}
	options := SigningOptions{
		Appearance: boxWith(func(appearance *Appearance) { appearance.Page = -1 }), Reason: "Approved", Location: "Graz", UTCOffsetMinutes: 120,
	}
	signed := must(Sign(t.Context(), smallPDF(), signer, with(options)...))
	if len(drawing.idle) != 1 {
		t.Errorf("%d instances that draw, and should be 1", len(drawing.idle))
	}
	checkRect(t, signed.Report, 10, 20, 190, 80)
	text := textOf(t, signed.PDF)
	for _, line := range []string{"Digitally signed by", "2026-11-25 14:00:00 +02:00", "Reason: Approved", "Location: Graz"} {
		if !strings.Contains(text, line) {
			t.Errorf("%q is missing in %q", line, text)
		}
	}
	judge(t, signed.PDF, 1)
}

// TestAnAppearanceCrossesTheBorder has the options of each kind in JSON. The vectors of tests/conformance compare the bytes.
func TestAnAppearanceCrossesTheBorder(t *testing.T) {
	options := &SigningOptions{
		Appearance: &Appearance{
			Page:       -1,
			Position:   &BoxPosition{Corner: BoxCornerTopLeft, Width: 70, Height: 25.5},
			Unit:       LengthUnitMm,
			Tooltip:    "Signature",
			Labels:     &AppearanceLabels{SignedBy: "Seen by"},
			DateFormat: "dd.MM.yyyy",
			FontSize:   8,
			Align:      TextAlignCenter,
			Image:      &AppearanceImage{Data: smallPNG, Place: ImagePlaceEnd, Share: 0.25, Alpha: ImageAlphaSoft},
			QR:         "{serial}",
			Border:     &AppearanceBorder{Width: 1, Color: "#000000"},
			Accent:     "none",
		},
		EmptyFields: []EmptyField{{Name: "Buyer", Rect: []float64{1, 2, 30, 40}}, {Name: "Witness", Position: &BoxPosition{}}},
	}
	want := `{"appearance":{"accent":"none","align":"center","border":{"color":"#000000","width":1},"dateFormat":"dd.MM.yyyy","fontSize":8,` +
		`"image":{"alpha":"soft","data":{"part":"data 0"},"place":"end","share":0.25},"labels":{"signedBy":"Seen by"},"page":-1,` +
		`"position":{"corner":"top-left","height":25.5,"width":70},"qr":"{serial}","tooltip":"Signature","unit":"mm"},` +
		`"emptyFields":[{"name":"Buyer","rect":[1,2,30,40]},{"name":"Witness","position":{}}]}`
	parts := new(parts)
	if got := string(options.wire(parts)); got != want || !bytes.Equal(parts.payload[0], smallPNG) {
		t.Errorf("%s\nand should be\n%s", got, want)
	}
}

// TestZeroFieldsAreLeftOut has the options in JSON: a zero field means the default, which differs from nothing.
func TestZeroFieldsAreLeftOut(t *testing.T) {
	for want, appearance := range map[string]*Appearance{
		`{}`:                                 {},
		`{"text":""}`:                        {Text: NoText},
		`{"labels":{"reason":""}}`:           {Labels: &AppearanceLabels{Reason: NoText}},
		`{"position":{"margin":1e-9}}`:       {Position: &BoxPosition{Margin: NoMargin}},
		`{"strokes":[[1,2],[3,4]]}`:          {Strokes: [][]float64{{1, 2}, {3, 4}}},
		`{"pdf":{"data":{"part":"data 0"}}}`: {PDF: &AppearancePDF{Data: smallPDF()}, Font: []AppearanceFont{}, Rect: []float64{}},
		`{"font":[{"regular":{"part":"regular 0"}},{"bold":{"part":"bold 2"},"index":2,"regular":{"part":"regular 1"}}]}`: {
			Font: []AppearanceFont{{Regular: []byte("a")}, {Regular: []byte("b"), Bold: []byte("c"), Index: 2}},
		},
	} {
		options := &SigningOptions{Appearance: appearance}
		if got := string(options.wire(new(parts))); got != `{"appearance":`+want+`}` {
			t.Errorf("%s\nand should have\n%s", got, want)
		}
	}
	drawn := func(change func(*Appearance)) bool {
		appearance := boxWith(change)
		appearance.PDF = &AppearancePDF{Data: smallPDF()}
		return strings.Contains(textOf(t, visible(t, smallPDF(), appearance).PDF), "Digitally signed by")
	}
	if drawn(func(*Appearance) {}) || drawn(func(appearance *Appearance) { appearance.Text = NoText }) {
		t.Error("a page of a PDF alone has text")
	}
	if !drawn(func(appearance *Appearance) { appearance.FontSize = 7.2 }) {
		t.Error("a drawing option draws nothing")
	}
	corner := visible(t, smallPDF(), &Appearance{Position: &BoxPosition{Corner: BoxCornerBottomLeft, Width: 180, Margin: NoMargin}})
	checkRect(t, corner.Report, 0, 0, 180, 60)
}

func TestAnImageInEachPlace(t *testing.T) {
	for _, place := range []ImagePlace{ImagePlaceStart, ImagePlaceEnd, ImagePlaceTop, ImagePlaceBehind, ImagePlaceOnly} {
		image := &AppearanceImage{Data: smallPNG, Place: place}
		signed := visible(t, smallPDF(), boxWith(func(appearance *Appearance) { appearance.Image = image }))
		if hasText := strings.Contains(textOf(t, signed.PDF), "Digitally signed by"); hasText == (place == ImagePlaceOnly) {
			t.Error(place, ": ", hasText)
		}
	}
}

// TestAFontIsLargerThanAHeader finds that bytes of options are parts of the frame.
func TestAFontIsLargerThanAHeader(t *testing.T) {
	large := append(notoSans(t), make([]byte, 12<<20)...)
	fonts := []AppearanceFont{{Regular: large, Bold: notoSans(t)}}
	signed := visible(t, smallPDF(), boxWith(func(appearance *Appearance) { appearance.Font = fonts }))
	if len(signed.PDF) > len(smallPDF())+60_000 || !strings.Contains(textOf(t, signed.PDF), "Digitally signed by") {
		t.Error(len(signed.PDF))
	}
	for _, kept := range drawing.idle {
		if kept.memory.Size() > mostKept {
			t.Errorf("an idle instance has %d bytes", kept.memory.Size())
		}
	}
}

func TestAVisibleFile(t *testing.T) {
	path, signer := temporary(t, smallPDF()), pki(t, "rsa").signer()
	output := filepath.Join(filepath.Dir(path), "out.pdf")
	want := visible(t, smallPDF(), box())
	signed := must(SignFile(t.Context(), path, output, signer, with(SigningOptions{Appearance: box()})...))
	checkRect(t, signed.Report, 10, 20, 190, 80)
	must(SignFile(t.Context(), path, path, signer, with(SigningOptions{Appearance: box()})...))
	if !bytes.Equal(readFile(t, output), want.PDF) || !bytes.Equal(readFile(t, path), want.PDF) {
		t.Error("a file has other bytes")
	}
}

func TestABrokenDrawingLeavesNothingBehind(t *testing.T) {
	path, silent := temporary(t, smallPDF()), pki(t, "rsa").by(unasked(t))
	for _, name := range []string{"in.pdf", "out.pdf"} {
		options := SigningOptions{Appearance: boxWith(func(appearance *Appearance) { appearance.Text = "سلام" })}
		_, err := SignFile(t.Context(), path, filepath.Join(filepath.Dir(path), name), silent, options)
		if !errors.Is(err, ErrFontGlyph) {
			t.Error(err)
		}
	}
	checkFiles(t, filepath.Dir(path), "in.pdf")
	if !bytes.Equal(readFile(t, path), smallPDF()) {
		t.Error("the document is changed")
	}
}

// TestEmptyFieldsAreFilledInTurn has the first signer make the field of the second, which keeps its box.
func TestEmptyFieldsAreFilledInTurn(t *testing.T) {
	first := &SigningOptions{Appearance: box(), EmptyFields: []EmptyField{
		{Name: "Buyer", Rect: []float64{10, 100, 190, 150}, Tooltip: "Signature of the buyer"},
		{Name: "Witness", Position: &BoxPosition{Corner: BoxCornerTopLeft, Width: 100, Height: 30, Margin: 5}},
	}}
	second := &SigningOptions{FieldName: "Buyer", ExistingField: true, Appearance: &Appearance{Text: "**{name}**"}}
	signer := pki(t, "rsa").signer()
	signed := must(SignInTurn(t.Context(), smallPDF(), []Signatory{{signer, first}, {signer, second}}, moment...))
	checkRect(t, signed.Reports[0], 10, 20, 190, 80)
	checkRect(t, signed.Reports[1], 10, 100, 190, 150)
	judge(t, signed.PDF, 2)
	for _, field := range must(Inspect(t.Context(), signed.PDF)).Fields {
		if field.Signed == (field.Name == "Witness") {
			t.Errorf("%+v", field)
		}
	}
}

func TestAVisibleSession(t *testing.T) {
	signer := pki(t, "rsa")
	appearance := boxWith(func(appearance *Appearance) { appearance.Image = &AppearanceImage{Data: smallPNG} })
	options := &SigningOptions{Appearance: appearance}
	session := must(BeginSigning(smallPDF(), signer.certificate, signer.chain, options, moment...))
	checkRect(t, session.Report(), 10, 20, 190, 80)
	if _, err := session.SerializeUnsealed(); !errors.Is(err, ErrOptionValue) {
		t.Error("a visible session is saved unsealed: ", err)
	}
	resumed := must(ResumeSigning(t.Context(), must(session.Serialize(sessionKey)), smallPDF(), sessionKey))
	checkRect(t, resumed.Report(), 10, 20, 190, 80)
	signature := must(signer.sign(t.Context(), *resumed.Request()))
	if signed := must(resumed.CompleteWithSignature(signature)); !bytes.Equal(signed, visible(t, smallPDF(), appearance).PDF) {
		t.Error("a session has other bytes")
	}
	if _, err := BeginSigning(smallPDF(), nil, nil, &SigningOptions{Appearance: box()}); !errors.Is(err, ErrAppearanceText) {
		t.Error("without a certificate a session requires a name: ", err)
	}
	checkRect(t, must(BeginSigning(smallPDF(), nil, nil, &SigningOptions{Appearance: box(), Name: "Ada"})).Report(), 10, 20, 190, 80)
}

func TestManyVisible(t *testing.T) {
	folder, jobs := t.TempDir(), []Job{}
	for at := range 20 {
		job := Job{Input: filepath.Join(folder, fmt.Sprint(at, ".pdf")), Output: filepath.Join(folder, fmt.Sprint(at, ".out"))}
		writeFile(t, job.Input, smallPDF())
		jobs = append(jobs, job)
	}
	appearance := boxWith(func(appearance *Appearance) { appearance.Image = &AppearanceImage{Data: smallPNG} })
	want := visible(t, smallPDF(), appearance).PDF
	opts := with(SigningOptions{Appearance: appearance}, WithInFlight(8))
	for outcome, err := range SignMany(t.Context(), slices.Values(jobs), pki(t, "rsa").signer(), opts...) {
		if err := errors.Join(err, outcome.Err); err != nil || !bytes.Equal(readFile(t, outcome.Job.Output), want) {
			t.Error(outcome.Job.Input, ": other bytes, or ", err)
		}
	}
	if most := max(4, runtime.GOMAXPROCS(0)); len(drawing.idle) > most {
		t.Errorf("%d idle instances, and should be %d at the most", len(drawing.idle), most)
	}
}

func TestEachErrorOfADrawing(t *testing.T) {
	restricted := notoSans(t) // the licence forbids to embed it
	table := binary.BigEndian.Uint32(restricted[bytes.Index(restricted, []byte("OS/2"))+8:])
	binary.BigEndian.PutUint16(restricted[table+8:], 2)
	signer := pki(t, "rsa")
	for _, wrong := range []struct {
		code       ErrorCode
		appearance *Appearance
	}{
		{ErrAppearanceBox, &Appearance{}}, // 210 points are wider than the page
		{ErrAppearanceBox, &Appearance{Rect: []float64{0, 0, 5, 5}}},
		{ErrAppearanceBox, &Appearance{Rect: []float64{0, 0, 300, 50}}},
		{ErrAppearanceFit, &Appearance{Rect: []float64{0, 0, 12, 6}}},
		{ErrAppearanceText, boxWith(func(a *Appearance) { a.Text = "{nmae}" })},
		{ErrAppearancePDF, boxWith(func(a *Appearance) { a.PDF = &AppearancePDF{Data: []byte("none")} })},
		{ErrFont, boxWith(func(a *Appearance) { a.Font = []AppearanceFont{{Regular: []byte("none")}} })},
		{ErrFont, boxWith(func(a *Appearance) { a.Font = []AppearanceFont{{}} })},
		{ErrFontGlyph, boxWith(func(a *Appearance) { a.Text = "سلام" })},
		{ErrFontLicense, boxWith(func(a *Appearance) { a.Font = []AppearanceFont{{Regular: restricted}} })},
		{ErrImage, boxWith(func(a *Appearance) { a.Image = &AppearanceImage{Data: smallPNG[:50]} })},
		{ErrImage, boxWith(func(a *Appearance) { a.Image = &AppearanceImage{} })},
		{ErrQR, boxWith(func(a *Appearance) { a.QR = strings.Repeat("x", 2332) })},
		{ErrOptionValue, boxWith(func(a *Appearance) { a.Position = &BoxPosition{} })},
		{ErrOptionValue, boxWith(func(a *Appearance) { a.Unit = "inch" })},
		{ErrOptionValue, boxWith(func(a *Appearance) { a.Align = "left" })},
		{ErrOptionValue, &Appearance{Rect: []float64{1, 2, 3}}},
		{ErrOptionValue, boxWith(func(a *Appearance) { a.FontSize = 1 })},
		{ErrOptionValue, boxWith(func(a *Appearance) { a.Color = "red" })},
		{ErrOptionValue, boxWith(func(a *Appearance) { a.Strokes = [][]float64{{1, 2, 3}} })},
		{ErrPageNumber, boxWith(func(a *Appearance) { a.Page = 2 })},
		{ErrArgument, boxWith(func(a *Appearance) { a.FontSize = math.NaN() })},
		{ErrArgument, boxWith(func(a *Appearance) { a.Strokes = [][]float64{{0, math.Inf(-1)}} })},
		{ErrArgument, boxWith(func(a *Appearance) { a.Text = "\xff" })},
	} {
		options := SigningOptions{Appearance: wrong.appearance}
		if _, err := Sign(t.Context(), smallPDF(), signer.by(unasked(t)), options); !errors.Is(err, wrong.code) {
			t.Errorf("%v, and should be %s", err, wrong.code)
		}
		if _, err := BeginSigning(smallPDF(), signer.certificate, signer.chain, &options); !errors.Is(err, wrong.code) {
			t.Errorf("%v, and should be %s", err, wrong.code)
		}
	}
	_, err := Sign(t.Context(), smallPDF(), signer.signer(), SigningOptions{Appearance: boxWith(func(a *Appearance) { a.FontSize = 1 })})
	if err == nil || !strings.Contains(err.Error(), "`Appearance.FontSize`") {
		t.Error(err)
	}
}

func TestWarningsOfADrawing(t *testing.T) {
	vectors := filepath.Join("..", "..", "tests", "vectors", "documents")
	above := &Appearance{Rect: []float64{10, 90, 190, 150}}
	first := visible(t, smallPDF(), box()).PDF
	tagged := visible(t, readFile(t, filepath.Join(vectors, "tagged.pdf")), box())
	for want, report := range map[WarningCode]*Report{
		WarnWidgetsOverlap:            visible(t, first, &Appearance{Rect: []float64{50, 50, 195, 120}}).Report,
		WarnNotTagged:                 visible(t, tagged.PDF, above).Report,
		WarnVisibleAfterCertification: visible(t, readFile(t, filepath.Join(vectors, "certified-2.pdf")), box()).Report,
	} {
		if codes := codesOf(report); !slices.Contains(codes, want) {
			t.Errorf("%v, and should have %s", codes, want)
		}
	}
	for _, report := range []*Report{visible(t, first, above).Report, tagged.Report} {
		if codes := codesOf(report); len(codes) > 0 {
			t.Error(codes)
		}
	}
}

// TestATrapOfTheDrawing has drawings trap at each call of the module: they alone fail, and their instances are not used again.
func TestATrapOfTheDrawing(t *testing.T) {
	path, signer := temporary(t, smallPDF()), pki(t, "rsa")
	want := visible(t, smallPDF(), box()).PDF
	for _, name := range []string{"rustpdf_appearance_alloc", "rustpdf_appearance_draw", "rustpdf_appearance_free"} {
		broken := must(drawing.take())
		broken.exported[name] = &trapping{broken.exported[name], 0, broken.exported["rustpdf_appearance_alloc"]}
		drawing.give(broken) // the last one is lent first
		_, err := SignFile(t.Context(), path, path, signer.by(unasked(t)), with(SigningOptions{Appearance: box()})...)
		if !errors.Is(err, ErrInternal) || errors.Unwrap(err) == nil || !broken.module.IsClosed() || slices.Contains(drawing.idle, broken) {
			t.Errorf("%s: %v, and should be %s with the trap behind it", name, err, ErrInternal)
		}
		checkFiles(t, filepath.Dir(path), "in.pdf")
		var others sync.WaitGroup
		for range 8 {
			others.Go(func() {
				signed, err := Sign(context.Background(), smallPDF(), signer.signer(), with(SigningOptions{Appearance: box()})...)
				if err != nil || !bytes.Equal(signed.PDF, want) {
					t.Errorf("another signing has other bytes, or %v", err)
				}
			})
		}
		others.Wait()
	}
}

func TestAModuleThatIsBroken(t *testing.T) {
	before := drawing
	t.Cleanup(func() { drawing = before })
	drawing = newDrawing([]byte("none"))
	_, err := Sign(t.Context(), smallPDF(), pki(t, "rsa").by(unasked(t)), SigningOptions{Appearance: box()})
	if !errors.Is(err, ErrInternal) {
		t.Error(err)
	}
	if visible(t, smallPDF(), nil).Report.Rect != nil {
		t.Error("an invisible signature has a box")
	}
}

// TestNoLeakOfDrawings signs a thousand times, some with a font that makes an instance too large to be kept.
func TestNoLeakOfDrawings(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	signer, large := pki(t, "rsa").signer(), append(notoSans(t), make([]byte, 8<<20)...)
	small := boxWith(func(a *Appearance) { a.QR, a.Image = "{name}", &AppearanceImage{Data: smallPNG} })
	broken := boxWith(func(a *Appearance) { a.Text = "سلام" })
	growing := boxWith(func(a *Appearance) { a.Font = []AppearanceFont{{Regular: large}} })
	sign := func(times int) {
		for time := range times {
			visible(t, smallPDF(), small)
			if time%10 == 0 {
				if _, err := Sign(t.Context(), smallPDF(), signer, SigningOptions{Appearance: broken}); !errors.Is(err, ErrFontGlyph) {
					t.Fatal(err)
				}
			}
			if time%100 == 0 {
				visible(t, smallPDF(), growing)
			}
		}
	}
	sign(200)
	debug.FreeOSMemory()
	before := memoryMB(t, "VmRSS")
	sign(1000)
	debug.FreeOSMemory()
	after := memoryMB(t, "VmRSS")
	t.Logf("%.1f MB before, %.1f MB after 1,000 signatures", before, after)
	if after > before+4 {
		t.Errorf("it grew by %.1f MB", after-before)
	}
}

// TestTheDrawingIsInTheCompilationCache finds a second compiled module there.
func TestTheDrawingIsInTheCompilationCache(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles two modules")
	}
	before := drawing
	t.Cleanup(func() { drawing = before })
	folder := filepath.Join(t.TempDir(), "cache")
	files := func() (count int) {
		_ = filepath.Walk(folder, func(_ string, info os.FileInfo, _ error) error {
			if info.Mode().IsRegular() {
				count++
			}
			return nil
		})
		return count
	}
	for range 2 {
		useModule(t, module)
		drawing = newDrawing(drawingModule)
		if err := UseCompilationCache(folder); err != nil {
			t.Fatal(err)
		}
		visible(t, smallPDF(), box())
		if files() != 2 {
			t.Errorf("%d modules were kept, and should be 2", files())
		}
	}
}
