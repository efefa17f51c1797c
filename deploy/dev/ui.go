package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"

	"github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/server_options"
)

// ui is the Temporal UI inside this process. It cannot change anything: every
// change to a case goes through the product's API, which records who made it.
type ui struct {
	server *server.Server
	front  *http.Server // before the server where something decodes; else nil
	done   chan struct{}
}

// startUI serves the UI of the server at frontend. Where decode is given, the UI
// has it decode what it shows, and listens on the port inner behind it. startUI
// returns at once; the UI answers a moment later.
func startUI(ctx context.Context, number, inner int, frontend string, decode http.Handler) (*ui, error) {
	config := &uiconfig.Config{
		TemporalGRPCAddress: frontend,
		Host:                loopback,
		Port:                number,
		EnableUI:            true,
		DefaultNamespace:    namespace,
		DisableWriteActions: true,
		DisableNewsFetch:    true,
		HideLogs:            true,
		CORS:                uiconfig.CORS{CookieInsecure: true}, // plain HTTP on the loopback address
	}
	u := &ui{done: make(chan struct{})}
	if decode != nil {
		config.Port, config.Codec.Endpoint = inner, codecEndpoint
		if err := u.serveFront(ctx, number, inner, decode); err != nil {
			return nil, err
		}
	}
	u.server = server.NewServer(server_options.WithConfigProvider(config))
	go func() {
		defer close(u.done)
		_ = u.server.Start() // returns when stopped
	}()
	return u, nil
}

// serveFront listens where people look for the UI, and passes on to it what
// decode does not answer.
func (u *ui) serveFront(ctx context.Context, number, inner int, decode http.Handler) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address(number))
	if err != nil {
		return err
	}
	behind := &url.URL{Scheme: "http", Host: address(inner)}
	mux := http.NewServeMux()
	mux.Handle("POST "+codecEndpoint+"/decode", decode)
	mux.Handle("/", &httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(behind)
		p.Out.Host = p.In.Host
	}})
	u.front = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = u.front.Serve(listener) }() // returns when stopped
	return nil
}

// stop closes the UI's connections.
func (u *ui) stop() {
	if u.front != nil {
		_ = u.front.Close()
	}
	u.server.Stop()
	<-u.done
}
