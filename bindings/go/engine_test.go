package rustpdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tetratelabs/wazero/api"
)

// useModule has the calls of a test use another module.
func useModule(t *testing.T, module []byte) *engine {
	return useEngine(t, newCore(module))
}

func useEngine(t *testing.T, engine *engine) *engine {
	before := core
	core = engine
	t.Cleanup(func() { core = before })
	return core
}

// usePanicModule has the calls of a test use the core with the operations for tests, which is compiled once.
func usePanicModule(t *testing.T) *engine {
	return useEngine(t, panicCore())
}

var panicCore = sync.OnceValue(func() *engine {
	return newCore(must(os.ReadFile(filepath.Join("..", "..", "target", "capi", "panic", "rustpdf.wasm"))))
})

// bareStart is a start frame with nothing but the fields that all have.
type bareStart struct{ startFrame }

func start(operation string) error {
	_, err := newHost(memorySource(nil), nil, unwatched).start(operation, &bareStart{}, parts{})
	return err
}

func TestAPanicOfTheCore(t *testing.T) {
	pdf, signer := smallPDF(), pki(t, "rsa")
	want := must(SignWith(pdf, signer.certificate, signer.sign, signer.chain, nil, moment...))
	engine := usePanicModule(t)
	sign := func() {
		t.Helper()
		signed, err := SignWith(pdf, signer.certificate, signer.sign, signer.chain, nil, moment...)
		if err != nil || !bytes.Equal(signed, want) {
			t.Errorf("other bytes than without a panic, or %v", err)
		}
	}
	sign()
	idle := len(engine.idle)
	for range 3 {
		err := start("panic")
		if !errors.Is(err, ErrInternal) || errors.Unwrap(err) == nil {
			t.Fatalf("%v, and should be %s with the trap behind it", err, ErrInternal)
		}
		sign()
		if len(engine.idle) > idle {
			t.Error("an instance that broke is used again")
		}
	}
	var working sync.WaitGroup
	for range 8 {
		working.Go(func() {
			if err := start("panic"); !errors.Is(err, ErrInternal) {
				t.Error(err)
			}
			if _, err := BeginSigning(pdf, signer.certificate, signer.chain, nil, moment...); err != nil {
				t.Error(err)
			}
		})
	}
	working.Wait()
}

// trapping is a function of the module that traps after some calls.
type trapping struct {
	api.Function
	calls int
	alloc api.Function
}

func (f *trapping) CallWithStack(ctx context.Context, stack []uint64) error {
	if f.calls--; f.calls < 0 {
		stack[0] = math.MaxUint32 // more than a memory has
		return f.alloc.CallWithStack(ctx, stack)
	}
	return f.Function.CallWithStack(ctx, stack)
}

// trapAfter has the next run trap after some steps.
func trapAfter(steps int) *instance {
	lent := must(core.take())
	lent.exported["rustpdf_machine_next"] = &trapping{lent.exported["rustpdf_machine_next"], steps, lent.exported["rustpdf_alloc"]}
	core.give(lent) // the last one is lent first
	return lent
}

