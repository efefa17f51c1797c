// Package config names every setting of Homeward once: its flag, its environment
// variable, its default and what it means.
//
// The settings come in groups. A subcommand embeds the groups that it needs, and kong
// fills them: a flag goes before the environment, the environment before the default.
// Secrets have no flag, because command lines are visible to every user of a machine.
// Each comes from a file or from the environment. A file that everybody on the machine
// may read is refused.
package config

//go:generate go test -run TestDocumentation -update .

// Config is all groups together, in the order of docs/configuration.md.
type Config struct {
	Database Database `embed:"" group:"Database"`
	Temporal Temporal `embed:"" group:"Temporal"`
	Codec    Codec    `embed:"" group:"Encryption"`
	Serving  Serving  `embed:"" group:"Listener"`
	API      API      `embed:"" group:"API"`
	Auth     Auth     `embed:"" group:"Sign-in"`
	Worker   Worker   `embed:"" group:"Worker"`
	Notices  Notices  `embed:"" group:"Notices"`
	Policy   Policy   `embed:"" group:"Policy"`
	Packs    Packs    `embed:"" group:"Policy"`
	Process  Process  `embed:"" group:"Process"`

	Compartments Compartments `embed:"" group:"Compartments"`
}
