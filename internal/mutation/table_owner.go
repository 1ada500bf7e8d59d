package main

// fromTheOwners are guards over who answers for library items, and over how they come from
// elsewhere.
func fromTheOwners() []mutant {
	const owner, transfer, imports = "internal/advocacy/owner.go", "internal/workflow/transfer.go", "internal/workflow/import.go"
	return []mutant{
		{"only the owner, or who may transfer any, gives an item away", rules, "TestTransfer", []change{{owner,
			`case actor.Person != i.Owner && !mayAny: // guard`, `case false: // guard`}}},
		{"an owner can look after the item", rules, "TestTransfer", []change{{owner,
			`if !to.Active() || !mayUpdate || to.Person == i.Owner { // guard`, `if !to.Active() || to.Person == i.Owner { // guard`}}},
		{"a transfer voids no signature", flow, "TestTransferVoidsNoSignature", []change{{owner,
			`c.Counts(d) && !with.Counts(d) { // guard`, `c.Counts(d) && !with.Counts(d) && false { // guard`}}},
		{"who answers for an item signs none of it", flow, "TestTransferItem", []change{{transfer,
			`if !head.Contributed(d.Owner) {`, `if !head.Contributed(d.Owner) && false {`}}},
		{"an owner who could sign is counted out at once", flow, "TestTransferToTheOnlySigner", []change{{transfer,
			`return s.reassess(ctx, tx, item.Subject(), item.Round) // guard`, `return nil // guard`}}},
		{"another owner asks for nothing less", flow, "TestTransferLowersNothing", []change{{"internal/workflow/facts.go",
			`author = a.item.Author // guard`, `author = a.item.Owner // guard`}}},
		{"an import that cannot go on ends", flow, "TestImportIsGivenUp", []change{{"internal/workflow/import_run.go",
			`if i.Runs >= importRuns { // guard`, `if i.Runs >= importRuns && false { // guard`}}},
		{"nothing is brought by an import that has ended", "./internal/store", "TestSQLite/ImportEndsBeforeItsRows", []change{{"internal/store/import.go",
			`" + 1 WHERE workspace_id = ? AND id = ? AND end_time IS NULL"`, `" + 1 WHERE workspace_id = ? AND id = ?"`}}},
		{"what is only tried leaves nothing", flow, "TestImportOnlyTried", []change{{imports, `if i.ValidateOnly { // guard`, `if i.ValidateOnly && false { // guard`}}},
		{"the same row twice changes nothing", flow, "TestImport", []change{{imports, `err != nil || same { // guard`, `err != nil || same && false { // guard`}}},
		{"a name stands for one row", flow, "TestImportRefusesRows", []change{{imports, `if r.Outcome != ImportFailed && seen[r.External] { // guard`, `if r.Outcome != ImportFailed && seen[r.External] && false { // guard`}}},
		{"a name stands for one row of all parts of a file", flow, "TestImportInParts", []change{{imports,
			`return tx.ImportedNames(ctx, i.Workspace, i.File, names)`, `return make(map[string]bool), nil`}}},
		{"rows of the parts of a file are numbered as those of the file", flow, "TestImportInParts", []change{{imports, `rows[n].Number += shift`, `rows[n].Number += 0`}}},
		{"a part of a file has one after it", flow, "TestImportInParts", []change{{imports, `if parts != before.Part { // guard`, `if parts != before.Part && false { // guard`}}},
		{"all parts of a file are one person's, and tried or imported", flow, "TestImportInParts", []change{{imports,
			`if before.Person != i.Person || before.ValidateOnly != i.ValidateOnly { // guard`, `if false { // guard`}}},
		{"a file has no line that cannot be told", flow, "TestImportInParts", []change{{imports, `i.LastLine > importLines { // guard`, `i.LastLine > importLines && false { // guard`}}},
		{"a row that fits into no part of a file stops none", "./internal/sheet", "TestLongLinesAreLeftOut", []change{{"internal/sheet/parts.go",
			`if long { // guard`, `if long && false { // guard`}}},
		{"a part of a file is as large as it may be", "./internal/sheet", "TestLongLinesAreLeftOut", []change{{"internal/sheet/parts.go",
			`if !long && size+length > bytes { // guard`, `if false { // guard`}}},
		{"a row that was left out is in one place of the file", "./internal/grpcapi", "TestOmittedRowsKeepTheirPlace", []change{{"internal/grpcapi/sheet.go",
			`if number < free || number > f.lines+omitted+1 { // guard`, `if number < free && false || number > f.lines+omitted+1 { // guard`}}},
		{"a row that says another spread changes its item", "./internal/grpcapi", "TestALibraryComesBack", []change{{imports,
			`sameSpread(made.Spread, item.Spread), err`, `true, err`}}},
		{"who only changes items brings no new ones", flow, "TestImportEndsWithTheRight", []change{{imports,
			`if !c.may(mayCreateItems) { // guard`, `if !c.may(mayCreateItems) && false { // guard`}}},
		{"an import ends with the right to it", flow, "TestImportEndsWithTheRight", []change{{imports, `if !able || !may(mayUpdateItems) { // guard`, `if (!able || !may(mayUpdateItems)) && false { // guard`}}},
	}
}
