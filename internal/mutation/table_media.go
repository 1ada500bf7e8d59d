package main

// fromTheMedia are the guards over files: what is kept, and for how long.
func fromTheMedia() []mutant {
	const media, store = "./internal/media", "./internal/store"
	return []mutant{
		{"bytes are hashed when they are read", media, "TestBlobs", []change{{"internal/media/blob.go",
			`actual != digest { // guard`, `false && actual != digest { // guard`}}},
		{"a revision uses pictures that are there", store, "TestSQLite/UseAgainstRemoval", []change{{"internal/store/media.go",
			`n != int64(len(blobs)) { // guard`, `n < 0 { // guard`}}},
		{"bytes on their way out are not referred to", store, "TestSQLite/UsedMedia", []change{{"internal/store/blob.go",
			`err == nil && n == 0 { // guard`, `n < 0 { // guard`}}},
		{"bytes that came anew stay", flow, "TestSweepsDoNotMeet", []change{{"internal/workflow/media.go",
			`if err != nil || !removed { // guard`, `if err != nil { // guard`}}},
		{"what is referred to is not removed", store, "TestSQLite/UsedMedia", []change{{"internal/store/blob.go",
			`if found != 0 { // guard`, `if false { // guard`}}},
		{"the bytes of a thumbnail go with its picture", store, "TestSQLite/Thumbnails", []change{{"internal/store/media.go",
			`append(small, blob)...) // guard`, `append(small[:0], blob)...) // guard`}}},
		{"who asked a moment too late finds what was made", flow, "TestThumbnailIsMadeOnce", []change{{"internal/workflow/thumbnail.go",
			`known.Data != nil { // guard`, `false { // guard`}}},
		{"a picture that a revision shows is not removed", store, "TestSQLite/UsedMedia", []change{{"internal/store/post.go",
			`if err := t.useMedia(ctx, r.Subject.Workspace, r.Content.Media); err != nil { // guard`, `if err := error(nil); err != nil { // guard`}}},
	}
}
