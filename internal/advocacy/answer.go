package advocacy

// AnswerCode says which answer it is. The words are the catalogue's, under "answer.".
type AnswerCode string

// Answer is what was said of a publication: by a network, by a person, or by us of what became of it.
type Answer struct {
	// Text is all of it in English, or what a person said. What the gate stopped has its code alone.
	Text string
	// Code is empty of what a person said, and of what was kept before answers had codes.
	Code AnswerCode
	// Fact is what the words name, such as a status, and Quote what a network said in its own words, cut
	// and free of secrets.
	Fact, Quote string
}

// Worded is what a person said.
func Worded(words string) Answer { return Answer{Text: words} }

// Stopped is what the gate said, by the code of what was in the way.
func Stopped(code string) Answer { return Answer{Text: code, Code: AnswerCode(code)} }

// Nothing tells whether nothing was said.
func (a Answer) Nothing() bool { return a == Answer{} }

// Same tells whether two answers say the same. Words that changed since say it, too.
func (a Answer) Same(b Answer) bool {
	if a.Code == "" || b.Code == "" {
		return a.Text == b.Text
	}
	return a.Code == b.Code && a.Fact == b.Fact && a.Quote == b.Quote // guard: other words are no other difference
}

// What is wrong before anything is sent.
const (
	// AnswerBodyDamaged: there is nothing that could be sent.
	AnswerBodyDamaged AnswerCode = "BODY_DAMAGED"
	// AnswerBodyOther: it is not what was signed for this account.
	AnswerBodyOther AnswerCode = "BODY_OTHER"
	// AnswerPublishedBefore: the network knew it already.
	AnswerPublishedBefore AnswerCode = "PUBLISHED_BEFORE"
	// AnswerTakenBackBefore: it was taken back.
	AnswerTakenBackBefore AnswerCode = "TAKEN_BACK_BEFORE"
	// AnswerStoppedAhead: something stopped it while its files were being sent.
	AnswerStoppedAhead AnswerCode = "STOPPED_AHEAD"
	// AnswerNotConnected: the account has no credential.
	AnswerNotConnected AnswerCode = "NOT_CONNECTED"
	// AnswerTokenMalformed: what the account was connected with is none of the network's.
	AnswerTokenMalformed AnswerCode = "TOKEN_MALFORMED"
	// AnswerHandleAndPassword: an app password is asked for, in its form.
	AnswerHandleAndPassword AnswerCode = "HANDLE_AND_PASSWORD"
	// AnswerUserAndPassword: an application password is asked for, in its form.
	AnswerUserAndPassword AnswerCode = "USER_AND_PASSWORD"
	// AnswerSecretUnusable: the secret that deliveries are signed with cannot be used.
	AnswerSecretUnusable AnswerCode = "SECRET_UNUSABLE"
	// AnswerAccountUnknown: nobody said which account, page or channel it is.
	AnswerAccountUnknown AnswerCode = "ACCOUNT_UNKNOWN"
	// AnswerAccountOther: the credential is of another account.
	AnswerAccountOther AnswerCode = "ACCOUNT_OTHER"
	// AnswerAccountInactive: the network lets the account do nothing.
	AnswerAccountInactive AnswerCode = "ACCOUNT_INACTIVE"
	// AnswerAccountBusy: others wrote to the account in between, again and again.
	AnswerAccountBusy AnswerCode = "ACCOUNT_BUSY"
	// AnswerAddressUnusable: the account's address may not be called.
	AnswerAddressUnusable AnswerCode = "ADDRESS_UNUSABLE"
	// AnswerInterfaceUnusable: the address the operator set for the network may not be called.
	AnswerInterfaceUnusable AnswerCode = "INTERFACE_UNUSABLE"
	// AnswerHostForbidden: the server that keeps the account may not be called.
	AnswerHostForbidden AnswerCode = "HOST_FORBIDDEN"
	// AnswerServerOther: the server does not answer as those of the network do.
	AnswerServerOther AnswerCode = "SERVER_OTHER"
	// AnswerByHand: a person publishes it.
	AnswerByHand AnswerCode = "BY_HAND"
	// AnswerPicturesOnly: the network is given no other files.
	AnswerPicturesOnly AnswerCode = "PICTURES_ONLY"
)

