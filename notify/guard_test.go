package notify_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"

	"homeward/notify"
)

// names is a DNS server that says of every name what its answers say, one after
// the other, and the last one for ever.
func names(t *testing.T, answers ...string) *net.Resolver {
	t.Helper()
	connection, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close() })
	var asked atomic.Int32
	go func() {
		packet := make([]byte, 512)
		for {
			n, from, err := connection.ReadFrom(packet)
			if err != nil {
				return
			}
			if answered, ok := answer(packet[:n], answers, &asked); ok {
				_, _ = connection.WriteTo(answered, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", connection.LocalAddr().String())
	}}
}

// answer names an address of the kind that is asked for, and none of the other.
func answer(packet []byte, answers []string, asked *atomic.Int32) ([]byte, bool) {
	var m dnsmessage.Message
	if m.Unpack(packet) != nil || len(m.Questions) != 1 {
		return nil, false
	}
	q := m.Questions[0]
	at := int(asked.Load())
	ip := netip.MustParseAddr(answers[min(at, len(answers)-1)])
	reply := dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, RecursionAvailable: true}, Questions: m.Questions}
	header := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}
	switch {
	case q.Type == dnsmessage.TypeA && ip.Is4():
		reply.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AResource{A: ip.As4()}}}
		asked.Add(1)
	case q.Type == dnsmessage.TypeAAAA && !ip.Is4():
		reply.Answers = []dnsmessage.Resource{{Header: header, Body: &dnsmessage.AAAAResource{AAAA: ip.As16()}}}
		asked.Add(1)
	}
	packed, err := reply.Pack()
	return packed, err == nil
}

func TestWebhook_LooksAtTheAddressThatANameReallyLeadsTo(t *testing.T) {
	t.Parallel()
	var reached atomic.Bool
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	t.Cleanup(receiver.Close)
	address, err := url.Parse(receiver.URL)
	require.NoError(t, err)
	for _, ip := range []string{"127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "fd00:ec2::254", "168.63.129.16", "100.100.100.200", "0.0.0.0"} {
		sender := webhook(t, notify.WebhookOptions{AllowHTTP: true, Resolver: names(t, ip)})
		_, err := sender.Send(t.Context(), sample(notify.ChannelWebhook, "http://hooks.example.org:"+address.Port()))
		require.Equal(t, notify.Forbidden, failure(t, err).Reason, ip)
	}
	require.False(t, reached.Load())
}

// A name that leads elsewhere from one moment to the next helps nobody: what was
// looked up is what is dialled, and every attempt looks again.
func TestWebhook_IsNotFooledByANameThatChanges(t *testing.T) {
	t.Parallel()
	var reached atomic.Bool
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }))
	t.Cleanup(receiver.Close)
	address, err := url.Parse(receiver.URL)
	require.NoError(t, err)
	// A public address at which nobody answers, then our own machine.
	sender := webhook(t, notify.WebhookOptions{AllowHTTP: true, Timeout: 200 * time.Millisecond, Resolver: names(t, "198.41.0.1", "127.0.0.1")})
	d := sample(notify.ChannelWebhook, "http://hooks.example.org:"+address.Port())
	_, err = sender.Send(t.Context(), d)
	require.Contains(t, []notify.Reason{notify.Timeout, notify.Unreachable}, failure(t, err).Reason)
	for range 3 {
		_, err = sender.Send(t.Context(), d)
		require.Equal(t, notify.Forbidden, failure(t, err).Reason)
	}
	require.False(t, reached.Load())
}

func TestWebhook_SpeaksToNoServiceOfTheOldInternet(t *testing.T) {
	t.Parallel()
	sender := webhook(t, notify.WebhookOptions{AllowHTTP: true, Timeout: 200 * time.Millisecond, Resolver: names(t, "198.41.0.1")})
	for port, refused := range map[string]bool{":22": true, ":25": true, ":53": true, ":1": true, ":1023": true, "": false, ":80": false, ":443": false, ":8443": false} {
		_, err := sender.Send(t.Context(), sample(notify.ChannelWebhook, "http://hooks.example.org"+port))
		require.Equal(t, refused, failure(t, err).Reason == notify.Forbidden, port)
	}
}

func TestWebhook_HasNoWayToASocketOfThisMachine(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/s"
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", path)
	require.NoError(t, err)
	var reached atomic.Bool
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) })}
	go func() { _ = server.Serve(listener) }() // It ends with the test.
	t.Cleanup(func() { _ = server.Close() })
	for _, address := range []string{"unix://" + path, "http+unix://" + url.PathEscape(path), "http://unix:" + path, "http://" + url.PathEscape(path) + "/", "//" + path} {
		_, err := webhook(t, notify.WebhookOptions{AllowHTTP: true, AllowPrivate: true}).Send(t.Context(), sample(notify.ChannelWebhook, address))
		require.Contains(t, []notify.Reason{notify.BadAddress, notify.Unreachable, notify.Timeout}, failure(t, err).Reason, address)
	}
	require.False(t, reached.Load())
}

func TestWebhook_HangsUpOnEndlessHeaders(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	sent := make(chan int, 1)
	go func() {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		defer connection.Close()
		total := 0
		for head := "HTTP/1.1 200 OK\r\n"; ; head = "X-Endless: yes\r\n" {
			n, err := connection.Write([]byte(head))
			if total += n; err != nil || total > 64<<20 {
				sent <- total
				return
			}
		}
	}()
	_, err = webhook(t, local()).Send(t.Context(), sample(notify.ChannelWebhook, "http://"+listener.Addr().String()))
	require.Error(t, err)
	require.Less(t, <-sent, 64<<20)
}
