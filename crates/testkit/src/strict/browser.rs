//! A browser that does what it is told, one request per connection.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// What a server answered.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its HTTP status; 0 when there was none.
    pub status: u16,
    /// Its head.
    pub head: String,
    /// Its body.
    pub body: String,
}

impl Page {
    /// Returns a field of the head.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// Gets an address on loopback; an error is what the system says.
pub fn get(url: &str) -> std::io::Result<Page> {
    ask("GET", url, &[])
}

/// Asks with further fields of the head; a `Host` among them takes the place of the right one.
pub fn ask(method: &str, url: &str, fields: &[(&str, &str)]) -> std::io::Result<Page> {
    send(method, url, fields, b"")
}

/// Asks with further fields of the head and a body. Where the fields do not say how long the body is, its
/// length is told.
pub fn send(
    method: &str,
    url: &str,
    fields: &[(&str, &str)],
    body: &[u8],
) -> std::io::Result<Page> {
    let rest = url.strip_prefix("http://").unwrap();
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let slash = if path.starts_with('/') { "" } else { "/" };
    let mut head = String::new();
    if fields.iter().all(|(name, _)| *name != "Host") {
        head = format!("Host: {authority}\r\n");
    }
    let tells_length = fields.iter().any(|(name, _)| *name == "Content-Length");
    if !body.is_empty() && !tells_length {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    for (name, value) in fields {
        head += &format!("{name}: {value}\r\n");
    }
    let mut stream = TcpStream::connect(authority)?;
    write!(
        stream,
        "{method} {slash}{path} HTTP/1.1\r\n{head}Connection: close\r\n\r\n"
    )?;
    stream.write_all(body)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    Ok(Page {
        status: status.unwrap_or(0),
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

/// Waits until no other test connects an account of a network whose redirects have fixed ports, in
/// whatever process; others do until the result is dropped.
pub fn alone_at_fixed_ports() -> std::fs::File {
    #[expect(
        clippy::disallowed_methods,
        reason = "one place for all tests of the machine, as the ports are"
    )]
    let path = std::env::temp_dir().join("crealia-tests-fixed-ports");
    let file = std::fs::File::options()
        .create(true)
        .append(true)
        .open(path)
        .unwrap();
    file.lock().unwrap();
    file
}

/// Opens the page that asks for consent, and returns where it sends the browser.
pub fn consent(address: &str) -> String {
    let page = get(address).unwrap();
    assert_eq!(page.status, 302, "{}", page.body);
    page.header("location").unwrap().to_owned()
}
