package postgres

import (
	"time"

	"homeward/casework"
	"homeward/internal/access"

	"github.com/lib/pq"
)

// visible is [access.Scope.Covers] in SQL, for a row of records. Its parameters
// are those of [scopeArgs], from $1 on. A test on random records and people holds
// the two together.
//
// Whose records are few are found by what ties them to the viewer; the wide
// scopes, that of an office or of everything, go through the list that is asked
// for and leave out what they must.
const visible = `
    NOT EXISTS (SELECT FROM access_rules x WHERE x.kind = 'conflict' AND x.worker = $1 AND x.ended_at IS NULL
        AND x.aggregate IN (records.aggregate, 'report-' || records.from_report, 'case-' || records.to_case))
    AND ($2::boolean OR aggregate IN (` + tied + `))
    AND (` + named + ` OR (
        NOT EXISTS (SELECT FROM access_rules x WHERE x.kind = 'seal' AND x.aggregate = records.aggregate AND x.ended_at IS NULL)
        AND (` + inLine + ` OR ` + throughGlass + ` OR (NOT restricted AND (` + around + `)))))`

// tied are the records that a viewer has some tie to beside the whole office.
const tied = `
        SELECT t.aggregate FROM records t WHERE $3::boolean AND t.worker = $1
        UNION ALL SELECT t.aggregate FROM records t WHERE $3::boolean AND t.supervisor = $1
        UNION ALL SELECT t.aggregate FROM workers s JOIN records t ON t.supervisor = s.id WHERE $3::boolean AND s.manager = $1
        UNION ALL SELECT t.aggregate FROM workers w JOIN records t ON t.worker = w.id
            WHERE $5 <> '' AND w.unit = $5 AND t.office = $4
        UNION ALL SELECT t.aggregate FROM covers k JOIN records t ON t.worker = k.absent WHERE $3::boolean AND ` + covering + `
        UNION ALL SELECT t.aggregate FROM covers k JOIN records t ON t.supervisor = k.absent WHERE $3::boolean AND ` + covering + `
        UNION ALL SELECT t.aggregate FROM covers k JOIN workers s ON s.manager = k.absent JOIN records t ON t.supervisor = s.id
            WHERE $3::boolean AND ` + covering + `
        UNION ALL SELECT x.aggregate FROM access_rules x WHERE x.kind = 'grant' AND x.worker = $1 AND x.ended_at IS NULL
        UNION ALL SELECT x.aggregate FROM glass x WHERE $8::boolean AND x.worker = $1 AND x.expires_at > $9`

// covering are the covers k that are the viewer's now.
const covering = `k.delegate = $1 AND k.ended_at IS NULL AND k.from_at <= $9 AND k.until_at > $9`

// throughCover: a viewer covers for somebody of the line.
const throughCover = `($3::boolean AND EXISTS (SELECT FROM covers k WHERE ` + covering + `
            AND k.absent IN (records.worker, records.supervisor,
                (SELECT s.manager FROM workers s WHERE s.id = records.supervisor))))`

const named = `EXISTS (SELECT FROM access_rules x WHERE x.kind = 'grant' AND x.aggregate = records.aggregate AND x.worker = $1
        AND x.ended_at IS NULL AND (x.expires_at IS NULL OR x.expires_at > $9))`

const inLine = `($3::boolean AND (worker = $1 OR supervisor = $1
            OR EXISTS (SELECT FROM workers s WHERE s.id = records.supervisor AND s.manager = $1)))`

const throughGlass = `($8::boolean AND EXISTS (SELECT FROM glass x WHERE x.aggregate = records.aggregate
            AND x.worker = $1 AND x.watched_at IS NOT NULL AND x.expires_at > $9))`

const around = throughCover + ` OR $7::boolean OR office = ANY ($6)
            OR ($4 <> '' AND $5 = '' AND office = $4)
            OR ($5 <> '' AND office = $4 AND EXISTS (SELECT FROM workers w WHERE w.id = records.worker AND w.unit = $5))`

// scopeArgs are the parameters of [visible] for records of a kind: the viewer,
// whether the scope is wide, whether the line counts, office and unit, offices,
// all, glass, and the time by the wall clock.
func scopeArgs(s access.Scope, kind casework.AggregateKind, now time.Time) []any {
	if s.Kind != "" && s.Kind != kind {
		s.Line, s.Office, s.Unit, s.All = false, "", "", false
	}
	wide := !s.None && (s.All || len(s.Offices) > 0 || (s.Office != "" && s.Unit == ""))
	viewer := s.Viewer
	if s.None {
		viewer, s = "", access.Scope{}
	}
	offices := []string{}
	for _, office := range s.Offices {
		if office != "" {
			offices = append(offices, office)
		}
	}
	return []any{viewer, wide, s.Line, s.Office, s.Unit, pq.StringArray(offices), s.All, s.Glass, now.UTC()}
}
