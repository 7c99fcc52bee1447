package rustpdf

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// certificate is a certificate of the services.
func (s *testServices) certificate(t testing.TB, name string) []byte {
	return readFile(t, filepath.Join(s.Certs, name+".cert.der"))
}

// signer is a signer of the services, which counts how often its key is asked.
func (s *testServices) signer(t testing.TB, asked *atomic.Int32) Signer {
	return s.signerOf(t, "rsa", asked)
}

// signerOf is the signer of this name.
func (s *testServices) signerOf(t testing.TB, name string, asked *atomic.Int32) Signer {
	block, _ := pem.Decode(readFile(t, filepath.Join(s.Keys, name+".pem")))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	sign := FromCryptoSigner(key.(crypto.Signer))
	return NewSigner(s.certificate(t, name), func(ctx context.Context, request SigningRequest) ([]byte, error) {
		asked.Add(1)
		return sign(ctx, request)
	}, s.certificate(t, "issuing"))
}

// trust are the roots of the services.
func (s *testServices) trust(t testing.TB) *ValidationOptions {
	root := must(x509.ParseCertificate(s.certificate(t, "root")))
	return &ValidationOptions{Trust: Certificates(root, must(x509.ParseCertificate(s.certificate(t, "tsaroot"))))}
}

// broken is the address of a timestamp service with a fault.
func (s *testServices) broken(fault string) string {
	return strings.Replace(s.TSA["tsa"], s.Faults, s.Faults+"/+"+fault, 1)
}

// at are the options of a level by these services.
func (s *testServices) at(t testing.TB, level Level, urls ...string) SigningOptions {
	options := SigningOptions{Level: level, Timestamp: timestampBy(urls...)}
	if level != LevelBT {
		options.Validation = s.trust(t)
	}
	return options
}

// rule sets the rules of the faults until the end of the test.
func (s *testServices) rule(t *testing.T, rules string) {
	t.Helper()
	send := func(method, body string) {
		request := must(http.NewRequest(method, s.Faults+"/_faults", strings.NewReader(body)))
		if response, err := http.DefaultClient.Do(request); err != nil || response.Body.Close() != nil || response.StatusCode >= 300 {
			t.Error(response, err)
		}
	}
	send(http.MethodPut, rules)
	t.Cleanup(func() { send(http.MethodDelete, "") })
}

func timestampBy(urls ...string) *TimestampOptions {
	timestamp := new(TimestampOptions)
	for _, url := range urls {
		timestamp.Services = append(timestamp.Services, TimestampService{URL: url})
	}
	return timestamp
}

// nobody is an address at which nobody answers, with a secret.
const nobody = "http://Geheim:Geheim@127.0.0.1:9/Geheim"

func TestLevels(t *testing.T) {
	services := servicesOf(t)
	for _, name := range []string{"rsa", "ec"} {
		for level, timestamps := range map[Level]int{LevelBT: 1, LevelBLT: 1, LevelBLTA: 2} {
			t.Run(name+" "+string(level), func(t *testing.T) {
				var asked atomic.Int32
				signer, options := services.signerOf(t, name, &asked), services.at(t, level, services.TSA["tsa"])
				signed, err := Sign(t.Context(), smallPDF(), signer, options, AllowPrivateNetworks())
				if err != nil {
					t.Fatal(err)
				}
				report := signed.Report
				if report.Level != level || len(report.Timestamps) != timestamps || report.RenewBefore == "" || asked.Load() != 1 {
					t.Errorf("%+v", report)
				}
				if (report.Validation != nil) != (level != LevelBT) {
					t.Errorf("%+v", report.Validation)
				}
				info := must(InspectFile(t.Context(), temporary(t, signed.PDF)))
				if len(info.Signatures) != timestamps || info.RenewBefore != report.RenewBefore {
					t.Errorf("%+v", info)
				}
				if one := info.Signatures[0]; one.Level != level || one.RenewBefore != report.RenewBefore {
					t.Errorf("%+v", one)
				}
				options.Timestamp = timestampBy(services.TSA["ec"])
				again, err := Sign(t.Context(), signed.PDF, signer, options, AllowPrivateNetworks())
				if err != nil || again.Report.Level != level {
					t.Error(err)
				}
			})
		}
	}
}

