package notify_test

import (
	"context"
	"crypto/x509"
	"mime"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"homeward/notify"
	"homeward/notify/notifytest"
)

func TestEmail_ArrivesAsWritten(t *testing.T) {
	t.Parallel()
	server := notifytest.New(t, notifytest.Options{})
	d := sample(notify.ChannelEmail, secretAddress)
	receipt, err := email(t, server, notify.EmailOptions{}).Send(t.Context(), d)
	require.NoError(t, err)
	require.Contains(t, receipt.Response, "OK")

	got := server.Next()
	require.Equal(t, "homeward@agency.example", got.From)
	require.Equal(t, []string{secretAddress}, got.To)
	subject, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, d.Notice.Subject, subject)
	require.Contains(t, got.Header.Get("Content-Type"), "text/plain")
	require.Contains(t, got.Body, "due on 31 March 2026.\r\nYou are told because")
	require.Equal(t, "auto-generated", got.Header.Get("Auto-Submitted"))
	require.Equal(t, notify.KeyHash(d.Notice.Key), got.Header.Get(notify.HeaderMailNotice))
}

func TestEmail_SecondDeliveryIsRecognisable(t *testing.T) {
	t.Parallel()
	server := notifytest.New(t, notifytest.Options{})
	sender := email(t, server, notify.EmailOptions{})
	d := sample(notify.ChannelEmail, secretAddress)
	another := d
	another.Notice.Key += "/again"
	for _, next := range []notify.Delivery{d, d, another} {
		_, err := sender.Send(t.Context(), next)
		require.NoError(t, err)
	}
	mails := server.Mails()
	require.Len(t, mails, 3)
	first, second, third := mails[0].Header.Get("Message-ID"), mails[1].Header.Get("Message-ID"), mails[2].Header.Get("Message-ID")
	require.Equal(t, "<"+notify.KeyHash(d.Notice.Key)+"@agency.example>", first)
	require.Equal(t, first, second)
	require.NotEqual(t, first, third)
}

func TestEmail_TellsPassingFromPermanentFailures(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		at        notifytest.Stage
		code      int
		reason    notify.Reason
		permanent bool
	}{
		"greylisted":              {notifytest.AtRecipient, 451, notify.Deferred, false},
		"server is busy":          {notifytest.AtGreeting, 421, notify.Deferred, false},
		"mailbox busy":            {notifytest.AtData, 452, notify.Deferred, false},
		"no such mailbox":         {notifytest.AtRecipient, 550, notify.Rejected, true},
		"content refused":         {notifytest.AtData, 554, notify.Rejected, true},
		"we are not welcome":      {notifytest.AtGreeting, 554, notify.Refused, false},
		"we may not send as that": {notifytest.AtSender, 553, notify.Refused, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := notifytest.New(t, notifytest.Options{})
			server.Refuse(tc.at, tc.code, "")
			sender := email(t, server, notify.EmailOptions{})
			_, err := sender.Send(t.Context(), sample(notify.ChannelEmail, secretAddress))
			got := failure(t, err)
			require.Equal(t, tc.reason, got.Reason)
			require.Equal(t, tc.code, got.Code)
			require.Equal(t, tc.permanent, got.Permanent())
			require.Empty(t, server.Mails())

			server.Refuse(tc.at, 0, "")
			_, err = sender.Send(t.Context(), sample(notify.ChannelEmail, secretAddress))
			require.NoError(t, err)
		})
	}
}

func TestEmail_GoesOutOnceTheServerIsBack(t *testing.T) {
	t.Parallel()
	server := notifytest.New(t, notifytest.Options{})
	sender := email(t, server, notify.EmailOptions{})
	server.Stop()
	_, err := sender.Send(t.Context(), sample(notify.ChannelEmail, secretAddress))
	got := failure(t, err)
	require.Equal(t, notify.Unreachable, got.Reason)
	require.False(t, got.Permanent())

	server.Start()
	_, err = sender.Send(t.Context(), sample(notify.ChannelEmail, secretAddress))
	require.NoError(t, err)
	require.Len(t, server.Mails(), 1)
}

func TestEmail_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	silent := deaf(t)
	for name, send := range map[string]func(*notify.Email) error{
		"deadline of the caller": func(e *notify.Email) error {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			_, err := e.Send(ctx, sample(notify.ChannelEmail, secretAddress))
			return err
		},
		"cancelled by the caller": func(e *notify.Email) error {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(50*time.Millisecond, cancel)
			_, err := e.Send(ctx, sample(notify.ChannelEmail, secretAddress))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sender, err := notify.NewEmail(notify.EmailOptions{Host: "127.0.0.1", Port: silent, From: "homeward@agency.example"})
			require.NoError(t, err)
			began := time.Now()
			got := failure(t, send(sender))
			require.Equal(t, notify.Timeout, got.Reason)
			require.Less(t, time.Since(began), 5*time.Second)
		})
	}
}

