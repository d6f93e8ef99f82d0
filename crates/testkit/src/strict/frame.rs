//! What all servers have in common: the loop that serves, what is noted, what is to go wrong.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{ConnectInfo, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use super::door::{Door, Pace, Pacing};

/// Where something goes wrong: the outbox's calls, and the parts of an upload apart from its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The account is asked who it is, or what it may do, on the way to another step.
    Account,
    /// An upload is opened.
    Open,
    /// A part is sent that is not the last.
    Part,
    /// The last part is sent.
    LastPart,
    /// The upload is asked how far it is.
    Ask,
    /// What was uploaded is put together, by a call of its own.
    Finalize,
    /// The post is made by a call of its own.
    Post,
    /// The account's own posts are listed.
    Look,
    /// The cover of a post is set.
    Cover,
    /// What became of a post is read.
    Check,
    /// A refresh token is traded for tokens.
    Refresh,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// An answer of this status and reason instead of acting.
    Refused(u16, &'static str),
    /// The connection is taken and ends before anything is done. One that is not even taken is
    /// [`Server::refuse`]'s.
    Reset,
    /// The connection ends in the middle of the body; what the network keeps of it is stored.
    ResetInBody,
    /// Everything is done, and the connection ends before the answer.
    AnswerLost,
    /// Everything is done, and the connection ends in the middle of the answer.
    AnswerCut,
    /// Everything is done, and no answer comes for as long as the caller waits.
    Silent,
    /// Everything is done, and the answer is not what it should be.
    Unreadable,
    /// Everything is done, and the answer is one of this status and reason.
    Disowned(u16, &'static str),
    /// Everything is done, and an error of this reason stands beside what was asked for, where the
    /// network has a place for it.
    Remarked(&'static str),
    /// The upload is forgotten.
    Forgotten,
    /// Everything is done, and the answer takes so long.
    Slow(Duration),
    /// Everything is done, and the answer comes one byte after the other, each after so long.
    Drip(Duration),
}

/// Where a call leads that is refused with the status of a redirect: nobody has to go there.
pub const ELSEWHERE: &str = "/elsewhere";

/// Where a call is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// Before anything is done.
    Before,
    /// When everything is done, before the answer goes out.
    After,
}

/// A network's side of the counter: what it knows, and how it answers.
pub trait Desk: Send + Sync + 'static {
    /// Answers one call.
    fn answer(&self, call: &mut Call) -> impl Future<Output = Response> + Send;

    /// Returns what is written down at this desk.
    fn notes(&self) -> &Notes;

    /// Returns the part that asks for consent and gives tokens.
    fn consent(&self) -> &super::oauth::Consent;
}

/// A network that can be posted to.
pub trait Posting: Desk + Sized {
    /// Its name on the command line.
    const NETWORK: &'static str;
    /// The secret of its app, where that has one.
    const SECRET: Option<&'static str>;

    /// Starts it.
    fn start() -> Server<Self>;

    /// Returns the table of endpoints that leads to it, in TOML.
    fn endpoints(server: &Server<Self>) -> String;

    /// Returns how many posts were made.
    fn published(server: &Server<Self>) -> usize;
}

/// A server on loopback, as long as the value lives.
pub struct Server<D: Desk> {
    /// The beginning of all its addresses, such as `http://127.0.0.1:40123`.
    pub base: String,
    pub(super) desk: Arc<D>,
    door: Door,
    runtime: Option<tokio::runtime::Runtime>,
}

impl<D: Desk> Server<D> {
    /// Starts a desk, which is told the beginning of its addresses.
    pub(super) fn serve(desk: impl FnOnce(String) -> D) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (door, entrance) = runtime.block_on(Door::new());
        let base = format!("http://{}", entrance.address);
        let desk = Arc::new(desk(base.clone()));
        let router = Router::new()
            .fallback(answer::<D>)
            .with_state((Arc::clone(&desk), door.clone()));
        let service = router.into_make_service_with_connect_info::<Pacing>();
        runtime.spawn(async move { axum::serve(entrance, service).await });
        Self {
            base,
            desk,
            door,
            runtime: Some(runtime),
        }
    }

    /// Lets a step go wrong once, after what it was told before.
    pub fn fail(&self, step: Step, fault: Fault) {
        self.desk.notes().all().faults.push((step, fault));
    }

    /// Refuses every connection before the call after `calls` others from now, until the door is
    /// [opened](Door::open).
    pub fn refuse(&self, calls: usize) {
        if calls > 0 {
            let mut all = self.desk.notes().all();
            all.last = Some(all.calls.len() + calls - 1);
        } else if let Some(runtime) = &self.runtime {
            runtime.block_on(self.door.shut());
        }
    }

    /// Returns the door, which [`refuse`](Self::refuse) shuts.
    pub fn door(&self) -> Door {
        self.door.clone()
    }

    /// Returns how many calls came between the first `from` ones and the first of a step after them.
    pub fn calls_before(&self, step: Step, from: usize) -> Option<usize> {
        let all = self.desk.notes().all();
        let mut calls = all.steps.iter().filter(|(at, _)| *at == step);
        calls.find_map(|(_, call)| call.checked_sub(from))
    }

    /// Holds a call until the caller goes away: the one after `calls` others from now.
    pub fn hold(&self, calls: usize, held: Held) {
        let mut all = self.desk.notes().all();
        let at = all.calls.len() + calls;
        all.hold = Some((at, held));
        all.is_holding = false;
    }

    /// Holds no call any more.
    pub fn let_go(&self) {
        self.desk.notes().all().hold = None;
    }

    /// Returns whether a call is held, or was until its caller went away.
    pub fn is_holding(&self) -> bool {
        self.desk.notes().all().is_holding
    }

    /// Returns whether everything that was to go wrong has.
    pub fn is_done(&self) -> bool {
        self.desk.notes().all().faults.is_empty()
    }

    /// Returns what was refused, in words, beside the faults that were asked for.
    pub fn refusals(&self) -> Vec<String> {
        self.desk.notes().all().refusals.clone()
    }

    /// Returns the paths that were called.
    pub fn calls(&self) -> Vec<String> {
        self.desk.notes().all().calls.clone()
    }
}

