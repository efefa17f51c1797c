package config_test

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"homeward/internal/config"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write docs/configuration.md")

const documentation = "../../docs/configuration.md"

// setting is one field of a group, as its tags describe it.
type setting struct{ group, variable, flag, fallback, help string }

// settings lists every setting of config.Config in order.
func settings() []setting {
	var all []setting
	for group := range reflect.TypeFor[config.Config]().Fields() {
		for field := range group.Type.Fields() {
			one := setting{
				group:    group.Tag.Get("group"),
				variable: field.Tag.Get("env"),
				flag:     field.Tag.Get("name"),
				fallback: field.Tag.Get("default"),
				help:     field.Tag.Get("help"),
			}
			if one.variable != "" || one.flag != "" {
				all = append(all, one)
			}
		}
	}
	return all
}

func code(text, before string) string {
	if text == "" {
		return ""
	}
	return "`" + before + text + "`"
}

func page() string {
	var b strings.Builder
	b.WriteString(`# Configuration

Every setting, from ` + "`internal/config`" + ` (written by ` + "`make generate`" + `). A flag goes before its variable, the
variable before the default. Secrets have no flag. ` + "`homeward <command> --help`" + ` shows what a command takes.

| Group | Variable | Flag | Default | Meaning |
| --- | --- | --- | --- | --- |
`)
	for _, one := range settings() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", one.group, code(one.variable, ""), code(one.flag, "--"), code(one.fallback, ""), one.help)
	}
	return b.String()
}

func TestDocumentation_IsTheStruct(t *testing.T) {
	t.Parallel()
	if *update {
		require.NoError(t, os.WriteFile(documentation, []byte(page()), 0o644))
	}
	written, err := os.ReadFile(documentation)
	require.NoError(t, err)
	require.Equal(t, page(), string(written), "run make generate")
}

func TestEverySetting_IsComplete(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, one := range settings() {
		require.NotEmpty(t, one.group, one.variable)
		require.NotEmpty(t, one.variable, one.flag)
		require.True(t, strings.HasPrefix(one.variable, "HOMEWARD_") || strings.HasPrefix(one.variable, "TEMPORAL_"), one.variable)
		require.True(t, strings.HasSuffix(one.help, "."), "%s: the help is a sentence", one.variable)
		require.False(t, seen[one.variable], "%s names two settings", one.variable)
		seen[one.variable] = true
	}
}
