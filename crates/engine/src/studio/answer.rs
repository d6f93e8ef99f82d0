//! Questions to answers: every question has its line here, and a reply of another type than the
//! question's does not compile.

use std::path::Path;
use std::sync::Arc;

use protocol::error::{ApiError, ErrorCode};
use protocol::studio::calls::{Call, Request as R};
use timeline::journal::EntryKind;

use super::{Inner, rooms};
use crate::Error;

impl Inner {
    /// Answers a question with the JSON of its reply.
    #[rustfmt::skip] // One question, one line.
    pub(crate) fn answer(self: &Arc<Self>, request: R) -> Result<Vec<u8>, Error> {
        if changes(&request) {
            self.check_database()?;
        }
        match request {
            R::CreateProject(call) => self.reply(call, |studio, call| studio.create_project(&call.name)),
            R::CopyProject(call) => self.reply(call, |studio, call| studio.copy_project(call.project, &call.name)),
            R::RenameProject(call) => self.reply(call, |studio, call| studio.rename_project(call.project, &call.name)),
            R::ColourProject(call) => self.reply(call, |studio, call| studio.colour_project(call.project, call.colour)),
            R::ArchiveProjects(call) => self.reply(call, |studio, call| studio.archive_projects(&call.projects, call.archived.into())),
            R::BinProjects(call) => self.reply(call, |studio, call| studio.bin_projects(&call.projects, call.binned.into())),
            R::DeleteProjects(call) => self.reply(call, |studio, call| studio.delete_projects(&call.projects)),
            R::OpenProject(call) => self.reply(call, |studio, call| studio.open_project(call.project)),
            R::SavePlace(call) => self.reply(call, |studio, call| studio.save_place(call.project, &call.place)),
            R::ImportFiles(call) => self.reply(call, |studio, call| studio.import(call.project, &call.paths)),
            R::ImportDemo(call) => self.reply(call, |studio, _call| studio.import_demo()),
            R::SuggestAgain(call) => self.reply(call, |studio, call| studio.order_suggestion(call.project, call.media, call.wish)),
            R::RelinkMedia(call) => self.reply(call, |studio, call| studio.relink(call.project, call.media, Path::new(&call.path))),
            R::GetTranscript(call) => self.reply(call, |studio, call| studio.transcript(call.project, call.media)),
            R::JudgeReels(call) => self.reply(call, |studio, call| studio.judge(call.project, &call.sequences, call.verdict)),
            R::ApplyEdit(call) => self.reply(call, |studio, call| studio.apply_edit(call.project, call.base, call.edit)),
            R::Undo(call) => self.reply(call, |studio, call| studio.turn(call.project, EntryKind::Undo)),
            R::Redo(call) => self.reply(call, |studio, call| studio.turn(call.project, EntryKind::Redo)),
            R::ExportReels(call) => self.reply(call, |studio, call| studio.order_exports(call.project, &call.sequences, &call.order)),
            R::CancelJobs(call) => self.reply(call, |studio, call| studio.cancel_jobs(&call.jobs)),
            R::PauseJobs(call) => self.reply(call, |studio, call| studio.pause_jobs(&call.jobs, call.paused.into())),
            R::RetryJob(call) => self.reply(call, |studio, call| studio.retry_job(call.job)),
            R::ClearJobs(call) => self.reply(call, |studio, _call| studio.clear_jobs()),
            R::OpenSecretFile(call) => self.reply(call, |studio, call| studio.open_secret_file(&call.passphrase)),
            R::RegisterApp(call) => self.reply(call, |studio, call| studio.register_app(call.network, &call.client_id, call.client_secret)),
            R::ConnectAccount(call) => self.reply(call, |studio, call| studio.connect_account(call.network)),
            R::StopConnecting(call) => self.reply(call, |studio, _call| { studio.stop_asking(); Ok(()) }),
            R::CheckAccount(call) => self.reply(call, |studio, call| studio.check_account(call.account)),
            R::GetCreator(call) => self.reply(call, |studio, call| studio.creator(call.account)),
            R::DisconnectAccount(call) => self.reply(call, |studio, call| studio.disconnect_account(call.account)),
            R::PublishReel(call) => self.reply(call, |studio, call| studio.order_posts(call.project, call.sequence, call.drafts, call.at)),
            R::CancelPost(call) => self.reply(call, |studio, call| studio.cancel_post(call.post)),
            R::RetryPost(call) => self.reply(call, |studio, call| studio.retry_post(call.post)),
            R::ResolvePost(call) => self.reply(call, |studio, call| studio.resolve_post(call.post, call.is_there)),
            R::ResumePosting(call) => self.reply(call, |studio, _call| studio.resume_posting()),
            R::SaveSettings(call) => self.reply(call, |studio, call| studio.save_settings(&call.settings)),
            R::GetCaptionLooks(call) => self.reply(call, |_studio, _call| Ok(rooms::caption_looks())),
            R::GetSafeAreas(call) => self.reply(call, |_studio, _call| Ok(rooms::safe_areas())),
            R::GetModels(call) => self.reply(call, |studio, _call| Ok(studio.model_views())),
            R::DownloadModel(call) => self.reply(call, |studio, call| studio.download(&call.id)),
            R::AddModel(call) => self.reply(call, |studio, call| studio.engine.add_model(&call.id, Path::new(&call.path)).map(drop)),
            R::GetStorage(call) => self.reply(call, |studio, _call| Ok(studio.storage())),
            R::ClearCache(call) => self.reply(call, |studio, _call| studio.clear_cache()),
            R::GetLicences(call) => self.reply(call, |studio, _call| Ok(studio.options.licences.clone())),
            R::OpenPreview(call) => self.reply(call, |studio, call| studio.open_preview(&call)),
            R::ControlPreview(call) => self.reply(call, |studio, call| { studio.preview.control(call.action); Ok(()) }),
            R::ClosePreview(call) => self.reply(call, |studio, _call| { studio.preview.close(); Ok(()) }),
            R::PickFiles(_) | R::PickFolder(_) | R::RevealPath(_) | R::OpenPage(_) | R::LogFault(_) => {
                Err(ApiError::new(ErrorCode::Internal, "the shell answers that").into())
            }
        }
    }