impl<D: Desk> Drop for Server<D> {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// What is written down of the calls, and what is to go wrong with them.
#[derive(Default)]
pub struct Notes(Mutex<Noted>);

#[derive(Default)]
struct Noted {
    calls: Vec<String>,
    refusals: Vec<String>,
    faults: Vec<(Step, Fault)>,
    /// Steps and the numbers of their calls.
    steps: Vec<(Step, usize)>,
    /// The call after whose answer connections are refused.
    last: Option<usize>,
    /// The call that is held, counted from the first.
    hold: Option<(usize, Held)>,
    is_holding: bool,
}

impl Notes {
    fn all(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap()
    }

    /// Writes down what was wrong with a call.
    pub(super) fn refused(&self, words: &str) {
        self.all().refusals.push(words.to_owned());
    }

    /// Writes a call down and returns its number, and where it is to be held.
    fn called(&self, path: &str) -> (usize, Option<Held>) {
        let mut all = self.all();
        all.calls.push(path.to_owned());
        let number = all.calls.len() - 1;
        let hold = all.hold.filter(|(at, _)| *at == number);
        (number, hold.map(|(_, held)| held))
    }

    /// Returns, once, whether this call is the last before connections are refused.
    fn is_last(&self, number: usize) -> bool {
        self.all().last.take_if(|last| *last == number).is_some()
    }

    /// Returns, once, whether the body of a step's call is not to come whole.
    pub(super) fn is_cut(&self, step: Step) -> bool {
        let mut all = self.all();
        let index = all.faults.iter().position(|(at, _)| *at == step);
        let cut = index.filter(|index| all.faults[*index].1 == Fault::ResetInBody);
        cut.map(|index| all.faults.remove(index)).is_some()
    }

    /// Waits until the caller goes away, which ends this.
    async fn hold(&self) -> Response {
        self.all().is_holding = true;
        std::future::pending().await
    }

    /// Returns what is to go wrong at a step, once. A connection that ends before anything is done
    /// ends here, and a slow answer waits here.
    pub(super) async fn fault(&self, step: Step) -> Option<Fault> {
        let fault = {
            let mut all = self.all();
            let number = all.calls.len().saturating_sub(1);
            all.steps.push((step, number));
            let index = all.faults.iter().position(|(at, _)| *at == step)?;
            all.faults.remove(index).1
        };
        match fault {
            Fault::Reset => hang_up(),
            Fault::Slow(time) => tokio::time::sleep(time).await,
            _ => {}
        }
        Some(fault)
    }
}

/// Fields of a query or a form.
pub(super) type Fields = BTreeMap<String, String>;

/// One call.
pub struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    /// In a lock that nobody waits for: calls are lent across waits, and a body may not be shared.
    body: Mutex<Body>,
}

impl Call {
    /// Returns a field of the head.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns the token of the call.
    pub(super) fn token(&self) -> Option<&str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }

    /// Returns the fields of the query; a field that comes twice is an error in words.
    pub(super) fn fields(&self) -> Result<Fields, Wrong> {
        pairs(&self.query)
    }

    /// Reads the body.
    pub(super) async fn body(&mut self) -> Bytes {
        let body = std::mem::take(self.body.get_mut().unwrap());
        axum::body::to_bytes(body, 1 << 30).await.unwrap()
    }

    /// Reads the first half of the body, and leaves the other half on its way.
    pub(super) async fn half_of_body(&mut self) -> Vec<u8> {
        let length = self.header("content-length");
        let length: usize = length.and_then(|n| n.parse().ok()).unwrap_or_default();
        let mut body = std::mem::take(self.body.get_mut().unwrap());
        let mut half = Vec::new();
        while half.len() < length / 2 {
            let frame = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
            let part = frame.and_then(|frame| frame.ok()?.into_data().ok());
            let Some(part) = part else { break };
            half.extend_from_slice(&part);
        }
        half.truncate(length / 2);
        half
    }

    /// Reads a body of JSON.
    pub(super) async fn json(&mut self, kind: &str) -> Result<Value, Wrong> {
        let found = self.header("content-type").unwrap_or_default();
        if found != kind {
            return Err(Wrong(format!("the body is of the type {found}")));
        }
        let body = self.body().await;
        serde_json::from_slice(&body).map_err(|_json| Wrong("the body is no JSON".to_owned()))
    }
}

