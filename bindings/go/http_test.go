package rustpdf

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// testServices are the services of tests/services.
type testServices struct {
	Faults string
	TSA    map[string]string
	Certs  string
	Keys   string
}

var startedServices = sync.OnceValues(func() (*testServices, error) {
	folder, err := os.MkdirTemp("", "rustpdf-services-")
	if err != nil {
		return nil, err
	}
	start := exec.Command(filepath.Join("..", "..", "tests", "services", "start.sh"), folder)
	said := new(bytes.Buffer)
	start.Stderr = said
	printed, err := start.Output()
	if err != nil {
		return nil, fmt.Errorf("tests/services/setup.sh installs the services: %w\n%s", err, said)
	}
	services := new(testServices)
	return services, json.Unmarshal(printed, services)
})

// ServiceOfTheExamples is the address of a timestamp service.
func ServiceOfTheExamples() string {
	return must(startedServices()).TSA["tsa"]
}

// servicesOf starts the services, which end with this process.
func servicesOf(t testing.TB) *testServices {
	t.Helper()
	services, err := startedServices()
	if err != nil {
		t.Fatal(err)
	}
	return services
}

// client is a client that permits the addresses of this computer, with short times.
func client(timeouts HTTPTimeouts) *httpClient {
	return newHTTPClient(addressRules{allowPrivate: true}, timeouts)
}

// get is a request for a URL out of a certificate.
func get(url string) HTTPRequest {
	return HTTPRequest{Purpose: HTTPPurposeCRL, Service: -1, URL: url, Method: http.MethodGet, Accept: "*/*", Limit: 256 << 10}
}

// post is a request to a timestamp service.
func post(url string, headers map[string]string) HTTPRequest {
	return HTTPRequest{
		Purpose: HTTPPurposeTimestamp, URL: url, Headers: headers, Method: http.MethodPost, Limit: 1 << 20,
		ContentType: "application/timestamp-query", Accept: "application/timestamp-reply", Body: []byte("query"),
	}
}

func TestFaultsOfTransport(t *testing.T) {
	services := servicesOf(t)
	list := "/static/crls/plain.crl"
	whole := must(client(HTTPTimeouts{}).send(t.Context(), get(services.Faults+list))).Body
	if len(whole) < 100 {
		t.Fatalf("the list has %d bytes", len(whole))
	}
	for fault, want := range map[string]struct {
		failed HTTPFailure
		status int
	}{
		"status=503":         {"", 503},
		"status=429":         {"", 429},
		"delay=20":           {HTTPFailureTimeout, 0},
		"drip=1":             {HTTPFailureTimeout, 0},
		"cut=50":             {HTTPFailureOther, 0},
		"reset":              {HTTPFailureOther, 0},
		"chunked":            {"", 200},
		"gzip":               {"", 200},
		"close":              {"", 200},
		"endless":            {HTTPFailureTooLarge, 0},
		"html":               {"", 200},
		"type=text%2Fhtml":   {"", 200},
		"redirect-loop":      {HTTPFailureRedirect, 0},
		"gzip,chunked":       {"", 200},
		"status=404,chunked": {"", 404},
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			response, err := client(HTTPTimeouts{Request: 4 * time.Second}).send(t.Context(), get(services.Faults+"/+"+fault+list))
			if failure, _ := err.(HTTPFailure); failure != want.failed || err != nil && failure == "" {
				t.Fatalf("%v, and should be %q", err, want.failed)
			}
			if response.Status != want.status {
				t.Errorf("the status is %d, and should be %d", response.Status, want.status)
			}
			if want.status == 200 && fault != "html" && !bytes.Equal(response.Body, whole) {
				t.Errorf("the body has %d bytes, and should have %d", len(response.Body), len(whole))
			}
		})
	}
}

