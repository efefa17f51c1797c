package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	stdmail "net/mail"
	"net/textproto"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// HeaderMailNotice is the mail header that holds the hashed key of the notice.
const HeaderMailNotice = "X-Homeward-Notice"

// TLSMode says how the connection to the mail server is encrypted.
type TLSMode string

// The modes.
const (
	// TLSStart upgrades a plain connection and sends nothing if it cannot. It is
	// the default, usually on port 587.
	TLSStart TLSMode = "starttls"
	// TLSImplicit is encrypted from the first byte, usually on port 465.
	TLSImplicit TLSMode = "tls"
	// TLSNone is not encrypted: for a server on this machine alone.
	TLSNone TLSMode = "none"
)

// EmailOptions configure an [Email] sender.
type EmailOptions struct {
	Host string
	// Port is 0 for the usual one of the mode: 587, 465, 25.
	Port int
	// From is the sender's address, with or without a name (RFC 5322).
	From string
	TLS  TLSMode
	// RootCAs verify the server; nil means those of the system.
	RootCAs *x509.CertPool
	// Username and Password log in with SCRAM-SHA-256, PLAIN or LOGIN, the last
	// two over TLS alone. An empty Username means no login.
	Username string
	Password string
	// Timeout bounds one attempt, beside the caller's context. 0 means 20 seconds.
	Timeout time.Duration
}

// Email sends notices as plain text through one SMTP server, each over a
// connection of its own.
type Email struct {
	options EmailOptions
	domain  string
}

// NewEmail returns a sender for [ChannelEmail]. It connects to nothing yet.
func NewEmail(o EmailOptions) (*Email, error) {
	from, err := stdmail.ParseAddress(o.From)
	if err != nil {
		return nil, fmt.Errorf("the sender's address of e-mail is not valid: %w", err)
	}
	if o.Host == "" {
		return nil, errors.New("e-mail needs the host of an SMTP server")
	}
	ports := map[TLSMode]int{TLSStart: 587, TLSImplicit: 465, TLSNone: 25}
	if o.TLS == "" {
		o.TLS = TLSStart
	}
	usual, ok := ports[o.TLS]
	if !ok {
		return nil, fmt.Errorf("unknown TLS mode %q of e-mail: use starttls, tls or none", o.TLS)
	}
	if o.Port == 0 {
		o.Port = usual
	}
	if o.Timeout <= 0 {
		o.Timeout = 20 * time.Second
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	return &Email{options: o, domain: domain}, nil
}

// Send hands the notice to the mail server once. A second delivery of a notice
// has the same Message-ID. What the server says against the recipient or the
// message for good (5xx) is permanent; what it says against us, a login or a
// sender that it does not accept, is ours to mend and is tried again.
func (e *Email) Send(ctx context.Context, d Delivery) (Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, e.options.Timeout)
	defer cancel()
	message, err := e.message(d)
	if err != nil {
		return Receipt{}, err
	}
	client, err := e.client(ctx)
	if err != nil {
		return Receipt{}, AsError(ChannelEmail, err)
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return Receipt{}, greetingError(ctx, err)
	}
	defer func() { _ = client.CloseWithSMTPClient(session) }() // a failed goodbye changes nothing
	if err := client.SendWithSMTPClient(session, message); err != nil {
		return Receipt{}, sendingError(ctx, err)
	}
	return Receipt{Response: clip(message.ServerResponse())}, nil
}

func (e *Email) message(d Delivery) (*mail.Msg, error) {
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := m.From(e.options.From); err != nil {
		return nil, &Error{Channel: ChannelEmail, Reason: Refused}
	}
	if err := m.To(d.Address); err != nil {
		return nil, &Error{Channel: ChannelEmail, Reason: BadAddress}
	}
	hash := KeyHash(d.Notice.Key)
	m.SetMessageIDWithValue(hash + "@" + e.domain)
	m.SetGenHeader(HeaderMailNotice, hash)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no vacation notes in return
	m.Subject(d.Notice.Subject)
	m.SetBodyString(mail.TypeTextPlain, d.Notice.Text+"\n")
	return m, nil
}

// client returns a client whose connection is cut when ctx ends. go-mail itself
// bounds single exchanges only.
func (e *Email) client(ctx context.Context) (*mail.Client, error) {
	o := e.options
	options := []mail.Option{
		mail.WithPort(o.Port),
		mail.WithTimeout(o.Timeout),
		mail.WithTLSConfig(e.tlsConfig()),
		mail.WithTLSPolicy(mail.TLSMandatory),
		mail.WithDialContextFunc(e.dial(ctx)),
		mail.WithoutNoop(),
		mail.WithoutRset(),
	}
	switch o.TLS {
	case TLSStart:
	case TLSImplicit:
		options = append(options, mail.WithSSL())
	case TLSNone:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	}
	if o.Username != "" {
		options = append(options, mail.WithUsername(o.Username), mail.WithPassword(o.Password),
			mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthPlain, mail.SMTPAuthLogin))
	}
	return mail.NewClient(o.Host, options...)
}

func (e *Email) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: e.options.Host, RootCAs: e.options.RootCAs, MinVersion: tls.VersionTLS12}
}

func (e *Email) dial(ctx context.Context) mail.DialContextFunc {
	return func(dialing context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(dialing, network, address)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(ctx, func() { _ = conn.Close() })
		if e.options.TLS != TLSImplicit {
			return conn, nil
		}
		encrypted := tls.Client(conn, e.tlsConfig())
		return encrypted, encrypted.HandshakeContext(dialing)
	}
}

// greetingError is a failure before any recipient was named.
func greetingError(ctx context.Context, err error) *Error {
	failed := AsError(ChannelEmail, err)
	answer, answered := errors.AsType[*textproto.Error](err)
	switch {
	case ctx.Err() != nil:
		failed.Reason = Timeout
	case answered && answer.Code < 500:
		failed.Reason, failed.Code = Deferred, answer.Code
	case answered:
		failed.Reason, failed.Code = Refused, answer.Code
	case failed.Reason == Unreachable && !cut(err):
		failed.Reason = Untrusted // no STARTTLS or no login that we know on offer
	}
	return failed
}

// cut says whether a connection failed or broke, as against an exchange on it.
func cut(err error) bool {
	_, network := errors.AsType[net.Error](err)
	_, garbled := errors.AsType[textproto.ProtocolError](err)
	return network || garbled || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// sendingError is a failure to hand over the message.
func sendingError(ctx context.Context, err error) *Error {
	answer, ok := errors.AsType[*mail.SendError](err)
	if !ok || answer.ErrorCode() == 0 {
		return greetingError(ctx, err)
	}
	failed := &Error{Channel: ChannelEmail, Reason: Rejected, Code: answer.ErrorCode()}
	switch {
	case answer.ErrorCode() < 500:
		failed.Reason = Deferred
	case answer.Reason == mail.ErrSMTPMailFrom:
		failed.Reason = Refused
	}
	return failed
}
