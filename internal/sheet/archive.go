package sheet

import (
	"archive/zip"
	"io"
	"time"
)

// Archive writes files that people take along together into one ZIP. It reads none.
type Archive struct {
	zip *zip.Writer
	at  time.Time
}

// NewArchive returns an empty archive, whose files are dated at.
func NewArchive(w io.Writer, at time.Time) *Archive { return &Archive{zip.NewWriter(w), at} }

// Add adds a file by its name, which must be new and no path.
func (a *Archive) Add(name string, content []byte) error {
	w, err := a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.at})
	if err == nil {
		_, err = w.Write(content)
	}
	return err
}

// Close writes the end of the archive, without which it cannot be opened.
func (a *Archive) Close() error { return a.zip.Close() }
