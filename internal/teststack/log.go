package teststack

import (
	"log/slog"
	"os"

	sdklog "go.temporal.io/sdk/log"
)

// logVariable asks for the SDK's log on standard error.
const logVariable = "HOMEWARD_TEST_LOG"

// Quiet is a log that keeps nothing unless it is asked for: what fails, fails
// the test.
func Quiet() *slog.Logger {
	if os.Getenv(logVariable) != "" {
		return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
	}
	return slog.New(slog.DiscardHandler)
}

// SDKLog is [Quiet] in the form that the SDK takes.
func SDKLog() sdklog.Logger { return sdklog.NewStructuredLogger(Quiet()) }
