//! The way in: a door that can be shut, and connections on which an answer comes slowly or in part.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Sleep;

/// How many connections may wait to be taken.
const BACKLOG: u32 = 1_024;

/// The door of a server. While it is shut the system refuses connections, and the port stays the
/// server's.
#[derive(Clone)]
pub struct Door {
    orders: mpsc::Sender<Order>,
    is_shut: Arc<AtomicBool>,
}

/// What the door is to do, and who waits until it is done.
enum Order {
    Shut(oneshot::Sender<()>),
    Open(oneshot::Sender<()>),
}

impl Door {
    /// Opens a door on loopback.
    pub(super) async fn new() -> (Self, Entrance) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (orders, come) = mpsc::channel(4);
        let door = Self {
            orders,
            is_shut: Arc::default(),
        };
        let entrance = Entrance {
            address: listener.local_addr().unwrap(),
            listener: Some(listener),
            orders: come,
        };
        (door, entrance)
    }

    /// Shuts it, from when this returns.
    pub(super) async fn shut(&self) {
        let (done, is_done) = oneshot::channel();
        self.is_shut.store(true, Ordering::SeqCst);
        self.orders.send(Order::Shut(done)).await.unwrap();
        is_done.await.unwrap();
    }

    /// Opens it, if it is shut; whoever comes afterwards gets in.
    pub fn open(&self) {
        if !self.is_shut() {
            return;
        }
        let (done, is_done) = oneshot::channel();
        self.orders.blocking_send(Order::Open(done)).unwrap();
        is_done.blocking_recv().unwrap();
        self.is_shut.store(false, Ordering::SeqCst);
    }

    /// Returns whether it is shut.
    pub fn is_shut(&self) -> bool {
        self.is_shut.load(Ordering::SeqCst)
    }
}

/// Takes the connections that come through the door.
pub(super) struct Entrance {
    pub(super) address: SocketAddr,
    listener: Option<TcpListener>,
    orders: mpsc::Receiver<Order>,
}

impl Entrance {
    /// Keeps the port without listening at it, until it is to be opened.
    async fn shut(&mut self, done: oneshot::Sender<()>) {
        drop(self.listener.take());
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(self.address).unwrap();
        _ = done.send(());
        let done = loop {
            match self.orders.recv().await {
                Some(Order::Open(done)) => break Some(done),
                Some(Order::Shut(done)) => _ = done.send(()),
                None => break None,
            }
        };
        self.listener = Some(socket.listen(BACKLOG).unwrap());
        if let Some(done) = done {
            _ = done.send(());
        }
    }
}

impl Listener for Entrance {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        loop {
            let listener = self.listener.as_ref().unwrap();
            tokio::select! {
                come = listener.accept() => if let Ok((stream, from)) = come {
                    // Bytes that come one at a time also go so.
                    _ = stream.set_nodelay(true);
                    return (Line::new(stream), from);
                },
                Some(order) = self.orders.recv() => match order {
                    Order::Shut(done) => self.shut(done).await,
                    Order::Open(done) => _ = done.send(()),
                },
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// How an answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// One byte after the other, each after so long.
    Drip(Duration),
    /// Up to the middle of its body, or of its head where it has none; then the connection ends.
    Cut,
}

/// How the answers of a connection come from now on.
#[derive(Clone, Default)]
pub(super) struct Pacing(Arc<Mutex<Option<Pace>>>);

impl Pacing {
    pub(super) fn set(&self, pace: Pace) {
        *self.0.lock().unwrap() = Some(pace);
    }

    fn get(&self) -> Option<Pace> {
        *self.0.lock().unwrap()
    }
}

impl Connected<IncomingStream<'_, Entrance>> for Pacing {
    fn connect_info(stream: IncomingStream<'_, Entrance>) -> Self {
        stream.io().pacing.clone()
    }
}

/// A connection.
pub(super) struct Line {
    stream: TcpStream,
    pacing: Pacing,
    /// Until the next byte goes out.
    wait: Option<Pin<Box<Sleep>>>,
    /// How many bytes still go out before the end.
    left: Option<usize>,
}

impl Line {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            pacing: Pacing::default(),
            wait: None,
            left: None,
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        room: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, room)
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let line = self.get_mut();
        let stream = Pin::new(&mut line.stream);
        match line.pacing.get() {
            None => stream.poll_write(context, bytes),
            Some(Pace::Drip(each)) => {
                let wait = line
                    .wait
                    .get_or_insert_with(|| Box::pin(tokio::time::sleep(each)));
                ready!(wait.as_mut().poll(context));
                let written = ready!(stream.poll_write(context, &bytes[..bytes.len().min(1)]));
                line.wait = None;
                Poll::Ready(written)
            }
            Some(Pace::Cut) => {
                let left = line.left.unwrap_or_else(|| half(bytes));
                if left == 0 {
                    return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
                }
                let part = &bytes[..bytes.len().min(left)];
                let written = ready!(stream.poll_write(context, part))?;
                line.left = Some(left - written);
                Poll::Ready(Ok(written))
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

/// Returns where the middle of an answer's body is, or that of its head where it has no body.
fn half(answer: &[u8]) -> usize {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n");
    match end.map(|end| end + 4) {
        Some(head) if head < answer.len() => head + (answer.len() - head) / 2,
        _ => answer.len() / 2,
    }
}