// What became of a file, which is given before anything is shown.
const (
	// AnswerFileUnreadable: we could not read it.
	AnswerFileUnreadable AnswerCode = "FILE_UNREADABLE"
	// AnswerFileAnswerUnreadable: what the network said of it could not be read.
	AnswerFileAnswerUnreadable AnswerCode = "FILE_ANSWER_UNREADABLE"
	// AnswerFileUnfinished: the network is still at work on it.
	AnswerFileUnfinished AnswerCode = "FILE_UNFINISHED"
	// AnswerFileLost: the network has it no more.
	AnswerFileLost AnswerCode = "FILE_LOST"
	// AnswerFileRefused: the network cannot make anything of it.
	AnswerFileRefused AnswerCode = "FILE_REFUSED"
	// AnswerFilePlace: it would go to a place that is not the network's.
	AnswerFilePlace AnswerCode = "FILE_PLACE"
	// AnswerFileUntaken: it was not taken where it was to go.
	AnswerFileUntaken AnswerCode = "FILE_UNTAKEN"
	// AnswerFileOther: the network keeps another one.
	AnswerFileOther AnswerCode = "FILE_OTHER"
)

// What became of a request that got no answer.
const (
	// AnswerSilent: the request may have arrived.
	AnswerSilent AnswerCode = "SILENT"
	// AnswerCutOff: the request may have arrived.
	AnswerCutOff AnswerCode = "CUT_OFF"
	// AnswerNetworkForbidden: the fence let no connection through.
	AnswerNetworkForbidden AnswerCode = "NETWORK_FORBIDDEN"
	// AnswerNameUnknown: nobody knows the host.
	AnswerNameUnknown AnswerCode = "NAME_UNKNOWN"
	// AnswerCertificateInvalid: the host did not prove who it is.
	AnswerCertificateInvalid AnswerCode = "CERTIFICATE_INVALID"
	// AnswerStopped: we stopped first.
	AnswerStopped AnswerCode = "STOPPED"
	// AnswerUnreachedInTime: no connection was made in time.
	AnswerUnreachedInTime AnswerCode = "UNREACHED_IN_TIME"
	// AnswerUnreached: no connection was made.
	AnswerUnreached AnswerCode = "UNREACHED"
)

