//! Everything that the window may ask.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use timeline::edit::Edit;
use timeline::ids::{MediaId, SequenceId};
use timeline::time::{SequenceRange, SequenceTime};

use super::posting::{
    AccountId, AccountView, AppStanding, CreatorView, Draft, Page, PostId, Revoked, TypedSecret,
};
use super::settings::Settings;
use super::view::{
    CaptionLook, Colour, Edited, Exported, Imported, JobId, ModelView, Named, NetworkArea, Opened,
    Place, ProjectId, StorageView, Verdict,
};
use footage::words::Transcript;
use posts::{Answer, Network};

/// A question with its answer's type.
pub trait Call: Serialize + DeserializeOwned + Into<Request> {
    /// Its name on the wire.
    const NAME: &'static str;
    /// What it is answered with.
    type Reply: Serialize + DeserializeOwned;
}

macro_rules! calls {
    ($(
        $(#[$doc:meta])*
        $name:ident $wire:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? } -> $reply:ty
    )+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
            pub struct $name {
                $($(#[$field_doc])* pub $field: $type,)*
            }

            impl Call for $name {
                const NAME: &'static str = $wire;
                type Reply = $reply;
            }

            impl From<$name> for Request {
                fn from(call: $name) -> Self {
                    Self::$name(call)
                }
            }
        )+

        /// Any question, as it crosses from the window.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "name", content = "call")]
        #[expect(missing_docs, reason = "each variant is documented on its payload")]
        pub enum Request {
            $(#[serde(rename = $wire)] $name($name),)+
        }

        /// Every name on the wire.
        pub const NAMES: &[&str] = &[$($wire,)+];
    };
}

calls! {
    // ── Projects.

    /// Makes an empty project.
    CreateProject "create_project" {
        /// Its name; blank is refused.
        name: String,
    } -> ProjectId

    /// Makes a project that can be changed from what can be shown of another one: its newest
    /// consistent state, with why there are these reels and the verdicts, without its history.
    CopyProject "copy_project" {
        /// Which.
        project: ProjectId,
        /// The copy's name; blank is refused.
        name: String,
    } -> ProjectId

    /// Renames a project in the list and within.
    RenameProject "rename_project" {
        /// Which.
        project: ProjectId,
        /// The new name; blank is refused.
        name: String,
    } -> ()

    /// Gives a project a colour, or takes it away.
    ColourProject "colour_project" {
        /// Which.
        project: ProjectId,
        /// The colour.
        colour: Option<Colour>,
    } -> ()

    /// Puts projects away, or brings them back.
    ArchiveProjects "archive_projects" {
        /// Which.
        projects: Vec<ProjectId>,
        /// Whether they are put away.
        archived: bool,
    } -> ()

    /// Puts projects into the bin, or takes them out. The user's files are not touched.
    BinProjects "bin_projects" {
        /// Which.
        projects: Vec<ProjectId>,
        /// Whether they are put in.
        binned: bool,
    } -> ()

    /// Deletes projects that are in the bin, for good. The user's files are not touched.
    DeleteProjects "delete_projects" {
        /// Which; one that is not in the bin is refused.
        projects: Vec<ProjectId>,
    } -> ()

    /// Opens a project; opening it again gives the same.
    OpenProject "open_project" {
        /// Which.
        project: ProjectId,
    } -> Opened

    /// Notes where the user is in a project, to come back to.
    SavePlace "save_place" {
        /// Which.
        project: ProjectId,
        /// Where.
        place: Place,
    } -> ()

    // ── Sources.

    /// Imports files: each becomes a job that looks, listens, writes down the words and suggests
    /// reels. A file that cannot be used is told at once and does not stop the others.
    ImportFiles "import_files" {
        /// Where to; `None` makes a project named after the first file.
        project: Option<ProjectId>,
        /// Absolute paths. A folder stands for the media files directly in it.
        paths: Vec<String>,
    } -> Imported

    /// Imports the demo video into a project of its own.
    ImportDemo "import_demo" {} -> Imported

    /// Suggests reels of a source again, steered by a wish; what was kept, rejected or changed
    /// stays, the rest is replaced.
    SuggestAgain "suggest_again" {
        /// The project.
        project: ProjectId,
        /// The source.
        media: MediaId,
        /// What they should be about; blank for no wish.
        wish: String,
    } -> JobId

    /// Says where a source's file is now. Another file than it was is refused.
    RelinkMedia "relink_media" {
        /// The project.
        project: ProjectId,
        /// The source.
        media: MediaId,
        /// Absolute path.
        path: String,
    } -> Edited

    /// Returns the words of a source as a sequence shows them; none when there are none.
    GetTranscript "get_transcript" {
        /// The project.
        project: ProjectId,
        /// The source.
        media: MediaId,
    } -> Option<Transcript>

    // ── The board.

    /// Keeps or rejects reels, or takes that back.
    JudgeReels "judge_reels" {
        /// The project.
        project: ProjectId,
        /// The reels.
        sequences: Vec<SequenceId>,
        /// The verdict.
        verdict: Verdict,
    } -> ()

    // ── Editing.

    /// Applies an edit as one step. It is in the journal before this is answered.
    ApplyEdit "apply_edit" {
        /// The project.
        project: ProjectId,
        /// The number of the last entry that the window has seen: another one is refused with
        /// [`Conflict`](crate::error::ErrorCode::Conflict), and the window asks for the whole.
        base: u64,
        /// The edit.
        edit: Edit,
    } -> Edited

    /// Goes one step back; refused with [`NothingToUndo`](crate::error::ErrorCode::NothingToUndo).
    Undo "undo" {
        /// The project.
        project: ProjectId,
    } -> Edited

    /// Goes one undone step forward; refused like [`Undo`].
    Redo "redo" {
        /// The project.
        project: ProjectId,
    } -> Edited

    // ── Export and jobs.

    /// Renders reels to files, a job each.
    ExportReels "export_reels" {
        /// The project.
        project: ProjectId,
        /// The reels in their order.
        sequences: Vec<SequenceId>,
        /// How.
        order: super::settings::ExportOrder,
    } -> Exported

    /// Stops jobs for good.
    CancelJobs "cancel_jobs" {
        /// Which.
        jobs: Vec<JobId>,
    } -> ()

    /// Lets jobs rest, or go on.
    PauseJobs "pause_jobs" {
        /// Which.
        jobs: Vec<JobId>,
        /// Whether they rest.
        paused: bool,
    } -> ()

    /// Begins a failed or cancelled job again, going on where it ended.
    RetryJob "retry_job" {
        /// Which.
        job: JobId,
    } -> ()

    /// Forgets jobs that ended.
    ClearJobs "clear_jobs" {} -> ()

    // ── Accounts and posts.

    /// Asks a network about the user's app, and keeps the app unless the network does not accept it.
    RegisterApp "register_app" {
        /// The network.
        network: Network,
        /// The app's public identifier.
        client_id: String,
        /// Its secret, where it has one.
        client_secret: Option<TypedSecret>,
    } -> AppStanding

    /// Keeps tokens in a file that this passphrase seals, or opens the one that is there.
    OpenSecretFile "open_secret_file" {
        /// What the user typed.
        passphrase: TypedSecret,
    } -> ()

    /// Asks for consent, in place of any that is being asked for. How it goes is heard.
    ConnectAccount "connect_account" {
        /// The network.
        network: Network,
    } -> ()

    /// Waits for no consent any more, and forgets what became of the last one.
    StopConnecting "stop_connecting" {} -> ()

    /// Asks a network about an account now.
    CheckAccount "check_account" {
        /// Which.
        account: AccountId,
    } -> AccountView

    /// Asks a network what an account may do, before it is posted to; `None` where networks do not
    /// say. The user is not kept from posting when it fails: it is asked again before the post.
    GetCreator "get_creator" {
        /// Which.
        account: AccountId,
    } -> Option<CreatorView>

    /// Ends the consent for an account and erases what is kept of it. What was posted stays.
    DisconnectAccount "disconnect_account" {
        /// Which.
        account: AccountId,
    } -> Revoked

    /// Renders a reel, then posts it to accounts, as a job; the posts go on by themselves.
    PublishReel "publish_reel" {
        /// The project.
        project: ProjectId,
        /// The reel.
        sequence: SequenceId,
        /// What is posted to whom.
        drafts: Vec<Draft>,
        /// When; at once when left out.
        at: Option<i64>,
    } -> JobId

    /// Calls a post off, as long as nothing of it can be on the network.
    CancelPost "cancel_post" {
        /// Which.
        post: PostId,
    } -> ()

    /// Tries a failed post again where it ended.
    RetryPost "retry_post" {
        /// Which.
        post: PostId,
    } -> ()

    /// Says of an uncertain post whether it is on the network.
    ResolvePost "resolve_post" {
        /// Which.
        post: PostId,
        /// Whether it is there.
        is_there: Answer,
    } -> ()

    /// Posts again what waits because the keychain or the disk could not be used.
    ResumePosting "resume_posting" {} -> ()

    // ── Settings, models, storage.

    /// Keeps the settings.
    SaveSettings "save_settings" {
        /// All of them.
        settings: Settings,
    } -> ()

    /// Returns the caption styles that ship.
    GetCaptionLooks "get_caption_looks" {} -> Vec<CaptionLook>

    /// Returns what each network covers of a frame.
    GetSafeAreas "get_safe_areas" {} -> Vec<NetworkArea>

    /// Returns the models with what is here of them.
    GetModels "get_models" {} -> Vec<ModelView>

    /// Fetches a model, as a job.
    DownloadModel "download_model" {
        /// Its id.
        id: String,
    } -> JobId

    /// Adds a model from a file or folder.
    AddModel "add_model" {
        /// Its id.
        id: String,
        /// Absolute path.
        path: String,
    } -> ()

    /// Returns what takes how much room.
    GetStorage "get_storage" {} -> StorageView

    /// Deletes what can be made again. Files in use by a running job stay.
    ClearCache "clear_cache" {} -> StorageView

    /// Returns the licences of everything that the program holds.
    GetLicences "get_licences" {} -> String

    // ── Preview. One at a time; frames travel beside ([`super::frame`]).

    /// Shows a sequence; replaces what was shown. It follows every edit from then on.
    OpenPreview "open_preview" {
        /// The project.
        project: ProjectId,
        /// The sequence.
        sequence: SequenceId,
        /// Where to begin.
        at: SequenceTime,
        /// Height of the pictures in pixels; even, at most the sequence's own.
        height: u32,
        /// Whether it is heard.
        sound: Sound,
    } -> ()

    /// Plays or pauses, seeks, steps.
    ControlPreview "control_preview" {
        /// What to do.
        action: PreviewAction,
    } -> ()

    /// Shows nothing any more.
    ClosePreview "close_preview" {} -> ()

    // ── What only the shell can do.

    /// Asks for files with the system's dialog; none when the user declines.
    PickFiles "pick_files" {
        /// What for.
        purpose: PickPurpose,
    } -> Named

    /// Asks for a folder with the system's dialog; none when the user declines.
    PickFolder "pick_folder" {
        /// Where to begin.
        from: Option<String>,
    } -> Option<String>

    /// Shows a file or folder in the system's file browser.
    RevealPath "reveal_path" {
        /// Which.
        what: Reveal,
    } -> ()

    /// Opens a page in the system's browser.
    OpenPage "open_page" {
        /// Which.
        page: Page,
    } -> ()

    /// Writes a line of the page's own faults to the log.
    LogFault "log_fault" {
        /// What went wrong.
        message: String,
    } -> ()
}

/// Whether a preview is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sound {
    /// It is.
    On,
    /// It is not: a loop on the board.
    Off,
}

/// What a preview is to do.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreviewAction {
    /// Plays at a rate: 1 is normal, 2 twice as fast, −1 backwards (pictures only), up to ±8.
    Play {
        /// The rate, not 0.
        rate: f64,
    },
    /// Stops where it is.
    Pause,
    /// Shows a moment. A new seek replaces one that is not done yet.
    Seek {
        /// The moment.
        at: SequenceTime,
    },
    /// Plays a range over and over, or not any more.
    Loop {
        /// The range.
        range: Option<SequenceRange>,
    },
}

/// What files are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PickPurpose {
    /// Videos to import, several.
    Import,
    /// One video in place of one that is missing.
    Relink,
    /// One model file.
    Model,
}

/// What to show in the file browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reveal {
    /// An exported file, by its job.
    Export(JobId),
    /// A reel's last exported file.
    Reel(ProjectId, SequenceId),
    /// A source's file.
    Media(ProjectId, MediaId),
    /// The folder of logs.
    Logs,
    /// The folder of the program's own things.
    Home,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_used_once_and_stand_in_the_request() {
        let mut names = NAMES.to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), NAMES.len(), "a name is used twice");
        let asked = Request::from(ClearJobs {});
        let value = serde_json::to_value(&asked).unwrap();
        assert_eq!(value["name"], ClearJobs::NAME);
        assert_eq!(serde_json::from_value::<Request>(value).unwrap(), asked);
    }
}
