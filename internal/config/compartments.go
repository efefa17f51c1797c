package config

import (
	"fmt"

	"homeward/internal/access"
)

// Compartments says under which keys each compartment is encrypted. They are for the
// API alone. A compartment without keys is closed, and everything else works.
type Compartments struct {
	ReporterKeyFile  string `name:"reporter-key-file" env:"HOMEWARD_REPORTER_KEY_FILE" type:"path" placeholder:"FILE" help:"Keys that encrypt who made a report, in the form of --codec-key-file and read again as often. For the API alone. Without them, this compartment answers 503."`
	TreatmentKeyFile string `name:"treatment-key-file" env:"HOMEWARD_TREATMENT_KEY_FILE" type:"path" placeholder:"FILE" help:"The same for records of treatment for substance use (42 CFR part 2)."`
	JuvenileKeyFile  string `name:"juvenile-key-file" env:"HOMEWARD_JUVENILE_KEY_FILE" type:"path" placeholder:"FILE" help:"The same for sealed juvenile records."`
	AdoptionKeyFile  string `name:"adoption-key-file" env:"HOMEWARD_ADOPTION_KEY_FILE" type:"path" placeholder:"FILE" help:"The same for what links an adopted child to the family of birth."`
}

// Validate refuses one file for two compartments: who has the keys of one must not have
// those of another.
func (c *Compartments) Validate() error {
	users := make(map[string]access.Compartment)
	for _, compartment := range access.Compartments() {
		file := c.file(compartment)
		if other, taken := users[file]; taken && file != "" {
			return fmt.Errorf("--%s-key-file and --%s-key-file must be different files, with different keys", other, compartment)
		}
		users[file] = compartment
	}
	return nil
}

// Source returns what reads the keys of a compartment as they stand now, nil where it
// has none.
func (c *Compartments) Source(compartment access.Compartment) func() ([]byte, error) {
	file := c.file(compartment)
	if file == "" {
		return nil
	}
	return func() ([]byte, error) { return readKeys("--"+string(compartment)+"-key-file", file) }
}

func (c *Compartments) file(compartment access.Compartment) string {
	switch compartment {
	case access.Reporter:
		return c.ReporterKeyFile
	case access.Treatment:
		return c.TreatmentKeyFile
	case access.Juvenile:
		return c.JuvenileKeyFile
	case access.Adoption:
		return c.AdoptionKeyFile
	}
	return ""
}
