package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"homeward/internal/app"
	"homeward/internal/codec"
	"homeward/internal/config"
)

// codecCommand looks after the keys that encrypt what Temporal stores.
type codecCommand struct {
	Key    codecKeyCommand    `cmd:"" help:"Make an encryption key and print it as a line for the key file."`
	Usage  codecUsageCommand  `cmd:"" help:"Say which encryption keys open reports and cases still need."`
	Rewrap codecRewrapCommand `cmd:"" help:"Wrap the secrets of all records with the first key, so that the database needs no other."`
}

type codecKeyCommand struct {
	ID string `help:"ID of the key, to be seen beside everything that it encrypts. Without it, today's date and four letters."`
}

// Run prints one line: a key that nobody has seen before.
func (k codecKeyCommand) Run(c console) error {
	id := k.ID
	if id == "" {
		id = c.now().UTC().Format("2006-01-02") + "-" + strings.ToLower(rand.Text()[:4])
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // It never fails.
	line := id + " " + base64.StdEncoding.EncodeToString(secret)
	if _, err := codec.Open(func() ([]byte, error) { return []byte(line), nil }); err != nil {
		return fmt.Errorf("--id: %w", err)
	}
	_, err := fmt.Fprintln(c, line)
	return err
}

type codecRewrapCommand struct{ app.ErasureConfig }

// Run says how many secrets it has wrapped.
func (r codecRewrapCommand) Run(ctx context.Context, c console) error {
	count, err := app.RewrapSecrets(ctx, r.ErasureConfig, r.Process.Logger(os.Stderr))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c, "%d secrets wrapped with the first key.\n", count)
	return err
}

type codecUsageCommand struct {
	Temporal config.Temporal `embed:"" group:"Temporal"`
	Process  config.Process  `embed:"" group:"Process"`

	Closed bool `help:"Count closed runs, too, as long as Temporal keeps them."`
}

// Run prints one line for each key. It needs none of them.
func (u codecUsageCommand) Run(ctx context.Context, c console) error {
	temporal, err := app.Temporal(ctx, u.Temporal, app.WithoutPayloads(), u.Process.Logger(os.Stderr), app.NewRegistry())
	if err != nil {
		return err
	}
	defer temporal.Close()
	uses, err := app.KeyUsage(ctx, temporal, u.Closed)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(c, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "KEY\tRUNS\tSUCH AS") // Flush tells.
	for _, use := range uses {
		_, _ = fmt.Fprintf(table, "%s\t%d\t%s\n", use.Key, use.Runs, use.Example)
	}
	return table.Flush()
}
