package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"homeward/casework"
)

// The headers of a webhook beside the usual ones.
const (
	HeaderSignature = "Homeward-Signature"
	HeaderNotice    = "Homeward-Notice"
)

// maxHeader is how many bytes of an answer are read at most. Its body is never read.
const maxHeader = 16 << 10

// maxRetryAfter bounds the hint of a receiver, which could otherwise silence us for ever.
const maxRetryAfter = 24 * time.Hour

// WebhookOptions configure a [Webhook].
type WebhookOptions struct {
	// Keys sign every request, the newest first. At least one of 32 bytes or more.
	Keys [][]byte
	// Timeout bounds one attempt, beside the caller's context. 0 means 10 seconds.
	Timeout time.Duration
	// AllowHTTP accepts http: addresses. For development and tests.
	AllowHTTP bool
	// AllowPrivate accepts addresses of our own network: loopback, private,
	// link-local. For development, tests and receivers inside the agency.
	AllowPrivate bool
	// Resolver finds the addresses of names; nil means the system's.
	Resolver *net.Resolver
	// RootCAs verify receivers; nil means those of the system.
	RootCAs *x509.CertPool
	// Now is the clock of the signatures; nil means [time.Now].
	Now func() time.Time
}

// Webhook posts notices as signed JSON. It follows no redirects and uses no proxy.
type Webhook struct {
	options WebhookOptions
	client  *http.Client
}

// webhookBody is what a receiver gets. Names are never changed, only added.
type webhookBody struct {
	Key       string              `json:"key"`
	Kind      casework.NoticeKind `json:"kind"`
	Record    string              `json:"record"`
	Duty      string              `json:"duty,omitempty"`
	Subject   string              `json:"subject"`
	Text      string              `json:"text"`
	CreatedAt time.Time           `json:"created_at"`
}

// NewWebhook returns a sender for [ChannelWebhook].
func NewWebhook(o WebhookOptions) (*Webhook, error) {
	if len(o.Keys) == 0 {
		return nil, errors.New("webhooks need a signing key")
	}
	for _, key := range o.Keys {
		if len(key) < 32 {
			return nil, fmt.Errorf("a signing key for webhooks has %d bytes and needs 32", len(key))
		}
	}
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	dialer := &net.Dialer{Timeout: o.Timeout, Resolver: o.Resolver}
	if !o.AllowPrivate {
		ports := []uint16{443}
		if o.AllowHTTP {
			ports = append(ports, 80)
		}
		dialer.Control = newGuard(ports...).control
	}
	return &Webhook{options: o, client: &http.Client{
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			DisableKeepAlives:      true, // every attempt passes the guard
			ForceAttemptHTTP2:      true,
			TLSClientConfig:        &tls.Config{RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12},
			MaxResponseHeaderBytes: maxHeader,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Send posts the notice once. 2xx is delivered; 408, 425, 429 and 5xx are tried
// again; every other answer, redirects included, is permanent.
func (w *Webhook) Send(ctx context.Context, d Delivery) (Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, w.options.Timeout)
	defer cancel()
	request, err := w.request(ctx, d)
	if err != nil {
		return Receipt{}, err
	}
	response, err := w.client.Do(request)
	if err != nil {
		return Receipt{}, AsError(ChannelWebhook, err)
	}
	defer response.Body.Close()
	return w.outcome(response)
}

func (w *Webhook) request(ctx context.Context, d Delivery) (*http.Request, error) {
	target, err := url.Parse(d.Address)
	if err != nil || target.Host == "" || (target.Scheme != "https" && target.Scheme != "http") {
		return nil, &Error{Channel: ChannelWebhook, Reason: BadAddress}
	}
	if target.Scheme == "http" && !w.options.AllowHTTP {
		return nil, &Error{Channel: ChannelWebhook, Reason: Forbidden}
	}
	n := d.Notice
	body, err := json.Marshal(webhookBody{
		Key: n.Key, Kind: n.Kind, Record: n.Aggregate, Duty: n.Duty,
		Subject: n.Subject, Text: n.Text, CreatedAt: n.CreatedAt.UTC(),
	})
	if err != nil {
		return nil, &Error{Channel: ChannelWebhook, Reason: Rejected}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, &Error{Channel: ChannelWebhook, Reason: BadAddress}
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "Homeward")
	request.Header.Set(HeaderNotice, n.Key)
	request.Header.Set(HeaderSignature, Sign(body, w.options.Now(), w.options.Keys...))
	return request, nil
}

func (w *Webhook) outcome(response *http.Response) (Receipt, error) {
	failed := &Error{Channel: ChannelWebhook, Reason: Rejected, Code: response.StatusCode}
	switch code := response.StatusCode; {
	case code >= 200 && code <= 299:
		return Receipt{Response: clip(response.Proto + " " + response.Status)}, nil
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests, code >= 500:
		failed.Reason = Deferred
		failed.RetryAfter = retryAfter(response.Header.Get("Retry-After"), w.options.Now())
	}
	return Receipt{}, failed
}

// retryAfter reads both forms of the header (RFC 9110, 10.2.3): seconds or a
// date. What it cannot read is 0.
func retryAfter(value string, now time.Time) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}
