package reporttest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Constants returns the constants of a type that package analyze declares, so that tests
// find those that a format does not know: the values of strings, the names of others. It
// reads the source code from the directory of any format.
func Constants(t *testing.T, typeName string) []string {
	t.Helper()
	return constants(t, "of type "+typeName, func(of, _ string) bool { return of == typeName })
}

// UntypedConstants returns the values of the untyped string constants of package analyze
// whose names have a prefix.
func UntypedConstants(t *testing.T, prefix string) []string {
	t.Helper()
	return constants(t, "named "+prefix, func(of, name string) bool { return of == "" && strings.HasPrefix(name, prefix) })
}

func constants(t *testing.T, which string, want func(typeName, name string) bool) []string {
	t.Helper()
	noTests := func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }
	pkgs, err := parser.ParseDir(token.NewFileSet(), "../../analyze", noTests, 0)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range pkgs["analyze"].Files {
		for _, decl := range f.Decls {
			if d, ok := decl.(*ast.GenDecl); ok && d.Tok == token.CONST {
				found = append(found, constantsOf(d, want)...)
			}
		}
	}
	if len(found) == 0 {
		t.Fatalf("package analyze has no constants %s", which)
	}
	slices.Sort(found)
	return found
}

// constantsOf returns the wanted constants of one declaration.
func constantsOf(d *ast.GenDecl, want func(typeName, name string) bool) []string {
	var found []string
	current := ""
	for _, s := range d.Specs {
		spec := s.(*ast.ValueSpec)
		if spec.Type != nil || spec.Values != nil { // otherwise it repeats the previous type
			current = ""
			if id, ok := spec.Type.(*ast.Ident); ok {
				current = id.Name
			}
		}
		for i, name := range spec.Names {
			if !want(current, name.Name) {
				continue
			}
			value := name.Name
			if i < len(spec.Values) {
				if lit, ok := spec.Values[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
					value, _ = strconv.Unquote(lit.Value)
				}
			}
			found = append(found, value)
		}
	}
	return found
}
