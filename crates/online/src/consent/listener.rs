//! The listener on loopback that the browser comes back to.

use std::convert::Infallible;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY,
};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use reqwest::Url;
use secrecy::SecretString;
use task::Cancel;
use tokio::sync::{mpsc, oneshot};

use crate::consent::dialect::{Dialect, Ports};
use crate::consent::page::{Language, Message};
use crate::error::Error;
use crate::http::shown;
use crate::runtime;

/// How long a browser may take to send a request's head.
const HEAD: Duration = Duration::from_secs(10);
/// How long a browser may take to read the end page.
const PAGE: Duration = Duration::from_secs(5);

/// A listener for one answer.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: TcpListener,
    redirect: String,
    question: Arc<Question>,
}

/// What an answer has to be to.
#[derive(Debug)]
struct Question {
    /// What the browser calls this listener.
    host: String,
    path: String,
    state: String,
    language: Language,
    is_answered: AtomicBool,
}

/// The browser that brought the answer and waits for its end page.
pub(crate) struct Browser {
    page: oneshot::Sender<Message>,
    connection: Option<tokio::task::Id>,
    connections: tokio::task::JoinSet<()>,
}

/// An answer, where its end page goes, and the connection that takes it there.
struct Answered {
    outcome: Result<SecretString, Error>,
    page: oneshot::Sender<Message>,
    connection: Option<tokio::task::Id>,
}

impl Listener {
    /// Binds a port that the network sends browsers back to.
    pub(crate) fn bind(
        dialect: &Dialect,
        state: String,
        language: Language,
    ) -> Result<Self, Error> {
        let ports = match dialect.ports {
            Ports::Any => &[0],
            Ports::Fixed(ports) => ports,
        };
        let bind = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).ok();
        let taken = || Error::PortsTaken {
            ports: ports.to_vec(),
        };
        let socket = ports.iter().find_map(bind).ok_or_else(taken)?;
        let address = socket.local_addr().map_err(|_no_address| taken())?;
        Ok(Self {
            socket,
            redirect: format!("http://{address}{}", dialect.path),
            question: Arc::new(Question {
                host: address.to_string(),
                path: if dialect.path.is_empty() {
                    "/".to_owned()
                } else {
                    dialect.path.to_owned()
                },
                state,
                language,
                is_answered: AtomicBool::new(false),
            }),
        })
    }

    /// Returns the address that the browser comes back to, as it is registered.
    pub(crate) fn redirect(&self) -> &str {
        &self.redirect
    }

    /// Waits for the code that the network gives, or for its refusal.
    pub(crate) async fn answer(
        self,
        deadline: Duration,
        cancel: &Cancel,
    ) -> Result<(Result<SecretString, Error>, Browser), Error> {
        let socket = self.socket;
        let socket = socket
            .set_nonblocking(true)
            .and_then(|()| tokio::net::TcpListener::from_std(socket))
            .map_err(|error| Error::Unreachable {
                url: self.redirect.clone(),
                detail: error.to_string(),
            })?;
        let (answers, mut answered) = mpsc::channel(1);
        let mut connections = tokio::task::JoinSet::new();
        let late = tokio::time::sleep(deadline);
        tokio::pin!(late);
        loop {
            tokio::select! {
                Some(Answered { outcome, page, connection }) = answered.recv() => {
                    // Further answers are still told that there is one, until the page is shown.
                    connections.spawn(refuse_others(socket, Arc::clone(&self.question)));
                    return Ok((outcome, Browser { page, connection, connections }));
                }
                () = &mut late => return Err(Error::ConsentTimedOut { secs: deadline.as_secs() }),
                () = runtime::cancelled(cancel) => return Err(Error::Cancelled),
                connection = socket.accept() => {
                    if let Ok((stream, _)) = connection {
                        let question = Arc::clone(&self.question);
                        connections.spawn(serve(stream, question, answers.clone()));
                    }
                }
            }
        }
    }
}

impl Browser {
    /// Shows the end page, for what went wrong if anything did.
    pub(crate) async fn end(mut self, error: Option<&Error>) {
        // A browser that went away has no page to show.
        self.page.send(Message::of(error)).ok();
        let sent = async {
            while let Some(Ok((ended, ()))) = self.connections.join_next_with_id().await {
                if Some(ended) == self.connection {
                    break;
                }
            }
        };
        // A browser that does not read is not waited for.
        tokio::time::timeout(PAGE, sent).await.ok();
    }
}

