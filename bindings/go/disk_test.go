package rustpdf

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// probeStart has the core ask one step.
type probeStart struct {
	startFrame
	Step map[string]any `json:"step"`
}

// probe has the core ask one step, and returns the answer as the core understood it.
func probe(t *testing.T, host *host, step map[string]any, payload []byte) (answer map[string]any, read []byte) {
	t.Helper()
	start := &probeStart{Step: step}
	var parts parts
	parts.lengths, parts.payload = []partLength{{"step", int64(len(payload))}}, [][]byte{payload}
	probed, err := host.start("probe", start, parts)
	if err != nil {
		t.Fatalf("%v: %v", step, err)
	}
	var result struct{ Answer map[string]any }
	if err := json.Unmarshal(probed.Result, &result); err != nil {
		t.Fatal(err)
	}
	return result.Answer, probed.payload
}

// prober asks for operations on files.
type prober struct {
	*testing.T
	folder string
}

func newProber(t *testing.T) *prober {
	usePanicModule(t)
	return &prober{t, must(filepath.EvalSymlinks(t.TempDir()))}
}

type fields map[string]any

// ask performs operations, and returns the result of the last.
func (p *prober) ask(payload string, operations ...fields) (result fields, read []byte) {
	p.Helper()
	host := newHost(memorySource(nil), nil, unwatched)
	answer, read := probe(p.T, host, map[string]any{"step": "store", "operations": operations}, []byte(payload))
	results := answer["results"].([]any)
	if len(results) < len(operations) && results[len(results)-1].(map[string]any)["failed"] == nil {
		p.Fatalf("%v: %v", operations, results)
	}
	for _, file := range host.disk {
		if file.Close() == nil {
			p.Error("a file is still open")
		}
	}
	return results[len(results)-1].(map[string]any), read
}

func (p *prober) want(got fields, want fields) {
	p.Helper()
	if !reflect.DeepEqual(got, want) {
		p.Errorf("%v, and should be %v", got, want)
	}
}

func (p *prober) path(names ...string) string {
	return filepath.Join(append([]string{p.folder}, names...)...)
}

func (p *prober) write(name, content string) string {
	p.Helper()
	writeFile(p.T, p.path(name), []byte(content))
	return p.path(name)
}

func (p *prober) content(name, want string) {
	p.Helper()
	if found := string(readFile(p.T, p.path(name))); found != want {
		p.Errorf("%s holds %q, and should hold %q", name, found, want)
	}
}

func (p *prober) link(to, name string) string {
	p.Helper()
	if err := os.Symlink(to, p.path(name)); err != nil {
		p.Fatal(err)
	}
	return p.path(name)
}

// fail asks for operations of which the last fails, and checks the error that is kept.
func (p *prober) fail(kind string, target error, operations ...fields) {
	p.Helper()
	host := newHost(memorySource(nil), nil, unwatched)
	answer, _ := probe(p.T, host, map[string]any{"step": "store", "operations": operations}, nil)
	results := answer["results"].([]any)
	p.want(results[len(results)-1].(map[string]any), fields{"failed": kind})
	if len(host.failures) != 1 || !errors.Is(host.failures[0], target) {
		p.Errorf("%v: the errors are %v", operations, host.failures)
	}
}

func path(name string) HexBytes { return HexBytes(name) }

func openAs(access, name string) fields {
	return fields{"op": "open", "handle": 16, "path": path(name), "access": access}
}

func TestStoreResolve(t *testing.T) {
	p := newProber(t)
	if err := os.MkdirAll(p.path("a", "b"), 0o777); err != nil {
		t.Fatal(err)
	}
	p.link(filepath.Join("a", "b"), "link")
	for given, want := range map[string]string{
		p.folder + "/link/../new.pdf": p.path("a", "new.pdf"), // the link comes before the dots
		p.path("link"):                p.path("a", "b"),
		p.path("none.pdf"):            p.path("none.pdf"),
	} {
		result, _ := p.ask("", fields{"op": "resolve", "path": path(given)})
		p.want(result, fields{"path": string(must(HexBytes(want).MarshalText()))})
	}
	p.fail("missing", fs.ErrNotExist, fields{"op": "resolve", "path": path(p.path("none", "none.pdf"))})
}

