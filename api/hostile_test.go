package api_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"homeward/api"
	"homeward/casework"
	"homeward/internal/certs"
	"homeward/internal/certtest"
	"homeward/internal/testdb"
)

// alone serves an API that must refuse before it needs anything.
func alone(t *testing.T) *service {
	t.Helper()
	return newService(t, func(o *api.Options) { o.Temporal, o.Store = absentTemporal(t), testdb.New(t) })
}

// raw opens a connection that ends in a minute at the latest.
func (s *service) raw() net.Conn {
	s.tb.Helper()
	connection, err := new(net.Dialer).DialContext(s.tb.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
	require.NoError(s.tb, err)
	s.tb.Cleanup(func() { _ = connection.Close() })
	require.NoError(s.tb, connection.SetDeadline(time.Now().Add(time.Minute)))
	return connection
}

// head is the head of a POST by somebody who may send one.
func (s *service) head(fields string) string {
	return "POST /v1/reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\nAuthorization: Bearer " +
		s.token(casework.RoleHotline) + "\r\n" + fields + "\r\n"
}

// say sends bytes and returns the status of every answer until the server hangs up.
func (s *service) say(text string) []int {
	s.tb.Helper()
	connection := s.raw()
	go func() { _, _ = io.WriteString(connection, text) }() // The server may hang up before the end.
	var statuses []int
	for answers := bufio.NewReader(connection); ; {
		answered, err := http.ReadResponse(answers, nil)
		if err != nil {
			return statuses
		}
		_, _ = io.Copy(io.Discard, answered.Body)
		require.NoError(s.tb, answered.Body.Close())
		statuses = append(statuses, answered.StatusCode)
	}
}

func TestBodies_ThatAreHostileAreRefused(t *testing.T) {
	t.Parallel()
	s := alone(t)
	deep := func(n int) string {
		return strings.Repeat(`{"children":[`, n) + strings.Repeat(`]}`, n)
	}
	for name, test := range map[string]struct {
		body   string
		status int
	}{
		"nested beyond reason":  {strings.Repeat("[", 500_000), http.StatusBadRequest},
		"nested and closed":     {deep(20_000), http.StatusBadRequest},
		"nested in an unknown":  {`{"x":` + deep(4000) + `}`, http.StatusBadRequest},
		"a huge number":         {`{"children":[{"born_year":1` + strings.Repeat("0", 100_000) + `}]}`, http.StatusBadRequest},
		"a huge exponent":       {`{"allegations":[{"child":1e999999999}]}`, http.StatusBadRequest},
		"a number out of range": {`{"allegations":[{"child":9223372036854775808}]}`, http.StatusBadRequest},
		"a duplicate key":       {`{"office":"north","office":"south"}`, http.StatusBadRequest},
		"a key in other letters": {
			`{"Office":"north","office":"south"}`, http.StatusBadRequest,
		},
		"not UTF-8":             {"{\"office\":\"\xff\xfe\"}", http.StatusBadRequest},
		"half a surrogate":      {`{"office":"\ud800","received_at":"x"}`, http.StatusBadRequest},
		"ten thousand elements": {`{"children":[` + strings.Repeat(`{},`, 9999) + `{}]}`, http.StatusBadRequest},
		"ten thousand fields":   {`{` + strings.Repeat(`"a":1,`, 9999) + `"a":1}`, http.StatusBadRequest},
		"a NUL":                 {`{"office":"no\u0000rth"}`, http.StatusBadRequest},
		"two values":            {`{}{}`, http.StatusBadRequest},
		"prototype":             {`{"__proto__":{"office":"north"}}`, http.StatusBadRequest},
		"white space alone":     {strings.Repeat(" ", 1<<19), http.StatusBadRequest},
		"over the limit":        {`{"office":"` + strings.Repeat("x", 1<<20) + `"}`, http.StatusRequestEntityTooLarge},
	} {
		answered := s.ask(request{method: http.MethodPost, path: "/v1/reports", token: s.token(casework.RoleHotline), body: test.body})
		require.Equal(t, test.status, answered.status, "%s: %s", name, answered.text)
		require.Less(t, len(answered.text), 2048, name)
	}
	require.NotContains(t, s.log.String(), "panic")
}

func TestBodies_AreNotUnpacked(t *testing.T) {
	t.Parallel()
	s := alone(t)
	var bomb bytes.Buffer
	packer := gzip.NewWriter(&bomb)
	_, err := io.CopyN(packer, zeros{}, 64<<20)
	require.NoError(t, err)
	require.NoError(t, packer.Close())
	for _, encoding := range []string{"gzip", "deflate", "br", "zstd", "identity", "gzip, gzip", "x"} {
		answered := s.ask(request{
			method: http.MethodPost, path: "/v1/reports", token: s.token(casework.RoleHotline),
			body: bomb.String(), header: http.Header{"Content-Encoding": {encoding}},
		})
		answered.refused(http.StatusUnsupportedMediaType, "unsupported-media-type", "")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestBodies_WithoutAnEndAreCutOff(t *testing.T) {
	t.Parallel()
	s := alone(t)
	chunk := fmt.Sprintf("%x\r\n%s\r\n", 64<<10, strings.Repeat(" ", 64<<10))
	for name, one := range map[string]struct{ fields, part string }{
		"chunked":             {"Transfer-Encoding: chunked\r\n", chunk},
		"a length that is so": {"Content-Length: 1099511627776\r\n", chunk},
	} {
		connection := s.raw()
		_, err := io.WriteString(connection, s.head(one.fields))
		require.NoError(t, err)
		answered := make(chan int, 1)
		go func() {
			got, err := http.ReadResponse(bufio.NewReader(connection), nil)
			if err != nil {
				answered <- 0
				return
			}
			_ = got.Body.Close()
			answered <- got.StatusCode
		}()
		sent := 0
		for err == nil && sent < 1<<30 {
			var n int
			n, err = io.WriteString(connection, one.part)
			sent += n
		}
		require.Error(t, err, name)
		require.Less(t, sent, 64<<20, "%s: the server stops reading", name)
		require.Contains(t, []int{http.StatusRequestEntityTooLarge, 0}, <-answered, name)
	}
}

func TestBodies_ThatComeTooSlowlyAreCutOff(t *testing.T) {
	t.Parallel()
	s := alone(t)
	begun := time.Now()
	statuses := s.say(s.head("Content-Length: 1000\r\n") + `{"office":`)
	require.Less(t, time.Since(begun), s.server.ReadTimeout+10*time.Second)
	for _, status := range statuses {
		require.Equal(t, http.StatusBadRequest, status)
	}
}

// What a proxy and we could read in two ways is refused, or nothing after it is read.
func TestRequests_CannotBeSmuggled(t *testing.T) {
	t.Parallel()
	s := alone(t)
	second := "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
	for name, text := range map[string]string{
		"two lengths":            s.head("Content-Length: 0\r\nContent-Length: 40\r\n") + second,
		"length and chunks":      s.head("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n" + second,
		"chunks and length":      s.head("Transfer-Encoding: chunked\r\nContent-Length: 60\r\n") + "0\r\n\r\n" + second,
		"space before the colon": s.head("Transfer-Encoding : chunked\r\nContent-Length: 4\r\n") + "0\r\n\r\n" + second,
		"two codings":            s.head("Transfer-Encoding: chunked, identity\r\n") + "0\r\n\r\n" + second,
		"coding twice":           s.head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n" + second,
		"another coding":         s.head("Transfer-Encoding: xchunked\r\n") + "0\r\n\r\n" + second,
		"negative length":        s.head("Content-Length: -1\r\n") + second,
		"signed length":          s.head("Content-Length: +0\r\n") + second,
		"length in hexadecimal":  s.head("Content-Length: 0x0\r\n") + second,
		"huge length":            s.head("Content-Length: 99999999999999999999\r\n") + second,
		"chunk of a wrong size":  s.head("Transfer-Encoding: chunked\r\n") + "-1\r\n\r\n" + second,
		"bare line feeds":        s.head("Transfer-Encoding: chunked\r\nX: a\rb\r\n") + "0\r\n\r\n" + second,
		"no host":                "GET /v1/worklist HTTP/1.1\r\n\r\n" + second,
		"two hosts":              "GET /v1/worklist HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + second,
		"no HTTP":                "\x16\x03\x01\x02\x00\x01\x00" + second,
		"version 9":              "GET /healthz HTTP/9.9\r\nHost: x\r\n\r\n" + second,
	} {
		statuses := s.say(text)
		require.LessOrEqual(t, len(statuses), 1, name)
		for _, status := range statuses {
			require.GreaterOrEqual(t, status, http.StatusBadRequest, name)
			require.NotEqual(t, http.StatusInternalServerError, status, name)
		}
	}
}

func TestMethods_ThatEchoOrTunnelAreRefused(t *testing.T) {
	t.Parallel()
	s := alone(t)
	for _, line := range []string{
		"TRACE /v1/worklist", "CONNECT example.org:443", "CONNECT /v1/worklist", "TRACK /", "PROPFIND /v1/cases/1", "PUT /v1/cases/1", "A" + strings.Repeat("B", 5000) + " /",
	} {
		statuses := s.say(line + " HTTP/1.1\r\nHost: x\r\nX-Secret: canary\r\nConnection: close\r\n\r\n")
		require.Len(t, statuses, 1, line)
		require.Contains(t, []int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusBadRequest}, statuses[0], line)
	}
	require.NotContains(t, s.log.String(), "BBBB")
}

func TestHeaders_ThatAreTooLargeOrTooManyAreRefused(t *testing.T) {
	t.Parallel()
	s := alone(t)
	for name, fields := range map[string]string{
		"one long":  "X-Long: " + strings.Repeat("x", 64<<10) + "\r\n",
		"many":      strings.Repeat("X-Many: x\r\n", 10_000),
		"long name": strings.Repeat("x", 64<<10) + ": x\r\n",
	} {
		require.Equal(t, []int{http.StatusRequestHeaderFieldsTooLarge}, s.say("GET /healthz HTTP/1.1\r\nHost: x\r\n"+fields+"\r\n"), name)
	}
	require.Equal(t, http.StatusUnauthorized, s.ask(request{path: "/v1/worklist", token: strings.Repeat("x", 20<<10)}).status)
	require.Equal(t, http.StatusBadRequest, s.ask(request{
		method: http.MethodPost, path: "/v1/reports", token: s.token(casework.RoleHotline), key: strings.Repeat("k", 10_000), body: "{}",
	}).status)
}

// A client that opens streams and resets them at once costs it more than us.
func TestHTTP2_OutlivesRapidResets(t *testing.T) {
	t.Parallel()
	s := alone(t)
	files := certtest.New(t).Issue(t, certtest.Leaf{Name: "127.0.0.1"})
	address := serveSecured(t, s.server, files)
	client, err := certs.Client(certs.Files{CA: files.CA}, "", nil)
	require.NoError(t, err)
	client.NextProtos = []string{"h2"}
	connection, err := tls.Dial("tcp", address, client)
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close() })
	require.NoError(t, connection.SetDeadline(time.Now().Add(30*time.Second)))
	_, err = io.WriteString(connection, http2.ClientPreface)
	require.NoError(t, err)
	framer := http2.NewFramer(connection, connection)
	require.NoError(t, framer.WriteSettings())
	ended := make(chan http2.ErrCode, 1)
	go func() {
		for {
			frame, err := framer.ReadFrame()
			if err != nil {
				ended <- http2.ErrCodeNo
				return
			}
			if away, ok := frame.(*http2.GoAwayFrame); ok {
				ended <- away.ErrCode
				return
			}
		}
	}()
	token := "Bearer " + s.token(casework.RoleSupervisor)
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for stream := uint32(1); stream < 40_000 && err == nil; stream += 2 {
		block.Reset()
		for _, field := range []hpack.HeaderField{
			{Name: ":method", Value: "GET"},
			{Name: ":scheme", Value: "https"},
			{Name: ":authority", Value: "x"},
			{Name: ":path", Value: "/v1/worklist"},
			{Name: "authorization", Value: token},
		} {
			require.NoError(t, encoder.WriteField(field))
		}
		err = errors.Join(
			framer.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: block.Bytes(), EndStream: true, EndHeaders: true}),
			framer.WriteRSTStream(stream, http2.ErrCodeCancel))
		if stream%200 == 1 {
			require.Equal(t, http.StatusOK, s.ask(request{path: "/healthz"}).status, "others are served meanwhile")
		}
	}
	_ = connection.Close()
	<-ended
	require.Equal(t, http.StatusOK, s.ask(request{path: "/healthz"}).status)
	require.NotContains(t, s.log.String(), "panic")
}

// serveSecured serves what a server serves under a certificate as well.
func serveSecured(t *testing.T, like *http.Server, files certs.Files) string {
	t.Helper()
	secured, err := certs.Server(certs.Files{Cert: files.Cert, Key: files.Key}, tls.VersionTLS13, nil)
	require.NoError(t, err)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &http.Server{
		Handler: like.Handler, HTTP2: like.HTTP2, ReadTimeout: like.ReadTimeout, MaxHeaderBytes: like.MaxHeaderBytes,
		TLSConfig: secured, ErrorLog: like.ErrorLog,
	}
	go func() { _ = server.ServeTLS(listener, "", "") }() // It ends with the test.
	t.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}
