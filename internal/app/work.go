package app

import (
	"context"
	"encoding/json"
	"time"

	"github.com/imprimatur-hq/imprimatur/internal/advocacy"
	"github.com/imprimatur-hq/imprimatur/internal/catalogue"
	"github.com/imprimatur-hq/imprimatur/internal/jobs"
	"github.com/imprimatur-hq/imprimatur/internal/mail"
	"github.com/imprimatur-hq/imprimatur/internal/workflow"
)

// jobTimeout bounds a job that makes no request of its own.
const jobTimeout = time.Minute

// mediaSweepEvery is how often files that nothing needs are looked for. They may be a month
// old: nothing hurries.
const mediaSweepEvery = time.Hour

// attestSweepEvery is how often it is looked for accounts that somebody has to vouch for, which is
// told a month, a week and no time before, and for those that nobody answers for.
const attestSweepEvery = time.Hour

// backlogEvery is how often it is looked, after the start, whether an upgrade left something to be
// worked off that was interrupted.
const backlogEvery = time.Hour

// feedSweepEvery is how often it is looked which feeds are to be asked: often enough for the
// shortest interval they can have.
const feedSweepEvery = time.Minute

// importSweepEvery is how often it is looked which imports stand still.
const importSweepEvery = 5 * time.Minute

// recomputationSweepEvery is how often it is looked which recomputations stand still.
const recomputationSweepEvery = time.Hour

// wireJobs makes the engine and registers every kind of job the use cases enqueue.
func (s *Service) wireJobs() error {
	options := jobs.Options{Logger: s.Logger}
	if s.Config.Postgres() {
		options.DSN = s.Config.Database.Reveal()
	} else {
		options.Writer, options.Reader = s.Store.SQLWriter(), s.Store.SQLReader()
	}
	var err error
	if s.engine, err = jobs.New(options); err != nil {
		return err
	}
	for name := range s.Flow.Networks {
		s.engine.Queue(string(name))
	}
	// A delivery has to be able to write its receipt after a request that took its whole
	// time.
	s.engine.Handle(workflow.JobPublish, deliveryJob, s.Worker.Publish)
	s.engine.Handle(workflow.JobRecall, deliveryJob, s.Worker.Recall)
	s.engine.Handle(workflow.JobLook, deliveryJob, s.Worker.Look)
	s.engine.Handle(workflow.JobReadBack, deliveryJob, s.Worker.ReadBack)
	s.engine.Handle(workflow.JobRunRecall, 10*time.Minute, decode(func(ctx context.Context, j workflow.RecallJob) error {
		return s.Flow.RunRecall(ctx, j.Workspace, j.Recall)
	}))
	s.engine.Handle(workflow.JobRevoke, jobTimeout, decode(func(ctx context.Context, j workflow.ResourceJob) error {
		return s.Worker.Revoke(ctx, j.Workspace, j.ID)
	}))
	s.engine.Handle(workflow.JobReleased, 10*time.Minute, s.Worker.Released)
	s.engine.Handle(workflow.JobInvite, jobTimeout, s.invite)
	s.engine.Handle(workflow.JobCancelShares, 10*time.Minute, decode(func(ctx context.Context, j workflow.ItemJob) error {
		return s.Flow.CancelShares(ctx, j.Workspace, j.Item)
	}))
	s.engine.Handle(workflow.JobSimulate, 10*time.Minute, decode(func(ctx context.Context, j workflow.ResourceJob) error {
		return s.Flow.RunSimulation(ctx, j.Workspace, j.ID)
	}))
	s.engine.Handle(workflow.JobRecompute, 10*time.Minute, decode(func(ctx context.Context, j workflow.ResourceJob) error {
		return s.Flow.RecomputePolicy(ctx, j.Workspace, j.ID)
	}))
	s.engine.Handle(workflow.JobRecheck, 10*time.Minute, decode(func(ctx context.Context, j workflow.LexiconJob) error {
		return s.Flow.RecheckLexicon(ctx, j.Workspace, j.Number)
	}))
	s.engine.Handle(workflow.JobRecheckDisclosures, 10*time.Minute, decode(func(ctx context.Context, j workflow.DisclosureJob) error {
		return s.Flow.RecheckDisclosures(ctx, j.Workspace, j.Number)
	}))
	s.engine.Handle(workflow.JobBatch, 10*time.Minute, decode(func(ctx context.Context, j workflow.BatchJob) error {
		return s.Flow.RunBatch(ctx, j.Workspace, j.Batch)
	}))
	s.engine.Handle(workflow.JobImport, 10*time.Minute, decode(func(ctx context.Context, j workflow.ResourceJob) error {
		return s.Flow.RunImport(ctx, j.Workspace, advocacy.ImportID(j.ID))
	}))
	s.engine.Handle(workflow.JobReviveImports, jobTimeout, func(ctx context.Context, _ json.RawMessage) error {
		_, err := s.Flow.ReviveImports(ctx)
		return err
	})
	s.engine.Periodic(workflow.JobReviveImports, importSweepEvery)
	s.engine.Handle(workflow.JobFetchFeed, jobTimeout, decode(func(ctx context.Context, j workflow.FeedJob) error {
		return s.Flow.FetchFeed(ctx, j.Workspace, j.Feed)
	}))
	s.engine.Handle(workflow.JobFetchFeeds, 10*time.Minute, func(ctx context.Context, _ json.RawMessage) error {
		_, err := s.Flow.FetchFeeds(ctx)
		return err
	})
	s.engine.Periodic(workflow.JobFetchFeeds, feedSweepEvery)
	s.engine.Handle(workflow.JobRemindAttestations, 10*time.Minute, func(ctx context.Context, _ json.RawMessage) error {
		_, err := s.Flow.RemindAttestations(ctx)
		return err
	})
	s.engine.Periodic(workflow.JobRemindAttestations, attestSweepEvery)
	s.engine.Handle(workflow.JobRemindUnanswered, 10*time.Minute, func(ctx context.Context, _ json.RawMessage) error {
		_, err := s.Flow.RemindUnanswered(ctx)
		return err
	})
	s.engine.Periodic(workflow.JobRemindUnanswered, attestSweepEvery)
	s.engine.Handle(workflow.JobKeepRejected, 10*time.Minute, s.keepRejected)
	s.engine.Periodic(workflow.JobKeepRejected, backlogEvery)
	s.wireLooks()
	s.wireSweeps()
	return nil
}