func TestLevelsInTurn(t *testing.T) {
	services := servicesOf(t)
	var asked atomic.Int32
	first, second := services.at(t, LevelBT, services.TSA["tsa"]), services.at(t, LevelBLTA, nobody, services.TSA["ec"])
	signed, err := SignInTurn(t.Context(), smallPDF(), []Signatory{
		{services.signerOf(t, "rsa", &asked), &first}, {services.signerOf(t, "ec", &asked), &second},
	}, AllowPrivateNetworks())
	if err != nil {
		t.Fatal(err)
	}
	if len(signed.Reports) != 2 || signed.Report.Level != LevelBLTA || asked.Load() != 2 {
		t.Errorf("%+v", signed.Reports)
	}
	if one, other := signed.Reports[0].Timestamps[0], signed.Reports[1].Timestamps[0]; one.Service != 0 || other.Service != 1 {
		t.Error(one, other) // each has its own services
	}
	judge(t, signed.PDF, 2) // and a document timestamp, which pdfsig does not know
}

func TestLevelsOfFiles(t *testing.T) {
	services := servicesOf(t)
	var asked atomic.Int32
	signer, options := services.signer(t, &asked), services.at(t, LevelBLTA, services.TSA["tsa"])
	path := temporary(t, largePDF(3<<20))
	document := readFile(t, path)
	signed, err := SignFile(t.Context(), path, path, signer, options, AllowPrivateNetworks())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(readFile(t, path), joined(document, signed.Update)) || signed.Report.Level != LevelBLTA {
		t.Error(signed.Report)
	}
	output := new(bytes.Buffer)
	reader := bytes.NewReader(document)
	streamed, err := SignReaderAt(t.Context(), reader, reader.Size(), output, signer, options, AllowPrivateNetworks())
	if err != nil || !bytes.Equal(output.Bytes(), joined(document, streamed.Update)) {
		t.Error(err)
	}
}

func TestManyShareTheCache(t *testing.T) {
	services := servicesOf(t)
	var asked atomic.Int32
	var jobs []Job
	for range 4 {
		jobs = append(jobs, Job{Input: temporary(t, smallPDF())})
	}
	sent, cached := map[string]int{}, 0
	options := services.at(t, LevelBLTA, services.TSA["tsa"])
	for outcome, err := range SignMany(t.Context(), slices.Values(jobs), services.signer(t, &asked), options, AllowPrivateNetworks()) {
		if err != nil || outcome.Err != nil {
			t.Fatal(err, outcome.Err)
		}
		for _, request := range outcome.Signed.Report.Requests {
			if request.Cached {
				cached++
			} else {
				sent[request.Purpose]++
			}
		}
	}
	if sent["timestamp"] != 8 || sent["ocsp"]+sent["crl"] > 6 || cached == 0 {
		t.Error(sent, cached)
	}
}

func TestFailoverOfServices(t *testing.T) {
	services := servicesOf(t)
	for _, fault := range []string{"wrong-nonce", "rejected=badAlg", "status=500", "html", "reset"} {
		var asked atomic.Int32
		options := services.at(t, LevelBT, services.broken(fault), services.TSA["tsa"])
		signed, err := Sign(t.Context(), smallPDF(), services.signer(t, &asked), options)
		if err != nil {
			t.Error(fault, err)
			continue
		}
		if signed.Report.Timestamps[0].Service != 1 || asked.Load() != 1 {
			t.Errorf("%s: %+v", fault, signed.Report.Timestamps)
		}
	}
}

// A service that is busy is asked again when it says so.
func TestBusyService(t *testing.T) {
	services := servicesOf(t)
	services.rule(t, `[{"path": "/ltv/tsa/crl", "fault": "status=429,retry-after=1", "times": 1}]`)
	var asked atomic.Int32
	began := time.Now()
	signed, err := Sign(t.Context(), smallPDF(), services.signer(t, &asked), services.at(t, LevelBT, services.TSA["crl"]))
	if err != nil {
		t.Fatal(err)
	}
	requests := signed.Report.Requests
	if len(requests) != 2 || requests[0].Status != 429 || requests[1].Status != 200 || time.Since(began) < time.Second {
		t.Errorf("%+v", requests)
	}
}