// TestATrapAtEveryStep has a signing trap while others are at their signers: it alone fails, and its file is what it was, or signed, or
// can be made one of both.
func TestATrapAtEveryStep(t *testing.T) {
	pdf, signer := smallPDF(), pki(t, "rsa")
	want := must(SignWith(pdf, signer.certificate, signer.sign, signer.chain, nil, moment...))
	for _, name := range []string{"in.pdf", "out.pdf"} {
		failed := 0
		for ended := false; !ended; failed++ {
			path := temporary(t, pdf)
			output := filepath.Join(filepath.Dir(path), name)
			var others, waiting sync.WaitGroup
			release := make(chan struct{})
			for range 4 {
				waiting.Add(1)
				others.Go(func() {
					slow := func(ctx context.Context, request SigningRequest) ([]byte, error) {
						waiting.Done()
						<-release
						return signer.sign(ctx, request)
					}
					if signed, err := SignWith(pdf, signer.certificate, slow, signer.chain, nil, moment...); err != nil || !bytes.Equal(signed, want) {
						t.Errorf("another goroutine: other bytes, or %v", err)
					}
				})
			}
			waiting.Wait()
			broken := trapAfter(failed)
			_, err := SignFile(t.Context(), path, output, signer.signer(), moment...)
			if ended = err == nil; ended { // it has no more steps
				broken.exported["rustpdf_machine_next"] = broken.exported["rustpdf_machine_next"].(*trapping).Function
			}
			if !ended && (!errors.Is(err, ErrInternal) || errors.Unwrap(err) == nil || !broken.module.IsClosed()) {
				t.Fatalf("%s, step %d: %v, and should be %s with the trap behind it", name, failed, err, ErrInternal)
			}
			close(release)
			others.Wait()
			if signed := must(SignWith(pdf, signer.certificate, signer.sign, signer.chain, nil, moment...)); !bytes.Equal(signed, want) {
				t.Errorf("%s, step %d: the next signing gives other bytes", name, failed)
			}
			must(RecoverFile(t.Context(), path))
			if found := readFile(t, path); !bytes.Equal(found, pdf) && (output != path || !bytes.Equal(found, want)) {
				t.Errorf("%s, step %d: the document is broken", name, failed)
			}
			if found, err := os.ReadFile(output); err == nil && !bytes.Equal(found, want) && (output != path || !bytes.Equal(found, pdf)) {
				t.Errorf("%s, step %d: the output is broken", name, failed)
			}
		}
		if failed < 5 {
			t.Errorf("%s: it has %d steps", name, failed)
		}
	}
}

func TestAStepThatThisHostHasNot(t *testing.T) {
	pieces := frame{header: map[string]string{"step": "dance"}}.pieces()
	_, err := parseStep(slices.Concat(pieces...))
	if !errors.Is(err, ErrInternal) || !strings.Contains(err.Error(), "the core asks for dance; use the package and its") {
		t.Error(err)
	}
}

func TestAStepWithoutRequests(t *testing.T) {
	usePanicModule(t)
	step := &probeStart{Step: map[string]any{"step": "http", "requests": []any{}}}
	parts := parts{lengths: []partLength{{"step", 0}}, payload: [][]byte{nil}}
	call := &call{context: t.Context()}
	if _, err := newHost(memorySource(nil), nil, call).start("probe", step, parts); err != nil {
		t.Error(err)
	}
}

func TestTheReleasedCoreKnowsNoPanic(t *testing.T) {
	if err := start("panic"); !errors.Is(err, ErrFrame) {
		t.Errorf("%v, and should be %s", err, ErrFrame)
	}
}

func TestAModuleThatIsNone(t *testing.T) {
	useModule(t, []byte("no module"))
	if _, err := BeginSigning(smallPDF(), nil, nil, nil); !errors.Is(err, ErrInternal) {
		t.Errorf("%v, and should be %s", err, ErrInternal)
	}
}

func TestIdleInstancesAreBounded(t *testing.T) {
	var lent []*instance
	for range 100 {
		lent = append(lent, must(core.take()))
	}
	for _, instance := range lent {
		core.give(instance)
	}
	if most := len(core.idle); most == 0 || most > 64 {
		t.Errorf("%d instances are idle", most)
	}
	if !lent[99].module.IsClosed() {
		t.Error("one too many is not closed")
	}
	grown := must(core.take())
	if _, grew := grown.memory.Grow(mostKept / (64 << 10)); !grew {
		t.Fatal("it does not grow")
	}
	core.give(grown)
	if !grown.module.IsClosed() {
		t.Error("an instance that grew is kept")
	}
}

func TestCompilationCache(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles the module twice")
	}
	folder := filepath.Join(t.TempDir(), "cache")
	useModule(t, module)
	if err := UseCompilationCache(folder); err != nil {
		t.Fatal(err)
	}
	if entries := must(os.ReadDir(folder)); len(entries) == 0 {
		t.Error("nothing was kept")
	}
	useModule(t, module)
	t.Setenv(cacheVariable, folder)
	must(BeginSigning(smallPDF(), nil, nil, nil))

	occupied := filepath.Join(folder, "file")
	writeFile(t, occupied, nil)
	useModule(t, module)
	if err := UseCompilationCache(occupied); err == nil {
		t.Error("a file is accepted as a folder")
	}
	t.Setenv(cacheVariable, occupied)
	must(BeginSigning(smallPDF(), nil, nil, nil))
}

