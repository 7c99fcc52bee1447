package rustpdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"
)

// language is the name of this wrapper among the others.
const language = "go"

// vector is one scenario; the README of the vectors tells what the keys mean.
type vector struct {
	Comment     string          `json:"comment"`
	Flags       []string        `json:"flags"`
	Document    string          `json:"document"`
	Certificate string          `json:"certificate"`
	Chain       []string        `json:"chain"`
	Options     json.RawMessage `json:"options"`
	Now         int64           `json:"now"`
	Entropy     HexBytes        `json:"entropy"`
	Session     HexBytes        `json:"session"`
	SessionKey  HexBytes        `json:"sessionKey"`
	Request     *SigningRequest `json:"request"`
	Signature   HexBytes        `json:"signature"`
	Container   HexBytes        `json:"container"`
	Expect      outcome         `json:"expect"`
}

// outcome is what comes of a vector: a success, or an error's code.
type outcome struct {
	Result       string    `json:"result,omitempty"`
	Hash         HexBytes  `json:"hash,omitempty"`
	OutputSHA256 HexBytes  `json:"outputSha256,omitempty"`
	OutputLength int       `json:"outputLength,omitempty"`
	Code         ErrorCode `json:"code,omitempty"`
}

var vectorsFolder = filepath.Join("..", "..", "tests", "vectors")

func vectorFile(t testing.TB, path ...string) []byte {
	t.Helper()
	return readFile(t, filepath.Join(append([]string{vectorsFolder}, path...)...))
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	read, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// loadVector gives a vector, or the key of it that this runner does not know.
func loadVector(t testing.TB, name string) (loaded *vector, unknown string) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(vectorFile(t, "cases", name+".json")))
	decoder.DisallowUnknownFields()
	loaded = new(vector)
	if err := decoder.Decode(loaded); err != nil {
		return nil, err.Error()
	}
	return loaded, ""
}

func vectorNames(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(vectorsFolder, "cases", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("there are no vectors: ", err)
	}
	names := make([]string, len(files))
	for at, file := range files {
		names[at] = strings.TrimSuffix(filepath.Base(file), ".json")
	}
	return names
}

func (v *vector) pdf(t testing.TB) []byte {
	return vectorFile(t, "documents", v.Document)
}

// credentials are the vector's. Its options go through the public type where that can say them; where it cannot (a value of another type,
// an unknown name, an explicit zero) they are handed to the core as they are.
func (v *vector) credentials(t testing.TB) credentials {
	t.Helper()
	made := credentials{options: v.Options}
	if options := v.options(t); options != nil {
		encoded, err := options.wire()
		if err != nil {
			t.Fatal(err)
		}
		made.options = encoded
	}
	if v.Certificate != "" {
		made.certificate = vectorFile(t, "certificates", v.Certificate)
	}
	for _, name := range v.Chain {
		made.chain = append(made.chain, vectorFile(t, "certificates", name))
	}
	return made
}

// options are those of the vector as a caller gives them; nil where the public type cannot say them.
func (v *vector) options(t testing.TB) *SigningOptions {
	t.Helper()
	var options SigningOptions
	var off struct {
		Pades *bool `json:"pades"`
	}
	if json.Unmarshal(v.Options, &options) != nil || json.Unmarshal(v.Options, &off) != nil {
		return nil
	}
	options.PlainCMS = off.Pades != nil && !*off.Pades
	encoded, err := options.wire()
	if err != nil {
		t.Fatal(err)
	}
	var said, asked map[string]any
	if json.Unmarshal(encoded, &said) != nil || json.Unmarshal(v.Options, &asked) != nil || !reflect.DeepEqual(said, asked) {
		return nil
	}
	return &options
}

func (v *vector) moment() []CallOption {
	return []CallOption{WithSigningTime(time.Unix(v.Now, 0)), WithEntropy(v.Entropy)}
}

