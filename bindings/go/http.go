package rustpdf

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// mostRequests is the number of requests that a run sends at a time.
const mostRequests = 8

// HTTPPurpose is the purpose of a request to a server.
type HTTPPurpose string

const (
	// HTTPPurposeTimestamp asks for a timestamp (RFC 3161).
	HTTPPurposeTimestamp HTTPPurpose = "timestamp"
	// HTTPPurposeOCSP asks for the status of a certificate (RFC 6960).
	HTTPPurposeOCSP HTTPPurpose = "ocsp"
	// HTTPPurposeCRL asks for a revocation list (RFC 5280, 5).
	HTTPPurposeCRL HTTPPurpose = "crl"
	// HTTPPurposeIssuer asks for the certificate of an issuer (RFC 5280, 4.2.2.1).
	HTTPPurposeIssuer HTTPPurpose = "issuer"
)

// HTTPRequest is a request to a server, for an [HTTPFunc].
type HTTPRequest struct {
	// Purpose of the request.
	Purpose HTTPPurpose
	// Service is the number of the caller's timestamp service, from 0; -1 if the URL comes from a
	// certificate, so that a stranger may have chosen it.
	Service int
	// URL is the address.
	URL string
	// Headers are header fields of the caller's timestamp service, such as Authorization.
	Headers map[string]string
	// Method is GET or POST.
	Method string
	// ContentType is the type of the body; empty without a body.
	ContentType string
	// Accept are the types of the response.
	Accept string
	// Body is the body. Do not change it.
	Body []byte
	// Limit is the largest body of a response in bytes, after decoding.
	Limit int64
}

// String is the purpose. Neither the URL nor a header field of a service is in it.
func (r HTTPRequest) String() string {
	return string(r.Purpose) + " request"
}

// GoString is as String.
func (r HTTPRequest) GoString() string {
	return r.String()
}

// HTTPResponse is the response to an [HTTPRequest], whatever its status.
type HTTPResponse struct {
	// Status is the status code.
	Status int
	// Body is the decoded body.
	Body []byte
	// RetryAfter is the time of the field Retry-After; nil if there is none.
	RetryAfter *time.Duration
}

// HTTPFunc sends a request in place of the module's own HTTP client: see [WithHTTP].
//
// It runs on several goroutines at once. It does not retry: the call decides about that. An error of the
// network, or an [HTTPFailure], counts as a failure of that server, and the call goes on with another.
// Every other error ends the call and reaches the caller unchanged.
type HTTPFunc func(ctx context.Context, request HTTPRequest) (HTTPResponse, error)

// HTTPFailure is the kind of a failure to get a response. It is an error, for an [HTTPFunc] to return.
type HTTPFailure string

const (
	// HTTPFailureDNS means that the name of the server has no address.
	HTTPFailureDNS HTTPFailure = "dns"
	// HTTPFailureConnect means that there is no connection.
	HTTPFailureConnect HTTPFailure = "connect"
	// HTTPFailureTLS means that the certificate of the server or the handshake was refused.
	HTTPFailureTLS HTTPFailure = "tls"
	// HTTPFailureTimeout means that the time is over.
	HTTPFailureTimeout HTTPFailure = "timeout"
	// HTTPFailureTooLarge means that the body is larger than the limit.
	HTTPFailureTooLarge HTTPFailure = "tooLarge"
	// HTTPFailureBlocked means that a certificate must not name this address.
	HTTPFailureBlocked HTTPFailure = "blocked"
	// HTTPFailureRedirect means too many redirections, or one that must not be followed.
	HTTPFailureRedirect HTTPFailure = "redirect"
	// HTTPFailureUnsupported means that no request can be sent.
	HTTPFailureUnsupported HTTPFailure = "unsupported"
	// HTTPFailureOther is every other failure.
	HTTPFailureOther HTTPFailure = "other"
)

// Error names the kind.
func (f HTTPFailure) Error() string {
	return "request failed: " + string(f)
}

// HTTPTimeouts are the time limits of requests. A limit of 0 means the default.
type HTTPTimeouts struct {
	// Connect limits a connection. Default: 5 s.
	Connect time.Duration
	// Request limits a request with its response and redirections. Default: 15 s.
	Request time.Duration
	// Run limits all requests of one document together. Default: 60 s.
	Run time.Duration
}

