package certs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// Settings are the words by which people know one connection.
type Settings struct {
	// Server is who is called: "The Temporal server".
	Server string
	// CA, Cert and Name are the settings that hold the server's authorities, our
	// own certificate, and the name that the server's certificate must carry.
	CA, Cert, Name string
}

// Distrust is a connection that failed because the two sides do not trust each
// other. It does not pass by itself.
type Distrust struct {
	sentence string
	cause    error
}

// Error is one sentence that names the setting to look at.
func (d *Distrust) Error() string { return d.sentence }

// Unwrap returns what the connection reported, nil where it reported nothing.
func (d *Distrust) Unwrap() error { return d.cause }

// Explain returns a [Distrust] that says why a connection failed, or nil where the
// reason is none of trust: nobody answers, the network is gone.
func (s Settings) Explain(err error) *Distrust {
	if sentence := s.why(err); sentence != "" {
		return &Distrust{s.Server + " " + sentence, err}
	}
	return nil
}

func (s Settings) why(err error) string {
	if wrong, ok := errors.AsType[x509.HostnameError](err); ok {
		return fmt.Sprintf("shows a certificate that is not for %q. Connect to a name that stands in it, or give that name in %s.", wrong.Host, s.Name)
	}
	if wrong, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if wrong.Reason == x509.Expired {
			return "shows a certificate that has expired or is not valid yet. Renew it there, and see that both clocks are right."
		}
		return fmt.Sprintf("shows a certificate that must not be used so (%s). See its certificate, and %s.", wrong.Error(), s.CA)
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return fmt.Sprintf("shows a certificate of an authority that is not known here. See whether %s holds the authority of that server.", s.CA)
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return fmt.Sprintf("does not speak TLS at this address. See the address, or leave %s and its kin out.", s.CA)
	}
	remote, ok := errors.AsType[*net.OpError](err)
	if !ok || remote.Op != "remote error" {
		return ""
	}
	if strings.Contains(remote.Err.Error(), "certif") {
		return fmt.Sprintf("does not accept our certificate (%s). See %s: it must be set, valid, and of an authority that the server trusts.", remote.Err, s.Cert)
	}
	return fmt.Sprintf("refuses the TLS connection (%s). See %s and %s.", remote.Err, s.Name, s.Cert)
}

// patience bounds each step of a probe.
const patience = 2 * time.Second

// preface begins every HTTP/2 connection (RFC 9113, 3.4), here with empty settings.
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"

// Probe makes one connection to a gRPC server, secured or, with nil, plain, and
// returns a [Distrust] where the two sides will never come together. A server that
// does not answer is no error: it may answer later.
func (s Settings) Probe(ctx context.Context, address string, secured *tls.Config) error {
	var err error
	if secured != nil {
		err = greet(ctx, address, secured)
	} else if hangsUp(ctx, address) {
		err = s.plain(greet(ctx, address, &tls.Config{MinVersion: tls.VersionTLS12}))
	}
	if known, ok := errors.AsType[*Distrust](err); ok {
		return known
	}
	if distrust := s.Explain(err); distrust != nil {
		return distrust
	}
	return nil
}

// plain says what an attempt with TLS tells about a server that hung up on one
// without: where it got as far as certificates, TLS is what the server wants.
func (s Settings) plain(err error) error {
	if _, other := errors.AsType[tls.RecordHeaderError](err); other || err != nil && s.Explain(err) == nil {
		return nil
	}
	return &Distrust{fmt.Sprintf("%s speaks TLS alone, and this process came without. Set %s, and %s if it asks for a certificate.",
		s.Server, s.CA, s.Cert), err}
}

// greet shakes hands and waits for the first word of the server: with TLS 1.3 it
// refuses a certificate only after the handshake.
func greet(ctx context.Context, address string, secured *tls.Config) error {
	secured = secured.Clone()
	secured.NextProtos = []string{"h2"}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	connection, err := (&tls.Dialer{Config: secured}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer connection.Close()
	return firstWord(connection)
}

// hangsUp reports whether a server closes a plain connection without a word.
func hangsUp(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	connection, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	defer connection.Close()
	if _, err := io.WriteString(connection, preface); err != nil {
		return true
	}
	err = firstWord(connection)
	late, ok := errors.AsType[net.Error](err)
	return err != nil && (!ok || !late.Timeout())
}

func firstWord(connection net.Conn) error {
	if err := connection.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	_, err := connection.Read(make([]byte, 1))
	return err
}
