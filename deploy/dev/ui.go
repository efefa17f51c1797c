package main

import (
	"github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/server_options"
)

// ui is the Temporal UI inside this process. It cannot change anything: every
// change to a case goes through the product's API, which records who made it.
type ui struct {
	server *server.Server
	done   chan struct{}
}

// startUI serves the UI of the server at frontend. It returns at once; the UI
// answers a moment later.
func startUI(number int, frontend string) *ui {
	u := &ui{
		server: server.NewServer(server_options.WithConfigProvider(&uiconfig.Config{
			TemporalGRPCAddress: frontend,
			Host:                loopback,
			Port:                number,
			EnableUI:            true,
			DefaultNamespace:    namespace,
			DisableWriteActions: true,
			DisableNewsFetch:    true,
			HideLogs:            true,
			CORS:                uiconfig.CORS{CookieInsecure: true}, // plain HTTP on the loopback address
		})),
		done: make(chan struct{}),
	}
	go func() {
		defer close(u.done)
		_ = u.server.Start() // returns when stopped
	}()
	return u
}

// stop closes the UI's connections.
func (u *ui) stop() {
	u.server.Stop()
	<-u.done
}
