//! The editor's icons, by what they stand for.

pub(crate) use icondata_lu::{
    LuArrowLeftToLine as TRIM_START, LuArrowRightToLine as TRIM_END, LuCaptions as CAPTIONS,
    LuEye as SHOWN, LuEyeOff as HIDDEN, LuFilm as VIDEO, LuFlag as MARKER,
    LuFoldHorizontal as RIPPLE_DELETE, LuLayers as OVERLAY, LuLock as LOCKED,
    LuLockOpen as UNLOCKED, LuMagnet as SNAP, LuMaximize as FULL, LuMic as VOICE,
    LuMinimize as SMALL, LuMusic as MUSIC, LuPanelLeft as LEFT_PANEL, LuPanelRight as RIGHT_PANEL,
    LuPause as PAUSE, LuPlay as PLAY, LuPlus as ADD, LuRepeat as LOOP, LuScissors as SPLIT,
    LuSearch as SEARCH, LuSkipBack as TO_START, LuSkipForward as TO_END, LuStepBack as FRAME_BACK,
    LuStepForward as FRAME_ON, LuUnfoldHorizontal as FIT, LuVolume2 as HEARD, LuVolumeX as SILENT,
    LuX as CLOSE, LuZoomIn as ZOOM_IN, LuZoomOut as ZOOM_OUT,
};
