package config

import (
	"errors"
	"io"
	"log/slog"
	"time"
)

// Process is what every long-running process has in common.
type Process struct {
	StopTimeout time.Duration `name:"stop-timeout" env:"HOMEWARD_STOP_TIMEOUT" default:"25s" help:"How long work in flight may take to finish after SIGTERM. Keep it under the platform's grace period."`
	LogLevel    slog.Level    `name:"log-level" env:"HOMEWARD_LOG_LEVEL" default:"info" help:"Least level that is logged: debug, info, warn or error."`
	LogFormat   string        `name:"log-format" env:"HOMEWARD_LOG_FORMAT" default:"text" enum:"text,json" help:"Form of the log: text or json."`
}

// Validate refuses a stop that has no time to be clean.
func (p *Process) Validate() error {
	if p.StopTimeout <= 0 {
		return errors.New("--stop-timeout must be longer than 0s")
	}
	return nil
}

// Logger returns a logger that writes to w in the chosen form from the chosen level up.
func (p *Process) Logger(w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: p.LogLevel}
	if p.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
