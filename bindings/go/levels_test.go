package rustpdf

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// certificate is a certificate of the services.
func (s *testServices) certificate(t testing.TB, name string) []byte {
	return readFile(t, filepath.Join(s.Certs, name+".cert.der"))
}

// signer is a signer of the services, which counts how often its key is asked.
func (s *testServices) signer(t testing.TB, asked *atomic.Int32) Signer {
	block, _ := pem.Decode(readFile(t, filepath.Join(s.Keys, "rsa.pem")))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	sign := FromCryptoSigner(key.(crypto.Signer))
	return NewSigner(s.certificate(t, "rsa"), func(ctx context.Context, request SigningRequest) ([]byte, error) {
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
	for level, timestamps := range map[Level]int{LevelBT: 1, LevelBLT: 1, LevelBLTA: 2} {
		t.Run(string(level), func(t *testing.T) {
			var asked atomic.Int32
			signed, err := Sign(t.Context(), smallPDF(), services.signer(t, &asked), services.at(t, level, services.TSA["tsa"]), AllowPrivateNetworks())
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
			path := temporary(t, signed.PDF)
			info := must(InspectFile(t.Context(), path))
			if len(info.Signatures) != timestamps {
				t.Errorf("%d signatures", len(info.Signatures))
			}
			again, err := Sign(t.Context(), signed.PDF, services.signer(t, &asked), services.at(t, level, services.TSA["ec"]), AllowPrivateNetworks())
			if err != nil || again.Report.Level != level {
				t.Error(err)
			}
		})
	}
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
	streamed, err := SignReaderAt(t.Context(), bytes.NewReader(document), int64(len(document)), output, signer, options, AllowPrivateNetworks())
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
		signed, err := Sign(t.Context(), smallPDF(), services.signer(t, &asked), services.at(t, LevelBT, services.broken(fault), services.TSA["tsa"]))
		if err != nil {
			t.Error(fault, err)
			continue
		}
		if signed.Report.Timestamps[0].Service != 1 || asked.Load() != 1 {
			t.Errorf("%s: %+v", fault, signed.Report.Timestamps)
		}
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
	if !errors.As(err, &unfinished) || !errors.Is(err, ErrTimestampUnavailable) || unfinished.Session == nil || !unfinished.Session.IsSigned() {
		t.Fatal(err)
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
	if _, err := resumed.Advance(t.Context()); !errors.Is(err, ErrArgument) {
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
	if _, err := ExtendReaderAt(t.Context(), bytes.NewReader(signed), int64(len(signed)), output, options); err != nil || !bytes.HasPrefix(output.Bytes(), signed) {
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
	if _, err := Sign(t.Context(), smallPDF(), services.signer(t, &asked), services.at(t, LevelBLT, services.TSA["tsa"]), AllowHosts("127.0.0.1")); err != nil {
		t.Error(err)
	}
}
