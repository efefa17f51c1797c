package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/server/common/config"
)

// TestTemporal_SpeaksMutualTLSWithTheProduct runs the product's own program against a
// frontend that asks for certificates, as a production cluster does.
func TestTemporal_SpeaksMutualTLSWithTheProduct(t *testing.T) {
	t.Parallel()
	ours, strange := newAuthority(t), newAuthority(t)
	later, past := time.Now().Add(time.Hour), time.Now().Add(-time.Hour)
	cert, key := ours.issue(t, "temporal.test", later)
	a := secured(t, ours.file, cert, key)
	homeward := buildProduct(t)

	clientCert, clientKey := ours.issue(t, "homeward", later)
	oldCert, oldKey := ours.issue(t, "homeward", past)
	strangeCert, strangeKey := strange.issue(t, "homeward", later)
	for _, test := range []struct {
		name, ca, cert, key, server string
		want                        string
	}{
		{"good", ours.file, clientCert, clientKey, "temporal.test", ""},
		{"no certificate", ours.file, "", "", "temporal.test", "--temporal-tls-cert"},
		{"certificate of a stranger", ours.file, strangeCert, strangeKey, "temporal.test", "--temporal-tls-cert"},
		{"expired certificate", ours.file, oldCert, oldKey, "temporal.test", "--temporal-tls-cert"},
		{"authority of a stranger", strange.file, clientCert, clientKey, "temporal.test", "--temporal-tls-ca"},
		{"the system's authorities", "", clientCert, clientKey, "temporal.test", "--temporal-tls-ca"},
		{"other name", ours.file, clientCert, clientKey, "", "--temporal-tls-server-name"},
		{"plain", "", "", "", "", "speaks TLS alone"},
	} {
		command := exec.CommandContext(t.Context(), homeward, "migrate")
		command.Env = []string{
			"HOME=" + t.TempDir(), "HOMEWARD_DATABASE_URL=" + a.DatabaseURL,
			"TEMPORAL_ADDRESS=" + a.TemporalAddress, "TEMPORAL_NAMESPACE=secured",
		}
		for variable, value := range map[string]string{
			"TEMPORAL_TLS_SERVER_CA_CERT_PATH": test.ca, "TEMPORAL_TLS_SERVER_NAME": test.server,
			"TEMPORAL_TLS_CLIENT_CERT_PATH": test.cert, "TEMPORAL_TLS_CLIENT_KEY_PATH": test.key,
		} {
			if value != "" {
				command.Env = append(command.Env, variable+"="+value)
			}
		}
		said, err := command.CombinedOutput()
		if test.want == "" {
			require.NoError(t, err, "%s: %s", test.name, said)
			continue
		}
		require.Error(t, err, test.name)
		require.Contains(t, string(said), "homeward: The Temporal server at --temporal-address", test.name)
		require.Contains(t, string(said), test.want, test.name)
	}
}

// secured starts PostgreSQL and a Temporal server whose frontend asks for certificates.
func secured(t *testing.T, authority, cert, key string) addresses {
	t.Helper()
	in, err := openFolder(dataFolder(t))
	require.NoError(t, err)
	s, err := startStack(t.Context(), stackOptions{folder: in, postgres: true}, console{}.quiet())
	require.NoError(t, err)
	t.Cleanup(s.stop)
	log, err := in.openLog("temporal.log")
	require.NoError(t, err)
	logger := temporalLogger(log, s.failure.report)
	release, err := choosePorts(s.ports.all()...)
	require.NoError(t, err)
	t.Cleanup(release)
	require.NoError(t, s.postgres.prepareTemporal(t.Context(), logger))
	static := temporalConfig(s.postgres, &s.ports)
	inside := config.ClientTLS{ServerName: "temporal.test", RootCAFiles: []string{authority}}
	static.Global.TLS = config.RootTLS{
		Frontend: config.GroupTLS{
			Server: config.ServerTLS{CertFile: cert, KeyFile: key, ClientCAFiles: []string{authority}, RequireClientAuth: true},
			Client: inside,
		},
		SystemWorker: config.WorkerTLS{CertFile: cert, KeyFile: key, Client: inside},
	}
	s.temporal, err = startTemporal(t.Context(), static, &s.ports, nil, logger)
	require.NoError(t, err)
	a := s.addresses
	a.TemporalAddress = address(s.ports.frontend.number)
	return a
}

// buildProduct compiles the product of this checkout.
func buildProduct(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "homeward")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-buildvcs=false", "-o", program, "./cmd/homeward")
	build.Dir = "../.."
	said, err := build.CombinedOutput()
	require.NoError(t, err, string(said))
	return program
}

// authority signs certificates. Its own is in file.
type authority struct {
	file        string
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{file: filepath.Join(t.TempDir(), "ca.pem")}
	a.certificate = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test authority " + rand.Text()},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	var err error
	a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	a.sign(t, a.certificate, a.key, a.file)
	return a
}

// issue writes a certificate for a name, good until then, and its key.
func (a *authority) issue(t *testing.T, name string, until time.Time) (cert, key string) {
	t.Helper()
	folder := t.TempDir()
	cert, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	a.sign(t, &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		IPAddresses: []net.IP{}, NotBefore: until.Add(-24 * time.Hour), NotAfter: until, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, own, cert)
	encoded, err := x509.MarshalPKCS8PrivateKey(own)
	require.NoError(t, err)
	writePEM(t, key, "PRIVATE KEY", encoded)
	return cert, key
}

func (a *authority) sign(t *testing.T, template *x509.Certificate, key *ecdsa.PrivateKey, file string) {
	t.Helper()
	signed, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	require.NoError(t, err)
	writePEM(t, file, "CERTIFICATE", signed)
}

func writePEM(t *testing.T, file, kind string, content []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600))
}