func TestCodesOfFaults(t *testing.T) {
	services := servicesOf(t)
	for fault, code := range map[string]ErrorCode{
		"wrong-nonce": ErrTimestampMismatch, "wrong-imprint": ErrTimestampMismatch, "rejected=badAlg": ErrTimestampRejected,
		"html": ErrTimestampInvalid, "status=404": ErrTimestampUnavailable, "reset": ErrTimestampUnavailable,
	} {
		var asked atomic.Int32
		_, err := Sign(t.Context(), smallPDF(), services.signer(t, &asked), services.at(t, LevelBT, services.broken(fault)))
		if !errors.Is(err, code) {
			t.Errorf("%s: %v", fault, err)
		}
	}
}

func TestSessionAfterAFailure(t *testing.T) {
	services := servicesOf(t)
	var asked atomic.Int32
	signer, options := services.signer(t, &asked), services.at(t, LevelBT, nobody)
	_, err := Sign(t.Context(), smallPDF(), signer, options)
	var unfinished *UnfinishedError
	if !errors.As(err, &unfinished) || !errors.Is(err, ErrTimestampUnavailable) || unfinished.Session == nil {
		t.Fatal(err)
	}
	if waiting := unfinished.Session; !waiting.IsSigned() || waiting.State() != SessionStateToTimestamp || waiting.Level() != LevelBT {
		t.Error(waiting.IsSigned(), waiting.State(), waiting.Level())
	}
	saved := must(unfinished.Session.Serialize(sessionKey))
	_, err = unfinished.Session.Advance(t.Context())
	if !errors.As(err, &unfinished) || unfinished.Session == nil {
		t.Fatal("the service is asked again, in vain: ", err)
	}
	for _, text := range []string{err.Error(), fmt.Sprintf("%+v", unfinished.Err), string(saved)} {
		if strings.Contains(text, "Geheim") {
			t.Error(text)
		}
	}
	other := WithTimestampServices(TimestampService{URL: services.TSA["tsa"]})
	signed, err := unfinished.Session.Advance(t.Context(), other)
	if err != nil {
		t.Fatal(err)
	}
	judge(t, signed, 1)
	resumed := must(ResumeSigning(t.Context(), saved, smallPDF(), sessionKey))
	if resumed.State() != SessionStateToTimestamp || resumed.Level() != LevelBT || !resumed.IsSigned() {
		t.Error(resumed.State(), resumed.Level())
	}
	if _, err := resumed.Advance(t.Context()); !errors.Is(err, ErrTimestampService) {
		t.Error("a resumed session has no services: ", err)
	}
	judge(t, must(resumed.Advance(t.Context(), other)), 1)
	if asked.Load() != 1 {
		t.Error("the key was asked so often: ", asked.Load())
	}

	path := temporary(t, smallPDF())
	_, err = SignFile(t.Context(), path, path, signer, options)
	if !errors.As(err, &unfinished) || unfinished.FileSession == nil || !bytes.Equal(readFile(t, path), smallPDF()) {
		t.Fatal(err)
	}
	if _, err := unfinished.FileSession.Advance(t.Context(), path, other); err != nil {
		t.Error(err)
	}
	judge(t, readFile(t, path), 1)
}

// A failure at the revocation data of the timestamp service comes after the signature, too.
func TestSessionThatWaitsForRevocationData(t *testing.T) {
	services := servicesOf(t)
	var asked, stamped atomic.Int32
	failing := func(ctx context.Context, request HTTPRequest) (HTTPResponse, error) {
		if request.Purpose == HTTPPurposeTimestamp {
			stamped.Add(1)
		} else if stamped.Load() > 0 {
			return HTTPResponse{}, HTTPFailureTimeout
		}
		return client(HTTPTimeouts{}).send(ctx, request)
	}
	for _, level := range []Level{LevelBLT, LevelBLTA} {
		stamped.Store(0)
		signer, options := services.signer(t, &asked), services.at(t, level, services.TSA["tsa"])
		path := temporary(t, smallPDF())
		_, err := SignFile(t.Context(), path, path, signer, options, WithHTTP(failing))
		var unfinished *UnfinishedError
		if !errors.As(err, &unfinished) || !errors.Is(err, ErrRevocationUnavailable) || unfinished.FileSession == nil {
			t.Fatal(level, err)
		}
		if state := unfinished.FileSession.State(); state != SessionStateToValidate || !bytes.Equal(readFile(t, path), smallPDF()) {
			t.Error(state)
		}
		if _, err := unfinished.FileSession.SerializeUnsealed(); !errors.Is(err, ErrLevel) {
			t.Error("it has trusted certificates: ", err)
		}
		saved := must(unfinished.FileSession.Serialize(sessionKey))
		resumed := must(ResumeSigningFile(t.Context(), saved, path, sessionKey, AllowPrivateNetworks()))
		if resumed.State() != SessionStateToValidate || resumed.Level() != level {
			t.Error(resumed.State(), resumed.Level())
		}
		advanced, err := resumed.Advance(t.Context(), path, WithTimestampServices(options.Timestamp.Services...))
		if err != nil || advanced.Report.Level != level || !bytes.Equal(readFile(t, path), joined(smallPDF(), advanced.Update)) {
			t.Error(level, err)
		}
	}
	if asked.Load() != 2 {
		t.Error("the key was asked so often: ", asked.Load())
	}
}