func (t HTTPTimeouts) orDefaults() HTTPTimeouts {
	or := func(given, standard time.Duration) time.Duration {
		if given > 0 {
			return given
		}
		return standard
	}
	return HTTPTimeouts{or(t.Connect, 5*time.Second), or(t.Request, 15*time.Second), or(t.Run, 60*time.Second)}
}

// WithHTTP sends all requests of a call by a function, in place of the module's own client: for client
// certificates, a proxy with a login, or a relay.
//
// The rules of [AllowPrivateNetworks] are then those of the function. [SendHTTP] sends a request by the
// module's own client: a function may send some requests itself, and leave others to it.
func WithHTTP(send HTTPFunc) Option {
	return callOption{"WithHTTP", useHTTP, func(c *call) { c.http.send = send }}
}

// WithCache keeps responses for other calls. Default: a cache for each call.
func WithCache(cache HTTPCache) Option {
	return callOption{"WithCache", useHTTP, func(c *call) { c.http.cache = cache }}
}

// AllowPrivateNetworks permits URLs out of certificates to lead to private networks, to this computer,
// and to every port. A link-local address stays refused.
//
// A stranger may have chosen such a URL. By default it must be http or https, without user information,
// on port 80 or 443, and each address that is connected to must be globally reachable, also after a
// redirection. A proxy of the environment (HTTP_PROXY, HTTPS_PROXY, NO_PROXY) resolves names itself:
// through it only addresses that are in the URL can be checked. The URLs of timestamp services are the
// caller's, and are not checked.
func AllowPrivateNetworks() Option {
	return callOption{"AllowPrivateNetworks", useHTTP, func(c *call) { c.http.rules.allowPrivate = true }}
}

// AllowHosts permits URLs out of certificates to lead to these hosts, whatever their addresses and ports
// are: see [AllowPrivateNetworks]. A host is a name, or an address without brackets.
func AllowHosts(hosts ...string) Option {
	return callOption{"AllowHosts", useHTTP, func(c *call) {
		c.http.rules.allowedHosts = append(c.http.rules.allowedHosts, hosts...)
	}}
}

// WithHTTPTimeouts sets the time limits of requests.
func WithHTTPTimeouts(timeouts HTTPTimeouts) Option {
	return callOption{"WithHTTPTimeouts", useHTTP, func(c *call) { c.http.timeouts = timeouts }}
}

// WithTimestampServices gives the timestamp services to a session that was resumed: a saved session has
// none of them. Give as many as at its beginning, in the same order.
func WithTimestampServices(services ...TimestampService) Option {
	return callOption{"WithTimestampServices", useServices, func(c *call) { c.http.services = services }}
}

// SendHTTP sends a request by the module's own client, under the default rules of addresses and times.
//
// Errors: [HTTPFailure]; the cause of the context.
func SendHTTP(ctx context.Context, request HTTPRequest) (HTTPResponse, error) {
	client := newHTTPClient(addressRules{}, HTTPTimeouts{})
	client.enter()
	defer client.leave()
	return client.send(ctx, request)
}

// WithPassword gives the password of an encrypted document to a session that was resumed and has a level
// above B-T: a saved session does not have it.
func WithPassword(password string) Option {
	return callOption{"WithPassword", useServices, func(c *call) { c.http.password = password }}
}

// httpOptions are the options of a call, or of a session, for requests to servers.
type httpOptions struct {
	send     HTTPFunc
	cache    HTTPCache
	rules    addressRules
	timeouts HTTPTimeouts
	// services are the timestamp services of a session.
	services TimestampServices
	// password is that of the document of a session.
	password string
}

// over returns these options, and for those that are not set the ones of an earlier call.
func (o httpOptions) over(earlier httpOptions) httpOptions {
	if o.send == nil && !o.rules.allowPrivate && o.rules.allowedHosts == nil {
		o.send, o.rules = earlier.send, earlier.rules
	}
	if o.cache == nil {
		o.cache = earlier.cache
	}
	if o.timeouts == (HTTPTimeouts{}) {
		o.timeouts = earlier.timeouts
	}
	if o.services == nil {
		o.services = earlier.services
	}
	if o.password == "" {
		o.password = earlier.password
	}
	return o
}

// withCache returns the options with a cache.
func (o httpOptions) withCache() httpOptions {
	if o.cache == nil {
		o.cache = NewHTTPCache()
	}
	return o
}

// sender is the part of a call that sends requests. All runs of the call share it.
type sender struct {
	client *httpClient
	cache  HTTPCache
}

