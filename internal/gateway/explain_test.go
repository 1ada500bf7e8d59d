package gateway

import "testing"

func TestPathAt(t *testing.T) {
	t.Parallel()
	const body = `{"a": {"b": [1, {"c": "x"}], "d": null}, "é": [[true]]}`
	for offset, want := range map[int]string{
		0: "", 1: "a", 6: "a", 7: "a.b", 12: "a.b", 13: "a.b[0]", 16: "a.b[1]", 17: "a.b[1].c", 22: "a.b[1].c", 29: "a.d", 34: "a.d",
		41: "é", 49: "é[0][0]", 999: "",
	} {
		if got := pathAt([]byte(body), offset); got != want {
			t.Errorf("at %d %q, want %q", offset, got, want)
		}
	}
	if got := offsetOf([]byte("{\n \"é\": x}"), 2, 7); got != 9 {
		t.Errorf("offset %d, want 9", got)
	}
}

func FuzzPathAt(f *testing.F) {
	f.Add([]byte(`{"a":[{"b":1},null]}`), 2, 3)
	f.Add([]byte(`[[[]]]]`), 1, 5)
	f.Add([]byte("{\n\"a\":\xff}"), 2, 4)
	f.Fuzz(func(t *testing.T, body []byte, line, column int) {
		if offset := offsetOf(body, min(line, 100), column); offset < 0 || offset > len(body) {
			t.Errorf("offset %d in %d bytes", offset, len(body))
		}
		pathAt(body, column)
	})
}
