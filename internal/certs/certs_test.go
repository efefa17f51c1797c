package certs_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"homeward/internal/certs"
	"homeward/internal/certtest"
)

func words() certs.Settings {
	return certs.Settings{Server: "The server", CA: "--ca", Cert: "--cert", Name: "--name"}
}

// serve serves HTTPS under a configuration and returns its address.
func serve(t *testing.T, secured *tls.Config) string {
	t.Helper()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", secured)
	require.NoError(t, err)
	server := &http.Server{Handler: http.NotFoundHandler(), ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = server.Serve(listener) }() // It ends with the test.
	t.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}

// visit makes one connection and returns the serial number of the server's certificate.
func visit(t *testing.T, address string, files certs.Files) (string, error) {
	t.Helper()
	secured, err := certs.Client(files, "", nil)
	require.NoError(t, err)
	return visitAs(t, address, secured)
}

func visitAs(t *testing.T, address string, secured *tls.Config) (string, error) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: secured, DisableKeepAlives: true}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+address, http.NoBody)
	require.NoError(t, err)
	answered, err := client.Do(request)
	if err != nil {
		return "", err
	}
	require.NoError(t, answered.Body.Close())
	return answered.TLS.PeerCertificates[0].SerialNumber.String(), nil
}

func TestServer_ShowsARenewedCertificateWithoutARestart(t *testing.T) {
	t.Parallel()
	authority := certtest.New(t)
	files := authority.Issue(t, certtest.Leaf{Name: "127.0.0.1"})
	var reported atomic.Int32
	secured, err := certs.Server(certs.Files{Cert: files.Cert, Key: files.Key}, tls.VersionTLS13, func(error) { reported.Add(1) })
	require.NoError(t, err)
	address := serve(t, secured)
	first, err := visit(t, address, certs.Files{CA: files.CA})
	require.NoError(t, err)
	again, err := visit(t, address, certs.Files{CA: files.CA})
	require.NoError(t, err)
	require.Equal(t, first, again)

	authority.Renew(t, files, certtest.Leaf{Name: "127.0.0.1"})
	renewed, err := visit(t, address, certs.Files{CA: files.CA})
	require.NoError(t, err)
	require.NotEqual(t, first, renewed)
	require.Zero(t, reported.Load())

	require.NoError(t, os.WriteFile(files.Cert, []byte("half a certif"), 0o600))
	for range 3 {
		kept, err := visit(t, address, certs.Files{CA: files.CA})
		require.NoError(t, err, "a broken file takes no certificate away")
		require.Equal(t, renewed, kept)
	}
	require.Equal(t, int32(1), reported.Load(), "a change is reported once")
	require.NoError(t, os.Remove(files.Cert))
	_, err = visit(t, address, certs.Files{CA: files.CA})
	require.NoError(t, err)
}

func TestServer_FollowsTheAuthoritiesOfItsClients(t *testing.T) {
	t.Parallel()
	old, next := certtest.New(t), certtest.New(t)
	files := old.Issue(t, certtest.Leaf{Name: "127.0.0.1"})
	trusted := t.TempDir() + "/clients.pem"
	trust := func(authority *certtest.Authority) {
		text, err := os.ReadFile(authority.File)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(trusted+".new", text, 0o600))
		require.NoError(t, os.Rename(trusted+".new", trusted))
	}
	trust(old)
	secured, err := certs.Server(certs.Files{Cert: files.Cert, Key: files.Key, CA: trusted}, tls.VersionTLS12, nil)
	require.NoError(t, err)
	address := serve(t, secured)
	of := func(authority *certtest.Authority, leaf certtest.Leaf) error {
		shown := authority.Issue(t, leaf)
		_, err := visit(t, address, certs.Files{Cert: shown.Cert, Key: shown.Key, CA: files.CA})
		return err
	}
	require.NoError(t, of(old, certtest.Leaf{Name: "client"}))
	require.Error(t, of(next, certtest.Leaf{Name: "client"}))
	require.Error(t, of(old, certtest.Leaf{Name: "client", Until: time.Now().Add(-time.Hour)}), "expired")
	_, err = visit(t, address, certs.Files{CA: files.CA})
	require.Error(t, err, "no certificate")

	trust(next)
	require.Error(t, of(old, certtest.Leaf{Name: "client"}))
	require.NoError(t, of(next, certtest.Leaf{Name: "client"}))
}

func TestServer_RefusesOlderVersionsThanItsLeast(t *testing.T) {
	t.Parallel()
	files := certtest.New(t).Issue(t, certtest.Leaf{Name: "127.0.0.1"})
	for least, refused := range map[uint16]uint16{tls.VersionTLS13: tls.VersionTLS12, tls.VersionTLS12: tls.VersionTLS11} {
		secured, err := certs.Server(certs.Files{Cert: files.Cert, Key: files.Key}, least, nil)
		require.NoError(t, err)
		address := serve(t, secured)
		client, err := certs.Client(certs.Files{CA: files.CA}, "", nil)
		require.NoError(t, err)
		client.MinVersion, client.MaxVersion = tls.VersionTLS10, refused
		_, err = visitAs(t, address, client)
		require.ErrorContains(t, err, "protocol version")
		client.MaxVersion = least
		_, err = visitAs(t, address, client)
		require.NoError(t, err)
	}
}