/// What is wrong with a call, in words.
pub(super) struct Wrong(pub(super) String);

async fn answer<D: Desk>(
    State((desk, door)): State<(Arc<D>, Door)>,
    ConnectInfo(pacing): ConnectInfo<Pacing>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let (number, held) = desk.notes().called(&path);
    if held == Some(Held::Before) {
        return desk.notes().hold().await;
    }
    let mut call = Call {
        method: head.method,
        path,
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: Mutex::new(body),
    };
    let mut answer = if desk.consent().knows(&call) {
        desk.consent().answer(&mut call, desk.notes()).await
    } else {
        desk.answer(&mut call).await
    };
    // A refusal is read by who may finish its body first.
    drop(call.body().await);
    if matches!(answer.status().as_u16(), 301 | 302 | 303 | 307)
        && !answer.headers().contains_key(header::LOCATION)
    {
        let elsewhere = HeaderValue::from_static(ELSEWHERE);
        answer.headers_mut().insert(header::LOCATION, elsewhere);
    }
    if held == Some(Held::After) {
        return desk.notes().hold().await;
    }
    if desk.notes().is_last(number) {
        end_after(&mut answer);
        door.shut().await;
    }
    match answer.extensions().get::<Sent>().copied() {
        Some(Sent::Never) => hang_up(),
        Some(Sent::Withheld) => std::future::pending().await,
        Some(Sent::At(pace)) => {
            end_after(&mut answer);
            pacing.set(pace);
            answer
        }
        None => answer,
    }
}

/// How an answer is sent, if not at once and whole.
#[derive(Clone, Copy)]
enum Sent {
    /// The connection ends instead.
    Never,
    /// Not for as long as the caller waits.
    Withheld,
    /// So slowly, or so much of it.
    At(Pace),
}

/// Ends the connection with an answer.
fn end_after(answer: &mut Response) {
    let close = HeaderValue::from_static("close");
    answer.headers_mut().insert(header::CONNECTION, close);
}

/// Ends the connection without an answer, and without a word on the screen.
pub(super) fn hang_up() -> ! {
    std::panic::resume_unwind(Box::new("the connection ends"))
}

/// How a network refuses: with this status, for this reason, in these words.
pub(super) type Refusal = fn(u16, &str, &str) -> Response;

/// Ends what was done: with the answer, or as the fault has it.
pub(super) fn told(fault: Option<Fault>, mut answer: Response, refusal: Refusal) -> Response {
    let sent = match fault {
        Some(Fault::AnswerLost | Fault::ResetInBody) => Sent::Never,
        Some(Fault::AnswerCut) => Sent::At(Pace::Cut),
        Some(Fault::Silent) => Sent::Withheld,
        Some(Fault::Drip(each)) => Sent::At(Pace::Drip(each)),
        Some(Fault::Unreadable) => return (StatusCode::OK, "<html>").into_response(),
        Some(Fault::Disowned(status, reason)) => {
            return refusal(status, reason, "said although it was done");
        }
        _ => return answer,
    };
    answer.extensions_mut().insert(sent);
    answer
}

/// Returns an answer in JSON, as the networks write its type.
pub(super) fn json_answer(status: u16, kind: &'static str, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    (status, [(header::CONTENT_TYPE, kind)], body.to_string()).into_response()
}

/// Reads an encoded form.
pub(super) fn pairs(text: &str) -> Result<Fields, Wrong> {
    let none = || Wrong(format!("{text} is no form"));
    let uri: Uri = format!("/?{text}").parse().map_err(|_uri| none())?;
    let Query(all): Query<Vec<(String, String)>> =
        Query::try_from_uri(&uri).map_err(|_query| none())?;
    let mut fields = Fields::new();
    for (name, value) in all {
        if fields.insert(name.clone(), value).is_some() {
            return Err(Wrong(format!("{name} comes twice")));
        }
    }
    Ok(fields)
}

/// Refuses unknown, missing and empty fields.
pub(super) fn only(fields: &Fields, wanted: &[&str]) -> Result<(), Wrong> {
    if let Some(unknown) = fields.keys().find(|name| !wanted.contains(&name.as_str())) {
        return Err(Wrong(format!("unknown field {unknown}")));
    }
    let missing = wanted
        .iter()
        .find(|name| fields.get(**name).is_none_or(String::is_empty));
    missing.map_or(Ok(()), |name| Err(Wrong(format!("missing field {name}"))))
}