// A container of a signing service has no timestamp yet.
func TestContainerAtALevel(t *testing.T) {
	services := servicesOf(t)
	var asked atomic.Int32
	fixed := []Option{WithSigningTime(time.Now()), WithEntropy(make([]byte, 32))}
	plain, options := SigningOptions{ContainerSize: 30_000}, services.at(t, LevelBT, nobody)
	options.ContainerSize = plain.ContainerSize
	signed := must(Sign(t.Context(), smallPDF(), services.signer(t, &asked), append(fixed, plain)...)).PDF
	container := must(hex.DecodeString(string(regexp.MustCompile("<([0-9a-f]{1000,})>").FindSubmatch(signed)[1])))
	session := must(Begin(t.Context(), smallPDF(), Signer{}, append(fixed, options)...))
	if session.State() != SessionStateToSign || session.Level() != LevelBT {
		t.Error(session.State(), session.Level())
	}
	_, err := session.Complete(container)
	var unfinished *UnfinishedError
	if !errors.As(err, &unfinished) || unfinished.Session == nil || unfinished.Session.State() != SessionStateToTimestamp {
		t.Fatal(err)
	}
	other := WithTimestampServices(TimestampService{URL: services.TSA["tsa"]})
	judge(t, must(unfinished.Session.Advance(t.Context(), other)), 1)
}

func TestManyAtALevelWithALedger(t *testing.T) {
	services := servicesOf(t)
	var asked atomic.Int32
	folder, jobs := manyJobs(t, 3)
	broken := services.at(t, LevelBT, services.broken("status=404"))
	jobs[1].Options = &broken
	arguments := []Option{services.at(t, LevelBT, services.TSA["tsa"]), WithLedger(filepath.Join(folder, "ledger"))}
	signer := services.signer(t, &asked)
	outcomes := must(gather(SignMany(t.Context(), slices.Values(jobs), signer, arguments...)))
	if outcomes[0].Err != nil || outcomes[2].Err != nil || outcomes[0].Signed.Report.Level != LevelBT {
		t.Fatal(outcomes)
	}
	var unfinished *UnfinishedError
	if !errors.As(outcomes[1].Err, &unfinished) || unfinished.FileSession == nil {
		t.Fatal(outcomes[1].Err)
	}
	other := WithTimestampServices(TimestampService{URL: services.TSA["tsa"]})
	if _, err := unfinished.FileSession.Advance(t.Context(), jobs[1].Output, other); err != nil {
		t.Error(err)
	}
	jobs = slices.Delete(jobs, 1, 2)
	outcomes = must(gather(SignMany(t.Context(), slices.Values(jobs), signer, arguments...)))
	if !outcomes[0].Skipped || !outcomes[1].Skipped || asked.Load() != 3 {
		t.Error(outcomes, asked.Load())
	}
}

func TestCancelledBehindTheSignature(t *testing.T) {
	services := servicesOf(t)
	var asked atomic.Int32
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	progress := WithProgress(func(progress Progress) {
		if progress.Phase == PhaseRequest {
			cancel(cause)
		}
	})
	_, err := Sign(ctx, smallPDF(), services.signer(t, &asked), services.at(t, LevelBT, services.TSA["tsa"]), progress)
	var unfinished *UnfinishedError
	if !errors.As(err, &unfinished) || unfinished.Err != cause {
		t.Fatal(err)
	}
	judge(t, must(unfinished.Session.Advance(t.Context())), 1)
	if asked.Load() != 1 {
		t.Error(asked.Load())
	}
}

