package e2e

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/internal/certtest"
	"homeward/internal/teststack"
)

// healthEvery is how often a test asks a process how it is.
const healthEvery = 50 * time.Millisecond

// planted are secrets, each in every form in which it could be seen.
type planted map[string][]string

// absent fails where one of the secrets stands in a text.
func (p planted) absent(t *testing.T, where, text string) {
	t.Helper()
	for name, forms := range p {
		for _, form := range forms {
			if strings.Contains(text, form) { // a test that shows the secret would be one more place
				require.Fail(t, "a secret shows", "%s shows the %s", where, name)
			}
		}
	}
}

// secretFile is a file that its owner alone may read.
func secretFile(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
	return file
}

// plant gives a site a secret in every setting that takes one: by the environment,
// and by files.
func plant(t *testing.T, s *site) (p planted, byEnvironment, byFiles []string) {
	t.Helper()
	const smtp, webhook = "Planted-Smtp-Password-1", "Planted-Webhook-Secret-of-32-bytes-or-more"
	address, err := url.Parse(s.DatabaseURL)
	require.NoError(t, err)
	password, ok := address.User.Password()
	require.True(t, ok)
	_, key, _ := strings.Cut(teststack.Keys, " ")
	key, _, _ = strings.Cut(key, "\n")
	raw, err := base64.StdEncoding.DecodeString(strings.Fields(strings.ReplaceAll(key, ",", " "))[0])
	require.NoError(t, err)
	var jwk struct {
		D string `json:"d"`
	}
	content, err := os.ReadFile(s.keyFile)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(content, &jwk))
	tls := certtest.New(t).Issue(t, certtest.Leaf{Name: "127.0.0.1"})
	tlsKey, err := os.ReadFile(tls.Key)
	require.NoError(t, err)
	p = planted{
		"database password":  {password, url.QueryEscape(password)},
		"encryption key":     {base64.StdEncoding.EncodeToString(raw), fmt.Sprintf("%x", raw), string(raw)},
		"mail password":      {smtp, base64.StdEncoding.EncodeToString([]byte(smtp))},
		"webhook secret":     {webhook, base64.StdEncoding.EncodeToString([]byte(webhook))},
		"development key":    {jwk.D},
		"key of certificate": {strings.Split(string(tlsKey), "\n")[1]},
	}
	for name, forms := range p {
		require.GreaterOrEqual(t, len(forms[0]), 16, name)
	}
	common := []string{
		"TEMPORAL_ADDRESS=" + s.TemporalAddress, "TEMPORAL_NAMESPACE=" + teststack.Namespace, "HOMEWARD_TASK_QUEUE=" + s.queue,
		"HOMEWARD_LOG_LEVEL=debug", "HOMEWARD_DEV_KEY_FILE=" + s.keyFile, "HOMEWARD_SMTP_ADDRESS=127.0.0.1:1",
		"HOMEWARD_SMTP_FROM=homeward@example.org", "HOMEWARD_SMTP_USER=homeward", "HOMEWARD_STOP_TIMEOUT=" + stopTimeout.String(),
	}
	byEnvironment = append([]string{
		"HOMEWARD_DATABASE_URL=" + s.DatabaseURL, "HOMEWARD_CODEC_KEYS=" + strings.ReplaceAll(strings.TrimSpace(teststack.Keys), "\n", ","),
		"HOMEWARD_SMTP_PASSWORD=" + smtp, "HOMEWARD_WEBHOOK_SECRET=" + webhook,
	}, common...)
	byFiles = append([]string{
		"HOMEWARD_DATABASE_URL_FILE=" + secretFile(t, s.DatabaseURL), "HOMEWARD_CODEC_KEY_FILE=" + s.codecFile,
		"HOMEWARD_SMTP_PASSWORD_FILE=" + secretFile(t, smtp), "HOMEWARD_WEBHOOK_SECRET_FILE=" + secretFile(t, webhook),
		"HOMEWARD_TLS_CERT_FILE=" + tls.Cert, "HOMEWARD_TLS_KEY_FILE=" + tls.Key,
	}, common...)
	for _, compartment := range []string{"REPORTER", "TREATMENT", "JUVENILE", "ADOPTION"} {
		key := base64.StdEncoding.EncodeToString([]byte("Planted-key-of-32-bytes-" + (compartment + "--------")[:8]))
		p["key of "+compartment] = []string{key, "Planted-key-of-32-bytes-"}
		byFiles = append(byFiles, "HOMEWARD_"+compartment+"_KEY_FILE="+secretFile(t, "k "+key+"\n"))
	}
	return p, byEnvironment, byFiles
}

func TestSecrets_ShowNowhereWhileEverythingRuns(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared(t))
	p, byEnvironment, byFiles := plant(t, s)
	for _, environment := range [][]string{byEnvironment, byFiles} {
		var running []*process
		for _, command := range []string{"worker", "api"} {
			address, variable := freeAddress(t), "HOMEWARD_LISTEN="
			if command == "worker" {
				variable = "HOMEWARD_WORKER_LISTEN="
			}
			own := append([]string{variable + address}, environment...)
			started := start(t, own, s.program, command)
			running = append(running, started)
			awaitHealth(t, s.program, own, started, command)
			p.absent(t, command+" on its command line", commandLine(t, started))
			if strings.Contains(strings.Join(environment, " "), "HOMEWARD_TLS_CERT_FILE") {
				continue // what is served is the same
			}
			for _, path := range []string{"/metrics", "/readyz", "/healthz", "/v1/worklist", "/v1/commands/x/y", "/openapi.yaml"} {
				p.absent(t, command+path, page(t, "http://"+address+path))
			}
		}
		for _, one := range running {
			one.end()
			p.absent(t, one.name+"'s log", one.output())
			require.NotEmpty(t, one.output())
		}
	}
}

