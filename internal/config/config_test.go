package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"homeward/internal/config"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

const databaseURL = "postgres://homeward:hunter2@db/homeward"

// parse fills a Config as the program does, from args and the variables env. Nothing of
// the test's own environment gets through.
func parse(t *testing.T, env map[string]string, args ...string) (config.Config, error) {
	t.Helper()
	for _, setting := range settings() {
		if setting.variable != "" {
			t.Setenv(setting.variable, "") // restores the variable after the test
			require.NoError(t, os.Unsetenv(setting.variable))
		}
	}
	for name, value := range env {
		t.Setenv(name, value)
	}
	var parsed config.Config
	parser, err := kong.New(&parsed, kong.Name("homeward"))
	require.NoError(t, err)
	_, err = parser.Parse(args)
	return parsed, err
}

// least is the smallest environment that is complete.
func least(more ...string) map[string]string {
	env := map[string]string{
		"HOMEWARD_DATABASE_URL": databaseURL, "HOMEWARD_DEV_KEY_FILE": "/dev-key", "HOMEWARD_CODEC_KEY_FILE": "/codec-keys",
	}
	for i := 0; i < len(more); i += 2 {
		env[more[i]] = more[i+1]
	}
	return env
}

func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func TestParse_Defaults(t *testing.T) {
	parsed, err := parse(t, least())
	require.NoError(t, err)

	require.Equal(t, config.Secret(databaseURL), parsed.Database.URL)
	require.Equal(t, "127.0.0.1:7233", parsed.Temporal.Address)
	require.Equal(t, "homeward", parsed.Temporal.Namespace)
	require.Equal(t, "homeward", parsed.Temporal.TaskQueue)
	require.Equal(t, "127.0.0.1:8080", parsed.API.Listen)
	require.Equal(t, int64(1<<20), parsed.API.MaxBody)
	require.Equal(t, 10*time.Second, parsed.API.UpdateTimeout)
	require.Positive(t, parsed.API.PerPerson)
	require.Greater(t, parsed.API.PerAddress, parsed.API.PerPerson)
	require.Empty(t, parsed.API.Proxies, "nobody is trusted to name another address")
	require.Equal(t, "127.0.0.1:9090", parsed.Worker.Listen)
	require.Empty(t, parsed.Worker.BuildID)
	require.Equal(t, "starttls", parsed.Notices.SMTPTLS)
	require.Equal(t, "washington", parsed.Policy.Pack)
	require.Empty(t, parsed.Packs.Folder)
	require.Equal(t, 25*time.Second, parsed.Process.StopTimeout)
	require.Equal(t, slog.LevelInfo, parsed.Process.LogLevel)
	secured, err := parsed.Temporal.TLS(nil)
	require.NoError(t, err)
	require.Nil(t, secured)
}

func TestParse_FlagBeforeEnvironmentBeforeDefault(t *testing.T) {
	env := least("HOMEWARD_LISTEN", ":1", "TEMPORAL_NAMESPACE", "county", "HOMEWARD_LOG_LEVEL", "debug")

	parsed, err := parse(t, env, "--listen", ":2")

	require.NoError(t, err)
	require.Equal(t, ":2", parsed.API.Listen)
	require.Equal(t, "county", parsed.Temporal.Namespace)
	require.Equal(t, slog.LevelDebug, parsed.Process.LogLevel)
}

func TestParse_ReadsSecretsFromFiles(t *testing.T) {
	parsed, err := parse(
		t, map[string]string{"HOMEWARD_DEV_KEY_FILE": "/dev-key", "HOMEWARD_CODEC_OFF": "true"},
		"--database-url-file", file(t, databaseURL+"\n"), "--webhook-secret-file", file(t, "signs"),
		"--smtp-address", "mail:25", "--smtp-from", "homeward@example.org",
		"--smtp-user", "homeward", "--smtp-password-file", file(t, " pass word\r\n"),
	)

	require.NoError(t, err)
	require.Equal(t, config.Secret(databaseURL), parsed.Database.URL)
	require.Equal(t, config.Secret("signs"), parsed.Notices.WebhookSecret)
	require.Equal(t, config.Secret(" pass word"), parsed.Notices.SMTPPassword)
}