// What a network answered. The fact is the status where there is one, and the quote its own words.
const (
	// AnswerStatus: a status, and no words.
	AnswerStatus AnswerCode = "STATUS"
	// AnswerSaid: a status, and words.
	AnswerSaid AnswerCode = "SAID"
	// AnswerWord: a word for what is wrong.
	AnswerWord AnswerCode = "WORD"
	// AnswerScopeMissing: the fact is the scope.
	AnswerScopeMissing AnswerCode = "SCOPE_MISSING"
	// AnswerRedirected: a redirect.
	AnswerRedirected AnswerCode = "REDIRECTED"
	// AnswerQuotaSpent: too many requests.
	AnswerQuotaSpent AnswerCode = "QUOTA_SPENT"
	// AnswerPostsSpent: the account has made as many posts as it may in a time, which is the fact.
	AnswerPostsSpent AnswerCode = "POSTS_SPENT"
	// AnswerMayBeThere: a conflict.
	AnswerMayBeThere AnswerCode = "MAY_BE_THERE"
	// AnswerContentRefused: the content is not taken.
	AnswerContentRefused AnswerCode = "CONTENT_REFUSED"
	// AnswerContentTooLarge: the content is too large.
	AnswerContentTooLarge AnswerCode = "CONTENT_TOO_LARGE"
	// AnswerSignatureRefused: the signature of a delivery is not taken.
	AnswerSignatureRefused AnswerCode = "SIGNATURE_REFUSED"
	// AnswerPublishingForbidden: we may not publish there.
	AnswerPublishingForbidden AnswerCode = "PUBLISHING_FORBIDDEN"
	// AnswerAddressAbsent: there is nothing at the address.
	AnswerAddressAbsent AnswerCode = "ADDRESS_ABSENT"
	// AnswerAddressTakesNothing: the address takes no deliveries.
	AnswerAddressTakesNothing AnswerCode = "ADDRESS_TAKES_NOTHING"
	// AnswerAddressGone: the address is gone for good.
	AnswerAddressGone AnswerCode = "ADDRESS_GONE"
	// AnswerWorkflowGone: the workflow takes nothing at its address.
	AnswerWorkflowGone AnswerCode = "WORKFLOW_GONE"
	// AnswerCardRefused: the workflow takes no such card.
	AnswerCardRefused AnswerCode = "CARD_REFUSED"
	// AnswerWorkflowTook: a receipt, and no more.
	AnswerWorkflowTook AnswerCode = "WORKFLOW_TOOK"
	// AnswerUnreadable: it is no answer that can be read.
	AnswerUnreadable AnswerCode = "ANSWER_UNREADABLE"
	// AnswerNoPostNamed: a success that names no post.
	AnswerNoPostNamed AnswerCode = "NO_POST_NAMED"
	// AnswerOtherPublished: a success of somebody else's, or elsewhere.
	AnswerOtherPublished AnswerCode = "OTHER_PUBLISHED"
	// AnswerPublishedLater: it is to be shown at another time.
	AnswerPublishedLater AnswerCode = "PUBLISHED_LATER"
	// AnswerShownToNobody: it was taken and is not shown.
	AnswerShownToNobody AnswerCode = "SHOWN_TO_NOBODY"
	// AnswerSaysPublished: it is said to be out.
	AnswerSaysPublished AnswerCode = "SAYS_PUBLISHED"
	// AnswerThereAlready: it is said to be there; the fact is where.
	AnswerThereAlready AnswerCode = "THERE_ALREADY"
	// AnswerCopyOfGone: it is taken for a copy of a post that is gone.
	AnswerCopyOfGone AnswerCode = "COPY_OF_GONE"
	// AnswerOtherThere: something else stands in its place.
	AnswerOtherThere AnswerCode = "OTHER_THERE"
	// AnswerRecord: it is shown; the fact is the name of its bytes.
	AnswerRecord AnswerCode = "RECORD"
	// AnswerStoreBusy: nothing was written.
	AnswerStoreBusy AnswerCode = "STORE_BUSY"
	// AnswerStoreSilent: it may have been written.
	AnswerStoreSilent AnswerCode = "STORE_SILENT"
	// AnswerStoreUnread: what is there could not be read.
	AnswerStoreUnread AnswerCode = "STORE_UNREAD"
)

// What a network knows us as, where an account is connected by signing in there.
const (
	// AnswerTokenWithoutOwner: a token does not say whose it is.
	AnswerTokenWithoutOwner AnswerCode = "TOKEN_WITHOUT_OWNER"
	// AnswerNoNewToken: its owner has to sign in again.
	AnswerNoNewToken AnswerCode = "NO_NEW_TOKEN"
	// AnswerAppUnread: what we are known as could not be read.
	AnswerAppUnread AnswerCode = "APP_UNREAD"
	// AnswerAppOther: the token was given to another name of ours.
	AnswerAppOther AnswerCode = "APP_OTHER"
	// AnswerAppGone: the operator's registration is gone.
	AnswerAppGone AnswerCode = "APP_GONE"
	// AnswerSignInUnknown: the server does not say where people sign in.
	AnswerSignInUnknown AnswerCode = "SIGN_IN_UNKNOWN"
	// AnswerSignInNone: nobody signs in there.
	AnswerSignInNone AnswerCode = "SIGN_IN_NONE"
	// AnswerCredentialUnreadable: what was sealed cannot be read.
	AnswerCredentialUnreadable AnswerCode = "CREDENTIAL_UNREADABLE"
	// AnswerMadeByHand: somebody made the token there.
	AnswerMadeByHand AnswerCode = "MADE_BY_HAND"
	// AnswerConnectedAgain: the token lives on.
	AnswerConnectedAgain AnswerCode = "CONNECTED_AGAIN"
	// AnswerTokenPending: the next token is still asked for.
	AnswerTokenPending AnswerCode = "TOKEN_PENDING"
	// AnswerTokenLost: the next token may have been lost.
	AnswerTokenLost AnswerCode = "TOKEN_LOST"
)

