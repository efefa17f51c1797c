package app_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/app"
	"homeward/internal/certs"
	"homeward/internal/certtest"
	"homeward/internal/config"
	"homeward/internal/testdb"
	"homeward/internal/teststack"
)

// serveAPI runs the API behind a certificate until the test ends and returns its address.
func serveAPI(t *testing.T, serving config.Serving) string {
	t.Helper()
	file, _ := developer(t)
	address, database, temporal := freeAddress(t), testdb.URL(t), teststack.Host(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- app.RunAPI(ctx, app.APIConfig{
			Database: config.Database{URL: config.Secret(database), Connections: 2},
			Temporal: config.Temporal{Address: temporal, Namespace: teststack.Namespace, TaskQueue: "nobody"},
			Codec:    config.Codec{Off: true},
			Serving:  serving,
			API:      config.API{Listen: address, MaxBody: 1 << 20, UpdateTimeout: time.Second},
			Auth:     config.Auth{DevKeyFile: file},
			Policy:   config.Policy{Pack: "washington"},
			Process:  config.Process{StopTimeout: 5 * time.Second},
		}, teststack.Quiet())
	}()
	t.Cleanup(func() { cancel(); require.NoError(t, <-ended) })
	return address
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

// greeting is over what an answer came.
type greeting struct {
	protocol string
	secured  *tls.ConnectionState
}

func (g greeting) certificate() string { return g.secured.PeerCertificates[0].SerialNumber.String() }

// call asks for the health over TLS.
func call(t *testing.T, address string, files certs.Files) (greeting, error) {
	t.Helper()
	secured, err := certs.Client(files, "", nil)
	require.NoError(t, err)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: secured, DisableKeepAlives: true, ForceAttemptHTTP2: true}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+address+"/healthz", http.NoBody)
	require.NoError(t, err)
	answered, err := client.Do(request)
	if err != nil {
		return greeting{}, err
	}
	require.NoError(t, answered.Body.Close())
	return greeting{answered.Proto, answered.TLS}, nil
}

func TestRunAPI_ServesTLSToClientsItKnows(t *testing.T) {
	t.Parallel()
	authority, stranger := certtest.New(t), certtest.New(t)
	own := authority.Issue(t, certtest.Leaf{Name: "127.0.0.1"})
	serving := config.Serving{CertFile: own.Cert, KeyFile: own.Key, ClientCAFile: authority.File}
	address := serveAPI(t, serving)
	client := authority.Issue(t, certtest.Leaf{Name: "client"})
	require.Eventually(t, func() bool {
		return app.Health(t.Context(), serving, address, "/healthz") == nil
	}, time.Minute, 20*time.Millisecond, "the health check of its container gets in")
	require.ErrorContains(t, app.Health(t.Context(), serving, address, "/readyz"), "503", "no worker is there")

	answered, err := call(t, address, client)
	require.NoError(t, err)
	require.Equal(t, "HTTP/2.0", answered.protocol)
	require.Equal(t, uint16(tls.VersionTLS13), answered.secured.Version)

	strange := stranger.Issue(t, certtest.Leaf{Name: "client"})
	strange.CA = authority.File
	for name, files := range map[string]certs.Files{
		"no certificate":            {CA: authority.File},
		"certificate of a stranger": strange,
		"expired certificate":       authority.Issue(t, certtest.Leaf{Name: "client", Until: time.Now().Add(-time.Hour)}),
	} {
		_, err := call(t, address, files)
		require.Error(t, err, name)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/v1/worklist", http.NoBody)
	require.NoError(t, err)
	plain, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, plain.Body.Close())
	require.Equal(t, http.StatusBadRequest, plain.StatusCode, "plain HTTP gets no further than a sentence")

	before := answered.certificate()
	authority.Renew(t, own, certtest.Leaf{Name: "127.0.0.1"})
	answered, err = call(t, address, client)
	require.NoError(t, err)
	require.NotEqual(t, before, answered.certificate(), "the renewed certificate, without a restart")
}

func TestRunAPI_DoesNotStartWhereNobodyWouldTrustAnybody(t *testing.T) {
	t.Parallel()
	authority := certtest.New(t)
	start := func(change func(*app.APIConfig)) error {
		file, _ := developer(t)
		c := app.APIConfig{
			Database: config.Database{URL: config.Secret(testdb.Empty(t)), Connections: 1},
			Temporal: config.Temporal{Address: teststack.Host(t), Namespace: "homeward", TaskQueue: "homeward"},
			Codec:    config.Codec{Off: true},
			API:      config.API{Listen: "127.0.0.1:0"},
			Auth:     config.Auth{DevKeyFile: file},
			Policy:   config.Policy{Pack: "washington"},
			Process:  config.Process{StopTimeout: 5 * time.Second},
		}
		change(&c)
		return app.RunAPI(t.Context(), c, teststack.Quiet())
	}
	err := start(func(c *app.APIConfig) { c.Temporal.TLSCAFile = authority.File })
	require.EqualError(t, err, "The Temporal server at --temporal-address does not speak TLS at this address. "+
		"See the address, or leave --temporal-tls-ca and its kin out.")
	err = start(func(c *app.APIConfig) { c.Database.TLSCAFile = authority.File })
	refused, ok := errors.AsType[*casework.Error](err)
	require.True(t, ok)
	require.Contains(t, refused.Detail, "does not speak TLS")
	err = start(func(c *app.APIConfig) {
		c.Serving.CertFile, c.Serving.KeyFile = authority.File, authority.Issue(t, certtest.Leaf{Name: "x"}).Key
	})
	require.ErrorContains(t, err, "--tls-cert")
}
