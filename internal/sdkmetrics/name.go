package sdkmetrics

import "strings"

// metricName replaces what Prometheus does not allow in a metric's name by underscores.
func metricName(name string) string { return sanitize(name, true) }

// labelName replaces what Prometheus does not allow in a label's name by underscores,
// and takes the leading underscores away that it keeps for itself.
func labelName(name string) string {
	return sanitize(strings.TrimLeft(name, "_"), false)
}

func sanitize(name string, colon bool) string {
	if name == "" {
		return "unnamed"
	}
	mapped := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', colon && r == ':':
			return r
		}
		return '_'
	}, name)
	if mapped[0] >= '0' && mapped[0] <= '9' {
		return "m" + mapped
	}
	return mapped
}
