package notify_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/notify"
)

func signingKey() []byte { return bytes.Repeat([]byte("k"), 32) }

func TestWebhook_IsVerifiedByItsReceiver(t *testing.T) {
	t.Parallel()
	type call struct {
		header http.Header
		body   []byte
	}
	calls := make(chan call, 1)
	receiver := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPost {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		calls <- call{r.Header, body}
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(receiver.Close)
	roots := x509.NewCertPool()
	roots.AddCert(receiver.Certificate())
	d := sample(notify.ChannelWebhook, receiver.URL)
	receipt, err := webhook(t, notify.WebhookOptions{RootCAs: roots, AllowPrivate: true}).Send(t.Context(), d)
	require.NoError(t, err)
	require.Contains(t, receipt.Response, "202 Accepted")

	got := <-calls
	require.NoError(t, notify.Verify(got.header.Get(notify.HeaderSignature), got.body, signingKey(), time.Now(), time.Minute))
	require.Equal(t, d.Notice.Key, got.header.Get(notify.HeaderNotice))
	require.Equal(t, "application/json", got.header.Get("Content-Type"))
	require.JSONEq(t, `{
		"key": "case-1002/caseworker-visit/P12/3/overdue/w-17",
		"kind": "duty-overdue",
		"record": "case-1002",
		"duty": "caseworker-visit/P12/3",
		"subject": "Case 1002: the monthly visit is overdue – since 31 March",
		"text": "The visit for March was due on 31 March 2026.\nYou are told because you are the caseworker.",
		"created_at": "2026-04-01T07:00:00Z"
	}`, string(got.body))
	require.True(t, json.Valid(got.body))
}

func TestWebhook_TellsPassingFromPermanentFailures(t *testing.T) {
	t.Parallel()
	for code, permanent := range map[int]bool{
		http.StatusRequestTimeout: false, http.StatusTooManyRequests: false, http.StatusTooEarly: false,
		http.StatusInternalServerError: false, http.StatusBadGateway: false, http.StatusServiceUnavailable: false,
		http.StatusBadRequest: true, http.StatusUnauthorized: true, http.StatusNotFound: true, http.StatusGone: true,
		http.StatusFound: true, http.StatusNotModified: true,
	} {
		receiver := answering(t, code, nil)
		_, err := webhook(t, local()).Send(t.Context(), sample(notify.ChannelWebhook, receiver.URL))
		got := failure(t, err)
		require.Equal(t, code, got.Code)
		require.Equal(t, permanent, got.Permanent(), code)
	}
}

func TestWebhook_PassesOnHowLongTheReceiverWantsRest(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.April, 1, 7, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                              0,
		"90":                            90 * time.Second,
		"Wed, 01 Apr 2026 08:00:00 GMT": time.Hour,
		"Wed, 01 Apr 2026 06:00:00 GMT": 0,
		"-5":                            0,
		"soon":                          0,
		"999999999":                     24 * time.Hour,
	} {
		receiver := answering(t, http.StatusServiceUnavailable, map[string]string{"Retry-After": value})
		o := local()
		o.Now = func() time.Time { return now }
		_, err := webhook(t, o).Send(t.Context(), sample(notify.ChannelWebhook, receiver.URL))
		require.Equal(t, want, failure(t, err).RetryAfter, value)
	}
}

func TestWebhook_FollowsNoRedirect(t *testing.T) {
	t.Parallel()
	var reached atomic.Bool
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	t.Cleanup(target.Close)
	for _, code := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		receiver := answering(t, code, map[string]string{"Location": target.URL})
		_, err := webhook(t, local()).Send(t.Context(), sample(notify.ChannelWebhook, receiver.URL))
		require.True(t, failure(t, err).Permanent())
	}
	require.False(t, reached.Load())
}

func TestWebhook_IgnoresTheProxyOfTheEnvironment(t *testing.T) {
	var reached atomic.Bool
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	t.Cleanup(proxy.Close)
	t.Setenv("HTTP_PROXY", proxy.URL)
	_, err := webhook(t, notify.WebhookOptions{AllowHTTP: true}).
		Send(t.Context(), sample(notify.ChannelWebhook, "http://192.168.255.254:9"))
	require.Equal(t, notify.Forbidden, failure(t, err).Reason)
	require.False(t, reached.Load())
}