func TestErrorOfTheFunctionBehindTheSignature(t *testing.T) {
	services := servicesOf(t)
	var asked atomic.Int32
	own := errors.New("the caller's own")
	failing := func(context.Context, HTTPRequest) (HTTPResponse, error) { return HTTPResponse{}, own }
	_, err := Sign(t.Context(), smallPDF(), services.signer(t, &asked), services.at(t, LevelBT, services.TSA["tsa"]), WithHTTP(failing))
	var unfinished *UnfinishedError
	if !errors.As(err, &unfinished) || unfinished.Err != own {
		t.Error(err)
	}
}

func TestMinimumLevel(t *testing.T) {
	services := servicesOf(t)
	var asked atomic.Int32
	options := services.at(t, LevelBT, nobody)
	options.MinimumLevel = LevelBB
	signed, err := Sign(t.Context(), smallPDF(), services.signer(t, &asked), options)
	if err != nil {
		t.Fatal(err)
	}
	lower := func(warning Warning) bool { return warning.Code == WarnLevelLower }
	if signed.Report.Level != LevelBB || !slices.ContainsFunc(signed.Report.Warnings, lower) {
		t.Errorf("%+v", signed.Report)
	}
	if text := string(must(json.Marshal(signed.Report))); strings.Contains(text, "Geheim") {
		t.Error(text)
	}
}

func TestTwoPhasesOfALevel(t *testing.T) {
	services := servicesOf(t)
	var asked atomic.Int32
	signer, options := services.signer(t, &asked), services.at(t, LevelBLTA, services.TSA["tsa"])
	session, err := Begin(t.Context(), smallPDF(), signer, options, AllowPrivateNetworks())
	if err != nil {
		t.Fatal(err)
	}
	signature := must(signer.Sign(t.Context(), *session.Request()))
	if _, err := session.CompleteWithSignature(signature); err != nil || session.Report().Level != LevelBLTA {
		t.Error(err)
	}
	saved := must(session.Serialize(sessionKey))
	resumed := must(ResumeSigning(t.Context(), saved, smallPDF(), sessionKey, AllowPrivateNetworks()))
	other := WithTimestampServices(TimestampService{URL: services.TSA["ec"]})
	if _, err := resumed.CompleteWithSignature(signature, other); err != nil { // the other options are those of the resumption
		t.Error(err)
	}
}

func TestBatchAtALevel(t *testing.T) {
	services := servicesOf(t)
	var asked atomic.Int32
	signer, options := services.signer(t, &asked), services.at(t, LevelBLT, services.TSA["tsa"])
	var inputs []string
	for range 3 {
		inputs = append(inputs, temporary(t, smallPDF()))
	}
	batch := must(BeginSigningMany(t.Context(), inputs, signer, options, AllowPrivateNetworks()))
	var signatures [][]byte
	for _, request := range batch.Requests() {
		signatures = append(signatures, must(signer.Sign(t.Context(), request)))
	}
	for _, outcome := range must(gather(batch.CompleteWithSignatures(t.Context(), signatures, make([]string, 3)))) {
		if outcome.Err != nil || outcome.Signed.Report.Level != LevelBLT {
			t.Error(outcome)
		}
	}
	saved := must(batch.Serialize(sessionKey))
	resumed := must(ResumeSigningMany(t.Context(), saved, inputs, sessionKey, AllowPrivateNetworks()))
	for _, outcome := range must(gather(resumed.CompleteWithSignatures(t.Context(), signatures, inputs))) {
		var unfinished *UnfinishedError
		if !errors.As(outcome.Err, &unfinished) || !errors.Is(outcome.Err, ErrTimestampService) || unfinished.FileSession == nil {
			t.Error("a saved session has no services: ", outcome)
		}
	}
	other, cached := WithTimestampServices(options.Timestamp.Services...), 0
	for _, outcome := range must(gather(resumed.CompleteWithSignatures(t.Context(), signatures, inputs, other))) {
		if outcome.Err != nil || must(InspectFile(t.Context(), outcome.Job.Output)).Signatures[0].Level != LevelBLT {
			t.Fatal(outcome)
		}
		for _, request := range outcome.Signed.Report.Requests {
			if request.Cached {
				cached++
			}
		}
	}
	if cached == 0 || asked.Load() != 3 {
		t.Error(cached, asked.Load())
	}
}

