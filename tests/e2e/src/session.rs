//! The processes of one test: X server, session bus, driver, program. All end with it.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rustix::process::Signal;
use serde_json::json;
use tempfile::TempDir;

use crate::desktop::Desktop;
use crate::wait::until;
use crate::window::Window;

/// How long a process may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a session is like.
#[derive(Debug, Clone)]
pub struct Setup {
    program: PathBuf,
    locale: String,
    size: (u32, u32),
    files: Vec<PathBuf>,
    environment: Vec<(String, String)>,
    disk_mib: Option<u32>,
}

impl Setup {
    /// Returns a session for a program: French, 1280×800, no files.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            locale: "fr_FR.UTF-8".to_owned(),
            size: (1280, 800),
            files: Vec::new(),
            environment: Vec::new(),
            disk_mib: None,
        }
    }

    /// Returns the program.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Sets the session's language, such as `en_GB.UTF-8`.
    #[must_use]
    pub fn locale(mut self, locale: &str) -> Self {
        locale.clone_into(&mut self.locale);
        self
    }

    /// Sets the window's size in pixels.
    #[must_use]
    pub fn size(mut self, width: u32, height: u32) -> Self {
        self.size = (width, height);
        self
    }

    /// Gives a file as an argument.
    #[must_use]
    pub fn file(mut self, file: impl Into<PathBuf>) -> Self {
        self.files.push(file.into());
        self
    }

    /// Sets a variable of the program's environment.
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// Puts the program folder on a disk of its own of so many MiB, which lives as long as the window.
    #[must_use]
    pub fn small_disk(mut self, mib: u32) -> Self {
        self.disk_mib = Some(mib);
        self
    }

    /// Starts the session, without a window yet.
    pub fn start(self) -> Result<Session> {
        let folder = TempDir::new()?;
        let home = folder.path().join("home");
        std::fs::create_dir_all(&home)?;
        let (screen, display) = screen()?;
        Ok(Session {
            setup: self,
            screen: Group(screen),
            display,
            monitor: None,
            driver: None,
            home,
            folder,
        })
    }
}

/// A machine for one test.
pub struct Session {
    setup: Setup,
    // Processes end in this order, then the folder goes away.
    monitor: Option<Group>,
    driver: Option<Group>,
    #[expect(dead_code, reason = "ends when it is dropped")]
    screen: Group,
    display: String,
    home: PathBuf,
    folder: TempDir,
}

