package hsds

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"homeward/internal/bounded"
)

// The limits of what is opened. A county's directory has some megabytes.
const (
	maxFile   = 128 << 20
	maxPacked = 64 << 20
	maxTotal  = 512 << 20
	maxRows   = 1_000_000
	maxField  = 1 << 20
	maxFiles  = 1000
)

// Progress is told while a directory is read: how many rows of which file so far.
type Progress func(file string, rows int)

// Open reads the directory at a path: a zip archive, a folder, or a file of JSON. A
// folder is looked at with its subfolders, and nothing outside of it is. It returns
// an error where the whole cannot be read, and ctx's when that ends.
func Open(ctx context.Context, name string, told Progress) (*Directory, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("open the directory: %w", err)
	}
	if info.IsDir() {
		root, err := os.OpenRoot(name)
		if err != nil {
			return nil, fmt.Errorf("open the directory: %w", err)
		}
		defer root.Close()
		files, err := folder(ctx, root.FS())
		if err != nil {
			return nil, err
		}
		return Read(ctx, files, told)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open the directory: %w", err)
	}
	defer file.Close()
	if strings.EqualFold(path.Ext(name), ".zip") {
		files, err := bounded.Unzip(file, bounded.ZipLimits{
			Packed: maxPacked, Entries: maxFiles, Entry: maxFile, Total: maxTotal,
		})
		if err != nil {
			return nil, fmt.Errorf("the archive is refused: %w", err)
		}
		return Read(ctx, files, told)
	}
	data, err := io.ReadAll(bounded.Reader(file, maxFile))
	if err != nil {
		return nil, fmt.Errorf("the file is refused: %w", err)
	}
	return Read(ctx, []bounded.Entry{{Name: path.Base(name), Data: data}}, told)
}

// folder takes the tables and documents of a folder.
func folder(ctx context.Context, from fs.FS) ([]bounded.Entry, error) {
	var files []bounded.Entry
	left := int64(maxTotal)
	err := fs.WalkDir(from, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		wanted := slices.Contains([]string{".csv", ".json"}, strings.ToLower(path.Ext(name)))
		if !wanted || !entry.Type().IsRegular() {
			return ctx.Err()
		}
		if len(files) == maxFiles {
			return &bounded.Error{Reason: bounded.TooMany, Limit: maxFiles}
		}
		opened, err := from.Open(name)
		if err != nil {
			return err
		}
		data, err := io.ReadAll(bounded.Reader(opened, min(maxFile, left)))
		left -= int64(len(data))
		files = append(files, bounded.Entry{Name: name, Data: data})
		return errors.Join(err, opened.Close())
	})
	if err != nil {
		return nil, fmt.Errorf("the folder is refused: %w", err)
	}
	return files, nil
}

// Read reads a directory from its files. Tables win where there are any: then JSON
// but the package's own description is left alone.
func Read(ctx context.Context, files []bounded.Entry, told Progress) (*Directory, error) {
	slices.SortFunc(files, func(a, b bounded.Entry) int { return strings.Compare(a.Name, b.Name) })
	s := &sheets{told: told, tables: map[string]*table{}}
	read := s.json
	if slices.ContainsFunc(files, func(f bounded.Entry) bool { return strings.EqualFold(path.Ext(f.Name), ".csv") }) {
		read = s.csv
		s.describe(files)
	}
	for _, file := range files {
		if err := read(ctx, file); err != nil {
			return nil, err
		}
	}
	if s.rows == 0 {
		return nil, errors.New("there is nothing of a directory here: no organizations, services or locations")
	}
	return s.judge(ctx)
}
