package postgres

import "homeward/internal/access"

const SelectConsents = selectConsents

// SelectItems is the statement that reads a compartment.
func SelectItems(c access.Compartment) (string, error) { return in(c, selectItems) }
