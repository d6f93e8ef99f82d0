//! A network's server, a file, and the calls that a caller makes with them.

use std::fmt::Debug;
use std::time::SystemTime;

use online::secrets::Secret;
use online::upload::{Advice, Network, Planned, Position, Session, Source, State};
use online::{Endpoints, Error};
use task::Cancel;
use testkit::strict::oauth::TOKEN;
use testkit::strict::{Desk, Fault, Server, Step};

/// A post on the network of `N`, which the server of `D` stands in for.
pub(crate) struct Bench<N: Network, D: Desk> {
    pub(crate) server: Server<D>,
    pub(crate) api: N,
    pub(crate) source: Source,
    pub(crate) token: Secret,
    pub(crate) draft: N::Draft,
    pub(crate) go: Cancel,
    _folder: tempfile::TempDir,
}

impl<N: Network, D: Desk> Bench<N, D> {
    /// Makes a file of so many bytes, which is to be posted where `endpoints`, in TOML, lead.
    pub(crate) fn of(
        bytes: u64,
        server: Server<D>,
        endpoints: &str,
        api: impl FnOnce(Endpoints) -> Result<N, Error>,
        draft: N::Draft,
    ) -> Self {
        let endpoints = Endpoints::overridden_by(endpoints).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reel.mp4");
        std::fs::write(&path, vec![7; bytes as usize]).unwrap();
        Self {
            api: api(endpoints).unwrap(),
            server,
            source: Source { path, bytes },
            token: TOKEN.into(),
            draft,
            go: Cancel::new(),
            _folder: folder,
        }
    }

    pub(crate) fn open(&self) -> Result<Session, Error> {
        self.api
            .open(&self.token, &self.draft, &self.source, &self.go)
    }

    pub(crate) fn send(&self, session: &Session, from: u64) -> Result<Position, Error> {
        self.api
            .send(&self.token, session, &self.source, from, &self.go)
    }

    pub(crate) fn position(&self, session: &Session, stored: u64) -> Result<Position, Error> {
        self.api
            .position(&self.token, session, &self.source, stored, &self.go)
    }

    pub(crate) fn make(&self, session: Option<&Session>) -> Result<Position, Error> {
        let upload = session.map(|session| (session, &self.source));
        let since = SystemTime::now();
        self.api
            .post(&self.token, &self.draft, upload, since, &self.go)
    }

    pub(crate) fn look(&self, session: Option<&Session>) -> Result<Option<String>, Error> {
        let upload = session.map(|session| (session, &self.source));
        let since = SystemTime::now();
        self.api
            .look(&self.token, &self.draft, upload, since, &self.go)
    }

    pub(crate) fn state(&self, remote: &str) -> Result<State, Error> {
        self.api.state(&self.token, &self.draft, remote, &self.go)
    }

    /// Asserts that a post was made although something failed once, and that no call was wrong. How
    /// many there are by now only the network's own server tells.
    #[track_caller]
    pub(crate) fn assert_one_post(
        &self,
        outcome: &Result<String, Error>,
        published: usize,
        (step, fault): (Step, Fault),
    ) {
        assert!(outcome.is_ok(), "{step:?} {fault:?}: {outcome:?}");
        assert!(self.server.is_done(), "{step:?} {fault:?} came up");
        assert_eq!(published, 1, "{step:?} {fault:?}");
        let refusals = self.server.refusals();
        assert_eq!(refusals, [] as [&str; 0], "{step:?} {fault:?}");
    }

    /// Asserts that exactly the planned calls were made: `…` stands for what only an answer told.
    #[track_caller]
    pub(crate) fn assert_planned(&self, plan: &[Planned]) {
        let made = self.server.calls();
        let planned: Vec<&str> = plan.iter().map(|call| call.url.as_str()).collect();
        assert_eq!(made.len(), planned.len(), "{made:?} {planned:?}");
        for (made, planned) in made.iter().zip(planned) {
            let path = planned.strip_prefix(&self.server.base).unwrap_or(planned);
            let path = path.split('?').next().unwrap_or_default();
            let (start, end) = path.split_once('…').unwrap_or((path, ""));
            // The whole address of an upload is in an answer.
            let is_told = planned.starts_with('…') && made == "/upload";
            let is_right = is_told || made.starts_with(start) && made.ends_with(end);
            assert!(is_right, "{made} was planned as {planned}");
        }
        let printed = format!("{plan:?}");
        assert!(!printed.contains("marked"), "{printed}");
    }

    /// Asserts that nothing is sent or opened of a file that is another one by now.
    #[track_caller]
    pub(crate) fn assert_change_is_refused(&self) {
        let session = self.open().unwrap();
        std::fs::write(&self.source.path, "other").unwrap();
        for outcome in [self.send(&session, 0).map(drop), self.open().map(drop)] {
            assert!(
                matches!(outcome, Err(Error::SourceChanged { .. })),
                "{outcome:?}"
            );
        }
    }
}

/// Returns what a refusal asks for, and the network's reason.
#[track_caller]
pub(crate) fn advice(outcome: Result<impl Debug, Error>) -> (Advice, String) {
    match outcome {
        Err(Error::Refused { advice, reason, .. }) => (advice, reason),
        other => panic!("{other:?}"),
    }
}
