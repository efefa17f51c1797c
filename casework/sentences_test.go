package casework_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"homeward/casework"
)

// sentence is one refusal that a step can give, as it stands in the source. What the
// source puts together of parts is a pattern.
type sentence struct {
	step string
	// at is where it stands: "hearing.go:104".
	at string
	// code is a blocker's, field that of any other refusal.
	code, field, words *regexp.Regexp
	// form says that it is a common rule about the form of a field, whatever it says.
	form bool
}

func (s sentence) String() string {
	said := s.words.String()
	switch {
	case s.form:
		said = "the form of field " + s.field.String()
	case s.code != nil:
		said = s.code.String() + ": " + said
	case s.field.String() != plain(""):
		said = "field " + s.field.String() + ": " + said
	}
	said = strings.NewReplacer("^(?s:", "", ")$", "", `\`, "").Replace(said)
	return strings.TrimSpace(fmt.Sprintf("%s (%s): %s", s.step, s.at, said))
}

// says tells whether a refusal is this sentence.
func (s sentence) says(e *casework.Error) bool {
	if s.code == nil {
		return s.field.MatchString(e.Field) && s.words.MatchString(e.Detail)
	}
	return slices.ContainsFunc(e.Missing, func(b casework.Blocker) bool {
		return s.code.MatchString(b.Code) && s.words.MatchString(b.Detail)
	})
}

// source is the package under test with what each name in it stands for. Nothing that
// it imports is read: who refuses what is all within.
type source struct {
	fset  *token.FileSet
	info  *types.Info
	pkg   *types.Package
	funcs map[*types.Func]*ast.FuncDecl
}

func readSource() (*source, error) {
	s := &source{fset: token.NewFileSet(), funcs: map[*types.Func]*ast.FuncDecl{}, info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{},
	}}
	names, err := filepath.Glob("*.go")
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(s.fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	conf := types.Config{Importer: noImports{}, Error: func(error) {}}
	if s.pkg, _ = conf.Check("homeward/casework", s.fset, files, s.info); s.pkg == nil {
		return nil, errors.New("the package cannot be read")
	}
	for _, file := range files {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok {
				s.funcs[s.info.Defs[f.Name].(*types.Func)] = f
			}
		}
	}
	return s, nil
}

type noImports struct{}

func (noImports) Import(string) (*types.Package, error) { return nil, errors.ErrUnsupported }

// sentencesOf lists what a step can refuse: all that its body's check, blockers and
// refuse come to.
func (s *source) sentencesOf(step casework.Step) ([]sentence, error) {
	body := s.pkg.Scope().Lookup(reflect.TypeOf(step.New()).Elem().Name())
	if body == nil {
		return nil, errors.New(step.Name + " has no body in the source")
	}
	methods, seen := types.NewMethodSet(types.NewPointer(body.Type())), map[*types.Func]bool{}
	var found []sentence
	for _, name := range []string{"check", "blockers", "refuse"} {
		method := methods.Lookup(s.pkg, name)
		if method == nil {
			return nil, errors.New(step.Name + " has no " + name)
		}
		found = append(found, s.within(method.Obj().(*types.Func), seen)...)
	}
	for i := range found {
		found[i].step = step.Name
	}
	return found, nil
}

// within lists the sentences of a function and of every one that it uses.
func (s *source) within(f *types.Func, seen map[*types.Func]bool) []sentence {
	decl := s.funcs[f.Origin()]
	if decl == nil || decl.Body == nil || seen[f.Origin()] {
		return nil
	}
	seen[f.Origin()] = true
	var found []sentence
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			said, own := s.call(n)
			found = append(found, said...)
			return !own
		case *ast.CompositeLit:
			found = append(found, s.blocker(n)...)
		case *ast.Ident:
			if used, ok := s.info.Uses[n].(*types.Func); ok {
				found = append(found, s.within(used, seen)...)
			}
		}
		return true
	})
	return found
}

// call reads a call that refuses. A common rule about the form of a field is asked by
// so many steps that one row for each field is enough.
func (s *source) call(call *ast.CallExpr) (said []sentence, own bool) {
	var name *ast.Ident
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		name = fun
	case *ast.SelectorExpr:
		name = fun.Sel
	}
	if name == nil {
		return nil, false
	}
	f, ok := s.info.Uses[name].(*types.Func)
	if !ok || f.Pkg() != s.pkg {
		return nil, false
	}
	at := s.at(call)
	switch strings.TrimPrefix(f.FullName(), "homeward/casework.") {
	case "InvalidField", "(*homeward/casework.checker).refuse":
		for _, words := range s.texts(call.Args[1]) {
			said = append(said, sentence{at: at, field: s.pattern(call.Args[0]), words: regexp.MustCompile(words)})
		}
	case "NewError":
		said = append(said, sentence{at: at, field: regexp.MustCompile(plain("")), words: s.pattern(call.Args[1])})
	case "(*homeward/casework.checker).required", "(*homeward/casework.checker).opaque", "(*homeward/casework.checker).oneOf",
		"(*homeward/casework.checker).day", "(*homeward/casework.checker).instant", "(*homeward/casework.checker).list":
		said = append(said, sentence{at: at, form: true, field: s.pattern(call.Args[0]), words: regexp.MustCompile("")})
	default:
		return nil, false
	}
	return said, true
}

// blocker reads what stands in the way of a step.
func (s *source) blocker(lit *ast.CompositeLit) []sentence {
	parts := map[string]*regexp.Regexp{}
	for _, elt := range lit.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok {
				parts[key.Name] = s.pattern(kv.Value)
			}
		}
	}
	if parts["Code"] == nil || parts["Detail"] == nil {
		return nil
	}
	return []sentence{{at: s.at(lit), code: parts["Code"], words: parts["Detail"]}}
}

func (s *source) at(n ast.Node) string {
	p := s.fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

func plain(text string) string { return "^(?s:" + text + ")$" }

// pattern is what an expression can say.
func (s *source) pattern(e ast.Expr) *regexp.Regexp { return regexp.MustCompile(plain(s.text(e))) }

// texts are the patterns of an expression: where it calls a function of the package
// that finds the words, each of those.
func (s *source) texts(e ast.Expr) []string {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return []string{plain(s.text(e))}
	}
	var found []string
	if name, ok := call.Fun.(*ast.SelectorExpr); ok {
		if f, ok := s.info.Uses[name.Sel].(*types.Func); ok && s.funcs[f] != nil {
			ast.Inspect(s.funcs[f].Body, func(n ast.Node) bool {
				if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) == 1 {
					found = append(found, plain(s.text(r.Results[0])))
				}
				return true
			})
		}
	}
	if found == nil {
		return []string{plain(".*")}
	}
	return found
}

// text is what an expression says for sure, and anything for the rest of it.
func (s *source) text(e ast.Expr) string {
	if v := s.info.Types[e].Value; v != nil && v.Kind() == constant.String {
		return regexp.QuoteMeta(constant.StringVal(v))
	}
	if sum, ok := e.(*ast.BinaryExpr); ok {
		return s.text(sum.X) + s.text(sum.Y)
	}
	return ".*"
}