func TestRedirects(t *testing.T) {
	services := servicesOf(t)
	list := services.Faults + "/static/crls/plain.crl"
	to := services.Faults + "/+redirect=" + url.QueryEscape(list) + "/static/crls/plain.crl"
	if response, err := client(HTTPTimeouts{}).send(t.Context(), get(to)); err != nil || response.Status != 200 {
		t.Error(response.Status, err)
	}
	post := post(to, nil)
	if _, err := client(HTTPTimeouts{}).send(t.Context(), post); err != HTTPFailureRedirect {
		t.Error("a service redirects its request: ", err)
	}
	post.Service = -1
	if _, err := client(HTTPTimeouts{}).send(t.Context(), post); err != HTTPFailureRedirect {
		t.Error("a POST is redirected: ", err)
	}
	for _, place := range []string{"ldap://localhost/", "file:///etc/passwd", "http://user:word@localhost/", "http://169.254.169.254/"} {
		elsewhere := services.Faults + "/+redirect=" + url.QueryEscape(place) + "/static/crls/plain.crl"
		if _, err := client(HTTPTimeouts{}).send(t.Context(), get(elsewhere)); err != HTTPFailureBlocked {
			t.Error(place, err)
		}
	}
}

func TestRedirectIntoAPrivateNetwork(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/inside" {
			t.Error("the private address was asked")
		}
		http.Redirect(w, r, "http://"+r.Context().Value(http.LocalAddrContextKey).(fmt.Stringer).String()+"/inside", http.StatusFound)
	}))
	defer server.Close()
	named := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	guarded := newHTTPClient(addressRules{allowedHosts: []string{"LOCALHOST"}}, HTTPTimeouts{})
	if _, err := guarded.send(t.Context(), get(named)); err != HTTPFailureBlocked {
		t.Error(err)
	}
}

func TestAddresses(t *testing.T) {
	const public, private, never = 0, 1, 2
	for place, kind := range map[string]int{
		"http://93.184.216.34/a.crl":                        public,
		"https://example.com/a.crl":                         public,
		"http://example.com:80/":                            public,
		"http://example.com:443/":                           public,
		"http://[2606:4700::1111]/":                         public,
		"http://[::ffff:8.8.8.8]/":                          public,
		"http://[2002:808:808::1]/":                         public,
		"http://[64:ff9b::808:808]/":                        public,
		"http://192.0.0.9.example/":                         public,
		"http://example.com:8080/":                          private,
		"http://example.com:22/":                            private,
		"http://0.0.0.0/":                                   private,
		"http://10.1.2.3/":                                  private,
		"http://100.64.0.1/":                                private,
		"http://100.127.255.255/":                           private,
		"http://127.0.0.1/":                                 private,
		"http://127.1/":                                     private,
		"http://2130706433/":                                private,
		"http://0x7f000001/":                                private,
		"http://0x7f.0.0.1/":                                private,
		"http://0177.0.0.1/":                                private,
		"http://127.0.0.1./":                                private,
		"http://172.16.0.1/":                                private,
		"http://172.31.255.255/":                            private,
		"http://192.0.0.1/":                                 private,
		"http://192.0.2.1/":                                 private,
		"http://192.88.99.1/":                               private,
		"http://192.168.1.1/":                               private,
		"http://198.18.0.1/":                                private,
		"http://198.51.100.1/":                              private,
		"http://203.0.113.1/":                               private,
		"http://224.0.0.1/":                                 private,
		"http://240.0.0.1/":                                 private,
		"http://255.255.255.255/":                           private,
		"http://[::]/":                                      private,
		"http://[::1]/":                                     private,
		"http://[::127.0.0.1]/":                             private,
		"http://[::ffff:127.0.0.1]/":                        private,
		"http://[::ffff:10.0.0.1]/":                         private,
		"http://[::ffff:0:10.0.0.1]/":                       private,
		"http://[2002:7f00:1::]/":                           private,
		"http://[2002:a00:1::]/":                            private,
		"http://[64:ff9b::7f00:1]/":                         private,
		"http://[64:ff9b:1::808:808]/":                      private,
		"http://[100::1]/":                                  private,
		"http://[2001::1]/":                                 private,
		"http://[2001:db8::1]/":                             private,
		"http://[3fff::1]/":                                 private,
		"http://[5f00::1]/":                                 private,
		"http://[fc00::1]/":                                 private,
		"http://[fd12:3456::1]/":                            private,
		"http://[fec0::1]/":                                 private,
		"http://[ff02::1]/":                                 private,
		"http://169.254.169.254/latest/meta-data":           never,
		"http://[fe80::1]/":                                 never,
		"http://[fe80::1%25eth0]/":                          never,
		"http://[::ffff:169.254.169.254]/":                  never,
		"http://[2002:a9fe:a9fe::]/":                        never,
		"http://[64:ff9b::a9fe:a9fe]/":                      never,
		"http://[::169.254.169.254]/":                       never,
		"http://0xa9fea9fe/":                                never,
		"http://256.1.1.1/":                                 never,
		"http://1.2.3.4.5/":                                 never,
		"http://1.99999999/":                                never,
		"ldap://example.com/cn=a?certificateRevocationList": never,
		"file:///etc/passwd":                                never,
		"ftp://example.com/a.crl":                           never,
		"gopher://example.com/":                             never,
		"http://user@example.com/":                          never,
		"http://user:word@example.com/":                     never,
		"http:///a.crl":                                     never,
		"http:example.com":                                  never,
		"//example.com/a.crl":                               never,
		"http://ex\u00e4mple.com/":                          never,
		"http://\uff11\uff12\uff17.0.0.1/":                  never,
	} {
		at, err := url.Parse(place)
		if err != nil {
			t.Error(place, err)
			continue
		}
		if permitted := (&addressRules{}).permitsURL(at); permitted != (kind == public) {
			t.Errorf("%s: %t by default", place, permitted)
		}
		if permitted := (&addressRules{allowPrivate: true}).permitsURL(at); permitted != (kind != never) {
			t.Errorf("%s: %t with private networks", place, permitted)
		}
	}
	named := &addressRules{allowedHosts: []string{"169.254.1.1", "inside.example."}}
	for place, want := range map[string]bool{
		"http://169.254.1.1:8080/": true, "http://Inside.Example:99/": true, "http://inside.example./": true,
		"http://169.254.1.2/": false, "http://inside.example.com:99/": false, "http://u@inside.example/": false,
		"ldap://inside.example/": false,
	} {
		if permitted := named.permitsURL(must(url.Parse(place))); permitted != want {
			t.Errorf("%s: %t", place, permitted)
		}
	}
}

