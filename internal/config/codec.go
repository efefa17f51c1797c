package config

import (
	"errors"
	"fmt"
	"os"
)

// Codec says how what travels to Temporal is encrypted. After parsing, exactly one
// of its settings is made: what Temporal stores cannot be encrypted afterwards, so a
// forgotten variable must stop the start.
type Codec struct {
	KeyFile string `name:"codec-key-file" env:"HOMEWARD_CODEC_KEY_FILE" type:"path" placeholder:"FILE" help:"Keys that encrypt what Temporal stores: on each line an ID, a space and 32 bytes in base64. The first encrypts, all decrypt. Read again every 30 seconds."`
	Keys    Secret `kong:"-" env:"HOMEWARD_CODEC_KEYS" help:"The same keys, between commas, instead of the file. They are secret, so they have no flag."`
	Off     bool   `name:"codec-off" env:"HOMEWARD_CODEC_OFF" help:"Encrypt nothing. Temporal then keeps IDs, codes and dates of cases in the clear."`
}

// AfterApply reads the keys that the environment holds, and refuses none and two.
func (c *Codec) AfterApply() error {
	c.Keys = Secret(os.Getenv("HOMEWARD_CODEC_KEYS"))
	made := 0
	for _, set := range []bool{c.KeyFile != "", c.Keys != "", c.Off} {
		if set {
			made++
		}
	}
	switch made {
	case 0:
		return errors.New("no key to encrypt with: set --codec-key-file or HOMEWARD_CODEC_KEYS; --codec-off stores everything in the clear")
	case 1:
		return nil
	}
	return errors.New("--codec-key-file, HOMEWARD_CODEC_KEYS and --codec-off exclude each other")
}

// Read returns the keys as they stand now.
func (c *Codec) Read() ([]byte, error) {
	if c.KeyFile == "" {
		return []byte(c.Keys), nil
	}
	return readKeys("--codec-key-file", c.KeyFile)
}

// readKeys returns a key file as it stands now. One that everybody on the machine
// may read is refused.
func readKeys(flag, path string) ([]byte, error) {
	if err := private(flag, path); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	return text, nil
}