func TestStoreOpenAndCreate(t *testing.T) {
	p := newProber(t)
	name := p.write("file", "1234567890")
	for _, access := range []string{"read", "write", "append"} {
		if result := p.facts("stat", openAs(access, name)); result["type"] != "file" || result["size"] != 10.0 {
			t.Errorf("%s: %v", access, result)
		}
	}
	p.fail("missing", fs.ErrNotExist, openAs("read", p.path("none")))
	created := fields{"op": "create", "handle": 16, "path": path(p.path("new")), "mode": 0o640}
	if result := p.facts("stat", created); result["type"] != "file" || result["size"] != 0.0 {
		t.Error(result)
	}
	p.fail("exists", fs.ErrExist, created)
}

func TestStoreStat(t *testing.T) {
	p := newProber(t)
	name := p.write("file", "1234567890")
	moment := time.Date(2026, 11, 25, 12, 0, 0, 123456789, time.UTC)
	if err := os.Chtimes(name, moment, moment); err != nil {
		t.Fatal(err)
	}
	byPath := p.facts("stat", fields{"op": "stat", "path": path(name)})
	byHandle := p.facts("stat", openAs("read", name), fields{"op": "stat", "handle": 16})
	p.want(byHandle, byPath)
	if byPath["type"] != "file" || byPath["size"] != 10.0 || byPath["links"] != 1.0 ||
		byPath["modified"] != strconv.FormatInt(moment.UnixNano(), 10) {
		t.Error(byPath)
	}
	other := p.facts("stat", fields{"op": "stat", "path": path(p.write("other", ""))})
	if other["identity"] == byPath["identity"] {
		t.Error("two files have the same identity")
	}
	if folder := p.facts("stat", fields{"op": "stat", "path": path(p.folder)}); folder["type"] != "folder" {
		t.Error(folder)
	}
	if link := p.facts("stat", fields{"op": "stat", "path": path(p.link("file", "link"))}); link["type"] != "link" {
		t.Error(link)
	}
	for _, missing := range []string{p.path("none"), p.path("file", "below"), p.path(tooLong)} {
		if result := p.facts("stat", fields{"op": "stat", "path": path(missing)}); result["type"] != "missing" {
			t.Errorf("%s: %v", missing, result)
		}
	}
}

func TestStoreAbsent(t *testing.T) {
	p := newProber(t)
	p.want(first(p.ask("", fields{"op": "absent", "path": path(p.path("none"))})), fields{})
	p.fail("exists", fs.ErrExist, fields{"op": "absent", "path": path(p.link("nowhere", "link"))})
	p.fail("other", syscall.ENAMETOOLONG, fields{"op": "absent", "path": path(p.path(tooLong))})
}

// tooLong is longer than a name may be.
var tooLong = strings.Repeat("n", 300)

func first(result fields, _ []byte) fields { return result }

// facts asks for operations of which the last returns facts of one kind, and returns those.
func (p *prober) facts(kind string, operations ...fields) fields {
	p.Helper()
	result, _ := p.ask("", operations...)
	facts, found := result[kind].(map[string]any)
	if !found {
		p.Fatalf("%v: %v", operations, result)
	}
	return facts
}