// The name has a private address, which only the connection shows.
func TestAddressAtConnection(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the server was asked") }))
	defer server.Close()
	guarded := newHTTPClient(addressRules{}, HTTPTimeouts{})
	if _, err := guarded.send(t.Context(), get("http://localhost/")); err != HTTPFailureBlocked {
		t.Error(err)
	}
	// Also where the text of the URL is not looked at.
	sent := must(http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil))
	if _, err := guarded.checked.RoundTrip(sent); !errors.Is(err, HTTPFailureBlocked) {
		t.Error(err)
	}
	if _, err := SendHTTP(t.Context(), get(server.URL)); err != HTTPFailureBlocked {
		t.Error(err)
	}
	own := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer own.Close()
	if response, err := SendHTTP(t.Context(), post(own.URL, nil)); err != nil || response.Status != http.StatusOK {
		t.Error("the caller's own service is checked: ", err)
	}
}

func TestProxy(t *testing.T) {
	var asked atomic.Value
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.URL.String())
		_, _ = w.Write([]byte("by the proxy"))
	}))
	defer proxy.Close()
	guarded := newHTTPClient(addressRules{}, HTTPTimeouts{})
	guarded.proxy = http.ProxyURL(must(url.Parse(proxy.URL)))
	response, err := guarded.send(t.Context(), get("http://crl.example/a.crl"))
	if err != nil || string(response.Body) != "by the proxy" || asked.Load() != "http://crl.example/a.crl" {
		t.Error(response, err, asked.Load())
	}
	for _, place := range []string{"http://127.0.0.1/", "http://2130706433/", "http://[::1]/", "http://169.254.169.254/"} {
		if _, err := guarded.send(t.Context(), get(place)); err != HTTPFailureBlocked {
			t.Error(place, err)
		}
	}
	if response, err := guarded.send(t.Context(), post("http://tsa.example/", nil)); err != nil || response.Status != 200 {
		t.Error(err)
	}
}

