package web

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

func TestShot(t *testing.T) {
	if os.Getenv("SHOT") == "" {
		t.Skip()
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.ExecPath("/usr/bin/chromium"))
	actx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	defer cancel()
	ctx, cancel2 := chromedp.NewContext(actx)
	defer cancel2()
	for _, spec := range strings.Fields(os.Getenv("SHOT")) {
		f := strings.Split(spec, ",")
		width := int64(1280)
		if f[2] == "390" {
			width = 390
		}
		if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
			t.Fatal(err)
		}
		if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: f[3]}}}); err != nil {
			t.Fatal(err)
		}
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 860, chromedp.EmulateScale(1)), chromedp.Navigate(f[1]), chromedp.Sleep(500*time.Millisecond)); err != nil {
			t.Fatal(spec, err)
		}
		if len(f) > 4 {
			if err := chromedp.Do(ctx, chromedp.Click(strings.ReplaceAll(f[4], "_", " ")), chromedp.Sleep(700*time.Millisecond)); err != nil {
				t.Fatal(spec, err)
			}
		}
		over, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.documentElement.scrollWidth+" of "+innerWidth`))
		t.Log(f[0], over, err)
		buf, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
		if err != nil {
			t.Fatal(err)
		}
		os.WriteFile("/tmp/shot-"+f[0]+".png", buf, 0o644)
	}
}
