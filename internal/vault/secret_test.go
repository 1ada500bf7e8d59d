package vault

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
)

const canary = "canary-7be1"

// shows tells whether the text holds the canary in any spelling that fmt and the
// encoders know.
func shows(text string) bool {
	bare := strings.ToLower(strings.NewReplacer(" ", "", ",", "", "0x", "", "[", "", "]", "", "{", "", "}", "").Replace(text))
	encoded, _ := json.Marshal([]byte(canary))
	for _, spelling := range []string{
		canary, fmt.Sprintf("%x", canary), strings.Trim(string(encoded), `"`), strings.NewReplacer(" ", "", "[", "", "]", "").Replace(fmt.Sprint([]byte(canary))),
	} {
		if strings.Contains(bare, strings.ToLower(spelling)) || strings.Contains(text, spelling) {
			return true
		}
	}
	return false
}

type envelope struct{ S Secret }

type parcel struct {
	Name   string
	Secret Secret
	Next   *parcel
	Any    any
	Map    map[string]Secret
	List   []Secret
}

func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	if !shows(fmt.Sprintf("%v", []byte(canary))) || !shows(fmt.Sprintf("%#v", []byte(canary))) || !shows(canary) {
		t.Fatal("the test would not notice")
	}
	s := Secret(canary)
	p := parcel{"x", s, &parcel{Secret: s}, s, map[string]Secret{"k": s}, []Secret{s}}
	flat := envelope{s}
	for _, v := range []any{s, &s, flat, &flat, []envelope{flat}, []any{s}, map[string]any{"s": s}, [1]Secret{s}, p, &p, fmt.Errorf("open %v: %v", s, p)} {
		verbs := []string{"%v", "%+v", "%#v", "%-40v|"}
		switch v.(type) {
		case parcel, *parcel: // other verbs go wrong inside, see Secret
		default:
			verbs = append(verbs, "%s", "%q", "%x", "%X", "% x", "%#x", "%d", "%o", "%b", "%c", "%U", "%t", "%08.3f", "%!")
		}
		for _, verb := range verbs {
			if out := fmt.Sprintf(verb, v); shows(out) {
				t.Errorf("%s of %T: %s", verb, v, out)
			}
		}
		if out := fmt.Sprint(v) + fmt.Sprintln(v, "x"); shows(out) {
			t.Errorf("Sprint of %T: %s", v, out)
		}
	}
	if got := fmt.Sprintf("%s|%v|%#v|%x|%d", s, s, s, s, s); got != strings.Join([]string{redacted, redacted, redacted, redacted, redacted}, "|") {
		t.Errorf("printed %s", got)
	}
	if s.String() != redacted || Secret(nil).String() != redacted {
		t.Error("String shows something")
	}
}

func TestSecretIsNeverEncoded(t *testing.T) {
	t.Parallel()
	s := Secret(canary)
	p := parcel{"x", s, &parcel{Secret: s}, s, map[string]Secret{"k": s}, []Secret{s}}
	b, err := json.Marshal(p)
	if err != nil || shows(string(b)) || !bytes.Contains(b, []byte(`"Secret":"[secret]"`)) {
		t.Errorf("json: %s, %v", b, err)
	}
	b, err = xml.Marshal(envelope{s})
	if err != nil || shows(string(b)) {
		t.Errorf("xml: %s, %v", b, err)
	}
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		l := slog.New(h).With("with", s)
		l.Info("a", "secret", s, "pointer", &s, "parcel", p, "group", slog.GroupValue(slog.Any("in", s)))
		l.WithGroup("g").Error(fmt.Sprint("b ", s), slog.Any("error", errors.Join(fmt.Errorf("c %v", s))))
	}
	if shows(log.String()) || strings.Count(log.String(), redacted) < 12 {
		t.Errorf("slog:\n%s", &log)
	}
}

// TestSecretIsStillBytes: redaction is for printers, not for who needs the bytes.
func TestSecretIsStillBytes(t *testing.T) {
	t.Parallel()
	var b []byte = Secret(canary)
	if string(b) != canary {
		t.Error("the bytes are lost")
	}
}

func TestVaultIsNeverPrinted(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("a", "vault", v, "credentials", Credentials{Vault: v})
	out := fmt.Sprintf("%v %+v %#v %s %+v", v, v, v, v, Credentials{Vault: v}) + log.String() + v.String()
	if root := v.keys.Load().root; strings.Contains(out, strings.Trim(fmt.Sprint(root), "[]")) || strings.Contains(out, fmt.Sprintf("%x", root)) {
		t.Errorf("printed the root: %s", out)
	}
	if strings.Count(out, "[vault]") < 6 {
		t.Errorf("printed %s", out)
	}
	_, err := v.Unseal(ada, seal(t, newVault(t), ada, canary))
	if shows(fmt.Sprintf("%+v %#v", err, err)) || advocacy.ReasonOf(err) == "" {
		t.Errorf("the error shows the secret: %+v", err)
	}
}
