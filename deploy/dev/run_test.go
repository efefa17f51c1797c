package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// runArguments start everything on free ports.
func runArguments(dir, product string) []string {
	return []string{
		"run", "--dir", dir, "--product", product, "--port", "0", "--worker-port", "0",
		"--postgres-port", "0", "--temporal-port", "0", "--ui-port", "0",
	}
}

// atoi is the number that text is.
func atoi(t *testing.T, text string) int {
	t.Helper()
	number, err := strconv.Atoi(text)
	require.NoError(t, err)
	return number
}

func TestRun_StartsTheProductAndPrintsOneScreen(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	p := start(t, nil, runArguments(dir, standIn(t))...)
	a := p.awaitRecord(t, filepath.Join(dir, "stack.json"))
	awaitText(t, &p.out, "commands to try")

	screen := p.out.String()
	for _, expected := range []string{
		a.APIURL, a.UIURL, a.WorkerURL + "/metrics", "make demo",
		"token-of-hotline", "token-of-investigator", "token-of-caseworker", "token-of-supervisor",
	} {
		require.Contains(t, screen, expected)
	}
	environment := get(t, a.APIURL)
	for name, value := range map[string]string{
		"HOMEWARD_DATABASE_URL": a.DatabaseURL, "TEMPORAL_ADDRESS": a.TemporalAddress, "TEMPORAL_NAMESPACE": "homeward",
		"HOMEWARD_UI_URL": a.UIURL, "HOMEWARD_DEV_KEY_FILE": filepath.Join(dir, "dev-key.json"),
		"HOMEWARD_CODEC_KEY_FILE": filepath.Join(dir, "codec-keys"),
	} {
		require.Contains(t, environment, name+"="+value+"\n")
	}

	p.process.signal(syscall.SIGINT)
	require.Equal(t, 0, p.status(t))
	require.Regexp(t, `(?s)Stopped the API\n.*Stopped the worker\n.*Stopped the Temporal UI\n.*Stopped Temporal\n.*Stopped PostgreSQL\n$`, p.err.String())
	require.NoFileExists(t, filepath.Join(dir, "stack.json"))
	requireSilent(t, a)
}

func TestRun_MakesAKeyOnceThatNobodyElseCanRead(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	file := filepath.Join(dir, "codec-keys")
	for range 2 {
		p := start(t, nil, runArguments(dir, standIn(t))...)
		awaitText(t, &p.out, "commands to try")
		key, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, "key-of-this-stack\n", string(key))
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode())
		made, err := filepath.Glob(file + "*")
		require.NoError(t, err)
		require.Len(t, made, 1)
		p.process.signal(syscall.SIGINT)
		require.Equal(t, 0, p.status(t))
	}
	p := start(t, []string{"HOMEWARD_CODEC_OFF=true"}, runArguments(dir, standIn(t))...)
	a := p.awaitRecord(t, filepath.Join(dir, "stack.json"))
	require.NotContains(t, get(t, a.APIURL), "HOMEWARD_CODEC_KEY_FILE", "whoever sets something else has chosen")
}

func TestRun_GivesTheKeysOfTheCompartmentsToTheAPIAlone(t *testing.T) {
	t.Parallel()
	dir, chosen := dataFolder(t), filepath.Join(t.TempDir(), "chosen")
	p := start(t, []string{"HOMEWARD_ADOPTION_KEY_FILE=" + chosen}, runArguments(dir, standIn(t))...)
	a := p.awaitRecord(t, filepath.Join(dir, "stack.json"))
	awaitText(t, &p.out, "commands to try")

	for _, name := range []string{"reporter", "treatment", "juvenile"} {
		file := filepath.Join(dir, name+"-keys")
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode())
		setting := "HOMEWARD_" + strings.ToUpper(name) + "_KEY_FILE="
		require.Contains(t, get(t, a.APIURL), setting+file+"\n")
		require.NotContains(t, get(t, a.WorkerURL), setting)
	}
	require.Contains(t, get(t, a.APIURL), "HOMEWARD_ADOPTION_KEY_FILE="+chosen+"\n", "whoever sets one has chosen")
	require.NoFileExists(t, filepath.Join(dir, "adoption-keys"))
}