func TestStoreReadAndWrite(t *testing.T) {
	p := newProber(t)
	name := p.write("file", "1234567890")
	result, read := p.ask("", openAs("read", name), fields{"op": "read", "handle": 16, "offset": 2, "length": 3})
	if p.want(result, fields{"length": 3.0}); string(read) != "345" {
		t.Errorf("%q", read)
	}
	result, read = p.ask("", openAs("read", name), fields{"op": "read", "handle": 16, "offset": 8, "length": 100})
	if p.want(result, fields{"length": 2.0}); string(read) != "90" {
		t.Errorf("%q", read)
	}
	p.ask("abcde", openAs("write", name), fields{"op": "write", "handle": 16, "offset": 1, "length": 2},
		fields{"op": "write", "handle": 16, "offset": 9, "length": 3})
	p.content("file", "1ab456789cde")
	p.fail("other", fs.ErrInvalid, fields{"op": "read", "handle": 99, "offset": 0, "length": 1})
}

func TestStoreAppendAndTruncate(t *testing.T) {
	p := newProber(t)
	name := p.write("file", "123")
	appending := func(length int) fields { return fields{"op": "append", "handle": 16, "length": length} }
	p.ask("45678", openAs("append", name), appending(2), appending(3))
	p.content("file", "12345678")
	p.ask("new", fields{"op": "create", "handle": 16, "path": path(p.path("new")), "mode": 0o600}, appending(3))
	p.content("new", "new")
	p.ask("", openAs("write", name), fields{"op": "truncate", "handle": 16, "length": 4})
	p.content("file", "1234")
}

func TestStoreSyncAndClose(t *testing.T) {
	p := newProber(t)
	name := p.write("file", "123")
	p.want(first(p.ask("", openAs("write", name), fields{"op": "sync", "handle": 16})), fields{})
	p.want(first(p.ask("", openAs("write", name), fields{"op": "close", "handle": 16})), fields{})
	p.want(first(p.ask("", fields{"op": "syncFolder", "path": path(p.folder)})), fields{})
	p.fail("missing", fs.ErrNotExist, fields{"op": "syncFolder", "path": path(p.path("none"))})
}

func TestStoreLinkAndRename(t *testing.T) {
	p := newProber(t)
	from, to := p.write("from", "123"), p.path("to")
	link := fields{"op": "link", "from": path(from), "to": path(to)}
	p.want(first(p.ask("", link)), fields{})
	p.fail("exists", fs.ErrExist, link)
	p.content("to", "123")
	p.write("to", "other")
	p.want(first(p.ask("", fields{"op": "rename", "from": path(p.write("new", "4")), "to": path(to)})), fields{})
	p.content("to", "4")
	p.fail("missing", fs.ErrNotExist, fields{"op": "rename", "from": path(p.path("none")), "to": path(to)})
}

func TestStoreRemove(t *testing.T) {
	p := newProber(t)
	name := p.write("file", "123")
	identity := p.facts("stat", fields{"op": "stat", "path": path(name)})["identity"]
	remove := func(identity any) fields { return fields{"op": "remove", "path": path(name), "identity": identity} }
	p.want(first(p.ask("", remove("another"))), fields{"removed": false})
	p.content("file", "123")
	p.want(first(p.ask("", remove(identity))), fields{"removed": true})
	p.want(first(p.ask("", remove(identity))), fields{"removed": false})
	p.want(first(p.ask("", remove(nil))), fields{"removed": false})
	p.write("file", "123")
	p.want(first(p.ask("", remove(nil))), fields{"removed": true})
	checkFiles(t, p.folder)
}

func TestStoreList(t *testing.T) {
	p := newProber(t)
	for _, name := range []string{".in.pdf.1", ".in.pdf.2", "in.pdf", ".in"} {
		p.write(name, "")
	}
	result, _ := p.ask("", fields{"op": "list", "path": path(p.folder), "prefix": HexBytes(".in.pdf")})
	names := []string{}
	for _, name := range result["names"].([]any) {
		var decoded HexBytes
		if err := decoded.UnmarshalText([]byte(name.(string))); err != nil {
			t.Fatal(err)
		}
		names = append(names, string(decoded))
	}
	sort.Strings(names)
	if !reflect.DeepEqual(names, []string{".in.pdf.1", ".in.pdf.2"}) {
		t.Error(names)
	}
	p.fail("missing", fs.ErrNotExist, fields{"op": "list", "path": path(p.path("none")), "prefix": ""})
}