// What a look found, or why it could not tell.
const (
	// AnswerShown: it is there as it was signed.
	AnswerShown AnswerCode = "SHOWN"
	// AnswerNotShown: it is not among what is shown.
	AnswerNotShown AnswerCode = "NOT_SHOWN"
	// AnswerNotShownYet: it is said to be there, and is not shown.
	AnswerNotShownYet AnswerCode = "NOT_SHOWN_YET"
	// AnswerNoSuchPost: there is nothing by its name.
	AnswerNoSuchPost AnswerCode = "NO_SUCH_POST"
	// AnswerDeletedThere: somebody took it away.
	AnswerDeletedThere AnswerCode = "DELETED_THERE"
	// AnswerUnknownThere: it is not there, or not told to this account.
	AnswerUnknownThere AnswerCode = "UNKNOWN_THERE"
	// AnswerTrashed: it is in the trash.
	AnswerTrashed AnswerCode = "TRASHED"
	// AnswerHiddenThere: it is kept and not shown; the fact is as what.
	AnswerHiddenThere AnswerCode = "HIDDEN_THERE"
	// AnswerBehindPassword: it is shown to some alone.
	AnswerBehindPassword AnswerCode = "BEHIND_PASSWORD"
	// AnswerTwoShown: it is there twice.
	AnswerTwoShown AnswerCode = "TWO_SHOWN"
	// AnswerOtherText: the text is another.
	AnswerOtherText AnswerCode = "OTHER_TEXT"
	// AnswerOtherShown: something is not as it was signed.
	AnswerOtherShown AnswerCode = "OTHER_SHOWN"
	// AnswerOtherBeside: what stands beside the text is another.
	AnswerOtherBeside AnswerCode = "OTHER_BESIDE"
	// AnswerOtherWords: words beside the text are others.
	AnswerOtherWords AnswerCode = "OTHER_WORDS"
	// AnswerOtherTitle: the title is another.
	AnswerOtherTitle AnswerCode = "OTHER_TITLE"
	// AnswerOtherExcerpt: an excerpt stands for the text.
	AnswerOtherExcerpt AnswerCode = "OTHER_EXCERPT"
	// AnswerOtherAuthor: it is in somebody else's name.
	AnswerOtherAuthor AnswerCode = "OTHER_AUTHOR"
	// AnswerOtherFiles: the fact is how many there are.
	AnswerOtherFiles AnswerCode = "OTHER_FILES"
	// AnswerOtherFileWords: the fact is which file.
	AnswerOtherFileWords AnswerCode = "OTHER_FILE_WORDS"
	// AnswerCopiedDifferent: its person copied another text.
	AnswerCopiedDifferent AnswerCode = "COPIED_DIFFERENT"
	// AnswerNotTold: no program is told.
	AnswerNotTold AnswerCode = "NOT_TOLD"
	// AnswerPicturesUntold: nothing in it can be recognised.
	AnswerPicturesUntold AnswerCode = "PICTURES_UNTOLD"
	// AnswerTooMuchShown: there is too much to look through.
	AnswerTooMuchShown AnswerCode = "TOO_MUCH_SHOWN"
	// AnswerNotAllShown: a part of it is kept from us.
	AnswerNotAllShown AnswerCode = "NOT_ALL_SHOWN"
	// AnswerWhoseUntold: our own records did not answer.
	AnswerWhoseUntold AnswerCode = "WHOSE_UNTOLD"
)

