//! What is seen in the window and done to it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use thirtyfour::common::capabilities::desiredcapabilities::Capabilities;
use thirtyfour::common::command::Command;
use thirtyfour::error::{WebDriverErrorInner, WebDriverResult};
use thirtyfour::{WebDriver, WebElement};
use tokio::runtime::{Builder, Runtime};

use crate::script;
use crate::wait::PAUSE;

/// How long the page may take to show something. Not a goal: software drawing on a busy machine
/// is slow, and what hangs is found all the same.
const PATIENCE: Duration = Duration::from_secs(30);

/// An open window.
pub struct Window {
    driver: WebDriver,
    runtime: Runtime,
}

/// Something in the window. Where the page has drawn it anew since, it is found again in its place.
#[derive(Debug, Clone)]
pub struct Part {
    element: WebElement,
    look: Look,
    /// Its place among what the look finds.
    nth: usize,
}

/// How parts are found.
#[derive(Debug, Clone)]
struct Look {
    script: &'static str,
    arguments: Vec<Value>,
}

/// Left, top, width and height of something in the page.
pub type Place = (f64, f64, f64, f64);

impl Window {
    /// Starts the program through a driver.
    pub(crate) fn open(port: u16, program: &Path, files: &[PathBuf]) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let mut wanted = Capabilities::new();
        let files: Vec<&str> = files.iter().filter_map(|file| file.to_str()).collect();
        let options = json!({"application": program, "args": files});
        wanted.insert("tauri:options".to_owned(), options);
        let address = format!("http://127.0.0.1:{port}");
        let driver = runtime.block_on(WebDriver::new(address, wanted))?;
        Ok(Self { driver, runtime })
    }

    /// Ends the program by closing its window.
    pub fn close(self) -> Result<()> {
        self.runtime.block_on(self.driver.clone().quit())?;
        Ok(())
    }

    /// Runs a script in the page and returns what it returns.
    pub fn run(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        let run = self.driver.execute(script, arguments.to_vec());
        Ok(self.runtime.block_on(run)?.json().clone())
    }

    /// Runs a script that calls its last argument with what it returns.
    pub fn run_later(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        let run = self.driver.execute_async(script, arguments.to_vec());
        Ok(self.runtime.block_on(run)?.json().clone())
    }

    /// Looks until a look finds something, and returns it.
    pub fn until<T>(&self, what: &str, look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
        self.within(PATIENCE, what, look)
    }

    /// Looks until a look finds something, for longer or shorter than usual.
    pub fn within<T>(
        &self,
        patience: Duration,
        what: &str,
        mut look: impl FnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        let start = Instant::now();
        loop {
            let found = look();
            match found {
                Ok(Some(found)) => return Ok(found),
                // While the page changes, what was found may be gone again.
                Ok(None) | Err(_) if start.elapsed() < patience => std::thread::sleep(PAUSE),
                Ok(None) => bail!("never seen: {what}\n{}", self.words().unwrap_or_default()),
                Err(error) => return Err(error.context(what.to_owned())),
            }
        }
    }

    /// Returns all words that are shown.
    pub fn words(&self) -> Result<String> {
        let words = self.run("return document.body ? document.body.innerText : ''", &[])?;
        Ok(words.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until words are shown.
    pub fn says(&self, words: &str) -> Result<()> {
        let wanted = plain(words);
        self.until(words, || {
            Ok(plain(&self.words()?).contains(&wanted).then_some(()))
        })
    }

    /// Waits until what matches a CSS selector says all of these.
    pub fn tells(&self, selector: &str, words: &[&str]) -> Result<()> {
        self.until(&words.join(" "), || {
            let said = plain(&self.text(&self.seen(selector)?)?);
            let is_said = |one: &&str| said.contains(&plain(one));
            Ok(words.iter().all(is_said).then_some(()))
        })
    }

    /// Waits for the first visible element with a role and an accessible name, `*` for any.
    pub fn named(&self, role: &str, name: &str) -> Result<Part> {
        let what = format!("{role} “{name}”");
        self.until(&what, || Ok(self.all_named(role, name)?.into_iter().next()))
    }

    /// Returns the visible elements with a role and an accessible name.
    pub fn all_named(&self, role: &str, name: &str) -> Result<Vec<Part>> {
        self.elements(script::NAMED, &[json!(role), json!(name)])
    }

    /// Waits for the first visible element with a `data-part`.
    pub fn part(&self, part: &str) -> Result<Part> {
        self.seen(&format!("[data-part=\"{part}\"]"))
    }

    /// Returns the visible elements with a `data-part`.
    pub fn parts(&self, part: &str) -> Result<Vec<Part>> {
        self.all_seen(&format!("[data-part=\"{part}\"]"))
    }

    /// Waits for the first visible element of a CSS selector.
    pub fn seen(&self, selector: &str) -> Result<Part> {
        self.until(selector, || Ok(self.all_seen(selector)?.into_iter().next()))
    }

    /// Returns the visible elements of a CSS selector.
    pub fn all_seen(&self, selector: &str) -> Result<Vec<Part>> {
        self.elements(script::SEEN, &[json!(selector)])
    }

    /// Waits until nothing visible matches a CSS selector.
    pub fn gone(&self, selector: &str) -> Result<()> {
        self.until(&format!("the end of {selector}"), || {
            Ok(self.all_seen(selector)?.is_empty().then_some(()))
        })
    }

    /// Clicks in the middle of something.
    pub fn click(&self, part: &Part) -> Result<()> {
        self.on(part, &async |element| {
            element.scroll_into_view().await?;
            element.click().await
        })
    }

    /// Clicks twice in the middle of something.
    pub fn double_click(&self, part: &Part) -> Result<()> {
        let at = self.middle(part)?;
        let press = [
            json!({"type": "pointerDown", "button": 0}),
            json!({"type": "pointerUp", "button": 0}),
        ];
        let steps = [vec![moved(at, 0)], press.to_vec(), press.to_vec()].concat();
        self.act(&[mouse(&steps)])
    }

    /// Asks for the menu of something, as a click with the right button in its middle does.
    pub fn ask_for_menu(&self, part: &Part) -> Result<()> {
        self.on(part, &async |element| element.scroll_into_view().await)?;
        self.ask_for_menu_at(self.middle(part)?)
    }

    /// Asks for the menu of what is at a point. The page gets the event that the browser would give it: with
    /// the driver's right button pressed, later presses of the left one are none
    /// ([`Desktop::right_click`](crate::Desktop::right_click) has a button).
    pub fn ask_for_menu_at(&self, at: (f64, f64)) -> Result<()> {
        self.run(
            "const [x, y] = arguments;
             document.elementFromPoint(x, y).dispatchEvent(new MouseEvent('contextmenu', {
               bubbles: true, cancelable: true, clientX: x, clientY: y, button: 2 }));",
            &[json!(at.0), json!(at.1)],
        )?;
        Ok(())
    }

    /// Puts words in place of what a field holds.
    pub fn fill(&self, field: &Part, words: &str) -> Result<()> {
        self.click(field)?;
        self.press(&["Control", "a"])?;
        self.write(words)
    }

    /// Returns the words in something, also of lines that are cut short: to the driver those have none.
    pub fn text(&self, part: &Part) -> Result<String> {
        let text = self.on(part, &async |element| element.prop("innerText").await)?;
        Ok(plain(text.unwrap_or_default().trim()))
    }

    /// Returns an attribute of something.
    pub fn attribute(&self, part: &Part, name: &str) -> Result<Option<String>> {
        self.on(part, &async |element| element.attr(name).await)
    }

    /// Returns the middle of something in the page.
    pub fn middle(&self, part: &Part) -> Result<(f64, f64)> {
        let (left, top, width, height) = self.place(part)?;
        Ok((left + width / 2.0, top + height / 2.0))
    }

    /// Returns where something is in the page. The page is asked: the driver tells it of what can be clicked
    /// alone.
    pub fn place(&self, part: &Part) -> Result<Place> {
        self.on(part, &async |element| {
            let asked = self.driver.execute(script::PLACE, vec![element.to_json()?]);
            asked.await?.convert()
        })
    }

    /// Returns an attribute and the place of the visible elements of a CSS selector that have it, all at
    /// one moment.
    pub fn places(&self, selector: &str, attribute: &str) -> Result<Vec<(String, Place)>> {
        let found = self.run(script::PLACES, &[json!(selector), json!(attribute)])?;
        Ok(serde_json::from_value(found)?)
    }

    /// Types words to whatever has the focus.
    pub fn write(&self, words: &str) -> Result<()> {
        let strokes = words.chars().flat_map(|key| stroke(&key.to_string()));
        self.act(&[keys(&strokes.collect::<Vec<_>>())])
    }

    /// Presses keys together, such as `["Control", "k"]`, by their names in the DOM.
    pub fn press(&self, names: &[&str]) -> Result<()> {
        let down = names
            .iter()
            .map(|name| json!({"type": "keyDown", "value": key(name)}));
        let up = (names.iter().rev()).map(|name| json!({"type": "keyUp", "value": key(name)}));
        self.act(&[keys(&down.chain(up).collect::<Vec<_>>())])
    }

    /// Moves the mouse somewhere.
    pub fn point(&self, at: (f64, f64)) -> Result<()> {
        self.act(&[mouse(&[moved(at, 0)])])
    }

    /// Presses at a point, moves through others and lets go at the last.
    pub fn drag(&self, through: &[(f64, f64)]) -> Result<()> {
        let mut steps = held(through)?;
        steps.push(json!({"type": "pointerUp", "button": 0}));
        self.act(&[mouse(&steps)])
    }

    /// Presses at a point and moves through others, without letting go: see [`Window::let_go`].
    pub fn hold(&self, through: &[(f64, f64)]) -> Result<()> {
        self.act(&[mouse(&held(through)?)])
    }

    /// Lets go of what is held.
    pub fn let_go(&self) -> Result<()> {
        self.act(&[mouse(&[json!({"type": "pointerUp", "button": 0})])])
    }

    /// Turns the wheel at a point, as its event tells of it, such as `{"deltaY": 120}` for so many pixels
    /// towards the user, and returns whether the page takes it for itself. The driver has no wheel: the
    /// page gets the event that the browser would give it.
    pub fn turn(&self, at: (f64, f64), wheel: &Value) -> Result<bool> {
        let taken = self.run(
            "const [x, y, wheel] = arguments;
             return !document.elementFromPoint(x, y).dispatchEvent(new WheelEvent('wheel', {
               bubbles: true, cancelable: true, clientX: x, clientY: y, ...wheel }));",
            &[json!(at.0), json!(at.1), wheel.clone()],
        )?;
        Ok(taken == json!(true))
    }

    /// Writes what the window shows to a PNG file.
    pub fn picture(&self, file: &Path) -> Result<()> {
        let png = self.runtime.block_on(self.driver.screenshot_as_png())?;
        std::fs::write(file, png).with_context(|| file.display().to_string())
    }

    fn elements(&self, script: &'static str, arguments: &[Value]) -> Result<Vec<Part>> {
        let look = Look {
            script,
            arguments: arguments.to_vec(),
        };
        let found = self.found(&look)?.into_iter().enumerate();
        let part = |(nth, element)| Part {
            element,
            look: look.clone(),
            nth,
        };
        Ok(found.map(part).collect())
    }

    fn found(&self, look: &Look) -> Result<Vec<WebElement>> {
        let run = self.driver.execute(look.script, look.arguments.clone());
        Ok(self.runtime.block_on(run)?.elements()?)
    }

    /// Does something to a part, once more if the page drew it anew in between.
    fn on<T>(
        &self,
        part: &Part,
        act: &impl AsyncFn(&WebElement) -> WebDriverResult<T>,
    ) -> Result<T> {
        match self.runtime.block_on(act(&part.element)) {
            Err(error) if matches!(*error, WebDriverErrorInner::StaleElementReference(_)) => {
                let now = self.found(&part.look)?;
                let anew = now.get(part.nth).context(error)?;
                Ok(self.runtime.block_on(act(anew))?)
            }
            done => Ok(done?),
        }
    }

    fn act(&self, devices: &[Value]) -> Result<()> {
        let actions = Command::PerformActions(json!(devices).into());
        self.runtime.block_on(self.driver.handle.cmd(actions))?;
        Ok(())
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // The session ends the program; asked to, the driver would wait for one that was killed.
        drop(self.driver.clone().leak());
    }
}

fn keys(steps: &[Value]) -> Value {
    json!({"type": "key", "id": "keys", "actions": steps})
}

fn mouse(steps: &[Value]) -> Value {
    json!({
        "type": "pointer",
        "id": "mouse",
        "parameters": {"pointerType": "mouse"},
        "actions": steps,
    })
}

fn moved(to: (f64, f64), millis: u32) -> Value {
    let (x, y) = (to.0.round(), to.1.round());
    json!({"type": "pointerMove", "duration": millis, "x": x as i64, "y": y as i64})
}

/// Returns the steps of a press at a point and of moves through others.
fn held(through: &[(f64, f64)]) -> Result<Vec<Value>> {
    let (first, rest) = through.split_first().context("a drag has a start")?;
    let mut steps = vec![
        moved(*first, 0),
        json!({"type": "pointerDown", "button": 0}),
    ];
    steps.extend(rest.iter().map(|at| moved(*at, 40)));
    Ok(steps)
}

fn stroke(key: &str) -> [Value; 2] {
    [
        json!({"type": "keyDown", "value": key}),
        json!({"type": "keyUp", "value": key}),
    ]
}

/// Returns the character that WebDriver has for a key, by its name in the DOM.
fn key(name: &str) -> &str {
    match name {
        "Backspace" => "\u{e003}",
        "Tab" => "\u{e004}",
        "Enter" => "\u{e007}",
        "Shift" => "\u{e008}",
        "Control" => "\u{e009}",
        "Alt" => "\u{e00a}",
        "Escape" => "\u{e00c}",
        "Space" => " ",
        "PageUp" => "\u{e00e}",
        "PageDown" => "\u{e00f}",
        "End" => "\u{e010}",
        "Home" => "\u{e011}",
        "ArrowLeft" => "\u{e012}",
        "ArrowUp" => "\u{e013}",
        "ArrowRight" => "\u{e014}",
        "ArrowDown" => "\u{e015}",
        "Delete" => "\u{e017}",
        "F1" => "\u{e031}",
        "F2" => "\u{e032}",
        "F10" => "\u{e03a}",
        other => other,
    }
}

/// Returns a text with usual spaces where French has narrow ones and those that do not break.
fn plain(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}