func TestEmail_EndsWithItsContextWhileSending(t *testing.T) {
	t.Parallel()
	server := notifytest.New(t, notifytest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	server.On(func(at notifytest.Stage, _ string) error {
		if at == notifytest.AtData {
			cancel()
			<-t.Context().Done()
		}
		return nil
	})
	_, err := email(t, server, notify.EmailOptions{}).Send(ctx, sample(notify.ChannelEmail, secretAddress))
	require.Equal(t, notify.Timeout, failure(t, err).Reason)
}

func TestEmail_EncryptsAsConfigured(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		server notifytest.Options
		mode   notify.TLSMode
		reason notify.Reason
	}{
		"starttls is the default":    {notifytest.Options{}, "", ""},
		"implicit":                   {notifytest.Options{Implicit: true}, notify.TLSImplicit, ""},
		"none":                       {notifytest.Options{Plain: true}, notify.TLSNone, ""},
		"no starttls on offer":       {notifytest.Options{Plain: true}, notify.TLSStart, notify.Untrusted},
		"plain server, implicit TLS": {notifytest.Options{Plain: true}, notify.TLSImplicit, notify.Untrusted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := notifytest.New(t, tc.server)
			_, err := email(t, server, notify.EmailOptions{TLS: tc.mode}).
				Send(t.Context(), sample(notify.ChannelEmail, secretAddress))
			if tc.reason == "" {
				require.NoError(t, err)
				require.Len(t, server.Mails(), 1)
				return
			}
			require.Equal(t, tc.reason, failure(t, err).Reason)
			require.Empty(t, server.Mails())
		})
	}
}

func TestEmail_RefusesACertificateThatDoesNotVerify(t *testing.T) {
	t.Parallel()
	for _, implicit := range []bool{false, true} {
		server := notifytest.New(t, notifytest.Options{Implicit: implicit})
		o := notify.EmailOptions{RootCAs: x509.NewCertPool()}
		if implicit {
			o.TLS = notify.TLSImplicit
		}
		_, err := email(t, server, o).Send(t.Context(), sample(notify.ChannelEmail, secretAddress))
		require.Equal(t, notify.Untrusted, failure(t, err).Reason)
	}
}

func TestEmail_LogsIn(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		server   notifytest.Options
		password string
		reason   notify.Reason
	}{
		"right password":    {notifytest.Options{Username: "mailer", Password: "pw"}, "pw", ""},
		"over implicit TLS": {notifytest.Options{Implicit: true, Username: "mailer", Password: "pw"}, "pw", ""},
		"wrong password":    {notifytest.Options{Username: "mailer", Password: "pw"}, "no", notify.Refused},
		"no login on offer": {notifytest.Options{}, "pw", notify.Untrusted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := notifytest.New(t, tc.server)
			o := notify.EmailOptions{Username: "mailer", Password: tc.password}
			if tc.server.Implicit {
				o.TLS = notify.TLSImplicit
			}
			_, err := email(t, server, o).Send(t.Context(), sample(notify.ChannelEmail, secretAddress))
			if tc.reason == "" {
				require.NoError(t, err)
				return
			}
			got := failure(t, err)
			require.Equal(t, tc.reason, got.Reason)
			require.False(t, got.Permanent(), "the notice waits until the password is put right")
		})
	}
}

func TestEmail_GivesUpOnABadAddress(t *testing.T) {
	t.Parallel()
	server := notifytest.New(t, notifytest.Options{})
	for _, address := range []string{"", "jane.doe", "jane.doe@", "jane\r\nBcc: x@y.org"} {
		_, err := email(t, server, notify.EmailOptions{}).Send(t.Context(), sample(notify.ChannelEmail, address))
		got := failure(t, err)
		require.Equal(t, notify.BadAddress, got.Reason, address)
		require.True(t, got.Permanent())
	}
}

func TestNewEmail_RefusesIncompleteOptions(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]notify.EmailOptions{
		"no host":      {From: "homeward@agency.example"},
		"no sender":    {Host: "localhost"},
		"unknown mode": {Host: "localhost", From: "homeward@agency.example", TLS: "maybe"},
	} {
		_, err := notify.NewEmail(o)
		require.Error(t, err, name)
	}
}

// email is a sender to server that trusts its certificate.
func email(t *testing.T, server *notifytest.Server, o notify.EmailOptions) *notify.Email {
	t.Helper()
	o.Host, o.Port, o.From = "127.0.0.1", server.Port, "Homeward <homeward@agency.example>"
	if o.RootCAs == nil {
		o.RootCAs = server.RootCAs
	}
	sender, err := notify.NewEmail(o)
	require.NoError(t, err)
	return sender
}

// deaf is the port of a server that takes connections and says nothing.
func deaf(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().(*net.TCPAddr).Port
}
