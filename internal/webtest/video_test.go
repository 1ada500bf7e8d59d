package webtest

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/imprimatur-hq/imprimatur/internal/media/mediatest"
)

// shades are the pictures of a film, for two seconds each; each is grey, and lighter than the one before.
const shades = 6

// filmed has the browser draw and pack the pictures of a film, with so many bytes of nothing in its
// middle.
func (b *browser) filmed(between int) []byte {
	b.t.Helper()
	b.until(`(globalThis.packed ??= (() => {
		globalThis.frames = [];
		const coder = new VideoEncoder({
			output: (chunk) => { const data = new Uint8Array(chunk.byteLength); chunk.copyTo(data); frames.push(btoa(String.fromCharCode(...data))); },
			error: (broken) => { throw broken; },
		});
		coder.configure({ codec: "vp09.00.10.08", width: 128, height: 96 });
		const canvas = new OffscreenCanvas(128, 96);
		const pen = canvas.getContext("2d");
		for (let i = 0; i < 6; i++) {
			pen.fillStyle = "rgb(" + [i * 40, i * 40, i * 40] + ")";
			pen.fillRect(0, 0, 128, 96);
			const frame = new VideoFrame(canvas, { timestamp: i * 2e6 });
			coder.encode(frame, { keyFrame: true });
			frame.close();
		}
		return coder.flush();
	})(), frames.length === 6)`)
	var frames [][]byte
	for packed := range strings.SplitSeq(ask[string](b, `frames.join(" ")`), " ") {
		frame, err := base64.StdEncoding.DecodeString(packed)
		if err != nil {
			b.t.Fatal(err)
		}
		frames = append(frames, frame)
	}
	return mediatest.Film{
		Codec: "vp09", Width: 128, Height: 96, Frames: frames, Milliseconds: shades * 2000, Between: between,
		Setup: mediatest.Box("vpcC", []byte{1, 0, 0, 0, 0, 10, 8<<4 | 1<<1, 1, 1, 1, 0, 0}),
	}.Bytes()
}

// chooses takes a file in a field, as somebody does who picks it from a folder.
func (b *browser) chooses(field string, file []byte, name string) {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), name)
	if err := os.WriteFile(path, file, 0o600); err != nil {
		b.t.Fatal(err)
	}
	do(b, "choose a file", chromedp.SetUploadFiles(chromedp.CSS(field), []string{path}, chromedp.NodeReady))
}

// plays has the player of a page go on by itself, and then from each second that is asked for: what
// it shows there is what was drawn for that second.
func (b *browser) plays() {
	b.t.Helper()
	b.until(`document.querySelector("main video")?.readyState >= 1`)
	if length := ask[float64](b, `document.querySelector("main video").duration`); length != 2*shades {
		b.t.Errorf("it takes %v s", length)
	}
	do(b, "play", chromedp.Action[bool](func(ctx context.Context, page *chromedp.Target) (bool, error) {
		return chromedp.Evaluate[bool](`(() => { const film = document.querySelector("main video"); film.muted = true; film.play(); return true; })()`,
			func(p *runtime.EvaluateParams) { p.UserGesture = new(true) })(ctx, page)
	}))
	b.until(`document.querySelector("main video").currentTime > 0.3`)
	ask[bool](b, `(document.querySelector("main video").pause(), true)`)
	for _, shade := range []int{4, 1, 5} {
		ask[bool](b, fmt.Sprintf(`(document.querySelector("main video").currentTime = %d.5, true)`, 2*shade))
		b.until(`!document.querySelector("main video").seeking && document.querySelector("main video").readyState >= 2`)
		seen := ask[int](b, `(() => {
			const canvas = document.createElement("canvas");
			canvas.width = 128; canvas.height = 96;
			const pen = canvas.getContext("2d");
			pen.drawImage(document.querySelector("main video"), 0, 0, 128, 96);
			return pen.getImageData(64, 48, 1, 1).data[0];
		})()`)
		if seen < 40*shade-18 || seen > 40*shade+18 {
			b.t.Errorf("at %d s it shows %d, drawn was %d", 2*shade, seen, 40*shade)
		}
	}
}