func TestParse_Refuses(t *testing.T) {
	for name, test := range map[string]struct {
		env  map[string]string
		args []string
		want string
	}{
		"no database":           {env: map[string]string{"HOMEWARD_DEV_KEY_FILE": "k"}, want: "no database: set HOMEWARD_DATABASE_URL"},
		"two databases":         {env: least(), args: []string{"--database-url-file", "x"}, want: "both set"},
		"database on the line":  {env: least(), args: []string{"--database-url", "x"}, want: "unknown flag --database-url"},
		"password on the line":  {env: least(), args: []string{"--smtp-password", "x"}, want: "unknown flag --smtp-password"},
		"missing secret":        {env: least(), args: []string{"--webhook-secret-file", "/nowhere"}, want: "--webhook-secret-file: stat /nowhere"},
		"empty secret":          {env: least(), args: []string{"--webhook-secret-file", file(t, "\n")}, want: "is empty"},
		"no connections":        {env: least("HOMEWARD_DATABASE_CONNECTIONS", "0"), want: "at least 1"},
		"nobody can sign in":    {env: map[string]string{"HOMEWARD_DATABASE_URL": "x"}, want: "nobody could sign in"},
		"two kinds of sign-in":  {env: least("HOMEWARD_OIDC_ISSUER", "https://a"), want: "exclude each other"},
		"issuer without name":   {env: map[string]string{"HOMEWARD_DATABASE_URL": "x", "HOMEWARD_OIDC_ISSUER": "https://a"}, want: "go together"},
		"issuer in the clear":   {env: map[string]string{"HOMEWARD_DATABASE_URL": "x", "HOMEWARD_OIDC_ISSUER": "http://a", "HOMEWARD_OIDC_AUDIENCE": "b"}, want: "https"},
		"half a key pair":       {env: least("TEMPORAL_TLS_CLIENT_CERT_PATH", "x"), want: "--temporal-tls-cert and --temporal-tls-key go together"},
		"an hour of no day":     {env: least("HOMEWARD_DIGEST_HOUR", "24"), want: "--digest-hour must be an hour of the day, 0 to 23"},
		"mail without sender":   {env: least("HOMEWARD_SMTP_ADDRESS", "mail:25"), want: "--smtp-address and --smtp-from go together"},
		"user without password": {env: least("HOMEWARD_SMTP_USER", "u"), want: "--smtp-user and --smtp-password-file"},
		"password without user": {env: least("HOMEWARD_SMTP_PASSWORD", "p"), want: "go together"},
		"two passwords":         {env: least("HOMEWARD_SMTP_USER", "u", "HOMEWARD_SMTP_PASSWORD", "p", "HOMEWARD_SMTP_PASSWORD_FILE", "p"), want: "HOMEWARD_SMTP_PASSWORD and --smtp-password-file are both set"},
		"two webhook secrets":   {env: least("HOMEWARD_WEBHOOK_SECRET", "s", "HOMEWARD_WEBHOOK_SECRET_FILE", "p"), want: "both set"},
		"password in the clear": {env: least("HOMEWARD_SMTP_USER", "u", "HOMEWARD_SMTP_PASSWORD", "p", "HOMEWARD_SMTP_TLS", "none"), want: "in the clear"},
		"half a certificate":    {env: least("HOMEWARD_TLS_CERT_FILE", "x"), want: "--tls-cert and --tls-key go together"},
		"clients unchecked":     {env: least("HOMEWARD_TLS_CLIENT_CA_FILE", "x"), want: "--tls-client-ca needs --tls-cert"},
		"an old TLS":            {env: least("HOMEWARD_TLS_MIN", "1.1"), want: "must be one of"},
		"half of ours":          {env: least("HOMEWARD_DATABASE_TLS_KEY_FILE", "x"), want: "--database-tls-cert and --database-tls-key go together"},
		"Temporal in the clear": {env: least("TEMPORAL_ADDRESS", "temporal:7233"), want: "--temporal-insecure says that it is meant"},
		"clear over the office": {env: least("TEMPORAL_ADDRESS", "10.0.0.7:7233"), want: "--temporal-tls"},
		"no folder of packs":    {env: least("HOMEWARD_PACK_FOLDER", "/nowhere"), want: "--pack-folder: stat /nowhere"},
		"a file of packs":       {env: least("HOMEWARD_PACK_FOLDER", file(t, "id: x")), want: "is not a folder"},
		"unknown encryption":    {env: least("HOMEWARD_SMTP_TLS", "ssl"), want: "must be one of"},
		"unknown level":         {env: least("HOMEWARD_LOG_LEVEL", "loud"), want: "loud"},
		"no time to stop":       {env: least("HOMEWARD_STOP_TIMEOUT", "0s"), want: "--stop-timeout"},
		"no time to answer":     {env: least("HOMEWARD_UPDATE_TIMEOUT", "0s"), want: "--update-timeout"},
		"no room for a body":    {env: least("HOMEWARD_MAX_BODY", "0"), want: "--max-body"},
		"negative rate":         {env: least("HOMEWARD_REQUESTS_PER_PERSON", "-1"), want: "--requests-per-person"},
		"proxy without network": {env: least("HOMEWARD_TRUSTED_PROXIES", "10.0.0.1/8,proxy"), want: "--trusted-proxies"},
		"negative cache":        {env: least("HOMEWARD_WORKFLOW_CACHE", "-1"), want: "--workflow-cache"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse(t, test.env, test.args...)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestParse_AcceptsOIDCProvider(t *testing.T) {
	for _, issuer := range []string{"https://login.example.org", "http://127.0.0.1:9999", "http://localhost:1"} {
		_, err := parse(t, map[string]string{
			"HOMEWARD_DATABASE_URL": databaseURL, "HOMEWARD_OIDC_ISSUER": issuer, "HOMEWARD_OIDC_AUDIENCE": "homeward",
			"HOMEWARD_CODEC_OFF": "true",
		})
		require.NoError(t, err, issuer)
	}
}

func TestParse_AsksOnlyForWhatTheCommandUses(t *testing.T) {
	var commands struct {
		Migrate struct {
			Database config.Database `embed:"" group:"Database"`
		} `cmd:""`
		API config.Config `cmd:"" name:"api"`
	}
	t.Setenv("HOMEWARD_DATABASE_URL", databaseURL)
	parser, err := kong.New(&commands)
	require.NoError(t, err)

	_, err = parser.Parse([]string{"migrate"})
	require.NoError(t, err)
	require.Equal(t, config.Secret(databaseURL), commands.Migrate.Database.URL)
	_, err = parser.Parse([]string{"api"})
	require.ErrorContains(t, err, "nobody could sign in")
}

func TestSecret_ShowsNowhere(t *testing.T) {
	parsed, err := parse(t, least())
	require.NoError(t, err)

	var shown bytes.Buffer
	logger := parsed.Process.Logger(&shown)
	logger.Info("parsed", slog.Any("config", parsed), slog.Any("url", parsed.Database.URL))
	encoded, err := json.Marshal(parsed)
	require.NoError(t, err)
	shown.Write(encoded)
	fmt.Fprintf(&shown, "%v %+v %#v %s %q", parsed, parsed, parsed, parsed.Database.URL, parsed.Database.URL)

	require.NotContains(t, shown.String(), "hunter2")
	require.Contains(t, shown.String(), "[hidden]")
}

func TestLogger_HonoursFormatAndLevel(t *testing.T) {
	parsed, err := parse(t, least("HOMEWARD_LOG_FORMAT", "json", "HOMEWARD_LOG_LEVEL", "warn"))
	require.NoError(t, err)

	var shown bytes.Buffer
	logger := parsed.Process.Logger(&shown)
	logger.Info("quiet")
	logger.Warn("loud")

	var record map[string]any
	require.NoError(t, json.Unmarshal(shown.Bytes(), &record))
	require.Equal(t, "loud", record["msg"])
}
