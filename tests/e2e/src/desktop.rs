//! What else is on the desktop: files dragged from a file manager, names typed into the system's file
//! dialog, another window that takes the keyboard.
//!
//! Sources: the XDND protocol, version 5 (freedesktop.org); ICCCM 2.2 for selections; XTEST for keys.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ClientMessageEvent, ConnectionExt as _,
    CreateWindowAux, EventMask, ImageFormat, InputFocus, KEY_PRESS_EVENT, KEY_RELEASE_EVENT,
    MOTION_NOTIFY_EVENT, MapState, PropMode, SELECTION_NOTIFY_EVENT, SelectionNotifyEvent,
    SelectionRequestEvent, WindowClass,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;
use x11rb::{COPY_FROM_PARENT, CURRENT_TIME, NONE};

use crate::wait::{PAUSE, until};
use crate::window::Place;

/// How long another program may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// The version of XDND that is spoken.
const VERSION: u32 = 5;

x11rb::atom_manager! {
    /// Names that X knows by number.
    Atoms: AtomsCookie {
        XdndAware,
        XdndEnter,
        XdndPosition,
        XdndStatus,
        XdndLeave,
        XdndDrop,
        XdndFinished,
        XdndSelection,
        XdndActionCopy,
        _NET_WM_WINDOW_TYPE,
        _NET_WM_WINDOW_TYPE_DIALOG,
        FILES: b"text/uri-list",
    }
}

/// A desktop, seen by a program that is not the studio.
pub struct Desktop {
    screen: RustConnection,
    root: u32,
    atoms: Atoms,
}

impl Desktop {
    pub(crate) fn new(display: &str) -> Result<Self> {
        let (screen, number) = x11rb::connect(Some(display))?;
        let root = (screen.setup().roots.get(number))
            .context("the screen has no root")?
            .root;
        let atoms = Atoms::new(&screen)?.reply()?;
        Ok(Self {
            screen,
            root,
            atoms,
        })
    }

    /// Takes the keyboard from the window, as a click on another one does.
    pub fn look_away(&self) -> Result<()> {
        self.focus(NONE)
    }

