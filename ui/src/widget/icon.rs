//! Icons: Lucide, 16 px, 1.5 px stroke. Drawn beside words or on a button that has a name, so they
//! are hidden from screen readers.

use icondata_core::IconData;
use leptos::prelude::*;

/// Every icon that the window uses.
pub mod icons {
    pub use icondata_lu::{
        LuArchive, LuCheck, LuChevronDown, LuCircleAlert, LuCircleCheck, LuClapperboard,
        LuDownload, LuEllipsis, LuExternalLink, LuFileVideo, LuFolderOpen, LuHouse, LuInfo,
        LuMonitor, LuMoon, LuPause, LuPencil, LuPlay, LuPlus, LuRedo2, LuRotateCcw, LuScissors,
        LuSearch, LuSend, LuSettings, LuSparkles, LuSun, LuTrash2, LuTriangleAlert, LuUndo2,
        LuUpload, LuX,
    };
}

/// An icon.
#[component]
pub fn Icon(
    /// Which.
    #[prop(into)]
    icon: Signal<&'static IconData>,
) -> impl IntoView {
    view! {
        <svg
            class="icon"
            aria-hidden="true"
            width="16"
            height="16"
            viewBox="0 0 24 24"
            fill="none"
            stroke="currentColor"
            stroke-width="2.25"
            stroke-linecap="round"
            stroke-linejoin="round"
            inner_html=move || icon.get().data
        />
    }
}
