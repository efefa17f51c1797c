package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"homeward/activities"
	"homeward/casework"
	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/policy"
	"homeward/postgres"
)

// byRule is the authority of what a rule of retention has done.
const byRule = "retention-rule"

// Retention applies the rules of the packs to what is kept.
type Retention struct {
	DB      *postgres.DB
	Library *policy.Library
	// AsOf is the time as which rules are due, where a record is.
	AsOf func(zone *time.Location) time.Time
	// Progress is told now and then how many findings and records were looked at.
	Progress func(looked int)
}

// Due is a finding or a closed record of which a rule asks for something now.
type Due struct {
	Record string `json:"record"`
	// Allegation is that of a finding; a record has none.
	Allegation string `json:"allegation,omitempty"`
	policy.Disposal

	// Waits says why nothing more can be done by the rule alone: "held",
	// "to-be-reviewed", "requested", "declined". It is empty otherwise.
	Waits string `json:"waits,omitempty"`
}

// Due visits what is due, findings first. What it cannot judge, because its pack or
// its time zone is not there, is in the error at the end, after everything else was
// visited.
func (r Retention) Due(ctx context.Context, visit func(Due) error) error {
	unknown, looked := map[string]bool{}, 0
	for _, list := range []func(context.Context, postgres.Position) (postgres.Page[postgres.Retained], error){
		r.DB.RetainedFindings, r.DB.RetainedRecords,
	} {
		for after, more := postgres.Position(""), true; more; more = after != "" {
			page, err := list(ctx, after)
			if err != nil {
				return err
			}
			for _, one := range page.Items {
				if err := r.judge(ctx, one, unknown, visit); err != nil {
					return err
				}
			}
			looked += len(page.Items)
			r.Progress(looked)
			after = page.Next
		}
	}
	if len(unknown) > 0 {
		return fmt.Errorf("not everything could be judged; nothing is said, and nothing was done, about what follows "+
			"%s: see --pack-folder", strings.Join(slices.Sorted(maps.Keys(unknown)), ", "))
	}
	return nil
}

// judge visits one that is due.
func (r Retention) judge(ctx context.Context, one postgres.Retained, unknown map[string]bool, visit func(Due) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("stopped before the end; what was done is done, and the next run goes on from there: %w", err)
	}
	pack, zone, missing := r.law(one)
	if missing != "" {
		unknown[missing] = true
		return nil
	}
	kept := policy.Kept{Of: policy.MatterFinding, Outcome: one.Outcome, FoundOn: one.FoundOn, ClosedAt: one.ClosedAt, Zone: zone}
	if one.Allegation == "" {
		kind, _, _ := casework.SplitAggregate(one.Record)
		kept.Of = policy.Matter(kind)
	}
	disposal, ok := pack.Disposal(kept)
	if !ok || !disposal.IsDue(r.AsOf(zone)) {
		return nil
	}
	due := Due{Record: one.Record, Allegation: one.Allegation, Disposal: disposal}
	if disposal.Then == policy.MeasurePurge {
		var err error
		if due.Waits, err = r.waits(ctx, one, due); err != nil {
			return err
		}
	}
	return visit(due)
}

// law returns the pack of a record and where its days begin, or names what of it is
// not there.
func (r Retention) law(one postgres.Retained) (pack *policy.Pack, zone *time.Location, missing string) {
	pack, err := r.Library.Pack(one.Pack)
	if err != nil {
		return nil, nil, cmp.Or(one.Pack, "no pack")
	}
	if zone, err = time.LoadLocation(one.Timezone); err != nil {
		return nil, nil, "the time zone " + one.Timezone
	}
	return pack, zone, ""
}

// waits says why the purge of a record is not to be asked for.
func (r Retention) waits(ctx context.Context, one postgres.Retained, due Due) (string, error) {
	switch {
	case one.Asked:
		return "requested", nil
	case one.Held:
		return "held", nil
	case one.Unreviewed:
		return "to-be-reviewed", nil
	}
	_, err := r.DB.Purge(ctx, due.purge())
	if casework.KindOf(err) == casework.NotFound {
		return "", nil
	}
	return "declined", err // It is there and not on its way: somebody took it back.
}

// purge is the ID of the request: a rule asks once for one record, and what a person
// has declined is not asked for again.
func (d Due) purge() string {
	sum := sha256.Sum256([]byte(d.Record + " " + d.Rule))
	return "purge-" + hex.EncodeToString(sum[:])[:24]
}

// Run does what is due and does not wait for a person, and tells each of it.
func (r Retention) Run(ctx context.Context, now func() time.Time, tell func(Due) error) (activities.Kept, error) {
	var kept activities.Kept
	progress := r.Progress
	r.Progress = func(looked int) { kept.Looked = looked; progress(looked) }
	err := r.Due(ctx, func(due Due) error {
		done := false
		if due.Waits == "" {
			var err error
			if done, err = r.Apply(ctx, due, now()); err != nil {
				return err
			}
		}
		switch {
		case !done:
			kept.Waiting++
			return nil
		case due.Then == policy.MeasureExpunge:
			kept.Expunged++
		default:
			kept.Asked++
		}
		return tell(due)
	})
	return kept, err
}

// NewRetention returns the activity that applies the rules of retention.
func NewRetention(db *postgres.DB, library *policy.Library, now func() time.Time) *activities.Retention {
	return &activities.Retention{Rules: rules{db, library, now}}
}

// rules implements [activities.Rules].
type rules struct {
	db      *postgres.DB
	library *policy.Library
	now     func() time.Time
}

// Apply implements [activities.Rules].
func (r rules) Apply(ctx context.Context, progress func(looked int)) (activities.Kept, error) {
	began := r.now()
	all := Retention{
		DB: r.db, Library: r.library, Progress: progress, AsOf: func(*time.Location) time.Time { return began },
	}
	return all.Run(ctx, r.now, func(Due) error { return nil })
}

// Apply does what the rule asks for: it takes the finding out of the registry, or
// asks for the purge of the record, on which a person decides. Each is one
// transaction with its line in the audit. It says whether it did it: false where the
// record is not there any more, or somebody has placed a hold meanwhile.
func (r Retention) Apply(ctx context.Context, d Due, at time.Time) (done bool, err error) {
	line := audit.Entry{
		Actor: casework.System(), Outcome: audit.Done, Record: d.Record, Part: d.Rule, Reason: byRule,
	}
	by := casework.System().ID
	switch d.Then {
	case policy.MeasureExpunge:
		line.Action = access.Expunge
		_, err = r.DB.Expunge(ctx, postgres.RegistryEntry{
			Report: d.Record, Allegation: d.Allegation, ExpungedBy: by, ExpungedAt: at.UTC(), Authority: byRule, Reference: d.Rule,
		}, line)
	case policy.MeasurePurge:
		line.Action, line.Command = access.RequestPurge, d.purge()
		_, err = r.DB.RequestPurge(ctx, postgres.Purge{
			ID: d.purge(), Record: d.Record, Authority: byRule, Reference: d.Rule, RequestedBy: by, RequestedAt: at.UTC(),
		}, line)
	case policy.MeasureKeep:
		err = errors.New("a rule that keeps asks for nothing")
	}
	if kind := casework.KindOf(err); err != nil && (kind == casework.NotFound || kind == casework.Blocked) {
		return false, nil
	}
	return err == nil, err
}
