package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// running is the embedded stack with the product on it, as `make run` starts it.
type running struct {
	t      testing.TB
	folder string

	API string `json:"api_url"`
	UI  string `json:"ui_url"`
}

func runStack(t testing.TB) *running {
	t.Helper()
	folder, err := os.MkdirTemp("", "homeward-e2e-") //nolint:usetesting // PostgreSQL's user cannot reach TempDir
	require.NoError(t, err)
	require.NoError(t, os.Chmod(folder, 0o755))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(folder)) })
	r := &running{t: t, folder: folder}
	p := start(t, nil, homewardDev(t), "run", "--dir", folder, "--product", homeward(t), "--port", "0", "--worker-port", "0",
		"--postgres-port", "0", "--temporal-port", "0", "--ui-port", "0")
	eventually(t, "a ready stack", func(context.Context) error {
		p.alive()
		text, err := os.ReadFile(filepath.Join(folder, "stack.json"))
		if err == nil {
			err = json.Unmarshal(text, r)
		}
		if err == nil && !strings.Contains(p.output(), "commands to try") {
			err = fmt.Errorf("so far: %s", p.output())
		}
		return err
	})
	return r
}

// ask sends a request and reads the JSON of the answer.
func (r *running) ask(method, url string, headers http.Header, body, answer any) {
	r.t.Helper()
	sent, err := json.Marshal(body)
	require.NoError(r.t, err)
	request, err := http.NewRequestWithContext(r.t.Context(), method, url, bytes.NewReader(sent))
	require.NoError(r.t, err)
	request.Header = headers
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	require.NoError(r.t, err)
	text, err := io.ReadAll(response.Body)
	require.NoError(r.t, err)
	require.NoError(r.t, response.Body.Close())
	require.Less(r.t, response.StatusCode, 300, "%s", text)
	require.NoError(r.t, json.Unmarshal(text, answer))
}

// A supervisor at `make run` reads on the timers what they wait for, though
// Temporal itself does not know.
func TestEmbeddedStack_ShowsInTheUIWhatIsEncrypted(t *testing.T) {
	t.Parallel()
	r := runStack(t)
	token, err := os.ReadFile(filepath.Join(r.folder, "hotline.token"))
	require.NoError(t, err)
	var opened struct {
		Aggregate string `json:"aggregate"`
	}
	r.ask(http.MethodPost, r.API+"/v1/reports", http.Header{
		"Authorization": {"Bearer " + strings.TrimSpace(string(token))}, "Idempotency-Key": {"1"},
	}, map[string]any{
		"received_at": time.Now().UTC().Format(time.RFC3339), "timezone": "America/Los_Angeles", "jurisdiction": "US-WA",
		"office": "north", "supervisor": "w-supervisor", "reporter_category": "mandated", "narrative": "Bruises.",
		"children":    []map[string]any{{"name": "Ana", "born": "2019-05-04"}},
		"allegations": []map[string]any{{"child": 0, "type": "physical-abuse"}},
	}, &opened)

	type payload struct {
		Metadata map[string][]byte `json:"metadata"`
		Data     []byte            `json:"data"`
	}
	var history struct {
		History struct {
			Events []struct {
				Type     string `json:"eventType"`
				Metadata struct {
					Summary *payload `json:"summary"`
				} `json:"userMetadata"`
			} `json:"events"`
		} `json:"history"`
	}
	r.ask(http.MethodGet, r.UI+"/api/v1/namespaces/homeward/workflows/"+opened.Aggregate+"/history", http.Header{}, nil, &history)
	var sealed, shown struct {
		Payloads []payload `json:"payloads"`
	}
	for _, e := range history.History.Events {
		if strings.Contains(e.Type, "TIMER_STARTED") || strings.Contains(e.Type, "TimerStarted") {
			sealed.Payloads = append(sealed.Payloads, *e.Metadata.Summary)
		}
	}
	require.NotEmpty(t, sealed.Payloads)
	for _, p := range sealed.Payloads {
		require.NotContains(t, string(p.Data), "screening")
	}
	var settings struct {
		Codec struct{ Endpoint string }
	}
	r.ask(http.MethodGet, r.UI+"/api/v1/settings", http.Header{}, nil, &settings)
	r.ask(http.MethodPost, r.UI+settings.Codec.Endpoint+"/decode", http.Header{"X-Namespace": {"homeward"}}, sealed, &shown)
	require.Len(t, shown.Payloads, len(sealed.Payloads))
	var names []byte
	for _, p := range shown.Payloads {
		names = append(names, p.Data...)
	}
	require.Contains(t, string(names), "screening-decision due")

	log, err := os.ReadFile(filepath.Join(r.folder, "api.log"))
	require.NoError(t, err)
	require.Contains(t, string(log), "worker=w-supervisor role=supervisor record="+opened.Aggregate)
	keys, err := os.Stat(filepath.Join(r.folder, "codec-keys"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), keys.Mode())
}