impl Session {
    /// Opens the window. A session has one at a time; opening again after [`Session::kill`] or
    /// [`Window::close`] finds the same program folder.
    pub fn open(&mut self) -> Result<Window> {
        self.monitor = None;
        self.driver = None;
        let (width, height) = self.setup.size;
        let frame =
            json!({"width": width, "height": height, "x": 0, "y": 0, "is_maximized": false});
        std::fs::write(self.home.join("window.json"), frame.to_string())?;
        let (port, native) = (free_port()?, free_port()?);
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_path())?;
        let mut command = self.on_its_disk();
        command
            .args(["dbus-run-session", "--", "tauri-driver"])
            .args(["--port", &port.to_string()])
            .args(["--native-port", &native.to_string()])
            .arg("--native-driver")
            .arg(self.native_driver()?)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0);
        self.environment(&mut command);
        let driver = command.spawn().context("dbus-run-session, tauri-driver")?;
        self.driver = Some(Group(driver));
        wait_for(port)?;
        wait_for(native)?;
        Window::open(port, &self.setup.program, &self.setup.files)
            .with_context(|| self.log().unwrap_or_default())
    }

    /// Starts the program once more beside the open window, as a file manager would, and returns
    /// whether it ended well.
    pub fn start_again(&self, files: &[&Path]) -> Result<bool> {
        let mut command = Command::new(&self.setup.program);
        self.environment(&mut command);
        let bus = self.program_variable("DBUS_SESSION_BUS_ADDRESS")?;
        let status = command
            .args(files)
            .env("DBUS_SESSION_BUS_ADDRESS", bus)
            .status()?;
        Ok(status.success())
    }

    /// Writes down from now on what the program tells the desktop, and what it asks a file manager to show;
    /// read by [`Session::notifications`]. No desktop is there to do it.
    pub fn listen(&mut self) -> Result<()> {
        let bus = self.program_variable("DBUS_SESSION_BUS_ADDRESS")?;
        let monitor = Command::new("dbus-monitor")
            .args(["--address", &bus])
            .arg("type='method_call',interface='org.freedesktop.Notifications'")
            .arg("type='method_call',interface='org.freedesktop.FileManager1'")
            .stdin(Stdio::null())
            .stdout(File::create(self.heard_path())?)
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("dbus-monitor")?;
        self.monitor = Some(Group(monitor));
        Ok(())
    }

    /// Returns the desktop that the window is on.
    pub fn desktop(&self) -> Result<Desktop> {
        Desktop::new(&self.display)
    }

    /// Returns what the program told the desktop since [`Session::listen`].
    pub fn notifications(&self) -> Result<String> {
        Ok(std::fs::read_to_string(self.heard_path())?)
    }

    /// Ends the processes that do the program's work with media, as a crash there would, and returns how
    /// many there were.
    pub fn kill_workers(&self) -> Result<usize> {
        self.signal_workers(Signal::KILL)
    }

    /// Holds the workers where they are, and returns how many there are: what they do is shown as
    /// going on for as long as one looks, up to the half minute without progress that is an error.
    pub fn hold_workers(&self) -> Result<usize> {
        self.signal_workers(Signal::STOP)
    }

    /// Lets workers that were held go on.
    pub fn release_workers(&self) -> Result<usize> {
        self.signal_workers(Signal::CONT)
    }

    fn signal_workers(&self, told: Signal) -> Result<usize> {
        let mut workers = self.processes(|program| program == self.setup.program)?;
        workers.retain(|process| is_worker(*process));
        for process in &workers {
            signal(*process, told)?;
        }
        Ok(workers.len())
    }

    /// Ends the program as a crash would: at once.
    pub fn kill(&mut self) -> Result<()> {
        for process in self.programs()? {
            signal(process, Signal::KILL)?;
        }
        self.driver = None;
        Ok(())
    }

    /// Closes the window, and waits until the program has ended and written everything.
    pub fn close(&self, window: Window) -> Result<()> {
        window.close()?;
        until(PATIENCE, "the program's end", || {
            Ok(self.programs()?.is_empty().then_some(()))
        })
    }

    /// Ends the process that shows the page, as a crash of the browser engine would.
    pub fn kill_page(&self) -> Result<()> {
        let pages = self.processes(|program| program.ends_with("WebKitWebProcess"))?;
        ensure!(!pages.is_empty(), "no process shows the page");
        for process in pages {
            signal(process, Signal::KILL)?;
        }
        Ok(())
    }

    /// Returns the program's own folder.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Changes the library of a program that has ended, as another version of it might have.
    pub fn change_library(&self, statement: &str) -> Result<()> {
        let run = Command::new("sqlite3")
            .arg(self.home().join("library.db"))
            .arg(statement)
            .output()
            .context("sqlite3")?;
        let said = String::from_utf8_lossy(&run.stderr);
        ensure!(run.status.success(), "{said}");
        Ok(())
    }

    /// Damages the library of a program that has ended, as a bad disk would.
    pub fn damage_library(&self) -> Result<()> {
        for beside in ["library.db-wal", "library.db-shm"] {
            let path = self.home().join(beside);
            if path.exists() {
                std::fs::remove_file(path)?;
            }
        }
        std::fs::write(self.home().join("library.db"), vec![7; 8192])?;
        Ok(())
    }

    /// Has the program, which has ended, copy its library as it does on a day's first start: an earlier
    /// copy is of what the library was then.
    pub fn copy_library(&mut self) -> Result<()> {
        let copies = self.home().join("backups");
        std::fs::remove_dir_all(&copies)?;
        let window = self.open()?;
        let is_one = |name: &str| name.starts_with("library-");
        until(PATIENCE, "a copy of the library", || {
            // The folder comes with the first copy.
            let Ok(mut all) = std::fs::read_dir(&copies) else {
                return Ok(None);
            };
            let found =
                all.any(|one| one.is_ok_and(|one| is_one(&one.file_name().to_string_lossy())));
            Ok(found.then_some(()))
        })?;
        self.close(window)
    }

    /// Returns a folder for the test's files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the processes of the window's program, its workers left out.
    pub fn programs(&self) -> Result<Vec<u32>> {
        let mut programs = self.processes(|program| program == self.setup.program)?;
        programs.retain(|process| !is_worker(*process));
        Ok(programs)
    }

    /// Returns the memory of the program, its workers and the processes of its page, in bytes: the
    /// proportional set size, which counts what several share once.
    pub fn memory(&self) -> Result<u64> {
        let program = &self.setup.program;
        let own = self.processes(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            path == program || name.starts_with("WebKit") && name.ends_with("Process")
        })?;
        let of = |process: u32| -> Option<u64> {
            // One that has ended meanwhile takes nothing.
            let rollup = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
            let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
            let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
            Some(kib * 1024)
        };
        Ok(own.into_iter().filter_map(of).sum())
    }

    /// Returns everything that the session's processes wrote: messages of the page's console too.
    pub fn log(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&std::fs::read(self.log_path())?).into_owned())
    }

    /// Returns the errors and warnings in the page's console so far, the content security policy's
    /// among them.
    pub fn console_errors(&self) -> Result<Vec<String>> {
        let log = self.log()?;
        let lines = log.lines().filter(|line| {
            // Not an error: a size that changed while sizes were told is told with the next picture.
            let is_late_size = line.contains("ResizeObserver loop completed");
            line.contains("CONSOLE")
                && (line.contains("ERROR") || line.contains("WARN"))
                && !is_late_size
        });
        Ok(lines.map(str::to_owned).collect())
    }

    fn heard_path(&self) -> PathBuf {
        self.folder.path().join("notifications.log")
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("session.log")
    }

    fn environment(&self, command: &mut Command) {
        let folder = self.folder.path();
        command
            .env("DISPLAY", &self.display)
            .env("HOME", folder)
            .env("XDG_RUNTIME_DIR", folder)
            .env("XDG_CACHE_HOME", folder.join("cache"))
            .env("XDG_CONFIG_HOME", folder.join("config"))
            .env("XDG_DATA_HOME", folder.join("data"))
            .env("CREALIA_HOME", &self.home)
            .env("LANG", &self.setup.locale)
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("GDK_BACKEND", "x11")
            .env("NO_AT_BRIDGE", "1")
            .env_remove("LC_ALL")
            .env_remove("LC_MESSAGES")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DBUS_SESSION_BUS_ADDRESS");
        for (name, value) in &self.setup.environment {
            command.env(name, value);
        }
    }

    /// Returns what starts a program that finds the program folder on its disk.
    fn on_its_disk(&self) -> Command {
        /// Copies what the folder holds to the disk and puts that in its place.
        const MOUNT: &str = "mkdir -p \"$1.disk\" && mount -t tmpfs -o \"size=$2m\" disk \"$1.disk\" \
            && cp -a \"$1/.\" \"$1.disk\" && mount --move \"$1.disk\" \"$1\" && shift 2 && exec \"$@\"";
        let Some(mib) = self.setup.disk_mib else {
            return Command::new("env");
        };
        let mut command = Command::new("unshare");
        command
            .args(["--mount", "--map-root-user", "sh", "-c", MOUNT, "sh"])
            .arg(&self.home)
            .arg(mib.to_string());
        command
    }

    /// Returns the program folder as the program sees it: on its own disk, if it has one.
    pub fn home_inside(&self) -> Result<PathBuf> {
        let process = self.program()?;
        let inside = self.home.strip_prefix("/")?;
        Ok(Path::new("/proc")
            .join(process.to_string())
            .join("root")
            .join(inside))
    }

    /// The page's console goes to the program's standard output, which tauri-driver throws away.
    fn native_driver(&self) -> Result<PathBuf> {
        let path = self.folder.path().join("driver");
        if !path.exists() {
            let mut file = File::create(&path)?;
            file.write_all(b"#!/bin/sh\nexec WebKitWebDriver \"$@\" 1>&2\n")?;
            file.set_permissions(std::fs::Permissions::from_mode(0o755))?;
        }
        Ok(path)
    }

    /// Returns this session's processes whose program is accepted: those that have its program
    /// folder in their environment.
    fn processes(&self, is_wanted: impl Fn(&Path) -> bool) -> Result<Vec<u32>> {
        let mark = format!("CREALIA_HOME={}\0", self.home.display());
        let mut found = Vec::new();
        for entry in std::fs::read_dir("/proc")? {
            let entry = entry?;
            let Some(process) = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok())
            else {
                continue;
            };
            // A process that ended meanwhile is none of ours.
            let Ok(program) = std::fs::read_link(entry.path().join("exe")) else {
                continue;
            };
            let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
            let is_ours = String::from_utf8_lossy(&environment).contains(&mark);
            if is_ours && is_wanted(&program) {
                found.push(process);
            }
        }
        Ok(found)
    }

    fn program(&self) -> Result<u32> {
        let programs = self.programs()?;
        programs.into_iter().next().context("no window is open")
    }

    fn program_variable(&self, name: &str) -> Result<String> {
        let process = self.program()?;
        let environment = std::fs::read(format!("/proc/{process}/environ"))?;
        let start = format!("{name}=");
        let text = String::from_utf8_lossy(&environment).into_owned();
        let found = text.split('\0').find_map(|line| line.strip_prefix(&start));
        Ok(found
            .with_context(|| format!("{name} is not set"))?
            .to_owned())
    }
}