func TestLevelOfAnEncryptedDocument(t *testing.T) {
	services := servicesOf(t)
	var asked atomic.Int32
	pdf := readFile(t, filepath.Join("..", "..", "tests", "vectors", "documents", "encrypted-user-aes-128.pdf"))
	signer, options := services.signer(t, &asked), services.at(t, LevelBLTA, services.TSA["tsa"])
	options.Password = "user"
	session := must(Begin(t.Context(), pdf, signer, options, AllowPrivateNetworks()))
	signature := must(signer.Sign(t.Context(), *session.Request()))
	if _, err := session.CompleteWithSignature(signature); err != nil || session.Report().Level != LevelBLTA {
		t.Error(err)
	}
	saved := must(session.Serialize(sessionKey))
	requests := []Option{AllowPrivateNetworks(), WithTimestampServices(options.Timestamp.Services...)}
	resumed := must(ResumeSigning(t.Context(), saved, pdf, sessionKey, requests...))
	if _, err := resumed.CompleteWithSignature(signature); !errors.Is(err, ErrPasswordMissing) {
		t.Error(err)
	}
	signed, err := resumed.CompleteWithSignature(signature, WithPassword("user"))
	if err != nil || len(must(Inspect(t.Context(), signed, InspectOptions{Password: "user"})).Signatures) != 2 {
		t.Fatal(err)
	}
	extension := ExtensionOptions{Timestamp: options.Timestamp, Validation: options.Validation, Password: "user"}
	if extended, err := Extend(t.Context(), signed, extension, AllowPrivateNetworks()); err != nil || extended.Report.Level != LevelBLTA {
		t.Error(err)
	}
}

func TestExtend(t *testing.T) {
	services := servicesOf(t)
	var asked atomic.Int32
	signed := must(Sign(t.Context(), smallPDF(), services.signer(t, &asked))).PDF
	document := signed
	for _, level := range []Level{LevelBT, LevelBLT, LevelBLTA, LevelBLTA} {
		extended, err := Extend(t.Context(), document, ExtensionOptions{
			Level: level, Timestamp: timestampBy(services.TSA["tsa"]), Validation: services.trust(t),
		}, AllowPrivateNetworks())
		if err != nil {
			t.Fatal(level, err)
		}
		if extended.Report.Level != level || !bytes.HasPrefix(extended.PDF, document) || len(extended.PDF) == len(document) {
			t.Errorf("%s: %+v", level, extended.Report)
		}
		document = extended.PDF
	}
	path := temporary(t, signed)
	options := ExtensionOptions{Level: LevelBT, Timestamp: timestampBy(services.TSA["tsa"])}
	extended, err := ExtendFile(t.Context(), path, path, options)
	if err != nil || !bytes.Equal(readFile(t, path), joined(signed, extended.Update)) {
		t.Error(err)
	}
	output := new(bytes.Buffer)
	_, err = ExtendReaderAt(t.Context(), bytes.NewReader(signed), int64(len(signed)), output, options)
	if err != nil || !bytes.HasPrefix(output.Bytes(), signed) {
		t.Error(err)
	}
	broken := bytes.Replace(signed, []byte("10 20 m"), []byte("10 21 m"), 1)
	if _, err := Extend(t.Context(), broken, options); !errors.Is(err, ErrSignatureBroken) {
		t.Error(err)
	}
	if _, err := Extend(t.Context(), signed); !errors.Is(err, ErrArgument) {
		t.Error(err)
	}
	if asked.Load() != 1 {
		t.Error(asked.Load())
	}
}

// A document that has the level already stays as it is; a new file is a copy.
func TestExtendWithNothingToDo(t *testing.T) {
	services := servicesOf(t)
	var asked atomic.Int32
	signed := must(Sign(t.Context(), smallPDF(), services.signer(t, &asked), services.at(t, LevelBT, services.TSA["tsa"]))).PDF
	options := ExtensionOptions{Level: LevelBT, Timestamp: timestampBy(nobody)}
	if extended, err := Extend(t.Context(), signed, options); err != nil || !bytes.Equal(extended.PDF, signed) {
		t.Error(err)
	}
	path := temporary(t, signed)
	for _, output := range []string{path, path + ".copy", ""} {
		extended, err := ExtendFile(t.Context(), path, output, options)
		if err != nil || len(extended.Update) != 0 || extended.Report.Level != LevelBT {
			t.Error(output, extended, err)
		}
	}
	if !bytes.Equal(readFile(t, path), signed) || !bytes.Equal(readFile(t, path+".copy"), signed) {
		t.Error("the document was changed")
	}
	output := new(bytes.Buffer)
	if _, err := ExtendReaderAt(t.Context(), bytes.NewReader(signed), int64(len(signed)), output, options); err != nil {
		t.Error(err)
	}
	if !bytes.Equal(output.Bytes(), signed) {
		t.Error("the copy is another document")
	}
	checkFiles(t, filepath.Dir(path), filepath.Base(path), filepath.Base(path)+".copy")
}

