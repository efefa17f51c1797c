// Package certtest makes authorities and certificates for tests of real
// connections: good ones, expired ones, and those of somebody else.
package certtest

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
	"path/filepath"
	"testing"
	"time"

	"homeward/internal/certs"
)

// Authority signs certificates. Its own is in File.
type Authority struct {
	File string

	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// Leaf says what a certificate is for.
type Leaf struct {
	// Name is its subject, and a host name or IP address that it stands for.
	Name string
	// Until is when it ends; the zero time is in an hour.
	Until time.Time
}

// New makes an authority.
func New(tb testing.TB) *Authority {
	tb.Helper()
	a := &Authority{File: filepath.Join(tb.TempDir(), "ca.pem")}
	a.certificate = &x509.Certificate{
		SerialNumber: serial(tb), Subject: pkix.Name{CommonName: "Test authority " + rand.Text()},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.key = newKey(tb)
	a.certificate = a.sign(tb, a.certificate, a.key, a.File)
	return a
}

// Issue writes a certificate and its key into a new folder. CA names the authority.
func (a *Authority) Issue(tb testing.TB, leaf Leaf) certs.Files {
	tb.Helper()
	folder := tb.TempDir()
	files := certs.Files{Cert: filepath.Join(folder, "cert.pem"), Key: filepath.Join(folder, "key.pem"), CA: a.File}
	a.Renew(tb, files, leaf)
	return files
}

// Renew writes another certificate in the place of one.
func (a *Authority) Renew(tb testing.TB, files certs.Files, leaf Leaf) {
	tb.Helper()
	if leaf.Until.IsZero() {
		leaf.Until = time.Now().Add(time.Hour)
	}
	template := &x509.Certificate{
		SerialNumber: serial(tb), Subject: pkix.Name{CommonName: leaf.Name},
		NotBefore: leaf.Until.Add(-24 * time.Hour), NotAfter: leaf.Until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if ip := net.ParseIP(leaf.Name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{leaf.Name}
	}
	key := newKey(tb)
	a.sign(tb, template, key, files.Cert)
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	must(tb, err)
	write(tb, files.Key, "PRIVATE KEY", encoded)
}

// sign writes a certificate for a key and returns it.
func (a *Authority) sign(tb testing.TB, template *x509.Certificate, key *ecdsa.PrivateKey, file string) *x509.Certificate {
	tb.Helper()
	signed, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	must(tb, err)
	write(tb, file, "CERTIFICATE", signed)
	certificate, err := x509.ParseCertificate(signed)
	must(tb, err)
	return certificate
}

// write replaces a file in one moment.
func write(tb testing.TB, file, kind string, content []byte) {
	tb.Helper()
	must(tb, os.WriteFile(file+".new", pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600))
	must(tb, os.Rename(file+".new", file))
}

func newKey(tb testing.TB) *ecdsa.PrivateKey {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(tb, err)
	return key
}

func serial(tb testing.TB) *big.Int {
	tb.Helper()
	number, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	must(tb, err)
	return number
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
