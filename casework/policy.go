package casework

import "strings"

// policyMove pins a record to another policy pack, most often a newer version of
// its own: the law has changed, or a mistake in a pack was mended. Every duty is
// derived again from the same facts.
type policyMove struct {
	// From is the pack that the record follows, as the caller has read it.
	From string `json:"from"`
	// Pack is the one that it shall follow, with its version: "washington@2025.2".
	Pack   string `json:"pack"`
	Reason Text   `json:"reason"`
}

// CasePolicyMove pins a case to another policy pack.
type CasePolicyMove struct {
	wholeRecord
	policyMove
}

// ReportPolicyMove pins a report to another policy pack.
type ReportPolicyMove struct {
	wholeRecord
	policyMove
}

// NewPolicyMove returns the body of the step that pins a record of a kind to
// another pack.
func NewPolicyMove(kind AggregateKind, from, pack string, reason Text) Body {
	move := policyMove{From: from, Pack: pack, Reason: reason}
	if kind == KindReport {
		return &ReportPolicyMove{policyMove: move}
	}
	return &CasePolicyMove{policyMove: move}
}

// The steps that pin a record to another policy pack.
const (
	StepMoveCasePolicy   = "case.move-policy"
	StepMoveReportPolicy = "report.move-policy"
)

// Says tells the event in a sentence.
func (b *policyMove) Says() string {
	return "Moved from policy pack " + b.From + " to " + b.Pack + "."
}

// Narratives returns why the record was moved.
func (b *policyMove) Narratives() []*Text { return []*Text{&b.Reason} }

// Packs returns the pack that the record is moved from and the one that it is
// moved to. Whether the second is there, and is the law of the same place, is
// known to the policy library alone; see workflows.Law.
func (b *policyMove) Packs() (from, to string) { return b.From, b.Pack }

func (b *policyMove) revises() {}

func (b *policyMove) check(k *checker) {
	k.required("reason", string(b.Reason))
	k.required("pack", b.Pack)
	// A pack without its version would mean another law next year.
	if !pinned(b.Pack) {
		k.refuse("pack", "Name the pack with its version, like washington@2025.1.")
	}
}

// pinned says whether a reference names a pack and one version of it. What else
// it says could hold a name, and stands in every timeline.
func pinned(ref string) bool {
	const allowed = "abcdefghijklmnopqrstuvwxyz0123456789-."
	id, version, ok := strings.Cut(ref, "@")
	odd := func(r rune) bool { return !strings.ContainsRune(allowed, r) }
	return ok && id != "" && version != "" && len(ref) <= maxID && !strings.ContainsFunc(id+version, odd)
}

// follows refuses a move from where the record is not, and one to where it is.
func (b *policyMove) follows(r *Record) error {
	switch {
	case b.Pack == r.Pack:
		return InvalidField("pack", "This record follows that pack already. Name another one, or leave it as it is.")
	case b.From != r.Pack:
		return NewError(Stale, "Somebody has moved this record to another pack since you read it. Read it again, then decide.")
	}
	return nil
}

func (b *CasePolicyMove) blockers(*Case, string) []Blocker { return nil }

func (b *CasePolicyMove) refuse(c *Case, _ Command) error { return b.follows(&c.Record) }

func (b *CasePolicyMove) apply(c *Case, _ Event) { c.Pack = b.Pack }

func (b *ReportPolicyMove) blockers(*Report, string) []Blocker { return nil }

func (b *ReportPolicyMove) refuse(r *Report, _ Command) error { return b.follows(&r.Record) }

func (b *ReportPolicyMove) apply(r *Report, _ Event) { r.Pack = b.Pack }