func TestTimestampAlone(t *testing.T) {
	services := servicesOf(t)
	options := ExtensionOptions{Timestamp: timestampBy(nobody, services.TSA["tsa"]), FieldName: "Stamp"}
	stamped, err := Timestamp(t.Context(), smallPDF(), options)
	if err != nil || len(stamped.Report.Timestamps) != 1 || stamped.Report.Timestamps[0].Service != 1 {
		t.Fatal(stamped, err)
	}
	info := must(Inspect(t.Context(), stamped.PDF))
	if len(info.Signatures) != 1 || info.Signatures[0].SubFilter != "ETSI.RFC3161" || info.Signatures[0].Field != "Stamp" {
		t.Errorf("%+v", info.Signatures)
	}
	path := temporary(t, smallPDF())
	if _, err := TimestampFile(t.Context(), path, path, options); err != nil || len(must(InspectFile(t.Context(), path)).Signatures) != 1 {
		t.Error(err)
	}
	output := new(bytes.Buffer)
	document := smallPDF()
	if _, err := TimestampReaderAt(t.Context(), bytes.NewReader(document), int64(len(document)), output, options); err != nil {
		t.Error(err)
	}
}

// Addresses of certificates lead to this computer, which is refused by default.
func TestAddressesOfCertificatesAreRefused(t *testing.T) {
	services := servicesOf(t)
	var asked atomic.Int32
	options := services.at(t, LevelBLT, services.TSA["tsa"])
	if _, err := Sign(t.Context(), smallPDF(), services.signer(t, &asked), options); !errors.Is(err, ErrRevocationUnavailable) {
		t.Error(err)
	}
	options.MinimumLevel = LevelBT
	signed, err := Sign(t.Context(), smallPDF(), services.signer(t, &asked), options)
	if err != nil {
		t.Fatal(err)
	}
	blocked := 0
	for _, request := range signed.Report.Requests {
		if request.Failed == "blocked" {
			blocked++
		}
	}
	if blocked == 0 || signed.Report.Level != LevelBT {
		t.Errorf("%+v", signed.Report)
	}
	options = services.at(t, LevelBLT, services.TSA["tsa"])
	if _, err := Sign(t.Context(), smallPDF(), services.signer(t, &asked), options, AllowHosts("127.0.0.1")); err != nil {
		t.Error(err)
	}
}

// archive are signed files, jobs that raise them in place, and the options for that.
func (s *testServices) archive(t *testing.T, count int) (jobs []ExtendJob, options ExtensionOptions) {
	var asked atomic.Int32
	signed := must(Sign(t.Context(), smallPDF(), s.signer(t, &asked))).PDF
	for range count {
		path := temporary(t, signed)
		jobs = append(jobs, ExtendJob{Input: path, Output: path})
	}
	return jobs, ExtensionOptions{Level: LevelBLTA, Timestamp: timestampBy(s.TSA["tsa"]), Validation: s.trust(t)}
}

// extended are the outcomes in the order of their jobs.
func extended(t *testing.T, jobs []ExtendJob, opts ...Option) []ExtendOutcome {
	t.Helper()
	all := make([]ExtendOutcome, len(jobs))
	for outcome, err := range ExtendMany(t.Context(), slices.Values(jobs), opts...) {
		if err != nil {
			t.Fatal(err)
		}
		all[outcome.Index] = outcome
	}
	return all
}