/// A process with all that it starts.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        if let Ok(id) = i32::try_from(self.0.id())
            && let Some(group) = rustix::process::Pid::from_raw(id)
        {
            // It may have ended by itself.
            let _ended = rustix::process::kill_process_group(group, Signal::KILL);
        }
        drop(self.0.wait());
    }
}

/// Returns whether a process of the program is a worker of it, not its window.
fn is_worker(process: u32) -> bool {
    let line = std::fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    line.split(|byte| *byte == 0).nth(1) == Some(b"worker")
}

/// Returns when a process began, in Unix milliseconds, to a hundredth of a second.
pub fn began_ms(process: u32) -> Result<f64> {
    /// How many of the kernel's ticks make a second, as `sysconf(_SC_CLK_TCK)` says on all of Linux.
    const TICKS: f64 = 100.0;
    let about = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name may hold spaces; what follows it does not. See proc(5): field 22 is the start.
    let (_, rest) = about.rsplit_once(')').context("no name")?;
    let start = rest.split_whitespace().nth(19).context("no start")?;
    let start: f64 = start.parse()?;
    let up = std::fs::read_to_string("/proc/uptime")?;
    let up: f64 = up.split_whitespace().next().context("no uptime")?.parse()?;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    Ok((now.as_secs_f64() - up + start / TICKS) * 1e3)
}

fn signal(process: u32, signal: Signal) -> Result<()> {
    let id = rustix::process::Pid::from_raw(i32::try_from(process)?).context("process 0")?;
    rustix::process::kill_process(id, signal)?;
    Ok(())
}

/// Starts an X server on a free number, and returns it with its name.
fn screen() -> Result<(Child, String)> {
    let mut server = Command::new("Xvfb")
        .args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1920x1200x24",
            "-nolisten",
            "tcp",
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .context("Xvfb (Debian: apt-get install xvfb)")?;
    let mut line = String::new();
    let output = server.stdout.take().context("Xvfb has no output")?;
    BufReader::new(output).read_line(&mut line)?;
    let number: u32 = line.trim().parse().context("Xvfb did not start")?;
    Ok((server, format!(":{number}")))
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn wait_for(port: u16) -> Result<()> {
    until(PATIENCE, &format!("somebody on port {port}"), || {
        let answer = TcpStream::connect(("127.0.0.1", port));
        Ok(answer.is_ok().then_some(()))
    })
}
