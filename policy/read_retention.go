package policy

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"homeward/casework"
)

// readRetention reads one rule of retention. It stands beside those of the packs
// below and changes none of them.
func (r *packReader) readRetention(n *yaml.Node) {
	var rule retentionRule
	id, _ := scalarAt(n, "id")
	read := r.object(n, "a retention rule",
		must("id", r.id(&rule.id)),
		must("of", oneOf(&r.reader, &rule.of, MatterFinding, MatterReport, MatterCase)),
		may("where", r.outcomes(&rule)),
		must("after", r.length(&rule.after, unitDays, unitMonths, unitYears)),
		must("from", oneOf(&r.reader, &rule.from, basisFound, basisClosed)),
		must("then", oneOf(&r.reader, &rule.then, MeasureExpunge, MeasureKeep, MeasurePurge)),
		must("citation", r.text("citation", &rule.citation)),
		must("source", oneOf(&r.reader, &rule.source, SourceStatute, SourceRegulation, SourcePractice)),
		must("confirmed", r.truth(&rule.confirmed)),
		may("note", r.text("note", &rule.note)),
	)
	if slices.ContainsFunc(r.pack.retention, func(old retentionRule) bool { return old.id == id }) {
		r.fail(n, "there is already a retention rule %q; give this one a name of its own, both hold", id)
	}
	rule.ref = r.pack.Ref() + "/" + rule.id
	if read && rule.of != "" && rule.then != "" && rule.from != "" && !rule.after.isZero() {
		r.checkRetention(n, &rule)
	}
	r.pack.retention = append(r.pack.retention, rule)
}

// outcomes reads the condition of a rule: a result of findings, or a disposition of
// reports. The matter was read before.
func (r *packReader) outcomes(rule *retentionRule) func(*yaml.Node) {
	return func(n *yaml.Node) {
		name, known := "result", casework.Findings()
		switch rule.of {
		case MatterFinding:
		case MatterReport:
			name, known = "disposition", casework.Dispositions()
		case MatterCase:
			r.fail(n, "a retention rule of cases has no \"where\"")
			return
		default: // said before
			return
		}
		value := func(n *yaml.Node) {
			var outcome string
			oneOf(&r.reader, &outcome, known...)(n)
			rule.outcomes = append(rule.outcomes, outcome)
		}
		if n.Kind == yaml.MappingNode && len(n.Content) == 0 {
			r.fail(n, "where must have a %s", name)
		}
		r.object(n, "where, of a "+string(rule.of)+",", may(name, func(n *yaml.Node) {
			if n.Kind == yaml.ScalarNode {
				value(n)
				return
			}
			r.each(name, value)(n)
		}))
	}
}

// checkRetention refuses a rule that can mean nothing, and one that is plainly
// laxer than the law above. The latter would change nothing, because that law holds
// beside it; but whoever wrote it believes otherwise.
func (r *packReader) checkRetention(n *yaml.Node, rule *retentionRule) {
	finding := rule.of == MatterFinding
	switch {
	case finding != (rule.then == MeasureExpunge):
		r.fail(n, "retention rule %s: a finding is expunged; a report or case is kept, or its purge is asked for", rule.id)
		return
	case !finding && rule.from == basisFound:
		r.fail(n, "retention rule %s: only a finding counts from \"found\"", rule.id)
		return
	case r.pack.base == nil:
		return
	}
	for _, old := range r.pack.base.retention {
		if rule.laxer(&old) {
			r.fail(find(n.Content, "after"), "retention rule %s has %s, which is laxer than the %s of %s",
				rule.id, rule.after.words(), old.after.words(), old.ref)
			return
		}
	}
}

// laxer says whether the rule is about nothing but what old is about, counts from
// the same event, and expunges later or keeps for less.
func (rule *retentionRule) laxer(old *retentionRule) bool {
	within := len(old.outcomes) == 0 || len(rule.outcomes) > 0 &&
		!slices.ContainsFunc(rule.outcomes, func(o string) bool { return !slices.Contains(old.outcomes, o) })
	if rule.of != old.of || rule.from != old.from || !within {
		return false
	}
	if rule.then == MeasureExpunge {
		return rule.after.surelyOver(old.after)
	}
	return old.then == MeasureKeep && old.after.surelyOver(rule.after)
}