// sender returns the sender of the call, which the first run makes that needs it.
func (c *call) sender() *sender {
	c.sending.Do(func() {
		c.sends = &sender{newHTTPClient(c.http.rules, c.http.timeouts), c.http.withCache().cache}
	})
	return c.sends
}

// remembered returns the options for requests that a session of this run keeps.
func (h *host) remembered() httpOptions {
	options := h.call.http
	options.services = h.services()
	if h.current < len(h.options) && h.options[h.current] != nil {
		options.password = h.options[h.current].Password
	}
	if h.sends != nil {
		options.cache = h.sends.cache
	}
	return options
}

// services returns the timestamp services of the signatory that was asked last, or those of the call.
func (h *host) services() TimestampServices {
	if h.extension != nil && h.extension.Timestamp != nil {
		return h.extension.Timestamp.Services
	}
	if h.current < len(h.options) && len(h.options[h.current].services()) > 0 {
		return h.options[h.current].services()
	}
	return h.call.http.services
}

// sender returns the sender of the call. Its connections stay open until the end of the run.
func (h *host) sender() *sender {
	h.sending.Do(func() {
		h.sends = h.call.sender()
		h.sends.client.enter()
	})
	return h.sends
}

// httpExchange is a request, and its response or failure.
type httpExchange struct {
	request  HTTPRequest
	delay    time.Duration
	cache    string
	response HTTPResponse
	cached   bool
	failed   HTTPFailure
	// err ends the step: an error of the caller's function, or the cause of the caller's context.
	err error
}

// answerHTTP sends the requests of a step, and waits for all responses.
//
// Errors: the cause of the context; an error of the caller's function that is not the network's.
func (h *host) answerHTTP(asked *httpStep, payload []byte) (frame, error) {
	exchanges := make([]*httpExchange, len(asked.Requests))
	services := h.services()
	for at := range asked.Requests {
		request := &asked.Requests[at]
		exchange := &httpExchange{cache: request.Cache, request: HTTPRequest{
			Purpose: HTTPPurpose(request.Purpose), Service: -1, URL: request.URL, Method: request.Method,
			ContentType: request.ContentType, Accept: request.Accept, Body: payload[:request.Body], Limit: request.Limit,
		}}
		payload = payload[request.Body:]
		if request.Delay != nil {
			exchange.delay = time.Duration(*request.Delay) * time.Second
		}
		if number := request.Service; number != nil {
			if *number >= len(services) {
				return frame{}, newError(ErrTimestampService, fmt.Sprintf("timestamp service %d is needed, and %d are given,"+
					" counted from 0; give the services of the beginning again (WithTimestampServices)", *number, len(services)))
			}
			exchange.request.Service, exchange.request.URL = *number, services[*number].URL
			exchange.request.Headers = services[*number].Headers
		}
		exchanges[at] = exchange
	}
	if err := h.exchangeAll(exchanges); err != nil {
		return frame{}, err
	}
	now := time.Now().Unix()
	answer := frame{header: answerFrame{Answer: "http", Now: &now}}
	responses := []responseFrame{}
	for at, exchange := range exchanges {
		response := responseFrame{ID: asked.Requests[at].ID}
		if exchange.failed != "" {
			response.Failed = httpFailure(exchange.failed)
		} else {
			length := int64(len(exchange.response.Body))
			response.Status, response.Body, response.Cached = &exchange.response.Status, &length, exchange.cached
			if after := exchange.response.RetryAfter; after != nil {
				seconds := int(min(max(0, (*after+time.Second-1)/time.Second), mostRetryAfter))
				response.RetryAfter = &seconds
			}
			answer.payload = append(answer.payload, exchange.response.Body)
		}
		responses = append(responses, response)
	}
	answer.header = answerFrame{Answer: "http", Now: &now, Responses: responses}
	return answer, nil
}

