package main

import (
	"context"
	"slices"
	"strings"
)

// compartments are what the product keeps under keys of their own. The API has these
// keys, and nobody else.
func compartments() []string { return []string{"reporter", "treatment", "juvenile", "adoption"} }

// makeCompartmentKeys makes the keys of the compartments where there are none yet, and
// returns the variables that name them to the API. Whoever sets one has chosen.
func (p *product) makeCompartmentKeys(ctx context.Context) ([]string, error) {
	var variables []string
	for _, name := range compartments() {
		variable := "HOMEWARD_" + strings.ToUpper(name) + "_KEY_FILE="
		if slices.ContainsFunc(p.environment, func(v string) bool { return strings.HasPrefix(v, variable) }) {
			continue
		}
		file := p.folder.file(name + "-keys")
		if err := p.makeKey(ctx, file); err != nil {
			return nil, err
		}
		variables = append(variables, variable+file)
	}
	return variables, nil
}
