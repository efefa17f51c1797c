package api_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"homeward/casework"
	"homeward/internal/teststack"
)

func TestExport_HasAllThatCanBeReadAndSaysForWhomOnEveryLine(t *testing.T) {
	t.Parallel()
	stack := teststack.New(t, teststack.Options{})
	r := takeReport(t, overStack(t, stack))
	r.screenIn()
	r.do(casework.RoleInvestigator, "contact-attempts", body{
		"victim": r.children[0], "at": justNow(), "outcome": "not-home", "notes": "=HYPERLINK(\"http://x\")",
	})
	answered := r.get(casework.RoleSupervisor, r.path+"/export?purpose=court")
	require.Equal(t, http.StatusOK, answered.status, answered.text)
	require.Equal(t, "application/zip", answered.header.Get("Content-Type"))
	require.Equal(t, `attachment; filename="homeward-report-`+r.number+`.zip"`, answered.header.Get("Content-Disposition"))
	files := unpacked(t, answered.text)

	about := files["README.txt"]
	mark := regexp.MustCompile(`Exported: (report-.*)\n`).FindStringSubmatch(about)
	require.Len(t, mark, 2)
	require.Regexp(t, `^report-`+r.number+` for w-supervisor \(supervisor\), court, \S+Z, request \S+$`, mark[1])
	tables := map[string][][]string{}
	for name, content := range files {
		if name == "README.txt" {
			continue
		}
		sum := sha256.Sum256([]byte(content))
		require.Contains(t, about, hex.EncodeToString(sum[:]), name)
		rows, err := csv.NewReader(strings.NewReader(content)).ReadAll()
		require.NoError(t, err, name)
		for _, row := range rows[1:] {
			require.Equal(t, mark[1], row[len(row)-1], name)
		}
		tables[name] = rows[1:]
	}
	require.Len(t, tables, 7)
	require.Len(t, tables["record.csv"], 1)
	require.Equal(t, "CANARY-NAME Ana", tables["children.csv"][0][1])
	require.Len(t, tables["timeline.csv"], len(r.all(casework.RoleSupervisor, r.path+"/timeline", "200")))
	require.Len(t, tables["duties.csv"], len(r.all(casework.RoleSupervisor, r.path+"/duties", "200")))
	require.NotEmpty(t, tables["notices.csv"])
	words := tables["narratives.csv"]
	require.Equal(t, receipt()["narrative"], words[0][4])
	require.Equal(t, `'=HYPERLINK("http://x")`, words[len(words)-1][4], "nobody's words act as a formula")

	seen := says(r.list(casework.RoleAuditor, r.path+"/audit?action=record.export").Items)
	require.Equal(t, []string{"w-supervisor (supervisor) exported report " + r.number + "; the reason given is court."}, seen)
}

func TestExport_NeedsAPurposeAndTheRight(t *testing.T) {
	t.Parallel()
	r := takeReport(t, overStack(t, teststack.New(t, teststack.Options{})))
	for _, query := range []string{"", "?purpose=", "?purpose=curiosity"} {
		require.Equal(t, http.StatusUnprocessableEntity, r.get(casework.RoleSupervisor, r.path+"/export"+query).status, query)
	}
	r.get(casework.RoleHotline, r.path+"/export?purpose=court").refused(http.StatusForbidden, casework.Forbidden, "")
	r.get(casework.RoleSupervisor, "/v1/cases/99/export?purpose=court").refused(http.StatusNotFound, casework.NotFound, "")
}

func unpacked(t *testing.T, archive string) map[string]string {
	t.Helper()
	packed, err := zip.NewReader(bytes.NewReader([]byte(archive)), int64(len(archive)))
	require.NoError(t, err)
	files := make(map[string]string)
	for _, f := range packed.File {
		content, err := f.Open()
		require.NoError(t, err)
		data, err := io.ReadAll(content)
		require.NoError(t, err, fmt.Sprint("the checksum of ", f.Name))
		files[f.Name] = string(data)
	}
	return files
}
