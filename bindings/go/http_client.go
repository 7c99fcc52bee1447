package rustpdf

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// mostRedirects is the number of redirections that a request follows.
	mostRedirects = 3
	// mostHeader is the size of the header of a response, in bytes.
	mostHeader = 64 << 10
	// mostRetryAfter is the largest number of seconds of Retry-After.
	mostRetryAfter = math.MaxInt32
)

// httpClient sends requests by net/http. It keeps no cookies, and nothing of one call for another.
type httpClient struct {
	rules    addressRules
	timeouts HTTPTimeouts
	// proxy returns the proxy for a request; nil for none.
	proxy func(*http.Request) (*url.URL, error)
	// checked connects to addresses that the rules permit. It uses no proxy.
	checked *http.Transport
	// open connects to the caller's own services, and to proxies.
	open *http.Transport

	guard sync.Mutex
	runs  int
}

func newHTTPClient(rules addressRules, timeouts HTTPTimeouts) *httpClient {
	timeouts = timeouts.orDefaults()
	client := &httpClient{rules: rules, timeouts: timeouts, proxy: http.ProxyFromEnvironment}
	dialer := &net.Dialer{Timeout: timeouts.Connect}
	checking := &net.Dialer{Timeout: timeouts.Connect, Control: client.control}
	transport := func(dial func(ctx context.Context, network, address string) (net.Conn, error)) *http.Transport {
		return &http.Transport{
			DialContext: dial, TLSHandshakeTimeout: timeouts.Connect, MaxResponseHeaderBytes: mostHeader,
			MaxIdleConnsPerHost: mostRequests, IdleConnTimeout: timeouts.Request,
		}
	}
	client.open = transport(dialer.DialContext)
	client.open.Proxy = func(request *http.Request) (*url.URL, error) { return client.proxy(request) }
	client.checked = transport(func(ctx context.Context, network, address string) (net.Conn, error) {
		if host, _, err := net.SplitHostPort(address); err == nil && client.rules.permitsHost(host) {
			return dialer.DialContext(ctx, network, address)
		}
		return checking.DialContext(ctx, network, address)
	})
	return client
}

// control refuses an address before it is connected to.
func (c *httpClient) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !c.rules.permitsAddress(at.Addr()) {
		return HTTPFailureBlocked
	}
	return nil
}

// enter begins a run. Idle connections are closed at the end of the last.
func (c *httpClient) enter() {
	c.guard.Lock()
	defer c.guard.Unlock()
	c.runs++
}

func (c *httpClient) leave() {
	c.guard.Lock()
	defer c.guard.Unlock()
	if c.runs--; c.runs == 0 {
		c.open.CloseIdleConnections()
		c.checked.CloseIdleConnections()
	}
}

// send sends a request, and follows the redirections of a GET. Errors: HTTPFailure; the cause of the
// context.
func (c *httpClient) send(ctx context.Context, request HTTPRequest) (HTTPResponse, error) {
	limited, cancel := context.WithTimeoutCause(ctx, c.timeouts.Request, HTTPFailureTimeout)
	defer cancel()
	response, err := c.follow(limited, request)
	switch {
	case err == nil:
		return response, nil
	case limited.Err() != nil:
		return HTTPResponse{}, context.Cause(limited)
	}
	failure, isKnown := failureOf(err)
	if !isKnown {
		failure = HTTPFailureOther
	}
	return HTTPResponse{}, failure
}

func (c *httpClient) follow(ctx context.Context, request HTTPRequest) (HTTPResponse, error) {
	isStranger := request.Service < 0
	at, err := url.Parse(request.URL)
	if err != nil {
		return HTTPResponse{}, HTTPFailureBlocked
	}
	for redirects := 0; ; redirects++ {
		if isStranger && !c.rules.permitsURL(at) {
			return HTTPResponse{}, HTTPFailureBlocked
		}
		response, to, err := c.exchange(ctx, at, request, isStranger)
		if err != nil || to == "" {
			return response, err
		}
		if !isStranger || request.Method != http.MethodGet || redirects == mostRedirects {
			return HTTPResponse{}, HTTPFailureRedirect // credentials of the caller's services follow none
		}
		if at, err = at.Parse(to); err != nil {
			return HTTPResponse{}, HTTPFailureBlocked
		}
	}
}