// exchangeAll sends requests, several at a time.
func (h *host) exchangeAll(exchanges []*httpExchange) error {
	began := time.Now()
	defer func() { h.httpTime += time.Since(began) }()
	left := h.sender().client.timeouts.Run - h.httpTime
	ctx, cancel := context.WithTimeoutCause(h.call.context, left, HTTPFailureTimeout)
	defer cancel()
	done, total, failed := int64(0), int64(len(exchanges)), error(nil)
	if err := h.call.tell(PhaseRequest, 0, total); err != nil {
		return err
	}
	perform := func(_ int, exchange *httpExchange) *httpExchange {
		returned := false
		defer func() {
			if !returned { // a panic passes through when the others have ended
				cancel()
			}
		}()
		h.answerOne(ctx, exchange)
		returned = true
		return exchange
	}
	use := func(exchange *httpExchange) bool {
		done++
		if failed = exchange.err; failed == nil {
			failed = h.call.tell(PhaseRequest, done, total)
		}
		if failed != nil {
			cancel()
		}
		return failed == nil
	}
	limited := &call{context: h.call.context, inFlight: mostRequests}
	if _, err := inParallel(limited, slices.Values(exchanges), perform, use); err != nil {
		return err
	}
	return failed
}

// answerOne answers a request from the cache or by its server.
func (h *host) answerOne(ctx context.Context, exchange *httpExchange) {
	sender := h.sender()
	if key := exchange.cache; key != "" {
		own := sender.cacheKeyOf(key)
		if err := underWay.acquire(ctx, own); err != nil {
			h.fail(ctx, exchange, err)
			return
		}
		defer underWay.release(own)
		entry, found := sender.cache.Get(ctx, key)
		if age := time.Since(entry.Time); found && age < cacheTime && int64(len(entry.Body)) <= exchange.request.Limit {
			exchange.response, exchange.cached = HTTPResponse{Status: http.StatusOK, Body: entry.Body}, true
			return
		}
	}
	if err := wait(ctx, exchange.delay); err != nil {
		h.fail(ctx, exchange, err)
		return
	}
	response, err := h.send(ctx, exchange.request)
	if err != nil {
		h.fail(ctx, exchange, err)
		return
	}
	if int64(len(response.Body)) > exchange.request.Limit {
		exchange.failed = HTTPFailureTooLarge
		return
	}
	exchange.response = response
	if exchange.cache != "" && response.Status == http.StatusOK {
		sender.cache.Set(ctx, exchange.cache, HTTPCacheEntry{response.Body, time.Now()})
	}
}

// send sends a request by the caller's function, or by the module's client.
func (h *host) send(ctx context.Context, request HTTPRequest) (HTTPResponse, error) {
	if err := ctx.Err(); err != nil {
		return HTTPResponse{}, context.Cause(ctx)
	}
	client := h.sender().client
	if h.call.http.send == nil {
		return client.send(ctx, request)
	}
	limited, cancel := context.WithTimeoutCause(ctx, client.timeouts.Request, HTTPFailureTimeout)
	defer cancel()
	response, err := h.call.http.send(limited, request)
	if err == nil && (response.Status < 100 || response.Status > 599) {
		return HTTPResponse{}, newError(ErrHTTPAnswer, fmt.Sprintf("the function of WithHTTP returned the status %d;"+
			" return a status code from 100 to 599", response.Status))
	}
	return response, err
}

// fail takes an error as a failure of the server, or as the end of the step.
func (h *host) fail(ctx context.Context, exchange *httpExchange, err error) {
	failure, isKnown := failureOf(err)
	switch {
	case h.call.context.Err() != nil:
		exchange.err = context.Cause(h.call.context)
	case isKnown:
		exchange.failed = failure
	case ctx.Err() != nil:
		exchange.failed = HTTPFailureTimeout
	default:
		exchange.err = err
	}
}

// wait waits for a time. Errors: the cause of the context.
func wait(ctx context.Context, duration time.Duration) error {
	if duration <= 0 {
		return nil
	}
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// checkServices checks the addresses and header fields of timestamp services. Errors: ERR_ARGUMENT,
// without any of them.
func checkServices(services TimestampServices) error {
	for _, service := range services {
		at, err := url.Parse(service.URL)
		if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Hostname() == "" {
			return hostErrArgumentType("the URL of a timestamp service", "an address with http or https", "another text")
		}
		for name, value := range service.Headers {
			if name == "" || strings.ContainsFunc(name, isNoTokenLetter) || strings.ContainsAny(value, "\r\n\x00") {
				return hostErrArgumentType("a header field of a timestamp service", "a name and a value of one line", "another text")
			}
		}
	}
	return nil
}

// isNoTokenLetter reports whether a letter cannot be in the name of a header field (RFC 9110, 5.6.2).
func isNoTokenLetter(letter rune) bool {
	return letter <= ' ' || letter >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, letter)
}