// awaitHealth asks the process as its container would.
func awaitHealth(t *testing.T, program string, environment []string, of *process, command string) {
	t.Helper()
	require.Eventually(t, func() bool {
		of.alive()
		asked := exec.CommandContext(t.Context(), program, "health", command, "--live")
		asked.Env = environment
		return asked.Run() == nil
	}, patience, healthEvery)
}

func commandLine(t *testing.T, of *process) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", of.cmd.Process.Pid))
	if os.IsNotExist(err) {
		return strings.Join(of.cmd.Args, " ") // a machine without /proc
	}
	require.NoError(t, err)
	return string(text)
}

func page(t *testing.T, address string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { require.NoError(t, response.Body.Close()) }()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return fmt.Sprint(response.Header) + string(text)
}

func TestSecrets_ShowInNoRefusalAndNoHelp(t *testing.T) {
	t.Parallel()
	s := newSite(t, shared(t))
	p, byEnvironment, _ := plant(t, s)
	const own = "Planted-Only-In-Failures-7"
	p["own secret"] = []string{own}
	broken := func(name, content string) string { return name + "=" + secretFile(t, content) }
	failures := map[string][]string{
		"nobody at the database":   {"HOMEWARD_DATABASE_URL=postgres://homeward:" + own + "@127.0.0.1:1/homeward?sslmode=disable"},
		"wrong password":           {"HOMEWARD_DATABASE_URL=" + withPassword(t, s.DatabaseURL, own)},
		"no URL":                   {"HOMEWARD_DATABASE_URL=postgres://homeward:" + own + "@[::1/homeward"},
		"unknown parameter":        {"HOMEWARD_DATABASE_URL=postgres://homeward:" + own + "@127.0.0.1:1/homeward?sslmode=" + own},
		"another machine":          {"HOMEWARD_DATABASE_URL=postgres://homeward:" + own + "@db.example.org/homeward"},
		"two database URLs":        {broken("HOMEWARD_DATABASE_URL_FILE", own)},
		"two mail passwords":       {broken("HOMEWARD_SMTP_PASSWORD_FILE", own)},
		"two webhook secrets":      {broken("HOMEWARD_WEBHOOK_SECRET_FILE", own)},
		"short webhook secret":     {"HOMEWARD_WEBHOOK_SECRET=" + own},
		"broken encryption key":    {"HOMEWARD_CODEC_KEYS=k1 " + own},
		"encryption key without":   {"HOMEWARD_CODEC_KEYS=" + own},
		"two sources of keys":      {broken("HOMEWARD_CODEC_KEY_FILE", own)},
		"broken development key":   {broken("HOMEWARD_DEV_KEY_FILE", `{"kty":"EC","crv":"P-256","d":"`+own+`"}`)},
		"no development key":       {broken("HOMEWARD_DEV_KEY_FILE", own)},
		"broken key of the server": {broken("HOMEWARD_TLS_KEY_FILE", own), broken("HOMEWARD_TLS_CERT_FILE", own)},
		"no authority":             {broken("HOMEWARD_DATABASE_TLS_CA_FILE", own)},
		"broken client key":        {broken("TEMPORAL_TLS_CLIENT_KEY_PATH", own), broken("TEMPORAL_TLS_CLIENT_CERT_PATH", own)},
		"broken reporter key":      {broken("HOMEWARD_REPORTER_KEY_FILE", "k "+own)},
		"broken number":            {"HOMEWARD_DATABASE_CONNECTIONS=many"},
	}
	for name, changed := range failures {
		for _, command := range []string{"api", "worker", "migrate"} {
			environment := append(append([]string{"HOMEWARD_LISTEN=127.0.0.1:0", "HOMEWARD_WORKER_LISTEN=127.0.0.1:0", "HOMEWARD_STOP_TIMEOUT=1s"}, byEnvironment...), changed...)
			p.absent(t, command+" with "+name, said(t, s, environment, command))
		}
	}
	for _, args := range [][]string{
		{"--help"},
		{"api", "--help"},
		{"worker", "--help"},
		{"migrate", "--help"},
		{"token", "--help"},
		{"codec", "--help"},
		{"codec", "key", "--help"},
		{"codec", "usage", "--help"},
		{"demo", "--help"},
		{"fast-forward", "--help"},
		{"explain", "--help"},
		{"packs", "--help"},
		{"health", "--help"},
		{"api", "--unknown"},
		{"worker", "--log-level", "x"},
		{"version"},
		{"codec", "key"},
		{"codec", "usage"},
		{"health", "api"},
		{"fast-forward", "case-1", "--days", "1"},
	} {
		p.absent(t, strings.Join(args, " "), said(t, s, byEnvironment, args...))
	}
}

// said is what a command prints until it ends by itself, or a moment after it has
// started where it has nothing to refuse.
func said(t *testing.T, s *site, environment []string, args ...string) string {
	t.Helper()
	p := start(t, environment, s.program, args...)
	require.Eventually(t, func() bool {
		select {
		case <-p.done:
			return true
		default:
			return strings.Contains(p.output(), " ready")
		}
	}, patience, healthEvery)
	p.end()
	return p.output()
}

func withPassword(t *testing.T, address, password string) string {
	t.Helper()
	parsed, err := url.Parse(address)
	require.NoError(t, err)
	parsed.User = url.UserPassword(parsed.User.Username(), password)
	return parsed.String()
}
