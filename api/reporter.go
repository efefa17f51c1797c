package api

import (
	"context"
	"log/slog"

	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/postgres"
)

// sealReporter returns what encrypts who made a report once the report has its
// number, nil where nobody is named.
func (a *API) sealReporter(c *call, commandID string, r *namedReporter) func(string) (postgres.SealedItem, audit.Entry, error) {
	if r == nil {
		return nil
	}
	return func(aggregate string) (postgres.SealedItem, audit.Entry, error) {
		return a.sealEntry(c, aggregate, access.Reporter, entryID(commandID), r.entry())
	}
}

// keepReporter looks after the reporter when a report is sent again: an earlier try
// that was refused has taken it away, and another reporter is another body.
func (a *API) keepReporter(c *call, aggregate, commandID string, r *namedReporter) error {
	if r == nil {
		return nil
	}
	_, err := a.enterOnce(c, aggregate, access.Reporter, entryID(commandID), r.entry())
	return err
}

// dropReporter takes the reporter of a refused report away again. The store leaves
// that of a report alone which is there.
func (a *API) dropReporter(ctx context.Context, s sending) {
	if !s.reporter {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := a.store.DropReporter(ctx, entryID(s.command.ID)); err != nil {
		a.log.WarnContext(ctx, "the reporter of a refused report stays behind, encrypted", slog.Any("error", err))
	}
}

func (n *namedReporter) entry() entry { return &reporterEntry{reporterContent: n.reporterContent} }
