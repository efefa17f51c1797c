package casework_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
)

func TestDigest_TellsTheMostUrgentFirstAndWhy(t *testing.T) {
	t.Parallel()
	notice := func(key string, kind casework.NoticeKind, due string) casework.Notice {
		n := casework.Notice{
			Key: key, Kind: kind, Subject: "About " + key, Text: "Words of " + key + ". You are told because you are the caseworker.",
			CreatedAt: clock(t, "2025-01-20 09:00"),
		}
		if due != "" {
			n.Why = &casework.NoticeWhy{Due: due}
		}
		return n
	}
	given := []casework.Notice{
		notice("a", casework.NoticeApproved, ""), notice("b", casework.NoticeDutyMoved, "2025-02-02"),
		notice("c", casework.NoticeDutyAtRisk, "2025-01-29"), notice("d", casework.NoticeReturned, ""),
		notice("e", casework.NoticeDutyAtRisk, "2025-01-25"),
	}
	digest := casework.Digest("digest/w-17/2025-01-21", "w-17", given)
	require.Equal(t, "a", given[0].Key, "the argument is left as it is")
	require.Equal(t, "This morning: 5 notices for you", digest.Subject)
	require.Equal(t, `This is what can wait, the most urgent first. What could not has been sent to you by itself.

1. About e
Words of e. You are told because you are the caseworker.

2. About c
Words of c. You are told because you are the caseworker.

3. About b
Words of b. You are told because you are the caseworker.

4. About d
Words of d. You are told because you are the caseworker.

5. About a
Words of a. You are told because you are the caseworker.

Say in your inbox what you have read, and it is not sent to you again.`, digest.Text)
	require.Equal(t, "digest/w-17/2025-01-21", casework.DigestKey("w-17", day(t, "2025-01-21")))
}
