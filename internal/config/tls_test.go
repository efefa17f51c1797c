package config_test

import (
	"crypto/tls"
	"os"
	"testing"

	"homeward/internal/certtest"
	"homeward/internal/config"

	"github.com/stretchr/testify/require"
)

func TestTLS_NamesTheFileThatIsWrong(t *testing.T) {
	t.Parallel()
	good := certtest.New(t).Issue(t, certtest.Leaf{Name: "localhost"})
	empty, shared := file(t, "nothing"), file(t, "key")
	require.NoError(t, os.Chmod(shared, 0o644))
	temporal := func(c config.Temporal) error { _, err := c.TLS(nil); return err }
	database := func(c config.Database) error { _, err := c.TLS(); return err }
	serving := func(c config.Serving) error { _, err := c.TLS(nil); return err }
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"no authority":           {temporal(config.Temporal{TLSCAFile: "/nowhere"}), "--temporal-tls-ca: open /nowhere"},
		"empty authority":        {temporal(config.Temporal{TLSCAFile: empty}), empty + " holds no certificate"},
		"no key":                 {temporal(config.Temporal{TLSCertFile: good.Cert, TLSKeyFile: "/nowhere"}), "--temporal-tls-key: stat /nowhere"},
		"shared key":             {temporal(config.Temporal{TLSCertFile: good.Cert, TLSKeyFile: shared}), "--temporal-tls-key: everybody on this machine"},
		"no certificate":         {temporal(config.Temporal{TLSCertFile: "/nowhere", TLSKeyFile: good.Key}), "--temporal-tls-cert, "},
		"database, no authority": {database(config.Database{TLSCAFile: "/nowhere"}), "--database-tls-ca: open /nowhere"},
		"database, shared key":   {database(config.Database{TLSCertFile: good.Cert, TLSKeyFile: shared}), "--database-tls-key: everybody"},
		"database, no key":       {database(config.Database{TLSCertFile: good.Cert, TLSKeyFile: empty}), "--database-tls-cert: "},
		"listener, shared key":   {serving(config.Serving{CertFile: good.Cert, KeyFile: shared}), "--tls-key: everybody"},
		"listener, no clients":   {serving(config.Serving{CertFile: good.Cert, KeyFile: good.Key, ClientCAFile: empty}), "--tls-client-ca: "},
	} {
		require.ErrorContains(t, test.err, test.want, name)
	}
}

func TestTLS_IsOnByAnyOfItsSettings(t *testing.T) {
	t.Parallel()
	for _, temporal := range []config.Temporal{{TLSServerName: "temporal.example.org"}, {TLSOn: true}} {
		secured, err := temporal.TLS(nil)
		require.NoError(t, err)
		require.Equal(t, temporal.TLSServerName, secured.ServerName)
		temporal.Address = "temporal.example.org:7233"
		require.NoError(t, temporal.Validate())
	}
}

func TestServing_SpeaksTLS13UnlessToldOtherwise(t *testing.T) {
	good := certtest.New(t).Issue(t, certtest.Leaf{Name: "localhost"})
	for minimum, want := range map[string]uint16{"": tls.VersionTLS13, "1.3": tls.VersionTLS13, "1.2": tls.VersionTLS12} {
		env := least("HOMEWARD_TLS_CERT_FILE", good.Cert, "HOMEWARD_TLS_KEY_FILE", good.Key)
		if minimum != "" {
			env["HOMEWARD_TLS_MIN"] = minimum
		}
		parsed, err := parse(t, env)
		require.NoError(t, err)
		secured, err := parsed.Serving.TLS(nil)
		require.NoError(t, err)
		require.Equal(t, want, secured.MinVersion)
		require.Equal(t, tls.NoClientCert, secured.ClientAuth)
	}
	plain, err := new(config.Serving).TLS(nil)
	require.NoError(t, err)
	require.Nil(t, plain)
}

func TestIsLocal_IsThisMachineAlone(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"127.0.0.1:7233": true, "localhost:7233": true, "[::1]:7233": true, "127.9.9.9": true, "[::ffff:127.0.0.1]:1": true,
		"temporal:7233": false, "10.0.0.1:7233": false, "localhost.example.org:1": false, "0.0.0.0:1": false, "": false, "127.0.0.1.nip.io:1": false,
	} {
		require.Equal(t, want, config.IsLocal(address), address)
	}
}

func TestSecrets_StandInFilesThatOthersCannotRead(t *testing.T) {
	shared := file(t, "a secret that is long enough for everything")
	require.NoError(t, os.Chmod(shared, 0o604))
	for _, variable := range []string{"HOMEWARD_DATABASE_URL_FILE", "HOMEWARD_SMTP_PASSWORD_FILE", "HOMEWARD_WEBHOOK_SECRET_FILE"} {
		env := least(variable, shared)
		delete(env, "HOMEWARD_DATABASE_URL")
		if variable != "HOMEWARD_DATABASE_URL_FILE" {
			env["HOMEWARD_DATABASE_URL"] = databaseURL
		}
		_, err := parse(t, env)
		require.ErrorContains(t, err, "everybody on this machine may read", variable)
	}
}

// Each value that a command line must not show can be given by a file.
func TestSecrets_EachHasAFile(t *testing.T) {
	t.Parallel()
	files := map[string]bool{}
	for _, one := range settings() {
		if one.flag != "" {
			files[one.variable] = true
		}
	}
	secrets := 0
	for _, one := range settings() {
		if one.flag == "" {
			secrets++
			require.True(t, files[one.variable+"_FILE"] || files[one.variable[:len(one.variable)-1]+"_FILE"], one.variable)
		}
	}
	require.Equal(t, 4, secrets)
}