    /// Begins to drag files, and holds them over a point of the screen until the program there says
    /// that it takes them.
    pub fn drag<'a>(&'a self, files: &[&Path], at: (i16, i16)) -> Result<Drag<'a>> {
        let source = self.screen.generate_id()?;
        self.screen.create_window(
            0,
            source,
            self.root,
            0,
            0,
            1,
            1,
            0,
            WindowClass::INPUT_OUTPUT,
            COPY_FROM_PARENT,
            &CreateWindowAux::new(),
        )?;
        let selection = self.atoms.XdndSelection;
        self.screen
            .set_selection_owner(source, selection, CURRENT_TIME)?;
        let target = self
            .taker(self.root, at)?
            .context("no window there takes anything")?;
        let drag = Drag {
            desktop: self,
            source,
            target,
            list: files.iter().map(|file| address(file) + "\r\n").collect(),
        };
        let files = self.atoms.FILES;
        drag.say(self.atoms.XdndEnter, [VERSION << 24, files, 0, 0])?;
        drag.hold(at)?;
        Ok(drag)
    }

    /// Types the name of a file into the dialog that asks for one, and confirms it.
    pub fn choose(&self, file: &Path) -> Result<()> {
        let dialog = until(PATIENCE, "the system's file dialog", || self.dialog())?;
        self.focus(dialog)?;
        // GTK opens the line for a path when a slash is typed, and completes names by itself; both take a
        // moment, and nothing outside tells when they are done.
        let moment = || std::thread::sleep(Duration::from_millis(700));
        let path = file.to_str().context("a name that cannot be typed")?;
        let rest = path.strip_prefix('/').context("a path from the root")?;
        for words in ["/", rest, "\r"] {
            moment();
            self.write(words)?;
        }
        until(PATIENCE, "the end of the dialog", || {
            Ok(self.dialog()?.is_none().then_some(()))
        })
    }

    /// Presses the right button at a place of the screen, and lets it go.
    pub fn right_click(&self, at: (f64, f64)) -> Result<()> {
        const RIGHT: u8 = 3;
        let (x, y) = (at.0.round() as i16, at.1.round() as i16);
        for (kind, detail) in [
            (MOTION_NOTIFY_EVENT, 0),
            (BUTTON_PRESS_EVENT, RIGHT),
            (BUTTON_RELEASE_EVENT, RIGHT),
        ] {
            self.screen
                .xtest_fake_input(kind, detail, CURRENT_TIME, self.root, x, y, 0)?;
            self.screen.flush()?;
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// Returns the colours of a place of the screen: red, green and blue of each pixel, row by row. A page may
    /// not read what it draws of pictures from another scheme.
    pub fn colours(&self, place: Place) -> Result<Vec<[u8; 3]>> {
        // Whole pixels only: at an edge there is some of what is beside.
        let (left, top) = (place.0.ceil(), place.1.ceil());
        let width = (place.0 + place.2).floor() - left;
        let height = (place.1 + place.3).floor() - top;
        let asked = self.screen.get_image(
            ImageFormat::Z_PIXMAP,
            self.root,
            left as i16,
            top as i16,
            width as u16,
            height as u16,
            u32::MAX,
        )?;
        let image = asked.reply()?;
        ensure!(image.depth == 24, "a screen of {} bits", image.depth);
        let (pixels, _) = image.data.as_chunks::<4>();
        Ok(pixels
            .iter()
            .map(|[blue, green, red, _]| [*red, *green, *blue])
            .collect())
    }

    fn focus(&self, window: u32) -> Result<()> {
        self.screen
            .set_input_focus(InputFocus::NONE, window, CURRENT_TIME)?
            .check()?;
        Ok(())
    }

    /// Returns a visible window that is a dialog.
    fn dialog(&self) -> Result<Option<u32>> {
        for window in self.screen.query_tree(self.root)?.reply()?.children {
            let kind = self.screen.get_property(
                false,
                window,
                self.atoms._NET_WM_WINDOW_TYPE,
                AtomEnum::ATOM,
                0,
                1,
            )?;
            // A window that is gone meanwhile is none.
            let kind = kind.reply().ok().and_then(|kind| kind.value32()?.next());
            if kind == Some(self.atoms._NET_WM_WINDOW_TYPE_DIALOG) && self.is_shown(window)? {
                return Ok(Some(window));
            }
        }
        Ok(None)
    }

    fn is_shown(&self, window: u32) -> Result<bool> {
        let about = self.screen.get_window_attributes(window)?.reply();
        Ok(about.is_ok_and(|about| about.map_state == MapState::VIEWABLE))
    }

    /// Returns the window at a point that takes what is dropped.
    fn taker(&self, within: u32, at: (i16, i16)) -> Result<Option<u32>> {
        let aware =
            self.screen
                .get_property(false, within, self.atoms.XdndAware, AtomEnum::ATOM, 0, 1)?;
        if aware.reply().is_ok_and(|aware| aware.value_len == 1) {
            return Ok(Some(within));
        }
        // The last of the children is the one in front.
        for child in self
            .screen
            .query_tree(within)?
            .reply()?
            .children
            .iter()
            .rev()
        {
            let place = self.screen.get_geometry(*child)?.reply()?;
            let at = (at.0 - place.x, at.1 - place.y);
            let inside = |at: i16, length: u16| u16::try_from(at).is_ok_and(|at| at < length);
            if inside(at.0, place.width)
                && inside(at.1, place.height)
                && self.is_shown(*child)?
                && let Some(found) = self.taker(*child, at)?
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Strikes keys, as a keyboard does; `\r` is Return.
    fn write(&self, words: &str) -> Result<()> {
        /// A keysym's column in the keyboard's table: with nothing held, with Shift held.
        const COLUMNS: usize = 2;
        /// The keysym of the left Shift key (X11 `keysymdef.h`).
        const SHIFT: u32 = 0xffe1;
        let setup = self.screen.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let table = self
            .screen
            .get_keyboard_mapping(first, last - first + 1)?
            .reply()?;
        let place = |symbol: u32| {
            (first..)
                .zip(table.keysyms.chunks(usize::from(table.keysyms_per_keycode)))
                .find_map(|(code, row)| {
                    let column = row.iter().take(COLUMNS).position(|own| *own == symbol)?;
                    Some((code, column))
                })
        };
        let (shift, _) = place(SHIFT).context("the keyboard has no Shift")?;
        for letter in words.chars() {
            // Keysyms of Latin-1 are its numbers; Return is apart.
            let symbol = match letter {
                '\r' => 0xff0d,
                letter => u32::from(letter),
            };
            let (code, column) = place(symbol).with_context(|| format!("no key for {letter:?}"))?;
            if column == 1 {
                self.strike(KEY_PRESS_EVENT, shift)?;
            }
            self.strike(KEY_PRESS_EVENT, code)?;
            self.strike(KEY_RELEASE_EVENT, code)?;
            if column == 1 {
                self.strike(KEY_RELEASE_EVENT, shift)?;
            }
            self.screen.flush()?;
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    fn strike(&self, kind: u8, code: u8) -> Result<()> {
        self.screen
            .xtest_fake_input(kind, code, CURRENT_TIME, self.root, 0, 0, 0)?;
        Ok(())
    }
}

/// Files on their way.
pub struct Drag<'a> {
    desktop: &'a Desktop,
    source: u32,
    target: u32,
    /// `text/uri-list`.
    list: String,
}

impl Drag<'_> {
    /// Lets go of the files where they are held.
    pub fn let_go(self) -> Result<()> {
        self.say(self.desktop.atoms.XdndDrop, [0, CURRENT_TIME, 0, 0])?;
        let finished = self.desktop.atoms.XdndFinished;
        self.answer(PATIENCE, |message| message.type_ == finished)?
            .context("the program never took the files")?;
        Ok(())
    }

    /// Carries the files away again.
    pub fn carry_away(self) -> Result<()> {
        self.say(self.desktop.atoms.XdndLeave, [0; 4])
    }

    fn hold(&self, at: (i16, i16)) -> Result<()> {
        let atoms = &self.desktop.atoms;
        let (x, y) = (u32::try_from(at.0)?, u32::try_from(at.1)?);
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let where_to = [0, x << 16 | y, CURRENT_TIME, atoms.XdndActionCopy];
            self.say(atoms.XdndPosition, where_to)?;
            let status = self.answer(PATIENCE, |message| message.type_ == atoms.XdndStatus)?;
            let status = status.context("the program does not answer")?;
            // The first bit of the second number: it would take what is held.
            if status
                .data
                .as_data32()
                .get(1)
                .is_some_and(|flags| flags & 1 == 1)
            {
                return Ok(());
            }
            // A hand moves on; the program has asked what it is meanwhile.
            std::thread::sleep(PAUSE);
        }
        bail!("the program does not take the files")
    }

    fn say(&self, what: u32, [a, b, c, d]: [u32; 4]) -> Result<()> {
        let message = ClientMessageEvent::new(32, self.target, what, [self.source, a, b, c, d]);
        let screen = &self.desktop.screen;
        screen.send_event(false, self.target, EventMask::NO_EVENT, message)?;
        screen.flush()?;
        Ok(())
    }

    /// Answers questions for the files until a wanted message comes; `None` when it does not.
    fn answer(
        &self,
        patience: Duration,
        is_wanted: impl Fn(&ClientMessageEvent) -> bool,
    ) -> Result<Option<ClientMessageEvent>> {
        let start = Instant::now();
        while start.elapsed() < patience {
            match self.desktop.screen.poll_for_event()? {
                Some(Event::SelectionRequest(question)) => self.give(&question)?,
                Some(Event::ClientMessage(message)) if is_wanted(&message) => {
                    return Ok(Some(message));
                }
                Some(_) => {}
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        }
        Ok(None)
    }

    fn give(&self, question: &SelectionRequestEvent) -> Result<()> {
        let screen = &self.desktop.screen;
        ensure!(question.property != NONE, "an obsolete question");
        let is_files = question.target == self.desktop.atoms.FILES;
        if is_files {
            screen.change_property8(
                PropMode::REPLACE,
                question.requestor,
                question.property,
                question.target,
                self.list.as_bytes(),
            )?;
        }
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: question.time,
            requestor: question.requestor,
            selection: question.selection,
            target: question.target,
            property: if is_files { question.property } else { NONE },
        };
        screen.send_event(false, question.requestor, EventMask::NO_EVENT, answer)?;
        screen.flush()?;
        Ok(())
    }
}

/// Returns a file's address as file managers give it: all but plain letters is escaped (RFC 3986, 2.3).
fn address(file: &Path) -> String {
    use std::os::unix::ffi::OsStrExt as _;
    let escaped = |byte: &u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
            char::from(*byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    let path: String = file.as_os_str().as_bytes().iter().map(escaped).collect();
    format!("file://{path}")
}