// exchange sends one request. Returns the place to which the response redirects, if it does.
func (c *httpClient) exchange(
	ctx context.Context, at *url.URL, request HTTPRequest, isStranger bool,
) (response HTTPResponse, to string, err error) {
	sent, err := http.NewRequestWithContext(ctx, request.Method, at.String(), bytes.NewReader(request.Body))
	if err != nil {
		return response, "", err
	}
	if len(request.Body) == 0 {
		sent.Body, sent.GetBody = http.NoBody, nil
	}
	sent.Header.Set("User-Agent", "rustpdf")
	sent.Header.Set("Accept", request.Accept)
	if request.ContentType != "" {
		sent.Header.Set("Content-Type", request.ContentType)
	}
	if !isStranger {
		if user := at.User; user != nil {
			password, _ := user.Password()
			sent.SetBasicAuth(user.Username(), password)
		}
		for name, value := range request.Headers {
			sent.Header.Set(name, value)
		}
		if host := sent.Header.Get("Host"); host != "" {
			sent.Host = host
		}
	}
	transport := c.open
	if isStranger {
		proxy, err := c.proxy(sent)
		if err != nil {
			return response, "", err
		}
		if proxy == nil {
			transport = c.checked
		}
	}
	received, err := transport.RoundTrip(sent)
	if err != nil {
		return response, "", err
	}
	defer received.Body.Close()
	if location := received.Header.Get("Location"); location != "" && isRedirect(received.StatusCode) {
		return response, location, nil
	}
	if received.ContentLength > request.Limit {
		return response, "", HTTPFailureTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(received.Body, request.Limit+1))
	if err != nil {
		return response, "", err
	}
	if int64(len(body)) > request.Limit {
		return response, "", HTTPFailureTooLarge
	}
	retryAfter := retryAfterOf(received.Header.Get("Retry-After"), time.Now())
	return HTTPResponse{Status: received.StatusCode, Body: body, RetryAfter: retryAfter}, "", nil
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// retryAfterOf returns the time that a Retry-After field names: seconds, or a date.
func retryAfterOf(field string, now time.Time) *time.Duration {
	field = strings.TrimSpace(field)
	var seconds int64
	if number, err := strconv.ParseUint(field, 10, 64); err == nil {
		seconds = int64(min(number, mostRetryAfter))
	} else if date, err := http.ParseTime(field); err == nil {
		seconds = int64(max(0, min(math.Ceil(date.Sub(now).Seconds()), mostRetryAfter)))
	} else {
		return nil
	}
	after := time.Duration(seconds) * time.Second
	return &after
}

// failureOf returns the kind of an error of the network. Other errors are not known.
func failureOf(err error) (failure HTTPFailure, isKnown bool) {
	var (
		name        *net.DNSError
		operation   *net.OpError
		network     net.Error
		request     *url.Error
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       tls.AlertError
	)
	switch {
	case errors.As(err, &failure):
		return failure, true
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return HTTPFailureTimeout, true
	case errors.As(err, &name):
		return HTTPFailureDNS, true
	case errors.As(err, &certificate), errors.As(err, &record), errors.As(err, &alert):
		return HTTPFailureTLS, true
	case errors.As(err, &operation):
		switch operation.Op {
		case "dial", "proxyconnect":
			return HTTPFailureConnect, true
		case "remote error", "local error": // of TLS
			return HTTPFailureTLS, true
		}
		return HTTPFailureOther, true
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.As(err, &request):
		return HTTPFailureOther, true
	}
	return "", false
}