// wireLooks registers the jobs that look again at what waits.
func (s *Service) wireLooks() {
	s.engine.Handle(workflow.JobReassess, 10*time.Minute, decode(func(ctx context.Context, j workflow.ResourceJob) error {
		return s.Flow.Reassess(ctx, j.Workspace, j.ID)
	}))
	s.engine.Handle(workflow.JobReviveRecomputations, jobTimeout, func(ctx context.Context, _ json.RawMessage) error {
		return s.Flow.ReviveRecomputations(ctx)
	})
	s.engine.Periodic(workflow.JobReviveRecomputations, recomputationSweepEvery)
	s.engine.Handle(workflow.JobReassessRound, jobTimeout, decode(s.Flow.ReassessRound))
	s.engine.Handle(workflow.JobRemindUnknown, jobTimeout, decode(s.Flow.RemindUnknown))
	s.engine.Handle(workflow.JobBeginAbsence, 10*time.Minute, decode(func(ctx context.Context, j workflow.ResourceJob) error {
		return s.Flow.BeginAbsence(ctx, j.Workspace, advocacy.AbsenceID(j.ID))
	}))
	s.engine.Handle(workflow.JobReassessAuthor, 10*time.Minute, decode(func(ctx context.Context, j workflow.AuthorJob) error {
		return s.Flow.ReassessAuthor(ctx, j.Workspace, j.Person)
	}))
}

// wireSweeps registers the jobs that remove what nothing needs any more.
func (s *Service) wireSweeps() {
	s.engine.Handle(workflow.JobSweepMedia, 10*time.Minute, s.sweepMedia)
	s.engine.Periodic(workflow.JobSweepMedia, mediaSweepEvery)
	s.engine.Handle(workflow.JobForgetDepartures, 10*time.Minute, s.forgetDepartures)
	s.engine.Periodic(workflow.JobForgetDepartures, departuresEvery)
}

// keepRejected works off what was rejected before its texts were kept, and tells how much.
func (s *Service) keepRejected(ctx context.Context, _ json.RawMessage) error {
	kept, err := s.Flow.KeepRejectedTexts(ctx)
	if kept > 0 {
		s.Logger.InfoContext(ctx, "texts of earlier rejections kept", "rejections", kept)
	}
	return err
}

// sweepMedia removes files nothing needs any more and tells how many.
func (s *Service) sweepMedia(ctx context.Context, _ json.RawMessage) error {
	swept, err := s.Flow.SweepMedia(ctx)
	if swept != (workflow.SweptMedia{}) {
		s.Logger.InfoContext(ctx, "media swept", "uploads", swept.Uploads, "media", swept.Media, "blobs", swept.Blobs)
	}
	return err
}

// decode makes a handler of a function with typed arguments.
func decode[T any](fn func(ctx context.Context, job T) error) jobs.Handler {
	return func(ctx context.Context, args json.RawMessage) error {
		var job T
		if err := json.Unmarshal(args, &job); err != nil {
			return jobs.Drop(err)
		}
		return fn(ctx, job)
	}
}

// invite mails a one-time sign-in link. The link is made here, so that its secret is
// never kept in a queue; a mail that could not be sent is tried again with a new one.
func (s *Service) invite(ctx context.Context, args json.RawMessage) error {
	var job workflow.InviteJob
	if err := json.Unmarshal(args, &job); err != nil {
		return jobs.Drop(err)
	}
	if s.mailer == nil {
		return nil
	}
	m, link, err := s.Flow.MintLink(ctx, job.Workspace, job.Person)
	if err != nil {
		return err
	}
	space, err := s.Store.Workspace(ctx, job.Workspace)
	if err != nil {
		return err
	}
	err = s.mailer.Send(ctx, invitation(m, space, link, s.Flow.Now().Add(72*time.Hour)))
	if mail.Permanent(err) {
		return jobs.Drop(err)
	}
	return err
}

func invitation(m *advocacy.Member, space *advocacy.Workspace, link string, until time.Time) mail.Message {
	say := func(key string) string {
		return catalogue.Text(m.Language, "mail.invite."+key, map[string]string{
			"name": m.DisplayName, "workspace": space.DisplayName, "time": catalogue.Moment(m.Language, until),
		})
	}
	return mail.Message{
		To: m.Email, Subject: say("subject"),
		Text: say("hello") + "\n\n" + say("body") + "\n\n" + link + "\n\n" + say("once") + "\n" + say("ignore") + "\n\n" + say("signature") + "\n",
	}
}
