package e2e

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"homeward/casework"
	"homeward/internal/app"
	"homeward/internal/casetime"
	"homeward/internal/devtoken"
	"homeward/internal/teststack"
	"homeward/postgres"
)

func random(n int) int { return mathrand.IntN(n) }

// site is the product on some servers: programs, accounts and addresses.
type site struct {
	servers

	t       testing.TB
	program string
	queue   string
	keyFile string
	// codecFile holds the encryption keys of the site's programs.
	codecFile string
	tokens    map[casework.Role]string
	// address is where the first API listens.
	address  string
	db       *postgres.DB
	temporal client.Client
	clock    *casetime.Mover
}

// newSite prepares the product on the servers; nothing runs yet.
func newSite(t testing.TB, on servers) *site {
	t.Helper()
	s := &site{
		servers: on, t: t, program: homeward(t), queue: "e2e-" + rand.Text(), keyFile: t.TempDir() + "/key.json",
		codecFile: t.TempDir() + "/codec-keys",
		tokens:    make(map[casework.Role]string), address: freeAddress(t),
	}
	require.NoError(t, os.WriteFile(s.codecFile, []byte(teststack.Keys+"\n"), 0o600))
	s.connect()
	key, err := devtoken.LoadOrCreate(s.keyFile)
	require.NoError(t, err)
	for _, role := range []casework.Role{
		casework.RoleHotline, casework.RoleInvestigator, casework.RoleCaseworker, casework.RoleSupervisor,
		casework.RoleAdministrator, casework.RoleAuditor,
	} {
		s.tokens[role], err = devtoken.Sign(key, devtoken.Claims{Subject: worker(role), Role: role, Office: "north"}, time.Hour, time.Now())
		require.NoError(t, err)
	}
	s.run("migrate")
	return s
}

// connect opens the test's own eyes on the servers. They outlive an outage.
func (s *site) connect() {
	s.t.Helper()
	var err error
	s.db, err = postgres.Open(s.t.Context(), s.DatabaseURL, postgres.Options{Application: "homeward-e2e"})
	require.NoError(s.t, err)
	s.t.Cleanup(func() { _ = s.db.Close() }) // The other side may have been killed meanwhile.
	keys := teststack.Ring(s.t, teststack.Keys)
	payloads := teststack.Codec(teststack.Namespace, keys).WithSecrets(app.Vault(s.db, keys))
	s.temporal, err = client.Dial(teststack.Encrypting(s.TemporalAddress, teststack.Namespace, payloads))
	require.NoError(s.t, err)
	s.t.Cleanup(s.temporal.Close)
	s.clock, err = casetime.New(s.t.Context(), s.temporal.WorkflowService(), teststack.Namespace)
	require.NoError(s.t, err)
	s.t.Cleanup(s.terminate)
}

// terminate leaves no run behind that would wait for workers that are no more.
func (s *site) terminate() {
	ctx := context.WithoutCancel(s.t.Context())
	for record, err := range s.db.OpenRecords(ctx) {
		if err != nil {
			return
		}
		_ = s.temporal.TerminateWorkflow(ctx, record.Aggregate, "", "test over") // It may have ended.
	}
}

// worker is the ID of the one person who has the role.
func worker(role casework.Role) string { return "w-" + string(role) }

// environment is how the site's programs find each other.
func (s *site) environment() []string {
	return []string{
		"HOMEWARD_DATABASE_URL=" + s.DatabaseURL, "TEMPORAL_ADDRESS=" + s.TemporalAddress,
		"TEMPORAL_NAMESPACE=" + teststack.Namespace, "HOMEWARD_TASK_QUEUE=" + s.queue,
		"HOMEWARD_DEV_KEY_FILE=" + s.keyFile, "HOMEWARD_CODEC_KEY_FILE=" + s.codecFile, "HOMEWARD_STOP_TIMEOUT=" + stopTimeout.String(),
	}
}

// run runs one of the product's tools to its end and returns what it printed.
func (s *site) run(args ...string) string {
	s.t.Helper()
	command := exec.CommandContext(s.t.Context(), s.program, args...)
	command.Env = append(command.Environ(), s.environment()...)
	output, err := command.CombinedOutput()
	require.NoError(s.t, err, "homeward %s: %s", strings.Join(args, " "), output)
	return string(output)
}

// service is a process of the product and where it listens.
type service struct {
	*process

	url string
}

// startWorker starts a worker and waits until it is ready.
func (s *site) startWorker(environment ...string) service {
	s.t.Helper()
	return s.serve("worker", "HOMEWARD_WORKER_LISTEN", freeAddress(s.t), "/readyz", environment)
}

// startAPI starts the API at the site's address and waits until it is there.
// Whether it is ready depends on the others.
func (s *site) startAPI(environment ...string) service {
	s.t.Helper()
	return s.startAPIAt(s.address, environment...)
}

func (s *site) startAPIAt(address string, environment ...string) service {
	s.t.Helper()
	return s.serve("api", "HOMEWARD_LISTEN", address, "/healthz", environment)
}

func (s *site) serve(command, listen, address, probe string, environment []string) service {
	s.t.Helper()
	environment = append(append(s.environment(), listen+"="+address), environment...)
	started := service{start(s.t, environment, s.program, command), "http://" + address}
	eventually(s.t, command, func(ctx context.Context) error {
		started.alive()
		status, err := get(ctx, started.url+probe)
		if err == nil && status != http.StatusOK {
			return fmt.Errorf("%s answers %d", probe, status)
		}
		return err
	})
	return started
}

// ready returns nil where a step sent now would be taken.
func (s *site) ready(ctx context.Context) error {
	status, err := get(ctx, "http://"+s.address+"/readyz")
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("/readyz answers %d", status)
	}
	return err
}

// get asks for a page and returns the status alone.
func get(ctx context.Context, url string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

// metric adds up the values of a metric over all its labels.
func (s service) metric(ctx context.Context, name string) float64 {
	s.t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/metrics", http.NoBody)
	require.NoError(s.t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, response.Body.Close()) }()
	var sum float64
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		series, text, _ := strings.Cut(lines.Text(), " ")
		if family, _, _ := strings.Cut(series, "{"); family != name {
			continue
		}
		value, err := strconv.ParseFloat(text, 64)
		require.NoError(s.t, err)
		sum += value
	}
	return sum
}

// gone waits until nobody listens any more: what balances load takes the
// process out.
func (s service) gone() {
	s.t.Helper()
	eventually(s.t, s.name+" to refuse connections", func(ctx context.Context) error {
		// A kept connection would still be served.
		fresh := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/readyz", http.NoBody)
		if err != nil {
			return err
		}
		response, err := fresh.Do(request)
		if err != nil {
			return nil //nolint:nilerr // that is what is waited for
		}
		if err := response.Body.Close(); err != nil {
			return err
		}
		return fmt.Errorf("/readyz answers %d", response.StatusCode)
	})
}
