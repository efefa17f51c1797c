// Package notifytest runs a real SMTP server inside a test: mails that were sent
// are read back from it, and it can be told to refuse, to hang or to be down.
package notifytest

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http/httptest"
	"net/mail"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Stage is a point of an SMTP session at which the server can refuse.
type Stage string

// The stages.
const (
	AtGreeting  Stage = "greeting"
	AtLogin     Stage = "login"
	AtSender    Stage = "sender"
	AtRecipient Stage = "recipient"
	AtData      Stage = "data"
)

// Mail is what the server took.
type Mail struct {
	From   string
	To     []string
	Header mail.Header
	Body   string
}

// Server is an SMTP server on a free port of 127.0.0.1. It offers STARTTLS with a
// certificate that RootCAs verifies, and stops when the test ends.
type Server struct {
	Port    int
	RootCAs *x509.CertPool

	t       testing.TB
	address string
	options Options
	tls     *tls.Config

	running  *smtp.Server
	listener net.Listener
	arrived  chan Mail

	mu     sync.Mutex
	refuse func(Stage, string) error
	mails  []Mail
}

// Options say what is unusual about a [Server].
type Options struct {
	// Implicit encrypts from the first byte.
	Implicit bool
	// Plain offers no encryption.
	Plain bool
	// Username and Password are asked for, if set.
	Username, Password string
}

// New starts a server.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	certified := httptest.NewTLSServer(nil) // for its certificate of 127.0.0.1
	defer certified.Close()
	roots := x509.NewCertPool()
	roots.AddCert(certified.Certificate())
	s := &Server{
		t: t, RootCAs: roots, address: "127.0.0.1:0", options: o, arrived: make(chan Mail, 1000),
		tls:    &tls.Config{Certificates: certified.TLS.Certificates, MinVersion: tls.VersionTLS12},
		refuse: func(Stage, string) error { return nil },
	}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// Start brings the server up again, on the same port.
func (s *Server) Start() {
	s.t.Helper()
	listener, err := new(net.ListenConfig).Listen(s.t.Context(), "tcp", s.address)
	if err != nil {
		s.t.Fatalf("SMTP server: %v", err)
	}
	s.address = listener.Addr().String()
	s.Port = listener.Addr().(*net.TCPAddr).Port
	s.running = smtp.NewServer(smtp.BackendFunc(s.session))
	s.running.Domain = "localhost"
	s.running.ErrorLog = silent{}
	switch {
	case s.options.Implicit:
		listener = tls.NewListener(listener, s.tls)
	case !s.options.Plain:
		s.running.TLSConfig = s.tls
	}
	s.listener = listener
	go func(server *smtp.Server) { _ = server.Serve(listener) }(s.running)
}

// Stop takes the server down and cuts its connections. Connecting is refused
// from then on.
func (s *Server) Stop() {
	_ = s.running.Close()
	_ = s.listener.Close() // which the server closes only once it serves
}

// Refuse answers a stage with an SMTP code from now on; 0 lifts that. An empty
// recipient means every one.
func (s *Server) Refuse(stage Stage, code int, recipient string) {
	s.On(func(at Stage, to string) error {
		if at != stage || code == 0 || (recipient != "" && at == AtRecipient && to != recipient) {
			return nil
		}
		return &smtp.SMTPError{Code: code, Message: "no: <" + to + ">"}
	})
}

// On asks decide at every stage from now on; to is the recipient, where there is
// one already. The error is what the server answers.
func (s *Server) On(decide func(at Stage, to string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = decide
}

// Mails returns every mail taken so far, oldest first.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// Next waits for the next mail that Next has not returned yet.
func (s *Server) Next() Mail {
	s.t.Helper()
	select {
	case m := <-s.arrived:
		return m
	case <-s.t.Context().Done():
		s.t.Error("the test ended before a mail arrived")
		return Mail{}
	}
}

func (s *Server) decide(at Stage, to string) error {
	s.mu.Lock()
	decide := s.refuse
	s.mu.Unlock()
	return decide(at, to)
}

func (s *Server) session(*smtp.Conn) (smtp.Session, error) {
	return &session{server: s}, s.decide(AtGreeting, "")
}

// session is one connection.
type session struct {
	server *Server
	mail   Mail
	known  bool
}

func (c *session) AuthMechanisms() []string {
	if c.server.options.Username == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		o := c.server.options
		if c.known = username == o.Username && password == o.Password; !c.known {
			return smtp.ErrAuthFailed
		}
		return c.server.decide(AtLogin, "")
	}), nil
}

func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	if c.server.options.Username != "" && !c.known {
		return smtp.ErrAuthRequired
	}
	c.mail = Mail{From: from}
	return c.server.decide(AtSender, "")
}

func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := c.server.decide(AtRecipient, to); err != nil {
		return err
	}
	c.mail.To = append(c.mail.To, to)
	return nil
}

func (c *session) Data(content io.Reader) error {
	raw, err := io.ReadAll(content)
	if err != nil {
		return err
	}
	if err := c.server.decide(AtData, c.mail.To[0]); err != nil {
		return err
	}
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	body, err := io.ReadAll(message.Body)
	if err != nil {
		return err
	}
	c.server.take(Mail{From: c.mail.From, To: c.mail.To, Header: message.Header, Body: string(body)})
	return nil
}

func (s *Server) take(m Mail) {
	s.mu.Lock()
	s.mails = append(s.mails, m)
	s.mu.Unlock()
	select {
	case s.arrived <- m:
	default: // nobody waits for mails here; Mails has it
	}
}

// Reset and Logout have nothing to give back.
func (c *session) Reset() {}

func (c *session) Logout() error { return nil }

// silent drops what the server would log about broken connections.
type silent struct{}

func (silent) Printf(string, ...any) {}

func (silent) Println(...any) {}
