//! Stands in for `engine::studio` until that branch is merged.
#![expect(
    missing_docs,
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    dead_code,
    reason = "temporary"
)]
use protocol::error::{ApiError, ErrorCode};
use protocol::studio::calls::{Request, Reveal};
use protocol::studio::event::{Event, Hover};
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Clone)]
pub(crate) struct Studio;
pub(crate) struct StudioOptions {
    pub(crate) system_language: Option<String>,
    pub(crate) demo: Option<PathBuf>,
    pub(crate) export_folder: PathBuf,
    pub(crate) logs: PathBuf,
    pub(crate) licences: String,
}
pub(crate) struct PictureBytes {
    pub(crate) mime: &'static str,
    pub(crate) bytes: Vec<u8>,
}
impl Studio {
    pub(crate) fn open(_: engine::Opened, _: StudioOptions) -> Result<Self, engine::Error> {
        Ok(Self)
    }
    pub(crate) fn answer(&self, _: Request) -> Result<Vec<u8>, ApiError> {
        Err(ApiError::new(ErrorCode::Internal, "pending"))
    }
    pub(crate) fn subscribe(&self, _: Arc<dyn Fn(&Event) + Send + Sync>) {}
    pub(crate) fn frames(&self, _: Arc<dyn Fn(Vec<u8>) + Send + Sync>) {}
    pub(crate) fn frame_shown(&self, _: u32, _: i64) {}
    pub(crate) fn picture(&self, _: &str) -> Result<PictureBytes, ApiError> {
        Err(ApiError::new(ErrorCode::Internal, "pending"))
    }
    pub(crate) fn reveal_target(&self, _: &Reveal) -> Result<PathBuf, ApiError> {
        Err(ApiError::new(ErrorCode::Internal, "pending"))
    }
    pub(crate) fn give_files(&self, _: Vec<PathBuf>) {}
    pub(crate) fn hover(&self, _: Hover) {}
    pub(crate) fn close(&self) {}
}