    fn reply<C: Call>(
        self: &Arc<Self>,
        call: C,
        answer: impl FnOnce(&Arc<Self>, C) -> Result<C::Reply, Error>,
    ) -> Result<Vec<u8>, Error> {
        Ok(serde_json::to_vec(&answer(self, call)?)?)
    }
}

/// Returns whether a question changes what is in the database.
fn changes(request: &R) -> bool {
    match request {
        R::OpenProject(_)
        | R::GetTranscript(_)
        | R::GetCaptionLooks(_)
        | R::GetSafeAreas(_)
        | R::GetModels(_)
        | R::GetStorage(_)
        | R::GetLicences(_)
        | R::OpenPreview(_)
        | R::ControlPreview(_)
        | R::ClosePreview(_)
        | R::PickFiles(_)
        | R::PickFolder(_)
        | R::RevealPath(_)
        | R::OpenPage(_)
        | R::RegisterApp(_)
        | R::OpenSecretFile(_)
        | R::ConnectAccount(_)
        | R::StopConnecting(_)
        | R::CheckAccount(_)
        | R::GetCreator(_)
        | R::DisconnectAccount(_)
        | R::CancelPost(_)
        | R::RetryPost(_)
        | R::ResolvePost(_)
        | R::ResumePosting(_)
        | R::LogFault(_) => false,
        R::CreateProject(_)
        | R::CopyProject(_)
        | R::RenameProject(_)
        | R::ColourProject(_)
        | R::ArchiveProjects(_)
        | R::BinProjects(_)
        | R::DeleteProjects(_)
        | R::SavePlace(_)
        | R::ImportFiles(_)
        | R::ImportDemo(_)
        | R::SuggestAgain(_)
        | R::RelinkMedia(_)
        | R::JudgeReels(_)
        | R::ApplyEdit(_)
        | R::Undo(_)
        | R::Redo(_)
        | R::ExportReels(_)
        | R::PublishReel(_)
        | R::CancelJobs(_)
        | R::PauseJobs(_)
        | R::RetryJob(_)
        | R::ClearJobs(_)
        | R::SaveSettings(_)
        | R::DownloadModel(_)
        | R::AddModel(_)
        | R::ClearCache(_) => true,
    }
}