// The UI has no sign-in here, and yet shows supervisors what is encrypted.
func TestRun_HasTheUIDecodeAsASupervisor(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	p := start(t, nil, runArguments(dir, standIn(t))...)
	a := p.awaitRecord(t, filepath.Join(dir, "stack.json"))
	awaitText(t, &p.out, "commands to try")
	require.Contains(t, get(t, a.UIURL+"/api/v1/settings"), `"Endpoint":"/codec"`)
	ask := func(method, host string) (int, string) {
		request, err := http.NewRequestWithContext(t.Context(), method, a.UIURL+"/codec/decode?preserveStorageRefs=true", strings.NewReader("{}"))
		require.NoError(t, err)
		request.Host = host
		request.Header.Set("X-Namespace", "homeward")
		request.Header.Set("Cookie", "a=b")
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return response.StatusCode, string(text)
	}
	for _, host := range []string{strings.TrimPrefix(a.UIURL, "http://"), "localhost:8233", "localhost", "[::1]:80"} {
		status, text := ask(http.MethodPost, host)
		require.Equal(t, http.StatusOK, status, host)
		require.Equal(t, "POST preserveStorageRefs=true Bearer token-of-supervisor homeward \n", text)
	}
	for _, host := range []string{"ui.example", "127.0.0.1.ui.example:8233", "192.0.2.7"} {
		status, _ := ask(http.MethodPost, host)
		require.Equal(t, http.StatusForbidden, status, host)
	}
	_, text := ask(http.MethodGet, "localhost")
	require.NotContains(t, text, "token-of-supervisor")
}

// get is the body of an answer.
func get(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	require.NoError(t, err)
	defer response.Body.Close()
	var body strings.Builder
	_, err = fmt.Fprint(&body, response.Status, "\n")
	require.NoError(t, err)
	_, err = io.Copy(&body, response.Body)
	require.NoError(t, err)
	return body.String()
}

func TestRun_BringsBackAServiceThatDied(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	p := start(t, nil, runArguments(dir, standIn(t))...)
	a := p.awaitRecord(t, filepath.Join(dir, "stack.json"))

	eventually(t, "the worker", func(ctx context.Context) error { return getOK(ctx, a.WorkerURL) })
	require.Error(t, getOK(t.Context(), a.WorkerURL+"/die"))
	eventually(t, "the worker", func(ctx context.Context) error { return getOK(ctx, a.WorkerURL) })
	require.Contains(t, p.err.String(), "The worker ended unexpectedly (exit status 3): starting it again in 1s")
}

func TestRun_SaysWhyTheProductDoesNotStart(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"migrate": `case $1 in migrate) echo "no such pack" >&2; exit 1;; esac`,
		"API":     `case $1 in api) echo "no such pack" >&2; exit 1;; worker) sleep 1000;; esac`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := dataFolder(t)
			product := filepath.Join(t.TempDir(), "homeward")
			require.NoError(t, os.WriteFile(product, []byte("#!/bin/sh\n"+script+"\n"), 0o755))
			p := start(t, nil, runArguments(dir, product)...)
			require.Equal(t, 1, p.status(t))
			require.Regexp(t, `\nhomeward-dev: .*`+name+`.*no such pack.*\n$`, p.err.String())
		})
	}
}

func TestRun_RefusesToStartWithoutTheProduct(t *testing.T) {
	t.Parallel()
	p := start(t, nil, runArguments(dataFolder(t), "/no/such/homeward")...)
	require.Equal(t, 1, p.status(t))
	require.Equal(t, `homeward-dev: the product /no/such/homeward is not built: run "make build"`, oneLine(t, p.err.String()))
}

func TestRun_UsesServersThatExist(t *testing.T) {
	t.Parallel()
	_, a := up(t, dataFolder(t))
	dir := dataFolder(t)
	p := start(t, []string{"HOMEWARD_DATABASE_URL=" + a.DatabaseURL, "TEMPORAL_ADDRESS=" + a.TemporalAddress},
		runArguments(dir, standIn(t))...)
	b := p.awaitRecord(t, filepath.Join(dir, "stack.json"))

	require.Equal(t, a.DatabaseURL, b.DatabaseURL)
	require.Equal(t, a.TemporalAddress, b.TemporalAddress)
	require.Empty(t, b.UIURL)
	require.NoDirExists(t, filepath.Join(dir, "postgres"))
	require.Contains(t, get(t, b.APIURL), "TEMPORAL_ADDRESS="+a.TemporalAddress+"\n")
}