func TestClient_ShowsARenewedCertificateWithoutARestart(t *testing.T) {
	t.Parallel()
	authority := certtest.New(t)
	files := authority.Issue(t, certtest.Leaf{Name: "127.0.0.1"})
	shown := make(chan string, 2)
	secured, err := certs.Server(files, tls.VersionTLS13, nil)
	require.NoError(t, err)
	inner := secured.GetConfigForClient
	secured.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		config, err := inner(hello)
		config.VerifyConnection = func(state tls.ConnectionState) error {
			shown <- state.PeerCertificates[0].SerialNumber.String()
			return nil
		}
		return config, err
	}
	address := serve(t, secured)
	own := authority.Issue(t, certtest.Leaf{Name: "client"})
	client, err := certs.Client(own, "", nil)
	require.NoError(t, err)
	_, err = visitAs(t, address, client)
	require.NoError(t, err)
	authority.Renew(t, own, certtest.Leaf{Name: "client"})
	_, err = visitAs(t, address, client)
	require.NoError(t, err)
	before, after := <-shown, <-shown
	require.NotEqual(t, before, after)
}

func TestFiles_ThatAreWrongAreNamed(t *testing.T) {
	t.Parallel()
	good := certtest.New(t).Issue(t, certtest.Leaf{Name: "127.0.0.1"})
	other := certtest.New(t).Issue(t, certtest.Leaf{Name: "127.0.0.1"})
	empty := t.TempDir() + "/empty.pem"
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	for want, files := range map[string]certs.Files{
		"/nowhere":             {Cert: "/nowhere", Key: good.Key},
		"does not match":       {Cert: good.Cert, Key: other.Key},
		"holds no certificate": {Cert: good.Cert, Key: good.Key, CA: empty},
		"open /none":           {Cert: good.Cert, Key: good.Key, CA: "/none"},
	} {
		_, err := certs.Server(files, tls.VersionTLS13, nil)
		require.ErrorContains(t, err, want)
		_, err = certs.Client(files, "", nil)
		require.ErrorContains(t, err, want)
	}
}

// serveGRPC serves gRPC, secured or plain.
func serveGRPC(t *testing.T, secured *tls.Config) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var options []grpc.ServerOption
	if secured != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(secured)))
	}
	server := grpc.NewServer(options...)
	go func() { _ = server.Serve(listener) }() // It ends with the test.
	t.Cleanup(server.Stop)
	return listener.Addr().String()
}

func TestProbe_SaysWhichSettingToLookAt(t *testing.T) {
	t.Parallel()
	authority, stranger := certtest.New(t), certtest.New(t)
	server := authority.Issue(t, certtest.Leaf{Name: "127.0.0.1"})
	plain := serveGRPC(t, nil)
	one := serveGRPC(t, config(t, certs.Files{Cert: server.Cert, Key: server.Key}))
	both := serveGRPC(t, config(t, server))
	own := authority.Issue(t, certtest.Leaf{Name: "client"})
	expired := authority.Issue(t, certtest.Leaf{Name: "127.0.0.1", Until: time.Now().Add(-time.Hour)})
	old := serveGRPC(t, config(t, certs.Files{Cert: expired.Cert, Key: expired.Key}))
	strange := stranger.Issue(t, certtest.Leaf{Name: "client"})
	for name, test := range map[string]struct {
		address string
		files   *certs.Files
		name    string
		want    []string
	}{
		"good":                      {address: one, files: &certs.Files{CA: authority.File}},
		"good, both sides":          {address: both, files: &own},
		"plain to plain":            {address: plain},
		"nobody there":              {address: "127.0.0.1:1", files: &own},
		"nobody there, plain":       {address: "127.0.0.1:1"},
		"plain to TLS":              {address: one, want: []string{"TLS alone", "--ca"}},
		"plain to TLS both sides":   {address: both, want: []string{"TLS alone", "--cert"}},
		"TLS to plain":              {address: plain, files: &own, want: []string{"does not speak TLS", "--ca"}},
		"authority of somebody":     {address: one, files: &certs.Files{CA: stranger.File}, want: []string{"authority", "--ca"}},
		"the system's authorities":  {address: one, files: &certs.Files{}, want: []string{"authority", "--ca"}},
		"expired server":            {address: old, files: &certs.Files{CA: authority.File}, want: []string{"expired"}},
		"other name":                {address: one, files: &certs.Files{CA: authority.File}, name: "temporal.example.org", want: []string{`"temporal.example.org"`, "--name"}},
		"no certificate":            {address: both, files: &certs.Files{CA: authority.File}, want: []string{"our certificate", "--cert"}},
		"certificate of a stranger": {address: both, files: &certs.Files{Cert: strange.Cert, Key: strange.Key, CA: authority.File}, want: []string{"our certificate", "--cert"}},
		"expired certificate":       {address: both, files: &expired, want: []string{"our certificate", "--cert"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var secured *tls.Config
			if test.files != nil {
				var err error
				secured, err = certs.Client(*test.files, test.name, nil)
				require.NoError(t, err)
			}
			err := words().Probe(t.Context(), test.address, secured)
			if test.want == nil {
				require.NoError(t, err)
				return
			}
			_, distrust := errors.AsType[*certs.Distrust](err)
			require.True(t, distrust, "%v", err)
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
			require.True(t, strings.HasPrefix(err.Error(), "The server "), err)
		})
	}
}

func TestProbe_WaitsForNobody(t *testing.T) {
	t.Parallel()
	silent, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0") // accepts, and says nothing
	require.NoError(t, err)
	t.Cleanup(func() { _ = silent.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	secured, err := certs.Client(certs.Files{}, "", nil)
	require.NoError(t, err)
	require.NoError(t, words().Probe(ctx, silent.Addr().String(), secured))
}

func config(t *testing.T, files certs.Files) *tls.Config {
	t.Helper()
	secured, err := certs.Server(files, tls.VersionTLS12, nil)
	require.NoError(t, err)
	return secured
}