func TestStoreProcess(t *testing.T) {
	p := newProber(t)
	own := p.facts("process", fields{"op": "process", "pid": nil})
	if own["pid"] != float64(os.Getpid()) || own["lives"] != true || own["host"] != must(os.Hostname()) {
		t.Error(own)
	}
	again := p.facts("process", fields{"op": "process", "pid": os.Getpid()})
	if again["lives"] != true || again["start"] != own["start"] {
		t.Error(again, "and should start at", own["start"])
	}
	ended := exec.Command(must(os.Executable()), "-test.run=^$")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	if gone := p.facts("process", fields{"op": "process", "pid": ended.Process.Pid}); gone["lives"] != false {
		t.Error(gone)
	}
}

func TestStoreWait(t *testing.T) {
	p := newProber(t)
	start := time.Now()
	p.want(first(p.ask("", fields{"op": "wait", "milliseconds": 30})), fields{})
	if waited := time.Since(start); waited < 30*time.Millisecond {
		t.Error(waited)
	}
}

func TestStoreStopsAtTheFirstFailure(t *testing.T) {
	p := newProber(t)
	p.fail("missing", fs.ErrNotExist, fields{"op": "remove", "path": path(p.write("1", "")), "identity": nil}, openAs("read", p.path("none")),
		fields{"op": "remove", "path": path(p.write("2", "")), "identity": nil})
	checkFiles(t, p.folder, "2")
}

// digestStepOf asks for a pass over a document.
func digestStepOf(more map[string]any, parts ...map[string]any) map[string]any {
	step := map[string]any{"step": "digest", "parts": append([]map[string]any{}, parts...), "findIn": [][2]int{}}
	for key, value := range more {
		step[key] = value
	}
	return step
}

func TestDigestOfRanges(t *testing.T) {
	usePanicModule(t)
	pdf := largePDF(2*piece + 777)
	size := len(pdf)
	part := func(algorithm string, suffix int, ranges ...[2]int) map[string]any {
		return map[string]any{"algorithm": algorithm, "suffix": suffix, "ranges": ranges}
	}
	step := digestStepOf(map[string]any{"keep": []string{"sha384"}},
		part("sha256", 3, [2]int{0, size}), part("sha512", 0, [2]int{5, 10}, [2]int{piece - 4, 8}, [2]int{size - 1, 1}),
		part("sha256", 2, [2]int{0, size}), part("sha256", 0, [2]int{0, piece}))
	sha256Of := func(parts ...[]byte) []byte { digest := sha256.Sum256(bytes.Join(parts, nil)); return digest[:] }
	some := sha512.Sum512(bytes.Join([][]byte{pdf[5:15], pdf[piece-4 : piece+4], pdf[size-1:]}, nil))
	want := bytes.Join([][]byte{sha256Of(pdf, []byte("abc")), some[:], sha256Of(pdf, []byte("de")), sha256Of(pdf[:piece])}, nil)
	path := temporary(t, pdf)
	for name, host := range map[string]*host{
		"memory": newHost(memorySource(pdf), nil, unwatched),
		"reader": newHost(must(newReaderSource(bytes.NewReader(pdf), int64(size))), nil, unwatched),
		"file":   must(newFileHost(path, nil, unwatched)),
	} {
		answer, digests := probe(t, host, step, []byte("abcde"))
		if !bytes.Equal(digests, want) || answer["copied"] != "none" {
			t.Errorf("%s: %v", name, answer)
		}
	}
}

