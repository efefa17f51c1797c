package postgres

import (
	"context"
	"time"

	"homeward/casework"

	"github.com/lib/pq"
)

// insertNotices writes the notices that are new and returns them. A notice to
// the manager of somebody who has none goes to nobody. One without parts is of a
// release that knew no digests, and urgent. What is for somebody who is
// absent by the record's clock goes to whoever answers for them, and says so.
const insertNotices = `
INSERT INTO notices (key, aggregate, recipient, role, kind, duty, subject, body, created_at, urgent, why)
SELECT n.key, n.aggregate, told.who, n.role, n.kind, coalesce(n.duty, ''), n.subject,
    n.text || CASE WHEN told.who = meant.whom THEN ''
        ELSE ' You get this because you cover for ' || meant.whom || ' (' || n.role || '), who is absent.' END, n.created_at,
    coalesce(n.urgent, n.why IS NULL),
    CASE WHEN told.who = meant.whom THEN n.why ELSE n.why || jsonb_build_object('for', meant.whom) END
FROM json_to_recordset($1::json -> 'notices') AS n(key text, aggregate text, recipient text, manager_of text,
    role text, kind text, duty text, subject text, text text, created_at timestamptz, urgent boolean, why jsonb)
    LEFT JOIN workers w ON w.id = n.manager_of AND n.recipient = ''
    CROSS JOIN LATERAL (SELECT coalesce(nullif(n.recipient, ''), w.manager) AS whom) AS meant
    CROSS JOIN LATERAL (SELECT answering(meant.whom, n.aggregate, n.created_at) AS who) AS told
WHERE n.recipient <> '' OR w.manager <> ''
ON CONFLICT (key) DO NOTHING
RETURNING key, aggregate, recipient, urgent`

const notices = `
SELECT n.key, n.aggregate, n.recipient, n.role, n.kind, n.duty, n.subject, n.body, n.created_at, n.urgent,
    coalesce(n.why, 'null'), n.acknowledged_at,
    (SELECT coalesce(json_agg(json_build_object('channel', d.channel, 'state', d.state, 'attempts', d.attempts,
            'last_attempt_at', d.last_attempt_at, 'last_error', d.last_error, 'delivered_at', d.delivered_at,
            'provider_id', d.provider_id) ORDER BY d.channel), '[]')
        FROM deliveries d WHERE d.notice = n.key)
FROM notices n
WHERE ($1 = '' OR (n.recipient = $1 AND NOT EXISTS (
        SELECT FROM access_rules x LEFT JOIN records r ON r.aggregate = n.aggregate
        WHERE x.kind = 'conflict' AND x.worker = $1 AND x.ended_at IS NULL
            AND x.aggregate IN (n.aggregate, 'report-' || r.from_report, 'case-' || r.to_case))))
    AND ($2 = '' OR n.aggregate = $2)
    AND (NOT $6 OR n.acknowledged_at IS NULL)
    AND (n.created_at, n.key) < ($3::timestamptz, $4)
ORDER BY n.created_at DESC, n.key DESC LIMIT $5`

// NoticeFilter narrows [DB.Notices]: to a person's inbox, to a record, or both.
// One of the two is required.
type NoticeFilter struct {
	Recipient string
	Aggregate string
	// Unacknowledged leaves out what its reader has acknowledged.
	Unacknowledged bool
	After          Position
	// Limit is the number of notices of a page: 50 by default, at most 500.
	Limit int
}

// SentNotice is a notice with what became of it on each channel but the inbox,
// where it is by being here.
type SentNotice struct {
	casework.Notice

	// AcknowledgedAt is when the recipient said that they have read it.
	AcknowledgedAt time.Time  `json:"acknowledged_at,omitzero"`
	Deliveries     []Delivery `json:"deliveries"`
}

// Notices lists notices, newest first.
func (db *DB) Notices(ctx context.Context, f NoticeFilter) (Page[SentNotice], error) {
	statement, args, err := f.newestFirst()
	if err != nil {
		return Page[SentNotice]{}, err
	}
	rows, err := query(ctx, db, "list notices", statement, args, scanNotice)
	return paged(rows, pageSize(f.Limit), func(n SentNotice) Position {
		return positionOf(n.CreatedAt, n.Key)
	}), err
}

func (f NoticeFilter) newestFirst() (string, []any, error) {
	if f.Recipient == "" && f.Aggregate == "" {
		return "", nil, inconsistent("a list of notices needs a recipient or a record")
	}
	created, key := "infinity", ""
	if f.After != "" {
		var at time.Time
		if err := f.After.into(&at, &key); err != nil {
			return "", nil, err
		}
		created = string(pq.FormatTimestamp(at))
	}
	return notices, []any{f.Recipient, f.Aggregate, created, key, pageSize(f.Limit) + 1, f.Unacknowledged}, nil
}

func scanNotice(row scanner) (SentNotice, error) {
	var n SentNotice
	err := row.Scan(&n.Key, &n.Aggregate, &n.Recipient, &n.Role, &n.Kind, &n.Duty, &n.Subject, &n.Text,
		instant{&n.CreatedAt}, &n.Urgent, document{&n.Why}, instant{&n.AcknowledgedAt}, document{&n.Deliveries})
	return n, err
}