func TestCompilationCacheOfOthers(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "cache")
	refuse := func(found string) {
		t.Helper()
		useModule(t, module)
		if err := UseCompilationCache(folder); !errors.Is(err, ErrArgument) || !strings.Contains(err.Error(), found) {
			t.Errorf("%v, and should name %s", err, found)
		}
		if core.compiled != nil || len(must(os.ReadDir(folder))) > 0 {
			t.Error("the folder is used")
		}
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o777, 0o770, 0o750, 0o701, 0o755} {
		if err := os.Chmod(folder, mode); err != nil {
			t.Fatal(err)
		}
		refuse(fmt.Sprintf("mode %04o", mode))
	}
	if err := os.Chmod(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 { // only root gives files away
		if err := os.Chown(folder, 65534, -1); err != nil {
			t.Fatal(err)
		}
		refuse("another user")
	}
}

// TestNoLeak signs ten thousand times, and looks at what the process has.
func TestNoLeak(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	pdf, signer := smallPDF(), pki(t, "rsa")
	request := must(BeginSigning(pdf, signer.certificate, signer.chain, nil, moment...)).Request()
	signature := must(signer.sign(t.Context(), *request))
	answer := func(context.Context, SigningRequest) ([]byte, error) { return signature, nil }
	sign := func(times int) {
		for time := range times {
			options := &SigningOptions{SkipSignatureCheck: time%2 > 0}
			if _, err := SignWith(pdf, signer.certificate, answer, signer.chain, options, moment...); err != nil {
				t.Fatal(err)
			}
		}
		for range times / 10 { // and what fails
			if _, err := SignWith(pdf, signer.certificate, refusing(errUnasked), signer.chain, nil, moment...); err != errUnasked {
				t.Fatal(err)
			}
			if _, err := SignWith(pdf, []byte("none"), refusing(errUnasked), nil, nil, moment...); !errors.Is(err, ErrCertificateFormat) {
				t.Fatal(err)
			}
		}
	}
	sign(1000)
	debug.FreeOSMemory()
	before := memoryMB(t, "VmRSS")
	sign(10000)
	debug.FreeOSMemory()
	after := memoryMB(t, "VmRSS")
	t.Logf("%.1f MB before, %.1f MB after 10,000 signatures", before, after)
	if after > before+4 {
		t.Errorf("it grew by %.1f MB", after-before)
	}
}

// memoryMB is a figure of this process, as Linux tells it.
func memoryMB(t *testing.T, name string) float64 {
	t.Helper()
	for line := range bytes.Lines(readFile(t, "/proc/self/status")) {
		var kilobytes float64
		if _, err := fmt.Sscanf(string(line), name+": %f kB", &kilobytes); err == nil {
			return kilobytes / 1024
		}
	}
	t.Fatal("/proc/self/status has no ", name)
	return 0
}

func TestFrames(t *testing.T) {
	for _, frame := range [][]byte{nil, {0, 0, 0}, {0, 0, 0, 9, '{', '}'}, {255, 255, 255, 255}, {0, 0, 0, 2, '[', ']'}, {0, 0, 0, 0}} {
		if _, err := parseStep(frame); !errors.Is(err, ErrInternal) {
			t.Errorf("%v: %v", frame, err)
		}
	}
	header := map[string]any{"step": "sign", "signer": 1, "later": nil}
	joined := bytes.Join(frame{header, [][]byte{{7}, {8, 9}}}.pieces(), nil)
	asked := must(parseStep(joined))
	if frame := asked.frame.(*signStep); frame.Signer != 1 || !bytes.Equal(asked.payload, []byte{7, 8, 9}) {
		t.Errorf("%s: %+v", joined, frame)
	}
	_, err := parseStep([]byte("\x00\x00\x00\x10{\"step\":\"dance\"}"))
	if !errors.Is(err, ErrInternal) || !strings.Contains(err.Error(), "dance") {
		t.Error(err)
	}
	var parts parts
	if one, other := parts.add("chain", []byte{1}), parts.add("chain", nil); one == other || len(parts.lengths) != 2 {
		t.Error(parts)
	}
}