func TestCompressedBomb(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		_, _ = io.CopyN(packed, zeros{}, 1<<30)
		_ = packed.Close()
	}))
	defer server.Close()
	if _, err := client(HTTPTimeouts{}).send(t.Context(), get(server.URL)); err != HTTPFailureTooLarge {
		t.Error(err)
	}
}

type zeros struct{}

func (zeros) Read(bytes []byte) (int, error) {
	clear(bytes)
	return len(bytes), nil
}

func TestNoServer(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	untrusted := httptest.NewTLSServer(http.NotFoundHandler())
	defer untrusted.Close()
	for place, want := range map[string]HTTPFailure{
		server.URL: HTTPFailureConnect, untrusted.URL: HTTPFailureTLS, strings.Replace(plain.URL, "http", "https", 1): HTTPFailureTLS,
		"http://does-not-exist.invalid/": HTTPFailureDNS,
	} {
		if _, err := client(HTTPTimeouts{}).send(t.Context(), get(place)); err != want {
			t.Error(place, err)
		}
	}
}

func TestLogin(t *testing.T) {
	services := servicesOf(t)
	list := "/static/crls/plain.crl"
	status := func(request HTTPRequest) int {
		request.Method, request.Body, request.ContentType = http.MethodGet, nil, ""
		return must(client(HTTPTimeouts{}).send(t.Context(), request)).Status
	}
	at := services.Faults + "/+basic=u:p" + list
	if got := status(post(at, nil)); got != http.StatusUnauthorized {
		t.Error(got)
	}
	if got := status(post(strings.Replace(at, "http://", "http://u:p@", 1), nil)); got != http.StatusOK {
		t.Error(got)
	}
	at = services.Faults + "/+bearer=t" + list
	if got := status(post(at, map[string]string{"authorization": "Bearer t"})); got != http.StatusOK {
		t.Error(got)
	}
	stranger := post(at, map[string]string{"authorization": "Bearer t"})
	stranger.Service = -1
	if got := status(stranger); got != http.StatusUnauthorized {
		t.Error("a stranger receives header fields of the caller: ", got)
	}
}

