package authz

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

// readGrid reads testdata/roles.txt: a header of roles, then a line for each permission.
func readGrid(t *testing.T) (columns []string, rows map[advocacy.Permission]map[string]bool) {
	t.Helper()
	data, err := os.ReadFile("testdata/roles.txt")
	if err != nil {
		t.Fatal(err)
	}
	rows = make(map[advocacy.Permission]map[string]bool)
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || strings.HasPrefix(fields[0], "#"):
		case columns == nil:
			columns = fields[1:]
		case len(fields) != len(columns)+1:
			t.Fatalf("%s has %d cells, want %d", fields[0], len(fields)-1, len(columns))
		case rows[advocacy.Permission(fields[0])] != nil:
			t.Fatalf("%s stands twice", fields[0])
		default:
			cells := make(map[string]bool)
			for i, cell := range fields[1:] {
				if cell != "yes" && cell != "-" {
					t.Fatalf("%s for %s is %q, want yes or -", fields[0], columns[i], cell)
				}
				cells[columns[i]] = cell == "yes"
			}
			rows[advocacy.Permission(fields[0])] = cells
		}
	}
	return columns, rows
}

func TestGrid(t *testing.T) {
	t.Parallel()
	columns, rows := readGrid(t)
	want := []string{"machine"}
	for _, d := range DefaultRoles() {
		want = append(want, string(d.Role))
	}
	if diff := cmp.Diff(want, columns); diff != "" {
		t.Fatalf("columns (-want +got):\n%s", diff)
	}
	a := acme()
	machines := MachinePermissions()
	for _, p := range Permissions() {
		cells, ok := rows[p.Name]
		if !ok {
			t.Errorf("%s has no line in the grid", p.Name)
			continue
		}
		delete(rows, p.Name)
		for column, want := range cells {
			got := p.Machine && slices.Contains(machines, p.Name)
			if column != "machine" {
				got = a.Allow(t.Context(), ask(p.Name, advocacy.Role(column))) == nil
				// What comes with the credential is listed all the same.
				if p.Name == SelfRead {
					got = listed(advocacy.Role(column), p.Name)
				}
			}
			if got != want {
				t.Errorf("%s for %s: got %t, want %t", p.Name, column, got, want)
			}
		}
	}
	for p := range rows {
		t.Errorf("%s stands in the grid and does not exist", p)
	}
}

func listed(r advocacy.Role, p advocacy.Permission) bool {
	return slices.ContainsFunc(DefaultRoles(), func(d advocacy.RoleDef) bool {
		return d.Role == r && slices.Contains(d.Permissions, p)
	})
}

// TestRolesAddUp asks with every pair of roles: two roles permit what either does.
func TestRolesAddUp(t *testing.T) {
	t.Parallel()
	a := acme()
	defs := DefaultRoles()
	for _, p := range Permissions() {
		for _, x := range defs {
			for _, y := range defs {
				want := slices.Contains(x.Permissions, p.Name) || slices.Contains(y.Permissions, p.Name)
				if got := a.Allow(t.Context(), ask(p.Name, x.Role, y.Role)) == nil; got != want {
					t.Errorf("%s for %s and %s: got %t, want %t", p.Name, x.Role, y.Role, got, want)
				}
			}
		}
	}
}

func TestDefaultRolesAreSound(t *testing.T) {
	t.Parallel()
	for _, d := range DefaultRoles() {
		if !d.Builtin || d.DisplayName == "" {
			t.Errorf("%s must be built in and have a name", d.Role)
		}
		seen := make(map[advocacy.Permission]bool)
		for _, p := range d.Permissions {
			if !grants(d.Role, p) || seen[p] {
				t.Errorf("%s lists %s in vain", d.Role, p)
			}
			seen[p] = true
		}
		if seen[ReviewsDecide] != d.Role.Approver() {
			t.Errorf("%s decides: %t", d.Role, seen[ReviewsDecide])
		}
	}
	DefaultRoles()[0].Permissions[0] = RolesUpdate
	if DefaultRoles()[0].Permissions[0] == RolesUpdate {
		t.Error("callers share one list")
	}
	Permissions()[0].Machine = !Permissions()[0].Machine
	if !Permissions()[0].Machine {
		t.Error("callers share the registry")
	}
}

// TestEveryConstantIsRegistered reads the source, so that a new constant cannot be
// forgotten in the list.
func TestEveryConstantIsRegistered(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "permission.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Type == nil || len(spec.Values) != 1 {
			return true
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
			s, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			declared = append(declared, s)
		} else {
			declared = append(declared, string(advocacy.PermissionDecide))
		}
		return true
	})
	var registered []string
	for _, p := range Permissions() {
		registered = append(registered, string(p.Name))
		object, action := p.Name.Split()
		if object == "" || action == "" || strings.ToLower(string(p.Name)) != string(p.Name) || p.Description == "" {
			t.Errorf("%q is no entry of a registry", p.Name)
		}
	}
	if diff := cmp.Diff(declared, registered); diff != "" {
		t.Errorf("constants and registry (-declared +registered):\n%s", diff)
	}
}
