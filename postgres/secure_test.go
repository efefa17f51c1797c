package postgres_test

import (
	"errors"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/certs"
	"homeward/internal/certtest"
	"homeward/internal/testdb"
	"homeward/postgres"
)

// reach connects over what files say and returns the refusal's sentence, "" for none.
func reach(t *testing.T, address *url.URL, query string, o postgres.Options) string {
	t.Helper()
	with := *address
	with.RawQuery = query
	db, err := postgres.Open(t.Context(), with.String(), o)
	if err == nil {
		require.NoError(t, db.Close())
		return ""
	}
	refused, ok := errors.AsType[*casework.Error](err)
	require.True(t, ok, "%v", err)
	return refused.Detail
}

func TestOpen_SpeaksTLSBothWaysWithARealServer(t *testing.T) {
	t.Parallel()
	authority, stranger := certtest.New(t), certtest.New(t)
	address := testdb.Secured(t, authority, certtest.Leaf{Name: "127.0.0.1"})
	own := authority.Issue(t, certtest.Leaf{Name: testdb.Role})
	expired := authority.Issue(t, certtest.Leaf{Name: testdb.Role, Until: time.Now().Add(-time.Hour)})
	strange := stranger.Issue(t, certtest.Leaf{Name: testdb.Role})
	other := authority.Issue(t, certtest.Leaf{Name: "somebody"})
	shared := authority.Issue(t, certtest.Leaf{Name: testdb.Role})
	require.NoError(t, os.Chmod(shared.Key, 0o644))
	named := *address
	named.Host = "localhost:" + address.Port()

	// The first connection also waits for the server to be up.
	require.Eventually(t, func() bool { return reach(t, address, "", postgres.Options{TLS: own}) == "" }, time.Minute, 50*time.Millisecond)
	for name, test := range map[string]struct {
		address *url.URL
		query   string
		files   certs.Files
		want    string
	}{
		"good":                      {files: own},
		"the files beat the URL":    {query: "sslmode=disable", files: own},
		"all of it in the URL":      {query: "sslmode=verify-full&sslrootcert=" + own.CA + "&sslcert=" + own.Cert + "&sslkey=" + own.Key},
		"plain":                     {query: "sslmode=disable", want: "--database-tls-ca"},
		"no certificate":            {files: certs.Files{CA: authority.File}, want: "--database-tls-cert"},
		"certificate of a stranger": {files: certs.Files{CA: authority.File, Cert: strange.Cert, Key: strange.Key}, want: "--database-tls-cert"},
		"certificate of another":    {files: other, want: "--database-tls-cert"},
		"expired certificate":       {files: expired, want: "--database-tls-cert"},
		"key that all may read":     {files: shared, want: "--database-tls-key"},
		"authority of a stranger":   {files: certs.Files{CA: stranger.File, Cert: own.Cert, Key: own.Key}, want: "--database-tls-ca"},
		"other name":                {address: &named, files: own, want: `"localhost"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to := test.address
			if to == nil {
				to = address
			}
			var got string
			// A server that refuses a certificate hangs up at once, and its reason can be
			// lost on the way: then the next try has it.
			require.Eventually(t, func() bool {
				got = reach(t, to, test.query, postgres.Options{TLS: test.files})
				return got != "The database does not answer. Try again in a moment."
			}, time.Minute, 50*time.Millisecond)
			if test.want == "" {
				require.Empty(t, got)
				return
			}
			require.Contains(t, got, test.want)
		})
	}
}

func TestOpen_RefusesAnExpiredServer(t *testing.T) {
	t.Parallel()
	authority := certtest.New(t)
	address := testdb.Secured(t, authority, certtest.Leaf{Name: "127.0.0.1", Until: time.Now().Add(-time.Hour)})
	own := authority.Issue(t, certtest.Leaf{Name: testdb.Role})
	var got string
	require.Eventually(t, func() bool {
		got = reach(t, address, "", postgres.Options{TLS: own})
		return got != "The database does not answer. Try again in a moment."
	}, time.Minute, 50*time.Millisecond)
	require.Contains(t, got, "has expired")
}

func TestOpen_SaysThatAPlainServerSpeaksNoTLS(t *testing.T) {
	t.Parallel()
	address, err := url.Parse(testdb.Empty(t))
	require.NoError(t, err)
	require.Contains(t, reach(t, address, "sslmode=require", postgres.Options{}), "does not speak TLS")
	require.Contains(t, reach(t, address, "", postgres.Options{TLS: certs.Files{CA: certtest.New(t).File}}), "does not speak TLS")
}

func TestOpen_UsesARenewedCertificateForItsNextConnection(t *testing.T) {
	t.Parallel()
	authority, stranger := certtest.New(t), certtest.New(t)
	address := testdb.Secured(t, authority, certtest.Leaf{Name: "127.0.0.1"})
	own := authority.Issue(t, certtest.Leaf{Name: testdb.Role})
	var db *postgres.DB
	require.Eventually(t, func() bool {
		var err error
		db, err = postgres.Open(t.Context(), address.String(), postgres.Options{TLS: own, MaxIdle: time.Nanosecond})
		return err == nil
	}, time.Minute, 50*time.Millisecond)
	t.Cleanup(func() { _ = db.Close() })
	stranger.Renew(t, own, certtest.Leaf{Name: testdb.Role})
	require.Eventually(t, func() bool { return db.Ping(t.Context()) != nil }, time.Minute, 20*time.Millisecond, "the wrong one is shown")
	authority.Renew(t, own, certtest.Leaf{Name: testdb.Role})
	require.NoError(t, db.Ping(t.Context()))
}

func TestOpen_RefusesAnotherMachineWithoutProofOfItsName(t *testing.T) {
	t.Parallel()
	for address, refused := range map[string]bool{
		"postgres://db.invalid/homeward":                               true,
		"postgres://db.invalid/homeward?sslmode=disable":               true,
		"postgres://db.invalid/homeward?sslmode=prefer":                true,
		"postgres://db.invalid/homeward?sslmode=require":               true,
		"postgres://127.0.0.1,db.invalid/homeward?sslmode=disable":     true,
		"postgres://localhost/homeward?hostaddr=192.0.2.1&port=1":      true,
		"postgres://db.invalid/homeward?sslmode=verify-ca&port=1":      false,
		"postgres://db.invalid/homeward?sslmode=verify-full&port=1":    false,
		"postgres://127.0.0.1:1/homeward?sslmode=disable":              false,
		"postgres://[::1]:1/homeward?sslmode=disable":                  false,
		"postgres:///homeward?host=/nowhere/sockets":                   false,
		"postgres://db.invalid/homeward?hostaddr=127.0.0.1&port=1":     false,
		"postgres://localhost.db.invalid:1/homeward?sslmode=disable":   true,
		"postgres://127.0.0.1.db.invalid:1/homeward?sslmode=disable":   true,
		"postgres://db.invalid/homeward?sslmode=verify-full&sslsni=0":  false,
		"host=db.invalid user=x password=hunter2 sslmode=disable":      true,
		"host=db.invalid user=x password=hunter2 sslmode=verify-ca":    false,
		"postgres://x:hunter2@db.invalid/homeward?sslrootcert=/x.pem":  true,
		"postgres://x:hunter2@192.0.2.1/homeward?sslmode=allow&port=1": true,
	} {
		ctx := t.Context()
		_, err := postgres.Open(ctx, address, postgres.Options{})
		require.Error(t, err, address)
		require.NotContains(t, err.Error(), "hunter2")
		if refused {
			require.Equal(t, casework.Invalid, casework.KindOf(err), address)
			require.ErrorContains(t, err, "--database-insecure", address)
		} else {
			require.NotContains(t, err.Error(), "--database-insecure", address)
		}
		if refused && address != "postgres://localhost/homeward?hostaddr=192.0.2.1&port=1" && address != "postgres://x:hunter2@192.0.2.1/homeward?sslmode=allow&port=1" {
			_, err = postgres.Open(ctx, address, postgres.Options{Insecure: true})
			require.NotContains(t, err.Error(), "--database-insecure", address)
		}
	}
}