// A video that is larger than a form may be is added while somebody writes on, goes on after its way
// broke off, and is played, from wherever they like, by those who look at it.
func TestVideoIsSentAndPlayed(t *testing.T) {
	t.Parallel()
	inLooks(t, 3, videoIsSentAndPlayed)
}

func videoIsSentAndPlayed(t *testing.T, l look) {
	h := open(t)
	b := h.browse(t, "Camille", l)
	b.open(workspace + "/compose")
	b.until(`document.querySelector("[name=account]:checked")`)
	film := b.filmed(21 << 20)
	b.write("#compose-text", "Six shades of grey.")
	// Its way breaks off twice: once before a part is there, and once before anybody hears that it is.
	ask[bool](b, `(() => {
		const way = globalThis.fetch;
		let parts = 0;
		globalThis.fetch = async (to, how) => {
			if (!/\/uploads\/.*offset=/.test(to)) return way(to, how);
			parts++;
			if (parts === 3) throw new TypeError("broken");
			const answer = await way(to, how);
			if (parts === 5) throw new TypeError("broken");
			if (parts === 7) await new Promise((on) => { globalThis.goOn = on; });
			return answer;
		};
		return true;
	})()`)
	b.chooses("#compose-file", film, "Grey.mp4")
	b.until(`globalThis.goOn && document.querySelector("#compose-progress").value > 30`)
	// Meanwhile writing is kept, and nothing is submitted without it.
	b.write("#compose-text", " All of them ours.")
	b.until(`document.querySelector("#compose-preview").textContent.includes("All of them ours.")`)
	b.click("#compose-submit")
	b.until(`document.querySelector("[data-refusal]").textContent === document.querySelector("#compose-file").dataset.carrying`)
	b.keep("video-" + l.String())
	ask[bool](b, `(goOn(), true)`)
	b.until(`[...document.querySelectorAll("#compose-media .file strong")].some((e) => e.textContent === "Grey.mp4")`)
	if n := ask[int](b, `performance.getEntriesByType("resource").filter((e) => /uploads\/.*offset=/.test(e.name)).length`); n < 11 {
		t.Errorf("it was sent in %d parts", n)
	}
	b.write(`[name=alt]`, "A wall turns from black to grey.")
	b.until(`document.querySelector("#compose-preview video")?.ariaLabel === "A wall turns from black to grey."`)
	b.until(`!document.querySelector("#compose[data-changed]")`)
	b.plays()

	b.click("#compose-submit")
	b.until(`/\/posts\//.test(location.pathname)`)
	post := company + ask[string](b, `location.pathname.slice(location.pathname.indexOf("/posts/"))`)
	legal := h.browse(t, "Priya", l)
	legal.open(queuePage(h.colleague(t, "Priya").turnAbout(post, "legal")))
	legal.plays()
	parts := ask[int](legal, `performance.getEntriesByType("resource").filter((e) => e.name === document.querySelector("main video").src).length`)
	if parts < 2 {
		t.Errorf("it was asked for in %d parts", parts)
	}
	legal.keep("video-queue-" + l.String())

	// A curator puts it behind what an item has: the file is there already, and sent all the same.
	curator := h.colleague(t, "Inès")
	item, _ := curator.call(http.MethodPost, "workspaces/alder/libraryItems", map[string]any{
		"title": "Shades", "networks": []string{"wall"}, "content": map[string]any{"language": "en", "text": "Six shades of grey."},
	})["name"].(string)
	desk := h.browse(t, "Inès", l)
	desk.open(workspace + "/desk/items/" + item[strings.LastIndexByte(item, '/')+1:])
	desk.unfold("[data-carries]")
	desk.chooses("#file", film, "Grey.mp4")
	desk.write("#newalt", "A wall turns from black to grey.")
	desk.click("[data-carries] .btn")
	desk.says("web.said.desk.illustrated")
	desk.until(`document.querySelector("main video")?.ariaLabel === "A wall turns from black to grey."`)
	if desk.posted("/media") != 1 || desk.posted("/uploads") != 1 {
		t.Errorf("the file was sent %v", desk.sent)
	}
}
