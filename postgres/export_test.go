package postgres

import (
	"time"

	"homeward/casework"
	"homeward/internal/access"

	"github.com/lib/pq"
)

// The parts of Record, for the benchmark that sends them one by one.
const (
	InsertLog        = `WITH command AS (` + insertCommand + `) ` + insertEvents
	UpsertReadModels = `WITH record AS (` + upsertRecord + `), child AS (` + upsertChildren + `) ` + upsertDuties
	InsertOutbox     = `WITH notice AS (` + insertNotices + `) ` + insertDeliveries
)

// Recording is the parameter of those parts.
func Recording(t casework.Transition) (string, error) {
	sealed, err := seal(t.Events)
	if err != nil {
		return "", err
	}
	return asJSON(recording{Transition: t, Events: sealed})
}

// RetainedRecords is the statement of that list.
const RetainedRecords = retainedRecords

// The statements of the lists with their parameters, for the test that asks
// PostgreSQL how it would run them.

func (f RecordFilter) Statement() (string, []any, error) {
	if f.ByDue {
		return f.byDue()
	}
	return f.byNumber()
}

func (f DutyFilter) Statement() (string, []any, error) { return f.byDue() }

func (f WorklistFilter) Statement() (string, []any, error) { return f.byUrgency() }

func (f NoticeFilter) Statement() (string, []any, error) { return f.newestFirst() }

func (f ReviewFilter) Statement() (string, []any, error) { return f.byDue() }

func (f GlassFilter) Statement() (string, []any, error) { return f.newestFirst() }

func (f AuditFilter) Statement() (string, []any, error) { return f.newestFirst() }

const ClaimDeliveries = claimDeliveries

// DigestReaders and BindDigest are the statements of digests.
const (
	DigestReaders = digestReaders
	BindDigest    = bindDigest
)

const StandingStatement = standing

// Statement is what a search for persons asks, for one mark.
func (q PersonQuery) Statement() (statement string, args []any, err error) {
	return candidates, q.args(casework.KindCase, pq.ByteaArray{{1}}, pq.Int64Array{3}), nil
}

const (
	UnmarkedPersons  = unmarked
	RecordsOfPersons = recordsOfPersons
)

// RecordsOf are the parameters of RecordsOfPersons.
func RecordsOf(scope access.Scope, ids ...string) []any {
	return append(scopeArgs(scope, casework.KindCase, time.Time{}), casework.KindCase, pq.StringArray(ids))
}

// Statement is what a search of the directory asks.
func (f ServiceFilter) Statement() (statement string, args []any, err error) { return f.statement() }

// Statement is what counts needs without a service.
func (f NeedFilter) Statement() (statement string, args []any, err error) {
	statement, args = f.statement()
	return statement, args, nil
}
