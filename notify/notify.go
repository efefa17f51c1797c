// Package notify sends notices to people: by e-mail and by signed webhook. The
// inbox needs no sender, because the row that a person reads is the delivery. A
// sender makes one attempt and says what became of it; who is told, when it is
// tried again and what is recorded is decided elsewhere.
//
// Addresses, recipients and the texts of far servers, which repeat addresses,
// stay out of errors, logs and metrics.
package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"

	"homeward/casework"
)

// Channel is a way to reach a person beside the inbox. The values are stored and
// are metric labels.
type Channel string

// The channels.
const (
	ChannelEmail   Channel = "email"
	ChannelWebhook Channel = "webhook"
)

// Delivery is one notice on its way to one address.
type Delivery struct {
	Notice  casework.Notice
	Channel Channel
	// Address is what the channel understands: a mail address, a URL.
	Address string
}

// LogValue shows the channel and the hashed key and keeps the rest out of logs.
func (d Delivery) LogValue() slog.Value {
	return slog.GroupValue(slog.String("channel", string(d.Channel)), slog.String("notice", KeyHash(d.Notice.Key)))
}

// String shows what LogValue shows, so that no format verb prints an address.
func (d Delivery) String() string {
	return string(d.Channel) + " " + KeyHash(d.Notice.Key)
}

// Receipt is what the far side answered to a delivery, for the proof that is
// kept with the attempt.
type Receipt struct {
	// Response is one line of at most 200 bytes: "250 2.0.0 queued as 4F2A". It
	// may repeat an address, so it is stored and never logged.
	Response string
}

// Sender makes one attempt to deliver. It returns nil only when the far side has
// taken responsibility for the notice; every error is an [*Error]. It returns
// soon after ctx ends and is safe for use by many goroutines.
type Sender interface {
	Send(ctx context.Context, d Delivery) (Receipt, error)
}

// KeyHash returns the short public form of a notice's key: 32 hex digits that
// tell notices apart and say nothing. It is the local part of the Message-ID and
// what logs show.
func KeyHash(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:16])
}

// clip makes a single line of at most 200 bytes.
func clip(text string) string {
	const limit = 200
	line := []byte(text)
	for i, c := range line {
		if c < ' ' || c == 0x7f {
			line[i] = ' '
		}
	}
	return string(line[:min(len(line), limit)])
}
