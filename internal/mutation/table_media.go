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
			`append(append(small, parts...), blob)...) // guard`, `append(append(small[:0], parts...), blob)...) // guard`}}},
		{"who asked a moment too late finds what was made", flow, "TestThumbnailIsMadeOnce", []change{{"internal/workflow/thumbnail.go",
			`known.Data != nil { // guard`, `false { // guard`}}},
		{"nothing is added to what was completed", rules, "TestTake", []change{{"internal/advocacy/upload.go",
			`case u.Media != "": // guard`, `case u.Media == "none": // guard`}}},
		{"parts arrive in their order", rules, "TestTake", []change{{"internal/advocacy/upload.go",
			`case offset != u.Offset: // guard`, `case offset < 0: // guard`}}},
		{"parts are neither huge nor dust", rules, "TestTake", []change{{"internal/advocacy/upload.go",
			`case size > LargestPart || size < max(min(left, SmallestPart), 1): // guard`, `case size > left: // guard`}}},
		{"what did not arrive whole is not looked at", rules, "TestTakeInAnyOrder", []change{{"internal/advocacy/upload.go",
			`if u.Offset < u.Size { // guard`, `if u.Offset < 0 { // guard`}}},
		{"nobody fills the store with what is never completed", rules, "TestFits", []change{{"internal/advocacy/upload.go",
			`if u.Size > left { // guard`, `if u.Size > UnfinishedBytes { // guard`}}},
		{"a part of the picture", flow, "TestCropMedia", []change{{"internal/advocacy/library.go",
			`if inside { // guard`, `if inside || a.Width > 0 { // guard`}}},
		{"only who began an upload goes on", flow, "TestUploadIsItsSenders", []change{{"internal/advocacy/upload.go",
			`u.Uploader == a.Person && u.Key == a.Key && // guard`, `true && // guard`}}},
		{"the bytes are those that were announced", flow, "TestUploadRefusedAtTheEnd", []change{{"internal/advocacy/upload.go",
			`arrived != u.Digest { // guard`, `u.Digest == "none" { // guard`}}},
		{"a workspace keeps no more than it may", flow, "TestMediaQuota", []change{{"internal/workflow/media.go",
			`used-m.Size, m.Size); err != nil { // guard`, `used-used, 0); err != nil { // guard`}}},
		{"a picture that a revision shows is not removed", store, "TestSQLite/UsedMedia", []change{{"internal/store/post.go",
			`if err := t.useMedia(ctx, r.Subject.Workspace, r.Content.Pictures()); err != nil { // guard`, `if err := error(nil); err != nil { // guard`}}},
	}
}