func TestExtendMany(t *testing.T) {
	services := servicesOf(t)
	jobs, options := services.archive(t, 4)
	jobs[3].Output = "" // the update alone
	broken := options
	broken.Timestamp = timestampBy(services.broken("status=404"))
	jobs[1].Options = &broken
	sent := map[string]int{}
	all := extended(t, jobs, options, AllowPrivateNetworks(), WithInFlight(2))
	for _, at := range []int{0, 2, 3} {
		if all[at].Err != nil || all[at].Extended.Report.Level != LevelBLTA {
			t.Fatal(all[at])
		}
		for _, request := range all[at].Extended.Report.Requests {
			if !request.Cached {
				sent[request.Purpose]++
			}
		}
	}
	if !errors.Is(all[1].Err, ErrTimestampUnavailable) || all[1].Extended != nil || all[1].Skipped {
		t.Error(all[1])
	}
	if sent["timestamp"] != 6 || sent["ocsp"]+sent["crl"] > 6 {
		t.Error(sent)
	}

	// Evidence that lasts is left alone; that which ends is renewed.
	until := must(time.Parse(time.RFC3339, all[0].Extended.Report.RenewBefore))
	all = extended(t, jobs[:1], options, AllowPrivateNetworks(), WithRenewBefore(until.Add(-time.Second)))
	if !all[0].Skipped || all[0].Err != nil || all[0].Extended != nil {
		t.Error(all[0])
	}
	before := readFile(t, jobs[0].Output)
	all = extended(t, jobs[:1], options, AllowPrivateNetworks(), WithRenewBefore(until.Add(time.Second)))
	if all[0].Err != nil || all[0].Skipped || !bytes.Equal(readFile(t, jobs[0].Output), joined(before, all[0].Extended.Update)) {
		t.Error(all[0])
	}
	if info := must(InspectFile(t.Context(), jobs[0].Output)); len(info.Signatures) != 4 || info.Signatures[0].Level != LevelBLTA {
		t.Errorf("%+v", info)
	}
	for _, err := range ExtendMany(t.Context(), slices.Values(jobs)) {
		if !errors.Is(err, ErrArgument) {
			t.Error(err)
		}
	}
}

func TestExtendManyWithALedger(t *testing.T) {
	services := servicesOf(t)
	jobs, options := services.archive(t, 2)
	path := filepath.Join(t.TempDir(), "ledger")
	shared := []Option{options, AllowPrivateNetworks(), WithLedger(path)}
	first := extended(t, jobs, shared...)
	if first[0].Err != nil || first[1].Err != nil {
		t.Fatal(first)
	}
	if !bytes.Contains(readFile(t, path), []byte(`"renewBefore":"`+first[0].Extended.Report.RenewBefore)) {
		t.Error(string(readFile(t, path)))
	}
	until := must(time.Parse(time.RFC3339, first[0].Extended.Report.RenewBefore))
	silent := WithHTTP(func(context.Context, HTTPRequest) (HTTPResponse, error) { return HTTPResponse{}, errors.New("asked") })
	for _, opts := range [][]Option{{silent}, {silent, WithRenewBefore(until.Add(-time.Second))}} {
		for _, outcome := range extended(t, jobs, append(slices.Clone(shared), opts...)...) {
			if !outcome.Skipped || outcome.Err != nil {
				t.Error(outcome)
			}
		}
	}
	for _, outcome := range extended(t, jobs, append(slices.Clone(shared), WithRenewBefore(until.Add(time.Second)))...) {
		if outcome.Err != nil || outcome.Extended.Report.Level != LevelBLTA {
			t.Error(outcome)
		}
	}
}

// Calls at the same time with one cache ask once for what all of them need.
func TestCallsShareACache(t *testing.T) {
	services := servicesOf(t)
	var asked, sent atomic.Int32
	counting := func(ctx context.Context, request HTTPRequest) (HTTPResponse, error) {
		if request.Purpose != HTTPPurposeTimestamp {
			sent.Add(1)
		}
		return client(HTTPTimeouts{}).send(ctx, request)
	}
	cache, signer, options := NewHTTPCache(), services.signer(t, &asked), services.at(t, LevelBLT, services.TSA["tsa"])
	alone := must(Sign(t.Context(), smallPDF(), signer, options, WithHTTP(counting)))
	once := sent.Swap(0)
	if alone.Report.Level != LevelBLT || once == 0 {
		t.Fatal(once)
	}
	var calls sync.WaitGroup
	for range 4 {
		calls.Go(func() {
			if _, err := Sign(t.Context(), smallPDF(), signer, options, WithHTTP(counting), WithCache(cache)); err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
	if sent.Load() != once {
		t.Error(sent.Load(), once)
	}
}