func TestWebhook_ReadsNoEndlessAnswer(t *testing.T) {
	t.Parallel()
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	}))
	t.Cleanup(receiver.Close)
	_, err := webhook(t, local()).Send(t.Context(), sample(notify.ChannelWebhook, receiver.URL))
	require.NoError(t, err)
}

func TestWebhook_EndsWithItsTime(t *testing.T) {
	t.Parallel()
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server see the caller leave
		<-r.Context().Done()
	}))
	t.Cleanup(receiver.Close)
	o := local()
	o.Timeout = 50 * time.Millisecond
	_, err := webhook(t, o).Send(t.Context(), sample(notify.ChannelWebhook, receiver.URL))
	require.Equal(t, notify.Timeout, failure(t, err).Reason)

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = webhook(t, local()).Send(ctx, sample(notify.ChannelWebhook, receiver.URL))
	require.Equal(t, notify.Timeout, failure(t, err).Reason)
}

func TestWebhook_TriesAgainWhenTheReceiverIsDown(t *testing.T) {
	t.Parallel()
	receiver := answering(t, http.StatusOK, nil)
	receiver.Close()
	_, err := webhook(t, local()).Send(t.Context(), sample(notify.ChannelWebhook, receiver.URL))
	got := failure(t, err)
	require.Equal(t, notify.Unreachable, got.Reason)
	require.False(t, got.Permanent())
}

func TestWebhook_RefusesACertificateThatDoesNotVerify(t *testing.T) {
	t.Parallel()
	receiver := httptest.NewUnstartedServer(http.NotFoundHandler())
	receiver.Config.ErrorLog = log.New(io.Discard, "", 0)
	receiver.StartTLS()
	t.Cleanup(receiver.Close)
	_, err := webhook(t, notify.WebhookOptions{AllowPrivate: true}).Send(t.Context(), sample(notify.ChannelWebhook, receiver.URL))
	require.Equal(t, notify.Untrusted, failure(t, err).Reason)
}

func TestWebhook_RefusesOurOwnNetwork(t *testing.T) {
	t.Parallel()
	var reached atomic.Bool
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	t.Cleanup(receiver.Close)
	port := receiver.URL[len("http://127.0.0.1:"):]
	sender := webhook(t, notify.WebhookOptions{AllowHTTP: true})
	for _, host := range []string{
		"127.0.0.1", "localhost", "127.1.2.3", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]",
		"10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "[fd00::1]", "[fe80::1]",
		"224.0.0.1", "255.255.255.255", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
	} {
		_, err := sender.Send(t.Context(), sample(notify.ChannelWebhook, "http://"+host+":"+port))
		got := failure(t, err)
		require.Equal(t, notify.Forbidden, got.Reason, host)
		require.True(t, got.Permanent())
	}
	require.False(t, reached.Load())
}

func TestWebhook_RefusesAddressesThatAreNoWebAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]notify.Reason{
		"":                            notify.BadAddress,
		"jane.doe@example.org":        notify.BadAddress,
		"ftp://example.org/jane":      notify.BadAddress,
		"file:///etc/passwd":          notify.BadAddress,
		"https://":                    notify.BadAddress,
		"https://exa mple.org":        notify.BadAddress,
		"http://hooks.example/jane":   notify.Forbidden,
		"gopher://127.0.0.1:70/_jane": notify.BadAddress,
	} {
		_, err := webhook(t, notify.WebhookOptions{}).Send(t.Context(), sample(notify.ChannelWebhook, address))
		require.Equal(t, want, failure(t, err).Reason, address)
	}
}

func TestNewWebhook_RefusesWeakKeys(t *testing.T) {
	t.Parallel()
	_, err := notify.NewWebhook(notify.WebhookOptions{})
	require.Error(t, err)
	_, err = notify.NewWebhook(notify.WebhookOptions{Keys: [][]byte{signingKey(), []byte("short")}})
	require.Error(t, err)
}

// local are the options that let a test's own server be called.
func local() notify.WebhookOptions {
	return notify.WebhookOptions{AllowHTTP: true, AllowPrivate: true}
}

func webhook(t *testing.T, o notify.WebhookOptions) *notify.Webhook {
	t.Helper()
	o.Keys = [][]byte{signingKey()}
	sender, err := notify.NewWebhook(o)
	require.NoError(t, err)
	return sender
}

// answering is a receiver that always answers the same.
func answering(t *testing.T, code int, header map[string]string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, value := range header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(code)
	}))
	t.Cleanup(server.Close)
	return server
}