// TestDigestIsNotTakenTwice asks a host twice for digests of the whole document: the second time it goes on from the state that it kept.
func TestDigestIsNotTakenTwice(t *testing.T) {
	pdf := largePDF(2000)
	reads := 0
	reader := readerFunc(func(buffer []byte, offset int64) (int, error) {
		reads++
		return bytes.NewReader(pdf).ReadAt(buffer, offset)
	})
	host := newHost(must(newReaderSource(reader, int64(len(pdf)))), nil, unwatched)
	whole := []byteRange{{0, int64(len(pdf))}}
	for number, algorithm := range []DigestAlgorithm{"sha256", "sha384", "sha256"} {
		answer, err := host.answerDigest(&digestRequest{
			Parts: []digestPart{{algorithm, whole, 1}}, Keep: []DigestAlgorithm{"sha384", "sha256"},
		}, []byte("x"))
		if err != nil || reads != 1 {
			t.Fatalf("%d: %v, %d reads", number, err, reads)
		}
		hash := cryptoHashes[algorithm].New()
		hash.Write(append(bytes.Clone(pdf), 'x'))
		if !bytes.Equal(answer.payload[0], hash.Sum(nil)) {
			t.Errorf("%d: another digest", number)
		}
	}
}

func TestDigestFinds(t *testing.T) {
	usePanicModule(t)
	document := bytes.Repeat([]byte("-"), 2*piece+100)
	long := bytes.Repeat([]byte("0123456789abcdef"), 4)
	copy(document[piece-1:], "12 0 obj") // across two pieces
	copy(document[piece+30:], "12 0 obj")
	copy(document[2*piece-63:], long)
	copy(document[2*piece+50:], "aaaa")
	path := temporary(t, document)
	find := []HexBytes{HexBytes("12 0 obj"), long, HexBytes("aa"), HexBytes("none"), HexBytes("-")}
	host := must(newFileHost(path, nil, unwatched))
	answer, _ := probe(t, host, digestStepOf(map[string]any{"find": find, "findIn": [][2]int{{0, len(document)}}}), nil)
	found := answer["found"].([]any)
	for at, want := range []fields{
		{"offsets": []any{float64(piece - 1), float64(piece + 30)}, "more": false},
		{"offsets": []any{float64(2*piece - 63)}, "more": false},
		{"offsets": []any{float64(2*piece + 50), float64(2*piece + 51), float64(2*piece + 52)}, "more": false},
		{"offsets": []any{}, "more": false},
	} {
		if !reflect.DeepEqual(fields(found[at].(map[string]any)), want) {
			t.Errorf("%q: %v, and should be %v", find[at], found[at], want)
		}
	}
	many := found[4].(map[string]any)
	if offsets := many["offsets"].([]any); len(offsets) != 1000 || offsets[999] != 999.0 || many["more"] != true {
		t.Error(len(offsets), many["more"])
	}
}

func TestDigestFindsExactlyAThousand(t *testing.T) {
	search := newSearch([]HexBytes{HexBytes("ab")}, []byteRange{{0, 1 << 40}})
	document := bytes.Repeat([]byte("ab"), 1000)
	for at := 0; at < len(document); at += 3 { // each second match is in two pieces
		search.feed(document[at:min(at+3, len(document))], int64(at))
	}
	if found := search.found[0]; len(found.Offsets) != 1000 || found.Offsets[999] != 1998 || found.More {
		t.Error(len(found.Offsets), found.More)
	}
}

func TestDigestCopies(t *testing.T) {
	pdf := largePDF(2*piece + 777)
	file := must(os.Open(temporary(t, pdf)))
	defer file.Close()
	whole := []byteRange{{0, int64(len(pdf))}}
	document, handle := 16, 17
	for want, parts := range map[copiedKind][]digestPart{"read": {{"sha256", whole, 0}}, "kernel": nil} {
		output := must(os.Create(filepath.Join(t.TempDir(), "copy")))
		defer output.Close()
		host := newHost(nil, nil, unwatched)
		host.disk = disk{document: file, handle: output}
		answer, err := host.answerDigest(&digestRequest{Document: &document, Copy: &handle, Parts: parts}, nil)
		if err != nil || answer.header.(answerFrame).Copied != want || !bytes.Equal(readFile(t, output.Name()), pdf) {
			t.Errorf("%s: %v, %v", want, answer.header, err)
		}
	}
}
