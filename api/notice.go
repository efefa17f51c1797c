package api

import (
	"time"

	"homeward/casework"
	"homeward/internal/access"
	"homeward/postgres"
)

// noticeView is a notice with what became of it: the proof that a person was
// told. The far side's words stay inside, because they repeat addresses.
type noticeView struct {
	casework.Notice

	Href string `json:"href"`
	// AcknowledgedAt is when the recipient said that they have read it.
	AcknowledgedAt time.Time      `json:"acknowledged_at,omitzero"`
	Deliveries     []deliveryView `json:"deliveries"`
}

type deliveryView struct {
	Channel       postgres.ChannelKind   `json:"channel"`
	State         postgres.DeliveryState `json:"state"`
	Attempts      int                    `json:"attempts"`
	LastAttemptAt time.Time              `json:"last_attempt_at,omitzero"`
	LastError     string                 `json:"last_error,omitempty"`
	DeliveredAt   time.Time              `json:"delivered_at,omitzero"`
}

// listNotices answers GET {record}/notices, newest first.
func (a *API) listNotices(c *call, s subject) (reply, error) {
	return a.notices(c, postgres.NoticeFilter{Aggregate: s.Aggregate})
}

// readInbox answers GET /v1/notices: the caller's own, newest first.
func (a *API) readInbox(c *call, _ access.Scope) (reply, error) {
	return a.notices(c, postgres.NoticeFilter{Recipient: c.who.ID})
}

func (a *API) notices(c *call, f postgres.NoticeFilter) (reply, error) {
	q := newQuery(c)
	f.Unacknowledged, f.Limit, f.After = q.flag("unacknowledged"), q.limit(), q.after()
	if err := q.done(); err != nil {
		return reply{}, err
	}
	page, err := a.store.Notices(c.Context(), f)
	aggregate := func(n postgres.SentNotice) string { return n.Aggregate }
	return reply{body: listOf(q, page, showNotice), shown: shown(page.Items, aggregate)}, err
}

func showNotice(n postgres.SentNotice) noticeView {
	view := noticeView{
		Notice: n.Notice, Href: pathOf(n.Aggregate), AcknowledgedAt: n.AcknowledgedAt,
		Deliveries: make([]deliveryView, len(n.Deliveries)),
	}
	for i, d := range n.Deliveries {
		view.Deliveries[i] = deliveryView{
			Channel: d.Channel, State: d.State, Attempts: d.Attempts, LastAttemptAt: d.LastAttemptAt,
			LastError: d.LastError, DeliveredAt: d.DeliveredAt,
		}
	}
	return view
}