// What became of taking something back.
const (
	// AnswerPostUnknown: we do not know its name there.
	AnswerPostUnknown AnswerCode = "POST_UNKNOWN"
	// AnswerNotSaidGone: it may still be there.
	AnswerNotSaidGone AnswerCode = "NOT_SAID_GONE"
	// AnswerNoTakingBack: a person deletes it.
	AnswerNoTakingBack AnswerCode = "NO_TAKING_BACK"
	// AnswerNotVisible: there was nothing to take back.
	AnswerNotVisible AnswerCode = "NOT_VISIBLE"
	// AnswerPictureLeft: a part of it is still there.
	AnswerPictureLeft AnswerCode = "PICTURE_LEFT"
)

// Why something was stopped in this house. The gate's own reasons are those of the Block codes.
const (
	// AnswerWorkerLost: nobody came back with an answer.
	AnswerWorkerLost AnswerCode = "WORKER_LOST"
	// AnswerPostWithdrawn: its author did not want it any more.
	AnswerPostWithdrawn AnswerCode = "POST_WITHDRAWN"
	// AnswerPostRecalled: the post was taken back.
	AnswerPostRecalled AnswerCode = "POST_RECALLED"
	// AnswerNewRevision: it was written anew.
	AnswerNewRevision AnswerCode = "NEW_REVISION"
	// AnswerAuthorDisabled: nothing goes out in that name.
	AnswerAuthorDisabled AnswerCode = "AUTHOR_DISABLED"
	// AnswerOtherTime: another one goes out in its place.
	AnswerOtherTime AnswerCode = "OTHER_TIME"
	// AnswerItemRecalled: what it shares was taken back.
	AnswerItemRecalled AnswerCode = "ITEM_RECALLED"
	// AnswerItemEnded: what it shares is over.
	AnswerItemEnded AnswerCode = "ITEM_ENDED"
	// AnswerForgotten: a request began of which the database knows nothing.
	AnswerForgotten AnswerCode = "REQUEST_FORGOTTEN"
	// AnswerNotBegun: no request began.
	AnswerNotBegun AnswerCode = "NOT_BEGUN"
	// AnswerProgramFailed: our own program failed between the intent and the receipt.
	AnswerProgramFailed AnswerCode = "PROGRAM_FAILED"
	// AnswerProgramBreaks: our own program failed over it again and again before any request.
	AnswerProgramBreaks AnswerCode = "PROGRAM_BREAKS"
	// AnswerRelationUntold: its author said since what readers would have to be told.
	AnswerRelationUntold AnswerCode = "RELATION_UNTOLD"
	// AnswerSignatureLost: it is no yes any more.
	AnswerSignatureLost AnswerCode = "SIGNATURE_LOST"
	// AnswerTermsForbidden: the fact is which.
	AnswerTermsForbidden AnswerCode = "TERMS_FORBIDDEN"
	// AnswerDisclosuresOutdated: the fact is by which rule.
	AnswerDisclosuresOutdated AnswerCode = "DISCLOSURES_OUTDATED"
	// AnswerTermForbidden: the gate found a term.
	AnswerTermForbidden AnswerCode = "TERM_FORBIDDEN"
	// AnswerDisclosureOutdated: the gate found what readers are told.
	AnswerDisclosureOutdated AnswerCode = "DISCLOSURE_OUTDATED"
	// AnswerLinkChanged: a link is not what was signed.
	AnswerLinkChanged AnswerCode = "LINK_CHANGED"
	// AnswerLinkUnreachable: a link leads nowhere.
	AnswerLinkUnreachable AnswerCode = "LINK_UNREACHABLE"
	// AnswerPreconditionUnmet: a rule asks for something first.
	AnswerPreconditionUnmet AnswerCode = "PRECONDITION_UNMET"
	// AnswerTrainingMissing: a rule asks for a training.
	AnswerTrainingMissing AnswerCode = "TRAINING_MISSING"
)
