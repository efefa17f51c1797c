package casework

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// DigestKey names the digest of a person and a morning for ever: "digest/w-17/2026-01-31".
func DigestKey(recipient string, morning Date) string {
	return "digest/" + recipient + "/" + morning.String()
}

// Digest puts what could wait into one notice under a key: the most urgent first, each
// with its own words, which end with why this person is told. It holds nothing that
// the notices do not.
func Digest(key, recipient string, notices []Notice) Notice {
	notices = slices.Clone(notices)
	slices.SortStableFunc(notices, func(a, b Notice) int {
		return cmp.Or(a.Kind.waits()-b.Kind.waits(), strings.Compare(a.dueBy(), b.dueBy()), a.CreatedAt.Compare(b.CreatedAt),
			strings.Compare(a.Key, b.Key))
	})
	var text strings.Builder
	fmt.Fprintf(&text, "This is what can wait, the most urgent first. What could not has been sent to you by itself.\n")
	for i, n := range notices {
		fmt.Fprintf(&text, "\n%d. %s\n%s\n", i+1, n.Subject, n.Text)
	}
	text.WriteString("\nSay in your inbox what you have read, and it is not sent to you again.")
	return Notice{
		Key: key, Recipient: recipient, Kind: NoticeDigest, Text: text.String(),
		Subject: "This morning: " + count(len(notices), "notice", "notices") + " for you",
	}
}

// dueBy is the date of the duty that a notice is about; those without one come last.
func (n Notice) dueBy() string {
	if n.Why == nil || n.Why.Due == "" {
		return "9999"
	}
	return n.Why.Due
}

// waits orders what can wait: a duty that is at risk before one that has moved, and
// what came back before what was approved.
func (k NoticeKind) waits() int {
	switch k { //nolint:exhaustive // the others do not wait
	case NoticeDutyAtRisk:
		return 1
	case NoticeDutyMoved:
		return 2
	case NoticeReturned:
		return 3
	case NoticeApproved:
		return 4
	}
	return 0
}
