package app_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"google.golang.org/grpc"

	"homeward/api"
	"homeward/casework"
	"homeward/internal/app"
	"homeward/internal/config"
	"homeward/internal/devtoken"
	"homeward/internal/oidctest"
	"homeward/internal/testdb"
	"homeward/internal/teststack"
)

// otherCluster is the front of a Temporal cluster that has some name.
type otherCluster struct {
	workflowservice.UnimplementedWorkflowServiceServer

	name string
}

// GetClusterInfo says the name.
func (o otherCluster) GetClusterInfo(
	context.Context, *workflowservice.GetClusterInfoRequest,
) (*workflowservice.GetClusterInfoResponse, error) {
	return &workflowservice.GetClusterInfoResponse{ClusterName: o.name}, nil
}

// GetSystemInfo lets clients connect.
func (otherCluster) GetSystemInfo(
	context.Context, *workflowservice.GetSystemInfoRequest,
) (*workflowservice.GetSystemInfoResponse, error) {
	return &workflowservice.GetSystemInfoResponse{}, nil
}

// serveCluster serves a cluster of that name and returns its address.
func serveCluster(t *testing.T, name string) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := grpc.NewServer()
	workflowservice.RegisterWorkflowServiceServer(server, otherCluster{name: name})
	go func() { _ = server.Serve(listener) }() // It ends with the test.
	t.Cleanup(server.Stop)
	return listener.Addr().String()
}

func clientOf(t *testing.T, address string) client.Client {
	t.Helper()
	c, err := client.NewLazyClient(client.Options{HostPort: address, Logger: sdklog.NewStructuredLogger(teststack.Quiet())})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// developer is a key file and a token that its key has signed.
func developer(t *testing.T) (file, token string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "dev-key.json")
	key, err := devtoken.LoadOrCreate(file)
	require.NoError(t, err)
	token, err = devtoken.Sign(key, devtoken.Claims{Subject: "w-1", Role: casework.RoleSupervisor}, time.Hour, time.Now())
	require.NoError(t, err)
	return file, token
}

func TestSignIn_DevelopmentTokensCountOnTheEmbeddedStack(t *testing.T) {
	t.Parallel()
	file, token := developer(t)
	verifier, err := app.SignIn(t.Context(), config.Auth{DevKeyFile: file},
		teststack.Dial(t, teststack.Namespace), teststack.Quiet())
	require.NoError(t, err)

	who, err := verifier.Verify(t.Context(), token)

	require.NoError(t, err)
	require.Equal(t, api.Person{ID: "w-1", Role: casework.RoleSupervisor}, who)
}

func TestSignIn_DevelopmentTokensAreRefusedOnEveryOtherCluster(t *testing.T) {
	t.Parallel()
	file, _ := developer(t)
	for _, name := range []string{"active", "", "homeward", "Homeward-Dev", "homeward-dev-2"} {
		_, err := app.SignIn(t.Context(), config.Auth{DevKeyFile: file}, clientOf(t, serveCluster(t, name)), teststack.Quiet())
		require.EqualError(t, err, "--dev-key-file is for the embedded stack alone, and the Temporal server at "+
			"--temporal-address is another: use --oidc-issuer and --oidc-audience", name)
	}
}

func TestRunAPI_DoesNotStartWithADevelopmentKeyOnAnotherCluster(t *testing.T) {
	t.Parallel()
	file, _ := developer(t)
	err := app.RunAPI(t.Context(), app.APIConfig{
		Database: config.Database{URL: config.Secret(testdb.Empty(t)), Connections: 1},
		Temporal: config.Temporal{Address: serveCluster(t, "active"), Namespace: "homeward", TaskQueue: "homeward"},
		Codec:    config.Codec{Off: true},
		API:      config.API{Listen: "127.0.0.1:0"},
		Auth:     config.Auth{DevKeyFile: file},
		Policy:   config.Policy{Pack: "washington"},
		Process:  config.Process{StopTimeout: 5 * time.Second},
	}, teststack.Quiet())
	require.ErrorContains(t, err, "--dev-key-file is for the embedded stack alone")
}

func TestSignIn_SilentClusterDelaysTheStartButLetsNobodyIn(t *testing.T) {
	t.Parallel()
	file, token := developer(t)
	verifier, err := app.SignIn(t.Context(), config.Auth{DevKeyFile: file}, clientOf(t, "127.0.0.1:1"), teststack.Quiet())
	require.NoError(t, err)

	who, err := verifier.Verify(t.Context(), token)

	require.Equal(t, casework.Unavailable, casework.KindOf(err))
	require.Zero(t, who)
}

// yes accepts every token.
type yes struct{}

func (yes) Verify(context.Context, string) (api.Person, error) { return api.Person{ID: "w-1"}, nil }

func TestBound_AsksAgainWhichClusterItIs(t *testing.T) {
	t.Parallel()
	silent := casework.WrapError(casework.Unavailable, "Temporal does not answer.", errors.New("silent"))
	now := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)
	var embedded bool
	var failed error
	asked := 0
	verifier := app.Bind(yes{}, func(context.Context) (bool, error) { asked++; return embedded, failed },
		func() time.Time { return now })
	kind := func() casework.Kind {
		_, err := verifier.Verify(t.Context(), "token")
		return casework.KindOf(err)
	}
	failed = silent
	require.Equal(t, casework.Unavailable, kind(), "nothing is known")
	embedded, failed = true, nil
	require.Empty(t, kind())
	require.Empty(t, kind())
	require.Equal(t, 2, asked, "an answer stands for a minute")

	now, failed = now.Add(time.Minute), silent
	require.Empty(t, kind(), "an outage changes no answer")
	now, embedded, failed = now.Add(time.Minute), false, nil
	require.Equal(t, casework.Forbidden, kind(), "the address leads to another cluster now")
	failed = silent
	require.Equal(t, casework.Unavailable, kind(), "what was known is known no more")
}

func TestSignIn_StartsWhileTheProviderIsDown(t *testing.T) {
	t.Parallel()
	provider := oidctest.New(t, "1")
	provider.Down(true)
	claims := map[string]any{
		"iss": provider.URL, "aud": "homeward", "sub": "w-1", "homeward_role": "supervisor", "exp": time.Now().Add(time.Hour).Unix(),
	}
	verifier, err := app.SignIn(t.Context(), config.Auth{
		OIDCIssuer: provider.URL, OIDCAudience: "homeward", RoleClaim: "homeward_role",
	}, nil, teststack.Quiet())
	require.NoError(t, err)
	_, err = verifier.Verify(t.Context(), provider.Sign(t, "1", claims))
	require.Equal(t, casework.Unavailable, casework.KindOf(err))

	provider.Down(false)
	who, err := verifier.Verify(t.Context(), provider.Sign(t, "1", claims))
	require.NoError(t, err)
	require.Equal(t, casework.RoleSupervisor, who.Role)
}