async fn refuse_others(socket: tokio::net::TcpListener, question: Arc<Question>) {
    let (answers, _nobody) = mpsc::channel(1);
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = socket.accept().await {
        connections.spawn(serve(stream, Arc::clone(&question), answers.clone()));
    }
}

async fn serve(
    stream: tokio::net::TcpStream,
    question: Arc<Question>,
    answers: mpsc::Sender<Answered>,
) {
    let service = service_fn(|request| {
        let (question, answers) = (Arc::clone(&question), answers.clone());
        async move { Ok::<_, Infallible>(respond(&request, &question, &answers).await) }
    });
    let mut server = hyper::server::conn::http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .keep_alive(false)
        .max_headers(64);
    // What a broken connection brought has been looked at by then.
    drop(server.serve_connection(TokioIo::new(stream), service).await);
}

async fn respond(
    request: &Request<Incoming>,
    question: &Question,
    answers: &mpsc::Sender<Answered>,
) -> Response<String> {
    let (status, message) = match question.read(request) {
        Err(status) => (status, Message::NotExpected),
        Ok(outcome) => {
            // The first answer is the only one: what comes after is a replay.
            if question.is_answered.swap(true, Ordering::SeqCst) {
                (StatusCode::GONE, Message::AlreadyAnswered)
            } else {
                let (page, message) = oneshot::channel();
                let answer = Answered {
                    outcome,
                    page,
                    connection: tokio::task::try_id(),
                };
                let taken = answers.send(answer).await.is_ok();
                let message = if taken { message.await.ok() } else { None };
                (StatusCode::OK, message.unwrap_or(Message::Failed))
            }
        }
    };
    let mut response = Response::new(message.page(question.language));
    *response.status_mut() = status;
    let fields = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
        (REFERRER_POLICY, "no-referrer"),
        (CONNECTION, "close"),
    ];
    for (name, value) in fields {
        let value = hyper::header::HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

impl Question {
    /// Reads a request: the code or the refusal that it brings, or the status of a request that is
    /// no answer to this question.
    fn read(&self, request: &Request<Incoming>) -> Result<Result<SecretString, Error>, StatusCode> {
        let host = request
            .headers()
            .get(HOST)
            .and_then(|host| host.to_str().ok());
        // A page elsewhere may point its own name at this machine.
        if host != Some(self.host.as_str()) {
            return Err(StatusCode::MISDIRECTED_REQUEST);
        }
        if request.uri().path() != self.path {
            return Err(StatusCode::NOT_FOUND);
        }
        if request.method() != Method::GET {
            return Err(StatusCode::METHOD_NOT_ALLOWED);
        }
        self.outcome(request.uri().query().unwrap_or_default())
            .ok_or(StatusCode::BAD_REQUEST)
    }

    /// Reads the query of the address that the browser came back to (RFC 6749, 4.1.2).
    fn outcome(&self, query: &str) -> Option<Result<SecretString, Error>> {
        let url = Url::parse(&format!("http://localhost/?{query}")).ok()?;
        let only = |name: &str| {
            let mut values = url.query_pairs().filter(|(key, _)| key == name);
            let first = values.next().map(|(_, value)| value.into_owned());
            // Twice the same field is neither the one nor the other.
            first.filter(|value| values.next().is_none() && !value.is_empty())
        };
        if !is_same(&only("state")?, &self.state) {
            return None;
        }
        match (only("code"), only("error")) {
            (Some(code), None) => Some(Ok(code.into())),
            (None, Some(code)) if code == "access_denied" => Some(Err(Error::ConsentDeclined)),
            (None, Some(code)) => Some(Err(Error::ConsentRefused {
                code: shown(&code),
                description: shown(&only("error_description").unwrap_or_default()),
            })),
            _ => None,
        }
    }
}

/// Compares in a time that does not tell where the first difference is.
fn is_same(a: &str, b: &str) -> bool {
    let differing = a
        .bytes()
        .zip(b.bytes())
        .fold(0, |all, (a, b)| all | (a ^ b));
    a.len() == b.len() && differing == 0
}