func (v *vector) call(t testing.TB) *call {
	t.Helper()
	made, err := callOf(t.Context(), v.moment(), useTime|useEntropy)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// compare fails where a request is not that of the vector.
func (v *vector) compare(t testing.TB, request *SigningRequest) {
	t.Helper()
	if !reflect.DeepEqual(request, v.Request) {
		t.Errorf("the request is %+v and should be %+v", request, v.Request)
	}
}

// errUnasked is raised where a signature is asked for, and an error should have come before.
var errUnasked = errors.New("a signature is asked for")

// signer answers with the signature of the vector.
func (v *vector) signer(t testing.TB) Signer {
	return func(data []byte, request *SigningRequest) ([]byte, error) {
		v.compare(t, request)
		if !bytes.Equal(data, request.Data) {
			t.Error("the data is not that of the request")
		}
		if v.Signature == nil {
			return nil, errUnasked
		}
		return v.Signature, nil
	}
}

func success(signed []byte, err error) (outcome, error) {
	digest := sha256.Sum256(signed)
	return outcome{Result: "success", OutputSHA256: digest[:], OutputLength: len(signed)}, err
}

func (v *vector) begin(t testing.TB) (*Session, error) {
	if options := v.options(t); options != nil {
		who := v.credentials(t)
		return BeginSigning(v.pdf(t), who.certificate, who.chain, options, v.moment()...)
	}
	return newSession(v.pdf(t), v.call(t), func(host *host) (*prepared, error) {
		begun, err := host.prepare(v.credentials(t))
		if err != nil {
			return nil, err
		}
		return preparedBy(begun, host.call)
	})
}

func (v *vector) complete(t testing.TB, session *Session, err error) (outcome, error) {
	if err != nil {
		return outcome{}, err
	}
	v.compare(t, session.Request())
	var signed []byte
	switch {
	case v.Container != nil:
		signed, err = session.Complete(v.Container)
	case v.Signature != nil:
		signed, err = session.CompleteWithSignature(v.Signature)
	default:
		return outcome{}, errUnasked
	}
	made, err := success(signed, err)
	made.Hash = session.Hash()
	return made, err
}

func (v *vector) resume(t testing.TB, saved, key []byte) (outcome, error) {
	session, err := ResumeSigning(saved, v.pdf(t), key)
	return v.complete(t, session, err)
}

// pairsKey is the key under which the languages give sessions to each other.
var pairsKey = func() []byte {
	key := make([]byte, 32)
	for at := range key {
		key[at] = byte(at)
	}
	return key
}()

// signFile signs a temporary file, in place or into a new one.
func (v *vector) signFile(t testing.TB, inPlace bool) (outcome, error) {
	folder := t.TempDir()
	input, output := filepath.Join(folder, "in.pdf"), filepath.Join(folder, "out.pdf")
	writeFile(t, input, v.pdf(t))
	if inPlace {
		output = input
	}
	call := v.call(t)
	host, err := newFileHost(input, []Signer{v.signer(t)}, call)
	if err != nil {
		return outcome{}, err
	}
	target, err := outputPlaceOf(output, call)
	if err != nil {
		return outcome{}, err
	}
	if _, err := host.sign([]credentials{v.credentials(t)}, target); err != nil {
		checkFiles(t, folder, "in.pdf")
		return outcome{}, err
	}
	if inPlace {
		checkFiles(t, folder, "in.pdf")
	} else {
		checkFiles(t, folder, "in.pdf", "out.pdf")
	}
	return success(readFile(t, output), nil)
}

// ways are all in which a vector can be signed.
func (v *vector) ways(t testing.TB) map[string]func() (outcome, error) {
	if v.Session != nil {
		return map[string]func() (outcome, error){"resume": func() (outcome, error) { return v.resume(t, v.Session, v.SessionKey) }}
	}
	ways := map[string]func() (outcome, error){
		"begin": func() (outcome, error) {
			session, err := v.begin(t)
			return v.complete(t, session, err)
		},
		"saved": func() (outcome, error) {
			session, err := v.begin(t)
			if err != nil {
				return outcome{}, err
			}
			saved, err := session.Serialize(pairsKey)
			if err != nil {
				return outcome{}, err
			}
			return v.resume(t, saved, pairsKey)
		},
	}
	if v.Certificate == "" || v.Container != nil {
		return ways
	}
	ways["sign"] = func() (outcome, error) {
		who := v.credentials(t)
		if options := v.options(t); options != nil {
			return success(SignWith(v.pdf(t), who.certificate, v.signer(t), who.chain, options, v.moment()...))
		}
		pdf := v.pdf(t)
		signed, err := newHost(memorySource(pdf), []Signer{v.signer(t)}, v.call(t)).sign([]credentials{who}, nil)
		if err != nil {
			return outcome{}, err
		}
		return success(joined(pdf, signed.payload), nil)
	}
	ways["file in place"] = func() (outcome, error) { return v.signFile(t, true) }
	ways["file to a new one"] = func() (outcome, error) { return v.signFile(t, false) }
	return ways
}

// run runs a vector in all ways. What only a session tells is compared only there.
func (v *vector) run(t *testing.T) {
	for name, way := range v.ways(t) {
		got, err := way()
		var raised *Error
		if errors.As(err, &raised) {
			got = outcome{Code: raised.Code}
			if raised.Group != groups[raised.Code] {
				t.Errorf("%s: the group of %s is %s and should be %s", name, raised.Code, raised.Group, groups[raised.Code])
			}
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := v.Expect
		if got.Hash == nil {
			want.Hash = nil
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v (%v), and should be %+v", name, got, err, want)
		}
	}
}

func TestVectors(t *testing.T) {
	results := map[string]string{}
	publicly := 0
	for _, name := range vectorNames(t) {
		passed := t.Run(name, func(t *testing.T) {
			vector, unknown := loadVector(t, name)
			if vector == nil {
				results[name] = "skipped"
				t.Skip(unknown)
			}
			if vector.Session != nil || vector.options(t) != nil {
				publicly++
			}
			vector.run(t)
			vector.keepSession(t, name)
		})
		if results[name] == "" {
			results[name] = map[bool]string{true: "passed", false: "failed"}[passed]
		}
	}
	counts := map[string]int{}
	for _, result := range results {
		counts[result]++
	}
	t.Logf("vectors: %d passed, %d skipped; %d by the public types alone", counts["passed"], counts["skipped"], publicly)
	if publicly < len(results)-20 {
		t.Error("too many vectors have options that the public types cannot say")
	}
	if folder := os.Getenv("RUSTPDF_CONFORMANCE"); folder != "" {
		writeJSON(t, filepath.Join(folder, "results", language+".json"), results)
	}
}

// keepSession leaves the session for the other languages to resume, where the folder for that is named.
func (v *vector) keepSession(t *testing.T, name string) {
	folder := os.Getenv("RUSTPDF_CONFORMANCE")
	if folder == "" || v.Session != nil || v.Expect.Code != "" {
		return
	}
	session, err := v.begin(t)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "sessions", language, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, must(session.Serialize(pairsKey)))
}

// TestPairs completes the sessions that other languages began, where the folder with them is named.
func TestPairs(t *testing.T) {
	folder := os.Getenv("RUSTPDF_PAIRS")
	if folder == "" {
		t.Skip("RUSTPDF_PAIRS names no folder")
	}
	type count struct {
		Passed int `json:"passed"`
		Failed int `json:"failed"`
	}
	counts := map[string]*count{}
	files, err := filepath.Glob(filepath.Join(folder, "sessions", "*", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal("there are no sessions: ", err)
	}
	sort.Strings(files)
	for _, file := range files {
		begunIn, name := filepath.Base(filepath.Dir(file)), filepath.Base(file)
		if counts[begunIn] == nil {
			counts[begunIn] = &count{}
		}
		vector, unknown := loadVector(t, name)
		if vector == nil {
			t.Logf("%s: skipped: %s", name, unknown)
			continue
		}
		got, err := vector.resume(t, readFile(t, file), pairsKey)
		if err != nil || !reflect.DeepEqual(got, vector.Expect) {
			counts[begunIn].Failed++
			t.Errorf("%s begun in %s: %+v, %v", name, begunIn, got, err)
		} else {
			counts[begunIn].Passed++
		}
	}
	writeJSON(t, filepath.Join(folder, "pairs", language+".json"), counts)
}

func writeJSON(t testing.TB, path string, value any) {
	t.Helper()
	encoded, err := json.MarshalIndent(value, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, append(encoded, '\n'))
}

func writeFile(t testing.TB, path string, bytes []byte) {
	t.Helper()
	if err := os.WriteFile(path, bytes, 0o666); err != nil {
		t.Fatal(err)
	}
}

// checkFiles fails where a folder holds anything but the files named.
func checkFiles(t testing.TB, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	found := []string{}
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	sort.Strings(names)
	if !slices.Equal(found, names) {
		t.Errorf("the folder holds %v and should hold %v", found, names)
	}
}
