package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"homeward/internal/access"
	"homeward/internal/config"
	"homeward/internal/keyring"
	"homeward/internal/lifecycle"
	"homeward/internal/vault"
)

// vaults returns the vaults of the compartments that have keys, and follows the keys
// until the stack stops. A key file that is named and cannot be used stops the start;
// one that cannot be read later on leaves the vault with the keys that it has.
func vaults(
	ctx context.Context, c APIConfig, log *slog.Logger, metrics prometheus.Registerer, stack *lifecycle.Stack,
) (map[access.Compartment]*vault.Vault, error) {
	rings, err := rings(c.Compartments)
	if err != nil {
		return nil, err
	}
	if err := apart(c.Codec, rings); err != nil {
		return nil, err
	}
	if err := metrics.Register(vaultMetric(rings)); err != nil {
		return nil, err
	}
	open := make(map[access.Compartment]*vault.Vault)
	for _, compartment := range access.Compartments() {
		ring := rings[compartment]
		if ring == nil {
			log.WarnContext(ctx, "a compartment is closed: it has no keys", slog.String("compartment", string(compartment)))
			continue
		}
		changed := func() {
			ids := ring.IDs()
			log.InfoContext(ctx, "a compartment is encrypted", slog.String("compartment", string(compartment)),
				slog.String("with", ids[0]), slog.Any("decrypted_with", ids))
		}
		changed()
		what := "keys of the compartment " + string(compartment)
		if err := follow(ctx, what, ring, time.NewTicker(keyLook), changed, log, stack); err != nil {
			return nil, err
		}
		open[compartment] = vault.New(string(compartment), ring, rand.Reader)
	}
	return open, nil
}

// rings opens the key rings that are configured.
func rings(c config.Compartments) (map[access.Compartment]*keyring.Ring, error) {
	rings := make(map[access.Compartment]*keyring.Ring)
	for _, compartment := range access.Compartments() {
		source := c.Source(compartment)
		if source == nil {
			continue
		}
		ring, err := keyring.Open(source)
		if err != nil {
			return nil, fmt.Errorf("the keys of the compartment %s: %w", compartment, err)
		}
		rings[compartment] = ring
	}
	return rings, nil
}

// apart refuses a key that opens two compartments, or a compartment and what is in
// Temporal: the worker has that one.
func apart(c config.Codec, rings map[access.Compartment]*keyring.Ring) error {
	all := access.Compartments()
	for i, one := range all {
		for _, other := range all[i+1:] {
			if rings[one].Shares(rings[other]) {
				return fmt.Errorf("the compartments %s and %s have a key in common: give each its own", one, other)
			}
		}
	}
	if c.Off {
		return nil
	}
	payloads, err := keyring.Open(c.Read)
	if err != nil {
		return err
	}
	for _, one := range all {
		if rings[one].Shares(payloads) {
			return fmt.Errorf("the compartment %s has a key in common with --codec-key-file: give it its own", one)
		}
	}
	return nil
}

// vaultMetric shows which keys each compartment has, so that a rotation can be
// followed.
type vaultMetric map[access.Compartment]*keyring.Ring

func (vaultMetric) desc() *prometheus.Desc {
	return prometheus.NewDesc("homeward_compartment_key",
		"1 for each key that this process has for a compartment. The first one encrypts.",
		[]string{"compartment", "id", "use"}, nil)
}

// Describe implements [prometheus.Collector].
func (v vaultMetric) Describe(descriptions chan<- *prometheus.Desc) { descriptions <- v.desc() }

// Collect implements [prometheus.Collector].
func (v vaultMetric) Collect(metrics chan<- prometheus.Metric) {
	for compartment, ring := range v {
		use := "encrypt"
		for _, id := range ring.IDs() {
			metrics <- prometheus.MustNewConstMetric(v.desc(), prometheus.GaugeValue, 1, string(compartment), id, use)
			use = "decrypt"
		}
	}
}