func TestRetryAfter(t *testing.T) {
	services := servicesOf(t)
	response := must(client(HTTPTimeouts{}).send(t.Context(), get(services.Faults+"/+status=429,retry-after=7/static/crls/plain.crl")))
	if response.Status != 429 || response.RetryAfter == nil || *response.RetryAfter != 7*time.Second {
		t.Error(response.Status, response.RetryAfter)
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for field, want := range map[string]time.Duration{
		"0": 0, " 12 ": 12 * time.Second, "99999999999": mostRetryAfter * time.Second,
		"Fri, 02 Jan 2026 03:04:35 GMT": 30 * time.Second, "Fri, 02 Jan 2015 03:04:35 GMT": 0,
		"": -1, "soon": -1, "-5": -1,
	} {
		after := retryAfterOf(field, now)
		if want < 0 && after != nil || want >= 0 && (after == nil || *after != want) {
			t.Errorf("%q: %v", field, after)
		}
	}
}

// answered answers a step of requests without the core.
func answered(t *testing.T, call *call, requests ...httpRequest) ([]responseFrame, [][]byte, error) {
	t.Helper()
	host := newHost(memorySource(nil), nil, call)
	return stepOf(host, requests...)
}

func stepOf(host *host, requests ...httpRequest) ([]responseFrame, [][]byte, error) {
	var payload []byte
	for at := range requests {
		requests[at].ID = at + 10
		payload = append(payload, bytes.Repeat([]byte{'b'}, int(requests[at].Body))...)
	}
	answer, err := host.answerHTTP(&httpStep{requests}, payload)
	if err != nil {
		return nil, nil, err
	}
	header := answer.header.(answerFrame)
	for at := range requests {
		if header.Responses[at].ID != requests[at].ID {
			panic("the responses are not in order")
		}
	}
	if age := time.Now().Unix() - *header.Now; age < 0 || age > 5 {
		panic("the time is wrong")
	}
	return header.Responses, answer.payload, nil
}

// callWith is a call with options for requests.
func callWith(t testing.TB, ctx context.Context, opts ...Option) *call {
	t.Helper()
	call, err := callOf(ctx, opts, useHTTP|useServices|useProgress)
	if err != nil {
		t.Fatal(err)
	}
	return call
}

// asking is a request for a URL.
func asking(url string) httpRequest {
	return httpRequest{Purpose: "crl", URL: url, Method: "GET", Accept: "*/*", Limit: 1000}
}

func TestStepOfRequests(t *testing.T) {
	service, delay := 1, 1
	var sent sync.Map
	send := func(_ context.Context, request HTTPRequest) (HTTPResponse, error) {
		sent.Store(request.URL, request)
		after := 1500 * time.Millisecond
		switch request.URL {
		case "http://down/":
			return HTTPResponse{}, HTTPFailureConnect
		case "http://large/":
			return HTTPResponse{Status: 200, Body: make([]byte, 1001)}, nil
		}
		return HTTPResponse{Status: 200, Body: []byte(request.URL), RetryAfter: &after}, nil
	}
	var told []Progress
	began := time.Now()
	call := callWith(t, t.Context(), WithHTTP(send), WithTimestampServices(
		TimestampService{URL: "http://one/"}, TimestampService{URL: "http://two/", Headers: map[string]string{"A": "b"}},
	), WithProgress(func(progress Progress) { told = append(told, progress) }))
	responses, bodies, err := answered(t, call,
		httpRequest{Purpose: "timestamp", Service: &service, Method: "POST", Body: 3, ContentType: "q", Accept: "r", Limit: 1000, Delay: &delay},
		asking("http://down/"), asking("http://large/"), asking("http://good/"))
	if err != nil {
		t.Fatal(err)
	}
	if *responses[0].Status != 200 || *responses[0].RetryAfter != 2 || string(bodies[0]) != "http://two/" || time.Since(began) < time.Second {
		t.Error(responses[0], bodies[0])
	}
	if responses[1].Failed != "connect" || responses[2].Failed != "tooLarge" || string(bodies[1]) != "http://good/" || len(bodies) != 2 {
		t.Error(responses, bodies)
	}
	got, _ := sent.Load("http://two/")
	if request := got.(HTTPRequest); request.Service != 1 || string(request.Body) != "bbb" || request.Headers["A"] != "b" ||
		request.ContentType != "q" || request.Accept != "r" || request.Limit != 1000 || request.Method != "POST" {
		t.Errorf("%+v", got)
	}
	if len(told) != 5 || told[0] != (Progress{PhaseRequest, 0, 4}) || told[4] != (Progress{PhaseRequest, 4, 4}) {
		t.Error(told)
	}
}

func TestRequestsAtOnce(t *testing.T) {
	var running, most atomic.Int32
	send := func(context.Context, HTTPRequest) (HTTPResponse, error) {
		now := running.Add(1)
		for known := most.Load(); now > known && !most.CompareAndSwap(known, now); known = most.Load() {
		}
		time.Sleep(50 * time.Millisecond)
		running.Add(-1)
		return HTTPResponse{Status: 200}, nil
	}
	requests := make([]httpRequest, 20)
	for at := range requests {
		requests[at] = asking(fmt.Sprint("http://host/", at))
	}
	if _, _, err := answered(t, callWith(t, t.Context(), WithHTTP(send)), requests...); err != nil {
		t.Error(err)
	}
	if most.Load() != mostRequests {
		t.Errorf("%d requests ran at once", most.Load())
	}
}

func TestCacheOfResponses(t *testing.T) {
	var sent atomic.Int32
	send := func(_ context.Context, request HTTPRequest) (HTTPResponse, error) {
		time.Sleep(20 * time.Millisecond)
		sent.Add(1)
		if strings.HasSuffix(request.URL, "missing") {
			return HTTPResponse{Status: 404}, nil
		}
		return HTTPResponse{Status: 200, Body: []byte("body")}, nil
	}
	keyed := func(url, key string) httpRequest {
		request := asking(url)
		request.Cache = key
		return request
	}
	cache := NewHTTPCache()
	call := callWith(t, t.Context(), WithHTTP(send), WithCache(cache))
	responses, _, err := answered(t, call, keyed("http://a/", "a"), keyed("http://a/", "a"), keyed("http://a/", "a"))
	if err != nil || sent.Load() != 1 {
		t.Error("the same was asked for so often: ", sent.Load(), err)
	}
	cached := 0
	for _, response := range responses {
		if response.Cached {
			cached++
		}
	}
	if cached != 2 {
		t.Error(cached, " are cached")
	}
	responses, _, _ = answered(t, callWith(t, t.Context(), WithHTTP(send), WithCache(cache)), keyed("http://a/", "a"))
	if !responses[0].Cached {
		t.Error("another call does not share the cache")
	}
	sent.Store(0)
	if responses, _, _ = answered(t, call, asking("http://a/")); responses[0].Cached || sent.Load() != 1 {
		t.Error("a request without a key is answered from the cache")
	}
	for range 2 {
		if responses, _, _ = answered(t, call, keyed("http://a/missing", "m")); responses[0].Cached {
			t.Error("a failure is cached")
		}
	}
	cache.Set(t.Context(), "old", HTTPCacheEntry{[]byte("old"), time.Now().Add(-2 * cacheTime)})
	if responses, _, _ = answered(t, call, keyed("http://a/", "old")); responses[0].Cached {
		t.Error("an old response is used")
	}
}

func TestCacheIsBounded(t *testing.T) {
	cache := NewHTTPCache().(*memoryCache)
	large := make([]byte, mostCached/3)
	for _, key := range []string{"a", "b", "a", "c"} {
		cache.Set(t.Context(), key, HTTPCacheEntry{large, time.Now()})
		if cache.size > mostCached {
			t.Fatal(cache.size)
		}
	}
	if _, found := cache.Get(t.Context(), "c"); !found || len(cache.entries) != 2 || len(cache.keys) != 2 {
		t.Error(found, len(cache.entries), cache.keys)
	}
	cache.Set(t.Context(), "d", HTTPCacheEntry{make([]byte, mostCached+1), time.Now()})
	if _, found := cache.Get(t.Context(), "d"); found {
		t.Error("an entry that is too large is kept")
	}
}

func TestErrorsOfTheFunction(t *testing.T) {
	own := errors.New("the caller's own")
	for _, test := range []struct {
		err    error
		failed httpFailure
	}{
		{own, ""}, {HTTPFailureTLS, "tls"}, {&url.Error{Op: "Get", URL: "secret", Err: own}, "other"},
		{&url.Error{Op: "Get", URL: "secret", Err: context.DeadlineExceeded}, "timeout"}, {io.ErrUnexpectedEOF, "other"},
	} {
		send := func(context.Context, HTTPRequest) (HTTPResponse, error) { return HTTPResponse{}, test.err }
		responses, _, err := answered(t, callWith(t, t.Context(), WithHTTP(send)), asking("http://a/"))
		if test.failed == "" && err != own || test.failed != "" && (err != nil || responses[0].Failed != test.failed) {
			t.Error(test.err, responses, err)
		}
	}
	panicking := func(context.Context, HTTPRequest) (HTTPResponse, error) { panic(own) }
	defer func() {
		if recover() != own {
			t.Error("the panic does not pass through")
		}
	}()
	_, _, _ = answered(t, callWith(t, t.Context(), WithHTTP(panicking)), asking("http://a/"))
}

func TestCancelledRequests(t *testing.T) {
	services := servicesOf(t)
	cause := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(100*time.Millisecond, func() { cancel(cause) })
	began := time.Now()
	long := 30
	later := asking(services.Faults + "/static/crls/plain.crl")
	later.Delay = &long
	call := callWith(t, ctx, AllowPrivateNetworks())
	_, _, err := answered(t, call, asking(services.Faults+"/+delay=20/static/crls/plain.crl"), later)
	if err != cause || time.Since(began) > 5*time.Second {
		t.Error(err, time.Since(began))
	}
}

func TestTimeOfARun(t *testing.T) {
	hanging := func(ctx context.Context, _ HTTPRequest) (HTTPResponse, error) {
		<-ctx.Done()
		return HTTPResponse{}, ctx.Err()
	}
	call := callWith(t, t.Context(), WithHTTP(hanging), WithHTTPTimeouts(HTTPTimeouts{Run: 200 * time.Millisecond}))
	host := newHost(memorySource(nil), nil, call)
	for range 2 {
		responses, _, err := stepOf(host, asking("http://a/"), asking("http://b/"))
		if err != nil || responses[0].Failed != "timeout" || responses[1].Failed != "timeout" {
			t.Error(responses, err)
		}
	}
	if host.httpTime > 2*time.Second {
		t.Error(host.httpTime)
	}
}

func TestSecretsStayInTheHost(t *testing.T) {
	service := TimestampService{URL: "http://u:Geheim1@127.0.0.1:1/Geheim2", Headers: map[string]string{"X-Key": "Geheim3"}}
	options := &SigningOptions{Level: LevelBT, Timestamp: &TimestampOptions{Services: TimestampServices{service}}}
	parts := new(parts)
	texts := []string{string(options.wire(parts)), string(must(json.Marshal(options)))}
	for _, value := range []any{options.Timestamp, *options.Timestamp, service, &service, post(service.URL, service.Headers)} {
		texts = append(texts, fmt.Sprintf("%v %+v %#v %s", value, value, value, value))
	}
	number := 0
	request := httpRequest{Purpose: "timestamp", Service: &number, Method: "POST", Limit: 10}
	host := newHost(memorySource(nil), nil, callWith(t, t.Context(), WithTimestampServices(service)))
	answer := must(host.answerHTTP(&httpStep{[]httpRequest{request}}, nil))
	texts = append(texts, string(must(json.Marshal(answer.header))))
	for _, wrong := range []TimestampService{
		{URL: "ftp://Geheim/"}, {URL: "Geheim"}, {URL: "http://Geheim\x7f/"}, {URL: "http://"},
		{URL: "http://a/", Headers: map[string]string{"A": "Geheim\r\nB: c"}}, {URL: "http://a/", Headers: map[string]string{"Geheim:": ""}},
	} {
		err := (&SigningOptions{Timestamp: &TimestampOptions{Services: TimestampServices{wrong}}}).check()
		if !errors.Is(err, ErrArgument) {
			t.Error(err)
			continue
		}
		texts = append(texts, err.Error())
	}
	for _, text := range texts {
		if strings.Contains(text, "Geheim") {
			t.Error(text)
		}
	}
	if !strings.Contains(texts[0], `"services":1`) {
		t.Error(texts[0])
	}
}

func TestValidationIsInParts(t *testing.T) {
	certificate := readFile(t, filepath.Join(pkiFolder, "root.der"))
	options := &SigningOptions{Validation: &ValidationOptions{
		Trust: Certificates(certificate, certificate), Crls: []HexBytes{[]byte("list")}, Offline: true,
	}}
	parts := new(parts)
	got := string(options.wire(parts))
	want := `{"validation":{"crls":[{"part":"crls 2"}],"online":false,"trust":[{"part":"trust 0"},{"part":"trust 1"}]}}`
	if got != want || len(parts.payload) != 3 || !bytes.Equal(parts.payload[0], certificate) || string(parts.payload[2]) != "list" {
		t.Errorf("%s\nand should be\n%s", got, want)
	}
}
